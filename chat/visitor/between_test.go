package visitor_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat/visitor"
)

// TestPromiseTheLettersAnswerAButtonWithoutScripts: the page that a code leads to
// shows none of them, because Chromium keeps what was asked for in memory and shows
// it on Back. They answer its button, once; a second press of an impatient finger
// is answered too, and one that comes later is not.
func TestPromiseTheLettersAnswerAButtonWithoutScripts(t *testing.T) {
	now := time.Now()
	r := newRigWith(t, func(o *visitor.Options) { o.Now = func() time.Time { return now } })
	r.left("words of mine")
	mine := r.entered(codeFor(helpline.ThreadKey{1}))
	for range 2 { // however often it is loaded
		ready := r.do("GET", "/en/thread", nil, mine)
		if r.want(ready, http.StatusOK, ""); strings.Contains(ready.body, "words of mine") {
			t.Fatal("the page before the letters shows them")
		}
	}
	button := formOf(t, r.do("GET", "/en/thread", nil, mine).body, "/en/thread")
	for range 2 {
		if got := r.do("POST", "/en/thread", button, mine); got.StatusCode != http.StatusOK || !strings.Contains(got.body, "words of mine") {
			t.Fatalf("the button is answered %d", got.StatusCode)
		}
	}
	r.want(r.do("GET", "/en/thread", nil, mine), http.StatusSeeOther, "/en/back?why=again")
	now = now.Add(6 * time.Second)
	r.want(r.do("POST", "/en/thread", button, mine), http.StatusSeeOther, "/en/back?why=again") // Back, and the form again
	button.Set("page", "")
	r.want(r.do("POST", "/en/thread", button, mine), http.StatusSeeOther, "/en/back?why=again")

	// What was added leads to the button again, and says that it arrived.
	mine = r.entered(codeFor(helpline.ThreadKey{1}))
	page := r.do("POST", "/en/thread", formOf(t, r.do("GET", "/en/thread", nil, mine).body, "/en/thread"), mine).body
	add := formOf(t, page, "/en/thread")
	add.Set("text", "and one thing more")
	r.want(r.do("POST", "/en/thread", add, mine), http.StatusSeeOther, "/en/thread?done=1")
	ready := r.do("GET", "/en/thread?done=1", nil, mine).body
	if !strings.Contains(ready, "Your message has been added.") || strings.Contains(ready, "and one thing more") {
		t.Error("the page after a letter was added shows it, or does not say that it arrived")
	}
	// The button that was pressed on the page of before shows nothing either.
	add.Set("show", "1")
	shown := r.do("POST", "/en/thread", formOf(t, ready, "/en/thread"), mine)
	if !strings.Contains(shown.body, "and one thing more") {
		t.Error("its button does not show it")
	}
	now = now.Add(6 * time.Second)
	r.want(r.do("POST", "/en/thread", add, mine), http.StatusSeeOther, "/en/back?why=again")
	again := formOf(t, shown.body, "/en/thread")
	again.Set("show", "1")
	r.want(r.do("POST", "/en/thread", again, mine), http.StatusSeeOther, "/en/back?why=again") // no button of ours
}

var tongueButton = regexp.MustCompile(`<button[^>]* name="step" value="tongue" formaction="([^"]+)" formnovalidate lang="([^"]+)">`)

// tongue is the address that the button of a language posts the form of a page to.
func (r *rig) tongue(page, lang string) string {
	r.Helper()
	for _, m := range tongueButton.FindAllStringSubmatch(page, -1) {
		if m[2] == lang {
			return m[1]
		}
	}
	r.Fatalf("the page has no button for %s: %v", lang, tongueButton.FindAllString(page, -1))
	return ""
}

