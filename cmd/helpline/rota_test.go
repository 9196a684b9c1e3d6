package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/store"
)

// monday is the next one: a rota of weeks that have not begun.
func monday() rota.Date { return rota.Monday(rota.DateOf(time.Now())).Plus(7) }

// manned is a founded line with people, and the first who is a leader.
func manned(t *testing.T) (file, dir string) {
	t.Helper()
	file, dir, _ = founded(t)
	wantRun(t, exitDone, "6 people are invited", "staff", "import", list(t, "name,alias,roles,languages,doors,chats\n"+
		"Kim Visser,Kestrel,counsellor leader,nl,,\nRobin de Vries,Robin,counsellor,nl,,\nZoë Jansen,Zoë,counsellor,nl en,,\n"+
		"Sam Bakker,Swift,counsellor leader,nl,,\nNoor Smit,Noor,counsellor,en,,\nBas Mulder,Bas,counsellor,nl,,\n"),
		"--sheets", filepath.Join(t.TempDir(), "sheets"), "--config", file)
	return file, dir
}

// fourWeeks is a spreadsheet with two people on every evening, in turn, and
// somebody on some nights.
func fourWeeks(first rota.Date) string {
	names := []string{"Kim Visser", "robin  de vries", "Zoë", "Swift", "Noor Smit", "Bas Mulder"}
	rows := make([][]string, len(names))
	head := []string{"name"}
	for day := range 28 {
		head = append(head, first.Plus(day).String())
		for i := range rows {
			cell := ""
			switch (i + 6 - day%6) % 6 {
			case 0, 1:
				cell = "19:00-22:00"
			case 3:
				if day%7 == 5 {
					cell = "23-3"
				}
			}
			if cell == "19:00-22:00" && (i == 0 || i == 3) {
				cell += " leader"
			}
			rows[i] = append(rows[i], cell)
		}
	}
	out := strings.Join(head, ";") + "\r\n"
	for i, r := range rows {
		out += names[i] + ";" + strings.Join(r, ";") + "\r\n"
	}
	return out
}

