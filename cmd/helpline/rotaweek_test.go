package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/store"
)

// forty is a line whose forty people have six published weeks, three shifts a
// day, and a supervisor who looks at them.
type forty struct {
	t      testing.TB
	line   *line
	edge   *edge
	sam    staff.Person
	people []staff.Person
	login  string
	rota   rota.Rota
	first  rota.Date
	asked  int
}

func newForty(t testing.TB) *forty {
	t.Helper()
	l := servedLine(t)
	e, err := l.edge()
	if err != nil {
		t.Fatal(err)
	}
	f := &forty{t: t, line: l, edge: e, first: rota.Monday(rota.DateOf(time.Now().In(l.conf.Zone)))}
	var invitations []staff.Invitation
	for n := range 41 {
		p := staff.Person{
			Name: fmt.Sprintf("Person Number %d", n), Alias: fmt.Sprintf("P%d", n), Roles: []helpline.Role{helpline.Counsellor}, Locales: []helpline.Locale{"en"},
			Audiences: helpline.Audiences(), Chats: 1, Language: "en",
		}
		switch {
		case n == 40:
			p.Name, p.Roles = "Sam Supervisor", []helpline.Role{helpline.Supervisor}
		case n%4 == 0:
			p.Roles = append(p.Roles, helpline.Leader)
		}
		i, err := staff.NewInvitee(p, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		f.people, invitations = append(f.people, i.Person), append(invitations, i.Invitation)
	}
	if err := l.db.AddAll(t.Context(), f.people, invitations); err != nil {
		t.Fatal(err)
	}
	f.sam = f.people[40]
	if _, err := l.db.Activate(t.Context(), invitations[40].Hash, time.Now(), staff.Secret{Salt: make([]byte, 16), Params: cheap, Verifier: make([]byte, 32)}); err != nil {
		t.Fatal(err)
	}
	token, until := strings.Repeat("A", 21)+helpline.NewID().String(), time.Now().Add(time.Hour)
	data, err := counsel.LoginCodec{}.Encode(until, map[string]any{counsel.PersonKey: f.sam.ID.String(), counsel.StageKey: int(counsel.Full), counsel.SteppedKey: time.Now().Unix()})
	if err == nil {
		err = l.logins.CommitCtx(t.Context(), token, data, until)
	}
	if err != nil {
		t.Fatal(err)
	}
	f.login = "__Host-login=" + token
	f.plan()
	return f
}

// plan publishes six weeks, and leaves a draft of the next one.
func (f *forty) plan() {
	f.t.Helper()
	var s counsel.RotaState
	f.rota = rota.Rota{ID: helpline.NewID(), Name: "Chat", Way: rota.Managed, Setup: rota.Team}
	s.Rotas = []rota.Rota{f.rota}
	for n, name := range []string{"Morning", "Afternoon", "Evening"} {
		one := rota.Template{ID: helpline.NewID(), Rota: f.rota.ID, Name: name, Days: 127, From: 540 + 300*n, To: 840 + 300*n}
		s.Templates = append(s.Templates, one)
		s.Requirements = append(s.Requirements,
			rota.Requirement{ID: helpline.NewID(), Template: one.ID, Min: 3, Target: 4, Max: 6}, rota.Requirement{ID: helpline.NewID(), Template: one.ID, Role: rota.Leader, Min: 1})
	}
	s.Versions = []rota.Version{
		{ID: helpline.NewID(), Rota: f.rota.ID, First: f.first, Last: f.first.Plus(41), State: rota.Draft},
		{ID: helpline.NewID(), Rota: f.rota.ID, First: f.first.Plus(42), Last: f.first.Plus(48), State: rota.Draft},
	}
	for _, v := range s.Versions {
		shifts, _, err := rota.Materialise(v, s.Templates, nil, f.line.conf.Zone, helpline.NewID)
		if err != nil {
			f.t.Fatal(err)
		}
		for i, one := range shifts { // in turns, a day apart
			s.Shifts = append(s.Shifts, one)
			for n := range 4 {
				who, role := (i*4+n)%40, rota.Counsellor
				if who%4 == 0 {
					role = rota.Leader
				}
				s.Assignments = append(s.Assignments, rota.Assignment{ID: helpline.NewID(), Shift: one.ID, Person: f.people[who].ID, Role: role, State: rota.Proposed, Source: rota.ByHand})
			}
		}
	}
	f.edit(counsel.RotaEdit{Import: &s})
	b, err := f.line.rotas.Book(f.t.Context(), s.Versions[0].ID)
	if err != nil {
		f.t.Fatal(err)
	}
	var taken []counsel.RotaEdit
	for _, breach := range rota.Check(b, f.line.rotas.Law()) {
		if breach.Level == rota.Advisory && breach.Rule != rota.RuleCoverMin {
			taken = append(taken, counsel.RotaEdit{Accept: &counsel.RotaAccept{Version: s.Versions[0].ID, Key: breach.Key(), Reason: rota.ReasonKnown}})
		}
	}
	if len(taken) > 0 {
		f.edit(counsel.RotaEdit{Several: taken})
	}
	if _, err := f.line.rotas.Do(f.t.Context(), f.actor(), rota.Step{Do: rota.DoPublish, Version: s.Versions[0].ID}); err != nil {
		f.t.Fatal(err)
	}
}

func (f *forty) actor() helpline.Actor {
	return helpline.Actor{Person: f.sam.ID, Alias: f.sam.Alias, Roles: f.sam.Roles}
}

func (f *forty) edit(e counsel.RotaEdit) {
	f.t.Helper()
	if _, err := f.line.rotas.Edit(f.t.Context(), f.actor(), e); err != nil {
		f.t.Fatal(err)
	}
}

func (f *forty) get(path string) string {
	f.t.Helper()
	r := httptest.NewRequest("GET", "http://"+f.line.conf.StaffHost+path, nil)
	f.asked++
	r.RemoteAddr = fmt.Sprintf("looker%d", f.asked)
	r.Header.Set("Cookie", f.login)
	a := httptest.NewRecorder()
	f.edge.ServeHTTP(a, r)
	if a.Code != http.StatusOK {
		f.t.Fatalf("GET %s: %d %s", path, a.Code, a.Body)
	}
	return a.Body.String()
}

// draft is the version that is not published yet.
func (f *forty) draft() rota.Version {
	f.t.Helper()
	for _, v := range f.line.rotas.Versions(f.rota.ID) {
		if v.State == rota.Draft {
			return v
		}
	}
	f.t.Fatal("there is no draft")
	return rota.Version{}
}

// BenchmarkRotaPage measures a request for the week of a line of forty people,
// through the whole site, from the database on.
func BenchmarkRotaPage(b *testing.B) {
	f := newForty(b)
	week := f.first.Plus(7).String()
	for name, path := range map[string]string{
		"published": "/rota?week=" + week, "people": "/rota?by=person&week=" + week, "draft": "/rota?version=" + f.draft().ID.String(), "month": "/rota/month", "people list": "/rota/people",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f.get(path)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
		})
	}
}

