package console

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/link"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/directory"
	"helpline/counsel/retention"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
	"helpline/templates/i18n"
)

const pass = "lantern ribun over vierkant tosas"

var errNone = helpline.Errorf(helpline.NotFound, "no such row")

// shelf keeps people and logins in memory, the way store keeps them in SQLite.
type shelf struct {
	mu      sync.Mutex
	people  map[helpline.ID]staff.Person
	secrets map[helpline.ID]staff.Secret
	open    map[[32]byte]staff.Invitation
	rows    map[[32]byte]staff.LoginRow
	broken  error // answered by Person

	meanwhile func() // is done before people are added
}

func (s *shelf) Add(_ context.Context, p staff.Person, i staff.Invitation) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, q := range s.people {
		if strings.EqualFold(q.Name, p.Name) {
			return helpline.Errorf(helpline.Conflict, "name is taken")
		}
	}
	s.people[p.ID], s.open[i.Hash] = p, i
	return nil
}

func (s *shelf) Find(_ context.Context, name string) (staff.Person, staff.Secret, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.people {
		if strings.EqualFold(p.Name, name) {
			return p, s.secrets[p.ID], nil
		}
	}
	return staff.Person{}, staff.Secret{}, errNone
}

func (s *shelf) Person(_ context.Context, id helpline.ID) (staff.Person, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return staff.Person{}, s.broken
	}
	if p, ok := s.people[id]; ok {
		return p, nil
	}
	return staff.Person{}, errNone
}

func (s *shelf) People(context.Context) ([]staff.Person, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Values(s.people), func(a, b staff.Person) int { return strings.Compare(a.Name, b.Name) }), nil
}

func (s *shelf) Invited(_ context.Context, hash [32]byte, now time.Time) (staff.Person, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := s.open[hash]
	if !ok || !now.Before(i.Expires) {
		return staff.Person{}, errNone
	}
	return s.people[i.Person], nil
}

func (s *shelf) Activate(_ context.Context, hash [32]byte, now time.Time, secret staff.Secret) (staff.Person, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := s.open[hash]
	if !ok || !now.Before(i.Expires) {
		return staff.Person{}, errNone
	}
	delete(s.open, hash)
	p := s.people[i.Person]
	p.State = staff.Active
	s.people[p.ID], s.secrets[p.ID] = p, secret
	return p, nil
}

func (s *shelf) Reinvite(_ context.Context, person helpline.ID, i staff.Invitation) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.people[person].State != staff.Invited {
		return errNone
	}
	maps.DeleteFunc(s.open, func(_ [32]byte, old staff.Invitation) bool { return old.Person == person })
	s.open[i.Hash] = i
	return nil
}

func (s *shelf) Revise(_ context.Context, p staff.Person) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.people[p.ID]
	old.Alias, old.Locales, old.Audiences, old.Chats, old.Language = p.Alias, p.Locales, p.Audiences, p.Chats, p.Language
	s.people[p.ID] = old
	return nil
}

func (s *shelf) AddAll(ctx context.Context, people []staff.Person, invitations []staff.Invitation) error {
	if s.meanwhile != nil {
		s.meanwhile()
	}
	for _, p := range people {
		if _, _, err := s.Find(ctx, p.Name); err == nil {
			return helpline.Errorf(helpline.Conflict, "name is taken: %w", staff.Taken(p.Name))
		}
	}
	for i, p := range people {
		if err := s.Add(ctx, p, invitations[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *shelf) Amend(_ context.Context, p staff.Person) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, q := range s.people {
		if q.ID != p.ID && strings.EqualFold(q.Name, p.Name) {
			return helpline.Errorf(helpline.Conflict, "name is taken")
		}
	}
	if s.people[p.ID].State != staff.Invited {
		return errNone
	}
	s.people[p.ID] = p
	return nil
}

func (s *shelf) Withdraw(_ context.Context, person helpline.ID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.people[person].State != staff.Invited {
		return errNone
	}
	delete(s.people, person)
	maps.DeleteFunc(s.open, func(_ [32]byte, i staff.Invitation) bool { return i.Person == person })
	return nil
}

func (s *shelf) Waiting(context.Context) (map[helpline.ID]time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[helpline.ID]time.Time{}
	for _, i := range s.open {
		out[i.Person] = i.Expires
	}
	return out, nil
}

func (s *shelf) Get(_ context.Context, id [32]byte) (staff.LoginRow, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if row, ok := s.rows[id]; ok {
		return row, nil
	}
	return staff.LoginRow{}, errNone
}

func (s *shelf) Put(_ context.Context, row staff.LoginRow) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows[row.ID] = row
	return nil
}

func (s *shelf) Change(_ context.Context, row staff.LoginRow) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.rows[row.ID]; ok {
		s.rows[row.ID] = row
	}
	return nil
}

