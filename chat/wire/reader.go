package wire

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"helpline"
)

// reader walks JSON once, front to back, and stops at the first fault. It
// knows only what frames need: objects, arrays, strings, whole numbers and
// booleans; depth is bounded by the callers, who never recurse.
type reader struct {
	b   []byte
	i   int
	err error
}

func (r *reader) fail(what string) {
	if r.err == nil {
		r.err = helpline.Errorf(helpline.Invalid, "frame: %s at byte %d", what, r.i)
	}
}

func (r *reader) space() {
	for r.i < len(r.b) {
		switch r.b[r.i] {
		case ' ', '\t', '\n', '\r':
			r.i++
		default:
			return
		}
	}
}

// take skips white space and then exactly c.
func (r *reader) take(c byte) bool {
	r.space()
	if r.i < len(r.b) && r.b[r.i] == c {
		r.i++
		return true
	}
	return false
}

func (r *reader) end() {
	r.space()
	if r.i != len(r.b) {
		r.fail("something after the end")
	}
}

func (r *reader) object(member func(key []byte)) {
	if r.err != nil {
		return
	}
	if !r.take('{') {
		r.fail("want an object")
		return
	}
	if r.take('}') {
		return
	}
	for r.err == nil {
		key := r.name()
		if r.err == nil && !r.take(':') {
			r.fail("want a colon")
		}
		if r.err != nil {
			return
		}
		member(key)
		if r.err != nil || r.take('}') {
			return
		}
		if !r.take(',') {
			r.fail("want a comma")
		}
	}
}

func (r *reader) array(item func()) {
	if r.err != nil {
		return
	}
	if !r.take('[') {
		r.fail("want a list")
		return
	}
	if r.take(']') {
		return
	}
	for n := 1; r.err == nil; n++ {
		if n > MaxItems {
			r.fail("list too long")
			return
		}
		item()
		if r.err != nil || r.take(']') {
			return
		}
		if !r.take(',') {
			r.fail("want a comma")
		}
	}
}

func (r *reader) boolean() bool {
	r.space()
	for _, v := range []string{"true", "false"} {
		if len(r.b)-r.i >= len(v) && string(r.b[r.i:r.i+len(v)]) == v {
			r.i += len(v)
			return v == "true"
		}
	}
	r.fail("want true or false")
	return false
}

func (r *reader) number() int64 { return r.signed(false) }

// small reads a number that fits 31 bits.
func (r *reader) small() int {
	n := r.signed(false)
	if n > 1<<31-1 {
		r.fail("number too large")
		return 0
	}
	return int(n)
}

// signed reads a whole number up to MaxAt; minusOne also allows -1.
func (r *reader) signed(minusOne bool) int64 {
	if r.err != nil {
		return 0
	}
	r.space()
	if minusOne && len(r.b)-r.i >= 2 && r.b[r.i] == '-' && r.b[r.i+1] == '1' {
		r.i += 2
		if r.i < len(r.b) && r.b[r.i] >= '0' && r.b[r.i] <= '9' {
			r.fail("number out of range")
		}
		return -1
	}
	start, n := r.i, int64(0)
	for r.i < len(r.b) && r.b[r.i] >= '0' && r.b[r.i] <= '9' {
		n = n*10 + int64(r.b[r.i]-'0')
		if n > MaxAt {
			r.fail("number out of range")
			return 0
		}
		r.i++
	}
	if r.i == start || (r.b[start] == '0' && r.i > start+1) {
		r.fail("want a whole number")
		return 0
	}
	if r.i < len(r.b) {
		switch r.b[r.i] {
		case '.', 'e', 'E':
			r.fail("want a whole number")
		}
	}
	return n
}

// id reads 128 bits in 22 characters of strict base64url.
func (r *reader) id() helpline.ID {
	var id helpline.ID
	if r.err != nil {
		return id
	}
	if !r.take('"') {
		r.fail("want an identifier")
		return id
	}
	end := r.i + 22
	if end >= len(r.b) || r.b[end] != '"' {
		r.fail("want an identifier of 22 characters")
		return id
	}
	for _, c := range r.b[r.i:end] { // the decoder skips line breaks; we do not
		if c == '\n' || c == '\r' {
			r.fail("identifier")
			return id
		}
	}
	if n, err := strict.Decode(id[:], r.b[r.i:end]); err != nil || n != len(id) {
		r.fail("identifier")
		return helpline.ID{}
	}
	r.i = end + 1
	return id
}

