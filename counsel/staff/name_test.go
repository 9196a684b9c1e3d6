package staff

import "testing"

func TestEachSpellingOfANameIsNoFreshStartForWhoeverGuesses(t *testing.T) {
	o, _, _ := office()
	joined(t, o)
	for _, spelling := range []string{"Jansen", "JANSEN", "jan\u017fen", " jansen  "} {
		if _, err := o.Login(t.Context(), spelling, NewPassphrase("not this one")); err == nil {
			t.Fatalf("%q logged in", spelling)
		}
	}
	if n := len(o.delays.names); n != 1 {
		t.Errorf("the wrong answers are counted under %d names", n)
	}
	for _, pair := range [][2]string{{"Jansen", "jan\u017fen"}, {"Bakker", "BA\u212aKER"}, {"\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2", "\u03c3\u03af\u03c3\u03c5\u03c6\u03bf\u03c3"}} {
		if fold(pair[0]) != fold(pair[1]) {
			t.Errorf("%q and %q are weighed apart", pair[0], pair[1])
		}
	}
	if fold("\u0130lker") == fold("Ilker") {
		t.Error("two letters are taken for one")
	}
}

func TestANameCanBeSeen(t *testing.T) {
	for name, want := range map[string]bool{
		"Robin": true, "Ren\u00e9e O\u2019Dea": true, "\u0130lker \u0130n\u00f6n\u00fc": true, "\u5c71\u7530": true, "e\u0301a\u0300": true,
		"\u0b95\u0bcd\u0bb7\u0bbe": true,
		"\u3164\u3164":             false, "A\u115f": false, "a\u034fb": false, "x\ufe0f": false, // letters and marks without a shape
		"\u0301ab": false, "a \u0301": false, "a\u0301\u0302\u0303\u0304": false, // marks alone, and a tower of them
		"a\u202eb": false, "a\u200bb": false, "<b>": false, "a\nb": false, "{n}": false, "\xff\xfe": false,
	} {
		if plain(name, 2, 24) != want {
			t.Errorf("%q is a name: %v", name, !want)
		}
	}
}
