package chat_test

import (
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/wire"
)

// Each of these tests stands for one rule that no honest page ever puts to the
// test: without it the rule could be taken out unnoticed.

// shown counts how often a link was shown a message.
func shown(p *person, id helpline.ID) (n int) {
	for _, f := range p.link.Frames(wire.Said) {
		if f.Entry.ID == id {
			n++
		}
	}
	return n
}

func TestAMessageSaidTwiceStandsOnce(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, _ := ev.talk()
		say := &wire.Frame{Kind: wire.Say, ID: helpline.NewID(), Body: `{"text":"once"}`}
		v.tell(say)
		v.tell(say)
		if n := shown(c, say.ID); n != 1 {
			t.Errorf("the other page was shown it %d times", n)
		}
		held := v.link.Frames(wire.Held)
		if len(held) != 2 || held[0].Entry.At != held[1].Entry.At {
			t.Errorf("the writer was answered %d times, want the same place twice", len(held))
		}
		c.tell(say) // of the other side it is another message
		if n := shown(v, say.ID); n != 1 {
			t.Errorf("the same number from the other side was shown %d times", n)
		}
	})
}

func TestAMarkBeyondTheHeadDeliversNothing(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, _ := ev.talk()
		v.mu.Lock()
		v.deaf = true // from here on nothing reaches this page
		v.mu.Unlock()
		v.tell(&wire.Frame{Kind: wire.Have, Upto: wire.MaxAt})
		id := c.say("never arrives")
		pass(time.Second)
		if got := c.fate(id); got == "delivered" || got == "" {
			t.Errorf("a message that no page has is %q", got)
		}
	})
}

func TestMarksOfDeliveryNeverGoBack(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, _ := ev.talk()
		c.say("first")
		c.say("second")
		pass(time.Second)
		first := v.link.Frames(wire.Said)[0].Entry.At
		v.tell(&wire.Frame{Kind: wire.Have, Upto: first})
		c.say("third")
		pass(time.Second)
		var told []int64
		for _, f := range c.link.Frames(wire.Have, wire.Held) {
			if f.Kind == wire.Held {
				told = append(told, f.Have)
			} else {
				told = append(told, f.Upto)
			}
		}
		if !slices.IsSorted(told) || told[len(told)-1] <= first {
			t.Errorf("the writer was told %d", told)
		}
	})
}

func TestAPageThatClaimsWhatCannotBeDoesNotStopTheOther(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, _ := ev.talk()
		c.say("before")
		pass(time.Second)
		v.card, _ = ev.e.Renew(t.Context(), v.card)
		ev.restart()
		v.dial()
		c.dial()
		pass(time.Second)
		if !c.page.Synced() || !v.page.Synced() {
			t.Fatal("they do not talk again after the restart")
		}
		// Nothing has been placed in this boot, so nobody can hold an entry of it.
		liar, err := ev.e.Visit(t.Context(), v.card, ev.newLink())
		if err != nil {
			t.Fatal(err)
		}
		liar.Receive(&wire.Frame{Kind: wire.Hello, V: wire.Version, Round: 1, Upto: 2<<32 + 99, Secret: v.secret})
		pass(time.Second)
		id := c.say("still talking")
		if got := c.fate(id); got != "held" {
			t.Errorf("the other page's message is %q", got)
		}
	})
}

func TestAnOldLinkOfASeatSaysNothingMore(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, _ := ev.talk()
		old := v.seat
		v.dial()
		say := &wire.Frame{Kind: wire.Say, ID: helpline.NewID(), Body: `{"text":"from a link that was left"}`}
		old.Receive(say)
		settle()
		if n := shown(c, say.ID); n != 0 {
			t.Errorf("the other page was shown it %d times", n)
		}
	})
}

func TestAFormerHolderWhoSatDownBeforeIsNotSeated(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, _, d := ev.talk()
		link := ev.newLink()
		seat, err := ev.e.Sit(t.Context(), d.member, v.who, link) // a second page, which says hello late
		if err != nil {
			t.Fatal(err)
		}
		to := counsellor("Alex")
		if err := ev.e.Handover(t.Context(), v.who, to); err != nil {
			t.Fatal(err)
		}
		fresh := ev.desk(to).sit(v.who)
		seat.Receive(&wire.Frame{Kind: wire.Hello, V: wire.Version, Round: 1, Upto: -1})
		settle()
		id := v.say("for the new counsellor")
		if _, dropped := fresh.link.Dropped(); dropped || !fresh.reads(id) {
			t.Error("the new counsellor has lost the seat")
		}
		if f := link.Last(wire.Closed); f == nil || f.Reason != "moved" || len(link.Frames(wire.Said)) > 0 {
			t.Errorf("the former holder's page is told %v", f)
		}
	})
}

func TestAContactThatTheStoreGivesToSomebodyElseIsNotTaken(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		d := ev.desk(counsellor("Robin"))
		v := ready(ev, d)
		_, err := ev.j.Accept(t.Context(), chat.Standing{Contact: v.who, Channel: helpline.ByChat, Term: 1, Holder: helpline.NewID(), Epoch: 100})
		if err != nil {
			t.Fatal(err)
		}
		d.accept(v.who)
		if d.took(v.who) != 0 || !slices.Equal(d.problems(), []string{"other"}) {
			t.Errorf("answered %d times, problems %q", d.took(v.who), d.problems())
		}
		if p := d.sit(v.who); p.stage() == "talking" {
			t.Error("the conversation opens for somebody who does not hold it")
		}
	})
}

func TestOnlyTheCounsellorLetsANewWindowSeeTheEarlierWords(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, _ := ev.talk()
		earlier := v.say("earlier words")
		pass(time.Second)
		window := &person{ev: ev, card: v.card, who: v.who, secret: helpline.NewID()}
		window.open()
		window.mu.Lock()
		hello := window.page.ContinueHere()
		window.mu.Unlock()
		window.tell(hello...)
		if window.stage() != "talking" {
			t.Fatalf("the new window is %q", window.stage())
		}
		window.tell(&wire.Frame{Kind: wire.Share})
		window.tell(&wire.Frame{Kind: wire.Want, After: 0, Upto: 1<<32 + 99})
		pass(time.Second)
		if window.reads(earlier) {
			t.Error("the new window has let itself see the earlier words")
		}
		c.tell(&wire.Frame{Kind: wire.Share})
		pass(time.Second)
		if !window.reads(earlier) {
			t.Error("the counsellor lets it, and it does not see them: this test sees nothing")
		}
	})
}
