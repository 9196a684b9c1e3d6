package staff

import (
	"encoding/json"
	"math"
	"strings"
	"sync"
	"unicode"

	"github.com/ccojocar/zxcvbn-go/data"
)

// How a passphrase is weighed: as by a guesser who knows what people do. It is
// cut into words of lists, rows of keys, series, repetitions and dates where
// that needs the fewest guesses, and what is left is tried out sign by sign.
// The idea is that of zxcvbn (Wheeler, 2016), and so are the word lists; the
// module's own code reads all of them at every start of the program, which
// costs more than everything else of a start together. Here they are read when
// somebody chooses a passphrase. A test holds the two beside each other.

// enough is how many bits a passphrase must have: at ten thousand guesses a
// second that is three years and more, and a stretched passphrase is guessed a
// hundred thousand times more slowly.
const enough = 41

// piece is a part of a passphrase that is guessed as a whole.
type piece struct {
	from, to int // runes, to is behind the last
	bits     float64
}

// bitsOf is how many bits a guesser needs at least. own are words that this
// guesser tries first.
func bitsOf(text []rune, own []string) float64 {
	if len(text) == 0 {
		return 0
	}
	var pieces []piece
	pieces = append(pieces, wordsIn(text, own)...)
	pieces = append(pieces, series(text)...)
	pieces = append(pieces, repeated(text)...)
	pieces = append(pieces, dates(text)...)
	pieces = append(pieces, unknown(text)...)
	pieces = append(pieces, again(text)...)
	for i := range keyboards {
		pieces = append(pieces, keyboards[i].rows(text)...)
	}
	each := math.Log2(signs(text))
	least := make([]float64, len(text)+1)
	for end := 1; end <= len(text); end++ {
		least[end] = least[end-1] + each
		for _, p := range pieces {
			if p.to == end {
				least[end] = min(least[end], least[p.from]+p.bits)
			}
		}
	}
	return least[len(text)]
}

// signs is how many signs somebody must try for each place of a text.
func signs(text []rune) (n float64) {
	var lower, upper, digit, other bool
	for _, r := range text {
		switch {
		case unicode.IsLower(r):
			lower = true
		case unicode.IsUpper(r):
			upper = true
		case unicode.IsDigit(r):
			digit = true
		default:
			other = true
		}
	}
	for _, kind := range []struct {
		there bool
		many  float64
	}{{lower, 26}, {upper, 26}, {digit, 10}, {other, 33}} {
		if kind.there {
			n += kind.many
		}
	}
	return n
}

// longestWord is the longest word that is looked up.
const longestWord = 36

// sentence is how many small words of a language fit at one place of a sentence:
// a guesser who knows the language tries no more.
const sentence = 16

// ranked gives words by how often people use them; 1 is the first that is
// tried. Those of other languages than English have no order: the number is how
// many are tried. What is built into the program cannot be unreadable: a failure here
// is a broken build, and then no passphrase is taken.
var ranked = sync.OnceValue(func() map[string]int {
	all := make(map[string]int, 80_000)
	for _, name := range []string{"Passwords", "English", "Surnames", "MaleNames", "FemaleNames"} {
		text, err := data.Asset("data/" + name + ".json")
		var words struct{ List []string }
		if err == nil {
			err = json.Unmarshal(text, &words)
		}
		if err != nil || len(words.List) == 0 {
			panic("word list " + name + " cannot be read")
		}
		for i, w := range words.List {
			w = strings.ToLower(w)
			if rank, have := all[w]; !have || i+1 < rank {
				all[w] = i + 1
			}
		}
	}
	for _, t := range tongues {
		small, first := strings.Fields(t.small), strings.Fields(t.first)
		for i, w := range append(small, first...) {
			most := sentence
			if i >= len(small) {
				most = len(small) + len(first)
			}
			for _, w := range []string{w, string(unaccented([]rune(w)))} {
				if rank, have := all[w]; !have || most < rank {
					all[w] = most
				}
			}
		}
	}
	return all
})

