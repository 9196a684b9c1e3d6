package store_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
)

// runs is one published shift as its rows have it: when it runs, who works it,
// and whether the two people are there that it asks for.
type runs struct {
	rota.Interval
	on   []helpline.ID
	open bool
}

// readDisk takes apart what is published of a rota: of the rows, and with no code
// of the program. Whoever does not work here any more when a shift ends is not there.
func readDisk(s counsel.RotaState, of helpline.ID) (out []runs) {
	drafts, off := map[helpline.ID]bool{}, map[helpline.ID]time.Time{}
	for _, v := range s.Versions {
		drafts[v.ID] = v.State == rota.Draft
	}
	for _, o := range s.Pauses {
		off[o.Person] = o.Since
	}
	for _, o := range s.Shifts {
		if o.Rota != of || o.Cancelled || drafts[o.Version] {
			continue
		}
		r, heads := runs{Interval: rota.Interval{Start: o.Start, End: o.End}}, map[helpline.ID]bool{}
		for _, a := range s.Assignments {
			since, gone := off[a.Person]
			if a.Shift != o.ID || a.Minds || gone && o.End.After(since) || !slices.Contains([]rota.State{rota.Held, rota.Offered, rota.Worked}, a.State) {
				continue
			}
			r.on = append(r.on, a.Person)
			if a.Role == rota.Counsellor || a.Role == rota.Leader {
				heads[a.Person] = true
			}
		}
		least := 1
		if !o.Template.IsZero() { // every one asks for two
			least = 2
		}
		r.open = len(heads) >= least
		out = append(out, r)
	}
	return out
}

// differ says what the program's answer for one minute is wrong about.
func differ(all []runs, table *rota.Timetable, at time.Time) string {
	there, open := map[helpline.ID]int{}, false
	for _, r := range all {
		if at.Before(r.Start) || !at.Before(r.End) {
			continue
		}
		open = open || r.open
		for _, p := range r.on {
			if there[p]++; there[p] > 1 {
				return "an hour is double-booked"
			}
		}
	}
	w, _ := table.At(at)
	for _, p := range w.On {
		there[p.Person]--
	}
	for _, n := range there {
		if n != 0 {
			return "on duty are others than the disk says"
		}
	}
	if w.Open != open {
		return "it is open where the disk says it is not, or shut where it is"
	}
	return ""
}

// byMinutes fails where the program's answer for a minute is not what the rows
// say, and gives the minutes in which it is open.
func (p *planned) byMinutes(s counsel.RotaState, in rota.Interval) (open int) {
	p.t.Helper()
	rows, table := readDisk(s, p.rota.ID), p.rotas.Timetable(p.rota.ID)
	for at := in.Start; at.Before(in.End); at = at.Add(time.Minute) {
		if why := differ(rows, table, at); why != "" {
			p.t.Fatalf("%s: %s", at, why)
		}
		if w, _ := table.At(at); w.Open {
			open++
		}
	}
	return open
}

// clockYear is a zone with two weeks of a year, each ending in a night on which
// clocks are set. Where the late shift ends the early one begins: at a time that
// comes twice, or in a gap. Another shift is skipped, or comes twice, as a whole.
type clockYear struct {
	zone  string
	weeks [2]rota.Date // Mondays
	edge  int
	brief int
}

var clockYears = []clockYear{
	{"Europe/Amsterdam", [2]rota.Date{{Year: 2027, Month: 3, Day: 22}, {Year: 2027, Month: 10, Day: 25}}, 150, 125},
	{"Europe/London", [2]rota.Date{{Year: 2027, Month: 3, Day: 22}, {Year: 2027, Month: 10, Day: 25}}, 90, 65},
	{"Australia/Lord_Howe", [2]rota.Date{{Year: 2027, Month: 3, Day: 29}, {Year: 2027, Month: 9, Day: 27}}, 105, 122},
}

// ages numbers rows in the order in which they came, so that one seed does the
// same whatever the identifiers are.
type ages map[helpline.ID]int

// sort puts the rows in that order.
func (k ages) sort(s counsel.RotaState, alias map[helpline.ID]string) {
	byAge(k, s.Versions, func(v rota.Version) helpline.ID { return v.ID }, func(a, b rota.Version) int { return cmp.Compare(a.First.String(), b.First.String()) })
	byAge(k, s.Shifts, func(o rota.Shift) helpline.ID { return o.ID }, func(a, b rota.Shift) int {
		return cmp.Or(a.Start.Compare(b.Start), a.End.Compare(b.End), cmp.Compare(a.Name, b.Name))
	})
	byAge(k, s.Assignments, func(a rota.Assignment) helpline.ID { return a.ID }, func(a, b rota.Assignment) int {
		return cmp.Or(k[a.Shift]-k[b.Shift], cmp.Compare(alias[a.Person], alias[b.Person]), cmp.Compare(a.Role, b.Role))
	})
	byAge(k, s.Swaps, func(w rota.Swap) helpline.ID { return w.ID }, func(a, b rota.Swap) int { return k[a.From.Assignment] - k[b.From.Assignment] })
}

