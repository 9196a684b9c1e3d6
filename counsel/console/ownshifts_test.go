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
	"testing/synctest"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
)

// team is a house with a published rota and people on it. It is Monday
// 2000-01-03, noon in UTC, in a bubble of fake time.
type team struct {
	*house
	t      *testing.T
	people map[string]staff.Person
	login  map[string]*http.Cookie
}

// during runs a test on such a house.
func during(t *testing.T, way rota.Way, walk func(*team)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(60 * time.Hour)
		h := &team{house: newHouse(t), t: t, people: map[string]staff.Person{}, login: map[string]*http.Cookie{}}
		h.Attending = h.wall
		b := &h.wall.book
		b.Site.Zone = "UTC"
		b.Rotas = []rota.Rota{{ID: helpline.NewID(), Name: "Chat", Way: way, Setup: rota.Pair}}
		for _, name := range []string{"Ann", "Bea", "Cor"} {
			p, login := h.person(t, name+" Jansen", helpline.Counsellor)
			h.shelf.edit(p.ID, func(p *staff.Person) { p.Alias = name + "bird" })
			h.people[name], h.login[name] = p, login
			b.People = append(b.People, rota.Person{ID: p.ID, Standing: rota.Active, Roles: []rota.Role{rota.Counsellor}})
		}
		walk(h)
	})
}

// phones lets people go on from a phone that shows own shifts and nothing else.
func (h *team) phones(who ...string) {
	h.t.Helper()
	for _, name := range who {
		h.login[name], _ = h.phone(h.t, h.login[name])
	}
}

// plan puts people on a shift that begins so many hours from now.
func (h *team) plan(hours int, who ...string) (rota.Shift, []rota.Assignment) {
	b := &h.wall.book
	start := time.Now().Add(time.Duration(hours) * time.Hour)
	s := rota.Shift{ID: helpline.NewID(), Rota: b.Rotas[0].ID, Start: start, End: start.Add(3 * time.Hour), Date: rota.DateOf(start)}
	b.Shifts = append(b.Shifts, s)
	var out []rota.Assignment
	for _, name := range who {
		a := rota.Assignment{ID: helpline.NewID(), Shift: s.ID, Person: h.people[name].ID, Role: rota.Counsellor, State: rota.Held}
		a.Place = a.ID
		b.Assignments = append(b.Assignments, a)
		out = append(out, a)
	}
	return s, out
}

// get is a page somebody sees.
func (h *team) get(who, path string, status int) string {
	h.t.Helper()
	w := h.do("GET", path, h.login[who], nil)
	if w.Code != status {
		h.t.Fatalf("%s for %s: %d", path, who, w.Code)
	}
	return w.Body.String()
}

// post sends a form and follows where it leads.
func (h *team) post(who, path string, form url.Values, status int) string {
	h.t.Helper()
	w := h.do("POST", path, h.login[who], form)
	if w.Code == http.StatusSeeOther {
		if status == http.StatusOK {
			return h.get(who, w.Header().Get("Location"), status)
		}
	}
	if w.Code != status {
		h.t.Fatalf("%s for %s: %d %s, want %d", path, who, w.Code, w.Header().Get("Location"), status)
	}
	return w.Body.String()
}

func (h *team) reads(page string, words ...string) {
	h.t.Helper()
	for _, word := range words {
		if !strings.Contains(page, word) {
			h.t.Errorf("the page does not say %q", word)
		}
	}
}

func (h *team) readsNot(page string, words ...string) {
	h.t.Helper()
	for _, word := range words {
		if strings.Contains(page, word) {
			h.t.Errorf("the page says %q", word)
		}
	}
}

// seenOf is what the page of a place says was seen of it.
func (h *team) seenOf(who string, a rota.Assignment) string {
	h.t.Helper()
	m := regexp.MustCompile(`name="saw" value="([^"]*)"`).FindStringSubmatch(h.get(who, "/shifts/one/"+a.ID.String(), http.StatusOK))
	if m == nil {
		h.t.Fatal("the page of the shift has no form")
	}
	return m[1]
}

func one(a rota.Assignment, what string) string { return "/shifts/one/" + a.ID.String() + what }

