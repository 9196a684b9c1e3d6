package staff

import (
	"strings"
	"unicode/utf8"

	"helpline"
)

// Weakness says why a passphrase was not taken. It is a key for the screens.
type Weakness string

// The weaknesses.
const (
	TooShort  Weakness = "short"     // under 15 characters
	TooLong   Weakness = "long"      // over 128 characters
	HasName   Weakness = "name"      // mostly the person's own name or the word for this work
	Guessable Weakness = "guessable" // a machine would find it soon
)

func (w Weakness) Error() string { return "passphrase is " + string(w) }

const (
	shortest = 15
	longest  = 128
	// looked is how much of a passphrase is weighed: the weighing is slower than linear.
	looked = 64
)

// common are words that a guesser of this very service tries first.
var common = []string{
	"helpline", "hulplijn", "counsellor", "hulpverlener", "supervisor", "leidinggevende", "welkom", "welcome",
	"passphrase", "password", "wachtwoord", "wachtwoordzin", "wachtzin", "geheim", "secret", "letmein", "qwerty",
}

// Check says whether a passphrase of a person's own choice is good enough. The
// error is Invalid and wraps a Weakness.
func Check(p Passphrase, person Person) error {
	w := weigh(p, person)
	if w == "" {
		return nil
	}
	return helpline.Errorf(helpline.Invalid, "choose a passphrase: %w", w)
}

func weigh(p Passphrase, person Person) Weakness {
	n := utf8.RuneCountInString(p.text)
	switch {
	case n < shortest:
		return TooShort
	case n > longest:
		return TooLong
	}
	own := append(strings.Fields(strings.ToLower(person.Name)), strings.Fields(strings.ToLower(person.Alias))...)
	left := strings.ToLower(p.text)
	for _, w := range append(own, common...) {
		if len(w) > 2 {
			left = strings.ReplaceAll(left, w, "")
		}
	}
	if utf8.RuneCountInString(strings.Join(strings.Fields(left), "")) < shortest/2 {
		return HasName
	}
	if repeats(p.text) {
		return Guessable
	}
	text := []rune(p.text)
	if len(text) > looked {
		text = text[:looked]
	}
	if bitsOf(text, append(own, common...)) < enough {
		return Guessable
	}
	return ""
}

// repeats finds what the weighing does not know: a word said again and again,
// with spaces or without.
func repeats(text string) bool {
	said := strings.Fields(strings.ToLower(text))
	distinct := map[string]bool{}
	for _, w := range said {
		distinct[w] = true
	}
	if len(distinct) <= len(said)/2 {
		return true
	}
	run := []rune(strings.Join(said, ""))
	for period := 1; period <= len(run)/2; period++ {
		same := true
		for i := period; i < len(run) && same; i++ {
			same = run[i] == run[i-period]
		}
		if same {
			return true
		}
	}
	return false
}
