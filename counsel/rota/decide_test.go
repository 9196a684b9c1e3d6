package rota

import (
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
)

// acted is a book in which steps are taken.
type acted struct {
	*drawn
	now time.Time
}

// begin is a published book with three evenings: A and B on the first, C on
// the second, D on the third; it is the week before.
func begin(t *testing.T, way Way) *acted {
	t.Helper()
	d := &acted{drawn: draw(t, ams, ""), now: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)}
	d.Rotas[0].Way = way
	d.on(d.shift("2026-11-30 19:00-22:00"), "A", "B").work("C", "2026-12-01 19:00-22:00").work("D", "2026-12-02 19:00-22:00")
	return d
}

// step takes a step as somebody: "A", "L!" is a supervisor, "L! for A" one on
// somebody's behalf.
func (d *acted) step(who string, do Step) error {
	d.t.Helper()
	by, behalf, _ := strings.Cut(who, " for ")
	name, supervises := strings.CutSuffix(by, "!")
	do.By, do.Supervises, do.For = d.who[name], supervises, d.who[behalf]
	do.At, do.Fresh = d.now, d.id
	before := len(d.Assignments) + len(d.Swaps)
	c, err := Decide(d.Book, Profile{}, do)
	if err != nil {
		if len(d.Assignments)+len(d.Swaps) != before || len(c.Assignments)+len(c.Swaps)+len(c.Events) != 0 {
			d.t.Fatalf("a step that was refused has changed something: %+v", c)
		}
		return err
	}
	if len(c.Events) == 0 {
		d.t.Fatalf("%s left no event", do.Do)
	}
	d.Apply(c)
	return nil
}

func (d *acted) must(who string, do Step) {
	d.t.Helper()
	if err := d.step(who, do); err != nil {
		d.t.Fatalf("%s, %s: %v", who, do.Do, err)
	}
}

func (d *acted) refuses(why string, kind helpline.Kind, who string, do Step) {
	d.t.Helper()
	if err := d.step(who, do); helpline.KindOf(err) != kind || !strings.Contains(err.Error(), why) {
		d.t.Errorf("%s, %s: %v, want %s: %s", who, do.Do, err, kind, why)
	}
}

// of gives somebody's standing assignment on a shift.
func (d *acted) of(who string, shift int) Assignment {
	d.t.Helper()
	i := slices.IndexFunc(d.Assignments, func(a Assignment) bool {
		return a.Person == d.who[who] && a.Shift == d.Shifts[shift].ID && a.State.Stands()
	})
	if i < 0 {
		d.t.Fatalf("%s is not on shift %d", who, shift)
	}
	return d.Assignments[i]
}

// last is the swap that was opened last.
func (d *acted) last() Swap { return d.Swaps[len(d.Swaps)-1] }

func TestAnOfferedShiftIsItsOwnersUntilItIsClaimed(t *testing.T) {
	d := begin(t, SelfSignUp)
	d.must("A", Step{Do: DoOffer, Assignment: d.of("A", 0).ID})
	if a := d.of("A", 0); a.State != Offered {
		t.Fatalf("%+v", a)
	}
	if w, _ := d.OnDuty(d.Version.Rota).At(d.Shifts[0].Start); len(w.On) != 2 || !w.Open {
		t.Errorf("an offered shift is no cover any more: %+v", w)
	}
	first := d.last()
	d.must("E", Step{Do: DoClaim, Swap: first.ID})
	d.refuses("the swap has ended", helpline.Conflict, "F", Step{Do: DoClaim, Swap: first.ID})
	got := d.of("E", 0)
	if got.State != Held || got.Source != BySelf || got.Place == got.ID {
		t.Errorf("%+v", got)
	}
	if s := d.last(); s.State != Approved || s.Claimant != d.who["E"] {
		t.Errorf("%+v", s)
	}
	d.refuses("somebody else has the place", helpline.Conflict, "A", Step{Do: DoOffer, Assignment: d.Assignments[0].ID})
}

