-- Locked because nobody touched it. Only the browser has the token that could seal
-- this; in clear it can lock a login, and taking it away opens nothing that was not
-- open before.
ALTER TABLE login ADD COLUMN idle INTEGER NOT NULL DEFAULT 0 CHECK (idle IN (0, 1));
