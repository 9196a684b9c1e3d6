package console

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/retention"
	"helpline/counsel/rota"
	"helpline/templates/i18n"
)

// binder is an audit log in memory, and what is known of it.
type binder struct {
	mu        sync.Mutex
	rows      []audit.Row // the newest first
	state     counsel.TrailState
	many      []counsel.Allowance
	allowed   []helpline.ID
	asked     []audit.Query
	checks    int
	broken    error
	meanwhile func() // what happens after somebody was given entries or a state
}

func (b *binder) Find(_ context.Context, q audit.Query) ([]audit.Row, error) {
	defer b.pass()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = append(b.asked, q)
	var out []audit.Row
	for _, r := range b.rows {
		if (q.Below == 0 || r.Number < q.Below) && (q.Person.IsZero() || r.Actor == q.Person) && len(out) < q.Limit {
			out = append(out, r)
		}
	}
	return out, b.broken
}

// pass lets happen what is to happen meanwhile, once.
func (b *binder) pass() {
	if what := b.meanwhile; what != nil {
		b.meanwhile = nil
		what()
	}
}

func (b *binder) State() counsel.TrailState {
	defer b.pass()
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state
}

func (b *binder) Check(helpline.Actor) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.checks++
	return b.broken
}

func (b *binder) Allowances(context.Context, counsel.By) ([]counsel.Allowance, error) {
	return b.many, nil
}

func (b *binder) Allow(_ context.Context, by counsel.By, person helpline.ID) error {
	if person == by.Person {
		return helpline.Errorf(helpline.Forbidden, "binder: oneself")
	}
	b.allowed = append(b.allowed, person)
	return nil
}

func (b *binder) Record(_ context.Context, d audit.Deed) error {
	b.enter(d)
	return b.broken
}

// enter puts a deed into the binder as the newest.
func (b *binder) enter(d audit.Deed) {
	n := len(b.rows)
	rows, err := audit.Next(helpline.ID{1}, audit.Head{Entries: n}, &audit.Seed{1}, retention.Day(time.Now()), d)
	if err != nil {
		panic(err)
	}
	b.rows = append(rows, b.rows...)
}

func (h *house) body(t *testing.T, path string, login *http.Cookie) string {
	t.Helper()
	w := h.do("GET", path, login, nil)
	if w.Code != http.StatusOK {
		t.Fatalf("%s is answered %d", path, w.Code)
	}
	return w.Body.String()
}

func TestTheAuditReadsLikeSentences(t *testing.T) {
	h := newHouse(t)
	kim, login := h.person(t, "Kim Mulder", helpline.Supervisor)
	robin, _ := h.person(t, "Robin Ruiter", helpline.Counsellor)
	_, reviewer := h.person(t, "Rik de Wit", helpline.Reviewer)
	h.binder.enter(audit.Deed{By: kim.ID, Code: audit.NoteOpen, Object: audit.Note(helpline.NewID(), [32]byte{1}), Details: []audit.Detail{audit.Whom("author", robin.ID), audit.Word("reason", "quality")}})
	h.binder.enter(audit.Deed{By: audit.Operator, Code: audit.PersonInvite, Object: audit.Person(robin.ID), Details: []audit.Detail{audit.Names("roles", "counsellor", "leader")}})
	h.binder.enter(audit.Deed{Code: audit.PersonRemove, Object: audit.Person(helpline.ID{9, 9, 9, 9, 9, 9, 9}), Details: []audit.Detail{audit.Word("result", "failed")}})
	for who, l := range map[string]*http.Cookie{"a supervisor": login, "a reviewer": reviewer} {
		body := h.body(t, "/audit", l)
		for _, want := range []string{
			"Kim Mulder opened a note of Robin Ruiter. Reason: quality.",
			"Somebody at the command line invited Robin Ruiter.", "roles: Counsellor, Shift leader",
			"The line removed somebody who has left (CQkJCQ).", "but: it failed",
		} {
			if !strings.Contains(body, want) {
				t.Errorf("%s does not read %q", who, want)
			}
		}
	}
	h.do("POST", "/language", login, url.Values{"language": {"nl"}, "back": {"/audit"}})
	if want := "Kim Mulder heeft een notitie van Robin Ruiter geopend. Reden: kwaliteit."; !strings.Contains(h.body(t, "/audit", login), want) {
		t.Errorf("in Dutch it does not read %q", want)
	}
}

