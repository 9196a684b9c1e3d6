package counsel

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

const (
	nodFrom   = 3               // conversations with one counsellor, from which on a supervisor nods
	meetEvery = 2 * time.Second // looked at who has accepted
	meetFor   = 12 * time.Hour  // a conversation is remembered at most
	mostMeets = 4096            // conversations in which a code was given
)

// ErrOwnNod: nobody gives a nod to themselves.
var ErrOwnNod = errors.New("another supervisor has to do this")

// Nod is asked of a supervisor: a counsellor meets the same person again and again.
// Who that person is and in which conversation, nobody can tell from it: the ID is
// its own.
type Nod struct {
	ID, Person helpline.ID
	// Alone: no other supervisor works here. Then the person says it, having talked
	// it over with somebody outside: a nod that nobody can give would wait for ever.
	Alone bool
}

// MeetingRows count who has met the owner of a code. Asserted by store.
type MeetingRows interface {
	// Meet counts one conversation, and keeps the nod from the given number on, both
	// or neither; NotFound without the thread.
	Meet(ctx context.Context, thread helpline.ID, mark Bar, from int, n Nod) error
	// Agree notes that they have agreed on a card; without the thread it does nothing.
	Agree(ctx context.Context, thread helpline.ID, mark Bar) error
	// Agreed gives the marks of those who have.
	Agreed(ctx context.Context, thread helpline.ID) ([]Bar, error)
	// HoldersOf lists who has or had a conversation.
	HoldersOf(ctx context.Context, contact helpline.ID) ([]helpline.ID, error)
}

// NodRows keep who waits for a nod. Asserted by store.
type NodRows interface {
	Nods(ctx context.Context) ([]Nod, error)
	People(ctx context.Context) ([]staff.Person, error)
	// DropNod forgets one; NotFound.
	DropNod(ctx context.Context, nod helpline.ID) error
}

// Desks are the live line, as far as meetings need it. Met by chat.Engine.
type Desks interface {
	Prefer(ctx context.Context, contact helpline.ID, people []helpline.ID) error
	Present() []chat.Member
}

// Meetings look after people who come back with a code: who would rather talk with
// the counsellor they agreed with is left to that one for a few minutes, and the
// third time one counsellor meets the same code a supervisor is asked for a nod. A
// conversation is never stopped for that. Run must run beside it. Safe for
// concurrent use.
type Meetings struct {
	key   vault.Key // of the installation: makes the marks
	rows  MeetingRows
	nods  NodRows
	trail Trail
	floor Desks

	looks sync.Mutex // one Look at a time
	mu    sync.Mutex
	all   map[helpline.ID]*meet // by conversation
}

type meet struct {
	thread helpline.ID
	since  time.Time
	met    []helpline.ID // counted already; Look's
}

// NewMeetings makes it for an installation.
func NewMeetings(key vault.Key, rows MeetingRows, nods NodRows, t Trail, f Desks) *Meetings {
	return &Meetings{key: key, rows: rows, nods: nods, trail: t, floor: f, all: map[helpline.ID]*meet{}}
}

func (m *Meetings) mark(thread, person helpline.ID) Bar {
	mac := hmac.New(sha256.New, m.key[:])
	mac.Write([]byte("met/v1"))
	mac.Write(thread[:])
	mac.Write(person[:])
	return Bar(mac.Sum(nil)[:16])
}

// Given says that the code of a thread was given in a conversation, or while
// waiting for one; same, that the visitor would rather talk with whom they agreed
// with. Whoever holds a code is not told whether one of those is here: only the
// queue knows.
func (m *Meetings) Given(ctx context.Context, contact, thread helpline.ID, same bool) error {
	m.mu.Lock()
	if m.all[contact] == nil {
		m.room()
		m.all[contact] = &meet{thread: thread, since: time.Now()}
	}
	m.mu.Unlock()
	if !same {
		return nil
	}
	agreed, err := m.rows.Agreed(ctx, thread)
	if err != nil {
		return err
	}
	var people []helpline.ID
	for _, p := range m.floor.Present() {
		if slices.Contains(agreed, m.mark(thread, p.Person)) {
			people = append(people, p.Person)
		}
	}
	if len(people) == 0 {
		return nil
	}
	return m.floor.Prefer(ctx, contact, people)
}

