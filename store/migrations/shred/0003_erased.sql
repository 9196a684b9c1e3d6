-- Threads that were erased by whoever had the code, and the notes that went with
-- them, stay gone too.
CREATE TABLE gone_then (
  sort TEXT    NOT NULL CHECK (sort IN ('person', 'invitation', 'erased')),
  id   BLOB    NOT NULL CHECK (length(id) IN (16, 32)),
  day  INTEGER NOT NULL CHECK (day >= 0),
  PRIMARY KEY (sort, id)
) STRICT, WITHOUT ROWID;
INSERT INTO gone_then SELECT sort, id, day FROM gone;
DROP TABLE gone;
ALTER TABLE gone_then RENAME TO gone;
