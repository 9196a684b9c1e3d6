package store_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
)

// stands reads the rows, and fails where somebody is off and has something ahead.
func (p *planned) stands() counsel.RotaState {
	p.t.Helper()
	s, err := p.db.LoadRotas(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	if why := offButPlanned(s); why != "" {
		p.t.Error(why)
	}
	p.sameAsKept()
	return s
}

// has counts the published shifts that somebody works and that are not over.
func (p *planned) has(who string) int {
	p.t.Helper()
	b, err := p.rotas.Standing(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	return len(b.Own(p.who[who].Person, p.now))
}

// off says that somebody does not work here at the moment.
func (p *planned) off(who string) counsel.RotaEdit {
	p.t.Helper()
	return p.edit(counsel.RotaEdit{Suspend: p.who[who].Person})
}

// ruled fails unless an error says that the person does not work here at the moment.
func ruled(t *testing.T, what string, err error) {
	t.Helper()
	held := rota.RefusedFor(err)
	if len(held) == 0 || !slices.ContainsFunc(held, func(b rota.Breach) bool { return b.Rule == rota.RuleSuspended }) {
		t.Errorf("%s: %v", what, err)
	}
}

// TestPromiseWhoDoesNotWorkHereHoldsNothingToComeAndSomebodyAnswersForIt: what
// is theirs, and what waits for them.
func TestPromiseWhoDoesNotWorkHereHoldsNothingToComeAndSomebodyAnswersForIt(t *testing.T) {
	p := plan(t, rota.Managed)
	v := p.filled()
	monday, tuesday, wednesday := p.own(v.ID)[0], p.own(v.ID)[1], p.own(v.ID)[2]
	mine := p.of("A")
	exchange := p.do("C", rota.Step{Do: rota.DoExchange, Assignment: p.of("C").ID, Other: mine.ID}).Swaps[0].ID
	toA := p.do("B", rota.Step{Do: rota.DoOffer, Assignment: p.of("B").ID, Person: p.who["A"].Person}).Swaps[0].ID
	claimed := p.do("D", rota.Step{Do: rota.DoOffer, Assignment: p.of("D").ID}).Swaps[0].ID
	p.do("A", rota.Step{Do: rota.DoClaim, Swap: claimed})
	ask, err := p.rotas.Ask(t.Context(), p.who["S"], counsel.AskFor{Shift: wednesday.ID, People: p.ids("A E")})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(feedOf(p, "A"), "STATUS:CONFIRMED") {
		t.Fatal("the calendar of A has no shift")
	}
	var heard counsel.RotaChange
	p.rotas.Changed(func(c counsel.RotaChange) { heard = c })
	before := p.deeds.count()
	p.off("A")
	s := p.stands()
	if got, want := p.deeds.since(before), []string{"rota.step mind", "rota.setup standing set"}; !slices.Equal(got, want) {
		t.Errorf("recorded %q, want %q", got, want)
	}
	if n := p.has("A"); n != 0 || len(s.Pauses) != 1 || !s.Pauses[0].Since.Equal(p.now) || !p.rotas.Paused(p.who["A"].Person) {
		t.Errorf("A has %d shifts; %+v", n, s.Pauses)
	}
	left, err := p.rotas.Left(p.who["S"])
	if err != nil || len(left) != 1 || left[0].Person != p.who["A"].Person || left[0].Minder != p.who["S"].Person || left[0].Shift.ID != monday.ID || left[0].Assignment.Place != mine.Place {
		t.Errorf("left: %+v, %v", left, err)
	}
	for _, w := range s.Swaps {
		want := map[bool]rota.SwapState{w.ID == claimed: rota.Open, w.ID == exchange: rota.Withdrawn, w.ID == toA: rota.Withdrawn}[true]
		if w.State != want || !w.Claimant.IsZero() && w.State == rota.Open {
			t.Errorf("a %s is %s, want %s", w.Kind, w.State, want)
		}
	}
	for _, who := range []string{"B", "C"} {
		if a := p.of(who); a.State != rota.Held {
			t.Errorf("the place of %s is %s", who, a.State)
		}
	}
	if len(p.rotas.Asks(p.who["A"].Person)) != 0 || len(p.rotas.Asks(p.who["E"].Person)) != 1 {
		t.Error("A is asked still, or E is not any more")
	}
	if feed := feedOf(p, "A"); !strings.Contains(feed, "STATUS:CANCELLED") || strings.Contains(feed, "STATUS:CONFIRMED") {
		t.Errorf("the calendar of A says %s", feed)
	}
	if w, _ := p.rotas.Timetable(p.rota.ID).At(monday.Start); slices.ContainsFunc(w.On, func(o rota.Presence) bool { return o.Person == p.who["A"].Person }) || w.Open {
		t.Errorf("Monday: %+v", w)
	}
	// Whoever had the place is told as of any other change: it is in what the notices are made of.
	if !slices.ContainsFunc(heard.Was.Assignments, func(a rota.Assignment) bool { return a.ID == mine.ID }) ||
		!slices.ContainsFunc(heard.Events, func(e rota.Event) bool {
			return e.Kind == rota.EventAssign && e.Shift == monday.ID && e.By == p.who["S"].Person
		}) {
		t.Errorf("heard: %+v", heard.Events)
	}

	ruled(t, "A says yes to what was asked", p.rotas.Answer(t.Context(), p.who["A"], ask.ID, true))
	_, err = p.rotas.Do(t.Context(), p.who["A"], rota.Step{Do: rota.DoClaim, Swap: claimed})
	ruled(t, "A claims", err)
	_, err = p.rotas.Do(t.Context(), p.who["S"], rota.Step{Do: rota.DoAssign, Assignment: left[0].Assignment.ID, Person: p.who["A"].Person})
	ruled(t, "the place is given back to A", err)
	if _, err := p.rotas.Do(t.Context(), p.who["B"], rota.Step{Do: rota.DoOffer, Assignment: p.of("B").ID, Person: p.who["A"].Person}); helpline.KindOf(err) != helpline.Invalid {
		t.Errorf("offered to A: %v", err)
	}
	if _, err := p.rotas.Ask(t.Context(), p.who["S"], counsel.AskFor{Shift: monday.ID, People: p.ids("A F")}); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("asked: %v", err)
	}
	best, err := p.rotas.Ask(t.Context(), p.who["S"], counsel.AskFor{Shift: monday.ID, N: 20})
	if err != nil || slices.ContainsFunc(best.Asked, func(o counsel.Asked) bool { return o.Person == p.who["A"].Person }) {
		t.Errorf("the best to ask: %+v, %v", best.Asked, err)
	}
	if err := p.rotas.CheckIn(t.Context(), p.who["A"], helpline.ID{}, p.rota.ID); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("A walks on: %v", err)
	}
	p.stands()

	p.edit(counsel.RotaEdit{Reinstate: p.who["A"].Person})
	s = p.stands()
	if p.has("A") != 0 || len(p.rotas.Asks(p.who["A"].Person)) != 0 || len(s.Pauses) != 0 {
		t.Error("something came back by itself")
	}
	if left, err := p.rotas.Left(p.who["S"]); err != nil || len(left) != 0 {
		t.Errorf("left: %+v, %v", left, err)
	}
	p.do("S", rota.Step{Do: rota.DoAssign, Assignment: left[0].Assignment.ID, Person: p.who["A"].Person})
	if got := p.of("A"); got.Shift != monday.ID || tuesday.ID == monday.ID {
		t.Errorf("%+v", got)
	}
	p.rotas = p.another() // as after a restart
	p.stands()
}

