-- Whether the person must choose a new passphrase before anything else.
ALTER TABLE person ADD COLUMN renew INTEGER NOT NULL DEFAULT 0 CHECK (renew IN (0, 1));

-- A person's keyring, wrapped once more under a printed recovery code. The
-- code itself is kept nowhere. A row that is not confirmed opens nothing yet:
-- its code has still to be typed back.
CREATE TABLE code (
  person     BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  confirmed  INTEGER NOT NULL CHECK (confirmed IN (0, 1)),
  salt       BLOB    NOT NULL CHECK (length(salt) > 0),
  passes     INTEGER NOT NULL CHECK (passes > 0),
  memory_kib INTEGER NOT NULL CHECK (memory_kib > 0),
  threads    INTEGER NOT NULL CHECK (threads BETWEEN 1 AND 255),
  wrapped    BLOB    NOT NULL CHECK (length(wrapped) > 0),
  PRIMARY KEY (person, confirmed)
) STRICT, WITHOUT ROWID;

-- A person's keyring, sealed to a generation of the line's recovery key. The
-- key itself is in the hands of the custodians and nowhere else.
CREATE TABLE escrow (
  person     BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  generation INTEGER NOT NULL CHECK (generation > 0),
  sealed     BLOB    NOT NULL CHECK (length(sealed) > 0),
  PRIMARY KEY (person, generation)
) STRICT, WITHOUT ROWID;

-- What the log does not say of a generation of the recovery key: when it was
-- made, and whether it has been put together to help somebody.
CREATE TABLE recovery (
  generation INTEGER NOT NULL PRIMARY KEY CHECK (generation > 0),
  day        INTEGER NOT NULL CHECK (day >= 0),
  used       INTEGER NOT NULL CHECK (used IN (0, 1))
) STRICT, WITHOUT ROWID;

-- A share of the recovery key on its way to its custodian, sealed to that
-- person. Empty once the custodian has written it down.
CREATE TABLE share (
  generation INTEGER NOT NULL REFERENCES recovery (generation) ON DELETE CASCADE,
  part       INTEGER NOT NULL CHECK (part BETWEEN 1 AND 5),
  person     BLOB    NOT NULL CHECK (length(person) = 16),
  sealed     BLOB    NOT NULL,
  PRIMARY KEY (generation, part)
) STRICT, WITHOUT ROWID;

-- Somebody has lost passphrase and code, and asks for the custodians. A name
-- that is not known has a row as well, with a number that is nobody's, so that asking costs and
-- shows the same. id is a hash of what only the asker's browser has.
CREATE TABLE rescue (
  id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  person   BLOB    NOT NULL CHECK (length(person) = 16),
  key      BLOB    NOT NULL CHECK (length(key) > 0), -- to it the shares are sealed
  expires  INTEGER NOT NULL,                         -- seconds since 1970
  approval BLOB    NOT NULL                          -- of a supervisor, signed; empty before
) STRICT, WITHOUT ROWID;

CREATE INDEX rescue_person ON rescue (person);

-- A share that a custodian has entered for a rescue, sealed to its key.
CREATE TABLE piece (
  rescue BLOB    NOT NULL REFERENCES rescue (id) ON DELETE CASCADE,
  part   INTEGER NOT NULL CHECK (part BETWEEN 1 AND 5),
  sealed BLOB    NOT NULL CHECK (length(sealed) > 0),
  PRIMARY KEY (rescue, part)
) STRICT, WITHOUT ROWID;
