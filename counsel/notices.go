package counsel

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"helpline"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// Sender takes notices away, by one way. Implemented by the program.
type Sender interface {
	// Send hands one over. An Invalid error means that the receiver will never
	// take it; any other is tried again. No error holds an address.
	Send(context.Context, Outgoing) error
}

// NoticePeople says who works on the line. Asserted by staff.
type NoticePeople interface {
	People(context.Context) ([]staff.Person, error)
}

// NoticeSetup is what notices are made of.
type NoticeSetup struct {
	Reaches ReachRows
	Outbox  OutboxRows
	Calls   CallRows
	Seal    *vault.Reaches
	Senders map[NoticeWay]Sender // none: notices are off
	Tokens  bool                 // the webhook is told a word for each person, and no address
	People  NoticePeople
	OnCall  func(now time.Time) []helpline.ID // leaders in the order in which they are called; nil: nobody is on call
	Buddies func(now time.Time) []helpline.ID // who stand behind a small line now, and are called after those; nil: nobody does
	Paused  func(helpline.ID) bool            // whether somebody does not work here at the moment, and is not called; nil: everybody does
	Origin  string                            // of the staff's pages, for links; empty: notices carry none
	Now     func() time.Time
	Log     *slog.Logger
}

// Notices reach people who are not at a screen, with fixed sentences that say
// nothing (notice.go). What is to be sent stands in the outbox first and is
// struck out when it was taken: a crash in between sends it twice, under the same
// number, and does not lose it. What a change of the rota tells is written with
// the change. Run must run beside it.
//
// A nil *Notices tells nobody anything. Safe for concurrent use.
type Notices struct {
	set   NoticeSetup
	wake  [2]chan struct{} // of the lanes: ordinary, urgent
	begun atomic.Int64     // calls that have begun; 1 of those before the start
	quiet atomic.Int64     // as many had, when a look found none open
	heard []func()         // are told when a call reaches somebody, or no more

	mu      sync.Mutex // held while one is changed
	reach   map[helpline.ID]reach
	tests   map[helpline.ID][]time.Time // of the last hour, by person
	done    map[helpline.ID]NoticeRow   // sent, and not struck out: the disk refused
	settled map[helpline.ID]bool        // mended calls of which everybody was told
}

// NewNotices reads where everybody is reached.
func NewNotices(ctx context.Context, s NoticeSetup) (*Notices, error) {
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	n := &Notices{
		set: s, reach: map[helpline.ID]reach{}, tests: map[helpline.ID][]time.Time{}, done: map[helpline.ID]NoticeRow{}, settled: map[helpline.ID]bool{},
	}
	for i := range n.wake {
		n.wake[i] = make(chan struct{}, 1)
	}
	n.begun.Store(1)
	rows, err := s.Reaches.Reaches(ctx)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		n.reach[row.Person] = n.open(row)
	}
	return n, nil
}

// On says whether any way is configured.
func (n *Notices) On() bool { return n != nil && len(n.set.Senders) > 0 }

// Reachable says whether a notice to a person has arrived once: they typed the
// code of a test, by a way that still is configured.
func (n *Notices) Reachable(person helpline.ID) bool {
	if !n.On() {
		return false
	}
	r, known := n.of(person)
	return known && r.Tested > 0 && n.set.Senders[r.Way] != nil
}

// Hears says whether a call would reach a person: a notice to them has arrived
// once, and they wish to be called. Whoever does not stands behind no shift.
func (n *Notices) Hears(person helpline.ID) bool {
	if !n.Reachable(person) {
		return false
	}
	r, _ := n.of(person)
	return slices.Contains(r.Kinds, NoticeOnCall)
}

// Caller gives Hears for whoever plans with it; nil while notices are off, for then
// people call each other up.
func (n *Notices) Caller() func(helpline.ID) bool {
	if !n.On() {
		return nil
	}
	return n.Hears
}

// Changed has f told, with no lock held, when a call reaches somebody from now on,
// or no more. It is for before the line runs.
func (n *Notices) Changed(f func()) { n.heard = append(n.heard, f) }

// Tells says whether a notice of a kind would go to a person: one has arrived
// there once, and they wish to be told of such things. The pages say who must be
// told by a colleague.
func (n *Notices) Tells(person helpline.ID, kind NoticeKind) bool {
	if !n.Reachable(person) {
		return false
	}
	r, _ := n.of(person)
	return slices.Contains(r.Kinds, wishFor(kind, helpline.ID{}))
}

func (n *Notices) of(person helpline.ID) (reach, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	r, known := n.reach[person]
	return r, known
}

// Telling is something that people are to be told of.
type Telling struct {
	People []helpline.ID // each once
	Kind   NoticeKind
	Cause  string    // what it is about, in any words: told once. It is hashed, and stands nowhere
	Until  time.Time // nobody is told afterwards
}

