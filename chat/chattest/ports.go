package chattest

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"helpline"
	"helpline/chat"
)

// Journal is a disk in memory. It outlives the engines that write to it.
type Journal struct {
	mu    sync.Mutex
	boot  int64
	rows  map[helpline.ID]chat.Standing
	fault error
	lie   error
	delay time.Duration
	kept  []int
}

// NewJournal makes an empty journal.
func NewJournal() *Journal { return &Journal{rows: map[helpline.ID]chat.Standing{}} }

// Fail makes every write an error until it is called with nil.
func (j *Journal) Fail(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.fault = err
}

// Mislead does every write of a contact and reports it as this error, until it is
// called with nil.
func (j *Journal) Mislead(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lie = err
}

// Slow makes every write take a while.
func (j *Journal) Slow(d time.Duration) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.delay = d
}

// Row gives the row of a contact.
func (j *Journal) Row(contact helpline.ID) (chat.Standing, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	st, ok := j.rows[contact]
	return st, ok
}

// Kept lists the epochs that Keep was called with.
func (j *Journal) Kept() []int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.kept)
}

// write is the disk: slow, or full, or fine.
func (j *Journal) write(ctx context.Context) error {
	j.mu.Lock()
	delay := j.delay
	j.mu.Unlock()
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.fault
}

// Boot raises and returns the number of this start.
func (j *Journal) Boot(context.Context) (int64, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.boot++
	return j.boot, j.fault
}

// Standings returns every row.
func (j *Journal) Standings(context.Context) ([]chat.Standing, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Collect(maps.Values(j.rows)), j.fault
}

// Accept inserts the row if the contact has none.
func (j *Journal) Accept(ctx context.Context, st chat.Standing) (chat.Standing, error) {
	if err := j.write(ctx); err != nil {
		return chat.Standing{}, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if was, ok := j.rows[st.Contact]; ok {
		return was, nil
	}
	j.rows[st.Contact] = st
	return st, j.lie
}

// Change replaces the row if it is open and of the term it is changed from.
func (j *Journal) Change(ctx context.Context, from int, to chat.Standing) error {
	if err := j.write(ctx); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if was, ok := j.rows[to.Contact]; !ok || was.Closed || was.Term != from {
		return helpline.Errorf(helpline.Conflict, "journal: the row has changed")
	}
	j.rows[to.Contact] = to
	return j.lie
}

// Keep moves contacts to an epoch.
func (j *Journal) Keep(ctx context.Context, epoch int, contacts []helpline.ID) error {
	if err := j.write(ctx); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.kept = append(j.kept, epoch)
	for _, id := range contacts {
		if st, ok := j.rows[id]; ok {
			st.Epoch = epoch
			j.rows[id] = st
		}
	}
	return nil
}

// Counters remembers every raise.
type Counters struct {
	mu     sync.Mutex
	raised []chat.Count
}

// Count remembers a raise.
func (c *Counters) Count(n chat.Count) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raised = append(c.raised, n)
}

// Raised gives the events of all raises, in order.
func (c *Counters) Raised() []chat.Event {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []chat.Event
	for _, n := range c.raised {
		list = append(list, n.Event)
	}
	return list
}

// Counts gives all raises, in order.
func (c *Counters) Counts() []chat.Count {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.raised)
}

// Hours are open or shut as a test says. The zero value is shut.
type Hours struct {
	mu  sync.Mutex
	now helpline.Hours
}

// Set says what Now answers.
func (h *Hours) Set(now helpline.Hours) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = now
}

// Now answers what Set said.
func (h *Hours) Now() helpline.Hours {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

// Next answers the next opening of what Set said.
func (h *Hours) Next() time.Time { return h.Now().Next }

var (
	_ chat.Link     = (*Link)(nil)
	_ chat.Journal  = (*Journal)(nil)
	_ chat.Counters = (*Counters)(nil)
	_ chat.Hours    = (*Hours)(nil)
)
