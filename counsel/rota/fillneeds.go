package rota

import "helpline"

// need is one wish for heads on one shift.
type need struct {
	kind  needKind
	shift int
	ask   Requirement // of a requirement
	slots []int32     // in these slots
	who   []set       // these people count
}

// needKind is where a need comes from: a requirement, or a rule of the house.
type needKind int

const (
	required    needKind = iota
	company              // not one head alone
	leadership           // a leader
	instruction          // somebody who may teach the trainee who is there
)

// tally is what a need lacks, or has too much of, with so many heads.
func (n *need) tally(heads int) (t tally) {
	switch {
	case n.kind == company && heads == 1:
		t[atAlone] = 1
	case n.kind == leadership && heads == 0:
		t[atLeadless] = 1
	}
	if n.kind != required {
		return t
	}
	t[atUncovered] = int64(max(0, n.ask.Min-heads))
	wanted := atTarget
	if n.ask.Language != "" {
		wanted = atLanguages
	}
	t[wanted] = int64(max(0, n.ask.Target-max(heads, n.ask.Min)))
	if n.ask.Skill == "" && n.ask.Language == "" {
		t[atSurplus] = int64(max(0, heads-max(n.ask.Min, n.ask.Target)))
	}
	if n.ask.Max > 0 {
		t[atCrowd] = int64(max(0, heads-n.ask.Max))
	}
	return t
}

// price is what so many heads cost. A trainee whom nobody teaches is a breach.
func (n *need) price(heads int, w *tally) price {
	t := n.tally(heads)
	p := price{soft: t.points(w)}
	if n.kind == instruction && heads == 0 {
		p.hard = 1
	}
	return p
}

// heads counts who meets a need.
func (n *need) heads(has []set) (heads int) {
	for i, at := range n.slots {
		for p := range has {
			if n.who[i].has(p) && has[p].has(int(at)) {
				heads++
			}
		}
	}
	return heads
}

// readNeeds lists what every shift asks for: its own requirements, those of
// its template that it does not replace, and the rules of the house. A day
// that is closed asks for nothing.
func (s *sheet) readNeeds() {
	everybody, leaders := newSet(len(s.people)), false
	for p := range s.people {
		everybody.add(p)
		leaders = leaders || s.people[p].May(Leader)
	}
	able := s.ables()
	s.needs = make([]need, 0, 6*len(s.shifts)) // those of the house, and a few that are asked
	taught := map[int]bool{}
	for _, st := range s.standing {
		if st.Role == Trainee {
			taught[s.slots[st.slot].shift] = true
		}
	}
	for i, sh := range s.shifts {
		if closedOn(s.book.Closures, sh.Rota, sh.Date) {
			continue
		}
		for _, r := range s.asked(sh) {
			s.need(required, i, r, r.Role, able(r.Skill, r.Language, sh.Date))
		}
		s.need(company, i, Requirement{}, "", everybody)
		if leaders {
			s.need(leadership, i, Requirement{}, Leader, everybody)
		}
		if taught[i] {
			n := s.need(instruction, i, Requirement{}, "", able(Mentor, "", sh.Date))
			for k, at := range n.slots {
				if s.slots[at].role == Leader {
					n.who[k] = everybody
				}
			}
		}
	}
}

// need adds one that the same people meet in all slots of a role.
func (s *sheet) need(kind needKind, shift int, r Requirement, role Role, who set) *need {
	n := need{kind: kind, shift: shift, ask: r, slots: s.slotsOf(shift, role)}
	for range n.slots {
		n.who = append(n.who, who)
	}
	s.needs = append(s.needs, n)
	return &s.needs[len(s.needs)-1]
}

// ables gives who has a skill on a day, and a language. The same answer is one
// set.
func (s *sheet) ables() func(skill string, language helpline.Locale, day Date) set {
	type key struct {
		skill    string
		language helpline.Locale
		day      Date
	}
	known := map[key]set{}
	return func(skill string, language helpline.Locale, day Date) set {
		if skill == "" {
			day = Date{} // a skill may expire, a language does not
		}
		k := key{skill, language, day}
		if known[k] == nil {
			known[k] = newSet(len(s.people))
			for p := range s.people {
				if (language == "" || s.people[p].Speaks(language)) && (skill == "" || s.skilled(p, skill, day)) {
					known[k].add(p)
				}
			}
		}
		return known[k]
	}
}

// asked is the requirements of a shift.
func (s *sheet) asked(sh Shift) []Requirement {
	type same struct {
		role     Role
		skill    string
		language helpline.Locale
	}
	var out []Requirement
	own := map[same]bool{}
	for _, r := range s.book.Requirements {
		if r.Shift == sh.ID {
			out, own[same{r.Role, r.Skill, r.Language}] = append(out, r), true
		}
	}
	for _, r := range s.book.Requirements {
		if r.Shift.IsZero() && !sh.Template.IsZero() && r.Template == sh.Template && !own[same{r.Role, r.Skill, r.Language}] {
			out = append(out, r)
		}
	}
	return out
}

// slotsOf is the slots of a shift that count for a role; without one, those
// of everybody who takes contacts.
func (s *sheet) slotsOf(shift int, r Role) (out []int32) {
	for _, role := range []Role{Counsellor, Leader, Buddy, Trainee} {
		if at, is := s.slotOf[slot{shift, role}]; is && (role == r || r == "" && role.Covers()) {
			out = append(out, int32(at))
		}
	}
	return out
}

func (s *sheet) skilled(p int, name string, day Date) bool {
	for _, k := range s.book.Skills {
		if k.Person == s.people[p].ID && k.Name == name && k.Good(day) {
			return true
		}
	}
	return false
}

// constant is what no filling can change: shifts that hand over to nobody
// because the next begins when they end. It is for whoever draws templates.
func (s *sheet) constant() (t tally) {
	for i, sh := range s.shifts {
		meets, follows := false, false
		for _, next := range s.shifts[i+1:] {
			if next.Start.After(sh.End) {
				break
			}
			follows = follows || next.End.After(sh.End)
			meets = meets || next.Start.Before(sh.End) && next.End.After(sh.End)
		}
		if follows && !meets {
			t[atHandover]++
		}
	}
	return t
}
