-- Where notices reach a member of staff. All that is known of it is sealed as
-- one value with keys/notices.key, which stands in no copy of this file: the way,
-- the address, what is wished, whether it was tested.
CREATE TABLE reach (
  person   BLOB    NOT NULL PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
  revision INTEGER NOT NULL CHECK (revision > 0),
  sealed   BLOB    NOT NULL CHECK (length(sealed) BETWEEN 40 AND 4096)
) STRICT, WITHOUT ROWID;

-- A call to whoever is on call: it is repeated and goes on to others until
-- somebody confirms it. The cause is a keyed hash: it is told once.
CREATE TABLE call (
  id     BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  cause  BLOB    NOT NULL UNIQUE CHECK (length(cause) = 32),
  step   INTEGER NOT NULL CHECK (step >= 0),  -- whom it has come to
  round  INTEGER NOT NULL CHECK (round >= 0), -- how often they were told
  next   INTEGER NOT NULL,                    -- when it goes on
  until  INTEGER NOT NULL,
  state  TEXT    NOT NULL CHECK (state IN ('open', 'confirmed', 'unanswered')),
  person BLOB    NOT NULL CHECK (length(person) IN (0, 16)), -- who confirmed
  ended  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The outbox. A row is a sentence that says nothing, for one person. What it is
-- about stands here as a keyed hash, so that nobody is told twice.
CREATE TABLE notice (
  id     BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16), -- told to the receiver: the same at every try
  person BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  kind   TEXT    NOT NULL CHECK (kind IN ('changes', 'asks', 'oncall', 'cover', 'settled', 'test')),
  cause  BLOB    NOT NULL CHECK (length(cause) = 32),
  call   BLOB    REFERENCES call (id) ON DELETE CASCADE,
  made   INTEGER NOT NULL,
  due    INTEGER NOT NULL, -- when it is tried next
  until  INTEGER NOT NULL, -- after that it is about something past
  tries  INTEGER NOT NULL CHECK (tries >= 0),
  failed INTEGER NOT NULL, -- since when it fails; 0: it does not
  state  TEXT    NOT NULL CHECK (state IN ('waits', 'sent', 'failed', 'past')),
  ended  INTEGER NOT NULL,
  UNIQUE (person, kind, cause)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_due ON notice (state, due);
