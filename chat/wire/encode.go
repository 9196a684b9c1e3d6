package wire

import (
	"encoding/base64"
	"strconv"
	"unicode/utf8"
)

// buckets are the only lengths a frame has on the wire. Each is a little under
// a power of two, so that header and frame fit one buffer.
var buckets = []int{256, 496, 1008, 4080, 17392}

// Append writes f as JSON, filled up with spaces to the next bucket.
func Append(dst []byte, f *Frame) []byte {
	start := len(dst)
	w := writer{b: dst}
	w.frame(f)
	return pad(w.b, start)
}

// Fits says whether f is short enough to be sent.
func Fits(f *Frame) bool {
	w := writer{}
	w.frame(f)
	return len(w.b) <= buckets[len(buckets)-1]
}

const spaces = "                                                                                                                                "

func pad(b []byte, start int) []byte {
	for _, size := range buckets {
		if n := len(b) - start; n <= size {
			for n < size {
				some := min(size-n, len(spaces))
				b = append(b, spaces[:some]...)
				n += some
			}
			return b
		}
	}
	return b // longer than any page may send; only the engine's own lists could get here, and they are cut
}

// writer appends JSON. It writes what the kind calls for and nothing else.
type writer struct{ b []byte }

func (w *writer) key(k string) {
	w.b = append(w.b, ',', '"')
	w.b = append(w.b, k...)
	w.b = append(w.b, '"', ':')
}
func (w *writer) num(k string, n int64) { w.key(k); w.b = strconv.AppendInt(w.b, n, 10) }
func (w *writer) flag(k string, v bool) { w.key(k); w.b = strconv.AppendBool(w.b, v) }
func (w *writer) str(k, s string)       { w.key(k); w.b = appendString(w.b, s) }

func (w *writer) id(k string, id [16]byte) {
	w.key(k)
	w.b = append(w.b, '"')
	w.b = base64.RawURLEncoding.AppendEncode(w.b, id[:])
	w.b = append(w.b, '"')
}

// maybe writes an optional field only when it says something.
func (w *writer) maybe(k string, n int64) {
	if n != 0 {
		w.num(k, n)
	}
}

func (w *writer) frame(f *Frame) {
	w.b = append(w.b, `{"k":"`...)
	w.b = append(w.b, f.Kind...)
	w.b = append(w.b, '"')
	switch f.Kind {
	case Hello:
		w.num("v", int64(f.V))
		w.num("round", int64(f.Round))
		w.num("tab", f.Tab)
		w.num("upto", f.Upto)
		w.num("done", f.Done)
		if !f.Secret.IsZero() {
			w.id("secret", f.Secret)
		}
		if f.Take {
			w.flag("take", true)
		}
	case Say:
		w.id("id", f.ID)
		w.num("seen", f.Seen)
		w.str("body", f.Body)
		w.maybe("have", f.Have)
	case Have:
		w.num("upto", f.Upto)
	case Want, Gone:
		w.num("after", f.After)
		w.num("upto", f.Upto)
		if f.Assemble {
			w.flag("assemble", true)
		}
	case Refill:
		w.refill(f)
	case Leave:
		w.str("reason", f.Reason)
	case Typing, Duty, Next:
		w.flag("on", f.On)
	case Stage:
		w.stage(f)
	case Queue:
		w.key("out")
		w.b = append(w.b, '[')
		for i, n := range f.Out {
			if i > 0 {
				w.b = append(w.b, ',')
			}
			w.b = strconv.AppendInt(w.b, n, 10)
		}
		w.b = append(w.b, ']')
		w.num("low", int64(f.Low))
		w.num("high", int64(f.High))
	case Said, Held:
		w.key("entry")
		w.entry(&f.Entry, f.Kind == Said)
		if f.Fill {
			w.flag("fill", true)
		}
		w.maybe("have", f.Have)
	case Synced:
		w.num("round", int64(f.Round))
		w.num("upto", f.Upto)
	case Closed:
		w.str("reason", f.Reason)
		w.str("next", f.Next)
		w.num("upto", f.Upto)
		w.num("had", f.Had)
		if f.Final {
			w.flag("final", true)
		}
	case Problem:
		w.str("code", f.Code)
		w.maybe("retry", int64(f.Retry))
		if !f.ID.IsZero() {
			w.id("id", f.ID)
		}
	case Presence:
		w.str("state", f.State)
		w.maybe("upto", f.Upto)
	case Line:
		w.str("state", f.State)
		w.num("left", int64(f.Left))
	case Idle:
		w.num("left", int64(f.Left))
	case Accept:
		w.id("contact", f.Contact)
		if f.Mine {
			w.flag("mine", true)
		}
	case Board:
		w.board(f)
	}
	w.b = append(w.b, '}')
}

