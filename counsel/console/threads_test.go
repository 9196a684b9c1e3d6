package console

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel"
)

func (h *house) page(t *testing.T, path string, login *http.Cookie, want int) string {
	t.Helper()
	w := h.do("GET", path, login, nil)
	if w.Code != want {
		t.Fatalf("GET %s: %d, want %d (%s)", path, w.Code, want, w.Header().Get("Location"))
	}
	return w.Body.String()
}

func (h *house) post(t *testing.T, path string, login *http.Cookie, form url.Values, want int) string {
	t.Helper()
	w := h.do("POST", path, login, form)
	if w.Code != want {
		t.Fatalf("POST %s: %d, want %d (%s)", path, w.Code, want, w.Header().Get("Location"))
	}
	return w.Body.String()
}

func TestOfTwoWhoClaimALetterOneGetsItAndTheOtherIsTold(t *testing.T) {
	h := newHouse(t)
	_, sam := h.person(t, "Sam Jansen", helpline.Counsellor)
	_, kim := h.person(t, "Kim Visser", helpline.Counsellor)
	id := h.postbox.leave(helpline.LetterThread, counsel.ThreadHead{Due: 20003}, "I cannot sleep.")
	at := "/inbox/" + id.String()

	if page := h.page(t, "/inbox", sam, 200); !strings.Contains(page, at+"/claim") || strings.Contains(page, "I cannot sleep") {
		t.Error("the list offers no claim, or shows what was written")
	}
	h.page(t, at, sam, http.StatusConflict) // nobody reads what they have not taken
	h.post(t, at+"/claim", sam, nil, http.StatusSeeOther)
	if page := h.post(t, at+"/claim", kim, nil, http.StatusConflict); !strings.Contains(page, "A colleague was faster") {
		t.Error("the slower one is not told")
	}
	if page := h.page(t, at, sam, 200); !strings.Contains(page, "I cannot sleep.") {
		t.Error("whoever has it cannot read it")
	}
	if w := h.do("GET", at, kim, nil); w.Code != http.StatusSeeOther || w.Header().Get("Location") != at+"/take" {
		t.Errorf("a colleague opens it: %d %s", w.Code, w.Header().Get("Location"))
	}
	h.post(t, at+"/take", kim, url.Values{"reason": {"because"}}, http.StatusUnprocessableEntity)
	h.post(t, at+"/take", kim, url.Values{"reason": {"handover"}}, http.StatusSeeOther)
	h.page(t, at, kim, 200)
	if page := h.post(t, at+"/release", sam, nil, http.StatusConflict); !strings.Contains(page, "not yours any more") {
		t.Error("whoever lost it is not told")
	}
	h.post(t, at+"/release", kim, nil, http.StatusOK)
}

func TestAnAnswerIsSentOnceAndNothingTypedIsLost(t *testing.T) {
	h := newHouse(t)
	_, sam := h.person(t, "Sam Jansen", helpline.Counsellor)
	id := h.postbox.leave(helpline.LetterThread, counsel.ThreadHead{}, "I cannot sleep.")
	at := "/inbox/" + id.String()
	h.post(t, at+"/claim", sam, nil, http.StatusSeeOther)
	form := func(text, steps string) url.Values {
		return url.Values{"message": {helpline.NewID().String()}, "text": {text}, "steps": {steps}, "do": {"send"}, "read": {h.postbox.newest(id).String()}}
	}
	for name, f := range map[string]url.Values{
		"empty":     form("  ", ""),
		"too long":  form(strings.Repeat("word ", 900), ""),
		"one run":   form(strings.Repeat("x", 300), ""),
		"nine":      form("kept words", "1\n2\n3\n4\n5\n6\n7\n8\n9"),
		"wide step": form("kept words", strings.Repeat("step ", 60)),
	} {
		page := h.post(t, at+"/answer", sam, f, http.StatusUnprocessableEntity)
		if text := f.Get("text"); !strings.Contains(page, strings.TrimSpace(text)) {
			t.Errorf("%s: the words are gone from the form", name)
		}
	}
	bad := form("kept words", "")
	bad.Add("card", `{"card":{"id":"x"}}`)
	h.post(t, at+"/answer", sam, bad, http.StatusUnprocessableEntity)
	h.post(t, at+"/answer", sam, url.Values{"text": {"a form from elsewhere"}}, http.StatusBadRequest)
	h.postbox.full = true
	if page := h.post(t, at+"/answer", sam, form("kept words", ""), http.StatusServiceUnavailable); !strings.Contains(page, "kept words") {
		t.Error("a full disk takes the words away")
	}
	h.postbox.full = false

	good := form("We read it.\r\nYou are welcome.", "- Sleep first\nCall us on Tuesday")
	h.post(t, at+"/answer", sam, good, http.StatusOK)
	h.post(t, at+"/answer", sam, good, http.StatusOK) // an impatient finger
	var bodies []string
	for _, l := range h.postbox.letters[id][1:] {
		bodies = append(bodies, l.Body)
	}
	want := []string{`{"text":"We read it.\nYou are welcome."}`, `{"steps":["- Sleep first","Call us on Tuesday"]}`}
	if !slices.Equal(bodies, want) {
		t.Errorf("sent %q", bodies)
	}
}

