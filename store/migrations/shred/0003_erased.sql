-- Threads that were erased by whoever had the code, and the notes that went with
-- them, stay gone too. The list is made anew under its own name.
CREATE TEMP TABLE before AS SELECT sort, id, day FROM gone;
DROP TABLE gone;
CREATE TABLE gone (
  sort TEXT    NOT NULL CHECK (sort IN ('person', 'invitation', 'erased')),
  id   BLOB    NOT NULL CHECK (length(id) IN (16, 32)),
  day  INTEGER NOT NULL CHECK (day >= 0),
  PRIMARY KEY (sort, id)
) STRICT, WITHOUT ROWID;
INSERT INTO gone SELECT sort, id, day FROM before;
DROP TABLE before;
