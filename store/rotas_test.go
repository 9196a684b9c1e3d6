package store_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/store"
)

// deeds remembers what was recorded.
type deeds struct {
	mu  sync.Mutex
	all []audit.Deed
}

func (d *deeds) Record(_ context.Context, one audit.Deed) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := one.Check(); err != nil {
		return err
	}
	d.all = append(d.all, one)
	return nil
}

func (d *deeds) codes() (out []audit.Code) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, one := range d.all {
		out = append(out, one.Code)
	}
	return out
}

// planned is a line with people and a rota over the real store.
type planned struct {
	t     *testing.T
	db    *store.DB
	rotas *counsel.Rotas
	deeds *deeds
	now   time.Time
	who   map[string]helpline.Actor
	rota  rota.Rota
	mon   rota.Template
	zone  *time.Location
	first rota.Date // of the next draft
}

// plan opens a store with a supervisor S, a leader L and counsellors A to F, and
// a rota whose shift comes back every evening and asks for two.
func plan(t *testing.T, way rota.Way) *planned {
	t.Helper()
	return planIn(t, way, "Europe/Amsterdam", rota.Date{Year: 2026, Month: 11, Day: 23})
}

// planIn is plan in a zone, at noon three days before the first of its weeks.
func planIn(t *testing.T, way rota.Way, zone string, first rota.Date) *planned {
	t.Helper()
	p := &planned{t: t, deeds: &deeds{}, now: time.Date(first.Year, first.Month, first.Day-3, 12, 0, 0, 0, time.UTC), who: map[string]helpline.Actor{}, first: first}
	var err error
	if p.zone, err = time.LoadLocation(zone); err != nil {
		t.Fatal(err)
	}
	p.db = openDB(t, t.TempDir())
	for _, name := range []string{"S", "L", "A", "B", "C", "D", "E", "F"} {
		one := staff.Person{ID: helpline.NewID(), Name: "Person " + name, Alias: name, Roles: []helpline.Role{helpline.Counsellor}, Locales: []helpline.Locale{"nl"}, State: staff.Invited, Language: "nl"}
		switch name {
		case "S":
			one.Roles = []helpline.Role{helpline.Supervisor}
		case "L":
			one.Roles = []helpline.Role{helpline.Counsellor, helpline.Leader}
		}
		if err := p.db.Add(t.Context(), one, staff.Invitation{Hash: [32]byte{one.ID[0], one.ID[1], one.ID[2]}, Person: one.ID, Expires: p.now.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		p.who[name] = helpline.Actor{Person: one.ID, Alias: name, Roles: one.Roles}
	}
	p.rotas = p.another()
	p.rota = rota.Rota{ID: helpline.NewID(), Name: "Evenings", Way: way, Setup: rota.Team}
	p.mon = rota.Template{ID: helpline.NewID(), Rota: p.rota.ID, Name: "Evening", Days: 127, From: 19 * 60, To: 22 * 60, Unsocial: rota.Evening}
	p.edit(counsel.RotaEdit{Several: []counsel.RotaEdit{{Rota: &p.rota}, {Template: &p.mon}, {Requirement: &rota.Requirement{Template: p.mon.ID, Min: 2, Target: 2}}}})
	return p
}

func openDB(t *testing.T, dir string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// another is the rotas once more over the same store, as another program has them.
func (p *planned) another() *counsel.Rotas {
	p.t.Helper()
	r, err := counsel.NewRotas(p.t.Context(), p.db, p.deeds, p.db, p.zone, "", func() time.Time { return p.now })
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

func (p *planned) edit(e counsel.RotaEdit) counsel.RotaEdit {
	p.t.Helper()
	undo, err := p.rotas.Edit(p.t.Context(), p.who["S"], e)
	if err != nil {
		p.t.Fatal(err)
	}
	return undo
}

func (p *planned) do(who string, s rota.Step) rota.Change {
	p.t.Helper()
	c, err := p.rotas.Do(p.t.Context(), p.who[who], s)
	if err != nil {
		p.t.Fatalf("%s, %s: %v", who, s.Do, err)
	}
	return c
}

// draft begins a version of some days, from the first on.
func (p *planned) draft(days int) rota.Version {
	p.t.Helper()
	v := rota.Version{ID: helpline.NewID(), Rota: p.rota.ID, First: p.first}
	v.Last = v.First.Plus(days - 1)
	p.edit(counsel.RotaEdit{NewVersion: &v})
	return v
}

// book is a version with what stands around it.
func (p *planned) book(v helpline.ID) *rota.Book {
	p.t.Helper()
	b, err := p.rotas.Book(p.t.Context(), v)
	if err != nil {
		p.t.Fatal(err)
	}
	return b
}

// own lists the shifts of a version, in order.
func (p *planned) own(v helpline.ID) []rota.Shift {
	return slices.DeleteFunc(p.book(v).Shifts, func(s rota.Shift) bool { return s.Version != v })
}

// publish accepts what is advisory and publishes.
func (p *planned) publish(v helpline.ID) rota.Change {
	p.t.Helper()
	for _, b := range rota.Check(p.book(v), p.rotas.Law()) {
		if b.Level == rota.Advisory && !b.Accepted && b.Rule != rota.RuleCoverMin {
			p.edit(counsel.RotaEdit{Accept: &counsel.RotaAccept{Version: v, Key: b.Key(), Reason: rota.ReasonKnown}})
		}
	}
	return p.do("S", rota.Step{Do: rota.DoPublish, Version: v})
}

// filled is a published week in which A and B work the first evening, C and D
// the second and L the third.
func (p *planned) filled() rota.Version {
	p.t.Helper()
	v := p.draft(7)
	shifts := p.own(v.ID)
	for i, name := range []string{"A", "B", "C", "D", "L"} {
		p.edit(counsel.RotaEdit{Place: &rota.Assignment{Shift: shifts[i/2].ID, Person: p.who[name].Person, Role: rota.Counsellor}})
	}
	p.publish(v.ID)
	return v
}

// of gives somebody's standing place of what is published.
func (p *planned) of(who string) rota.Assignment {
	p.t.Helper()
	b, err := p.rotas.Standing(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	i := slices.IndexFunc(b.Assignments, func(a rota.Assignment) bool {
		return a.Person == p.who[who].Person && a.State.Stands() && !a.Minds
	})
	if i < 0 {
		p.t.Fatalf("%s has no place", who)
	}
	return b.Assignments[i]
}

// sameAsKept fails unless the store holds what counts in memory.
func (p *planned) sameAsKept() {
	p.t.Helper()
	p.kept()
}

// kept gives what the store holds, which is what counts in memory.
func (p *planned) kept() counsel.RotaState {
	p.t.Helper()
	kept, err := p.db.LoadRotas(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	if why := p.rotas.Differs(kept); why != "" {
		p.t.Fatalf("the store holds something else than counts in memory: %s", why)
	}
	return kept
}

func TestAPublishedWeekIsOfferedClaimedAndReadAgain(t *testing.T) {
	p := plan(t, rota.SelfSignUp)
	var heard []counsel.RotaChange
	p.rotas.Changed(func(c counsel.RotaChange) { heard = append(heard, c) })
	v := p.filled()
	last := heard[len(heard)-1]
	if len(last.Told) != 6 { // the five, and whoever answers for what is empty
		t.Errorf("%d people are told of the publication", len(last.Told))
	}
	c := p.do("A", rota.Step{Do: rota.DoOffer, Assignment: p.of("A").ID})
	p.do("E", rota.Step{Do: rota.DoClaim, Swap: c.Swaps[0].ID})
	if got := p.of("E"); got.State != rota.Held || got.Source != rota.BySelf {
		t.Errorf("%+v", got)
	}
	if w, open := p.rotas.Timetable(p.rota.ID).At(p.own(v.ID)[0].Start); !open || !w.Open || len(w.On) != 2 {
		t.Errorf("the evening is not covered: %+v", w)
	}
	p.sameAsKept()
	p.rotas = p.another()
	if got := p.of("E"); got.Place == got.ID {
		t.Errorf("%+v", got)
	}
	if codes := p.deeds.codes(); codes[len(codes)-1] != audit.RotaPublish || !slices.Contains(codes, audit.RotaAccept) {
		t.Errorf("recorded: %v", codes)
	}
	got, err := p.rotas.Events(t.Context(), p.who["A"], p.now.Add(-time.Hour), p.now.Add(time.Hour))
	if err != nil || len(got) != 3 { // published, offered, and claimed
		t.Errorf("A is told of %d events: %+v, %v", len(got), got, err)
	}
}
