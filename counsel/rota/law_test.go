package rota

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
)

const ams = "Europe/Amsterdam"

// Each line is one person's work, and what the law says of it. Days without a
// year are of 2026; the rest and hours are in minutes.
func TestEachRuleOfALawIsHeldAtItsEdge(t *testing.T) {
	week := func(hours string, days ...string) (out []string) {
		for _, d := range days {
			out = append(out, "2026-"+d+" "+hours)
		}
		return out
	}
	for _, c := range []struct {
		name, law string
		work      []string
		want      []string
	}{
		{"eleven hours between two days", "eu-2003-88", []string{"2026-11-30 14:00-20:00", "2026-12-01 07:00-12:00"}, nil},
		{"a minute less", "eu-2003-88", []string{"2026-11-30 14:00-20:01 1", "2026-12-01 07:00-12:00"}, []string{"rest.day A 659/660"}},
		{"two halves of one day are no breach", "eu-2003-88", []string{"2026-11-30 09:00-12:00", "2026-11-30 18:00-22:00"}, nil},
		{"two halves that leave too little of the day", "eu-2003-88", []string{"2026-11-30 08:00-12:00", "2026-11-30 18:00-22:00"}, []string{"rest.day A 360/660"}},
		{"a day of thirteen hours leaves eleven", "eu-2003-88", []string{"2026-11-30 08:00-21:00 60"}, nil},
		{"one of fourteen does not", "eu-2003-88", []string{"2026-11-30 08:00-22:00 60"}, []string{"rest.day A 600/660"}},
		{"the night clocks go back rests an hour more", "eu-2003-88", []string{"2026-10-24 16:00-22:00", "2026-10-25 08:00-12:00"}, nil},
		{"the night clocks go forward rests an hour less", "eu-2003-88", []string{"2026-03-28 16:00-22:00", "2026-03-29 09:00-12:00"}, []string{"rest.day A 600/660"}},
		{"six days and a rest of 35 hours", "eu-2003-88", week("09:00-14:00", "11-30", "12-01", "12-02", "12-03", "12-04", "12-05", "12-07"), nil},
		{"seven days in a row", "eu-2003-88", week("09:00-14:00", "11-30", "12-01", "12-02", "12-03", "12-04", "12-05", "12-06"), []string{"rest.week A 1140/2100"}},
		{"six hours of work without rest", "eu-2003-88", []string{"2026-11-30 09:00-15:00"}, nil},
		{"more than six want some", "eu-2003-88", []string{"2026-11-30 09:00-15:01"}, []string{"break A 0/1"}},
		{"48 hours a week", "eu-2003-88", week("09:00-17:30 30", "11-30", "12-01", "12-02", "12-03", "12-04", "12-05"), nil},
		{"more than that", "eu-2003-88", week("09:00-17:31 30", "11-30", "12-01", "12-02", "12-03", "12-04", "12-05"), []string{"hours.average A 2886/2880"}},
		{"much in one week and little in the next", "eu-2003-88", append(week("09:00-18:30 30", "11-30", "12-01", "12-02", "12-03", "12-04", "12-05"), "2026-12-08 09:00-12:00"), nil},

		{"six days and 36 hours free", "nl-atw", week("09:00-14:00", "11-30", "12-01", "12-02", "12-03", "12-04", "12-05", "12-07"), nil},
		{"a series of two weeks with 32 and 40 hours free", "nl-atw", append(append(week("09:00-14:00", "11-30", "12-01", "12-02", "12-03", "12-04", "12-05"), "2026-12-06 22:00-23:00"), week("09:00-14:00", "12-08", "12-09", "12-10", "12-11")...), []string{}},
		{"one with 32 hours free and no more", "nl-atw", append(append(week("09:00-14:00", "11-30", "12-01", "12-02", "12-03", "12-04", "12-05"), "2026-12-06 22:00-23:00"),
			week("12:00-14:00", "12-07", "12-08", "12-09", "12-10", "12-11", "12-12", "12-13", "12-14")...), []string{"rest.week A 1920/2160"}},
		{"five and a half hours without rest", "nl-atw", []string{"2026-11-30 09:00-14:30"}, nil},
		{"more want half an hour", "nl-atw", []string{"2026-11-30 09:00-15:00 29"}, []string{"break A 29/30"}},
		{"half an hour is enough up to ten", "nl-atw", []string{"2026-11-30 09:00-19:30 30"}, nil},
		{"more than ten want three quarters", "nl-atw", []string{"2026-11-30 09:00-19:31 30"}, []string{"break A 30/45"}},
		{"twelve hours of work", "nl-atw", []string{"2026-11-30 08:00-20:45 45"}, nil},
		{"more than twelve", "nl-atw", []string{"2026-11-30 08:00-20:46 45"}, []string{"hours.shift A 721/720"}},
		{"sixty hours a week is the most, and too much over four weeks", "nl-atw", week("08:00-18:45 45", "11-30", "12-01", "12-02", "12-03", "12-04", "12-05"), []string{"hours.average A 3600/2880", "hours.average A 3600/3300"}},
		{"more than sixty", "nl-atw", week("08:00-18:46 45", "11-30", "12-01", "12-02", "12-03", "12-04", "12-05"), []string{"hours.average A 3606/2880", "hours.average A 3606/3300", "hours.week A 3606/3600"}},
		{"a night shift of ten hours", "nl-atw", []string{"2026-11-30 21:00-07:30 30"}, nil},
		{"one of more", "nl-atw", []string{"2026-11-30 20:44-07:30 45"}, []string{"night.shift A 601/600"}},
		{"an evening shift to one is no night", "nl-atw", []string{"2026-11-30 13:45-01:00 45"}, nil},
		{"the night clocks go back is an hour longer", "nl-atw", []string{"2026-10-24 21:00-07:00 45"}, []string{"night.shift A 615/600"}},
		{"fourteen hours after a night", "nl-atw", []string{"2026-11-30 22:00-04:00 30", "2026-12-01 18:00-22:00"}, nil},
		{"thirteen", "nl-atw", []string{"2026-11-30 22:00-04:00 30", "2026-12-01 17:00-21:00"}, []string{"night.rest A 780/840"}},
		{"a night that ends at two asks eleven", "nl-atw", []string{"2026-11-30 20:00-02:00 30", "2026-12-01 13:00-18:00"}, nil},
		{"46 hours after three nights", "nl-atw", append(week("22:00-04:00 30", "11-30", "12-01", "12-02"), "2026-12-05 02:00-03:00"), nil},
		{"less", "nl-atw", append(week("22:00-04:00 30", "11-30", "12-01", "12-02"), "2026-12-04 22:00-23:50"), []string{"night.series A 2520/2760"}},
		{"two nights ask no 46", "nl-atw", append(week("22:00-04:00 30", "11-30", "12-01"), "2026-12-03 22:00-23:50"), nil},
		{"a series of eight with a night in it", "nl-atw", append(week("21:00-23:00", "11-30", "12-01", "12-02", "12-03", "12-04", "12-05", "12-06"), "2026-12-07 23:00-02:30"), []string{"night.run A 8/7"}},

		{"in Belgium the directive counts", "be", []string{"2026-11-30 14:00-20:01 1", "2026-12-01 07:00-12:00"}, []string{"rest.day A 659/660"}},
		{"a volunteer rests as well", "volunteer-default", []string{"2026-11-30 14:00-20:00", "2026-12-01 06:59-12:00"}, []string{"rest.day A 659/660"}},
		{"a volunteer's break is advice", "volunteer-default", []string{"2026-11-30 09:00-15:30"}, []string{"break A 0/30"}},
	} {
		t.Run(c.law+" "+c.name, func(t *testing.T) {
			d := draw(t, ams, c.law)
			d.work("A", c.work...).narrow().want(c.name, c.want...)
		})
	}
}

