package visitor_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"helpline"
)

// onward fails unless a frame has a next step of our own that works, and none
// that leads nowhere.
func (p *bare) onward(when, frame string, wants ...string) {
	p.h.Helper()
	found := map[string]bool{}
	for _, s := range stepsOf(frame) {
		if strings.HasPrefix(s.path, "/en/talk/") {
			continue // a button of the frame itself
		}
		status, page := p.do(s.method, s.path, s.form)
		if status != http.StatusOK || len(mainPart.FindString(page)) < 100 {
			p.h.Errorf("%s: this step leads nowhere (%d): %s", when, status, s)
		}
		found[strings.SplitN(s.path, "?", 2)[0]] = true
	}
	for _, want := range wants {
		if !found[want] {
			p.h.Errorf("%s: %s is not among the next steps %v", when, want, found)
		}
	}
}

// until looks at the frame every ten seconds until the wait has ended.
func (p *bare) until(end string) string {
	for range 120 {
		if frame := p.looks(); strings.Contains(frame, end) {
			return frame
		}
		time.Sleep(10 * time.Second)
	}
	p.h.Errorf("nobody is ever told %q", end)
	return ""
}

// TestPromiseNoDeadEndWithoutScripts: every way in which a wait or a
// conversation ends leaves a page without scripts with next steps that work;
// and so does whatever is asked for after that.
func TestPromiseNoDeadEndWithoutScripts(t *testing.T) {
	for name, do := range map[string]func(h *hall, c *counsellor, p *bare) string{
		"the line closes": func(h *hall, _ *counsellor, p *bare) string {
			h.hours.Set(helpline.Hours{Shut: helpline.ShutHours})
			time.Sleep(2 * time.Second)
			return p.until("We have closed now")
		},
		"nobody comes": func(_ *hall, c *counsellor, p *bare) string {
			c.board.Gone()
			return p.until("Nobody could come today")
		},
		"two questions are not answered": func(_ *hall, c *counsellor, p *bare) string {
			c.next()
			return p.until("We asked twice whether you were ready")
		},
		"the place is given up": func(_ *hall, _ *counsellor, p *bare) string { return p.press("end") },
	} {
		t.Run(name, func(t *testing.T) {
			inAHall(t, func(h *hall) {
				staff := h.counsellor()
				p := h.browser("visitor").start()
				has(t, "the wait", p.looks(), "You are the next in line.")
				p.onward(name, do(h, staff, p), "/en/write", "/en/door", "/en/")
				has(t, "the frame later", p.looks(), "Your visit has ended.")
				p.onward(name+", later", p.looks(), "/en/write", "/en/")
			})
		})
	}
	t.Run("a conversation ends", func(t *testing.T) {
		inAHall(t, func(h *hall) {
			p, _ := h.talk()
			p.onward("a conversation ends", p.press("end"), "/en/write", "/en/door", "/en/")
		})
	})
}

// The words that stand in the box go over in one move, also when the line has
// closed meanwhile: in the frames, and on the page without frames.
func TestPromiseTheWordsInTheBoxGoOverWithoutScripts(t *testing.T) {
	const words = "I do not know how to begin."
	for _, closed := range []bool{false, true} {
		inAHall(t, func(h *hall) {
			h.counsellor()
			p := h.browser("visitor").start()
			p.looks()
			p.say(words) // nobody is there yet: they stay in the box
			form := p.box(words)
			if closed {
				h.hours.Set(helpline.Hours{Shut: helpline.ShutHours})
				time.Sleep(2 * time.Second)
				p.until("We have closed now")
			}
			_, frame := p.do("POST", p.write, form)
			has(t, "the box", frame, words, `action="/en/write"`, `="_top"`, `name="step"`, `value="move"`)
			form.Set("step", "move")
			form.Del("do")
			status, page := p.do("POST", "/en/write", form)
			if status != http.StatusOK {
				t.Fatalf("answered %d", status)
			}
			has(t, "the form of a message", page, words)
			if len(h.letters.kept) != 0 {
				t.Error("something was sent before the visitor said so")
			}
		})
	}
	inAHall(t, func(h *hall) {
		h.counsellor()
		b := h.browser("visitor")
		b.start()
		b.as("")
		_, page := b.do("GET", "/en/talk/plain?by=hand", nil)
		f := form(page)
		f.Set("text", words)
		f.Set("do", "say")
		h.hours.Set(helpline.Hours{Shut: helpline.ShutHours})
		time.Sleep(2 * time.Second)
		_, page = b.do("POST", "/en/talk/plain", f)
		has(t, "the page without frames", page, "We have closed now", words, `action="/en/write"`)
	})
}
