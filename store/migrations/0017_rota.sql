-- The rotas of the line: who is on duty, and when it means to be open. People
-- stand here by number, leave has no reason, and no row is about a visitor.
-- Instants are seconds of UTC; wall clocks stand in templates only. A row with a
-- revision is replaced only by whoever knows its last one.

-- How often the rows below were changed: what was decided on older ones is refused.
CREATE TABLE rota_serial (
  id     INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  serial INTEGER NOT NULL CHECK (serial >= 0)
) STRICT, WITHOUT ROWID;

INSERT INTO rota_serial (id, serial) VALUES (1, 0);

CREATE TABLE rota (
  id     BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  name   TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60), -- such as "Evenings"
  way    TEXT NOT NULL CHECK (way IN ('managed', 'self', 'preferences', 'elsewhere')),
  setup  TEXT NOT NULL CHECK (setup IN ('small', 'pair', 'team')),
  skills TEXT NOT NULL -- that everybody must have who covers a shift: a JSON list
) STRICT, WITHOUT ROWID;

-- A shift that comes back. Minutes are of the wall clock.
CREATE TABLE rota_template (
  id        BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  rota      BLOB    NOT NULL REFERENCES rota (id) ON DELETE CASCADE,
  name      TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  weekdays  INTEGER NOT NULL CHECK (weekdays BETWEEN 1 AND 127),    -- bit 0 is Sunday
  starts    INTEGER NOT NULL CHECK (starts BETWEEN 0 AND 1439),
  ends      INTEGER NOT NULL CHECK (ends BETWEEN 0 AND 1440),
  end_day   INTEGER NOT NULL CHECK (end_day BETWEEN 0 AND 2 AND end_day * 1440 + ends > starts),
  first_day TEXT    NOT NULL CHECK (first_day = '' OR first_day GLOB '2[01][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
  last_day  TEXT    NOT NULL CHECK (last_day = '' OR last_day GLOB '2[01][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
  rest      INTEGER NOT NULL CHECK (rest >= 0),
  debrief   INTEGER NOT NULL CHECK (debrief BETWEEN 0 AND 120), -- minutes of work after its end
  unsocial  TEXT    NOT NULL CHECK (unsocial IN ('', 'evening', 'night', 'weekend', 'holiday'))
) STRICT, WITHOUT ROWID;

CREATE INDEX rota_template_rota ON rota_template (rota);

-- Days on which no shift of a rota begins; without a rota, none of any.
CREATE TABLE rota_closure (
  id        BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  rota      BLOB REFERENCES rota (id) ON DELETE CASCADE,
  first_day TEXT NOT NULL CHECK (first_day GLOB '2[01][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
  last_day  TEXT NOT NULL CHECK (last_day GLOB '2[01][0-9][0-9]-[01][0-9]-[0-3][0-9]' AND last_day >= first_day)
) STRICT, WITHOUT ROWID;

CREATE INDEX rota_closure_rota ON rota_closure (rota);

CREATE TABLE rota_version (
  id        BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  rota      BLOB    NOT NULL REFERENCES rota (id), -- which does not go before its versions
  first_day TEXT    NOT NULL CHECK (first_day GLOB '2[01][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
  last_day  TEXT    NOT NULL CHECK (last_day GLOB '2[01][0-9][0-9]-[01][0-9]-[0-3][0-9]' AND last_day >= first_day),
  state     TEXT    NOT NULL CHECK (state IN ('draft', 'published', 'superseded')),
  person    BLOB    NOT NULL CHECK (length(person) IN (0, 16)), -- who published it
  at        INTEGER NOT NULL CHECK (at >= 0),                   -- when; 0 for a draft
  CHECK ((state = 'draft') = (length(person) = 0) AND (state = 'draft') = (at = 0))
) STRICT, WITHOUT ROWID;

CREATE INDEX rota_version_rota ON rota_version (rota);

CREATE TABLE rota_shift (
  id        BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  version   BLOB    NOT NULL REFERENCES rota_version (id) ON DELETE CASCADE,
  template  BLOB    NOT NULL CHECK (length(template) IN (0, 16)), -- stays when the template goes; empty: by hand
  name      TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  day       TEXT    NOT NULL CHECK (day GLOB '2[01][0-9][0-9]-[01][0-9]-[0-3][0-9]'), -- of the wall clock
  starts    INTEGER NOT NULL CHECK (starts > 0),
  ends      INTEGER NOT NULL CHECK (ends > starts),
  rest      INTEGER NOT NULL CHECK (rest >= 0),
  debrief   INTEGER NOT NULL CHECK (debrief BETWEEN 0 AND 120), -- minutes of work after its end
  unsocial  TEXT    NOT NULL CHECK (unsocial IN ('', 'evening', 'night', 'weekend', 'holiday')),
  cancelled INTEGER NOT NULL CHECK (cancelled IN (0, 1)),
  revision  INTEGER NOT NULL CHECK (revision >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX rota_shift_version ON rota_shift (version);
CREATE INDEX rota_shift_ends ON rota_shift (ends);

-- The cover that the shifts of a template ask for, or one shift of its own.
CREATE TABLE rota_requirement (
  id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  template BLOB    REFERENCES rota_template (id) ON DELETE CASCADE,
  shift    BLOB    REFERENCES rota_shift (id) ON DELETE CASCADE,
  role     TEXT    NOT NULL CHECK (role IN ('', 'leader', 'counsellor', 'buddy', 'trainee')),
  skill    TEXT    NOT NULL CHECK (length(skill) <= 60),
  language TEXT    NOT NULL CHECK (length(language) <= 8),
  least    INTEGER NOT NULL CHECK (least BETWEEN 0 AND 100),
  target   INTEGER NOT NULL CHECK (target BETWEEN 0 AND 100),
  most     INTEGER NOT NULL CHECK (most BETWEEN 0 AND 100), -- 0: no such wall
  CHECK ((template IS NULL) <> (shift IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX rota_requirement_template ON rota_requirement (template);
CREATE INDEX rota_requirement_shift ON rota_requirement (shift);

-- One place on a shift and who answers for it.
CREATE TABLE rota_assignment (
  id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  shift    BLOB    NOT NULL REFERENCES rota_shift (id) ON DELETE CASCADE,
  person   BLOB    NOT NULL CHECK (length(person) = 16),
  role     TEXT    NOT NULL CHECK (role IN ('leader', 'counsellor', 'buddy', 'trainee')),
  state    TEXT    NOT NULL CHECK (state IN ('proposed', 'published', 'offered', 'swapped', 'dropped', 'worked', 'no-show')),
  pinned   INTEGER NOT NULL CHECK (pinned IN (0, 1)),
  minds    INTEGER NOT NULL CHECK (minds IN (0, 1)), -- answers for it and does not work it
  source   TEXT    NOT NULL CHECK (source IN ('solver', 'manual', 'self')),
  place    BLOB    NOT NULL CHECK (length(place) IN (0, 16)), -- the first assignment of this place
  revision INTEGER NOT NULL CHECK (revision >= 0),
  CHECK (state = 'proposed' OR length(place) = 16)
) STRICT, WITHOUT ROWID;

CREATE INDEX rota_assignment_shift ON rota_assignment (shift);
-- A published place is one person's, whatever the program does.
CREATE UNIQUE INDEX rota_assignment_owner ON rota_assignment (place)
  WHERE state IN ('published', 'offered', 'worked', 'no-show');

-- A wish to change who works, bound to places and the revisions they had.
CREATE TABLE rota_swap (
  id              BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  kind            TEXT    NOT NULL CHECK (kind IN ('offer', 'swap', 'drop')),
  state           TEXT    NOT NULL CHECK (state IN ('open', 'claimed', 'approved', 'refused', 'expired', 'withdrawn')),
  gives           BLOB    NOT NULL REFERENCES rota_assignment (id) ON DELETE CASCADE,
  gives_revision  INTEGER NOT NULL CHECK (gives_revision >= 0),
  gives_shift     INTEGER NOT NULL CHECK (gives_shift >= 0), -- revision of its shift
  wants           BLOB    REFERENCES rota_assignment (id) ON DELETE CASCADE,
  wants_revision  INTEGER NOT NULL CHECK (wants_revision >= 0),
  wants_shift     INTEGER NOT NULL CHECK (wants_shift >= 0),
  person          BLOB    NOT NULL CHECK (length(person) IN (0, 16)),   -- to whom; empty: to whoever may
  claimant        BLOB    NOT NULL CHECK (length(claimant) IN (0, 16)), -- who took it
  opener          BLOB    NOT NULL CHECK (length(opener) = 16),
  until           INTEGER NOT NULL CHECK (until >= 0), -- 0: until the shift begins
  revision        INTEGER NOT NULL CHECK (revision >= 0),
  CHECK ((kind = 'swap') = (wants IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX rota_swap_wants ON rota_swap (wants);
CREATE INDEX rota_swap_gives ON rota_swap (gives);
-- A place is on offer once.
CREATE UNIQUE INDEX rota_swap_open ON rota_swap (gives) WHERE state IN ('open', 'claimed');

-- What was agreed with a person: minutes a week, and a share of the hours few like.
CREATE TABLE rota_terms (
  person     BLOB    NOT NULL PRIMARY KEY CHECK (length(person) = 16),
  employment TEXT    NOT NULL CHECK (employment IN ('employee', 'volunteer')),
  profile    TEXT    NOT NULL CHECK (length(profile) <= 32), -- of a law; empty: that of the line
  least      INTEGER NOT NULL CHECK (least >= 0),
  target     INTEGER NOT NULL CHECK (target >= 0),
  most       INTEGER NOT NULL CHECK (most >= 0), -- 0: not agreed
  share      INTEGER NOT NULL CHECK (share >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE rota_skill (
  person  BLOB NOT NULL CHECK (length(person) = 16),
  skill   TEXT NOT NULL CHECK (length(skill) BETWEEN 1 AND 60),
  expires TEXT NOT NULL CHECK (expires = '' OR expires GLOB '2[01][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
  PRIMARY KEY (person, skill)
) STRICT, WITHOUT ROWID;

-- What somebody said of a stretch of time.
CREATE TABLE rota_wish (
  person BLOB    NOT NULL CHECK (length(person) = 16),
  starts INTEGER NOT NULL CHECK (starts > 0),
  ends   INTEGER NOT NULL CHECK (ends > starts),
  wish   TEXT    NOT NULL CHECK (wish IN ('cannot', 'prefer not', 'prefer')),
  PRIMARY KEY (person, starts, ends, wish)
) STRICT, WITHOUT ROWID;

-- Time off. Why is nobody's affair.
CREATE TABLE rota_leave (
  id     BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  person BLOB    NOT NULL CHECK (length(person) = 16),
  starts INTEGER NOT NULL CHECK (starts > 0),
  ends   INTEGER NOT NULL CHECK (ends > starts)
) STRICT, WITHOUT ROWID;

-- When a leader can be reached.
CREATE TABLE rota_oncall (
  id     BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  leader BLOB    NOT NULL CHECK (length(leader) = 16),
  starts INTEGER NOT NULL CHECK (starts > 0),
  ends   INTEGER NOT NULL CHECK (ends > starts)
) STRICT, WITHOUT ROWID;

-- A supervisor's word that an advisory breach may stand.
CREATE TABLE rota_acceptance (
  version BLOB    NOT NULL REFERENCES rota_version (id) ON DELETE CASCADE,
  breach  TEXT    NOT NULL CHECK (length(breach) = 22), -- a hash of what it says
  person  BLOB    NOT NULL CHECK (length(person) = 16),
  at      INTEGER NOT NULL CHECK (at > 0),
  reason  TEXT    NOT NULL CHECK (reason IN ('agreed', 'once', 'quiet', 'reach', 'known')),
  PRIMARY KEY (version, breach)
) STRICT, WITHOUT ROWID;

-- Somebody's word that they are on duty: at a place, or as a walk-on.
CREATE TABLE rota_checkin (
  id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  person     BLOB    NOT NULL CHECK (length(person) = 16),
  assignment BLOB    REFERENCES rota_assignment (id) ON DELETE CASCADE,
  rota       BLOB    NOT NULL CHECK (length(rota) = 16),
  came       INTEGER NOT NULL CHECK (came > 0),
  went       INTEGER NOT NULL CHECK (went = 0 OR went >= came) -- 0: still there
) STRICT, WITHOUT ROWID;

CREATE INDEX rota_checkin_assignment ON rota_checkin (assignment);
-- Nobody is there twice.
CREATE UNIQUE INDEX rota_checkin_there ON rota_checkin (person) WHERE went = 0;

-- One place about which several are asked at once: the first yes has it.
CREATE TABLE rota_ask (
  id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  place    BLOB    NOT NULL REFERENCES rota_assignment (id) ON DELETE CASCADE,
  shift    INTEGER NOT NULL CHECK (shift >= 0), -- revision of its shift: one that moved is another question
  person   BLOB    NOT NULL CHECK (length(person) = 16), -- who asks
  at       INTEGER NOT NULL CHECK (at > 0),
  until    INTEGER NOT NULL CHECK (until > at),
  state    TEXT    NOT NULL CHECK (state IN ('open', 'taken', 'ended')),
  taker    BLOB    NOT NULL CHECK (length(taker) IN (0, 16)),
  revision INTEGER NOT NULL CHECK (revision >= 0),
  CHECK ((state = 'taken') = (length(taker) = 16))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX rota_ask_open ON rota_ask (place) WHERE state = 'open';
CREATE INDEX rota_ask_place ON rota_ask (place);

CREATE TABLE rota_asked (
  ask    BLOB NOT NULL REFERENCES rota_ask (id) ON DELETE CASCADE,
  person BLOB NOT NULL CHECK (length(person) = 16),
  answer TEXT NOT NULL CHECK (answer IN ('', 'yes', 'no')),
  PRIMARY KEY (ask, person)
) STRICT, WITHOUT ROWID;

-- What happened, in numbers; only ever added to.
CREATE TABLE rota_event (
  id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  at         INTEGER NOT NULL CHECK (at > 0),
  person     BLOB    NOT NULL CHECK (length(person) IN (0, 16)), -- who did it; empty: time itself
  behalf     BLOB    NOT NULL CHECK (length(behalf) IN (0, 16)),
  kind       TEXT    NOT NULL CHECK (length(kind) BETWEEN 1 AND 16),
  version    BLOB    NOT NULL CHECK (length(version) IN (0, 16)),
  shift      BLOB    NOT NULL CHECK (length(shift) IN (0, 16)),
  assignment BLOB    NOT NULL CHECK (length(assignment) IN (0, 16)),
  swap       BLOB    NOT NULL CHECK (length(swap) IN (0, 16))
) STRICT, WITHOUT ROWID;

CREATE INDEX rota_event_at ON rota_event (at);