// room forgets the oldest when there are too many: a crowd keeps no new one from
// being counted. mu is held.
func (m *Meetings) room() {
	if len(m.all) < mostMeets {
		return
	}
	var oldest helpline.ID
	for contact, one := range m.all {
		if first := m.all[oldest]; first == nil || one.since.Before(first.since) {
			oldest = contact
		}
	}
	delete(m.all, oldest)
}

// Agreed says that a card was agreed on in a conversation.
func (m *Meetings) Agreed(ctx context.Context, contact, thread helpline.ID) error {
	if err := m.Given(ctx, contact, thread, false); err != nil {
		return err
	}
	people, err := m.rows.HoldersOf(ctx, contact)
	for _, p := range people {
		if err == nil {
			err = m.rows.Agree(ctx, thread, m.mark(thread, p))
		}
	}
	return err
}

// Run counts meetings until ctx is done.
func (m *Meetings) Run(ctx context.Context) error {
	tick := time.NewTicker(meetEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			m.Look(ctx, now)
		}
	}
}

// Look counts who has taken a conversation in which a code was given. What cannot
// be looked at now is looked at again. Nobody who gives a code waits for it.
func (m *Meetings) Look(ctx context.Context, now time.Time) {
	m.looks.Lock()
	defer m.looks.Unlock()
	m.mu.Lock()
	maps.DeleteFunc(m.all, func(_ helpline.ID, one *meet) bool { return now.Sub(one.since) > meetFor })
	all := maps.Clone(m.all)
	m.mu.Unlock()
	for contact, one := range all {
		people, err := m.rows.HoldersOf(ctx, contact)
		if err != nil {
			continue
		}
		for _, p := range people {
			if slices.Contains(one.met, p) {
				continue
			}
			err := m.rows.Meet(ctx, one.thread, m.mark(one.thread, p), nodFrom, Nod{ID: helpline.NewID(), Person: p})
			if err == nil || helpline.KindOf(err) == helpline.NotFound {
				one.met = append(one.met, p)
			}
		}
	}
}

// Waiting lists who waits for a nod: all of them to a supervisor, the own ones to
// everybody else.
func (m *Meetings) Waiting(ctx context.Context, who helpline.Actor) ([]Nod, error) {
	all, err := m.waiting(ctx)
	if May(who, GiveNods) != nil {
		all = slices.DeleteFunc(all, func(n Nod) bool { return n.Person != who.Person })
	}
	return all, err
}

// waiting lists them all, with those that nobody else could give.
func (m *Meetings) waiting(ctx context.Context) ([]Nod, error) {
	all, err := m.nods.Nods(ctx)
	if err != nil || len(all) == 0 {
		return all, err
	}
	people, err := m.nods.People(ctx)
	if err != nil {
		return nil, err
	}
	for i, n := range all {
		all[i].Alone = !slices.ContainsFunc(people, func(p staff.Person) bool {
			return p.ID != n.Person && p.State == staff.Active && slices.Contains(p.Roles, helpline.Supervisor)
		})
	}
	return all, nil
}

// Nod lets a counsellor go on with somebody they have met often. Forbidden wraps
// ErrOwnNod for the own ones, as long as another supervisor works here; NotFound
// when nobody waits for it.
func (m *Meetings) Nod(ctx context.Context, who helpline.Actor, nod helpline.ID) error {
	if err := May(who, GiveNods); err != nil {
		return err
	}
	all, err := m.waiting(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(n Nod) bool { return n.ID == nod })
	if i < 0 {
		return helpline.Errorf(helpline.NotFound, "give a nod: nobody waits for it")
	}
	if who.Person == all[i].Person && !all[i].Alone {
		return helpline.Errorf(helpline.Forbidden, "give a nod: %w", ErrOwnNod)
	}
	d := audit.Deed{By: who.Person, Code: audit.MeetNod, Object: audit.Person(all[i].Person)}
	return Traced(ctx, m.trail, d, func() error { return m.nods.DropNod(ctx, nod) })
}