func (s *shelf) Idle(_ context.Context, id [32]byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if row, ok := s.rows[id]; ok {
		row.Idle = true
		s.rows[id] = row
	}
	return nil
}

func (s *shelf) Delete(_ context.Context, id [32]byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.rows, id)
	return nil
}

func (s *shelf) edit(id helpline.ID, change func(*staff.Person)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[id]
	change(&p)
	s.people[id] = p
}

func (s *shelf) stand() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken
}

// quick stretches in no time.
type quick struct{ shelf *shelf }

func (q quick) Verifier(_ context.Context, p staff.Passphrase, salt []byte, _ staff.Params) ([32]byte, error) {
	if err := q.shelf.stand(); err != nil {
		return [32]byte{}, err
	}
	return sha256.Sum256(append([]byte(p.Reveal()), salt...)), nil
}

// line stands in for the engine: it remembers the links and drops them.
type line struct {
	mu      sync.Mutex
	links   map[helpline.ID][]chat.Link
	members []chat.Member
	sat     []helpline.ID
	refuse  error
	during  func()        // between the upgrade and the engine's yes
	met     chan struct{} // one for each link taken
}

func (l *line) Attend(_ context.Context, m chat.Member, to chat.Link) (link.Receiver, error) {
	if l.during != nil {
		l.during()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	defer func() { l.met <- struct{}{} }()
	l.links[m.Person] = append(l.links[m.Person], to)
	l.members = append(l.members, m)
	return link.Nobody{}, l.refuse
}

func (l *line) Sit(ctx context.Context, m chat.Member, contact helpline.ID, to chat.Link) (link.Receiver, error) {
	l.mu.Lock()
	l.sat = append(l.sat, contact)
	l.mu.Unlock()
	return l.Attend(ctx, m, to)
}

func (l *line) Dismiss(person helpline.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, to := range l.links[person] {
		to.Drop(0)
	}
	delete(l.links, person)
}

func (l *line) Present() []chat.Member {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.members)
}

// trail remembers what was recorded; with full set it cannot.
type trail struct {
	mu    sync.Mutex
	deeds []audit.Deed
	full  bool
}

func (t *trail) Record(_ context.Context, d audit.Deed) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.full {
		return helpline.Errorf(helpline.Unavailable, "the disk is full")
	}
	if err := d.Check(); err != nil {
		return err
	}
	t.deeds = append(t.deeds, d)
	return nil
}

// catalogue is read once for all tests: it takes longer than most of them.
var catalogue = sync.OnceValues(i18n.Load)

// house is a console with everything around it.
type house struct {
	*Console
	shelf   *shelf
	line    *line
	cabinet *cabinet
	office  *bureau
	library *library
	ledger  *ledger
	log     *strings.Builder
	rack    *rack
	binder  *binder
	drawer  *drawer
	trail   *trail
	room    *strongroom
	starter *starter
	slate   *slate
	roll    *roll
	postbox *postbox
	weeks   *weekBook
	wall    *wall
	feeds   *feedDrawer
	rotas   *counsel.Rotas

	noddings noddings
}

const origin = "https://desk.example.org"

