package i18n

import (
	"strings"
	"testing"
	"testing/fstest"

	"helpline"
)

// FuzzCatalogue: a file of words is read, or refused with its name; no word of
// it makes a page fail.
func FuzzCatalogue(f *testing.F) {
	f.Add(`{"a": "text", "b": {"one": "one", "other": "{n} many"}}`, 3)
	f.Add(`{"a": {"description": "x", "other": "{{.Name}}"}}`, 1)
	f.Add(`{"a.b": {"c": {"other": "x"}}, "a": {"zero": "z"}}`, 0)
	f.Add(`[{"id": "a", "other": "x"}, {"id": "a", "other": "y"}]`, -1)
	f.Add(`{"": "", "other": "x", "id": null}`, 2)
	f.Add(`{"a": 1e99}`, 1)
	f.Fuzz(func(t *testing.T, text string, n int) {
		c, err := load(fstest.MapFS{"en.json": {Data: []byte(text)}, "nl.part.json": {Data: []byte(`{"only": "hier"}`)}})
		if err != nil {
			if !strings.Contains(err.Error(), "en.json") {
				t.Fatalf("the error names no file: %v", err)
			}
			return
		}
		for _, l := range append(helpline.Locales(), "xx") {
			w := c.In(l)
			for _, key := range w.Under("") {
				if got := w.T(key, "n", n); strings.Contains(got, "{n}") {
					t.Fatalf("%q still has its placeholder: %q", key, got)
				}
				_ = w.N(key, n)
				_ = w.Forms(key)
				if !w.Has(key) {
					t.Fatalf("%q is listed and not there", key)
				}
			}
			if w.Lang() == "" || (w.Dir() != "ltr" && w.Dir() != "rtl") {
				t.Fatalf("language %q, direction %q", w.Lang(), w.Dir())
			}
		}
	})
}

// oneByOne fills placeholders from front to back, in the plainest way there is.
func oneByOne(text string, args ...string) string {
	var out strings.Builder
next:
	for text != "" {
		for i := 0; i+1 < len(args); i += 2 {
			if rest, ok := strings.CutPrefix(text, "{"+args[i]+"}"); ok {
				out.WriteString(args[i+1])
				text = rest
				continue next
			}
		}
		out.WriteByte(text[0])
		text = text[1:]
	}
	return out.String()
}

func TestAValueIsNotReadForOtherPlaceholders(t *testing.T) {
	want := "{n} waits 5, says {name}"
	if got := fill("{name} waits {n}, says {text}", []any{"name", "{n}", "n", 5, "text", "{name}"}); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// FuzzFill: a value stands in the text as it is, whatever it looks like.
func FuzzFill(f *testing.F) {
	f.Add("{name} waits {n} minutes", "{n}", "{name}")
	f.Add("{{name}}", "n", "}")
	f.Add("{n}{name}{n}{", "{", "{n")
	f.Add("no placeholder", "a", "b")
	f.Fuzz(func(t *testing.T, text, name, n string) {
		want := oneByOne(text, "name", name, "n", n)
		if got := fill(text, []any{"name", name, "n", n}); got != want {
			t.Fatalf("fill(%q) with %q and %q is %q, want %q", text, name, n, got, want)
		}
	})
}
