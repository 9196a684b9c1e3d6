package i18n

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"helpline"
)

// Words are the words of one language, with what it lacks filled from its
// chain. The zero Words shows every key as it is.
type Words struct {
	Locale helpline.Locale

	from map[string]*tongue
	keys []string // of from, sorted
	lang string
}

// T gives the text of a key. args are pairs of a placeholder's name and its
// value: T("after.minutes", "n", 15). A value that is itself a Words' text is
// not read for placeholders. An unknown key comes back as it is, so that a
// page is never empty; a test keeps that from happening.
func (w Words) T(key string, args ...any) string {
	t, ok := w.from[key]
	if !ok {
		return key
	}
	return fill(t.messages[key].Other, args)
}

// N gives the plural form of a key for n, with {n} set to n.
func (w Words) N(key string, n int, args ...any) string {
	t, ok := w.from[key]
	if !ok {
		return key
	}
	text, err := t.choose(key, n)
	if err != nil { // a form that is missing; "other" is always there
		text = t.messages[key].Other
	}
	return fill(text, append([]any{"n", n}, args...))
}

// Has says whether any language of the chain has the key.
func (w Words) Has(key string) bool {
	_, ok := w.from[key]
	return ok
}

// Lang is what the lang attribute of a page must say: the language its words are
// really in, which for a catalogue that is still empty is the one it falls back on.
func (w Words) Lang() string {
	if w.lang == "" {
		return "en"
	}
	return w.lang
}

// Dir is the direction of writing, ltr or rtl.
func (w Words) Dir() string {
	switch base(helpline.Locale(w.Lang())) {
	case "ar", "fa", "he", "ur":
		return "rtl"
	}
	return "ltr"
}

// Under lists the keys that start with a prefix, sorted.
func (w Words) Under(prefix string) []string {
	first, _ := slices.BinarySearch(w.keys, prefix)
	last := first
	for last < len(w.keys) && strings.HasPrefix(w.keys[last], prefix) {
		last++
	}
	return slices.Clone(w.keys[first:last])
}

// Form is one plural form of a text. Name is "other" for a text without forms.
type Form struct{ Name, Text string }

// Forms gives every form of a key, for a script that chooses by itself.
func (w Words) Forms(key string) []Form {
	t, ok := w.from[key]
	if !ok {
		return nil
	}
	m := t.messages[key]
	var out []Form
	for _, f := range []Form{{"zero", m.Zero}, {"one", m.One}, {"two", m.Two}, {"few", m.Few}, {"many", m.Many}, {"other", m.Other}} {
		if f.Text != "" {
			out = append(out, f)
		}
	}
	return out
}

// fill replaces {name} in one pass, so that a value can never bring in
// placeholders of its own.
func fill(text string, args []any) string {
	if len(args) < 2 || !strings.Contains(text, "{") {
		return text
	}
	var out strings.Builder
	for {
		before, after, more := strings.Cut(text, "{")
		out.WriteString(before)
		if !more {
			return out.String()
		}
		name, rest, closed := strings.Cut(after, "}")
		if value, known := given(args, name); closed && known {
			out.WriteString(show(value))
			text = rest
		} else {
			out.WriteByte('{')
			text = after
		}
	}
}

// given is the value of a name among pairs of names and values.
func given(args []any, name string) (any, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1], true
		}
	}
	return nil, false
}

func show(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	}
	return fmt.Sprint(v)
}
