-- A contact by phone, mail or visit never stood in the queue, so it has no row
-- in standing: day is when its author began to write, and it goes two days
-- later. 0 for a contact of the line's own.
ALTER TABLE closing ADD COLUMN day INTEGER NOT NULL DEFAULT 0 CHECK (day >= 0);

-- What only says that the note is saved must not say which: its key is the
-- note's by then.
UPDATE closing SET shred = 0 WHERE saved = 1;
