package counsel

import (
	"context"
	"errors"
	"maps"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel/audit"
	"helpline/counsel/rota"
)

// slate is a board of what was said, and a trail, in memory.
type slate struct {
	approving
	said map[string]Saying
}

func newSlate() *slate { return &slate{said: map[string]Saying{}} }

func (s *slate) KeepSaying(_ context.Context, slot string, one Saying) error {
	s.said[slot] = one
	return nil
}

func (s *slate) DropSaying(_ context.Context, slot string) error {
	delete(s.said, slot)
	return nil
}

func (s *slate) Sayings(context.Context) (map[string]Saying, error) { return maps.Clone(s.said), nil }

// night is a line with hours on weekdays from 19:00 to 22:00 UTC, one
// counsellor at the desk and a clock of its own, on Monday 2026-11-23.
type night struct {
	*testing.T
	rows  *slate
	hand  *Hand
	duty  *Duty
	now   time.Time
	there []chat.Member
	anna  helpline.Actor
}

func at(clock string) time.Time {
	out, err := time.Parse("2006-01-02 15:04", "2026-11-23 "+clock)
	if err != nil {
		panic(err)
	}
	return out
}

func newNight(t *testing.T, hours ...string) *night {
	t.Helper()
	week, err := rota.ParseWeek(hours)
	if err != nil {
		t.Fatal(err)
	}
	n := &night{T: t, rows: newSlate(), now: at("20:00"), there: []chat.Member{taker}, anna: helpline.Actor{Person: helpline.NewID(), Alias: "Anna", Roles: []helpline.Role{helpline.Leader}}}
	if n.hand, err = NewHand(t.Context(), n.rows, n.rows, func() time.Time { return n.now }); err != nil {
		t.Fatal(err)
	}
	n.duty = NewDuty(func() []chat.Member { return n.there }).Plan(plannedElsewhere(t, time.UTC, func() time.Time { return n.now }, week), 30*time.Minute, n.hand).Clocked(func() time.Time { return n.now })
	n.duty.started = n.duty.started.Add(-time.Hour)
	return n
}

const evenings = "mon-fri 19:00-22:00"

func (n *night) say(word HandWord, hours int) {
	n.Helper()
	if err := n.hand.Say(n.Context(), n.anna, word, "crowd", hours, n.duty.Ends()); err != nil {
		n.Fatal(err)
	}
}

func (n *night) want(clock string, open bool, shut helpline.Shut) {
	n.Helper()
	n.now = at(clock)
	if h := n.duty.Now(); h.Open != open || h.Shut != shut {
		n.Errorf("at %s: open %v, shut %q; want %v, %q", clock, h.Open, h.Shut, open, shut)
	}
}

func TestTheLineIsOpenWithinItsHoursWhileSomebodyIsThere(t *testing.T) {
	n := newNight(t, evenings)
	n.want("18:59", false, helpline.ShutHours)
	n.want("19:00", true, "")
	h := n.duty.Now()
	if !h.Until.Equal(at("22:00")) || !h.Last.Equal(at("21:30")) || !h.Next.Equal(at("19:00").AddDate(0, 0, 1)) {
		t.Errorf("until %s, last %s, next %s", h.Until, h.Last, h.Next)
	}
	n.want("21:29", true, "")
	n.want("21:30", false, helpline.ShutLast)
	n.want("22:00", false, helpline.ShutHours)
	if h := n.duty.Now(); !h.Next.Equal(at("19:00").AddDate(0, 0, 1)) || !h.Until.IsZero() || !n.duty.Next().Equal(h.Next) {
		t.Errorf("after the end: until %s, next %s", h.Until, h.Next)
	}
	n.there = nil
	n.duty.seen = time.Time{}
	n.want("20:00", false, helpline.ShutNobody)
	if h := n.duty.Now(); !h.Until.Equal(at("22:00")) {
		t.Errorf("within hours and nobody there, until %s", h.Until)
	}
}

func TestPauseCloseAndStayingOpenCountUntilTheyEnd(t *testing.T) {
	n := newNight(t, evenings)
	n.say(PauseQueue, 0)
	n.want("20:59", false, helpline.ShutPaused)
	n.want("21:00", true, "") // an hour at most: nobody forgets it for ever
	n.now = at("20:00")
	n.say(CloseEarly, 0)
	n.want("21:00", false, helpline.ShutByHand)
	n.want("22:00", false, helpline.ShutHours)
	n.now = n.now.AddDate(0, 0, 1).Add(-2 * time.Hour)
	if h := n.duty.Now(); !h.Open {
		t.Errorf("the next evening is still closed by hand: %q", h.Shut)
	}
	n.now = at("21:45")
	n.say(StayOpen, 2)
	n.want("22:30", true, "")
	n.want("23:15", false, helpline.ShutLast)
	n.want("23:45", false, helpline.ShutHours)
	n.now = at("17:00")
	n.say(StayOpen, 1)
	n.want("17:10", true, "")
	n.want("18:00", false, helpline.ShutHours)
}

func TestMessagesFirstGoesWithAnyGateAndEnds(t *testing.T) {
	n := newNight(t, evenings)
	n.say(MessageFirst, 1)
	n.say(PauseQueue, 0)
	n.now = at("20:30")
	if h := n.duty.Now(); !h.First || h.Shut != helpline.ShutPaused {
		t.Errorf("%+v", h)
	}
	for range 2 { // an impatient finger
		if err := n.hand.TakeBack(t.Context(), n.anna, PauseQueue); err != nil {
			t.Fatal(err)
		}
	}
	if h := n.duty.Now(); !h.First || !h.Open {
		t.Errorf("%+v", h)
	}
	n.now = at("21:00")
	if n.duty.Now().First {
		t.Error("messages go first for longer than was said")
	}
}