// Tell puts a notice into the outbox for each of those who wish to be told of its
// kind and whose address was tested, if they still work here. Who was told of
// this cause is not told again.
func (n *Notices) Tell(ctx context.Context, t Telling) error {
	return n.tell(ctx, t, helpline.ID{})
}

func (n *Notices) tell(ctx context.Context, t Telling, call helpline.ID) error {
	now := n.now()
	if !n.On() || !t.Until.After(now) {
		return nil
	}
	here, err := n.here(ctx)
	if err != nil {
		return err
	}
	rows := n.rowsOf(t, call, func(p helpline.ID) bool { _, works := here[p]; return works })
	if len(rows) == 0 {
		return nil
	}
	err = n.set.Outbox.QueueNotices(ctx, rows)
	n.rouse(urgent(t.Kind))
	return err
}

// rowsOf are the notices of a telling, for those who work here, wish to be told
// of it and have tested where.
func (n *Notices) rowsOf(t Telling, call helpline.ID, works func(helpline.ID) bool) []NoticeRow {
	now := n.now()
	if !t.Until.After(now) {
		return nil
	}
	var rows []NoticeRow
	for _, p := range t.People {
		if !works(p) {
			continue // a place may still be in the name of somebody who was removed
		}
		r, known := n.of(p)
		if !known || r.Tested == 0 || !slices.Contains(r.Kinds, wishFor(t.Kind, call)) {
			continue
		}
		row := NoticeRow{
			ID: helpline.NewID(), Person: p, Kind: t.Kind, Call: call, Made: now, Due: now, Until: whole(t.Until),
			Cause: n.cause("told", string(t.Kind), t.Cause), State: NoticeWaits,
		}
		if !slices.ContainsFunc(rows, func(o NoticeRow) bool { return o.Person == p }) {
			rows = append(rows, row)
		}
	}
	return rows
}

var _ AlarmPost = (*Notices)(nil)

// missedFor is how long it is worth telling that somebody did not come.
const missedFor = 2 * time.Hour

// Alarm tells of what lacks: of a gap that comes, those who supervise; of somebody
// who did not come, those who lead too, and whoever is on call is called; when
// that was mended and lacks once more, anew.
func (n *Notices) Alarm(ctx context.Context, c CoverAlarm) error {
	if !n.On() {
		return nil
	}
	now := n.now()
	t, roles := Telling{Kind: NoticeCover, Cause: alarmCause(c.Key, 0), Until: c.At}, []helpline.Role{helpline.Supervisor}
	if c.Kind == AlarmNoShow {
		turn, due, err := n.due(ctx, c, now)
		if err != nil || !due {
			return err
		}
		t.Cause = alarmCause(c.Key, turn)
		roles = append(roles, helpline.Leader)
	}
	if !t.Until.After(now) { // it lacks already
		t.Until = now.Add(missedFor)
	}
	people, err := n.having(ctx, roles...)
	if err != nil {
		return err
	}
	t.People = people
	if err := n.Tell(ctx, t); err != nil || c.Kind != AlarmNoShow {
		return err
	}
	return n.Call(ctx, t.Cause, t.Until)
}

// leaders are those who lead or supervise, and work here.
func (n *Notices) leaders(ctx context.Context) ([]helpline.ID, error) {
	return n.having(ctx, helpline.Leader, helpline.Supervisor)
}

// having are those who have one of the roles, and work here.
func (n *Notices) having(ctx context.Context, roles ...helpline.Role) ([]helpline.ID, error) {
	people, err := n.set.People.People(ctx)
	if err != nil {
		return nil, err
	}
	var out []helpline.ID
	for _, p := range people {
		who := helpline.Actor{Person: p.ID, Roles: p.Roles}
		if p.State == staff.Active && who.Has(roles...) {
			out = append(out, p.ID)
		}
	}
	return out, nil
}

// now is in whole seconds: the outbox keeps no finer ones.
func (n *Notices) now() time.Time {
	if n == nil {
		return time.Time{}
	}
	return n.set.Now().UTC().Truncate(time.Second)
}

// cause hides what a notice is about.
func (n *Notices) cause(label string, words ...string) [32]byte {
	var parts [][]byte
	for _, w := range words {
		parts = append(parts, []byte(w))
	}
	return [32]byte(n.set.Seal.Proof(label, parts...))
}

// urgent says which lane a kind goes by: somebody waits for a test, and nobody
// may wait for a call.
func urgent(k NoticeKind) bool { return k == NoticeOnCall || k == noticeTest }

func (n *Notices) rouse(urgent bool) {
	lane := n.wake[0]
	if urgent {
		lane = n.wake[1]
	}
	select {
	case lane <- struct{}{}:
	default: // it is awake
	}
}