var strict = base64.RawURLEncoding.Strict()

// name reads a short string of which nothing is kept.
func (r *reader) name() []byte {
	if r.err != nil {
		return nil
	}
	if !r.take('"') {
		r.fail("want a string")
		return nil
	}
	for start := r.i; r.i < len(r.b); r.i++ {
		switch c := r.b[r.i]; {
		case c == '"':
			if r.i-start > 16 {
				r.fail("string too long")
			}
			r.i++
			return r.b[start : r.i-1]
		case c == '\\':
			return []byte(r.escaped(start, 16))
		case c < 0x20:
			r.fail("control character in a string")
			return nil
		}
	}
	r.fail("string without end")
	return nil
}

// text reads a string of at most limit bytes. Lone surrogates are refused: two
// programs would not agree on what they mean.
func (r *reader) text(limit int) string {
	if r.err != nil {
		return ""
	}
	if !r.take('"') {
		r.fail("want a string")
		return ""
	}
	start := r.i
	for r.i < len(r.b) { // nearly every string has nothing to unescape
		switch c := r.b[r.i]; {
		case c == '"':
			s := string(r.b[start:r.i])
			r.i++
			if len(s) > limit {
				r.fail("string too long")
			}
			return s
		case c == '\\':
			return r.escaped(start, limit)
		case c < 0x20:
			r.fail("control character in a string")
			return ""
		}
		r.i++
	}
	r.fail("string without end")
	return ""
}

func (r *reader) escaped(start, limit int) string {
	var out strings.Builder // made as long as it can become, so that nothing is copied twice
	out.Grow(r.rest(start))
	out.Write(r.b[start:r.i])
	for r.i < len(r.b) {
		c := r.b[r.i]
		switch {
		case c == '"':
			r.i++
			if out.Len() > limit {
				r.fail("string too long")
			}
			return out.String()
		case c < 0x20:
			r.fail("control character in a string")
			return ""
		case c != '\\':
			from := r.i
			for r.i < len(r.b) && r.b[r.i] >= 0x20 && r.b[r.i] != '"' && r.b[r.i] != '\\' {
				r.i++
			}
			out.Write(r.b[from:r.i])
			continue
		}
		r.i++
		if r.i >= len(r.b) {
			break
		}
		c = r.b[r.i]
		r.i++
		switch c {
		case '"', '\\', '/':
			out.WriteByte(c)
		case 'b':
			out.WriteByte('\b')
		case 'f':
			out.WriteByte('\f')
		case 'n':
			out.WriteByte('\n')
		case 'r':
			out.WriteByte('\r')
		case 't':
			out.WriteByte('\t')
		case 'u':
			u := r.hex4()
			if utf16.IsSurrogate(u) {
				if len(r.b)-r.i < 6 || r.b[r.i] != '\\' || r.b[r.i+1] != 'u' {
					r.fail("lone surrogate")
					return ""
				}
				r.i += 2
				u = utf16.DecodeRune(u, r.hex4())
				if u == utf8.RuneError {
					r.fail("lone surrogate")
					return ""
				}
			}
			if r.err != nil {
				return ""
			}
			out.WriteRune(u)
		default:
			r.fail("unknown escape")
			return ""
		}
	}
	r.fail("string without end")
	return ""
}

// rest is the length of the string that begins at start, as it stands.
func (r *reader) rest(start int) int {
	for i := start; i < len(r.b); i++ {
		switch r.b[i] {
		case '"':
			return i - start
		case '\\':
			i++
		}
	}
	return 0 // no end: it is refused
}

func (r *reader) hex4() rune {
	if len(r.b)-r.i < 4 {
		r.fail("short escape")
		return 0
	}
	var u rune
	for _, c := range r.b[r.i : r.i+4] {
		u <<= 4
		switch {
		case c >= '0' && c <= '9':
			u |= rune(c - '0')
		case c >= 'a' && c <= 'f':
			u |= rune(c-'a') + 10
		case c >= 'A' && c <= 'F':
			u |= rune(c-'A') + 10
		default:
			r.fail("escape")
			return 0
		}
	}
	r.i += 4
	return u
}