func newHouse(t *testing.T) *house {
	t.Helper()
	words, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	h := &house{
		shelf: &shelf{
			people: map[helpline.ID]staff.Person{}, secrets: map[helpline.ID]staff.Secret{},
			open: map[[32]byte]staff.Invitation{}, rows: map[[32]byte]staff.LoginRow{},
		},
		line:    &line{links: map[helpline.ID][]chat.Link{}, met: make(chan struct{}, 64)},
		cabinet: newCabinet(),
		office:  &bureau{},
		library: &library{},
		log:     &strings.Builder{},
		rack:    &rack{},
		binder:  &binder{},
		drawer:  &drawer{},
		trail:   &trail{},
		room:    newStrongroom(),
		starter: &starter{},
		roll:    &roll{here: map[helpline.ID]bool{}},
		slate:   &slate{said: map[string]counsel.Saying{}},
		postbox: newPostbox(),
		weeks:   &weekBook{},
		wall:    &wall{in: map[helpline.ID]counsel.CheckIn{}},
		feeds:   &feedDrawer{seen: map[helpline.ID]time.Time{}},

		ledger: newLedger(),
	}
	keys := vault.NewLoginKeys(vault.LoginDay{Epoch: 1, Key: vault.Key{1}}, vault.LoginDay{})
	office := staff.NewOffice(h.shelf, h.shelf, quick{h.shelf}, staff.Params{Time: 1, MemoryKiB: 64, Threads: 1})
	hand, err := counsel.NewHand(t.Context(), h.slate, h.trail, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if h.rotas, err = counsel.NewRotas(t.Context(), &shelfRows{}, h.trail, h.shelf, time.UTC, "volunteer-default", time.Now); err != nil {
		t.Fatal(err)
	}
	h.Console = New(Setup{
		Nods: &h.noddings, Attending: h.roll, Marking: h.roll, Rotas: h.rotas, RotaWork: h.rotas, RotaLedger: h.rotas,
		Hand: hand, Hours: counsel.NewDuty(h.line.Present).Plan(plannedElsewhere(t, time.Now, rota.On(time.Now().UTC().Weekday(), time.Now().UTC().AddDate(0, 0, 1).Weekday()), 0, 1440, 0), 0, hand),
		Line:    helpline.Line{Name: "Talk", NoteDays: 90, Locales: []helpline.Locale{"en", "nl"}},
		Zone:    time.UTC,
		Origin:  origin,
		Words:   words,
		Office:  office,
		Peers:   counsel.NewPeers(office, h.shelf, h.trail),
		Logins:  counsel.NewLogins(h.shelf, keys),
		Engine:  h.line,
		Sockets: &link.Sockets{Origins: []string{origin}},
		Log:     slog.New(slog.NewTextHandler(h.log, nil)),

		Audit: h.binder, Openings: h.binder,

		Notes: h.cabinet, Drafts: h.cabinet, Keys: h.cabinet, Halfway: h.cabinet, Second: h.cabinet,
		Factors: h.cabinet, Devices: counsel.NewDevices(h.shelf, h.cabinet.LockLogin, Shift), Vouching: h.cabinet,
		Team: h.office, Groups: h.office, Regrants: h.office, Holds: h.office,

		Directory: counsel.NewUpkeep(h.library, directory.DefaultLimits(), time.Now, h.binder),
		Referrals: counsel.NewReferrals(h.rack, directory.DefaultLimits(), time.Now),
		Passes:    counsel.NewPasses(h.drawer, h.trail),

		Own: h.room, Lost: h.room, Custody: h.room, Rescuing: h.room,
		Start:    h.starter,
		Readings: Readings{Promise: []Reading{{Locale: "en", Texts: []string{"We ask nothing."}, Href: "https://talk.example/en/before/1"}}, Lines: []Reading{{Locale: "nl", Texts: []string{"Gevaar? 112"}}}},

		Threads: h.postbox, Letters: h.postbox, Post: h.postbox, Answer: 3,

		OwnRotas: h.wall, OwnAsks: h.wall,
		Feeds: counsel.NewFeeds(h.feeds, h.feeds, h.trail),

		Staffing: h.weeks.staffing(t),
		Notices:  (*counsel.Notices)(nil), Calls: (*counsel.Notices)(nil), Reach: (*counsel.Notices)(nil), Asking: h.rotas,
		Keeping: counsel.NewKeeping(h.ledger, retention.Rules{}, false, time.Now),
	})
	return h
}

// person joins somebody and logs them in; the cookie is their login.
func (h *house) person(t *testing.T, name string, roles ...helpline.Role) (staff.Person, *http.Cookie) {
	t.Helper()
	token, err := h.Office.Invite(t.Context(), staff.Person{
		Name: name, Roles: roles, Locales: []helpline.Locale{"en", "nl"}, Audiences: helpline.Audiences(), Language: "en",
	}, staff.InvitationLasts)
	if err != nil {
		t.Fatal(err)
	}
	p, err := h.Office.Join(t.Context(), token, staff.NewPassphrase(pass), staff.Profile{
		Alias: "Robin", Locales: []helpline.Locale{"en"}, Audiences: helpline.Audiences(), Language: "en",
	})
	if err != nil {
		t.Fatal(err)
	}
	return p, h.login(t, name)
}

func (h *house) do(method, path string, login *http.Cookie, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if login != nil {
		r.AddCookie(login)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// fakeLink remembers that it was dropped.
type fakeLink struct {
	chat.Link
	dropped atomic.Bool
}

func (f *fakeLink) Drop(int) { f.dropped.Store(true) }
