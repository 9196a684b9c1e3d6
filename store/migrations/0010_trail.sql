-- The audit log: who opened, granted, exported or changed what, on which day.
-- Each entry is chained to the one before and signed with a key that is not in
-- this file. No free words stand in it. An object with a shred key is named by
-- a keyed hash that says nothing once that key is forgotten.
CREATE TABLE trail (
  number    INTEGER NOT NULL PRIMARY KEY CHECK (number >= 0),
  day       INTEGER NOT NULL,
  actor     BLOB    NOT NULL CHECK (length(actor) = 16), -- zeros: the line; zeros and 1: the command line
  code      TEXT    NOT NULL CHECK (length(code) BETWEEN 1 AND 32),
  kind      TEXT    NOT NULL CHECK (length(kind) <= 16),
  object    BLOB    NOT NULL CHECK (length(object) IN (0, 16)),
  details   TEXT    NOT NULL CHECK (length(details) <= 4096),
  before    BLOB    NOT NULL CHECK (length(before) = 32),
  signature BLOB    NOT NULL CHECK (length(signature) = 64)
) STRICT, WITHOUT ROWID;

CREATE INDEX trail_actor ON trail (actor, number);
CREATE INDEX trail_object ON trail (object, number) WHERE length(object) > 0;
CREATE INDEX trail_code ON trail (code, number);

-- What the settings of the line were at its last start, as keyed hashes: so
-- that a change is seen, and recorded by its name.
CREATE TABLE setting (
  name   TEXT NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
  digest BLOB NOT NULL CHECK (length(digest) = 32)
) STRICT, WITHOUT ROWID;
