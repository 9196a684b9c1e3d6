package i18n

import (
	"encoding/json"
	"regexp"
	"testing"
)

// strayed are words that once stood beside the one of the glossary in
// docs/rota.md for the same thing. Each is a pattern, with the word to use.
var strayed = map[string][]struct{ bad, use string }{
	"en": {
		{`\bhard rule`, "a rule that must be kept"},
		{`\btemplates?\b`, "weekly shift"},
		{`\bmagic\b|\bsolver\b|\bheuristic`, "plain words"},
		{`\bwill be notified\b|\bare told\b|\bis told\b`, "what is so without notices: they see it on their own page"},
		{`\bthe leader\b|\ba leader\b|\bleaders on call\b`, "shift leader"},
		{`\b(lacks|lack)\b(?: a| of)? cover`, "least cover is missing"},
	},
	"nl": {
		{`(?i)\bontwerp`, "concept"},
		{`(?i)\b(op|het|dit) bord\b`, "overzicht"},
		{`(?i)\bsupervisor`, "leidinggevende"},
		{`(?i)\bde leider|\been leider|\bleiders\b|\bzonder leider|\bleiding\b`, "dienstleider"},
		{`(?i)achterwacht`, "buddy, of oproepbaar"},
		{`(?i)\bhet minste\b|minste bezetting`, "minimumbezetting"},
		{`(?i)aanvaard`, "accepteren"},
		{`(?i)sjablo`, "wekelijkse dienst"},
		{`(?i)harde regel`, "een regel die moet"},
		{`(?i)ingecheck[^t]|aangemeld\b|afgemeld\b|\baanmelding`, "inchecken, uitchecken"},
		{`(?i)leerling`, "in opleiding"},
		{`(?i)onprettige uren`, "lastige uren"},
		{`(?i)krijgt bericht|krijgen bericht|geen bericht\b`, "melding"},
		{`(?i)\bplaatsen\b`, "plekken"},
		{`(?i)\bschrap`, "laten vervallen"},
		{`(?i)\bbladzijde`, "pagina"},
		{`(?i)\bu(w)?\b`, "je"},
		{`(?i)\bcel(len)?\b`, "vakje"},
	},
}

// rotaParts are the catalogues of the pages about the rota.
var rotaParts = []string{"rota", "plan", "book", "shifts", "rotaask", "staffing", "byhand"}

func stray(locale, text string) (string, string) {
	for _, s := range strayed[locale] {
		if hit := regexp.MustCompile(s.bad).FindString(text); hit != "" {
			return hit, s.use
		}
	}
	return "", ""
}

func TestOneThingOfTheRotaHasOneWord(t *testing.T) {
	all := mustLoad(t)
	for locale := range strayed {
		own := all.words["en"]
		if locale == "nl" {
			own = all.words["nl"]
		}
		for _, part := range rotaParts {
			raw, err := files.ReadFile(locale + "." + part + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var keys map[string]any
			if err := json.Unmarshal(raw, &keys); err != nil {
				t.Fatal(err)
			}
			for key := range keys {
				for _, form := range own.Forms(key) {
					if hit, use := stray(locale, form.Text); hit != "" {
						t.Errorf("%s %s: %q; say %s", locale, key, hit, use)
					}
				}
			}
		}
	}
	for text, locale := range map[string]string{"Het ontwerp is weg.": "nl", "zes mensen krijgen bericht": "nl", "Kijk op het bord.": "nl", "6 people are told": "en"} {
		if hit, _ := stray(locale, text); hit == "" {
			t.Errorf("%q should have been caught", text)
		}
	}
}

// What waits behind a code is a bericht, and what tells staff of something is a
// melding: the two once had one word, and the way to both one name.
func TestNoticesAndTheInboxHaveTwoNames(t *testing.T) {
	all := mustLoad(t)
	for _, locale := range []string{"en", "nl"} {
		words := all.words["en"]
		if locale == "nl" {
			words = all.words["nl"]
		}
		if inbox := words.T("staff.place.inbox"); inbox == words.T("notices.title") {
			t.Errorf("%s: both are %q", locale, inbox)
		}
	}
	nl := all.words["nl"]
	for _, key := range nl.Under("notices.") {
		for _, form := range nl.Forms(key) {
			if hit := regexp.MustCompile(`(?i)\bbericht`).FindString(form.Text); hit != "" {
				t.Errorf("%s: %q is what visitors write; a notice is a melding", key, hit)
			}
			if hit, use := stray("nl", form.Text); hit != "" {
				t.Errorf("%s: %q; say %s", key, hit, use)
			}
		}
	}
}

// Places of the same name beside each other lead nowhere.
func TestNoTwoPlacesOfTheRotaHaveOneName(t *testing.T) {
	all := mustLoad(t)
	for _, locale := range []string{"en", "nl"} {
		words, seen := all.words["en"], map[string]string{}
		if locale == "nl" {
			words = all.words["nl"]
		}
		for _, key := range append(words.Under("plan.tab."), words.Under("staff.place.")...) {
			name := words.T(key)
			if other := seen[name]; other != "" {
				t.Errorf("%s: %s and %s are both %q", locale, other, key, name)
			}
			seen[name] = key
		}
	}
}
