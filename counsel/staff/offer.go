package staff

import (
	"crypto/rand"
	"math/big"
	"slices"
	"strings"
	"sync"
)

// The offered passphrase is six invented words of two open syllables with an
// optional ending: "kamo ribun tosas ...". They mean nothing in any of the
// line's languages, are said as they are written, and are drawn evenly from
// some 20,000, which makes more than 85 bits.
const (
	offerWords = 6
	consonants = "bdfghjklmnprstvwz"
	vowels     = "aeiou"
)

var endings = []string{"", "n", "s"}

// ugly are the pieces that make a word unpleasant in English or Dutch.
var ugly = []string{
	"ped", "pid", "kut", "lul", "pik", "fag", "nig", "neg", "rap", "nud", "tit", "dik", "pis", "kak",
	"pip", "hom", "naz", "jod", "jew", "god", "sat", "sod", "bil", "tet", "vag", "pen", "pol", "hit", "dod", "kil",
	"mut", "hoe", "sek", "ses", "pus", "bum", "fuk", "gas", "jap", "rot", "lid", "ruk", "nep", "gek", "kan", "bom", "wap",
	"kin", "ted", "bab", "pup",
}

// words builds the list the offer draws from, once.
var words = sync.OnceValue(func() []string {
	var all []string
	for _, a := range consonants {
		for _, b := range vowels {
			for _, c := range consonants {
				for _, d := range vowels {
					for _, e := range endings {
						if w := string([]rune{a, b, c, d}) + e; !isUgly(w) {
							all = append(all, w)
						}
					}
				}
			}
		}
	}
	return all
})

func isUgly(w string) bool {
	for _, u := range ugly {
		if strings.Contains(w, u) {
			return true
		}
	}
	return w[:2] == w[2:4] // baby talk
}

// Offer draws a passphrase of six words for a person to take or to leave.
func Offer() Passphrase {
	all := words()
	top := big.NewInt(int64(len(all)))
	picked := make([]string, offerWords)
	for i := range picked {
		n, err := rand.Int(rand.Reader, top)
		if err != nil {
			panic("crypto/rand failed: " + err.Error()) // it aborts by itself before it returns an error
		}
		picked[i] = all[n.Int64()]
	}
	return Passphrase{strings.Join(picked, " ")}
}

// Offered says whether a text is one that Offer could have drawn: six words of
// the list. A page shows nothing else as on offer.
func Offered(text string) bool {
	said := strings.Split(text, " ")
	for _, w := range said {
		if !slices.Contains(words(), w) {
			return false
		}
	}
	return len(said) == offerWords
}
