package rota

import (
	"slices"
	"testing"
	"time"

	"helpline"
)

// TestASuspensionCountsFromWhenItBegan: what was over is judged as it was, and a
// shift that runs is not.
func TestASuspensionCountsFromWhenItBegan(t *testing.T) {
	d := begin(t, SelfSignUp)
	s := d.Shifts[0]
	for _, c := range []struct {
		name  string
		since time.Time
		off   bool
	}{
		{"always", time.Time{}, true},
		{"before it began", s.Start.Add(-time.Hour), true},
		{"while it runs", s.Start.Add(time.Hour), true},
		{"at its end", s.End, false},
		{"after it", s.End.Add(time.Hour), false},
	} {
		d.person("A").Standing, d.person("A").Since = Suspended, c.since
		held := slices.ContainsFunc(Check(d.Book, Profile{}), func(b Breach) bool { return b.Rule == RuleSuspended })
		w, _ := d.OnDuty(d.Version.Rota).At(s.Start)
		if held != c.off || len(w.On) != map[bool]int{true: 1, false: 2}[c.off] {
			t.Errorf("%s: a breach: %v, on duty: %+v", c.name, held, w.On)
		}
	}
	p := Person{Standing: Suspended, Since: s.Start}
	if p.At(s.Start.Add(-time.Nanosecond)) != Active || p.At(s.Start) != Suspended {
		t.Error("it begins at another instant")
	}
	if p.Standing = Removed; p.At(s.Start.Add(-time.Hour)) != Removed {
		t.Error("whoever is removed is removed")
	}
}

func TestWhoIsSuspendedIsFilledInNowhereAndSuggestedForNothing(t *testing.T) {
	b := makeEmptyBook(4, 1, 12)
	off := map[helpline.ID]bool{}
	for i := range 3 {
		b.People[i].Standing, b.People[i].Since = Suspended, b.Shifts[0].Start.Add(-time.Hour)
		off[b.People[i].ID] = true
	}
	law := mustProfile(t, "volunteer-default")
	f := NewFiller(b, law, Given{})
	for _, d := range []Filling{f.Draft(t.Context(), 1), f.Improve(t.Context(), Effort{Seed: 1, Steps: 3000}, nil)} {
		if len(d.Places) == 0 {
			t.Fatal("nothing was filled")
		}
		if slices.ContainsFunc(d.Places, func(p Place) bool { return off[p.Person] }) {
			t.Error("somebody who is suspended has a shift")
		}
	}
	all, err := Suggest(b, law, b.Shifts[0].ID, Counsellor, nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, c := range all {
		if !off[c.Person] {
			continue
		}
		if seen++; c.May() || !slices.ContainsFunc(c.Blocks, func(b Breach) bool { return b.Rule == RuleSuspended }) {
			t.Errorf("%+v", c)
		}
	}
	if seen != 3 {
		t.Errorf("%d of those who are suspended are in the list, each with why", seen)
	}
}
