package directory

import (
	"slices"

	"helpline"
)

// plainWords are the texts for a card of what is known by its code alone.
var plainWords = map[string]map[helpline.Locale]string{
	string(Free):         {"en": "Free.", "nl": "Gratis.", "fr": "Gratuit.", "de": "Kostenlos."},
	string(Insurance):    {"en": "Health insurance pays, except your own share.", "nl": "De zorgverzekering betaalt, behalve je eigen risico.", "fr": "L'assurance maladie paie, sauf votre part.", "de": "Die Krankenkasse zahlt, außer dem Eigenanteil."},
	string(Paid):         {"en": "You pay for it yourself.", "nl": "Je betaalt het zelf.", "fr": "Vous payez vous-même.", "de": "Sie zahlen selbst."},
	string(Anonymous):    {"en": "You do not have to say who you are.", "nl": "Je hoeft niet te zeggen wie je bent.", "fr": "Vous n'avez pas à dire qui vous êtes.", "de": "Sie müssen nicht sagen, wer Sie sind."},
	string(FirstContact): {"en": "The first contact can be anonymous.", "nl": "Het eerste contact kan anoniem.", "fr": "Le premier contact peut être anonyme.", "de": "Der erste Kontakt kann anonym sein."},
	string(Pseudonym):    {"en": "You may use another name.", "nl": "Je mag een andere naam gebruiken.", "fr": "Vous pouvez utiliser un autre nom.", "de": "Sie können einen anderen Namen benutzen."},
	string(BillsBlind):   {"en": "The bill does not show your name.", "nl": "Je naam staat niet op de rekening.", "fr": "Votre nom n'est pas sur la facture.", "de": "Ihr Name steht nicht auf der Rechnung."},
}

// plain is the text of what is known by its code alone, or nothing.
func (p Provider) plain(code string, l helpline.Locale) string {
	known := ""
	switch {
	case code == "cost":
		known = string(p.Cost)
	case code == "anonymity":
		for _, a := range Anonymities() { // the strongest first
			if slices.Contains(p.Anonymity, a) {
				known = string(a)
				break
			}
		}
	}
	for _, step := range l.Chain() {
		if text := plainWords[known][step]; text != "" {
			return text
		}
	}
	return ""
}
