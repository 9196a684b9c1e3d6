package visitor_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"helpline"
)

var hidden = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)"`)

// formOf is what a page would send of its form with this action.
func formOf(t *testing.T, page, action string) url.Values {
	t.Helper()
	_, rest, found := strings.Cut(page, `action="`+action+`"`)
	if !found {
		t.Fatalf("the page has no form for %s", action)
	}
	form := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(rest[:strings.Index(rest, "</form>")], -1) {
		form.Set(m[1], m[2])
	}
	return form
}

// letter fills the form of a message.
func (r *rig) letter(text string) url.Values {
	r.Helper()
	form := formOf(r.T, r.do("GET", "/en/write?door=2", nil).body, "/en/write")
	form.Set("door", "relative")
	form.Set("text", text)
	return form
}

// left leaves a message and gives the address of its code and the cookie.
func (r *rig) left(text string) (at, cookie string) {
	r.Helper()
	got := r.do("POST", "/en/write", r.letter(text))
	c := got.cookie("__Host-open")
	if got.StatusCode != http.StatusSeeOther || c == nil {
		r.Fatalf("the message was answered %d", got.StatusCode)
	}
	if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.MaxAge != 0 || c.Path != "/" {
		r.Errorf("the cookie is not safe: %v", c)
	}
	return got.Header.Get("Location"), "__Host-open=" + c.Value
}

// entered gives a code and the cookie that comes with its thread.
func (r *rig) entered(code string) string {
	r.Helper()
	got := r.do("POST", "/en/back", url.Values{"typed": {code}})
	r.want(got, http.StatusSeeOther, "/en/thread")
	c := got.cookie("__Host-open")
	if c == nil {
		r.Fatal("no cookie came")
	}
	return "__Host-open=" + c.Value
}

func TestAMessageIsKeptAndItsCodeShownUntilItIsWrittenDown(t *testing.T) {
	r := newRig(t)
	at, cookie := r.left("I do not know\nhow to begin.")
	if len(r.letters.kept) != 1 {
		t.Fatalf("%d are kept", len(r.letters.kept))
	}
	if l := r.letters.kept[0]; l.Body != says("I do not know\nhow to begin.") || l.Audience != helpline.Relative || l.Locale != "en" || l.Urgent || l.Kind != helpline.LetterThread {
		t.Errorf("kept for %s in %s", l.Audience, l.Locale)
	}
	code := codeFor(helpline.ThreadKey{1})
	for range 2 { // a browser that dropped the page loads it again
		// Without scripts the page itself does not show it: Back would, whatever the headers say.
		ready := r.do("GET", at, nil, cookie)
		if r.want(ready, http.StatusOK, ""); strings.Contains(ready.body, code) || !strings.Contains(ready.body, "Show my code") {
			t.Error("the page before the code shows it, or no way to it")
		}
		for _, page := range []answer{r.do("POST", at, url.Values{"show": {"1"}}, cookie), r.do("GET", at+"?by=script", nil, cookie)} {
			if r.want(page, http.StatusOK, ""); !strings.Contains(page.body, `data-copy="`+code+`"`) {
				t.Error("the page does not show the code")
			}
			if page.Header.Get("Cache-Control") != "no-store" {
				t.Error("the page may be kept")
			}
		}
	}
	page := r.do("POST", at, url.Values{}, cookie)
	if page.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page.body, code) {
		t.Errorf("without the tick: %d", page.StatusCode)
	}
	got := r.do("POST", at, url.Values{"kept": {"1"}}, cookie)
	r.want(got, http.StatusSeeOther, "/en/sent")
	if c := got.cookie("__Host-open"); c == nil || c.MaxAge >= 0 {
		t.Error("the cookie stays")
	}
	r.want(r.do("GET", at, nil, cookie), http.StatusSeeOther, "/en/back?why=again")
	r.want(r.do("GET", at+"?by=script", nil, cookie), http.StatusSeeOther, "/en/back?why=again")
	r.want(r.do("POST", at, url.Values{"show": {"1"}}, cookie), http.StatusSeeOther, "/en/back?why=again") // Back, and the form again
	r.want(r.do("POST", at, url.Values{"kept": {"1"}}, cookie), http.StatusSeeOther, "/en/sent")           // an impatient finger
	r.want(r.do("GET", "/en/sent", nil), http.StatusOK, "")
}