func TestOnCallIsHeldAgainstItsLimits(t *testing.T) {
	for _, c := range []struct {
		name  string
		calls []string
		work  []string
		want  []string
	}{
		{"fourteen days of four weeks", []string{"2026-11-30 00:00-00:00+14"}, nil, nil},
		{"fifteen", []string{"2026-11-30 00:00-00:00+15"}, nil, []string{"oncall.days L 15/14"}},
		{"every other day leaves no two days", []string{
			"2026-11-30 00:00-00:00+1", "2026-12-02 00:00-00:00+1", "2026-12-04 00:00-00:00+1", "2026-12-06 00:00-00:00+1", "2026-12-08 00:00-00:00+1",
			"2026-12-10 00:00-00:00+1", "2026-12-12 00:00-00:00+1", "2026-12-14 00:00-00:00+1", "2026-12-16 00:00-00:00+1", "2026-12-18 00:00-00:00+1",
			"2026-12-20 00:00-00:00+1", "2026-12-22 00:00-00:00+1", "2026-12-24 00:00-00:00+1", "2026-12-26 00:00-00:00+1",
		}, nil, []string{"oncall.free L 0/2"}},
		{"eleven hours before a night", []string{"2026-11-30 00:00-11:00"}, []string{"2026-11-30 22:00-04:00 30"}, nil},
		{"ten", []string{"2026-11-30 00:00-12:00"}, []string{"2026-11-30 22:00-04:00 30"}, []string{"oncall.night L 600/660"}},
		{"fourteen hours after a night", []string{"2026-12-01 18:00-20:00"}, []string{"2026-11-30 22:00-04:00 30"}, nil},
		{"thirteen", []string{"2026-12-01 17:00-20:00"}, []string{"2026-11-30 22:00-04:00 30"}, []string{"oncall.night L 780/840"}},
		{"before a day shift nothing is said", []string{"2026-11-30 00:00-09:00"}, []string{"2026-11-30 09:00-12:00"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := draw(t, ams, "nl-atw")
			for _, text := range c.calls {
				d.OnCalls = append(d.OnCalls, OnCall{ID: d.id(), Leader: d.who["L"], Interval: d.stretch(text)})
			}
			d.work("L", c.work...).want(c.name, c.want...)
		})
	}
}