// TestPromiseAnotherLanguageTakesTheWordsAlong: whoever changes the language in the
// middle of a letter, a complaint, a thread or the page of a code loses nothing, and
// nothing is sent by it.
func TestPromiseAnotherLanguageTakesTheWordsAlong(t *testing.T) {
	const words = "I do not know\nhow to <begin>."
	in := func(t *testing.T, got answer, wants ...string) {
		t.Helper()
		if got.StatusCode != http.StatusOK || !strings.Contains(got.body, `<html lang="nl"`) {
			t.Fatalf("answered %d", got.StatusCode)
		}
		for _, want := range wants {
			if !strings.Contains(got.body, want) {
				t.Errorf("%q is not on the page", want)
			}
		}
		if strings.Contains(got.body, `role="alert"`) {
			t.Errorf("something is said to be wrong: %s", mainPart.FindString(got.body))
		}
	}
	t.Run("a letter", func(t *testing.T) {
		r := newRig(t)
		page := r.do("GET", "/en/write", nil).body
		if strings.Contains(page, `href="/nl/write"`) {
			t.Error("a link to the other language stands on the page, and would lose the words")
		}
		f := formOf(t, page, "/en/write")
		f.Set("text", words)
		f.Set("urgent", "1")
		f.Set("door", "relative")
		f.Set("step", "tongue")
		got := r.do("POST", r.tongue(page, "nl"), f)
		in(t, got, "I do not know\nhow to &lt;begin&gt;.", `value="relative" checked`, `name="urgent" value="1" checked`, `name="form" value="`+f.Get("form")+`"`)
		f.Set("text", "My code is "+codeFor(helpline.ThreadKey{1})+".")
		if got = r.do("POST", "/nl/write", f); strings.Contains(got.body, "babab") {
			t.Error("a code that was typed stands on the page again")
		}
		f.Set("text", "")
		in(t, r.do("POST", "/nl/write", f))
		if len(r.letters.kept) != 0 {
			t.Error("something was sent")
		}
		f.Del("step")
		f.Set("text", words)
		for _, l := range []string{"en", "nl"} { // the form of before, and that of now
			if got = r.do("POST", "/"+l+"/write", f); got.StatusCode != http.StatusSeeOther || len(r.letters.kept) != 1 {
				t.Errorf("sent from %s: %d, kept %d", l, got.StatusCode, len(r.letters.kept))
			}
		}
	})
	t.Run("a complaint", func(t *testing.T) {
		r := newRig(t)
		page := r.do("GET", "/en/wrong", nil).body
		f := formOf(t, page, "/en/wrong")
		f.Set("text", words)
		f.Set("step", "tongue")
		in(t, r.do("POST", r.tongue(page, "nl"), f), "I do not know\nhow to &lt;begin&gt;.", `name="form" value="`+f.Get("form")+`"`)
		if len(r.letters.kept) != 0 {
			t.Error("something was sent")
		}
	})
	t.Run("a code", func(t *testing.T) {
		r := newRig(t)
		at, cookie := r.left("words of mine")
		code := codeFor(helpline.ThreadKey{1})
		nl := strings.Replace(at, "/en/", "/nl/", 1)
		in(t, r.do("GET", nl, nil, cookie))
		if ready := r.do("GET", at, nil, cookie).body; !strings.Contains(ready, `href="`+nl+`"`) {
			t.Error("the page before the code does not lead to its other language")
		}
		page := r.do("POST", at, url.Values{"show": {"1"}}, cookie).body
		in(t, r.do("POST", nl, formOf(t, page, nl), cookie), `data-copy="`+code+`"`)
		in(t, r.do("POST", nl, formOf(t, r.do("GET", at+"?by=script", nil, cookie).body, nl), cookie), `data-copy="`+code+`"`)
		r.want(r.do("POST", nl, url.Values{"kept": {"1"}}, cookie), http.StatusSeeOther, "/nl/sent")
	})
	t.Run("a thread", func(t *testing.T) {
		r := newRig(t)
		r.left("the first")
		r.letters.say(helpline.ThreadKey{1}, true, says("our answer"))
		mine := r.entered(codeFor(helpline.ThreadKey{1}))
		ready := r.do("GET", "/en/thread", nil, mine).body
		if !strings.Contains(ready, `href="/nl/thread"`) {
			t.Error("the page before the letters does not lead to its other language")
		}
		page := r.do("POST", "/nl/thread", formOf(t, ready, "/en/thread"), mine).body
		f := formOf(t, page, "/nl/thread")
		f.Set("text", words)
		f.Set("step", "tongue")
		en := r.tongue(page, "en")
		for range 2 { // an impatient finger
			got := r.do("POST", en, f, mine)
			if got.StatusCode != http.StatusOK || !strings.Contains(got.body, `<html lang="en"`) || !strings.Contains(got.body, "our answer") || !strings.Contains(got.body, "how to &lt;begin&gt;.") {
				t.Fatalf("answered %d", got.StatusCode)
			}
			page = got.body
		}
		if len(r.letters.kept) != 1 {
			t.Error("something was sent")
		}
		f = formOf(t, page, "/en/thread")
		f.Set("text", words)
		r.want(r.do("POST", "/en/thread", f, mine), http.StatusSeeOther, "/en/thread?done=1")
		if len(r.letters.kept) != 2 {
			t.Error("it cannot be sent from there")
		}
	})
}

