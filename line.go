package helpline

import (
	"slices"
	"time"
)

// Line is the helpline organisation that runs this installation.
type Line struct {
	Name       string   // as visitors see it; dull by default
	Country    string   // country profile: be, de, ie, nl, uk or generic
	Locales    []Locale // offered to visitors; the first is the default
	NoteDays   int      // days a sealed note is kept
	AnswerDays int      // working days within which a letter is answered
	NeutralURL string   // where "leave quickly" goes
	Title      string   // of the tab on visitors' pages; empty: a dull word in each language
	Icon       string   // of the tab, one of the built-in ones; empty: the plainest
	// IdentityWord is whether a visitor's page says a neutral word before
	// something is sent that looks like a name or a number.
	IdentityWord bool
	Says         Says
}

// Says is what the organisation says of itself, in its own words and in the
// first language of Locales. The program cannot know any of it; what is empty
// has not been said yet, and pages say so.
type Says struct {
	Organisation string // who runs the line
	Contact      string // where it can be reached
	Host         string // what the host keeps of a visit
	Proxy        string // what the proxy and the network in front of it keep
	Ground       string // the legal ground on which personal data is used
	Outside      string // who outside of the organisation hears complaints
}

// Locale is a language of the screens: en, nl, nl-BE, fr, de.
type Locale string

// Locales are the languages the program has a catalogue for.
var locales = []Locale{"en", "nl", "nl-BE", "fr", "de"}

// Locales lists the languages the program has a catalogue for, English first.
func Locales() []Locale { return slices.Clone(locales) }

// ParseLocale accepts only the locales of the catalogue.
func ParseLocale(s string) (Locale, error) {
	if l := Locale(s); slices.Contains(locales, l) {
		return l, nil
	}
	return "", Errorf(Invalid, "locale: not one of en, nl, nl-BE, fr, de")
}

// Chain lists where a text in this language is looked for: the language
// itself first, English last, and Dutch between them for Flemish.
func (l Locale) Chain() []Locale {
	switch l {
	case "en":
		return []Locale{"en"}
	case "nl-BE":
		return []Locale{"nl-BE", "nl", "en"}
	}
	return []Locale{l, "en"}
}

// Audience is the door a visitor chose.
type Audience string

// The doors.
const (
	Self         Audience = "self"
	Relative     Audience = "relative"
	Professional Audience = "professional"
	Young        Audience = "young"
	Survivor     Audience = "survivor"
)

// Audiences lists the doors in the order of the front page.
func Audiences() []Audience { return []Audience{Self, Relative, Young, Professional, Survivor} }

// ParseAudience accepts only the five doors.
func ParseAudience(s string) (Audience, error) {
	if a := Audience(s); slices.Contains(Audiences(), a) {
		return a, nil
	}
	return "", Errorf(Invalid, "audience: not one of the five doors")
}

// Matter is what a visit of somebody under 18 is about, as they chose on the page
// behind that door. It says no more than one of three things; empty: not said.
type Matter string

// The matters.
const (
	AboutSelf  Matter = "self"   // I worry about what I think or do
	AboutHarm  Matter = "harmed" // somebody does something to me
	AboutOther Matter = "other"  // it is about somebody else
)

// Matters lists the matters in the order of their page.
func Matters() []Matter { return []Matter{AboutSelf, AboutHarm, AboutOther} }

// ParseMatter accepts the matters, and none.
func ParseMatter(s string) (Matter, error) {
	if w := Matter(s); s == "" || slices.Contains(Matters(), w) {
		return w, nil
	}
	return "", Errorf(Invalid, "matter: not one of the three")
}

// Channel is how a contact reached the line.
type Channel string

// The channels.
const (
	ByChat  Channel = "chat"
	ByInbox Channel = "inbox"
	ByPhone Channel = "phone"
	ByMail  Channel = "mail"
	ByVisit Channel = "visit"
)

// Role is what a member of staff may do. Roles combine.
type Role string

// The roles. A shift leader runs one shift; an operator runs the installation
// and is given nothing to read; a reviewer reads the audit and looks at
// retention, and never at notes.
const (
	Counsellor Role = "counsellor"
	Leader     Role = "leader"
	Supervisor Role = "supervisor"
	Operator   Role = "operator"
	Reviewer   Role = "reviewer"
)

// Roles lists the roles in the order the screens show them.
func Roles() []Role { return []Role{Counsellor, Leader, Supervisor, Operator, Reviewer} }

// ParseRole accepts only known roles.
func ParseRole(s string) (Role, error) {
	if r := Role(s); slices.Contains(Roles(), r) {
		return r, nil
	}
	return "", Errorf(Invalid, "role: not one of counsellor, leader, supervisor, operator, reviewer")
}

// Hours is whether the line takes contacts, and until when.
type Hours struct {
	Open     bool       // takes somebody new now
	Shut     Shut       // while not open: why
	Capacity []Capacity // conversations the people on duty can carry, split by what they can take
	Until    time.Time  // end of this opening; zero: not known
	Last     time.Time  // from then on nobody new is taken, before Until; zero: not known
	Next     time.Time  // next opening, also while open; zero: not known
	First    bool       // messages first: it is too busy, or somebody has said so; the chat stays possible
}

// Shut is why a line takes nobody new.
type Shut string

// The reasons. Who waits keeps the place, but for those that end an opening.
const (
	ShutHours  Shut = "hours"  // outside its opening hours
	ShutNobody Shut = "nobody" // nobody is on duty
	ShutLast   Shut = "last"   // the opening ends soon
	ShutPaused Shut = "paused" // somebody has stopped the queue for a while
	ShutByHand Shut = "closed" // somebody has closed early
	ShutShort  Shut = "short"  // somebody is missing, since a moment ago: they may come yet
	ShutCover  Shut = "cover"  // too few are there to be open as planned
)

// Ends says whether those who wait are not going to be asked any more.
func (s Shut) Ends() bool { return s == ShutHours || s == ShutByHand || s == ShutCover }

// Capacity is one person's share of what can be carried at once.
type Capacity struct {
	Locales   []Locale
	Audiences []Audience
	Chats     int
}

// Takes says whether this share covers a contact.
func (c Capacity) Takes(l Locale, a Audience) bool {
	return slices.Contains(c.Locales, l) && slices.Contains(c.Audiences, a)
}
