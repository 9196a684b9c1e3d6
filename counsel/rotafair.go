package counsel

import (
	"bytes"
	"context"
	"slices"
	"time"

	"helpline"
	"helpline/counsel/rota"
)

// FairShare is what the published rota gives one person in a stretch of days,
// beside what was agreed and what would be their share.
type FairShare struct {
	Person   helpline.ID
	Shifts   int
	Minutes  int // of work, debriefing included
	Agreed   int // minutes that were agreed for these days; 0: nothing was
	Unsocial map[rota.Unsocial]int
	Hard     int // minutes of all kinds of unsocial hours
	Fair     int // of these that would be their share
	Weekends int // in which they have a shift on a Saturday or Sunday
}

// Fairness says what everybody who can be planned has of what is published on
// some days, those who have most above their share first. Of who does not work
// here at the moment the days before that count, and what they did on them.
// Invalid for days that are none, Forbidden.
func (r *Rotas) Fairness(ctx context.Context, who helpline.Actor, first, last rota.Date) ([]FairShare, error) {
	if err := May(who, PlanRota); err != nil {
		return nil, err
	}
	if err := faulty(rota.Version{First: first, Last: last}.Faults()...); err != nil {
		return nil, err
	}
	here, err := r.present(ctx)
	if err != nil {
		return nil, err
	}
	s := r.now()
	days := 0
	for d := first; !last.Before(d); d = d.Plus(1) {
		days++
	}
	shares, total := map[helpline.ID]int{}, 0
	var out []FairShare
	for _, p := range here {
		own := days
		if p.Standing == rota.Suspended {
			for last := rota.DateOf(p.Since.In(r.zone)); own > 0 && !first.Plus(own-1).Before(last); {
				own--
			}
		}
		if p.Standing == rota.Removed || len(p.Roles) == 0 || own == 0 {
			continue
		}
		t, _ := lookup(s.Terms, func(t rota.Terms) bool { return t.Person == p.ID })
		shares[p.ID] = max(1, t.Share) * own
		total += shares[p.ID]
		out = append(out, FairShare{Person: p.ID, Agreed: (t.Target*own + 3) / 7, Unsocial: map[rota.Unsocial]int{}})
	}
	hard := 0
	r.duties(s, first, last, func(a rota.Assignment, o rota.Shift) {
		i := slices.IndexFunc(out, func(f FairShare) bool { return f.Person == a.Person })
		if i < 0 || a.State == rota.NoShow || a.State != rota.Worked && o.Closed(s.Closures) {
			return
		}
		f, minutes := &out[i], o.Work() // the debriefing is in it
		f.Shifts++
		f.Minutes += minutes
		if o.Unsocial != "" {
			f.Unsocial[o.Unsocial] += minutes
			f.Hard += minutes
			hard += minutes
		}
	})
	for i := range out {
		out[i].Fair = (hard*shares[out[i].Person] + total/2) / max(1, total)
		out[i].Weekends = r.weekends(s, out[i].Person, first, last)
	}
	slices.SortStableFunc(out, func(a, b FairShare) int {
		if by := (b.Hard - b.Fair) - (a.Hard - a.Fair); by != 0 {
			return by
		}
		return bytes.Compare(a.Person[:], b.Person[:])
	})
	return out, nil
}

// duties walks the published places of some days that somebody works.
func (r *Rotas) duties(s *RotaState, first, last rota.Date, do func(rota.Assignment, rota.Shift)) {
	drafts := map[helpline.ID]bool{}
	for _, v := range s.Versions {
		drafts[v.ID] = v.State == rota.Draft
	}
	shifts := map[helpline.ID]rota.Shift{}
	for _, o := range s.Shifts {
		if !drafts[o.Version] && !o.Cancelled && !o.Date.Before(first) && !last.Before(o.Date) {
			shifts[o.ID] = o
		}
	}
	for _, a := range s.Assignments {
		if o, is := shifts[a.Shift]; is && a.State.Stands() && !a.Minds {
			do(a, o)
		}
	}
}

// weekends counts those in which somebody works, by the Monday of their week.
func (r *Rotas) weekends(s *RotaState, person helpline.ID, first, last rota.Date) int {
	weeks := map[rota.Date]bool{}
	r.duties(s, first, last, func(a rota.Assignment, o rota.Shift) {
		if a.Person != person || a.State == rota.NoShow || a.State != rota.Worked && o.Closed(s.Closures) {
			return
		}
		for at := o.Start; at.Before(o.End); at = at.Add(time.Hour) {
			if d := rota.DateOf(at.In(r.zone)); d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
				weeks[rota.Monday(d)] = true
			}
		}
	})
	return len(weeks)
}
