package main

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/store"
)

// badSheets is a line over a real store whose people cannot all work when a file
// says they do. Noor's skill has expired, Kim has Tuesday off, Robin cannot come
// on Wednesday, Zoë works for another rota on Thursday, and Bas has left, with a
// published shift on Friday.
type badSheets struct {
	t      *testing.T
	file   string
	db     *store.DB
	rotas  *counsel.Rotas
	boss   helpline.Actor
	who    map[string]helpline.ID // by first name
	first  rota.Date              // a Monday
	spring rota.Date              // the nights on which clocks are set
	autumn rota.Date
	zone   *time.Location
}

func newBadSheets(t *testing.T) *badSheets {
	t.Helper()
	file, dir := manned(t)
	b := &badSheets{t: t, file: file, who: map[string]helpline.ID{}, first: monday(), spring: lastSunday(time.March), autumn: lastSunday(time.October)}
	b.db, b.rotas, _ = rotasIn(t, dir)
	b.zone = b.rotas.Zone()
	all, err := b.db.People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		name, _, _ := strings.Cut(p.Name, " ")
		if b.who[name] = p.ID; slices.Contains(p.Roles, helpline.Supervisor) {
			b.boss = helpline.Actor{Person: p.ID, Roles: p.Roles}
		}
	}
	wantRun(t, exitDone, "Written", "rota", "import", list(t, fmt.Sprintf("x,%s,%s\nZoë,19-22,\nBas,,19-22\n", b.first.Plus(3), b.first.Plus(4))), "--rota", "Chat", "--write", "--config", file)
	publish(t, dir, b.rotas, b.state().Versions[0].ID)
	at := func(day, minute int) time.Time { return rota.FirstOf(b.first.Plus(day), minute, b.zone) }
	phone := rota.Rota{ID: helpline.NewID(), Name: "Phone", Way: rota.Managed, Setup: rota.Pair, Needs: []string{"phone"}}
	edits := []counsel.RotaEdit{
		{Rota: &phone},
		{Leave: &rota.Leave{Person: b.who["Kim"], Interval: rota.Interval{Start: at(1, 0), End: at(2, 0)}}},
		{WishesOf: b.who["Robin"], Wishes: []rota.Availability{{Person: b.who["Robin"], Wish: rota.Cannot, Interval: rota.Interval{Start: at(2, 18*60), End: at(2, 20*60)}}}},
	}
	for name, id := range b.who {
		has := rota.Skill{Person: id, Name: "phone"}
		if name == "Noor" {
			has.Expires = b.first.Plus(-1)
		}
		edits = append(edits, counsel.RotaEdit{SkillsOf: id, Skills: []rota.Skill{has}})
	}
	b.edit(counsel.RotaEdit{Several: edits})
	if err := b.db.ChangePerson(t.Context(), counsel.PersonChange{Person: b.who["Bas"], Remove: true}); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *badSheets) edit(e counsel.RotaEdit) {
	b.t.Helper()
	if _, err := b.rotas.Edit(b.t.Context(), b.boss, e); err != nil {
		b.t.Fatal(err)
	}
}

