package staff

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
)

func TestOwnPassphrasesAreWeighed(t *testing.T) {
	p := robin()
	p.Alias = "Kestrel"
	for name, c := range map[string]struct {
		typed string
		want  Weakness
	}{
		"five unrelated words":                        {good, ""},
		"words with a number":                         {"zeven gele fietsen op zolder", ""},
		"another script":                              {"семь жёлтых фонарей вечером", ""},
		"fourteen characters":                         {"kqz8 vbn3 xty1", TooShort},
		"spaces do not make it longer":                {"abc          def       ", TooShort},
		"a hundred and twenty-nine":                   {strings.Repeat("kqz8vbn3x", 15), TooLong},
		"the person's own name":                       {"robin de vries robin", HasName},
		"the alias with digits":                       {"kestrel kestrel 12", HasName},
		"the word for this work":                      {"counsellor helpline 1", HasName},
		"one word again and again":                    {"lantern lantern lantern", Guessable},
		"one word again without spaces":               {"lanternlanternlantern", Guessable},
		"a row of keys":                               {"qwertyuiopasdfghjkl", Guessable},
		"all the same":                                {"aaaaaaaaaaaaaaaaaaaa", Guessable},
		"the alphabet":                                {"abcdefghijklmnopqrstuvw", Guessable},
		"a date written out":                          {"19840512 19840512", Guessable},
		"the offered one, whatever it happens to be ": {Offer().Reveal(), ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := Check(NewPassphrase(c.typed), p)
			got, _ := errors.AsType[Weakness](err)
			if got != c.want || (err != nil) != (c.want != "") || (err != nil && helpline.KindOf(err) != helpline.Invalid) {
				t.Errorf("%q: %v, want %q", c.typed, err, c.want)
			}
		})
	}
}

func TestWeighingALongTextIsQuick(t *testing.T) {
	for _, typed := range []string{strings.Repeat("aA1!", 32), strings.Repeat("19840512", 16), strings.Repeat("passwordqwerty", 9), strings.Repeat("x", 1<<20)} {
		begin := time.Now()
		_ = Check(NewPassphrase(typed), robin())
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("took %v for %d characters", took, len(typed))
		}
	}
}

func TestTheOfferHasAtLeast77BitsAndNoUglyWord(t *testing.T) {
	all := words()
	if bits := offerWords * math.Log2(float64(len(all))); bits < 77 {
		t.Errorf("%d words make %.1f bits", len(all), bits)
	}
	distinct := slices.Compact(slices.Sorted(slices.Values(all)))
	if len(distinct) != len(all) {
		t.Errorf("%d words stand in the list twice", len(all)-len(distinct))
	}
	seen := map[string]bool{}
	for range 200 {
		o := Offer().Reveal()
		parts := strings.Split(o, " ")
		if len(parts) != offerWords || seen[o] {
			t.Fatalf("offered %q", o)
		}
		seen[o] = true
		for _, w := range parts {
			if !slices.Contains(all, w) {
				t.Errorf("%q is not on the list", w)
			}
		}
		if !Offered(o) || Offered(o+" "+parts[0]) || Offered(o[1:]) || Offered("<b>"+o) {
			t.Errorf("%q is not known as an offer, or something else is", o)
		}
		if err := Check(NewPassphrase(o), robin()); err != nil {
			t.Errorf("the offer %q is refused: %v", o, err)
		}
	}
	for _, w := range []string{"pedo", "nazis", "kakas"} {
		if slices.Contains(all, w) {
			t.Errorf("%q is on the list", w)
		}
	}
}