func TestWhereARotaIsManagedTheLastWordIsASupervisors(t *testing.T) {
	d := begin(t, Managed)
	d.must("A", Step{Do: DoOffer, Assignment: d.of("A", 0).ID})
	w := d.last().ID
	d.refuses("nobody has claimed", helpline.Conflict, "L!", Step{Do: DoApprove, Swap: w})
	d.must("E", Step{Do: DoClaim, Swap: w})
	d.refuses("somebody else was first", helpline.Conflict, "F", Step{Do: DoClaim, Swap: w})
	d.of("A", 0) // still hers
	d.refuses("only a supervisor", helpline.Forbidden, "E", Step{Do: DoApprove, Swap: w})
	d.must("L!", Step{Do: DoRefuse, Swap: w})
	if a := d.of("A", 0); a.State != Held || d.last().State != Refused {
		t.Fatalf("%+v", a)
	}
	d.must("A", Step{Do: DoOffer, Assignment: d.of("A", 0).ID})
	d.must("E", Step{Do: DoClaim, Swap: d.last().ID})
	d.work("E", "2026-11-30 20:00-21:00") // by now E is busy
	d.refuses("overlap", helpline.Conflict, "L!", Step{Do: DoApprove, Swap: d.last().ID})
	d.Shifts[len(d.Shifts)-1].Cancelled = true
	d.must("L!", Step{Do: DoApprove, Swap: d.last().ID})
	d.of("E", 0)
}

func TestTwoShiftsAreExchangedTogetherOrNotAtAll(t *testing.T) {
	d := begin(t, SelfSignUp)
	mine, theirs := d.of("A", 0).ID, d.of("C", 1).ID
	d.must("A", Step{Do: DoExchange, Assignment: mine, Other: theirs})
	d.refuses("offered to somebody else", helpline.Forbidden, "E", Step{Do: DoClaim, Swap: d.last().ID})
	d.must("C", Step{Do: DoClaim, Swap: d.last().ID})
	d.of("A", 1)
	d.of("C", 0)
	for _, c := range []struct {
		why  string
		step Step
	}{
		{"cannot be exchanged", Step{Do: DoExchange, Assignment: d.of("A", 1).ID, Other: d.of("A", 1).ID}},
		{"no such place", Step{Do: DoExchange, Assignment: d.of("A", 1).ID, Other: d.id()}},
		{"somebody else has", Step{Do: DoExchange, Assignment: d.of("A", 1).ID, Other: theirs}},
	} {
		if err := d.step("A", c.step); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%v, want %s", err, c.why)
		}
	}
	d.refuses("cannot be exchanged", helpline.Conflict, "C", Step{Do: DoExchange, Assignment: d.of("C", 0).ID, Other: d.of("B", 0).ID}) // of one shift
	d.must("A", Step{Do: DoExchange, Assignment: d.of("A", 1).ID, Other: d.of("D", 2).ID})
	swap := d.last().ID
	d.must("D", Step{Do: DoOffer, Assignment: d.of("D", 2).ID})
	d.refuses("has ended", helpline.Conflict, "D", Step{Do: DoClaim, Swap: swap})
}

// The supervisor who agrees that somebody gives a shift back answers for it,
// and is no cover.
func TestAShiftThatIsGivenBackIsTheSupervisorsUntilSomebodyHasIt(t *testing.T) {
	d := begin(t, SelfSignUp)
	d.must("A", Step{Do: DoDrop, Assignment: d.of("A", 0).ID})
	drop := d.last().ID
	d.refuses("not offered", helpline.Conflict, "E", Step{Do: DoClaim, Swap: drop})
	d.of("A", 0) // until somebody agrees
	d.must("L!", Step{Do: DoApprove, Swap: drop})
	minds := d.of("L", 0)
	if !minds.Minds || minds.State != Held {
		t.Fatalf("%+v", minds)
	}
	if w, _ := d.OnDuty(d.Version.Rota).At(d.Shifts[0].Start); len(w.On) != 1 || w.Open {
		t.Errorf("who only answers for a place counts as cover: %+v", w)
	}
	if said := d.said(Check(d.Book, Profile{}), RuleAlone); len(said) != 0 {
		t.Errorf("who only answers for a place breaks rules: %v", said)
	}
	d.refuses("gives it to somebody else", helpline.Conflict, "L!", Step{Do: DoDrop, Assignment: minds.ID})
	d.refuses("answer for it already", helpline.Conflict, "L!", Step{Do: DoMind, Assignment: minds.ID})
	d.must("L!", Step{Do: DoOffer, Assignment: minds.ID})
	d.must("E", Step{Do: DoClaim, Swap: d.last().ID})
	if a := d.of("E", 0); a.Minds {
		t.Errorf("%+v", a)
	}
}