// state is every row of the rotas on the disk.
func (b *badSheets) state() counsel.RotaState {
	b.t.Helper()
	s, err := b.db.LoadRotas(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

// sheet is a file with one person's hours on one day.
func (b *badSheets) sheet(name string, day rota.Date, hours string) string {
	return fmt.Sprintf("name;%s\n%s;\"%s\"\n", day, name, hours)
}

// calendar is a file with one entry for each summary, beginning and end.
func (b *badSheets) calendar(entries ...[3]string) string {
	out := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n"
	for i, e := range entries {
		out += fmt.Sprintf("BEGIN:VEVENT\r\nUID:%d\r\nSUMMARY:%s\r\nDTSTART%s\r\nDTEND%s\r\nEND:VEVENT\r\n", i, e[0], e[1], e[2])
	}
	return out + "END:VCALENDAR\r\n"
}

// clock is a time on the clock of the line, as a calendar writes it.
func clock(day rota.Date, minute int) string {
	return fmt.Sprintf(":%s", time.Date(day.Year, day.Month, day.Day, 0, minute, 0, 0, time.UTC).Format("20060102T150405"))
}

// What can be no shift is refused by the command, in plain words with its place
// in the file and what to do, and not one row is different.
func TestPromiseAFileThatCannotBeARotaIsRefusedWithItsPlaceAndNothingIsHalfDone(t *testing.T) {
	t.Parallel()
	b := newBadSheets(t)
	monday, in := b.first, func(zone string, day rota.Date, minute int) string { return ";TZID=" + zone + clock(day, minute) }
	kim := func(from, to string) string { return b.calendar([3]string{"Kim Visser", from, to}) }
	for _, c := range []struct {
		name, text string
		says       []string
		code       int
		args       []string
	}{
		{name: "nobody of that name", text: b.sheet("Mallory", monday, "19-22"), says: []string{"Row 2, column A: Nobody on the team has this name.", "the page People"}},
		{name: "somebody who was removed", text: b.sheet("bas  MULDER", monday, "19-22"), says: []string{"Row 2, column A: This person has left the team.", "Give these hours to somebody else"}},
		{name: "a shift of 0 hours", text: b.sheet("Kim Visser", monday, "19:00-19:00"), says: []string{"Row 2, column B: Beginning and end are the same.", "09:00-09:00+1"}},
		{name: "a shift of 30 hours", text: b.sheet("Kim Visser", monday, "9:00-15:00+1"), says: []string{"Row 2, column B: A shift takes at most 24 hours. Write it as two."}},
		{name: "a shift of two days", text: b.sheet("Kim Visser", monday, "9:00-9:00+2"), says: []string{"Row 2, column B: A shift takes at most 24 hours. Write it as two."}},
		{name: "two shifts at once", text: b.sheet("Kim Visser", monday, "9-12; 11-13"), says: []string{"Row 2, column B: Two of these shifts overlap. Take one out, or change its hours."}},
		{name: "hours that do not exist", text: b.sheet("Kim Visser", b.spring, "02:10-02:50"), says: []string{"Row 2, column B: The clocks go forward over all of this shift: it cannot be. Choose other hours."}},
		{name: "one good row and one bad", text: fmt.Sprintf("x;%s\nKim Visser;19-22\nRobin de Vries;19-19\n", monday), says: []string{"Row 3, column B: Beginning and end are the same."}},
		{name: "all of it on the command line of somebody who was removed", text: kim(clock(monday, 1140), clock(monday, 1320)), args: []string{"--person", "Bas Mulder"}, code: exitUsage, says: []string{"--person: The person has left the team."}},

		{name: "an entry of nobody", text: b.calendar([3]string{"Mallory", clock(monday, 1140), clock(monday, 1320)}), says: []string{"Entry 1 of the calendar: Nobody on the team has the name", "--person"}},
		{name: "an entry of somebody who was removed", text: b.calendar([3]string{"Bas Mulder (leader)", clock(monday, 1140), clock(monday, 1320)}), says: []string{"Entry 1 of the calendar: The person has left the team. Give the shift to somebody else"}},
		{name: "an entry in a zone nobody knows", text: kim(in("W. Europe Standard Time", monday, 1140), in("W. Europe Standard Time", monday, 1320)), says: []string{"Entry 1 of the calendar: Its time zone is not known. Export it in UTC"}},
		{name: "an entry of 0 hours", text: kim(clock(monday, 1140), clock(monday, 1140)), says: []string{"Entry 1 of the calendar: It ends before it begins, or when it begins."}},
		{name: "an entry of 30 hours", text: kim(clock(monday, 1140), clock(monday.Plus(2), 60)), says: []string{"Entry 1 of the calendar: It takes more than a day. Make it entries of at most 24 hours."}},
		{name: "an entry that ends before it begins", text: kim(clock(monday, 1320), clock(monday, 1140)), says: []string{"Entry 1 of the calendar: It ends before it begins, or when it begins. Correct one of the two."}},
		{name: "an entry that begins at a time that does not exist", text: kim(in("Europe/Amsterdam", b.spring, 150), in("Europe/Amsterdam", b.spring, 360)), says: []string{"Entry 1 of the calendar: In that night the clocks skip the time", "Write the time that is meant."}},
		{name: "an entry that ends at a time that does not exist", text: kim(clock(b.spring.Plus(-1), 1320), clock(b.spring, 150)), says: []string{"Entry 1 of the calendar: In that night the clocks skip the time"}},
		{name: "an entry that begins at the second of a time that comes twice", text: kim(":"+rota.LastOf(b.autumn, 150, b.zone).UTC().Format("20060102T150405Z"), clock(b.autumn, 420)), says: []string{"Entry 1 of the calendar: On the clock of the line this time comes twice"}},
		{name: "entries at once", text: b.calendar([3]string{"Kim Visser", clock(monday, 1140), clock(monday, 1320)}, [3]string{"Kestrel", clock(monday, 1200), clock(monday, 1380)}), says: []string{"Entry 2 of the calendar: It overlaps another entry of the same person on this day. Take one out"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := b.state()
			code, out, errs := command(t, append([]string{"rota", "import", list(t, c.text), "--rota", "Phone", "--write", "--config", b.file}, c.args...)...)
			want := exitFailed
			if c.code != 0 {
				want = c.code
			}
			if code != want || out != "" {
				t.Errorf("ended with %d and wrote %q", code, out)
			}
			for _, text := range c.says {
				if !strings.Contains(errs, text) {
					t.Errorf("%q is not said: %s", text, errs)
				}
			}
			if after := b.state(); !reflect.DeepEqual(before, after) {
				t.Errorf("something is half done: %+v is %+v", before, after)
			}
		})
	}
}

var draftNumber = regexp.MustCompile(`the draft (\S+)\. Look`)

// What a draft may be and no published week: the command names the rule, the
// person, the place in the file and a way out, whether it writes or only looks;
// the draft is whole, and neither the check nor a supervisor lets it through.
func TestPromiseAFileThatBreaksAHardRuleBecomesADraftThatNobodyCanPublish(t *testing.T) {
	t.Parallel()
	b := newBadSheets(t)
	day := func(n int) rota.Date { return b.first.Plus(n) }
	for _, c := range []struct {
		name, text, place string
		rule              rota.RuleID
		says, way         string
	}{
		{"leave", b.sheet("Kim Visser", day(1), "19-22"), "row 2, column B", rota.RuleLeave, "Kim Visser is on leave", "Put somebody else on it, or ask"},
		{"leave, from a calendar", b.calendar([3]string{"Robin", clock(day(0), 1140), clock(day(0), 1320)}, [3]string{"Kestrel", clock(day(1), 1140), clock(day(1), 1320)}), "entry 2", rota.RuleLeave, "Kim Visser is on leave", "Put somebody else on it, or ask"},
		{"cannot", b.sheet("Robin", day(2), "19-22"), "row 2, column B", rota.RuleCannot, "Robin de Vries said they cannot come then", "Put somebody else on it, or ask"},
		{"an expired skill", fmt.Sprintf("x;%s\nKim Visser;19-22\nNoor;19-22\n", day(0)), "row 3, column B", rota.RuleExpired, "The skill “phone” of Noor Smit is not valid any more then", "Note a later last day"},
		{"a shift of another rota", b.sheet("Zoë Jansen", day(3), "20-23"), "row 2, column B", rota.RuleOverlap, "Zoë Jansen is planned at two places at once, for 2 h", "Give a shift of theirs to somebody else"},
		{"a shift of another rota, from a calendar", b.calendar([3]string{"Zoë", clock(day(3), 1200), clock(day(3), 1380)}), "entry 1", rota.RuleOverlap, "Zoë Jansen is planned at two places at once, for 2 h", "Give a shift of theirs to somebody else"},
		{"a night into the next morning's shift", fmt.Sprintf("x;%s;%s\nSwift;22-7;6-9\n", day(0), day(1)), "row 2, column B; row 2, column C", rota.RuleOverlap, "Sam Bakker is planned at two places at once, for 1 h", "Give a shift of theirs to somebody else"},
		{"a role that is not theirs", b.sheet("Robin", day(0), "19-22 leader"), "row 2, column B", rota.RuleRole, "Robin de Vries may not have this role", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.t = t
			before := b.state()
			args := []string{"rota", "import", list(t, c.text), "--rota", "Phone", "--config", b.file}
			says := func(out string) {
				t.Helper()
				line := "must be solved (" + c.place + "): " + c.says
				at := strings.Index(out, line)
				if at < 0 || !strings.Contains(strings.SplitN(out[at:], "\n", 2)[0], c.way) || !strings.Contains(out, "To be solved before it can be published: ") {
					t.Errorf("%q, and %q, are not said: %s", line, c.way, out)
				}
			}
			says(wantRun(t, exitDone, "Nothing was changed", args...))
			if after := b.state(); !reflect.DeepEqual(before, after) {
				t.Errorf("looking has changed something: %+v is %+v", before, after)
			}
			out := wantRun(t, exitDone, "Written: the draft", append(args, "--write")...)
			says(out)
			id, err := helpline.ParseID(draftNumber.FindStringSubmatch(out)[1])
			if err != nil {
				t.Fatal(err)
			}
			b.onlyADraft(before, id)
			checked := wantRun(t, exitFailed, c.says, "rota", "check", "--version="+id.String(), "--config", b.file)
			if !strings.Contains(checked, "must be solved: "+c.says) {
				t.Errorf("the check says %s", checked)
			}
			b.refusesToPublish(id, c.rule)
			b.edit(counsel.RotaEdit{DropVersion: id})
		})
	}
}

// onlyADraft fails unless all that has come is one draft and what it is made of,
// and its places are those of the file.
func (b *badSheets) onlyADraft(before counsel.RotaState, id helpline.ID) {
	b.t.Helper()
	after := b.state()
	fresh := func(v rota.Version) bool { return v.ID == id }
	i := slices.IndexFunc(after.Versions, fresh)
	if i < 0 || after.Versions[i].State != rota.Draft || len(after.Versions) != len(before.Versions)+1 {
		b.t.Fatalf("the versions are %+v", after.Versions)
	}
	of := map[helpline.ID]bool{}
	for _, s := range after.Shifts {
		of[s.ID] = s.Version == id
	}
	after.Versions = slices.DeleteFunc(after.Versions, fresh)
	after.Shifts = slices.DeleteFunc(after.Shifts, func(s rota.Shift) bool { return of[s.ID] })
	after.Assignments = slices.DeleteFunc(after.Assignments, func(a rota.Assignment) bool { return of[a.Shift] })
	if !reflect.DeepEqual(before.Versions, after.Versions) || !reflect.DeepEqual(before.Shifts, after.Shifts) || !reflect.DeepEqual(before.Assignments, after.Assignments) {
		b.t.Errorf("what stood before has changed: %+v is %+v", before, after)
	}
}

// refusesToPublish fails unless a supervisor who accepts all that can be accepted
// is refused for a rule, and nothing has changed then.
func (b *badSheets) refusesToPublish(id helpline.ID, rule rota.RuleID) {
	b.t.Helper()
	if err := b.rotas.Reload(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	book, err := b.rotas.Book(b.t.Context(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, one := range rota.Check(book, b.rotas.Law()) {
		if one.Level == rota.Advisory && one.Rule != rota.RuleCoverMin {
			b.edit(counsel.RotaEdit{Accept: &counsel.RotaAccept{Version: id, Key: one.Key(), Reason: rota.ReasonKnown}})
		}
	}
	before := b.state()
	_, err = b.rotas.Do(b.t.Context(), b.boss, rota.Step{Do: rota.DoPublish, Version: id})
	refused := rota.RefusedFor(err)
	if !slices.ContainsFunc(refused, func(x rota.Breach) bool { return x.Rule == rule && x.Level == rota.Hard }) {
		b.t.Errorf("publishing was refused for %+v, %v", refused, err)
	}
	if after := b.state(); !reflect.DeepEqual(before, after) {
		b.t.Errorf("publishing is half done: %+v is %+v", before, after)
	}
}

// A time that comes twice, and a beginning that clocks skip in a sheet, can be:
// the command says how long the shift is by that, and the draft has it so.
func TestAFileWithTheNightsClocksAreSetSaysHowLongItsShiftsAre(t *testing.T) {
	t.Parallel()
	b := newBadSheets(t)
	for _, c := range []struct {
		name, text, says string
		from             time.Time
		takes            time.Duration
	}{
		{"a beginning that does not exist", b.sheet("Kim Visser", b.spring, "02:30-06:00"), "The clocks go forward in this shift: it takes 3 h, not 3 h 30 min", rota.FirstOf(b.spring, 180, b.zone), 3 * time.Hour},
		{"a beginning that comes twice", b.sheet("Kim Visser", b.autumn, "02:30-06:00"), "The clocks go back in this shift: it takes 4 h 30 min, not 3 h 30 min", rota.FirstOf(b.autumn, 150, b.zone), 270 * time.Minute},
		{"an end that comes twice, from a calendar", b.calendar([3]string{"Kim Visser", clock(b.autumn.Plus(-1), 1380), clock(b.autumn, 150)}), "The clocks go back in this shift: it takes 4 h 30 min, not 3 h 30 min", rota.FirstOf(b.autumn.Plus(-1), 1380, b.zone), 270 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.t = t
			out := wantRun(t, exitDone, c.says, "rota", "import", list(t, c.text), "--rota", "Phone", "--write", "--config", b.file)
			id, err := helpline.ParseID(draftNumber.FindStringSubmatch(out)[1])
			if err != nil {
				t.Fatal(err)
			}
			shifts := slices.DeleteFunc(b.state().Shifts, func(s rota.Shift) bool { return s.Version != id })
			if len(shifts) != 1 || !shifts[0].Start.Equal(c.from) || shifts[0].End.Sub(shifts[0].Start) != c.takes {
				t.Errorf("the draft has %+v", shifts)
			}
		})
	}
}
