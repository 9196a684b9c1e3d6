package chat_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/wire"
)

func refusal(err error) chat.Event {
	r, _ := errors.AsType[chat.Refused](err)
	return chat.Event(r)
}

func TestWhoWaitsWhenTheLineClosesIsToldAndCanWrite(t *testing.T) {
	for _, c := range []struct {
		why  helpline.Shut
		ends bool
	}{
		{helpline.ShutHours, true},
		{helpline.ShutByHand, true},
		{helpline.ShutLast, false},
		{helpline.ShutNobody, false},
		{helpline.ShutPaused, false},
		{helpline.ShutShort, false},
		{helpline.ShutCover, true},
	} {
		t.Run(string(c.why), func(t *testing.T) {
			inAnEvening(t, func(t *testing.T, ev *evening) {
				ev.desk(counsellor("Robin"))
				a := ev.visitor()
				pass(time.Second)
				ev.h.Set(helpline.Hours{Shut: c.why})
				pass(time.Second)
				if got := a.ended() == "shut"; got != c.ends || (count(ev, chat.ClosedOut) == 1) != c.ends {
					t.Errorf("ended %q, counted %v", a.ended(), ev.c.Raised())
				}
				if _, err := ev.e.Arrive(t.Context(), chat.Arrival{Audience: helpline.Self, Locale: "nl"}); refusal(err) != chat.RefusedShut || helpline.KindOf(err) != helpline.Unavailable {
					t.Errorf("the next is answered %v", err)
				}
			})
		})
	}
}

// Whoever is asked at the bell may still say yes, and a conversation goes on.
func TestClosingTouchesNobodyWhoIsBeingAskedOrTalks(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		robin := ev.desk(counsellor("Robin"))
		talks := ev.visitor()
		c := ev.together(robin, talks)
		sam := ev.desk(counsellor("Sam"))
		asked := ev.visitor()
		waits := ev.visitor()
		sam.next()
		pass(time.Second)
		ev.h.Set(helpline.Hours{Shut: helpline.ShutHours})
		pass(5 * time.Second)
		if asked.ended() != "" || talks.ended() != "" || waits.ended() != "shut" {
			t.Fatalf("asked %q, talks %q, waits %q", asked.ended(), talks.ended(), waits.ended())
		}
		c.say("still here")
		pass(time.Second)
		if talks.ended() != "" {
			t.Errorf("a conversation was ended: %q", talks.ended())
		}
		pass(3 * time.Minute)
		if asked.ended() != "shut" {
			t.Errorf("who did not answer is left waiting at a closed line: %q", asked.ended())
		}
	})
}

func TestAWaitThatWouldPassTheEndIsRefusedAndSaid(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		robin := ev.desk(counsellor("Robin"))
		for range 3 { // the line learns that a conversation takes half an hour
			v := ev.visitor()
			c := ev.together(robin, v)
			for range 6 {
				pass(5 * time.Minute)
				c.say("go on")
				v.say("yes")
			}
			c.tell(&wire.Frame{Kind: wire.Leave, Reason: "done"})
			pass(time.Minute)
		}
		ev.together(robin, ev.visitor())
		set := func(last time.Duration) {
			ev.h.Set(helpline.Hours{Open: true, Last: time.Now().Add(last), Until: time.Now().Add(last + time.Hour)})
		}
		arrive := func() error {
			_, err := ev.e.Arrive(t.Context(), chat.Arrival{Audience: helpline.Self, Locale: "nl"})
			return err
		}
		set(10 * time.Minute)
		if err := arrive(); refusal(err) != chat.RefusedLate || count(ev, chat.RefusedLate) != 1 {
			t.Errorf("answered %v, counted %v", err, ev.c.Raised())
		}
		pass(10 * time.Minute) // the front page changes at most so often
		set(10 * time.Minute)
		pass(time.Second)
		if !ev.e.Estimate().Late {
			t.Error("the front page does not say so")
		}
		set(2 * time.Hour)
		if err := arrive(); err != nil {
			t.Errorf("with two hours to go: %v", err)
		}
	})
}

func TestWhoLeavesAMessageInsteadIsCountedAndToldEverywhere(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		robin := ev.desk(counsellor("Robin"))
		talks := ev.visitor()
		ev.together(robin, talks)
		a, b := ev.visitor(), ev.visitor()
		pass(6 * time.Second)
		for range 2 { // an impatient finger
			if err := ev.e.Move(t.Context(), a.card); err != nil {
				t.Fatal(err)
			}
		}
		if err := ev.e.Move(t.Context(), talks.card); err != nil {
			t.Fatal(err)
		}
		pass(6 * time.Second)
		if a.ended() != "inbox" || count(ev, chat.MovedInbox) != 1 || b.place() != 1 {
			t.Errorf("ended %q, counted %v, the next stands at %d", a.ended(), ev.c.Raised(), b.place())
		}
		if talks.ended() != "" {
			t.Errorf("a conversation was ended: %q", talks.ended())
		}
		ev.restart()
		if err := ev.e.Move(t.Context(), b.card); err != nil || count(ev, chat.MovedInbox) != 2 {
			t.Errorf("after a restart: %v, counted %v", err, ev.c.Raised())
		}
		if _, err := ev.e.Renew(t.Context(), b.card); helpline.KindOf(err) != helpline.NotFound {
			t.Errorf("the place is still there: %v", err)
		}
	})
}

