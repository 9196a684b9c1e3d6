package counsel

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"helpline"
)

// MaxContinuity is how long a continuity card may be, in UTF-16 units as a
// browser counts them.
const MaxContinuity = 600

type continuityEnvelope struct {
	Keep string `json:"keep"`
}

// ReadContinuity reads a continuity card that a counsellor proposes, as the
// body of a message: {"keep":"..."}, written as JSON.stringify writes it. Lines
// may be broken; nothing in it is invisible. Anything else is Invalid; the
// error never repeats the words. What the visitor says yes to is this body, to
// the letter.
func ReadContinuity(body string) (string, error) {
	bad := func(why string) (string, error) {
		return "", helpline.Errorf(helpline.Invalid, "continuity card: %s", why)
	}
	var e continuityEnvelope
	if !utf8.ValidString(body) || json.Unmarshal([]byte(body), &e) != nil {
		return bad("not readable")
	}
	switch {
	case e.Keep == "" || e.Keep != strings.TrimSpace(e.Keep):
		return bad("empty, or begins or ends with a space")
	case len(utf16.Encode([]rune(e.Keep))) > MaxContinuity:
		return bad("too long")
	case strings.ContainsFunc(e.Keep, func(r rune) bool { return r != '\n' && unseen(r) }):
		return bad("a character that cannot be seen")
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil || strings.TrimSuffix(b.String(), "\n") != body {
		return bad("not written the one way")
	}
	return e.Keep, nil
}
