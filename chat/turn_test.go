package chat

import (
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"helpline/chat/ticket"
	"helpline/chat/wire"
)

// lonely is a page that notices when two send to it at the same time.
type lonely struct {
	inside atomic.Bool
	clash  atomic.Bool
	names  []string // the room's own
	gate   chan struct{}
}

func (l *lonely) Send(p *wire.Packet) {
	if !l.inside.CompareAndSwap(false, true) {
		l.clash.Store(true)
	}
	if l.gate != nil {
		<-l.gate
	}
	for range 5 { // somebody else has a chance to come in
		runtime.Gosched()
	}
	l.names = append(l.names, p.Frame.Alias)
	l.inside.Store(false)
}
func (l *lonely) Drop(int)       {}
func (l *lonely) Scripted() bool { return true }

func turning(t *testing.T, page Link) *roomLoop {
	t.Helper()
	e := New(Defaults(), nil, &journal{}, silent{}, ticket.NewKeys(ticket.Day{Epoch: 9, Live: ticket.Key{1}}, ticket.Day{}), slog.New(slog.DiscardHandler))
	r := alone(1)
	r.seats[visitorSeat].link = page
	return newRoomLoop(t.Context(), e, r)
}

// TestARoomBelongsToOneAtATime lets many bring events in the same moments: one
// runs the room at any time, everything is handled, and what one of them brings
// stays in order.
func TestARoomBelongsToOneAtATime(t *testing.T) {
	const many, each = 16, 200
	page := &lonely{}
	l := turning(t, page)
	var all sync.WaitGroup
	for no := range many {
		all.Go(func() {
			for i := range each {
				ev := named{fmt.Sprintf("%d %d", no, i)}
				if i%50 == 49 && !l.give(ev) || i%50 != 49 && !l.take(ev) {
					t.Error("an event was not taken")
				}
			}
		})
	}
	all.Wait()
	for { // whoever was started by give may still be at it
		l.mu.Lock()
		busy := l.busy
		l.mu.Unlock()
		if !busy {
			break
		}
		runtime.Gosched()
	}
	if page.clash.Load() {
		t.Error("two ran the room at the same time")
	}
	if len(page.names) != many*each {
		t.Errorf("%d events were handled, want %d", len(page.names), many*each)
	}
	next := map[string]int{}
	for _, name := range page.names {
		no, i, _ := strings.Cut(name, " ")
		if i != fmt.Sprint(next[no]) {
			t.Fatalf("of %s came %s, want %d", no, i, next[no])
		}
		next[no]++
	}
}

// TestWhoBringsTooMuchWaits: a room that is slow holds back the pages that go
// on talking to it, and the queue's loop never.
func TestWhoBringsTooMuchWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		page := &lonely{gate: make(chan struct{})}
		l := turning(t, page)
		go l.take(named{"first"}) // stays in the room
		synctest.Wait()
		var back atomic.Int32
		const more = 10
		for i := range mostBehind + more {
			go func() {
				l.take(named{fmt.Sprint(i)})
				back.Add(1)
			}()
		}
		synctest.Wait()
		if n := back.Load(); n != mostBehind {
			t.Errorf("%d could go on, want %d", n, mostBehind)
		}
		l.give(named{"queue"}) // would wait for ever, and the bubble would say so
		for range 1 + mostBehind + more + 1 {
			page.gate <- struct{}{}
		}
		synctest.Wait()
		if n := back.Load(); n != mostBehind+more || len(page.names) != 2+mostBehind+more {
			t.Errorf("%d went on and %d were handled in the end", n, len(page.names))
		}
	})
}
