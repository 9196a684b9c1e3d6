package vault

import (
	"crypto/rand"
	"crypto/sha256"
	"log/slog"
	"strings"
	"unicode"

	"helpline"
)

// Codes on paper are proquints (Wilkerson, arXiv 0901.4016): a group of five
// letters, consonant, vowel, consonant, vowel, consonant, says 16 bits. They
// can be said and typed in any of the line's languages. The last group checks
// the others, so that a slip is found before anything is derived.

const (
	proConsonants = "bdfghjklmnprstvz" // four bits
	proVowels     = "aiou"             // two bits
	codeGroups    = 8                  // 128 bits, and one group more that checks them
)

// Slip says what is wrong with something that was typed from paper. It is for
// the person who typed it, and names places, never contents.
type Slip struct {
	At   int    // the group or word, from 1; 0 when it cannot be said
	Want int    // how many there should be, when the number is wrong; else 0
	What string // key for the screens: number, unknown, check, or what the maker of the error says
}

func (s Slip) Error() string { return "typed from paper: " + s.What }

func slip(s Slip) error { return helpline.Errorf(helpline.Invalid, "read what was typed: %w", s) }

// Code is a printed recovery code: 128 random bits. It cannot be printed by
// accident.
type Code struct{ groups [codeGroups]uint16 }

// NewCode draws a code. One with an ugly piece in it is drawn again.
func NewCode() Code {
	for {
		var b [2 * codeGroups]byte
		_, _ = rand.Read(b[:])
		var c Code
		for i := range c.groups {
			c.groups[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
		}
		if !isUgly(c.Reveal()) {
			return c
		}
	}
}

// Reveal gives the nine groups, divided by hyphens. They are shown once.
func (c Code) Reveal() string {
	parts := make([]string, 0, codeGroups+1)
	for _, g := range c.groups {
		parts = append(parts, proquint(g))
	}
	return strings.Join(append(parts, proquint(c.check())), "-")
}

func (c Code) check() uint16 {
	var b []byte
	for _, g := range c.groups {
		b = append(b, byte(g>>8), byte(g))
	}
	sum := sha256.Sum256(pack("code/check/v1", b))
	return uint16(sum[0])<<8 | uint16(sum[1])
}

// ReadCode reads a code however it is typed: case, spaces, hyphens and line
// ends do not matter. Invalid with a Slip.
func ReadCode(typed string) (Code, error) {
	if len(typed) > longestTyped {
		return Code{}, slip(Slip{What: "number", Want: codeGroups + 1})
	}
	letters := onlyLetters(typed)
	if n := len(letters); n != 5*(codeGroups+1) {
		return Code{}, slip(Slip{What: "number", Want: codeGroups + 1})
	}
	var c Code
	var check uint16
	for i := range codeGroups + 1 {
		g, ok := readProquint(letters[5*i : 5*i+5])
		if !ok {
			return Code{}, slip(Slip{What: "unknown", At: i + 1})
		}
		if i < codeGroups {
			c.groups[i] = g
		} else {
			check = g
		}
	}
	if c.check() != check {
		return Code{}, slip(Slip{What: "check"})
	}
	return c, nil
}

// longestTyped keeps whoever types from costing more than it should.
const longestTyped = 2048

// onlyLetters leaves out what divides groups. Anything else stays, to be found
// wrong.
func onlyLetters(typed string) []rune {
	var out []rune
	for _, r := range typed {
		if !divides(r) {
			out = append(out, unicode.ToLower(r))
		}
	}
	return out
}

// divides says whether a character only stands between groups.
func divides(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || r == '.' || r == ',' || r == '\u00ad'
}

func proquint(n uint16) string {
	return string([]byte{
		proConsonants[n>>12], proVowels[n>>10&3], proConsonants[n>>6&15], proVowels[n>>4&3], proConsonants[n&15],
	})
}

func readProquint(group []rune) (n uint16, ok bool) {
	for i, r := range group {
		from, bits := proConsonants, 4
		if i%2 == 1 {
			from, bits = proVowels, 2
		}
		at := strings.IndexRune(from, r)
		if at < 0 {
			return 0, false
		}
		n = n<<bits | uint16(at)
	}
	return n, true
}

// String hides the code.
func (Code) String() string { return hidden }

// GoString hides the code.
func (Code) GoString() string { return hidden }

// LogValue hides the code.
func (Code) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the code from encoders.
func (Code) MarshalText() ([]byte, error) { return []byte(hidden), nil }
