package rota

import (
	"testing"

	"helpline"
)

// Each part of the score is counted by hand over a book of one week: what the
// search and the score agree on is right only if this is.
func TestEveryPartOfTheScoreCountsWhatItSays(t *testing.T) {
	const mon, tue, sat, sun = "2026-11-30 19:00-22:00", "2026-12-01 19:00-22:00", "2026-12-05 19:00-22:00", "2026-12-06 19:00-22:00"
	ask := func(d *drawn, s *Shift, r Requirement) {
		r.ID, r.Shift = d.id(), s.ID
		d.Requirements = append(d.Requirements, r)
	}
	wish := func(d *drawn, who string, w Wish, stretch string) {
		d.Availability = append(d.Availability, Availability{d.who[who], d.stretch(stretch), w})
	}
	// two evenings of four hours for one person each, and only A and B to have them
	pair := func(d *drawn, second string, kind Unsocial) {
		d.People = d.People[:2]
		d.work("A", "2026-11-30 18:00-22:00").work(second, "2026-12-01 18:00-22:00")
		for i := range d.Shifts {
			d.Shifts[i].Unsocial = kind
			ask(d, &d.Shifts[i], Requirement{Min: 1})
		}
	}
	for _, c := range []struct {
		name string
		part Part
		draw func(d *drawn)
		want int64
	}{
		{"two below the least", PartUncovered, func(d *drawn) { ask(d, d.on(d.shift(mon), "A").last(), Requirement{Min: 3}) }, 2},
		{"the least is there", PartUncovered, func(d *drawn) { ask(d, d.on(d.shift(mon), "A").last(), Requirement{Min: 1, Target: 3}) }, 0},
		{"a trainee and a buddy are no cover", PartUncovered, func(d *drawn) { ask(d, d.on(d.shift(mon), "T trainee", "A buddy").last(), Requirement{Min: 1}) }, 1},
		{"one alone, two together, nobody", PartAlone, func(d *drawn) { d.work("A", mon).on(d.shift(tue), "A", "B").shift(sat) }, 1},
		{"one shift of two has a leader", PartLeadless, func(d *drawn) { d.work("A", mon).on(d.shift(tue), "B", "L leader") }, 1},
		{"two above the most", PartCrowd, func(d *drawn) { ask(d, d.on(d.shift(mon), "A", "B", "C").last(), Requirement{Max: 1}) }, 2},
		{"a language that one more should speak", PartLanguages, func(d *drawn) {
			d.person("A").Languages = []helpline.Locale{"fr"}
			ask(d, d.on(d.shift(mon), "A", "B").last(), Requirement{Language: "fr", Target: 2})
		}, 1},
		{"two below the target", PartTarget, func(d *drawn) { ask(d, d.on(d.shift(mon), "A").last(), Requirement{Min: 1, Target: 3}) }, 2},
		{"below the least is not below the target too", PartTarget, func(d *drawn) { ask(d, d.on(d.shift(mon), "A").last(), Requirement{Min: 3, Target: 3}) }, 0},
		{"two more than anybody asked for", PartSurplus, func(d *drawn) { ask(d, d.on(d.shift(mon), "A", "B", "C").last(), Requirement{Min: 1, Target: 1}) }, 2},
		{"a shift somebody prefers not to have", PartWishes, func(d *drawn) { wish(d.work("A", mon, tue), "A", PreferNot, mon) }, 2},
		{"a stretch that was asked for and not given", PartWishes, func(d *drawn) { wish(d.work("A", mon), "B", Prefer, mon) }, 1},
		{"one that was given", PartWishes, func(d *drawn) { wish(d.work("A", mon), "A", Prefer, mon) }, 0},
		{"one in which there is nothing to give", PartWishes, func(d *drawn) { wish(d.work("A", mon), "A", Prefer, sun) }, 0},
		{"both evenings are one person's", PartFairness, func(d *drawn) { pair(d, "A", Evening) }, 12}, // four hours too many and four too few: 4 x 12 / 8 each
		{"an evening each", PartFairness, func(d *drawn) { pair(d, "B", Evening) }, 0},
		{"plain hours are nobody's burden", PartFairness, func(d *drawn) { pair(d, "A", "") }, 0},
		{"a double share of the burden", PartFairness, func(d *drawn) {
			pair(d, "A", Evening)
			d.Terms = []Terms{{Person: d.who["A"], Share: 3}} // six hours for A, two for B: off by two each, 2 x 10 / 8
		}, 4},
		{"all hours are one person's", PartContract, func(d *drawn) { pair(d, "A", "") }, 12},
		{"as was agreed", PartContract, func(d *drawn) {
			pair(d, "A", "")
			d.Terms = []Terms{{Person: d.who["A"], Target: 480}}
		}, 0},
		{"an even share, but not over the most that was agreed", PartContract, func(d *drawn) {
			pair(d, "B", "")
			d.Terms = []Terms{{Person: d.who["A"], Max: 120}} // two hours over: 2 x 10 / 8
		}, 2},
		{"an even share, but not under the least that was agreed", PartContract, func(d *drawn) {
			pair(d, "B", "")
			d.Terms = []Terms{{Person: d.who["A"], Min: 360}}
		}, 2},
		{"half a weekend", PartWeekends, func(d *drawn) { d.work("A", sat) }, 1},
		{"the other half", PartWeekends, func(d *drawn) { d.work("A", sun) }, 1},
		{"a whole weekend", PartWeekends, func(d *drawn) { d.work("A", sat, sun) }, 0},
		{"a weekend that two people share", PartWeekends, func(d *drawn) { d.work("A", sat).work("B", sun) }, 2},
		{"Sunday and the Saturday after it", PartWeekends, func(d *drawn) {
			d.work("A", "2026-11-29 19:00-22:00", sat)
		}, 2},
		{"a new name beside one who was told", PartChanges, func(d *drawn) {
			d.on(d.shift(mon), "A", "B").work("C", tue)
			d.Assignments[1].State, d.Assignments[2].State = Proposed, Proposed
		}, 1},
		{"one shift ends as the next begins", PartHandover, func(d *drawn) { d.work("A", mon).work("B", "2026-11-30 22:00-23:00") }, 1},
		{"a quarter of an hour together", PartHandover, func(d *drawn) { d.work("A", mon).work("B", "2026-11-30 21:45-23:00") }, 0},
		{"nothing follows", PartHandover, func(d *drawn) { d.work("A", mon).work("B", "2026-11-30 22:30-23:00") }, 0},
		{"a shift begins in one's debrief", PartDebrief, func(d *drawn) {
			d.work("A", mon, "2026-11-30 22:10-23:00").Shifts[0].Debrief = 15
		}, 1},
		{"in somebody else's debrief", PartDebrief, func(d *drawn) {
			d.work("A", mon).work("B", "2026-11-30 22:10-23:00").Shifts[0].Debrief = 15
		}, 0},
		{"after one's debrief", PartDebrief, func(d *drawn) {
			d.work("A", mon, "2026-11-30 22:15-23:00").Shifts[0].Debrief = 15
		}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := draw(t, ams, "")
			d.Version.First, d.Version.Last = Date{2026, 11, 29}, Date{2026, 12, 6}
			if c.part == PartFairness || c.part == PartContract {
				d.Version.First = Date{2026, 11, 30} // a week: what is agreed for one is what is due
			}
			c.draw(d)
			got := ScoreOf(d.Book, UsualWeights()).Of(c.part)
			if got.Amount != c.want || got.Points != c.want*int64(UsualWeights()[c.part]) || got.Part != c.part {
				t.Errorf("%+v, want %d", got, c.want)
			}
		})
	}
}

// last is the shift that was drawn last.
func (d *drawn) last() *Shift { return &d.Shifts[len(d.Shifts)-1] }