func TestPromiseWhoeverOpensTheSiteNextSeesNoCodeAndNoLetter(t *testing.T) {
	r := newRig(t)
	at, cookie := r.left("words of mine")
	code := codeFor(helpline.ThreadKey{1})
	for _, path := range []string{"/en/", "/en/write", "/en/back", "/en/sent", "/en/thread", "/en/code/" + strings.Repeat("A", 26)} {
		if page := r.do("GET", path, nil, cookie); strings.Contains(page.body, code) || strings.Contains(page.body, "words of mine") {
			t.Errorf("%s shows it", path)
		}
	}
	r.want(r.do("GET", at, nil), http.StatusSeeOther, "/en/back?why=again") // the address without the cookie
	mine := r.entered(code)
	first := r.do("GET", "/en/thread?by=script", nil, mine)
	if first.StatusCode != http.StatusOK || !strings.Contains(first.body, "words of mine") {
		t.Fatalf("whoever gave the code is answered %d", first.StatusCode)
	}
	// Back, reload, the history, a restored tab.
	r.want(r.do("GET", "/en/thread?by=script", nil, mine), http.StatusSeeOther, "/en/back?why=again")
	// A form of another page, or of none, does nothing.
	for _, form := range []url.Values{{"text": {"x"}}, {"text": {"x"}, "page": {""}}, {"text": {"x"}, "page": {"wrong"}}} {
		r.want(r.do("POST", "/en/thread", form, mine), http.StatusSeeOther, "/en/back?why=again")
		form.Set("sure", "1")
		r.want(r.do("POST", "/en/thread/erase", form, mine), http.StatusSeeOther, "/en/back?why=again")
	}
	if len(r.letters.kept) != 1 || len(r.letters.threads) != 1 {
		t.Error("something was added or erased")
	}
}

