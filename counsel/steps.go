package counsel

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"helpline"
)

// Limits of protective steps.
const (
	MaxSteps = 8
	MaxStep  = 200 // UTF-16 units of one step
)

type stepsEnvelope struct {
	Steps []string `json:"steps"`
}

// ReadSteps reads protective steps that a counsellor and a visitor have agreed
// on, as the body of a message: {"steps":["...", ...]}, one to MaxSteps of them,
// each one line without invisible characters, written as JSON.stringify writes
// it. Anything else is Invalid; the error never repeats the words.
func ReadSteps(body string) ([]string, error) {
	bad := func(why string) ([]string, error) { return nil, helpline.Errorf(helpline.Invalid, "steps: %s", why) }
	var e stepsEnvelope
	if !utf8.ValidString(body) || json.Unmarshal([]byte(body), &e) != nil {
		return bad("not readable")
	}
	if len(e.Steps) == 0 || len(e.Steps) > MaxSteps {
		return bad("none, or too many")
	}
	for _, s := range e.Steps {
		switch {
		case s == "" || s != strings.TrimSpace(s):
			return bad("one is empty, or begins or ends with a space")
		case len(utf16.Encode([]rune(s))) > MaxStep:
			return bad("one is too long")
		case strings.ContainsFunc(s, unseen):
			return bad("one has a character that cannot be seen")
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil || strings.TrimSuffix(b.String(), "\n") != body {
		return bad("not written the one way")
	}
	return e.Steps, nil
}

// unseen finds what would break a line or turn its direction unseen.
func unseen(r rune) bool {
	return unicode.IsControl(r) || r == 0x2028 || r == 0x2029 || unicode.Is(unicode.Bidi_Control, r) ||
		r >= 0x2060 && r <= 0x206f || r == 0xfeff
}