func TestWhoDoesNotWorkHereIsPutIntoNoDraft(t *testing.T) {
	p := plan(t, rota.SelfSignUp)
	pub := p.filled()
	d := rota.Version{ID: helpline.NewID(), Rota: p.rota.ID, First: pub.Last.Plus(1), Last: pub.Last.Plus(7)}
	p.edit(counsel.RotaEdit{NewVersion: &d})
	shifts := p.own(d.ID)
	place := rota.Assignment{ID: helpline.NewID(), Shift: shifts[0].ID, Person: p.who["A"].Person, Role: rota.Counsellor}
	p.edit(counsel.RotaEdit{Place: &place})
	p.off("A")
	_, err := p.rotas.Edit(t.Context(), p.who["S"], counsel.RotaEdit{Place: &rota.Assignment{Shift: shifts[3].ID, Person: p.who["A"].Person, Role: rota.Counsellor}})
	ruled(t, "put into a draft", err)
	_, err = p.rotas.Edit(t.Context(), p.who["S"], counsel.RotaEdit{Several: []counsel.RotaEdit{{Suspend: p.who["F"].Person}, {Place: &rota.Assignment{Shift: shifts[3].ID, Person: p.who["F"].Person, Role: rota.Counsellor}}}})
	ruled(t, "both at once", err)
	if p.rotas.Paused(p.who["F"].Person) {
		t.Error("half of several was done")
	}
	_, err = p.rotas.Edit(t.Context(), p.who["S"], counsel.RotaEdit{Filling: &counsel.RotaFilling{Version: d.ID, Places: []rota.Place{{Shift: shifts[3].ID, Person: p.who["A"].Person, Role: rota.Counsellor}}}})
	if helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("filled with somebody who is off: %v", err)
	}
	_, err = p.rotas.Do(t.Context(), p.who["S"], rota.Step{Do: rota.DoPublish, Version: d.ID})
	ruled(t, "a draft from before is published", err)
	copied := rota.Version{ID: helpline.NewID(), Rota: p.rota.ID, First: d.First, Last: d.Last}
	p.edit(counsel.RotaEdit{NewVersion: &copied, CopyFrom: d.ID})
	for _, a := range p.book(copied.ID).Assignments {
		if a.Person == p.who["A"].Person && a.State == rota.Proposed && slices.ContainsFunc(p.own(copied.ID), func(s rota.Shift) bool { return s.ID == a.Shift }) {
			t.Error("their name is copied")
		}
	}
	// A sheet is taken as it is, and the checker says what is wrong with it: as with leave.
	p.edit(counsel.RotaEdit{Import: imported(p.rota.ID, p.who["A"].Person, p.now.AddDate(0, 0, 40))})
	_, err = p.rotas.Do(t.Context(), p.who["A"], rota.Step{Do: rota.DoTake, Shift: p.own(pub.ID)[4].ID})
	ruled(t, "taken by oneself", err)
	if _, err := p.rotas.Edit(t.Context(), p.who["S"], counsel.RotaEdit{Suspend: p.who["A"].Person}); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("off twice: %v", err)
	}
	p.stands()
}

