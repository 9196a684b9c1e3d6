package rota

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// made writes an instance of the benchmark's kind. It is drawn around a hidden
// roster that keeps every hard rule, so it can be solved; its requests are
// not that roster's.
func made(seed uint64, nurses, weeks, kinds int) string {
	return madeTight(seed, nurses, weeks, kinds, 0)
}

// madeTight asks for more heads than there are.
func madeTight(seed uint64, nurses, weeks, kinds, tight int) string {
	rnd := rand.New(rand.NewPCG(seed, 7))
	days := weeks * 7
	var b strings.Builder
	fmt.Fprintf(&b, "# made from seed %d\nSECTION_HORIZON\n%d\n\nSECTION_SHIFTS\n", seed, days)
	for k := range kinds { // early ones may not follow late ones
		var not []string
		for earlier := range k {
			not = append(not, kindName(earlier))
		}
		fmt.Fprintf(&b, "%s,%d,%s\n", kindName(k), 480, strings.Join(not, "|"))
	}
	heads := make([][]int, days)
	for d := range heads {
		heads[d] = make([]int, kinds)
	}
	var staff, away, on, off strings.Builder
	for n := range nurses {
		worked, row := hiddenRow(rnd, days, kinds)
		for d, x := range row {
			if x > 0 {
				heads[d][x-1]++
			}
		}
		var most []string
		for k := range kinds {
			most = append(most, fmt.Sprintf("%s=%d", kindName(k), days*2/3))
		}
		fmt.Fprintf(&staff, "N%d,%s,%d,%d,5,2,2,%d\n", n, strings.Join(most, "|"), (worked+1)*480, (worked-1)*480, (weeks+1)/2+weeks/4)
		for d := rnd.IntN(days); ; d = (d + 1) % days {
			if row[d] == 0 {
				fmt.Fprintf(&away, "N%d,%d\n", n, d)
				break
			}
		}
		for range days / 5 {
			d := rnd.IntN(days)
			fmt.Fprintf(&on, "N%d,%d,%s,%d\n", n, d, kindName(rnd.IntN(kinds)), 1+rnd.IntN(3))
			fmt.Fprintf(&off, "N%d,%d,%s,%d\n", n, rnd.IntN(days), kindName(rnd.IntN(kinds)), 1+rnd.IntN(3))
		}
	}
	fmt.Fprintf(&b, "\nSECTION_STAFF\n%s\nSECTION_DAYS_OFF\n%s\nSECTION_SHIFT_ON_REQUESTS\n%s\nSECTION_SHIFT_OFF_REQUESTS\n%s\nSECTION_COVER\n", &staff, &away, &on, &off)
	for d := range days {
		for k := range kinds {
			fmt.Fprintf(&b, "%d,%s,%d,100,1\n", d, kindName(k), max(0, heads[d][k]+rnd.IntN(2+tight)-rnd.IntN(2)))
		}
	}
	return b.String()
}

func kindName(k int) string { return string(rune('A'+k%26)) + strings.Repeat("x", k/26) }

// hiddenRow works two to five days and rests two or three, turn by turn, and
// every other weekend or so.
func hiddenRow(rnd *rand.Rand, days, kinds int) (worked int, row []int) {
	row = make([]int, days)
	free := rnd.IntN(2)
	for d := -rnd.IntN(4); d < days; {
		kind := rnd.IntN(kinds)
		for end := d + 3 + rnd.IntN(3); d < end; d++ {
			if d >= 0 && d < days && (d%7 < 5 || d/7%2 == free) {
				row[d] = kind + 1
				worked++
			} else if d >= 0 {
				d++
				break
			}
			if kind < kinds-1 && rnd.IntN(5) == 0 {
				kind++
			}
		}
		d += 2 + rnd.IntN(2)
	}
	return worked, row
}
