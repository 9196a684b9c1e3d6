package counsel

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel/rota"
)

// rotaShelf keeps a rota and its check-ins in memory.
type rotaShelf struct {
	book     *rota.Book
	versions []rota.Version
	ins      []CheckIn
	events   []rota.Event // the newest first
	clock    func() time.Time
	full     error
	heard    func()
}

func (s *rotaShelf) Standing(context.Context) (*rota.Book, error) {
	b := *s.book
	return &b, s.full
}

func (s *rotaShelf) Versions(of helpline.ID) []rota.Version {
	return slices.DeleteFunc(slices.Clone(s.versions), func(v rota.Version) bool { return v.Rota != of })
}

func (s *rotaShelf) CheckIns(from, until time.Time) []CheckIn {
	return slices.DeleteFunc(slices.Clone(s.ins), func(c CheckIn) bool {
		return !c.In.Before(until) || !c.Out.IsZero() && !c.Out.After(from)
	})
}

func (s *rotaShelf) RotaEvents(_ context.Context, from, until time.Time) ([]rota.Event, error) {
	return slices.DeleteFunc(slices.Clone(s.events), func(e rota.Event) bool { return e.At.Before(from) || !e.At.Before(until) }), s.full
}

func (s *rotaShelf) CheckIn(_ context.Context, who helpline.Actor, assignment, of helpline.ID) error {
	if s.full != nil {
		return s.full
	}
	s.ins = append(s.ins, CheckIn{ID: helpline.NewID(), Person: who.Person, Assignment: assignment, Rota: of, In: s.clock()})
	s.heard()
	return nil
}

func (s *rotaShelf) CheckOut(_ context.Context, who helpline.Actor) error {
	if s.full != nil {
		return s.full
	}
	for i := range s.ins {
		if s.ins[i].Person == who.Person && s.ins[i].Out.IsZero() {
			s.ins[i].Out = s.clock()
		}
	}
	s.heard()
	return nil
}

// plannedElsewhere is a line whose names are planned somewhere else, with these
// openings.
func plannedElsewhere(t testing.TB, zone *time.Location, clock func() time.Time, week []rota.Span) *Attendance {
	t.Helper()
	r := rota.Rota{ID: helpline.NewID(), Name: "Hours", Way: rota.Elsewhere, Setup: rota.Small}
	b := &rota.Book{Site: rota.Site{ID: helpline.NewID(), Zone: zone.String()}}
	for _, s := range week {
		one := rota.Template{ID: helpline.NewID(), Rota: r.ID, Name: "Open", Days: rota.On(s.Day), From: s.From, To: s.To}
		if one.To > 1440 {
			one.To, one.EndDay = one.To-1440, 1
		}
		b.Templates = append(b.Templates, one)
		b.Requirements = append(b.Requirements, rota.Requirement{ID: helpline.NewID(), Template: one.ID, Min: 1})
	}
	if len(week) > 0 {
		b.Rotas = []rota.Rota{r}
	}
	return attendance(t, &rotaShelf{book: b, clock: clock}, nil)
}

