package i18n

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"helpline"
)

func mustLoad(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// staffParts are the catalogues of staff pages and of the demonstration, which
// are English and Dutch. Whatever stands in another file is for visitors.
var staffParts = []string{
	"audit", "book", "demo", "desk", "groups", "hours", "keep", "list", "people",
	"notices", "plan", "recovery", "rota", "second", "shifts", "staffing", "start", "threads",
	"rotaask", "byhand",
}

func TestStaffWordsStandInEnglishAndDutch(t *testing.T) {
	c := mustLoad(t)
	sameKeys(t, c, "nl", func(string) bool { return true })
	if n := len(c.words["en"].from); n < 40 {
		t.Errorf("only %d keys in English: the catalogue was not read", n)
	}
}

func TestEveryVisitorWordStandsInEveryLanguage(t *testing.T) {
	c := mustLoad(t)
	for _, l := range []helpline.Locale{"nl", "fr", "de"} {
		sameKeys(t, c, l, func(key string) bool { return !staffKey(key) })
	}
	for key, from := range c.words["nl-BE"].from { // its words are Dutch but for some
		if !staffKey(key) && from.locale != "nl" && from.locale != "nl-BE" {
			t.Errorf("%s: neither Flemish nor Dutch", key)
		}
	}
}

// sameKeys fails for every key of English that a language lacks, and the other
// way round.
func sameKeys(t *testing.T, c *Catalogue, l helpline.Locale, counts func(key string) bool) {
	t.Helper()
	for key := range c.words["en"].from {
		if from, ok := c.words[l].from[key]; counts(key) && (!ok || from.locale != l) {
			t.Errorf("%s %s: missing", l, key)
		}
	}
	for key, from := range c.words[l].from {
		if _, ok := c.words["en"].from[key]; !ok && from.locale == l {
			t.Errorf("%s: %s has it, English has not", key, l)
		}
	}
}

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

func TestEveryTranslationHasThePlaceholdersOfEnglish(t *testing.T) {
	c := mustLoad(t)
	for locale, w := range c.words {
		for key, from := range w.from {
			want := placeholders(c.words["en"].from[key].messages[key].Other)
			m := from.messages[key]
			if got := placeholders(m.Other); !slices.Equal(got, want) {
				t.Errorf("%s %s: placeholders %v, English has %v", locale, key, got, want)
			}
			for _, form := range []string{m.Zero, m.One, m.Two, m.Few, m.Many, m.Other} {
				if strings.ContainsAny(placeholder.ReplaceAllString(form, ""), "{}") {
					t.Errorf("%s %s: a brace that is no placeholder in %q", locale, key, form)
				}
			}
		}
	}
}

func placeholders(text string) []string {
	out := placeholder.FindAllString(text, -1)
	slices.Sort(out)
	return slices.Compact(out)
}

func TestEveryMessageHasTheFormThatIsAlwaysThere(t *testing.T) {
	for locale, w := range mustLoad(t).words {
		for key, from := range w.from {
			if from.messages[key].Other == "" {
				t.Errorf("%s %s: no text", locale, key)
			}
			if m := from.messages[key]; m.One != "" && !strings.Contains(m.Other, "{n}") {
				t.Errorf("%s %s: has a singular, but its plural does not say {n}", locale, key)
			}
		}
	}
}

func TestSentencesOnVisitorPagesHaveAtMostTwentyFiveWords(t *testing.T) {
	for locale, w := range mustLoad(t).words {
		for key, from := range w.from {
			if staffKey(key) {
				continue
			}
			for _, s := range sentences(from.messages[key].Other) {
				if n := len(strings.Fields(s)); n > 25 {
					t.Errorf("%s %s: %d words in %q", locale, key, n, s)
				}
			}
		}
	}
}

// sentences cuts at a full stop, question or exclamation mark that ends a word.
func sentences(text string) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		out = append(out, regexp.MustCompile(`[.?!:](?:\s|$)`).Split(line, -1)...)
	}
	return out
}

// banned are the words of the house that never stand on a visitor's page.
var banned = regexp.MustCompile(`(?i)p(a)?edophil|pedofiel|offender|\bdader|child porn|kinderporno|confess|\breport you\b|\bcase\b|\bticket|\bsession\b|\bsessie\b|\bagent\b|misuse|misbruik van|terminated|don't judge|oordelen niet|consent form|\bterms\b|voorwaarden|\bclient|\bcliënt|\bpatient|\buser\b|\bgebruiker|suspect|\bverdachte|perpetrator` +
	`|pädophil|\btäter|sitzung|\bnutzer|benutzer(in)?\b|klient|verdächtig|geständ|kinderporn` +
	`|pédophil|pédoporn|\bagress|délinquant|utilisateur|\bdossier|\bsession|suspecte|avouer`)

func TestNoBannedWordStandsOnAVisitorPage(t *testing.T) {
	for locale, w := range mustLoad(t).words {
		for key, from := range w.from {
			if staffKey(key) {
				continue
			}
			if hit := banned.FindString(from.messages[key].Other); hit != "" {
				t.Errorf("%s %s: the word %q", locale, key, hit)
			}
		}
	}
	for _, bad := range []string{"You are an offender", "Uw sessie is voorbij", "terms apply", "Die Sitzung ist zu Ende", "pour les utilisateurs"} {
		if !banned.MatchString(bad) {
			t.Errorf("%q should have been caught", bad)
		}
	}
}

