package rota

import (
	"cmp"
	"slices"
	"time"

	"helpline"
)

// sheet is a book made small: people, slots and wishes are numbers and tables.
// Nothing in it changes while a rota is filled.
type sheet struct {
	book     *Book
	hold     bool
	zone     *time.Location
	weights  tally // what one of each part costs
	people   []Person
	personOf map[helpline.ID]int
	shifts   []Shift // of the version and not cancelled, by their beginning
	shiftOf  map[helpline.ID]int
	slots    []slot
	slotOf   map[slot]int
	standing []standing
	needs    []need

	// by person
	unwanted  []set       // shifts they prefer not to have
	wanted    [][][]int32 // by shift: the stretches they asked for that it would meet
	hopes     []int       // how many such stretches they have
	published []set       // slots of places that are published
	holding   []int64     // how many those are
	already   []int       // minutes elsewhere in the same days
	due       []int       // minutes they ought to have; see setDues
	fair      []int       // unsocial minutes of them

	// by shift
	minutes  []int
	unsocial []bool
	week     []int32 // the weekend it is of, counted; -1 on other days
	sunday   []bool
	told     []bool    // something on it is published
	cuts     [][]int32 // shifts that begin in its debrief, and those in whose debrief it begins; nil: there are no debriefs
}

// slot is a role on a shift.
type slot struct {
	shift int
	role  Role
}

// standing is an assignment that stands in the version.
type standing struct {
	person, slot int
	Assignment
}

// newSheet reads a book. Only roles that somebody asks for, or has, get a
// slot: counsellors always, leaders always where there are any. With hold,
// whatever stands counts as published.
func newSheet(b *Book, w Weights, hold bool) *sheet {
	s := &sheet{book: b, hold: hold, personOf: map[helpline.ID]int{}, shiftOf: map[helpline.ID]int{}, slotOf: map[slot]int{}}
	for i, p := range parts {
		s.weights[i] = int64(w[p])
	}
	var err error
	if s.zone, err = LoadZone(b.Site.Zone); err != nil {
		s.zone = time.UTC // only what a wish and a week touch: the checker refuses such a book
	}
	for _, p := range b.People {
		i, twice := s.personOf[p.ID]
		if !twice {
			i = len(s.people)
			s.personOf[p.ID] = i
			s.people = append(s.people, p)
		}
		s.people[i] = p // the last word counts, as for the checker
	}
	last := map[helpline.ID]int{} // a shift that comes twice is its last, as for the checker
	for i, sh := range b.Shifts {
		last[sh.ID] = i
	}
	for i, sh := range b.Shifts {
		if sh.Version == b.Version.ID && !sh.Cancelled && sh.Start.Before(sh.End) && last[sh.ID] == i {
			s.shifts = append(s.shifts, sh)
		}
	}
	slices.SortStableFunc(s.shifts, func(a, b Shift) int {
		return cmp.Or(a.Start.Compare(b.Start), a.End.Compare(b.End), byID(a.ID, b.ID))
	})
	for i, sh := range s.shifts {
		s.shiftOf[sh.ID] = i
	}
	s.makeSlots()
	s.readStanding()
	s.readShifts()
	s.readNeeds()
	s.readWishes()
	s.setDues()
	return s
}

func (s *sheet) makeSlots() {
	leaders := slices.ContainsFunc(s.people, func(p Person) bool { return p.May(Leader) })
	asked := map[slot]bool{}
	for _, r := range s.book.Requirements {
		for i, sh := range s.shifts {
			if r.Role != "" && (r.Shift == sh.ID || r.Template == sh.Template && !sh.Template.IsZero()) {
				asked[slot{i, r.Role}] = true
			}
		}
	}
	for _, a := range s.book.Assignments {
		if i, ours := s.shiftOf[a.Shift]; ours && a.State.Stands() {
			asked[slot{i, a.Role}] = true
		}
	}
	for i := range s.shifts {
		for _, role := range []Role{Counsellor, Leader, Buddy, Trainee} {
			if role == Counsellor || role == Leader && leaders || asked[slot{i, role}] {
				s.slotOf[slot{i, role}] = len(s.slots)
				s.slots = append(s.slots, slot{i, role})
			}
		}
	}
}

func (s *sheet) readStanding() {
	s.standing = make([]standing, 0, len(s.book.Assignments))
	s.published, s.holding, s.told = make([]set, len(s.people)), make([]int64, len(s.people)), make([]bool, len(s.shifts))
	for i := range s.told {
		s.told[i] = s.hold
	}
	for p := range s.people {
		s.published[p] = newSet(len(s.slots))
	}
	for _, a := range s.book.Assignments {
		i, ours := s.shiftOf[a.Shift]
		p, known := s.personOf[a.Person]
		at, role := s.slotOf[slot{i, a.Role}]
		if !ours || !known || !role || !a.State.Stands() || a.Minds {
			continue
		}
		s.standing = append(s.standing, standing{p, at, a})
		if (a.State != Proposed || s.hold) && !s.published[p].has(at) {
			s.told[i] = true
			s.published[p].add(at)
			s.holding[p]++
		}
	}
}

func (s *sheet) readShifts() {
	weekends := map[Date]int32{}
	for _, sh := range s.shifts {
		saturday, week := sh.Date, int32(-1)
		if sh.Date.Weekday() == time.Sunday {
			saturday = sh.Date.Plus(-1)
		}
		if saturday.Weekday() == time.Saturday {
			n, known := weekends[saturday]
			if !known {
				n = int32(len(weekends))
				weekends[saturday] = n
			}
			week = n
		}
		s.minutes = append(s.minutes, sh.Work())
		s.unsocial = append(s.unsocial, sh.Unsocial != "")
		s.week = append(s.week, week)
		s.sunday = append(s.sunday, sh.Date.Weekday() == time.Sunday)
	}
	s.readDebriefs()
}

// readDebriefs notes which shifts begin in the debrief of which.
func (s *sheet) readDebriefs() {
	for i, sh := range s.shifts {
		if sh.Debrief <= 0 {
			continue
		}
		if s.cuts == nil {
			s.cuts = make([][]int32, len(s.shifts))
		}
		over := sh.End.Add(minutes(sh.Debrief))
		for j, next := range s.shifts[i+1:] {
			if !next.Start.Before(over) {
				break
			}
			if !next.Start.Before(sh.End) {
				k := i + 1 + j
				s.cuts[i], s.cuts[k] = append(s.cuts[i], int32(k)), append(s.cuts[k], int32(i))
			}
		}
	}
}

// readWishes reads what people said. A stretch that somebody asked for is met
// by any shift in it; one in which nothing is given out is no wish that could
// be met, and costs nothing.
func (s *sheet) readWishes() {
	s.unwanted, s.wanted, s.hopes = make([]set, len(s.people)), make([][][]int32, len(s.people)), make([]int, len(s.people))
	for p := range s.people {
		s.unwanted[p], s.wanted[p] = newSet(len(s.shifts)), make([][]int32, len(s.shifts))
	}
	for _, a := range s.book.Availability {
		p, known := s.personOf[a.Person]
		if !known || a.Wish != Prefer && a.Wish != PreferNot {
			continue
		}
		any := false
		for i, sh := range s.shifts {
			switch meets := a.Meets(sh.Interval()); {
			case meets && a.Wish == Prefer:
				any = true
				s.wanted[p][i] = append(s.wanted[p][i], int32(s.hopes[p]))
			case meets && !s.unwanted[p].has(i):
				s.unwanted[p].add(i)
			}
		}
		if any {
			s.hopes[p]++
		}
	}
}
