package console

import (
	"bytes"
	"fmt"
	"html"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/rota"
	"helpline/templates"
)

// fortyPeople is a draft of one week with three shifts a day, each with four
// people on it, between published weeks of the same kind.
func fortyPeople(t testing.TB) *look {
	t.Helper()
	words, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	l := &look{sayer: sayer{Words: words.In("en"), names: map[helpline.ID]string{}, zone: time.UTC}, may: true, book: &rota.Book{Site: rota.Site{Zone: "UTC"}}}
	l.rota = rota.Rota{ID: helpline.NewID(), Way: rota.Managed, Setup: rota.Team}
	l.law, err = rota.ProfileNamed("volunteer-default")
	if err != nil {
		t.Fatal(err)
	}
	b := l.book
	b.Rotas = []rota.Rota{l.rota}
	first := rota.Date{Year: 2026, Month: time.November, Day: 30}
	b.Version = rota.Version{ID: helpline.NewID(), Rota: l.rota.ID, First: first, Last: first.Plus(6), State: rota.Draft}
	l.version = b.Version
	for n := range 40 {
		p := rota.Person{ID: helpline.NewID(), Standing: rota.Active, Roles: []rota.Role{rota.Counsellor}, Languages: []helpline.Locale{"nl"}}
		if n%5 == 0 {
			p.Roles = append(p.Roles, rota.Leader)
		}
		b.People = append(b.People, p)
		l.names[p.ID] = fmt.Sprintf("Person Number %d", n)
		b.Terms = append(b.Terms, rota.Terms{Person: p.ID, Employment: rota.Volunteer, Target: 480, Max: 960})
		off := first.Plus(n % 7)
		b.Leaves = append(b.Leaves, rota.Leave{ID: helpline.NewID(), Person: p.ID, Interval: rota.Days(off, off, time.UTC)})
	}
	for n, name := range []string{"Morning", "Afternoon", "Evening"} {
		one := rota.Template{ID: helpline.NewID(), Rota: l.rota.ID, Name: name, Days: 127, From: 540 + 300*n, To: 840 + 300*n}
		b.Templates = append(b.Templates, one)
		b.Requirements = append(b.Requirements,
			rota.Requirement{ID: helpline.NewID(), Template: one.ID, Min: 3, Target: 4, Max: 6},
			rota.Requirement{ID: helpline.NewID(), Template: one.ID, Role: rota.Leader, Min: 1},
			rota.Requirement{ID: helpline.NewID(), Template: one.ID, Language: "fr", Min: 1})
	}
	shifts, _, err := rota.Materialise(b.Version, b.Templates, nil, time.UTC, helpline.NewID)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range shifts {
		b.Shifts = append(b.Shifts, s)
		for n := range 4 {
			role := rota.Counsellor
			if n == 0 {
				role = rota.Leader
			}
			b.Assignments = append(b.Assignments, rota.Assignment{ID: helpline.NewID(), Shift: s.ID, Person: b.People[(i*4+n*5)%40].ID, Role: role, State: rota.Proposed})
		}
	}
	return l
}

// BenchmarkWeekGrid holds the week grid of 40 people, as a request gets it, against
// a plain rendering of a page that is ready: the same template over a week that
// was drawn before. It prints how many times as long a look at a week takes that
// nobody has changed since the last look (times-plain), the words of a week that
// is checked and was never drawn (anew-times-plain), and all of the first look
// after a change: held against the rules, drawn, and with what the rules say
// (changed-times-plain).
func BenchmarkWeekGrid(b *testing.B) {
	l := fortyPeople(b)
	first := l.version.First
	edition := uint64(1)
	asked := func() *look { // a request with a look of its own
		at := *l
		book := *l.book
		book.Edition = edition
		at.book, at.spans = &book, map[span]string{}
		return &at
	}
	for _, by := range []string{"person", "shift"} {
		kept := newChecks()
		check := rota.NewChecker(l.book, l.law)
		ready := asked().grid(check, first, first, by)
		var out bytes.Buffer
		render := func(g templates.RotaGrid) {
			out.Reset()
			if err := templates.RotaWeekTable(g).Render(b.Context(), &out); err != nil {
				b.Fatal(err)
			}
		}
		plain := func() { render(ready) }
		whole := func() {
			at := asked()
			render(kept.week(at, kept.of(at, first, first.Plus(6)), first, first, by).grid)
		}
		anew := func() { render(asked().grid(check, first, first, by)) }
		changed := func() {
			edition++
			whole()
		}
		b.Run(by, func(b *testing.B) {
			var drawn, rendered, again, after []time.Duration
			for b.Loop() { // in turns, so that what else the machine does meets all
				rendered = append(rendered, timed(plain))
				drawn = append(drawn, timed(whole))
				again = append(again, timed(anew))
				after = append(after, timed(changed))
			}
			times := func(all []time.Duration) float64 { return float64(median(all)) / float64(median(rendered)) }
			b.ReportMetric(times(drawn), "times-plain")
			b.ReportMetric(times(again), "anew-times-plain")
			b.ReportMetric(times(after), "changed-times-plain")
			b.ReportMetric(float64(median(rendered)), "plain-ns")
			b.ReportMetric(float64(out.Len()), "bytes")
		})
	}
}

func timed(f func()) time.Duration {
	from := time.Now()
	f()
	return time.Since(from)
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

func TestTheGridOfFortyPeopleSaysWhatIsMissingAndWhoIsAway(t *testing.T) {
	l := fortyPeople(t)
	check := rota.NewChecker(l.book, l.law)
	for by, want := range map[string][]string{
		"shift":  {"4/4", "no French", "leader ok", "Morning, Mon 30 Nov 09:00–14:00", "Person Number 0"},
		"person": {"Person Number 39", "leave", "of 8 h", "Evening 19:00–00:00"},
	} {
		var out strings.Builder
		if err := templates.RotaWeekTable(l.grid(check, l.version.First, l.version.First, by)).Render(t.Context(), &out); err != nil {
			t.Fatal(err)
		}
		for _, text := range want {
			if !strings.Contains(out.String(), html.EscapeString(text)) {
				t.Errorf("by %s the grid does not say %q", by, text)
			}
		}
	}
}
