-- Logins of staff. The file stands in no backup; what is sealed opens only with
-- the token in the browser's cookie and the login key of the day.
CREATE TABLE login (
  id     BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 32), -- SHA-256 of the token
  epoch  INTEGER NOT NULL,
  sealed BLOB    NOT NULL,
  person BLOB    NOT NULL CHECK (length(person) = 16), -- zeros: nobody yet
  device TEXT    NOT NULL,
  expiry INTEGER NOT NULL -- seconds since 1970
) STRICT, WITHOUT ROWID;

CREATE INDEX login_person ON login (person);

CREATE INDEX login_expiry ON login (expiry);
