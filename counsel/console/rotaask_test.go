package console

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
)

// published is a rota whose first shift has people, with their places.
func (p *planner) published() (rota.Shift, []rota.Assignment) {
	p.t.Helper()
	_, draft := p.begun()
	plan := "/rota/plan/" + draft.ID.String()
	p.post(plan+"/fill", "back", "/rota")
	for range 40 { // whatever can be accepted, with a reason
		key := regexp.MustCompile(`name="key" value="([^"]*)"`).FindStringSubmatch(p.get(plan))
		if key == nil {
			break
		}
		p.post(plan, "do", "accept", "key", key[1], "reason", "agreed")
	}
	p.press(plan)
	s := p.shift(draft.ID)
	return s, p.on(s.ID)
}

// on gives the counsellors' places of a shift that stand.
func (p *planner) on(shift helpline.ID) []rota.Assignment {
	p.t.Helper()
	b, err := p.rotas.Standing(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	return slices.DeleteFunc(b.Assignments, func(a rota.Assignment) bool {
		return a.Shift != shift || a.State != rota.Held || a.Role != rota.Counsellor
	})
}

var ticked = regexp.MustCompile(`name="person" value="([^"]*)" checked`)

func TestAGapIsClosedByAskingSeveralAtOnce(t *testing.T) {
	p := plans(t)
	s, places := p.published()
	if len(places) == 0 {
		t.Fatal("nobody is on the shift")
	}
	at := "/rota/ask/" + s.ID.String()
	p.wants(p.get("/rota/shift/"+s.ID.String()), "the shift", `href="/rota/ask/`+s.ID.String())
	page := p.get(at + "?role=counsellor")
	p.wants(page, "before asking", "Who cannot come", "no notice reaches them: call", places[0].ID.String())
	var people []string
	for _, m := range ticked.FindAllStringSubmatch(page, -1) {
		people = append(people, m[1])
	}
	if len(people) == 0 || len(people) > askBest {
		t.Fatalf("%d are ticked in advance", len(people))
	}
	// Sent as it came, nobody loses a place, and nobody is asked.
	if w, page := p.post(at, "place", "", "role", "counsellor", "person", people[0]); w.Code != http.StatusConflict || !strings.Contains(page, "Say who cannot come") || len(p.on(s.ID)) != len(places) || len(p.rotas.AsksOf(s.ID)) != 0 {
		t.Errorf("without a free place: %d", w.Code)
	}
	form := []string{"place", places[0].ID.String(), "role", "counsellor"}
	for _, one := range people {
		form = append(form, "person", one)
	}
	_, page = p.post(at, form...)
	p.wants(page, "asked", "Asked. Nobody has said yes yet.", "has not answered", "Stop asking")
	if strings.Contains(page, `name="person" value="`+places[0].Person.String()) {
		t.Error("whoever cannot come is asked for the same shift")
	}
	asks := p.rotas.AsksOf(s.ID)
	if len(asks) != 1 || len(asks[0].Asked) != len(people) {
		t.Fatalf("%d asks stand", len(asks))
	}
	first := asks[0].Asked[0].Person
	who := helpline.Actor{Person: first, Roles: []helpline.Role{helpline.Counsellor}}
	if err := p.rotas.Answer(t.Context(), who, asks[0].ID, true); err != nil {
		t.Fatal(err)
	}
	page = p.get(at)
	p.wants(page, "answered", " has taken it.", "said yes")
	if !slices.ContainsFunc(p.on(s.ID), func(a rota.Assignment) bool { return a.Person == first && !a.Minds }) || strings.Contains(page, "Stop asking") {
		t.Error("who said yes does not have the place")
	}
}

func TestHostileAsksAreRefusedAndNobodyLosesAPlaceForThem(t *testing.T) {
	p := plans(t)
	s, places := p.published()
	at := "/rota/ask/" + s.ID.String()
	there := places[0].Person.String()
	var many []string
	for range counsel.MostAsked + 1 {
		many = append(many, "person", helpline.NewID().String())
	}
	for name, c := range map[string]struct {
		form []string
		code int
	}{
		"nobody":                     {[]string{"place", places[0].ID.String()}, http.StatusConflict},
		"too many":                   {append([]string{"place", places[0].ID.String()}, many...), http.StatusConflict},
		"no person":                  {[]string{"place", places[0].ID.String(), "person", "x"}, http.StatusConflict},
		"a stranger":                 {[]string{"place", places[0].ID.String(), "person", helpline.NewID().String()}, http.StatusConflict},
		"who has the shift already":  {[]string{"place", places[0].ID.String(), "person", there}, http.StatusConflict},
		"a place of nothing":         {[]string{"place", helpline.NewID().String(), "person", there}, http.StatusConflict},
		"no place":                   {[]string{"place", "../x", "person", there}, http.StatusConflict},
		"no role":                    {[]string{"role", "king", "person", there}, http.StatusConflict},
		"an ask of nothing is ended": {[]string{"do", "stop", "ask", helpline.NewID().String()}, http.StatusConflict},
	} {
		if w, _ := p.post(at, c.form...); w.Code != c.code || len(p.on(s.ID)) != len(places) || len(p.rotas.AsksOf(s.ID)) != 0 {
			t.Errorf("%s: %d, %d places, %d asks", name, w.Code, len(p.on(s.ID)), len(p.rotas.AsksOf(s.ID)))
		}
	}
	for _, path := range []string{"/rota/ask/x", "/rota/ask/" + helpline.NewID().String()} {
		if w := p.do("GET", path, p.login, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	_, leader := p.person(t, "Leo Lamp", helpline.Leader)
	if w := p.do("GET", at, leader, nil); w.Code != http.StatusForbidden {
		t.Errorf("a leader asks: %d", w.Code)
	}
}

func TestWhoIsAskedAlreadyOrCannotComeIsNotAskedAgain(t *testing.T) {
	p := plans(t)
	s, places := p.published()
	at := "/rota/ask/" + s.ID.String()
	page := p.get(at + "?role=counsellor")
	p.wants(page, "with whom nothing was agreed", "has fewer hours than an even share")
	if strings.Contains(page, "has agreed hours left") {
		t.Error("hours are left of no agreement")
	}
	person := ticked.FindStringSubmatch(page)[1]
	_, page = p.post(at, "place", places[0].ID.String(), "role", "counsellor", "person", person)
	p.wants(page, "asked", "has not answered", "Ask for one more place on this shift")
	for _, one := range []string{person, places[0].Person.String()} {
		if strings.Contains(page, `name="person" value="`+one) {
			t.Error("who is asked already, or cannot come, is listed again")
		}
	}
	// Whoever lost the place hears of it.
	who := helpline.Actor{Person: places[0].Person, Roles: []helpline.Role{helpline.Counsellor}}
	events, err := p.rotas.Events(t.Context(), who, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	if err != nil || !slices.ContainsFunc(events, func(e rota.Event) bool { return e.Kind == rota.EventAssign && e.Shift == s.ID }) {
		t.Errorf("whoever lost the place is told of %+v, %v", events, err)
	}
}

func TestForASickLeaderThePageListsWhoCanLead(t *testing.T) {
	p := plans(t)
	leo, _ := p.person(t, "Leo Lamp", helpline.Leader)
	s, places := p.published()
	b, err := p.rotas.Standing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(b.Assignments, func(a rota.Assignment) bool {
		return a.Shift == s.ID && a.Role == rota.Leader && a.State == rota.Held && !a.Minds
	})
	if i < 0 {
		t.Fatal("nobody leads the shift")
	}
	at, lead := "/rota/ask/"+s.ID.String(), b.Assignments[i]
	free := p.named("Lia Leader")
	if lead.Person == free {
		free = leo.ID
	}
	person := "" // who cannot lead; a leader who is free may be among the best, and could be asked for this place
	for _, m := range ticked.FindAllStringSubmatch(p.get(at+"?role=counsellor"), -1) {
		if m[1] != leo.ID.String() && m[1] != p.named("Lia Leader").String() {
			person = m[1]
		}
	}
	w, page := p.post(at, "place", lead.ID.String(), "role", "counsellor", "person", person)
	p.wants(page, "for a leader", "This is a place as shift leader.", `name="role" value="leader"`, `name="person" value="`+free.String(), `value="`+lead.ID.String()+`" selected`)
	if w.Code != http.StatusConflict || ticked.MatchString(page) || len(p.on(s.ID)) != len(places) {
		t.Errorf("%d, or somebody is ticked in advance", w.Code)
	}
	_, page = p.post(at, "place", lead.ID.String(), "role", "leader", "person", free.String())
	p.wants(page, "asked to lead", "has not answered")
}

func TestADropIsSaidAboveThePagesAndItsYesLeadsToAsking(t *testing.T) {
	p := plans(t)
	s, places := p.published()
	const alert = "Somebody cannot come to their shift"
	if strings.Contains(p.get("/rota"), alert) {
		t.Error("nobody gave anything back, and it is said")
	}
	who := helpline.Actor{Person: places[0].Person, Roles: []helpline.Role{helpline.Counsellor}}
	c, err := p.rotas.Do(t.Context(), who, rota.Step{Do: rota.DoDrop, Assignment: places[0].ID})
	if err != nil {
		t.Fatal(err)
	}
	p.wants(p.get("/people"), "somebody cannot come", alert, `href="/rota/swaps"`)
	p.wants(p.get("/alerts?here=people"), "a page that stands open", `"text":"`+alert, `"href":"/rota/swaps"`)
	w, page := p.post("/rota/swaps", "do", "approve", "id", c.Swaps[0].ID.String())
	at := "/rota/ask/" + s.ID.String()
	if !strings.HasPrefix(w.Header().Get("Location"), at) {
		t.Errorf("the yes leads to %q", w.Header().Get("Location"))
	}
	p.wants(page, "after the yes", "You answer for the place until somebody has it", "Nobody: a place is free")
	page = p.get("/rota/swaps")
	p.wants(page, "what one answers for", "You answer for a place here", `href="`+at)
	if strings.Contains(page, alert) || strings.Contains(p.get("/alerts"), alert) {
		t.Error("it still waits")
	}
}
