package counsel

import (
	"testing"
	"time"

	"helpline"
	"helpline/counsel/rota"
)

// weekOfShifts is a published rota as the staffing page needs it.
type weekOfShifts struct{ book *rota.Book }

func (w weekOfShifts) List() []rota.Rota { return w.book.Rotas }

func (w weekOfShifts) Timetable(of helpline.ID) *rota.Timetable { return w.book.OnDuty(of) }

// The planned cover of each half hour is that of its worst minute and of its
// best, and says whether it is enough to be open.
func TestThePlannedCoverStandsBesideWhoCame(t *testing.T) {
	line := rota.Rota{ID: helpline.NewID(), Name: "Chat", Way: rota.Managed, Setup: rota.Pair}
	today := rota.Date{Year: 2026, Month: time.November, Day: 24} // a Tuesday
	b := &rota.Book{
		Site: rota.Site{Zone: "UTC"}, Rotas: []rota.Rota{line},
		Version: rota.Version{ID: helpline.NewID(), Rota: line.ID, First: today, Last: today.Plus(20), State: rota.Published},
	}
	shift := func(d rota.Date, from, to int, heads int) {
		s := rota.Shift{ID: helpline.NewID(), Version: b.Version.ID, Rota: line.ID, Date: d, Start: rota.FirstOf(d, from, time.UTC), End: rota.FirstOf(d, to, time.UTC)}
		b.Shifts = append(b.Shifts, s)
		for range heads {
			p := rota.Person{ID: helpline.NewID(), Standing: rota.Active, Roles: []rota.Role{rota.Counsellor}}
			b.People = append(b.People, p)
			b.Assignments = append(b.Assignments, rota.Assignment{ID: helpline.NewID(), Shift: s.ID, Person: p.ID, Role: rota.Counsellor, State: rota.Held})
		}
	}
	thursday := today.Plus(2)
	shift(thursday, 19*60, 21*60, 2)
	shift(thursday, 20*60+15, 22*60, 1)
	shift(today.Plus(6), 9*60, 10*60, 1)  // Monday
	shift(today.Plus(9), 14*60, 15*60, 3) // a week on: not of the coming seven days
	rows := &binWeeks{}
	s, _ := planned(t, rows)
	p, err := s.Beside(weekOfShifts{b}).Look(t.Context(), leader, s.Aim())
	if err != nil || !p.Covered || p.From != today {
		t.Fatalf("%v, covered %v from %v", err, p.Covered, p.From)
	}
	at := func(day, half int) Headcount { return p.Cover[day*rota.Halves+half] }
	for _, c := range []struct {
		what      string
		day, half int
		want      Headcount
	}{
		{"two from seven on", 3, 38, Headcount{30, 2, 2, true}},
		{"a third comes at a quarter past", 3, 40, Headcount{30, 2, 3, true}},
		{"one stays", 3, 42, Headcount{30, 1, 1, false}},
		{"nobody after", 3, 44, Headcount{}},
		{"Monday is the next one", 0, 18, Headcount{30, 1, 1, false}},
		{"a week on does not count", 3, 28, Headcount{}},
	} {
		if got := at(c.day, c.half); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.what, got, c.want)
		}
	}
	if got := p.CoverHours[3*24+21]; got != (Headcount{60, 1, 1, false}) {
		t.Errorf("nine to ten: %+v", got)
	}
	if p, err := s.Beside(weekOfShifts{&rota.Book{}}).Look(t.Context(), leader, s.Aim()); err != nil || p.Covered {
		t.Errorf("a line without a rota shows cover: %v", err)
	}
}
