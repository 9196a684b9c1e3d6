-- What the migrations make. Do not edit: go test ./store -run Golden -update

-- helpline.db, version 20

CREATE TRIGGER last_supervisor BEFORE UPDATE OF roles, state ON person
WHEN old.state = 'active' AND ' ' || old.roles || ' ' LIKE '% supervisor %'
 AND NOT (new.state = 'active' AND ' ' || new.roles || ' ' LIKE '% supervisor %')
 AND NOT EXISTS (SELECT 1 FROM person p
                 WHERE p.id <> old.id AND p.state = 'active' AND ' ' || p.roles || ' ' LIKE '% supervisor %')
BEGIN
  SELECT RAISE(ABORT, 'last supervisor');
END;

CREATE TRIGGER last_supervisor_row BEFORE DELETE ON person
WHEN old.state = 'active' AND ' ' || old.roles || ' ' LIKE '% supervisor %'
 AND NOT EXISTS (SELECT 1 FROM person p
                 WHERE p.id <> old.id AND p.state = 'active' AND ' ' || p.roles || ' ' LIKE '% supervisor %')
BEGIN
  SELECT RAISE(ABORT, 'last supervisor');
END;

CREATE TRIGGER old_generation BEFORE INSERT ON permit
WHEN new.generation > 0
 AND EXISTS (SELECT 1 FROM seat s WHERE s.circle = new.reader AND s.generation > new.generation)
BEGIN
  SELECT RAISE(ABORT, 'old generation');
END;

CREATE TRIGGER old_generation_letter BEFORE INSERT ON letter
WHEN new.generation > 0
 AND EXISTS (SELECT 1 FROM seat s, thread t
             WHERE t.id = new.thread AND s.generation > new.generation
               AND s.circle = CASE t.kind WHEN 'wrong' THEN 'safeguarding' ELSE 'counsellors' END)
BEGIN
  SELECT RAISE(ABORT, 'old generation');
END;

CREATE TRIGGER standing_handed AFTER UPDATE OF holder ON standing
WHEN old.holder <> new.holder
BEGIN
  INSERT OR IGNORE INTO former (contact, person) VALUES (old.contact, old.holder);
END;

