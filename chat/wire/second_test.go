package wire_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"helpline"
	"helpline/chat/wire"
)

// A second reader of frames, on encoding/json and written from docs/protocol.md:
// slow and plain. What it reads and what it refuses has to be what the hand
// codec reads and refuses.

// fields of a frame by kind: "name:sort", with ? where it may be absent. Sorts:
// n number, s number of at most 31 bits, m number or -1, b yes or no, i
// identifier, t and a limit for text, E and H an entry with and without body,
// and lists of these in brackets.
var pageFields = map[string]string{
	"hello": "v:s round:s tab:n upto:m done:n secret:i? take:b?", "say": "id:i seen:n body:t16600 have:n?", "have": "upto:n",
	"want": "after:n upto:n", "refill": "after:n upto:n items:[E] more:b? assemble:b?", "leave": "reason:t16", "ready": "",
	"typing": "on:b", "extend": "", "share": "", "duty": "on:b", "next": "on:b", "accept": "contact:i",
}

var serverFields = map[string]string{
	"stage": "stage:t16 tab:n number:n? place:s? low:s? high:s? left:s? since:n? alias:t200? door:t32? locale:t16? version:t16? kept:b? plain:b?",
	"queue": "out:[n] low:s high:s", "line": "state:t16 left:s", "said": "entry:E fill:b? have:n?", "held": "entry:H have:n?", "synced": "round:s upto:n",
	"have": "upto:n", "want": "after:n upto:n assemble:b?", "gone": "after:n upto:n", "room": "", "reset": "", "taken": "",
	"closed": "reason:t16 next:t16 upto:m had:m final:b?", "problem": "code:t16 retry:s? id:i?", "presence": "state:t16 upto:n?",
	"typing": "on:b", "idle": "left:s", "accept": "contact:i mine:b?",
	"board": "on:b asking:b waiting:s longest:s ready:[W] yours:[W] people:[P]",
}

var parts = map[string]string{
	"E": "at:n prev:n term:s side:S id:i seen:n body:t16600 seal:i", "H": "at:n prev:n term:s side:S id:i seen:n seal:i",
	"W": "contact:i door:t32 locale:t16 waited:s version:t16 state:t16", "P": "alias:t200 state:t16 chats:s asking:b",
}

// members takes an object apart, in order. Names may stand there twice.
func members(raw []byte) (names []string, values []json.RawMessage, ok bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if tok, err := d.Token(); err != nil || tok != json.Delim('{') {
		return nil, nil, false
	}
	for d.More() {
		tok, err := d.Token()
		name, isName := tok.(string)
		var v json.RawMessage
		if err != nil || !isName || d.Decode(&v) != nil {
			return nil, nil, false
		}
		names, values = append(names, name), append(values, v)
	}
	_, err := d.Token()
	return names, values, err == nil
}

// object reads an object whose fields are as listed; first names are skipped.
func object(raw []byte, list string, skip int) (map[string]any, string) {
	names, values, ok := members(raw)
	if !ok {
		return nil, "no object"
	}
	m := map[string]any{}
	sorts := map[string]string{}
	for _, f := range strings.Fields(list) {
		name, sort, _ := strings.Cut(f, ":")
		sorts[name] = sort
	}
	for i, name := range names[skip:] {
		sort, known := sorts[name]
		if _, twice := m[name]; !known || twice {
			return nil, "unknown or repeated: " + name
		}
		v, why := value(values[skip+i], strings.TrimSuffix(sort, "?"))
		if why != "" {
			return nil, name + ": " + why
		}
		m[name] = v
	}
	for name, sort := range sorts {
		if _, there := m[name]; !there && !strings.HasSuffix(sort, "?") {
			return nil, "missing: " + name
		}
	}
	return m, ""
}

// value reads one value of a sort.
func value(raw json.RawMessage, sort string) (any, string) {
	switch sort[0] {
	case 'n', 's', 'm':
		most := int64(1<<53 - 1)
		if sort == "s" {
			most = 1<<31 - 1
		}
		n, err := strconv.ParseInt(string(raw), 10, 64)
		if err != nil || strconv.FormatInt(n, 10) != string(raw) || n > most || n < 0 && (sort != "m" || n != -1) {
			return nil, "no such number"
		}
		return n, ""
	case 'b':
		var v any
		if json.Unmarshal(raw, &v) != nil || (v != true && v != false) {
			return nil, "neither true nor false"
		}
		return v, ""
	case 'i':
		id, err := base64.RawURLEncoding.Strict().DecodeString(strings.Trim(string(raw), `"`))
		if err != nil || len(raw) != 24 || len(id) != 16 || raw[0] != '"' || raw[23] != '"' {
			return nil, "no identifier"
		}
		return [16]byte(id), ""
	case 't', 'S':
		return text(raw, sort)
	case '[':
		return list(raw, strings.Trim(sort, "[]"))
	}
	return object(raw, parts[sort], 0)
}