// wordsIn finds words of the lists and own ones, also in capitals and with
// digits in place of letters, which costs a guesser next to nothing.
func wordsIn(text []rune, own []string) (pieces []piece) {
	words, first := ranked(), map[string]int{}
	for i, w := range own {
		first[w] = i + 1
	}
	for _, as := range readings(text) {
		for from := range as {
			for to := from + 1; to <= min(len(as), from+longestWord); to++ {
				word := string(as[from:to])
				rank, known := words[word]
				if mine, is := first[word]; is && (!known || mine < rank) {
					rank, known = mine, true
				}
				if known {
					pieces = append(pieces, piece{from, to, math.Log2(float64(rank)) + capitals(text[from:to])})
				}
			}
		}
	}
	return pieces
}

// lookalikes are signs that stand for letters; of several letters each is tried.
var lookalikes = map[rune]string{
	'4': "a", '@': "a", '8': "b", '(': "c", '{': "c", '[': "c", '<': "c", '3': "e", '6': "g", '9': "g", '!': "i", '0': "o", '$': "s",
	'5': "s", '+': "t", '%': "x", '2': "z", '1': "il", '|': "il", '7': "lt",
}

// readings are the text in small letters: as it stands, without accents, and with letters in
// place of the signs that look like them.
func readings(text []rune) [][]rune {
	plain := []rune(strings.ToLower(string(text)))
	if len(plain) != len(text) { // a sign whose small form is longer
		plain = text
	}
	all := [][]rune{plain}
	seen := map[string]bool{string(plain): true}
	if bare := unaccented(plain); !seen[string(bare)] {
		seen[string(bare)] = true
		all = append(all, bare)
	}
	for choice := range 8 { // one bit each for 1, | and 7
		as := make([]rune, len(plain))
		for i, r := range plain {
			letters := lookalikes[r]
			switch {
			case letters == "":
				as[i] = r
			case len(letters) == 1:
				as[i] = rune(letters[0])
			default:
				as[i] = rune(letters[choice>>strings.IndexRune("1|7", r)&1])
			}
		}
		if !seen[string(as)] {
			seen[string(as)] = true
			all = append(all, as)
		}
	}
	return all
}

// capitals are the bits that capital letters add to a word.
func capitals(word []rune) float64 {
	upper, lower := 0, 0
	for _, r := range word {
		switch {
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLower(r):
			lower++
		}
	}
	switch {
	case upper == 0:
		return 0
	case lower == 0, upper == 1 && (unicode.IsUpper(word[0]) || unicode.IsUpper(word[len(word)-1])):
		return 1
	}
	return ways(upper, lower)
}

// ways are the bits of choosing which of some signs are of the rarer sort.
func ways(a, b int) float64 {
	sum := 0.0
	for k := 0; k <= min(a, b); k++ {
		sum += choose(a+b, k)
	}
	return math.Log2(sum)
}

func choose(n, k int) float64 {
	c := 1.0
	for i := range k {
		c = c * float64(n-i) / float64(i+1)
	}
	return c
}

// alphabets in which neighbours make a series.
var alphabets = []string{"abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"}

// series finds abcd, 4321 and the like.
func series(text []rune) (pieces []piece) {
	for _, abc := range alphabets {
		for from := 0; from+2 < len(text); from++ {
			at := strings.IndexRune(abc, text[from])
			for _, step := range []int{1, -1} {
				to, next := from, at
				for to < len(text) && next >= 0 && next < len(abc) && text[to] == rune(abc[next]) {
					to, next = to+1, next+step
				}
				if at < 0 || to-from < 3 {
					continue
				}
				bits := math.Log2(float64(to - from))
				if text[from] != 'a' && text[from] != '1' { // where everybody begins
					bits += math.Log2(float64(len(abc)))
				}
				if step < 0 || unicode.IsUpper(text[from]) {
					bits++
				}
				pieces = append(pieces, piece{from, to, bits})
			}
		}
	}
	return pieces
}

// repeated finds one sign three times and more.
func repeated(text []rune) (pieces []piece) {
	for from := range text {
		to := from + 1
		for to < len(text) && unicode.ToLower(text[to]) == unicode.ToLower(text[from]) {
			to++
			if to-from > 2 {
				pieces = append(pieces, piece{from, to, math.Log2(signs(text[from:to]) * float64(to-from))})
			}
		}
	}
	return pieces
}
