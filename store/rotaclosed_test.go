package store_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/retention"
	"helpline/counsel/rota"
)

// TestPromiseWhoIsPlannedOnADayThatClosesHearsOfIt: and of the day that opens
// again, by an undo too.
func TestPromiseWhoIsPlannedOnADayThatClosesHearsOfIt(t *testing.T) {
	p := plan(t, rota.Managed)
	v := p.filled()
	first := p.own(v.ID)[0]
	var heard counsel.RotaChange
	p.rotas.Changed(func(c counsel.RotaChange) { heard = c })
	sees := func(who string) (own int, status string) {
		t.Helper()
		b, err := p.rotas.Standing(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		feed := rota.Feed(b, p.who[who].Person, rota.FeedWords{Name: "Shifts", Shift: "Shift"}, p.now)
		_, status, _ = strings.Cut(feed, "\r\nSTATUS:")
		status, _, _ = strings.Cut(status, "\r\n")
		return len(b.Own(p.who[who].Person, p.now)), status
	}
	check := func(when string, own int, status string, kinds ...rota.EventKind) {
		t.Helper()
		if n, is := sees("A"); n != own || is != status {
			t.Errorf("%s: %d shifts of A's own, the calendar says %s", when, n, is)
		}
		if n, is := sees("C"); n != 1 || is != "CONFIRMED" {
			t.Errorf("%s: C works on another day, and sees %d shifts and %s", when, n, is)
		}
		told := slices.Clone(heard.Told)
		byBytes := func(a, b helpline.ID) int { return slices.Compare(a[:], b[:]) }
		slices.SortFunc(told, byBytes)
		want := p.ids("A B")
		slices.SortFunc(want, byBytes)
		var got []rota.EventKind
		for _, e := range heard.Events {
			got = append(got, e.Kind)
		}
		if !slices.Equal(told, want) || !slices.Equal(got, kinds) {
			t.Errorf("%s: %v are told, of %v", when, told, got)
		}
		p.sameAsKept()
	}
	p.do("S", rota.Step{Do: rota.DoMind, Assignment: p.of("L").ID}) // nobody works the third evening
	shut := rota.Closure{ID: helpline.NewID(), First: first.Date, Last: first.Date}
	undo := p.edit(counsel.RotaEdit{Closure: &shut})
	check("closed", 0, "CANCELLED", rota.EventCancel)
	events, err := p.rotas.Events(t.Context(), p.who["A"], p.now, p.now.Add(time.Hour))
	if err != nil || !slices.ContainsFunc(events, func(e rota.Event) bool { return e.Kind == rota.EventCancel && e.Shift == first.ID }) {
		t.Errorf("A reads %+v, %v", events, err)
	}
	p.edit(undo)
	check("undone", 1, "CONFIRMED", rota.EventAssign, rota.EventAssign)
	p.edit(counsel.RotaEdit{Closure: &shut})
	p.edit(counsel.RotaEdit{DropClosure: shut.ID})
	check("opened", 1, "CONFIRMED", rota.EventAssign, rota.EventAssign)
}

// TestPromiseACalendarTakesTheNewsOfAClosedDay: a client keeps what it has
// unless SEQUENCE rises, so it rises when the day closes and when it opens again;
// what was on offer ends with the day.
func TestPromiseACalendarTakesTheNewsOfAClosedDay(t *testing.T) {
	p := plan(t, rota.Managed)
	first := p.own(p.filled().ID)[0]
	p.do("A", rota.Step{Do: rota.DoOffer, Assignment: p.of("A").ID})
	sequence := func() int {
		t.Helper()
		b, err := p.rotas.Standing(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, text, _ := strings.Cut(rota.Feed(b, p.who["A"].Person, rota.FeedWords{Name: "Shifts", Shift: "Shift"}, p.now), "\r\nSEQUENCE:")
		text, _, _ = strings.Cut(text, "\r\n")
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	swap := func() rota.SwapState {
		t.Helper()
		b, err := p.rotas.Standing(t.Context())
		if err != nil || len(b.Swaps) != 1 {
			t.Fatalf("%d swaps, %v", len(b.Swaps), err)
		}
		return b.Swaps[0].State
	}
	before, offered := sequence(), swap()
	undo := p.edit(counsel.RotaEdit{Closure: &rota.Closure{First: first.Date, Last: first.Date}})
	shut := sequence()
	if shut <= before || offered != rota.Open || swap() != rota.Withdrawn || p.of("A").State != rota.Held {
		t.Errorf("closed: sequence %d after %d, the offer was %s and is %s, the place is %s", shut, before, offered, swap(), p.of("A").State)
	}
	p.sameAsKept()
	p.edit(undo)
	if again := sequence(); again <= shut || p.of("A").State != rota.Held {
		t.Errorf("opened: sequence %d after %d", again, shut)
	}
	p.sameAsKept()
}

// TestPromiseADayThatWasClosedStaysClosedInTheHours: for as long as its shifts are
// kept. Nobody is asked who was there, and nobody has hours or a share of it.
func TestPromiseADayThatWasClosedStaysClosedInTheHours(t *testing.T) {
	p := plan(t, rota.Managed)
	v := p.filled()
	first := p.own(v.ID)[0]
	before := p.fair("A")
	p.edit(counsel.RotaEdit{Closure: &rota.Closure{First: first.Date, Last: first.Date}})
	if is := p.fair("A"); before.Shifts != 1 || before.Minutes == 0 || is.Shifts+is.Minutes+is.Hard != 0 {
		t.Errorf("beside the share there are %+v, and with the day closed %+v", before, is)
	}
	for _, days := range []int{1, 61, 700} {
		p.now = first.End.AddDate(0, 0, days)
		if _, err := p.db.Sweep(t.Context(), retention.Rules{}, p.now); err != nil {
			t.Fatal(err)
		}
		if err := p.rotas.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		open, err := p.rotas.Unconfirmed(p.who["S"], first.Date)
		if err != nil || slices.ContainsFunc(open, func(u counsel.Unconfirmed) bool { return u.Shift.ID == first.ID }) {
			t.Errorf("%d days later somebody is asked who was there on a closed day: %+v, %v", days, open, err)
		}
		if w := p.worked("A", first.Date); w.Planned+w.Unknown != 0 {
			t.Errorf("%d days later: %+v", days, w)
		}
		if w := p.worked("C", first.Date); w.Unknown != 1 {
			t.Errorf("%d days later C, of a day that took place: %+v", days, w)
		}
	}
}

// fair is what somebody has of the draft's first week beside their share.
func (p *planned) fair(who string) counsel.FairShare {
	p.t.Helper()
	first := rota.Date{Year: 2026, Month: 11, Day: 23}
	all, err := p.rotas.Fairness(p.t.Context(), p.who["S"], first, first.Plus(6))
	if err != nil {
		p.t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(f counsel.FairShare) bool { return f.Person == p.who[who].Person })
	return all[i]
}

// On a closed day one can be away, though a shift of one's own lies on it that
// no page shows.
func TestLeaveOverAClosedDayAsksForNothing(t *testing.T) {
	p := plan(t, rota.Managed)
	first := p.own(p.filled().ID)[0]
	leave := counsel.RotaEdit{Leave: &rota.Leave{Person: p.who["A"].Person, Interval: rota.Interval{Start: first.Start.Add(-time.Hour), End: first.End.Add(time.Hour)}}}
	if _, err := p.rotas.Edit(t.Context(), p.who["A"], leave); len(counsel.LeaveMeets(err)) != 1 {
		t.Fatalf("over a shift: %v", err)
	}
	p.edit(counsel.RotaEdit{Closure: &rota.Closure{First: first.Date, Last: first.Date}})
	if _, err := p.rotas.Edit(t.Context(), p.who["A"], leave); err != nil {
		t.Errorf("over a closed day: %v", err)
	}
}

// A clock that is set back keeps nobody from checking in: what lies ahead counts
// for nobody, and gives way.
func TestACheckInThatLiesAheadGivesWay(t *testing.T) {
	p := plan(t, rota.Managed)
	first := p.own(p.filled().ID)[0]
	in := func() error { return p.rotas.CheckIn(t.Context(), p.who["A"], p.of("A").ID, helpline.ID{}) }
	p.now = first.Start.Add(2 * time.Hour)
	if err := in(); err != nil {
		t.Fatal(err)
	}
	if err := in(); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("twice: %v", err)
	}
	p.now = first.Start.Add(5 * time.Minute)
	if err := in(); err != nil {
		t.Errorf("with the clock set back: %v", err)
	}
	p.sameAsKept()
}