func TestTheNextShiftStandsFirstAndOneChecksInHalfAnHourBefore(t *testing.T) {
	during(t, rota.SelfSignUp, func(h *team) {
		h.plan(50, "Ann")
		h.plan(2, "Ann")
		h.phones("Ann", "Bea")
		page := h.get("Ann", "/shifts", http.StatusOK)
		h.reads(page, "Your next shift", "Today", "14:00–17:00", "You can check in from 13:30.", "Wednesday 5 January")
		if strings.Index(page, "14:00–17:00") > strings.Index(page, "Wednesday 5 January") {
			t.Error("the next shift does not stand first")
		}
		h.readsNot(page, "I am here")
		h.reads(h.post("Ann", "/shifts/in", url.Values{"do": {"in"}}, http.StatusConflict), "You could not check in")
		time.Sleep(91 * time.Minute)
		h.reads(h.get("Ann", "/shifts", http.StatusOK), "I am here")
		for range 2 { // a double tap is one
			h.reads(h.post("Ann", "/shifts/in", url.Values{"do": {"in"}}, http.StatusOK), "You are there since 13:31.", "I am going")
		}
		for range 2 {
			h.readsNot(h.post("Ann", "/shifts/in", url.Values{"do": {"out"}}, http.StatusOK), "You are there since")
		}
		h.reads(h.get("Bea", "/shifts", http.StatusOK), "You have no shift ahead.")
	})
}

func TestAPhoneWithoutALoginOffersAndAnotherTakes(t *testing.T) {
	during(t, rota.SelfSignUp, func(h *team) {
		_, a := h.plan(30, "Ann")
		h.phones("Ann", "Bea")
		saw := h.seenOf("Ann", a[0])
		h.readsNot(h.get("Ann", "/shifts", http.StatusOK), "Bea Jansen", `"/desk"`, `"/notes"`)
		for range 2 {
			h.reads(h.post("Ann", one(a[0], "/offer"), url.Values{"saw": {saw}}, http.StatusOK), "Everybody can see now", "on offer to everybody", "I keep it after all")
		}
		if n := len(h.wall.book.Swaps); n != 1 {
			t.Fatalf("a double tap made %d offers", n)
		}
		page := h.get("Bea", "/shifts/open", http.StatusOK)
		h.reads(page, "18:00–21:00", "I take it", "it is yours at once")
		take := "/shifts/open/" + h.wall.book.Swaps[0].ID.String()
		for range 2 {
			h.reads(h.post("Bea", take, url.Values{"do": {"take"}}, http.StatusOK), "The shift is yours.", "18:00–21:00")
		}
		h.reads(h.get("Ann", "/shifts", http.StatusOK), "Beabird took your shift of Tuesday 4 January, 18:00–21:00")
		h.reads(h.get("Ann", one(a[0], ""), http.StatusConflict), "somebody else’s now")
		h.reads(h.post("Cor", take, url.Values{"do": {"take"}}, http.StatusConflict), "Somebody was faster")
		for _, who := range h.wall.who {
			if counsel.May(who, counsel.SeeBoard) == nil || len(who.Roles) != 1 {
				t.Errorf("a step was taken with the roles %q", who.Roles)
			}
		}
	})
}

func TestWhatAnOwnPageMayDoIsWhatEverybodyMay(t *testing.T) {
	who := ownActor(helpline.NewID(), "Robin")
	if err := counsel.May(who, counsel.SeeShifts); err != nil {
		t.Error(err)
	}
	everybody := 0
	for _, a := range counsel.Actions() {
		alone := 0
		for _, role := range helpline.Roles() {
			if counsel.May(helpline.Actor{Roles: []helpline.Role{role}}, a) == nil {
				alone++
			}
		}
		if alone == len(helpline.Roles()) {
			everybody++
		} else if a != counsel.SeeStart && counsel.May(who, a) == nil {
			t.Errorf("from the own shifts somebody may %s", a)
		}
	}
	if everybody == 0 {
		t.Error("no action is everybody's: the test looks at nothing")
	}
}