func TestDeedsOfTheRotaAreFoundInTheLogAndReadLikeSentences(t *testing.T) {
	h := newHouse(t)
	kim, login := h.person(t, "Kim Mulder", helpline.Supervisor)
	deed := func(code audit.Code, details ...audit.Detail) {
		h.binder.enter(audit.Deed{By: kim.ID, Code: code, Details: details})
	}
	deed(audit.RotaPublish, audit.Number("shifts", 1), audit.Number("places", 3), audit.Number("gaps", 0))
	deed(audit.RotaCancel, audit.Number("people", 1))
	deed(audit.RotaAsk, audit.Number("people", 5))
	body := h.body(t, "/audit?kind=rota", login)
	today := sayer{Words: h.Words.In("en")}.full(rota.DateOf(time.Now().UTC()))
	for _, want := range []string{
		"Shifts: 1; places with a name: 3; still to fill: 0.", "cancelled a shift. People who were planned on it: 1.", "People asked at once: 5.",
		">" + today + "</time>", ">" + today[strings.Index(today, " ")+1:] + "</option>",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("it does not read %q", want)
		}
	}
	for _, c := range h.binder.asked[0].Codes {
		if first, _, _ := strings.Cut(string(c), "."); c.Group() != "rota" || first != "rota" && first != "line" {
			t.Errorf("among the deeds of the rota: %s", c)
		}
	}
	for code, group := range map[audit.Code]string{
		audit.RotaPublish: "rota", audit.RotaBehalf: "rota", audit.LineHand: "rota", audit.RotaHours: "rota",
		audit.RotaLogin: "people", audit.RotaLoginEnd: "people", audit.Approve: "upkeep", audit.BackupMake: "upkeep",
	} {
		if code.Group() != group {
			t.Errorf("%s is found under %q, not %q", code, code.Group(), group)
		}
	}
}

func TestEveryCodeOfTheAuditHasASentenceInBothLanguages(t *testing.T) {
	words, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range screens() {
		w := words.In(l)
		need := func(key string) {
			t.Helper()
			if text := w.T(key); !w.Has(key) || text == "" || l != "en" && text == words.In("en").T(key) && !sameWord(text) {
				t.Errorf("%s: %s is missing", l, key)
			}
		}
		for _, code := range audit.Codes() {
			need("audit.say." + string(code))
			placeholders(t, w, code)
		}
		for name, values := range audit.Vocabulary() {
			need("audit.detail." + name)
			for _, v := range values {
				need("audit.word." + name + "." + v)
			}
		}
		for _, g := range audit.Groups() {
			need("audit.kind." + g)
		}
		for _, f := range audit.Faults() {
			need("audit.fault." + string(f))
		}
	}
}

// sameWord says whether a text may be the same in both languages.
func sameWord(s string) bool { return s == "log" || s == "set" || s == "passkey" }

// placeholders finds a sentence that speaks of something the code never has.
func placeholders(t *testing.T, w i18n.Words, code audit.Code) {
	t.Helper()
	text := w.T("audit.say." + string(code))
	for {
		_, rest, found := strings.Cut(text, "{")
		if !found {
			return
		}
		name, after, _ := strings.Cut(rest, "}")
		text = after
		fits := name == "who" || name == "whom" && audit.ObjectOf(code) == audit.PersonKind || name == "provider" && audit.ObjectOf(code) == audit.ProviderKind
		if !fits && !audit.Must(code, name) {
			t.Errorf("%s: the sentence of %s speaks of %q, which an entry need not have", w.Locale, code, name)
		}
	}
}

func TestTheAuditIsFilteredAndTurnedPageByPage(t *testing.T) {
	h := newHouse(t)
	kim, login := h.person(t, "Kim Mulder", helpline.Supervisor)
	for range 120 {
		h.binder.enter(audit.Deed{By: kim.ID, Code: audit.PersonInvite, Object: audit.Person(kim.ID)})
	}
	body := h.body(t, "/audit", login)
	if strings.Count(body, `id="e-`) != 50 || !strings.Contains(body, `id="e-119"`) || !strings.Contains(body, `/audit?below=70`) {
		t.Errorf("the first page has %d entries", strings.Count(body, `id="e-`))
	}
	if body = h.body(t, "/audit?below=20&person=line", login); strings.Contains(body, "below=") {
		t.Error("the last page leads on")
	}
	month := time.Now().UTC().Format("2006-01")
	h.binder.asked = nil
	h.body(t, "/audit?person="+kim.ID.String()+"&kind=notes&month="+month, login)
	q := h.binder.asked[0]
	if q.Person != kim.ID || q.Limit != 51 || q.From > retention.Day(time.Now()) || q.To <= retention.Day(time.Now()) || len(q.Codes) == 0 {
		t.Errorf("asked %+v", q)
	}
	for _, c := range q.Codes {
		if c.Group() != "notes" {
			t.Errorf("asked for %s", c)
		}
	}
	h.binder.asked = nil
	h.body(t, "/audit?person=%00&kind=x&month=9999-99&below=-1&below=x", login)
	if q := h.binder.asked[0]; !q.Person.IsZero() || q.Actor != nil || q.From != 0 || q.To != 0 || q.Below != 0 || len(q.Codes) != len(audit.Codes())-1 {
		t.Errorf("nonsense is asked for as %+v", q)
	}
	h.binder.rows = nil
	if !strings.Contains(h.body(t, "/audit", login), "no entries yet") {
		t.Error("an empty log says nothing")
	}
}

