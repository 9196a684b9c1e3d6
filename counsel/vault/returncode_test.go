package vault

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"helpline"
)

func aReturnCode(t testing.TB) ReturnCode {
	t.Helper()
	random := make([]byte, 1000)
	_, _ = rand.Read(random)
	c, ok := ReturnCodeOf(random)
	if !ok {
		t.Fatal("a thousand bytes were not enough")
	}
	return c
}

func TestAReturnCodeIsReadHoweverItIsTyped(t *testing.T) {
	c := aReturnCode(t)
	text := c.Reveal()
	if parts := strings.Split(text, "-"); len(parts) != 6 || len(text) != 35 {
		t.Fatalf("a code has %d groups in %d letters", len(parts), len(text))
	}
	for name, typed := range map[string]string{
		"as it is shown":       text,
		"in capitals":          strings.ToUpper(text),
		"with spaces":          strings.ReplaceAll(text, "-", "  "),
		"in one":               strings.ReplaceAll(text, "-", ""),
		"on six lines":         " \n" + strings.ReplaceAll(text, "-", "\r\n") + "\t",
		"with longer dashes":   strings.ReplaceAll(text, "-", " – "),
		"with stops":           strings.ReplaceAll(text, "-", ". ") + ".",
		"with a hidden hyphen": text[:3] + "\u00ad" + text[3:],
	} {
		if got, err := ReadReturnCode(typed); err != nil || got != c {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestASlipInAReturnCodeIsToldBeforeAnythingIsDerived(t *testing.T) {
	text := aReturnCode(t).Reveal()
	for _, c := range []struct {
		name, typed string
		want        Slip
	}{
		{"nothing", "", Slip{What: "number", Want: 6}},
		{"five groups", text[:29], Slip{What: "number", Want: 6}},
		{"seven groups", text + "-babab", Slip{What: "number", Want: 6}},
		{"a book", strings.Repeat("babab ", 4000), Slip{What: "number", Want: 6}},
		{"a letter that is in no code", text[:12] + "x" + text[13:], Slip{What: "unknown", At: 3}},
		{"a vowel for a consonant", "a" + text[1:], Slip{What: "unknown", At: 1}},
		{"an accent", text[:7] + "é" + text[8:], Slip{What: "unknown", At: 2}},
		{"the check group is none", text[:30] + "aaaaa", Slip{What: "unknown", At: 6}},
	} {
		_, err := ReadReturnCode(c.typed)
		if got, _ := errors.AsType[Slip](err); got != c.want || helpline.KindOf(err) != helpline.Invalid {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
	// Every single wrong letter that keeps the form is found by the check group.
	found := 0
	for at, r := range text {
		for _, other := range proConsonants + proVowels {
			typed := text[:at] + string(other) + text[at+1:]
			if r == '-' || typed == text {
				continue
			}
			if _, err := ReadReturnCode(typed); err == nil {
				found++
			}
		}
	}
	if found > 3 { // one in 65,536 of some four hundred
		t.Errorf("%d wrong letters were taken for right", found)
	}
}

func TestATextThatHoldsAReturnCodeIsKnown(t *testing.T) {
	text := aReturnCode(t).Reveal()
	for name, s := range map[string]string{
		"alone":              text,
		"in a sentence":      "my code is " + text + ", thank you",
		"in capitals":        "CODE: " + strings.ToUpper(text),
		"behind other words": "papa mama babab-babab " + strings.ReplaceAll(text, "-", " "),
		"in one":             "x" + strings.ReplaceAll(text, "-", ""),
	} {
		if !HoldsReturnCode(s) {
			t.Errorf("%s: it was not seen", name)
		}
	}
	wrong := "babab-" + text[6:]
	if text[:5] == "babab" {
		wrong = "dadad-" + text[6:]
	}
	for name, s := range map[string]string{
		"nothing": "", "words": "I would like to talk about my brother. I am afraid of myself.",
		"five groups": text[:29], "a wrong one": wrong, "one that other words divide": text[:17] + " and then " + text[18:],
	} {
		if HoldsReturnCode(s) {
			t.Errorf("%s: taken for a code", name)
		}
	}
}

func FuzzReturnCodes(f *testing.F) {
	f.Add("babab-babab-babab-babab-babab-babab")
	f.Add("\u00ad\ufeff – BABAB")
	f.Fuzz(func(t *testing.T, typed string) {
		c, err := ReadReturnCode(typed)
		if err != nil {
			return
		}
		again, err := ReadReturnCode(c.Reveal())
		if err != nil || again != c || !HoldsReturnCode(c.Reveal()) {
			t.Errorf("%q was read and is not read again", typed)
		}
	})
}

func TestRandomBytesThatGiveOnlyUglyCodesGiveNone(t *testing.T) {
	if _, ok := ReturnCodeOf(nil); ok {
		t.Error("a code came out of nothing")
	}
	if _, ok := ReturnCodeOf(make([]byte, 9)); ok {
		t.Error("a code came out of too little")
	}
}
