package rota

import (
	"cmp"
	"slices"
	"time"

	"helpline"
)

// Ground is one reason why somebody stands where they stand in a list of who
// could take a shift. Screens say it from "rota.ground."+Ground, and from
// "rota.ground.even" where nothing was agreed with the person.
type Ground string

// The grounds, in the order in which they count.
const (
	GroundFills Ground = "fills"  // meets something the shift lacks, such as a language
	GroundWants Ground = "wants"  // asked for this time
	GroundHours Ground = "hours"  // has agreed hours left
	GroundShare Ground = "share"  // had less than a fair share of unsocial hours
	GroundNot   Ground = "rather" // would rather not
	GroundOver  Ground = "over"   // would work more than was agreed
)

// Candidate is somebody beside a shift.
type Candidate struct {
	Person  helpline.ID
	Blocks  []Breach  // the hard rules that would be broken; none: they may be asked
	Fills   int       // how many unmet requirements they would meet
	Grounds []Ground  // in order
	Left    int       // agreed minutes of the version that are left
	Asked   time.Time // when they were last asked; the zero time: never
}

// May says whether the candidate can be asked.
func (c Candidate) May() bool { return len(c.Blocks) == 0 }

// Suggest ranks everybody for a role on a shift. Those who may take it come
// first: whoever meets most of what is missing, then whoever wants it, then
// whoever has hours left; among equals whoever was asked longest ago. The
// others follow with every rule that is in the way. asked says when people
// were last asked. It is NotFound where the version has no such shift.
func Suggest(b *Book, law Profile, shift helpline.ID, role Role, asked map[helpline.ID]time.Time) ([]Candidate, error) {
	s := newSheet(b, UsualWeights(), false)
	i, known := s.shiftOf[shift]
	if !known {
		return nil, helpline.Errorf(helpline.NotFound, "suggest for a shift: the version has no such shift")
	}
	c := NewChecker(b, law)
	d := s.desk()
	out := make([]Candidate, 0, len(s.people))
	for p, person := range s.people {
		x := Candidate{
			Person: person.ID, Asked: asked[person.ID], Left: s.due[p] - d.minutes[p],
			Blocks: c.Could(Assignment{Shift: shift, Person: person.ID, Role: role, State: Proposed}),
			Fills:  d.fills(p, i, role),
		}
		x.Grounds = d.grounds(p, i, x)
		out = append(out, x)
	}
	slices.SortStableFunc(out, before)
	return out, nil
}

// before is the order of candidates.
func before(a, b Candidate) int {
	no := func(c Candidate, g Ground) int {
		if slices.Contains(c.Grounds, g) {
			return 0
		}
		return 1
	}
	blocked := func(c Candidate) int { return min(1, len(c.Blocks)) }
	return cmp.Or(
		blocked(a)-blocked(b), b.Fills-a.Fills,
		no(a, GroundWants)-no(b, GroundWants), no(b, GroundNot)-no(a, GroundNot), no(b, GroundOver)-no(a, GroundOver),
		no(a, GroundHours)-no(b, GroundHours), a.Asked.Compare(b.Asked), b.Left-a.Left, byID(a.Person, b.Person),
	)
}

// desk is what people have in a book as it stands.
type desk struct {
	*sheet
	has      []set
	minutes  []int
	unsocial []int
}

func (s *sheet) desk() *desk {
	d := &desk{sheet: s, minutes: slices.Clone(s.already), unsocial: make([]int, len(s.people))}
	for range s.people {
		d.has = append(d.has, newSet(len(s.slots)))
	}
	for _, st := range s.standing {
		i := s.slots[st.slot].shift
		d.has[st.person].add(st.slot)
		d.minutes[st.person] += s.minutes[i]
		if s.unsocial[i] {
			d.unsocial[st.person] += s.minutes[i]
		}
	}
	return d
}

// fills counts the unmet requirements of a shift that somebody would meet in a
// role.
func (d *desk) fills(p, shift int, role Role) (n int) {
	at, is := d.slotOf[slot{shift, role}]
	if !is {
		return 0
	}
	for k := range d.needs {
		need := &d.needs[k]
		if need.shift != shift || need.kind != required || need.heads(d.has) >= need.ask.Min {
			continue
		}
		if j := slices.Index(need.slots, int32(at)); j >= 0 && need.who[j].has(p) {
			n++
		}
	}
	return n
}

func (d *desk) grounds(p, shift int, c Candidate) (out []Ground) {
	add := func(is bool, g Ground) {
		if is {
			out = append(out, g)
		}
	}
	most := 0
	for _, t := range d.book.Terms {
		if t.Person == c.Person && t.Max > 0 {
			most = t.Max * d.weeks()
		}
	}
	add(c.Fills > 0, GroundFills)
	add(len(d.wanted[p][shift]) > 0, GroundWants)
	add(c.Left >= d.sheet.minutes[shift], GroundHours)
	add(d.sheet.unsocial[shift] && d.unsocial[p] < d.fair[p], GroundShare)
	add(d.unwanted[p].has(shift), GroundNot)
	add(most > 0 && d.minutes[p]+d.sheet.minutes[shift] > most, GroundOver)
	return out
}

// weeks is how many weeks the version has, begun ones included.
func (s *sheet) weeks() int {
	return (s.book.Version.Last.number() - s.book.Version.First.number() + 7) / 7
}