// staffKeys are the keys of the catalogues of staffParts.
var staffKeys = sync.OnceValue(func() map[string]bool {
	keys := map[string]bool{}
	for _, part := range staffParts {
		text, err := files.ReadFile("en." + part + ".json")
		if err != nil {
			panic(err)
		}
		var words map[string]any
		if err := json.Unmarshal(text, &words); err != nil {
			panic(err)
		}
		for key := range words {
			keys[key] = true
		}
	}
	return keys
})

func staffKey(key string) bool { return staffKeys()[key] }

func small(t *testing.T) *Catalogue {
	t.Helper()
	c, err := load(fstest.MapFS{
		"en.json":      {Data: []byte(`{"front.heading":"Talk","hello":"Hello {name}","only":"English only","yes":"Yes","no":"No","new":{"one":"{n} new message","other":"{n} new messages"}}`)},
		"nl.json":      {Data: []byte(`{"front.heading":"Praten","hello":"Dag {name}","yes":"Ja","no":"Nee","new":{"one":"{n} nieuw bericht","other":"{n} nieuwe berichten"}}`)},
		"nl-BE.json":   {Data: []byte(`{"hello":"Dag zulle {name}"}`)},
		"fr.json":      {Data: []byte(`{"front.heading":"Parler","new":{"one":"{n} nouveau message","other":"{n} nouveaux messages"}}`)},
		"en.desk.json": {Data: []byte(`{"desk.next":"Next"}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAWordThatIsMissingComesFromTheNextLanguageOfTheChain(t *testing.T) {
	c := small(t)
	for _, tc := range []struct{ name, got, want string }{
		{"own word", c.In("nl-BE").T("hello", "name", "Jo"), "Dag zulle Jo"},
		{"Flemish takes the Dutch word", c.In("nl-BE").N("new", 2), "2 nieuwe berichten"},
		{"Dutch takes the English word", c.In("nl").T("only"), "English only"},
		{"Flemish reaches English at last", c.In("nl-BE").T("only"), "English only"},
		{"German without a catalogue is English", c.In("de").T("hello", "name", "Jo"), "Hello Jo"},
		{"a language we do not have is English", c.In("xx").T("only"), "English only"},
		{"a key nobody has shows itself", c.In("nl").T("nobody.has.this"), "nobody.has.this"},
		{"staff words stand in their own file", c.In("nl").T("desk.next"), "Next"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.got != tc.want {
				t.Errorf("got %q, want %q", tc.got, tc.want)
			}
		})
	}
}

func TestPluralsFollowEachLanguagesOwnRule(t *testing.T) {
	c := small(t)
	for _, tc := range []struct{ got, want string }{
		{c.In("en").N("new", 1), "1 new message"},
		{c.In("en").N("new", 0), "0 new messages"},
		{c.In("fr").N("new", 0), "0 nouveau message"}, // French counts 0 as one
		{c.In("fr").N("new", 2), "2 nouveaux messages"},
		{c.In("nl").N("new", 1), "1 nieuw bericht"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}

func TestAValueNeverBringsInAPlaceholder(t *testing.T) {
	w := small(t).In("en")
	if got := w.T("hello", "name", "{name}{n}"); got != "Hello {name}{n}" {
		t.Errorf("got %q", got)
	}
}

func TestThePageSaysTheLanguageItIsReallyIn(t *testing.T) {
	c := small(t)
	for _, tc := range []struct{ locale, want helpline.Locale }{{"nl", "nl"}, {"nl-BE", "nl-BE"}, {"fr", "fr"}, {"de", "en"}} {
		if got := c.In(tc.locale).Lang(); got != string(tc.want) {
			t.Errorf("%s: %q, want %q", tc.locale, got, tc.want)
		}
	}
	whole, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range helpline.Locales() { // staff's words, of which there are more, are in two of them only
		if got := whole.In(l).Lang(); got != string(l) {
			t.Errorf("the pages of %s say that they are in %q", l, got)
		}
	}
}

func TestAKeyGivenTwiceIsRefused(t *testing.T) {
	_, err := load(fstest.MapFS{
		"en.json":      {Data: []byte(`{"a":"1"}`)},
		"en.desk.json": {Data: []byte(`{"a":"2"}`)},
	})
	if err == nil || !strings.Contains(err.Error(), `"a"`) {
		t.Errorf("got %v, want an error that names the key", err)
	}
}

// TestWhatIsReadLaterIsTheSame: the words of a running line are those that all
// other tests look at.
func TestWhatIsReadLaterIsTheSame(t *testing.T) {
	all, running := mustLoad(t), Later()
	for _, l := range append(helpline.Locales(), "xx") {
		want, got := all.In(l), running.In(l)
		if got.Locale != want.Locale || got.Lang() != want.Lang() || !slices.Equal(got.keys, want.keys) || len(got.keys) == 0 {
			t.Fatalf("%s: %s and %d keys, want %s and %d", l, got.Lang(), len(got.keys), want.Lang(), len(want.keys))
		}
		for _, key := range want.keys {
			if got.T(key, "n", 3) != want.T(key, "n", 3) || got.N(key, 1) != want.N(key, 1) {
				t.Errorf("%s %s: %q, want %q", l, key, got.T(key), want.T(key))
			}
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a catalogue that cannot be read does not stop the program")
		}
	}()
	later(fstest.MapFS{"de.json": {Data: []byte("{")}}).In("de")
}
