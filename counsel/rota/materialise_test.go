package rota

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
)

// sound is a template that can be used.
func sound() Template {
	return Template{ID: ids(1)(), Rota: ids(2)(), Name: "Evening", Days: On(time.Monday), From: 1140, To: 1320, Break: 15}
}

func TestATemplateThatCannotBeUsedIsRefusedWithItsField(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Template)
		want   string
	}{
		{"a good one", func(*Template) {}, ""},
		{"no name", func(x *Template) { x.Name = " \t" }, "name name"},
		{"a name with a line break", func(x *Template) { x.Name = "a\nb" }, "name name"},
		{"a name that is no text", func(x *Template) { x.Name = "\xff" }, "name name"},
		{"a name without end", func(x *Template) { x.Name = strings.Repeat("a", 61) }, "name name"},
		{"no days", func(x *Template) { x.Days = 0 }, "days days"},
		{"days that no week has", func(x *Template) { x.Days = 1 << 7 }, "days days"},
		{"0 hours", func(x *Template) { x.To = x.From }, "to same"},
		{"it ends before it starts", func(x *Template) { x.To = x.From - 1 }, "to before"},
		{"24 hours", func(x *Template) { x.To, x.EndDay = x.From, 1 }, ""},
		{"30 hours", func(x *Template) { x.From, x.To, x.EndDay = 0, 360, 1 }, "to long"},
		{"a minute over 24 hours", func(x *Template) { x.To, x.EndDay = x.From+1, 1 }, "to long"},
		{"a beginning before midnight", func(x *Template) { x.From = -1 }, "from clock"},
		{"a beginning at 24:00", func(x *Template) { x.From, x.To, x.EndDay = 1440, 60, 1 }, "from clock"},
		{"an end after 24:00", func(x *Template) { x.To = 1441 }, "to clock"},
		{"an end three days later", func(x *Template) { x.EndDay = 3 }, "endday endday"},
		{"an end the day before", func(x *Template) { x.EndDay = -1 }, "endday endday"},
		{"a rest as long as the shift", func(x *Template) { x.Break = 180 }, "break break"},
		{"a rest of less than nothing", func(x *Template) { x.Break = -1 }, "break break"},
		{"a day that is not in the calendar", func(x *Template) { x.First = Date{2026, 2, 30} }, "first date"},
		{"a year nobody can mean", func(x *Template) { x.Last = Date{99999, 1, 1} }, "first date"},
		{"over before it begins", func(x *Template) { x.First, x.Last = Date{2026, 5, 2}, Date{2026, 5, 1} }, "last dates"},
		{"a class that is none", func(x *Template) { x.Unsocial = "awful" }, "unsocial unsocial"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := sound()
			c.change(&x)
			var got []string
			for _, f := range x.Faults() {
				got = append(got, f.Field+" "+f.Why)
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("the faults are %q, want %q", got, c.want)
			}
			_, _, err := Materialise(Version{ID: ids(3)(), Rota: x.Rota, First: Date{2026, 11, 30}, Last: Date{2026, 12, 6}}, []Template{x}, nil, time.UTC, ids(4))
			if (err != nil) != (c.want != "") || err != nil && helpline.KindOf(err) != helpline.Invalid {
				t.Errorf("materialised with %v", err)
			}
		})
	}
}

func TestAPeriodThatCannotBeIsRefused(t *testing.T) {
	for _, c := range []struct {
		first, last Date
		want        string
	}{
		{Date{2026, 11, 30}, Date{2026, 11, 30}, ""},
		{Date{2026, 11, 30}, Date{2026, 11, 29}, "dates"},
		{Date{2026, 11, 31}, Date{2026, 12, 29}, "date"},
		{Date{}, Date{2026, 11, 29}, "date"},
		{Date{2026, 1, 1}, Date{2027, 2, 4}, ""},
		{Date{2026, 1, 1}, Date{2027, 2, 5}, "period"},
		{Date{2026, 1, 1}, Date{2199, 1, 1}, "period"},
	} {
		v := Version{First: c.first, Last: c.last}
		why := ""
		if f := v.Faults(); len(f) > 0 {
			why = f[0].Why
		}
		if why != c.want {
			t.Errorf("%s to %s: %q, want %q", c.first, c.last, why, c.want)
		}
		if _, _, err := Materialise(v, nil, nil, time.UTC, ids(1)); (err != nil) != (c.want != "") {
			t.Errorf("%s to %s: materialised with %v", c.first, c.last, err)
		}
	}
	if _, _, err := Materialise(Version{First: Date{2026, 1, 1}, Last: Date{2026, 1, 1}}, nil, nil, nil, ids(1)); helpline.KindOf(err) != helpline.Invalid {
		t.Errorf("without a zone: %v", err)
	}
}

