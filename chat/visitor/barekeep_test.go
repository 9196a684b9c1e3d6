package visitor_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/chat/wire"
)

// sends puts something that is not words into the conversation.
func (c *counsellor) sends(body string) {
	c.mu.Lock()
	_, out := c.page.Say(body)
	c.tell(out)
	c.mu.Unlock()
	synctest.Wait()
}

// bodies is what the counsellor's page holds of the visitor, as it came.
func (c *counsellor) bodies() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, l := range c.page.Screen() {
		if !l.Mine {
			out = append(out, l.Body)
		}
	}
	return strings.Join(out, " | ")
}

// inACardHall is inAHall on a line that keeps cards.
func inACardHall(t *testing.T, do func(h *hall)) {
	t.Helper()
	inAHall(t, func(h *hall) {
		h.box = &cardbox{cards: map[helpline.ID]string{}, opens: helpline.NewID(), holders: map[helpline.ID][]helpline.ID{}}
		h.kill() // and comes up with the box
		do(h)
	})
}

var keepForm = regexp.MustCompile(`(?s)<form[^>]* action="([^"]+)" target="([^"]+)">(?:<input type="hidden" name="page" value="([^"]*)">)?\s*<input type="hidden" name="at" value="(\d+)">`)

// beside gives the form that stands beside a card.
func beside(t *testing.T, page string) (action, target string, f url.Values) {
	t.Helper()
	m := keepForm.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no form stands beside the card: %s", page)
	}
	f = url.Values{"at": {m[4]}}
	if m[3] != "" {
		f.Set("page", m[3])
	}
	return m[1], m[2], f
}

