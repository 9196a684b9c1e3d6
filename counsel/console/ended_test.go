package console

import (
	"net/http"
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