func TestAZoneIsANameThatMeansTheSameEverywhere(t *testing.T) {
	for _, bad := range []string{"", "Local", "Europe/Atlantis", "../../etc/localtime", "/etc/localtime", "CEST+2junk", strings.Repeat("a", 5000), "Europe/Amsterdam\x00"} {
		if _, err := LoadZone(bad); helpline.KindOf(err) != helpline.Invalid {
			t.Errorf("%.30q: %v", bad, err)
		} else if len(bad) > 4 && strings.Contains(err.Error(), bad) {
			t.Errorf("%.30q is repeated in %v", bad, err)
		}
	}
	for _, good := range []string{"Europe/Amsterdam", "UTC", "Australia/Lord_Howe", "America/Argentina/Buenos_Aires"} {
		if _, err := LoadZone(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
}

// A night shift of eight hours by the wall clock on the nights clocks are set:
// its length by instants, and what is said of it.
func TestAShiftOverTheNightClocksAreSetIsAsLongAsItsInstants(t *testing.T) {
	for _, c := range []struct {
		zone, night string
		from, to    int
		endDay      int
		minutes     int
		note        RuleID
		start       string // UTC; empty: no shift at all
	}{
		{ams, "2026-03-28", 1320, 360, 1, 420, RuleShorter, "2026-03-28T21:00:00Z"},
		{ams, "2026-10-24", 1320, 360, 1, 540, RuleLonger, "2026-10-24T20:00:00Z"},
		{ams, "2026-11-28", 1320, 360, 1, 480, "", "2026-11-28T21:00:00Z"},
		{"Europe/London", "2026-03-28", 1320, 360, 1, 420, RuleShorter, "2026-03-28T22:00:00Z"},
		{"Europe/London", "2026-10-24", 1320, 360, 1, 540, RuleLonger, "2026-10-24T21:00:00Z"},
		{"Australia/Lord_Howe", "2026-10-03", 1320, 360, 1, 450, RuleShorter, "2026-10-03T11:30:00Z"},
		{"Australia/Lord_Howe", "2026-04-04", 1320, 360, 1, 510, RuleLonger, "2026-04-04T11:00:00Z"},
		{ams, "2026-03-29", 120, 180, 0, 0, RuleSwallowed, ""},
		{ams, "2026-03-29", 125, 170, 0, 0, RuleSwallowed, ""},
		{"Australia/Lord_Howe", "2026-10-04", 120, 150, 0, 0, RuleSwallowed, ""},
		{ams, "2026-03-29", 150, 240, 0, 60, RuleShorter, "2026-03-29T01:00:00Z"},  // begins at a time that does not exist
		{ams, "2026-03-29", 60, 150, 0, 60, RuleShorter, "2026-03-29T00:00:00Z"},   // ends at one
		{ams, "2026-10-25", 150, 240, 0, 150, RuleLonger, "2026-10-25T00:30:00Z"},  // begins at one that comes twice
		{ams, "2026-10-25", 60, 150, 0, 150, RuleLonger, "2026-10-24T23:00:00Z"},   // ends at one
		{ams, "2026-10-25", 125, 175, 0, 110, RuleLonger, "2026-10-25T00:05:00Z"},  // both
		{ams, "2026-10-25", 0, 1440, 0, 1500, RuleLonger, "2026-10-24T22:00:00Z"},  // the longest day
		{ams, "2026-03-29", 0, 1440, 0, 1380, RuleShorter, "2026-03-28T23:00:00Z"}, // the shortest
	} {
		t.Run(fmt.Sprint(c.zone, c.night, c.from), func(t *testing.T) {
			day, err := time.Parse(time.DateOnly, c.night)
			if err != nil {
				t.Fatal(err)
			}
			x := sound()
			x.Days, x.From, x.To, x.EndDay, x.Break = On(0, 1, 2, 3, 4, 5, 6), c.from, c.to, c.endDay, 0
			v := Version{ID: ids(3)(), Rota: x.Rota, First: DateOf(day), Last: DateOf(day)}
			shifts, notes, err := Materialise(v, []Template{x}, nil, zone(t, c.zone), ids(4))
			if err != nil {
				t.Fatal(err)
			}
			if c.start == "" {
				if len(shifts) != 0 || len(notes) != 1 || notes[0].Rule != RuleSwallowed || len(notes[0].Shifts) != 0 {
					t.Errorf("shifts %v, notes %v", shifts, notes)
				}
				return
			}
			if len(shifts) != 1 || shifts[0].Minutes() != c.minutes || shifts[0].Start.UTC().Format(time.RFC3339) != c.start || shifts[0].Date != DateOf(day) {
				t.Fatalf("shifts %+v, want %d minutes from %s", shifts, c.minutes, c.start)
			}
			switch {
			case c.note == "" && len(notes) != 0:
				t.Errorf("notes %+v", notes)
			case c.note != "" && (len(notes) != 1 || notes[0].Rule != c.note || notes[0].Have != c.minutes || notes[0].Way == "" || notes[0].Shifts[0] != shifts[0].ID):
				t.Errorf("notes %+v, want %s", notes, c.note)
			}
		})
	}
}

func TestTemplatesBecomeShiftsOnTheirDaysAndNotOnClosedOnes(t *testing.T) {
	x, other, foreign := sound(), sound(), sound()
	id := ids(9)
	x.Days = On(time.Monday, time.Saturday)
	other.ID, other.Days, other.From, other.To = id(), On(time.Monday), 540, 720
	other.First, other.Last = Date{2026, 12, 7}, Date{2026, 12, 14}
	foreign.Rota = id()
	v := Version{ID: id(), Rota: x.Rota, First: Date{2026, 11, 30}, Last: Date{2026, 12, 27}}
	closed := []Closure{{Rota: x.Rota, First: Date{2026, 12, 12}, Last: Date{2026, 12, 13}}, {First: Date{2026, 12, 21}, Last: Date{2026, 12, 31}}, {Rota: id(), First: Date{2026, 11, 1}, Last: Date{2026, 12, 31}}}
	shifts, notes, err := Materialise(v, []Template{x, other, foreign}, closed, zone(t, ams), id)
	if err != nil || len(notes) != 0 {
		t.Fatal(err, notes)
	}
	var got []string
	seen := map[helpline.ID]bool{}
	for _, s := range shifts {
		got = append(got, s.Start.In(zone(t, ams)).Format("01-02 15:04"))
		if s.Version != v.ID || s.Break != 15 || s.Name == "" || seen[s.ID] {
			t.Errorf("%+v", s)
		}
		seen[s.ID] = true
	}
	want := []string{"11-30 19:00", "12-05 19:00", "12-07 09:00", "12-07 19:00", "12-14 09:00", "12-14 19:00", "12-19 19:00"}
	if !slices.Equal(got, want) {
		t.Errorf("the shifts begin %v, want %v", got, want)
	}
}

// A template that changes under published weeks moves nothing; what differs is
// said.
func TestATemplateChangedUnderPublishedWeeksIsShownAndMovesNothing(t *testing.T) {
	d := draw(t, ams, "")
	d.Version.First, d.Version.Last = Date{2026, 11, 30}, Date{2026, 12, 6}
	x := sound()
	x.Rota, x.Days = d.Version.Rota, On(time.Monday, time.Wednesday)
	d.Templates = []Template{x}
	var err error
	if d.Shifts, _, err = Materialise(d.Version, d.Templates, nil, d.zone, d.id); err != nil {
		t.Fatal(err)
	}
	d.on(&d.Shifts[0], "A")
	before := slices.Clone(d.Shifts)
	d.want("as it was")
	d.Templates[0].To = 1380
	d.want("an hour longer", "template.moved  180/240", "template.moved A 180/240")
	d.Templates[0].Days = On(time.Wednesday, time.Friday)
	d.want("other days", "template.gone A 180/0", "template.moved  180/240", "template.new  240/0")
	d.Templates[0].Last = Date{2026, 12, 1}
	d.want("over by then", "template.gone  180/0", "template.gone A 180/0")
	d.Templates = nil
	d.want("no template at all", "template.gone  180/0", "template.gone A 180/0")
	d.Closures = []Closure{{First: Date{2026, 11, 30}, Last: Date{2026, 11, 30}}}
	d.want("a holiday comes in between", "closed A 180/0", "template.gone  180/0")
	d.Shifts[0].Cancelled = true
	d.want("and the shift is cancelled", "template.gone  180/0")
	d.Shifts[0].Cancelled = false
	if !slices.Equal(before, d.Shifts) {
		t.Error("a shift was moved")
	}
	if _, open := d.OnDuty(d.Version.Rota).At(before[0].Start); open {
		t.Error("on a closed day somebody is on duty")
	}
}

func TestARequirementThatCannotBeMetByAnybodyIsRefused(t *testing.T) {
	good := Requirement{Template: ids(1)(), Min: 2, Target: 3, Max: 4, Role: Leader, Skill: "chat", Language: "nl"}
	for _, c := range []struct {
		name   string
		change func(*Requirement)
		want   string
	}{
		{"a good one", func(*Requirement) {}, ""},
		{"no target and no most", func(r *Requirement) { r.Target, r.Max = 0, 0 }, ""},
		{"of nothing", func(r *Requirement) { r.Template = helpline.ID{} }, "either"},
		{"of a template and a shift", func(r *Requirement) { r.Shift = r.Template }, "either"},
		{"fewer than nobody", func(r *Requirement) { r.Min = -1 }, "heads"},
		{"a crowd", func(r *Requirement) { r.Max = 101 }, "heads"},
		{"a target below the least", func(r *Requirement) { r.Target = 1 }, "order"},
		{"a most below the target", func(r *Requirement) { r.Max = 2 }, "order"},
		{"a role there is not", func(r *Requirement) { r.Role = "boss" }, "role"},
		{"a skill that is no word", func(r *Requirement) { r.Skill = "\x00" }, "name"},
		{"a language the line has not", func(r *Requirement) { r.Language = "tlh" }, "language"},
	} {
		r := good
		c.change(&r)
		got := ""
		if f := r.Faults(); len(f) > 0 {
			got = f[0].Why
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Shifts that clocks make longer or shorter are named by the checker, and one
// that they swallow is missed by somebody.
func TestPromiseWhatClocksDoToAShiftIsSaidInItsDraft(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to int
		first    Date
		want     []string
	}{
		{"a night in spring", 22 * 60, 6*60 + 1440, Date{2026, 3, 28}, []string{"time.shorter A 420/480"}},
		{"a night in autumn", 22 * 60, 6*60 + 1440, Date{2026, 10, 24}, []string{"time.longer A 540/480"}},
		{"any other night", 22 * 60, 6*60 + 1440, Date{2026, 11, 28}, nil},
		{"the hour that is not there", 130, 170, Date{2026, 3, 29}, []string{"time.swallowed  0/40"}},
		{"the hour that comes twice", 130, 170, Date{2026, 10, 25}, []string{"time.longer A 100/40"}},
	} {
		d := draw(t, ams, "")
		d.Version.First, d.Version.Last, d.Version.State = c.first, c.first, Draft
		x := sound()
		x.Rota, x.Days, x.Break = d.Version.Rota, 127, 0
		x.From, x.To, x.EndDay = c.from, c.to%1440, c.to/1440
		d.Templates = []Template{x}
		var err error
		if d.Shifts, _, err = Materialise(d.Version, d.Templates, nil, d.zone, d.id); err != nil {
			t.Fatal(err)
		}
		if len(d.Shifts) > 0 {
			d.on(&d.Shifts[0], "A")
		}
		d.want(c.name, c.want...)
		if len(d.Shifts) > 0 {
			d.Shifts[0].Cancelled = true
			d.want(c.name + ", cancelled")
		}
	}
}
