package vault

import (
	"crypto/sha256"
	"strings"
	"sync"

	"helpline"
)

// A fingerprint is read aloud over a telephone: six invented words of two open
// syllables, twelve bits each. The list follows from the rule below and never
// changes; a test holds its hash.
const (
	fingerprintWords = 6
	wordBits         = 12
	consonants       = "bdfgklmnprstvz"
	vowels           = "aeiou"
)

// ugly are the pieces that make a word unpleasant in English, Dutch or German.
var ugly = []string{
	"ped", "pid", "kut", "lul", "pik", "fag", "nig", "neg", "rap", "nud", "tit", "dik", "pis", "kak", "pip",
	"naz", "god", "sat", "sod", "bil", "tet", "vag", "pen", "pol", "dod", "kil", "mut", "sek", "ses", "pus", "bum", "fuk", "gas",
	"rot", "lid", "ruk", "nep", "gek", "kan", "bom", "kin", "ted", "bab", "pup", "sex", "sau", "fik", "pos", "pim", "tod", "lik",
	"lol", "kid", "nin", "nak", "por", "mol", "abu", "put",
}

// spoken builds the list of 4,096 words, once.
var spoken = sync.OnceValue(func() []string {
	all := make([]string, 0, 1<<wordBits)
	for _, a := range consonants {
		for _, b := range vowels {
			for _, c := range consonants {
				for _, d := range vowels {
					w := string([]rune{a, b, c, d})
					if len(all) < 1<<wordBits && w[:2] != w[2:] && !isUgly(w) {
						all = append(all, w)
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
	return false
}

// Fingerprint is the six words of a person's public keys as seen under a root:
// 72 bits of SHA-256. Both sides see the same words only if they have the same
// keys and the same root.
func Fingerprint(install helpline.ID, root SignKey, p Public) string {
	return sixWords(sha256.Sum256(pack("fingerprint/v1", install[:], root[:], p.Person[:], p.Seal[:], p.Sign[:])))
}

// sixWords are the first 72 bits of a hash, for reading aloud.
func sixWords(sum [32]byte) string {
	words := make([]string, fingerprintWords)
	for i := range words {
		three := uint32(sum[i/2*3])<<16 | uint32(sum[i/2*3+1])<<8 | uint32(sum[i/2*3+2])
		if i%2 == 0 {
			three >>= wordBits
		}
		words[i] = spoken()[three&(1<<wordBits-1)]
	}
	return strings.Join(words, " ")
}
