package console

import (
	"bytes"
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
	"helpline/templates/i18n"
)

const three = "\ufeffname;alias;roles;languages\r\nKim Visser;Kestrel;counsellor leader;nl\r\nZoë Jansen;;reviewer;\r\nBo Cohen;;counsellor;en\r\n"

var (
	joins  = regexp.MustCompile(`/join/[\w-]{22}`)
	hidden = regexp.MustCompile(`<input type="hidden" name="list" value="([^"]*)"`)
)

// sendFile posts a list as a file.
func (h *house) sendFile(t *testing.T, login *http.Cookie, text string) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("list", "people.csv")
	if err == nil {
		_, err = file.Write([]byte(text))
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", listAt, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.AddCookie(login)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAListIsLookedAtFirstAndThenInvitesEverybody(t *testing.T) {
	h := newHouse(t)
	sam, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	if page := h.do("GET", "/people", login, nil).Body.String(); !strings.Contains(page, `href="`+listAt+`"`) {
		t.Error("the page People does not lead to the list")
	}
	page := h.do("GET", listAt, login, nil)
	if text := page.Body.String(); page.Code != http.StatusOK || !strings.Contains(text, `name="list"`) || !strings.Contains(text, "<code translate=\"no\">leader</code>") || strings.Contains(text, `id="faults"`) {
		t.Errorf("the page: %d %s", page.Code, text)
	}
	var sent string
	for how, w := range map[string]*httptest.ResponseRecorder{
		"pasted": h.do("POST", listAt, login, url.Values{"list": {three}}), "a file": h.sendFile(t, login, three),
	} {
		text := w.Body.String()
		m := hidden.FindStringSubmatch(text)
		if w.Code != http.StatusOK || m == nil || !strings.Contains(text, "3 people would be invited") || !strings.Contains(text, "Kestrel") || !strings.Contains(text, "Shift leader") {
			t.Fatalf("%s: %d %s", how, w.Code, text)
		}
		if sent = html.UnescapeString(m[1]); "\ufeff"+sent != three {
			t.Errorf("%s: what would be invited is %q", how, sent)
		}
	}
	if len(h.shelf.people) != 1 || len(h.trail.deeds) != 0 {
		t.Fatalf("looking has changed something: %v", h.codes())
	}
	w := h.do("POST", listAt+"/invite", login, url.Values{"list": {sent}})
	text := w.Body.String()
	if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-store" || !strings.Contains(text, "3 people are invited") || !strings.Contains(text, "data-print") || !strings.Contains(text, "shown only now") {
		t.Fatalf("inviting: %d %s", w.Code, text)
	}
	sheets := regexp.MustCompile(`(?s)<article class="sheet" lang="(\w+)".*?</article>`).FindAllStringSubmatch(text, -1)
	if len(sheets) != 3 || len(joins.FindAllString(text, -1)) != 3 {
		t.Fatalf("%d sheets, %d links", len(sheets), len(joins.FindAllString(text, -1)))
	}
	for i, want := range []struct{ name, language string }{{"Kim Visser", "nl"}, {"Zoë Jansen", "en"}, {"Bo Cohen", "en"}} {
		if !strings.Contains(sheets[i][0], want.name) || sheets[i][1] != want.language || !strings.Contains(sheets[i][0], "Sam Jansen") {
			t.Errorf("sheet %d is not the one of %s: %s", i+1, want.name, sheets[i][0])
		}
		p := h.called(t, want.name)
		if p.State != staff.Invited || p.Demo {
			t.Errorf("%s is %+v", want.name, p)
		}
		if w := h.do("GET", joins.FindString(sheets[i][0]), nil, nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want.name) {
			t.Errorf("the link of %s: %d", want.name, w.Code)
		}
	}
	if kim := h.called(t, "Kim Visser"); kim.Alias != "Kestrel" || !slices.Equal(kim.Roles, []helpline.Role{helpline.Counsellor, helpline.Leader}) || !slices.Equal(kim.Locales, []helpline.Locale{"nl"}) || len(kim.Audiences) != 5 {
		t.Errorf("Kim is %+v", kim)
	}
	if got, want := h.codes(), []audit.Code{audit.PersonImport, audit.PersonInvite, audit.PersonInvite, audit.PersonInvite}; !slices.Equal(got, want) {
		t.Errorf("the trail is %v", got)
	}
	if slices.ContainsFunc(h.trail.deeds, func(d audit.Deed) bool { return d.By != sam.ID }) {
		t.Errorf("somebody else did it: %+v", h.trail.deeds)
	}
	if again := h.do("GET", "/people", login, nil).Body.String(); joins.MatchString(again) {
		t.Error("a link is shown a second time")
	}
}

