package visitor_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"helpline/chat/gate"
	"helpline/chat/visitor"
)

// fakeTurns asks everybody for a turn, as long as it is told to.
type fakeTurns struct {
	asks  bool
	wait  time.Duration
	room  bool // for who has waited
	good  string
	rates []string
	doors []int
}

func (f *fakeTurns) turn() gate.Turn { return gate.Turn{Name: f.good, Bits: 9, Wait: f.wait} }

func (f *fakeTurns) Ask(rate string, door int, _ time.Time) (gate.Turn, bool) {
	f.rates, f.doors = append(f.rates, rate), append(f.doors, door)
	return f.turn(), f.asks
}

func (f *fakeTurns) Look(_ string, _ int, name string, _ time.Time) (gate.Turn, bool) {
	return f.turn(), name == f.good
}

func (f *fakeTurns) Take(_ string, _ int, name, work string, _ time.Time) (gate.Way, gate.Turn, bool) {
	t := f.turn()
	switch {
	case !f.asks:
		return gate.Free, gate.Turn{}, true
	case name == f.good && work == "right":
		return gate.Worked, gate.Turn{}, true
	case name == f.good && f.wait == 0 && f.room:
		return gate.Waited, gate.Turn{}, true
	case name == f.good && f.wait == 0:
		t.Wait = 10 * time.Second
	}
	return gate.Free, t, false
}

func busyRig(t *testing.T) (*rig, *fakeTurns) {
	f := &fakeTurns{asks: true, wait: 15 * time.Second, good: "theturn"}
	return newRigWith(t, func(o *visitor.Options) { o.Turns = f }), f
}

