package rota

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"helpline"
)

// roll gives the person of a name and the name of a person: those of makeBook are P0, P1 and so on.
func roll(b *Book) (who func(string) (helpline.ID, bool), name func(helpline.ID) string) {
	of := map[string]helpline.ID{}
	names := map[helpline.ID]string{}
	for i, p := range b.People {
		n := fmt.Sprintf("P%d", i)
		if i == 3 {
			n = "=HYPERLINK(1)"
		}
		if i == 4 {
			n = `Jo "the, voice"; O'Hara`
		}
		of[n], names[p.ID] = p.ID, n
	}
	return func(n string) (helpline.ID, bool) {
		if n == "Gone" {
			return helpline.ID{1}, false
		}
		id, ok := of[n]
		return id, ok
	}, func(id helpline.ID) string { return names[id] }
}

func TestASpreadsheetIsReadWithWhateverDividesIt(t *testing.T) {
	b := makeBook(1, 1, 6)
	who, _ := roll(b)
	for _, text := range []string{
		"Name,2026-11-30,2026-12-01\nP0,19:00-22:00,\nP1,9-17 leader,22:00-06:00\n",
		"\ufeff;30-11-2026;1-12-2026\r\nP0;19:00-22:00;\r\n;;\r\nP1;09.00-17.00 Leader;22-6\r\n",
		"\t30/11/2026\t01/12/2026\nP0\t19–22\nP1\t9:00-17:00 leader\t 22:00-06:00 \n\n",
	} {
		cells, faults := ReadSheet([]byte(text), who)
		if len(faults) > 0 || len(cells) != 3 {
			t.Fatalf("%q: %+v %+v", text, cells, faults)
		}
		if c := cells[1]; c.From != 540 || c.To != 1020 || c.EndDay != 0 || c.Role != Leader || c.Date != (Date{2026, 11, 30}) || c.Person != b.People[1].ID {
			t.Errorf("%+v", c)
		}
		if c := cells[2]; c.From != 1320 || c.To != 360 || c.EndDay != 1 || c.Role != Counsellor || c.Date != (Date{2026, 12, 1}) {
			t.Errorf("%+v", c)
		}
	}
}

func TestASpreadsheetIsRefusedWithRowAndColumn(t *testing.T) {
	b := makeBook(1, 1, 6)
	who, _ := roll(b)
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "0,0 empty"},
		{"dates only", "Name,2026-11-30\n", "0,0 empty"},
		{"no dates", "Name\nP0\n", "1,0 dates"},
		{"no text", "Name,2026-11-30\nP0,\xff\xfe\n", "0,0 text"},
		{"a zero byte", "Name,2026-11-30\nP0,\x00\n", "0,0 text"},
		{"too large", strings.Repeat("a", mostBytes+1), "0,0 large"},
		{"too many rows", "Name,2026-11-30\n" + strings.Repeat("P0,\n", mostRows), "1001,0 large"},
		{"too many columns", "Name" + strings.Repeat(",", mostColumns) + "\nP0\n", "1,0 large"},
		{"an open quote", "Name,2026-11-30\n\"P0,19-22\n", "2,0 quotes"},
		{"a day that is not", "Name,2026-11-31\nP0,\n", "1,2 date"},
		{"a year of two digits", "Name,30-11-26\nP0,\n", "1,2 date"},
		{"a day twice", "Name,2026-11-30,30-11-2026\nP0,\n", "1,3 twice"},
		{"nobody we know", "Name,2026-11-30\nMallory,19-22\n", "2,1 name"},
		{"somebody twice", "Name,2026-11-30\nP0,19-22\nP0,9-12\n", "3,1 person"},
		{"hours under no day", "Name,2026-11-30\nP0,19-22,19-22\n", "2,3 nodate"},
		{"0 hours", "Name,2026-11-30\nP0,19:00-19:00\n", "2,2 same"},
		{"30 hours", "Name,2026-11-30\nP0,9:00-15:00+1\n", "2,2 long"},
		{"two days", "Name,2026-11-30\nP0,9-9+2\n", "2,2 long"},
		{"days without a number", "Name,2026-11-30\nP0,9-9+\n", "2,2 hours"},
		{"very many days", "Name,2026-11-30\nP0,9-9+11\n", "2,2 hours"},
		{"somebody who has left", "Name,2026-11-30\nGone,19-22\n", "2,1 gone"},
		{"an hour there is not", "Name,2026-11-30\nP0,19-25\n", "2,2 hours"},
		{"a minute there is not", "Name,2026-11-30\nP0,19:60-22\n", "2,2 hours"},
		{"a beginning at 24:00", "Name,2026-11-30\nP0,24:00-02:00\n", "2,2 hours"},
		{"a sign", "Name,2026-11-30\nP0,+9-17\n", "2,2 hours"},
		{"a word", "Name,2026-11-30\nP0,late\n", "2,2 hours"},
		{"a formula", "Name,2026-11-30\nP0,=1+1\n", "2,2 hours"},
		{"a role there is not", "Name,2026-11-30\nP0,19-22 boss\n", "2,2 role"},
		{"two that overlap", "Name,2026-11-30\nP0,19-22; 21-23\n", "2,2 overlap"},
		{"very many", "Name,2026-11-30\nP0,1-2;2-3;3-4;4-5;5-6;6-7\n", "2,2 many"},
		{"several at once", "Name,2026-11-30,x\nMallory,19-22\nP0,late\n", "1,3 date 2,1 name 3,2 hours"},
	} {
		cells, faults := ReadSheet([]byte(c.text), who)
		var got []string
		for _, f := range faults {
			got = append(got, fmt.Sprintf("%d,%d %s", f.Row, f.Column, f.Why))
		}
		if strings.Join(got, " ") != c.want || cells != nil {
			t.Errorf("%s: %q and %d cells, want %q", c.name, got, len(cells), c.want)
		}
	}
}

