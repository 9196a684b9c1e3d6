package counsel

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"helpline"
)

func TestStepsAreReadAsTheyWereWritten(t *testing.T) {
	for name, steps := range map[string][]string{
		"one":                             {"Call my brother tonight"},
		"as many as there are":            {"a", "b", "c", "d", "e", "f", "g", "h"},
		"the longest":                     {strings.Repeat("é ", MaxStep/2-1) + "é"},
		"signs a browser does not escape": {`<b> & "quotes" \ and – more 🌱`},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			enc := json.NewEncoder(&b)
			enc.SetEscapeHTML(false)
			if err := enc.Encode(map[string][]string{"steps": steps}); err != nil {
				t.Fatal(err)
			}
			got, err := ReadSteps(strings.TrimSpace(b.String()))
			if err != nil || !slices.Equal(got, steps) {
				t.Errorf("got %q: %v", got, err)
			}
		})
	}
}

func TestBodiesThatAreNoStepsAreRefusedAndNotRepeated(t *testing.T) {
	for name, body := range map[string]string{
		"none":                     `{"steps":[]}`,
		"nine":                     `{"steps":["secret","b","c","d","e","f","g","h","i"]}`,
		"one that is empty":        `{"steps":["secret",""]}`,
		"a space before":           `{"steps":[" secret"]}`,
		"two lines":                `{"steps":["secret\nmore"]}`,
		"a mark of direction":      "{\"steps\":[\"secret\u202e\"]}",
		"a line separator":         "{\"steps\":[\"secret\u2028more\"]}",
		"an invisible sign":        "{\"steps\":[\"secret\ufeff\"]}",
		"half a character":         `{"steps":["secret\ud800"]}`,
		"too long":                 `{"steps":["secret` + strings.Repeat(" a", MaxStep/2) + `"]}`,
		"something beside":         `{"steps":["secret"],"text":"secret"}`,
		"something behind":         `{"steps":["secret"]} `,
		"a text":                   `{"text":"secret"}`,
		"words in place of a list": `{"steps":"secret"}`,
		"not UTF-8":                "{\"steps\":[\"secret\xff\"]}",
		"nothing":                  ``,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ReadSteps(body)
			if helpline.KindOf(err) != helpline.Invalid {
				t.Fatalf("read %q: %v", got, err)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Error("the error repeats the words")
			}
		})
	}
}
