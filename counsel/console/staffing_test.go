package console

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
)

// weekBook keeps weeks in memory.
type weekBook struct{ kept []rota.SeenWeek }

func (b *weekBook) AddArrivals(_ context.Context, w rota.Blurred) error {
	b.kept = append(b.kept, w.Week())
	return nil
}

func (b *weekBook) Arrivals(context.Context, rota.Date) ([]rota.SeenWeek, error) {
	return slices.Clone(b.kept), nil
}

// tuesday is the day on which these pages are looked at.
var tuesday = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func (b *weekBook) staffing(t *testing.T) *counsel.Staffing {
	t.Helper()
	looked := tuesday
	return counsel.NewStaffing(b, plannedElsewhere(t, func() time.Time { return tuesday }, rota.On(time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday), 19*60, 22*60, 0), time.UTC, 200, func() time.Time {
		looked = looked.Add(2 * time.Minute) // nothing is remembered from one page to the next
		return looked
	})
}

// fill adds weeks of evenings on which so many come in each half hour.
func (b *weekBook) fill(t *testing.T, n, each int) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 5))
	for age := n; age > 0; age-- {
		w := rota.SeenWeek{Monday: rota.Date{Year: 2026, Month: time.November, Day: 23}.Plus(-7 * age)}
		for c := range w.Halves {
			s := rota.Seen{Up: 30}
			if cell := rota.Cell(c); cell.Day() < 5 && cell.Half() >= 38 && cell.Half() < 44 {
				s = rota.Seen{Up: 30, Open: 30, Came: each, Missed: each / 3}
			}
			w.Halves[c] = s
			d := &w.Days[c/rota.Halves]
			d.Came, d.Missed, d.Open, d.Up = d.Came+s.Came, d.Missed+s.Missed, d.Open+s.Open, d.Up+s.Up
		}
		blurred, err := w.Blur(func() (uint64, error) { return r.Uint64(), nil })
		if err != nil {
			t.Fatal(err)
		}
		if err := b.AddArrivals(t.Context(), blurred); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheStaffingPageSaysWhenItIsTooEarly(t *testing.T) {
	h := newHouse(t)
	h.weeks.fill(t, 3, 6)
	_, login := h.person(t, "Sam Jansen", helpline.Leader)
	page := h.do("GET", "/staffing", login, nil)
	text := page.Body.String()
	if page.Code != http.StatusOK || !strings.Contains(text, "3 whole weeks have been counted so far. This page begins with 4.") || strings.Contains(text, `class="week"`) || strings.Contains(text, `name="people"`) {
		t.Errorf("%d %s", page.Code, text)
	}
	asked := h.do("GET", "/staffing?day=4&from=19:00&to=22:00&people=2&each=1&minutes=45&patience=10&least=2", login, nil)
	if asked.Code != http.StatusOK || strings.Contains(asked.Body.String(), "are answered") {
		t.Errorf("asked too early: %d", asked.Code)
	}
}

func TestTheStaffingPageShowsTheMapTheAdviceAndTheTrial(t *testing.T) {
	h := newHouse(t)
	h.weeks.fill(t, 12, 6)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	text := h.do("GET", "/staffing", login, nil).Body.String()
	for _, want := range []string{
		"26 October to 22 November 2026", "Monday 19:00–19:30: ", "Friday 21:30–22:00: ", "Monday 19:00–20:00: ", "Monday: 144 came, 48 missed",
		"Mean of the last eight of that weekday", "8 weeks, 40 days", `data-best`, "On ", "People on duty, by half hour", "Sunday 19:00–19:30: closed",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if !regexp.MustCompile(`heat o[1-4]`).MatchString(text) {
		t.Error("nothing is striped, though a third was missed")
	}
	for _, key := range []string{"staffing.way.", "staffing.verdict.", "staffing.day.", "staffing.heat."} {
		if strings.Contains(text, key) {
			t.Errorf("a word is missing: %s", key)
		}
	}
	if strings.Contains(text, "00:00–00:30") {
		t.Error("hours in which nothing is ever open are shown")
	}
	_, leader := h.person(t, "Lee Smit", helpline.Leader)
	if page := h.do("GET", "/staffing", leader, nil); page.Code != http.StatusOK {
		t.Errorf("a shift leader: %d", page.Code)
	}
	_, counsellor := h.person(t, "Robin Bakker", helpline.Counsellor)
	if page := h.do("GET", "/staffing", counsellor, nil); page.Code != http.StatusForbidden || strings.Contains(page.Body.String(), "144") {
		t.Errorf("a counsellor: %d", page.Code)
	}
}

func TestWhatIfIsAnsweredInSentencesAndKeepsWhatWasTyped(t *testing.T) {
	h := newHouse(t)
	h.weeks.fill(t, 12, 3)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	good := url.Values{"day": {"6"}, "from": {"19:00"}, "to": {"22:00"}, "people": {"3"}, "each": {"1"}, "minutes": {"40"}, "patience": {"8"}, "least": {"1"}}
	page := h.do("GET", "/staffing?"+good.Encode(), login, nil)
	text := page.Body.String()
	if page.Code != http.StatusOK || !regexp.MustCompile(`Saturday 19:00–22:00 with 3 people: about 1\d\.\d come\.`).MatchString(text) || !strings.Contains(text, "never open then") || !strings.Contains(text, `value="40"`) {
		t.Errorf("%d %s", page.Code, text)
	}
	for name, change := range map[string][2]string{
		"no such day": {"day", "8"}, "a day in words": {"day", "monday"}, "day zero": {"day", "0"},
		"no time": {"from", "25:00"}, "a time in words": {"to", "late"}, "no end": {"to", ""}, "the same time twice": {"to", "19:00"},
		"people below zero": {"people", "-1"}, "a crowd": {"people", "9999999999999999999"}, "half a person": {"people", "2.5"}, "not a number": {"people", "NaN"},
		"none at once": {"each", "0"}, "no time to talk": {"minutes", "0"}, "a talk of a week": {"minutes", "10080"}, "patience below zero": {"patience", "-5"},
		"nothing at all": {"least", ""}, "exponents": {"minutes", "1e3"}, "markup": {"people", "<b>2</b>"}, "other bytes": {"from", "\xff\xfe"},
	} {
		bad := url.Values{}
		for k, v := range good {
			bad[k] = v
		}
		bad.Set(change[0], change[1])
		page := h.do("GET", "/staffing?"+bad.Encode(), login, nil)
		text := page.Body.String()
		if page.Code != http.StatusUnprocessableEntity || !strings.Contains(text, `role="alert"`) || strings.Contains(text, "<b>2</b>") || strings.Contains(text, "are answered,") {
			t.Errorf("%s: %d", name, page.Code)
		}
		if change[0] != "patience" && !strings.Contains(text, `value="8"`) {
			t.Errorf("%s: what else was typed is gone", name)
		}
	}
}

func TestWhatIfInDutchWritesCommas(t *testing.T) {
	h := newHouse(t)
	h.weeks.fill(t, 12, 3)
	p, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	h.shelf.edit(p.ID, func(p *staff.Person) { p.Language = "nl" })
	text := h.do("GET", "/staffing?day=1&from=19:00&to=20:00&people=1&each=1&minutes=45&patience=10&least=2", login, nil).Body.String()
	if !regexp.MustCompile(`Maandag 19\.00–20\.00 uur met 1 persoon: er komen er ongeveer \d+,\d\.`).MatchString(text) {
		t.Error(text)
	}
}
