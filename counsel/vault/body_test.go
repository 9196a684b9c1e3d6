package vault

import (
	"bytes"
	"strings"
	"testing"

	"helpline"
)

func TestAnOutcomeIsWrittenOneWay(t *testing.T) {
	for raw, want := range map[string]string{
		`{}`: `{}`,
		` { "b" : 1 , "a" : [ true, null, "x" ] } `: `{"a":[true,null,"x"],"b":1}`,
		`{"a":"\u0041\/é\u0007\n\""}`:               "{\"a\":\"A/é\\u0007\\n\\\"\"}",
		`{"a":{"c":-3,"b":{}}}`:                     `{"a":{"b":{},"c":-3}}`,
		"{\"a\":\"\u2028\x7f<&>\"}":                 "{\"a\":\"\u2028\x7f<&>\"}",
	} {
		got, ok := canonical([]byte(raw))
		if !ok || string(got) != want {
			t.Errorf("%s became %s, want %s", raw, got, want)
		}
		again, ok := canonical(got)
		if !ok || !bytes.Equal(again, got) {
			t.Errorf("%s is not written the same again", raw)
		}
	}
}

func TestWhatIsNoOutcomeIsRefused(t *testing.T) {
	for name, raw := range map[string]string{
		"nothing":             ``,
		"a list":              `[]`,
		"null":                `null`,
		"a name twice":        `{"a":1,"a":2}`,
		"a name with accents": `{"é":1}`,
		"a fraction":          `{"a":1.5}`,
		"an exponent":         `{"a":1e3}`,
		"minus zero":          `{"a":-0}`,
		"a very large number": `{"a":1234567890123456}`,
		"two values":          `{} {}`,
		"cut off":             `{"a":`,
		"a list cut off":      `{"a":[1`,
		"a comma too many":    `{"a":1,}`,
		"no UTF-8":            "{\"a\":\"\xff\"}",
		"very deep":           strings.Repeat(`{"a":`, 40) + `1` + strings.Repeat(`}`, 40),
	} {
		if _, err := (Contents{Outcome: []byte(raw)}).padded(); helpline.KindOf(err) != helpline.Invalid {
			t.Errorf("%s: got %v, want invalid", name, err)
		}
	}
}

func TestTheLongestNoteFitsWhateverItsCharacters(t *testing.T) {
	outcome := `{"a":"` + strings.Repeat("x", 3000) + `"}`
	for name, char := range map[string]string{"letters": "x", "four bytes each": "\U0001F331", "escaped": "\x01"} {
		c := Contents{Outcome: []byte(outcome), Text: strings.Repeat(char, 2000)}
		b, err := c.padded()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, ok := unpadded(b)
		if !ok || got.Text != c.Text || string(got.Outcome) != outcome {
			t.Errorf("%s: another note came back", name)
		}
	}
}

func TestABodyJustFillsItsBucket(t *testing.T) {
	around := len(`{"outcome":{},"text":""}`) + 4
	for _, size := range buckets {
		for over, want := range map[int]bool{0: true, 1: false} {
			c := Contents{Outcome: []byte(`{}`), Text: strings.Repeat("x", size-around+over)}
			b, err := c.padded()
			if (err == nil && len(b) == size) != want {
				t.Errorf("%d and %d: %d bytes, %v", size, over, len(b), err)
			}
		}
	}
}