func TestALineWithoutHoursIsOpenWhileSomebodyIsThere(t *testing.T) {
	n := newNight(t)
	n.want("04:00", true, "")
	n.say(CloseEarly, 0)
	n.want("15:59", false, helpline.ShutByHand)
	n.want("16:00", true, "") // forgotten, it ends by itself
	n.say(StayOpen, 12)
	if h := n.duty.Now(); !h.Until.IsZero() {
		t.Errorf("there is nothing to stay open beyond, and it says until %s", h.Until)
	}
	n.there, n.duty.seen = nil, time.Time{}
	n.want("17:00", false, helpline.ShutNobody)
}

func TestWhatWasSaidByHandCountsThroughARestartAndStandsInTheAuditLog(t *testing.T) {
	n := newNight(t, evenings)
	n.say(PauseQueue, 0)
	again, err := NewHand(t.Context(), n.rows, n.rows, func() time.Time { return n.now })
	if err != nil {
		t.Fatal(err)
	}
	if _, pause, _ := again.Said(n.now); pause.Word != PauseQueue || pause.By != n.anna.Person {
		t.Errorf("after a restart %+v", pause)
	}
	if err := again.TakeBack(t.Context(), n.anna, PauseQueue); err != nil {
		t.Fatal(err)
	}
	if len(n.rows.deeds) != 2 || n.rows.deeds[0].Code != audit.LineHand || n.rows.deeds[1].Code != audit.LineFree || n.rows.deeds[0].By != n.anna.Person {
		t.Errorf("recorded %+v", n.rows.deeds)
	}
	n.rows.full = errors.New("full")
	if err := n.hand.Say(t.Context(), n.anna, CloseEarly, "ill", 0, at("22:00")); !errors.Is(err, n.rows.full) {
		t.Errorf("what cannot be recorded is done: %v", err)
	}
	n.want("20:30", false, helpline.ShutPaused)
}

func TestBadWordsAboutTheLineAreRefused(t *testing.T) {
	n := newNight(t, evenings)
	for name, say := range map[string]struct {
		word   HandWord
		reason string
		hours  int
	}{
		"no such word":          {"explode", "ill", 1},
		"none":                  {"", "ill", 1},
		"no reason":             {PauseQueue, "", 1},
		"a reason of one's own": {PauseQueue, "bored", 1},
		"no hours":              {MessageFirst, "crowd", 0},
		"a week":                {MessageFirst, "crowd", 168},
		"hours backwards":       {StayOpen, "waiting", -3},
	} {
		if err := n.hand.Say(t.Context(), n.anna, say.word, say.reason, say.hours, time.Time{}); helpline.KindOf(err) != helpline.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := n.hand.TakeBack(t.Context(), n.anna, "explode"); helpline.KindOf(err) != helpline.Invalid {
		t.Errorf("taking back nothing: %v", err)
	}
	if len(n.rows.said) != 0 || len(n.rows.deeds) != 0 {
		t.Errorf("kept %v, recorded %v", n.rows.said, n.rows.deeds)
	}
}

// TestClosingByHandNeverReachesIntoTheNextOpening: neither a second press, nor
// one outside the hours, nor hours that never end keep the line shut for longer.
func TestClosingByHandNeverReachesIntoTheNextOpening(t *testing.T) {
	n := newNight(t, evenings, "tue 00:30-04:00", "tue 05:00-08:00")
	n.now = at("21:50")
	n.say(CloseEarly, 0)
	n.say(CloseEarly, 0) // an impatient finger
	n.want("21:55", false, helpline.ShutByHand)
	n.now = at("01:00").AddDate(0, 0, 1)
	if h := n.duty.Now(); !h.Open {
		t.Errorf("pressed twice, the line is still shut in the next opening: %q", h.Shut)
	}
	n = newNight(t, evenings)
	n.now = at("18:30")
	n.say(CloseEarly, 0)
	n.want("19:10", true, "")
	n = newNight(t, "mon-sun 00:00-24:00")
	n.say(CloseEarly, 0)
	if next := n.duty.Next(); next.IsZero() || next.After(at("23:00").AddDate(0, 0, 1)) {
		t.Errorf("a line that is open day and night tells visitors to come back at %s", next)
	}
	n.now = at("21:00").AddDate(0, 0, 1)
	if h := n.duty.Now(); !h.Open {
		t.Errorf("a day later a line that is open day and night is still shut by hand: %q", h.Shut)
	}
}

// TestAPauseAfterHoursKeepsTheLineOpenForWhoWaits: a pause takes nobody's place,
// not even in the hours that somebody added by hand.
func TestAPauseAfterHoursKeepsTheLineOpenForWhoWaits(t *testing.T) {
	n := newNight(t, evenings)
	n.now = at("21:45")
	n.say(StayOpen, 2)
	n.now = at("22:10")
	n.say(PauseQueue, 0)
	n.want("22:20", false, helpline.ShutPaused)
	if err := n.hand.TakeBack(t.Context(), n.anna, PauseQueue); err != nil {
		t.Fatal(err)
	}
	n.want("22:30", true, "")
	n.want("23:45", false, helpline.ShutHours)
}

func TestAnOpeningThatIsShorterThanLastAdmissionLetsSomebodyIn(t *testing.T) {
	n := newNight(t, "mon 19:00-19:20")
	n.want("19:05", true, "")
	n.want("19:10", false, helpline.ShutLast)
}
