package directory

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// The limits of a file.
const (
	maxFile  = 32 << 20 // bytes
	maxDepth = 40       // objects and lists inside each other
)

// plant reads the whole of a JSON text as nested map[string]any, []any, string,
// json.Number, bool and nil. Unlike encoding/json it names a key that stands
// twice, of which one would be lost.
func plant(text []byte) (any, Problems) {
	if p, bad := wrongEncoding(text); bad {
		return nil, Problems{p}
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	t := planter{dec: dec}
	root, err := t.value("", 0)
	if err == nil {
		if _, more := dec.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows after the end of the JSON")
		}
	}
	if err != nil {
		return nil, append(t.problems, Problem{"file", "is not JSON: " + place(text, dec.InputOffset(), err)})
	}
	return root, t.problems
}

type planter struct {
	dec      *json.Decoder
	problems Problems
}

func (t *planter) value(path string, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("more than %d objects and lists stand inside each other", maxDepth)
	}
	token, err := t.dec.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		o := map[string]any{}
		for t.dec.More() {
			name, err := t.dec.Token()
			if err != nil {
				return nil, err
			}
			key, _ := name.(string) // the decoder lets no other key through
			at := join(path, key)
			if _, twice := o[key]; twice {
				t.problems = append(t.problems, Problem{at, "stands twice in the same object: keep one"})
			}
			if o[key], err = t.value(at, depth+1); err != nil {
				return nil, err
			}
		}
		_, err := t.dec.Token()
		return o, err
	case json.Delim('['):
		list := []any{}
		for t.dec.More() {
			v, err := t.value(item(path, len(list)), depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := t.dec.Token()
		return list, err
	}
	return token, nil
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func item(path string, n int) string { return fmt.Sprintf("%s[%d]", path, n) }

// place puts the line before what a JSON reader says.
func place(text []byte, offset int64, err error) string {
	if bad, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = bad.Offset
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("it ends in the middle")
		offset = int64(len(text))
	}
	before := text[:min(max(offset, 0), int64(len(text)))]
	return fmt.Sprintf("line %d: %v", bytes.Count(before, []byte("\n"))+1, err)
}

// wrongEncoding says which encoding a file seems to have when it is not UTF-8.
func wrongEncoding(text []byte) (Problem, bool) {
	save := "; save the file as UTF-8 without a byte order mark"
	switch {
	case bytes.HasPrefix(text, []byte{0xef, 0xbb, 0xbf}):
		return Problem{"file", "begins with a byte order mark" + save}, true
	case bytes.HasPrefix(text, []byte{0xff, 0xfe}), bytes.HasPrefix(text, []byte{0xfe, 0xff}), bytes.IndexByte(text[:min(len(text), 64)], 0) >= 0:
		return Problem{"file", "is written in UTF-16 or is no text" + save}, true
	}
	if utf8.Valid(text) {
		return Problem{}, false
	}
	at := 0
	for at < len(text) {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return Problem{"file", fmt.Sprintf("line %d has a byte that is not UTF-8 (perhaps Windows-1252 or Latin-1)%s", bytes.Count(text[:at], []byte("\n"))+1, save)}, true
}