// What a page of the rota is made of is kept between two requests. It must
// never outlive what it was made of.
func TestPromiseAWeekNeverShowsWhatHasChangedSince(t *testing.T) {
	t.Parallel()
	f := newForty(t)
	draft := f.draft()
	by := map[string]string{"shifts": "/rota?version=" + draft.ID.String(), "people": "/rota?by=person&version=" + draft.ID.String(), "for scripts": "/rota?script=1&version=" + draft.ID.String()}
	see := func(what string) map[string]string {
		t.Helper()
		out := map[string]string{}
		for name, path := range by {
			out[name] = f.get(path)
			if again := f.get(path); again != out[name] {
				t.Errorf("%s, %s: a second look is another", what, name)
			}
		}
		return out
	}
	differs := func(what string, was, is map[string]string) {
		t.Helper()
		for name := range by {
			if was[name] == is[name] {
				t.Errorf("%s: the week by %s is shown as it was before", what, name)
			}
		}
	}
	book, err := f.line.rotas.Book(t.Context(), draft.ID)
	if err != nil {
		t.Fatal(err)
	}
	var mine []rota.Assignment
	for _, a := range book.Assignments {
		for _, s := range book.Shifts {
			if s.ID == a.Shift && s.Version == draft.ID {
				mine = append(mine, a)
			}
		}
	}
	before := see("at first")
	f.edit(counsel.RotaEdit{Pin: mine[0].ID})
	pinned := see("pinned")
	differs("pinned here", before, pinned)
	f.edit(counsel.RotaEdit{DropPlace: mine[1].ID})
	less := see("taken off")
	differs("taken off here", pinned, less)

	// Another program, beside this one, on the same folder.
	other, err := store.Open(t.Context(), f.line.conf.Data, store.Options{Beside: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	rotas, err := counsel.NewRotas(t.Context(), other, f.line.trail, other, f.line.conf.Zone, f.line.conf.Law, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rotas.Edit(t.Context(), f.actor(), counsel.RotaEdit{DropPlace: mine[2].ID}); err != nil {
		t.Fatal(err)
	}
	elsewhere := see("taken off by another program")
	differs("taken off by another program", less, elsewhere)

	// Whoever is called otherwise, by another program too.
	row := f.people[4]
	row.Name = "Somebody Else"
	if err := other.Amend(t.Context(), row); err != nil {
		t.Fatal(err)
	}
	renamed := see("renamed")
	for name, page := range renamed {
		if !strings.Contains(page, "Somebody Else") || strings.Contains(page, "Person Number 4<") || strings.Contains(page, `"Person Number 4"`) {
			t.Errorf("by %s a person has the old name", name)
		}
	}

	// The published week says what is published, and no more.
	published := f.get("/rota?week=" + f.first.Plus(7).String())
	f.edit(counsel.RotaEdit{Closure: &rota.Closure{Rota: f.rota.ID, First: f.first.Plus(8), Last: f.first.Plus(8)}})
	if closed := f.get("/rota?week=" + f.first.Plus(7).String()); closed == published || !strings.Contains(closed, "closed") {
		t.Error("a day that was closed is shown as open")
	}
}