// TestPromiseALinkFromElsewhereTakesNothingAwayAndLeadsOn: on the way from another
// site a browser keeps a Strict cookie back and yet takes what the answer sets. No
// answer on that way may touch a cookie; and the pages that belong to somebody say
// what is the matter and lead on to themselves.
func TestPromiseALinkFromElsewhereTakesNothingAwayAndLeadsOn(t *testing.T) {
	r := newRig(t)
	come := func(path, site string, cookies ...string) answer {
		req := httptest.NewRequest("GET", origin+path, nil)
		req.Header.Set("Sec-Fetch-Dest", "document")
		req.Header.Set("Sec-Fetch-Mode", "navigate")
		if site != "" {
			req.Header.Set("Sec-Fetch-Site", site)
		}
		for _, c := range cookies {
			req.Header.Add("Cookie", c)
		}
		return r.serve(req)
	}
	walked := 0
	for _, route := range r.site.Routes() {
		if route.Method != http.MethodGet || strings.HasPrefix(route.Pattern, "/a/") {
			continue
		}
		path := strings.NewReplacer("{$}", "", "{door}", "1", "{turn}", "x", "{page}", strings.Repeat("A", 26), "{upto}", "1", "{n}", "1").Replace(route.Pattern)
		for _, site := range []string{"cross-site", ""} { // and a browser that does not say
			got := come(path, site)
			if walked++; len(got.Cookies()) > 0 {
				t.Errorf("%s: cookies are changed: %v", path, got.Cookies())
			}
		}
	}
	if walked < 100 {
		t.Errorf("only %d were walked", walked)
	}

	place := r.holding(newTicket(helpline.Self))
	at, open := r.left("words of mine")
	for _, c := range []struct{ path, cookie, shows string }{
		{"/en/talk", place, `id="waiting"`},
		{at, open, "Show my code"},
		{"/en/talk", "", "before.heading"},
	} {
		got := come(c.path, "cross-site")
		if r.want(got, http.StatusOK, ""); !strings.Contains(got.body, `<a class="button" href="`+c.path+`"`) || !strings.Contains(got.body, "Nothing is lost") {
			t.Errorf("%s: it does not say what is the matter, or lead on", c.path)
		}
		r.onward(got.body, place, open)
		if c.cookie == "" { // a stranger comes to the first page
			r.want(come(c.path, "same-origin"), http.StatusSeeOther, "/en/")
			continue
		}
		if got = come(c.path, "same-origin", c.cookie); !strings.Contains(got.body, c.shows) {
			t.Errorf("%s: the link does not lead there: %d", c.path, got.StatusCode)
		}
		// A browser that sends it all the same is shown the page at once.
		if got = come(c.path, "cross-site", c.cookie); !strings.Contains(got.body, c.shows) {
			t.Errorf("%s: who is known is stopped: %d", c.path, got.StatusCode)
		}
	}
	// What no page of ours has made stands in no answer.
	if got := come("/en/code/evil-thing", "cross-site"); strings.Contains(got.body, "evil") {
		t.Error("the page repeats an address")
	}
	if len(r.engine.left)+len(r.engine.arrived) != 0 || len(r.letters.kept) != 1 {
		t.Error("something was done")
	}
}
