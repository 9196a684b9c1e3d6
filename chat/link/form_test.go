package link

import (
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/chat/wire"
)

// lateReceiver counts what a link tells it.
type lateReceiver struct{ frames, gone int }

func (r *lateReceiver) Receive(*wire.Frame) bool { r.frames++; return true }
func (r *lateReceiver) Gone()                    { r.gone++ }

// TestAPageThatWasDroppedBeforeItBeganIsForgotten: the engine may end a link
// before the page has given it its receiver, because the contact is over.
func TestAPageThatWasDroppedBeforeItBeganIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		over := 0
		p := NewPlain(helpline.NewID(), time.Minute, func() { over++ })
		p.Send(wire.Pack(&wire.Frame{Kind: wire.Closed, Reason: "left", Final: true}))
		p.Drop(0)
		r := &lateReceiver{}
		p.Begin(r, false)
		time.Sleep(KeptFor + time.Minute)
		synctest.Wait()
		if r.gone != 1 || r.frames != 0 || over != 1 {
			t.Errorf("gone %d times with %d frames, over %d times; want 1, 0, 1", r.gone, r.frames, over)
		}
	})
}
