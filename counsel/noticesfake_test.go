package counsel

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// pigeonholes keep notices in memory, the way store keeps them in SQLite.
type pigeonholes struct {
	mu      sync.Mutex
	reaches map[helpline.ID]ReachRow
	notices map[helpline.ID]NoticeRow
	calls   map[helpline.ID]CallRow
	full    error  // of MarkNotice
	busy    error  // of WipeReaches
	blind   error  // of NoticesMade
	looked  func() // after a look at the calls, before it is known what was seen
}

func newPigeonholes() *pigeonholes {
	return &pigeonholes{reaches: map[helpline.ID]ReachRow{}, notices: map[helpline.ID]NoticeRow{}, calls: map[helpline.ID]CallRow{}}
}

func (p *pigeonholes) Reaches(context.Context) ([]ReachRow, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Collect(maps.Values(p.reaches)), nil
}

func (p *pigeonholes) PutReach(_ context.Context, r ReachRow) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reaches[r.Person].Revision+1 != r.Revision {
		return helpline.Errorf(helpline.Conflict, "another revision stands")
	}
	p.reaches[r.Person] = r
	return nil
}

func (p *pigeonholes) DropReach(_ context.Context, person helpline.ID) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.reaches, person)
	maps.DeleteFunc(p.notices, func(_ helpline.ID, n NoticeRow) bool { return n.Person == person })
	return nil
}

func (p *pigeonholes) WipeReaches(context.Context) error { return p.busy }

func (p *pigeonholes) QueueNotices(_ context.Context, rows []NoticeRow) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range rows {
		known := false
		for _, o := range p.notices {
			same := o.Person == r.Person && o.Kind == r.Kind
			if same && r.Kind == NoticeChanges && o.State == NoticeWaits {
				if o.Until.Before(r.Until) {
					o.Until = r.Until
					p.notices[o.ID] = o
				}
				known = true
			}
			known = known || same && o.Cause == r.Cause
		}
		if !known {
			p.notices[r.ID] = r
		}
	}
	return nil
}

func (p *pigeonholes) DueNotices(_ context.Context, now time.Time, hurry bool, most int) (due []NoticeRow, next time.Time, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range p.notices {
		if n.State != NoticeWaits || urgent(n.Kind) != hurry {
			continue
		}
		if next.IsZero() || n.Due.Before(next) {
			next = n.Due
		}
		if !n.Due.After(now) {
			due = append(due, n)
		}
	}
	slices.SortFunc(due, func(a, b NoticeRow) int { return cmp.Or(a.Due.Compare(b.Due), bytes.Compare(a.ID[:], b.ID[:])) })
	return due[:min(most, len(due))], next, nil
}

func (p *pigeonholes) MarkNotice(_ context.Context, n NoticeRow) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.full != nil {
		return p.full
	}
	if p.notices[n.ID].State == NoticeWaits {
		p.notices[n.ID] = n
	}
	return nil
}

func (p *pigeonholes) Notice(_ context.Context, id helpline.ID) (NoticeRow, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n, ok := p.notices[id]; ok {
		return n, nil
	}
	return NoticeRow{}, helpline.Errorf(helpline.NotFound, "no such notice")
}

func (p *pigeonholes) NoticesMade(_ context.Context, since time.Time) (out []NoticeRow, _ error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.blind != nil {
		return nil, p.blind
	}
	for _, n := range p.notices {
		if !n.Made.Before(since) {
			out = append(out, n)
		}
	}
	return out, nil
}

func (p *pigeonholes) Calls(_ context.Context, since time.Time) (out []CallRow, _ error) {
	p.mu.Lock()
	for _, c := range p.calls {
		if c.State == CallOpen || !c.Ended.Before(since) {
			out = append(out, c)
		}
	}
	looked := p.looked
	p.looked = nil
	p.mu.Unlock()
	if looked != nil {
		looked()
	}
	return out, nil
}

func (p *pigeonholes) AddCall(_ context.Context, c CallRow) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range p.calls {
		if o.Cause == c.Cause {
			return helpline.Errorf(helpline.Conflict, "called")
		}
	}
	p.calls[c.ID] = c
	return nil
}

func (p *pigeonholes) MoveCall(_ context.Context, c CallRow) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	was := p.calls[c.ID]
	if was.State != CallOpen {
		return helpline.Errorf(helpline.Conflict, "ended")
	}
	was.Step, was.Round, was.Next = c.Step, c.Round, c.Next
	p.calls[c.ID] = was
	return nil
}

func (p *pigeonholes) EndCall(_ context.Context, c CallRow) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	was := p.calls[c.ID]
	if was.State != CallOpen {
		return helpline.Errorf(helpline.Conflict, "ended")
	}
	was.State, was.Person, was.Ended = c.State, c.Person, c.Ended
	p.calls[c.ID] = was
	for id, n := range p.notices {
		if n.Call == c.ID && n.State == NoticeWaits {
			n.State, n.Ended = NoticePast, c.Ended
			p.notices[id] = n
		}
	}
	return nil
}