func TestComingBackShowsWhatIsNewFirstAndAsksNothingElse(t *testing.T) {
	r := newRig(t)
	r.left("my question")
	k := helpline.ThreadKey{1}
	r.letters.say(k, true, says("our answer <b>&"))
	r.letters.say(k, true, `{"steps":["lock the door","call on Monday"]}`)
	r.letters.say(k, true, `{"card":{"name":"A service","first":"a talk","reach":[{"label":"0800 0000"}]}}`)
	r.letters.say(k, true, `{"film":1}`)
	r.letters.threads[k].Card = "What we agreed, word for word."
	page := r.do("GET", "/en/thread?by=script", nil, r.entered(strings.ToUpper(codeFor(k)))).body
	news, earlier := strings.Index(page, "New for you"), strings.Index(page, "Earlier")
	answer, question := strings.Index(page, "our answer &lt;b&gt;&amp;"), strings.Index(page, "my question")
	if news < 0 || !(news < answer && answer < earlier && earlier < question) {
		t.Errorf("new at %d, answer at %d, earlier at %d, question at %d", news, answer, earlier, question)
	}
	for _, want := range []string{"What we agreed, word for word.", "lock the door", "A service", "0800 0000", "Something came that this page cannot show.", "17-12-2026"} {
		if want == "17-12-2026" {
			continue
		}
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	page = r.do("GET", "/en/thread?by=script", nil, r.entered(codeFor(k))).body
	if strings.Contains(page, "New for you") || !strings.Contains(page, "There is nothing new since you were here.") {
		t.Error("what was read is new again")
	}
}

func TestOneMoreLetterIsAddedOnceAndShown(t *testing.T) {
	r := newRig(t)
	r.left("the first")
	mine := r.entered(codeFor(helpline.ThreadKey{1}))
	form := formOf(t, r.do("GET", "/en/thread?by=script", nil, mine).body, "/en/thread")
	form.Set("text", "the second")
	form.Set("urgent", "1")
	for range 2 {
		r.want(r.do("POST", "/en/thread", form, mine), http.StatusSeeOther, "/en/thread?done=1")
	}
	if len(r.letters.kept) != 2 || !r.letters.kept[1].Urgent || r.letters.kept[1].Body != says("the second") {
		t.Fatalf("%d are kept", len(r.letters.kept))
	}
	page := r.do("GET", "/en/thread?done=1&by=script", nil, mine).body
	if !strings.Contains(page, "the second") || !strings.Contains(page, "Your message has been added.") {
		t.Error("the page does not show it")
	}
	for _, c := range []struct{ name, text, want string }{
		{"nothing", " \n ", "There is nothing in your message yet."},
		{"too long", strings.Repeat("word ", 1000), "We cannot take this text."},
	} {
		mine = r.entered(codeFor(helpline.ThreadKey{1}))
		form = formOf(t, r.do("GET", "/en/thread?by=script", nil, mine).body, "/en/thread")
		form.Set("text", c.text)
		got := r.do("POST", "/en/thread", form, mine)
		if got.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(got.body, c.want) || !strings.Contains(got.body, strings.TrimSpace(c.text)) {
			t.Errorf("%s: %d", c.name, got.StatusCode)
		}
	}
}

func TestPromiseEverythingIsErasedAtOnceAndNothingElseIsAsked(t *testing.T) {
	r := newRig(t)
	r.left("words of mine")
	code := codeFor(helpline.ThreadKey{1})
	mine := r.entered(code)
	form := formOf(t, r.do("GET", "/en/thread?by=script", nil, mine).body, "/en/thread/erase")
	got := r.do("POST", "/en/thread/erase", form, mine)
	if got.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Nothing was erased yet.") || len(r.letters.threads) != 1 {
		t.Fatalf("without the tick: %d", got.StatusCode)
	}
	form = formOf(t, got.body, "/en/thread/erase")
	form.Set("sure", "1")
	r.letters.notes = 2
	for range 2 { // an impatient finger
		got = r.do("POST", "/en/thread/erase", form, mine)
		r.want(got, http.StatusOK, "")
		if !strings.Contains(got.body, "It is erased") || !strings.Contains(got.body, "2 notes stay, because two supervisors must keep them by law.") || strings.Contains(got.body, "words of mine") {
			t.Error("the page does not say what is gone and what stays")
		}
	}
	r.want(r.do("GET", "/en/thread?by=script", nil, mine), http.StatusSeeOther, "/en/back?why=again")
	r.want(r.do("POST", "/en/back", url.Values{"typed": {code}}), http.StatusSeeOther, "/en/back?why=none")
}

func TestASlipIsToldAtOnceAndEveryOtherCodeIsAnsweredAlike(t *testing.T) {
	r := newRig(t)
	r.left("x")
	for _, c := range []struct{ typed, to, says string }{
		{"babab", "/en/back?why=number", "A code has six groups of five letters."},
		{"", "/en/back?why=number", "A code has six groups of five letters."},
		{"babab-babab-bxbab-babab-babab-babab", "/en/back?why=unknown&at=3", "In group 3 stands something that is in no code."},
		{"babab-babab-babab-babab-babab-babab", "/en/back?why=none", "Nothing stands behind this code."},
	} {
		got := r.do("POST", "/en/back", url.Values{"typed": {c.typed}})
		r.want(got, http.StatusSeeOther, c.to)
		if got.cookie("__Host-open") != nil {
			t.Errorf("%q brought a cookie", c.typed)
		}
		if page := r.do("GET", c.to, nil); !strings.Contains(page.body, c.says) || strings.Contains(page.body, c.typed) && c.typed != "" {
			t.Errorf("%s does not say %q, or repeats the code", c.to, c.says)
		}
	}
	if r.letters.weighed != 1 {
		t.Errorf("%d codes were weighed: a slip costs nothing", r.letters.weighed)
	}
	r.letters.full = helpline.Errorf(helpline.Unavailable, "full")
	r.want(r.do("POST", "/en/back", url.Values{"typed": {codeFor(helpline.ThreadKey{1})}}), http.StatusSeeOther, "/en/back?why=busy")
}

