package console

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
)

// dovecote stands in for notices: it remembers what it was asked.
type dovecote struct {
	own     counsel.OwnReach
	answer  error
	did     []string
	to      string
	kinds   []counsel.NoticeKind
	state   counsel.CallState
	called  []helpline.ID
	trouble counsel.NoticeTrouble
	unread  error // of Trouble
	looked  int   // at it
}

func (d *dovecote) Own(context.Context, helpline.Actor) (counsel.OwnReach, error) { return d.own, nil }

func (d *dovecote) Choose(_ context.Context, _ helpline.Actor, way counsel.NoticeWay, to counsel.Address, kinds []counsel.NoticeKind) error {
	d.did, d.to, d.kinds = append(d.did, "choose "+string(way)), to.Reveal(), kinds
	return d.answer
}

func (d *dovecote) Typed(_ context.Context, _ helpline.ID, code string) error {
	d.did = append(d.did, "typed "+code)
	return d.answer
}

func (d *dovecote) Wish(_ context.Context, _ helpline.Actor, kinds []counsel.NoticeKind) error {
	d.did, d.kinds = append(d.did, "wish"), kinds
	return d.answer
}

func (d *dovecote) Stop(context.Context, helpline.ID) error {
	d.did = append(d.did, "stop")
	return d.answer
}

func (d *dovecote) CallOf(_ context.Context, token string) (counsel.CallState, error) {
	if token != "good" {
		return "", errNone
	}
	return d.state, nil
}

func (d *dovecote) Confirm(_ context.Context, token string) (counsel.CallState, error) {
	if token != "good" {
		return "", errNone
	}
	d.did, d.state = append(d.did, "confirm"), counsel.CallConfirmed
	return d.state, nil
}

func (d *dovecote) ConfirmOwn(context.Context, helpline.ID) error {
	d.did, d.called = append(d.did, "seen"), nil
	return d.answer
}

func (d *dovecote) Called(context.Context, helpline.ID) ([]helpline.ID, error) { return d.called, nil }

func (d *dovecote) Trouble(context.Context) (counsel.NoticeTrouble, error) {
	d.looked++
	return d.trouble, d.unread
}

// noticed is a house whose notices go to a dovecote.
func noticed(t *testing.T) (*house, *dovecote) {
	t.Helper()
	h, d := newHouse(t), &dovecote{state: counsel.CallOpen}
	d.own = counsel.OwnReach{Ways: []counsel.NoticeWay{counsel.ByMail, counsel.ByWebhook}, Kinds: counsel.NoticeKinds()}
	h.Console.Notices, h.Calls = d, d
	return h, d
}

func TestSomebodyChoosesTestsAndEndsWhereNoticesGo(t *testing.T) {
	h, d := noticed(t)
	_, login := h.person(t, "Sam Jansen", helpline.Counsellor)
	const page = "/me/notices"
	w := h.do("GET", page, login, nil)
	if text := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(text, `value="changes"`) || !strings.Contains(text, `value="oncall"`) || strings.Contains(text, `value="cover"`) || !strings.Contains(text, `value="webhook"`) || strings.Contains(text, `value="command"`) {
		t.Errorf("the page: %d", w.Code)
	}
	for _, c := range []struct {
		path   string
		form   url.Values
		answer error
		status int
		did    string
		says   string // where it leads, or what stands on the page
	}{
		{page, url.Values{"way": {"mail"}, "to": {" sam@example.org "}, "kind": {"asks", "nonsense", "oncall"}}, nil, http.StatusSeeOther, "choose mail", "?done=sent"},
		{page, url.Values{"way": {"mail"}, "to": {"sam @example.org"}}, counsel.ErrAddress, http.StatusUnprocessableEntity, "choose mail", "sam @example.org"},
		{page, url.Values{"way": {"pigeon"}}, counsel.ErrNoWay, http.StatusUnprocessableEntity, "choose pigeon", "Choose one of the ways"},
		{page, url.Values{"way": {"mail"}}, counsel.ErrTests, http.StatusTooManyRequests, "choose mail", "Too many tests"},
		{page + "/code", url.Values{"typed": {"123 456"}}, nil, http.StatusSeeOther, "typed 123 456", "?done=tested"},
		{page + "/code", url.Values{"typed": {"777777"}}, counsel.ErrCode, http.StatusForbidden, "typed 777777", "not the code"},
		{page + "/code", url.Values{"typed": {"777777"}}, counsel.ErrCodeSpent, http.StatusConflict, "typed 777777", "Send another"},
		{page + "/wish", url.Values{"kind": {"changes"}}, nil, http.StatusSeeOther, "wish", "?done=wished"},
		{page + "/wish", nil, counsel.ErrNoWay, http.StatusSeeOther, "wish", page},
		{page + "/end", nil, nil, http.StatusSeeOther, "stop", "?done=ended"},
		{page + "/seen", nil, nil, http.StatusSeeOther, "seen", "?done=seen"},
		{page + "/end", nil, helpline.Errorf(helpline.Unavailable, "full"), http.StatusServiceUnavailable, "stop", ""},
	} {
		d.did, d.answer = nil, c.answer
		w := h.do("POST", c.path, login, c.form)
		if w.Code != c.status || strings.Join(d.did, ",") != c.did || !strings.Contains(w.Header().Get("Location")+w.Body.String(), c.says) {
			t.Errorf("%s %v: %d, did %v, leads to %q", c.path, c.form, w.Code, d.did, w.Header().Get("Location"))
		}
		if strings.Contains(w.Body.String(), "777777") {
			t.Error("a code comes back")
		}
	}
	if h.do("POST", page, login, url.Values{"way": {"mail"}, "to": {"sam@example.org"}, "kind": {"asks", "nonsense"}}); d.to != "sam@example.org" || len(d.kinds) != 1 || d.kinds[0] != counsel.NoticeAsks {
		t.Errorf("it took %q and %v", d.to, d.kinds)
	}
}

