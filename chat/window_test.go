package chat_test

import (
	"testing"

	"helpline"
	"helpline/chat/sim"
	"helpline/chat/wire"
)

// window opens another window of the same browser, which knows no secret.
func (p *person) window() *person {
	w := &person{ev: p.ev, card: p.card, who: p.who, secret: helpline.NewID()}
	w.open()
	return w
}

// continueHere is the person's answer to the question of a new window.
func (p *person) continueHere() {
	p.mu.Lock()
	frames := p.page.ContinueHere()
	p.mu.Unlock()
	p.tell(frames...)
}

func TestAWindowLeftBehindDoesNotTakeTheContactBackByItself(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		first := ev.visitor()
		second := first.window()
		second.continueHere()
		second.mu.Lock()
		second.deaf = true // its network is gone, and nobody has noticed
		second.mu.Unlock()
		third := first.window()
		third.continueHere()
		if third.stage() != "waiting" {
			t.Fatalf("the third window is %q", third.stage())
		}
		second.mu.Lock()
		second.deaf = false
		second.mu.Unlock()
		second.dial() // back, with the "continue here" of then
		third.reload()
		if third.stage() != "waiting" || second.stage() == "talking" {
			t.Errorf("the window that is looked at is %q: the one left behind has taken the contact", third.stage())
		}
	})
}

func TestAPressThatWasAnsweredIsNotPressedAgainByTheNextLink(t *testing.T) {
	p := sim.NewPage(wire.Visitor, helpline.NewID())
	p.Open()
	if f := p.ContinueHere()[0]; !f.Take {
		t.Fatal("a press is not said")
	}
	if f := p.Open()[0]; !f.Take {
		t.Error("a press that nobody has answered is forgotten with the link")
	}
	p.Handle(&wire.Frame{Kind: wire.Stage, Stage: "waiting", Tab: 7})
	if f := p.Open()[0]; f.Take {
		t.Error("the next link presses again")
	}
}

func TestAPageThatAsksItsPersonFirstIsAnsweredToo(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, _, _ := ev.talk()
		talking, waiting := v.window(), ev.visitor().window()
		for name, p := range map[string]*person{"in the queue": waiting, "in a room": talking} {
			if p.stage() != "continue" {
				t.Fatalf("%s: the new window is %q, not asked", name, p.stage())
			}
			p.tell(&wire.Frame{Kind: wire.Have})
			if len(p.link.Frames(wire.Have)) == 0 {
				t.Errorf("%s: a page that asks whether we are there hears nothing, and gives its link up", name)
			}
			for _, f := range p.link.Frames() {
				if f.Kind != wire.Have && f.Kind != wire.Stage {
					t.Errorf("%s: it is also told %s", name, f.Kind)
				}
			}
		}
	})
}
