package link

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// Here, and nowhere else on this side of the line, words are made ready to be
// looked at: for the pages of those without scripts. static/js/text.js and
// static/js/cards.js do the same on the pages that have them; the rules are
// changed together.

// Shown is what stands in a message, ready to become text on a page. One of
// the three is filled; none when the body is of a kind that is not known.
type Shown struct {
	Text  string
	Steps []string
	Card  *Card

	Keeps bool // Text is a card for the next time
}

// Card is a place to go for help.
type Card struct {
	ID, Name, Of string
	Facts        []Fact   // what is known, in the order in which people ask
	Unknown      []string // names of what is not
	Ways         []Way
	Checked      string // year, month and day, as far as known
	Old          bool   // nobody has checked it lately
}

// Fact is one thing to know about a place.
type Fact struct {
	Name string // first, cost, anonymity, wait, excludes
	Text []string
}

// Way is how a place is reached. Link is empty, a tel: or an https: address.
type Way struct{ Label, Link string }

// Web says that the way leads to another site.
func (w Way) Web() bool { return strings.HasPrefix(w.Link, "https:") }

var facts = []string{"first", "cost", "anonymity", "wait", "excludes"}

// Show reads a body. Words of people are made visible, and nothing that came
// in a body is a link unless it is the way to a place of our directory.
func Show(body string) Shown {
	if text, err := Text(body); err == nil {
		return Shown{Text: Visible(text)}
	}
	var b struct {
		Steps many           `json:"steps"`
		Card  map[string]any `json:"card"`
		Keep  string         `json:"keep"`
		Kept  string         `json:"kept"`
	}
	if json.Unmarshal([]byte(body), &b) != nil {
		return Shown{}
	}
	if steps := b.Steps.texts(200); len(steps) > 0 {
		return Shown{Steps: steps}
	}
	if card := one(b.Keep+b.Kept, 600); card != "" {
		return Shown{Text: card, Keeps: true}
	}
	c := &Card{ID: one(b.Card["id"], 64), Name: one(b.Card["name"], 200), Of: one(b.Card["of"], 200), Checked: one(b.Card["checked_on"], 10)}
	if c.Name == "" {
		return Shown{}
	}
	c.Old, _ = b.Card["check_first"].(bool)
	for _, name := range facts {
		if all := (many{b.Card[name]}).texts(2000); len(all) > 0 {
			c.Facts = append(c.Facts, Fact{name, all})
		} else {
			c.Unknown = append(c.Unknown, name)
		}
	}
	ways, _ := b.Card["reach"].([]any)
	for _, w := range ways[:min(len(ways), 8)] {
		if way, ok := w.(map[string]any); ok {
			c.Ways = append(c.Ways, Way{one(way["label"], 200), address(one(way["link"], 500))})
		}
	}
	return Shown{Card: c}
}

// many is one text or several.
type many struct{ any }

// UnmarshalJSON takes whatever stands there.
func (m *many) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &m.any) }

func (m many) texts(most int) []string {
	list, ok := m.any.([]any)
	if !ok {
		list = []any{m.any}
	}
	var out []string
	for _, x := range list[:min(len(list), 8)] {
		if s := one(x, most); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// one is a text of at most so many bytes, or nothing.
func one(x any, most int) string {
	s, _ := x.(string)
	if len(s) > 2*most { // the page counts in UTF-16 units
		return ""
	}
	return strings.TrimSpace(Visible(s))
}

var dialled = regexp.MustCompile(`^tel:\+?[0-9]{2,15}(;ext=[0-9]{1,6})?$`)

// address is a link that may be made, or nothing.
func address(link string) string {
	if dialled.MatchString(link) {
		return link
	}
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Host == "" || u.Opaque != "" {
		return ""
	}
	return u.String()
}

// Clean makes words fit to be carried: line ends are one character, and control
// characters become their pictures.
func Clean(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\n' || r == '\t':
			return r
		case r < 0x20:
			return 0x2400 + r
		case r == 0x7f:
			return 0x2421
		case r > 0x7f && r < 0xa0:
			return '\ufffd'
		}
		return r
	}, text)
}

// Visible makes what somebody wrote safe to look at: characters that control,
// turn the direction or cannot be seen are shown as what they are, and no
// character carries more than four marks, so that no line can be written over
// another. What joins letters and pictures stays.
func Visible(text string) string {
	text = Clean(text)
	plain := true
	for _, r := range text {
		if r >= 0x300 || r == 0xad {
			plain = false
			break
		}
	}
	if plain {
		return text
	}
	var b strings.Builder
	marks := 0
	for _, r := range text {
		if unicode.Is(unicode.M, r) {
			if marks++; marks > 4 {
				continue
			}
		} else {
			marks = 0
		}
		if hides(r) {
			fmt.Fprintf(&b, "[U+%X]", r)
			marks = 0
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// hides says whether a character is to be named instead of shown.
func hides(r rune) bool {
	switch {
	case r == 0xad, r == 0x34f, r >= 0x180b && r <= 0x180d, r == 0x180f, r == 0x200c, r == 0x200d, r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0100 && r <= 0xe01ef:
		return false // joins what stands around it
	case r == 0x2028, r == 0x2029, r >= 0xfff9 && r <= 0xfffb:
		return true
	}
	return ignorable(r)
}

// ignorable is Unicode's Default_Ignorable_Code_Point: what nobody sees.
func ignorable(r rune) bool {
	switch {
	case r == 0xad, r == 0x34f, r == 0x61c, r == 0x115f, r == 0x1160, r == 0x17b4, r == 0x17b5, r >= 0x180b && r <= 0x180f,
		r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r == 0x3164, r >= 0xfe00 && r <= 0xfe0f,
		r == 0xfeff, r == 0xffa0, r >= 0xfff0 && r <= 0xfff8, r >= 0x1bca0 && r <= 0x1bca3, r >= 0x1d173 && r <= 0x1d17a, r >= 0xe0000 && r <= 0xe0fff:
		return true
	}
	return false
}
