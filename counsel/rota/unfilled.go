package rota

import (
	"cmp"
	"slices"
	"time"

	"helpline"
)

// Gap is a requirement that is not met on a shift.
type Gap struct {
	Shift       helpline.ID
	Date        Date
	Requirement Requirement
	Have, Want  int
}

// Obstacle is why somebody does not fill a gap. With neither Blocks nor Lacks
// nothing is in the way: they have not been asked.
type Obstacle struct {
	Person helpline.ID
	There  bool     // on the shift already
	Lacks  []Lack   // what the requirement asks and they have not
	Blocks []Breach // the hard rules that would be broken
}

// Free says whether nothing keeps the person from it.
func (o Obstacle) Free() bool { return !o.There && len(o.Lacks)+len(o.Blocks) == 0 }

// Lack is something that a requirement asks of people. Screens say it from
// "rota.lack."+Lack.
type Lack string

// The lacks.
const (
	LackRole     Lack = "role"
	LackSkill    Lack = "skill"
	LackLanguage Lack = "language"
)

// Gaps lists what the version of a book lacks, in order of time.
func Gaps(b *Book) []Gap {
	s := newSheet(b, nil, false)
	return s.gaps(s.desk().has)
}

func (s *sheet) gaps(has []set) (out []Gap) {
	for i := range s.needs {
		n := &s.needs[i]
		if have := n.heads(has); n.kind == required && have < n.ask.Min {
			sh := s.shifts[n.shift]
			out = append(out, Gap{sh.ID, sh.Date, n.ask, have, n.ask.Min})
		}
	}
	return out
}

// Why says of everybody what keeps them from filling a gap, those nothing
// keeps first.
func Why(b *Book, law Profile, g Gap) []Obstacle {
	s := newSheet(b, nil, false)
	i, known := s.shiftOf[g.Shift]
	if !known {
		return nil
	}
	c := NewChecker(b, law)
	there := map[int]bool{}
	for _, st := range s.standing {
		there[st.person] = there[st.person] || s.slots[st.slot].shift == i
	}
	var out []Obstacle
	for p, person := range s.people {
		o := Obstacle{Person: person.ID, There: there[p]}
		role := roleFor(g.Requirement.Role, person)
		if role == "" {
			o.Lacks = append(o.Lacks, LackRole)
			role = Counsellor
		}
		if g.Requirement.Skill != "" && !s.skilled(p, g.Requirement.Skill, g.Date) {
			o.Lacks = append(o.Lacks, LackSkill)
		}
		if g.Requirement.Language != "" && !person.Speaks(g.Requirement.Language) {
			o.Lacks = append(o.Lacks, LackLanguage)
		}
		if !o.There {
			o.Blocks = slices.DeleteFunc(c.Could(Assignment{Shift: g.Shift, Person: person.ID, Role: role, State: Proposed}), func(b Breach) bool {
				return b.Rule == RuleRole // said as a lack
			})
		}
		out = append(out, o)
	}
	free := func(o Obstacle) int {
		if o.Free() {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(out, func(a, b Obstacle) int {
		return cmp.Or(free(a)-free(b), (len(a.Lacks)+len(a.Blocks))-(len(b.Lacks)+len(b.Blocks)), byID(a.Person, b.Person))
	})
	return out
}

// roleFor is the role in which somebody would meet a requirement; empty
// without one.
func roleFor(asked Role, p Person) Role {
	for _, r := range []Role{asked, Counsellor, Leader} {
		if r != "" && (r == asked || asked == "") && p.May(r) {
			return r
		}
	}
	return ""
}

// Help is somebody who would close gaps: "one person with French on Tuesdays".
type Help struct {
	Role     Role // empty: counsellor or leader
	Skill    string
	Language helpline.Locale
	Day      time.Weekday
	Heads    int // the most that one shift of such a day lacks
	Shifts   int // how many shifts that would help
}

// HelpFor sums gaps up: who, on which days, would close most of them. A head
// that is missing for the cover is not asked for once more where a language
// is missing on the same shift: one person may bring both.
func HelpFor(gaps []Gap) []Help {
	type kind struct {
		role     Role
		skill    string
		language helpline.Locale
		day      time.Weekday
	}
	special := map[helpline.ID]int{} // heads with something particular, by shift
	for _, g := range gaps {
		if g.Requirement.Skill != "" || g.Requirement.Language != "" || g.Requirement.Role != "" {
			special[g.Shift] = max(special[g.Shift], g.Want-g.Have)
		}
	}
	sums := map[kind]*Help{}
	var out []*Help
	for _, g := range gaps {
		r, heads := g.Requirement, g.Want-g.Have
		if r.Skill == "" && r.Language == "" && r.Role == "" {
			heads -= special[g.Shift]
		}
		if heads <= 0 {
			continue
		}
		k := kind{r.Role, r.Skill, r.Language, g.Date.Weekday()}
		if sums[k] == nil {
			sums[k] = &Help{Role: r.Role, Skill: r.Skill, Language: r.Language, Day: k.day}
			out = append(out, sums[k])
		}
		sums[k].Heads = max(sums[k].Heads, heads)
		sums[k].Shifts++
	}
	slices.SortStableFunc(out, func(a, b *Help) int { return cmp.Or(b.Shifts-a.Shifts, b.Heads-a.Heads) })
	list := make([]Help, 0, len(out))
	for _, h := range out {
		list = append(list, *h)
	}
	return list
}
