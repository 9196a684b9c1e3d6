package counsel

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"helpline"
)

// FuzzReadSteps: what is taken is what encoding/json reads, in one way of
// writing it and within the limits; an error never repeats the words.
func FuzzReadSteps(f *testing.F) {
	for _, body := range []string{
		`{"steps":["call somebody","go outside"]}`, `{"steps":[]}`, `{"steps":null}`, `{"Steps":["a"]}`, `{"steps":["a"],"steps":["b"]}`, ` {"steps":["a"]}`,
		`{"steps":["a\u0062"]}`, `{"steps":["\u202ea"]}`, `{"steps":["a<b&c>d"]}`, `{"steps":["marked@words "]}`, `{"steps":["\ud800"]}`, "{\"steps\":[\"\xff\"]}", `{"steps":["a"]}{}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		steps, err := ReadSteps(body)
		if err != nil {
			if helpline.KindOf(err) != helpline.Invalid || strings.Contains(err.Error(), "@") || steps != nil {
				t.Fatalf("%v, %v", steps, err)
			}
			return
		}
		var plain struct{ Steps []string }
		if err := json.Unmarshal([]byte(body), &plain); err != nil || !slices.Equal(plain.Steps, steps) || len(steps) > MaxSteps {
			t.Fatalf("%q is read as %q, encoding/json reads %q, %v", body, steps, plain.Steps, err)
		}
		for _, s := range steps {
			if strings.TrimSpace(s) == "" || strings.ContainsAny(s, "\n\r\u202e\u2028") {
				t.Fatalf("a step is %q", s)
			}
		}
	})
}
