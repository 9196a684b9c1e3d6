-- What must stay gone when an older copy of helpline.db comes back: people who
-- were removed, invitations that were used. It stands here because this file
-- is restored from its newest copy.
CREATE TABLE gone (
  sort TEXT    NOT NULL CHECK (sort IN ('person', 'invitation')),
  id   BLOB    NOT NULL CHECK (length(id) IN (16, 32)),
  day  INTEGER NOT NULL CHECK (day >= 0),
  PRIMARY KEY (sort, id)
) STRICT, WITHOUT ROWID;
