// Package templates is the markup of every page. Templates take the plain
// structs of this package (strings, numbers, slices) and the words of a
// language; they never see a domain type, so markup can never reach a note.
//
// Nothing here writes unescaped text, and there are no inline scripts or
// styles: the content security policy allows none.
package templates

import (
	"cmp"

	"helpline/templates/i18n"

	"github.com/a-h/templ"
)

// Shell is what every page has, the visitors' and the staff's.
type Shell struct {
	Words   i18n.Words
	Title   string   // of the tab; dull, and it never counts
	Icon    string   // of the tab: a name of static.Icons; empty: the plainest
	View    string   // class of the body: front, before, talk, plain, desk ...
	Styles  []string // asset names beside css/app.css
	Scripts []string // asset names of ES modules; first the entry, then what it imports
	Data    []Datum  // data-NAME attributes of the html element, for the scripts
}

// Datum is one data attribute.
type Datum struct{ Name, Value string }

// Page is the frame of a visitor's page.
type Page struct {
	Shell
	Name    string // of the line, as visitors see it
	Home    string // address of the front page in this language
	Leave   string // address the way out posts to
	Notice  string // above everything, such as that this is a demonstration; often empty
	Tongues []Tongue
	// Carries: the languages are buttons of the page's own form (see
	// TonguesAlong), so that what is typed comes along.
	Carries bool
	// Sends makes the languages forms with these fields, where the page itself is
	// shown only to a form.
	Sends []Datum
	Lines []HelpLine
	// Identity is the kind of the word before something that shows who somebody
	// is; see IdentityWord.
	Identity string
	About    []Link // what the line says of itself; none in a conversation
}

// Tongue is one language of the switch.
type Tongue struct {
	Name string // in its own language
	Lang string
	Href string
	Here bool
}

// HelpLine is a number that helps now.
type HelpLine struct {
	When   string // "Danger now?"
	Number string // as people read it
	Tel    string // tel: address; empty when there is nothing to dial
	Note   string // "day and night"; often empty
}

// icon is the asset of the tab's icon.
func (s Shell) icon() string { return "icon/" + cmp.Or(s.Icon, "square") + ".svg" }

func (s Shell) attributes() templ.Attributes {
	out := templ.Attributes{}
	for _, d := range s.Data {
		out["data-"+d.Name] = d.Value
	}
	return out
}
