-- How often this line was started. Every place in a conversation begins with
-- this number, so it must rise before a listener opens.
CREATE TABLE line (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  boot INTEGER NOT NULL CHECK (boot >= 0)
) STRICT;

INSERT INTO line (id, boot) VALUES (1, 0);

-- Who holds an accepted contact, and whether it is closed. No words and no
-- times; without a row number, which would tell the order of arrival.
CREATE TABLE standing (
  contact BLOB    NOT NULL PRIMARY KEY CHECK (length(contact) = 16),
  channel TEXT    NOT NULL CHECK (length(channel) <= 16),
  term    INTEGER NOT NULL CHECK (term >= 0),
  holder  BLOB    NOT NULL CHECK (length(holder) = 16),
  since   INTEGER NOT NULL CHECK (since >= 0), -- place of an entry, not a clock
  closed  INTEGER NOT NULL CHECK (closed IN (0, 1)),
  epoch   INTEGER NOT NULL CHECK (epoch >= 0)  -- day of the ticket key
) STRICT, WITHOUT ROWID;

-- How often something happened in a week, once by weekday (d1 is Monday) and
-- once by half hour (h00 to h47), never by both: both would be a person's time.
CREATE TABLE counter (
  week     TEXT    NOT NULL CHECK (length(week) = 8),
  slot     TEXT    NOT NULL CHECK (length(slot) BETWEEN 2 AND 3),
  event    TEXT    NOT NULL CHECK (length(event) <= 32),
  channel  TEXT    NOT NULL CHECK (length(channel) <= 32),
  audience TEXT    NOT NULL CHECK (length(audience) <= 32),
  locale   TEXT    NOT NULL CHECK (length(locale) <= 32),
  n        INTEGER NOT NULL CHECK (n > 0),
  PRIMARY KEY (week, slot, event, channel, audience, locale)
) STRICT, WITHOUT ROWID;