// What is written is read again as the same places, over the nights clocks are
// set too, and whoever is called like a formula is no formula.
func TestAWrittenSpreadsheetIsReadAgain(t *testing.T) {
	for seed := range uint64(5) {
		b := makeBook(seed, 2, 16)
		who, name := roll(b)
		text, err := WriteSheet(b, name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "=") {
				t.Errorf("a formula: %q", line)
			}
		}
		cells, faults := ReadSheet(text, who)
		if len(faults) > 0 || len(cells) != len(b.Assignments) {
			t.Fatalf("%d cells of %d places, faults %+v", len(cells), len(b.Assignments), faults)
		}
		proposed := Propose(cells, b.Version.Rota, ids(3))
		if len(proposed) != 3 {
			t.Fatalf("of three templates came %d", len(proposed))
		}
		for _, p := range proposed {
			if f := p.Template.Faults(); len(f) > 0 || p.Template.Days != On(0, 1, 2, 3, 4, 5, 6) || p.Days != 14 {
				t.Errorf("%+v %v", p, f)
			}
		}
		bare := *b
		bare.Templates, bare.Requirements, bare.Shifts, bare.Assignments = nil, nil, nil, nil
		again, faults := PlaceSheet(&bare, cells, proposed, ids(4))
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		if !slices.Equal(duties(b), duties(again)) {
			t.Error("the places are not the same")
		}
		if _, _, err := Materialise(again.Version, again.Templates, nil, zone(t, ams), ids(5)); err != nil {
			t.Error(err)
		}
	}
}

// Whole days, and shifts that end at midnight, come back as they were.
func TestHoursAroundMidnightAreReadAgain(t *testing.T) {
	b := makeBook(1, 1, 6)
	who, name := roll(b)
	b.Templates, b.Requirements, b.Shifts, b.Assignments = nil, nil, nil, nil
	for text, want := range map[string]string{
		"00:00-24:00": "00:00-24:00", "00:00-00:00+1": "00:00-24:00", "09:00-09:00+1": "09:00-09:00+1", "16-24 leader": "16:00-24:00 leader",
		"22:00-00:00": "22:00-24:00", "22:00-06:00+1": "22:00-06:00", "9-12; 23-1": "09:00-12:00; 23:00-01:00",
	} {
		cells, faults := ReadSheet([]byte("x,2026-11-30\nP1,"+text+"\n"), who)
		if len(faults) > 0 {
			t.Errorf("%s: %v", text, faults)
			continue
		}
		draft, faults := PlaceSheet(b, cells, Propose(cells, b.Version.Rota, ids(3)), ids(4))
		if len(faults) > 0 {
			t.Errorf("%s: %v", text, faults)
			continue
		}
		if f := draft.Templates[0].Faults(); len(f) > 0 {
			t.Errorf("%s: a template that is none: %v", text, f)
		}
		if out, err := WriteSheet(draft, name); err != nil || !strings.HasSuffix(string(out), "\nP1,"+want+"\n") {
			t.Errorf("%s: %q %v", text, out, err)
		}
	}
}

