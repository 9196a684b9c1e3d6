package console

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
)

// planner is a supervisor before the pages of the rota, and colleagues.
type planner struct {
	*house
	t     *testing.T
	login *http.Cookie
}

func plans(t *testing.T) *planner {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor, helpline.Counsellor)
	for _, name := range []string{"Ada Berg", "Bea Cohen", "Cas Dijk", "Dee Evers"} {
		h.person(t, name, helpline.Counsellor)
	}
	h.person(t, "Lia Leader", helpline.Leader)
	return &planner{h, t, login}
}

// post sends a form and follows where it leads.
func (p *planner) post(path string, fields ...string) (*httptest.ResponseRecorder, string) {
	p.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	w := p.do("POST", path, p.login, form)
	if w.Code != http.StatusSeeOther {
		return w, w.Body.String()
	}
	return w, p.get(w.Header().Get("Location"))
}

func (p *planner) get(path string) string {
	p.t.Helper()
	w := p.do("GET", path, p.login, nil)
	if w.Code != http.StatusOK {
		p.t.Fatalf("GET %s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

func (p *planner) wants(page, what string, texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			p.t.Errorf("%s: the page does not say %q:\n%s", what, text, onlyMain(page))
		}
	}
}

var mainPart = regexp.MustCompile(`(?s)<main.*?</main>`)

func onlyMain(page string) string {
	return regexp.MustCompile(`\s+`).ReplaceAllString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(mainPart.FindString(page), " "), " ")
}

// begun makes a rota with an evening shift that asks for two and a leader, and a
// draft of two weeks of it.
func (p *planner) begun() (line rota.Rota, draft rota.Version) {
	p.t.Helper()
	p.post("/rota/setup", "name", "Evening chat", "way", "managed", "setup", "pair")
	rotas := p.rotas.List()
	if len(rotas) != 1 {
		p.t.Fatalf("there are %d rotas", len(rotas))
	}
	at := "/rota/setup/" + rotas[0].ID.String()
	p.post(at, "name", "Evening", "days", "1", "days", "3", "from", "19:00", "to", "22:00", "endday", "0", "break", "0", "min", "2", "target", "3", "leader", "1")
	p.post("/rota/draft", "rota", rotas[0].ID.String(), "first", "2126-12-02", "last", "2126-12-15") // a Monday
	versions := p.rotas.Versions(rotas[0].ID)
	if len(versions) != 1 {
		p.t.Fatalf("there are %d versions", len(versions))
	}
	return rotas[0], versions[0]
}

// shift finds the first shift of a version.
func (p *planner) shift(version helpline.ID) rota.Shift {
	p.t.Helper()
	b, err := p.rotas.Book(p.t.Context(), version)
	if err != nil {
		p.t.Fatal(err)
	}
	at := slices.IndexFunc(b.Shifts, func(s rota.Shift) bool { return s.Version == version })
	if at < 0 {
		p.t.Fatal("the version has no shift")
	}
	return b.Shifts[at]
}