// rotasIn opens the rotas of a data folder as another program would.
func rotasIn(t *testing.T, dir string) (*store.DB, *counsel.Rotas, counsel.RotaState) {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), dir, store.Options{Zone: zone, Beside: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	trail, err := trailOf(db)
	if err != nil {
		t.Fatal(err)
	}
	rotas, err := counsel.NewRotas(t.Context(), db, trail, db, zone, "volunteer-default", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	state, err := db.LoadRotas(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return db, rotas, state
}

// places reads a sheet as a set of who works when and as what.
func places(t *testing.T, db *store.DB, text string) []string {
	t.Helper()
	all, err := db.People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d := planning{people: all}
	cells, faults := rota.ReadSheet([]byte(text), d.named(true))
	if len(faults) > 0 {
		t.Fatalf("%v in\n%s", faults, text)
	}
	var out []string
	for _, c := range cells {
		out = append(out, fmt.Sprint(d.name(c.Person), " ", c.Date, " ", c.From, "-", c.To, "+", c.EndDay, " ", c.Role))
	}
	slices.Sort(out)
	return out
}

// The whole way: people come in by a list and four weeks by a spreadsheet; they
// are checked, published by a supervisor, and what goes out is what came in.
func TestFourWeeksComeInByASheetAndGoOutTheSame(t *testing.T) {
	t.Parallel()
	file, dir := manned(t)
	sheet := list(t, fourWeeks(monday()))
	out := wantRun(t, exitDone, "Nothing was changed", "rota", "import", sheet, "--config", file)
	for _, want := range []string{"a new rota, Rota", "6 people in 60 places on 32 shifts", "19:00-22:00 on mon tue wed thu fri sat sun: 56 places on 28 days (new, at least 2)", "23:00-03:00 on sat: 4 places on 4 days"} {
		if !strings.Contains(out, want) {
			t.Errorf("looking does not say %q: %s", want, out)
		}
	}
	if _, _, state := rotasIn(t, dir); len(state.Rotas)+len(state.Versions) > 0 {
		t.Fatalf("looking has written %+v", state)
	}
	wantRun(t, exitDone, "Written: the draft", "rota", "import", sheet, "--rota", "Evenings", "--setup", "pair", "--write", "--config", file)
	db, rotas, state := rotasIn(t, dir)
	if len(state.Rotas) != 1 || state.Rotas[0].Name != "Evenings" || state.Rotas[0].Setup != rota.Pair || len(state.Templates) != 2 || len(state.Versions) != 1 || state.Versions[0].State != rota.Draft {
		t.Fatalf("%+v %+v %+v", state.Rotas, state.Templates, state.Versions)
	}
	wantRun(t, exitUsage, "", "rota", "export", "--config", file) // nothing is published
	draft := state.Versions[0].ID
	came := places(t, db, fourWeeks(monday()))
	went := wantRun(t, exitDone, "Kim Visser", "rota", "export", "--version="+draft.String(), "--config", file)
	if !slices.Equal(came, places(t, db, went)) {
		t.Errorf("the draft goes out as\n%s", went)
	}
	// A second import of the same hours makes a second draft and no second templates.
	wantRun(t, exitDone, "known: 19:00-22:00", "rota", "import", sheet, "--write", "--config", file)
	if _, _, again := rotasIn(t, dir); len(again.Templates) != 2 || len(again.Requirements) != 2 || len(again.Versions) != 2 {
		t.Errorf("%d templates, %d versions", len(again.Templates), len(again.Versions))
	}
	publish(t, dir, rotas, draft)
	to := filepath.Join(t.TempDir(), "rota.csv")
	wantRun(t, exitDone, "", "rota", "export", to, "--config", file)
	text, err := os.ReadFile(to)
	if err != nil || !slices.Equal(came, places(t, db, string(text))) {
		t.Errorf("what is published goes out as %v\n%s", err, text)
	}
	if is, err := os.Stat(to); err != nil || is.Mode().Perm()&0o077 != 0 {
		t.Errorf("who works when can be read by every account of the machine: %v, %v", is, err)
	}
	week := wantRun(t, exitDone, "Kim Visser", "rota", "export", "--from", monday().String(), "--to", monday().Plus(6).String(), "--config", file)
	if n := len(places(t, db, week)); n != 15 {
		t.Errorf("a week has %d places: %s", n, week)
	}
	calendar := wantRun(t, exitDone, "BEGIN:VCALENDAR\r\n", "rota", "export", "--ics", "--config", file)
	if strings.Count(calendar, "BEGIN:VEVENT\r\n") != 32 || strings.Contains(calendar, "Kim") || strings.Contains(calendar, "Kestrel") {
		t.Errorf("the calendar is %s", calendar)
	}
	own := wantRun(t, exitDone, "SUMMARY:Shift", "rota", "export", "--ics", "--person", "Kestrel", "--config", file)
	if n := strings.Count(own, "BEGIN:VEVENT\r\n"); n == 0 || n > 15 || strings.Contains(own, "Evening") || strings.Contains(own, "Kim") {
		t.Errorf("%d shifts of one person: %s", n, own)
	}
	wantRun(t, exitUsage, "", "rota", "export", "--ics", "--person", "Nobody", "--config", file)

	// One's own calendar comes in again as the same places, when it is said whose it is.
	mine := list(t, own)
	_, _, was := rotasIn(t, dir)
	wantRun(t, exitUsage, "Nobody on the team has this name", "rota", "import", mine, "--person", "Nobody", "--config", file)
	wantRun(t, exitUsage, "--person is for calendars", "rota", "import", sheet, "--person", "Kestrel", "--config", file)
	wantRun(t, exitDone, "Written: the draft", "rota", "import", mine, "--person", "Kestrel", "--write", "--config", file)
	_, _, state = rotasIn(t, dir)
	at := slices.IndexFunc(state.Versions, func(v rota.Version) bool {
		return !slices.ContainsFunc(was.Versions, func(o rota.Version) bool { return o.ID == v.ID })
	})
	back := places(t, db, wantRun(t, exitDone, "", "rota", "export", "--version="+state.Versions[at].ID.String(), "--config", file))
	for _, one := range back {
		when, _ := strings.CutSuffix(one, string(rota.Counsellor)) // a calendar of one's own says no role
		if !slices.ContainsFunc(came, func(c string) bool { return strings.HasPrefix(c, when) }) {
			t.Errorf("%s came back from a calendar and is in no sheet", one)
		}
	}
	if len(back) != strings.Count(own, "BEGIN:VEVENT\r\n") {
		t.Errorf("%d places: %v", len(back), back)
	}
}

// What is published is written whole, however long ago it was: nothing of it is
// left out without a word.
func TestAnExportOfLongAgoIsWhole(t *testing.T) {
	t.Parallel()
	file, dir := manned(t)
	first := monday().Plus(-26 * 7)
	sheet := fourWeeks(first)
	wantRun(t, exitDone, "Written: the draft", "rota", "import", list(t, sheet), "--write", "--config", file)
	db, _, state := rotasIn(t, dir)
	trail, err := trailOf(db)
	if err != nil {
		t.Fatal(err)
	}
	before, err := counsel.NewRotas(t.Context(), db, trail, db, time.UTC, "", func() time.Time { return time.Now().AddDate(0, 0, -27*7) })
	if err != nil {
		t.Fatal(err)
	}
	publish(t, dir, before, state.Versions[0].ID)
	came := places(t, db, sheet)
	for what, flags := range map[string][]string{"the newest": nil, "some days": {"--from", first.String(), "--to", first.Plus(27).String()}} {
		out := wantRun(t, exitDone, "Kim Visser", slices.Concat([]string{"rota", "export"}, flags, []string{"--config", file})...)
		if went := places(t, db, out); !slices.Equal(came, went) {
			t.Errorf("%s: %d places of %d", what, len(went), len(came))
		}
	}
}

func TestWhatIsNoShiftInACalendarIsNamedByItsEntryAndNothingIsTaken(t *testing.T) {
	t.Parallel()
	file, dir := manned(t)
	entry := func(lines string) string {
		return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n" + lines + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	}
	for _, c := range []struct{ name, lines, says string }{
		{"nobody of that name", "SUMMARY:Mallory\r\nDTSTART:20261130T180000Z\r\nDTEND:20261130T210000Z", "Entry 1 of the calendar: Nobody on the team has the name"},
		{"a zone nobody knows", "SUMMARY:Kim Visser\r\nDTSTART;TZID=Atlantis/Deep:20261130T180000\r\nDTEND;TZID=Atlantis/Deep:20261130T210000", "Entry 1 of the calendar: Its time zone is not known."},
		{"a shift of 30 hours", "SUMMARY:Kim Visser\r\nDTSTART:20261130T180000Z\r\nDTEND:20261202T000000Z", "Entry 1 of the calendar: It takes more than a day."},
		{"one that repeats", "SUMMARY:Kim Visser\r\nDTSTART:20261130T180000Z\r\nDTEND:20261130T210000Z\r\nRRULE:FREQ=DAILY", "Entry 1 of the calendar: It repeats."},
	} {
		code, out, errs := command(t, "rota", "import", list(t, entry(c.lines)), "--write", "--config", file)
		if code != exitFailed || !strings.Contains(errs, c.says) || out != "" {
			t.Errorf("%s: %d %q %q", c.name, code, out, errs)
		}
	}
	if _, _, state := rotasIn(t, dir); len(state.Rotas)+len(state.Templates)+len(state.Versions) > 0 {
		t.Errorf("something half done: %+v", state)
	}
}

// publish does what a supervisor does on the page.
func publish(t *testing.T, dir string, rotas *counsel.Rotas, draft helpline.ID) {
	t.Helper()
	if err := rotas.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	people, _, _ := rotasIn(t, dir)
	all, err := people.People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(p staff.Person) bool { return slices.Contains(p.Roles, helpline.Supervisor) })
	sam := helpline.Actor{Person: all[i].ID, Roles: all[i].Roles}
	b, err := rotas.Book(t.Context(), draft)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range rota.Check(b, rotas.Law()) {
		if one.Level == rota.Advisory && one.Rule != rota.RuleCoverMin {
			e := counsel.RotaEdit{Accept: &counsel.RotaAccept{Version: draft, Key: one.Key(), Reason: rota.ReasonKnown}}
			if _, err := rotas.Edit(t.Context(), sam, e); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := rotas.Do(t.Context(), sam, rota.Step{Do: rota.DoPublish, Version: draft}); err != nil {
		t.Fatal(err)
	}
}

func TestWhatASheetCannotBeIsNamedByItsCellAndNothingIsTaken(t *testing.T) {
	t.Parallel()
	file, dir := manned(t)
	day := monday().String()
	for _, c := range []struct{ name, sheet, says string }{
		{"nobody of that name", "x," + day + "\nMallory,19-22\n", "Row 2, column A: Nobody on the team has this name."},
		{"a shift of no hours", "x," + day + "\nKim Visser,19-19\n", "Row 2, column B: Beginning and end are the same."},
		{"a shift of 30 hours", "x," + day + "\nKim Visser,9:00-15:00+1\n", "Row 2, column B: A shift takes at most 24 hours. Write it as two."},
		{"two at once", "x," + day + "\nKim Visser,9-12; 11-13\n", "Row 2, column B: Two of these shifts overlap."},
		{"one person twice by two names", "x," + day + "\nKim Visser,9-12\nKestrel,14-15\n", "Row 3, column A: This person has a row already."},
		{"an hour that the clocks swallow", "x,2027-03-28\nKim Visser,02:00-03:00\n", "Row 2, column B: The clocks go forward over all of this shift"},
		{"a formula", "x," + day + "\nKim Visser,\"=HYPERLINK(\"\"http://x\"\")\"\n", "Row 2, column B: Write hours"},
		{"bytes", "\xff\xfe\x00", "This is not text."},
		{"nothing", "", "Nobody has a shift in this file."},
	} {
		code, out, errs := command(t, "rota", "import", list(t, c.sheet), "--write", "--config", file)
		if code != exitFailed || !strings.Contains(errs, c.says) || !strings.Contains(errs, "nothing of the sheet is taken") || out != "" {
			t.Errorf("%s: %d %q %q", c.name, code, out, errs)
		}
	}
	wantRun(t, exitUsage, "", "rota", "import", filepath.Join(t.TempDir(), "none.csv"), "--config", file)
	wantRun(t, exitUsage, "", "rota", "import", list(t, fourWeeks(monday())), "--rota", strings.Repeat("x", 61), "--config", file)
	wantRun(t, exitUsage, "", "rota", "export", "--version", "x", "--from", day, "--config", file)
	wantRun(t, exitFailed, "", "rota", "fill", "--config", file) // there is no rota
	if _, _, state := rotasIn(t, dir); len(state.Rotas)+len(state.Templates)+len(state.Versions) > 0 {
		t.Errorf("something half done: %+v", state)
	}
}

func TestTheCheckSaysWhatIsNotKeptAndEndsWithACode(t *testing.T) {
	t.Parallel()
	file, _ := manned(t)
	wantRun(t, exitDone, "0 versions looked at", "rota", "check", "--config", file)
	first := monday()
	wantRun(t, exitDone, "Written", "rota", "import", list(t, fmt.Sprintf("x,%s,%s\nKim Visser,16:00-24:00 leader,00:00-08:00\nNoor,16:00-24:00 leader,\n", first, first.Plus(1))), "--write", "--config", file)
	code, out, errs := command(t, "rota", "check", "--config", file)
	for _, want := range []string{
		"must be solved: Kim Visser rests 0 min between two days; at least 11 h is needed", "Begin later, or give the second shift to somebody else.",
		"must be solved: Noor Smit may not have this role on a shift", "Not legal advice",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not said: %s", want, out)
		}
	}
	if code != exitFailed || !strings.Contains(errs, "hard rule") {
		t.Errorf("%d %s", code, errs)
	}
	code, out, _ = command(t, "rota", "check", "--json", "--rota", "rota", "--config", file)
	var read []versionJSON
	if err := json.Unmarshal([]byte(out), &read); err != nil || code != exitFailed || len(read) != 1 || read[0].State != "draft" || len(read[0].Breaches) < 3 {
		t.Fatalf("%d %v %s", code, err, out)
	}
	i := slices.IndexFunc(read[0].Breaches, func(b breachJSON) bool { return b.Rule == "rest.day" })
	if i < 0 || !slices.Equal(read[0].Breaches[i].People, []string{"Kim Visser"}) || read[0].Breaches[i].Want != 660 || read[0].Breaches[i].Unit != "minutes" || read[0].Breaches[i].From == nil {
		t.Errorf("%+v", read[0].Breaches)
	}
}

func TestADraftIsFilledAndSaysWhatStaysOpen(t *testing.T) {
	t.Parallel()
	file, dir := manned(t)
	first := monday()
	sheet := "x"
	for n := range 7 {
		sheet += "," + first.Plus(n).String()
	}
	sheet += "\nKim Visser,19-22,19-22,19-22,19-22,19-22,19-22,19-22\nBas,,19-22,,,,,\n"
	wantRun(t, exitDone, "Written", "rota", "import", list(t, sheet), "--write", "--config", file)
	db, rotas, state := rotasIn(t, dir)
	all, err := db.People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	boss := helpline.Actor{Person: all[0].ID, Roles: []helpline.Role{helpline.Supervisor}}
	need := state.Requirements[0]
	need.Min = 3
	french := rota.Requirement{Template: need.Template, Language: "fr", Min: 1}
	for _, e := range []counsel.RotaEdit{{Requirement: &need}, {Requirement: &french}} {
		if _, err := rotas.Edit(t.Context(), boss, e); err != nil {
			t.Fatal(err)
		}
	}
	fill := func(more ...string) string {
		return wantRun(t, exitDone, "A legal draft in", append([]string{"rota", "fill", "--seed", "7", "--seconds", "0", "--config", file}, more...)...)
	}
	out := fill()
	for _, want := range []string{"Nothing was changed", "7 needs are not met", "people with French", "does not speak this language", "Who would help most", "people with French on Mondays: 1 more, for 1 shift"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not said: %s", want, out)
		}
	}
	if _, _, after := rotasIn(t, dir); len(after.Assignments) != len(state.Assignments) {
		t.Error("looking has filled something")
	}
	fill("--write")
	_, rotas, after := rotasIn(t, dir)
	on := map[helpline.ID]int{}
	for _, a := range after.Assignments {
		on[a.Shift]++
	}
	for _, s := range after.Shifts {
		if on[s.ID] < 3 {
			t.Errorf("%s has %d", s.Date, on[s.ID])
		}
	}
	b, err := rotas.Book(t.Context(), after.Versions[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range rota.Check(b, rotas.Law()) {
		if one.Level == rota.Hard {
			t.Errorf("the filling breaks %+v", one)
		}
	}
	wantRun(t, exitUsage, "", "rota", "fill", "--seconds", "-1", "--config", file)
	wantRun(t, exitUsage, "", "rota", "fill", "--version", "nothing", "--config", file)
}

func TestHoursInPlainWordsBecomeARotaAndReplaceThemselves(t *testing.T) {
	t.Parallel()
	file, dir, _ := founded(t)
	out := wantRun(t, exitDone, "Nothing was changed", "rota", "hours", "mon-fri 19:00-22:00, sat 22:00-02:00", "--dry-run", "--config", file)
	if !strings.Contains(out, "open 19:00-22:00 on mon tue wed thu fri\n") || !strings.Contains(out, "open 22:00-02:00 on sat\n") {
		t.Error(out)
	}
	wantRun(t, exitDone, "Written as the rota Hours (pair)", "rota", "hours", "mon-fri 19:00-22:00", "--closed", "2026-12-24..2026-12-26, 2026-12-31", "--setup", "pair", "--config", file)
	_, _, one := rotasIn(t, dir)
	if len(one.Rotas) != 1 || one.Rotas[0].Way != rota.Elsewhere || len(one.Templates) != 1 || len(one.Closures) != 2 || one.Requirements[0].Min != 2 {
		t.Fatalf("%+v", one)
	}
	wantRun(t, exitDone, "(pair)", "rota", "hours", "sun 10:00-12:00", "--config", file)
	_, _, two := rotasIn(t, dir)
	if len(two.Rotas) != 1 || two.Rotas[0].ID != one.Rotas[0].ID || len(two.Templates) != 1 || two.Templates[0].Days != rota.On(time.Sunday) || len(two.Closures) != 0 || len(two.Requirements) != 1 {
		t.Errorf("%+v", two)
	}
	for _, wrong := range [][]string{
		{"", ""},
		{"mon-fri 19:00", ""},
		{"mon 19:00-22:00, mon 21:00-23:00", ""},
		{"someday 19:00-22:00", ""},
		{"mon 25:00-26:00", ""},
		{"mon 19:00-22:00", "2026-13-01"},
		{"mon 19:00-22:00", "2026-12-02..2026-12-01"},
	} {
		wantRun(t, exitUsage, "", "rota", "hours", wrong[0], "--closed", wrong[1], "--config", file)
	}
	if _, _, three := rotasIn(t, dir); len(three.Templates) != 1 || three.Templates[0].ID != two.Templates[0].ID {
		t.Error("what cannot be read has changed something")
	}
}

// The line that runs meanwhile notices what a command wrote beside it.
func TestARunningLineTakesOverWhatACommandWrote(t *testing.T) {
	t.Parallel()
	file, _ := manned(t)
	conf, err := configure(nil, noEnv, file)
	if err != nil {
		t.Fatal(err)
	}
	l, err := openLine(t.Context(), conf, cheap, slog.New(slog.DiscardHandler), func(*store.DB) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.db.Close() })
	sheet := list(t, fourWeeks(monday()))
	wantRun(t, exitDone, "Written", "rota", "import", sheet, "--write", "--config", file)
	if err := l.rotas.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	all := l.rotas.List()
	if len(all) != 1 || len(l.rotas.Versions(all[0].ID)) != 1 {
		t.Fatalf("the running line has %+v", all)
	}
	// Whoever goes to the draft that was just written finds it, without a turn of the line.
	said := wantRun(t, exitDone, "Written", "rota", "import", sheet, "--write", "--config", file)
	id, err := helpline.ParseID(regexp.MustCompile(`the draft (\S+)\. Look`).FindStringSubmatch(said)[1])
	if err != nil {
		t.Fatal(err)
	}
	if book, err := l.rotas.Book(t.Context(), id); err != nil || len(book.Assignments) == 0 {
		t.Errorf("the draft that was just written: %v", err)
	}
	if _, err := l.rotas.Book(t.Context(), helpline.NewID()); helpline.KindOf(err) != helpline.NotFound {
		t.Errorf("a draft that was never written: %v", err)
	}
}

// FuzzHours: whatever is written, hours are refused or become a rota that can be
// used.
func FuzzHours(f *testing.F) {
	f.Add("mon-fri 19:00-22:00, sat 14:00-17:00", "2026-12-24..2026-12-26")
	f.Add("sat 22:00-02:00,", ",2026-12-31")
	f.Add("mon-sun 00:00-24:00", "")
	f.Fuzz(func(t *testing.T, week, closed string) {
		o, err := readHours(week, closed)
		if err != nil {
			if len(err.Error()) > 300 {
				t.Fatalf("an error of %d bytes", len(err.Error()))
			}
			return
		}
		_, templates, needs, shut := rota.FromHours(rota.Rota{Name: "Hours", Setup: rota.Small}, o.spans, o.closed, helpline.NewID)
		if len(templates) == 0 || len(needs) != len(templates) {
			t.Fatalf("%d templates, %d requirements", len(templates), len(needs))
		}
		for _, one := range templates {
			if bad := one.Faults(); len(bad) > 0 {
				t.Fatalf("%+v: %v", one, bad)
			}
		}
		for _, c := range shut {
			if c.Last.String() < c.First.String() {
				t.Fatalf("%+v", c)
			}
		}
	})
}
