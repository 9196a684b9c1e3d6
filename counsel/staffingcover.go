package counsel

import (
	"time"

	"helpline"
	"helpline/counsel/rota"
)

// PlannedCover says who is planned when: *Rotas does.
type PlannedCover interface {
	List() []rota.Rota
	Timetable(of helpline.ID) *rota.Timetable
}

// Beside has the picture show the planned cover of the coming week beside who
// came. Call it before the first Look.
func (s *Staffing) Beside(cover PlannedCover) *Staffing {
	s.cover = cover
	return s
}

// Headcount is what is planned for one half hour, or hour, of the coming seven days.
type Headcount struct {
	Runs        int // minutes of it in which a shift runs
	Least, Most int // people who take contacts while one runs
	Open        bool
}

// join makes one of two stretches that follow on each other.
func (c Headcount) join(o Headcount) Headcount {
	switch {
	case c.Runs == 0:
		return o
	case o.Runs == 0:
		return c
	}
	return Headcount{Runs: c.Runs + o.Runs, Least: min(c.Least, o.Least), Most: max(c.Most, o.Most), Open: c.Open && o.Open}
}

// covers fills the map of the seven days from today on: each weekday is there
// once.
func (s *Staffing) covers(p *Picture) {
	if s.cover == nil {
		return
	}
	var tables, elsewhere []*rota.Timetable
	for _, r := range s.cover.List() {
		switch t := s.cover.Timetable(r.ID); {
		case t == nil:
		case r.Way == rota.Elsewhere:
			elsewhere = append(elsewhere, t)
		default:
			tables = append(tables, t)
		}
	}
	if len(tables) == 0 { // nobody is named here: the least cover is all that is known
		tables = elsewhere
	}
	today := rota.DateOf(s.clock().In(s.zone))
	for n := range 7 {
		d := today.Plus(n)
		day := (int(d.Weekday()) + 6) % 7
		for half := range rota.Halves {
			c := coverOf(tables, rota.FirstOf(d, half*30, s.zone), rota.FirstOf(d, half*30+30, s.zone))
			at := day*rota.Halves + half
			p.Cover[at], p.CoverHours[at/2] = c, p.CoverHours[at/2].join(c)
			p.Covered = p.Covered || c.Runs > 0
		}
	}
	p.From = today
}

// coverOf reads a stretch minute by minute: rotas add up.
func coverOf(tables []*rota.Timetable, from, until time.Time) (c Headcount) {
	for at := from; at.Before(until); at = at.Add(time.Minute) {
		one := Headcount{}
		for _, t := range tables {
			if w, runs := t.At(at); runs {
				one.Runs, one.Most, one.Open = 1, one.Most+w.Heads, one.Open || w.Open
			}
		}
		one.Least = one.Most
		c = c.join(one)
	}
	return c
}
