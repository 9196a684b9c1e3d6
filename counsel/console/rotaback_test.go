package console

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
)

// A supervisor takes an offer of somebody else back by the button that the page
// has for it.
func TestASupervisorTakesAnOfferOfSomebodyBack(t *testing.T) {
	p := plans(t)
	s, places := p.published()
	who := helpline.Actor{Person: places[0].Person, Roles: []helpline.Role{helpline.Counsellor}}
	c, err := p.rotas.Do(t.Context(), who, rota.Step{Do: rota.DoOffer, Assignment: places[0].ID})
	if err != nil {
		t.Fatal(err)
	}
	page := p.get("/rota/swaps")
	id := c.Swaps[0].ID.String()
	p.wants(page, "what is on offer", `name="id" value="`+id, `value="withdraw"`)
	w, page := p.post("/rota/swaps", "do", "withdraw", "id", id)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d: %s", w.Code, onlyMain(page))
	}
	p.wants(page, "after it", "Taken back. Who had the shift keeps it.")
	at := slices.IndexFunc(p.on(s.ID), func(a rota.Assignment) bool { return a.ID == places[0].ID && a.State == rota.Held })
	if at < 0 || strings.Contains(page, id) {
		t.Error("it is still on offer")
	}
	for _, again := range []string{id, helpline.NewID().String()} {
		if w, _ := p.post("/rota/swaps", "do", "withdraw", "id", again); w.Code != http.StatusConflict {
			t.Errorf("of what is no offer: %d", w.Code)
		}
	}
}

func TestAShiftIsNotMovedOntoAClosedDayAndThePageSaysWhy(t *testing.T) {
	p := plans(t)
	s, _ := p.published()
	sam := helpline.Actor{Person: p.named("Sam Jansen"), Roles: []helpline.Role{helpline.Supervisor}}
	to := s.Date.Plus(1)
	if _, err := p.rotas.Edit(t.Context(), sam, counsel.RotaEdit{Closure: &rota.Closure{First: to, Last: to}}); err != nil {
		t.Fatal(err)
	}
	w, page := p.post("/rota/shift/"+s.ID.String()+"/step", "do", "move", "day", to.String(), "from", "19:00", "to", "21:00")
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("%d", w.Code)
	}
	p.wants(page, "a closed day", "Nothing takes place on this day", `value="`+to.String()+`"`, `value="21:00"`)
}

// The page promises what is so: where one of two rotas is managed, a supervisor
// has the last word on an exchange between them.
func TestASwapWithAManagedRotaSaysThatASupervisorMustAgree(t *testing.T) {
	during(t, rota.SelfSignUp, func(h *team) {
		other := rota.Rota{ID: helpline.NewID(), Name: "Mail", Way: rota.Managed, Setup: rota.Pair}
		h.wall.book.Rotas = append(h.wall.book.Rotas, other)
		_, a := h.plan(30, "Ann")
		_, b := h.plan(54, "Bea")
		h.wall.book.Shifts[1].Rota = other.ID
		h.post("Ann", one(a[0], "/swap"), url.Values{"saw": {h.seenOf("Ann", a[0])}, "other": {b[0].ID.String()}}, http.StatusOK)
		h.reads(h.get("Ann", one(a[0], ""), http.StatusOK), "says yes and a supervisor agrees")
		h.reads(h.get("Bea", "/shifts", http.StatusOK), "a supervisor still has to agree")
		h.reads(h.post("Bea", "/shifts/open/"+h.wall.book.Swaps[0].ID.String(), url.Values{"do": {"take"}}, http.StatusOK), "A supervisor still has to agree")
	})
}

// TestPromiseNobodyPublishesWhatTheyHaveNotRead: of two supervisors who publish the
// same days the second is shown first what it changes now, and so is whoever
// publishes a draft that somebody has changed since the page was drawn.
func TestPromiseNobodyPublishesWhatTheyHaveNotRead(t *testing.T) {
	p := plans(t)
	line, first := p.begun()
	p.post("/rota/draft", "rota", line.ID.String(), "first", first.First.String(), "last", first.Last.String())
	var second helpline.ID
	for _, v := range p.rotas.Versions(line.ID) {
		if v.ID != first.ID {
			second = v.ID
		}
	}
	state := func(id helpline.ID) rota.VersionState {
		b, err := p.rotas.Book(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return b.Version.State
	}
	sam := helpline.Actor{Person: p.named("Sam Jansen"), Roles: []helpline.Role{helpline.Supervisor}}
	plan := "/rota/plan/" + second.String()
	read := func() string {
		t.Helper()
		saw := regexp.MustCompile(`name="saw" value="([^"]*)"`).FindStringSubmatch(p.get(plan))
		if saw == nil {
			t.Fatal("the page has no button")
		}
		return saw[1]
	}
	refused := func(why, saw string) {
		t.Helper()
		w, page := p.post(plan, "do", "publish", "saw", saw)
		if w.Code != http.StatusConflict || state(second) != rota.Draft {
			t.Errorf("%s: %d, %s", why, w.Code, state(second))
		}
		p.wants(page, why, "It has changed meanwhile", `value="publish"`)
	}
	p.acceptAll(second)
	refused("nothing was read", "")
	saw := read()
	place := rota.Assignment{Shift: p.shift(second).ID, Person: p.named("Ada Berg"), Role: rota.Counsellor}
	if _, err := p.rotas.Edit(t.Context(), sam, counsel.RotaEdit{Place: &place}); err != nil {
		t.Fatal(err)
	}
	p.acceptAll(second)
	refused("a colleague has put Ada on it", saw)
	saw = read()
	p.publish(first.ID)
	refused("a colleague has published these days", saw)

	p.acceptAll(second)
	saw = read()
	place = rota.Assignment{Shift: place.Shift, Person: p.named("Lia Leader"), Role: rota.Counsellor}
	work := &faster{RotaWork: p.RotaWork, colleague: func(w RotaWork) {
		if _, err := w.Edit(t.Context(), sam, counsel.RotaEdit{Place: &place}); err != nil {
			t.Fatal(err)
		}
		p.acceptAll(second)
	}}
	p.RotaWork = work
	refused("a colleague was faster by a breath", saw)
	if work.colleague != nil {
		t.Error("nobody was faster")
	}
	if w, page := p.press(plan); w.Code != http.StatusSeeOther || state(second) != rota.Published {
		t.Errorf("what was read: %d, %s", w.Code, onlyMain(page))
	}
}

// faster is a colleague whose change stands just before a step is decided.
type faster struct {
	RotaWork
	colleague func(RotaWork)
}

func (f *faster) Do(ctx context.Context, by helpline.Actor, s rota.Step) (rota.Change, error) {
	if first := f.colleague; first != nil {
		f.colleague = nil
		first(f.RotaWork)
	}
	return f.RotaWork.Do(ctx, by, s)
}
