package chat_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat/sim"
	"helpline/chat/wire"
)

func TestTheyTalk(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, _ := ev.talk()
		a := v.say("Good evening")
		b := c.say("Good evening. I am listening.")
		pass(time.Second)
		if !c.reads(a) || !v.reads(b) || v.fate(a) != sim.Delivered || c.fate(b) != sim.Delivered {
			t.Errorf("visitor's %q, counsellor's %q", v.fate(a), c.fate(b))
		}
		s := c.link.Last(wire.Stage)
		if s.Door != "self" || s.Locale != "en" || s.Version != "3" || v.link.Last(wire.Stage).Alias != "Robin" {
			t.Errorf("the counsellor is told %+v", s)
		}
		v.tell(&wire.Frame{Kind: wire.Typing, On: true})
		if f := c.link.Last(wire.Typing); f == nil || !f.On {
			t.Error("typing does not travel")
		}
	})
}

func TestPromiseAReloadKeepsTheConversation(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, _ := ev.talk()
		a := v.say("one")
		b := c.say("two")
		v.reload()
		c.reload()
		pass(time.Second)
		for _, p := range []*person{v, c} {
			if !p.reads(a) || !p.reads(b) || len(p.screen()) != 2 {
				t.Errorf("after both reloaded a screen has %d messages", len(p.screen()))
			}
		}
	})
}

// TestPromiseARestartKeepsTheConversation: the server is gone in mid-sentence;
// the pages stay, and bring everything back.
func TestPromiseARestartKeepsTheConversation(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, d := ev.talk()
		a := v.say("one")
		v.card, _ = ev.e.Renew(t.Context(), v.card)
		pass(time.Second)
		ev.halt()
		b := unsaid(v, "two")
		ev.start()
		d.open()
		v.dial()
		c.dial()
		e := c.say("three")
		pass(time.Second)
		for name, p := range map[string]*person{"visitor": v, "counsellor": c} {
			if !p.reads(a) || !p.reads(b) || !p.reads(e) || len(p.screen()) != 3 {
				t.Errorf("the %s's screen has %v", name, p.screen())
			}
		}
		if v.fate(b) != sim.Delivered || v.link.Last(wire.Stage).Alias != "Robin" {
			t.Errorf("what was not said yet is %q, and the visitor talks with %q", v.fate(b), v.link.Last(wire.Stage).Alias)
		}
	})
}

// unsaid is a message written while there is no line.
func unsaid(p *person, text string) helpline.ID {
	p.mu.Lock()
	defer p.mu.Unlock()
	id, _ := p.page.Say(`{"text":"` + text + `"}`)
	return id
}

func TestPresenceIsHereThenUnsureThenGone(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		// The link notices after 35 s that a page says nothing: two minutes in all.
		if whole := 35*time.Second + ev.set.Grace; whole > 2*time.Minute {
			t.Errorf("a silent page is gone only after %s", whole)
		}
		v, c, _ := ev.talk()
		for _, x := range []struct {
			after time.Duration
			do    func()
			want  string
		}{
			{0, func() {}, "here"},
			{time.Second, v.lose, "unsure"},
			{ev.set.Grace - time.Second, func() {}, "unsure"},
			{time.Second, func() {}, "gone"},
			{time.Minute, v.open, "here"},
			{0, v.lose, "unsure"},
			{ev.set.Grace / 2, v.open, "here"},
			{ev.set.Grace, func() {}, "here"},
		} {
			pass(x.after)
			x.do()
			if got := c.presence(); got != x.want {
				t.Fatalf("the counsellor is told %q, want %q", got, x.want)
			}
		}
		c.lose()
		if v.presence() != "unsure" {
			t.Errorf("the visitor is told %q of the counsellor", v.presence())
		}
		pass(ev.set.Grace)
		if v.presence() != "gone" {
			t.Errorf("the visitor is told %q of the counsellor", v.presence())
		}
	})
}