func (w *writer) refill(f *Frame) {
	w.num("after", f.After)
	w.num("upto", f.Upto)
	w.key("items")
	w.b = append(w.b, '[')
	for i := range f.Items {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.entry(&f.Items[i], true)
	}
	w.b = append(w.b, ']')
	if f.More {
		w.flag("more", true)
	}
	if f.Assemble {
		w.flag("assemble", true)
	}
}

func (w *writer) stage(f *Frame) {
	w.str("stage", f.Stage)
	w.num("tab", f.Tab)
	switch f.Stage {
	case "waiting":
		w.num("number", f.Number)
		w.num("place", int64(f.Place))
		w.num("low", int64(f.Low))
		w.num("high", int64(f.High))
		if f.Kept {
			w.flag("kept", true)
		}
	case "offered", "ready":
		w.num("left", int64(f.Left))
	case "talking":
		w.num("since", f.Since)
		w.str("alias", f.Alias)
		if f.Door != "" {
			w.str("door", f.Door)
			w.str("locale", f.Locale)
			w.str("version", f.Version)
		}
		if f.Plain {
			w.flag("plain", true)
		}
	}
}

func (w *writer) entry(e *Entry, body bool) {
	w.b = append(w.b, `{"at":`...)
	w.b = strconv.AppendInt(w.b, e.At, 10)
	w.num("prev", e.Prev)
	w.num("term", int64(e.Term))
	w.b = append(w.b, `,"side":"`...)
	w.b = append(w.b, byte(e.Side), '"')
	w.id("id", e.ID)
	w.num("seen", e.Seen)
	if body {
		w.str("body", e.Body)
	}
	w.id("seal", e.Seal)
	w.b = append(w.b, '}')
}

func (w *writer) board(f *Frame) {
	w.flag("on", f.On)
	w.flag("asking", f.Asking)
	w.num("waiting", int64(f.Waiting))
	w.num("longest", int64(f.Longest))
	w.waiters("ready", f.Ready)
	w.waiters("yours", f.Yours)
	w.key("people")
	w.b = append(w.b, '[')
	for i, p := range f.People {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.b = append(w.b, `{"alias":`...)
		w.b = appendString(w.b, p.Alias)
		w.str("state", p.State)
		w.num("chats", int64(p.Chats))
		w.flag("asking", p.Asking)
		w.b = append(w.b, '}')
	}
	w.b = append(w.b, ']')
}

func (w *writer) waiters(k string, list []Waiter) {
	w.key(k)
	w.b = append(w.b, '[')
	for i, x := range list {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.b = append(w.b, `{"contact":"`...)
		w.b = base64.RawURLEncoding.AppendEncode(w.b, x.Contact[:])
		w.b = append(w.b, '"')
		w.str("door", x.Door)
		w.str("locale", x.Locale)
		w.num("waited", int64(x.Waited))
		w.str("version", x.Version)
		w.str("state", x.State)
		w.b = append(w.b, '}')
	}
	w.b = append(w.b, ']')
}

const hex = "0123456789abcdef"

// appendString quotes s as JSON. Bytes that are no UTF-8 become U+FFFD; only
// what JSON demands is escaped, so that a page reads back the same string.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= 0x20 && c != '"' && c != '\\' {
				i++
				continue
			}
			b = append(b, s[start:i]...)
			switch c {
			case '"', '\\':
				b = append(b, '\\', c)
			case '\n':
				b = append(b, '\\', 'n')
			case '\t':
				b = append(b, '\\', 't')
			default:
				b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			}
			i++
			start = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			b = append(b, s[start:i]...)
			b = append(b, "\uFFFD"...)
			i++
			start = i
			continue
		}
		i += n
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}
