package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/gorilla/websocket"
)

// The bare relays. They know nothing: no place, no seal, no limit, no second
// try. What stands at one end of a room goes to the other.
const (
	relayPlain   = "plain"   // one frame in, one frame out, small buffers: R
	relayEqual   = "equal"   // as many frames as ours, of the same sizes: R-eq
	relayDefault = "default" // as plain with the library's default buffers: L
)

// relayMain serves one of them until the process is ended.
func relayMain(kind string) error {
	up := &websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	if kind != relayDefault {
		up.ReadBufferSize, up.WriteBufferSize, up.WriteBufferPool = 512, 1024, new(sync.Pool)
	}
	r := &relay{kind: kind, up: up, rooms: map[int]*[2]relayEnd{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /room/{room}/{seat}", r.room)
	mux.HandleFunc("GET /wait", r.wait)
	mux.HandleFunc("POST /start", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "__Host-place="+strings.Repeat("x", 160))
		w.Header().Set("Location", "/page")
		w.WriteHeader(http.StatusSeeOther)
	})
	mux.HandleFunc("GET /page/{size}", func(w http.ResponseWriter, q *http.Request) {
		n, _ := strconv.Atoi(q.PathValue("size"))
		_, _ = w.Write(bytes.Repeat([]byte{'.'}, min(n, 1<<20)))
	})
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, "listen %s\n", on.Addr())
	return http.Serve(on, mux)
}

type relay struct {
	kind  string
	up    *websocket.Upgrader
	mu    sync.Mutex
	rooms map[int]*[2]relayEnd
}

// relayEnd is one connection of a room; its lock keeps writers apart.
type relayEnd struct {
	mu   sync.Mutex
	conn *websocket.Conn
}

func (e *relayEnd) write(b []byte) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.conn == nil {
		return nil
	}
	return e.conn.WriteMessage(websocket.TextMessage, b)
}

// room joins an end to its room and relays from there.
func (r *relay) room(w http.ResponseWriter, q *http.Request) {
	room, err1 := strconv.Atoi(q.PathValue("room"))
	seat, err2 := strconv.Atoi(q.PathValue("seat"))
	conn, err := r.up.Upgrade(w, q, nil)
	if err != nil || err1 != nil || err2 != nil {
		return
	}
	r.mu.Lock()
	ends := r.rooms[room]
	if ends == nil {
		ends = new([2]relayEnd)
		r.rooms[room] = ends
	}
	r.mu.Unlock()
	own, other := &ends[seat&1], &ends[1-seat&1]
	own.mu.Lock()
	own.conn = conn
	own.mu.Unlock()
	go r.carry(conn, own, other)
}

// heldSize stands for the answer a writer gets of ours.
var heldSize = append([]byte(`{"k":"held"}`), bytes.Repeat([]byte{' '}, 256-12)...)

func (r *relay) carry(conn *websocket.Conn, own, other *relayEnd) {
	for {
		_, b, err := conn.ReadMessage()
		if err != nil {
			return
		}
		if r.kind == relayEqual && own.write(heldSize) != nil {
			return
		}
		if other.write(b) != nil {
			return
		}
	}
}

// wait answers the first frame and then only keeps the connection.
func (r *relay) wait(w http.ResponseWriter, q *http.Request) {
	conn, err := r.up.Upgrade(w, q, nil)
	if err != nil {
		return
	}
	go func() {
		e := relayEnd{conn: conn}
		for {
			if _, _, err := conn.ReadMessage(); err != nil || e.write(heldSize) != nil {
				return
			}
		}
	}()
}
