package rota

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// words reads the sentences of staff pages as they are written.
func words(t *testing.T, locale string) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../templates/i18n/" + locale + ".rota.json")
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]string
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

var placeholders = regexp.MustCompile(`\{[a-z]+\}`)

// Whatever the checker can say has a sentence and a way out, in English and
// Dutch, with no placeholder but those a breach can fill; and no sentence is
// left over that nothing says.
func TestEveryRuleWayOutAndFaultHasItsSentence(t *testing.T) {
	want := map[string]bool{}
	for rule, way := range ways {
		want["rota.rule."+string(rule)], want["rota.means."+string(rule)], want["rota.way."+string(way)] = true, true, true
	}
	for _, l := range []Level{Hard, Advisory, Note} {
		want["rota.level."+string(l)] = true
	}
	for _, r := range Reasons() {
		want["rota.reason."+string(r)] = true
	}
	for _, p := range Profiles() {
		want["rota.law."+p.ID] = true
		for _, m := range p.Unchecked {
			want["rota.matter."+m] = true
		}
	}
	for _, why := range []string{"name", "days", "clock", "endday", "same", "before", "long", "break", "debrief", "date", "dates", "period", "unsocial", "either", "heads", "order", "role", "language"} {
		want["rota.fault."+why] = true
	}
	for _, why := range []string{"large", "text", "quotes", "empty", "zone", "date", "dates", "twice", "period", "name", "person", "nodate", "many", "overlap", "hours", "long", "same", "gone", "cell", "entry", "role", "swallowed", "shapes", "where", "event", "event.text", "event.none", "event.name", "event.repeats", "event.times", "event.day", "event.zone", "event.ends", "event.long", "event.clocks", "event.gap", "event.gone", "event.overlap"} {
		want["rota.sheet."+why] = true
	}
	filled := []string{"{who}", "{when}", "{have}", "{want}", "{what}", "{source}", "{why}", "{row}", "{column}", "{event}"}
	for _, locale := range []string{"en", "nl"} {
		said := words(t, locale)
		for key := range want {
			if strings.TrimSpace(said[key]) == "" {
				t.Errorf("%s has no %s", locale, key)
			}
		}
		for key, text := range said {
			part, _, _ := strings.Cut(strings.TrimPrefix(key, "rota."), ".")
			if slices.Contains([]string{"rule", "way", "level", "reason", "law", "matter", "fault", "sheet"}, part) && !want[key] {
				t.Errorf("%s has %s, and nothing says it", locale, key)
			}
			for _, p := range placeholders.FindAllString(text, -1) {
				if !slices.Contains(filled, p) {
					t.Errorf("%s %s: nothing fills %s", locale, key, p)
				}
			}
		}
	}
	if !strings.Contains(words(t, "en")["rota.advice"], "Not legal advice") || !strings.Contains(words(t, "nl")["rota.advice"], "Geen juridisch advies") {
		t.Error("the screens do not say that this is no legal advice")
	}
}

// Beside the panel stands what a rule means: for every rule of every law, and of
// the house, in both languages, with a way out.
func TestEveryRuleOfEveryLawSaysWhatItMeansAndAWayOut(t *testing.T) {
	for _, locale := range []string{"en", "nl"} {
		said := words(t, locale)
		for _, p := range laws() {
			for _, r := range p.Rules {
				for _, key := range []string{"rota.rule." + string(r.Rule), "rota.means." + string(r.Rule), "rota.way." + string(ways[r.Rule])} {
					if len(strings.Fields(said[key])) < 2 {
						t.Errorf("%s, %s of %s: %s says %q", locale, r.Rule, p.ID, key, said[key])
					}
				}
				if text := said["rota.means."+string(r.Rule)]; placeholders.MatchString(text) {
					t.Errorf("%s: what %s means has a place nothing fills: %q", locale, r.Rule, text)
				}
			}
		}
	}
}