func (r *rig) startForm(more ...string) url.Values {
	form := url.Values{"door": {"self"}, "version": {strconv.Itoa(int(r.promise.Version))}, "by": {"script"}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

func TestUnderLoadThePromiseBringsATurnAndWorkLetsIn(t *testing.T) {
	r, f := busyRig(t)
	page := r.do("GET", "/en/before/1", nil)
	if !strings.Contains(page.body, `name="turn" value="theturn" data-turn="9"`) || !strings.Contains(page.body, `name="work" value=""`) {
		t.Fatalf("the form has no turn: %s", page.body)
	}
	r.want(r.do("POST", "/en/start", r.startForm("turn", "theturn", "work", "right")), http.StatusSeeOther, "/en/talk")
	if len(r.engine.arrived) != 1 || r.engine.arrived[0].Way != 1 {
		t.Errorf("arrived: %v", r.engine.arrived)
	}
	f.asks = false
	if page := r.do("GET", "/en/before/1", nil); strings.Contains(page.body, "turn") {
		t.Error("in quiet times the page speaks of turns")
	}
}

// TestWithoutScriptsAPageThatWaitsBecomesAStart, by its own Refresh or by its
// button, and nobody is told to begin again.
func TestWithoutScriptsAPageThatWaitsBecomesAStart(t *testing.T) {
	r, f := busyRig(t)
	for _, more := range [][]string{nil, {"turn", "theturn", "work", ""}, {"turn", "forged"}} {
		r.want(r.do("POST", "/en/start", r.startForm(more...)), http.StatusSeeOther, "/en/moment/1/theturn")
	}
	page := r.do("GET", "/en/moment/1/theturn", nil)
	r.want(page, http.StatusOK, "")
	if got := page.Header.Get("Refresh"); got != "16; url=/en/moment/1/theturn" {
		t.Errorf("Refresh is %q", got)
	}
	for _, text := range []string{"In 15 seconds you can go on", `action="/en/start"`, `name="turn" value="theturn"`, fmt.Sprintf(`name="version" value="%d"`, r.promise.Version), `name="door" value="self"`, "tel:112"} {
		if !strings.Contains(page.body, text) {
			t.Errorf("the page lacks %q", text)
		}
	}
	f.wait = 0
	page = r.do("GET", "/en/moment/1/theturn", nil)
	if page.Header.Get("Refresh") != "" || !strings.Contains(page.body, "You can go on now") {
		t.Error("the page does not say that its time has come")
	}
	r.want(r.do("POST", "/en/start", r.startForm("turn", "theturn", "work", "")), http.StatusSeeOther, "/en/moment/1/theturn?later=1")
	page = r.do("GET", "/en/moment/1/theturn?later=1", nil)
	if !strings.Contains(page.body, "again in 10 seconds") || page.Header.Get("Refresh") != "11; url=/en/moment/1/theturn" {
		t.Errorf("a page for which there was no room: Refresh %q", page.Header.Get("Refresh"))
	}
	f.room = true
	r.want(r.do("POST", "/en/start", r.startForm("turn", "theturn", "work", "")), http.StatusSeeOther, "/en/talk")
	if r.engine.arrived[0].Way != 2 {
		t.Errorf("arrived by way %d", r.engine.arrived[0].Way)
	}
}

func TestAPageWithAScriptDoesNotLookAgainByItself(t *testing.T) {
	r, _ := busyRig(t)
	r.want(r.do("POST", "/en/start", r.startForm("turn", "theturn", "work", "-")), http.StatusSeeOther, "/en/moment/1/theturn?script=1")
	if page := r.do("GET", "/en/moment/1/theturn?script=1", nil); page.Header.Get("Refresh") != "" {
		t.Error("it looks again while the script works")
	}
}

// TestEveryMomentHasANextStep whatever the address says and whatever changed
// since it was made.
func TestEveryMomentHasANextStep(t *testing.T) {
	for _, c := range []struct {
		name, path string
		change     func(*rig, *fakeTurns)
		status     int
		to         string
		shows      string
	}{
		{"a forged turn", "/en/moment/1/forged?later=1", func(*rig, *fakeTurns) {}, 200, "", `value="theturn"`},
		{"the load is gone", "/en/moment/1/forged", func(_ *rig, f *fakeTurns) { f.asks = false }, 200, "", "You can go on now"},
		{"the line has closed", "/en/moment/3/theturn", func(r *rig, _ *fakeTurns) { r.hours.open = false }, 303, "/en/before/3", ""},
		{"no such door", "/en/moment/9/theturn", func(*rig, *fakeTurns) {}, 404, "", "first page"},
		{"a door that is no number", "/en/moment/01/theturn", func(*rig, *fakeTurns) {}, 404, "", "first page"},
		{"somebody under 18 who has not said what it is about", "/en/moment/3/theturn", func(*rig, *fakeTurns) {}, 200, "", `value="young"`},
		{"and one who has", "/en/moment/32/theturn", func(*rig, *fakeTurns) {}, 200, "", `name="matter" value="`},
		{"a way in without a place", "/en/moment/00/theturn", func(*rig, *fakeTurns) {}, 404, "", "first page"},
		{"another language", "/nl/moment/2/theturn", func(*rig, *fakeTurns) {}, 200, "", "Over 15 seconden kun je verder"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, f := busyRig(t)
			c.change(r, f)
			page := r.do("GET", c.path, nil)
			r.want(page, c.status, c.to)
			if !strings.Contains(page.body, c.shows) {
				t.Errorf("the page lacks %q", c.shows)
			}
			if next := page.Header.Get("Refresh"); strings.Contains(next, "forged") {
				t.Errorf("Refresh is %q", next)
			}
		})
	}
	r, _ := busyRig(t)
	r.want(r.do("GET", "/en/moment/1/theturn", nil, r.holding(newTicket("self"))), http.StatusSeeOther, "/en/talk/plain")
	r.want(r.do("GET", "/en/moment/1/theturn?script=1", nil, r.holding(newTicket("self"))), http.StatusSeeOther, "/en/talk")
	r.hours.open = false
	if got := r.do("POST", "/en/start", r.startForm()); got.StatusCode == http.StatusSeeOther && strings.Contains(got.Header.Get("Location"), "moment") {
		t.Error("a closed line asks for a turn")
	}
}

// TestATurnOfTheHourBeforeIsWorthWhatItWas: nobody waits once more because an
// hour has ended.
func TestATurnOfTheHourBeforeIsWorthWhatItWas(t *testing.T) {
	const before, after, other = "0000000700000000000000aa", "0000000800000000000000bb", "0000000700000000000000cc"
	for _, c := range []struct {
		name, earlier string
		same          bool
	}{{"its own", before, true}, {"none", "", false}, {"another's", other, false}} {
		ts := gate.NewTurns(16, func(time.Time) bool { return true })
		for i := range 60 { // from now on everybody is asked
			ts.Take(fmt.Sprintf("%08x%016x", i, i), 1, "", "", time.Now())
		}
		turn, asked := ts.Ask(before, 1, time.Now())
		if !asked {
			t.Fatal("nobody is asked")
		}
		r := newRigWith(t, func(o *visitor.Options) { o.Turns = ts })
		req := httptest.NewRequest("GET", origin+"/en/moment/1/"+turn.Name, nil)
		req.RemoteAddr = after
		page := r.serve(req.WithContext(gate.WithEarlier(req.Context(), c.earlier)))
		if got := strings.Contains(page.body, turn.Name); got != c.same {
			t.Errorf("%s: the page keeps the turn: %v", c.name, got)
		}
		form := r.startForm("turn", turn.Name, "work", gate.Work(turn.Name, turn.Bits))
		req = httptest.NewRequest("POST", origin+"/en/start", strings.NewReader(form.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.RemoteAddr = after
		started := r.serve(req.WithContext(gate.WithEarlier(req.Context(), c.earlier)))
		if got := started.Header.Get("Location") == "/en/talk"; got != c.same {
			t.Errorf("%s: leads to %q", c.name, started.Header.Get("Location"))
		}
		if c.same && r.engine.arrived[0].Rate != after {
			t.Error("the contact is counted under the hour before")
		}
	}
}

// TestARealTurnGoesRoundTheRealPages: the promise, a start that is too early,
// the page that waits, and the work of what stands on it.
func TestARealTurnGoesRoundTheRealPages(t *testing.T) {
	ts := gate.NewTurns(16, func(time.Time) bool { return true })
	r := newRigWith(t, func(o *visitor.Options) { o.Turns = ts })
	ask := func(method, path string, form url.Values) answer {
		var req *http.Request
		if form == nil {
			req = httptest.NewRequest(method, origin+path, nil)
		} else {
			req = httptest.NewRequest(method, origin+path, strings.NewReader(form.Encode()))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		req.RemoteAddr = fmt.Sprintf("%08x%016x", 7, 7)
		return r.serve(req)
	}
	r.want(ask("POST", "/en/start", r.startForm()), http.StatusSeeOther, "/en/talk")
	for range 20 { // from now on they are a crowd
		ask("POST", "/en/start", r.startForm())
	}
	early := ask("POST", "/en/start", r.startForm())
	if to := early.Header.Get("Location"); !strings.HasPrefix(to, "/en/moment/1/") || strings.Contains(to, "later") {
		t.Fatalf("to %q", early.Header.Get("Location"))
	}
	page := ask("GET", early.Header.Get("Location"), nil)
	m := regexp.MustCompile(`name="turn" value="([\w-]{48})" data-turn="9"`).FindStringSubmatch(page.body)
	if m == nil {
		t.Fatalf("the page has no turn: %s", page.body)
	}
	r.want(ask("POST", "/en/start", r.startForm("turn", m[1], "work", gate.Work(m[1], 9))), http.StatusSeeOther, "/en/talk")
	if again := ask("POST", "/en/start", r.startForm("turn", m[1], "work", gate.Work(m[1], 9))); !strings.HasPrefix(again.Header.Get("Location"), "/en/moment/1/") || strings.Contains(again.Header.Get("Location"), m[1]) {
		t.Errorf("a turn that was spent leads to %q", again.Header.Get("Location"))
	}
	if strings.Contains(r.log.String(), m[1]) {
		t.Error("a turn stands in the log")
	}
}