CREATE TABLE approval (
  what   TEXT    NOT NULL PRIMARY KEY CHECK (length(what) BETWEEN 1 AND 16),
  digest BLOB    NOT NULL CHECK (length(digest) = 32),
  person BLOB    NOT NULL CHECK (length(person) = 16), -- stays when the person leaves
  alias  TEXT    NOT NULL CHECK (length(alias) BETWEEN 1 AND 96),
  day    INTEGER NOT NULL CHECK (day >= 0)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE chore (
  name TEXT    NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 16),
  day  INTEGER NOT NULL CHECK (day >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE closing (
  contact BLOB    NOT NULL PRIMARY KEY CHECK (length(contact) = 16),
  author  BLOB    NOT NULL CHECK (length(author) = 16),
  shred   INTEGER NOT NULL CHECK (shred >= 0),
  saved   INTEGER NOT NULL CHECK (saved IN (0, 1)),
  sealed  BLOB    NOT NULL CHECK (length(sealed) = 0 OR saved = 0)
, day INTEGER NOT NULL DEFAULT 0 CHECK (day >= 0)) STRICT, WITHOUT ROWID;

CREATE TABLE code (
  person     BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  confirmed  INTEGER NOT NULL CHECK (confirmed IN (0, 1)),
  salt       BLOB    NOT NULL CHECK (length(salt) > 0),
  passes     INTEGER NOT NULL CHECK (passes > 0),
  memory_kib INTEGER NOT NULL CHECK (memory_kib > 0),
  threads    INTEGER NOT NULL CHECK (threads BETWEEN 1 AND 255),
  wrapped    BLOB    NOT NULL CHECK (length(wrapped) > 0),
  PRIMARY KEY (person, confirmed)
) STRICT, WITHOUT ROWID;

CREATE TABLE coded (
  week  TEXT    NOT NULL CHECK (length(week) = 8),
  slot  TEXT    NOT NULL CHECK (length(slot) BETWEEN 1 AND 2),
  field TEXT    NOT NULL CHECK (length(field) BETWEEN 1 AND 64),
  code  TEXT    NOT NULL CHECK (length(code) BETWEEN 1 AND 64),
  n     INTEGER NOT NULL CHECK (n > 0),
  PRIMARY KEY (week, slot, field, code)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE escrow (
  person     BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  generation INTEGER NOT NULL CHECK (generation > 0),
  sealed     BLOB    NOT NULL CHECK (length(sealed) > 0),
  PRIMARY KEY (person, generation)
) STRICT, WITHOUT ROWID;

CREATE TABLE factor (
  id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  person   BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  kind     INTEGER NOT NULL CHECK (kind IN (1, 2)), -- an app that shows codes, a passkey
  revision INTEGER NOT NULL CHECK (revision > 0),   -- rises with each use
  sealed   BLOB    NOT NULL CHECK (length(sealed) > 0),
  wrapped  BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE feed (
  id     BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  hash   BLOB NOT NULL UNIQUE CHECK (length(hash) = 32), -- of the secret in the address, which is kept nowhere
  person BLOB NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  device TEXT NOT NULL COLLATE NOCASE CHECK (length(device) BETWEEN 2 AND 24),
  UNIQUE (person, device)
) STRICT, WITHOUT ROWID;

CREATE TABLE former (
  contact BLOB NOT NULL CHECK (length(contact) = 16),
  person  BLOB NOT NULL CHECK (length(person) = 16),
  PRIMARY KEY (contact, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE hold (
  note      BLOB NOT NULL PRIMARY KEY REFERENCES note (id) ON DELETE CASCADE,
  shred     BLOB NOT NULL CHECK (length(shred) = 32),
  asked     BLOB NOT NULL CHECK (length(asked) > 0), -- signed papers
  confirmed BLOB NOT NULL,                           -- empty until a second supervisor has signed
  lifted    BLOB NOT NULL                            -- empty until somebody asks to lift it
) STRICT, WITHOUT ROWID;

CREATE TABLE invitation (
  hash    BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
  person  BLOB    NOT NULL UNIQUE REFERENCES person (id) ON DELETE CASCADE,
  expires INTEGER NOT NULL -- seconds since 1970
) STRICT, WITHOUT ROWID;

CREATE TABLE keylog (
  place     INTEGER NOT NULL PRIMARY KEY CHECK (place >= 0),
  statement BLOB    NOT NULL CHECK (length(statement) > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE keyring (
  person  BLOB NOT NULL PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
  intro   BLOB NOT NULL CHECK (length(intro) > 0),
  wrapped BLOB NOT NULL CHECK (length(wrapped) > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE letter (
  id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  thread     BLOB    NOT NULL REFERENCES thread (id) ON DELETE CASCADE,
  number     INTEGER NOT NULL CHECK (number >= 0), -- in the order of the thread; 0 for a card
  side       INTEGER NOT NULL CHECK (side IN (1, 2, 3)), -- visitor, line, card
  author     BLOB    NOT NULL CHECK (length(author) IN (0, 16)), -- of an answer
  day        INTEGER NOT NULL CHECK (day >= 0),
  seen       INTEGER NOT NULL CHECK (seen IN (0, 1)),
  shred      INTEGER NOT NULL CHECK (shred >= 0), -- number of its key in shred.db
  generation INTEGER NOT NULL CHECK (generation >= 0), -- of the group
  sealed     BLOB    NOT NULL CHECK (length(sealed) > 0),
  to_thread  BLOB    NOT NULL CHECK (length(to_thread) > 0),
  to_group   BLOB    NOT NULL,
  UNIQUE (thread, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE line (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  boot INTEGER NOT NULL CHECK (boot >= 0)
) STRICT;

CREATE TABLE link (
  id     BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  thread BLOB NOT NULL REFERENCES thread (id) ON DELETE CASCADE,
  sealed BLOB NOT NULL CHECK (length(sealed) > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE meeting (
  thread BLOB    NOT NULL REFERENCES thread (id) ON DELETE CASCADE,
  mark   BLOB    NOT NULL CHECK (length(mark) = 16),
  n      INTEGER NOT NULL CHECK (n >= 0),
  agreed INTEGER NOT NULL CHECK (agreed IN (0, 1)),
  PRIMARY KEY (thread, mark)
) STRICT, WITHOUT ROWID;

CREATE TABLE nod (
  id     BLOB NOT NULL CHECK (length(id) = 16),
  person BLOB NOT NULL CHECK (length(person) = 16),
  PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE note (
  id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  author   BLOB    NOT NULL CHECK (length(author) = 16),
  day      INTEGER NOT NULL CHECK (day >= 0),
  ends     INTEGER NOT NULL CHECK (ends > day),
  revision INTEGER NOT NULL CHECK (revision > 0),
  edition  INTEGER NOT NULL CHECK (edition > 0), -- of the codes of the outcome
  shred    INTEGER NOT NULL CHECK (shred >= 0),  -- number of its key in shred.db
  sealed   BLOB    NOT NULL CHECK (length(sealed) > 0)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE permit (
  note       BLOB    NOT NULL REFERENCES note (id) ON DELETE CASCADE,
  reader     TEXT    NOT NULL CHECK (length(reader) BETWEEN 1 AND 32), -- author, or a group
  generation INTEGER NOT NULL CHECK (generation >= 0),                 -- 0 for the author
  sealed     BLOB    NOT NULL CHECK (length(sealed) > 0),
  PRIMARY KEY (note, reader, generation)
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
  id        BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  name      TEXT    NOT NULL CHECK (length(name) > 0),
  folded    TEXT    NOT NULL UNIQUE, -- the name without upper and lower case
  alias     TEXT    NOT NULL,
  roles     TEXT    NOT NULL,
  locales   TEXT    NOT NULL,
  audiences TEXT    NOT NULL,
  chats     INTEGER NOT NULL CHECK (chats >= 0),
  state     TEXT    NOT NULL CHECK (state IN ('invited', 'active', 'removed')),
  language  TEXT    NOT NULL,
  demo      INTEGER NOT NULL CHECK (demo IN (0, 1))
, renew INTEGER NOT NULL DEFAULT 0 CHECK (renew IN (0, 1))) STRICT, WITHOUT ROWID;

CREATE TABLE piece (
  rescue BLOB    NOT NULL REFERENCES rescue (id) ON DELETE CASCADE,
  part   INTEGER NOT NULL CHECK (part BETWEEN 1 AND 5),
  sealed BLOB    NOT NULL CHECK (length(sealed) > 0),
  PRIMARY KEY (rescue, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE provider (
  id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  place      INTEGER NOT NULL CHECK (place >= 0), -- its place in the directory
  json       TEXT    NOT NULL CHECK (json_valid(json)),
  checked_on TEXT    NOT NULL CHECK (length(checked_on) IN (0, 4, 7, 10)),
  hidden     INTEGER NOT NULL CHECK (hidden IN (0, 1)) -- kept off cards
) STRICT, WITHOUT ROWID;

CREATE TABLE reach (
  person   BLOB    NOT NULL PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
  revision INTEGER NOT NULL CHECK (revision > 0),
  sealed   BLOB    NOT NULL CHECK (length(sealed) BETWEEN 40 AND 4096)
) STRICT, WITHOUT ROWID;

CREATE TABLE recovery (
  generation INTEGER NOT NULL PRIMARY KEY CHECK (generation > 0),
  day        INTEGER NOT NULL CHECK (day >= 0),
  used       INTEGER NOT NULL CHECK (used IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE referral (
  week     TEXT    NOT NULL CHECK (length(week) = 8),
  provider BLOB    NOT NULL CHECK (length(provider) = 16),
  n        INTEGER NOT NULL CHECK (n > 0),
  PRIMARY KEY (week, provider)
) STRICT, WITHOUT ROWID;

CREATE TABLE regrant (
  id         INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  generation INTEGER NOT NULL CHECK (generation > 0), -- to which they are granted
  upto       BLOB    NOT NULL CHECK (length(upto) = 16), -- the last note that was looked at
  total      INTEGER NOT NULL CHECK (total >= 0),
  done       INTEGER NOT NULL CHECK (done >= 0),
  failed     INTEGER NOT NULL CHECK (failed >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE rescue (
  id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  person   BLOB    NOT NULL CHECK (length(person) = 16),
  key      BLOB    NOT NULL CHECK (length(key) > 0), -- to it the shares are sealed
  expires  INTEGER NOT NULL,                         -- seconds since 1970
  approval BLOB    NOT NULL                          -- of a supervisor, signed; empty before
) STRICT, WITHOUT ROWID;

CREATE TABLE rota (
  id     BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  name   TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60), -- such as "Evenings"
  way    TEXT NOT NULL CHECK (way IN ('managed', 'self', 'preferences', 'elsewhere')),
  setup  TEXT NOT NULL CHECK (setup IN ('small', 'pair', 'team')),
  skills TEXT NOT NULL -- that everybody must have who covers a shift: a JSON list
) STRICT, WITHOUT ROWID;

CREATE TABLE rota_acceptance (
  version BLOB    NOT NULL REFERENCES rota_version (id) ON DELETE CASCADE,
  breach  TEXT    NOT NULL CHECK (length(breach) = 22), -- a hash of what it says
  person  BLOB    NOT NULL CHECK (length(person) = 16),
  at      INTEGER NOT NULL CHECK (at > 0),
  reason  TEXT    NOT NULL CHECK (reason IN ('agreed', 'once', 'quiet', 'reach', 'known')),
  PRIMARY KEY (version, breach)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE rota_asked (
  ask    BLOB NOT NULL REFERENCES rota_ask (id) ON DELETE CASCADE,
  person BLOB NOT NULL CHECK (length(person) = 16),
  answer TEXT NOT NULL CHECK (answer IN ('', 'yes', 'no')),
  PRIMARY KEY (ask, person)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE rota_checkin (
  id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  person     BLOB    NOT NULL CHECK (length(person) = 16),
  assignment BLOB    REFERENCES rota_assignment (id) ON DELETE CASCADE,
  rota       BLOB    NOT NULL CHECK (length(rota) = 16),
  came       INTEGER NOT NULL CHECK (came > 0),
  went       INTEGER NOT NULL CHECK (went = 0 OR went >= came) -- 0: still there
) STRICT, WITHOUT ROWID;

CREATE TABLE rota_closure (
  id        BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  rota      BLOB REFERENCES rota (id) ON DELETE CASCADE,
  first_day TEXT NOT NULL CHECK (first_day GLOB '2[01][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
  last_day  TEXT NOT NULL CHECK (last_day GLOB '2[01][0-9][0-9]-[01][0-9]-[0-3][0-9]' AND last_day >= first_day)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE rota_leave (
  id     BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  person BLOB    NOT NULL CHECK (length(person) = 16),
  starts INTEGER NOT NULL CHECK (starts > 0),
  ends   INTEGER NOT NULL CHECK (ends > starts)
) STRICT, WITHOUT ROWID;

CREATE TABLE rota_oncall (
  id     BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  leader BLOB    NOT NULL CHECK (length(leader) = 16),
  starts INTEGER NOT NULL CHECK (starts > 0),
  ends   INTEGER NOT NULL CHECK (ends > starts)
) STRICT, WITHOUT ROWID;

CREATE TABLE rota_pause (
  person BLOB    NOT NULL PRIMARY KEY CHECK (length(person) = 16),
  since  INTEGER NOT NULL CHECK (since > 0) -- UTC, in seconds
) STRICT, WITHOUT ROWID;

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

CREATE TABLE rota_serial (
  id     INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  serial INTEGER NOT NULL CHECK (serial >= 0)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE rota_skill (
  person  BLOB NOT NULL CHECK (length(person) = 16),
  skill   TEXT NOT NULL CHECK (length(skill) BETWEEN 1 AND 60),
  expires TEXT NOT NULL CHECK (expires = '' OR expires GLOB '2[01][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
  PRIMARY KEY (person, skill)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE rota_terms (
  person     BLOB    NOT NULL PRIMARY KEY CHECK (length(person) = 16),
  employment TEXT    NOT NULL CHECK (employment IN ('employee', 'volunteer')),
  profile    TEXT    NOT NULL CHECK (length(profile) <= 32), -- of a law; empty: that of the line
  least      INTEGER NOT NULL CHECK (least >= 0),
  target     INTEGER NOT NULL CHECK (target >= 0),
  most       INTEGER NOT NULL CHECK (most >= 0), -- 0: not agreed
  share      INTEGER NOT NULL CHECK (share >= 0)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE rota_wish (
  person BLOB    NOT NULL CHECK (length(person) = 16),
  starts INTEGER NOT NULL CHECK (starts > 0),
  ends   INTEGER NOT NULL CHECK (ends > starts),
  wish   TEXT    NOT NULL CHECK (wish IN ('cannot', 'prefer not', 'prefer')),
  PRIMARY KEY (person, starts, ends, wish)
) STRICT, WITHOUT ROWID;

CREATE TABLE saying (
  slot   TEXT    NOT NULL PRIMARY KEY CHECK (slot IN ('gate', 'pause', 'first')),
  word   TEXT    NOT NULL CHECK (length(word) BETWEEN 1 AND 16),
  reason TEXT    NOT NULL CHECK (length(reason) BETWEEN 1 AND 16),
  person BLOB    NOT NULL CHECK (length(person) = 16), -- who said it; stays when the person leaves
  until  INTEGER NOT NULL CHECK (until > 0)            -- UTC, in seconds
) STRICT, WITHOUT ROWID;

CREATE TABLE seat (
  circle     TEXT    NOT NULL CHECK (length(circle) BETWEEN 1 AND 32),
  generation INTEGER NOT NULL CHECK (generation > 0),
  person     BLOB    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  sealed     BLOB    NOT NULL CHECK (length(sealed) > 0),
  PRIMARY KEY (circle, generation, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE secret (
  person     BLOB    NOT NULL PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
  salt       BLOB    NOT NULL CHECK (length(salt) > 0),
  passes     INTEGER NOT NULL CHECK (passes > 0),
  memory_kib INTEGER NOT NULL CHECK (memory_kib > 0),
  threads    INTEGER NOT NULL CHECK (threads BETWEEN 1 AND 255),
  verifier   BLOB    NOT NULL CHECK (length(verifier) > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE seen (
  person BLOB    NOT NULL PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
  until  INTEGER NOT NULL CHECK (until > 0) -- UTC, in seconds
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
  name   TEXT NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
  digest BLOB NOT NULL CHECK (length(digest) = 32)
) STRICT, WITHOUT ROWID;

CREATE TABLE share (
  generation INTEGER NOT NULL REFERENCES recovery (generation) ON DELETE CASCADE,
  part       INTEGER NOT NULL CHECK (part BETWEEN 1 AND 5),
  person     BLOB    NOT NULL CHECK (length(person) = 16),
  sealed     BLOB    NOT NULL,
  PRIMARY KEY (generation, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE standing (
  contact BLOB    NOT NULL PRIMARY KEY CHECK (length(contact) = 16),
  channel TEXT    NOT NULL CHECK (length(channel) <= 16),
  term    INTEGER NOT NULL CHECK (term >= 0),
  holder  BLOB    NOT NULL CHECK (length(holder) = 16),
  since   INTEGER NOT NULL CHECK (since >= 0), -- place of an entry, not a clock
  closed  INTEGER NOT NULL CHECK (closed IN (0, 1)),
  epoch   INTEGER NOT NULL CHECK (epoch >= 0)  -- day of the ticket key
) STRICT, WITHOUT ROWID;

CREATE TABLE thread (
  id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  name     BLOB    NOT NULL UNIQUE CHECK (length(name) = 16),
  sealkey  BLOB    NOT NULL CHECK (length(sealkey) = 1216),
  kind     TEXT    NOT NULL CHECK (kind IN ('letter', 'wrong', 'card')),
  audience TEXT    NOT NULL CHECK (length(audience) BETWEEN 1 AND 16),
  locale   TEXT    NOT NULL CHECK (length(locale) BETWEEN 1 AND 8),
  urgent   INTEGER NOT NULL CHECK (urgent IN (0, 1)),  -- somebody may be hurt soon
  waiting  INTEGER NOT NULL CHECK (waiting IN (0, 1)), -- the newest letter is the visitor's
  holder   BLOB    NOT NULL CHECK (length(holder) IN (0, 16)), -- who has taken it
  due      INTEGER NOT NULL CHECK (due >= 0),  -- day by which the line answers; 0 for none
  ends     INTEGER NOT NULL CHECK (ends >= 0), -- day on which the letters go; 0 without letters
  used     INTEGER NOT NULL CHECK (used >= 0)  -- day on which the code was last used
, barred BLOB NOT NULL DEFAULT x'' CHECK (length(barred) % 16 = 0), doubt INTEGER NOT NULL DEFAULT 0 CHECK (doubt IN (0, 1))) STRICT, WITHOUT ROWID;

CREATE TABLE trail (
  number    INTEGER NOT NULL PRIMARY KEY CHECK (number >= 0),
  day       INTEGER NOT NULL,
  actor     BLOB    NOT NULL CHECK (length(actor) = 16), -- zeros: the line; zeros and 1: the command line
  code      TEXT    NOT NULL CHECK (length(code) BETWEEN 1 AND 32),
  kind      TEXT    NOT NULL CHECK (length(kind) <= 16),
  object    BLOB    NOT NULL CHECK (length(object) IN (0, 16)),
  details   TEXT    NOT NULL CHECK (length(details) <= 4096),
  before    BLOB    NOT NULL CHECK (length(before) = 32),
  signature BLOB    NOT NULL CHECK (length(signature) = 64)
) STRICT, WITHOUT ROWID;

CREATE INDEX factor_person ON factor (person);

CREATE INDEX link_thread ON link (thread);

CREATE INDEX note_day ON note (day);

CREATE INDEX note_ends ON note (ends);

CREATE INDEX notice_due ON notice (state, due);

CREATE INDEX rescue_person ON rescue (person);

CREATE UNIQUE INDEX rota_ask_open ON rota_ask (place) WHERE state = 'open';

CREATE INDEX rota_ask_place ON rota_ask (place);

CREATE UNIQUE INDEX rota_assignment_owner ON rota_assignment (place)
  WHERE state IN ('published', 'offered', 'worked', 'no-show');

CREATE INDEX rota_assignment_shift ON rota_assignment (shift);

CREATE INDEX rota_checkin_assignment ON rota_checkin (assignment);

CREATE UNIQUE INDEX rota_checkin_there ON rota_checkin (person) WHERE went = 0;

CREATE INDEX rota_closure_rota ON rota_closure (rota);

CREATE INDEX rota_event_at ON rota_event (at);

CREATE INDEX rota_requirement_shift ON rota_requirement (shift);

CREATE INDEX rota_requirement_template ON rota_requirement (template);

CREATE INDEX rota_shift_ends ON rota_shift (ends);

CREATE INDEX rota_shift_version ON rota_shift (version);

CREATE INDEX rota_swap_gives ON rota_swap (gives);

CREATE UNIQUE INDEX rota_swap_open ON rota_swap (gives) WHERE state IN ('open', 'claimed');

CREATE INDEX rota_swap_wants ON rota_swap (wants);

CREATE INDEX rota_template_rota ON rota_template (rota);

CREATE INDEX rota_version_rota ON rota_version (rota);

CREATE INDEX thread_ends ON thread (ends) WHERE ends > 0;

CREATE INDEX thread_used ON thread (used);

CREATE INDEX thread_waiting ON thread (due) WHERE waiting = 1;

CREATE INDEX trail_actor ON trail (actor, number);

CREATE INDEX trail_code ON trail (code, number);

CREATE INDEX trail_object ON trail (object, number) WHERE length(object) > 0;

-- logins.db, version 4

CREATE TABLE login (
  id     BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 32), -- SHA-256 of the token
  epoch  INTEGER NOT NULL,
  sealed BLOB    NOT NULL,
  person BLOB    NOT NULL CHECK (length(person) = 16), -- zeros: nobody yet
  device TEXT    NOT NULL,
  expiry INTEGER NOT NULL -- seconds since 1970
, idle INTEGER NOT NULL DEFAULT 0 CHECK (idle IN (0, 1))) STRICT, WITHOUT ROWID;

CREATE TABLE pass (
  id      BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  hash    BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32), -- of the token in the link, then in the cookie
  person  BLOB    NOT NULL CHECK (length(person) = 16),
  device  TEXT    NOT NULL CHECK (length(device) BETWEEN 2 AND 24),
  entered INTEGER NOT NULL CHECK (entered IN (0, 1)),
  expiry  INTEGER NOT NULL -- seconds since 1970
) STRICT, WITHOUT ROWID;

CREATE INDEX login_expiry ON login (expiry);

CREATE INDEX login_person ON login (person);

CREATE INDEX pass_person ON pass (person);

-- shred.db, version 3

CREATE TABLE gone (
  sort TEXT    NOT NULL CHECK (sort IN ('person', 'invitation', 'erased')),
  id   BLOB    NOT NULL CHECK (length(id) IN (16, 32)),
  day  INTEGER NOT NULL CHECK (day >= 0),
  PRIMARY KEY (sort, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE shred (
  number INTEGER NOT NULL PRIMARY KEY CHECK (number >= 0),
  secret BLOB    NOT NULL CHECK (length(secret) = 32)
) STRICT, WITHOUT ROWID;