// Over sixteen weeks no more than 36 nights.
func TestNightsAreCountedOverSixteenWeeks(t *testing.T) {
	for _, c := range []struct {
		nights int
		want   []string
	}{{36, nil}, {37, []string{"night.count A 37/36"}}} {
		d := draw(t, ams, "nl-atw")
		for i := range c.nights { // one night every three days
			day := Date{2026, time.March, 30}.Plus(3 * i)
			d.work("A", day.String()+" 23:00-03:00")
		}
		d.want("nights", c.want...)
	}
}

// The 48 hours are an average over 17 weeks, and no longer stretch forgives.
func TestTheAverageWeekIsReckonedOverItsOwnWeeks(t *testing.T) {
	d := draw(t, ams, "eu-2003-88")
	for w := range 30 {
		hours := " 09:00-14:00"
		if w >= 10 && w < 27 {
			hours = " 09:00-17:40 30"
		}
		for n := range 6 {
			d.work("A", Date{2026, time.January, 5}.Plus(7*w+n).String()+hours)
		}
	}
	d.want("seventeen long weeks", "hours.average A 2940/2880")
}

func TestEveryProfileSaysWhatWasReadAndWhatWasNot(t *testing.T) {
	var names []string
	for _, p := range Profiles() {
		names = append(names, p.ID)
		if len(p.Unchecked) == 0 {
			t.Errorf("%s leaves nothing open: no law here was read whole", p.ID)
		}
		for _, r := range p.Rules {
			if !r.law() {
				t.Errorf("%s: %s is no rule of a law", p.ID, r.Rule)
			}
			if r.Source == "" && p.For != "volunteer" {
				t.Errorf("%s: %s has no source", p.ID, r.Rule)
			}
		}
		for _, rule := range []RuleID{RuleRestDay, RuleRestWeek, RuleBreak, RuleHoursMean} {
			if !slices.ContainsFunc(p.Rules, func(r Rule) bool { return r.Rule == rule }) {
				t.Errorf("%s has no %s", p.ID, rule)
			}
		}
	}
	if want := []string{"be", "eu-2003-88", "nl-atw", "volunteer-default"}; !slices.Equal(names, want) {
		t.Errorf("the profiles are %v", names)
	}
	if _, err := ProfileNamed("house"); helpline.KindOf(err) != helpline.Invalid {
		t.Errorf("the rules of the house are no law: %v", err)
	}
	d := draw(t, ams, "be").work("A", "2026-11-30 19:00-22:00")
	open := 0
	for _, b := range Check(d.Book, Profile{}) {
		if b.Rule == RuleUnchecked && b.Source == "be" && b.Level == Note {
			open++
		}
	}
	if be, err := ProfileNamed("be"); err != nil || open != len(be.Unchecked) {
		t.Errorf("%d of %d open matters are said: %v", open, len(be.Unchecked), err)
	}
}

func TestAProfileWithASlipOfThePenIsRefused(t *testing.T) {
	good := `{"id":"x","for":"employee","rules":[{"rule":"rest.day","level":"hard","source":"s","read":"r","checked":"2026-11-22","rest":660,"per":1440}]}`
	if _, err := readProfile([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to string }{
		{`"rest.day"`, `"rest.daily"`},
		{`"hard"`, `"harsh"`},
		{`"rest":660`, `"rest":0`},
		{`"rest":660`, `"rest":-660`},
		{`"rest":660`, `"rest":1440`},
		{`"rest":660`, `"resting":660`},
		{`"rest":660`, `"rest":"660"`},
		{`"2026-11-22"`, `""`},
		{`"2026-11-22"`, `"2026-11-31"`},
		{`"read":"r"`, `"read":""`},
		{`"id":"x"`, `"id":""`},
		{`"rest.day"`, `"night.rest"`},
		{`}]}`, `,"instead":[{"rest":5}]}]}`},
		{`}]}`, `}],"more":1}`},
	} {
		if _, err := readProfile([]byte(strings.Replace(good, c.from, c.to, 1))); err == nil {
			t.Errorf("%s instead of %s is taken", c.to, c.from)
		}
	}
}

func FuzzProfile(f *testing.F) {
	for _, p := range laws() {
		text, err := json.Marshal(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	book := makeBook(3, 1, 12)
	for i := range book.Terms {
		book.Terms[i].Profile = ""
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := readProfile(text)
		if err != nil {
			return
		}
		for _, b := range Check(book, p) { // whatever is taken can be held against a rota
			if b.Way == "" || b.Level == "" {
				t.Fatalf("%+v", b)
			}
		}
	})
}
