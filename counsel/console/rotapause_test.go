package console

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/rota"
)

var pauseSaw = regexp.MustCompile(`name="saw" value="([^"]*)"`)

func TestASupervisorSaysThatSomebodyDoesNotWorkHereAtTheMoment(t *testing.T) {
	p := plans(t)
	p.lately()
	ada := p.named("Ada Berg")
	at := "/rota/people/" + ada.String()
	p.wants(p.get(at), "the page of the person", `href="`+at+`/pause"`, "Not working here for a while")
	page := p.get(at + "/pause")
	p.wants(page, "first what follows", "Ada Berg still has 3 published shifts:", `href="/rota/shift/`, "You answer for each of them until somebody else has it.",
		"This is about the rota alone. Whether Ada Berg can sign in and talk with visitors is decided on the page “People”.", `href="/people/`+ada.String()+`"`, "From now on, Ada Berg does not work here")
	saw := pauseSaw.FindStringSubmatch(page)[1]
	for name, fields := range map[string][]string{
		"a press on nothing":       {"do", "off"},
		"on something else":        {"do", "off", "saw", "0123"},
		"on what was hostile":      {"do", "off", "saw", "<i>\x00"},
		"on the end of what is no": {"do", "back", "saw", saw},
	} {
		w, page := p.post(at+"/pause", fields...)
		if name == "on the end of what is no" {
			if w.Code != http.StatusSeeOther {
				t.Errorf("%s: %d", name, w.Code)
			}
			continue
		}
		if w.Code != http.StatusConflict || !strings.Contains(page, "Nothing was done: something has changed since you looked.") {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if w, _ := p.post(at+"/pause", "do", "<i>", "saw", saw); w.Code != http.StatusBadRequest {
		t.Errorf("neither: %d", w.Code)
	}
	if p.rotas.Paused(ada) {
		t.Fatal("something was done")
	}
	w, page := p.post(at+"/pause", "do", "off", "saw", saw)
	if w.Code != http.StatusSeeOther || !p.rotas.Paused(ada) {
		t.Fatalf("not kept: %d", w.Code)
	}
	p.wants(page, "kept", "Kept: Ada Berg does not work here at the moment, and gets no shifts.", "tell them yourself", "Ada Berg does not work here at the moment, since ",
		"3 places that were Ada Berg’s are still open:", "No shift comes back by itself", "From now on, Ada Berg works here again", "Undo")
	if !slices.ContainsFunc(p.trail.deeds, func(d audit.Deed) bool { return d.Code == audit.RotaSetup }) {
		t.Error("that a supervisor did it stands nowhere")
	}
	p.wants(p.get("/rota/people"), "the list", "does not work here at the moment")
	p.wants(p.get(at), "the page of the person", "does not work here at the moment", `href="`+at+`/pause"`)
	p.wants(p.get("/rota"), "the week", "3 places of people who do not work here now are open:")
	if w, _ := p.post(at+"/pause", "do", "off", "saw", saw); w.Code != http.StatusSeeOther {
		t.Errorf("the second of two presses: %d", w.Code)
	}
	_, page = p.post("/rota/undo", "back", at+"/pause")
	p.wants(page, "undone", "Taken back: somebody not working here (shifts stay open).", "Ada Berg has no published shift from now on")
	_, page = p.post(at+"/pause", "do", "off", "saw", pauseSaw.FindStringSubmatch(page)[1])
	p.wants(page, "kept again", "since ")
	_, page = p.post(at+"/pause", "do", "back", "saw", "off")
	p.wants(page, "back", "Kept: Ada Berg works here again and can be planned. No shift has come back by itself.", "has no published shift from now on")
	if p.rotas.Paused(ada) {
		t.Error("still off")
	}

	_, login := p.person(t, "Leo Lamp", helpline.Leader)
	for _, method := range []string{"GET", "POST"} {
		if w := p.do(method, at+"/pause", login, nil); w.Code != http.StatusForbidden {
			t.Errorf("a shift leader may %s it: %d", method, w.Code)
		}
		if w := p.do(method, "/rota/people/"+helpline.NewID().String()+"/pause", p.login, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s of nobody: %d", method, w.Code)
		}
		if w := p.do(method, "/rota/people/x/pause", p.login, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s of no number: %d", method, w.Code)
		}
	}
}

// TestWhatHasChangedSinceItWasShownIsShownAgain: a shift that came between the
// page and the press is taken from nobody unseen.
func TestWhatHasChangedSinceItWasShownIsShownAgain(t *testing.T) {
	p := plans(t)
	p.lately()
	lia := p.named("Lia Leader")
	sam := helpline.Actor{Person: p.named("Sam Jansen"), Roles: []helpline.Role{helpline.Supervisor}}
	at := "/rota/people/" + lia.String() + "/pause"
	page := p.get(at)
	p.wants(page, "without a shift", "Lia Leader has no published shift from now on")
	saw := pauseSaw.FindStringSubmatch(page)[1]
	from := time.Now().Add(24 * time.Hour)
	if _, err := p.rotas.Edit(t.Context(), sam, counsel.RotaEdit{OnCall: &rota.OnCall{Leader: lia, Interval: rota.Interval{Start: from, End: from.Add(time.Hour)}}}); err != nil {
		t.Fatal(err)
	}
	w, page := p.post(at, "do", "off", "saw", saw)
	if w.Code != http.StatusConflict || p.rotas.Paused(lia) {
		t.Fatalf("answered %d", w.Code)
	}
	p.wants(page, "once more", "Nothing was done", "1 stretch on call ends.")
	p.post(at, "do", "off", "saw", pauseSaw.FindStringSubmatch(page)[1])
	if !p.rotas.Paused(lia) {
		t.Error("not off")
	}
	if page := p.get("/rota/oncall"); strings.Contains(onlyMain(page), "Lia Leader") {
		t.Error("who is off can be chosen to be on call")
	}
}

// TestASupervisorTakesThemselfOffTheRota: they answer for nothing that they lose.
func TestASupervisorTakesThemselfOffTheRota(t *testing.T) {
	p := plans(t)
	sam := p.named("Sam Jansen")
	at := "/rota/people/" + sam.String() + "/pause"
	page := p.get(at)
	if strings.Contains(page, "You answer for each") {
		t.Error("they answer for what they lose")
	}
	p.post(at, "do", "off", "saw", pauseSaw.FindStringSubmatch(page)[1])
	if !p.rotas.Paused(sam) {
		t.Error("not off")
	}
}

func TestTheBoardSaysToALeaderWhoIsOffWhyTheyAreNotCheckedIn(t *testing.T) {
	p := plans(t)
	p.lately()
	one, login := p.person(t, "Leo Lamp", helpline.Leader)
	sam := helpline.Actor{Person: p.named("Sam Jansen"), Roles: []helpline.Role{helpline.Supervisor}}
	p.roll.fault = helpline.Errorf(helpline.Conflict, "check in: they do not work here at the moment")
	here := func() string {
		w := p.do("POST", "/board/here", login, url.Values{"do": {"here"}})
		if w.Code != http.StatusConflict {
			t.Errorf("answered %d", w.Code)
		}
		return w.Body.String()
	}
	const why = "You were not checked in: in the rota you do not work here at the moment."
	if strings.Contains(here(), why) {
		t.Error("said of somebody who works here")
	}
	if _, err := p.rotas.Edit(t.Context(), sam, counsel.RotaEdit{Suspend: one.ID}); err != nil {
		t.Fatal(err)
	}
	p.wants(here(), "the board", why)
}

func TestWhoIsOffReadsItOnEveryOwnPageAndCanTakeNothing(t *testing.T) {
	during(t, rota.SelfSignUp, func(h *team) {
		h.plan(50, "Bea")
		b := &h.wall.book
		at := slices.IndexFunc(b.People, func(q rota.Person) bool { return q.ID == h.people["Ann"].ID })
		b.People[at].Standing, b.People[at].Since = rota.Suspended, time.Now().Add(-48*time.Hour)
		h.phones("Ann", "Bea")
		for _, path := range []string{"/shifts", "/shifts/open", "/shifts/wishes", "/shifts/off", "/shifts/calendar"} {
			page := h.get("Ann", path, http.StatusOK)
			h.reads(page, "In the rota you do not work here at the moment (since ", "ask your supervisor")
			h.readsNot(page, "You have no shift ahead", "a supervisor can ask you", `value="take"`)
		}
		h.readsNot(h.get("Bea", "/shifts", http.StatusOK), "do not work here at the moment")
	})
}
