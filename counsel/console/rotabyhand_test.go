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

func TestASingleShiftOfADraftIsMadeByHand(t *testing.T) {
	p := plans(t)
	p.Zone = amsterdam(t)
	rotas, err := counsel.NewRotas(t.Context(), &shelfRows{}, p.trail, p.shelf, p.Zone, "volunteer-default", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	p.rotas, p.Rotas, p.RotaWork, p.RotaLedger, p.Asking = rotas, rotas, rotas, rotas, rotas
	_, draft := p.begun() // 2126-12-02 to 2126-12-15
	at := "/rota/plan/" + draft.ID.String() + "/shift"
	p.wants(p.get("/rota?version="+draft.ID.String()), "the week of a draft", `href="`+at+`"`)
	p.wants(p.get(at), "the form", "A shift by hand", `name="endday"`)
	of := func(name string) rota.Shift {
		t.Helper()
		b, err := p.rotas.Book(t.Context(), draft.ID)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(b.Shifts, func(s rota.Shift) bool { return s.Name == name && s.Version == draft.ID })
		if i < 0 {
			t.Fatalf("there is no shift %s", name)
		}
		return b.Shifts[i]
	}
	w, page := p.post(at, "name", "Night", "day", "2126-12-06", "from", "22.00", "to", "0600", "endday", "1", "break", "30", "debrief", "15", "unsocial", "night")
	p.wants(page, "made", "Kept: Night,", "Change name and times", "a shift by hand")
	night := of("Night")
	if night.Minutes() != 480 || night.Break != 30 || night.Debrief != 15 || night.Unsocial != rota.Night || night.Date.String() != "2126-12-06" || !strings.Contains(w.Header().Get("Location"), night.ID.String()) {
		t.Errorf("%+v leads to %s", night, w.Header().Get("Location"))
	}
	p.wants(p.get(at+"?id="+night.ID.String()), "its form", "Change this shift", `value="Night"`, `value="22:00"`, `value="06:00"`, `value="1" selected`)
	p.post(at, "name", "All day", "day", "2126-12-07", "from", "00:00", "to", "24:00", "endday", "0")
	if all := of("All day"); all.Minutes() != 1440 || all.Date.String() != "2126-12-07" {
		t.Errorf("a whole day is %+v", all)
	}
	evening := p.shift(draft.ID)
	shiftPage := "/rota/shift/" + evening.ID.String() + "?version=" + draft.ID.String()
	p.post(shiftPage, "do", "give", "person", p.named("Ada Berg").String(), "role", "counsellor")
	_, page = p.post(at, "id", evening.ID.String(), "name", "Evening", "day", evening.Date.String(), "from", "18:00", "to", "21:00", "endday", "0")
	p.wants(page, "moved", "18:00–21:00", "Ada Berg")
	if now := of("Evening"); now.ID != evening.ID || now.Template != evening.Template {
		t.Errorf("it is another shift: %+v", now)
	}
	_, page = p.post(at, "id", evening.ID.String(), "do", "drop")
	p.wants(page, "dropped", "The shift is out of the draft", "a shift taken out of the draft")
	if w := p.do("GET", shiftPage, p.login, nil); w.Code != http.StatusNotFound {
		t.Errorf("it is still there: %d", w.Code)
	}
	p.post("/rota/undo", "back", at)
	p.wants(p.get(shiftPage), "back with its names", "Ada Berg")
	_, page = p.post(at, "name", "Gone", "day", "2126-12-08", "from", "10:00", "to", "11:00", "endday", "0")
	gone := of("Gone")
	w, _ = p.post("/rota/undo", "back", "/rota/shift/"+gone.ID.String()+"?version="+draft.ID.String())
	if got := w.Header().Get("Location"); got != "/rota?version="+draft.ID.String() {
		t.Errorf("an undone shift leads to %s", got)
	}
	p.wants(page, "said", "Kept: Gone")
	for name, c := range map[string]struct {
		fields []string
		says   []string
	}{
		"no name":            {[]string{"name", " ", "day", "2126-12-03", "from", "19:00", "to", "22:00"}, []string{"Write a name of at most 60 characters."}},
		"no time":            {[]string{"name", "X", "day", "2126-12-03", "from", "19:00", "to", "19:00"}, []string{"this shift takes no time", `value="X"`}},
		"backwards":          {[]string{"name", "X", "day", "2126-12-03", "from", "19:00", "to", "01:00"}, []string{"If it ends on the next day, choose that below."}},
		"thirty hours":       {[]string{"name", "X", "day", "2126-12-03", "from", "19:00", "to", "01:00", "endday", "2"}, []string{"A shift takes at most 24 hours."}},
		"outside the draft":  {[]string{"name", "X", "day", "2126-12-16", "from", "19:00", "to", "20:00"}, []string{"This day is not in the draft, which is 2 to 15 December 2126."}},
		"nothing is right":   {[]string{"name", "<b>", "day", "soon", "from", "24:00", "to", "late", "endday", "7", "break", "-1", "debrief", "999", "unsocial", "x"}, []string{"Write a day that is in the calendar.", "Write a time such as 19:00", "Write a break in whole minutes", "Write a debrief of 0 to 120", "Choose whether it ends on the same day", "&lt;b&gt;", `value="late"`, `value="soon"`}},
		"all of it is break": {[]string{"name", "X", "day", "2126-12-03", "from", "19:00", "to", "20:00", "break", "60"}, []string{"Write a break in whole minutes, shorter than the shift"}},
		"kind of hours":      {[]string{"name", "X", "day", "2126-12-03", "from", "19:00", "to", "20:00", "unsocial", "dark"}, []string{"Choose one of the kinds of hours."}},
	} {
		w, page := p.post(at, c.fields...)
		if w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, w.Code)
		}
		p.wants(page, name, c.says...)
	}
	for path, code := range map[string]int{
		at + "?id=" + helpline.NewID().String(): 404, "/rota/plan/" + helpline.NewID().String() + "/shift": 404, "/rota/shift/" + helpline.NewID().String() + "/cover?version=" + draft.ID.String(): 404,
	} {
		if w := p.do("GET", path, p.login, nil); w.Code != code {
			t.Errorf("GET %s: %d", path, w.Code)
		}
	}
}

