package visitor_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"helpline"
	"helpline/chat/wire"
)

// TestWordsOutliveTheLinkTheyWereToGoBy: the link ends while a form is on its
// way. The words stand in the box again, of the same page and of no other.
func TestWordsOutliveTheLinkTheyWereToGoBy(t *testing.T) {
	inAHall(t, func(h *hall) {
		p, _ := h.talk()
		say := p.box("This must not be lost.")
		other := p.load() // another window takes the seat
		other.press("take")
		if box := p.h.send(p, say); !strings.Contains(box, ">This must not be lost.</textarea>") {
			t.Fatalf("the box has lost the words: %s", box)
		}
		time.Sleep(time.Second)
		p.press("take")
		_, box := p.do("GET", p.write, nil)
		has(t, "the box after continuing here", box, ">This must not be lost.</textarea>")
		_, box = other.do("GET", other.write, nil)
		hasNot(t, "the box of the other page", box, "This must not be lost.")
	})
}

func (h *hall) send(p *bare, form url.Values) string {
	h.Helper()
	_, page := p.do("POST", p.write, form)
	return page
}

// TestWordsOfAPageWithoutFramesComeBackWhateverHasHappened: the ticket has
// expired while somebody typed, or another page was opened.
func TestWordsOfAPageWithoutFramesComeBackWhateverHasHappened(t *testing.T) {
	inAHall(t, func(h *hall) {
		p, _ := h.talk()
		p.flow.stop()
		p.as("")
		_, page := p.do("GET", "/en/talk/plain?by=hand", nil)
		say := form(page)
		say.Set("text", "It took me long to write this.")
		say.Set("do", "say")
		p.do("GET", "/en/talk/plain?by=hand", nil) // another window
		_, page = p.do("POST", "/en/talk/plain", say)
		take := form(page)
		take.Set("do", "take")
		_, page = p.do("POST", "/en/talk/plain", take)
		has(t, "the page that continues here", page, "It took me long to write this.")
		clear(p.cookies)
		_, page = p.do("POST", "/en/talk/plain", say)
		has(t, "the page of an expired visit", page, "It took me long to write this.")
	})
}

// TestOneTicketKeepsFewPages: whoever loads pages for ever with one ticket
// makes the line keep no more than a few.
func TestOneTicketKeepsFewPages(t *testing.T) {
	inAHall(t, func(h *hall) {
		few := func(when string, p *bare) {
			for range 100 {
				p.do("GET", "/en/talk/words/"+helpline.NewID().String()+"?by=refresh", nil)
			}
			if n := h.site.Pages(); n > 8 {
				t.Errorf("%s: one ticket has %d pages open", when, n)
			}
		}
		waits := h.browser("who waits").start()
		few("waiting", waits)
		waits.press("end")
		time.Sleep(16 * time.Minute)
		p, c := h.talk()
		few("talking", p)
		kept := p.cookies["__Host-place"]
		c.press(&wire.Frame{Kind: wire.Leave, Reason: "done"})
		time.Sleep(time.Second)
		for range 100 {
			p.cookies["__Host-place"] = kept
			p.do("GET", "/en/talk/words/"+helpline.NewID().String(), nil)
		}
		if n := h.site.Pages(); n > 8 {
			t.Errorf("ended: one ticket has %d pages open", n)
		}
	})
}

// TestALetterTakesNobodyOutOfAConversation: the ticket that came with the
// letter says that its visitor waits, and by now somebody talks with them.
func TestALetterTakesNobodyOutOfAConversation(t *testing.T) {
	inAHall(t, func(h *hall) {
		c := h.counsellor()
		b := h.browser("visitor")
		p := b.start()
		p.looks()
		early := map[string]string{}
		for k, v := range b.cookies {
			early[k] = v
		}
		c.next()
		p.looks()
		p.press("yes")
		c.accept()
		b.cookies = early
		_, page := b.do("GET", "/en/before/1", nil)
		version := form(page).Get("version")
		resp, err := b.open(context.Background(), "POST", "/en/write", url.Values{
			"form": {helpline.NewID().String()}, "door": {"self"}, "text": {"I would like to talk."}, "begun": {"1"}, "version": {version},
		})
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if len(h.letters.kept) != 1 {
			t.Fatalf("kept %d letters", len(h.letters.kept))
		}
		if b.cookies["__Host-place"] == "" {
			t.Error("a letter has taken the place of somebody in a conversation")
		}
	})
}

// TestAFrameThatCannotBeOpenedAsksAgainAndKeepsTheWords: no frame is left with
// an error page that only a reload would end.
func TestAFrameThatCannotBeOpenedAsksAgainAndKeepsTheWords(t *testing.T) {
	r := newRig(t)
	r.engine.renewErr = helpline.Errorf(helpline.Unavailable, "stopping")
	cookie := r.holding(newTicket(helpline.Self))
	page := helpline.NewID().String()
	for _, frame := range []string{"/en/talk/words/", "/en/talk/write/"} {
		got := r.do("GET", frame+page, nil, cookie)
		if got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Refresh") != "5" {
			t.Errorf("%s: %d, Refresh %q", frame, got.StatusCode, got.Header.Get("Refresh"))
		}
	}
	id := helpline.NewID().String()
	got := r.do("POST", "/en/talk/write/"+page, url.Values{"do": {"say"}, "id": {id}, "after": {"7"}, "text": {"Do not lose <this>."}}, cookie)
	if !strings.Contains(got.body, ">Do not lose &lt;this&gt;.</textarea>") || form(got.body).Get("id") != id || got.Header.Get("Refresh") != "" {
		t.Errorf("a form that could not be taken does not come back: %s", got.body)
	}
}

// TestTwoFramesThatAreAskedForAtOnceAreOnePage: a browser asks for both in the
// same moment, and none of them may take the place of the other.
func TestTwoFramesThatAreAskedForAtOnceAreOnePage(t *testing.T) {
	inAHall(t, func(h *hall) {
		h.slow = 50 * time.Millisecond
		h.kill()
		p := h.browser("visitor").start()
		var all sync.WaitGroup
		for range 4 {
			for _, path := range []string{p.words, p.write} {
				all.Go(func() { p.do("GET", path, nil) })
			}
		}
		all.Wait()
		if n := h.site.Made(); n != 1 {
			t.Errorf("%d pages were made", n)
		}
		if page := p.looks(); !strings.Contains(page, "You are the first") && !strings.Contains(page, "next") {
			t.Errorf("the page shows %s", page)
		}
	})
}
