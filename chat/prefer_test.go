package chat_test

import (
	"testing"
	"time"

	"helpline"
	"helpline/chat/wire"
)

// TestWhoComesBackIsLeftToTheCounsellorTheyAgreedWithForAWhile: not longer, not to
// somebody who is not here, and the place stays what it was.
func TestWhoComesBackIsLeftToTheCounsellorTheyAgreedWithForAWhile(t *testing.T) {
	prefer := func(t *testing.T, ev *evening, p *person, d *desk) {
		t.Helper()
		if err := ev.e.Prefer(t.Context(), p.who, []helpline.ID{d.member.Person}); err != nil {
			t.Fatal(err)
		}
		settle()
	}
	t.Run("another who asks takes the next", func(t *testing.T) {
		inAnEvening(t, func(t *testing.T, ev *evening) {
			pass(ev.set.Settle)
			first, second := ev.visitor(), ev.visitor()
			alex, robin := ev.desk(counsellor("Alex")), ev.desk(counsellor("Robin"))
			prefer(t, ev, first, robin)
			alex.next()
			pass(time.Second)
			if first.stage() != "waiting" || second.stage() != "offered" {
				t.Fatalf("who prefers Robin is %q, the next %q", first.stage(), second.stage())
			}
			robin.next()
			pass(time.Second)
			if first.stage() != "offered" {
				t.Errorf("Robin has asked, and who prefers Robin is %q", first.stage())
			}
		})
	})
	t.Run("they are asked first for that counsellor", func(t *testing.T) {
		inAnEvening(t, func(t *testing.T, ev *evening) {
			pass(ev.set.Settle)
			first, second := ev.visitor(), ev.visitor()
			robin := ev.desk(counsellor("Robin"))
			prefer(t, ev, second, robin)
			robin.next()
			pass(time.Second)
			if first.stage() != "waiting" || second.stage() != "offered" {
				t.Errorf("the first is %q, who prefers Robin %q", first.stage(), second.stage())
			}
			second.tell(&wire.Frame{Kind: wire.Ready})
			if robin.accept(second.who); robin.took(second.who) != 1 {
				t.Error("Robin does not get who came back")
			}
		})
	})
	t.Run("five minutes, and no longer", func(t *testing.T) {
		inAnEvening(t, func(t *testing.T, ev *evening) {
			pass(ev.set.Settle)
			only := ev.visitor()
			alex, robin := ev.desk(counsellor("Alex")), ev.desk(counsellor("Robin"))
			prefer(t, ev, only, robin)
			alex.next()
			pass(4 * time.Minute)
			if only.stage() != "waiting" {
				t.Fatalf("after four minutes %q", only.stage())
			}
			pass(61 * time.Second)
			if only.stage() != "offered" {
				t.Errorf("after five minutes %q", only.stage())
			}
		})
	})
	t.Run("nobody waits for a counsellor who has gone", func(t *testing.T) {
		inAnEvening(t, func(t *testing.T, ev *evening) {
			pass(ev.set.Settle)
			only := ev.visitor()
			alex, robin := ev.desk(counsellor("Alex")), ev.desk(counsellor("Robin"))
			prefer(t, ev, only, robin)
			alex.next()
			pass(time.Second)
			robin.tell(&wire.Frame{Kind: wire.Duty})
			pass(time.Second)
			if only.stage() != "offered" {
				t.Errorf("Robin has gone off duty, and the visitor is %q", only.stage())
			}
		})
	})
	t.Run("who does not wait is passed over", func(t *testing.T) {
		inAnEvening(t, func(t *testing.T, ev *evening) {
			if err := ev.e.Prefer(t.Context(), helpline.NewID(), []helpline.ID{helpline.NewID()}); err != nil {
				t.Error(err)
			}
		})
	})
}
