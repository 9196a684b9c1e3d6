package chat_test

import (
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/wire"
)

// What somebody under 18 chose behind their door the counsellor is told in the
// conversation too, also after a restart, when only the ticket knows it.
func TestTheCounsellorIsToldTheWayOfSomebodyUnder18(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		d := ev.desk(counsellor("Robin"))
		card, err := ev.e.Arrive(t.Context(), chat.Arrival{Audience: helpline.Young, Matter: helpline.AboutHarm, Locale: "en", Version: 3})
		if err != nil {
			t.Fatal(err)
		}
		v := &person{ev: ev, card: card, who: card.Contact, secret: helpline.NewID()}
		v.open()
		c := ev.together(d, v)
		if s := c.link.Last(wire.Stage); s.Door != "young.harmed" {
			t.Errorf("in the conversation the counsellor is told %q", s.Door)
		}
		if seen := v.link.Last(wire.Stage).Door; seen != "" {
			t.Errorf("the visitor's page is told %q", seen)
		}
		ev.restart()
		v.dial()
		c.dial()
		pass(10 * time.Second)
		if s := c.link.Last(wire.Stage); s.Door != "young.harmed" {
			t.Errorf("after a restart the counsellor is told %q", s.Door)
		}
	})
}
