package chat_test

import (
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/wire"
)

// TestAClosingThatWasKeptAndReportedAsFailedEndsTheConversation: a disk that does
// what it says it has not done leaves no room that nobody can close.
func TestAClosingThatWasKeptAndReportedAsFailedEndsTheConversation(t *testing.T) {
	lie := helpline.Errorf(helpline.Unavailable, "the disk does not answer")
	for _, c := range []struct {
		name        string
		first, then func(ev *evening, v, c *person)
		reason      string
		counted     chat.Event
	}{
		{"by the counsellor, twice", leave("done"), leave("done"), "counsellor", chat.EndDone},
		{"misuse, then by the visitor: it stays misuse", leave("misuse"), func(ev *evening, v, _ *person) { _ = ev.e.Leave(ev.t.Context(), v.card) }, "misuse", chat.EndMisuse},
		{"by the visitor's form, then by the counsellor", func(ev *evening, v, _ *person) {
			if err := ev.e.Leave(ev.t.Context(), v.card); helpline.KindOf(err) != helpline.Unavailable {
				ev.t.Errorf("leaving was answered %v", err)
			}
		}, leave("done"), "visitor", chat.EndVisitor},
		{"and a handover finds it closed", leave("done"), func(ev *evening, v, _ *person) {
			m := counsellor("Alex")
			if err := ev.e.Handover(ev.t.Context(), v.who, m); helpline.KindOf(err) != helpline.NotFound {
				ev.t.Errorf("the handover was answered %v", err)
			}
		}, "counsellor", chat.EndDone},
	} {
		t.Run(c.name, func(t *testing.T) {
			inAnEvening(t, func(t *testing.T, ev *evening) {
				v, robin, _ := ev.talk()
				ev.j.Mislead(lie)
				c.first(ev, v, robin)
				if v.ended() != "" || robin.ended() != "" {
					t.Fatal("it ends although the disk says no: this test sees nothing")
				}
				ev.j.Mislead(nil)
				c.then(ev, v, robin)
				pass(time.Second)
				for _, p := range []*person{v, robin} {
					if reason, _ := p.end(); reason != c.reason {
						t.Errorf("a page is told %q, want %q", reason, c.reason)
					}
				}
				if got := ev.c.Raised(); !slices.Contains(got, c.counted) || slices.Index(got, c.counted) != len(got)-1 {
					t.Errorf("counted %q", got)
				}
				if st, _ := ev.j.Row(v.who); !st.Closed {
					t.Errorf("the journal says %+v", st)
				}
			})
		})
	}
}

func leave(reason string) func(*evening, *person, *person) {
	return func(_ *evening, _, c *person) { c.tell(&wire.Frame{Kind: wire.Leave, Reason: reason}) }
}

// TestAHandoverThatWasKeptAndReportedAsFailedIsNoDeadEnd: it can be made again, to
// the same or to another, and the conversation can be closed.
func TestAHandoverThatWasKeptAndReportedAsFailedIsNoDeadEnd(t *testing.T) {
	for _, then := range []string{"again", "to another", "close"} {
		t.Run(then, func(t *testing.T) {
			inAnEvening(t, func(t *testing.T, ev *evening) {
				v, robin, _ := ev.talk()
				alex, kim := counsellor("Alex"), counsellor("Kim")
				ev.j.Mislead(helpline.Errorf(helpline.Unavailable, "the disk does not answer"))
				if err := ev.e.Handover(t.Context(), v.who, alex); helpline.KindOf(err) != helpline.Unavailable {
					t.Fatalf("answered %v", err)
				}
				ev.j.Mislead(nil)
				holder, closed := alex.Person, false
				var err error
				switch then {
				case "again":
					err = ev.e.Handover(t.Context(), v.who, alex)
				case "to another":
					holder, err = kim.Person, ev.e.Handover(t.Context(), v.who, kim)
				default:
					closed = true
					robin.tell(&wire.Frame{Kind: wire.Leave, Reason: "done"})
				}
				pass(time.Second)
				st, _ := ev.j.Row(v.who)
				if err != nil || st.Closed != closed || !closed && st.Holder != holder {
					t.Errorf("%v; the journal says %+v", err, st)
				}
				if closed && v.ended() == "" {
					t.Error("the visitor's page has no end")
				}
				if want := 2; then == "to another" && st.Term != want+1 || then == "again" && st.Term != want {
					t.Errorf("the term is %d", st.Term)
				}
			})
		})
	}
}
