-- Where a conversation can lead. An entry is a service or an organization of
-- HSDS 3.0 with all that belongs to it, as it was imported.
CREATE TABLE provider (
  id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  place      INTEGER NOT NULL CHECK (place >= 0), -- its place in the directory
  json       TEXT    NOT NULL CHECK (json_valid(json)),
  checked_on TEXT    NOT NULL CHECK (length(checked_on) IN (0, 4, 7, 10)),
  hidden     INTEGER NOT NULL CHECK (hidden IN (0, 1)) -- kept off cards
) STRICT, WITHOUT ROWID;

-- How often a card of a provider was given in a week. The provider may have
-- been removed since.
CREATE TABLE referral (
  week     TEXT    NOT NULL CHECK (length(week) = 8),
  provider BLOB    NOT NULL CHECK (length(provider) = 16),
  n        INTEGER NOT NULL CHECK (n > 0),
  PRIMARY KEY (week, provider)
) STRICT, WITHOUT ROWID;