func TestAnIdleConversationIsWarnedExtendedTwelveTimesAndEnds(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, _ := ev.talk()
		idle := func(p *person) int {
			if f := p.link.Last(wire.Idle); f != nil {
				return f.Left
			}
			return -1
		}
		for n := range ev.set.IdleTimes {
			pass(ev.set.IdleAfter)
			if idle(v) != 120 || idle(c) != 120 {
				t.Fatalf("warned: visitor %d, counsellor %d", idle(v), idle(c))
			}
			p := []*person{v, c}[n%2]
			p.tell(&wire.Frame{Kind: wire.Extend}, &wire.Frame{Kind: wire.Extend}) // the second counts for nothing
			if idle(v) != 0 || idle(c) != 0 || v.ended() != "" {
				t.Fatalf("after %d extensions: visitor %d, counsellor %d, ended %q", n+1, idle(v), idle(c), v.ended())
			}
		}
		pass(ev.set.IdleAfter)
		v.tell(&wire.Frame{Kind: wire.Extend})
		pass(ev.set.IdleWarn)
		for _, p := range []*person{v, c} {
			if reason, next := p.end(); reason != "idle" || next != "again" {
				t.Errorf("ended %q with next %q", reason, next)
			}
		}
	})
}

func TestAWordEndsTheIdleWarning(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, _ := ev.talk()
		pass(ev.set.IdleAfter)
		c.say("Are you still there?")
		if f := v.link.Last(wire.Idle); f == nil || f.Left != 0 {
			t.Errorf("the warning stands: %+v", f)
		}
		pass(ev.set.IdleAfter - time.Second)
		if v.link.Last(wire.Idle).Left != 0 || v.ended() != "" {
			t.Error("warned again before the time")
		}
		pass(ev.set.IdleWarn + 2*time.Second)
		if v.ended() != "idle" {
			t.Errorf("ended %q", v.ended())
		}
	})
}

func TestAVisitorWhoWaitsForAnAnswerIsNeverIdle(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, _ := ev.talk()
		v.say("I do not know where to begin.")
		pass(2 * time.Hour)
		if v.link.Last(wire.Idle) != nil || v.ended() != "" {
			t.Errorf("ended %q", v.ended())
		}
		c.say("Take your time.")
		pass(ev.set.IdleAfter + ev.set.IdleWarn + time.Second)
		if v.ended() != "idle" {
			t.Errorf("answered, and silent since: %q", v.ended())
		}
	})
}

// TestWhoReloadsDuringTheIdleWarningSeesItAgain, and who comes back after it
// had run out while they were away is warned anew.
func TestWhoReloadsDuringTheIdleWarningSeesItAgain(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, _ := ev.talk()
		pass(ev.set.IdleAfter + 20*time.Second)
		c.reload()
		if f := c.link.Last(wire.Idle); f == nil || f.Left != 100 {
			t.Errorf("the counsellor's fresh page is told %+v", f)
		}
		v.reload()
		if f := v.link.Last(wire.Idle); f == nil || f.Left < 100 {
			t.Errorf("the visitor's fresh page is told %+v", f)
		}
		v.lose()
		pass(ev.set.IdleWarn + time.Second)
		v.open()
		if f := v.link.Last(wire.Idle); v.ended() != "" || f == nil || f.Left != 120 {
			t.Fatalf("back after the warning ran out: ended %q, told %+v", v.ended(), f)
		}
		pass(ev.set.IdleWarn)
		if v.ended() != "idle" {
			t.Errorf("ended %q", v.ended())
		}
	})
}

func TestEachSideClosesWithItsReasonAndANextStep(t *testing.T) {
	for _, c := range []struct {
		name, reason, next string
		do                 func(ev *evening, v, c *person)
	}{
		{"visitor leaves", "visitor", "lines", func(_ *evening, v, _ *person) { v.tell(&wire.Frame{Kind: wire.Leave, Reason: "left"}) }},
		{"visitor leaves by a form", "visitor", "lines", func(ev *evening, v, _ *person) { _ = ev.e.Leave(ev.t.Context(), v.card) }},
		{"counsellor says goodbye", "counsellor", "lines", func(_ *evening, _, c *person) { c.tell(&wire.Frame{Kind: wire.Leave, Reason: "done"}) }},
		{"counsellor ends misuse", "misuse", "lines", func(_ *evening, _, c *person) { c.tell(&wire.Frame{Kind: wire.Leave, Reason: "misuse"}) }},
		{"nobody writes", "idle", "again", func(_ *evening, _, _ *person) { pass(13 * time.Minute) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			inAnEvening(t, func(t *testing.T, ev *evening) {
				v, cp, d := ev.talk()
				a, b := v.say("one"), cp.say("two")
				pass(time.Second)
				c.do(ev, v, cp)
				settle()
				for name, p := range map[string]*person{"visitor": v, "counsellor": cp} {
					if reason, next := p.end(); reason != c.reason || next != c.next {
						t.Errorf("the %s's page ends as %q with next %q", name, reason, next)
					}
					if again, dropped := p.link.Dropped(); !dropped || again != 0 {
						t.Errorf("the %s's link stays, or is asked back", name)
					}
				}
				if v.fate(a) != sim.Delivered || cp.fate(b) != sim.Delivered {
					t.Errorf("visitor's %q, counsellor's %q", v.fate(a), cp.fate(b))
				}
				if st, _ := ev.j.Row(v.who); !st.Closed {
					t.Error("the store does not know")
				}
				if _, err := ev.e.Renew(t.Context(), v.card); helpline.KindOf(err) != helpline.NotFound {
					t.Errorf("the ticket is renewed: %v", err)
				}
				v.open()
				if reason, _ := v.end(); reason != c.reason {
					t.Errorf("the address opened again: %q", reason)
				}
				cp.open()
				if reason, _ := cp.end(); reason != c.reason {
					t.Errorf("the conversation opened again: %q", reason)
				}
				ev.restart()
				v.open()
				if reason, next := v.end(); reason != "ended" || next == "" {
					t.Errorf("after a restart: %q with next %q", reason, next)
				}
				d.open()
				d.tell(&wire.Frame{Kind: wire.Duty, On: true})
				ev.together(d, ev.visitor()) // and the desk is free
			})
		})
	}
}

