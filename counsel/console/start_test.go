package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel"
)

// starter is a list that says what it is told.
type starter struct {
	points   []counsel.Point
	err      error // of both
	refuses  error // of Approve
	approved []string
}

func (s *starter) Points(context.Context) ([]counsel.Point, error) { return s.points, s.err }

func (s *starter) Approve(_ context.Context, who helpline.Actor, what, digest string) error {
	if err := errors.Join(s.err, s.refuses); err != nil {
		return err
	}
	s.approved = append(s.approved, who.Alias+" "+what+" "+digest)
	return nil
}

// halfDone is a list with something of everything.
func halfDone() []counsel.Point {
	return []counsel.Point{
		{ID: "promise", State: counsel.PointTodo, Digest: "aa"},
		{ID: "lines", State: counsel.PointDone, Digest: "bb", By: "Anna"},
		{ID: "supervisors", State: counsel.PointTodo, Has: 1, Wants: 2, Href: "/people"},
		{ID: "machine", State: counsel.PointLook, Details: []string{"swap: on"}},
	}
}

// seen is a page that somebody is shown.
func (h *house) seen(t *testing.T, path string, login *http.Cookie) string {
	t.Helper()
	w := h.do("GET", path, login, nil)
	if w.Code != http.StatusOK {
		t.Fatalf("%s was answered %d", path, w.Code)
	}
	return w.Body.String()
}

func TestTheStartPageSaysWhatIsLeftAndTakesAWord(t *testing.T) {
	h := newHouse(t)
	h.starter.points = halfDone()
	_, login := h.person(t, "Anna Vermeer", helpline.Supervisor)
	page := h.seen(t, "/start", login)
	for _, want := range []string{"2 things are still to do.", `data-state="look"`, "1 of 2", "swap: on", "We ask nothing.", "Gevaar? 112", `action="/start/promise"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if strings.Contains(page, `action="/start/lines"`) {
		t.Error("a text that was approved is asked about again")
	}
	if strings.Contains(page, "before this line should open") {
		t.Error("the page carries the banner that leads to it")
	}
	if w := h.do("POST", "/start/promise", login, url.Values{"digest": {"aa"}}); w.Code != http.StatusUnprocessableEntity || len(h.starter.approved) != 0 {
		t.Errorf("without the tick: %d %v", w.Code, h.starter.approved)
	}
	if w := h.do("POST", "/start/promise", login, url.Values{"digest": {"aa"}, "read": {"yes"}}); w.Code != http.StatusSeeOther || len(h.starter.approved) != 1 || !strings.HasSuffix(h.starter.approved[0], " promise aa") {
		t.Errorf("with it: %d %v", w.Code, h.starter.approved)
	}
	h.starter.refuses = helpline.Errorf(helpline.Conflict, "changed")
	w := h.do("POST", "/start/promise", login, url.Values{"digest": {"old"}, "read": {"yes"}})
	if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "has changed since") {
		t.Errorf("a text that has changed meanwhile: %d", w.Code)
	}
}

func TestWhatCannotBeApprovedSaysSo(t *testing.T) {
	for _, c := range []struct {
		kind helpline.Kind
		want int
	}{{helpline.NotFound, 404}, {helpline.Unavailable, 503}, {helpline.Internal, 500}} {
		h := newHouse(t)
		_, login := h.person(t, "Anna Vermeer", helpline.Supervisor)
		h.starter.refuses = helpline.Errorf(c.kind, "so")
		if w := h.do("POST", "/start/promise", login, url.Values{"digest": {"aa"}, "read": {"yes"}}); w.Code != c.want {
			t.Errorf("%s: %d", c.kind, w.Code)
		}
	}
}

func TestTheBannerStandsUntilAllIsDoneForThoseWhoCanDoIt(t *testing.T) {
	h := newHouse(t)
	_, supervisor := h.person(t, "Anna Vermeer", helpline.Supervisor)
	_, operator := h.person(t, "Olaf Kuiper", helpline.Operator)
	_, counsellor := h.person(t, "Robin Ruiter", helpline.Counsellor)
	h.starter.points = halfDone()
	for name, c := range map[string]struct {
		login *http.Cookie
		want  bool
	}{"supervisor": {supervisor, true}, "operator": {operator, true}, "counsellor": {counsellor, false}} {
		if got := strings.Contains(h.seen(t, "/me", c.login), "before this line should open"); got != c.want {
			t.Errorf("%s sees the banner: %v", name, got)
		}
	}
	if page := h.seen(t, "/start", operator); strings.Contains(page, `action="/start/promise"`) || !strings.Contains(page, "1 of 2") {
		t.Error("an operator sees the list and gives no word on a text")
	}
	h.starter.points = []counsel.Point{{ID: "promise", State: counsel.PointDone, By: "Anna", Digest: "aa"}, {ID: "machine", State: counsel.PointLook}}
	if strings.Contains(h.seen(t, "/me", supervisor), "before this line should open") {
		t.Error("the banner stands when nothing is left to do")
	}
	if !strings.Contains(h.seen(t, "/start", supervisor), "Everything on this list is done.") {
		t.Error("the page does not say that all is done")
	}
	h.starter.err = helpline.Errorf(helpline.Unavailable, "just now")
	if page := h.seen(t, "/me", supervisor); strings.Contains(page, "before this line should open") {
		t.Error("a list that cannot be seen makes a banner")
	}
}
