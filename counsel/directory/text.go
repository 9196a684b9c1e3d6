package directory

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// badText says what is wrong with the characters of a text, or nothing. Such a
// text would reach a visitor's card damaged, or write over another line.
func badText(s string) string {
	if !utf8.ValidString(s) || strings.ContainsRune(s, utf8.RuneError) {
		return "has a character that was lost in an earlier change of encoding: write it again"
	}
	before, marks := rune(0), 0
	for _, r := range s {
		if unicode.IsMark(r) {
			marks++
		} else {
			marks = 0
		}
		switch {
		case marks > 4:
			return "has more marks on one letter than can be read: take some out"
		case before == 'Â' && r >= 0x80 && r <= 0xbf, before == 'Ã' && r >= 0x80 && r <= 0xbf:
			return "was read in the wrong encoding once (as in Ã¤ for ä): write it again"
		case r != '\n' && r != '\t' && r != '\r' && unicode.IsControl(r):
			return "has a control character: take it out"
		case turns(r):
			return "has an invisible character, such as one that changes the direction or the lines of the text: take it out"
		}
		before = r
	}
	return ""
}

// turns says whether a character is one of those that reorder or break lines
// unseen, or cannot be seen at all. What joins letters stays.
func turns(r rune) bool {
	switch {
	case r == 0xad || r == 0x034f || r == 0x200c || r == 0x200d:
		return false
	case r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r >= 0xfff9 && r <= 0xfffb, r >= 0x1d173 && r <= 0x1d17a, r >= 0xe0001 && r <= 0xe007f:
		return true
	case r == 0x180e || r == 0x200b || r == 0xfeff:
		return true
	}
	return unicode.In(r, unicode.Bidi_Control, unicode.Other_Default_Ignorable_Code_Point)
}

// oneLine makes one line of a text for a card.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// folds are letters as somebody types them who does not look for accents.
var folds = strings.NewReplacer(
	"à", "a", "á", "a", "â", "a", "ã", "a", "ä", "a", "å", "a", "æ", "ae", "ç", "c", "è", "e", "é", "e", "ê", "e", "ë", "e",
	"ì", "i", "í", "i", "î", "i", "ï", "i", "ñ", "n", "ò", "o", "ó", "o", "ô", "o", "õ", "o", "ö", "o", "ø", "o", "œ", "oe",
	"ù", "u", "ú", "u", "û", "u", "ü", "u", "ý", "y", "ÿ", "y", "ß", "ss", "’", "'",
)

// fold makes a text comparable: small letters without accents.
func fold(s string) string {
	s = strings.ToLower(s)
	if !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) {
		return s // most of them, and much faster
	}
	return folds.Replace(s)
}