func TestACloseThatCannotBeWrittenLeavesTheConversationOpen(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, _ := ev.talk()
		ev.j.Fail(helpline.Errorf(helpline.Internal, "disk full"))
		c.tell(&wire.Frame{Kind: wire.Leave, Reason: "done"})
		if !slices.Contains(codes(c.link), "disk") || v.ended() != "" {
			t.Fatalf("told %q, the visitor's page ended %q", codes(c.link), v.ended())
		}
		a := v.say("still here")
		if !c.reads(a) {
			t.Error("they cannot talk on")
		}
		c.say("so am I")
		pass(ev.set.IdleAfter + 3*ev.set.IdleWarn) // an end nobody asked for is tried again, not all the time
		if n := len(codes(c.link)); n > 6 {
			t.Fatalf("told %d times that the disk fails", n)
		}
		ev.j.Fail(nil)
		pass(2 * ev.set.IdleWarn)
		if v.ended() != "idle" {
			t.Errorf("ended %q once the disk is back", v.ended())
		}
	})
}

func TestAVisitorGoneForALifeOfTheTicketClosesTheRoom(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, _ := ev.talk()
		a := c.say("Are you there?")
		v.lose()
		ev.j.Fail(helpline.Errorf(helpline.Internal, "disk full"))
		pass(ev.set.Grace + 15*time.Minute - time.Second)
		if c.ended() != "" {
			t.Fatalf("ended %q too early", c.ended())
		}
		pass(2 * time.Second)
		ev.j.Fail(nil) // it could not be written at first
		pass(16 * time.Minute)
		if reason, next := c.end(); reason != "left" || next != "again" {
			t.Errorf("ended %q with next %q", reason, next)
		}
		pass(ev.set.Linger)
		if c.fate(a) == sim.Sending || c.fate(a) == sim.Held {
			t.Errorf("an open message is still %q", c.fate(a))
		}
		if ev.e.Rooms() != 0 {
			t.Error("the room is still there")
		}
	})
}

func TestAClosedRoomHoldsNoWords(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, d := ev.talk()
		for range 20 {
			v.say("a marked sentence")
			c.say("another marked sentence")
		}
		room, ok := ev.e.Look(v.who)
		if !ok {
			t.Fatal("there is no room")
		}
		memory := room.Memory()
		if len(memory()) != 40 {
			t.Fatalf("the ring holds %d messages", len(memory()))
		}
		v.lose()
		d.lose()
		c.tell(&wire.Frame{Kind: wire.Leave, Reason: "done"})
		pass(ev.set.Linger)
		if left := memory(); !room.Over() || !room.Empty() || len(left) > 0 {
			t.Errorf("over %v, empty %v, words left: %s", room.Over(), room.Empty(), strings.Join(left, " "))
		}
		if ev.e.Rooms() != 0 {
			t.Error("the queue still knows the room")
		}
		if n := ev.e.OpenPages(c.member.Person); n != 0 {
			t.Errorf("%d pages of the counsellor are still remembered", n)
		}
	})
}

func TestAPageOfAConversationThatIsGoneIsForgotten(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		_, c, _ := ev.talk()
		for range 5 {
			c.reload()
		}
		if n := ev.e.OpenPages(c.member.Person); n != 1 {
			t.Errorf("%d pages are remembered, one is open", n)
		}
	})
}