func (p *planner) named(name string) helpline.ID {
	p.t.Helper()
	all, err := p.shelf.People(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	for _, q := range all {
		if q.Name == name {
			return q.ID
		}
	}
	p.t.Fatalf("nobody is called %s", name)
	return helpline.ID{}
}

func TestASupervisorPlansFromNothingToPublishedWithoutScripts(t *testing.T) {
	p := plans(t)
	p.wants(p.get("/rota"), "without a rota", "There is no rota yet.", "/rota/setup")
	_, draft := p.begun()
	week := "/rota?version=" + draft.ID.String()
	p.wants(p.get(week), "an empty draft", "0/3", "no shift leader", "Mon", "2 Dec", "4 shifts are short")
	s := p.shift(draft.ID)
	at := fmt.Sprintf("/rota/shift/%s?version=%s", s.ID, draft.ID)
	p.wants(p.get(at), "an empty shift", "Who could take it as shift leader", "Lia Leader", "0 of 2 people", "Free, and nobody has put them on it yet")
	_, page := p.post(at, "do", "give", "person", p.named("Lia Leader").String(), "role", "leader")
	p.wants(page, "somebody given", "Lia Leader is on Evening", "shift leader ok", "1/3", "Undo", "a name put on a shift")
	_, page = p.post("/rota/undo", "back", at)
	p.wants(page, "taken back", "Taken back: a name put on a shift.", "0/3")
	_, page = p.post("/rota/plan/"+draft.ID.String()+"/fill", "back", week)
	p.wants(page, "filled", "Filled. Missing from the least cover: 12 places before, 0 places now. Nothing is missing any more: look it over and publish it.", "shift leader ok", "Lia Leader")
	plan := "/rota/plan/" + draft.ID.String()
	page = p.get(plan)
	p.wants(page, "before publishing", "The draft has 4 shifts.", "gets", "Something changes for", "no notice reaches them")
	for range 40 { // whatever can be accepted, with a reason
		key := regexp.MustCompile(`name="key" value="([^"]*)"`).FindStringSubmatch(page)
		if key == nil {
			break
		}
		_, page = p.post(plan, "do", "accept", "key", key[1], "reason", "agreed")
	}
	p.wants(page, "nothing in the way", `value="publish"`)
	_, page = p.press(plan)
	p.wants(page, "published", "Published: 2 to 15 December 2126.")
	if strings.Contains(page, "an acceptance") || strings.Contains(page, "the filling") {
		t.Error("what is published can be taken back")
	}
	public := p.get("/rota?week=2126-12-02")
	p.wants(public, "the published week", "Lia Leader", "/rota/shift/"+s.ID.String()+`"`)
	if strings.Contains(public, "data-fill") {
		t.Error("what is published can be filled like a draft")
	}
}

func TestALeaderReadsTheRotaAndChangesNothing(t *testing.T) {
	p := plans(t)
	_, draft := p.begun()
	s := p.shift(draft.ID)
	_, login := p.person(t, "Leo Lamp", helpline.Leader)
	for _, path := range []string{"/rota", "/rota/month", "/rota?by=person&version=" + draft.ID.String(), fmt.Sprintf("/rota/shift/%s?version=%s", s.ID, draft.ID)} {
		w := p.do("GET", path, login, nil)
		if w.Code != http.StatusOK || strings.Contains(mainPart.FindString(w.Body.String()), `method="post"`) {
			t.Errorf("%s for a leader: %d, or it has a form", path, w.Code)
		}
	}
	for _, path := range []string{"/rota/undo", "/rota/setup", fmt.Sprintf("/rota/shift/%s?version=%s", s.ID, draft.ID), "/rota/plan/" + draft.ID.String() + "/fill"} {
		if w := p.do("POST", path, login, url.Values{"do": {"give"}}); w.Code != http.StatusForbidden {
			t.Errorf("POST %s for a leader: %d", path, w.Code)
		}
	}
	for _, path := range []string{"/rota/setup", "/rota/draft", "/rota/people", "/rota/plan/" + draft.ID.String()} {
		if w := p.do("GET", path, login, nil); w.Code != http.StatusForbidden {
			t.Errorf("%s for a leader: %d", path, w.Code)
		}
	}
}

func TestAFormOfTheRotaComesBackFilledWithItsFaultsInWords(t *testing.T) {
	p := plans(t)
	line, _ := p.begun()
	at := "/rota/setup/" + line.ID.String()
	for _, c := range []struct {
		name, path string
		fields     []string
		says       []string
	}{
		{"a rota without a name", "/rota/setup", []string{"name", " ", "way", "managed", "setup", "pair"}, []string{"Write a name of at most 60 characters."}},
		{"a rota of an unknown way", "/rota/setup", []string{"name", "Chat <b>", "way", "magic", "setup", "x"}, []string{"Choose how it is filled.", "Choose what the line needs.", "Chat &lt;b&gt;"}},
		{"a shift of no time", at, []string{"name", "Null", "days", "1", "from", "19:00", "to", "19:00", "endday", "0"}, []string{"this shift takes no time", `value="Null"`}},
		{"a shift that ends before it starts", at, []string{"name", "Back", "days", "1", "from", "19:00", "to", "01:00", "endday", "0"}, []string{"If it ends on the next day, choose that below.", `value="01:00"`}},
		{"a shift of thirty hours", at, []string{"name", "Long", "days", "1", "from", "19:00", "to", "01:00", "endday", "2"}, []string{"A shift takes at most 24 hours."}},
		{"no day, no clock, a wild break", at, []string{"name", "Odd", "from", "25:00", "to", "7pm", "endday", "0", "break", "-5"}, []string{"Choose at least one day of the week.", "Write a time such as 19:00, from 00:00 to 24:00", "Write a break in whole minutes, shorter than the shift.", `value="7pm"`}},
		{"a day that is not in the calendar", at, []string{"name", "Odd", "days", "2", "from", "19:00", "to", "22:00", "endday", "0", "first", "2026-02-30"}, []string{"Write a day that is in the calendar.", "2026-02-30"}},
		{"more at least than wished", at, []string{"name", "Odd", "days", "2", "from", "19:00", "to", "22:00", "endday", "0", "min", "4", "target", "2"}, []string{"“At least” is not more than “wished for”"}},
		{"a cover of nobody", at + "/needs", []string{"template", "none", "min", "0"}, []string{"Choose one of the shifts."}},
		{"a cover in a language the line has not", at + "/needs", []string{"language", "xx", "min", "many"}, []string{"Choose one of the languages of the line.", "Write a number of people from 0 to 100."}},
		{"closed days backwards", "/rota/closed", []string{"first", "2026-12-26", "last", "2026-12-24"}, []string{"The last day comes before the first.", `value="2026-12-26"`}},
		{"a draft of two years", "/rota/draft", []string{"rota", line.ID.String(), "first", "2026-12-01", "last", "2028-12-01"}, []string{"At most 400 days at once."}},
		{"a draft of no rota", "/rota/draft", []string{"rota", "x", "first", "2026-12-01", "last", "2026-12-31"}, []string{"Choose one of the rotas.", `value="2026-12-31"`}},
		{"terms that are none", "/rota/people/" + p.named("Ada Berg").String(), []string{"kind", "slave", "law", "none", "min", "ten", "share", "0", "skill[]", "chat", "expires[]", "soon"}, []string{"Choose one of the two.", "Choose one of the laws.", "Write hours from 0 to 100", "Write a whole number from 1 to 10.", "Write a day that is in the calendar.", `value="ten"`, `value="chat"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, page := p.post(c.path, c.fields...)
			if w.Code != http.StatusUnprocessableEntity {
				t.Errorf("answered %d", w.Code)
			}
			p.wants(page, c.name, c.says...)
		})
	}
}

func TestWhatIsOfNoRotaOrOfAnotherIsNotThere(t *testing.T) {
	p := plans(t)
	line, draft := p.begun()
	s := p.shift(draft.ID)
	none := helpline.NewID().String()
	for _, path := range []string{
		"/rota?version=" + none, "/rota?version=x", "/rota?rota=" + none, "/rota/shift/" + none, "/rota/shift/" + s.ID.String(), "/rota/shift/x?version=" + draft.ID.String(),
		"/rota/plan/" + none, "/rota/setup/" + none, "/rota/people/" + none, "/rota/people/x",
	} {
		if w := p.do("GET", path, p.login, nil); w.Code != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, w.Code)
		}
	}
	at := fmt.Sprintf("/rota/shift/%s?version=%s", s.ID, draft.ID)
	for _, c := range []struct {
		path   string
		fields []string
		want   int
	}{
		{at, []string{"do", "remove", "place", none}, http.StatusConflict},
		{at, []string{"do", "give", "person", none, "role", "leader"}, http.StatusConflict},
		{at, []string{"do", "give", "person", "x", "role", "king"}, http.StatusConflict},
		{at, []string{"do", "dance"}, http.StatusConflict},
		{"/rota/plan/" + draft.ID.String(), []string{"do", "accept", "key", "x", "reason", "y"}, http.StatusConflict},
		{"/rota/plan/" + draft.ID.String(), []string{"do", "drop"}, http.StatusConflict},
		{"/rota/plan/" + none, []string{"do", "publish"}, http.StatusNotFound},
		{"/rota/swaps", []string{"do", "approve", "id", none}, http.StatusConflict},
		{"/rota/closed", []string{"do", "drop", "id", none}, http.StatusConflict},
		{"/rota/setup", []string{"do", "drop", "id", line.ID.String()}, http.StatusConflict}, // it has a version
		{"/rota/setup/" + line.ID.String(), []string{"id", none, "name", "x"}, http.StatusNotFound},
	} {
		if w, _ := p.post(c.path, c.fields...); w.Code != c.want {
			t.Errorf("POST %s %v: %d, want %d", c.path, c.fields, w.Code, c.want)
		}
	}
	if got := p.rotas.Versions(line.ID); len(got) != 1 || got[0].State != rota.Draft {
		t.Errorf("after all that the versions are %v", got)
	}
}

func TestAnUndoLeadsBackIntoTheRotaOnly(t *testing.T) {
	for text, want := range map[string]string{
		"/rota?week=2026-11-30": "/rota?week=2026-11-30", "/rota/shift/x": "/rota/shift/x", "": "/rota", "//evil.example/rota": "/rota", "https://evil.example/rota": "/rota",
		"/rota/../people": "/rota", "/people": "/rota", "/rotax": "/rota", "/rota\\x": "/rota", "javascript:alert(1)": "/rota", "/rota?a=%0d%0aX: y": "/rota?a=%0D%0AX%3A+y",
	} {
		if got := within(text); got != want {
			t.Errorf("%q leads to %q, want %q", text, got, want)
		}
	}
}

// TestOneDraftIsFilledAtATime: a filling takes a core, and conversations need
// the other.
func TestOneDraftIsFilledAtATime(t *testing.T) {
	p := plans(t)
	_, draft := p.begun()
	fill := "/rota/plan/" + draft.ID.String() + "/fill"
	free := p.quests.fill()
	if free == nil {
		t.Fatal("the core is taken before anybody asked")
	}
	if _, begun := p.quests.begin(draft.ID, helpline.ID{}, func() {}); begun || p.quests.fill() != nil {
		t.Error("two have the core")
	}
	_, page := p.post(fill, "back", "/rota?version="+draft.ID.String())
	p.wants(page, "while another is filled", "A draft is being filled right now.", "0/3")
	free()
	_, page = p.post(fill, "back", "/rota?version="+draft.ID.String())
	p.wants(page, "after it", "Filled. Missing from the least cover")
}

// acceptAll accepts of a draft what can be.
func (p *planner) acceptAll(draft helpline.ID) {
	p.t.Helper()
	plan := "/rota/plan/" + draft.String()
	key := regexp.MustCompile(`name="key" value="([^"]*)"`)
	for found := key.FindStringSubmatch(p.get(plan)); found != nil; found = key.FindStringSubmatch(p.get(plan)) {
		if w, page := p.post(plan, "do", "accept", "key", found[1], "reason", "agreed"); w.Code != http.StatusSeeOther {
			p.t.Fatalf("not accepted: %s", onlyMain(page))
		}
	}
}

// press presses "publish" on a page of a draft that has just been drawn.
func (p *planner) press(plan string) (*httptest.ResponseRecorder, string) {
	p.t.Helper()
	saw := regexp.MustCompile(`name="saw" value="([^"]*)"`).FindStringSubmatch(p.get(plan))
	if saw == nil {
		p.t.Fatalf("%s has no button", plan)
	}
	return p.post(plan, "do", "publish", "saw", saw[1])
}

// publish fills a draft, accepts what can be, and publishes it.
func (p *planner) publish(draft helpline.ID) {
	p.t.Helper()
	plan := "/rota/plan/" + draft.String()
	p.post(plan+"/fill", "back", "/rota")
	p.acceptAll(draft)
	if w, page := p.press(plan); w.Code != http.StatusSeeOther {
		p.t.Fatalf("not published: %s", onlyMain(page))
	}
}

func TestTheRotaSaysWhatARemovedPersonLeft(t *testing.T) {
	p := plans(t)
	_, draft := p.begun()
	p.publish(draft.ID)
	if strings.Contains(p.get("/rota"), `id="left"`) {
		t.Error("something is left before anybody went")
	}
	leader := p.named("Lia Leader")
	p.shelf.edit(leader, func(q *staff.Person) { q.State = staff.Removed })
	if err := p.rotas.Tend(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := p.shift(draft.ID)
	p.wants(p.get("/rota"), "what Lia left", "4 places of people who do not work here now are open:", `<a href="/rota/shift/`+s.ID.String()+`"`, "Evening, Monday 2 December, 19:00–22:00 (was for Lia Leader; Sam Jansen answers for it)")
	p.get("/rota/shift/" + s.ID.String())
	_, other := p.person(t, "Una Uys", helpline.Counsellor)
	if w := p.do("GET", "/rota", other, nil); strings.Contains(w.Body.String(), "Lia Leader") {
		t.Error("a counsellor reads who was removed")
	}
}

func TestATimeIsReadAsPeopleWriteIt(t *testing.T) {
	for typed, want := range map[string]string{
		"19:00": "19:00", "19.00": "19:00", "1900": "19:00", "9:00": "09:00", "900": "09:00", "24.00": "24:00",
		"7pm": "7pm", "": "", "19": "19", "19,00": "19,00", "119:00": "119:00",
	} {
		if got := tidyClock(typed); got != want {
			t.Errorf("%q is read as %q, want %q", typed, got, want)
		}
	}
}

func TestANewRotaThatIsTakenBackLeadsToNoDeadPage(t *testing.T) {
	p := plans(t)
	p.post("/rota/setup", "name", "Evening chat", "way", "managed", "setup", "pair")
	w, page := p.post("/rota/undo", "back", "/rota/setup/"+p.rotas.List()[0].ID.String())
	if at := w.Header().Get("Location"); at != "/rota/setup" {
		t.Errorf("it leads to %q", at)
	}
	p.wants(page, "after it", "Taken back:")
}

func TestANewDraftThatIsTakenBackLeadsToNoDeadPage(t *testing.T) {
	p := plans(t)
	_, draft := p.begun()
	w, page := p.post("/rota/undo", "back", "/rota?version="+draft.ID.String())
	if at := w.Header().Get("Location"); at != "/rota/draft" {
		t.Errorf("it leads to %q", at)
	}
	p.wants(page, "after it", "Taken back: the new draft.")
}

// Whoever sets up the first rota is led on from page to page.
func TestEachPageOfSetUpLeadsOn(t *testing.T) {
	p := plans(t)
	_, page := p.post("/rota/setup", "name", "Evening chat", "way", "managed", "setup", "pair")
	p.wants(page, "after a new rota", "Kept. Next: say which shifts this rota has.", "There are no shifts yet.", ": the new rota")
	at := "/rota/setup/" + p.rotas.List()[0].ID.String()
	p.wants(p.get("/rota/setup"), "a rota without shifts", `href="`+at+`">Next: say which shifts “Evening chat” has`)
	p.wants(p.get("/rota/draft"), "a draft of nothing", "This rota has no shifts yet", `href="`+at+`"`)
	_, page = p.post(at, "name", "Evening", "days", "1", "from", "19:00", "to", "22:00", "endday", "0", "min", "1")
	p.wants(page, "after the first shift", `href="/rota/draft?rota=`+p.rotas.List()[0].ID.String()+`" id="next"`, "Next: make a draft", `href="/rota/people"`)
	if strings.Contains(p.get("/rota/draft"), "has no shifts yet") {
		t.Error("a rota with shifts is said to have none")
	}
	p.post("/rota/draft", "rota", p.rotas.List()[0].ID.String(), "first", "2126-12-02", "last", "2126-12-08")
	draft := p.rotas.Versions(p.rotas.List()[0].ID)[0]
	week := "/rota?version=" + draft.ID.String()
	page = p.get(week)
	p.wants(page, "a draft with gaps", `<button class="button" type="submit">Fill the gaps`, `id="to-publish" href="/rota/plan/`+draft.ID.String()+`" hidden`, "With fewer than the least cover the line may not open.")
	_, page = p.post("/rota/plan/"+draft.ID.String()+"/fill", "back", week)
	p.wants(page, "filled", `<button class="button quiet" type="submit">Fill the gaps`, `id="to-publish" href="/rota/plan/`+draft.ID.String()+`">Look over and publish`, "What could still be better: ")
}

// What the rota knows of learning is chosen from a list in the words of the page,
// and kept under the same name in every language.
func TestWhoLearnsAndWhoGuidesIsChosenFromAList(t *testing.T) {
	p := plans(t)
	p.begun()
	p.shelf.edit(p.named("Sam Jansen"), func(q *staff.Person) { q.Language = "nl" })
	at := "/rota/people/" + p.named("Ada Berg").String()
	page := p.get(at)
	p.wants(page, "in Dutch", "Is in opleiding", "Is begeleider", `<option value="trainee">Ja`, `<option value="mentor">Ja`)
	if onlyMain(page) != strings.NewReplacer("trainee", "", "mentor", "").Replace(onlyMain(page)) {
		t.Error("the Dutch page shows an English word")
	}
	_, page = p.post(at, "kind", "volunteer", "skill[]", "", "expires[]", "2126-01-01", "skill[]", "mentor", "expires[]", "", "skill[]", "telefoon", "expires[]", "")
	p.wants(page, "kept", "begeleider, telefoon")
	var has []string
	b, err := p.rotas.Standing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range b.Skills {
		has = append(has, s.Name)
	}
	slices.Sort(has)
	if !slices.Equal(has, []string{rota.Mentor, "telefoon"}) {
		t.Errorf("kept: %q", has)
	}
}
