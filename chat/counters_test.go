package chat_test

import (
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/wire"
)

// TestEveryArrivalRefusalAndDepartureRaisesExactlyOneCounter walks each way a
// contact can come and go.
func TestEveryArrivalRefusalAndDepartureRaisesExactlyOneCounter(t *testing.T) {
	leave := &wire.Frame{Kind: wire.Leave, Reason: "left"}
	for _, c := range []struct {
		name string
		do   func(ev *evening)
		want []chat.Event
	}{
		{"comes", func(ev *evening) { ev.visitor() }, []chat.Event{chat.Arrived}},
		{"comes and reloads", func(ev *evening) { ev.visitor().reload() }, []chat.Event{chat.Arrived}},
		{"comes to a closed line", func(ev *evening) {
			ev.h.Set(helpline.Hours{})
			_, _ = ev.e.Arrive(ev.t.Context(), chat.Arrival{Audience: helpline.Self, Locale: "en"})
		}, []chat.Event{chat.RefusedShut}},
		{"goes while waiting", func(ev *evening) { ev.visitor().tell(leave) }, []chat.Event{chat.Arrived, chat.LeftQueue}},
		{"goes twice", func(ev *evening) {
			v := ev.visitor()
			v.tell(leave, leave)
			_ = ev.e.Leave(ev.t.Context(), v.card)
			_ = ev.e.Leave(ev.t.Context(), v.card)
		}, []chat.Event{chat.Arrived, chat.LeftQueue}},
		{"goes by a form, never having had a page", func(ev *evening) {
			_ = ev.e.Leave(ev.t.Context(), ev.arrive(helpline.Self, "en").card)
		}, []chat.Event{chat.Arrived, chat.LeftQueue}},
		{"goes when asked", func(ev *evening) {
			v := ev.visitor()
			ev.desk(counsellor("Robin")).next()
			pass(6 * time.Second)
			v.tell(leave)
		}, []chat.Event{chat.Arrived, chat.LeftQueue}},
		{"goes when ready", func(ev *evening) { ready(ev, ev.desk(counsellor("Robin"))).tell(leave) }, []chat.Event{chat.Arrived, chat.LeftQueue}},
		{"does not come back", func(ev *evening) {
			ev.desk(counsellor("Robin"))
			ev.visitor().lose()
			pass(ev.set.PlaceHeld + time.Minute)
		}, []chat.Event{chat.Arrived, chat.LostQueue}},
		{"does not answer twice", func(ev *evening) {
			ev.visitor()
			ev.desk(counsellor("Robin")).next()
			pass(4 * ev.set.ReadyFor)
		}, []chat.Event{chat.Arrived, chat.Missed}},
		{"is not answered", func(ev *evening) { ev.visitor(); pass(ev.set.NobodyFor + time.Minute) }, []chat.Event{chat.Arrived, chat.Unanswered}},
		{"comes back after a restart", func(ev *evening) {
			v := ev.visitor()
			ev.restart()
			v.open()
			v.reload()
		}, []chat.Event{chat.Arrived, chat.Resumed}},
		{"talks", func(ev *evening) { ev.talk() }, []chat.Event{chat.Arrived, chat.Accepted}},
		{"talks and goes", func(ev *evening) { v, _, _ := ev.talk(); v.tell(leave, leave) }, []chat.Event{chat.Arrived, chat.Accepted, chat.EndVisitor}},
		{"talks and goes by a form", func(ev *evening) {
			v, _, _ := ev.talk()
			_ = ev.e.Leave(ev.t.Context(), v.card)
			_ = ev.e.Leave(ev.t.Context(), v.card)
		}, []chat.Event{chat.Arrived, chat.Accepted, chat.EndVisitor}},
		{"is said goodbye to", func(ev *evening) {
			_, c, _ := ev.talk()
			c.tell(&wire.Frame{Kind: wire.Leave, Reason: "done"})
		}, []chat.Event{chat.Arrived, chat.Accepted, chat.EndDone}},
		{"both end it at once", func(ev *evening) {
			v, c, _ := ev.talk()
			c.send(&wire.Frame{Kind: wire.Leave, Reason: "done"})
			c.send(&wire.Frame{Kind: wire.Leave, Reason: "done"})
			v.tell(leave)
		}, nil}, // one of the two, which one the loop decides: checked below
		{"misuses", func(ev *evening) {
			_, c, _ := ev.talk()
			c.tell(&wire.Frame{Kind: wire.Leave, Reason: "misuse"})
		}, []chat.Event{chat.Arrived, chat.Accepted, chat.EndMisuse}},
		{"vanishes, and the counsellor closes", func(ev *evening) {
			v, c, _ := ev.talk()
			v.lose()
			pass(ev.set.Grace + time.Second)
			c.tell(&wire.Frame{Kind: wire.Leave, Reason: "done"})
		}, []chat.Event{chat.Arrived, chat.Accepted, chat.EndLeft}},
		{"vanishes, and nobody closes", func(ev *evening) {
			v, _, _ := ev.talk()
			v.lose()
			pass(20 * time.Minute)
		}, []chat.Event{chat.Arrived, chat.Accepted, chat.EndLeft}},
		{"falls silent", func(ev *evening) { ev.talk(); pass(13 * time.Minute) }, []chat.Event{chat.Arrived, chat.Accepted, chat.EndIdle}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inAnEvening(t, func(t *testing.T, ev *evening) {
				c.do(ev)
				settle()
				got := ev.c.Raised()
				if c.want == nil {
					if len(got) != 3 || (got[2] != chat.EndDone && got[2] != chat.EndVisitor) {
						t.Errorf("counted %q, want one end", got)
					}
				} else if !slices.Equal(got, c.want) {
					t.Errorf("counted %q, want %q", got, c.want)
				}
				for _, n := range ev.c.Counts() {
					if n.Channel != helpline.ByChat || n.Audience != helpline.Self || n.Locale != "en" || n.At.IsZero() {
						t.Errorf("%s is counted as %+v", n.Event, n)
					}
				}
			})
		})
	}
}
