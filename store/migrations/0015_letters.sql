-- Whom a complaint is kept from: one or more people, each as a keyed hash of 16
-- bytes, under a key that does not stand here. What stood there before, the
-- number of one person, goes on counting as it is.
ALTER TABLE thread ADD COLUMN barred BLOB NOT NULL DEFAULT x'' CHECK (length(barred) % 16 = 0);
UPDATE thread SET barred = about;
ALTER TABLE thread DROP COLUMN about;

-- Nobody can tell to which conversation a complaint belongs.
ALTER TABLE thread ADD COLUMN doubt INTEGER NOT NULL DEFAULT 0 CHECK (doubt IN (0, 1));

-- Who had a conversation before its present holder. It goes with the standing.
CREATE TABLE former (
  contact BLOB NOT NULL CHECK (length(contact) = 16),
  person  BLOB NOT NULL CHECK (length(person) = 16),
  PRIMARY KEY (contact, person)
) STRICT, WITHOUT ROWID;

-- Which members of staff met the owner of a code in how many conversations, and
-- whether they agreed on a card there; as keyed hashes, like barred.
CREATE TABLE meeting (
  thread BLOB    NOT NULL REFERENCES thread (id) ON DELETE CASCADE,
  mark   BLOB    NOT NULL CHECK (length(mark) = 16),
  n      INTEGER NOT NULL CHECK (n >= 0),
  agreed INTEGER NOT NULL CHECK (agreed IN (0, 1)),
  PRIMARY KEY (thread, mark)
) STRICT, WITHOUT ROWID;

-- Which members of staff meet somebody for the third time, or oftener, and wait for
-- a supervisor's nod. No conversation, no code and no number leads to it. It goes
-- with the nod.
CREATE TABLE nod (
  id     BLOB NOT NULL CHECK (length(id) = 16),
  person BLOB NOT NULL CHECK (length(person) = 16),
  PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER standing_handed AFTER UPDATE OF holder ON standing
WHEN old.holder <> new.holder
BEGIN
  INSERT OR IGNORE INTO former (contact, person) VALUES (old.contact, old.holder);
END;