func TestWhatAnOfferWaitsForIsSaidForEachKind(t *testing.T) {
	for way, want := range map[rota.Way]string{
		rota.SelfSignUp: "If Beabird says yes, you have Tuesday 4 January, 19:00–22:00 instead of this shift.",
		rota.Managed:    "If Beabird says yes and a supervisor agrees, you have Tuesday 4 January, 19:00–22:00 instead of this shift.",
	} {
		during(t, way, func(h *team) {
			_, a := h.plan(54, "Ann")
			_, b := h.plan(31, "Bea")
			saw := url.Values{"saw": {h.seenOf("Ann", a[0])}}
			saw.Set("other", b[0].ID.String())
			page := h.post("Ann", one(a[0], "/swap"), saw, http.StatusOK)
			h.reads(page, want, "Until then this one is yours.")
			h.readsNot(page, "to everybody")
		})
		during(t, way, func(h *team) {
			_, a := h.plan(54, "Ann")
			page := h.post("Ann", one(a[0], "/drop"), url.Values{"saw": {h.seenOf("Ann", a[0])}}, http.StatusOK)
			h.reads(page, "You said that you cannot come, and a supervisor is asked.", "stays yours until they agree")
			h.readsNot(page, "to everybody", "until somebody has it")
		})
	}
}

func TestWhereARotaIsManagedThePageSaysThatASupervisorMustAgree(t *testing.T) {
	during(t, rota.Managed, func(h *team) {
		_, a := h.plan(30, "Ann")
		h.reads(h.post("Ann", one(a[0], "/offer"), url.Values{"saw": {h.seenOf("Ann", a[0])}, "person": {h.people["Bea"].ID.String()}}, http.StatusOK), "offered to Beabird")
		h.readsNot(h.get("Cor", "/shifts/open", http.StatusOK), "18:00–21:00")
		h.reads(h.get("Bea", "/shifts", http.StatusOK), "Can you take this shift of Annbird?")
		take := "/shifts/open/" + h.wall.book.Swaps[0].ID.String()
		h.reads(h.post("Bea", take, url.Values{"do": {"take"}}, http.StatusOK), "A supervisor still has to agree", "You asked for these")
		h.reads(h.get("Ann", "/shifts", http.StatusOK), "Beabird wants it; a supervisor has to agree")
		h.reads(h.post("Bea", take, url.Values{"do": {"back"}}, http.StatusOK), "You took it back.")
		h.reads(h.post("Bea", take, url.Values{"do": {"no"}}, http.StatusOK), "You said no.")
		h.reads(h.post("Bea", take, url.Values{"do": {"no"}}, http.StatusOK), "You said no.")
		h.reads(h.get("Ann", "/shifts", http.StatusOK), "Beabird cannot take Tuesday 4 January, 18:00–21:00")
		h.reads(h.post("Ann", one(a[0], "/drop"), url.Values{"saw": {h.seenOf("Ann", a[0])}}, http.StatusOK), "given back; a supervisor has to agree")
		swap := h.wall.book.Swaps[len(h.wall.book.Swaps)-1].ID.String()
		for range 2 {
			h.reads(h.post("Ann", one(a[0], "/back"), url.Values{"swap": {swap}}, http.StatusOK), "The shift stays yours.")
		}
	})
}

