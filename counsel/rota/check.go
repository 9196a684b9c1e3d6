package rota

import (
	"cmp"
	"slices"
	"time"

	"helpline"
)

// Checker holds a book against the rules. It reads the book once; a book that
// changes needs a new one. It may be used by many at once.
type Checker struct {
	book     *Book
	law      Profile
	zone     *time.Location
	house    map[RuleID]Rule
	shifts   map[helpline.ID]*Shift
	rotas    map[helpline.ID]*Rota
	people   map[helpline.ID]*member
	on       map[helpline.ID][]Assignment  // by shift: those that stand
	asks     map[helpline.ID][]Requirement // by shift or template
	nights   map[nightKey]int              // minutes of a shift in a night
	debriefs map[helpline.ID]*Shift        // those with a debrief, as long as with it
	weeks    weeks
	accepted map[string]bool
}

// member is all the book says of one person.
type member struct {
	Person
	terms  []Terms
	law    Profile
	skills []Skill
	cannot []Interval
	leaves []Interval
	calls  []Interval // on call, in order
	duties []Duty     // those that work, in order
}

// Check is the one checker: every rule of the book that is not kept. Whoever
// fills a rota is checked again by it. law counts for everybody whose terms
// name no other profile. The breaches come in the same order every time.
func Check(b *Book, law Profile) []Breach { return NewChecker(b, law).All() }

// NewChecker reads a book. A site whose zone cannot be read is taken as UTC;
// LoadZone refuses it long before.
func NewChecker(b *Book, law Profile) *Checker {
	c := &Checker{
		book: b, law: law, zone: time.UTC, house: houseRules(),
		shifts: make(map[helpline.ID]*Shift, len(b.Shifts)), rotas: map[helpline.ID]*Rota{},
		people: make(map[helpline.ID]*member, len(b.People)), on: make(map[helpline.ID][]Assignment, len(b.Shifts)),
		asks: map[helpline.ID][]Requirement{}, nights: map[nightKey]int{}, accepted: map[string]bool{},
	}
	if zone, err := LoadZone(b.Site.Zone); err == nil {
		c.zone = zone
	}
	for i := range b.Shifts {
		c.shifts[b.Shifts[i].ID] = &b.Shifts[i]
	}
	c.debriefs = debriefs(b.Shifts)
	for i := range b.Rotas {
		c.rotas[b.Rotas[i].ID] = &b.Rotas[i]
	}
	for _, r := range b.Requirements {
		of := r.Template
		if !r.Shift.IsZero() {
			of = r.Shift
		}
		c.asks[of] = append(c.asks[of], r)
	}
	for _, a := range b.Acceptances {
		c.accepted[a.Key] = true
	}
	c.weeks = c.known()
	c.readPeople()
	c.readDuties()
	return c
}

func (c *Checker) readPeople() {
	b := c.book
	for _, p := range b.People {
		c.people[p.ID] = &member{Person: p, law: c.law}
	}
	of := func(id helpline.ID) *member {
		if m, ok := c.people[id]; ok {
			return m
		}
		return &member{} // thrown away: it is about nobody the book knows
	}
	for _, t := range b.Terms {
		m := of(t.Person)
		m.terms = append(m.terms, t)
		if p, ok := laws()[t.Profile]; ok && t.Profile != house {
			m.law = p
		}
	}
	for _, s := range b.Skills {
		m := of(s.Person)
		m.skills = append(m.skills, s)
	}
	for _, a := range b.Availability {
		if a.Wish == Cannot {
			m := of(a.Person)
			m.cannot = append(m.cannot, a.Interval)
		}
	}
	for _, l := range b.Leaves {
		m := of(l.Person)
		m.leaves = append(m.leaves, l.Interval)
	}
	for _, o := range b.OnCalls {
		m := of(o.Leader)
		m.calls = append(m.calls, o.Interval)
	}
	for _, m := range c.people {
		slices.SortFunc(m.calls, func(a, b Interval) int { return a.Start.Compare(b.Start) })
	}
}

func (c *Checker) readDuties() {
	for _, a := range c.book.Assignments {
		s, ok := c.shifts[a.Shift]
		if !ok || !a.State.Stands() {
			continue
		}
		c.on[a.Shift] = append(c.on[a.Shift], a)
		d := Duty{a, s}
		if m, known := c.people[a.Person]; known && d.works() && !c.replaced(s) {
			m.duties = append(m.duties, d)
		}
	}
	laws := map[string]Profile{}
	for _, m := range c.people {
		slices.SortFunc(m.duties, inOrder)
		laws[m.law.ID] = m.law
	}
	for _, law := range laws {
		c.readNights(law)
	}
}

// inOrder puts duties by their beginning; ties are put the same way always.
func inOrder(a, b Duty) int {
	return cmp.Or(a.Shift.Start.Compare(b.Shift.Start), a.Shift.End.Compare(b.Shift.End), byID(a.Assignment.ID, b.Assignment.ID))
}

