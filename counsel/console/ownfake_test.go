package console

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
)

// wall is a rota in memory: steps are decided as in earnest, and written at
// once.
type wall struct {
	mu     sync.Mutex
	book   rota.Book
	events []rota.Event
	asks   []counsel.RotaAsk
	in     map[helpline.ID]counsel.CheckIn
	broken error
	who    []helpline.Actor // of every step and edit
	recent int              // steps of a day, of whoever takes one
}

func (l *wall) Standing(context.Context) (*rota.Book, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken != nil {
		return nil, l.broken
	}
	b := l.book
	b.Shifts, b.Assignments, b.Swaps = slices.Clone(b.Shifts), slices.Clone(b.Assignments), slices.Clone(b.Swaps)
	b.Leaves, b.Availability = slices.Clone(b.Leaves), slices.Clone(b.Availability)
	return &b, nil
}

func (l *wall) Law() rota.Profile { return rota.Profile{} }

func (l *wall) Do(_ context.Context, who helpline.Actor, s rota.Step) (rota.Change, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.who = append(l.who, who)
	s.By, s.At, s.Fresh, s.Supervises, s.Recent = who.Person, time.Now(), helpline.NewID, counsel.May(who, counsel.SeeBoard) == nil, l.recent
	c, err := rota.Decide(&l.book, rota.Profile{}, s)
	if err != nil {
		return rota.Change{}, err
	}
	l.book.Apply(c)
	l.events = append(l.events, c.Events...)
	return c, nil
}

func (l *wall) Edit(_ context.Context, who helpline.Actor, e counsel.RotaEdit) (counsel.RotaEdit, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.who = append(l.who, who)
	switch {
	case e.Leave != nil:
		l.book.Leaves = append(slices.DeleteFunc(l.book.Leaves, func(o rota.Leave) bool { return o.ID == e.Leave.ID }), *e.Leave)
	case !e.DropLeave.IsZero():
		l.book.Leaves = slices.DeleteFunc(l.book.Leaves, func(o rota.Leave) bool { return o.ID == e.DropLeave })
	case !e.WishesOf.IsZero():
		l.book.Availability = append(slices.DeleteFunc(l.book.Availability, func(a rota.Availability) bool { return a.Person == e.WishesOf }), e.Wishes...)
	}
	return counsel.RotaEdit{}, nil
}

func (l *wall) Events(_ context.Context, _ helpline.Actor, from, until time.Time) ([]rota.Event, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := slices.DeleteFunc(slices.Clone(l.events), func(e rota.Event) bool { return e.At.Before(from) || !e.At.Before(until) })
	slices.Reverse(out)
	return out, nil
}

func (l *wall) Here(_ context.Context, who helpline.Actor) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range l.book.Own(who.Person, time.Now()) {
		if !time.Now().Before(m.Shift.Start.Add(-counsel.EarlyCheckIn)) {
			l.in[who.Person] = counsel.CheckIn{Person: who.Person, In: time.Now()}
			return nil
		}
	}
	return helpline.Errorf(helpline.Conflict, "no shift begins soon")
}

func (l *wall) Away(_ context.Context, who helpline.Actor) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.in, who.Person)
	return nil
}

func (l *wall) Mine(person helpline.ID) (counsel.CheckIn, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	in, there := l.in[person]
	return in, there
}

func (l *wall) Now() []counsel.Attendee { return nil }

func (l *wall) Alarms() []counsel.CoverAlarm { return nil }

func (l *wall) Asks(person helpline.ID) []counsel.RotaAsk {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(l.asks), func(a counsel.RotaAsk) bool {
		return a.State != counsel.AskOpen || !slices.ContainsFunc(a.Asked, func(one counsel.Asked) bool { return one.Person == person && one.Answer == "" })
	})
}

func (l *wall) Answer(_ context.Context, who helpline.Actor, ask helpline.ID, yes bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.asks {
		a := &l.asks[i]
		if a.ID != ask || a.State != counsel.AskOpen {
			continue
		}
		if yes {
			a.State, a.Taker = counsel.AskTaken, who.Person
			return nil
		}
		for n := range a.Asked {
			if a.Asked[n].Person == who.Person {
				a.Asked[n].Answer = counsel.AskNo
			}
		}
		return nil
	}
	return helpline.Errorf(helpline.Conflict, "somebody was faster")
}

// feedDrawer keeps calendars in memory.
type feedDrawer struct {
	mu   sync.Mutex
	rows []counsel.FeedRow
	seen map[helpline.ID]time.Time
}

func (d *feedDrawer) AddFeed(_ context.Context, r counsel.FeedRow, most int) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	own := 0
	for _, o := range d.rows {
		if o.Person == r.Person {
			own++
		}
		if o.ID == r.ID || o.Person == r.Person && strings.EqualFold(o.Device, r.Device) {
			return helpline.Errorf(helpline.Conflict, "there already")
		}
	}
	if own >= most {
		return helpline.Errorf(helpline.Conflict, "too many")
	}
	d.rows = append(d.rows, r)
	return nil
}

func (d *feedDrawer) FeedHolder(_ context.Context, hash [32]byte) (helpline.ID, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range d.rows {
		if r.Hash == hash {
			return r.Person, nil
		}
	}
	return helpline.ID{}, errNone
}

func (d *feedDrawer) FeedsOf(_ context.Context, person helpline.ID) (out []counsel.FeedRow, _ error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range d.rows {
		if r.Person == person {
			out = append(out, r)
		}
	}
	return out, nil
}

func (d *feedDrawer) EndFeed(_ context.Context, person, id helpline.ID) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.rows = slices.DeleteFunc(d.rows, func(r counsel.FeedRow) bool { return r.Person == person && r.ID == id })
	return nil
}

func (d *feedDrawer) SeenUntil(_ context.Context, person helpline.ID) (time.Time, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.seen[person], nil
}

func (d *feedDrawer) SeeUntil(_ context.Context, person helpline.ID, until time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen[person] = until
	return nil
}
