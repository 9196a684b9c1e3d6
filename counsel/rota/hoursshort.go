package rota

import (
	"slices"
	"time"

	"helpline"
)

// Shortage is a stretch ahead in which less is published than the set-up of a rota
// asks before it opens.
type Shortage struct {
	Rota helpline.ID
	Name string // of the rota
	Interval
	Shift      helpline.ID // the first it is about; zero where nothing is published
	Lacking    Lacking
	Have, Want int           // people who take contacts, where those lack
	Unreached  []helpline.ID // of LackingNotice: who stands behind, by the rota
}

// Lacking is what is short. Screens say it from "cover.lacks."+Lacking.
type Lacking string

// What may be missing.
const (
	LackingNobody  Lacking = "nobody"  // there is nobody at all
	LackingPeople  Lacking = "people"  // fewer than asked
	LackingBehind  Lacking = "behind"  // nobody stands behind the one who is there
	LackingNotice  Lacking = "notice"  // somebody does, and no notice reaches them
	LackingLeader  Lacking = "leader"  // no leader
	LackingSkill   Lacking = "skill"   // a language or a skill
	LackingVersion Lacking = "version" // nothing is published from then on
)

// farGap is how many days ahead of a rota's end anybody is told of it.
const farGap = 14

// Shortages lists what lacks from now on and begins before until, in order. Of rotas
// whose names are planned elsewhere nothing lacks.
func (h *Hours) Shortages(now, until time.Time) []Shortage {
	var out []Shortage
	if !h.Said() {
		return nil
	}
	for _, of := range h.tables {
		if of.rota.Way == Elsewhere {
			continue
		}
		for _, w := range of.table.watches {
			if w.Open || !w.End.After(now) || !w.Start.Before(until) {
				continue
			}
			g := Shortage{Rota: of.rota.ID, Name: of.rota.Name, Interval: w.Interval, Shift: w.Shifts[0]}
			if g.Lacking, g.Have, g.Want = h.check.lacks(w, of.rota.Setup); g.Lacking == LackingNotice {
				g.Unreached = w.unreached()
			}
			if last := len(out) - 1; last >= 0 && out[last].Rota == g.Rota && out[last].End.Equal(g.Start) && out[last].Lacking == g.Lacking && out[last].Have == g.Have && slices.Equal(out[last].Unreached, g.Unreached) {
				out[last].End = g.End
				continue
			}
			out = append(out, g)
		}
	}
	for _, g := range h.missing {
		if g.End.After(now) && g.Start.Before(until) {
			out = append(out, g)
		}
	}
	slices.SortStableFunc(out, func(a, b Shortage) int { return a.Start.Compare(b.Start) })
	return out
}

// Leans lists the planned openings of small lines that begin before until and are
// not over, in which one person is there and somebody stands behind them.
func (h *Hours) Leans(now, until time.Time) []Interval {
	var out []Interval
	if !h.Said() {
		return nil
	}
	for _, of := range h.tables {
		for _, w := range of.table.watches {
			if of.rota.Setup == Small && w.Open && w.Heads == 1 && len(w.On) > 0 && w.End.After(now) && w.Start.Before(until) {
				out = append(out, w.Interval)
			}
		}
	}
	return joined(out)
}

// lacks says what keeps a stretch shut.
func (c *Checker) lacks(w Watch, setup Setup) (l Lacking, have, want int) {
	switch {
	case w.Heads == 0:
		return LackingNobody, 0, 0
	case setup == Small && len(w.unreached()) > 0:
		return LackingNotice, 0, 0
	case setup == Small:
		return LackingBehind, 0, 0
	case setup == Pair:
		return LackingPeople, w.Heads, 2
	}
	// The shift that lacks least speaks for the stretch: it would be enough.
	l, have, want = LackingSkill, 0, 0
	for i, id := range w.Shifts {
		s := c.shifts[id]
		there := c.there(s)
		one, has, wants := LackingSkill, 0, 0
		for _, r := range c.required(s) {
			n := c.meets(r, s, there)
			switch {
			case n >= r.Min || r.Skill != "" || r.Language != "":
			case r.Role == Leader:
				one = LackingLeader
			default:
				has, wants = n, r.Min
			}
		}
		if wants > 0 {
			one = LackingPeople
		}
		if i == 0 || wants < want {
			l, have, want = one, has, wants
		}
	}
	return l, have, want
}

// unpublished finds the first day of those ahead on which a rota should run, and
// for which nothing is published. Of a rota that never was published nothing is
// missing yet.
func (b *Book) unpublished(rota helpline.ID, versions []Version, today Date, zone *time.Location) []Shortage {
	i := slices.IndexFunc(b.Rotas, func(r Rota) bool { return r.ID == rota })
	if i < 0 || !slices.ContainsFunc(versions, func(v Version) bool { return v.Rota == rota && v.State == Published }) {
		return nil
	}
	for d := today; !d.after(today.Plus(farGap)); d = d.Plus(1) {
		if closedOn(b.Closures, rota, d) || dayPublished(versions, rota, d) {
			continue
		}
		var first Shift
		for _, t := range b.Templates {
			if t.Rota != rota || len(t.Faults()) > 0 || !t.on(d) {
				continue
			}
			if s, _ := t.shift(d, zone); s.Start.Before(s.End) && (first.Start.IsZero() || s.Start.Before(first.Start)) {
				first = s
			}
		}
		if !first.Start.IsZero() {
			return []Shortage{{Rota: rota, Name: b.Rotas[i].Name, Interval: first.Interval(), Lacking: LackingVersion}}
		}
	}
	return nil
}
