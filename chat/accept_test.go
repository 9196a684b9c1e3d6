package chat_test

import (
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/wire"
)

// ready brings a visitor to where somebody may accept.
func ready(ev *evening, d *desk) *person {
	ev.t.Helper()
	v := ev.visitor()
	d.next()
	pass(ev.set.Settle + time.Second)
	v.tell(&wire.Frame{Kind: wire.Ready})
	if v.stage() != "ready" {
		ev.t.Fatalf("the visitor is %q", v.stage())
	}
	return v
}

// TestPromiseAVisitorIsThereWhenYouAccept: nobody can be taken who has not
// just said that they are ready, or whose line has broken since.
func TestPromiseAVisitorIsThereWhenYouAccept(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(ev *evening, v *person)
		took bool
	}{
		{"said yes and is there", func(*evening, *person) {}, true},
		{"said yes and reloaded", func(_ *evening, v *person) { v.reload() }, true},
		{"said yes and lost the line", func(_ *evening, v *person) { v.lose() }, false},
		{"said yes and left", func(_ *evening, v *person) { v.tell(&wire.Frame{Kind: wire.Leave, Reason: "left"}) }, false},
		{"said yes and left by a form", func(ev *evening, v *person) { _ = ev.e.Leave(ev.t.Context(), v.card) }, false},
		{"said yes too long ago", func(ev *evening, _ *person) { pass(ev.set.AcceptFor + time.Second) }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			inAnEvening(t, func(t *testing.T, ev *evening) {
				d := ev.desk(counsellor("Robin"))
				v := ready(ev, d)
				c.do(ev, v)
				settle()
				if d.shows(v.who) != c.took {
					t.Errorf("the desk shows the visitor: %v", !c.took)
				}
				d.accept(v.who)
				if got := d.took(v.who) == 1; got != c.took {
					t.Errorf("accepted: %v, problems %q", got, d.problems())
				}
				if !c.took && !slices.Equal(d.problems(), []string{"late"}) {
					t.Errorf("told %q, want late", d.problems())
				}
			})
		})
	}
}

func TestAVisitorWhoIsOnlyAskedCannotBeTaken(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		d := ev.desk(counsellor("Robin"))
		v := ev.visitor()
		d.accept(v.who)
		d.next()
		pass(ev.set.Settle + time.Second)
		d.accept(v.who)
		d.accept(helpline.NewID())
		if d.took(v.who) > 0 || !slices.Equal(d.problems(), []string{"late", "late", "late"}) {
			t.Errorf("told %q", d.problems())
		}
	})
}

func TestOfTwoWhoAcceptAtOnceExactlyOneWins(t *testing.T) {
	for _, slow := range []time.Duration{0, 2 * time.Second} {
		inAnEvening(t, func(t *testing.T, ev *evening) {
			a, b := ev.desk(counsellor("Robin")), ev.desk(counsellor("Alex"))
			v := ready(ev, a)
			ev.j.Slow(slow)
			f := &wire.Frame{Kind: wire.Accept, Contact: v.who}
			b.seat.Receive(f)
			a.seat.Receive(f)
			pass(3 * time.Second)
			if a.took(v.who)+b.took(v.who) != 1 {
				t.Fatalf("%d took the visitor", a.took(v.who)+b.took(v.who))
			}
			winner, loser := b, a
			if a.took(v.who) == 1 {
				winner, loser = a, b
			}
			if !slices.Equal(loser.problems(), []string{"other"}) {
				t.Errorf("the other is told %q", loser.problems())
			}
			if st, _ := ev.j.Row(v.who); st.Holder != winner.member.Person || st.Term != 1 || st.Channel != helpline.ByChat {
				t.Errorf("the journal says %+v", st)
			}
			if p := loser.sit(v.who); p.stage() == "talking" || p.ended() == "" {
				t.Errorf("the other opens the conversation: %q %q", p.stage(), p.ended())
			}
			if count(ev, chat.Accepted) != 1 {
				t.Errorf("counted %d times", count(ev, chat.Accepted))
			}
		})
	}
}