// states counts the notices by state.
func (p *pigeonholes) states() map[NoticeState]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := map[NoticeState]int{}
	for _, n := range p.notices {
		out[n.State]++
	}
	return out
}

// courier remembers what it took, and refuses while it is told to.
type courier struct {
	mu     sync.Mutex
	took   []Outgoing
	tried  int
	refuse error
	hang   bool // until the patience of the outbox ends
}

func (c *courier) Send(ctx context.Context, n Outgoing) error {
	c.mu.Lock()
	c.tried++
	hang, refuse := c.hang, c.refuse
	c.mu.Unlock()
	if hang {
		<-ctx.Done()
		return helpline.Errorf(helpline.Unavailable, "no answer")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if refuse == nil {
		c.took = append(c.took, n)
	}
	return refuse
}

func (c *courier) set(refuse error, hang bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refuse, c.hang = refuse, hang
}

// taken gives what was taken since the last time.
func (c *courier) taken() []Outgoing {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := c.took
	c.took = nil
	return out
}

func (c *courier) tries() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tried
}

// post is a line with notices: who works there, and what carries.
type post struct {
	*Notices
	rows   *pigeonholes
	mail   *courier
	moving sync.Mutex // of what changes while notices are sent: people, oncall, buddy, off
	people []staff.Person
	oncall []helpline.ID
	buddy  []helpline.ID
	off    []helpline.ID // who does not work here at the moment
	key    vault.Key
	id     helpline.ID
}

func (p *post) People(context.Context) ([]staff.Person, error) {
	p.moving.Lock()
	defer p.moving.Unlock()
	return slices.Clone(p.people), nil
}

// change changes who works there, or who is called.
func (p *post) change(do func()) {
	p.moving.Lock()
	defer p.moving.Unlock()
	do()
}

// on gives who is called just now.
func (p *post) on(list *[]helpline.ID) func(time.Time) []helpline.ID {
	return func(time.Time) []helpline.ID {
		p.moving.Lock()
		defer p.moving.Unlock()
		return slices.Clone(*list)
	}
}

func (p *post) paused(one helpline.ID) bool {
	p.moving.Lock()
	defer p.moving.Unlock()
	return slices.Contains(p.off, one)
}

// newPost makes one with some people: Robin counsels, Kim leads, Sam and Lou
// supervise.
func newPost(t *testing.T) *post {
	t.Helper()
	p := &post{rows: newPigeonholes(), mail: &courier{}, key: vault.Key{7}, id: helpline.NewID()}
	for _, one := range []struct {
		name  string
		roles []helpline.Role
	}{
		{"Robin", []helpline.Role{helpline.Counsellor}},
		{"Kim", []helpline.Role{helpline.Counsellor, helpline.Leader}},
		{"Sam", []helpline.Role{helpline.Leader, helpline.Supervisor}},
		{"Lou", []helpline.Role{helpline.Supervisor}},
	} {
		p.people = append(p.people, staff.Person{ID: helpline.NewID(), Name: one.name, Roles: one.roles, State: staff.Active, Language: "en"})
	}
	p.start(t)
	return p
}

// start reads everything again, as after a crash.
func (p *post) start(t *testing.T) {
	t.Helper()
	seal, err := vault.NewReaches(p.key, p.id)
	if err != nil {
		t.Fatal(err)
	}
	p.Notices, err = NewNotices(t.Context(), NoticeSetup{
		Reaches: p.rows, Outbox: p.rows, Calls: p.rows, Seal: seal, Senders: map[NoticeWay]Sender{ByMail: p.mail},
		People: p, OnCall: p.on(&p.oncall), Buddies: p.on(&p.buddy), Paused: p.paused, Origin: "https://desk.example.org", Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// run sends beside the test until it ends.
func (p *post) run(t *testing.T) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = p.Notices.Run(ctx)
	}()
	return func() { cancel(); <-ended }
}

func (p *post) who(name string) helpline.Actor {
	i := slices.IndexFunc(p.people, func(one staff.Person) bool { return one.Name == name })
	return helpline.Actor{Person: p.people[i].ID, Roles: p.people[i].Roles}
}

func (p *post) ids(names ...string) (out []helpline.ID) {
	for _, n := range names {
		out = append(out, p.who(n).Person)
	}
	return out
}

// tested gives people a tested address; the outbox must run.
func (p *post) tested(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		who := p.who(name)
		if err := p.Choose(t.Context(), who, ByMail, NewAddress(strings.ToLower(name)+"@example.org"), NoticeKinds()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second) // in fake time
		took := p.mail.taken()
		if len(took) != 1 || took[0].Code == "" {
			t.Fatalf("the test of %s: %d notices", name, len(took))
		}
		if err := p.Typed(t.Context(), who.Person, took[0].Code); err != nil {
			t.Fatal(err)
		}
	}
}

// to are the names behind the addresses of notices, sorted.
func to(all []Outgoing) (out []string) {
	for _, n := range all {
		name, _, _ := strings.Cut(n.To.Reveal(), "@")
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
