package console

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/rota"
)

// lately is a published week around today: Ada and Bea have had a shift on each
// of the last three days, and nobody checked in.
func (p *planner) lately() rota.Version {
	p.t.Helper()
	who := helpline.Actor{Person: p.named("Sam Jansen"), Roles: []helpline.Role{helpline.Supervisor}}
	edit := func(e counsel.RotaEdit) {
		p.t.Helper()
		if _, err := p.rotas.Edit(p.t.Context(), who, e); err != nil {
			p.t.Fatal(err)
		}
	}
	r := rota.Rota{ID: helpline.NewID(), Name: "Evenings", Way: rota.Managed, Setup: rota.Pair}
	evening := rota.Template{ID: helpline.NewID(), Rota: r.ID, Name: "Morning", Days: 127, From: 60, To: 120}
	v := rota.Version{ID: helpline.NewID(), Rota: r.ID, First: p.thisDay().Plus(-3), Last: p.thisDay().Plus(7)}
	edit(counsel.RotaEdit{Several: []counsel.RotaEdit{{Rota: &r}, {Template: &evening}, {NewVersion: &v}}})
	b, err := p.rotas.Book(p.t.Context(), v.ID)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, s := range b.Shifts {
		if s.Date == p.thisDay() || p.thisDay().Plus(3).Before(s.Date) {
			continue // some rest in a week
		}
		for _, name := range []string{"Ada Berg", "Bea Cohen"} {
			edit(counsel.RotaEdit{Place: &rota.Assignment{Shift: s.ID, Person: p.named(name), Role: rota.Counsellor}})
		}
	}
	if b, err = p.rotas.Book(p.t.Context(), v.ID); err != nil {
		p.t.Fatal(err)
	}
	for _, x := range rota.Check(b, p.rotas.Law()) {
		if x.Level == rota.Advisory {
			edit(counsel.RotaEdit{Accept: &counsel.RotaAccept{Version: v.ID, Key: x.Key(), Reason: rota.ReasonKnown}})
		}
	}
	if _, err := p.rotas.Do(p.t.Context(), who, rota.Step{Do: rota.DoPublish, Version: v.ID}); err != nil {
		p.t.Fatal(err)
	}
	return v
}

var placeBox = regexp.MustCompile(`type="checkbox" name="place" value="([^"]*)"( checked)?`)

