package rota

import (
	"cmp"
	"slices"
	"time"

	"helpline"
)

// FromHours makes the rows of a rota whose names are planned elsewhere out of
// the openings of a week, as ParseWeek gives them, and of the days on which
// none begins: a template for each pair of clocks with the days it is for, the
// least cover that the set-up of the rota asks, and a closure for each run of
// closed days. Of the rota, ID may be zero; its way becomes Elsewhere.
func FromHours(r Rota, spans []Span, closed []Date, fresh func() helpline.ID) (Rota, []Template, []Requirement, []Closure) {
	if r.ID.IsZero() {
		r.ID = fresh()
	}
	r.Way = Elsewhere
	least := 1
	if r.Setup == Pair {
		least = 2
	}
	type clocks struct{ from, to int }
	days := map[clocks]Weekdays{}
	for _, s := range spans {
		days[clocks{s.From, s.To}] |= On(s.Day)
	}
	var templates []Template
	for c, on := range days {
		t := Template{Rota: r.ID, Name: hand(c.from) + "-" + hand(c.to), Days: on, From: c.from, To: c.to}
		if t.To > 1440 {
			t.To, t.EndDay = t.To-1440, 1
		}
		templates = append(templates, t)
	}
	slices.SortFunc(templates, func(a, b Template) int { return cmp.Or(a.From-b.From, a.wall()-b.wall()) })
	var requirements []Requirement
	for i := range templates {
		templates[i].ID = fresh()
		requirements = append(requirements, Requirement{ID: fresh(), Template: templates[i].ID, Min: least})
	}
	return r, templates, requirements, closures(r.ID, closed, fresh)
}

// closures makes one closure of each run of days.
func closures(rota helpline.ID, days []Date, fresh func() helpline.ID) []Closure {
	days = slices.Clone(days)
	slices.SortFunc(days, func(a, b Date) int { return a.number() - b.number() })
	var out []Closure
	for _, d := range slices.Compact(days) {
		if n := len(out) - 1; n >= 0 && out[n].Last.Plus(1) == d {
			out[n].Last = d
			continue
		}
		out = append(out, Closure{ID: fresh(), Rota: rota, First: d, Last: d})
	}
	return out
}

// hand writes minutes after midnight as a clock shows them; midnight at the
// end of a day is 24:00.
func hand(minute int) string {
	if minute == 1440 {
		return "24:00"
	}
	return time.Date(2000, 1, 1, 0, minute, 0, 0, time.UTC).Format("15:04")
}
