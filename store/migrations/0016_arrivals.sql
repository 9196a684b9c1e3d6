-- Who came, by week. A slot d1 to d7 is a weekday (d1 is Monday) and exact. A
-- slot d1h00 to d7h47 is a half hour of one of them: a lot has been drawn over
-- each of its numbers before it came here, so that none of them, and no
-- difference of two copies of this file, says that somebody came then. They may
-- be below zero. Nothing is written of a week before it is over, but for a
-- program that stops.
CREATE TABLE arrival (
  week   TEXT    NOT NULL CHECK (week GLOB '[0-9][0-9][0-9][0-9]-W[0-9][0-9]'),
  slot   TEXT    NOT NULL CHECK (slot GLOB 'd[1-7]' OR slot GLOB 'd[1-7]h[0-4][0-9]'),
  came   INTEGER NOT NULL, -- while the line was open
  missed INTEGER NOT NULL, -- of all who came: answered by nobody
  shut   INTEGER NOT NULL, -- came while it was closed
  flood  INTEGER NOT NULL, -- requests that were turned away at the gate
  open   INTEGER NOT NULL CHECK (open >= 0), -- minutes the line was open
  up     INTEGER NOT NULL CHECK (up >= 0),   -- minutes it counted
  PRIMARY KEY (week, slot)
) STRICT, WITHOUT ROWID;

-- Half hours stood here as margins of a week and were raised within a second of
-- a visit: two copies of the file told the half hour of who came between them.
DELETE FROM counter WHERE slot LIKE 'h%';