// Duties gives what a person works, in order, background included.
func (c *Checker) Duties(person helpline.ID) []Duty {
	if m, ok := c.people[person]; ok {
		return slices.Clone(m.duties)
	}
	return nil
}

// All gives every breach.
func (c *Checker) All() []Breach {
	var out []Breach
	for _, p := range c.book.People {
		if m := c.people[p.ID]; m != nil {
			out = append(out, c.member(m, m.duties)...)
		}
	}
	out = gather(out)
	out = append(out, c.strangers()...)
	out = append(out, c.everyShift()...)
	out = append(out, c.drift()...)
	out = append(out, c.pins()...)
	out = append(out, c.unchecked()...)
	out = slices.DeleteFunc(out, func(b Breach) bool { return !c.judged(b) })
	for i := range out {
		out[i].Accepted = out[i].Level == Advisory && len(c.accepted) > 0 && c.accepted[out[i].Key()]
	}
	slices.SortStableFunc(out, func(a, b Breach) int {
		return cmp.Or(weight(a.Level)-weight(b.Level), a.At.Start.Compare(b.At.Start), cmp.Compare(a.Rule, b.Rule), slices.CompareFunc(a.People, b.People, byID), byID(a.Template, b.Template))
	})
	return out
}

func weight(l Level) int { return slices.Index([]Level{Hard, Advisory, Note}, l) }

// Person gives the breaches of one person's rules, over any list of duties:
// those of the book, as Duties gives them, or others that are being thought
// of. Rules about a whole shift are not among them.
func (c *Checker) Person(person helpline.ID, duties []Duty) []Breach {
	m, ok := c.people[person]
	if !ok {
		return nil
	}
	working := slices.DeleteFunc(slices.Clone(duties), func(d Duty) bool { return !d.works() })
	slices.SortFunc(working, inOrder)
	return slices.DeleteFunc(c.member(m, working), func(b Breach) bool { return !c.judged(b) })
}

// Could gives the hard breaches that one more assignment would add: none means
// that its person could take it.
func (c *Checker) Could(a Assignment) []Breach {
	s, ok := c.shifts[a.Shift]
	if !ok {
		return []Breach{c.breach(RuleStray, Breach{People: []helpline.ID{a.Person}, Assignments: []helpline.ID{a.ID}})}
	}
	m, ok := c.people[a.Person]
	if !ok {
		return []Breach{c.breach(RuleUnknown, Breach{People: []helpline.ID{a.Person}, Shifts: []helpline.ID{s.ID}, At: s.Interval()})}
	}
	before := map[string]bool{}
	for _, b := range c.member(m, m.duties) {
		before[b.Key()] = true
	}
	after := append(slices.Clone(m.duties), Duty{a, s})
	slices.SortFunc(after, inOrder)
	out := c.member(m, after)
	if a.Role == Trainee {
		out = append(out, c.mentored(s, []Assignment{a})...)
	}
	return slices.DeleteFunc(out, func(b Breach) bool { return b.Level != Hard || before[b.Key()] })
}

// breach fills in what a rule of the house says of itself.
func (c *Checker) breach(id RuleID, b Breach) Breach {
	b.Rule, b.Level, b.Way = id, c.house[id].Level, ways[id]
	return b
}

// judged says whether a breach is about the version and not about its
// background alone.
func (c *Checker) judged(b Breach) bool {
	return c.book.Version.ID.IsZero() || len(b.Shifts) == 0 || b.Rule == RulePinned || slices.ContainsFunc(b.Shifts, func(id helpline.ID) bool {
		s, ok := c.shifts[id]
		return !ok || s.Version == c.book.Version.ID
	})
}

// replaced says whether a shift is of the days a draft plans anew: published
// until the draft is, and nobody's burden beside it.
func (c *Checker) replaced(s *Shift) bool {
	v := c.book.Version
	return v.State == Draft && !v.ID.IsZero() && s.Version != v.ID && s.Rota == v.Rota && !v.First.after(s.Date) && !s.Date.after(v.Last)
}

// gather makes one of the breaches that differ in their people only, as a rest
// that a whole shift lacks.
func gather(in []Breach) []Breach {
	type same struct {
		rule       RuleID
		level      Level
		source     string
		shift      helpline.ID
		have, want int
	}
	first := map[same]int{}
	out := in[:0:0]
	for _, b := range in {
		if b.Rule == RuleBreak || b.Rule == RuleHoursShift || b.Rule == RuleNightShift {
			k := same{b.Rule, b.Level, b.Source, b.Shifts[0], b.Have, b.Want}
			if i, ok := first[k]; ok {
				out[i].People = append(out[i].People, b.People...)
				out[i].Assignments = append(out[i].Assignments, b.Assignments...)
				continue
			}
			first[k] = len(out)
		}
		out = append(out, b)
	}
	return out
}
