package promise

import (
	"bytes"
	"embed"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"helpline"
)

// files are the profiles, one for each country.
//
//go:embed country/*.json
var files embed.FS

// common is what every country says alike.
//
//go:embed common/common.json
var common []byte

// Generic is the profile of a line whose country has none of its own.
const Generic = "generic"

// Texts is one text per language; a language it lacks is looked up along
// helpline.Locale.Chain.
type Texts map[helpline.Locale]string

// In gives the text in a language.
func (t Texts) In(l helpline.Locale) string {
	for _, step := range l.Chain() {
		if text, ok := t[step]; ok {
			return text
		}
	}
	return ""
}

// Proof says where a line of a profile comes from.
type Proof struct {
	Source    string `json:"source"`     // who says so, and where
	Article   string `json:"article"`    // of the law; empty for what is not law
	CheckedOn string `json:"checked_on"` // YYYY-MM-DD
	CheckedBy string `json:"checked_by"` // empty: nobody who answers for it
}

// Profile is one country's facts.
type Profile struct {
	Country   string           `json:"country"`
	Version   uint16           `json:"version"`
	CheckedOn string           `json:"checked_on"` // YYYY-MM-DD, the oldest check that still counts
	ClearedBy string           `json:"cleared_by"` // the lawyer who answers for it; empty: nobody
	Fill      fill             `json:"fill"`
	Sentences []clause         `json:"sentences"` // of the country's own, in place of the common ones of that id and door
	Proofs    map[string]Proof `json:"proofs"`    // of common sentences that rest on a law of the country, by id
	Additions []clause         `json:"additions"` // one more sentence for some doors
	Lines     []number         `json:"lines"`
	Facts     []fact           `json:"facts"`
}

// shared is what every profile begins with.
type shared struct {
	Sentences []clause         `json:"sentences"`
	Additions []clause         `json:"additions"`
	When      map[string]Texts `json:"when"` // what a line is for, by id
	Fill      fill             `json:"fill"`
}

// fill are the words of the country that stand inside the sentences.
type fill map[string]Texts

type clause struct {
	ID     string              `json:"id"`
	For    []helpline.Audience `json:"for"`    // empty: everybody who has no clause of their own
	Letter bool                `json:"letter"` // for a message that is left, in place of the one for a chat
	Bold   Texts               `json:"bold"`
	More   Texts               `json:"more"`
	Proof
}

type number struct {
	ID     string              `json:"id"`   // emergency, suicide, youth, survivors, advice
	In     []helpline.Locale   `json:"in"`   // languages in which it is told; empty: all
	For    []helpline.Audience `json:"for"`  // only for these doors; empty: on every page
	Also   []helpline.Audience `json:"also"` // on every page, and once more for these doors
	Number Texts               `json:"number"`
	Tel    string              `json:"tel"`
	When   Texts               `json:"when"` // in place of the common words
	Note   Texts               `json:"note"`
	Proof
}

// The facts that every profile has.
const (
	Hotline   = "hotline"   // takes reports of sexual images of children
	Authority = "authority" // hears complaints about personal data
	Treatment = "treatment" // what there is for people who worry about themselves
)

type fact struct {
	ID   string `json:"id"`
	Name string `json:"name"` // empty: no single one
	Href string `json:"href"` // for the staff only; empty: none that was read
	Text Texts  `json:"text"`
	Proof
}

// Countries lists the profiles there are, sorted.
func Countries() []string {
	entries, err := files.ReadDir("country")
	if err != nil {
		return nil // built in: cannot happen, and a test reads every profile
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".json"))
	}
	slices.Sort(out)
	return out
}

// For reads a country's profile. A country without one is an Invalid error
// that names those there are.
func For(country string) (Profile, error) {
	if !slices.Contains(Countries(), country) {
		return Profile{}, helpline.Errorf(helpline.Invalid, "country: no profile of that name; there are %s", strings.Join(Countries(), ", "))
	}
	text, err := files.ReadFile("country/" + country + ".json")
	if err != nil {
		return Profile{}, helpline.Errorf(helpline.Internal, "country profile %s: %w", country, err)
	}
	return read(country, common, text)
}

// read joins what is common with what a country says.
func read(country string, common, text []byte) (Profile, error) {
	var base shared
	var p Profile
	if err := strictly(common, &base); err != nil {
		return Profile{}, helpline.Errorf(helpline.Internal, "what all country profiles share: %w", err)
	}
	if err := strictly(text, &p); err != nil {
		return Profile{}, helpline.Errorf(helpline.Internal, "country profile %s: %w", country, err)
	}
	p.Sentences = over(base.Sentences, p.Sentences, p.Proofs)
	p.Additions = over(base.Additions, p.Additions, p.Proofs)
	if p.Fill == nil {
		p.Fill = fill{}
	}
	for name, texts := range base.Fill {
		if _, own := p.Fill[name]; !own {
			p.Fill[name] = texts
		}
	}
	for i, n := range p.Lines {
		if len(n.When) == 0 {
			p.Lines[i].When = base.When[n.ID]
		}
	}
	if _, err := time.Parse(time.DateOnly, p.CheckedOn); err != nil || p.Country != country || p.Version == 0 || len(p.Sentences) < 4 {
		return Profile{}, helpline.Errorf(helpline.Internal, "country profile %s: not complete", country)
	}
	return p, nil
}

// strictly reads one JSON value that has no field of another kind.
func strictly(text []byte, to any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	return dec.Decode(to)
}

// over lays a country's own clauses over the common ones, and its law under
// those that it leaves as they are.
func over(base, own []clause, proofs map[string]Proof) []clause {
	out := slices.Clone(base)
	for i, c := range out {
		if at := slices.IndexFunc(own, c.like); at >= 0 {
			out[i] = own[at]
		} else if proof, ok := proofs[c.ID]; ok {
			out[i].Proof = proof
		}
	}
	for _, c := range own {
		if !slices.ContainsFunc(base, c.like) {
			out = append(out, c)
		}
	}
	return out
}

// like says whether two clauses stand in one place.
func (c clause) like(o clause) bool {
	return c.ID == o.ID && c.Letter == o.Letter && slices.Equal(c.For, o.For)
}
