package directory

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"helpline"
)

// The limits of a card. A body has to fit a frame of chat/wire, and its words
// the words of one message.
const (
	MaxCardBody  = 16_600 // bytes of the JSON
	MaxCardWords = 12_000 // bytes of all its texts together
	maxLabel     = 200    // bytes of a name or a label
	maxLink      = 500
	maxWords     = 2_000 // bytes of any other text
	maxParts     = 8     // exclusion rules, and ways to reach
)

// Card is what goes into a conversation. Every text is one line, in the
// visitor's language where the directory has it.
type Card struct {
	ID         helpline.ID `json:"id"` // of the provider
	Name       string      `json:"name"`
	Of         string      `json:"of,omitempty"`        // the organization, when its name is another
	First      string      `json:"first,omitempty"`     // what happens first
	Cost       string      `json:"cost,omitempty"`      //
	Anonymity  string      `json:"anonymity,omitempty"` //
	Wait       string      `json:"wait,omitempty"`      // how long it may take
	Excludes   []string    `json:"excludes,omitempty"`  // whom it does not take
	Reach      []Reach     `json:"reach,omitempty"`     //
	CheckedOn  Date        `json:"checked_on,omitempty"`
	CheckFirst bool        `json:"check_first,omitempty"` // nobody of the line has checked it lately
}

// Reach is one way to get there. Link is a tel: or https: address to tap on;
// empty for what is only shown, as a mail address is.
type Reach struct {
	Label string `json:"label"`
	Link  string `json:"link,omitempty"`
}

// Card makes the card of a provider in a language. Conflict when the provider
// is hidden, not active or too old for cards; Invalid when its texts are too
// long for one. Both say so in words for the counsellor.
func (p Provider) Card(l helpline.Locale, now time.Time, lim Limits) (Card, error) {
	standing := p.Standing(now, lim)
	switch {
	case p.Hidden:
		return Card{}, helpline.Errorf(helpline.Conflict, "this provider is kept off cards by a supervisor")
	case p.Status != "active":
		return Card{}, helpline.Errorf(helpline.Conflict, "this provider takes nobody at the moment (%s)", p.Status)
	case standing == TooOld:
		return Card{}, helpline.Errorf(helpline.Conflict, "this entry was checked too long ago to be sent: have it checked first")
	}
	first := func(code string) string { return oneLine(strings.Join(p.Words(code, l), " ")) }
	c := Card{
		ID: p.ID, Name: oneLine(p.Name), First: first("first"), Cost: first("cost"), Anonymity: first("anonymity"), Wait: first("wait"),
		CheckedOn: p.CheckedOn, CheckFirst: standing != Checked,
	}
	if of := oneLine(p.Organization); of != c.Name {
		c.Of = of
	}
	for _, rule := range p.Words("exclusion", l) {
		c.Excludes = append(c.Excludes, oneLine(rule))
	}
	for _, phone := range p.Phones {
		c.Reach = append(c.Reach, phone.reach())
	}
	if p.URL != "" {
		c.Reach = append(c.Reach, web(p.URL))
	}
	if p.Mail != "" {
		c.Reach = append(c.Reach, Reach{Label: oneLine(p.Mail)})
	}
	return c, c.check()
}

// telLink and the rest of a number that people write for the eye.
var (
	telLink   = regexp.MustCompile(`^tel:\+?[0-9]{2,15}(;ext=[0-9]{1,6})?$`)
	forTheEye = strings.NewReplacer(" ", "", "\u00a0", "", "-", "", ".", "", "/", "", "(0)", "", "(", "", ")", "", `"`, "")
)

func (ph Phone) reach() Reach {
	number := oneLine(strings.Trim(ph.Number, `" `))
	r := Reach{Label: number}
	link := "tel:" + forTheEye.Replace(number)
	if !strings.HasPrefix(number, "+") { // (0) is left out abroad only
		link = "tel:" + forTheEye.Replace(strings.ReplaceAll(number, "(0)", "0"))
	}
	if ph.Extension != "" {
		r.Label += " (" + ph.Extension + ")"
		link += ";ext=" + ph.Extension
	}
	if telLink.MatchString(link) {
		r.Link = link
	}
	return r
}

