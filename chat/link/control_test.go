package link_test

import (
	"bytes"
	"testing"
	"testing/synctest"

	"github.com/gorilla/websocket"

	"helpline/chat/link"
	"helpline/chat/wire"
)

// Pings and pongs never reach the engine, so the link itself must count them.
func TestControlFramesAreWeighedLikeAnyOther(t *testing.T) {
	for _, c := range []struct {
		name string
		kind int
	}{{"pings", websocket.PingMessage}, {"pongs", websocket.PongMessage}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				conn, k := inMemory(t, &link.Sockets{Origins: []string{ours}, Budget: link.Budget{Burst: 10, PerSecond: 1}})
				go func() {
					for range 11 {
						if err := conn.WriteMessage(c.kind, nil); err != nil {
							t.Error(err)
						}
					}
				}()
				if f, _ := read(t, conn); f == nil || f.Code != "slow" || f.Retry < 1 {
					t.Errorf("the page was told %+v", f)
				}
				if _, code := read(t, conn); code != websocket.CloseTryAgainLater {
					t.Errorf("the link was closed with %d", code)
				}
				_ = conn.Close()
				within(t, k.gone)
			})
		})
	}
}

// TestAMessageInPiecesWithoutWordsEnds: what never becomes a frame is weighed
// by its bytes, and a message in honest pieces is read.
func TestAMessageInPiecesWithoutWordsEnds(t *testing.T) {
	conn, k := connected(t, &link.Sockets{Origins: []string{ours}})
	raw := conn.NetConn()
	say := `{"k":"typing","on":true}`
	piece := func(first byte, words string) []byte {
		return append([]byte{first, 0x80 | byte(len(words)), 0, 0, 0, 0}, words...) // a mask of zeros
	}
	for i := range len(say) { // each letter by itself
		first := byte(0)
		if i == 0 {
			first = websocket.TextMessage
		}
		if i == len(say)-1 {
			first |= 0x80
		}
		if _, err := raw.Write(piece(first, say[i:i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if f := within(t, k.frames); f.Kind != wire.Typing {
		t.Errorf("a message in pieces was read as %s", f.Kind)
	}
	if _, err := raw.Write(append(piece(websocket.TextMessage, ""), bytes.Repeat(piece(0, ""), 5000)...)); err != nil {
		t.Fatal(err)
	}
	if f, _ := read(t, conn); f == nil || f.Code != "slow" {
		t.Errorf("after 5,000 pieces without words the page was told %+v", f)
	}
	_ = conn.Close()
	within(t, k.gone)
}