// TestPromiseAnUndoBringsNobodyAShiftBackAndTakesThemAnew: the undo of a pause
// ends it, with what was on call; the undo of its end begins it as the first did.
func TestPromiseAnUndoBringsNobodyAShiftBackAndTakesThemAnew(t *testing.T) {
	p := plan(t, rota.Managed)
	p.filled()
	leader := p.who["L"].Person
	running := rota.OnCall{ID: helpline.NewID(), Leader: leader, Interval: rota.Interval{Start: p.now.Add(-time.Hour), End: p.now.Add(5 * time.Hour)}}
	later := rota.OnCall{ID: helpline.NewID(), Leader: leader, Interval: rota.Interval{Start: p.now.Add(50 * time.Hour), End: p.now.Add(60 * time.Hour)}}
	p.edit(counsel.RotaEdit{OnCall: &running})
	p.edit(counsel.RotaEdit{OnCall: &later})
	dropped := p.edit(counsel.RotaEdit{DropOnCall: later.ID})
	p.edit(counsel.RotaEdit{OnCall: &later})
	p.do("L", rota.Step{Do: rota.DoDrop, Assignment: p.of("L").ID})
	undo := p.off("L")
	s := p.stands()
	if len(s.OnCalls) != 1 || !s.OnCalls[0].End.Equal(p.now) || p.has("L") != 0 {
		t.Errorf("on call: %+v", s.OnCalls)
	}
	if _, err := p.rotas.Edit(t.Context(), p.who["S"], counsel.RotaEdit{OnCall: &later}); len(counsel.RotaFaults(err)) != 1 || counsel.RotaFaults(err)[0].Field != "leader" {
		t.Errorf("on call while off: %v", err)
	}
	if _, err := p.rotas.Edit(t.Context(), p.who["S"], dropped); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("an older undo puts them on call: %v", err)
	}
	p.edit(undo)
	s = p.stands()
	if len(s.Pauses) != 0 || len(s.OnCalls) != 2 || p.has("L") != 0 {
		t.Errorf("taken back: %+v, %+v, %d shifts", s.Pauses, s.OnCalls, p.has("L"))
	}

	p.off("A")
	back := p.edit(counsel.RotaEdit{Reinstate: p.who["A"].Person})
	left := slices.IndexFunc(p.stands().Assignments, func(a rota.Assignment) bool {
		return a.Minds && a.State == rota.Held && a.Role == rota.Counsellor
	})
	p.do("S", rota.Step{Do: rota.DoAssign, Assignment: p.stands().Assignments[left].ID, Person: p.who["A"].Person})
	p.now = p.now.Add(time.Hour)
	again := p.edit(back)
	s = p.stands()
	if len(s.Pauses) != 1 || !s.Pauses[0].Since.Equal(p.now) || p.has("A") != 0 {
		t.Errorf("off again: %+v, A has %d shifts", s.Pauses, p.has("A"))
	}
	p.edit(again)
	if s = p.stands(); len(s.Pauses) != 0 || p.has("A") != 0 {
		t.Errorf("and back: %+v", s.Pauses)
	}
}

