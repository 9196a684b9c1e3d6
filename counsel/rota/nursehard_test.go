package rota

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// handWard is an instance small enough to be judged by hand: two nurses, one
// week, a day and a night.
const handWard = `# two nurses and a week
SECTION_HORIZON
7

SECTION_SHIFTS
# name, minutes, what may not follow
D,480,
N,600,D

SECTION_STAFF
Ada,D=4|N=2,2400,960,3,2,2,1
Ben,D=7|N=0,2400,960,5,2,1,1

SECTION_DAYS_OFF
Ada,2
Ben,0,6

SECTION_SHIFT_ON_REQUESTS
Ada,0,D,2

SECTION_SHIFT_OFF_REQUESTS
Ben,1,D,3

SECTION_COVER
0,D,1,100,1
1,D,1,100,1
2,D,1,100,1
3,D,1,100,1
4,N,1,100,1
5,D,1,50,5
`

// rosterOf writes a roster of handWard: a letter for each day, - for a day off.
func rosterOf(rows ...string) (out [][]int) {
	for _, row := range rows {
		var days []int
		for _, c := range row {
			days = append(days, strings.IndexRune("-DN", c))
		}
		out = append(out, days)
	}
	return out
}

// TestTheJudgeKnowsEveryRule breaks them one at a time.
func TestTheJudgeKnowsEveryRule(t *testing.T) {
	w := mustRead(t, handWard)
	for _, c := range []struct {
		name, ada, ben, want string
	}{
		{"a legal week", "DD---NN", "--DDDD-", ""},
		{"works on a day off", "DDD--NN", "--DDDD-", "works on day 2, which is off"},
		{"a day after a night", "----NDD", "--DDDD-", "what follows on day 4 may not"},
		{"too few minutes", "D------", "--DDDD-", "works 480 minutes"},
		{"too many minutes", "DD-DDNN", "--DDDD-", "works 3120 minutes"},
		{"too many nights", "D---NNN", "--DDDD-", "works shift N 3 times"},
		{"a shift that is never hers", "DD---NN", "--DDDN-", "works shift N 1 times"},
		{"too long a row", "---DDNN", "--DDDD-", "works 4 days in a row from day 3"},
		{"too short a row", "D--D-NN", "--DDDD-", "works only 1 days in a row from day 3"},
		{"too short a rest", "DD-DD--", "--DDDD-", "has only 1 days off in a row from day 2"},
	} {
		_, breaks := w.judge(rosterOf(c.ada, c.ben))
		if c.want == "" && len(breaks) > 0 || c.want != "" && !slices.ContainsFunc(breaks, func(b string) bool { return strings.Contains(b, c.want) }) {
			t.Errorf("%s: %q", c.name, breaks)
		}
	}
	w.staff[0].maxWeekends = 0
	if _, breaks := w.judge(rosterOf("DD---NN", "--DDDD-")); !slices.ContainsFunc(breaks, func(b string) bool { return strings.Contains(b, "works 1 weekends") }) {
		t.Errorf("too many weekends: %q", breaks)
	}
}

// TestTheJudgeAddsUpEveryWish counts a week by hand: Ada has not the D of day
// 0 she asked for (2), Ben has the D of day 1 he did not want (3), day 0 lacks
// one (100), day 5 has one too many (5) and day 4 no night (100).
func TestTheJudgeAddsUpEveryWish(t *testing.T) {
	w := mustRead(t, handWard)
	if cost, _ := w.judge(rosterOf("----DD-", "-DDDDD-")); cost != 2+3+100+5+100 {
		t.Errorf("costs %d, want 210", cost)
	}
}

// bruteForce tries everything: the least cost of a feasible roster, -1 without
// one.
func (w *ward) bruteForce() int {
	var rows [][][]int // by nurse: every row that keeps the rules
	for _, n := range w.staff {
		alone := &ward{days: w.days, shifts: w.shifts, staff: []wardNurse{n}}
		var good [][]int
		row := make([]int, w.days)
		for {
			if _, breaks := alone.judge([][]int{row}); len(breaks) == 0 {
				good = append(good, slices.Clone(row))
			}
			d := 0
			for ; d < w.days && row[d] == len(w.shifts); d++ {
				row[d] = 0
			}
			if d == w.days {
				break
			}
			row[d]++
		}
		rows = append(rows, good)
	}
	best := -1
	roster := make([][]int, len(w.staff))
	var try func(n int)
	try = func(n int) {
		if n == len(roster) {
			if cost, _ := w.judge(roster); best < 0 || cost < best {
				best = cost
			}
			return
		}
		for _, row := range rows[n] {
			roster[n] = row
			try(n + 1)
		}
	}
	try(0)
	return best
}

// TestTheSearchFindsTheBestOfSmallInstances holds it against all rosters.
func TestTheSearchFindsTheBestOfSmallInstances(t *testing.T) {
	texts := map[string]string{"by hand": handWard}
	for seed := range uint64(4) {
		texts[fmt.Sprintf("one shift, seed %d", seed)] = madeTight(seed, 3, 1, 1, 1)
		texts[fmt.Sprintf("two shifts, seed %d", seed)] = madeTight(seed, 2, 1, 2, 1)
	}
	solved := 0
	for name, text := range texts {
		w := mustRead(t, text)
		want := w.bruteForce()
		roster, _ := w.solve(t.Context(), Effort{Seed: 1, Steps: 60000})
		got, breaks := w.judge(roster)
		if want < 0 {
			if len(breaks) == 0 {
				t.Errorf("%s: a roster was found where none is", name)
			}
			continue
		}
		if solved++; len(breaks) > 0 || got != want {
			t.Errorf("%s: costs %d, the best %d; breaks %q", name, got, want, breaks)
		}
	}
	if solved < 6 {
		t.Errorf("only %d of %d instances can be solved at all", solved, len(texts))
	}
}
