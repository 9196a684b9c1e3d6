package rota

// row is what it costs that somebody has these slots, from nothing.
func (s *sheet) row(p int, has set) (t tally) {
	minutes, unsocial, kept := s.already[p], 0, int64(0)
	saturdays, sundays := map[int32]bool{}, map[int32]bool{}
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
		t[atWishes] += int64(s.wish[p][i])
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
	t[atChanges] += s.holding[p] - kept
	t[atFairness] = strain(unsocial - s.fair[p])
	t[atContract] = strain(minutes - s.due[p])
	return t
}

// workRows prices what people have while it changes: the same as row, by
// differences.
type workRows struct {
	*sheet
	have     []int     // by person: minutes
	unsocial []int     // of them
	days     [][]uint8 // by person, Saturdays and Sundays in turn: shifts on them
}

func newWorkRows(s *sheet) *workRows {
	r := &workRows{sheet: s, have: make([]int, len(s.people)), unsocial: make([]int, len(s.people)), days: make([][]uint8, len(s.people))}
	weeks := int32(0)
	for _, w := range s.week {
		weeks = max(weeks, w+1)
	}
	for p := range s.people {
		r.have[p] = s.already[p]
		r.days[p] = make([]uint8, 2*weeks)
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
	soft := int64(sign) * int64(r.wish[p][i]) * w[atWishes]
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
		*day += uint8(sign)
		if after := *day > 0; before != after {
			soft += (split(after, other) - split(before, other)) * w[atWeekends]
		}
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

func split(one, other bool) int64 {
	if one != other {
		return 1
	}
	return 0
}
