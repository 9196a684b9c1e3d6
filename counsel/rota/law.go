package rota

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"helpline"
)

// Profile is a set of rules about working time, as data. It is not legal
// advice: it says what was read where and on which day, and what was not.
type Profile struct {
	ID        string   `json:"id"`  // eu-2003-88, nl-atw, be, volunteer-default
	For       string   `json:"for"` // employee or volunteer
	Rules     []Rule   `json:"rules"`
	Unchecked []string `json:"unchecked"` // matters of this law that are held against nothing, because nobody has read them
}

// Rule is one rule and where it was read. Which of the numbers count depends
// on the rule: see needs. How each is read stands in docs/adr/0024. Times are in
// minutes.
type Rule struct {
	Rule    RuleID `json:"rule"`
	Level   Level  `json:"level"`
	Source  string `json:"source"`  // name of the text; empty: a rule of the house
	Article string `json:"article"` // empty: not known
	Read    string `json:"read"`    // what was really read: the text itself, or a page about it
	Checked string `json:"checked"` // the day of that, 2026-11-22

	Rest   int `json:"rest"`   // rest that is asked
	Per    int `json:"per"`    // in so much time; of an average in weeks
	Part   int `json:"part"`   // a shorter rest counts for nothing; one this long ends a series
	Over   int `json:"over"`   // longer than that, the rule begins to count
	Most   int `json:"most"`   // the most that may be
	From   int `json:"from"`   // of a night: minutes after midnight
	To     int `json:"to"`     // and its end
	Until  int `json:"until"`  // of a night shift: only one that ends after this counts
	Times  int `json:"times"`  // so many nights in a row, or free stretches
	Before int `json:"before"` // a night shift
	After  int `json:"after"`  // a night shift

	Instead []Rule `json:"instead"` // or one of these
}

//go:embed law/*.json
var lawFiles embed.FS

// laws reads the profiles built into the program once. They are checked by
// tests; one that does not read is a fault of the build.
var laws = sync.OnceValue(func() map[string]Profile {
	out := map[string]Profile{}
	files, err := lawFiles.ReadDir("law")
	if err != nil {
		panic(err)
	}
	for _, f := range files {
		text, err := lawFiles.ReadFile("law/" + f.Name())
		if err != nil {
			panic(err)
		}
		p, err := readProfile(text)
		if err != nil {
			panic(fmt.Errorf("law/%s: %w", f.Name(), err))
		}
		out[p.ID] = p
	}
	return out
})

const house = "house" // the rules that hold for everybody, whatever the law

// houseRules are those by name. They are only read.
var houseRules = sync.OnceValue(func() map[RuleID]Rule {
	out := map[RuleID]Rule{}
	for _, r := range laws()[house].Rules {
		out[r.Rule] = r
	}
	return out
})

// Profiles lists the law profiles by name.
func Profiles() []Profile {
	var out []Profile
	for _, p := range laws() {
		if p.ID != house {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b Profile) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// ProfileNamed gives one law profile.
func ProfileNamed(id string) (Profile, error) {
	if p, ok := laws()[id]; ok && id != house {
		return p, nil
	}
	return Profile{}, helpline.Errorf(helpline.Invalid, "law profile: not one of be, eu-2003-88, nl-atw, volunteer-default")
}

// readProfile is strict: an unknown field, rule or level is refused, so that a
// rule with a slip of the pen is not a rule that is never held.
func readProfile(text []byte) (Profile, error) {
	var p Profile
	in := json.NewDecoder(strings.NewReader(string(text)))
	in.DisallowUnknownFields()
	if err := in.Decode(&p); err != nil {
		return Profile{}, err
	}
	if p.ID == "" || len(p.Rules) == 0 {
		return Profile{}, fmt.Errorf("a profile has a name and rules")
	}
	for i, r := range p.Rules {
		if err := r.sound(); err != nil {
			return Profile{}, fmt.Errorf("rule %d, %s: %w", i+1, r.Rule, err)
		}
	}
	return p, nil
}

// rule gives the first rule of a profile with a name.
func (p Profile) rule(id RuleID) (Rule, bool) {
	i := slices.IndexFunc(p.Rules, func(r Rule) bool { return r.Rule == id })
	if i < 0 {
		return Rule{}, false
	}
	return p.Rules[i], true
}

// where names the text a rule comes from.
func (r Rule) where() string { return strings.TrimSpace(r.Source + " " + r.Article) }
