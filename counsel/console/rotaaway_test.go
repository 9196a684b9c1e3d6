package console

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel/audit"
)

func TestASupervisorEntersLeaveAndWishesOfSomebody(t *testing.T) {
	p := plans(t)
	p.lately()
	ada := p.named("Ada Berg")
	at := "/rota/people/" + ada.String()
	p.wants(p.get(at), "the page of the person", `href="`+at+`/off"`, `href="`+at+`/wishes"`)
	p.wants(p.get(at+"/off"), "nothing yet", "Leave of Ada Berg", "No leave ahead.")
	first, last := p.thisDay().Plus(2).String(), p.thisDay().Plus(5).String()
	w, page := p.post(at+"/off", "first", first, "last", last)
	p.wants(page, "asked", "Ada Berg has 2 published shifts on these days:", `href="/rota/shift/`, "Keep the leave all the same", `value="`+first+`"`)
	if w.Code != http.StatusConflict {
		t.Errorf("asked: %d", w.Code)
	}
	saw := regexp.MustCompile(`name="saw" value="([^"]*)"`).FindStringSubmatch(page)[1]
	if w, _ := p.post(at+"/off", "first", first, "last", p.thisDay().Plus(1).String(), "sure", "yes", "saw", saw); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("backwards: %d", w.Code)
	}
	if w, _ := p.post(at+"/off", "first", p.thisDay().Plus(1).String(), "last", last, "sure", "yes", "saw", saw); w.Code != http.StatusConflict {
		t.Errorf("a yes to other days: %d", w.Code)
	}
	_, page = p.post(at+"/off", "first", first, "last", last, "sure", "yes", "saw", saw)
	p.wants(page, "kept over shifts", "This person still has the shifts that were published on these days", "somebody’s leave")
	if !slices.ContainsFunc(p.trail.deeds, func(d audit.Deed) bool { return d.Code == audit.RotaBehalf }) {
		t.Error("that a supervisor did it stands nowhere")
	}
	id := regexp.MustCompile(`name="id" value="([^"]*)"`).FindStringSubmatch(page)
	if id == nil {
		t.Fatal(onlyMain(page))
	}
	if w, _ := p.post(at+"/off", "first", first, "last", last); w.Code != http.StatusSeeOther {
		t.Errorf("the second of two presses: %d", w.Code)
	}
	if w, _ := p.post("/rota/people/"+p.named("Bea Cohen").String()+"/off", "do", "drop", "id", id[1]); w.Code != http.StatusConflict {
		t.Errorf("dropped on another's page: %d", w.Code)
	}
	_, page = p.post(at+"/off", "do", "drop", "id", id[1])
	p.wants(page, "dropped", "No leave ahead.")
	_, page = p.post("/rota/undo", "back", at+"/off")
	p.wants(page, "undone", id[1])
	w, page = p.post(at+"/off", "first", "31-12-2126", "last", "")
	p.wants(page, "no day", "Choose days that are in the calendar.", `value="31-12-2126"`)
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("no day: %d", w.Code)
	}

	p.wants(p.get(at+"/wishes"), "no wishes", "Nothing is said for the days ahead.")
	_, page = p.post(at+"/wishes", "word", "cannot", "first", first, "last", p.thisDay().Plus(30).String(), "day", "1", "from", "18:00", "to", "23:00")
	p.wants(page, "a wish", "Cannot: ", "18:00", "somebody’s wishes")
	key := regexp.MustCompile(`name="key" value="([^"]*)"`).FindStringSubmatch(page)
	if key == nil {
		t.Fatal(onlyMain(page))
	}
	w, page = p.post(at+"/wishes", "word", "maybe", "first", first, "day", "3", "from", "18:00")
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("no word: %d", w.Code)
	}
	p.wants(page, "no word", `role="alert"`, `value="`+first+`"`, `value="18:00"`, `value="3" checked`)
	_, page = p.post(at+"/wishes", "do", "drop", "key", key[1])
	p.wants(page, "taken back", "Nothing is said for the days ahead.")
	if w, _ := p.post(at+"/wishes", "do", "drop", "key", key[1]); w.Code != http.StatusConflict {
		t.Errorf("once more: %d", w.Code)
	}
	_, login := p.person(t, "Leo Lamp", helpline.Leader)
	for _, path := range []string{at + "/off", at + "/wishes"} {
		if w := p.do("GET", path, login, nil); w.Code != http.StatusForbidden {
			t.Errorf("a leader reads %s: %d", path, w.Code)
		}
		if w := p.do("GET", strings.Replace(path, ada.String(), helpline.NewID().String(), 1), p.login, nil); w.Code != http.StatusNotFound {
			t.Errorf("nobody's %s: %d", path, w.Code)
		}
	}
}
