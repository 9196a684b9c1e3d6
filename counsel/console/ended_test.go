package console

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
)

// A request may wait for seconds: for a passphrase to be stretched, or for its
// turn with a code. Meanwhile its owner ends the login somewhere else.
func TestALoginThatWasEndedIsNotBroughtBackByARequestThatWaited(t *testing.T) {
	h := newHouse(t)
	p, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	meanwhile := func() {}
	e := route("POST", "/slow", helpline.StaffOnly, counsel.ChangeOwn, func(w http.ResponseWriter, r *http.Request, _ staff.Person) {
		meanwhile()
		h.logins.Put(r.Context(), counsel.SteppedKey, time.Now().Unix())
		w.WriteHeader(http.StatusNoContent)
	})
	h.mux.Handle("POST /slow", h.guarded(e))
	h.do("POST", "/slow", login, nil)
	if w := h.do("GET", "/board", login, nil); w.Code != http.StatusOK {
		t.Fatalf("nobody ended it, and it was answered %d", w.Code)
	}
	meanwhile = func() {
		h.shelf.mu.Lock()
		defer h.shelf.mu.Unlock()
		for id, row := range h.shelf.rows {
			if row.Person == p.ID {
				delete(h.shelf.rows, id)
			}
		}
	}
	h.do("POST", "/slow", login, nil)
	if w := h.do("GET", "/board", login, nil); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/login" {
		t.Errorf("it is back: %d", w.Code)
	}
}

// A supervisor takes the second factors of somebody away, and then ends their
// logins. Whoever shows one in that moment is not let in, however the two meet.
func TestPromiseALoginOutlivesNoSecondFactorThatWasTakenAway(t *testing.T) {
	for name, when := range map[string]func(h *house, reset func(factors, logins bool)){
		"after the code was right, before the login is kept": func(h *house, reset func(factors, logins bool)) {
			h.cabinet.right = func() { reset(true, true) }
		},
		"the second factors before the login is kept, the logins after": func(h *house, reset func(factors, logins bool)) {
			h.cabinet.right = func() { reset(true, false) }
			h.cabinet.asked = func() { reset(false, true) }
		},
		"after the login was kept, before it is answered": func(h *house, reset func(factors, logins bool)) {
			h.cabinet.asked = func() { reset(true, true) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			p, _ := h.person(t, "Sam Jansen", helpline.Supervisor)
			half := h.begin(t, "Sam Jansen", "/second")
			when(h, func(factors, logins bool) {
				if factors {
					h.cabinet.mu.Lock()
					h.cabinet.bare[p.ID] = true
					h.cabinet.mu.Unlock()
				}
				if logins {
					h.shelf.mu.Lock()
					clear(h.shelf.rows)
					h.shelf.mu.Unlock()
				}
			})
			w := h.do("POST", "/second", half, url.Values{"code": {goodCode}})
			h.cabinet.asked, h.cabinet.right = nil, nil
			for _, cookie := range append(w.Result().Cookies(), half) {
				if w := h.do("GET", "/board", cookie, nil); w.Header().Get("Location") != "/login" {
					t.Errorf("the board was answered %d to %q", w.Code, w.Header().Get("Location"))
				}
			}
			if n := len(h.shelf.rows); n != 0 {
				t.Errorf("%d logins are left", n)
			}
		})
	}
}