func TestWhatMayNotBeDoneIsRefused(t *testing.T) {
	d := begin(t, SelfSignUp)
	a := d.of("A", 0)
	offer := Step{Do: DoOffer, Assignment: a.ID}
	d.refuses("only whoever has the place", helpline.Forbidden, "B", offer)
	d.refuses("only whoever has the place", helpline.Forbidden, "B for A", offer)
	d.refuses("only whoever has the place", helpline.Forbidden, "L!", offer)
	d.refuses("only whoever has the place", helpline.Forbidden, "A for B", offer)
	d.refuses("no such place", helpline.NotFound, "A", Step{Do: DoOffer, Assignment: d.id()})
	d.refuses("no such step", helpline.Invalid, "A", Step{Do: "steal", Assignment: a.ID})
	d.refuses("by somebody", helpline.Invalid, "", offer)
	d.refuses("to somebody else", helpline.Invalid, "A", Step{Do: DoOffer, Assignment: a.ID, Person: d.who["A"]})
	d.refuses("who works here", helpline.Invalid, "A", Step{Do: DoOffer, Assignment: a.ID, Person: d.id()})
	d.refuses("ends after it begins", helpline.Invalid, "A", Step{Do: DoOffer, Assignment: a.ID, Until: d.now})
	d.refuses("no such swap", helpline.NotFound, "A", Step{Do: DoClaim, Swap: d.id()})
	d.refuses("no such swap", helpline.NotFound, "A", Step{Do: DoWithdraw, Swap: d.id()})
	d.must("L! for A", offer) // on A's behalf
	w := d.last()
	if w.By != d.who["L"] {
		t.Errorf("%+v", w)
	}
	d.refuses("on offer already", helpline.Conflict, "A", offer)
	d.refuses("your own shift", helpline.Conflict, "A", Step{Do: DoClaim, Swap: w.ID})
	d.refuses("only whoever has the place", helpline.Forbidden, "E", Step{Do: DoWithdraw, Swap: w.ID})
	d.refuses("not ended yet", helpline.Conflict, "E", Step{Do: DoExpire, Swap: w.ID})
	d.refuses("only a supervisor", helpline.Forbidden, "E", Step{Do: DoRefuse, Swap: w.ID})
	for _, do := range []Doing{DoAssign, DoMind, DoMove, DoCancel, DoPublish} {
		d.refuses("only a supervisor", helpline.Forbidden, "E", Step{Do: do, Assignment: a.ID, Shift: a.Shift})
	}
	d.must("A", Step{Do: DoWithdraw, Swap: w.ID})
	d.refuses("has ended", helpline.Conflict, "A", Step{Do: DoWithdraw, Swap: w.ID})
	d.must("A", Step{Do: DoOffer, Assignment: a.ID, Person: d.who["E"]})
	d.refuses("to somebody else", helpline.Forbidden, "F", Step{Do: DoClaim, Swap: d.last().ID})
	d.must("E", Step{Do: DoRefuse, Swap: d.last().ID}) // who is asked may say no
	d.refuses("only a draft", helpline.Conflict, "L!", Step{Do: DoPublish})
	d.refuses("theirs already", helpline.Conflict, "L!", Step{Do: DoAssign, Assignment: a.ID, Person: d.who["A"]})
	d.refuses("twice", helpline.Conflict, "L!", Step{Do: DoAssign, Assignment: a.ID, Person: d.who["B"]})
}

func TestAClaimAfterTheShiftBeganIsRefused(t *testing.T) {
	d := begin(t, SelfSignUp)
	d.must("A", Step{Do: DoOffer, Assignment: d.of("A", 0).ID})
	offer := d.last().ID
	d.now = d.Shifts[0].Start
	d.refuses("has begun", helpline.Conflict, "E", Step{Do: DoClaim, Swap: offer})
	d.refuses("has begun", helpline.Conflict, "B", Step{Do: DoOffer, Assignment: d.of("B", 0).ID})
	d.must("", Step{Do: DoExpire, Swap: offer})
	if a := d.of("A", 0); a.State != Held || d.last().State != Expired {
		t.Errorf("%+v", a)
	}
	d.must("L!", Step{Do: DoAssign, Assignment: d.of("A", 0).ID, Person: d.who["E"]}) // a supervisor may, until its end
	d.now = d.Shifts[0].End
	d.refuses("is over", helpline.Conflict, "L!", Step{Do: DoAssign, Assignment: d.of("E", 0).ID, Person: d.who["F"]})
	d.refuses("is over", helpline.Conflict, "L!", Step{Do: DoMind, Assignment: d.of("E", 0).ID})
}

func TestAnOfferEndsWhenItSays(t *testing.T) {
	d := begin(t, SelfSignUp)
	d.must("A", Step{Do: DoOffer, Assignment: d.of("A", 0).ID, Until: d.now.Add(time.Hour)})
	d.now = d.now.Add(time.Hour)
	d.refuses("offer has ended", helpline.Conflict, "E", Step{Do: DoClaim, Swap: d.last().ID})
	d.must("", Step{Do: DoExpire, Swap: d.last().ID})
}