// A second import into the same rota makes no second templates.
func TestAnImportKnowsTheTemplatesOfItsRota(t *testing.T) {
	b := makeBook(2, 1, 16)
	who, name := roll(b)
	text, err := WriteSheet(b, name)
	if err != nil {
		t.Fatal(err)
	}
	cells, faults := ReadSheet(text, who)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	known := Match(Propose(cells, b.Version.Rota, ids(3)), b.Templates)
	draft, faults := PlaceSheet(b, cells, known, ids(4))
	if len(faults) > 0 || len(draft.Templates) != len(b.Templates) || len(draft.Requirements) != len(b.Requirements) {
		t.Fatalf("%d templates and %d requirements, %v", len(draft.Templates), len(draft.Requirements), faults)
	}
	for _, s := range draft.Shifts[len(b.Shifts):] {
		if !slices.ContainsFunc(b.Templates, func(t Template) bool { return t.ID == s.Template }) {
			t.Errorf("a shift of no template: %+v", s)
		}
	}
}

// duties writes who works when, in order.
func duties(b *Book) []string {
	var out []string
	c := NewChecker(b, Profile{})
	for _, p := range b.People {
		for _, d := range c.Duties(p.ID) {
			out = append(out, fmt.Sprint(p.ID, d.Shift.Start.UTC(), d.Shift.End.UTC(), d.Assignment.Role))
		}
	}
	return out
}

// What no template may be and no clock shows is refused with its cell, and
// what only breaks a rule is there for the checker.
func TestAnImportedDraftIsHeldAgainstTheRules(t *testing.T) {
	b := makeBook(1, 1, 6)
	b.Templates, b.Requirements, b.Shifts, b.Assignments = nil, nil, nil, nil
	who, _ := roll(b)
	read := func(text string) (*Book, []SheetFault) {
		cells, faults := ReadSheet([]byte(text), who)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		return PlaceSheet(b, cells, Propose(cells, b.Version.Rota, ids(3)), ids(4))
	}
	if _, faults := read("x,2026-03-29\nP1,02:00-03:00\n"); len(faults) != 1 || faults[0] != (SheetFault{2, 2, "swallowed"}) {
		t.Errorf("%+v", faults)
	}
	if _, faults := read("x,2026-03-29,2028-03-29\nP1,9-10,9-10\n"); len(faults) != 1 || faults[0].Why != "period" {
		t.Errorf("%+v", faults)
	}
	if _, faults := PlaceSheet(b, nil, nil, ids(1)); len(faults) != 1 {
		t.Error("an import of nothing is taken")
	}
	var days, hours strings.Builder
	for n := range 101 {
		fmt.Fprintf(&days, ",%s", Date{2026, 11, 30}.Plus(n))
		fmt.Fprintf(&hours, ",%02d:%02d-23:00", n/60, n%60)
	}
	if _, faults := read("x" + days.String() + "\nP1" + hours.String() + "\n"); len(faults) != 1 || faults[0].Why != "shapes" {
		t.Errorf("%+v", faults)
	}
	draft, faults := read("x,2026-11-30,2026-12-01\nP1,16:00-24:00,00:00-08:00\n")
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	var got []RuleID
	for _, h := range NewChecker(draft, Profile{}).hard() {
		if h.Rule == RuleRestDay {
			got = append(got, h.Rule)
		}
	}
	if len(got) == 0 {
		t.Error("a late and an early shift are imported, and no rest is missed")
	}
}

func FuzzSheet(f *testing.F) {
	f.Add("Name,2026-11-30\nP0,19-22; 9:00-12:00 leader\n")
	f.Add(";30-11-2026\r\n\"P0\";22:00–06:00\r\n")
	f.Add("\ufeff\t1.2.2026\nP1\t00:00-24:00")
	b := makeBook(1, 1, 6)
	who, name := roll(b)
	b.Templates, b.Requirements, b.Shifts, b.Assignments = nil, nil, nil, nil
	f.Fuzz(func(t *testing.T, text string) {
		cells, faults := ReadSheet([]byte(text), who)
		if len(faults) > 0 {
			if cells != nil {
				t.Fatal("something half done")
			}
			return
		}
		draft, faults := PlaceSheet(b, cells, Propose(cells, b.Version.Rota, ids(3)), ids(4))
		if len(faults) > 0 {
			return
		}
		Check(draft, Profile{})
		again, err := WriteSheet(draft, name)
		if err != nil {
			t.Fatal(err)
		}
		if back, faults := ReadSheet(again, who); len(back) != len(cells) && len(faults) == 0 {
			t.Fatalf("%d cells became %d", len(cells), len(back))
		}
	})
}