func TestTheNearestSwapsAreATapAwayAndTheRestInAList(t *testing.T) {
	during(t, rota.SelfSignUp, func(h *team) {
		_, mine := h.plan(240, "Ann")
		by := map[string]rota.Assignment{}
		for _, hours := range []int{24, 96, 192, 270, 300, 400} {
			_, a := h.plan(hours, "Bea")
			by[a[0].ID.String()] = a[0]
		}
		page := h.get("Ann", one(mine[0], ""), http.StatusOK)
		far := func(kind string) (out []float64) {
			for _, m := range regexp.MustCompile("<"+kind+`[^>]* value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
				a, known := by[m[1]]
				at := slices.IndexFunc(h.wall.book.Shifts, func(s rota.Shift) bool { return known && s.ID == a.Shift })
				if at >= 0 {
					out = append(out, time.Until(h.wall.book.Shifts[at].Start).Hours())
				}
			}
			return out
		}
		if buttons, list := far("button"), far("option"); !slices.Equal(buttons, []float64{192, 270, 300}) || !slices.Equal(list, []float64{24, 96, 400}) {
			t.Errorf("a tap away %v, in the list %v", buttons, list)
		}
		// Both lead to the same question, bound to what was seen.
		form := url.Values{"saw": {h.seenOf("Ann", mine[0])}}
		for id := range by {
			form.Set("other", id)
			break
		}
		h.reads(h.post("Ann", one(mine[0], "/swap"), form, http.StatusOK), "you asked Beabird to swap")
	})
}

// Whoever works by keys or by ear is brought to what was done, or to why not.
func TestAfterADeedTheFocusIsOnWhatCameOfIt(t *testing.T) {
	during(t, rota.SelfSignUp, func(h *team) {
		_, a := h.plan(30, "Ann")
		h.readsNot(h.get("Ann", one(a[0], ""), http.StatusOK), " autofocus")
		saw := url.Values{"saw": {h.seenOf("Ann", a[0])}}
		h.reads(h.post("Ann", one(a[0], "/offer"), saw, http.StatusOK), `role="status" tabindex="-1" autofocus>`)
		if page := h.post("Ann", one(a[0], "/drop"), saw, http.StatusConflict); strings.Count(page, " autofocus") != 1 || !strings.Contains(page, `role="alert" tabindex="-1" autofocus>`) {
			t.Errorf("the page begins at %q", page)
		}
	})
}

func TestMineForYoursIsAskedAndAnswered(t *testing.T) {
	during(t, rota.SelfSignUp, func(h *team) {
		_, a := h.plan(30, "Ann")
		_, b := h.plan(54, "Bea")
		h.reads(h.get("Ann", one(a[0], ""), http.StatusOK), "Wednesday 5 January, 18:00–21:00 (Beabird)")
		h.reads(h.post("Ann", one(a[0], "/swap"), url.Values{"saw": {h.seenOf("Ann", a[0])}, "other": {b[0].ID.String()}}, http.StatusOK), "you asked Beabird to swap")
		h.reads(h.get("Bea", "/shifts", http.StatusOK), "Annbird asks you to swap", "You would get:", "You would give:")
		h.reads(h.post("Bea", "/shifts/open/"+h.wall.book.Swaps[0].ID.String(), url.Values{"do": {"take"}}, http.StatusOK), "The shift is yours.", "Tuesday 4 January")
		time.Sleep(time.Minute)
		page := h.get("Ann", "/shifts", http.StatusOK)
		h.reads(page, "Beabird agreed to the swap", "You have Wednesday 5 January, 18:00–21:00 instead.")
		// Once seen, it is not said again; what comes later is.
		upto := regexp.MustCompile(`name="upto" value="(\d+)"`).FindStringSubmatch(page)[1]
		time.Sleep(time.Minute)
		h.readsNot(h.post("Ann", "/shifts/seen", url.Values{"upto": {upto}}, http.StatusOK), "What has changed")
		h.post("Ann", "/shifts/seen", url.Values{"upto": {fmt.Sprint(time.Now().Add(time.Hour).Unix())}}, http.StatusBadRequest)
	})
}

func TestAConflictSaysWhatIsSoNow(t *testing.T) {
	during(t, rota.SelfSignUp, func(h *team) {
		s, a := h.plan(30, "Ann")
		h.phones("Ann", "Bea")
		saw := h.seenOf("Ann", a[0])
		h.wall.book.Shifts[0].Start, h.wall.book.Shifts[0].Revision = s.Start.Add(time.Hour), 1
		h.reads(h.post("Ann", one(a[0], "/offer"), url.Values{"saw": {saw}}, http.StatusConflict), "has changed since you looked", "19:00–21:00")
		if len(h.wall.book.Swaps) != 0 {
			t.Error("another shift than the one that was seen is on offer")
		}
		h.post("Ann", one(a[0], "/offer"), url.Values{"saw": {h.seenOf("Ann", a[0])}}, http.StatusOK)
		take := "/shifts/open/" + h.wall.book.Swaps[0].ID.String()
		h.wall.book.Shifts[0].Revision = 2
		h.reads(h.post("Bea", take, url.Values{"do": {"take"}}, http.StatusConflict), "This shift has other times now")
		h.wall.book.Shifts[0].Revision = 1
		time.Sleep(31 * time.Hour)
		h.reads(h.post("Bea", take, url.Values{"do": {"take"}}, http.StatusConflict), "This shift has begun")
		h.reads(h.get("Ann", one(a[0], ""), http.StatusOK), "This shift has begun. If you cannot go on, call your shift leader.")
		h.reads(h.post("Ann", one(a[0], "/back"), url.Values{"swap": {h.wall.book.Swaps[0].ID.String()}}, http.StatusOK), "The shift stays yours.")
		h.wall.book.Shifts[0].Cancelled = true
		h.reads(h.post("Bea", take, url.Values{"do": {"take"}}, http.StatusConflict), "does not take place any more")
		h.reads(h.get("Ann", one(a[0], ""), http.StatusConflict), "does not take place any more")
		h.reads(h.get("Bea", one(a[0], ""), http.StatusNotFound), "There is no such shift of yours")
		h.reads(h.post("Bea", "/shifts/open/"+helpline.NewID().String(), url.Values{"do": {"take"}}, http.StatusConflict), "not on offer any more")
		h.reads(h.post("Bea", take, url.Values{"do": {"both"}}, http.StatusBadRequest), "/shifts")
	})
}

func TestARuleThatForbidsAShiftIsSaidInWords(t *testing.T) {
	during(t, rota.SelfSignUp, func(h *team) {
		_, a := h.plan(30, "Ann")
		h.plan(31, "Bea")
		h.post("Ann", one(a[0], "/offer"), url.Values{"saw": {h.seenOf("Ann", a[0])}}, http.StatusOK)
		page := h.get("Bea", "/shifts/open", http.StatusOK)
		h.reads(page, "1 shift you cannot take, and why", "Beabird is planned at two places at once", "Give a shift of theirs to somebody else.")
		h.readsNot(page, "I take it")
		h.reads(h.post("Bea", "/shifts/open/"+h.wall.book.Swaps[0].ID.String(), url.Values{"do": {"take"}}, http.StatusConflict), "This is not possible", "planned at two places at once")
		// Nor is somebody asked who could not.
		h.readsNot(h.get("Ann", one(h.wall.book.Assignments[0], ""), http.StatusOK), "Beabird")
	})
}

func TestPeopleSignUpForWhatIsFree(t *testing.T) {
	during(t, rota.SelfSignUp, func(h *team) {
		s, _ := h.plan(30, "Ann")
		h.wall.book.Requirements = []rota.Requirement{{ID: helpline.NewID(), Shift: s.ID, Min: 1, Target: 2}}
		h.reads(h.get("Bea", "/shifts", http.StatusOK), "1 free shift")
		h.readsNot(h.get("Ann", "/shifts/open", http.StatusOK), "I take it")
		h.reads(h.get("Bea", "/shifts/open", http.StatusOK), "18:00–21:00", "I take it")
		for range 2 {
			h.reads(h.post("Bea", "/shifts/free/"+s.ID.String(), nil, http.StatusOK), "The shift is yours.")
		}
		if n := len(h.wall.book.Assignments); n != 2 {
			t.Errorf("a double tap made %d places", n)
		}
		h.reads(h.post("Cor", "/shifts/free/"+s.ID.String(), nil, http.StatusConflict), "Somebody was faster")
		h.post("Cor", "/shifts/free/"+helpline.NewID().String(), nil, http.StatusConflict)
	})
}

func TestTheFirstYesToAnAskWinsAndTheOtherIsTold(t *testing.T) {
	during(t, rota.Managed, func(h *team) {
		_, a := h.plan(6, "Ann")
		h.wall.book.Assignments[0].Minds = true // a supervisor answers for it
		ask := counsel.RotaAsk{ID: helpline.NewID(), Place: a[0].ID, State: counsel.AskOpen, Asked: []counsel.Asked{{Person: h.people["Bea"].ID}, {Person: h.people["Cor"].ID}}}
		h.wall.asks = []counsel.RotaAsk{ask}
		at := "/shifts/asks/" + ask.ID.String()
		h.reads(h.get("Bea", "/shifts", http.StatusOK), "Can you take this shift?", "18:00–21:00", "Yes", "No")
		h.readsNot(h.get("Ann", "/shifts", http.StatusOK), "Can you take this shift?")
		h.reads(h.get("Bea", "/me", http.StatusOK), "You are asked whether you can take a shift.")
		h.readsNot(h.get("Ann", "/me", http.StatusOK), "You are asked whether you can take a shift.")
		h.reads(h.post("Bea", at, url.Values{"do": {"take"}}, http.StatusOK), "The shift is yours.")
		h.reads(h.post("Cor", at, url.Values{"do": {"take"}}, http.StatusConflict), "Somebody was faster")
		h.reads(h.post("Cor", at, url.Values{"do": {"no"}}, http.StatusOK), "Thank you for answering.")
		h.post("Cor", at, url.Values{"do": {"maybe"}}, http.StatusBadRequest)
	})
}

func TestWishesAreSaidAndTakenBackAndNothingTypedIsLost(t *testing.T) {
	during(t, rota.Preferences, func(h *team) {
		form := url.Values{"word": {"prefer-not"}, "first": {"2000-01-04"}, "last": {"2000-02-29"}, "day": {"2", "4"}, "from": {"18:00"}, "to": {"22:00"}}
		for range 2 {
			h.reads(h.post("Ann", "/shifts/wishes", form, http.StatusOK), "Noted.", "Rather not: Tuesday, Thursday, Tuesday 4 January to Tuesday 29 February, 18:00–22:00")
		}
		if n := len(h.wall.book.Availability); n != 17 {
			t.Errorf("%d stretches", n)
		}
		h.reads(h.post("Ann", "/shifts/wishes", url.Values{"word": {"cannot"}, "first": {"2000-01-10"}}, http.StatusOK), "I cannot: Monday 10 January")
		for name, bad := range map[string]url.Values{
			"Choose one of the three":     {"word": {"x"}, "first": {"2000-01-10"}},
			"Choose days that are in":     {"word": {"cannot"}, "first": {"2000-02-30"}},
			"The last day comes before":   {"word": {"cannot"}, "first": {"2000-01-10"}, "last": {"2000-01-09"}},
			"These days are over":         {"word": {"cannot"}, "first": {"1999-12-30"}},
			"to 400 days ahead":           {"word": {"cannot"}, "first": {"2000-01-10"}, "last": {"2004-01-10"}},
			"Choose two different times":  {"word": {"cannot"}, "first": {"2000-01-10"}, "from": {"18:00"}, "to": {"18:00"}},
			"No such day lies between":    {"word": {"cannot"}, "first": {"2000-01-10"}, "day": {"7"}},
			"Choose days that are in the": {"word": {"cannot"}, "first": {"2000-01-10"}, "day": {"9"}},
		} {
			page := h.post("Ann", "/shifts/wishes", bad, http.StatusUnprocessableEntity)
			h.reads(page, name, `value="`+bad.Get("first")+`"`)
		}
		keys := regexp.MustCompile(`name="key" value="([^"]+)"`).FindAllStringSubmatch(h.get("Ann", "/shifts/wishes", http.StatusOK), -1)
		if len(keys) != 2 {
			t.Fatalf("%d wishes can be taken back", len(keys))
		}
		h.post("Bea", "/shifts/wishes/end", url.Values{"key": {keys[0][1]}}, http.StatusOK)
		if n := len(h.wall.book.Availability); n != 18 {
			t.Errorf("somebody else has taken them back: %d", n)
		}
		for _, k := range keys {
			h.post("Ann", "/shifts/wishes/end", url.Values{"key": {k[1]}}, http.StatusOK)
		}
		h.reads(h.get("Ann", "/shifts/wishes", http.StatusOK), "You have said nothing yet")
	})
}

