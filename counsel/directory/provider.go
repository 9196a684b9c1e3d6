package directory

import (
	"time"

	"helpline"
)

// Mode is how a provider is reached or works.
type Mode string

// The modes.
const (
	ByPhone  Mode = "phone"
	ByChat   Mode = "chat"
	ByMail   Mode = "mail"
	ByForm   Mode = "message"   // written on the provider's own page
	Online   Mode = "online"    // self-help, courses, forums
	InPerson Mode = "in-person" // face to face
	InGroup  Mode = "group"
)

// Modes lists the modes in the order of the search.
func Modes() []Mode { return []Mode{ByPhone, ByChat, ByMail, ByForm, Online, InPerson, InGroup} }

// Cost is what a provider costs, roughly.
type Cost string

// The costs; the empty Cost is unknown.
const (
	Free      Cost = "free"
	Insurance Cost = "insurance" // the insurance pays, except its own share
	Paid      Cost = "paid"
)

// Costs lists the known costs.
func Costs() []Cost { return []Cost{Free, Insurance, Paid} }

// Anonymity is how much of a name a provider needs.
type Anonymity string

// The kinds of anonymity. A provider without one needs a name, or nobody knows.
const (
	Anonymous    Anonymity = "anonymous"
	FirstContact Anonymity = "first-contact" // anonymous at first
	Pseudonym    Anonymity = "pseudonym"
	BillsBlind   Anonymity = "pseudonymous-billing" // the bill shows no name
)

// Anonymities lists the kinds of anonymity.
func Anonymities() []Anonymity {
	return []Anonymity{Anonymous, FirstContact, Pseudonym, BillsBlind}
}

// Anywhere is the region of a provider that takes people from all countries.
const Anywhere = "ANY"

// Provider is one service of the directory, as the desk sees it. What nobody
// knows is empty. Its slices are shared and only read.
type Provider struct {
	ID           helpline.ID // of the HSDS service; cards and counters name it
	Entry        helpline.ID // of the entry of the file it stands in
	Name         string
	Organization string
	About        string
	Status       string // active, inactive, defunct, temporarily closed
	Doors        []helpline.Audience
	Regions      []string // NL, BE-VLG, ANY
	Languages    []string // ISO 639 in small letters
	Modes        []Mode
	Anonymity    []Anonymity
	Cost         Cost
	Phones       []Phone
	Mail         string
	URL          string // of the service; else of the organization
	Sources      []string
	CheckedOn    Date
	CheckedBy    string
	Hidden       bool // a supervisor keeps it off cards

	words  map[string]map[helpline.Locale][]string // helpline-words, by code
	native map[string]string                       // the HSDS fields of the same meaning
}

// Phone is a number as its source wrote it, and what it is for.
type Phone struct{ Number, Extension, Note string }

// Words gives a text for the card in a language: first, cost, anonymity, wait
// or exclusion; more than one only for exclusion.
func (p Provider) Words(code string, l helpline.Locale) []string {
	for _, step := range l.Chain() {
		if texts := p.words[code][step]; len(texts) > 0 {
			return texts
		}
	}
	if text := p.native[code]; text != "" {
		return []string{text}
	}
	if text := p.plain(code, l); text != "" {
		return []string{text}
	}
	return nil
}

// Limits say how long a check counts.
type Limits struct {
	CheckAfter int // days; an older check is marked
	HideAfter  int // days; an older check keeps the provider off cards; 0 is never
}

// DefaultLimits are half a year, and never off cards for age alone.
func DefaultLimits() Limits { return Limits{CheckAfter: 180} }

// Standing says how far the entry can be relied on.
type Standing string

// The standings.
const (
	Checked    Standing = "checked"
	CheckFirst Standing = "check before use"
	TooOld     Standing = "too old for cards"
)

// Standing judges the entry at an instant. Only what somebody named has checked
// within the limits is Checked; a source, however fresh, is nobody's check.
func (p Provider) Standing(now time.Time, lim Limits) Standing {
	day := 24 * time.Hour
	start, known := p.CheckedOn.Start()
	age := now.Sub(start)
	switch {
	case known && lim.HideAfter > 0 && age > time.Duration(lim.HideAfter)*day:
		return TooOld
	case !known || p.CheckedBy == "" || age > time.Duration(lim.CheckAfter)*day:
		return CheckFirst
	}
	return Checked
}
