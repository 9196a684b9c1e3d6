package promise_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat/promise"
)

func each(t *testing.T, do func(country string, p promise.Profile)) {
	t.Helper()
	if !slices.Equal(promise.Countries(), []string{"be", "de", "generic", "ie", "nl", "uk"}) {
		t.Fatalf("profiles: %v", promise.Countries())
	}
	for _, country := range promise.Countries() {
		p, err := promise.For(country)
		if err != nil {
			t.Fatal(err)
		}
		do(country, p)
	}
}

func TestEveryDoorReadsTheFourSentencesInEveryLanguage(t *testing.T) {
	each(t, func(country string, p promise.Profile) {
		for _, l := range helpline.Locales() {
			for _, a := range helpline.Audiences() {
				got := p.Promise(l, a, 90)
				var ids []string
				for _, s := range got.Sentences {
					ids = append(ids, s.ID)
					if n := len(strings.Fields(s.Bold)); n == 0 || n > 25 {
						t.Errorf("%s %s %s %s: %d words in the bold sentence", country, l, a, s.ID, n)
					}
					if s.More == "" || strings.ContainsAny(s.Bold+s.More, "{}") {
						t.Errorf("%s %s %s %s: not filled in: %q %q", country, l, a, s.ID, s.Bold, s.More)
					}
				}
				want := []string{"who", "kept", "danger", "unseen"}
				if a == helpline.Professional {
					want = append(want, "work")
				}
				if !slices.Equal(ids, want) {
					t.Errorf("%s %s %s: sentences %v, want %v", country, l, a, ids, want)
				}
			}
		}
	})
}

func TestTheSentencesSayWhatThisInstallationDoes(t *testing.T) {
	p, err := promise.For("nl")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name   string
		locale helpline.Locale
		door   helpline.Audience
		want   string
	}{
		{"the days of a note", "en", helpline.Self, "for at most 30 days"},
		{"who may be told", "en", helpline.Self, "we may tell Veilig Thuis or the police"},
		{"in Dutch", "nl", helpline.Self, "kunnen we Veilig Thuis of de politie inlichten"},
		{"Flemish reads Dutch", "nl-BE", helpline.Self, "Je berichten verdwijnen"},
		{"German", "de", helpline.Self, "dürfen wir Veilig Thuis oder die Polizei informieren"},
		{"French", "fr", helpline.Self, "nous pouvons prévenir Veilig Thuis ou la police"},
		{"under 18 has an own third sentence", "en", helpline.Young, "we can bring in somebody who helps"},
		{"work has one more", "nl", helpline.Professional, "Je eigen meldcode blijft gelden."},
		{"the suicide line", "en", helpline.Relative, "113 or 0800-0113, day and night"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var all strings.Builder
			for _, s := range p.Promise(tc.locale, tc.door, 30).Sentences {
				all.WriteString(s.Bold + " " + s.More + "\n")
			}
			if !strings.Contains(all.String(), tc.want) {
				t.Errorf("%q is not in\n%s", tc.want, all.String())
			}
		})
	}
}

func TestEveryLineOfAProfileSaysWhereItComesFromAndWhenItWasChecked(t *testing.T) {
	each(t, func(country string, p promise.Profile) {
		var proofs []promise.Proof
		for _, id := range []string{promise.Hotline, promise.Authority, promise.Treatment} {
			f := p.Fact("en", id)
			proofs = append(proofs, f.Proof)
			if f.Text == "" || f.Href != "" && !strings.HasPrefix(f.Href, "https://") || id == promise.Hotline && f.Href == "" {
				t.Errorf("%s: %s: %+v", country, id, f)
			}
		}
		for _, a := range helpline.Audiences() {
			for _, s := range slices.Concat(p.Promise("en", a, 90).Sentences, p.Letter("en", a, 30).Sentences) {
				proofs = append(proofs, s.Proof)
			}
			for _, l := range helpline.Locales() {
				for _, n := range slices.Concat(p.Numbers(l), p.NumbersFor(l, a)) {
					proofs = append(proofs, n.Proof)
					if n.When == "" || n.Number == "" || strings.Trim(n.Tel, "0123456789") != "" {
						t.Errorf("%s: line %s has no words, or cannot be dialled: %+v", country, n.ID, n)
					}
					if n.Tel != "" && n.CheckedBy == "" {
						t.Errorf("%s: nobody has looked up the number of %s", country, n.ID)
					}
				}
			}
		}
		for _, proof := range proofs {
			if proof.Source == "" {
				t.Errorf("%s: a line without a source", country)
			}
			if _, err := time.Parse(time.DateOnly, proof.CheckedOn); err != nil {
				t.Errorf("%s: %q is not a day", country, proof.CheckedOn)
			}
		}
		if p.Promise("en", helpline.Self, 90).Cleared {
			t.Errorf("%s: cleared by %q: has a lawyer really done that?", country, p.ClearedBy)
		}
	})
}

func TestEmergencySuicideAndYouthLinesStandOnEveryPage(t *testing.T) {
	each(t, func(country string, p promise.Profile) {
		for _, l := range helpline.Locales() {
			var ids []string
			for _, n := range p.Numbers(l) {
				ids = append(ids, n.ID)
			}
			if ids = slices.Compact(ids); !slices.Equal(ids, []string{"emergency", "suicide", "youth"}) {
				t.Errorf("%s %s: %v", country, l, ids)
			}
		}
	})
}

func TestASurvivorIsShownTheLineForThem(t *testing.T) {
	p, err := promise.For("nl")
	if err != nil {
		t.Fatal(err)
	}
	for door, want := range map[helpline.Audience][]string{
		helpline.Survivor: {"survivors"}, helpline.Young: {"youth", "advice"}, helpline.Self: nil,
	} {
		var ids []string
		for _, n := range p.NumbersFor("nl", door) {
			ids = append(ids, n.ID)
		}
		if !slices.Equal(ids, want) {
			t.Errorf("%s: %v, want %v", door, ids, want)
		}
	}
}

// The version rides on every ticket and tells the counsellor what was read. It
// must change with the words: when this fails, raise the version of the
// profile and put the new fingerprint here.
func TestTheVersionChangesWithTheWords(t *testing.T) {
	known := map[string]string{
		"be 1":      "fdf1ccf16e39c2db",
		"de 1":      "047eb4b9dfa3f846",
		"generic 2": "5dde8838cdcc9c08",
		"ie 1":      "bec5fdea05f943c8",
		"nl 2":      "12b045bad42454f7",
		"uk 1":      "0f38e9b7258b7504",
	}
	each(t, func(country string, p promise.Profile) {
		sum := sha256.New()
		for _, l := range helpline.Locales() {
			for _, a := range helpline.Audiences() {
				for _, s := range slices.Concat(p.Promise(l, a, 90).Sentences, p.Letter(l, a, 30).Sentences) {
					_, _ = fmt.Fprintln(sum, l, a, s.Bold, s.More)
				}
			}
		}
		name := fmt.Sprintf("%s %d", country, p.Version)
		if got := hex.EncodeToString(sum.Sum(nil)[:8]); known[name] != got {
			t.Errorf("%q: the words have the fingerprint %q", name, got)
		}
	})
}

func TestACountryWithoutAProfileIsToldWhichThereAre(t *testing.T) {
	for _, country := range []string{"", "xx", "../nl", "nl.json"} {
		_, err := promise.For(country)
		if helpline.KindOf(err) != helpline.Invalid || !strings.Contains(err.Error(), "be, de, generic, ie, nl, uk") {
			t.Errorf("%q: %v", country, err)
		}
	}
}
