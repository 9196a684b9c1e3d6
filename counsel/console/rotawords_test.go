package console

import (
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/rota"
	"helpline/templates/i18n"
)

func wordsOfRota(t *testing.T, locale helpline.Locale) RotaWords {
	t.Helper()
	all, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	names := map[helpline.ID]string{}
	for n := range byte(6) {
		names[helpline.ID{n + 1}] = string(rune('A'+n)) + "ap"
	}
	return NewRotaWords(all.In(locale), names, zone)
}

func TestABreachIsSaidWithPeopleTimeAndAWayOut(t *testing.T) {
	zone := wordsOfRota(t, "en").say.zone
	at := rota.Interval{Start: time.Date(2026, 11, 30, 19, 0, 0, 0, zone), End: time.Date(2026, 12, 1, 0, 30, 0, 0, zone)}
	long := rota.Interval{Start: at.Start, End: at.Start.AddDate(0, 0, 7)}
	a, b := helpline.ID{1}, helpline.ID{2}
	for _, c := range []struct {
		b         rota.Breach
		says, way string
		nl        string
	}{
		{
			rota.Breach{Rule: rota.RuleRestDay, Way: "later", People: []helpline.ID{a}, At: at, Have: 630, Want: 660, Unit: rota.Minutes, Source: "2003/88/EC 3"},
			"Aap rests 10 h 30 min between two days; at least 11 h is needed (Monday 30 November, 19:00–00:30). 2003/88/EC 3", "Begin later, or give the second shift to somebody else.",
			"Aap rust 10 uur 30 min tussen twee dagen; minstens 11 uur is nodig (maandag 30 november, 19.00–00.30 uur). 2003/88/EC 3",
		},
		{
			rota.Breach{Rule: rota.RuleOverlap, Way: "give", People: []helpline.ID{a, a}, At: at, Have: 90, Unit: rota.Minutes},
			"Aap is planned at two places at once, for 1 h 30 min (Monday 30 November, 19:00–00:30).", "Give a shift of theirs to somebody else.", "",
		},
		{
			rota.Breach{Rule: rota.RuleCoverMin, Way: "assign", At: at, Have: 1, Want: 2, Unit: rota.Heads, Language: "fr", Role: rota.Leader},
			"Too few: 1 of 2 shift leaders with French (Monday 30 November, 19:00–00:30).", "Put somebody on it, ask several people at once, or let people take it themselves.", "",
		},
		{
			rota.Breach{Rule: rota.RuleExpired, Way: "renew", People: []helpline.ID{b}, At: at, Skill: "telephone"},
			"The skill “telephone” of Bap is not valid any more then (Monday 30 November, 19:00–00:30).", "Note a later last day on “Agreements”, or put somebody else on it.", "",
		},
		{
			rota.Breach{Rule: rota.RuleRestWeek, Way: "free", People: []helpline.ID{a, b, a}, At: long, Have: 59, Want: 60, Unit: rota.Minutes},
			"Aap, Bap has no rest of 1 h in a week; the longest is 59 min (Monday 30 November to Monday 7 December).", "Leave one or two days free.", "",
		},
	} {
		if says, way := wordsOfRota(t, "en").Breach(c.b); says != c.says || way != c.way {
			t.Errorf("%s:\n%s\n%s, want\n%s\n%s", c.b.Rule, says, way, c.says, c.way)
		}
		if says, _ := wordsOfRota(t, "nl").Breach(c.b); c.nl != "" && says != c.nl {
			t.Errorf("%s: %s, want %s", c.b.Rule, says, c.nl)
		}
	}
}

// Every sentence is filled: no placeholder and no key is left, whatever the rule.
func TestNoSentenceOfTheRotaKeepsAPlaceholder(t *testing.T) {
	for _, locale := range []helpline.Locale{"en", "nl"} {
		r := wordsOfRota(t, locale)
		for _, key := range r.say.Under("rota.rule.") {
			rule := strings.TrimPrefix(key, "rota.rule.")
			for _, way := range r.say.Under("rota.way.") {
				b := rota.Breach{Rule: rota.RuleID(rule), Way: rota.WayOut(strings.TrimPrefix(way, "rota.way.")), People: []helpline.ID{{1}}, At: rota.Interval{Start: time.Unix(1, 0), End: time.Unix(9, 0)}, Unit: rota.Heads}
				says, out := r.Breach(b)
				if strings.ContainsAny(says+out, "{}") || strings.Contains(says, "rota.") {
					t.Errorf("%s: %s %s", rule, says, out)
				}
			}
		}
	}
}

func TestAFaultOfASheetNamesTheCellAsASpreadsheetDoes(t *testing.T) {
	r := wordsOfRota(t, "en")
	for want, f := range map[string]rota.SheetFault{
		"Row 2, column B: Nobody on the team has this name.":                                     {Row: 2, Column: 2, Why: "name"},
		"Row 7, column AB: Two of these shifts overlap. Take one out, or change its hours.":      {Row: 7, Column: 28, Why: "overlap"},
		"Row 3: A quotation mark is not closed in this row.":                                     {Row: 3, Why: "quotes"},
		"This is not text. Save the sheet as CSV (UTF-8).":                                       {Why: "text"},
		"Row 1, column ZZ: This day stands twice.":                                               {Row: 1, Column: 702, Why: "twice"},
		"Row 1, column AAA: This day stands twice.":                                              {Row: 1, Column: 703, Why: "twice"},
		"Row 9, column Z: Beginning and end are the same. A whole day is written 09:00-09:00+1.": {Row: 9, Column: 26, Why: "same"},
		"The file is too large: at most 1 MB, 1000 rows and 400 days.":                           {Why: "large"},
	} {
		if got := r.Sheet(f); got != want {
			t.Errorf("%+v: %q, want %q", f, got, want)
		}
	}
}

func TestAnObstacleIsSaid(t *testing.T) {
	r := wordsOfRota(t, "en")
	got := r.Why(rota.Obstacle{There: true, Lacks: []rota.Lack{rota.LackLanguage}, Blocks: []rota.Breach{{Rule: rota.RuleLeave, People: []helpline.ID{{1}}, At: rota.Interval{Start: time.Date(2026, 11, 30, 8, 0, 0, 0, r.say.zone), End: time.Date(2026, 11, 30, 9, 0, 0, 0, r.say.zone)}}}})
	if want := []string{"is on this shift already", "does not speak this language", "Aap is on leave (Monday 30 November, 08:00–09:00)."}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	g := rota.Gap{Have: 1, Want: 3, Requirement: rota.Requirement{Skill: "chat"}}
	at := rota.Interval{Start: time.Date(2026, 11, 30, 8, 0, 0, 0, r.say.zone), End: time.Date(2026, 11, 30, 9, 0, 0, 0, r.say.zone)}
	if says := r.Gap(g, at); says != "Too few: 1 of 3 people with “chat” (Monday 30 November, 08:00–09:00)." {
		t.Errorf("%q", says)
	}
}