func TestDaysOffHaveNoReasonAndOneFormMakesOne(t *testing.T) {
	during(t, rota.Managed, func(h *team) {
		page := h.get("Ann", "/shifts/off", http.StatusOK)
		if fields := regexp.MustCompile(`<(?:input|textarea|select)[^>]*name="([^"]+)"`).FindAllStringSubmatch(page, -1); slices.ContainsFunc(fields, func(m []string) bool {
			return !slices.Contains([]string{"form", "first", "last", "back"}, m[1])
		}) && !strings.Contains(page, "passphrase") { // the locked screen has a field of its own
			t.Errorf("the page asks %q", fields)
		}
		id := regexp.MustCompile(`name="form" value="([^"]+)"`).FindStringSubmatch(page)[1]
		for range 2 {
			h.reads(h.post("Ann", "/shifts/off", url.Values{"form": {id}, "first": {"2000-01-10"}, "last": {"2000-01-14"}}, http.StatusOK), "You are not planned on these days", "Monday 10 January to Friday 14 January", "Undo")
		}
		if n := len(h.wall.book.Leaves); n != 1 {
			t.Fatalf("a double tap made %d", n)
		}
		h.reads(h.post("Ann", "/shifts/off", url.Values{"form": {id}, "first": {"2000-01-20"}, "last": {"2000-01-19"}}, http.StatusUnprocessableEntity), "The last day comes before", `value="2000-01-20"`)
		h.post("Bea", "/shifts/off/end", url.Values{"key": {id}}, http.StatusOK)
		if n := len(h.wall.book.Leaves); n != 1 {
			t.Error("somebody else has taken them back")
		}
		for range 2 {
			h.reads(h.post("Ann", "/shifts/off/end", url.Values{"key": {id}}, http.StatusOK), "You can be planned on these days again")
		}
	})
}

