-- One key for each record. When it is forgotten, no copy of the record opens.
-- Numbers are random: counted ones would tell the order of the records.
CREATE TABLE shred (
  number INTEGER NOT NULL PRIMARY KEY CHECK (number >= 0),
  secret BLOB    NOT NULL CHECK (length(secret) = 32)
) STRICT, WITHOUT ROWID;
