package vault

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"helpline"
)

// Contents are what a note says: the coded outcome, a JSON object, and the
// words. They cannot be printed.
type Contents struct {
	Outcome []byte // JSON object: ASCII names, whole numbers
	Text    string
}

// String hides the contents.
func (Contents) String() string { return hidden }

// GoString hides the contents.
func (Contents) GoString() string { return hidden }

// LogValue hides the contents.
func (Contents) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the contents from encoders.
func (Contents) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// buckets are the lengths a note can have, its own length in front included.
var buckets = []int{1 << 10, 4 << 10, 16 << 10}

// padded gives length, canonical JSON and zeros. Invalid when the outcome is
// no such object, the text no UTF-8, or both together too long.
func (c Contents) padded() ([]byte, error) {
	if !utf8.ValidString(c.Text) {
		return nil, helpline.Errorf(helpline.Invalid, "seal contents: the text is not UTF-8")
	}
	outcome, ok := canonical(c.Outcome)
	if !ok || outcome[0] != '{' {
		return nil, helpline.Errorf(helpline.Invalid, "seal contents: the outcome is not an object of names, words and whole numbers")
	}
	defer clear(outcome)
	body := make([]byte, 4, 4+len(outcome)+2*len(c.Text)+64)
	body = append(body, `{"outcome":`...)
	body = append(body, outcome...)
	body = append(body, `,"text":`...)
	body = append(quoted(body, c.Text), '}')
	for _, size := range buckets {
		if len(body) <= size {
			out := make([]byte, size)
			copy(out, body)
			binary.BigEndian.PutUint32(out, uint32(len(body)-4))
			clear(body)
			return out, nil
		}
	}
	clear(body)
	return nil, helpline.Errorf(helpline.Invalid, "seal contents: more than %d bytes", buckets[len(buckets)-1])
}

// unpadded is the strict inverse: one form only.
func unpadded(b []byte) (Contents, bool) {
	if !slices.Contains(buckets, len(b)) {
		return Contents{}, false
	}
	n := binary.BigEndian.Uint32(b)
	if uint64(n) > uint64(len(b)-4) {
		return Contents{}, false
	}
	body := b[4 : 4+n]
	for _, p := range b[4+n:] {
		if p != 0 {
			return Contents{}, false
		}
	}
	var read struct {
		Outcome json.RawMessage `json:"outcome"`
		Text    string          `json:"text"`
	}
	if json.Unmarshal(body, &read) != nil {
		return Contents{}, false
	}
	c := Contents{Outcome: bytes.Clone(read.Outcome), Text: read.Text}
	again, err := c.padded()
	defer clear(again)
	return c, err == nil && bytes.Equal(again, b)
}

const deepest = 8

// canonical writes JSON the one way of RFC 8785, for what an outcome may hold:
// objects with ASCII names, lists, strings, whole numbers, true, false, null.
func canonical(raw []byte) ([]byte, bool) {
	if !utf8.Valid(raw) {
		return nil, false
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	out, ok := canonicalValue(d, 0)
	if !ok {
		return nil, false
	}
	_, err := d.Token()
	return out, err == io.EOF
}

func canonicalValue(d *json.Decoder, depth int) ([]byte, bool) {
	token, err := d.Token()
	if err != nil || depth > deepest {
		return nil, false
	}
	switch t := token.(type) {
	case nil:
		return []byte("null"), true
	case bool:
		return fmt.Append(nil, t), true
	case string:
		return quoted(nil, t), true
	case json.Number:
		return []byte(t), whole(string(t))
	case json.Delim:
		if t == '[' {
			return canonicalList(d, depth+1)
		}
		return canonicalObject(d, depth+1)
	}
	return nil, false
}

func canonicalList(d *json.Decoder, depth int) ([]byte, bool) {
	out := []byte{'['}
	for d.More() {
		if len(out) > 1 {
			out = append(out, ',')
		}
		v, ok := canonicalValue(d, depth)
		if !ok {
			return nil, false
		}
		out = append(out, v...)
	}
	_, err := d.Token()
	return append(out, ']'), err == nil
}

func canonicalObject(d *json.Decoder, depth int) ([]byte, bool) {
	members := map[string][]byte{}
	for d.More() {
		token, err := d.Token()
		name, isName := token.(string)
		if _, twice := members[name]; err != nil || !isName || twice || !ascii(name) {
			return nil, false
		}
		v, ok := canonicalValue(d, depth)
		if !ok {
			return nil, false
		}
		members[name] = v
	}
	if _, err := d.Token(); err != nil {
		return nil, false
	}
	out := []byte{'{'}
	for i, name := range slices.Sorted(maps.Keys(members)) {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(quoted(out, name), ':'), members[name]...)
	}
	return append(out, '}'), true
}

// whole says whether a JSON number is whole and exact in every reader.
func whole(n string) bool {
	return len(n) <= 15 && n != "-0" && !strings.ContainsAny(n, ".eE")
}

func ascii(name string) bool {
	for i := range len(name) {
		if name[i] < 0x20 || name[i] > 0x7e {
			return false
		}
	}
	return true
}

// quoted appends a JSON string with the fewest escapes.
func quoted(out []byte, s string) []byte {
	const short, letter = "\b\t\n\f\r\"\\", `btnfr"\`
	out = append(out, '"')
	for i := range len(s) {
		switch at := strings.IndexByte(short, s[i]); {
		case at >= 0:
			out = append(out, '\\', letter[at])
		case s[i] < 0x20:
			out = fmt.Appendf(out, `\u%04x`, s[i])
		default:
			out = append(out, s[i])
		}
	}
	return append(out, '"')
}
