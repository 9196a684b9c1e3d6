package rota

// row is what it costs that somebody has these slots, from nothing.
func (s *sheet) row(p int, has set) (t tally) {
	minutes, unsocial, kept := s.already[p], 0, int64(0)
	saturdays, sundays, met := map[int32]bool{}, map[int32]bool{}, map[int32]bool{}
	before := map[int]int64{} // places on the shifts so far, where there are debriefs
	for at := has.next(0); at >= 0; at = has.next(at + 1) {
		i := s.slots[at].shift
		minutes += s.minutes[i]
		if s.unsocial[i] {
			unsocial += s.minutes[i]
		}
		switch {
		case s.week[i] >= 0 && s.sunday[i]:
			sundays[s.week[i]] = true
		case s.week[i] >= 0:
			saturdays[s.week[i]] = true
		}
		if s.unwanted[p].has(i) {
			t[atWishes] += 2
		}
		for _, hope := range s.wanted[p][i] {
			met[hope] = true
		}
		if s.cuts != nil {
			for _, other := range s.cuts[i] {
				t[atDebrief] += before[int(other)]
			}
			before[i]++
		}
		if s.published[p].has(at) {
			kept++
		} else if s.told[i] {
			t[atChanges]++
		}
	}
	for w := range saturdays {
		if !sundays[w] {
			t[atWeekends]++
		}
	}
	for w := range sundays {
		if !saturdays[w] {
			t[atWeekends]++
		}
	}
	t[atWishes] += int64(s.hopes[p] - len(met))
	t[atChanges] += s.holding[p] - kept
	t[atFairness] = strain(unsocial - s.fair[p])
	t[atContract] = strain(minutes - s.due[p])
	return t
}

// workRows prices what people have while it changes: the same as row, by
// differences.
type workRows struct {
	*sheet
	have     []int      // by person: minutes
	unsocial []int      // of them
	days     [][]uint16 // by person, Saturdays and Sundays in turn: shifts on them
	met      [][]uint16 // by person and stretch asked for: shifts in it
	on       [][]uint8  // by person and shift: places, where there are debriefs
}

func newWorkRows(s *sheet) *workRows {
	r := &workRows{sheet: s, have: make([]int, len(s.people)), unsocial: make([]int, len(s.people)), days: make([][]uint16, len(s.people)), met: make([][]uint16, len(s.people))}
	weeks := int32(0)
	for _, w := range s.week {
		weeks = max(weeks, w+1)
	}
	for p := range s.people {
		r.have[p] = s.already[p]
		r.days[p], r.met[p] = make([]uint16, 2*weeks), make([]uint16, s.hopes[p])
		if s.cuts != nil {
			r.on = append(r.on, make([]uint8, len(s.shifts)))
		}
	}
	return r
}

func (r *workRows) whole(p int, has set) price {
	t := r.row(p, has)
	return price{soft: t.points(&r.weights)}
}

func (r *workRows) flip(p, at int, on bool) price {
	i := r.slots[at].shift
	sign := -1
	if on {
		sign = 1
	}
	w := &r.weights
	soft := r.flipWishes(p, i, sign) * w[atWishes]
	switch {
	case r.published[p].has(at):
		soft -= int64(sign) * w[atChanges]
	case r.told[i]:
		soft += int64(sign) * w[atChanges]
	}
	if week := r.week[i]; week >= 0 {
		day := &r.days[p][2*week]
		other := r.days[p][2*week+1] > 0
		if r.sunday[i] {
			day, other = &r.days[p][2*week+1], *day > 0
		}
		before := *day > 0
		*day += uint16(sign)
		if after := *day > 0; before != after {
			soft += (split(after, other) - split(before, other)) * w[atWeekends]
		}
	}
	if r.cuts != nil {
		for _, other := range r.cuts[i] {
			soft += int64(sign) * int64(r.on[p][other]) * w[atDebrief]
		}
		r.on[p][i] += uint8(sign)
	}
	minutes := sign * r.minutes[i]
	soft += (strain(r.have[p]+minutes-r.due[p]) - strain(r.have[p]-r.due[p])) * w[atContract]
	r.have[p] += minutes
	if r.sheet.unsocial[i] {
		soft += (strain(r.unsocial[p]+minutes-r.fair[p]) - strain(r.unsocial[p]-r.fair[p])) * w[atFairness]
		r.unsocial[p] += minutes
	}
	return price{soft: soft}
}

func (r *workRows) flipWishes(p, shift, sign int) (amount int64) {
	if r.unwanted[p].has(shift) {
		amount = 2 * int64(sign)
	}
	for _, hope := range r.wanted[p][shift] {
		before := r.met[p][hope] > 0
		r.met[p][hope] += uint16(sign)
		amount -= split(before, r.met[p][hope] > 0) * int64(sign)
	}
	return amount
}

func split(one, other bool) int64 {
	if one != other {
		return 1
	}
	return 0
}
