package rota

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// someDuties gives the work of one person over three weeks that rarely
// overlaps, in order.
func someDuties(r *rand.Rand) []Duty {
	id := ids(r.Uint64())
	at := time.Date(2026, 11, 30, 6, 0, 0, 0, time.UTC)
	var out []Duty
	for at.Before(time.Date(2026, 12, 21, 0, 0, 0, 0, time.UTC)) {
		at = at.Add(time.Duration(r.IntN(8*(1+r.IntN(7)))) * time.Hour)
		s := &Shift{ID: id(), Start: at, End: at.Add(time.Duration(1+r.IntN(12)) * time.Hour), Date: DateOf(at)}
		out = append(out, Duty{Assignment{ID: id(), Shift: s.ID, State: Held}, s})
		at = s.End
	}
	slices.SortFunc(out, inOrder)
	return out
}

// busy marks the hours in which somebody works.
func busy(duties []Duty, from time.Time, hours int) []bool {
	out := make([]bool, hours)
	for _, d := range duties {
		for at := d.Shift.Start; at.Before(d.Shift.End); at = at.Add(time.Hour) {
			if h := int(at.Sub(from) / time.Hour); h >= 0 && h < hours {
				out[h] = true
			}
		}
	}
	return out
}

// longestFree is the longest run of free hours, and the sum of those that are
// long enough.
func longestFree(hours []bool, enough int) (longest, sum int) {
	run := 0
	for i := 0; i <= len(hours); i++ {
		if i < len(hours) && !hours[i] {
			run++
			continue
		}
		longest = max(longest, run)
		if run >= enough {
			sum += run
		}
		run = 0
	}
	return longest, sum
}

// The rules of rest agree with a reading hour by hour: from every beginning
// after a full rest the day, and the week, hold theirs.
func TestRestAgreesWithAReadingHourByHour(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 4))
	atw, err := ProfileNamed("nl-atw")
	if err != nil {
		t.Fatal(err)
	}
	day, _ := atw.rule(RuleRestDay)
	week, _ := atw.rule(RuleRestWeek)
	from := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	kept, broken := 0, 0
	for range 1500 {
		duties := someDuties(r)
		duties = duties[:r.IntN(len(duties))+1]
		hours := busy(duties, from, 24*80)
		dayOK, weekOK := true, true
		for h := 40; h < 24*60; h++ {
			before, _ := longestFree(hours[h-11:h], 0)
			if hours[h] && before == 11 {
				if longest, _ := longestFree(hours[h:h+24], 0); longest < 11 {
					dayOK = false
				}
			}
			before, _ = longestFree(hours[h-32:h], 0)
			if hours[h] && before == 32 {
				longest, _ := longestFree(hours[h:h+7*24], 0)
				_, sum := longestFree(hours[h:h+14*24], 32)
				if longest < 36 && sum < 72 {
					weekOK = false
				}
			}
		}
		if got := len(restDay(day, duties)) == 0; got != dayOK {
			t.Fatalf("daily rest kept: %v, hour by hour %v: %v", got, dayOK, span(duties))
		}
		// Within a series the week is asked again once it is over, so more may
		// be found than from the beginnings alone, and never less.
		if got := len(restWeek(week, duties)) == 0; got && !weekOK {
			t.Fatalf("weekly rest kept: %v, hour by hour %v: %v", got, weekOK, span(duties))
		}
		if dayOK && weekOK {
			kept++
		} else {
			broken++
		}
	}
	if kept < 100 || broken < 100 {
		t.Fatalf("%d books keep their rest and %d do not: that shows little", kept, broken)
	}
}

// Less work never breaks a rule of rest or hours that more work kept.
func TestGivingAShiftAwayBreaksNoLimitOfWork(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 4))
	for _, p := range Profiles() {
		d := draw(t, ams, p.ID)
		d.Version.First, d.Version.Last = Date{2026, 11, 30}, Date{2026, 12, 20}
		c := NewChecker(d.Book, Profile{})
		who := d.who["A"]
		for range 300 {
			duties := someDuties(r)
			for i := range duties {
				duties[i].Assignment.Person, duties[i].Assignment.Role = who, Counsellor
			}
			kinds := func(duties []Duty) map[RuleID]bool {
				out := map[RuleID]bool{}
				for _, b := range c.Person(who, duties) {
					out[b.Rule] = true
				}
				return out
			}
			all := kinds(duties)
			i := r.IntN(len(duties))
			for rule := range kinds(slices.Delete(slices.Clone(duties), i, i+1)) {
				if !all[rule] && rule != RuleNightSeries { // a row of nights without a day between is longer
					t.Fatalf("%s: without one shift %s is broken, with it it is not", p.ID, rule)
				}
			}
		}
	}
}
