package visitor_test

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// onePage is a browser on the page without frames.
type onePage struct {
	*browser
	page string
}

// onePage opens that page; whoever presses anything on it sends all of its form.
func (b *browser) onePage() *onePage {
	b.h.Helper()
	b.start()
	b.as("") // it shows no frames
	p := &onePage{browser: b}
	_, p.page = b.do("GET", "/en/talk/plain", nil)
	return p
}

// whole is the form of the page, with these words in the box.
func (p *onePage) whole(text, do string) url.Values {
	p.h.Helper()
	f := form(mainPart.FindString(p.page))
	f.Set("text", text)
	f.Set("do", do)
	return f
}

// press presses one of its buttons while these words stand in the box.
func (p *onePage) press(do, text string) string {
	p.h.Helper()
	if !strings.HasPrefix(do, "k") && !strings.Contains(p.page, `name="do" value="`+do+`"`) {
		p.h.Fatalf("there is no button %s: %s", do, mainPart.FindString(p.page))
	}
	_, p.page = p.do("POST", "/en/talk/plain", p.whole(text, do))
	return p.page
}

// TestPromiseWhateverIsPressedWithoutFramesTheWordsStay: loading again, the ready
// question, a card, a code, the sign of life and the end: what stands in the box
// stands there afterwards, and is sent by its own button and once.
func TestPromiseWhateverIsPressedWithoutFramesTheWordsStay(t *testing.T) {
	const words = "It took me <long> to write this."
	inACardHall(t, func(h *hall) {
		h.box.cards[h.box.opens] = "Lena, who is learning to sleep."
		c := h.counsellor()
		p := h.browser("visitor").onePage()
		stays := func(when string) {
			t.Helper()
			if n := strings.Count(p.page, ">It took me &lt;long&gt; to write this.</textarea>"); n != 1 {
				t.Errorf("%s: the words stand in %d boxes: %s", when, n, mainPart.FindString(p.page))
			}
		}
		pressed := func(do string) {
			t.Helper()
			p.press(do, words)
			stays(do)
		}
		pressed("look")
		f := p.whole(words, "look") // the enter key in the field of a code
		f.Set("code", someCode)
		_, p.page = p.do("POST", "/en/talk/plain", f)
		if stays("a code"); !strings.Contains(p.page, "learning to sleep") || strings.Contains(p.page, someCode) {
			t.Errorf("the code was not taken, or stands there: %s", mainPart.FindString(p.page))
		}
		c.next()
		pressed("look")
		pressed("more")
		time.Sleep(5 * time.Second)
		pressed("yes")
		c.accept()
		pressed("look")
		c.sends(proposed)
		pressed("look")
		pressed(named(t, p.page, "keep"))
		if !strings.Contains(p.page, "learning to sleep") {
			t.Errorf("the card is not there: %s", mainPart.FindString(p.page))
		}
		pressed("stay")
		if strings.Contains(c.screen(), "It took me") {
			t.Error("the words were sent by another button")
		}
		id := p.whole(words, "say").Get("id")
		pressed("look")
		if now := p.whole(words, "say").Get("id"); now != id {
			t.Errorf("the message has another name now: %s and %s: it could arrive twice", id, now)
		}

		// To the page that changes by itself, and its box.
		_, framed := p.do("POST", "/en/talk/plain?by=frames", p.whole(words, "look"))
		p.as("iframe")
		other := p.browser.page(framed)
		if _, box := other.do("GET", other.write, nil); !strings.Contains(box, ">It took me &lt;long&gt; to write this.</textarea>") {
			t.Errorf("the words did not come along to the other page: %s", box)
		}
		p.as("")
		_, p.page = p.do("GET", "/en/talk/plain?by=hand", nil)
		p.page = p.press("take", "")
		pressed("look")

		f = p.whole("My code is "+someCode, "look")
		if _, p.page = p.do("POST", "/en/talk/plain", f); strings.Contains(p.page, someCode) {
			t.Error("a code that was typed stands on the page")
		}
		p.press("say", words)
		if got := strings.Count(c.screen(), "It took me"); got != 1 {
			t.Errorf("the message arrived %d times", got)
		}
		if strings.Contains(p.page, words+"</textarea>") {
			t.Error("what was sent stands in the box still")
		}
		p.press("end", "And one thing more.")
		if !strings.Contains(p.page, "And one thing more.</textarea>") || !strings.Contains(p.page, `action="/en/write"`) {
			t.Errorf("after the end the words are gone: %s", mainPart.FindString(p.page))
		}
	})
}

// TestTheEndLeavesTheBoxAlone: who ends a conversation on the page with frames does
// not lose what stands in the other frame; sent later it is told so, with a way on.
func TestTheEndLeavesTheBoxAlone(t *testing.T) {
	inAHall(t, func(h *hall) {
		p, _ := h.talk()
		p.as("document")
		_, page := p.do("GET", "/en/talk/plain", nil)
		p.as("iframe")
		p = p.browser.page(page)
		p.press("take")
		say := p.box("I never sent this.")
		ending := ""
		for _, s := range stepsOf(mainPart.FindString(page)) {
			if s.form.Get("do") == "end" {
				ending = s.path
			}
		}
		if ending != p.words {
			t.Errorf("the end goes to %q and not to the frame that changes", ending)
		}
		has(t, "the end", p.press("end"), "/en/write", "/en/door")
		_, box := p.do("POST", p.write, say)
		if !strings.Contains(box, "I never sent this.") {
			t.Errorf("the words are gone: %s", box)
		}
	})
}
