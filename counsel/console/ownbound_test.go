package console

import (
	"net/http"
	"net/url"
	"testing"

	"helpline/counsel/rota"
)

func TestWhoMeetsTheBoundOfADayReadsWhatToDo(t *testing.T) {
	during(t, rota.SelfSignUp, func(h *team) {
		_, a := h.plan(24, "Ann", "Bea")
		form := url.Values{"saw": {h.seenOf("Ann", a[0])}}
		h.wall.recent = rota.MostADay
		h.reads(h.post("Ann", one(a[0], "/offer"), form, http.StatusConflict), "a hundred shifts", "Nothing was changed", "ask a supervisor")
		if len(h.wall.book.Swaps) != 0 {
			t.Errorf("something was done: %+v", h.wall.book.Swaps)
		}
		h.wall.recent--
		h.post("Ann", one(a[0], "/offer"), form, http.StatusOK)
		h.wall.recent++
		h.reads(h.post("Cor", "/shifts/open/"+h.wall.book.Swaps[0].ID.String(), url.Values{"do": {"take"}}, http.StatusConflict), "a hundred shifts")
		h.post("Ann", one(a[0], "/back"), url.Values{"swap": {h.wall.book.Swaps[0].ID.String()}}, http.StatusOK)
		if w := h.wall.book.Swaps; len(w) != 1 || w[0].State != rota.Withdrawn {
			t.Errorf("taking back always works: %+v", w)
		}
	})
}

func TestWhoStandsBehindAShiftReadsThatNoNoticeReachesThem(t *testing.T) {
	during(t, rota.Managed, func(h *team) {
		b := &h.wall.book
		b.Rotas[0].Setup = rota.Small
		h.plan(24, "Ann", "Bea")
		b.Assignments[1].Role = rota.Buddy
		h.readsNot(h.get("Bea", "/shifts", http.StatusOK), "no notice reaches you")
		b.People[1].Unreached = true
		h.reads(h.get("Bea", "/shifts", http.StatusOK), "no notice reaches you", `href="/me/notices"`)
		h.readsNot(h.get("Ann", "/shifts", http.StatusOK), "no notice reaches you")
		h.phones("Bea")
		h.readsNot(h.get("Bea", "/shifts", http.StatusOK), `href="/me/notices"`)
	})
}
