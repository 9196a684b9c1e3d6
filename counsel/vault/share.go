package vault

import (
	"crypto/sha256"
	"crypto/subtle"
	"log/slog"
	"slices"
	"strings"
	"unicode"

	"helpline"
)

// ShareWords is how many words a share has on paper.
const ShareWords = 26

const (
	shareBytes = 36 // tag (3), part and k (1), value (32)
	checkBytes = 3
)

// Share is one share of the line's recovery key as it stands on paper. It
// cannot be printed by accident.
type Share struct {
	tag   [3]byte // of the key it is a share of
	part  byte    // from 1
	k     byte    // how many are needed
	value [32]byte
}

// Part is the number of the share, from 1.
func (s Share) Part() int { return int(s.part) }

// Needed is how many shares give the key.
func (s Share) Needed() int { return int(s.k) }

// Words gives the 26 words. They are shown to the custodian alone.
func (s Share) Words() []string {
	b := s.bytes()
	defer clear(b)
	sum := shareCheck(b)
	b = append(b, sum[:]...)
	words := make([]string, 0, ShareWords)
	for i := 0; i < len(b); i += 3 {
		three := uint32(b[i])<<16 | uint32(b[i+1])<<8 | uint32(b[i+2])
		words = append(words, spoken()[three>>wordBits], spoken()[three&(1<<wordBits-1)])
	}
	return words
}

func (s Share) bytes() []byte {
	b := make([]byte, 0, shareBytes+checkBytes)
	b = append(b, s.tag[:]...)
	b = append(b, s.part<<4|s.k)
	return append(b, s.value[:]...)
}

func shareCheck(b []byte) [checkBytes]byte {
	sum := sha256.Sum256(pack("share/check/v1", b))
	return [checkBytes]byte(sum[:])
}

// Asked are the two words, by place from 1, that a custodian types to show that
// the share is written down: the same at every look, so that a page that was
// loaded again asks for the same.
func (s Share) Asked() [2]int {
	b := s.bytes()
	defer clear(b)
	sum := sha256.Sum256(pack("share/asked/v1", b))
	first := int(sum[0]) % (ShareWords / 2)
	return [2]int{first + 1, ShareWords/2 + int(sum[1])%(ShareWords/2) + 1}
}

// Matches says whether these are two of the words, at places counted from 1.
func (s Share) Matches(at [2]int, typed [2]string) bool {
	words := s.Words()
	right := 1
	for i := range at {
		if at[i] < 1 || at[i] > len(words) || at[0] == at[1] {
			return false
		}
		word := strings.ToLower(strings.TrimSpace(typed[i]))
		right &= subtle.ConstantTimeCompare([]byte(word), []byte(words[at[i]-1]))
	}
	return right == 1
}

// ReadShare reads the words of a share as they are typed from paper: case,
// divisions, numbers before the words and line ends do not matter. Invalid with
// a Slip, which names the word that is wrong where one can be named.
func ReadShare(typed string) (Share, error) {
	if len(typed) > longestTyped {
		return Share{}, slip(Slip{What: "number", Want: ShareWords})
	}
	words := strings.FieldsFunc(strings.ToLower(typed), func(r rune) bool { return !unicode.IsLetter(r) })
	if len(words) != ShareWords {
		return Share{}, slip(Slip{What: "number", Want: ShareWords})
	}
	numbers := make([]int, len(words))
	for i, w := range words {
		n, ok := wordNumber(w)
		if !ok {
			return Share{}, slip(Slip{What: "unknown", At: i + 1})
		}
		numbers[i] = n
	}
	b := joined(numbers)
	defer clear(b)
	if shareCheck(b[:shareBytes]) != [checkBytes]byte(b[shareBytes:]) {
		return Share{}, slip(Slip{What: "check", At: likely(words, numbers)})
	}
	s := Share{tag: [3]byte(b), part: b[3] >> 4, k: b[3] & 15, value: [32]byte(b[4:])}
	if s.part < 1 || int(s.part) > mostCustodians || s.k < leastShares || int(s.k) > mostCustodians {
		return Share{}, slip(Slip{What: "check"})
	}
	return s, nil
}

func joined(numbers []int) []byte {
	var b []byte
	for i := 0; i < len(numbers); i += 2 {
		three := numbers[i]<<wordBits | numbers[i+1]
		b = append(b, byte(three>>16), byte(three>>8), byte(three))
	}
	return b
}

// likely names the one word that, changed in one letter or exchanged with its
// neighbour, would make the words fit; 0 when there is none or more than one.
// It says where to look and never what should stand there.
func likely(words []string, numbers []int) int {
	found := 0
	fits := func(n []int) bool {
		b := joined(n)
		defer clear(b)
		return shareCheck(b[:shareBytes]) == [checkBytes]byte(b[shareBytes:])
	}
	for i, w := range words {
		tries := [][]int{}
		for at := range w {
			from := consonants
			if at%2 == 1 {
				from = vowels
			}
			for _, r := range from {
				if n, ok := wordNumber(w[:at] + string(r) + w[at+1:]); ok && n != numbers[i] {
					next := slices.Clone(numbers)
					next[i] = n
					tries = append(tries, next)
				}
			}
		}
		if i+1 < len(numbers) {
			next := slices.Clone(numbers)
			next[i], next[i+1] = next[i+1], next[i]
			tries = append(tries, next)
		}
		for _, next := range tries {
			if !fits(next) {
				continue
			}
			if found != 0 {
				return 0
			}
			found = i + 1
		}
	}
	return found
}

// wordNumber gives the number of a word of the list.
func wordNumber(w string) (int, bool) { return slices.BinarySearch(spoken(), w) }

// String hides the share.
func (Share) String() string { return hidden }

// GoString hides the share.
func (Share) GoString() string { return hidden }

// LogValue hides the share.
func (Share) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the share from encoders.
func (Share) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// tagged names the key that shares belong to: enough to tell a share of an
// older key or of another line from one that fits.
func tagged(install helpline.ID, generation uint64, key SealKey) [3]byte {
	sum := sha256.Sum256(pack("share/tag/v1", install[:], number(generation), key[:]))
	return [3]byte(sum[:])
}
