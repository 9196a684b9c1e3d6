package rota

import "helpline"

// need is one wish for heads on one shift.
type need struct {
	shift    int
	ask      Requirement
	who      set     // the people who count
	slots    []int32 // in these roles
	alone    bool    // a rule of the house: not one head only
	leadless bool    // another: a leader
}

// tally is what a need lacks, or has too much of, with so many heads.
func (n *need) tally(heads int) (t tally) {
	switch {
	case n.alone && heads == 1:
		t[atAlone] = 1
	case n.leadless && heads == 0:
		t[atLeadless] = 1
	}
	if n.alone || n.leadless {
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

// readNeeds lists what every shift asks for: its own requirements, those of
// its template that it does not replace, and the two rules of the house.
func (s *sheet) readNeeds() {
	everybody, leaders := newSet(len(s.people)), false
	for p := range s.people {
		everybody.add(p)
		leaders = leaders || s.people[p].May(Leader)
	}
	type key struct {
		skill    string
		language helpline.Locale
		day      Date
	}
	known := map[key]set{}
	for i, sh := range s.shifts {
		heads := s.slotsOf(i, "")
		for _, r := range s.asked(sh) {
			k := key{skill: r.Skill, language: r.Language}
			if r.Skill != "" {
				k.day = sh.Date // it may expire
			}
			who := everybody
			if k != (key{}) {
				if known[k] == nil {
					known[k] = s.able(r, sh.Date)
				}
				who = known[k]
			}
			s.needs = append(s.needs, need{shift: i, ask: r, who: who, slots: s.slotsOf(i, r.Role)})
		}
		s.needs = append(s.needs, need{shift: i, who: everybody, slots: heads, alone: true})
		if leaders {
			s.needs = append(s.needs, need{shift: i, who: everybody, slots: s.slotsOf(i, Leader), leadless: true})
		}
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

// able is the people who have the skill and the language of a requirement.
func (s *sheet) able(r Requirement, day Date) set {
	out := newSet(len(s.people))
	for p := range s.people {
		if (r.Language == "" || s.people[p].Speaks(r.Language)) && (r.Skill == "" || s.skilled(p, r.Skill, day)) {
			out.add(p)
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
