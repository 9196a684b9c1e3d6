package link_test

import (
	"testing"

	"github.com/gorilla/websocket"

	"helpline/chat/link"
)

// Pings and pongs never reach the engine, so the link itself must count them.
func TestControlFramesAreWeighedLikeAnyOther(t *testing.T) {
	for _, c := range []struct {
		name string
		kind int
	}{{"pings", websocket.PingMessage}, {"pongs", websocket.PongMessage}} {
		t.Run(c.name, func(t *testing.T) {
			conn, k := connected(t, &link.Sockets{Origins: []string{ours}, Budget: link.Budget{Burst: 10, PerSecond: 1}})
			for range 11 {
				if err := conn.WriteMessage(c.kind, nil); err != nil {
					t.Fatal(err)
				}
			}
			if f, _ := read(t, conn); f == nil || f.Code != "slow" || f.Retry < 1 {
				t.Errorf("the page was told %+v", f)
			}
			if _, code := read(t, conn); code != websocket.CloseTryAgainLater {
				t.Errorf("the link was closed with %d", code)
			}
			_ = conn.Close()
			within(t, k.gone)
		})
	}
}
