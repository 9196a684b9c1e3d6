package rota

// nurseRows prices what one nurse works: the hard rules of the benchmark and
// the requests. Cover is the grid's. A slot is day*shifts + shift.
type nurseRows struct {
	*ward
	kinds    int
	unit     int       // minutes of the shortest shift: so many too few or too many are one breach
	at       [][]int16 // by nurse and day: shift + 1; 0 is a day off
	minutes  []int
	worked   [][]int32 // by nurse and shift: how often
	weekends []int
	wishes   [][]int64 // by nurse and slot: what it costs to take it
	unmet    []int64   // by nurse: what it costs to take nothing
	not      [][]bool  // by shift and shift: may not follow
}

func newNurseRows(w *ward) *nurseRows {
	r := &nurseRows{
		ward: w, kinds: len(w.shifts), unit: w.shifts[0].minutes,
		at: make([][]int16, len(w.staff)), minutes: make([]int, len(w.staff)), worked: make([][]int32, len(w.staff)),
		weekends: make([]int, len(w.staff)), wishes: make([][]int64, len(w.staff)), unmet: make([]int64, len(w.staff)),
		not: make([][]bool, len(w.shifts)),
	}
	for i, s := range w.shifts {
		r.unit = min(r.unit, s.minutes)
		r.not[i] = make([]bool, r.kinds)
		for _, n := range s.not {
			r.not[i][n] = true
		}
	}
	for n := range w.staff {
		r.at[n] = make([]int16, w.days)
		r.worked[n] = make([]int32, r.kinds)
		r.wishes[n] = make([]int64, w.days*r.kinds)
	}
	for _, x := range w.off {
		r.wishes[x.nurse][x.day*r.kinds+x.shift] += int64(x.weight)
	}
	for _, x := range w.on {
		r.wishes[x.nurse][x.day*r.kinds+x.shift] -= int64(x.weight)
		r.unmet[x.nurse] += int64(x.weight)
	}
	return r
}

func (r *nurseRows) flip(p, slot int, on bool) price {
	d, kind := slot/r.kinds, slot%r.kinds
	n, at := &r.staff[p], r.at[p]
	hard := -r.totals(p)
	if on {
		at[d] = int16(kind + 1)
		r.minutes[p] += r.shifts[kind].minutes
	} else {
		at[d] = 0
		r.minutes[p] -= r.shifts[kind].minutes
	}
	hard += r.totals(p)

	change := func(more bool, count, most int) { // of what may be had so often; count is without it
		if count >= most {
			if more {
				hard++
			} else {
				hard--
			}
		}
	}
	if on {
		change(true, int(r.worked[p][kind]), n.most[kind])
		r.worked[p][kind]++
	} else {
		r.worked[p][kind]--
		change(false, int(r.worked[p][kind]), n.most[kind])
	}
	other := d + 11 - 2*(d%7) // Sunday of a Saturday, Saturday of a Sunday
	if d%7 >= 5 && (other >= r.days || at[other] == 0) {
		if on {
			change(true, r.weekends[p], n.maxWeekends)
			r.weekends[p]++
		} else {
			r.weekends[p]--
			change(false, r.weekends[p], n.maxWeekends)
		}
	}
	runs := r.runs(n, at, d) + r.follows(at, d, kind)
	if !on {
		runs = -runs
	}
	delta := price{hard: int64(hard + runs), soft: r.wishes[p][slot]}
	if !on {
		delta.soft = -delta.soft
	}
	return delta
}

// totals is the breaches of somebody's minutes.
func (r *nurseRows) totals(p int) int {
	n, m := &r.staff[p], r.minutes[p]
	return (max(0, m-n.maxMinutes, n.minMinutes-m) + r.unit - 1) / r.unit
}

// follows is the breaches of succession of one day's shift with its neighbours.
func (r *nurseRows) follows(at []int16, d, kind int) (hard int) {
	if d > 0 && at[d-1] > 0 && r.not[at[d-1]-1][kind] {
		hard++
	}
	if d+1 < len(at) && at[d+1] > 0 && r.not[kind][at[d+1]-1] {
		hard++
	}
	return hard
}

// runs is how many more breaches of rows of days there are when a day is
// worked than when it is off; its neighbours are read, itself is not.
func (r *nurseRows) runs(n *wardNurse, at []int16, d int) int {
	left, right := d-1, d+1
	for left >= 0 && at[left] > 0 {
		left--
	}
	for right < len(at) && at[right] > 0 {
		right++
	}
	leftOff, rightOff := d-1, d+1 // a row of days off need be read no further than it must be long
	for leftOff >= 0 && at[leftOff] == 0 && d-leftOff <= n.minOff {
		leftOff--
	}
	for rightOff < len(at) && at[rightOff] == 0 && rightOff-d <= n.minOff {
		rightOff++
	}
	worked := n.work(left+1, right, r.days) + n.rest(leftOff+1, d, r.days) + n.rest(d+1, rightOff, r.days)
	off := n.work(left+1, d, r.days) + n.work(d+1, right, r.days) + n.rest(leftOff+1, rightOff, r.days)
	return worked - off
}

// work is the breaches of a row of days of work, from and up to a day.
func (n *wardNurse) work(from, to, days int) int {
	length := to - from
	if length <= 0 {
		return 0
	}
	over := max(0, length-n.maxRun)
	if from == 0 || to == days { // before and after, as many as are needed are thought of
		return over
	}
	return over + max(0, n.minRun-length)
}

// rest is the same of days off.
func (n *wardNurse) rest(from, to, days int) int {
	if to <= from || from == 0 || to == days {
		return 0
	}
	return max(0, n.minOff-(to-from))
}

func (r *nurseRows) whole(p int, has set) price {
	n := &r.staff[p]
	at, minutes, worked, weekends := make([]int, r.days+1), 0, make([]int, r.kinds), map[int]bool{}
	sum := price{soft: r.unmet[p]}
	for s := has.next(0); s >= 0; s = has.next(s + 1) {
		d, kind := s/r.kinds, s%r.kinds
		at[d] = kind + 1
		minutes += r.shifts[kind].minutes
		worked[kind]++
		if d%7 >= 5 {
			weekends[d/7] = true
		}
		sum.soft += r.wishes[p][s]
	}
	hard := (max(0, minutes-n.maxMinutes, n.minMinutes-minutes)+r.unit-1)/r.unit + max(0, len(weekends)-n.maxWeekends)
	for kind, count := range worked {
		hard += max(0, count-n.most[kind])
	}
	for from := 0; from < r.days; {
		to := from + 1
		for to < r.days && (at[to] > 0) == (at[from] > 0) {
			if at[from] > 0 && r.not[at[to-1]-1][at[to]-1] {
				hard++
			}
			to++
		}
		if at[from] > 0 {
			hard += n.work(from, to, r.days)
		} else {
			hard += n.rest(from, to, r.days)
		}
		from = to
	}
	sum.hard = int64(hard)
	return sum
}
