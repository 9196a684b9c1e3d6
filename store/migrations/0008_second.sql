-- Second factors. What is known of one, such as the secret of an app, the
-- public key of a passkey, its name and its last use, is sealed under the
-- keyring of its owner. wrapped is the keyring under what a passkey gives;
-- empty for most.
CREATE TABLE factor (
  id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  person   BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  kind     INTEGER NOT NULL CHECK (kind IN (1, 2)), -- an app that shows codes, a passkey
  revision INTEGER NOT NULL CHECK (revision > 0),   -- rises with each use
  sealed   BLOB    NOT NULL CHECK (length(sealed) > 0),
  wrapped  BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX factor_person ON factor (person);