func text(raw json.RawMessage, sort string) (any, string) {
	var s *string
	if json.Unmarshal(raw, &s) != nil || s == nil {
		return nil, "no text"
	}
	if loneSurrogate(raw) {
		return nil, "half of a pair"
	}
	if sort == "S" {
		if *s != "v" && *s != "c" && *s != "l" {
			return nil, "no side"
		}
		return *s, ""
	}
	if most, _ := strconv.Atoi(sort[1:]); len(*s) > most {
		return nil, "too long"
	}
	return *s, ""
}

// loneSurrogate looks for what encoding/json quietly replaces.
func loneSurrogate(raw []byte) bool {
	high := false
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			if high {
				return true
			}
			continue
		}
		i++
		var u rune
		if raw[i] == 'u' {
			n, _ := strconv.ParseUint(string(raw[i+1:i+5]), 16, 32)
			u = rune(n)
			i += 4
		}
		low := u >= 0xdc00 && u < 0xe000
		if high != low {
			return true
		}
		high = !high && utf16.IsSurrogate(u)
	}
	return high
}

func list(raw json.RawMessage, sort string) (any, string) {
	var all []json.RawMessage
	if json.Unmarshal(raw, &all) != nil || all == nil || len(all) > wire.MaxItems {
		return nil, "no list, or too long"
	}
	out := []any{}
	for _, one := range all {
		v, why := value(one, sort)
		if why != "" {
			return nil, why
		}
		out = append(out, v)
	}
	return out, ""
}

// second reads a frame.
func second(b []byte, kinds map[string]string) (kind string, m map[string]any, why string) {
	if len(b) > wire.MaxFrame || !utf8.Valid(b) || !json.Valid(b) {
		return "", nil, "no JSON, or too long"
	}
	names, values, ok := members(b)
	if !ok || len(names) == 0 || names[0] != "k" {
		return "", nil, "k does not come first"
	}
	k, why := value(values[0], "t16")
	if why != "" {
		return "", nil, why
	}
	fields, known := kinds[k.(string)]
	if !known {
		return "", nil, "unknown kind"
	}
	m, why = object(b, fields, 1)
	return k.(string), m, why
}

// plainly turns what the hand codec has read into what the second reader gives.
func plainly(f *wire.Frame, m map[string]any) map[string]any {
	num := func(n int) any { return int64(n) }
	entry := func(e wire.Entry, body bool) map[string]any {
		p := map[string]any{
			"at": e.At, "prev": e.Prev, "term": num(e.Term), "side": string(rune(e.Side)), "id": [16]byte(e.ID), "seen": e.Seen, "seal": [16]byte(e.Seal),
		}
		if body {
			p["body"] = e.Body
		}
		return p
	}
	waiters := func(list []wire.Waiter) any {
		all := []any{}
		for _, w := range list {
			all = append(all, map[string]any{
				"contact": [16]byte(w.Contact), "door": w.Door, "locale": w.Locale, "waited": num(w.Waited), "version": w.Version, "state": w.State,
			})
		}
		return all
	}
	items, people, gone := []any{}, []any{}, []any{}
	for _, e := range f.Items {
		items = append(items, entry(e, true))
	}
	for _, p := range f.People {
		people = append(people, map[string]any{"alias": p.Alias, "state": p.State, "chats": num(p.Chats), "asking": p.Asking})
	}
	for _, n := range f.Out {
		gone = append(gone, n)
	}
	whole := map[string]any{
		"v": num(f.V), "round": num(f.Round), "tab": f.Tab, "upto": f.Upto, "done": f.Done, "secret": [16]byte(f.Secret), "take": f.Take,
		"id": [16]byte(f.ID), "seen": f.Seen, "body": f.Body, "have": f.Have, "after": f.After, "items": items, "more": f.More,
		"assemble": f.Assemble, "reason": f.Reason, "on": f.On, "stage": f.Stage, "place": num(f.Place), "number": f.Number,
		"since": f.Since, "door": f.Door, "locale": f.Locale, "alias": f.Alias, "left": num(f.Left), "version": f.Version,
		"low": num(f.Low), "high": num(f.High), "out": gone, "entry": entry(f.Entry, f.Kind == wire.Said), "fill": f.Fill, "next": f.Next,
		"had": f.Had, "final": f.Final, "kept": f.Kept, "plain": f.Plain, "code": f.Code, "retry": num(f.Retry), "state": f.State, "contact": [16]byte(f.Contact), "mine": f.Mine,
		"waiting": num(f.Waiting), "longest": num(f.Longest), "asking": f.Asking, "ready": waiters(f.Ready), "yours": waiters(f.Yours), "people": people,
	}
	out := map[string]any{}
	for name := range m {
		out[name] = whole[name]
	}
	return out
}

