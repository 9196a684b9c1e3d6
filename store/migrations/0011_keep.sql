-- The day on which this installation last did what must not be forgotten:
-- purge, rebuild of the files, backup, rehearsal of a restore, restore.
CREATE TABLE chore (
  name TEXT    NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 16),
  day  INTEGER NOT NULL CHECK (day >= 0)
) STRICT, WITHOUT ROWID;

-- So that a purge finds what has ended without reading every note.
CREATE INDEX note_ends ON note (ends);

CREATE INDEX note_day ON note (day);
