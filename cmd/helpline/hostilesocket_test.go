package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"helpline/chat/wire"
)

// upgrade is a good request for a live link, header by header.
func upgrade(ticket string) map[string]string {
	return map[string]string{
		"Host": "talk.example", "Origin": "https://talk.example", "Cookie": "__Host-place=" + ticket, "Connection": "Upgrade",
		"Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg==",
	}
}

// upgrading writes a request; a header stands there once for each line of its
// value.
func upgrading(line string, headers map[string]string) string {
	var b strings.Builder
	b.WriteString(line + "\r\n")
	for name, value := range headers {
		for one := range strings.SplitSeq(value, "\n") {
			b.WriteString(name + ": " + one + "\r\n")
		}
	}
	return b.String() + "\r\n"
}

// ticket is that of a visitor who has just come.
func (a *attacked) ticket(t *testing.T) string {
	t.Helper()
	counsellor := a.browser("desk.example", "https://desk.example")
	counsellor.cookies = a.staff.cookies
	lane := counsellor.dial("/desk/lane", nil)
	lane.send(&wire.Frame{Kind: wire.Duty, On: true})
	lane.until("duty", func() bool { return lane.board.On })
	visitor := a.browser("talk.example", "https://talk.example")
	visitor.start("self")
	return visitor.cookies["__Host-place"]
}

func TestALinkIsOpenedByAGoodRequestOnly(t *testing.T) {
	a := attack(t)
	ticket := a.ticket(t)
	const line = "GET /en/talk/link HTTP/1.1"
	for _, c := range []struct {
		name, line    string
		header, value string // "" takes the header away
		status        int
	}{
		{"no origin", line, "Origin", "", 403},
		{"another origin", line, "Origin", "https://" + mark + ".example", 403},
		{"the staff's origin", line, "Origin", "https://desk.example", 403},
		{"no scheme", line, "Origin", "talk.example", 403},
		{"two origins", line, "Origin", "https://talk.example\nhttps://talk.example", 403},
		{"no ticket", line, "Cookie", "", 401},
		{"another's ticket", line, "Cookie", "__Host-place=" + mark, 401},
		{"a ticket with something behind it", line, "Cookie", "__Host-place=" + ticket + "x", 401},
		{"a staff login", line, "Cookie", "__Host-login=" + mark, 401},
		{"no wish to change", line, "Connection", "keep-alive", 400},
		{"no connection header", line, "Connection", "", 400},
		{"another protocol", line, "Upgrade", mark, 400},
		{"no protocol", line, "Upgrade", "", 400},
		{"an old version", line, "Sec-WebSocket-Version", "8", 400},
		{"no version", line, "Sec-WebSocket-Version", "", 400},
		{"a version that is none", line, "Sec-WebSocket-Version", mark, 400},
		{"no key", line, "Sec-WebSocket-Key", "", 400},
		{"a short key", line, "Sec-WebSocket-Key", "MDEy", 400},
		{"a key that is none", line, "Sec-WebSocket-Key", mark + "!!", 400},
		{"a delete", "DELETE /en/talk/link HTTP/1.1", "", "", 405},
		{"another host", line, "Host", mark + ".example", 421},
		{"the staff's host", line, "Host", "desk.example", 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			headers := upgrade(ticket)
			if c.value != "" {
				headers[c.header] = c.value
			} else {
				delete(headers, c.header)
			}
			conn := a.dial(t)
			defer conn.Close()
			got, body := conn.exchange(t, upgrading(c.line, headers))
			if got == nil || got.StatusCode != c.status {
				t.Fatalf("answered %v, want %d", got, c.status)
			}
			guarded(t, got, body)
		})
	}
	t.Run("extensions and protocols are not taken up", func(t *testing.T) {
		headers := upgrade(ticket)
		headers["Sec-WebSocket-Extensions"] = "permessage-deflate; client_max_window_bits, " + mark
		headers["Sec-WebSocket-Protocol"] = mark + ", chat"
		conn := a.dial(t)
		defer conn.Close()
		got, _ := conn.exchange(t, upgrading(line, headers))
		if got == nil || got.StatusCode != http.StatusSwitchingProtocols {
			t.Fatalf("answered %v", got)
		}
		if got.Header.Get("Sec-WebSocket-Extensions")+got.Header.Get("Sec-WebSocket-Protocol") != "" {
			t.Errorf("the answer takes up %v", got.Header)
		}
	})
	t.Run("nothing is read from before the answer", func(t *testing.T) {
		conn := a.dial(t)
		defer conn.Close()
		got, _ := conn.exchange(t, upgrading(line, upgrade(ticket))+string(frame(0x81, []byte(`{"k":"leave"}`), true)))
		if got != nil && got.StatusCode == http.StatusSwitchingProtocols {
			t.Error("the link was opened")
		}
		conn.ended(t)
	})
}

// frame is one WebSocket frame; head is its first byte.
func frame(head byte, payload []byte, masked bool) []byte {
	b := []byte{head}
	sign := byte(0)
	if masked {
		sign = 0x80
	}
	switch n := len(payload); {
	case n < 126:
		b = append(b, sign|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, sign|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, sign|127), uint64(n))
	}
	if !masked {
		return append(b, payload...)
	}
	key := [4]byte{0x9a, 0x3c, 0x51, 0x07}
	b = append(b, key[:]...)
	for i, c := range payload {
		b = append(b, c^key[i%4])
	}
	return b
}