// named is the button beside a card on the page that is one form: it names its card.
func named(t *testing.T, page, do string) string {
	t.Helper()
	m := regexp.MustCompile(`name="do" value="(` + do + `\.\d+)"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no button %s stands beside the card: %s", do, page)
	}
	return m[1]
}

const proposed = `{"keep":"Lena, who is learning to sleep."}`

func TestACardIsKeptAndItsCodeShownOnceWithoutScripts(t *testing.T) {
	inACardHall(t, func(h *hall) {
		p, c := h.talk()
		c.sends(proposed)
		time.Sleep(time.Second)
		shown := p.flow.shows()
		if !strings.Contains(shown, "learning to sleep") || !strings.Contains(shown, "Do you want to keep this card?") {
			t.Fatalf("the card is not offered: %s", shown)
		}
		action, target, f := beside(t, shown)
		if action != p.words || target != "words" { // the whole frame, not the stream in it
			t.Errorf("the answer goes to %s in %s", action, target)
		}
		f.Set("do", "keep")
		for range 2 { // an impatient finger
			p.do("POST", action, f)
		}
		p.stream()
		shown = p.flow.shows()
		if strings.Count(shown, someCode) != 1 || len(h.box.letterbox.kept) != 1 || h.box.letterbox.kept[0].Card != "Lena, who is learning to sleep." {
			t.Fatalf("kept %d: %s", len(h.box.letterbox.kept), shown)
		}
		if got := c.bodies(); strings.Count(got, `{"kept":"Lena, who is learning to sleep."`) != 1 || strings.Contains(got, "babab") {
			t.Errorf("the counsellor has %s", got)
		}
		f.Set("do", "noted")
		p.do("POST", action, f)
		p.stream()
		if shown = p.flow.shows(); strings.Contains(shown, someCode) || !strings.Contains(shown, "The card is kept with your code.") {
			t.Errorf("after it was written down: %s", shown)
		}
		// The next card takes the place of the first, behind the same code.
		c.sends(`{"keep":"Lena, who sleeps."}`)
		time.Sleep(time.Second)
		_, _, f = beside(t, p.flow.shows())
		f.Set("do", "keep")
		p.do("POST", action, f)
		p.stream()
		if h.box.cards[h.box.opens] != "Lena, who sleeps." || len(h.box.letterbox.kept) != 1 || strings.Contains(p.flow.shows(), someCode) {
			t.Errorf("%v: %s", h.box.cards, p.flow.shows())
		}
		if h.box.agreed != 2 { // or who comes back is not met again, and nobody counts it
			t.Errorf("agreed %d times", h.box.agreed)
		}
	})
}

func TestACardThatIsNotWantedIsNotKeptWithoutScripts(t *testing.T) {
	inACardHall(t, func(h *hall) {
		p, c := h.talk()
		c.sends(proposed)
		time.Sleep(time.Second)
		action, _, f := beside(t, p.flow.shows())
		f.Set("do", "keepno")
		for range 2 {
			p.do("POST", action, f)
		}
		if got := c.screen(); strings.Count(got, "I would rather not keep a card.") != 1 {
			t.Errorf("the counsellor has %s", got)
		}
		p.stream()
		if shown := p.flow.shows(); strings.Contains(shown, "Do you want to keep") || len(h.box.letterbox.kept) != 0 {
			t.Errorf("it is asked again: %s", shown)
		}
		// Words of the visitor's own, a place nobody proposed: nothing is kept.
		p.say("hello")
		for _, at := range []string{"", "0", "-1", "9223372036854775807", "x"} {
			p.do("POST", action, url.Values{"do": {"keep"}, "at": {at}})
		}
		if len(h.box.letterbox.kept) != 0 {
			t.Error("something nobody proposed was kept")
		}
	})
}

func TestACodeStillStandsThereWhenTheConversationHasEnded(t *testing.T) {
	inACardHall(t, func(h *hall) {
		p, c := h.talk()
		c.sends(proposed)
		time.Sleep(time.Second)
		action, _, f := beside(t, p.flow.shows())
		c.press(&wire.Frame{Kind: wire.Leave, Reason: "done"})
		time.Sleep(time.Second)
		f.Set("do", "keep")
		_, page := p.do("POST", action, f)
		if !strings.Contains(page, someCode) || !strings.Contains(page, "learning to sleep") || strings.Contains(page, `value="noted"`) {
			t.Errorf("after the end: %s", page)
		}
	})
}

func TestACodeFromAnEarlierTimeIsTakenWithoutScripts(t *testing.T) {
	inACardHall(t, func(h *hall) {
		h.box.cards[h.box.opens] = "Lena, who is learning to sleep."
		c := h.counsellor()
		p := h.browser("visitor").start()
		p.looks()
		give := func(code string) string {
			_, page := p.do("POST", p.words, url.Values{"do": {"known"}, "code": {code}})
			if code != "" && strings.Contains(page, code) {
				t.Errorf("the page shows the code again: %s", page)
			}
			return page
		}
		for code, want := range map[string]string{
			"slip1234": "There is a slip in the code.", "other": "We do not know this code", "": "We do not know this code",
			someCode: "Your counsellor sees it when the conversation begins.",
		} {
			if page := give(code); !strings.Contains(page, want) {
				t.Errorf("%q: %s", code, page)
			}
		}
		_, page := p.do("POST", p.words, url.Values{"do": {"known"}, "code": {someCode}, "same": {"1"}})
		if !strings.Contains(page, "We try to let you talk with the person") || h.box.given[0] || !h.box.given[len(h.box.given)-1] {
			t.Errorf("the same counsellor was asked for: %v, %s", h.box.given, page)
		}
		if !strings.Contains(page, "learning to sleep") {
			t.Errorf("the card is not shown: %s", page)
		}
		c.next()
		p.looks()
		p.press("yes")
		c.accept()
		p.looks()
		p.stream()
		if got := c.bodies(); strings.Count(got, `{"kept":"Lena, who is learning to sleep."`) != 1 {
			t.Errorf("the counsellor has %s", got)
		}
		if got := p.flow.shows(); !strings.Contains(got, "Your card, as your counsellor sees it") {
			t.Errorf("the visitor sees %s", got)
		}
	})
}

func TestACardIsAnsweredOnThePageWithoutFrames(t *testing.T) {
	inACardHall(t, func(h *hall) {
		c := h.counsellor()
		b := h.browser("visitor")
		b.start()
		b.as("") // it shows no frames
		_, page := b.do("GET", "/en/talk/plain", nil)
		press := func(do string) {
			f := form(page)
			f.Set("do", do)
			f.Del("id")
			_, page = b.do("POST", "/en/talk/plain", f)
		}
		press("look")
		c.next()
		press("look")
		press("yes")
		c.accept()
		press("look")
		c.sends(proposed)
		c.sends(`{"steps":["Call on Monday"]}`)
		press("look")
		if !strings.Contains(page, "Call on Monday") {
			t.Errorf("no steps: %s", page)
		}
		if press(named(t, page, "keep")); !strings.Contains(page, someCode) {
			t.Fatalf("no code: %s", page)
		}
		if press(named(t, page, "noted")); strings.Contains(page, someCode) {
			t.Errorf("it is shown still: %s", page)
		}
		c.press(&wire.Frame{Kind: wire.Leave, Reason: "done"})
		time.Sleep(time.Second)
		if press("look"); !strings.Contains(page, "Call on Monday") || !strings.Contains(page, "To take along") && strings.Count(page, "Call on Monday") < 2 {
			t.Errorf("afterwards: %s", page)
		}
	})
}
