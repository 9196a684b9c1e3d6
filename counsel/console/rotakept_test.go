package console

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
)

func TestAWeekThatIsKeptIsTheWeekThatIsDrawn(t *testing.T) {
	l := fortyPeople(t)
	l.book.Edition = 7
	kept := newChecks()
	first := l.version.First
	drawn := func(by string) string {
		t.Helper()
		at := *l
		is := kept.week(&at, kept.of(&at, first, first.Plus(6)), first, first, by)
		var out strings.Builder
		if err := templates.RotaWeekTable(is.grid).Render(t.Context(), &out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	for _, by := range []string{"shift", "person"} {
		var anew strings.Builder
		if err := templates.RotaWeekTable(l.grid(rota.NewChecker(l.book, l.law), first, first, by)).Render(t.Context(), &anew); err != nil {
			t.Fatal(err)
		}
		for _, time := range []string{"first", "second"} { // drawn, and then what was kept of it
			if drawn(by) != anew.String() {
				t.Errorf("by %s the week of the %s time differs from one that is drawn anew", by, time)
			}
		}
	}
	if len(kept.all) != 1 {
		t.Errorf("%d books are checked for one", len(kept.all))
	}
	who := l.book.People[0].ID
	names := map[helpline.ID]string{}
	for id, name := range l.names {
		names[id] = name
	}
	names[who] = "Somebody Else"
	l.names = names
	if !strings.Contains(drawn("person"), "Somebody Else") {
		t.Error("a kept week has an old name")
	}
	l.may = false
	if strings.Contains(drawn("person"), "/rota/people/") {
		t.Error("whoever only looks gets the links of whoever plans")
	}
	l.book.Edition = 8
	l.book.Assignments = nil
	if strings.Contains(drawn("shift"), "Somebody Else") || len(kept.all) != 1 {
		t.Error("a week outlived the rows it was made of")
	}
	l.book.Edition = 0
	drawn("shift")
	if len(kept.all) != 1 {
		t.Error("a book made by hand is kept")
	}
}

func TestTheListForAPhoneHasEveryPlaceOfTheTable(t *testing.T) {
	p := plans(t)
	_, draft := p.begun()
	week := "/rota?version=" + draft.ID.String()
	p.post("/rota/plan/"+draft.ID.String()+"/fill", "back", week)
	for _, by := range []string{"", "&by=person"} {
		table, list, found := strings.Cut(p.get(week+by), `id="days"`)
		if !found {
			t.Fatal("there is no list")
		}
		places := regexp.MustCompile(`data-place="([^"]*)"`).FindAllStringSubmatch(table, -1)
		if len(places) < 4 {
			t.Fatalf("the table has %d places", len(places))
		}
		for _, m := range places {
			if strings.Count(list, m[0]) != 1 {
				t.Errorf("%s: the place %s stands %d times in the list", by, m[1], strings.Count(list, m[0]))
			}
		}
	}
}

func TestAGapOnTheBoardLeadsToItsShift(t *testing.T) {
	shift := helpline.NewID()
	for name, c := range map[string]struct {
		alarm counsel.CoverAlarm
		role  helpline.Role
		want  string
	}{
		"a supervisor":                           {counsel.CoverAlarm{Shift: shift}, helpline.Supervisor, "/rota/shift/" + shift.String()},
		"a leader, who may look":                 {counsel.CoverAlarm{Shift: shift}, helpline.Leader, "/rota/shift/" + shift.String()},
		"a supervisor, where nothing is planned": {counsel.CoverAlarm{}, helpline.Supervisor, "/rota/draft"},
		"a leader, who makes no drafts":          {counsel.CoverAlarm{}, helpline.Leader, ""},
		"a counsellor":                           {counsel.CoverAlarm{Shift: shift}, helpline.Counsellor, ""},
	} {
		if got := gapAt(c.alarm, staff.Person{ID: helpline.NewID(), Roles: []helpline.Role{c.role}}); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestTheComingWeekBeginsTodayAndSaysItsDates(t *testing.T) {
	words, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	var v templates.Staffing
	row := templates.CoverRow{Time: "18:00"}
	for _, day := range []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"} {
		v.Whole = append(v.Whole, day)
		row.Cells = append(row.Cells, templates.CoverCell{Says: day})
	}
	v.Cover, v.CoverHours = []templates.CoverRow{row}, []templates.CoverRow{{Cells: append([]templates.CoverCell(nil), row.Cells...)}}
	coming(&v, words.In("en"), rota.Date{Year: 2026, Month: time.November, Day: 29}) // a Sunday
	for n, want := range []string{"Sunday 29 Nov", "Monday 30 Nov", "Tuesday 1 Dec", "Wednesday 2 Dec", "Thursday 3 Dec", "Friday 4 Dec", "Saturday 5 Dec"} {
		day, date, _ := strings.Cut(want, " ")
		if h := v.CoverHeads[n]; h.Whole != day || h.Date != date || v.Cover[0].Cells[n].Says != day || v.CoverHours[0].Cells[n].Says != day {
			t.Errorf("column %d is %+v over %q and %q, want %s", n, h, v.Cover[0].Cells[n].Says, v.CoverHours[0].Cells[n].Says, want)
		}
	}
}
