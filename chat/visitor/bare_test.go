package visitor_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat/wire"
)

func has(t *testing.T, what, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			t.Errorf("%s does not show %q: %s", what, text, page)
		}
	}
}

func hasNot(t *testing.T, what, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(page, text) {
			t.Errorf("%s shows %q: %s", what, text, page)
		}
	}
}

// TestPromiseItWorksWithoutScripts walks the whole way: the place, the ready
// question, words both ways and their delivery, the end and what comes after.
func TestPromiseItWorksWithoutScripts(t *testing.T) {
	inAHall(t, func(h *hall) {
		c := h.counsellor()
		p := h.browser("visitor").start()
		has(t, "the frame", p.looks(), "You are the next in line.", `content="10; url=/en/talk/words/`)
		has(t, "the box", p.say("Hello."), "Nobody is with you yet.", ">Hello.</textarea>")
		c.next()
		has(t, "the frame", p.looks(), "Are you ready?", "73 seconds left", `value="yes"`)
		has(t, "the frame", p.press("more"), "seconds left")
		has(t, "the frame", p.press("yes"), "Somebody comes to you in a moment.")
		c.accept()
		flow := p.stream()
		has(t, "the box", p.say("Hello."), "Sent.")
		time.Sleep(time.Second)
		if c.screen() != "Hello." {
			t.Errorf("the counsellor sees %q", c.screen())
		}
		if !c.link.Last(wire.Stage).Plain {
			t.Error("the counsellor is not told that this page has no scripts")
		}
		c.say("Good evening.")
		time.Sleep(time.Second)
		has(t, "the stream", flow.shows(), "a person, not a computer", "Hello.", "Good evening.", `<i class="got">`)
		if c.screen() != "Hello. | Good evening. [delivered]" {
			t.Errorf("the counsellor sees %q", c.screen())
		}
		c.press(&wire.Frame{Kind: wire.Leave, Reason: "done"})
		time.Sleep(time.Second)
		has(t, "the stream", flow.shows(), "Your counsellor has closed it.", "What you can do now", `action="/en/door"`)
		if flow.over() {
			t.Error("the words are taken away at once")
		}
		has(t, "the box", p.say("One more thing."), "Your visit has ended.")
		time.Sleep(16 * time.Minute)
		if !flow.over() {
			t.Error("after a quarter of an hour the words still stand there")
		}
	})
}

// TestWhatIsOnlyWrittenToAStreamIsNotDelivered: only a later request of the
// browser says that the page has something.
func TestWhatIsOnlyWrittenToAStreamIsNotDelivered(t *testing.T) {
	inAHall(t, func(h *hall) {
		p, c := h.talk()
		p.blind.Store(true) // from here on it asks for no pictures
		c.say("Can you see this?")
		time.Sleep(5 * time.Second)
		has(t, "the stream", p.flow.shows(), "Can you see this?")
		if c.screen() != "Can you see this? [held]" {
			t.Errorf("the counsellor sees %q", c.screen())
		}
	})
}

func TestAStreamThatAProxyKeepsBackBecomesAPageThatIsLoadedAgain(t *testing.T) {
	inAHall(t, func(h *hall) {
		c := h.counsellor()
		p := h.browser("visitor").start()
		p.blind.Store(true) // what is kept back cannot be answered
		p.looks()
		c.next()
		p.press("yes")
		c.accept()
		flow := p.stream()
		time.Sleep(10 * time.Second)
		if !flow.over() {
			t.Fatal("a stream that nobody confirms goes on")
		}
		has(t, "the stream", flow.shows(), "Your line keeps this page back.", "</html>")
		c.say("Can you see this?")
		page := p.looks()
		has(t, "the page", page, "Can you see this?", `http-equiv="refresh" content="8;`)
		if c.screen() != "Can you see this? [held]" {
			t.Errorf("shown once, the counsellor sees %q", c.screen())
		}
		p.words = between(page, "url=", `"`)
		p.looks()
		time.Sleep(time.Second)
		if c.screen() != "Can you see this? [delivered]" {
			t.Errorf("asked again, the counsellor sees %q", c.screen())
		}
	})
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return strings.ReplaceAll(s, "&amp;", "&")
}