func TestTheAuditSaysWhetherItIsWhole(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Rik de Wit", helpline.Reviewer)
	_, counsellor := h.person(t, "Robin Ruiter", helpline.Counsellor)
	if !strings.Contains(h.body(t, "/audit", login), "not been checked yet") {
		t.Error("never checked")
	}
	if w := h.do("POST", "/audit/check", login, url.Values{}); w.Code != http.StatusSeeOther || h.binder.checks != 1 {
		t.Errorf("check: %d", w.Code)
	}
	h.binder.state = counsel.TrailState{Running: true, Done: 1200, Of: 3000}
	w := h.do("GET", "/audit", login, nil)
	if body := w.Body.String(); !strings.Contains(body, "1200 of 3000") || !strings.Contains(body, "<progress data-reload") || w.Header().Get("Refresh") == "" {
		t.Error("a check that runs is not shown")
	}
	h.binder.state = counsel.TrailState{At: time.Now()}
	if body := h.body(t, "/audit", login); !strings.Contains(body, "every entry was as it was signed") || strings.Contains(body, "The audit log does not verify.") {
		t.Error("a good check is not shown")
	}
	h.binder.state = counsel.TrailState{At: time.Now(), Report: audit.Report{Fault: &audit.Fault{Number: 17, To: 19, What: audit.Deleted}}}
	if body := h.body(t, "/audit", login); !strings.Contains(body, "Entries 17 to 19 were deleted.") || !strings.Contains(body, "The audit log does not verify.") {
		t.Error("a fault is not shown")
	}
	if strings.Contains(h.body(t, "/notes", counsellor), "The audit log does not verify.") {
		t.Error("a counsellor is alarmed")
	}
}

// A page that loads itself again and again loses what is typed there, and keeps
// the screen from locking.
func TestOnlyAPageThatWaitsForACheckLoadsItselfAgain(t *testing.T) {
	script, err := os.ReadFile("../../static/js/form.js")
	if err != nil {
		t.Fatal(err)
	}
	mark := regexp.MustCompile(`\('\[([\w-]+)\]'\)\) setTimeout\(\(\) => location\.reload`).FindSubmatch(script)
	if mark == nil {
		t.Fatal("the script of the forms loads no page again")
	}
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Reviewer, helpline.Supervisor)
	h.binder.state = counsel.TrailState{Running: true, Done: 1, Of: 3}
	h.office.again = counsel.Regranting{Generation: 2, Done: 3, Total: 3, Over: true}
	for page, want := range map[string]string{"/audit": "1 of 3", "/keys": "3 of 3"} {
		body := h.do("GET", page, login, nil).Body.String()
		if again := strings.Contains(body, " "+string(mark[1])); again != (page == "/audit") || !strings.Contains(body, want) {
			t.Errorf("%s loads itself again: %v; it says %s", page, again, body)
		}
	}
}

func TestACheckThatEndsWhileThePageIsMadeIsNotSaidWithoutItsEntry(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Rik de Wit", helpline.Reviewer)
	h.binder.state = counsel.TrailState{Running: true, Done: 1, Of: 3}
	h.binder.meanwhile = func() {
		h.binder.enter(audit.Deed{Code: audit.LogCheck, Details: []audit.Detail{audit.Word("found", "good")}})
		h.binder.state = counsel.TrailState{At: time.Now()}
	}
	w := h.do("GET", "/audit", login, nil)
	body := w.Body.String()
	if entry := strings.Contains(body, "checked the log: everything"); !entry && w.Header().Get("Refresh") == "" {
		t.Error("the page says that it was checked, without the entry, and does not look again")
	}
	if h.binder.meanwhile != nil {
		t.Error("nothing happened meanwhile")
	}
}

func TestASecondPersonAgreesToMoreOpenings(t *testing.T) {
	h := newHouse(t)
	kim, own := h.person(t, "Kim Mulder", helpline.Supervisor)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	h.binder.many = []counsel.Allowance{{Person: kim.ID, Opened: 20}, {Person: helpline.NewID(), Opened: 3, Left: 17}}
	path := "/audit/allow/" + kim.ID.String()
	if body := h.body(t, "/audit", login); !strings.Contains(body, "Kim Mulder has opened 20 notes") || strings.Count(body, "/audit/allow/") != 1 || !strings.Contains(body, path) {
		t.Error("it is not offered")
	}
	if strings.Contains(h.body(t, "/audit", own), path) {
		t.Error("it is offered for oneself")
	}
	h.age(t, login, time.Hour)
	if h.do("POST", path, login, url.Values{}); len(h.binder.allowed) != 0 {
		t.Error("no fresh second factor was asked for")
	}
	h.age(t, login, 0)
	h.age(t, own, 0)
	if w := h.do("POST", path, own, url.Values{}); w.Code != http.StatusConflict || len(h.binder.allowed) != 0 {
		t.Errorf("oneself: %d", w.Code)
	}
	if w := h.do("POST", path, login, url.Values{}); w.Code != http.StatusSeeOther || len(h.binder.allowed) != 1 || h.binder.allowed[0] != kim.ID {
		t.Errorf("agreed: %d, %v", w.Code, h.binder.allowed)
	}
}