// same holds the two readers against each other.
func same(b []byte, read func([]byte) (*wire.Frame, error), kinds map[string]string) error {
	f, err := read(b)
	kind, m, why := second(b, kinds)
	switch {
	case (err == nil) != (why == ""):
		return fmt.Errorf("the codec says %v, encoding/json and the rules say %q", err, why)
	case err != nil:
		if helpline.KindOf(err) != helpline.Invalid {
			return fmt.Errorf("an error of another kind: %w", err)
		}
		return nil
	case string(f.Kind) != kind:
		return fmt.Errorf("kind %q, want %q", f.Kind, kind)
	}
	if got := plainly(f, m); !reflect.DeepEqual(got, m) {
		return fmt.Errorf("read %v, want %v", got, m)
	}
	return nil
}

func bothWays(b []byte) error {
	if err := same(b, wire.FromPage, pageFields); err != nil {
		return fmt.Errorf("from a page: %w", err)
	}
	if err := same(b, wire.FromServer, serverFields); err != nil {
		return fmt.Errorf("from the server: %w", err)
	}
	return nil
}

const anID = `"EBESExQVFhcYGRobHB0eHw"`

// examples are those of docs/protocol.md.
func examples(t testing.TB) (all [][]byte) {
	t.Helper()
	doc, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	for sc := bufio.NewScanner(bytes.NewReader(doc)); sc.Scan(); {
		if from, text, ok := strings.Cut(sc.Text(), "> "); ok && (from == "page" || from == "server") {
			all = append(all, []byte(text))
		}
	}
	if len(all) < 20 {
		t.Fatalf("the document has %d examples", len(all))
	}
	return all
}

