package console

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"helpline"
	"helpline/chat/link"
	"helpline/counsel/staff"
)

const lookEvery = 3 * time.Second

type loginKey struct{}

// withLogin carries the name of the login that opens a socket.
func withLogin(ctx context.Context, id [32]byte) context.Context {
	return context.WithValue(ctx, loginKey{}, id)
}

func loginOf(ctx context.Context) [32]byte {
	id, _ := ctx.Value(loginKey{}).([32]byte)
	return id
}

// opener is by which login, and as whom, a socket was opened.
type opener struct {
	login  [32]byte
	person helpline.ID
	roles  string // as they were then
}

// sockets counts the open sockets of each opener.
type sockets struct {
	mu   sync.Mutex
	open map[opener]int
}

func newSockets() *sockets { return &sockets{open: map[opener]int{}} }

// opened says who opens the socket of this request.
func opened(r *http.Request, p staff.Person) opener {
	return opener{login: loginOf(r.Context()), person: p.ID, roles: rolesOf(p)}
}

// add counts a socket until it ends.
func (s *sockets) add(o opener, to link.Receiver) link.Receiver {
	s.mu.Lock()
	s.open[o]++
	s.mu.Unlock()
	return counted{to, sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.open[o]--; s.open[o] <= 0 {
			delete(s.open, o)
		}
	})}
}

func (s *sockets) list() []opener {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []opener
	for o := range s.open {
		out = append(out, o)
	}
	return out
}

type counted struct {
	link.Receiver
	done func()
}

// Gone ends the counting.
func (c counted) Gone() {
	c.done()
	c.Receiver.Gone()
}

func rolesOf(p staff.Person) string {
	var names []string
	for _, r := range p.Roles {
		names = append(names, string(r))
	}
	slices.Sort(names)
	out := ""
	for _, n := range names {
		out += n + " "
	}
	return out
}

// Run looks after open sockets until ctx is done: those whose login has ended,
// and those of people who were removed or have other roles now, are dropped.
// Logging out does not wait for this; it is the net under it.
func (c *Console) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			c.look(ctx)
		}
	}
}

func (c *Console) look(ctx context.Context) {
	for _, login := range c.touched.over() {
		c.Keys.LockLogin(login)
		c.rest(login, false)
		if !c.touched.toKeep(login) {
			continue
		}
		if err := c.Logins.Idle(ctx, login); err != nil {
			c.touched.unkept(login)
			c.Log.Error("keep that a login is locked", "kind", string(helpline.KindOf(err)))
		}
	}
	for _, o := range c.open.list() {
		good, err := c.stillGood(ctx, o)
		if err != nil {
			c.Log.Error("look after sockets", "kind", string(helpline.KindOf(err)))
			continue // a store that does not answer is no reason to cut conversations
		}
		if !good {
			// The person's other windows come back by themselves if they may.
			c.Engine.Dismiss(o.person)
		}
	}
}

func (c *Console) stillGood(ctx context.Context, o opener) (bool, error) {
	stands, err := c.Logins.Stands(ctx, o.login)
	if err != nil || !stands {
		return false, err
	}
	p, err := c.Office.Active(ctx, o.person)
	if helpline.KindOf(err) == helpline.NotFound {
		return false, nil
	}
	if err == nil {
		p, err = c.Groups.Believed(ctx, p)
	}
	return err == nil && rolesOf(p) == o.roles, err
}