func TestASupervisorConfirmsSeveralShiftsInOnePress(t *testing.T) {
	p := plans(t)
	p.lately()
	day := p.thisDay().Plus(-2) // of whichever month
	at := "/rota/hours?month=" + day.String()[:7]
	page := p.get(at)
	boxes := placeBox.FindAllStringSubmatch(page, -1)
	if len(boxes) < 2 || slices.ContainsFunc(boxes, func(m []string) bool { return m[2] == "" }) {
		t.Fatalf("the page asks of %v", boxes)
	}
	ada := p.named("Ada Berg")
	p.wants(page, "the number leads to the question", `href="#open-`+ada.String()+`"`, `id="open-`+ada.String()+`"`, "nobody checked in for them")
	open := func() []counsel.Unconfirmed {
		t.Helper()
		all, err := p.rotas.Unconfirmed(helpline.Actor{Person: p.named("Sam Jansen"), Roles: []helpline.Role{helpline.Supervisor}}, day)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	fields := []string{"month", day.String()[:7], "do", "came"}
	n := 0
	for _, u := range open() {
		if u.Person == ada {
			fields = append(fields, "place", u.Assignment.String(), "place", u.Assignment.String()) // a form sent twice over counts once
			n++
		}
	}
	before := len(open())
	_, page = p.post("/rota/hours/came", fields...)
	p.wants(page, "confirmed", "Undo", "a word on who was there", "count")
	if strings.Contains(page, `id="open-`+ada.String()) || len(open()) != before-n {
		t.Errorf("%d of %d are still open", len(open()), before)
	}
	if last := p.trail.deeds[len(p.trail.deeds)-1]; last.Code != audit.RotaStep {
		t.Errorf("recorded: %+v", last)
	}
	w, page := p.post("/rota/hours/came", fields...) // once more
	if w.Code != http.StatusConflict {
		t.Errorf("twice: %d", w.Code)
	}
	p.wants(page, "twice", "Nothing was noted", `id="open-`+p.named("Bea Cohen").String())
	_, page = p.post("/rota/undo", "back", at)
	p.wants(page, "undone", "Taken back: a word on who was there.", `id="open-`+ada.String()+`"`)

	for name, c := range map[string]struct {
		fields []string
		code   int
		says   string
	}{
		"nothing ticked":   {[]string{"do", "came"}, 422, "Tick at least one shift."},
		"no identifier":    {[]string{"do", "came", "place", "<script>"}, 422, "That could not be noted."},
		"nobody's place":   {[]string{"do", "came", "place", helpline.NewID().String()}, 409, "Nothing was noted"},
		"another step":     {[]string{"do", "drop", "place", open()[0].Assignment.String()}, 422, "That could not be noted."},
		"one that is over": {[]string{"do", "unsure", "place", open()[0].Assignment.String()}, 409, "Nothing was noted"},
	} {
		w, page := p.post("/rota/hours/came", append(c.fields, "month", day.String()[:7])...)
		if w.Code != c.code || !strings.Contains(page, c.says) || strings.Contains(page, "<script>") {
			t.Errorf("%s: %d %s", name, w.Code, onlyMain(page))
		}
	}
	// Of a form that was refused the ticks stay as they were.
	mine := open()[slices.IndexFunc(open(), func(u counsel.Unconfirmed) bool { return u.Person == ada })]
	_, page = p.post("/rota/hours/came", "month", day.String()[:7], "do", "dance", "place", mine.Assignment.String())
	for _, m := range placeBox.FindAllStringSubmatch(page, -1) {
		u := open()[slices.IndexFunc(open(), func(u counsel.Unconfirmed) bool { return u.Assignment.String() == m[1] })]
		if want := u.Person != ada || u.Assignment == mine.Assignment; (m[2] != "") != want {
			t.Errorf("the tick of %s is %q", m[1], m[2])
		}
	}
	for _, role := range []helpline.Role{helpline.Leader, helpline.Counsellor} {
		_, login := p.person(t, "Other "+string(role), role)
		if w := p.do("POST", "/rota/hours/came", login, url.Values{"do": {"came"}, "place": {mine.Assignment.String()}}); w.Code != http.StatusForbidden {
			t.Errorf("%s confirms: %d", role, w.Code)
		}
	}
}

func TestThePageOfAShiftThatIsOverAsksWhoWasThere(t *testing.T) {
	p := plans(t)
	v := p.lately()
	s := p.shift(v.ID)
	at := "/rota/shift/" + s.ID.String() + "?version=" + v.ID.String()
	page := p.get(at)
	p.wants(page, "a shift that is over", "not confirmed", `value="came"`, `value="no-show"`, "Was there")
	if strings.Contains(page, `value="mind"`) || strings.Contains(page, `value="unsure"`) {
		t.Error("what cannot be said can be pressed")
	}
	place := regexp.MustCompile(`action="/rota/hours/came"[^>]*><input type="hidden" name="place" value="([^"]*)"`).FindStringSubmatch(page)
	if place == nil {
		t.Fatalf("no form: %s", onlyMain(page))
	}
	w, page := p.post("/rota/hours/came", "place", place[1], "month", s.Date.String()[:7], "back", at, "do", "came")
	if got := w.Header().Get("Location"); got != at {
		t.Errorf("it leads to %q", got)
	}
	p.wants(page, "confirmed", "was there", `value="unsure"`, "1 shift counts as worked")
	_, page = p.post("/rota/hours/came", "place", place[1], "month", s.Date.String()[:7], "back", at, "do", "no-show")
	p.wants(page, "corrected", "did not come", `value="unsure"`)
	_, login := p.person(t, "Leo Lamp", helpline.Leader)
	if w := p.do("GET", at, login, nil); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "/rota/hours/came") {
		t.Errorf("a leader is asked: %d", w.Code)
	}
}