// strange are frames on which two readers may well differ.
var strange = map[string]string{
	"an escaped name":            `{"\u006b":"have","upto":1}`,
	"an escaped kind":            `{"k":"h\u0061ve","upto":1}`,
	"a name in another case":     `{"K":"have","upto":1}`,
	"minus nought":               `{"k":"have","upto":-0}`,
	"minus one":                  `{"k":"hello","v":1,"round":1,"tab":0,"upto":-1,"done":0}`,
	"minus one with a fraction":  `{"k":"hello","v":1,"round":1,"tab":0,"upto":-1.0,"done":0}`,
	"minus one, ten times":       `{"k":"hello","v":1,"round":1,"tab":0,"upto":-1e1,"done":0}`,
	"32 bits":                    `{"k":"hello","v":2147483648,"round":1,"tab":0,"upto":0,"done":0}`,
	"an identifier with escapes": `{"k":"accept","contact":"\u0045BESExQVFhcYGRobHB0eHw"}`,
	"an identifier over lines":   "{\"k\":\"accept\",\"contact\":\"EBESExQVFhcYGRobHB0e\\nw\"}",
	"loose bits":                 `{"k":"accept","contact":"EBESExQVFhcYGRobHB0eHx"}`,
	"a pair of surrogates":       `{"k":"leave","reason":"\ud83d\ude00"}`,
	"a pair with a raw half":     `{"k":"leave","reason":"\ud83dx\ude00"}`,
	"two high halves":            `{"k":"leave","reason":"\ud83d\ud83d\ude00"}`,
	"a half in a name":           `{"k":"leave","reason\ud800":"x"}`,
	"white space of all sorts":   " \t\r\n{ \"k\" :\n\"typing\"\t,\r\"on\" : true } \n",
	"white space JSON has not":   "{\"k\":\"typing\",\v\"on\":true}",
	"a byte order mark":          "\ufeff{\"k\":\"ready\"}",
	"a comma too many":           `{"k":"ready",}`,
	"a comma for nothing":        `{"k":"refill","after":0,"upto":1,"items":[,]}`,
	"a list with an end comma":   `{"k":"refill","after":0,"upto":1,"items":[],}`,
	"an empty list":              `{"k":"refill","after":0,"upto":1,"items":[]}`,
	"no list at all":             `{"k":"refill","after":0,"upto":1,"items":null}`,
	"a word that begins true":    `{"k":"typing","on":truely}`,
	"one for true":               `{"k":"typing","on":1}`,
	"nothing for a text":         `{"k":"leave","reason":null}`,
	"nothing for a yes":          `{"k":"typing","on":null}`,
	"a text of 16 bytes":         `{"k":"leave","reason":"0123456789abcdef"}`,
	"a text of 17 bytes":         `{"k":"leave","reason":"0123456789abcdefg"}`,
	"a text of 16 escapes":       `{"k":"leave","reason":"` + strings.Repeat(`\n`, 16) + `"}`,
	"a delete character":         "{\"k\":\"leave\",\"reason\":\"\x7f\"}",
	"an unknown escape":          `{"k":"leave","reason":"\'"}`,
	"a long unknown name":        `{"k":"ready","` + strings.Repeat("x", 40) + `":1}`,
	"a waiter with a thing twice": `{"k":"board","on":true,"asking":true,"waiting":1,"longest":1,"ready":[{"contact":` + anID +
		`,"contact":` + anID + `,"locale":"en","waited":1,"version":"1","state":"here"}],"yours":[],"people":[]}`,
	"a person with a thing twice": `{"k":"board","on":true,"asking":true,"waiting":1,"longest":1,"ready":[],"yours":[],"people":[{"alias":"a","alias":"b","chats":1,"asking":true}]}`,
	"a waiter whole and a thing twice": `{"k":"board","on":true,"asking":true,"waiting":1,"longest":1,"ready":[{"contact":` + anID +
		`,"contact":` + anID + `,"door":"self","locale":"en","waited":1,"version":"1","state":"here"}],"yours":[],"people":[]}`,
	"a low half first":         `{"k":"leave","reason":"\ude00\ud83d"}`,
	"257 that left":            `{"k":"queue","out":[` + strings.TrimSuffix(strings.Repeat("1,", 257), ",") + `],"low":1,"high":1}`,
	"a number with a sign":     `{"k":"have","upto":+1}`,
	"a number in another base": `{"k":"have","upto":0x1}`,
	"a frame in a list":        `[{"k":"ready"}]`,
	"one text in one text":     `{"k":"say","id":` + anID + `,"seen":0,"body":"{\"text\":\"\\u0041\"}"}`,
}

func TestTwoReadersAgreeOnStrangeFrames(t *testing.T) {
	read := 0
	for name, text := range strange {
		t.Run(name, func(t *testing.T) {
			if err := bothWays([]byte(text)); err != nil {
				t.Errorf("%s: %v", text, err)
			}
		})
		if _, _, why := second([]byte(text), pageFields); why == "" {
			read++
		}
	}
	if read < 8 {
		t.Errorf("only %d of the frames are frames: the second reader reads nothing", read)
	}
}

func TestTheSecondReaderReadsTheProtocolDocument(t *testing.T) {
	for _, b := range examples(t) {
		_, _, asPage := second(b, pageFields)
		_, _, asServer := second(b, serverFields)
		if asPage != "" && asServer != "" {
			t.Errorf("%s: %s, %s", b, asPage, asServer)
		}
		if err := bothWays(b); err != nil {
			t.Errorf("%s: %v", b, err)
		}
	}
}

// FuzzAgainstEncodingJSON: whatever the hand codec takes, encoding/json reads
// to the same values; whatever it refuses is no JSON or breaks a stated rule.
func FuzzAgainstEncodingJSON(f *testing.F) {
	for _, text := range strange {
		f.Add([]byte(text))
	}
	for _, b := range examples(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := bothWays(b); err != nil {
			t.Fatalf("%q: %v", b, err)
		}
	})
}
