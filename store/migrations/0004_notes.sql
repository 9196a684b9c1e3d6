-- Statements about public keys, each signed and naming the one before; the
-- first is signed by the line's root. Nothing in them is secret.
CREATE TABLE keylog (
  place     INTEGER NOT NULL PRIMARY KEY CHECK (place >= 0),
  statement BLOB    NOT NULL CHECK (length(statement) > 0)
) STRICT, WITHOUT ROWID;

-- A person's secret keys, wrapped under the passphrase, and the public ones as
-- the person introduced them.
CREATE TABLE keyring (
  person  BLOB NOT NULL PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
  intro   BLOB NOT NULL CHECK (length(intro) > 0),
  wrapped BLOB NOT NULL CHECK (length(wrapped) > 0)
) STRICT, WITHOUT ROWID;

-- The secret of a group, sealed to each member.
CREATE TABLE seat (
  circle     TEXT    NOT NULL CHECK (length(circle) BETWEEN 1 AND 32),
  generation INTEGER NOT NULL CHECK (generation > 0),
  person     BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  sealed     BLOB    NOT NULL CHECK (length(sealed) > 0),
  PRIMARY KEY (circle, generation, person)
) STRICT, WITHOUT ROWID;

-- A sealed note. It names no contact and no time finer than its day.
CREATE TABLE note (
  id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  author   BLOB    NOT NULL CHECK (length(author) = 16),
  day      INTEGER NOT NULL CHECK (day >= 0),
  ends     INTEGER NOT NULL CHECK (ends > day),
  revision INTEGER NOT NULL CHECK (revision > 0),
  edition  INTEGER NOT NULL CHECK (edition > 0), -- of the codes of the outcome
  shred    INTEGER NOT NULL CHECK (shred >= 0),  -- number of its key in shred.db
  sealed   BLOB    NOT NULL CHECK (length(sealed) > 0)
) STRICT, WITHOUT ROWID;

-- A note's key, sealed to somebody who may open it.
CREATE TABLE permit (
  note       BLOB    NOT NULL REFERENCES note (id) ON DELETE CASCADE,
  reader     TEXT    NOT NULL CHECK (length(reader) BETWEEN 1 AND 32), -- author, or a group
  generation INTEGER NOT NULL CHECK (generation >= 0),                 -- 0 for the author
  sealed     BLOB    NOT NULL CHECK (length(sealed) > 0),
  PRIMARY KEY (note, reader, generation)
) STRICT, WITHOUT ROWID;

-- What is being written about a contact that was accepted: a draft that only
-- its author can open, or that the note is saved. It does not say which note,
-- and goes with the contact's row.
CREATE TABLE closing (
  contact BLOB    NOT NULL PRIMARY KEY CHECK (length(contact) = 16),
  author  BLOB    NOT NULL CHECK (length(author) = 16),
  shred   INTEGER NOT NULL CHECK (shred >= 0),
  saved   INTEGER NOT NULL CHECK (saved IN (0, 1)),
  sealed  BLOB    NOT NULL CHECK (length(sealed) = 0 OR saved = 0)
) STRICT, WITHOUT ROWID;

-- How often a code was given at a closing: d1 to d7 is a day of the week, w the
-- week. Sums only, with nothing that joins the answers of one contact but the
-- pairs that reports name.
CREATE TABLE coded (
  week  TEXT    NOT NULL CHECK (length(week) = 8),
  slot  TEXT    NOT NULL CHECK (length(slot) BETWEEN 1 AND 2),
  field TEXT    NOT NULL CHECK (length(field) BETWEEN 1 AND 64),
  code  TEXT    NOT NULL CHECK (length(code) BETWEEN 1 AND 64),
  n     INTEGER NOT NULL CHECK (n > 0),
  PRIMARY KEY (week, slot, field, code)
) STRICT, WITHOUT ROWID;
