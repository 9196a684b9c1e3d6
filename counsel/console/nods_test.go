package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel"
)

// noddings keeps who waits for a nod in memory.
type noddings struct{ all []counsel.Nod }

func (n *noddings) Waiting(_ context.Context, who helpline.Actor) ([]counsel.Nod, error) {
	if counsel.May(who, counsel.GiveNods) == nil {
		return n.all, nil
	}
	return slices.DeleteFunc(slices.Clone(n.all), func(one counsel.Nod) bool { return one.Person != who.Person }), nil
}

func (n *noddings) Nod(_ context.Context, who helpline.Actor, nod helpline.ID) error {
	if slices.Contains(n.all, counsel.Nod{ID: nod, Person: who.Person}) { // not one with Alone
		return helpline.Errorf(helpline.Forbidden, "nod: %w", counsel.ErrOwnNod)
	}
	was := len(n.all)
	n.all = slices.DeleteFunc(n.all, func(one counsel.Nod) bool { return one.ID == nod })
	if len(n.all) == was {
		return errNone
	}
	return nil
}

func TestPromiseTheThirdTimeOneCounsellorMeetsTheSameCodeASupervisorIsAsked(t *testing.T) {
	h := newHouse(t)
	sup, supervisor := h.person(t, "Sam Jansen", helpline.Supervisor)
	p, counsellor := h.person(t, "Robin Smit", helpline.Counsellor)
	_, leader := h.person(t, "Lou Smit", helpline.Leader)
	const asks = "You have met the same person three times or more."
	if page := h.do("GET", "/desk", counsellor, nil).Body.String(); strings.Contains(page, asks) {
		t.Error("a counsellor is told without a reason")
	}
	n := counsel.Nod{ID: helpline.NewID(), Person: p.ID}
	own := counsel.Nod{ID: helpline.NewID(), Person: sup.ID}
	h.noddings.all = []counsel.Nod{n, own}
	if page := h.do("GET", "/desk", counsellor, nil).Body.String(); !strings.Contains(page, asks) {
		t.Error("the counsellor is not told")
	}
	board := h.do("GET", "/board", supervisor, nil).Body.String()
	if !strings.Contains(board, "meets the same person for the third time or oftener") || strings.Count(board, `action="/board/nod"`) != 1 || !strings.Contains(board, "Another supervisor has to say this.") {
		t.Error("the board does not ask for the nod, or asks a supervisor for the own one")
	}
	if board := h.do("GET", "/board", leader, nil).Body.String(); strings.Contains(board, "nods-title") {
		t.Error("a shift leader is shown who meets whom")
	}
	give := func(n counsel.Nod) url.Values {
		return url.Values{"nod": {n.ID.String()}}
	}
	for name, c := range map[string]struct {
		login *http.Cookie
		form  url.Values
		want  int
	}{
		"a counsellor":  {counsellor, give(n), http.StatusForbidden},
		"a leader":      {leader, give(n), http.StatusForbidden},
		"the own one":   {supervisor, give(own), http.StatusForbidden},
		"not a number":  {supervisor, url.Values{"nod": {"x"}}, http.StatusBadRequest},
		"it is given":   {supervisor, give(n), http.StatusSeeOther},
		"unknown to us": {supervisor, give(counsel.Nod{ID: helpline.NewID()}), http.StatusSeeOther},
	} {
		if w := h.do("POST", "/board/nod", c.login, c.form); w.Code != c.want {
			t.Errorf("%s: %d, want %d", name, w.Code, c.want)
		}
	}
	if len(h.noddings.all) != 1 || h.noddings.all[0] != own {
		t.Errorf("%v wait", h.noddings.all)
	}
	if page := h.do("GET", "/desk", counsellor, nil).Body.String(); strings.Contains(page, asks) {
		t.Error("the counsellor is told on and on")
	}
}

// TestALoneSupervisorIsAskedToTalkToSomebodyOutside: nobody else could give the
// nod, and it must not wait for ever.
func TestALoneSupervisorIsAskedToTalkToSomebodyOutside(t *testing.T) {
	h := newHouse(t)
	sup, supervisor := h.person(t, "Sam Jansen", helpline.Supervisor)
	n := counsel.Nod{ID: helpline.NewID(), Person: sup.ID, Alone: true}
	h.noddings.all = []counsel.Nod{n}
	board := h.do("GET", "/board", supervisor, nil).Body.String()
	if !strings.Contains(board, "There is no other supervisor here.") || !strings.Contains(board, `action="/board/nod"`) || strings.Contains(board, "Another supervisor has to say this.") {
		t.Error("the board asks for somebody who does not exist")
	}
	if w := h.do("POST", "/board/nod", supervisor, url.Values{"nod": {n.ID.String()}}); w.Code != http.StatusSeeOther || len(h.noddings.all) != 0 {
		t.Errorf("the nod was answered %d", w.Code)
	}
}
