package promise

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"helpline"
)

// spoken are the languages of visitors that are no variant of another.
var spoken = []helpline.Locale{"en", "nl", "fr", "de"}

func profiles(t *testing.T, see func(Profile)) {
	t.Helper()
	for _, country := range Countries() {
		p, err := For(country)
		if err != nil {
			t.Fatal(err)
		}
		see(p)
	}
}

func TestEveryProfileSpeaksEveryLanguageOfVisitors(t *testing.T) {
	profiles(t, func(p Profile) {
		want := func(what string, texts Texts) {
			seen := map[string]bool{}
			for _, l := range spoken {
				if texts[l] == "" || seen[texts[l]] {
					t.Errorf("%s: %s in %s: missing or the same as in another language: %q", p.Country, what, l, texts["en"])
				}
				seen[texts[l]] = true
			}
		}
		for _, c := range slices.Concat(p.Sentences, p.Additions) {
			want(c.ID, c.Bold)
			want(c.ID, c.More)
		}
		for _, n := range p.Lines {
			want(n.ID, n.When)
		}
		for _, f := range p.Facts {
			want(f.ID, f.Text)
		}
	})
}

// Belgium has lines in two languages; whoever reads one of them is shown the
// line that speaks it, and nobody is left without.
func TestALineIsToldToThoseWhoSpeakItsLanguage(t *testing.T) {
	be, err := For("be")
	if err != nil {
		t.Fatal(err)
	}
	for l, want := range map[helpline.Locale]string{
		"nl-BE": "112 1813 102", "nl": "112 1813 102", "fr": "112 080032123 103", "en": "112 1813 080032123 102 103", "de": "112 1813 080032123 102 103",
	} {
		var tels []string
		for _, n := range be.Numbers(l) {
			tels = append(tels, n.Tel)
		}
		if got := strings.Join(tels, " "); got != want {
			t.Errorf("%s: %s, want %s", l, got, want)
		}
	}
}

func TestPromiseTheLimitsOfEachCountryAreItsOwn(t *testing.T) {
	for _, tc := range []struct {
		country string
		locale  helpline.Locale
		door    helpline.Audience
		want    string
		law     string
	}{
		{"nl", "nl", helpline.Self, "kunnen we Veilig Thuis of de politie inlichten", "Wet maatschappelijke ondersteuning"},
		{"be", "nl-BE", helpline.Self, "beroepsgeheim", "new code is in force since April 2026 and its article numbers have not been checked"},
		{"be", "fr", helpline.Self, "secret professionnel", "458bis"},
		{"de", "de", helpline.Self, "Schweigepflicht", "StGB 203"},
		{"uk", "en", helpline.Self, "we must pass on that a child was harmed, anyone is at risk, or a crime happened", "Schedule 1"},
		{"uk", "en", helpline.Young, "we must bring in somebody who helps", "Schedule 1"},
		{"ie", "en", helpline.Self, "we must tell Tusla or the Gardaí", "Children First Act 2015"},
		{"ie", "en", helpline.Professional, "your duty to report to Tusla stays with you", "Children First"},
		{"generic", "de", helpline.Self, "die Polizei oder den Kinderschutz", "No country chosen"},
	} {
		p, err := For(tc.country)
		if err != nil {
			t.Fatal(err)
		}
		var words, laws strings.Builder
		for _, s := range p.Promise(tc.locale, tc.door, 90).Sentences {
			words.WriteString(s.Bold + " " + s.More + "\n")
			laws.WriteString(s.Source + " " + s.Article + "\n")
		}
		if !strings.Contains(words.String(), tc.want) || !strings.Contains(laws.String(), tc.law) {
			t.Errorf("%s %s %s: %q or %q is not in\n%s%s", tc.country, tc.locale, tc.door, tc.want, tc.law, &words, &laws)
		}
	}
}

func TestAMessageThatIsLeftIsPromisedWhatIsKeptOfIt(t *testing.T) {
	profiles(t, func(p Profile) {
		for _, l := range helpline.Locales() {
			for _, a := range helpline.Audiences() {
				chat, letter := p.Promise(l, a, 90), p.Letter(l, a, 30)
				for i, s := range letter.Sentences {
					if s.ID != chat.Sentences[i].ID || (s.ID == "kept") == (s.Bold == chat.Sentences[i].Bold) {
						t.Errorf("%s %s %s: sentence %s: %q", p.Country, l, a, s.ID, s.Bold)
					}
					if n := len(strings.Fields(s.Bold)); n > 25 || s.ID == "kept" && !strings.Contains(s.Bold, "30") {
						t.Errorf("%s %s: %d words in %q", p.Country, l, n, s.Bold)
					}
				}
				if chat.Limit().Bold == "" || chat.Limit().ID != "danger" {
					t.Errorf("%s %s %s: no limit", p.Country, l, a)
				}
			}
		}
	})
}

func TestSomebodyUnder18ToWhomSomethingIsDoneIsShownTheYouthLineFirst(t *testing.T) {
	profiles(t, func(p Profile) {
		for _, l := range helpline.Locales() {
			harmed := p.NumbersOn(l, helpline.Young, helpline.AboutHarm)
			if len(harmed) == 0 || harmed[0].ID != "youth" {
				t.Fatalf("%s %s: %+v", p.Country, l, harmed)
			}
			survivors := slices.ContainsFunc(harmed, func(n Number) bool { return n.ID == "survivors" })
			if p.Country != Generic && !survivors {
				t.Errorf("%s %s: no line for survivors", p.Country, l)
			}
			if got := p.NumbersOn(l, helpline.Young, helpline.AboutSelf); len(got) != len(p.NumbersFor(l, helpline.Young)) {
				t.Errorf("%s %s: who worries about themselves is shown %+v", p.Country, l, got)
			}
		}
	})
}

// FuzzProfile: a file that is no profile is refused, and one that is read says
// something about each of the four, filled in.
func FuzzProfile(f *testing.F) {
	for _, country := range Countries() {
		text, err := files.ReadFile("country/" + country + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add(`{"country":"xx","version":1,"checked_on":"2026-11-22","sentences":[{"id":"danger","bold":{"en":"{told}{told}"},"more":null}],"lines":[{"id":"x"}],"fill":{"told":{"en":"{days}"}}}`)
	f.Add(`{"country":"xx","version":1,"checked_on":"2026-02-30"}`)
	f.Add(`{"country":"xx","version":70000}`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, text string) {
		var says struct {
			Country string `json:"country"`
		}
		_ = json.Unmarshal([]byte(text), &says)
		p, err := read(says.Country, common, []byte(text))
		if err != nil {
			if helpline.KindOf(err) != helpline.Internal {
				t.Fatalf("kind %s", helpline.KindOf(err))
			}
			return
		}
		for _, l := range helpline.Locales() {
			for _, a := range helpline.Audiences() {
				ids := map[string]bool{}
				for _, s := range append(p.Promise(l, a, 7).Sentences, p.Letter(l, a, 7).Sentences...) {
					ids[s.ID] = true
				}
				if !ids["who"] || !ids["kept"] || !ids["danger"] || !ids["unseen"] {
					t.Fatalf("a promise without one of the four: %v", ids)
				}
				_ = fmt.Sprint(p.NumbersOn(l, a, helpline.AboutHarm), p.Fact(l, Hotline))
			}
		}
	})
}
