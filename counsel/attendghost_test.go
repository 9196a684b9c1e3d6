package counsel

import (
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel/rota"
)

// follows adds a shift from 22:00 to 23:30 on the same evening, with these on it
// in a role.
func (e *evening) follows(role rota.Role, names ...string) {
	e.Helper()
	s := e.book.Shifts[0]
	s.ID, s.Name, s.Start, s.End = helpline.NewID(), "Night", at("22:00"), at("23:30")
	e.book.Shifts = append(e.book.Shifts, s)
	for _, n := range names {
		id := helpline.NewID()
		e.book.Assignments = append(e.book.Assignments, rota.Assignment{ID: id, Shift: s.ID, Person: e.who[n], Role: role, State: rota.Held, Place: id})
	}
	if err := e.a.Renew(e.Context()); err != nil {
		e.Fatal(err)
	}
}

// here has somebody check in from where they are, without a desk.
func (e *evening) here(name string) {
	e.Helper()
	if err := e.a.Here(e.Context(), helpline.Actor{Person: e.who[name], Roles: []helpline.Role{helpline.Counsellor}}); err != nil {
		e.Fatal(err)
	}
}

// TestPromiseWhoWentHomeWithoutAWordHoldsNoOtherShiftOpen: a check-in that nobody
// took back ends half an hour after its own shift, and not after the last one of
// the line: until then it would be a walk-on of every shift that follows.
func TestPromiseWhoWentHomeWithoutAWordHoldsNoOtherShiftOpen(t *testing.T) {
	e := newEvening(t, rota.Pair)
	e.follows(rota.Counsellor, "Cleo", "Lea")
	e.now = at("19:00")
	e.here("Bo") // on a telephone; and never a word of going
	e.at = e.member("Anna")
	e.want("19:30", true, "")
	e.now = at("22:00")
	e.desks("Cleo") // Lea does not come
	for _, c := range []struct {
		clock string
		open  bool
		shut  helpline.Shut
	}{{"22:29", true, ""}, {"22:30", false, helpline.ShutShort}, {"22:40", false, helpline.ShutCover}, {"23:00", false, helpline.ShutCover}} {
		e.now = at(c.clock)
		e.a.end(t.Context(), e.now)
		e.want(c.clock, c.open, c.shut)
	}
	if e.ins[0].Out != at("22:30") {
		t.Errorf("%+v", e.ins[0])
	}
}

func TestWhoWorksTheNextShiftTooNeedNotCheckInAgain(t *testing.T) {
	e := newEvening(t, rota.Pair)
	e.follows(rota.Counsellor, "Bo", "Cleo")
	e.now = at("19:00")
	e.here("Bo")
	e.now = at("22:00")
	e.desks("Cleo")
	e.now = at("22:45")
	e.a.end(t.Context(), e.now)
	e.want("22:45", true, "")
	e.now = at("23:59") // half an hour after the last
	e.a.end(t.Context(), e.now)
	e.now = at("23:59").Add(time.Minute)
	e.a.end(t.Context(), e.now)
	if e.ins[0].Out.IsZero() {
		t.Errorf("%+v", e.ins[0])
	}
}

// TestPromiseABuddyWhoIsCheckedInIsNoCounsellorOfAnotherShift: whoever came as a
// buddy, or to learn, is there for that shift alone.
func TestPromiseABuddyWhoIsCheckedInIsNoCounsellorOfAnotherShift(t *testing.T) {
	for _, role := range []rota.Role{rota.Buddy, rota.Trainee} {
		e := newEvening(t, rota.Pair)
		e.follows(role, "Cleo")
		e.now = at("19:00")
		e.desks("Anna") // Bo does not come
		e.want("21:00", false, helpline.ShutCover)
		e.now = at("21:40")
		e.here("Cleo") // early, from home
		e.want("21:41", false, helpline.ShutCover)
	}
	// Of a shift that is theirs too they are.
	e := newEvening(t, rota.Pair)
	e.follows(rota.Buddy, "Bo", "Cleo")
	e.book.Assignments[len(e.book.Assignments)-1].Role = rota.Counsellor
	if err := e.a.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	e.now = at("19:00")
	e.desks("Anna")
	e.here("Bo")
	e.want("21:00", true, "")
	e.desks("Cleo")
	e.want("22:15", true, "") // Bo stands behind Cleo, as planned
}

// TestARestartLeavesABuddyWhoIsNotAtADeskWhereTheyAre: of the others a desk comes
// back within two minutes, or they are not there.
func TestARestartLeavesABuddyWhoIsNotAtADeskWhereTheyAre(t *testing.T) {
	e := newEvening(t, rota.Pair)
	e.book.Assignments[1].Role = rota.Buddy
	if err := e.a.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	e.now = at("19:00")
	e.here("Bo")
	e.a.started = at("20:00")
	e.desks("Anna")
	e.now = at("20:05")
	e.a.end(t.Context(), e.now)
	e.want("20:05", true, "")
	e.a.started = at("20:06")
	e.a.desks = map[helpline.ID]chat.Member{}
	e.at = nil
	e.now = at("20:09")
	e.a.end(t.Context(), e.now)
	for _, in := range e.ins {
		if bo := in.Person == e.who["Bo"]; in.Out.IsZero() != bo {
			t.Errorf("after the restart %+v, Bo: %v", in, bo)
		}
	}
}

// A clock that is set back leaves a moment ahead at which the cover was met: it
// says nothing of the last ten minutes.
func TestAClockThatIsSetBackMakesNoGraceOfHours(t *testing.T) {
	e := newEvening(t, rota.Pair)
	e.desks("Anna", "Bo")
	e.want("21:30", true, "")
	e.now = at("19:30")
	e.ins, e.at = nil, e.member("Anna")
	e.heard()
	e.want("19:30", false, helpline.ShutCover)
}
