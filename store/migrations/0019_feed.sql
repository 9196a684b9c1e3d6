-- The calendars people have of their own shifts, and until when each has seen
-- what changed in them. Both go with their person, like whatever refers to one.
CREATE TABLE feed (
  id     BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  hash   BLOB NOT NULL UNIQUE CHECK (length(hash) = 32), -- of the secret in the address, which is kept nowhere
  person BLOB NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  device TEXT NOT NULL COLLATE NOCASE CHECK (length(device) BETWEEN 2 AND 24),
  UNIQUE (person, device)
) STRICT, WITHOUT ROWID;

CREATE TABLE seen (
  person BLOB    NOT NULL PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
  until  INTEGER NOT NULL CHECK (until > 0) -- UTC, in seconds
) STRICT, WITHOUT ROWID;