func TestALinkThatBreaksTheRulesIsEndedAndNobodyElseIsHarmed(t *testing.T) {
	a := attack(t)
	ticket := a.ticket(t)
	hello := []byte(`{"k":"hello","v":1,"round":1,"tab":0,"upto":-1,"done":0}`)
	text := func(payload string) []byte { return frame(0x81, []byte(payload), true) }
	many := func(n int, f []byte) []byte { return bytes.Repeat(f, n) }
	for _, c := range []struct {
		name string
		send []byte
		code int // of the close frame
	}{
		{"a frame without a mask", frame(0x81, hello, false), 1002},
		{"the first reserved bit", frame(0xc1, hello, true), 1002},
		{"the second reserved bit", frame(0xa1, hello, true), 1002},
		{"the third reserved bit", frame(0x91, hello, true), 1002},
		{"all reserved bits", frame(0xf1, hello, true), 1002},
		{"a kind of frame that is none", frame(0x83, hello, true), 1002},
		{"a control frame that is none", frame(0x8b, nil, true), 1002},
		{"the rest of nothing", frame(0x80, hello, true), 1002},
		{"a beginning within a message", append(frame(0x01, hello[:9], true), text("x")...), 1002},
		{"a ping in pieces", frame(0x09, []byte("x"), true), 1002},
		{"a ping too long", frame(0x89, make([]byte, 126), true), 1002},
		{"bytes in place of text", frame(0x82, hello, true), 1003},
		{"a length beyond the limit", text(strings.Repeat(" ", 20<<10)), 1009},
		{"a length that is only said", []byte{0x81, 0xff, 0, 0, 0, 0, 0x7f, 0, 0, 0, 1, 2, 3, 4}, 1009},
		{"a negative length", []byte{0x81, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}, none},
		{"pieces beyond the limit", append(frame(0x01, make([]byte, 9<<10), true), frame(0x00, make([]byte, 9<<10), true)...), 1009},
		{"many small pieces beyond the limit", append(frame(0x01, nil, true), many(400, frame(0x00, make([]byte, 100), true))...), 1009},
		{"no JSON", text(mark), 1008},
		{"text that is none", frame(0x81, []byte("{\"k\":\"\xff\xfe\"}"), true), 1008},
		{"a null", text("\x00"), 1008},
		{"nothing", text(""), 1008},
		{"deep nesting", text(strings.Repeat(`{"k":`, 3000)), 1008},
		{"a field nobody knows", text(`{"k":"hello","` + mark + `":1}`), 1008},
		{"a frame of the server's", text(`{"k":"closed","reason":"` + mark + `","next":"","upto":0,"had":0}`), 1008},
		{"numbers out of range", text(`{"k":"have","upto":99999999999999999999}`), 1008},
		{"a flood of pings", many(2000, frame(0x89, []byte("x"), true)), 1013},
		{"a flood of pongs", many(2000, frame(0x8a, []byte("x"), true)), 1013},
		{"a flood of frames", many(2000, text(`{"k":"typing","on":true}`)), 1013},
		{"a flood of pings within a message", append(frame(0x01, hello[:9], true), many(2000, frame(0x89, nil, true))...), 1013},
		{"a close with half a code", frame(0x88, []byte{3}, true), bare},
		{"a close with a code that is none", frame(0x88, []byte{0, 1}, true), 1002},
		{"a close with a code nobody may send", frame(0x88, []byte{3, 0xee}, true), 1002},
		{"a close with a reason that is no text", frame(0x88, []byte{3, 0xe8, 0xff, 0xfe}, true), 1002},
		{"a close in order", frame(0x88, []byte{3, 0xe8}, true), 1000},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn := a.dial(t)
			defer conn.Close()
			if got, _ := conn.exchange(t, upgrading("GET /en/talk/link HTTP/1.1", upgrade(ticket))); got == nil || got.StatusCode != http.StatusSwitchingProtocols {
				t.Fatalf("the link was answered %v", got)
			}
			_, _ = conn.Write(c.send) // refused in the middle, perhaps
			code, repeated := conn.closed(t)
			if code != c.code {
				t.Errorf("the link was closed with %d, want %d", code, c.code)
			}
			if repeated {
				t.Error("what was sent came back")
			}
		})
	}
}

// How a link can end without a code.
const (
	bare = -1 // a close frame without one
	none = -2 // the connection is gone
)

// closed reads frames until the other side has closed and gives the code of
// its close frame.
func (c *wired) closed(t *testing.T) (code int, repeated bool) {
	t.Helper()
	code = none
	for {
		var head [2]byte
		if _, err := io.ReadFull(c.r, head[:]); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error("the connection was left open")
			}
			return code, repeated
		}
		n := uint64(head[1] & 0x7f)
		switch n {
		case 126:
			var more [2]byte
			_, _ = io.ReadFull(c.r, more[:])
			n = uint64(binary.BigEndian.Uint16(more[:]))
		case 127:
			var more [8]byte
			_, _ = io.ReadFull(c.r, more[:])
			n = binary.BigEndian.Uint64(more[:])
		}
		payload := make([]byte, n)
		if _, err := io.ReadFull(c.r, payload); err != nil {
			t.Fatalf("half a frame came: %v", err)
		}
		repeated = repeated || bytes.Contains(payload, []byte(mark))
		if head[0] != 0x88 {
			continue
		}
		code = bare
		if len(payload) >= 2 {
			code = int(binary.BigEndian.Uint16(payload))
		}
		// A page that was told so closes its side; the server need not wait.
		if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
			_ = half.CloseWrite()
		}
	}
}