func attendance(t testing.TB, s *rotaShelf, present func() []chat.Member) *Attendance {
	t.Helper()
	if present == nil {
		present = func() []chat.Member { return nil }
	}
	a, err := NewAttendance(t.Context(), s, present, s.clock, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Recall(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	s.heard = func() { a.Heard(RotaChange{Put: RotaState{CheckIns: s.ins}}) }
	return a
}

// evening is a line of a pair: Anna and Bo are planned from 19:00 to 22:00 UTC
// on Monday 2026-11-23, Cleo is not; Lea leads. Others who are on duty at a desk
// stand in at.
type evening struct {
	*testing.T
	*rotaShelf
	a    *Attendance
	duty *Duty
	hand *Hand
	now  time.Time
	at   []chat.Member
	who  map[string]helpline.ID
	lea  helpline.Actor
}

func newEvening(t *testing.T, setup rota.Setup) *evening {
	t.Helper()
	e := &evening{T: t, now: at("18:00"), who: map[string]helpline.ID{}}
	r := rota.Rota{ID: helpline.NewID(), Name: "Chat", Way: rota.Managed, Setup: setup}
	v := rota.Version{ID: helpline.NewID(), Rota: r.ID, First: rota.Date{Year: 2026, Month: 11, Day: 23}, Last: rota.Date{Year: 2026, Month: 12, Day: 20}, State: rota.Published}
	b := &rota.Book{Site: rota.Site{ID: helpline.NewID(), Zone: "Etc/UTC"}, Rotas: []rota.Rota{r}}
	for _, n := range []string{"Anna", "Bo", "Cleo", "Lea"} {
		e.who[n] = helpline.NewID()
		p := rota.Person{ID: e.who[n], Standing: rota.Active, Roles: []rota.Role{rota.Counsellor}, Languages: []helpline.Locale{"nl"}}
		if n == "Lea" {
			p.Roles = []rota.Role{rota.Leader}
		}
		b.People = append(b.People, p)
	}
	s := rota.Shift{ID: helpline.NewID(), Version: v.ID, Rota: r.ID, Name: "Evening", Date: v.First, Start: at("19:00"), End: at("22:00")}
	b.Shifts = []rota.Shift{s}
	roles := []rota.Role{rota.Counsellor, rota.Counsellor}
	if setup == rota.Team {
		roles = []rota.Role{rota.Counsellor, rota.Leader}
		b.Requirements = []rota.Requirement{{ID: helpline.NewID(), Shift: s.ID, Role: rota.Leader, Min: 1}, {ID: helpline.NewID(), Shift: s.ID, Min: 2}}
	}
	for i, n := range []string{"Anna", map[rota.Setup]string{rota.Team: "Lea"}[setup]} {
		if n == "" {
			n = "Bo"
		}
		id := helpline.NewID()
		b.Assignments = append(b.Assignments, rota.Assignment{ID: id, Shift: s.ID, Person: e.who[n], Role: roles[i], State: rota.Held, Place: id})
	}
	clock := func() time.Time { return e.now }
	e.rotaShelf = &rotaShelf{book: b, versions: []rota.Version{v}, clock: clock}
	e.a = attendance(t, e.rotaShelf, func() []chat.Member { return e.at })
	slate := newSlate()
	var err error
	if e.hand, err = NewHand(t.Context(), slate, slate, clock); err != nil {
		t.Fatal(err)
	}
	e.duty = NewDuty(func() []chat.Member { return e.at }).Plan(e.a, 0, e.hand).Clocked(clock)
	e.duty.started = e.duty.started.Add(-time.Hour)
	e.lea = helpline.Actor{Person: e.who["Lea"], Alias: "Lea", Roles: []helpline.Role{helpline.Leader, helpline.Supervisor}}
	return e
}

func (e *evening) member(names ...string) []chat.Member {
	var out []chat.Member
	for _, n := range names {
		m := taker
		m.Person, m.Alias, m.Roles = e.who[n], n, []helpline.Role{helpline.Counsellor}
		out = append(out, m)
	}
	return out
}

// desks has exactly these at a desk, and lets Run's beat see it.
func (e *evening) desks(names ...string) {
	e.at = e.member(names...)
	if len(names) == 0 {
		e.duty.seen = time.Time{}
	}
	e.a.follow(e.Context(), e.now)
}

func (e *evening) want(clock string, open bool, shut helpline.Shut) {
	e.Helper()
	e.now = at(clock)
	if h := e.duty.Now(); h.Open != open || h.Shut != shut {
		e.Errorf("at %s: open %v, shut %q; want %v, %q", clock, h.Open, h.Shut, open, shut)
	}
}

func TestPromiseTheLineIsOpenWhileThoseWhoAreThereAreEnough(t *testing.T) {
	e := newEvening(t, rota.Pair)
	e.want("18:59", false, helpline.ShutHours)
	if h := e.duty.Now(); !h.Next.Equal(at("19:00")) {
		t.Errorf("next %s", h.Next)
	}
	e.at = e.member("Anna", "Bo")
	e.want("19:00", true, "") // at once, before anything is written down
	if h := e.duty.Now(); !h.Until.Equal(at("22:00")) || len(h.Capacity) != 2 {
		t.Errorf("%+v", h)
	}
	e.want("22:00", false, helpline.ShutHours)
}

func TestPromiseWhenTheCoverBreaksWhoWaitsKeepsThePlaceForTenMinutes(t *testing.T) {
	e := newEvening(t, rota.Pair)
	e.now = at("19:00")
	e.desks("Anna", "Bo")
	e.want("20:00", true, "")
	e.desks("Anna")
	e.want("20:00", false, helpline.ShutShort)
	if helpline.ShutShort.Ends() {
		t.Error("in the grace somebody loses the place")
	}
	e.want("20:09", false, helpline.ShutShort)
	e.want("20:10", false, helpline.ShutCover)
	if h := e.duty.Now(); !h.Shut.Ends() || !h.Until.IsZero() {
		t.Errorf("after the grace %+v", h)
	}
	e.desks("Anna", "Cleo") // a walk-on
	e.want("20:30", true, "")
}

func TestTheGraceCountsThroughARestart(t *testing.T) {
	e := newEvening(t, rota.Pair)
	e.now = at("19:00")
	e.desks("Anna", "Bo")
	e.now = at("20:00")
	e.desks("Anna")
	e.duty.met = time.Time{} // a program that has just started
	e.want("20:05", false, helpline.ShutShort)
	e.duty.met = time.Time{}
	e.want("20:10", false, helpline.ShutCover)
}

func TestALeaderWhoDoesNotCheckInKeepsATeamShutAndTellsTheTruth(t *testing.T) {
	e := newEvening(t, rota.Team)
	e.now = at("18:50")
	e.desks("Anna")
	e.want("19:00", false, helpline.ShutShort) // they may come yet
	e.want("19:10", false, helpline.ShutCover)
	e.want("19:15", false, helpline.ShutCover)
	e.a.started = at("18:00")
	var got []CoverAlarm
	e.a.Post(postFunc(func(c CoverAlarm) error { got = append(got, c); return nil }))
	for range 3 {
		e.a.tell(t.Context(), e.now)
	}
	late := slices.DeleteFunc(slices.Clone(got), func(c CoverAlarm) bool { return c.Kind != AlarmNoShow })
	if len(late) != 3 || late[0].Key != late[2].Key || late[0].Covered || late[0].Person != e.who["Lea"] || late[0].Shift != e.book.Shifts[0].ID || late[0].Key != "noshow/"+e.book.Assignments[1].ID.String() {
		t.Errorf("told %+v", late)
	}
	if now := e.a.Now(); len(now) != 2 || now[0].State != AttendHere || now[1].State != AttendLate || now[1].Person != e.who["Lea"] {
		t.Errorf("the board shows %+v", now)
	}
	// She comes, and says so on the board: the line opens in the same moment.
	if err := e.a.Here(t.Context(), e.lea); err != nil {
		t.Fatal(err)
	}
	e.want("19:20", true, "")
	if in, ok := e.a.Mine(e.who["Lea"]); !ok || in.Assignment != e.book.Assignments[1].ID {
		t.Errorf("checked in for %+v", in)
	}
	if now := e.a.Now(); now[1].State != AttendHere {
		t.Errorf("the board shows %+v", now)
	}
	if err := e.a.Away(t.Context(), e.lea); err != nil {
		t.Fatal(err)
	}
	if now := e.a.Now(); now[1].State != AttendGone {
		t.Errorf("somebody who left is %+v", now[1])
	}
}

type postFunc func(CoverAlarm) error

func (f postFunc) Alarm(_ context.Context, c CoverAlarm) error { return f(c) }

func (f postFunc) Mended(context.Context, []string) error { return nil }

func TestBeingOnDutyAtTheDeskIsCheckingIn(t *testing.T) {
	e := newEvening(t, rota.Pair)
	e.now = at("12:00")
	e.desks("Cleo") // nothing runs: nothing is written
	if len(e.ins) != 0 {
		t.Errorf("written %+v", e.ins)
	}
	e.now = at("18:40")
	e.desks("Anna", "Cleo")
	if len(e.ins) != 1 || e.ins[0].Person != e.who["Anna"] || e.ins[0].Assignment != e.book.Assignments[0].ID {
		t.Fatalf("twenty minutes early %+v", e.ins)
	}
	e.now = at("19:00")
	e.desks("Anna", "Cleo")
	e.desks("Anna", "Cleo")
	if len(e.ins) != 2 || !e.ins[1].Assignment.IsZero() || e.ins[1].Rota != e.book.Rotas[0].ID {
		t.Fatalf("%+v", e.ins)
	}
	e.now = at("20:00")
	e.desks("Anna")
	if e.ins[1].Out != at("20:00") || !e.ins[0].Out.IsZero() {
		t.Errorf("who left the desk %+v", e.ins)
	}
}

func TestACheckInThatNobodyTookBackEnds(t *testing.T) {
	e := newEvening(t, rota.Pair)
	e.now = at("19:00")
	if err := e.a.Here(t.Context(), e.lea); err != nil { // on the board
		t.Fatal(err)
	}
	e.now = at("22:10")
	e.a.end(t.Context(), e.now)
	if !e.ins[0].Out.IsZero() {
		t.Error("ended while it may be over time")
	}
	e.now = at("22:40")
	e.a.end(t.Context(), e.now)
	if e.ins[0].Out != e.now {
		t.Errorf("%+v", e.ins[0])
	}
	// After a restart a desk that does not come back is not there.
	e.now = at("19:30").AddDate(0, 0, 0)
	e.ins = []CheckIn{{ID: helpline.NewID(), Person: e.who["Anna"], In: at("19:00")}, {ID: helpline.NewID(), Person: e.who["Lea"], In: at("19:00")}}
	e.a.started = at("19:30")
	e.heard()
	e.a.end(t.Context(), e.now)
	if !e.ins[0].Out.IsZero() {
		t.Error("a desk has two minutes to come back")
	}
	e.now = at("19:32")
	e.a.end(t.Context(), e.now)
	if e.ins[0].Out.IsZero() || !e.ins[1].Out.IsZero() {
		t.Errorf("after a restart %+v", e.ins)
	}
	if late := (CheckIn{In: at("08:00")}); !late.at(at("19:59")) || late.at(at("20:00")) {
		t.Error("a check-in counts for twelve hours and no longer")
	}
}

func TestWhoMayWalkOn(t *testing.T) {
	e := newEvening(t, rota.Pair)
	reviewer := helpline.Actor{Person: helpline.NewID(), Roles: []helpline.Role{helpline.Reviewer}}
	e.now = at("17:00")
	if err := e.a.Here(t.Context(), e.lea); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("while nothing runs: %v", err)
	}
	e.now = at("19:30")
	if err := e.a.Here(t.Context(), reviewer); helpline.KindOf(err) != helpline.Forbidden || len(e.ins) != 0 {
		t.Errorf("a reviewer: %v, %+v", err, e.ins)
	}
	if err := e.a.Here(t.Context(), helpline.Actor{Person: helpline.NewID()}); helpline.KindOf(err) != helpline.Forbidden {
		t.Errorf("somebody without a role: %v", err)
	}
	for range 2 {
		if err := e.a.Here(t.Context(), e.lea); err != nil || len(e.ins) != 1 {
			t.Errorf("%v, %+v", err, e.ins)
		}
	}
	for range 2 {
		if err := e.a.Away(t.Context(), e.lea); err != nil || e.ins[0].Out.IsZero() {
			t.Errorf("%v, %+v", err, e.ins)
		}
	}
}

func TestStayingOpenByHandGoesBeforeTheCover(t *testing.T) {
	e := newEvening(t, rota.Pair)
	e.desks("Anna")
	e.want("19:30", false, helpline.ShutCover)
	if err := e.hand.Say(t.Context(), e.lea, StayOpen, "waiting", 1, e.duty.Ends()); err != nil {
		t.Fatal(err)
	}
	e.want("19:31", true, "")
	e.desks()
	e.want("19:32", false, helpline.ShutNobody)
	e.desks("Anna")
	e.want("20:31", false, helpline.ShutCover)
	if err := e.hand.Say(t.Context(), e.lea, CloseEarly, "ill", 0, e.duty.Ends()); err != nil {
		t.Fatal(err)
	}
	if gate, _, _ := e.hand.Said(e.now); !gate.Until.Equal(at("22:00")) {
		t.Errorf("closed by hand until %s", gate.Until)
	}
	e.desks("Anna", "Bo")
	e.want("21:00", false, helpline.ShutByHand)
}

func TestAlarmsComeAtEveryStepOnce(t *testing.T) {
	e := newEvening(t, rota.Pair)
	e.book.Assignments = e.book.Assignments[:1]
	if err := e.a.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	e.a.started = at("18:00").AddDate(0, 0, -30)
	told := map[string]int{}
	var ahead []time.Duration
	fails := true
	e.a.Post(postFunc(func(c CoverAlarm) error {
		if fails = !fails; fails { // every other does not go out
			return helpline.Errorf(helpline.Unavailable, "no outbox")
		}
		told[c.Key]++
		ahead = append(ahead, c.Ahead)
		if c.Kind != AlarmGap || c.Short.Lacking != rota.LackingPeople || c.Short.Have != 1 || !c.At.Equal(at("19:00")) {
			t.Errorf("%+v", c)
		}
		return nil
	}))
	for e.now = at("19:00").AddDate(0, 0, -16); e.now.Before(at("19:00")); e.now = e.now.Add(time.Hour) {
		e.a.tell(t.Context(), e.now)
	}
	if !slices.Equal(ahead, AlarmSteps()) {
		t.Errorf("told at %v", ahead)
	}
	for key, n := range told {
		if n != 1 {
			t.Errorf("%s was told %d times", key, n)
		}
	}
}

func TestAFaultOfTheStoreLeavesTheHoursAsTheyWere(t *testing.T) {
	e := newEvening(t, rota.Pair)
	e.desks("Anna", "Bo")
	e.full = helpline.Errorf(helpline.Unavailable, "full")
	if err := e.a.Renew(t.Context()); err == nil {
		t.Error("a fault was not told")
	}
	e.a.Heard(RotaChange{Put: RotaState{Shifts: e.book.Shifts}})
	e.now = at("19:05")
	e.desks("Anna", "Bo") // cannot be written
	e.want("19:05", true, "")
	e.desks("Anna")
	e.want("19:06", false, helpline.ShutShort)
}
