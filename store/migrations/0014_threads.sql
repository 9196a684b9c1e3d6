-- Which notes belong to a return code: the note's name, sealed to the thread. Only
-- whoever has the code finds the notes with it, to erase them; the rows say no
-- more than how many there are.
CREATE TABLE link (
  id     BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16), -- random: no order of the notes can be read from it
  thread BLOB NOT NULL REFERENCES thread (id) ON DELETE CASCADE,
  sealed BLOB NOT NULL CHECK (length(sealed) > 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX link_thread ON link (thread);
