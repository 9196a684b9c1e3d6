package staff

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ccojocar/zxcvbn-go"
)

// kits are what people put passphrases together from.
var kits = [][]string{
	{"password", "summer", "dragon", "Amsterdam", "monkey", "letmein", "sunshine", "anna", "SMITH", "jansen", "welcome", "family", "shadow"},
	{"p4ssw0rd", "dr@g0n", "$umm3r", "m0nk3y", "5un5h1n3", "7ru57", "w3lc0m3"},
	{"qwerty", "asdfgh", "zxcvbnm", "QWERTYuiop", "1qaz2wsx", "poiuy", "0987", "7896321", "!@#$%"},
	{"1984", "2012", "12345678", "abcdef", "CDEFG", "fedcba", "9876", "aaaa", "1111", "zzzzzz"},
	{"gek", "xq", "bv", "mrow", "tkz", "Ly", "ow", "u"},
	{" ", "-", ".", "_", "!", "1", "7"},
}

// oneSign is what a sign is worth at most. The library takes the sign behind a
// date, or behind a series that ends in a, for a part of it.
const oneSign = 6.6

// TestNoPassphraseIsTakenThatTheLibraryRefuses holds our weighing beside that
// of zxcvbn over passphrases as people make them.
func TestNoPassphraseIsTakenThatTheLibraryRefuses(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	refused, taken := 0, 0
	for range 700 {
		var b strings.Builder
		for range 1 + random.IntN(6) {
			kit := kits[random.IntN(len(kits))]
			b.WriteString(kit[random.IntN(len(kit))])
		}
		text := b.String()
		if len(text) > looked {
			continue
		}
		theirs := zxcvbn.PasswordStrength(text, common)
		ours := bitsOf([]rune(text), common)
		switch {
		case theirs.Score < 4 && ours >= enough && ours > theirs.Entropy+oneSign:
			t.Errorf("%q: %.1f bits, and the library finds %.1f", text, ours, theirs.Entropy)
		case theirs.Score < 4:
			refused++
		case ours >= enough:
			taken++
		}
	}
	if refused < 100 || taken < 50 {
		t.Errorf("only %d were refused and %d taken by both: this compares nothing", refused, taken)
	}
}

func TestWhatAGuesserKnowsIsFound(t *testing.T) {
	for _, c := range []struct {
		name, text string
		most       float64 // bits
	}{
		{"a password of the list", "password", 1},
		{"in capitals", "PASSWORD", 2},
		{"with signs for letters", "p4$$w0rd", 1},
		{"a row of keys", "qwertyuiop", 14},
		{"the same on a French keyboard", "azertyuiop", 14},
		{"and on a German one", "qwertzuiop", 14},
		{"a block of digits", "789654123", 15},
		{"the alphabet backwards", "zyxwvutsrq", 10},
		{"one sign again and again", "%%%%%%%%%%", 9},
		{"a date", "19840512", 16},
		{"a date with strokes", "12/05/1984", 18},
		{"nothing", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := bitsOf([]rune(c.text), nil); got > c.most {
				t.Errorf("%q needs %.1f bits, want at most %.1f", c.text, got, c.most)
			}
		})
	}
	if mine := bitsOf([]rune("vermeerkestrel"), []string{"vermeer", "kestrel"}); mine > 2 {
		t.Errorf("own words need %.1f bits", mine)
	}
}

// TestEverydayWordsOfFiveLanguagesAreNotEnough: few of them, or one that is long.
func TestEverydayWordsOfFiveLanguagesAreNotEnough(t *testing.T) {
	for _, text := range []string{
		"i love you so much", "good morning world",
		"dit is mijn wachtwoord", "ik hou zo veel van jou", "Goedemorgen Nederland", "verzekeringsmaatschappij", "fietsenmakersgilde",
		"amai dat is plezant", "zo veel goesting",
		"je t'aime mon amour", "bonjour mon amour", "anticonstitutionnellement", "télécommunications", "telecommunications",
		"ich liebe dich sehr", "guten morgen berlin", "fussballweltmeister", "Fußballweltmeister", "krankenversicherung",
		"hou-van-het-leven", "zeg.me.iets.liefs",
	} {
		t.Run(text, func(t *testing.T) {
			if err := Check(NewPassphrase(text), robin()); err == nil {
				t.Errorf("it is taken, with %.1f bits", bitsOf([]rune(text), common))
			}
		})
	}
}

// TestFourWordsOfDiceAreEnough in each language, also of those that many people
// use; and so are letters that a machine has picked.
func TestFourWordsOfDiceAreEnough(t *testing.T) {
	for _, text := range []string{
		"correct horse battery staple", "apple river stone cloud",
		"stoel fiets maan kaas", "zeven gele fietsen op zolder", "kwartel gordijn lepel ambacht",
		"goesting frietkot regen trein", "pistolet koterij trappist vlaai",
		"chaise lune fromage velo", "brioche tuyau girafe cerisier", "hérisson-bougie-tiroir-nuage",
		"stuhl mond käse fahrrad", "eichhörnchen kerze schublade nebel", "zange.wolke.ziegel.kürbis",
		"correcthorsebatterystaple",
		"hxkvtqpwmzrbfjdn", "Tq7vRw2xLm9zKp4s", "семь жёлтых фонарей вечером",
	} {
		t.Run(text, func(t *testing.T) {
			if err := Check(NewPassphrase(text), robin()); err != nil {
				t.Errorf("it is refused, with %.1f bits: %v", bitsOf([]rune(text), common), err)
			}
		})
	}
}

func TestEveryReadingHasAsManySigns(t *testing.T) {
	for _, text := range []string{"1|7 İstanbul ẞ", "4@8({[<369!0$5+%2", strings.Repeat("1|7", 20)} {
		all := readings([]rune(text))
		for _, as := range all {
			if len(as) != len([]rune(text)) {
				t.Errorf("%q reads as %q", text, string(as))
			}
		}
		if len(all) > 9 || slices.ContainsFunc(all[1:], func(as []rune) bool { return strings.ContainsAny(string(as), "1|7") }) {
			t.Errorf("%q reads as %d texts", text, len(all))
		}
	}
}

func FuzzWeighing(f *testing.F) {
	f.Add("correct horse battery staple")
	f.Add("12/05/84 qwertz ÄÖ \xff")
	f.Fuzz(func(t *testing.T, text string) {
		in := []rune(text)
		if len(in) > looked {
			in = in[:looked]
		}
		bits := bitsOf(in, common)
		if bits < 0 || bits != bits || bits > 7*float64(len(in)) {
			t.Errorf("%q has %f bits", text, bits)
		}
	})
}

// BenchmarkWeighing is one passphrase that is weighed, the lists being there.
func BenchmarkWeighing(b *testing.B) {
	_ = ranked()
	text := []rune("zeven gele fietsen op zolder in 1984 of zo")
	b.ReportAllocs()
	for b.Loop() {
		if bitsOf(text, common) < enough {
			b.Fatal("refused")
		}
	}
}