// calendar makes a calendar and gives the path of its address.
func (h *team) calendar(who, device string) string {
	h.t.Helper()
	page := h.post(who, "/shifts/calendar", url.Values{"form": {helpline.NewID().String()}, "device": {device}}, http.StatusOK)
	m := regexp.MustCompile(regexp.QuoteMeta(origin) + `(/feed/[\w-]{22}\.ics)`).FindStringSubmatch(page)
	if m == nil {
		h.t.Fatal("no address is shown")
	}
	return m[1]
}

func (h *team) fetch(path, tag string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	if tag != "" {
		r.Header.Set("If-None-Match", tag)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestACalendarIsMadeReadAndEnded(t *testing.T) {
	during(t, rota.SelfSignUp, func(h *team) {
		_, a := h.plan(30, "Ann")
		h.plan(54, "Bea")
		path := h.calendar("Ann", "My phone")
		w := h.fetch(path, "")
		tag := w.Header().Get("ETag")
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/calendar; charset=utf-8" || !strings.HasPrefix(w.Header().Get("Cache-Control"), "private") || tag == "" ||
			len(w.Result().Cookies()) != 0 || strings.Count(w.Body.String(), "BEGIN:VEVENT") != 1 || !strings.Contains(w.Body.String(), a[0].ID.String()) {
			t.Fatalf("%d %v %s", w.Code, w.Header(), w.Body)
		}
		for given, want := range map[string]int{tag: 304, "W/" + tag: 304, `"x", ` + tag: 304, `"x"`: 200, "*": 304} {
			if w := h.fetch(path, given); w.Code != want || want == 304 && w.Body.Len() != 0 {
				t.Errorf("If-None-Match %s: %d", given, w.Code)
			}
		}
		h.post("Ann", one(a[0], "/offer"), url.Values{"saw": {h.seenOf("Ann", a[0])}}, http.StatusOK)
		if w := h.fetch(path, tag); w.Code != http.StatusOK || w.Header().Get("ETag") == tag {
			t.Errorf("what has changed is not told: %d", w.Code)
		}
		h.shelf.edit(h.people["Ann"].ID, func(p *staff.Person) { p.Language = "nl" })
		if w := h.fetch(path, ""); !strings.Contains(w.Body.String(), "SUMMARY:Dienst\r\n") {
			t.Error("the calendar is not in the person's language")
		}
		page := h.get("Ann", "/shifts/calendar", http.StatusOK)
		if strings.Contains(page, path[6:28]) {
			t.Error("the address is shown again")
		}
		key := regexp.MustCompile(`name="key" value="([^"]+)"`).FindStringSubmatch(page)[1]
		h.post("Bea", "/shifts/calendar/end", url.Values{"key": {key}}, http.StatusOK)
		if w := h.fetch(path, ""); w.Code != http.StatusOK {
			t.Errorf("somebody else has ended it: %d", w.Code)
		}
		h.post("Ann", "/shifts/calendar/end", url.Values{"key": {key}}, http.StatusOK)
		if w := h.fetch(path, ""); w.Code != http.StatusNotFound {
			t.Errorf("once ended: %d", w.Code)
		}
	})
}

func TestPromiseNoAnswerTellsAnEndedCalendarFromOneThatNeverWas(t *testing.T) {
	during(t, rota.SelfSignUp, func(h *team) {
		h.plan(30, "Ann")
		path := h.calendar("Ann", "My phone")
		h.shelf.edit(h.people["Ann"].ID, func(p *staff.Person) { p.State = staff.Removed })
		never := "/feed/" + staff.NewToken().Reveal() + ".ics"
		want := h.fetch(never, "")
		for name, other := range map[string]string{
			"of a removed person": path, "no secret at all": "/feed/x.ics", "without its ending": strings.TrimSuffix(path, ".ics"), "of another ending": path + ".txt",
		} {
			got := h.fetch(other, "*")
			if got.Code != http.StatusNotFound || got.Body.String() != want.Body.String() || fmt.Sprint(got.Header()) != fmt.Sprint(want.Header()) {
				t.Errorf("%s: %d %v %q", name, got.Code, got.Header(), got.Body)
			}
		}
		h.wall.broken = helpline.Errorf(helpline.Unavailable, "busy")
		h.shelf.edit(h.people["Ann"].ID, func(p *staff.Person) { p.State = staff.Active })
		if w := h.fetch(path, ""); w.Code != http.StatusServiceUnavailable {
			t.Errorf("a calendar must not lose its shifts because the line is busy: %d", w.Code)
		}
		if strings.Contains(h.log.String(), path[6:28]) {
			t.Error("the log has the secret")
		}
	})
}

func TestACalendarOfANameIsThereOnce(t *testing.T) {
	during(t, rota.SelfSignUp, func(h *team) {
		form := url.Values{"form": {helpline.NewID().String()}, "device": {"My phone"}}
		h.post("Ann", "/shifts/calendar", form, http.StatusOK)
		h.reads(h.post("Ann", "/shifts/calendar", form, http.StatusConflict), "There is one of this name already", `value="My phone"`)
		h.reads(h.post("Ann", "/shifts/calendar", url.Values{"device": {"=cmd"}}, http.StatusUnprocessableEntity), `value="=cmd"`)
		for i := range 4 {
			h.calendar("Ann", fmt.Sprintf("Phone %d", i))
		}
		h.post("Ann", "/shifts/calendar", url.Values{"device": {"Sixth"}}, http.StatusConflict)
		if n := len(h.trail.deeds); n == 0 || !slices.ContainsFunc(h.feeds.rows, func(r counsel.FeedRow) bool { return r.Device == "My phone" }) {
			t.Errorf("%d entries in the audit log", n)
		}
	})
}

func TestAPersonReadsThatASupervisorTookTheirShiftAndHowManyWerePlanned(t *testing.T) {
	during(t, rota.Managed, func(h *team) {
		_, a := h.plan(50, "Ann")
		h.plan(80, "Ann")
		h.plan(110, "Ann")
		h.wall.book.Assignments[2].Source = rota.BySelf // taken after the publishing
		boss := helpline.Actor{Person: helpline.NewID(), Roles: []helpline.Role{helpline.Supervisor}}
		h.wall.events = []rota.Event{{ID: helpline.NewID(), At: time.Now(), By: boss.Person, Kind: rota.EventPublish}}
		h.readsNot(h.get("Ann", "/shifts", http.StatusOK), "A supervisor has taken your shift")
		if _, err := h.wall.Do(t.Context(), boss, rota.Step{Do: rota.DoMind, Assignment: a[0].ID}); err != nil {
			t.Fatal(err)
		}
		h.reads(h.get("Ann", "/shifts", http.StatusOK), "A supervisor has taken your shift of", "New shifts were planned: 2 are yours.")
		h.readsNot(h.get("Bea", "/shifts", http.StatusOK), "A supervisor has taken your shift", "New shifts were planned")
	})
}
