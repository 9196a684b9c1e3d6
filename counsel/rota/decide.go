package rota

import (
	"slices"
	"time"

	"helpline"
)

// Step is one thing somebody does with a published rota.
type Step struct {
	Do         Doing
	Version    helpline.ID // publish: the draft that is meant; zero: that of the book
	Assignment helpline.ID // whose place: offer, exchange, drop, assign, mind
	Other      helpline.ID // exchange: the assignment that is wanted for it
	Swap       helpline.ID // claim, agree, approve, refuse, withdraw
	Person     helpline.ID // offer: to whom, zero: to anybody; assign: to whom
	Shift      helpline.ID // take, move, cancel
	To         Interval    // move
	Until      time.Time   // offer: until when; the zero time: until the shift begins
	By         helpline.ID // who does it
	For        helpline.ID // on whose behalf; zero: their own
	Supervises bool        // By may act for others, approve and change shifts
	Recent     int         // how many shifts they offered, claimed or took within a day up to now
	At         time.Time
	Fresh      func() helpline.ID // gives an identifier
	Agreed     func(*Book) error  // publish: refuses a book that is another than its reader agreed to; nil: any
}

// Doing is what a step does.
type Doing string

// The steps.
const (
	DoOffer    Doing = "offer"    // somebody else may have my shift
	DoExchange Doing = "exchange" // mine for yours
	DoDrop     Doing = "drop"     // I cannot
	DoClaim    Doing = "claim"    // I take it; of an exchange: I agree
	DoTake     Doing = "take"     // I sign up for what is free
	DoApprove  Doing = "approve"
	DoRefuse   Doing = "refuse"
	DoWithdraw Doing = "withdraw"
	DoExpire   Doing = "expire" // time does it
	DoAssign   Doing = "assign" // a supervisor gives a place to somebody
	DoMind     Doing = "mind"   // a supervisor answers for a place
	DoMove     Doing = "move"   // a shift gets other times
	DoCancel   Doing = "cancel" // a shift does not take place
	DoPublish  Doing = "publish"
	DoNoShow   Doing = "no-show" // a supervisor says that somebody did not come
	DoCame     Doing = "came"    // and takes that back; of a shift that is over: they worked it
	DoUnsure   Doing = "unsure"  // what was said of a shift that is over is taken back
)

// Change is what a step makes of a book: rows that are new, or that replace
// those with the same identifier. All of them are written, or none.
type Change struct {
	Version     *Version // nil: as it was
	Shifts      []Shift
	Assignments []Assignment
	Swaps       []Swap
	Events      []Event
	Gone        []helpline.ID // shifts of a draft that go when it is published, with their places
}

// Decide says what a step changes, and refuses what must not be. It changes
// nothing itself: the book stays as it is until Apply.
//
// The owner of a place stays responsible for it until somebody else has it:
// until a claim that needs no approval, or until the approval. A refusal, a
// withdrawal and the end of the time leave the place where it was.
func Decide(b *Book, law Profile, do Step) (Change, error) {
	version := b.Version
	if do.Do != DoPublish {
		b = b.published()
	}
	m := moment{book: b, version: version, do: do, check: NewChecker(b, law)}
	if do.At.IsZero() || do.Fresh == nil || do.By.IsZero() && do.Do != DoExpire {
		return Change{}, helpline.Errorf(helpline.Invalid, "rota: a step is done by somebody at some time")
	}
	steps := map[Doing]func() error{
		DoOffer: m.offer, DoExchange: m.offer, DoDrop: m.offer,
		DoClaim: m.claim, DoTake: m.take, DoApprove: m.approve, DoRefuse: m.refuse, DoWithdraw: m.withdraw, DoExpire: m.expire,
		DoAssign: m.assign, DoMind: m.mind, DoMove: m.move, DoCancel: m.cancel, DoPublish: m.publish,
		DoNoShow: m.noShow, DoCame: m.came, DoUnsure: m.unsure,
	}
	if do.often() {
		return Change{}, ErrOften
	}
	step, known := steps[do.Do]
	if !known {
		return Change{}, helpline.Errorf(helpline.Invalid, "rota: there is no such step")
	}
	if err := step(); err != nil {
		return Change{}, err
	}
	m.unwanted()
	return m.out, nil
}