// TestWhatWasWorkedBeforeStaysAndTheGraceOfTheLineToo: somebody is taken off in
// the middle of a shift on which they are.
func TestWhatWasWorkedBeforeStaysAndTheGraceOfTheLineToo(t *testing.T) {
	p := plan(t, rota.Managed)
	v := p.filled()
	monday, tuesday := p.own(v.ID)[0], p.own(v.ID)[1]
	a, err := counsel.NewAttendance(t.Context(), p.rotas, func() []chat.Member { return nil }, func() time.Time { return p.now }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	p.rotas.Changed(a.Heard)
	p.now = monday.Start
	for _, who := range []string{"A", "B"} {
		if err := p.rotas.CheckIn(t.Context(), p.who[who], p.of(who).ID, helpline.ID{}); err != nil {
			t.Fatal(err)
		}
	}
	p.now = monday.Start.Add(time.Hour)
	if c := a.Cover(p.now, nil); !c.Met {
		t.Fatalf("two are there: %+v", c)
	}
	p.off("A")
	if c := a.Cover(p.now, nil); c.Met || !c.Broke.Equal(p.now) {
		t.Errorf("the cover broke now, and everybody who waits keeps the place: %+v", c)
	}
	if err := a.Here(t.Context(), p.who["A"]); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("A says so again: %v", err)
	}
	if c := a.Cover(p.now.Add(time.Minute), []chat.Member{{Person: p.who["A"].Person}}); c.Met {
		t.Error("A at a desk is cover")
	}
	p.now = tuesday.End.Add(time.Hour)
	p.off("C") // after their shift
	worked, err := p.rotas.HoursWorked(t.Context(), p.who["S"], monday.Date)
	if err != nil || !slices.ContainsFunc(worked, func(w counsel.Worked) bool { return w.Person == p.who["A"].Person && w.Work == 60 && w.WalkOn == 60 }) {
		t.Errorf("hours: %+v, %v", worked, err)
	}
	fair, err := p.rotas.Fairness(t.Context(), p.who["S"], v.First, v.Last)
	at := slices.IndexFunc(fair, func(f counsel.FairShare) bool { return f.Person == p.who["C"].Person })
	if err != nil || at < 0 || fair[at].Shifts != 1 || fair[at].Fair >= fair[slices.IndexFunc(fair, func(f counsel.FairShare) bool { return f.Person == p.who["B"].Person })].Fair {
		t.Errorf("fairness: %+v, %v", fair, err)
	}
	if w, _ := p.rotas.Timetable(p.rota.ID).At(tuesday.Start); len(w.On) != 2 || !w.Open {
		t.Errorf("Tuesday is rewritten: %+v", w)
	}
	for _, b := range rota.Check(p.book(v.ID), p.rotas.Law()) {
		if b.Rule == rota.RuleSuspended {
			t.Errorf("what is over is called a breach: %+v", b)
		}
	}
	p.stands()
}

// TestASupervisorWhoIsOffAnswersForNothingWhereAnotherCan: of their own places
// and of those they answer for.
func TestASupervisorWhoIsOffAnswersForNothingWhereAnotherCan(t *testing.T) {
	p := plan(t, rota.Managed)
	p.filled()
	minds := func(who helpline.ID) (n int) {
		for _, a := range p.stands().Assignments {
			if a.Person == who && a.Minds && a.State == rota.Held {
				n++
			}
		}
		return n
	}
	s := p.who["S"].Person
	before := minds(s)
	undo := p.off("S") // nobody else is there
	if n := minds(s); n != before || n == 0 {
		t.Errorf("the only supervisor answers for %d places, and did for %d", n, before)
	}
	p.edit(undo)
	z := staff.Person{ID: helpline.NewID(), Name: "Person Z", Alias: "Z", Roles: []helpline.Role{helpline.Supervisor}, State: staff.Invited, Language: "nl"}
	if err := p.db.Add(t.Context(), z, staff.Invitation{Hash: [32]byte{z.ID[0], z.ID[1], z.ID[2]}, Person: z.ID, Expires: p.now.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	p.off("S")
	if n := minds(s); n != 0 || minds(z.ID) != before {
		t.Errorf("S answers for %d, and Z for %d of %d", n, minds(z.ID), before)
	}
	p.remove("L") // what a removal leaves goes to who works here too
	p.tend()
	if n := minds(s); n != 0 {
		t.Errorf("S answers for %d places of somebody who was removed", n)
	}
	p.off("A")
	p.remove("A")
	p.tend()
	if got := p.stands(); slices.ContainsFunc(got.Pauses, func(o rota.Pause) bool { return o.Person == p.who["A"].Person }) {
		t.Error("of somebody who was removed it is kept that they do not work here at the moment")
	}
}

// feedOf is the calendar of somebody's own shifts.
func feedOf(p *planned, who string) string {
	p.t.Helper()
	b, err := p.rotas.Standing(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	return rota.Feed(b, p.who[who].Person, rota.FeedWords{Name: "Shifts", Shift: "Shift"}, p.now)
}
