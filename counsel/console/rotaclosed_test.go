package console

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline/counsel/rota"
)

func TestClosingDaysWithPublishedShiftsAsksFirst(t *testing.T) {
	p := plans(t)
	p.lately()
	first, last := p.thisDay().Plus(1).String(), p.thisDay().Plus(3).String()
	w, page := p.post("/rota/closed", "first", first, "last", last)
	if w.Code != http.StatusConflict {
		t.Errorf("answered %d", w.Code)
	}
	p.wants(page, "asked", "3 published shifts lie on these days, with 2 people.", "Yes, close these days", `value="`+first+`"`, `value="`+last+`"`, `href="/rota/shift/`)
	if strings.Contains(page, "One of them runs now") {
		t.Error("none of them runs")
	}
	saw := regexp.MustCompile(`name="saw" value="([^"]*)"`).FindStringSubmatch(page)[1]
	for name, fields := range map[string][]string{
		"a yes to nothing":      {"sure", "yes", "first", first, "last", last},
		"a yes to other days":   {"sure", "yes", "saw", saw, "first", first, "last", p.thisDay().Plus(4).String()},
		"a yes that is no word": {"sure", "no", "saw", saw, "first", first, "last", last},
	} {
		if w, _ := p.post("/rota/closed", fields...); w.Code != http.StatusConflict {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	_, page = p.post("/rota/closed", "sure", "yes", "saw", saw, "first", first, "last", last)
	p.wants(page, "closed", "No shift begins on these days.", "closed days")
	b, err := p.rotas.Standing(t.Context())
	if err != nil || len(b.Closures) != 1 {
		t.Fatalf("%+v, %v", b.Closures, err)
	}
	if own := b.Own(p.named("Ada Berg"), time.Now()); len(own) != 0 {
		t.Errorf("Ada still has %d shifts", len(own))
	}
	at := slices.IndexFunc(b.Shifts, func(s rota.Shift) bool { return s.Date.String() == first })
	p.wants(p.get("/rota/shift/"+b.Shifts[at].ID.String()), "its page", "This day is closed: the shift does not take place.")
	week := p.get("/rota?week=" + first)
	p.wants(week, "the week", "does not take place")
	if strings.Contains(week, "The line is closed on this day") {
		t.Error("the week asks for something to be done about what does not take place")
	}
	if person := p.get("/rota?by=person&week=" + first); strings.Contains(person, `href="/rota/shift/`+b.Shifts[at].ID.String()) {
		t.Error("the row of a person has a shift that does not take place")
	}
	if w, _ := p.post("/rota/closed", "first", first, "last", last); w.Code != http.StatusSeeOther {
		t.Errorf("days on which nothing is left are asked of: %d", w.Code)
	}
	p.post("/rota/undo", "back", "/rota/closed")
	_, page = p.post("/rota/undo", "back", "/rota/closed")
	p.wants(page, "undone", "Taken back: closed days.")
	w, page = p.post("/rota/closed", "first", "31-12-2126", "last", "<i>")
	p.wants(page, "no days", `value="31-12-2126"`, `&lt;i&gt;`, `id="fault-first"`, `id="fault-last"`)
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("no days: %d", w.Code)
	}
}