func TestARepeatedAcceptGivesTheSameAnswer(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		d := ev.desk(counsellor("Robin"))
		v := ready(ev, d)
		ev.j.Slow(time.Second)
		d.accept(v.who)
		d.accept(v.who) // the first is still on its way to the disk
		pass(2 * time.Second)
		if d.took(v.who) != 1 || len(d.problems()) > 0 {
			t.Fatalf("answered %d times, problems %q", d.took(v.who), d.problems())
		}
		d.lose() // the answer was lost, say
		d.open()
		d.accept(v.who)
		if d.took(v.who) != 1 || len(d.problems()) > 0 {
			t.Errorf("the same question later: answered %d times, problems %q", d.took(v.who), d.problems())
		}
		ev.restart()
		d.open()
		d.tell(&wire.Frame{Kind: wire.Duty, On: true})
		d.accept(v.who)
		if d.took(v.who) != 1 {
			t.Errorf("after a restart: answered %d times, problems %q", d.took(v.who), d.problems())
		}
		if count(ev, chat.Accepted) != 1 {
			t.Errorf("counted %d times", count(ev, chat.Accepted))
		}
	})
}

func TestAcceptWhileTheDiskFailsLeavesTheVisitorReady(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		d := ev.desk(counsellor("Robin"))
		v := ready(ev, d)
		ev.j.Fail(helpline.Errorf(helpline.Internal, "disk full"))
		d.accept(v.who)
		if d.took(v.who) != 0 || !slices.Equal(d.problems(), []string{"disk"}) {
			t.Fatalf("answered %d times, problems %q", d.took(v.who), d.problems())
		}
		if v.stage() != "ready" || !d.shows(v.who) {
			t.Errorf("the visitor is %q", v.stage())
		}
		ev.j.Fail(nil)
		d.accept(v.who)
		if d.took(v.who) != 1 || v.stage() != "talking" {
			t.Errorf("tried again: answered %d times, the visitor is %q", d.took(v.who), v.stage())
		}
	})
}

// TestAVisitorWhoLeavesWhileAClaimIsOnItsWay: the counsellor is told late, the
// page its end, and the row of the store is closed again.
func TestAVisitorWhoLeavesWhileAClaimIsOnItsWay(t *testing.T) {
	for _, c := range []struct {
		name  string
		leave func(ev *evening, v *person)
	}{
		{"by the page", func(_ *evening, v *person) { v.tell(&wire.Frame{Kind: wire.Leave, Reason: "left"}) }},
		{"by a form", func(ev *evening, v *person) { _ = ev.e.Leave(ev.t.Context(), v.card) }},
		{"by both", func(ev *evening, v *person) {
			v.tell(&wire.Frame{Kind: wire.Leave, Reason: "left"})
			_ = ev.e.Leave(ev.t.Context(), v.card)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inAnEvening(t, func(t *testing.T, ev *evening) {
				d := ev.desk(counsellor("Robin"))
				v := ready(ev, d)
				ev.j.Slow(5 * time.Second)
				d.accept(v.who)
				c.leave(ev, v)
				settle()
				if reason, next := v.end(); reason != "visitor" || next != "lines" {
					t.Errorf("the page ends as %q with next %q", reason, next)
				}
				pass(11 * time.Second)
				if d.took(v.who) != 0 || !slices.Equal(d.problems(), []string{"late"}) {
					t.Errorf("the desk: answered %d times, problems %q", d.took(v.who), d.problems())
				}
				if st, ok := ev.j.Row(v.who); !ok || !st.Closed {
					t.Errorf("the journal says %+v", st)
				}
				if got := ev.c.Raised(); !slices.Equal(got, []chat.Event{chat.Arrived, chat.LeftQueue}) {
					t.Errorf("counted %q", got)
				}
				v.open()
				if v.ended() == "" {
					t.Error("coming back afterwards, the contact stands up again")
				}
				ev.j.Slow(0)
				w := ready(ev, d)
				d.accept(w.who)
				if d.took(w.who) != 1 {
					t.Errorf("the desk cannot take the next visitor: %q", d.problems())
				}
			})
		})
	}
}

func TestNextWhileHoldingAsManyAsAllowed(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		m := counsellor("Robin")
		m.Chats = 2
		d := ev.desk(m)
		ev.together(d, ev.visitor())
		ev.together(d, ev.visitor())
		third := ev.visitor()
		d.next()
		if !slices.Equal(d.problems(), []string{"holding"}) || third.stage() != "waiting" {
			t.Errorf("asking for a third: told %q, the visitor is %q", d.problems(), third.stage())
		}
		other := ev.desk(counsellor("Alex"))
		other.next()
		settle()
		third.tell(&wire.Frame{Kind: wire.Ready})
		d.accept(third.who)
		if !slices.Equal(d.problems(), []string{"holding", "holding"}) || third.stage() != "ready" {
			t.Errorf("taking a third: told %q, the visitor is %q", d.problems(), third.stage())
		}
		pass(time.Second)
		if n := len(d.link.Last(wire.Board).Yours); n != 2 {
			t.Errorf("the board lists %d of theirs", n)
		}
	})
}
