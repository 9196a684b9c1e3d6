package link

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"helpline"
)

// Limits of one message.
const (
	MaxUnits = 4000  // UTF-16 units of text
	MaxBytes = 12000 // bytes of text
	MaxRun   = 200   // characters without white space
)

// CheckBody says whether a body is a text we carry: {"text":"..."} and nothing
// else, within the limits, without control characters and data: addresses. It
// is Invalid otherwise; the error never repeats the words.
func CheckBody(body string) error {
	text, err := Text(body)
	if err != nil {
		return err
	}
	return CheckText(text)
}

// Text takes the words out of a body. Until conversations are sealed between
// the browsers this is where the server could read them; only the check below
// and the page for those without scripts do.
func Text(body string) (string, error) {
	const head = `{"text":`
	if !strings.HasPrefix(body, head) || !strings.HasSuffix(body, "}") || !utf8.ValidString(body) {
		return "", notText()
	}
	if words := body[len(head) : len(body)-1]; plain(words) {
		return words[1 : len(words)-1], nil
	}
	var text *string
	if err := json.Unmarshal([]byte(body[len(head):len(body)-1]), &text); err != nil || text == nil {
		return "", notText()
	}
	return *text, nil
}

func notText() error { return helpline.Errorf(helpline.Invalid, "text: not a message") }

// plain says that a JSON string holds its text as it stands: most do.
func plain(s string) bool {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return false
	}
	for _, c := range []byte(s[1 : len(s)-1]) {
		if c == '"' || c == '\\' || c < 0x20 {
			return false
		}
	}
	return true
}

// CheckText applies the limits to words.
func CheckText(text string) error {
	units, run := 0, 0
	for _, r := range text {
		space := r == ' ' || r < ' ' && r >= '\t'
		if units++; r >= 0x80 { // what follows costs, and most text needs none of it
			units += max(utf16.RuneLen(r), 1) - 1
			space = unicode.IsSpace(r)
		}
		if space {
			run = 0
		} else if run++; run > MaxRun {
			return helpline.Errorf(helpline.Invalid, "text: more than %d characters without a space", MaxRun)
		}
		if (r < 0x20 && r != '\n' && r != '\t') || (r >= 0x7f && r < 0xa0) {
			return helpline.Errorf(helpline.Invalid, "text: a control character")
		}
	}
	switch {
	case strings.TrimSpace(text) == "":
		return helpline.Errorf(helpline.Invalid, "text: empty")
	case units > MaxUnits:
		return helpline.Errorf(helpline.Invalid, "text: longer than %d characters", MaxUnits)
	case len(text) > MaxBytes:
		return helpline.Errorf(helpline.Invalid, "text: longer than %d bytes", MaxBytes)
	case dataAddress(text):
		return helpline.Errorf(helpline.Invalid, "text: a data: address")
	}
	return nil
}

// dataAddress finds "data:" where it starts a word and is followed by what a
// browser would take for content: pictures must not travel as text.
func dataAddress(text string) bool {
	for rest := text; ; {
		i := strings.IndexByte(rest, ':')
		if i < 0 {
			return false
		}
		before, after := rest[:i], rest[i+1:]
		if word := len(before) - len("data"); word >= 0 && strings.EqualFold(before[word:], "data") {
			last, _ := utf8.DecodeLastRuneInString(before[:word])
			starts := word == 0 || !unicode.IsLetter(last)
			if comma := strings.IndexByte(after, ','); starts && comma >= 0 && comma <= 100 && !strings.ContainsAny(after[:comma], " \n\t") {
				return true
			}
		}
		rest = after
	}
}