func TestMessagesGoFirstFromSoManyOn(t *testing.T) {
	set := chat.Defaults()
	set.FirstFrom = 3
	inAnEveningWith(t, set, func(t *testing.T, ev *evening) {
		ev.desk(counsellor("Robin"))
		var seen []bool
		for range 3 {
			ev.visitor()
			pass(11 * time.Minute)
			seen = append(seen, ev.e.Estimate().Busy)
		}
		if !slices.Equal(seen, []bool{false, false, true}) {
			t.Errorf("busy after one, two and three who wait: %v", seen)
		}
	})
}

// TestWhoWaitsIsToldOfAPauseOfMessagesFirstAndOfAnotherEnd: their pages were made
// before. Who comes later has a page that says it, and is told nothing.
func TestWhoWaitsIsToldOfAPauseOfMessagesFirstAndOfAnotherEnd(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		ev.desk(counsellor("Robin"))
		until := time.Now().Add(2 * time.Hour)
		ev.h.Set(helpline.Hours{Open: true, Until: until})
		pass(time.Second)
		a := ev.visitor()
		pass(10 * time.Second)
		if n := len(a.link.Frames(wire.Line)); n != 0 {
			t.Errorf("told %d times of nothing", n)
		}
		for _, c := range []struct {
			name  string
			hours helpline.Hours
			word  string
			left  time.Duration
		}{
			{"a pause", helpline.Hours{Shut: helpline.ShutPaused, Until: until}, "paused", time.Until(until)},
			{"and its end", helpline.Hours{Open: true, Until: until}, "", time.Until(until)},
			{"messages first", helpline.Hours{Open: true, First: true, Until: until}, "first", time.Until(until)},
			{"open for longer", helpline.Hours{Open: true, Until: until.Add(time.Hour)}, "", time.Until(until) + time.Hour},
			{"closing earlier", helpline.Hours{Open: true, Until: until.Add(-time.Hour)}, "", time.Until(until) - time.Hour},
			{"an end that does not matter", helpline.Hours{Open: true, Until: until.Add(20 * time.Hour)}, "", 0},
		} {
			before := len(a.link.Frames(wire.Line))
			since := time.Now()
			ev.h.Set(c.hours)
			pass(10 * time.Second)
			told := a.link.Frames(wire.Line)
			if len(told) != before+1 {
				t.Fatalf("%s: told %d times", c.name, len(told)-before)
			}
			got := told[before]
			want := c.left
			if want > 0 {
				want -= time.Since(since) - 10*time.Second // the clock has gone on since the table was made
			}
			if off := time.Duration(got.Left)*time.Second - want; got.State != c.word || (c.left == 0) != (got.Left == 0) || off > 2*time.Minute || off < -2*time.Minute {
				t.Errorf("%s: told %q and %d s, want %q and %v", c.name, got.State, got.Left, c.word, want)
			}
		}
		b := ev.visitor()
		pass(10 * time.Second)
		if n := len(b.link.Frames(wire.Line)); n != 0 {
			t.Errorf("who comes now is told %d times what their page says", n)
		}
	})
}

// TestWhoWasAwayIsToldOfAPauseWhenTheLineIsBack: the page is the same, the link
// is another.
func TestWhoWasAwayIsToldOfAPauseWhenTheLineIsBack(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		ev.desk(counsellor("Robin"))
		a, there := ev.visitor(), ev.visitor()
		pass(time.Second)
		a.lose()
		ev.h.Set(helpline.Hours{Shut: helpline.ShutPaused})
		pass(10 * time.Second)
		if got := there.link.Last(wire.Line); got == nil || got.State != "paused" {
			t.Errorf("who was there is told %+v", got)
		}
		a.dial()
		pass(time.Second)
		if got := a.link.Last(wire.Line); got == nil || got.State != "paused" {
			t.Errorf("told %+v", got)
		}
	})
}

// TestAPageMadeInAPauseIsToldThatItIsOver: it says so, and its link comes only
// when the pause is over.
func TestAPageMadeInAPauseIsToldThatItIsOver(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		ev.desk(counsellor("Robin"))
		a := ev.visitor()
		pass(time.Second)
		a.lose()
		for _, h := range []helpline.Hours{{Shut: helpline.ShutPaused}, {Open: true}} {
			ev.h.Set(h)
			pass(2 * time.Second)
		}
		a.reload()
		pass(time.Second)
		if got := a.link.Last(wire.Line); got == nil || got.State != "" {
			t.Errorf("told %+v, want that nothing is said of the line any more", got)
		}
	})
}
