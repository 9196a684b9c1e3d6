package chattest

import (
	"slices"
	"sync"

	"helpline/chat/wire"
)

// Link is a live link without a connection: it keeps every frame it is sent.
// It is safe for concurrent use, and makes chat.Link of a test.
type Link struct {
	mu      sync.Mutex
	frames  []*wire.Frame
	read    int // by Take
	dropped bool
	again   int
	news    chan struct{} // holds one when something came since the last Take
}

// NewLink makes the link of a page with scripts.
func NewLink() *Link { return &Link{news: make(chan struct{}, 1)} }

// Send keeps the frame. What comes after Drop is lost, as on a real link.
func (l *Link) Send(p *wire.Packet) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dropped {
		return
	}
	f := *p.Frame
	l.frames = append(l.frames, &f)
	l.ring()
}

// Drop ends the link.
func (l *Link) Drop(again int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.dropped {
		l.dropped, l.again = true, again
		l.ring()
	}
}

func (l *Link) ring() {
	select {
	case l.news <- struct{}{}:
	default:
	}
}

// Scripted says that the page keeps the chain itself.
func (l *Link) Scripted() bool { return true }

// News tells that Take has something to give, or that the link was dropped.
func (l *Link) News() <-chan struct{} { return l.news }

// Take gives the frames that came since the last Take, and whether more may
// come.
func (l *Link) Take() (frames []*wire.Frame, open bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	frames, l.read = l.frames[l.read:], len(l.frames)
	return frames, !l.dropped
}

// Frames gives every frame of the kinds, or every frame, in order.
func (l *Link) Frames(kinds ...wire.Kind) []*wire.Frame {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []*wire.Frame
	for _, f := range l.frames {
		if len(kinds) == 0 || slices.Contains(kinds, f.Kind) {
			list = append(list, f)
		}
	}
	return list
}

// Last gives the newest frame of a kind, nil when there was none.
func (l *Link) Last(k wire.Kind) *wire.Frame {
	if list := l.Frames(k); len(list) > 0 {
		return list[len(list)-1]
	}
	return nil
}

// Dropped says whether the link was ended, and when the page was told to come
// back, in seconds.
func (l *Link) Dropped() (again int, dropped bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.again, l.dropped
}