func TestASwapWhoseShiftMovedIsRefused(t *testing.T) {
	d := begin(t, SelfSignUp)
	d.must("A", Step{Do: DoOffer, Assignment: d.of("A", 0).ID})
	offered := d.last()
	moved := *d.Book
	moved.Shifts = slices.Clone(d.Shifts)
	moved.Shifts[0].Revision++ // by another hand, that knew nothing of the offer
	if _, err := Decide(&moved, Profile{}, Step{Do: DoClaim, Swap: offered.ID, By: d.who["E"], At: d.now, Fresh: d.id}); helpline.KindOf(err) != helpline.Conflict || !strings.Contains(err.Error(), "changed since") {
		t.Errorf("%v", err)
	}
	d.must("L!", Step{Do: DoMove, Shift: d.Shifts[0].ID, To: d.stretch("2026-11-30 18:00-21:00")})
	if a := d.of("A", 0); a.State != Held || d.last().State != Withdrawn {
		t.Errorf("%+v", a)
	}
	d.refuses("has ended", helpline.Conflict, "E", Step{Do: DoClaim, Swap: offered.ID})
	for _, bad := range []string{"2026-11-30 18:00-18:00+0", "2026-11-30 18:00-17:00+0", "2026-11-30 00:00-06:00+1", "2026-11-20 19:00-22:00"} {
		d.refuses("a shift begins later", helpline.Invalid, "L!", Step{Do: DoMove, Shift: d.Shifts[0].ID, To: d.stretch(bad)})
	}
	d.work("A", "2026-12-05 19:00-22:00")
	d.refuses("overlap", helpline.Conflict, "L!", Step{Do: DoMove, Shift: d.Shifts[0].ID, To: d.stretch("2026-12-05 21:00-23:00")})
	d.refuses("stays in its version", helpline.Invalid, "L!", Step{Do: DoMove, Shift: d.Shifts[0].ID, To: d.stretch("2027-01-05 21:00-23:00")})
	d.must("L!", Step{Do: DoCancel, Shift: d.Shifts[0].ID})
	d.refuses("does not take place", helpline.Conflict, "A", Step{Do: DoOffer, Assignment: d.of("A", 0).ID})
	d.refuses("does not take place", helpline.Conflict, "L!", Step{Do: DoCancel, Shift: d.Shifts[0].ID})
}

func TestADraftIsPublishedWhenNothingHardStandsAgainstItAndEveryPlaceIsSomebodys(t *testing.T) {
	d := begin(t, Managed)
	d.Version.State = Draft
	for i := range d.Assignments {
		d.Assignments[i].State, d.Assignments[i].Place = Proposed, helpline.ID{}
	}
	d.Requirements = []Requirement{{Shift: d.Shifts[0].ID, Min: 3}, {Shift: d.Shifts[1].ID, Min: 2}, {Shift: d.Shifts[1].ID, Min: 1, Role: Leader}, {Shift: d.Shifts[2].ID, Min: 1}}
	d.refuses("no such place", helpline.NotFound, "A", Step{Do: DoOffer, Assignment: d.Assignments[0].ID})
	d.Leaves = []Leave{{Person: d.who["A"], Interval: d.Shifts[0].Interval()}}
	if err := d.step("L!", Step{Do: DoPublish}); len(RefusedFor(err)) == 0 || RefusedFor(err)[0].Rule != RuleLeave {
		t.Fatalf("%v", err)
	}
	d.Leaves = nil
	err := d.step("L!", Step{Do: DoPublish})
	stop := RefusedFor(err)
	if len(stop) == 0 {
		t.Fatalf("advisory breaches that nobody accepted are published: %v", err)
	}
	for _, b := range stop {
		a, err := b.Accept(d.who["L"], d.now, ReasonKnown)
		if err != nil {
			t.Fatal(err)
		}
		d.Acceptances = append(d.Acceptances, a)
	}
	d.must("L!", Step{Do: DoPublish})
	if d.Version.State != Published || d.Version.By != d.who["L"] || !d.Version.At.Equal(d.now) {
		t.Errorf("%+v", d.Version)
	}
	minds := map[helpline.ID][]Role{}
	for _, a := range d.Assignments {
		if a.State != Held || a.Place.IsZero() {
			t.Errorf("%+v", a)
		}
		if a.Minds {
			minds[a.Shift] = append(minds[a.Shift], a.Role)
		}
	}
	if got := minds[d.Shifts[0].ID]; !slices.Equal(got, []Role{Counsellor}) {
		t.Errorf("the first shift lacks one: %v", got)
	}
	if got := minds[d.Shifts[1].ID]; !slices.Equal(got, []Role{Leader}) {
		t.Errorf("the second lacks a leader, who is the other as well: %v", got)
	}
	if len(minds[d.Shifts[2].ID]) != 0 {
		t.Error("the third lacks nobody")
	}
	d.refuses("only a draft", helpline.Conflict, "L!", Step{Do: DoPublish})
}

