package console

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates/i18n"
)

func TestDaysAndHoursAreSaidInOneWay(t *testing.T) {
	all, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour, minutes int) rota.Interval {
		start := time.Date(2026, 11, day, hour, 0, 0, 0, zone)
		return rota.Interval{Start: start, End: start.Add(time.Duration(minutes) * time.Minute)}
	}
	day := func(y int, m time.Month, d int) rota.Date { return rota.Date{Year: y, Month: m, Day: d} }
	en, nl := sayer{Words: all.In("en"), zone: zone}, sayer{Words: all.In("nl"), zone: zone, spans: map[span]string{}}
	for _, c := range []struct{ en, nl, wantEN, wantNL string }{
		{en.when(at(23, 18, 240)), nl.when(at(23, 18, 240)), "Monday 23 November, 18:00–22:00", "maandag 23 november, 18.00–22.00 uur"},
		{en.when(at(28, 22, 480)), nl.when(at(28, 22, 480)), "Saturday 28 November, 22:00–06:00", "zaterdag 28 november, 22.00–06.00 uur"},
		{en.when(at(23, 0, 7*1440)), nl.when(at(23, 0, 7*1440)), "Monday 23 November to Sunday 29 November", "maandag 23 november tot en met zondag 29 november"},
		{en.clock(at(23, 9, 1).Start), nl.clock(at(23, 9, 1).Start), "09:00", "09.00 uur"},
		{en.walls(23*60+30, 1440), nl.walls(23*60+30, 1440), "23:30–24:00", "23.30–24.00 uur"},
		{en.full(day(2026, 12, 24)), nl.full(day(2026, 12, 24)), "24 December 2026", "24 december 2026"},
		{en.stretch(day(2026, 12, 24), day(2026, 12, 24)), nl.stretch(day(2026, 12, 24), day(2026, 12, 24)), "24 December 2026", "24 december 2026"},
		{en.stretch(day(2026, 12, 1), day(2026, 12, 28)), nl.stretch(day(2026, 12, 1), day(2026, 12, 28)), "1 to 28 December 2026", "1 tot en met 28 december 2026"},
		{en.stretch(day(2026, 11, 30), day(2026, 12, 6)), nl.stretch(day(2026, 11, 30), day(2026, 12, 6)), "30 November to 6 December 2026", "30 november tot en met 6 december 2026"},
		{en.stretch(day(2026, 12, 28), day(2027, 1, 3)), nl.stretch(day(2026, 12, 28), day(2027, 1, 3)), "28 December 2026 to 3 January 2027", "28 december 2026 tot en met 3 januari 2027"},
	} {
		if c.en != c.wantEN || c.nl != c.wantNL {
			t.Errorf("%q and %q, want %q and %q", c.en, c.nl, c.wantEN, c.wantNL)
		}
	}
	if again := nl.walls(23*60+30, 1440); again != "23.30–24.00 uur" {
		t.Errorf("said again: %q", again)
	}
}

var (
	machineDay   = regexp.MustCompile(`\b(19|20|21)\d\d-\d\d-\d\d\b|\b\d\d-\d\d-(19|20|21)\d\d\b`)
	englishClock = regexp.MustCompile(`\b[012]?\d:[0-5]\d\b`)
	oneScript    = regexp.MustCompile(`(?s)<script.*?</script>`)
)

// No page about shifts shows a day as machines write it, and a Dutch one no
// English clock: only fields of a form and files do.
func TestNoPageOfTheRotaShowsADayAsMachinesWriteIt(t *testing.T) {
	p := plans(t)
	line, draft := p.begun()
	ada := p.named("Ada Berg").String()
	at := "/rota/setup/" + line.ID.String()
	for _, form := range [][]string{
		{"/rota/closed", "first", "2126-12-24", "last", "2126-12-26"},
		{at, "name", "Summer", "days", "6", "from", "09:00", "to", "24:00", "endday", "0", "first", "2126-06-01", "last", "2126-08-31", "min", "1"},
		{"/rota/people/" + ada, "kind", "volunteer", "skill[]", "trainee", "expires[]", "2127-01-31", "skill[]", "", "expires[]", "", "skill[]", "telephone", "expires[]", "2020-01-31"},
	} {
		if w, page := p.post(form[0], form[1:]...); w.Code != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", form[0], w.Code, onlyMain(page))
		}
	}
	p.wants(p.get("/rota/people"), "people", "in training until 31 January 2127", "telephone: not valid since 31 January 2020")
	p.wants(p.get("/rota/people/"+ada), "terms", `<option value="trainee" selected>`, `name="expires[]" value="2127-01-31"`)
	p.publish(draft.ID)
	p.post("/rota/draft", "rota", line.ID.String(), "first", "2126-12-16", "last", "2126-12-22")
	next := p.rotas.Versions(line.ID)[0]
	shift := "/rota/shift/" + p.shift(draft.ID).ID.String()
	p.weeks.fill(t, 9, 6)
	sam := p.named("Sam Jansen")
	for _, locale := range []helpline.Locale{"en", "nl"} {
		p.shelf.edit(sam, func(q *staff.Person) { q.Language = locale })
		for _, path := range []string{
			"/rota?week=2126-12-02", "/rota?week=2126-12-02&by=person", "/rota?version=" + next.ID.String(), "/rota/month?month=2126-12", shift, "/rota/ask/" + strings.TrimPrefix(shift, "/rota/shift/"),
			"/rota/swaps", "/rota/draft", "/rota/plan/" + next.ID.String(), "/rota/setup", at, at + "/needs", "/rota/closed", "/rota/people", "/rota/people/" + ada,
			"/rota/fairness", "/rota/hours", "/staffing", "/board", "/me/notices", "/shifts", "/shifts/open", "/shifts/wishes", "/shifts/off", "/shifts/calendar",
		} {
			page := onlyMain(oneScript.ReplaceAllString(p.get(path), ""))
			if len(page) < 40 {
				t.Errorf("%s %s: the page is empty", locale, path)
			}
			if hit := machineDay.FindString(page); hit != "" {
				t.Errorf("%s %s shows %s", locale, path, hit)
			}
			if hit := englishClock.FindString(page); hit != "" && locale == "nl" {
				t.Errorf("%s %s shows %s:\n%s", locale, path, hit, page)
			}
		}
	}
	if !machineDay.MatchString("until 2026-11-30") || !englishClock.MatchString("om 19:00") {
		t.Error("the test would find nothing")
	}
}
