package visitor_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"helpline/chat"
	"helpline/chat/chattest"
	"helpline/chat/link"
	"helpline/chat/wire"
)

// desk is one counsellor's desk page: it takes who is ready, and opens the
// conversations that the board says are held.
type desk struct {
	town   *town
	member chat.Member
	name   string
	rand   *rand.Rand
	board  *wire.Frame
}

func newDesk(tw *town, n int) *desk {
	return &desk{town: tw, member: tw.members[n], name: fmt.Sprintf("desk %d", n), rand: rand.New(rand.NewPCG(tw.seed, 1<<32+uint64(n)))}
}

func (d *desk) work(stop <-chan struct{}) {
	for {
		conn, line, err := d.town.dial(d.name, "/desk/lane", http.Header{"Person": {d.member.Person.String()}})
		if err == nil {
			d.stay(stop, conn, line)
		}
		select {
		case <-stop:
			return
		case <-time.After(time.Second + time.Duration(d.rand.Int64N(int64(2*time.Second)))):
		}
	}
}

func (d *desk) stay(stop <-chan struct{}, conn *link.Page, line *chattest.Line) {
	defer conn.Close()
	frames := make(chan *wire.Frame)
	done := make(chan struct{})
	defer close(done)
	go func() {
		defer close(frames)
		for {
			f, err := conn.Receive()
			if err != nil {
				return
			}
			select {
			case frames <- f:
			case <-done:
				return
			}
		}
	}()
	_ = conn.Send(&wire.Frame{Kind: wire.Duty, On: true})
	look := time.NewTicker(time.Second)
	defer look.Stop()
	heard, asked := time.Now(), time.Time{}
	broken := time.Now().Add(time.Minute + time.Duration(d.rand.Int64N(int64(4*time.Minute))))
	for {
		select {
		case <-stop:
			return
		case now := <-look.C:
			_, _, calm := d.town.now()
			switch b := d.board; {
			case !asked.IsZero() && now.Sub(asked) > 8*time.Second:
				return
			case asked.IsZero() && now.Sub(heard) > 20*time.Second:
				asked = now
				_ = conn.Send(&wire.Frame{Kind: wire.Have})
			case now.After(broken) && !calm:
				broken = now.Add(time.Hour)
				line.Cut()
			case calm && b != nil && b.Asking:
				_ = conn.Send(&wire.Frame{Kind: wire.Next})
			case !calm && b != nil && !b.Asking && len(b.Yours) < chats:
				_ = conn.Send(&wire.Frame{Kind: wire.Next, On: true})
			}
		case f, open := <-frames:
			if !open {
				return
			}
			heard, asked = time.Now(), time.Time{}
			if f.Kind == wire.Board {
				d.show(conn, f)
			}
		}
	}
}

func (d *desk) show(conn *link.Page, f *wire.Frame) {
	d.board = f
	if _, _, calm := d.town.now(); !calm && len(f.Ready) > 0 {
		_ = conn.Send(&wire.Frame{Kind: wire.Accept, Contact: f.Ready[d.rand.IntN(len(f.Ready))].Contact})
	}
	for _, w := range f.Yours {
		d.town.mu.Lock()
		s := d.town.of[w.Contact]
		d.town.mu.Unlock()
		if s != nil {
			s.attend(d.member)
		}
	}
}
