-- Logins that open the own shifts and nothing else, on a device of one's own.
-- As long as entered is 0 it is a link that was shown once and waits to be used.
CREATE TABLE pass (
  id      BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  hash    BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32), -- of the token in the link, then in the cookie
  person  BLOB    NOT NULL CHECK (length(person) = 16),
  device  TEXT    NOT NULL CHECK (length(device) BETWEEN 2 AND 24),
  entered INTEGER NOT NULL CHECK (entered IN (0, 1)),
  expiry  INTEGER NOT NULL -- seconds since 1970
) STRICT, WITHOUT ROWID;

CREATE INDEX pass_person ON pass (person);