// Sending the form again, by pressing twice, Back or reloading, invites nobody
// twice and shows no link again; the page says what to do about lost sheets.
func TestPromiseAListInvitesNobodyTwiceAndShowsItsLinksOnce(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	form := url.Values{"list": {three}}
	first := h.do("POST", listAt+"/invite", login, form)
	link := joins.FindString(first.Body.String())
	before := h.kept()
	for range 2 {
		w := h.do("POST", listAt+"/invite", login, form)
		text := w.Body.String()
		if w.Code != http.StatusConflict || joins.MatchString(text) || !strings.Contains(text, "nobody was invited twice") || !strings.Contains(text, "New invitation") || !strings.Contains(text, "Zoë Jansen") {
			t.Errorf("sent again: %d %s", w.Code, text)
		}
	}
	if h.kept() != before {
		t.Error("something changed")
	}
	if w := h.do("GET", link, nil, nil); w.Code != http.StatusOK {
		t.Errorf("the first link: %d", w.Code)
	}
	many := newHouse(t) // at the same time, too
	_, login = many.person(t, "Sam Jansen", helpline.Supervisor)
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := map[int]int{}
	for range 4 {
		wg.Go(func() {
			w := many.do("POST", listAt+"/invite", login, form)
			mu.Lock()
			done[w.Code]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if done[http.StatusOK] != 1 || done[http.StatusConflict] != 3 || len(many.shelf.people) != 4 {
		t.Errorf("answered %v, and %d people", done, len(many.shelf.people))
	}
}

func TestOfTwoSupervisorsWithOneListTheSlowerReadsWhy(t *testing.T) {
	for name, faster := range map[string]func(h *house, add func()){
		"before the press": func(_ *house, add func()) { add() },
		"in its midst":     func(h *house, add func()) { h.shelf.meanwhile = sync.OnceFunc(add) },
	} {
		h := newHouse(t)
		_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
		faster(h, func() {
			i, err := staff.NewInvitee(staff.Person{Name: "zoë  JANSEN", Roles: []helpline.Role{helpline.Reviewer}}, staff.InvitationLasts)
			if err == nil {
				err = h.shelf.Add(t.Context(), i.Person, i.Invitation)
			}
			if err != nil {
				t.Error(err)
			}
		})
		w := h.do("POST", listAt+"/invite", login, url.Values{"list": {three}})
		text := w.Body.String()
		if w.Code != http.StatusConflict || joins.MatchString(text) || !strings.Contains(text, "Your press invited nobody") || !strings.Contains(text, "is here already, or was") ||
			!strings.Contains(text, "Kim Visser;Kestrel;") || hidden.MatchString(text) {
			t.Errorf("%s: %d %s", name, w.Code, text)
		}
		if len(h.shelf.people) != 2 {
			t.Errorf("%s: there are %d people", name, len(h.shelf.people))
		}
	}
}

func TestABadListInvitesNobodyAndSaysWhatToDo(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	const head = "name,alias,roles,languages,doors,chats\n"
	const good = "Kim Visser,Kestrel,counsellor,nl,self,1\n"
	for name, c := range map[string]struct {
		text string
		says []string
		lost bool // the box cannot give it back: it was no text
	}{
		"nothing":               {"", []string{"There is nothing in the list"}, true},
		"only a head":           {head, []string{"Nobody stands below"}, false},
		"other columns":         {"Naam;Rol\nKim;counsellor\n", []string{"There is no column &#34;Naam&#34;", "“name” and “roles” must be there"}, false},
		"one name twice":        {head + good + "KIM  visser,,operator,,,\n", []string{`<th scope="row">3</th>`, "<b translate=\"no\">name</b>", "stands on line 2", "KIM  visser,,operator"}, false},
		"a name that is here":   {head + "sam JANSEN,,operator,,,\n", []string{"is here already, or was"}, false},
		"ten thousand lines":    {head + strings.Repeat("a,\n", 10000), []string{"too long for this page"}, false},
		"ten thousand faults":   {"a,b\n" + strings.Repeat("\n", 10000) + "c,d\n", []string{"There is no column"}, false},
		"many faults":           {head + strings.Repeat("=1+1,,boss,,,\n", 300), []string{"599 things are not right", "And 549 more."}, false},
		"UTF-16":                {"\xff\xfen\x00a\x00m\x00e\x00", []string{"copy the cells and paste them"}, true},
		"a workbook":            {"PK\x03\x04\x14\x00\x00", []string{"copy the cells and paste them"}, true},
		"an old code page":      {head + "Zo\xeb,,counsellor,,,\n", []string{"letters of this line cannot be read"}, true},
		"a formula":             {head + "=cmd|'/c calc'!A1,,counsellor,,,\n", []string{"A name has 2 to 64"}, false},
		"a control character":   {head + "Kim\x07Visser,,counsellor,,,\n", []string{"cannot be seen (U+0007)"}, false},
		"right to left":         {head + "Kim\u202eVisser,,counsellor,,,\n", []string{"cannot be seen (U+202E)", "Kim\ufffdVisser"}, false},
		"a mark of direction":   {head + "Kim Visser,,\u200fcounsellor,,,\n", []string{"<b translate=\"no\">roles</b>", "cannot be seen (U+200F)"}, false},
		"a role nobody knows":   {head + "Kim,,boss,,,\n", []string{"There is no &#34;boss&#34;", "counsellor, leader, supervisor, operator, reviewer"}, false},
		"markup":                {head + "</textarea><script>alert(1)</script>,,counsellor,,,\n", []string{"&lt;/textarea&gt;&lt;script&gt;"}, false},
		"a lost mark":           {head + "\"Kim,,counsellor,,,\n", []string{"A quotation mark is missing"}, false},
		"cells too few":         {head + "Kim,,counsellor\n", []string{"another number of cells (3) than the first line (6)"}, false},
		"no role":               {head + "Kim,,,,,\n", []string{"There is no role"}, false},
		"too many at once":      {head + "Kim,,counsellor,,,9\n", []string{"1 to 4, or nothing"}, false},
		"a column twice":        {"name,roles,name\nKim,counsellor,x\n", []string{"The column “name” stands there twice"}, false},
		"an alias too long":     {head + "Kim," + strings.Repeat("a", 25) + ",counsellor,,,\n", []string{"has 2 to 24 letters"}, false},
		"empty lines before it": {"\n\n" + head + "Kim,,boss,,,\n", []string{`<th scope="row">2</th>`}, false},
	} {
		posts := map[string]*httptest.ResponseRecorder{
			"pasted": h.do("POST", listAt, login, url.Values{"list": {c.text}}), "pressed": h.do("POST", listAt+"/invite", login, url.Values{"list": {c.text}}),
		}
		if len(c.text) < maxForm-1024 {
			posts["a file"] = h.sendFile(t, login, c.text)
		}
		for how, w := range posts {
			text := w.Body.String()
			want, says := http.StatusUnprocessableEntity, c.says
			if how != "a file" && len(url.Values{"list": {c.text}}.Encode()) > maxForm {
				want, says = http.StatusRequestEntityTooLarge, []string{"too long for the page", "such as 300 people"}
			} else if how == "pressed" && name == "a name that is here" {
				want, says = http.StatusConflict, []string{"nobody was invited twice"}
			}
			if w.Code != want || hidden.MatchString(text) || joins.MatchString(text) || strings.Contains(text, "<script>alert") || regexp.MustCompile(`\{[a-z]+\}`).MatchString(text) {
				t.Errorf("%s, %s: %d, want %d: %s", name, how, w.Code, want, text)
			}
			for _, say := range says {
				if !strings.Contains(text, say) {
					t.Errorf("%s, %s: the page does not say %q: %s", name, how, say, regexp.MustCompile(`(?s)<main.*`).FindString(text))
				}
			}
			_, box, _ := strings.Cut(text, "<textarea")
			_, box, _ = strings.Cut(box, ">")
			box, _, _ = strings.Cut(box, "</textarea>")
			if shown := html.UnescapeString(box); want != http.StatusRequestEntityTooLarge && !c.lost && shown != strings.TrimLeft(c.text, "\n") {
				t.Errorf("%s, %s: the box holds %q", name, how, shown)
			}
		}
	}
	if len(h.shelf.people) != 1 || len(h.trail.deeds) != 0 {
		t.Errorf("there are %d people, and the trail is %v", len(h.shelf.people), h.codes())
	}
}

func TestTwoWhomVisitorsWouldCallTheSameAreNamedAndStopNothing(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor) // visitors see Robin
	list := "name\troles\tlanguages\nRobin de Vries\tcounsellor\t\nKim Visser\tcounsellor\ten nl\nKIM Bakker\toperator\t\n"
	text := h.do("POST", listAt, login, url.Values{"list": {list}}).Body.String()
	for _, want := range []string{"3 people would be invited", "This stops nothing", "Visitors would see Robin for Sam Jansen too", "Visitors would see KIM for Kim Visser too"} {
		if !strings.Contains(text, want) {
			t.Errorf("cells with tabs: the page does not say %q: %s", want, text)
		}
	}
	if w := h.do("POST", listAt+"/invite", login, url.Values{"list": {list}}); w.Code != http.StatusOK || len(h.shelf.people) != 4 {
		t.Errorf("inviting: %d, %d people", w.Code, len(h.shelf.people))
	}
}

func TestAListAsksForAFreshSecondFactorAndIsCarriedThroughIt(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	h.age(t, login, time.Hour)
	w := h.do("POST", listAt+"/invite", login, url.Values{"list": {three}})
	m := hidden.FindStringSubmatch(w.Body.String())
	if w.Code != http.StatusOK || m == nil || html.UnescapeString(m[1]) != three || joins.MatchString(w.Body.String()) || len(h.shelf.people) != 1 {
		t.Fatalf("without a fresh factor: %d, %d people: %s", w.Code, len(h.shelf.people), w.Body)
	}
	form := url.Values{"step-go": {listAt + "/invite"}, "step-form": {"1"}, "list": {three}, "step-code": {goodCode}}
	if w = h.do("POST", "/step-up", login, form); w.Code != http.StatusTemporaryRedirect || w.Header().Get("Location") != listAt+"/invite" {
		t.Fatalf("with one: %d to %s", w.Code, w.Header().Get("Location"))
	}
	if w = h.do("POST", listAt+"/invite", login, form); w.Code != http.StatusOK || len(h.shelf.people) != 4 {
		t.Errorf("then: %d, %d people", w.Code, len(h.shelf.people))
	}
}

func TestWithoutItsTraceOrItsSheetsNobodyOfAListIsInvited(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	for name, spoil := range map[string]func() (mend func()){
		"a full disk":                     func() func() { h.trail.full = true; return func() { h.trail.full = false } },
		"a link too long for its picture": func() func() { h.Origin = "https://" + strings.Repeat("a", 4000); return func() { h.Origin = origin } },
	} {
		mend := spoil()
		w := h.do("POST", listAt+"/invite", login, url.Values{"list": {three}})
		mend()
		if w.Code < 500 || joins.MatchString(w.Body.String()) || len(h.shelf.people) != 1 {
			t.Errorf("%s: %d, %d people", name, w.Code, len(h.shelf.people))
		}
	}
	if w := h.do("POST", listAt+"/invite", login, url.Values{"list": {three}}); w.Code != http.StatusOK {
		t.Errorf("after that: %d", w.Code)
	}
}

func TestEveryFaultOfAListHasWords(t *testing.T) {
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range staff.FaultCodes() {
		for _, l := range screens() {
			if key := "people.list.fault." + string(code); !words.In(l).Has(key) {
				t.Errorf("%s: no %s", l, key)
			}
		}
		if f := (staff.Fault{Code: code}); f.What() == "" {
			t.Errorf("%s is not said on a terminal", code)
		}
	}
	if got, want := len(words.In("nl").Under("people.list.fault.")), len(staff.FaultCodes()); got != want {
		t.Errorf("there are words for %d faults and %d faults", got, want)
	}
}

// FuzzASentListIsReadAsItStandsOrNotAtAll: whatever a form with a file is made
// of, what is read of it stood in it, and the rest is refused in our words.
func FuzzASentListIsReadAsItStandsOrNotAtAll(f *testing.F) {
	const form = "multipart/form-data; boundary=b"
	part := func(head, text string) string { return "--b\r\n" + head + "\r\n\r\n" + text + "\r\n--b--\r\n" }
	const named = `Content-Disposition: form-data; name="list"; filename="people.csv"`
	for _, c := range [][2]string{
		{form, part(named, three)},
		{form, part(named, "")},
		{form, "--b--\r\n"},
		{form, ""},
		{form, "--b\r\n"},
		{"multipart/form-data", part(named, three)},
		{form, part(named+"\r\nContent-Transfer-Encoding: quoted-printable", "name=3Broles")},
		{form, part(`Content-Disposition: form-data; name="other"`, "x")},
		{form, part(named+"\r\nContent-Type: multipart/form-data; boundary=b", "--b\r\n\r\nx")},
		{form, part(named, "name;roles\r\n--b\r\nKim;operator")},
		{form, part(strings.Repeat("X: y\r\n", 2000)+named, three)},
		{"multipart/form-data; boundary=" + strings.Repeat("b", 71), three},
		{"multipart/form-data; boundary=\"\r\"", three},
		{"application/x-www-form-urlencoded", "list=" + url.QueryEscape(three)},
		{"application/x-www-form-urlencoded", "list=%zz"},
		{"", "list=x"},
		{"text/plain", three},
		{form + "; boundary=c", three},
	} {
		f.Add(c[0], []byte(c[1]))
	}
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		r := httptest.NewRequest("POST", listAt, bytes.NewReader(body))
		r.Header.Set("Content-Type", kind)
		text, err := listSent(r)
		if err != nil {
			if helpline.KindOf(err) != helpline.Invalid {
				t.Fatalf("refused as %v", err)
			}
			return
		}
		if strings.HasPrefix(kind, "multipart/form-data") && !bytes.Contains(body, text) {
			t.Fatalf("%q was read of %q", text, body)
		}
		if shown := shownList(text); strings.ContainsRune(shown, 0) || strings.ToValidUTF8(shown, "") != shown {
			t.Fatalf("the box would hold %q", shown)
		}
	})
}