// Whoever answers has read everything: what came meanwhile would else wait for
// nobody, even when somebody may be hurt soon.
func TestWhatTheVisitorWroteMeanwhileIsShownBeforeAnAnswerOrAnEnd(t *testing.T) {
	h := newHouse(t)
	_, sam := h.person(t, "Sam Jansen", helpline.Counsellor)
	id := h.postbox.leave(helpline.LetterThread, counsel.ThreadHead{}, "I cannot sleep.")
	at := "/inbox/" + id.String()
	h.post(t, at+"/claim", sam, nil, http.StatusSeeOther)
	page := h.page(t, at, sam, 200)
	read := h.postbox.newest(id).String()
	if strings.Count(page, `name="read" value="`+read+`"`) != 2 {
		t.Fatal("the forms do not say what was read")
	}
	h.postbox.letters[id] = append(h.postbox.letters[id], helpline.Letter{ID: helpline.NewID(), New: true, Body: `{"text":"It is for tonight."}`})
	form := url.Values{"message": {helpline.NewID().String()}, "text": {"kept words"}, "do": {"send"}, "read": {read}}
	for _, where := range []string{"/answer", "/done"} {
		page = h.post(t, at+where, sam, form, http.StatusConflict)
		if !strings.Contains(page, "It is for tonight.") || !strings.Contains(page, "Something changed meanwhile") {
			t.Errorf("%s: what came meanwhile is not shown", where)
		}
		if where == "/answer" && !strings.Contains(page, "kept words") {
			t.Error("what was typed is lost")
		}
	}
	form.Set("read", h.postbox.newest(id).String())
	h.post(t, at+"/answer", sam, form, http.StatusOK)
	h.post(t, at+"/done", sam, form, http.StatusOK)
}

func TestAnAnswerIsTakenBackUntilItIsRead(t *testing.T) {
	h := newHouse(t)
	_, sam := h.person(t, "Sam Jansen", helpline.Counsellor)
	id := h.postbox.leave(helpline.LetterThread, counsel.ThreadHead{}, "I cannot sleep.")
	at := "/inbox/" + id.String()
	h.post(t, at+"/claim", sam, nil, http.StatusSeeOther)
	msg := helpline.NewID()
	send := func() {
		h.post(t, at+"/answer", sam, url.Values{"message": {msg.String()}, "text": {"Too quick"}, "read": {h.postbox.newest(id).String()}}, http.StatusOK)
	}
	send()
	h.post(t, at+"/withdraw", sam, url.Values{"message": {msg.String()}}, http.StatusOK)
	if n := len(h.postbox.letters[id]); n != 1 {
		t.Errorf("%d letters", n)
	}
	send()
	h.postbox.letters[id][1].New = false
	if page := h.page(t, at, sam, 200); strings.Contains(page, `value="`+msg.String()+`"`) {
		t.Error("what was read can be taken back")
	}
	h.post(t, at+"/withdraw", sam, url.Values{"message": {msg.String()}}, http.StatusConflict)
}

// TestPromiseAComplaintIsNeverShownToWhomItIsAbout is about the pages; that the
// rows say the same is tested in counsel.
func TestPromiseAComplaintIsNeverShownToWhomItIsAbout(t *testing.T) {
	h := newHouse(t)
	rob, robin := h.person(t, "Robin Smit", helpline.Counsellor, helpline.Supervisor)
	sam, login := h.person(t, "Sam Jansen", helpline.Leader)
	_, kim := h.person(t, "Kim Visser", helpline.Supervisor)
	h.postbox.members = []helpline.ID{rob.ID, sam.ID}
	id := h.postbox.leave(helpline.WrongThread, counsel.ThreadHead{}, "He asked where I live.")
	h.postbox.about[id] = rob.ID
	at := "/wrong/" + id.String()

	for name, cookie := range map[string]*http.Cookie{"whom it is about": robin, "no member": kim} {
		if page := h.page(t, "/wrong", cookie, 200); strings.Contains(page, id.String()) {
			t.Errorf("%s sees it in the list", name)
		}
		h.page(t, at, cookie, 404)
		h.page(t, at+"/take", cookie, 404)
		for _, do := range []string{"/claim", "/release", "/done"} {
			h.post(t, at+do, cookie, nil, 404)
		}
		h.page(t, "/inbox/"+id.String(), cookie, 404)
	}
	if page := h.page(t, "/wrong", login, 200); !strings.Contains(page, at+"/claim") {
		t.Fatal("a member is not offered it")
	}
	h.post(t, at+"/claim", login, nil, http.StatusSeeOther)
	page := h.page(t, at, login, 200)
	if !strings.Contains(page, "He asked where I live.") || strings.Contains(page, at+"/close") {
		t.Error("a member cannot read it, or is asked for a note")
	}
	if !strings.Contains(h.page(t, "/wrong", kim, 200), "You are not one of them") {
		t.Error("who is no member is not told why there is nothing")
	}
	if strings.Contains(h.page(t, "/me", kim, 200), `href="/wrong"`) || !strings.Contains(page, `href="/wrong"`) {
		t.Error("the navigation offers it to others than its members")
	}
}

