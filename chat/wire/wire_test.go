package wire_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"helpline"
	"helpline/chat/wire"
)

// TestExamplesOfTheProtocolDocumentAreRead replays docs/protocol.md: every
// example decodes, and encodes to the same JSON again.
func TestExamplesOfTheProtocolDocumentAreRead(t *testing.T) {
	doc, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[wire.Kind]bool{}
	for sc := bufio.NewScanner(bytes.NewReader(doc)); sc.Scan(); {
		from, text, ok := strings.Cut(sc.Text(), "> ")
		read := wire.FromPage
		switch {
		case !ok || (from != "page" && from != "server"):
			continue
		case from == "server":
			read = wire.FromServer
		}
		f, err := read([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		kinds[f.Kind] = true
		if got, want := asMap(t, wire.Append(nil, f)), asMap(t, []byte(text)); !reflect.DeepEqual(got, want) {
			t.Errorf("encoded again:\n got %v\nwant %v", got, want)
		}
	}
	if len(kinds) < 20 {
		t.Fatalf("only %d kinds of frame have an example", len(kinds))
	}
}

func asMap(t *testing.T, b []byte) (m map[string]any) {
	t.Helper()
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	return m
}

func TestFramesThatAreRefused(t *testing.T) {
	id := `"EBESExQVFhcYGRobHB0eHw"`
	for name, text := range map[string]string{
		"nothing":                 ``,
		"not an object":           `[]`,
		"no kind":                 `{}`,
		"kind not first":          `{"upto":1,"k":"have"}`,
		"kind twice":              `{"k":"have","upto":1,"k":"have"}`,
		"unknown kind":            `{"k":"shout"}`,
		"a kind of the server":    `{"k":"synced","round":1,"upto":0}`,
		"unknown field":           `{"k":"have","upto":1,"now":2}`,
		"field of another kind":   `{"k":"have","upto":1,"on":true}`,
		"field in another case":   `{"k":"have","Upto":1}`,
		"field twice":             `{"k":"have","upto":1,"upto":2}`,
		"field missing":           `{"k":"have"}`,
		"a fraction":              `{"k":"have","upto":1.5}`,
		"an exponent":             `{"k":"have","upto":1e3}`,
		"below zero":              `{"k":"have","upto":-1}`,
		"minus twelve":            `{"k":"hello","v":1,"round":1,"tab":0,"upto":-12,"done":0}`,
		"leading zero":            `{"k":"have","upto":01}`,
		"too large":               `{"k":"have","upto":9007199254740992}`,
		"far too large":           `{"k":"have","upto":99999999999999999999999999}`,
		"a string for a number":   `{"k":"have","upto":"1"}`,
		"null":                    `{"k":"have","upto":null}`,
		"short identifier":        `{"k":"say","id":"abc","seen":0,"body":""}`,
		"identifier with padding": `{"k":"say","id":"EBESExQVFhcYGRobHB0eH=","seen":0,"body":""}`,
		"loose bits":              `{"k":"say","id":"EBESExQVFhcYGRobHB0eHx","seen":0,"body":""}`,
		"invalid UTF-8":           "{\"k\":\"say\",\"id\":" + id + ",\"seen\":0,\"body\":\"\xff\"}",
		"lone surrogate":          `{"k":"say","id":` + id + `,"seen":0,"body":"\ud800"}`,
		"surrogates reversed":     `{"k":"say","id":` + id + `,"seen":0,"body":"\udc00\ud800"}`,
		"raw control character":   "{\"k\":\"say\",\"id\":" + id + ",\"seen\":0,\"body\":\"\x01\"}",
		"body too long":           `{"k":"say","id":` + id + `,"seen":0,"body":"` + strings.Repeat("a", wire.MaxBody+1) + `"}`,
		"a frame too long":        `{"k":"ready"}` + strings.Repeat(" ", wire.MaxFrame),
		"something behind":        `{"k":"ready"} {"k":"ready"}`,
		"no end":                  `{"k":"ready"`,
		"deep nesting":            `{"k":"refill","after":0,"upto":1,"items":[[[[]]]]}`,
		"an entry with a body short": `{"k":"refill","after":0,"upto":1,"items":[{"at":1,"prev":0,"term":1,"side":"v","id":` + id +
			`,"seen":0,"seal":` + id + `}]}`,
		"an entry of nobody": `{"k":"refill","after":0,"upto":1,"items":[{"at":1,"prev":0,"term":1,"side":"x","id":` + id +
			`,"seen":0,"body":"","seal":` + id + `}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := wire.FromPage([]byte(text))
			if helpline.KindOf(err) != helpline.Invalid {
				t.Fatalf("want an Invalid error, got %v", err)
			}
		})
	}
}

func TestEveryFrameHasOneOfFiveLengths(t *testing.T) {
	want := map[int]bool{256: true, 496: true, 1008: true, 4080: true, 17392: true}
	for n := range 4000 {
		f := &wire.Frame{Kind: wire.Say, Body: strings.Repeat("\"", n)}
		if got := len(wire.Append(nil, f)); !want[got] {
			t.Fatalf("a body of %d quotes makes a frame of %d bytes", n, got)
		}
	}
}

func TestTheLongestMessageFitsAnEntryInARefill(t *testing.T) {
	// 4,000 quotes in {"text":"..."} are escaped once there and once more in the frame.
	body := `{"text":"` + strings.Repeat(`\"`, 4000) + `"}`
	f := &wire.Frame{
		Kind: wire.Refill, After: wire.MaxAt, Upto: wire.MaxAt, More: true, Assemble: true,
		Items: []wire.Entry{{At: wire.MaxAt, Prev: wire.MaxAt, Term: 1 << 30, Side: 'v', Seen: wire.MaxAt, Body: body}},
	}
	if len(body) > wire.MaxBody || !wire.Fits(f) {
		t.Fatalf("a body of %d bytes does not fit", len(body))
	}
}

func FuzzFromPage(f *testing.F) {
	f.Add([]byte(`{"k":"say","id":"EBESExQVFhcYGRobHB0eHw","seen":0,"body":"{\"text\":\"\u00e9\ud83d\ude00\"}","have":3}   `))
	f.Add([]byte(`{"k":"hello","v":1,"round":1,"tab":0,"upto":-1,"done":0,"secret":"AAECAwQFBgcICQoLDA0ODw","take":true}`))
	f.Add([]byte(`{"k":"refill","after":0,"upto":1,"items":[{"at":1,"prev":0,"term":1,"side":"v","id":"EBESExQVFhcYGRobHB0eHw","seen":0,"body":"","seal":"EBESExQVFhcYGRobHB0eHw"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		fr, err := wire.FromPage(b)
		if err != nil {
			if helpline.KindOf(err) != helpline.Invalid {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		if !json.Valid(b) {
			t.Fatalf("read what is not JSON: %q", b)
		}
		out := wire.Append(nil, fr)
		if !json.Valid(out) {
			t.Fatalf("wrote what is not JSON: %q", out)
		}
		var m struct{ Body *string }
		if err := json.Unmarshal(b, &m); err == nil && m.Body != nil && *m.Body != fr.Body {
			t.Fatalf("body %q, encoding/json reads %q", fr.Body, *m.Body)
		}
		if again, err := wire.FromPage(bytes.TrimRight(out, " ")); err == nil {
			if !reflect.DeepEqual(again, fr) {
				t.Fatalf("changed on the way:\n%+v\n%+v", fr, again)
			}
		} else if wire.Fits(fr) {
			t.Fatalf("does not read its own frame: %v", err)
		}
	})
}
