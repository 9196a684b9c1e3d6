package rota

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"helpline"
)

// drawn is a small book that a test writes in words.
type drawn struct {
	*Book
	t    *testing.T
	id   func() helpline.ID
	zone *time.Location
	name map[helpline.ID]string
	who  map[string]helpline.ID
}

// draw begins a book of a published rota in a zone, over the year 2026, with
// people A to F who are counsellors of a profile; L is a leader, T a trainee.
func draw(t *testing.T, zoneName, law string) *drawn {
	t.Helper()
	d := &drawn{Book: &Book{}, t: t, id: ids(5), zone: zone(t, zoneName), name: map[helpline.ID]string{}, who: map[string]helpline.ID{}}
	d.Site = Site{ID: d.id(), Zone: zoneName}
	d.Rotas = []Rota{{ID: d.id(), Site: d.Site.ID, Name: "Chat", Way: SelfSignUp, Setup: Pair}}
	d.Version = Version{ID: d.id(), Rota: d.Rotas[0].ID, First: Date{2026, 1, 1}, Last: Date{2026, 12, 31}, State: Published}
	for _, n := range []string{"A", "B", "C", "D", "E", "F", "L", "T"} {
		p := Person{ID: d.id(), Standing: Active, Roles: []Role{Counsellor}, Languages: []helpline.Locale{"nl"}}
		switch n {
		case "L":
			p.Roles = []Role{Leader}
		case "T":
			p.Roles = []Role{Trainee}
		}
		d.People = append(d.People, p)
		d.name[p.ID], d.who[n] = n, p.ID
		if law != "" {
			d.Terms = append(d.Terms, Terms{Person: p.ID, Profile: law, Employment: Employee})
		}
	}
	return d
}

// stretch reads "2026-11-30 09:00-17:00" on a wall clock of the book's zone; an
// end that is not after the beginning is on the next day, and +2 is the day
// after that.
func (d *drawn) stretch(text string) Interval {
	d.t.Helper()
	day, hours, ok := strings.Cut(text, " ")
	date, err := time.Parse(time.DateOnly, day)
	from, to, ok2 := strings.Cut(hours, "-")
	if !ok || !ok2 || err != nil {
		d.t.Fatalf("not a stretch: %q", text)
	}
	to, later, more := strings.Cut(to, "+")
	a, errA := parseClock(from)
	b, errB := parseClock(to)
	if errA != nil || errB != nil {
		d.t.Fatalf("not a stretch: %q", text)
	}
	days := 0
	if more {
		if days, err = strconv.Atoi(later); err != nil {
			d.t.Fatal(err)
		}
	} else if b <= a {
		days = 1
	}
	return Interval{FirstOf(DateOf(date), a, d.zone), LastOf(DateOf(date).Plus(days), b, d.zone)}
}

// shift adds a shift: "2026-11-30 09:00-17:00 30" has 30 minutes of rest in it.
func (d *drawn) shift(text string) *Shift {
	d.t.Helper()
	rest := 0
	if f := strings.Fields(text); len(f) == 3 {
		var err error
		if rest, err = strconv.Atoi(f[2]); err != nil {
			d.t.Fatal(err)
		}
		text = f[0] + " " + f[1]
	}
	in := d.stretch(text)
	d.Shifts = append(d.Shifts, Shift{
		ID: d.id(), Version: d.Version.ID, Rota: d.Version.Rota, Date: DateOf(in.Start.In(d.zone)), Start: in.Start, End: in.End, Break: rest,
	})
	return &d.Shifts[len(d.Shifts)-1]
}

// on puts somebody on a shift: "A", "L leader", "T trainee".
func (d *drawn) on(s *Shift, who ...string) *drawn {
	d.t.Helper()
	for _, text := range who {
		name, role, _ := strings.Cut(text, " ")
		if role == "" {
			role = string(Counsellor)
		}
		p, ok := d.who[name]
		if !ok {
			d.t.Fatalf("nobody is called %s", name)
		}
		id := d.id()
		d.Assignments = append(d.Assignments, Assignment{ID: id, Shift: s.ID, Person: p, Role: Role(role), State: Held, Place: id})
	}
	return d
}

// work puts one person on shifts of their own.
func (d *drawn) work(who string, shifts ...string) *drawn {
	d.t.Helper()
	for _, s := range shifts {
		d.on(d.shift(s), who)
	}
	return d
}

// narrow makes the version no longer than its shifts.
func (d *drawn) narrow() *drawn {
	d.Version.First, d.Version.Last = d.Shifts[0].Date, d.Shifts[0].Date
	for _, s := range d.Shifts {
		if s.Date.after(d.Version.Last) {
			d.Version.Last = s.Date
		}
		if d.Version.First.after(s.Date) {
			d.Version.First = s.Date
		}
	}
	return d
}

// person gives somebody of the book to be changed.
func (d *drawn) person(name string) *Person {
	i := slices.IndexFunc(d.People, func(p Person) bool { return p.ID == d.who[name] })
	return &d.People[i]
}

// said writes breaches as "rest.day A 480/660", without those of the rules
// left out.
func (d *drawn) said(breaches []Breach, without ...RuleID) []string {
	var out []string
	for _, b := range breaches {
		if slices.Contains(without, b.Rule) {
			continue
		}
		var people []string
		for _, p := range b.People {
			people = append(people, d.name[p])
		}
		slices.Sort(people)
		text := strings.Join([]string{string(b.Rule), strings.Join(people, "")}, " ")
		if b.Have != 0 || b.Want != 0 {
			text += fmt.Sprintf(" %d/%d", b.Have, b.Want)
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}

// quiet are the rules that speak of almost every small book.
var quiet = []RuleID{RuleAlone, RuleLeaderless, RuleUnchecked, RuleLong}

// breaches holds the book against the profile of its people.
func (d *drawn) breaches() []string { return d.said(Check(d.Book, Profile{}), quiet...) }

func (d *drawn) want(what string, breaches ...string) {
	d.t.Helper()
	slices.Sort(breaches)
	if got := d.breaches(); !slices.Equal(got, breaches) {
		d.t.Errorf("%s: the breaches are %q, want %q", what, got, breaches)
	}
}
