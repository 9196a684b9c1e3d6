package counsel

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"helpline"
	"helpline/counsel/rota"
)

// How much of other weeks a book has beside its own.
const (
	bookBefore = 42 // days, for rest and averages
	bookAfter  = 14
)

// List gives the rotas, by name.
func (r *Rotas) List() []rota.Rota {
	out := slices.Clone(r.now().Rotas)
	for i := range out {
		out[i].Needs = slices.Clone(out[i].Needs)
	}
	slices.SortFunc(out, func(a, b rota.Rota) int { return cmp.Or(cmp.Compare(a.Name, b.Name), bytes.Compare(a.ID[:], b.ID[:])) })
	return out
}

// Versions gives those of a rota, drafts too, the newest days first; of all for
// the zero rota.
func (r *Rotas) Versions(of helpline.ID) []rota.Version {
	out := where(r.now().Versions, func(v rota.Version) bool { return of.IsZero() || v.Rota == of })
	slices.SortFunc(out, func(a, b rota.Version) int {
		return cmp.Or(cmp.Compare(b.First.String(), a.First.String()), b.At.Compare(a.At), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return out
}

// Book gives a version with what stands around it: the published shifts of all
// rotas from 42 days before it until 14 days after. NotFound.
func (r *Rotas) Book(ctx context.Context, version helpline.ID) (*rota.Book, error) {
	if version.IsZero() {
		return nil, helpline.Errorf(helpline.NotFound, "rota: there is no such version")
	}
	return r.kept(ctx, version)
}

// Standing gives all that is published, from 42 days ago on: what was cancelled,
// replaced, swapped and given back too. Its Version is zero. For OnDuty, own
// pages and feeds.
func (r *Rotas) Standing(ctx context.Context) (*rota.Book, error) {
	return r.kept(ctx, helpline.ID{})
}

// Published gives all that is published on some days, however long ago, as
// Standing does of those to come. Its Version is zero.
func (r *Rotas) Published(ctx context.Context, first, last rota.Date) (*rota.Book, error) {
	if err := r.Refresh(ctx); err != nil {
		return nil, err
	}
	r.mu.RLock()
	s, here := r.state, r.here
	r.mu.RUnlock()
	return r.gather(s, here, first, last, helpline.ID{}), nil
}

// Timetable says who is planned and when the line is open by what is published
// of a rota. It is made once and anew after every change; it is only read.
func (r *Rotas) Timetable(of helpline.ID) *rota.Timetable {
	r.mu.RLock()
	s, here, t := r.state, r.here, r.tables[of]
	r.mu.RUnlock()
	if t != nil {
		return t
	}
	t = r.standing(s, here).OnDuty(of)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state == s && slices.EqualFunc(r.here, here, samePerson) {
		if r.tables == nil {
			r.tables = map[helpline.ID]*rota.Timetable{}
		}
		r.tables[of] = t
	}
	return t
}

// CheckIns gives who was there at some moment from an instant until before
// another, in the order in which they came.
func (r *Rotas) CheckIns(from, until time.Time) []CheckIn {
	out := where(r.now().CheckIns, func(c CheckIn) bool {
		return c.In.Before(until) && (c.Out.IsZero() || c.Out.After(from))
	})
	slices.SortFunc(out, func(a, b CheckIn) int { return cmp.Or(a.In.Compare(b.In), bytes.Compare(a.ID[:], b.ID[:])) })
	return out
}

// Events gives what happened from one instant until before another, the newest
// first: to whoever may see the rota all of it, to others what they did
// themselves, what was done for them, what became of places that are or were
// theirs and of their shifts, and that something was published.
func (r *Rotas) Events(ctx context.Context, who helpline.Actor, from, until time.Time) ([]rota.Event, error) {
	if err := May(who, SeeShifts); err != nil {
		return nil, err
	}
	all, err := r.rows.RotaEvents(ctx, from, until)
	if err != nil || May(who, SeeRota) == nil {
		return all, err
	}
	s, mine, on := r.now(), map[helpline.ID]bool{}, map[helpline.ID]bool{}
	lost := map[helpline.ID]bool{} // places that were theirs
	for _, a := range s.Assignments {
		lost[a.Place] = lost[a.Place] || a.Person == who.Person && a.State == rota.Dropped
	}
	for _, a := range s.Assignments {
		mine[a.ID] = a.Person == who.Person || a.Minds && lost[a.Place]
		on[a.Shift] = on[a.Shift] || a.Person == who.Person && a.State.Stands()
	}
	return where(all, func(e rota.Event) bool {
		return e.By == who.Person || e.For == who.Person || mine[e.Assignment] || e.Kind == rota.EventPublish || e.Assignment.IsZero() && on[e.Shift]
	}), nil
}

// bookOf gathers the book of a version.
func (r *Rotas) bookOf(s *RotaState, here []rota.Person, version helpline.ID) (*rota.Book, error) {
	v, known := lookup(s.Versions, func(v rota.Version) bool { return v.ID == version })
	if !known {
		return nil, helpline.Errorf(helpline.NotFound, "rota: there is no such version")
	}
	b := r.gather(s, here, v.First.Plus(-bookBefore), v.Last.Plus(bookAfter), version)
	b.Version = v
	b.Acceptances = where(s.Acceptances, func(a rota.Acceptance) bool { return a.Version == version })
	return b, nil
}

// standing gathers what is published.
func (r *Rotas) standing(s *RotaState, here []rota.Person) *rota.Book {
	b := r.gather(s, here, r.today().Plus(-bookBefore), rota.Date{Year: 9999}, helpline.ID{})
	b.Acceptances = slices.Clone(s.Acceptances)
	return b
}

// gather makes a book of the published shifts of some days and of all those of
// one version.
func (r *Rotas) gather(s *RotaState, here []rota.Person, first, last rota.Date, version helpline.ID) *rota.Book {
	b := &rota.Book{
		Site: rota.Site{Zone: r.zone.String()}, Rotas: slices.Clone(s.Rotas), Templates: slices.Clone(s.Templates), Closures: slices.Clone(s.Closures),
		Requirements: slices.Clone(s.Requirements), People: slices.Clone(here), Terms: slices.Clone(s.Terms), Skills: slices.Clone(s.Skills),
		Availability: slices.Clone(s.Availability), Leaves: slices.Clone(s.Leaves), OnCalls: slices.Clone(s.OnCalls),
	}
	drafts := map[helpline.ID]bool{}
	for _, v := range s.Versions {
		drafts[v.ID] = v.State == rota.Draft
	}
	shifts, places := map[helpline.ID]bool{}, map[helpline.ID]bool{}
	for _, o := range s.Shifts {
		if o.Version == version || !drafts[o.Version] && !o.Date.Before(first) && !last.Before(o.Date) {
			b.Shifts = append(b.Shifts, o)
			shifts[o.ID] = true
		}
	}
	for _, a := range s.Assignments {
		if shifts[a.Shift] {
			b.Assignments = append(b.Assignments, a)
			places[a.ID] = true
		}
	}
	b.Swaps = where(s.Swaps, func(w rota.Swap) bool { return places[w.From.Assignment] })
	slices.SortFunc(b.Shifts, func(x, y rota.Shift) int { return cmp.Or(x.Start.Compare(y.Start), bytes.Compare(x.ID[:], y.ID[:])) })
	slices.SortFunc(b.Assignments, func(x, y rota.Assignment) int { return bytes.Compare(x.ID[:], y.ID[:]) })
	slices.SortFunc(b.Swaps, func(x, y rota.Swap) int { return bytes.Compare(x.ID[:], y.ID[:]) })
	return b
}
