-- What was said of the line by hand, so that it counts through a restart:
-- closed early, open for longer (slot gate); paused (slot pause); messages
-- first (slot first). It goes when its time is over.
CREATE TABLE saying (
  slot   TEXT    NOT NULL PRIMARY KEY CHECK (slot IN ('gate', 'pause', 'first')),
  word   TEXT    NOT NULL CHECK (length(word) BETWEEN 1 AND 16),
  reason TEXT    NOT NULL CHECK (length(reason) BETWEEN 1 AND 16),
  person BLOB    NOT NULL CHECK (length(person) = 16), -- who said it; stays when the person leaves
  until  INTEGER NOT NULL CHECK (until > 0)            -- UTC, in seconds
) STRICT, WITHOUT ROWID;
