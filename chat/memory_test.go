package chat_test

import (
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat/sim"
	"helpline/chat/wire"
)

// TestTheRingNeverExceedsItsBounds: one side writes the longest messages there
// are while the other's page takes nothing.
func TestTheRingNeverExceedsItsBounds(t *testing.T) {
	for _, c := range []struct {
		name  string
		bytes int // of one message
		deaf  bool
	}{
		{"the longest messages, and a page that takes nothing", 12_000, true},
		{"short messages, and a page that takes nothing", 10, true},
		{"the longest messages, and a page that takes all", 12_000, false},
		{"short messages, and a page that takes all", 10, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			inAnEvening(t, func(t *testing.T, ev *evening) {
				v, cp, _ := ev.talk()
				room, _ := ev.e.Look(v.who)
				cp.mu.Lock()
				cp.deaf = c.deaf
				cp.mu.Unlock()
				text := strings.Repeat("word ", c.bytes/5)
				var ids []helpline.ID
				for range ev.set.RingEntries + 60 {
					ids = append(ids, v.say(text))
					entries, bytes := room.Size()
					if entries > ev.set.RingEntries || bytes > ev.set.RingBytes+wire.MaxBody {
						t.Fatalf("after %d messages the ring holds %d entries and %d bytes", len(ids), entries, bytes)
					}
				}
				busy := len(v.link.Frames(wire.Problem)) > 0
				if busy != c.deaf {
					t.Fatalf("told busy: %v", busy)
				}
				cp.reload() // it takes all there is, and then there is room
				pass(time.Second)
				for n, id := range ids {
					if v.fate(id) != sim.Delivered {
						t.Fatalf("message %d is %q after the other page came back", n, v.fate(id))
					}
				}
				if entries, bytes := room.Size(); entries > ev.set.RingEntries || bytes > ev.set.RingBytes {
					t.Errorf("with everything delivered the ring holds %d entries and %d bytes", entries, bytes)
				}
			})
		})
	}
}

// TestNewWindowsDoNotFillTheMemory: each is announced by an entry, and the
// counsellor's page takes none of them.
func TestNewWindowsDoNotFillTheMemory(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		v, c, _ := ev.talk()
		room, _ := ev.e.Look(v.who)
		c.mu.Lock()
		c.deaf = true
		c.mu.Unlock()
		var last *person
		for range 3 * ev.set.RingEntries {
			last = &person{ev: ev, card: v.card, who: v.who, secret: helpline.NewID()}
			last.open()
			last.mu.Lock()
			hello := last.page.ContinueHere()
			last.mu.Unlock()
			last.tell(hello...)
		}
		if entries, _ := room.Size(); entries > 2*ev.set.RingEntries {
			t.Errorf("the ring holds %d entries", entries)
		}
		c.reload()
		pass(time.Second)
		fresh := &person{ev: ev, card: v.card, who: v.who, secret: helpline.NewID()}
		fresh.open()
		fresh.mu.Lock()
		hello := fresh.page.ContinueHere()
		fresh.mu.Unlock()
		fresh.tell(hello...)
		if fresh.stage() != "talking" {
			t.Errorf("once there is room a new window is %q", fresh.stage())
		}
	})
}
