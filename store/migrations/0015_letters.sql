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

CREATE TRIGGER standing_handed AFTER UPDATE OF holder ON standing
WHEN old.holder <> new.holder
BEGIN
  INSERT OR IGNORE INTO former (contact, person) VALUES (old.contact, old.holder);
END;
