package chat

import (
	"sync"

	"helpline/chat/wire"
)

// Covered is a desk's lane whose page can be covered by a lock. While it is,
// nothing new begins on it: nobody goes on duty, asks for a visitor or takes one.
// Safe for concurrent use.
type Covered struct {
	to interface {
		Receive(f *wire.Frame) (free bool)
		Gone()
	}
	locked func() bool
	one    sync.Mutex // what came before the lock is handed on before Rest
}

// Cover puts a lock, which locked asks for, before the lane of a Seat.
func Cover(s interface {
	Receive(f *wire.Frame) (free bool)
	Gone()
}, locked func() bool,
) *Covered {
	return &Covered{to: s, locked: locked}
}

// Receive hands a frame on, unless it would begin something while it is locked.
func (c *Covered) Receive(f *wire.Frame) (free bool) {
	c.one.Lock()
	defer c.one.Unlock()
	begins := f.Kind == wire.Accept || (f.Kind == wire.Next || f.Kind == wire.Duty) && f.On
	if begins && c.locked() {
		return true
	}
	return c.to.Receive(f)
}

// Rest takes back that the desk asks for a visitor: the lock has fallen.
func (c *Covered) Rest() {
	c.one.Lock()
	defer c.one.Unlock()
	c.to.Receive(&wire.Frame{Kind: wire.Next})
}

// Gone says that the link has ended.
func (c *Covered) Gone() { c.to.Gone() }
