package link_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"helpline/chat/link"
	"helpline/chat/wire"
)

// A hijack is the server's end of a connection that is only memory, so that
// hours on it take no time.
type hijack struct {
	http.ResponseWriter
	conn net.Conn
}

func (h hijack) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.conn, bufio.NewReadWriter(bufio.NewReader(h.conn), bufio.NewWriter(h.conn)), nil
}

// inMemory is connected in a bubble: the page's connection and the server's end
// are memory, and no time passes between what a page sends.
func inMemory(t *testing.T, s *link.Sockets) (*websocket.Conn, *keeper) {
	t.Helper()
	page, server := net.Pipe()
	served := make(chan *keeper, 1)
	go func() {
		r, err := http.ReadRequest(bufio.NewReader(server))
		if err != nil {
			t.Error(err)
			return
		}
		socket, err := s.Upgrade(hijack{httptest.NewRecorder(), server}, r)
		if err != nil {
			t.Error(err)
			return
		}
		k := &keeper{frames: make(chan *wire.Frame, 1000), gone: make(chan struct{}), socket: socket}
		go socket.Serve(k)
		served <- k
	}()
	d := &websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) { return page, nil }}
	conn, _, err := d.DialContext(t.Context(), "ws://line.example/en/talk/link", http.Header{"Origin": {ours}})
	if err != nil {
		t.Fatal(err)
	}
	return conn, within(t, served)
}

// upgraded gives a served socket and the page's end of its connection.
func upgraded(t *testing.T) (*keeper, net.Conn) {
	t.Helper()
	page, server := net.Pipe()
	r := httptest.NewRequest(http.MethodGet, "http://line.example/en/talk/link", nil)
	for k, v := range map[string]string{
		"Origin": ours, "Connection": "Upgrade", "Upgrade": "websocket",
		"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
	} {
		r.Header.Set(k, v)
	}
	answered := make(chan error, 1)
	in := bufio.NewReader(page)
	go func() {
		resp, err := http.ReadResponse(in, r)
		if err == nil && resp.StatusCode != http.StatusSwitchingProtocols {
			err = io.ErrUnexpectedEOF
		}
		answered <- err
	}()
	socket, err := (&link.Sockets{Origins: []string{ours}}).Upgrade(hijack{httptest.NewRecorder(), server}, r)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-answered; err != nil {
		t.Fatal(err)
	}
	k := &keeper{frames: make(chan *wire.Frame, 100), gone: make(chan struct{}), socket: socket}
	go socket.Serve(k)
	return k, page
}

func (k *keeper) isGone() bool {
	select {
	case <-k.gone:
		return true
	default:
		return false
	}
}

func TestADeadPageIsNoticedWithin35Seconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, page := upgraded(t)
		go func() { _, _ = io.Copy(io.Discard, page) }() // the network takes our bytes, and nobody answers
		time.Sleep(34 * time.Second)
		synctest.Wait()
		if k.isGone() {
			t.Error("given up too early")
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if !k.isGone() {
			t.Error("still thought alive")
		}
		_ = page.Close()
	})
}

func TestADeadNetworkIsNoticedWithin35Seconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, page := upgraded(t) // not even our bytes are taken
		time.Sleep(35 * time.Second)
		synctest.Wait()
		if !k.isGone() {
			t.Error("still thought alive")
		}
		_ = page.Close()
	})
}

func TestAPageThatAnswersPingsLivesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, page := upgraded(t)
		pings := make(chan int, 1)
		go func() {
			// Server frames are not masked: a ping without words is two bytes.
			n, two := 0, make([]byte, 2)
			for {
				if _, err := io.ReadFull(page, two); err != nil {
					pings <- n
					return
				}
				if two[0] == 0x80|websocket.PingMessage && two[1] == 0 {
					n++
					_, _ = page.Write([]byte{0x80 | websocket.PongMessage, 0x80, 0, 0, 0, 0})
				}
			}
		}()
		time.Sleep(time.Hour + time.Second)
		synctest.Wait()
		if k.isGone() {
			t.Error("a page that answers is given up")
		}
		_ = page.Close()
		synctest.Wait()
		if n := <-pings; n != 240 {
			t.Errorf("%d pings in an hour", n)
		}
		if !k.isGone() {
			t.Error("a page that has closed is thought alive")
		}
	})
}

// TestWhatIsQueuedForAPageIsBounded: with a page that takes nothing at all the
// bound is exact, and no time passes while we find out.
func TestWhatIsQueuedForAPageIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, page := upgraded(t)
		start := time.Now()
		p := wire.Pack(&wire.Frame{Kind: wire.Said, Entry: wire.Entry{At: 2, Side: wire.Counsellor, Body: strings.Repeat("a", 16_000)}})
		bytes := 0
		for !k.isGone() {
			k.socket.Send(p)
			bytes += len(p.Bytes())
			synctest.Wait()
			if bytes > 4<<20 {
				t.Fatal("four megabytes are queued for one page")
			}
		}
		if bytes < 1<<20 {
			t.Errorf("dropped at %d bytes: a whole ring would not fit", bytes)
		}
		if took := time.Since(start); took > 0 {
			t.Errorf("sending waited %s", took)
		}
		_ = page.Close()
	})
}
