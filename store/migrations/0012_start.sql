-- What a named person has looked at and found right, before the line opens:
-- the text of the promise, the emergency lines. The digest is of the text as it
-- stood; when the text changes, the word given for it counts no more.
CREATE TABLE approval (
  what   TEXT    NOT NULL PRIMARY KEY CHECK (length(what) BETWEEN 1 AND 16),
  digest BLOB    NOT NULL CHECK (length(digest) = 32),
  person BLOB    NOT NULL CHECK (length(person) = 16), -- stays when the person leaves
  alias  TEXT    NOT NULL CHECK (length(alias) BETWEEN 1 AND 96),
  day    INTEGER NOT NULL CHECK (day >= 0)
) STRICT, WITHOUT ROWID;
