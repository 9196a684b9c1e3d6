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

//go:embed *.json
var files embed.FS

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
	Country   string   `json:"country"`
	Version   uint16   `json:"version"`
	CheckedOn string   `json:"checked_on"` // YYYY-MM-DD, the oldest check that still counts
	ClearedBy string   `json:"cleared_by"` // the lawyer who answers for it; empty: nobody
	Fill      fill     `json:"fill"`
	Sentences []clause `json:"sentences"`
	Additions []clause `json:"additions"` // one more sentence for some doors
	Lines     []number `json:"lines"`
}

// fill are the words of the country that stand inside the sentences.
type fill map[string]Texts

type clause struct {
	ID   string              `json:"id"`
	For  []helpline.Audience `json:"for"` // empty: everybody who has no clause of their own
	Bold Texts               `json:"bold"`
	More Texts               `json:"more"`
	Proof
}

type number struct {
	ID     string              `json:"id"`   // emergency, suicide, youth, survivors
	For    []helpline.Audience `json:"for"`  // only for these doors; empty: on every page
	Also   []helpline.Audience `json:"also"` // on every page, and once more for these doors
	Number Texts               `json:"number"`
	Tel    string              `json:"tel"`
	When   Texts               `json:"when"`
	Note   Texts               `json:"note"`
	Proof
}

// Countries lists the profiles there are, sorted.
func Countries() []string {
	entries, err := files.ReadDir(".")
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
	text, err := files.ReadFile(country + ".json")
	if err != nil {
		return Profile{}, helpline.Errorf(helpline.Internal, "country profile %s: %w", country, err)
	}
	var p Profile
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return Profile{}, helpline.Errorf(helpline.Internal, "country profile %s: %w", country, err)
	}
	if _, err := time.Parse(time.DateOnly, p.CheckedOn); err != nil || p.Country != country || p.Version == 0 || len(p.Sentences) < 4 {
		return Profile{}, helpline.Errorf(helpline.Internal, "country profile %s: not complete", country)
	}
	return p, nil
}