func TestPromiseFollowingTheLinkOfACallConfirmsNothing(t *testing.T) {
	h, d := noticed(t)
	for range 3 {
		for _, method := range []string{"GET", "HEAD"} {
			if w := h.do(method, "/notices/confirm/good", nil, nil); w.Code != http.StatusOK || len(d.did) != 0 {
				t.Fatalf("%s: %d, did %v", method, w.Code, d.did)
			}
		}
	}
	w := h.do("GET", "/notices/confirm/good", nil, nil)
	if text := w.Body.String(); !strings.Contains(text, `method="post" action="/notices/confirm/good"`) || strings.Contains(text, "Robin") {
		t.Error("the page has no button, or names somebody")
	}
	if w := h.do("POST", "/notices/confirm/good", nil, nil); w.Code != http.StatusOK || strings.Join(d.did, ",") != "confirm" || strings.Contains(w.Body.String(), `id="seen"`) {
		t.Errorf("the button: %d, did %v", w.Code, d.did)
	}
	if w := h.do("POST", "/notices/confirm/bad", nil, nil); w.Code != http.StatusNotFound || len(d.did) != 1 {
		t.Errorf("another link: %d, did %v", w.Code, d.did)
	}
	if len(w.Result().Cookies()) != 0 {
		t.Error("the link logs somebody in")
	}
}

func TestTheBoardSaysWhatCouldNotBeSentAndNamesNobody(t *testing.T) {
	h, d := noticed(t)
	_, leader := h.person(t, "Kim de Vries", helpline.Counsellor, helpline.Leader)
	_, counsellor := h.person(t, "Robin Bakker", helpline.Counsellor)
	if text := h.do("GET", "/board", leader, nil).Body.String(); strings.Contains(text, "notice-trouble") {
		t.Error("the board complains about nothing")
	}
	now := time.Now()
	d.trouble = counsel.NoticeTrouble{Failing: 3, Since: now.Add(-time.Minute), Last: now.Add(-2 * time.Minute), Unanswered: 1}
	text := h.do("GET", "/board", leader, nil).Body.String()
	for _, want := range []string{"3 notices could not be sent since ", "last worked ", "1 call was confirmed by nobody", "Call people yourself"} {
		if !strings.Contains(text, want) {
			t.Errorf("the board does not say %q", want)
		}
	}
	if strings.Contains(h.do("GET", "/me", counsellor, nil).Body.String(), "could not be sent") {
		t.Error("a counsellor is told of what only leaders can mend")
	}
	d.called = []helpline.ID{helpline.NewID()}
	if text := h.do("GET", "/me", counsellor, nil).Body.String(); !strings.Contains(text, `href="/me/notices">You are called`) {
		t.Error("whoever is called is not told on every page")
	}
	if text := h.do("GET", "/me/notices", counsellor, nil).Body.String(); !strings.Contains(text, `action="/me/notices/seen"`) {
		t.Error("whoever is called and signed in cannot confirm")
	}
}

// Pages that stand open ask every 20 seconds, each of them.
func TestPagesThatStandOpenReadTheNoticesOfAWeekOnceInTenSeconds(t *testing.T) {
	h, d := noticed(t)
	_, leader := h.person(t, "Kim de Vries", helpline.Leader)
	says := func(want bool, when string) {
		t.Helper()
		for range 5 {
			if got := strings.Contains(h.do("GET", "/alerts", leader, nil).Body.String(), "could not be sent"); got != want {
				t.Errorf("%s: the pages say so: %v", when, got)
			}
		}
	}
	later := func() { h.troubles.at = h.troubles.at.Add(-troubleLasts) }
	d.unread = helpline.Errorf(helpline.Unavailable, "busy")
	says(false, "it cannot be read")
	if d.unread = nil; d.looked != 5 {
		t.Errorf("what could not be read is kept: looked %d times", d.looked)
	}
	d.looked, d.trouble = 0, counsel.NoticeTrouble{Failing: 3}
	says(true, "it can be read again")
	d.trouble = counsel.NoticeTrouble{}
	says(true, "just now")
	if d.looked != 1 {
		t.Errorf("looked %d times", d.looked)
	}
	later()
	says(false, "ten seconds later")
	if d.looked != 2 {
		t.Errorf("looked %d times", d.looked)
	}
}
