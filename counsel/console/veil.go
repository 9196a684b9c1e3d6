package console

import (
	"regexp"
	"strings"

	"helpline/chat/link"
	"helpline/templates"
)

// addresses are what somebody wrote that leads somewhere else. A word that has
// one is hidden whole. static/js/veil.js hides the same on the desk, where a
// word is cut more finely.
var addresses = regexp.MustCompile(`(?i)` + strings.Join([]string{
	`[a-z][a-z0-9+.-]{1,20}://`, `magnet:`, `hxxps?:`, `(?:^|[^\w])www\d?\.\S`,
	`[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+`,
	`(?:^|[^\w.-])[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.\p{L}[\p{L}\d-]+/\S`,
	`(?:^|[^\w.-])(?:[\p{L}\d-]+\.)+(?:` + endings + `)(?:$|[^\w-])`,
	`(?:^|[^\d.])\d{1,3}(?:\.\d{1,3}){3}(?:$|[^\d.])`,
	`(?:^|\W)[0-9a-f]{32,}(?:$|\W)`,
}, "|"))

const endings = `com|net|org|info|biz|onion|i2p|io|me|tv|nl|be|de|fr|uk|eu|ch|at|ru|su|cc|to|co|gg|ly|ws|sh|pw|xyz|app|dev|site|online|link|club|top|live|chat|cloud|page|space|store|web`

// longCode is a word such as a key or a hash.
var longCode = regexp.MustCompile(`[\w-]{40,}`)

var spaces = regexp.MustCompile(`\s+`)

// veil cuts a text into what is shown and what is hidden until somebody asks for
// it on purpose. Addresses are looked for in what was written; what is shown has
// nothing in it that turns the direction or cannot be seen.
func veil(text string) []templates.Piece {
	var out []templates.Piece
	add := func(s string, hidden bool) {
		s = link.Visible(s)
		switch last := len(out) - 1; {
		case s == "":
		case last >= 0 && !hidden && !out[last].Hidden:
			out[last].Text += s
		default:
			out = append(out, templates.Piece{Text: s, Hidden: hidden})
		}
	}
	for text != "" {
		word, gap := text, ""
		if at := spaces.FindStringIndex(text); at != nil {
			word, gap = text[:at[0]], text[at[0]:at[1]]
		}
		text = text[len(word)+len(gap):]
		bare := strings.TrimRight(word, `.,;:!?'")]}»”’`)
		code := longCode.FindString(bare)
		hidden := addresses.MatchString(bare) || strings.ContainsAny(code, "0123456789")
		if hidden {
			add(bare, true)
			word = word[len(bare):]
		}
		add(word+gap, false)
	}
	return out
}