func TestAnImpatientFingerSendsOnce(t *testing.T) {
	inAHall(t, func(h *hall) {
		p, c := h.talk()
		f := p.box("Once.")
		for range 3 {
			_, page := p.do("POST", p.write, f)
			has(t, "the box", page, "Sent.")
		}
		time.Sleep(time.Second)
		if c.screen() != "Once." {
			t.Errorf("the counsellor sees %q", c.screen())
		}
	})
}

func TestAFormWithoutScriptsGivesTheWordsBackWithTheReason(t *testing.T) {
	inAHall(t, func(h *hall) {
		p, c := h.talk()
		for name, tc := range map[string]struct{ text, why string }{
			"too long":     {strings.Repeat("word ", 801), "This is too long."},
			"one long run": {strings.Repeat("x", 201), "a very long word"},
			"a picture":    {"data:image/png;base64,AAAA, look", "Pictures and files cannot be sent here."},
		} {
			page := p.say(tc.text)
			has(t, name, page, tc.why, strings.TrimSpace(tc.text)+"</textarea>")
		}
		f := p.box("Where am I?")
		f.Set("after", "never")
		_, page := p.do("POST", p.write, f)
		has(t, "a form with another place", page, "Please look there first.", "Where am I?</textarea>")
		f = p.box("Far ahead.")
		f.Set("after", "9007199254740991")
		p.do("POST", p.write, f)
		f = p.box("Old.")
		f.Set("id", "not an id")
		_, page = p.do("POST", p.write, f)
		has(t, "a form with no id", page, "Please look there first.")
		time.Sleep(time.Second)
		if c.screen() != "Far ahead." {
			t.Errorf("the counsellor sees %q", c.screen())
		}
	})
}

// TestPromiseWhoeverOpensTheAddressNextSeesNoWordWithoutScripts: a new load of
// the page starts empty, its frames' old addresses show nothing, and the
// counsellor may share what was said, after asking.
func TestPromiseWhoeverOpensTheAddressNextSeesNoWordWithoutScripts(t *testing.T) {
	inAHall(t, func(h *hall) {
		p, c := h.talk()
		p.say("A word of mine.")
		c.say("A word of Robin's.")
		time.Sleep(time.Second)
		p.flow.stop()
		next := p.load()
		page := next.looks()
		has(t, "the new page", page, "Continue?")
		old := p.looks()
		has(t, "the old frame", old, "open in another window")
		for what, shown := range map[string]string{"the new page": page, "the old frame": old, "the box": next.say("Me?")} {
			hasNot(t, what, shown, "A word of")
		}
		next.as("document")
		has(t, "a frame alone", next.looks(), "only a part of a page")
		next.as("iframe")
		next.pressTake()
		flow := next.stream()
		hasNot(t, "the window that goes on", flow.shows(), "A word of")
		has(t, "the window that goes on", flow.shows(), "This is a new page.")
		has(t, "the box", next.say("It is still me."), "Sent.")
		if last := c.link.Frames(wire.Presence); len(last) == 0 || !windowed(last) {
			t.Error("the counsellor is not told of the new window")
		}
		c.press(&wire.Frame{Kind: wire.Share})
		time.Sleep(time.Second)
		has(t, "what was shared", flow.shows(), "These words are from before", "A word of mine.", "A word of Robin&#39;s.")
	})
}

func windowed(frames []*wire.Frame) bool {
	for _, f := range frames {
		if f.State == "window" {
			return true
		}
	}
	return false
}

// pressTake presses "go on" and does not wait for the stream that follows.
func (p *bare) pressTake() {
	p.h.Helper()
	resp, err := p.open(p.h.Context(), "POST", p.words, url.Values{"do": {"take"}})
	if err != nil {
		p.h.Fatal(err)
	}
	_ = resp.Body.Close()
}

