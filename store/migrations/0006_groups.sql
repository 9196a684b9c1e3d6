-- People who leave, what follows from it, and notes that are kept longer.

-- Somebody has to be able to sign and to open: whatever else goes wrong in the
-- program, the last active supervisor stays.
CREATE TRIGGER last_supervisor BEFORE UPDATE OF roles, state ON person
WHEN old.state = 'active' AND ' ' || old.roles || ' ' LIKE '% supervisor %'
 AND NOT (new.state = 'active' AND ' ' || new.roles || ' ' LIKE '% supervisor %')
 AND NOT EXISTS (SELECT 1 FROM person p
                 WHERE p.id <> old.id AND p.state = 'active' AND ' ' || p.roles || ' ' LIKE '% supervisor %')
BEGIN
  SELECT RAISE(ABORT, 'last supervisor');
END;

CREATE TRIGGER last_supervisor_row BEFORE DELETE ON person
WHEN old.state = 'active' AND ' ' || old.roles || ' ' LIKE '% supervisor %'
 AND NOT EXISTS (SELECT 1 FROM person p
                 WHERE p.id <> old.id AND p.state = 'active' AND ' ' || p.roles || ' ' LIKE '% supervisor %')
BEGIN
  SELECT RAISE(ABORT, 'last supervisor');
END;

-- Who has left a group knows the keys of its earlier generations: nothing new
-- is sealed to them.
CREATE TRIGGER old_generation BEFORE INSERT ON permit
WHEN new.generation > 0
 AND EXISTS (SELECT 1 FROM seat s WHERE s.circle = new.reader AND s.generation > new.generation)
BEGIN
  SELECT RAISE(ABORT, 'old generation');
END;

-- How far older notes are granted to the supervisors' present generation.
CREATE TABLE regrant (
  id         INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  generation INTEGER NOT NULL CHECK (generation > 0), -- to which they are granted
  upto       BLOB    NOT NULL CHECK (length(upto) = 16), -- the last note that was looked at
  total      INTEGER NOT NULL CHECK (total >= 0),
  done       INTEGER NOT NULL CHECK (done >= 0),
  failed     INTEGER NOT NULL CHECK (failed >= 0)
) STRICT, WITHOUT ROWID;

-- Notes that two supervisors keep beyond their time, with the shred key.
CREATE TABLE hold (
  note      BLOB NOT NULL PRIMARY KEY REFERENCES note (id) ON DELETE CASCADE,
  shred     BLOB NOT NULL CHECK (length(shred) = 32),
  asked     BLOB NOT NULL CHECK (length(asked) > 0), -- signed papers
  confirmed BLOB NOT NULL,                           -- empty until a second supervisor has signed
  lifted    BLOB NOT NULL                            -- empty until somebody asks to lift it
) STRICT, WITHOUT ROWID;