// published is the book without its draft, all of it judged: what people do
// with their shifts is held against everything that is published, and not
// against what may be one day.
func (b *Book) published() *Book {
	out := *b
	out.Version.ID, out.Version.First, out.Version.Last = helpline.ID{}, Date{}, Date{}
	if b.Version.State == Published || b.Version.ID.IsZero() {
		return &out
	}
	out.Version.State = Published
	of := map[helpline.ID]bool{}
	out.Shifts = nil
	for _, s := range b.Shifts {
		if s.Version == b.Version.ID {
			of[s.ID] = true
			continue
		}
		out.Shifts = append(out.Shifts, s)
	}
	out.Assignments = nil
	for _, a := range b.Assignments {
		if !of[a.Shift] {
			out.Assignments = append(out.Assignments, a)
		}
	}
	return &out
}

// moment is one step while it is decided.
type moment struct {
	book    *Book   // what is published; to publish, the draft too
	version Version // that the book was about
	do      Step
	check   *Checker
	out     Change
}

// Apply writes a change into the book.
func (b *Book) Apply(c Change) {
	if c.Version != nil {
		b.Version = *c.Version
	}
	b.Shifts = merge(b.Shifts, c.Shifts, func(s Shift) helpline.ID { return s.ID })
	b.Assignments = merge(b.Assignments, c.Assignments, func(a Assignment) helpline.ID { return a.ID })
	b.Swaps = merge(b.Swaps, c.Swaps, func(s Swap) helpline.ID { return s.ID })
	if len(c.Gone) > 0 {
		b.Shifts = slices.DeleteFunc(slices.Clone(b.Shifts), func(s Shift) bool { return slices.Contains(c.Gone, s.ID) })
		b.Assignments = slices.DeleteFunc(slices.Clone(b.Assignments), func(a Assignment) bool { return slices.Contains(c.Gone, a.Shift) })
	}
}

func merge[T any](rows, changed []T, id func(T) helpline.ID) []T {
	if len(changed) == 0 {
		return rows
	}
	at := make(map[helpline.ID]int, len(rows))
	rows = slices.Clone(rows)
	for i, r := range rows {
		at[id(r)] = i
	}
	for _, r := range changed {
		if i, known := at[id(r)]; known {
			rows[i] = r
			continue
		}
		at[id(r)] = len(rows)
		rows = append(rows, r)
	}
	return rows
}

// note adds an event.
func (m *moment) note(kind EventKind, e Event) {
	e.ID, e.At, e.By, e.For, e.Kind = m.do.Fresh(), m.do.At, m.do.By, m.do.For, kind
	if s, ok := m.check.shifts[e.Shift]; ok {
		e.Version = s.Version
	}
	m.out.Events = append(m.out.Events, e)
}

// place gives a standing, published place whose shift takes place.
func (m *moment) place(id helpline.ID) (Assignment, *Shift, error) {
	i := slices.IndexFunc(m.book.Assignments, func(a Assignment) bool { return a.ID == id })
	if i < 0 {
		return Assignment{}, nil, helpline.Errorf(helpline.NotFound, "rota: there is no such place")
	}
	a := m.book.Assignments[i]
	s, ok := m.check.shifts[a.Shift]
	switch {
	case !ok:
		return Assignment{}, nil, helpline.Errorf(helpline.NotFound, "rota: the place is on no published shift")
	case s.Cancelled:
		return Assignment{}, nil, helpline.Errorf(helpline.Conflict, "rota: the shift does not take place")
	case a.State != Held && a.State != Offered:
		return Assignment{}, nil, helpline.Errorf(helpline.Conflict, "rota: somebody else has the place by now")
	}
	return a, s, nil
}

// begun refuses what must be done before a shift begins.
func (m *moment) begun(s *Shift) error {
	if !m.do.At.Before(s.Start) {
		return helpline.Errorf(helpline.Conflict, "rota: the shift has begun")
	}
	return nil
}

// mine says whether the step is done by a person, or on the person's behalf by
// somebody who may.
func (m *moment) mine(person helpline.ID) error {
	switch {
	case m.do.By == person && (m.do.For.IsZero() || m.do.For == person):
		return nil
	case m.do.Supervises && m.do.For == person:
		return nil
	}
	return helpline.Errorf(helpline.Forbidden, "rota: only whoever has the place, or a supervisor on their behalf")
}

func (m *moment) supervisor() error {
	if !m.do.Supervises {
		return helpline.Errorf(helpline.Forbidden, "rota: only a supervisor")
	}
	return nil
}

// who is the person a step counts for.
func (m *moment) who() helpline.ID {
	if m.do.For.IsZero() {
		return m.do.By
	}
	return m.do.For
}
