package templates

import "helpline/templates/i18n"

// Staff is the frame of a page for people who work on the line.
type Staff struct {
	Shell
	Free    bool     // a person of the demonstration, who was shown no passphrase
	Idle    string   // seconds after which the screen locks itself
	Due     bool     // a new passphrase comes first: there is nothing to lock, and nothing that would unlock
	Line    string   // name of the line
	Notice  string   // above everything, such as that this is a demonstration; often empty
	Here    string   // name of the place; empty before the login, and elsewhere
	Alias   string   // as visitors see the person; empty before the login
	Places  []Place  // of the navigation
	Alerts  []Alert  // what this person has to do
	Unsure  bool     // some of that could not be looked at: there may be more
	Tongues []Tongue // Lang is what the switch posts; Href is used before the login
}

// Place is a page of the navigation; Name is the key after staff.place. Places
// of one group stand behind one another, under the key after staff.group. Count
// is how many wait there, often empty.
type Place struct{ Name, Href, Group, Count string }

// fewPlaces is how many places need no groups.
const fewPlaces = 5

// Bar is the navigation in its order: each entry is one place without a group,
// or all of a group.
func (s Staff) Bar() [][]Place {
	var out [][]Place
	for i, p := range s.Places {
		switch {
		case len(s.Places) <= fewPlaces:
			p.Group = ""
			out = append(out, []Place{p})
		case p.Group == "" || i == 0 || s.Places[i-1].Group != p.Group:
			out = append(out, []Place{p})
		default:
			last := len(out) - 1
			out[last] = append(out[last], p)
		}
	}
	return out
}

// In says whether the person is at one of the places.
func (s Staff) In(places []Place) bool {
	for _, p := range places {
		if p.Name == s.Here {
			return true
		}
	}
	return false
}

// Login is the page of name and passphrase.
type Login struct {
	Staff
	Name    string // as typed
	Problem string // empty, wrong, busy
	Next    string // empty, out (has just logged out), spent (the invitation)
}

// Choice is one box of a form.
type Choice struct {
	Value   string
	Label   string
	Checked bool
}

// Join is the page behind an invitation.
type Join struct {
	Staff
	Action    string // address of the form
	Name      string
	Alias     string
	Offer     string // six words
	Own       bool   // the person chose a passphrase of their own
	Problem   string // key after join.problem.; empty
	Languages []Choice
	Locales   []Choice // of conversations; empty for those who do not talk with visitors
	Doors     []Choice
}

// Desk is the counsellor's screen.
type Desk struct {
	Staff
	Note      NoteForm
	Elsewhere NoteForm // for a contact by phone, mail or visit
	Script    []Word   // everything desk.js says
	Window    string   // lets the sockets of this page come back while the screen is locked
	Hotline   Link     // where sexual images of children are reported; often empty

	// The filters of the directory. Of the regions only the line's own country
	// is here; the script adds the others.
	Doors, Regions, Languages, Modes, Costs, Anonymities []Choice
}

// Word is one text for a script; One is the singular, where there is one.
type Word struct{ Key, Text, One string }

// Board is what a supervisor sees of the running evening.
type Board struct {
	Staff
	Line    LineNow
	Attend  Attend
	Nods    []NodRow
	Notices NoticeTrouble
	People  []Colleague
	Script  []Word
	Window  string // as the desk's
}

// Colleague is a row of the board or of the list of people.
type Colleague struct {
	Href  string // page of the person; empty on the board and for whoever was removed
	Name  string // empty on the board
	Alias string
	Roles []string
	Takes []string // languages and doors, in words
	Chats int
	State string // key after people.state.
	Again string // address that makes a new invitation; empty when there is none to make
	Vouch string // address where the person's six words are confirmed; empty when there is nothing to confirm
	Demo  bool
}

// Trouble is a page that says what went wrong and what to do next.
type Trouble struct {
	Staff
	Key  string // after staff.trouble.
	Back string // address of the way on
}

// ScriptWords collects every text under some prefixes for a script.
func ScriptWords(w i18n.Words, prefixes ...string) []Word {
	var out []Word
	for _, prefix := range prefixes {
		for _, key := range w.Under(prefix) {
			word := Word{Key: key, Text: w.T(key)}
			if one := w.N(key, 1); one != word.Text {
				word.One = one
			}
			out = append(out, word)
		}
	}
	return out
}