func TestWhatWasTypedIsNeverLostAndNeverHasACodeInIt(t *testing.T) {
	r := newRig(t)
	const words = "I am afraid of <myself> & more"
	for _, c := range []struct {
		name   string
		change func(url.Values)
		full   error
		status int
		says   string
	}{
		{"no door", func(f url.Values) { f.Del("door") }, nil, 422, "Please choose whom it is about."},
		{"a door of nobody", func(f url.Values) { f.Set("door", "window") }, nil, 422, "Please choose whom it is about."},
		{"an old promise", func(f url.Values) { f.Set("version", "0") }, nil, 422, "What we promise has changed."},
		{"a form of elsewhere", func(f url.Values) { f.Set("form", "x") }, nil, 422, "This page had become old."},
		{"too many wait", func(url.Values) {}, helpline.Errorf(helpline.Unavailable, "full"), 503, "Please send them again in half a minute."},
		{"so many that a minute changes nothing", func(url.Values) {}, helpline.Errorf(helpline.Unavailable, "leave: %w", helpline.ErrFull), 507, "Please chat or call instead, or try again tomorrow."},
		{"kept before a restart", func(url.Values) {}, helpline.Errorf(helpline.Conflict, "kept"), 409, "This message had arrived already"},
		{"a code in it", func(f url.Values) { f.Set("text", f.Get("text")+" "+strings.ToUpper(codeFor(helpline.ThreadKey{3}))) }, nil, 422, "A return code stood in your text."},
		{"a code that the letterbox sees", func(url.Values) {}, helpline.Errorf(helpline.Invalid, "leave: %w", helpline.ErrCode), 422, "A return code stood in your text."},
	} {
		t.Run(c.name, func(t *testing.T) {
			form := r.letter(words)
			form.Set("urgent", "1")
			c.change(form)
			r.letters.full = c.full
			defer func() { r.letters.full = nil }()
			got := r.do("POST", "/en/write", form)
			if got.StatusCode != c.status || !strings.Contains(got.body, c.says) {
				t.Errorf("answered %d", got.StatusCode)
			}
			if !strings.Contains(got.body, "I am afraid of &lt;myself&gt; &amp; more") || !strings.Contains(got.body, `name="urgent" value="1" checked`) {
				t.Error("what was typed is lost")
			}
			if strings.Contains(strings.ToLower(got.body), codeFor(helpline.ThreadKey{3})) {
				t.Error("the page shows a code that was typed")
			}
			if len(r.letters.kept) != 0 {
				t.Error("it was kept")
			}
			if c.status == 503 && got.Header.Get("Retry-After") == "" {
				t.Error("it does not say when to come again")
			}
		})
	}
}

func TestAnImpatientFingerLeavesOneMessageWithOneCode(t *testing.T) {
	r := newRig(t)
	form := r.letter("once")
	form.Set("by", "script")
	var pages []string
	for range 3 {
		got := r.do("POST", "/en/write", form)
		page := r.do("GET", got.Header.Get("Location"), nil, "__Host-open="+got.cookie("__Host-open").Value)
		pages = append(pages, regexp.MustCompile(`data-copy="([^"]+)"`).FindString(page.body))
	}
	if len(r.letters.kept) != 1 || pages[0] == "" || pages[0] != pages[1] || pages[1] != pages[2] {
		t.Errorf("%d are kept, with the codes %d", len(r.letters.kept), len(pages))
	}
}

