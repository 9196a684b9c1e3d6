package staff

import (
	"strings"
	"unicode"
)

// No list holds every word of five languages. What stands between two signs that
// are no letters and reads like a word is therefore weighed as one that somebody
// finds in a dictionary, however long it is, and not letter by letter: four words
// picked by dice are enough all the same. Letters that no language puts side by
// side were picked by a machine; those are weighed as they are.

const (
	rare     = 14.0 // bits of a word that stands on no list: of sixteen thousand
	wordLong = 10   // letters
	compound = 2.0  // bits of each letter beyond that: of the words one can put together
	samesign = 1.0  // bits of a sign that has stood between words before
)

// unknown finds runs of letters that read like a word.
func unknown(text []rune) (pieces []piece) {
	for from := 0; from < len(text); from++ {
		to := from
		for to < len(text) && spelled(text[to]) {
			to++
		}
		if to == from {
			continue
		}
		if run := text[from:to]; likeAWord(run) {
			pieces = append(pieces, piece{from, to, rare + compound*float64(max(0, len(run)-wordLong)) + capitals(run)})
		}
		from = to
	}
	return pieces
}

// again finds signs between words that stood there before.
func again(text []rune) (pieces []piece) {
	before := map[rune]bool{}
	for i, r := range text {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
		case before[r]:
			pieces = append(pieces, piece{i, i + 1, samesign})
		default:
			before[r] = true
		}
	}
	return pieces
}

// spelled says whether a letter is of an alphabet whose words have signs between
// them.
func spelled(r rune) bool {
	return unicode.In(r, unicode.Latin, unicode.Cyrillic, unicode.Greek)
}

// likeAWord says whether letters could be a word of some language.
func likeAWord(run []rune) bool {
	word := unaccented([]rune(strings.ToLower(string(run))))
	for i := 1; i < len(word); i++ {
		if strange(word[:i], word[i]) {
			return false
		}
	}
	return true
}

// rareLetters are consonants that stand beside few others, and which those are.
var rareLetters = map[rune]struct{ before, behind string }{
	'j': {"bdfghklmnprstc", ""},
	'q': {"cdlnrst", ""},
	'v': {"bdfghklmnprst", "lrsn"},
	'w': {"bdfghklmnprstz", "bdfghklmnprst"},
	'x': {"lnr", "cfhlpst"},
	'z': {"bcdfghklmnprst", "bdgklmntw"},
}

// strange says whether a letter hardly ever follows these: two consonants of
// which at least one is rare beside others.
func strange(before []rune, next rune) bool {
	const vowels = "aeiouy"
	last := before[len(before)-1]
	switch {
	case last == 'q':
		return next != 'u'
	case last > 'z' || next > 'z' || last < 'a' || next < 'a', last == next:
		return false
	case strings.ContainsRune(vowels, last) || strings.ContainsRune(vowels, next):
		return false
	case last == 'j' && len(before) > 1 && before[len(before)-2] == 'i':
		return false // Dutch ij
	}
	if of, is := rareLetters[next]; is && !strings.ContainsRune(of.before, last) {
		return true
	}
	of, is := rareLetters[last]
	return is && !strings.ContainsRune(of.behind, next)
}

// unaccented gives letters without their accents.
func unaccented(text []rune) []rune {
	const with, without = "àâäáãåçéèêëíìîïñóòôöõúùûüÿ", "aaaaaaceeeeiiiinooooouuuuy"
	out := make([]rune, len(text))
	for i, r := range text {
		out[i] = r
		if at := strings.IndexRune(with, r); at >= 0 {
			out[i] = rune(without[len([]rune(with[:at]))])
		}
	}
	return out
}