func TestAnotherPersonsSecretOpensNothing(t *testing.T) {
	inAHall(t, func(h *hall) {
		p, c := h.talk()
		p.say("A word of mine.")
		other := h.browser("other").start()
		other.words, other.write = p.words, p.write
		hasNot(t, "the frame", other.looks(), "A word of")
		other.say("Not theirs.")
		forged := h.browser("nobody")
		if status, page := forged.do("GET", p.words, nil); status != 401 || strings.Contains(page, "A word of") {
			t.Errorf("without a ticket the frame is answered %d: %s", status, page)
		}
		forged.cookies["__Host-place"] = "Zm9yZ2Vk"
		if status, _ := forged.do("POST", p.write, url.Values{"do": {"say"}, "text": {"x"}}); status != 401 {
			t.Errorf("with a forged ticket the form is answered %d", status)
		}
		p.words = "/en/talk/words/" + helpline.NewID().String()
		hasNot(t, "a made up address", p.looks(), "A word of")
		time.Sleep(time.Second)
		if c.screen() != "A word of mine." {
			t.Errorf("the counsellor sees %q", c.screen())
		}
	})
}

// TestPromiseTheThreadIsNotLostWithoutScripts: after kill -9 the frame, which
// asks again by itself, shows what has arrived; the same page goes on.
func TestPromiseTheThreadIsNotLostWithoutScripts(t *testing.T) {
	inAHall(t, func(h *hall) {
		p, c := h.talk()
		p.say("Before.")
		c.say("Heard.")
		time.Sleep(time.Second)
		contact := c.contact()
		c.mu.Lock()
		c.page.Handle(&wire.Frame{Kind: wire.Have, Upto: 1 << 40})
		c.mu.Unlock()
		h.kill()
		c.attend()
		c.sit(contact)
		time.Sleep(4 * time.Second)
		if !p.flow.over() {
			t.Fatal("the stream of a dead server goes on")
		}
		flow := p.stream()
		has(t, "the frame", flow.shows(), "The line was interrupted. What stands here has arrived.", "Before.", "Heard.")
		has(t, "the box", p.say("After."), "Sent.")
		time.Sleep(time.Second)
		if !strings.HasSuffix(c.screen(), "After.") {
			t.Errorf("the counsellor sees %q", c.screen())
		}
	})
}

func (c *counsellor) contact() helpline.ID {
	b := c.lane.Last(wire.Board)
	if b == nil || len(b.Yours) == 0 {
		c.h.Fatal("the board shows no conversation")
	}
	return b.Yours[0].Contact
}

func TestAnIdleConversationWarnsAndWipesWithoutScripts(t *testing.T) {
	inAHall(t, func(h *hall) {
		p, c := h.talk()
		p.say("A word of mine.")
		c.say("A word of Robin's.")
		time.Sleep(10*time.Minute + 5*time.Second)
		has(t, "the stream", p.flow.shows(), "The conversation ends soon", "Press “I am still here”")
		p.do("POST", p.write, url.Values{"do": {"stay"}})
		time.Sleep(time.Second)
		has(t, "the stream", p.flow.shows(), "Good. The conversation goes on.")
		time.Sleep(13 * time.Minute)
		if !p.flow.over() {
			t.Fatal("an idle conversation does not end")
		}
		page := p.looks()
		has(t, "the frame", page, "We wiped the words from this page")
		hasNot(t, "the frame", page, "A word of")
	})
}

func TestAPageWithoutScriptsThatIsClosedIsMissed(t *testing.T) {
	inAHall(t, func(h *hall) {
		p, c := h.talk()
		p.flow.stop()
		time.Sleep(time.Minute)
		if last := c.link.Last(wire.Presence); last == nil || last.State != "unsure" {
			t.Errorf("after a minute the counsellor is told %v", last)
		}
		time.Sleep(2 * time.Minute)
		if last := c.link.Last(wire.Presence); last.State != "gone" {
			t.Errorf("after three minutes the counsellor is told %s", last.State)
		}
		flow := p.stream()
		if last := c.link.Last(wire.Presence); last.State != "here" {
			t.Errorf("back, the counsellor is told %s", last.State)
		}
		has(t, "the frame", flow.shows(), "a person, not a computer")
	})
}
