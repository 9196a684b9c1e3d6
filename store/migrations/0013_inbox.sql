-- What is exchanged behind a return code. The name comes out of the code, which
-- stands nowhere; to the key things are sealed that only the code opens. Days,
-- and nothing finer.
CREATE TABLE thread (
  id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  name     BLOB    NOT NULL UNIQUE CHECK (length(name) = 16),
  sealkey  BLOB    NOT NULL CHECK (length(sealkey) = 1216),
  kind     TEXT    NOT NULL CHECK (kind IN ('letter', 'wrong', 'card')),
  audience TEXT    NOT NULL CHECK (length(audience) BETWEEN 1 AND 16),
  locale   TEXT    NOT NULL CHECK (length(locale) BETWEEN 1 AND 8),
  urgent   INTEGER NOT NULL CHECK (urgent IN (0, 1)),  -- somebody may be hurt soon
  waiting  INTEGER NOT NULL CHECK (waiting IN (0, 1)), -- the newest letter is the visitor's
  holder   BLOB    NOT NULL CHECK (length(holder) IN (0, 16)), -- who has taken it
  about    BLOB    NOT NULL CHECK (length(about) IN (0, 16)),  -- who is never shown it
  due      INTEGER NOT NULL CHECK (due >= 0),  -- day by which the line answers; 0 for none
  ends     INTEGER NOT NULL CHECK (ends >= 0), -- day on which the letters go; 0 without letters
  used     INTEGER NOT NULL CHECK (used >= 0)  -- day on which the code was last used
) STRICT, WITHOUT ROWID;

-- A letter, sealed to its thread and to a group; a card is sealed to its thread alone.
CREATE TABLE letter (
  id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  thread     BLOB    NOT NULL REFERENCES thread (id) ON DELETE CASCADE,
  number     INTEGER NOT NULL CHECK (number >= 0), -- in the order of the thread; 0 for a card
  side       INTEGER NOT NULL CHECK (side IN (1, 2, 3)), -- visitor, line, card
  author     BLOB    NOT NULL CHECK (length(author) IN (0, 16)), -- of an answer
  day        INTEGER NOT NULL CHECK (day >= 0),
  seen       INTEGER NOT NULL CHECK (seen IN (0, 1)),
  shred      INTEGER NOT NULL CHECK (shred >= 0), -- number of its key in shred.db
  generation INTEGER NOT NULL CHECK (generation >= 0), -- of the group
  sealed     BLOB    NOT NULL CHECK (length(sealed) > 0),
  to_thread  BLOB    NOT NULL CHECK (length(to_thread) > 0),
  to_group   BLOB    NOT NULL,
  UNIQUE (thread, number)
) STRICT, WITHOUT ROWID;

-- As with notes: nothing new is sealed to a generation of the past.
CREATE TRIGGER old_generation_letter BEFORE INSERT ON letter
WHEN new.generation > 0
 AND EXISTS (SELECT 1 FROM seat s, thread t
             WHERE t.id = new.thread AND s.generation > new.generation
               AND s.circle = CASE t.kind WHEN 'wrong' THEN 'safeguarding' ELSE 'counsellors' END)
BEGIN
  SELECT RAISE(ABORT, 'old generation');
END;

-- So that a purge finds what has ended without reading every thread.
CREATE INDEX thread_ends ON thread (ends) WHERE ends > 0;
CREATE INDEX thread_used ON thread (used);
CREATE INDEX thread_waiting ON thread (due) WHERE waiting = 1;

-- Which note belongs to a thread, sealed so that only the code says it.
CREATE TABLE link (
  id     BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  thread BLOB NOT NULL REFERENCES thread (id) ON DELETE CASCADE,
  sealed BLOB NOT NULL CHECK (length(sealed) > 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX link_thread ON link (thread);