// web shows an address without its scheme; only https can be tapped on.
func web(address string) Reach {
	label := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(address, "https://"), "http://"), "/")
	if len(label) > maxLabel {
		if u, err := url.Parse(address); err == nil {
			label = u.Host
		}
	}
	if webLink(address) {
		return Reach{Label: label, Link: address}
	}
	return Reach{Label: label}
}

// webLink says whether a visitor may be given the address to tap on.
func webLink(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.User != nil || !strings.Contains(strings.Trim(u.Hostname(), "."), ".") || len(s) > maxLink {
		return false
	}
	for _, r := range s {
		if r <= ' ' || r > '~' || strings.ContainsRune("\"<>\\^`{|}", r) {
			return false
		}
	}
	return strings.HasPrefix(s, "https://")
}

// check says whether the card can be sent; the error is Invalid and quotes
// nothing.
func (c Card) check() error {
	total := 0
	bad := func(what, why string) error { return helpline.Errorf(helpline.Invalid, "card: %s %s", what, why) }
	if c.ID.IsZero() || c.Name == "" {
		return bad("the provider", "is not named")
	}
	if _, ok := c.CheckedOn.Start(); c.CheckedOn != "" && !ok {
		return bad("the day of the check", "is no date")
	}
	if len(c.Excludes) > maxParts || len(c.Reach) > maxParts {
		return bad("a list", "is too long")
	}
	type part struct {
		what, text string
		most       int
	}
	parts := []part{
		{"the name", c.Name, maxLabel},
		{"the organization", c.Of, maxLabel},
		{"what happens first", c.First, maxWords},
		{"the cost", c.Cost, maxWords},
		{"the anonymity", c.Anonymity, maxWords},
		{"the waiting time", c.Wait, maxWords},
	}
	for _, rule := range c.Excludes {
		if rule == "" {
			return bad("an exclusion rule", "is empty")
		}
		parts = append(parts, part{"an exclusion rule", rule, maxWords})
	}
	for _, r := range c.Reach {
		if r.Link != "" && !telLink.MatchString(r.Link) && !webLink(r.Link) {
			return bad("a link", "is neither a telephone number nor an https address")
		}
		if r.Label == "" {
			return bad("a way to reach", "has no label")
		}
		parts = append(parts, part{"a label", r.Label, maxLabel}, part{"a link", r.Link, maxLink})
	}
	for _, p := range parts {
		total += len(p.text)
		switch {
		case len(p.text) > p.most:
			return bad(p.what, "is too long for a card")
		case !cardText(p.text):
			return bad(p.what, "has characters that no card may have")
		}
	}
	if total > MaxCardWords {
		return bad("all of it together", "is too long for a card")
	}
	return nil
}

// cardText says whether a text is one line of visible characters.
func cardText(s string) bool {
	if !utf8.ValidString(s) || s != strings.TrimSpace(s) {
		return false
	}
	for _, r := range s {
		if unicode.IsControl(r) || r == utf8.RuneError || turns(r) {
			return false
		}
	}
	return true
}

// envelope is a card as the body of a message.
type envelope struct {
	Card *Card `json:"card"`
}

// Body gives the card as the body of a message, {"card":{...}}, in the one way
// a card is written. Invalid when it breaks a limit.
func (c Card) Body() (string, error) {
	if err := c.check(); err != nil {
		return "", err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(envelope{&c}); err != nil {
		return "", helpline.Errorf(helpline.Internal, "write a card: %w", err)
	}
	body := strings.TrimSuffix(b.String(), "\n")
	if len(body) > MaxCardBody {
		return "", helpline.Errorf(helpline.Invalid, "card: all of it together is too long for a card")
	}
	return body, nil
}

// ReadCard is the strict inverse of Body: only what Body writes is a card, byte
// for byte. The error is Invalid and quotes nothing.
func ReadCard(body string) (Card, error) {
	bad := helpline.Errorf(helpline.Invalid, "not a card")
	if len(body) > MaxCardBody || !utf8.ValidString(body) {
		return Card{}, bad
	}
	var e envelope
	if err := json.Unmarshal([]byte(body), &e); err != nil || e.Card == nil {
		return Card{}, bad
	}
	again, err := e.Card.Body()
	if err != nil {
		return Card{}, err
	}
	if again != body {
		return Card{}, bad
	}
	return *e.Card, nil
}