func byAge[T any](k ages, all []T, id func(T) helpline.ID, fresh func(a, b T) int) {
	slices.SortFunc(all, func(a, b T) int {
		was, known := k[id(a)]
		other, both := k[id(b)]
		switch {
		case known && both:
			return was - other
		case known:
			return -1
		case both:
			return 1
		}
		return fresh(a, b)
	})
	for _, x := range all {
		if _, known := k[id(x)]; !known {
			k[id(x)] = len(k)
		}
	}
}

// acceptAll takes all that is advisory in a draft upon the supervisor.
func (p *planned) acceptAll(draft helpline.ID) {
	p.t.Helper()
	var several []counsel.RotaEdit
	for _, b := range rota.Check(p.book(draft), p.rotas.Law()) {
		if b.Level == rota.Advisory && !b.Accepted {
			several = append(several, counsel.RotaEdit{Accept: &counsel.RotaAccept{Version: draft, Key: b.Key(), Reason: rota.ReasonOnce}})
		}
	}
	if len(several) > 0 {
		p.edit(counsel.RotaEdit{Several: several})
	}
}

// overlapsTwice puts one person on both sides of a time that comes twice, which
// by the clocks on the wall is one shift after the other, and has it published.
func (p *planned) overlapsTwice(sunday rota.Date, edge int) {
	p.t.Helper()
	v := rota.Version{ID: helpline.NewID(), Rota: p.rota.ID, First: sunday.Plus(-1), Last: sunday}
	p.edit(counsel.RotaEdit{NewVersion: &v})
	for _, o := range p.own(v.ID) {
		if o.Name == "Late" || o.Name == "Early" && o.Date == sunday {
			p.edit(counsel.RotaEdit{Place: &rota.Assignment{Shift: o.ID, Person: p.who["A"].Person, Role: rota.Counsellor}})
		}
	}
	p.acceptAll(v.ID)
	_, err := p.rotas.Do(p.t.Context(), p.who["S"], rota.Step{Do: rota.DoPublish, Version: v.ID})
	both := rota.Interval{Start: rota.FirstOf(sunday, edge, p.zone), End: rota.LastOf(sunday, edge, p.zone)}
	if why := rota.RefusedFor(err); !slices.ContainsFunc(why, func(b rota.Breach) bool {
		return b.Rule == rota.RuleOverlap && b.At.Start.Equal(both.Start) && b.At.End.Equal(both.End)
	}) {
		p.t.Fatalf("%s, %s: one person at two places from %s to %s was answered with %v", p.zone, sunday, both.Start, both.End, err)
	}
	p.edit(counsel.RotaEdit{DropVersion: v.ID})
}

// takeOff takes those off a draft whom a breach is about.
func (p *planned) takeOff(b rota.Breach, drafted []helpline.ID) {
	p.t.Helper()
	for _, id := range b.Assignments {
		if slices.Contains(drafted, id) {
			p.edit(counsel.RotaEdit{DropPlace: id})
		}
	}
}

// anew leaves what is published, and has everybody work.
func (p *planned) anew() {
	p.t.Helper()
	s := p.kept()
	for _, v := range s.Versions {
		if v.State == rota.Draft {
			p.edit(counsel.RotaEdit{DropVersion: v.ID})
		}
	}
	for _, o := range s.Pauses {
		p.edit(counsel.RotaEdit{Reinstate: o.Person})
	}
}

// wholeYear publishes both weeks, with two on every shift, in turn.
func wholeYear(t *testing.T, y clockYear, way rota.Way, names []string) *planned {
	t.Helper()
	p := planIn(t, way, y.zone, y.weeks[0])
	night := rota.On(time.Saturday, time.Sunday)
	for _, o := range []rota.Template{
		{Name: "Late", Days: rota.On(time.Saturday), From: 22 * 60, To: y.edge, EndDay: 1},
		{Name: "Early", Days: night, From: y.edge, To: 7 * 60},
		{Name: "Brief", Days: night, From: y.brief, To: y.brief + 20},
	} {
		o.ID, o.Rota = helpline.NewID(), p.rota.ID
		p.edit(counsel.RotaEdit{Several: []counsel.RotaEdit{{Template: &o}, {Requirement: &rota.Requirement{Template: o.ID, Min: 2, Target: 2}}}})
	}
	odd := 0
	for _, p.first = range y.weeks {
		v := p.draft(7)
		var several []counsel.RotaEdit
		for i, o := range p.own(v.ID) {
			if o.Date.Weekday() == time.Sunday {
				_, before := rota.FirstOf(o.Date, 0, p.zone).Zone()
				if _, after := rota.FirstOf(o.Date.Plus(1), 0, p.zone).Zone(); before != after {
					odd++
				}
			}
			for _, name := range []string{names[2+i%6], names[2+(i+3)%6]} {
				several = append(several, counsel.RotaEdit{Place: &rota.Assignment{Shift: o.ID, Person: p.who[name].Person, Role: rota.Counsellor}})
			}
		}
		p.edit(counsel.RotaEdit{Several: several})
		p.acceptAll(v.ID)
		p.do("S", rota.Step{Do: rota.DoPublish, Version: v.ID})
	}
	if odd < 5 { // of Evening, Early and Brief, but for the one that is skipped
		t.Fatalf("%s: only %d shifts are on a day on which clocks are set", y.zone, odd)
	}
	return p
}
