-- Who does not work here at the moment, by the rota. Why is nobody's affair, and
-- whether they may sign in is no matter of it.
CREATE TABLE rota_pause (
  person BLOB    NOT NULL PRIMARY KEY CHECK (length(person) = 16),
  since  INTEGER NOT NULL CHECK (since > 0) -- UTC, in seconds
) STRICT, WITHOUT ROWID;
