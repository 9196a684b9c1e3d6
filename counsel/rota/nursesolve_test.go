package rota

import (
	"context"
	"fmt"
	"io"
	"slices"
)

// nurseHeat fits the benchmark's weights: 1 to 3 for a request, 100 for a
// head that is missing.
var nurseHeat = heat{hot: 15, cold: 0.1, least: 120, most: 4000}

// layout makes the benchmark a grid: a slot is day*shifts + shift.
func (w *ward) layout() layout {
	kinds := len(w.shifts)
	l := layout{people: len(w.staff), slots: w.days * kinds, class: make([]int, len(w.staff))}
	l.can, l.asks = make([][]int32, l.slots), make([][]ask, l.slots)
	clash := make([][]int32, l.slots)
	everybody := newSet(l.people)
	for p, n := range w.staff {
		everybody.add(p)
		free := newSet(l.slots)
		for s := range l.slots {
			if !n.away[s/kinds] && n.most[s%kinds] > 0 {
				free.add(s)
				l.can[s] = append(l.can[s], int32(p))
			}
		}
		l.free = append(l.free, free)
	}
	for s := range l.slots {
		d := s / kinds
		for other := d * kinds; other < (d+1)*kinds; other++ {
			if other != s {
				clash[s] = append(clash[s], int32(other))
			}
		}
		next := s + kinds
		if next >= l.slots {
			next = -1
		}
		l.next, l.day = append(l.next, int32(next)), append(l.day, int32(d))
	}
	for d := range w.days + 1 {
		l.first = append(l.first, int32(d*kinds))
	}
	l.clash = [][][]int32{clash}
	tables := map[wardCover][]price{}
	for _, c := range w.cover {
		key := wardCover{need: c.need, under: c.under, over: c.over}
		if tables[key] == nil {
			for n := range l.people + 1 {
				tables[key] = append(tables[key], price{soft: int64(max(0, c.need-n)*c.under + max(0, n-c.need)*c.over)})
			}
		}
		s := c.day*kinds + c.shift
		l.asks[s] = append(l.asks[s], ask{int32(len(l.demands)), everybody})
		l.demands = append(l.demands, tables[key])
	}
	return l
}

// solve searches and gives a roster: by nurse and day, shift + 1 or 0.
func (w *ward) solve(ctx context.Context, e Effort) (roster [][]int, steps int) {
	g := newGrid(w.layout(), newNurseRows(w))
	steps = g.anneal(ctx, e, nurseHeat, nil)
	for _, has := range g.has {
		row := make([]int, w.days)
		for s := has.next(0); s >= 0; s = has.next(s + 1) {
			row[s/len(w.shifts)] = s%len(w.shifts) + 1
		}
		roster = append(roster, row)
	}
	return roster, steps
}

// judge is the benchmark's rules read once more, straight from its page and
// by nothing that searches: what a roster costs, and every hard rule it
// breaks. Only what is named by nobody here is printed as feasible.
func (w *ward) judge(roster [][]int) (cost int, breaks []string) {
	heads := map[[2]int]int{}
	for p, row := range roster {
		n, minutes, counts, weekends := w.staff[p], 0, map[int]int{}, map[int]bool{}
		broken := func(format string, args ...any) {
			breaks = append(breaks, n.name+": "+fmt.Sprintf(format, args...))
		}
		for d, x := range row {
			if x == 0 {
				continue
			}
			shift := w.shifts[x-1]
			minutes += shift.minutes
			counts[x-1]++
			heads[[2]int{d, x - 1}]++
			if d%7 == 5 || d%7 == 6 {
				weekends[d/7] = true
			}
			if n.away[d] {
				broken("works on day %d, which is off", d)
			}
			if d+1 < len(row) && row[d+1] > 0 && slices.Contains(shift.not, row[d+1]-1) {
				broken("what follows on day %d may not", d)
			}
		}
		if minutes > n.maxMinutes || minutes < n.minMinutes {
			broken("works %d minutes, not %d to %d", minutes, n.minMinutes, n.maxMinutes)
		}
		for s, count := range counts {
			if count > n.most[s] {
				broken("works shift %s %d times", w.shifts[s].name, count)
			}
		}
		if len(weekends) > n.maxWeekends {
			broken("works %d weekends", len(weekends))
		}
		for d := 0; d < len(row); {
			length := 1
			for d+length < len(row) && (row[d+length] > 0) == (row[d] > 0) {
				length++
			}
			inside := d > 0 && d+length < len(row)
			switch works := row[d] > 0; {
			case works && length > n.maxRun:
				broken("works %d days in a row from day %d", length, d)
			case works && inside && length < n.minRun:
				broken("works only %d days in a row from day %d", length, d)
			case !works && inside && length < n.minOff:
				broken("has only %d days off in a row from day %d", length, d)
			}
			d += length
		}
	}
	for _, x := range w.on {
		if roster[x.nurse][x.day] != x.shift+1 {
			cost += x.weight
		}
	}
	for _, x := range w.off {
		if roster[x.nurse][x.day] == x.shift+1 {
			cost += x.weight
		}
	}
	for _, c := range w.cover {
		if have := heads[[2]int{c.day, c.shift}]; have < c.need {
			cost += (c.need - have) * c.under
		} else {
			cost += (have - c.need) * c.over
		}
	}
	return cost, breaks
}

// print writes a roster as the benchmark's page does: a line for each nurse,
// a column for each day.
func (w *ward) print(out io.Writer, roster [][]int) error {
	for _, row := range roster {
		for d, x := range row {
			name := ""
			if x > 0 {
				name = w.shifts[x-1].name
			}
			if d > 0 {
				name = "\t" + name
			}
			if _, err := io.WriteString(out, name); err != nil {
				return err
			}
		}
		if _, err := io.WriteString(out, "\n"); err != nil {
			return err
		}
	}
	return nil
}
