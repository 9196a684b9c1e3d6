package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"helpline"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
)

//go:embed *.json
var files embed.FS

// Catalogue is every word of every language. Each language is read once and
// then only read from, so it may be used by many at once.
type Catalogue struct {
	words map[helpline.Locale]Words
	later map[helpline.Locale]func() Words // in place of words: see Later
}

// tongue is one language's own messages, before any falling back.
type tongue struct {
	locale   helpline.Locale
	messages map[string]*goi18n.Message
	form     *goi18n.Localizer
}

// Load reads the catalogues built into the program. It fails on a file that is
// not readable, on one for an unknown language and on a key given twice.
func Load() (*Catalogue, error) { return load(files) }

func load(from fs.FS) (*Catalogue, error) {
	tongues := map[helpline.Locale]*tongue{}
	for _, l := range helpline.Locales() {
		t, err := read(from, l)
		if err != nil {
			return nil, err
		}
		tongues[l] = t
	}
	c := &Catalogue{words: map[helpline.Locale]Words{}}
	for _, l := range helpline.Locales() {
		c.words[l] = gather(l, tongues)
	}
	return c, nil
}

// Later is Load for a program that should not be kept waiting by languages of
// which nobody has asked anything yet: each is read with its first word. What is
// built into the program cannot be unreadable, so there a failure is a broken
// build and stops it; Load finds it in every test.
func Later() *Catalogue { return later(files) }

func later(from fs.FS) *Catalogue {
	tongues := map[helpline.Locale]func() *tongue{}
	c := &Catalogue{later: map[helpline.Locale]func() Words{}}
	for _, l := range helpline.Locales() {
		tongues[l] = sync.OnceValue(func() *tongue {
			t, err := read(from, l)
			if err != nil {
				panic(err)
			}
			return t
		})
		c.later[l] = sync.OnceValue(func() Words {
			chain := map[helpline.Locale]*tongue{}
			for _, step := range l.Chain() {
				chain[step] = tongues[step]()
			}
			return gather(l, chain)
		})
	}
	return c
}

// In gives the words of a language. A language that is not in the catalogue
// gets English.
func (c *Catalogue) In(l helpline.Locale) Words {
	if w, ok := c.words[l]; ok {
		return w
	}
	if read, ok := c.later[l]; ok {
		return read()
	}
	if read, ok := c.later["en"]; ok {
		return read()
	}
	return c.words["en"]
}

// read collects LOCALE.json and LOCALE.*.json.
func read(from fs.FS, l helpline.Locale) (*tongue, error) {
	tag, err := language.Parse(string(l))
	if err != nil {
		return nil, fmt.Errorf("catalogue %s: %w", l, err)
	}
	names, err := fs.Glob(from, "*.json")
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	bundle := goi18n.NewBundle(tag)
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	t := &tongue{locale: l, messages: map[string]*goi18n.Message{}}
	for _, name := range names {
		if prefix, _, _ := strings.Cut(name, "."); prefix != string(l) {
			continue
		}
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", name, err)
		}
		// go-i18n takes the language from the end of the name it is given.
		file, err := bundle.ParseMessageFileBytes(text, string(l)+".json")
		if err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", name, err)
		}
		for _, m := range file.Messages {
			if _, twice := t.messages[m.ID]; twice {
				return nil, fmt.Errorf("catalogue %s: key %q stands in two files", name, m.ID)
			}
			t.messages[m.ID] = m
		}
	}
	t.form = goi18n.NewLocalizer(bundle, string(l))
	return t, nil
}

// gather fills one language from its chain and finds out which language most
// of what it shows is really in.
func gather(l helpline.Locale, tongues map[helpline.Locale]*tongue) Words {
	w := Words{Locale: l, from: map[string]*tongue{}}
	share := map[helpline.Locale]int{}
	for _, step := range l.Chain() {
		for key := range tongues[step].messages {
			if _, have := w.from[key]; !have {
				w.from[key] = tongues[step]
				share[step]++
			}
		}
	}
	w.keys = slices.Sorted(maps.Keys(w.from))
	most := l
	for _, step := range l.Chain() {
		if share[step] > share[most] {
			most = step
		}
	}
	w.lang = string(most)
	if base(most) == base(l) {
		w.lang = string(l)
	}
	return w
}

func base(l helpline.Locale) string {
	b, _, _ := strings.Cut(string(l), "-")
	return b
}

// choose lets go-i18n pick the plural form; the text comes back as written.
func (t *tongue) choose(key string, n int) (string, error) {
	return t.form.Localize(&goi18n.LocalizeConfig{
		MessageID: key, PluralCount: n, TemplateParser: template.IdentityParser{},
	})
}
