package console

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
)

// slate keeps in memory what is said of the line.
type slate struct{ said map[string]counsel.Saying }

func (s *slate) KeepSaying(_ context.Context, slot string, one counsel.Saying) error {
	s.said[slot] = one
	return nil
}

func (s *slate) DropSaying(_ context.Context, slot string) error {
	delete(s.said, slot)
	return nil
}

func (s *slate) Sayings(context.Context) (map[string]counsel.Saying, error) {
	return maps.Clone(s.said), nil
}

func TestALeaderSetsTheLineByHandAndTakesItBack(t *testing.T) {
	h := newHouse(t)
	p, leader := h.person(t, "Lou Smit", helpline.Leader)
	board := h.do("GET", "/board", leader, nil).Body.String()
	for _, want := range []string{`data-state="open"`, "Nothing is set by hand.", `value="open"`, `value="pause"`} {
		if !strings.Contains(board, want) {
			t.Errorf("the board does not have %q", want)
		}
	}
	for _, word := range []string{"pause", "first"} {
		if w := h.do("POST", "/board/line", leader, url.Values{"word": {word}, "reason": {"crowd"}, "hours": {"2"}}); w.Code != http.StatusSeeOther {
			t.Fatalf("%s is answered %d", word, w.Code)
		}
	}
	board = h.do("GET", "/board", leader, nil).Body.String()
	for _, want := range []string{`data-state="paused"`, "Robin: nobody new, until ", "Robin: messages first, until ", "puts messages first", "Let visitors in again", "Chats first again"} {
		if !strings.Contains(board, want) {
			t.Errorf("the board does not have %q", want)
		}
	}
	if w := h.do("POST", "/board/line/back", leader, url.Values{"word": {"pause"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("taking back is answered %d", w.Code)
	}
	if board = h.do("GET", "/board", leader, nil).Body.String(); !strings.Contains(board, `data-state="open"`) || !strings.Contains(board, "Chats first again") {
		t.Error("what was taken back still stands, or something else went with it")
	}
	if d := h.trail.deeds; len(d) != 3 || d[0].Code != audit.LineHand || d[2].Code != audit.LineFree || d[0].By != p.ID {
		t.Errorf("recorded %+v", d)
	}
}

func TestABadFormAboutTheLineComesBackFilledAndChangesNothing(t *testing.T) {
	h := newHouse(t)
	_, leader := h.person(t, "Lou Smit", helpline.Leader)
	for _, f := range []url.Values{
		{},
		{"word": {"pause"}},
		{"word": {"explode"}, "reason": {"ill"}},
		{"word": {"first"}, "reason": {"ill"}, "hours": {"-1"}},
		{"word": {"first"}, "reason": {"ill"}, "hours": {"1e9"}},
		{"word": {"open"}, "reason": {"because"}, "hours": {"1"}},
	} {
		if w := h.do("POST", "/board/line", leader, f); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `role="alert"`) {
			t.Errorf("%v is answered %d", f, w.Code)
		}
	}
	page := h.do("POST", "/board/line", leader, url.Values{"word": {"first"}, "reason": {"ill"}, "hours": {"9999"}}).Body.String()
	if !strings.Contains(page, `value="first" checked`) || !strings.Contains(page, `<option value="ill" selected`) {
		t.Error("the form does not come back as it was")
	}
	if w := h.do("POST", "/board/line/back", leader, url.Values{"word": {"x"}}); w.Code != http.StatusBadRequest {
		t.Errorf("taking back nothing is answered %d", w.Code)
	}
	if len(h.slate.said) != 0 || len(h.trail.deeds) != 0 {
		t.Errorf("kept %v, recorded %v", h.slate.said, h.trail.deeds)
	}
	_, counsellor := h.person(t, "Sam Bos", helpline.Counsellor)
	if w := h.do("POST", "/board/line", counsellor, url.Values{"word": {"close"}, "reason": {"ill"}}); w.Code != http.StatusForbidden || len(h.slate.said) != 0 {
		t.Errorf("a counsellor closes the line: %d", w.Code)
	}
}

func TestALineThatCannotBeRecordedIsNotChanged(t *testing.T) {
	h := newHouse(t)
	_, leader := h.person(t, "Lou Smit", helpline.Leader)
	h.trail.full = true
	if w := h.do("POST", "/board/line", leader, url.Values{"word": {"close"}, "reason": {"ill"}}); w.Code != http.StatusServiceUnavailable || len(h.slate.said) != 0 {
		t.Errorf("answered %d, kept %v", w.Code, h.slate.said)
	}
}