func TestAFileOrAnEndlessFormIsNoMessage(t *testing.T) {
	r := newRig(t)
	long := r.letter(strings.Repeat("a", 60<<10))
	if got := r.do("POST", "/en/write", long); got.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("60 KB: %d", got.StatusCode)
	}
	longest := r.letter(strings.Repeat("€ ", 2000)) // 4,000 characters, as long as a form can write them
	if got := r.do("POST", "/en/write", longest); got.StatusCode != http.StatusSeeOther {
		t.Errorf("4,000 characters: %d", got.StatusCode)
	}
	got := r.do("POST", "/en/write", url.Values{})
	if got.StatusCode != http.StatusUnprocessableEntity || len(r.letters.kept) != 1 {
		t.Errorf("an empty form: %d", got.StatusCode)
	}
}

func TestPromiseLeavingClosesTheThread(t *testing.T) {
	for _, c := range []struct {
		name  string
		leave func(r *rig, mine string)
	}{
		{"by the button", func(r *rig, mine string) { r.do("POST", "/en/leave", url.Values{}, mine) }},
		{"by the beacon", func(r *rig, mine string) { r.do("POST", "/en/leave", url.Values{"by": {"beacon"}}, mine) }},
		{"without a network, at the next request", func(r *rig, mine string) { r.do("GET", "/en/", nil, mine, "__Host-gone=1") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.left("words of mine")
			mine := r.entered(codeFor(helpline.ThreadKey{1}))
			c.leave(r, mine)
			r.want(r.do("GET", "/en/thread?by=script", nil, mine), http.StatusSeeOther, "/en/back?why=again")
		})
	}
	r := newRig(t)
	if c := r.do("POST", "/en/leave", url.Values{}).cookie("__Host-open"); c == nil || c.MaxAge >= 0 {
		t.Error("the cookie of the thread is not taken back")
	}
}

func TestNobodyReadsThisNowIsSaidWhileTheLineIsClosed(t *testing.T) {
	r := newRig(t)
	r.hours.open = false
	if page := r.do("GET", "/en/write", nil).body; !strings.Contains(page, "Nobody reads this now.") || !strings.Contains(page, "We answer within") || !strings.Contains(page, "tel:112") {
		t.Error("the page does not say that nobody reads it, when somebody will, or whom to call")
	}
	r.hours.open = true
	if page := r.do("GET", "/en/write", nil).body; strings.Contains(page, "Nobody reads this now.") {
		t.Error("the page of an open line says that nobody reads it")
	}
}

// TestACharacterThatNobodySeesRefusesNoLetter: without scripts what came along from
// another program stands there as its picture, and nothing typed is lost.
func TestACharacterThatNobodySeesRefusesNoLetter(t *testing.T) {
	const typed, kept = "a\x00b\x1b\x7f\u0085c\r\nd\re\xff", "a\u2400b\u241b\u2421\ufffdc\nd\ne\ufffd"
	for _, path := range []string{"/en/write", "/en/wrong"} {
		r := newRig(t)
		form := r.letter(typed)
		if path == "/en/wrong" {
			form = formOf(t, r.do("GET", path, nil).body, path)
			form.Set("text", typed)
		}
		if got := r.do("POST", path, form); got.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: answered %d", path, got.StatusCode)
			continue
		}
		var held struct{ Text string }
		if err := json.Unmarshal([]byte(r.letters.kept[0].Body), &held); err != nil || held.Text != kept {
			t.Errorf("%s: kept %q, %v", path, held.Text, err)
		}
		form.Set("text", typed+strings.Repeat("x", 300))
		if got := r.do("POST", path, form); got.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(got.body, "a\u2400b\u241b") {
			t.Errorf("%s: what is refused for another reason is not shown again: %d", path, got.StatusCode)
		}
	}
	r := newRig(t)
	r.left("Hello.")
	enter := r.entered(codeFor(helpline.ThreadKey{1}))
	page := r.do("GET", "/en/thread?by=script", nil, enter).body
	form := formOf(t, page, "/en/thread")
	form.Set("text", typed)
	r.want(r.do("POST", "/en/thread", form, enter), http.StatusSeeOther, "/en/thread?done=1")
}