// What clocks do to a time that is typed is said when it is typed.
func TestAWallTimeThatDoesNotExistOrComesTwiceIsSaid(t *testing.T) {
	p := plans(t)
	p.Zone = amsterdam(t)
	rotas, err := counsel.NewRotas(t.Context(), &shelfRows{}, p.trail, p.shelf, p.Zone, "volunteer-default", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	p.rotas, p.Rotas, p.RotaWork, p.RotaLedger, p.Asking = rotas, rotas, rotas, rotas, rotas
	p.post("/rota/setup", "name", "Nights", "way", "managed", "setup", "pair")
	of := p.rotas.List()[0].ID
	made := func(first, last string) string {
		t.Helper()
		p.post("/rota/draft", "rota", of.String(), "first", first, "last", last)
		for _, v := range p.rotas.Versions(of) {
			if v.First.String() == first {
				return "/rota/plan/" + v.ID.String() + "/shift"
			}
		}
		t.Fatal("there is no draft")
		return ""
	}
	spring, autumn := made("2027-03-22", "2027-03-28"), made("2027-10-25", "2027-10-31")
	for name, c := range map[string]struct {
		at, day, from, to string
		says              []string
		code              int
	}{
		"begins in the gap":   {spring, "2027-03-28", "02:30", "06:00", []string{"02:30 does not exist on Sunday 28 March", "03:00 is taken", "03:00–06:00"}, 303},
		"ends in the gap":     {spring, "2027-03-28", "00:00", "02:15", []string{"02:15 does not exist", "it takes 2 h, not 3 h"}, 303},
		"is all gap":          {spring, "2027-03-28", "02:00", "03:00", []string{"The clocks are set over all of this shift", `value="02:00"`}, 422},
		"begins twice":        {autumn, "2027-10-31", "02:30", "06:00", []string{"02:30 comes twice on Sunday 31 October", "the first is taken", "it takes 4 h 30 min, not 3 h 30 min"}, 303},
		"ends twice":          {autumn, "2027-10-31", "00:00", "02:30", []string{"02:30 comes twice", "the second is taken"}, 303},
		"a night like others": {spring, "2027-03-24", "02:30", "06:00", []string{"Kept: a night like others, Wednesday 24 March, 02:30–06:00."}, 303},
	} {
		w, page := p.post(c.at, "name", name, "day", c.day, "from", c.from, "to", c.to, "endday", "0")
		if w.Code != c.code {
			t.Errorf("%s: %d", name, w.Code)
		}
		p.wants(page, name, c.says...)
		if name == "a night like others" && (strings.Contains(page, "comes twice") || strings.Contains(page, "does not exist")) {
			t.Error("a plain night is odd")
		}
	}
}

func amsterdam(t *testing.T) *time.Location {
	t.Helper()
	zone, err := rota.LoadZone("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestOneShiftAsksForOtherPeopleThanItsTemplate(t *testing.T) {
	p := plans(t)
	_, draft := p.begun() // two people, three wished, and a leader
	s := p.shift(draft.ID)
	at := "/rota/shift/" + s.ID.String() + "/cover?version=" + draft.ID.String()
	page := p.get(at)
	p.wants(page, "at first", "Nothing of its own.", "at least 2, wished for 3", "shift leaders", "Ask something else here")
	form := regexp.MustCompile(`cover\?version=[\w-]+&amp;template=[\w-]+#form`).FindAllString(page, -1)
	if len(form) != 2 {
		t.Fatalf("%d things can be asked otherwise: %s", len(form), onlyMain(page))
	}
	p.wants(p.get("/rota/shift/"+s.ID.String()+"/"+strings.TrimSuffix(strings.ReplaceAll(form[0], "&amp;", "&"), "#form")), "what the template asks", `name="min" value="2"`, `name="target" value="3"`)
	_, page = p.post(at, "role", "", "language", "", "skill", "", "min", "1", "target", "1", "max", "2")
	p.wants(page, "other people", "at least 1, at most 2", "a change of what a shift asks for")
	_, page = p.post(at, "role", "leader", "min", "0", "target", "0")
	p.wants(page, "no leader here", "shift leaders")
	p.post(at, "role", "counsellor", "skill", "mentor", "min", "1")
	b, err := p.rotas.Book(t.Context(), draft.ID)
	if err != nil {
		t.Fatal(err)
	}
	needs := rota.NewChecker(b, p.rotas.Law()).Needs(s.ID)
	want := 0
	for _, n := range needs {
		want += n.Requirement.Min
	}
	if len(needs) != 3 || want != 2 {
		t.Errorf("the shift asks %+v", needs)
	}
	id := regexp.MustCompile(`&amp;id=([\w-]+)#form`).FindStringSubmatch(p.get(at))[1]
	p.wants(p.get(at+"&id="+id), "the form of one", `name="id" value="`+id+`"`)
	_, page = p.post(at, "do", "drop", "id", id)
	p.wants(page, "dropped", "Taken away.")
	_, page = p.post("/rota/undo", "back", at)
	p.wants(page, "undone", id)
	for name, c := range map[string]struct {
		fields []string
		code   int
		says   string
	}{
		"nobody, and nothing it replaces": {[]string{"role", "buddy", "min", "0"}, 422, "Write at least one number above 0."},
		"words for numbers":               {[]string{"min", "many", "skill", "fire"}, 422, "Write a number of people from 0 to 100."},
		"a language the line has not":     {[]string{"min", "1", "language", "xx"}, 422, "Choose one of the languages of the line."},
		"another shift's":                 {[]string{"min", "1", "id", helpline.NewID().String()}, 404, ""},
	} {
		if w, page := p.post(at, c.fields...); w.Code != c.code || !strings.Contains(page, c.says) {
			t.Errorf("%s: %d %s", name, w.Code, onlyMain(page))
		}
	}
	p.publish(draft.ID)
	if w, _ := p.post(at, "min", "5"); w.Code != http.StatusNotFound {
		t.Errorf("the cover of a published shift: %d", w.Code)
	}
	if w, _ := p.post("/rota/plan/"+draft.ID.String()+"/shift", "name", "X", "day", "2126-12-03", "from", "10:00", "to", "11:00"); w.Code != http.StatusNotFound {
		t.Errorf("a shift by hand in what is published: %d", w.Code)
	}
}
