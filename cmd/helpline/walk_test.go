package main

import (
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/wire"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// walker is somebody who tries every route. Each try is by a person made for
// it, so that nothing one try does changes the next.
type walker struct {
	name    string
	roles   []helpline.Role
	stage   counsel.Stage
	phone   bool // holds a phone for own shifts, and no login
	removed bool
	login   bool
	visits  bool // holds a visitor's ticket
}

// walkers are those of the issue, and logins that are not whole.
func walkers() []walker {
	all := []walker{
		{name: "nobody"},
		{name: "a visitor", visits: true},
		{name: "a phone for own shifts", roles: helpline.Roles(), phone: true},
		{name: "the phone of a removed person", roles: helpline.Roles(), phone: true, removed: true},
		{name: "a removed person", roles: helpline.Roles(), login: true, removed: true},
		{name: "a person without a role", login: true},
		{name: "a login without its second factor", roles: helpline.Roles(), login: true, stage: counsel.Half},
		{name: "a login whose person has no second factor", roles: helpline.Roles(), login: true, stage: counsel.Bare},
	}
	for _, r := range helpline.Roles() {
		all = append(all, walker{name: "a " + string(r), roles: []helpline.Role{r}, login: true})
	}
	return append(all, walker{name: "a person with every role but counsellor", roles: helpline.Roles()[1:], login: true})
}

// may says from the route's policy alone whether the walker is let in.
func (w walker) may(t *testing.T, route helpline.Route) bool {
	t.Helper()
	switch {
	case route.Policy == helpline.Anyone, route.Policy == helpline.InviteHolder, route.Policy == helpline.FeedHolder:
		return true // whoever shows no invitation meets a page that says so
	case route.Policy == helpline.TicketHolder:
		return w.visits
	case route.Policy == helpline.CodeHolder:
		return false // nobody here has just given a code; chat/visitor's own tests have
	case len(route.Policy.Roles()) == 0:
		t.Fatalf("%s %s: no row for the policy %q", route.Method, route.Pattern, route.Policy)
	case w.removed, !w.login && !w.phone:
		return false
	case w.phone:
		return route.Policy == helpline.OwnShifts
	case route.Pattern == "/second" && w.stage == counsel.Full:
		return false
	case w.stage == counsel.Half:
		return slices.Contains([]string{"/second", "/passkey/ask"}, route.Pattern) // what else opens half-way must be named here
	case w.stage == counsel.Bare:
		return slices.Contains([]string{"/second/new", "/second/app", "/second/passkey", "/passkey/new"}, route.Pattern)
	}
	return slices.ContainsFunc(w.roles, func(one helpline.Role) bool { return slices.Contains(route.Policy.Roles(), one) })
}

// stroll is a line with everything that the tries need.
type stroll struct {
	t       *testing.T
	line    *line
	edge    *edge
	people  []helpline.ID // who have not been used yet; active, with no role
	db      *sql.DB
	world   *world
	visit   string // cookies of a visitor who waits
	other   helpline.ID
	contact helpline.ID // that the other counsellor holds
	note    helpline.ID // of the other counsellor
	asked   int         // requests so far
}

func newStroll(t *testing.T, tries int) *stroll { return newStrollThrough(t, tries, vault.Stretch) }

// newStrollThrough has passphrases stretched by somebody.
func newStrollThrough(t *testing.T, tries int, stretch vault.Stretcher) *stroll {
	l := servedLine(t)
	l.work.Through(stretch)
	e, err := l.edge()
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	go l.work.Run(ctx)
	go func() { _ = l.engine.Run(ctx) }()
	w := &stroll{t: t, line: l, edge: e, contact: helpline.NewID(), note: helpline.NewID()}
	var people []staff.Person
	var invitations []staff.Invitation
	for n := range tries {
		i, err := staff.NewInvitee(staff.Person{
			Name: fmt.Sprintf("Walker %d", n), Roles: []helpline.Role{helpline.Counsellor}, Locales: []helpline.Locale{"en"}, Audiences: helpline.Audiences(), Language: "en",
		}, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		people, invitations = append(people, i.Person), append(invitations, i.Invitation)
		w.people = append(w.people, i.Person.ID)
	}
	if err := l.db.AddAll(ctx, people, invitations); err != nil {
		t.Fatal(err)
	}
	if w.db, err = sql.Open("sqlite", "file:"+filepath.Join(l.conf.Data, "helpline.db")+"?_pragma=busy_timeout(5000)&_pragma=synchronous(0)&_pragma=foreign_keys(1)"); err != nil {
		t.Fatal(err)
	}
	w.db.SetMaxOpenConns(1) // who is still to come stands in tables that only one connection sees
	t.Cleanup(func() { _ = w.db.Close() })
	w.exec(`UPDATE person SET state = 'active'`)
	w.exec(`DELETE FROM invitation`)
	w.exec(`INSERT INTO secret (person, salt, passes, memory_kib, threads, verifier) SELECT id, id, ?, ?, ?, zeroblob(32) FROM person`, cheap.Time, cheap.MemoryKiB, cheap.Threads)
	w.exec(`CREATE TEMP TABLE outside AS SELECT * FROM person`)
	w.exec(`CREATE UNIQUE INDEX temp.outsider ON outside (id)`)
	w.exec(`CREATE TEMP TABLE outside_secret AS SELECT * FROM secret`)
	w.exec(`CREATE UNIQUE INDEX temp.outsiders ON outside_secret (person)`)
	w.exec(`DELETE FROM person`) // on a line of thousands every page would be a long list
	w.other = w.take()
	if _, err := l.db.Accept(ctx, chat.Standing{Contact: w.contact, Channel: helpline.ByChat, Term: 1, Holder: w.other, Epoch: l.epoch}); err != nil {
		t.Fatal(err)
	}
	w.open()
	day := time.Now().Unix() / 86400
	w.exec(`INSERT INTO note (id, author, day, ends, revision, edition, shred, sealed) VALUES (?, ?, ?, ?, 1, 1, 1, x'00')`, w.note[:], w.other[:], day, day+30)
	return w
}

func (w *stroll) exec(text string, args ...any) {
	w.t.Helper()
	if _, err := w.db.Exec(text, args...); err != nil {
		w.t.Fatalf("%s: %v", text, err)
	}
}

// take gives a person nobody has been yet.
func (w *stroll) take() helpline.ID {
	w.t.Helper()
	if len(w.people) == 0 {
		w.t.Fatal("there are too few people for the walk")
	}
	id := w.people[0]
	w.people = w.people[1:]
	w.exec(`INSERT OR IGNORE INTO person SELECT * FROM outside WHERE id = ?`, id[:])
	w.exec(`INSERT OR IGNORE INTO secret SELECT * FROM outside_secret WHERE person = ?`, id[:])
	return id
}

// leave takes somebody away again, with everything that was theirs.
func (w *stroll) leave(id helpline.ID) {
	w.t.Helper()
	w.exec(`DELETE FROM person WHERE id = ?`, id[:])
}

// cookies are what a walker's browser shows: those of a fresh person each time.
func (w *stroll) cookies(who walker) (header string, person helpline.ID) {
	w.t.Helper()
	if who.visits {
		return w.ticket(), helpline.ID{}
	}
	if !who.login && !who.phone {
		return "", helpline.ID{}
	}
	ctx := w.t.Context()
	person = w.take()
	var roles []string
	for _, r := range who.roles {
		roles = append(roles, string(r))
	}
	state := staff.Active
	if who.removed {
		state = staff.Removed
	}
	w.exec(`UPDATE person SET roles = ?, state = ? WHERE id = ?`, strings.Join(roles, " "), string(state), person[:])
	if who.phone {
		token, err := counsel.NewPasses(w.line.db.Logins(), w.line.trail).Here(ctx, person, "Phone")
		if err != nil {
			w.t.Fatal(err)
		}
		return "__Host-shifts=" + token.Reveal(), person
	}
	token, until := strings.Repeat("A", 21)+helpline.NewID().String(), time.Now().Add(time.Hour)
	data, err := counsel.LoginCodec{}.Encode(until, map[string]any{
		counsel.PersonKey: person.String(), counsel.StageKey: int(who.stage), counsel.SteppedKey: time.Now().Unix(),
	})
	if err == nil {
		err = w.line.logins.CommitCtx(ctx, token, data, until)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return "__Host-login=" + token, person
}

// ticket walks a visitor through door and promise.
func (w *stroll) ticket() string {
	w.t.Helper()
	if w.visit != "" {
		return w.visit
	}
	host := w.line.conf.VisitorHost
	visitor := w.world.browser(host, "https://"+host)
	visitor.start("self")
	var out []string
	for name, value := range visitor.cookies {
		out = append(out, name+"="+value)
	}
	w.visit = strings.Join(out, "; ")
	return w.visit
}

// open puts a counsellor on duty, so that the line lets visitors in.
func (w *stroll) open() {
	w.t.Helper()
	server := httptest.NewUnstartedServer(w.edge)
	server.Config.ConnContext = withConn
	server.Start()
	w.t.Cleanup(server.Close)
	w.world = &world{t: w.t, addr: server.Listener.Addr().String()}
	host := w.line.conf.StaffHost
	cookies, _ := w.cookies(walker{roles: []helpline.Role{helpline.Counsellor}, login: true})
	desk := w.world.browser(host, "https://"+host)
	name, value, _ := strings.Cut(cookies, "=")
	desk.cookies[name] = value
	lane := desk.dial("/desk/lane", nil)
	lane.send(&wire.Frame{Kind: wire.Duty, On: true})
	lane.until("duty", func() bool { return lane.board.On })
}

type met struct {
	status   int
	location string
	body     string
	cookies  []*http.Cookie
}

func (w *stroll) ask(method, host, path, cookies string, form url.Values) met {
	w.t.Helper()
	r := httptest.NewRequest(method, "http://"+host+path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w.asked++
	r.RemoteAddr = fmt.Sprintf("walker%d", w.asked) // a rate key of its own: the walk is faster than a person
	r.Header.Set("Origin", "https://"+host)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if cookies != "" {
		r.Header.Set("Cookie", cookies)
	}
	if strings.HasSuffix(path, "/lane") || strings.Contains(path, "/talk/") {
		for name, value := range map[string]string{
			"Connection": "Upgrade", "Upgrade": "websocket", "Sec-Websocket-Version": "13", "Sec-Websocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
		} {
			r.Header.Set(name, value)
		}
	}
	a := httptest.NewRecorder()
	w.edge.ServeHTTP(a, r)
	got := a.Result()
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	keepPage(w.t, got, text, "staff")
	return met{got.StatusCode, got.Header.Get("Location"), string(text), got.Cookies()}
}

// path fills a pattern with the objects of others.
func (w *stroll) path(pattern string) string {
	return strings.NewReplacer(
		"{contact}", w.contact.String(), "{note}", w.note.String(), "{person}", w.other.String(), "{$}", "", "{hash}/{name...}", "x/y",
	).Replace(strange(pattern))
}

// strange fills what has no object of others with an identifier of nothing.
func strange(pattern string) string {
	return regexp.MustCompile(`\{(token|pass|provider|factor|login|custodian|rescue|hold|share|device|rota|version|shift|swap|place|ask|file)\}`).ReplaceAllStringFunc(pattern, func(string) string { return helpline.NewID().String() })
}

// in says whether an answer of the staff's side comes from behind the guard.
func (m met) in(route helpline.Route, who walker, forbidden string) bool {
	redirected := m.status == http.StatusSeeOther
	switch {
	case m.status == http.StatusUnauthorized,
		m.status == http.StatusForbidden && (strings.Contains(m.body, forbidden) || m.body == "Forbidden\n"),
		redirected && m.location == "/login" && len(route.Policy.Roles()) > 0:
		return false
	case redirected && len(route.Policy.Roles()) > 0: // a login that is not whole goes where it becomes so, and a whole one not there
		return (who.stage != counsel.Half || m.location != "/second") && (who.stage != counsel.Bare || m.location != "/second/new") &&
			(who.stage != counsel.Full || route.Pattern != "/second")
	}
	return true
}

// Every route of both sites, asked for by everybody, against its own policy.
// The table is made from the routes: a new one is walked without a word here,
// and one whose policy nobody knows fails.
func TestPromiseEveryRouteOpensForExactlyThosePeople(t *testing.T) {
	t.Parallel()
	count := 0
	for _, table := range servedLine(t).joined() {
		count += len(table)
	}
	w := newStroll(t, (count+8)*len(walkers()))
	last := w.take() // a line is never without a supervisor, whoever leaves it
	w.exec(`UPDATE person SET roles = 'supervisor' WHERE id = ?`, last[:])
	words := w.line.words.In("en")
	forbidden := words.T("staff.trouble.forbidden")
	opened := map[string]int{}
	for host, table := range w.line.joined() {
		for _, route := range table {
			if route.Method+route.Pattern == "POST/login" {
				continue // answers 403 itself; it has tests of its own
			}
			for _, who := range walkers() {
				cookies, person := w.cookies(who)
				got := w.ask(route.Method, host, w.path(route.Pattern), cookies, url.Values{"name": {"=" + helpline.NewID().String()}}) // of nobody, so that no try waits for another
				w.leave(person)
				if route.Policy == helpline.TicketHolder && route.Method == http.MethodPost && who.visits {
					w.visit = "" // it may be over
				}
				want := who.may(t, route)
				in := got.in(route, who, forbidden)
				if host == w.line.conf.VisitorHost {
					in = got.status < 300 || route.Policy == helpline.Anyone
					if want && route.Policy == helpline.TicketHolder {
						in = in || got.status != http.StatusUnauthorized // what a ticket may do depends on how far the visit is
					}
				}
				if in != want {
					t.Errorf("%s %s%s (for %s) as %s: let in %v, answered %d %s", route.Method, host, route.Pattern, route.Policy, who.name, in, got.status, got.location)
				}
				if in && got.status < 400 {
					opened[who.name]++
				}
			}
		}
	}
	for _, who := range walkers() {
		if opened[who.name] == 0 {
			t.Errorf("%s got nowhere at all: the walk looks at nothing", who.name)
		}
	}
	if opened["a supervisor"] <= opened["a phone for own shifts"] || opened["a visitor"] <= opened["nobody"] {
		t.Errorf("what was opened cannot be: %v", opened)
	}
}

// What belongs to another counsellor looks like what was never there.
func TestPromiseTheObjectsOfOthersLookLikeNothing(t *testing.T) {
	t.Parallel()
	w := newStroll(t, 600)
	colleague := walker{name: "a counsellor", roles: []helpline.Role{helpline.Counsellor}, login: true}
	form := url.Values{"text": {"words"}, "q.group": {"own"}, "q.ended": {"agreed"}, "q.suicide": {"none"}, "q.level": {"support"}, "revision": {"1"}, "do": {"x"}}
	asked := 0
	for _, route := range w.line.joined()[w.line.conf.StaffHost] {
		if !strings.Contains(route.Pattern, "{contact}") && !strings.Contains(route.Pattern, "{note}") || strings.Contains(route.Pattern, "/desk/talk") {
			continue
		}
		// Seen as the colleague whom the form names.
		try := func(path string) met {
			cookies, me := w.cookies(colleague)
			form.Set("person", me.String())
			return w.ask(route.Method, w.line.conf.StaffHost, path, cookies, form)
		}
		theirs := try(w.path(route.Pattern))
		nothing := try(strings.NewReplacer("{contact}", helpline.NewID().String(), "{note}", helpline.NewID().String()).Replace(route.Pattern))
		if theirs.status != nothing.status || theirs.status < 400 && theirs.status != http.StatusSeeOther {
			t.Errorf("%s %s: another's is answered %d, what is not there %d", route.Method, route.Pattern, theirs.status, nothing.status)
		}
		asked++
	}
	if asked < 7 {
		t.Errorf("only %d routes were tried", asked)
	}
	// It is there, for whoever it belongs to.
	w.exec(`UPDATE person SET roles = 'counsellor' WHERE id = ?`, w.other[:])
	w.people = append([]helpline.ID{w.other}, w.people...)
	cookies, _ := w.cookies(colleague)
	if page := w.ask("GET", w.line.conf.StaffHost, "/notes", cookies, nil); !strings.Contains(page.body, w.note.String()) {
		t.Error("the author does not see the note in the list")
	}
	cookies, _ = w.cookies(colleague)
	if page := w.ask("GET", w.line.conf.StaffHost, "/notes", cookies, nil); strings.Contains(page.body, w.note.String()) {
		t.Error("a colleague sees it in the list")
	}
	leader := walker{name: "a shift leader", roles: []helpline.Role{helpline.Leader}, login: true}
	cookies, _ = w.cookies(leader)
	if page := w.ask("GET", w.line.conf.StaffHost, "/board", cookies, nil); page.status != http.StatusOK || strings.Contains(page.body, "/notes") {
		t.Errorf("a shift leader's board: %d, or it leads to notes", page.status)
	}
}

// mounts is every place where a handler gets an address. One that is not named
// here stands in no table, and no test walks it.
var mounts = map[string][]string{
	"../../counsel/console/console.go": {`e.Method+" "+e.Pattern`},
	"../../chat/visitor/site.go":       {`a.Method+" "+a.Pattern`, `assets.Method+" "+assets.Pattern`},
	"routes.go":                        {`pattern(r)`, `"GET /{$}"`, `pattern(assetRoute)`},
	"serve.go":                         {`pattern(healthRoute)`, `pattern(readyRoute)`},
	"demosite.go": { // in no other command: TestServeHasNoRouteOfTheDemonstration
		`"GET "+static.Prefix+"{hash}/{name...}"`, `"GET /{$}"`, `"GET /tour"`, `"GET /tour/progress"`, `"GET /demo/enter/{token}"`, `"POST /demo/enter/{token}"`,
		`healthRoute.Method+" "+healthRoute.Pattern`,
	},
}

func TestNoRouteStandsOutsideTheTables(t *testing.T) {
	mount := regexp.MustCompile(`\.Handle(?:Func)?\(([^,]+),`)
	found := 0
	for _, folder := range []string{".", "../../counsel/console", "../../chat/visitor", "../../chat/link", "../../static"} {
		names, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", folder, err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range mount.FindAllStringSubmatch(string(text), -1) {
				found++
				if !slices.Contains(mounts[filepath.ToSlash(name)], m[1]) {
					t.Errorf("%s mounts %s: put it into a table of routes, or say here why not", name, m[1])
				}
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d were found: the search is broken", found)
	}
}