func TestThatSomebodyMayBeHurtStandsAboveEveryPageOfWhoeverIsAtWork(t *testing.T) {
	h := newHouse(t)
	_, sam := h.person(t, "Sam Jansen", helpline.Counsellor)
	_, leader := h.person(t, "Lou Bakker", helpline.Leader)
	_, operator := h.person(t, "Bo Mulder", helpline.Operator)
	const alarm = `<p class="notice alert"><a href="/inbox">`
	state := func() string { return strings.TrimSpace(h.page(t, "/inbox/state", leader, 200)) }
	if state() != `{"urgent":0,"waiting":0}` {
		t.Error(state())
	}
	h.postbox.leave(helpline.LetterThread, counsel.ThreadHead{Due: 19999}, "Nothing urgent.")
	id := h.postbox.leave(helpline.LetterThread, counsel.ThreadHead{Due: 20003, Urgent: true}, "I am afraid of tonight.")
	for name, at := range map[string]struct {
		path  string
		login *http.Cookie
		told  bool
	}{"counsellor": {"/desk", sam, true}, "leader": {"/board", leader, true}, "operator": {"/me", operator, false}} {
		if got := strings.Contains(h.page(t, at.path, at.login, 200), alarm); got != at.told {
			t.Errorf("%s is told: %v", name, got)
		}
	}
	if state() != `{"urgent":1,"waiting":2}` {
		t.Error(state())
	}
	page := h.page(t, "/inbox", sam, 200)
	if !strings.Contains(page, "1 day late") || !regexp.MustCompile(`data-count="inbox">2<`).MatchString(page) {
		t.Error("the list does not say what is late, or the navigation how many wait")
	}
	h.post(t, "/inbox/"+id.String()+"/claim", sam, nil, http.StatusSeeOther)
	if strings.Contains(h.page(t, "/desk", sam, 200), alarm) {
		t.Error("the alarm goes on after somebody has taken the message")
	}
	if !strings.Contains(h.page(t, "/inbox/"+id.String(), sam, 200), "Read this first") {
		t.Error("the message itself does not say that it is urgent")
	}
}

func TestALetterClosesWithANoteThatBelongsToItsThread(t *testing.T) {
	h := newHouse(t)
	_, sam := h.person(t, "Sam Jansen", helpline.Counsellor)
	id := h.postbox.leave(helpline.LetterThread, counsel.ThreadHead{Audience: helpline.Relative, Locale: "nl"}, "My brother.")
	at := "/inbox/" + id.String()
	h.post(t, at+"/close", sam, nil, http.StatusConflict) // not claimed
	h.post(t, at+"/claim", sam, nil, http.StatusSeeOther)
	w := h.do("POST", at+"/close", sam, nil)
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/closing/") {
		t.Fatalf("%d %s", w.Code, w.Header().Get("Location"))
	}
	page := h.page(t, w.Header().Get("Location"), sam, 200)
	for _, want := range []string{`name="thread" value="` + id.String() + `"`, `name="q.channel" value="inbox"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
}

func TestAddressesInALetterAreHiddenUntilAskedFor(t *testing.T) {
	for text, want := range map[string]string{
		"see https://a.example/x now":   "see |https://a.example/x| now",
		"(www.a.example)":               "|(www.a.example|)",
		"mail a.b@c.example, please":    "mail |a.b@c.example|, please",
		"example.onion/path":            "|example.onion/path|",
		"on site.example.com":           "on |site.example.com|",
		"10.0.0.1:80":                   "|10.0.0.1:80|",
		"magnet:?xt=urn:btih:abc":       "|magnet:?xt=urn:btih:abc|",
		"hxxp://a":                      "|hxxp://a|",
		strings.Repeat("0a", 16):        "|" + strings.Repeat("0a", 16) + "|",
		strings.Repeat("abcde-1", 7):    "|" + strings.Repeat("abcde-1", 7) + "|",
		"I slept 3.5 hours. And you?":   "I slept 3.5 hours. And you?",
		"e.g. at 19.30, no.\n\nReally.": "e.g. at 19.30, no.\n\nReally.",
		"":                              "",
	} {
		var got strings.Builder
		for _, p := range veil(text) {
			if p.Hidden {
				fmt.Fprintf(&got, "|%s|", p.Text)
			} else {
				got.WriteString(p.Text)
			}
		}
		if got.String() != want {
			t.Errorf("%q became %q, want %q", text, got.String(), want)
		}
	}
}
