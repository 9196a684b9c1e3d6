package rota

import (
	"slices"
	"time"

	"helpline"
)

// oracle asks the checker what somebody may have. The checker is the only
// truth about rules: nothing of the filling knows a law, and a rule that is
// added to a profile is kept from that moment on. Answers are remembered, for
// a search comes back to the same weeks again and again.
type oracle struct {
	*sheet
	checker   *Checker
	elsewhere [][]Duty          // by person: what counts and does not move
	base      []map[string]bool // by person: breaches that no filling can mend, by their keys
	known     []map[uint64]bool
	duties    []Duty // scratch
}

// remembered is how many answers are kept for one person.
const remembered = 1 << 16

func newOracle(s *sheet, c *Checker) *oracle {
	o := &oracle{sheet: s, checker: c, known: make([]map[uint64]bool, len(s.people))}
	placed := map[helpline.ID]bool{}
	for _, st := range s.standing {
		placed[st.ID] = true
	}
	for p, person := range s.people {
		o.known[p] = map[uint64]bool{}
		var rest []Duty
		for _, d := range c.Duties(person.ID) {
			if !placed[d.Assignment.ID] {
				rest = append(rest, d)
			}
		}
		o.elsewhere = append(o.elsewhere, rest)
		o.base = append(o.base, o.keys(p, nil))
	}
	return o
}

// settle takes what somebody has as given: only what is worse than that is
// against the law from now on.
func (o *oracle) settle(p int, has set) {
	o.base[p] = o.keys(p, has)
	clear(o.known[p])
}

// keys names the breaches of what somebody has.
func (o *oracle) keys(p int, has set) map[string]bool {
	out := map[string]bool{}
	for _, b := range o.breaches(p, has) {
		out[b.Key()] = true
	}
	return out
}

// may says whether somebody can have these slots with no breach but those
// that were there before.
func (o *oracle) may(p int, has set) bool {
	for _, b := range o.breaches(p, has) {
		if len(o.base[p]) == 0 || !o.base[p][b.Key()] {
			return false
		}
	}
	return true
}

// breaches lists what keeps somebody from having these slots.
func (o *oracle) breaches(p int, has set) []Breach {
	o.duties = append(o.duties[:0], o.elsewhere[p]...)
	for at := has.next(0); at >= 0; at = has.next(at + 1) {
		o.duties = append(o.duties, o.duty(p, at))
	}
	return slices.DeleteFunc(o.checker.Person(o.people[p].ID, o.duties), func(b Breach) bool { return !b.forbids() })
}

// forbids says whether a filling keeps the rule: every hard one, and the most
// that was agreed with somebody, which only a supervisor may pass.
func (b Breach) forbids() bool { return b.Level == Hard || b.Rule == RuleTermsMax }

func (o *oracle) duty(p, at int) Duty {
	sl := o.slots[at]
	return Duty{
		Assignment: Assignment{Shift: o.shifts[sl.shift].ID, Person: o.people[p].ID, Role: sl.role, State: Proposed, Source: BySolver},
		Shift:      &o.shifts[sl.shift],
	}
}

// lawful says whether somebody may have these slots.
func (o *oracle) lawful(p int, has set) bool {
	key := uint64(14695981039346656037)
	for _, w := range has {
		key = (key ^ w) * 0x9e3779b97f4a7c15
		key ^= key >> 29
	}
	may, known := o.known[p][key]
	if !known {
		if len(o.known[p]) >= remembered {
			clear(o.known[p])
		}
		may = o.may(p, has)
		o.known[p][key] = may
	}
	return may
}

// near is how far apart two shifts can be and still keep somebody from having
// both. Rules that reach further are about many shifts and not about two.
const near = 48 * time.Hour

// clashes lists the slots that nobody of somebody's kind can have together.
// It asks about every two that lie near each other.
func (o *oracle) clashes(p int) [][]int32 {
	out := make([][]int32, len(o.slots))
	byShift := make([][]int32, len(o.shifts))
	for at, sl := range o.slots {
		byShift[sl.shift] = append(byShift[sl.shift], int32(at))
	}
	join := func(i, j int) {
		for _, a := range byShift[i] {
			for _, b := range byShift[j] {
				if a != b {
					out[a] = append(out[a], b)
				}
			}
		}
	}
	none, one := len(o.breaches(p, nil)), make([]int, len(o.shifts))
	has := newSet(len(o.slots))
	for i := range o.shifts {
		at := o.slotOf[slot{i, Counsellor}]
		has.flip(at)
		one[i] = len(o.breaches(p, has))
		has.flip(at)
	}
	for i, sh := range o.shifts {
		join(i, i)
		for j := i + 1; j < len(o.shifts) && o.shifts[j].Start.Before(sh.End.Add(near)); j++ {
			a, b := o.slotOf[slot{i, Counsellor}], o.slotOf[slot{j, Counsellor}]
			has.flip(a)
			has.flip(b)
			if len(o.breaches(p, has)) > one[i]+one[j]-none {
				join(i, j)
				join(j, i)
			}
			has.flip(a)
			has.flip(b)
		}
	}
	return out
}
