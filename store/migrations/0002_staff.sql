-- Members of staff. The lists hold words of the program, divided by spaces.
CREATE TABLE person (
  id        BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  name      TEXT    NOT NULL CHECK (length(name) > 0),
  folded    TEXT    NOT NULL UNIQUE, -- the name without upper and lower case
  alias     TEXT    NOT NULL,
  roles     TEXT    NOT NULL,
  locales   TEXT    NOT NULL,
  audiences TEXT    NOT NULL,
  chats     INTEGER NOT NULL CHECK (chats >= 0),
  state     TEXT    NOT NULL CHECK (state IN ('invited', 'active', 'removed')),
  language  TEXT    NOT NULL,
  demo      INTEGER NOT NULL CHECK (demo IN (0, 1))
) STRICT, WITHOUT ROWID;

-- What recognises a passphrase; never the passphrase.
CREATE TABLE secret (
  person     BLOB    NOT NULL PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
  salt       BLOB    NOT NULL CHECK (length(salt) > 0),
  passes     INTEGER NOT NULL CHECK (passes > 0),
  memory_kib INTEGER NOT NULL CHECK (memory_kib > 0),
  threads    INTEGER NOT NULL CHECK (threads BETWEEN 1 AND 255),
  verifier   BLOB    NOT NULL CHECK (length(verifier) > 0)
) STRICT, WITHOUT ROWID;

-- Unspent invitations: the hash of a token that was shown once. A person has
-- at most one, so that a newer one replaces the older.
CREATE TABLE invitation (
  hash    BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
  person  BLOB    NOT NULL UNIQUE REFERENCES person (id) ON DELETE CASCADE,
  expires INTEGER NOT NULL -- seconds since 1970
) STRICT, WITHOUT ROWID;