func TestGivingAwayIsNotRefusedForWhatItMakesBetter(t *testing.T) {
	d := begin(t, SelfSignUp)
	eu, err := ProfileNamed("eu-2003-88")
	if err != nil {
		t.Fatal(err)
	}
	for n := range 7 { // A works too much, and it is published all the same
		d.work("A", Date{2026, 12, 7}.Plus(n).String()+" 08:00-20:00 60")
	}
	d.narrow()
	if hard := NewChecker(d.Book, eu).hard(); len(hard) == 0 {
		t.Fatal("nothing is wrong")
	}
	for _, who := range []Step{{Do: DoOffer, Assignment: d.of("A", 4).ID, By: d.who["A"]}, {Do: DoClaim, By: d.who["E"]}} {
		who.At, who.Fresh = d.now, d.id
		if who.Do == DoClaim {
			who.Swap = d.last().ID
		}
		c, err := Decide(d.Book, eu, who)
		if err != nil {
			t.Fatalf("%s: %v", who.Do, err)
		}
		d.Apply(c)
	}
	d.of("E", 4)
}

func TestWhoTakesAClaimBackLeavesTheOfferOpen(t *testing.T) {
	d := begin(t, Managed)
	d.must("A", Step{Do: DoOffer, Assignment: d.of("A", 0).ID})
	w := d.last().ID
	d.must("E", Step{Do: DoClaim, Swap: w})
	d.must("E", Step{Do: DoWithdraw, Swap: w})
	if s := d.last(); s.State != Open || !s.Claimant.IsZero() || d.of("A", 0).State != Offered {
		t.Fatalf("%+v", s)
	}
	d.must("F", Step{Do: DoClaim, Swap: w})
}

// A draft over days that are published already: until it is published the old
// shifts are the truth and nobody's burden twice; then they are gone.
func TestPublishingAgainReplacesTheShiftsOfItsDays(t *testing.T) {
	d := begin(t, SelfSignUp)
	d.must("A", Step{Do: DoOffer, Assignment: d.of("A", 0).ID})
	d.must("C", Step{Do: DoOffer, Assignment: d.of("C", 1).ID})
	d.Assignments[1].Pinned = true // B, on the first evening
	d.Version = Version{ID: d.id(), Rota: d.Version.Rota, First: Date{2026, 11, 30}, Last: Date{2026, 11, 30}, State: Draft}
	d.on(d.shift("2026-11-30 19:00-23:00"), "A", "E")
	d.Assignments[4].State, d.Assignments[5].State = Proposed, Proposed
	if got, want := d.said(NewChecker(d.Book, Profile{}).hard()), []string{"pinned B"}; !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
	if w, _ := d.OnDuty(d.Version.Rota).At(d.Shifts[0].Start); len(w.On) != 2 || w.On[0].Shift != d.Shifts[0].ID {
		t.Errorf("before it is published the draft counts: %+v", w)
	}
	d.Assignments[5].Person = d.who["B"]
	d.Shifts[3].Start, d.Shifts[3].End = d.Shifts[0].Start, d.Shifts[0].End
	for _, b := range Check(d.Book, Profile{}) {
		if b.Level == Advisory {
			a, err := b.Accept(d.who["L"], d.now, ReasonKnown)
			if err != nil {
				t.Fatal(err)
			}
			d.Acceptances = append(d.Acceptances, a)
		}
	}
	d.must("L!", Step{Do: DoPublish})
	if !d.Shifts[0].Cancelled || d.Shifts[1].Cancelled || d.Shifts[3].Cancelled {
		t.Errorf("%+v", d.Shifts)
	}
	if d.Swaps[0].State != Withdrawn || d.Swaps[1].State != Open {
		t.Errorf("the swaps are %s and %s", d.Swaps[0].State, d.Swaps[1].State)
	}
	if w, _ := d.OnDuty(d.Version.Rota).At(d.Shifts[0].Start); len(w.On) != 2 || w.On[0].Shift != d.Shifts[3].ID {
		t.Errorf("the new version does not count: %+v", w)
	}
}
