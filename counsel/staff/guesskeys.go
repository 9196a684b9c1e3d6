package staff

import (
	"math"
	"strconv"
	"strings"
)

// keyboard is where the keys lie. A row of keys is a walk over it.
type keyboard struct {
	place map[rune]spot
	signs float64 // on the keys
	ways  float64 // on from a key, as zxcvbn weighs it
	slant bool    // each row lies half a key to the right of the one above
}

type spot struct {
	row, col int
	shifted  bool
}

// layout reads rows of keys, each as its two signs, plain and shifted; two
// spaces are no key.
func layout(slant bool, signs, ways float64, rows ...string) keyboard {
	k := keyboard{place: map[rune]spot{}, signs: signs, ways: ways, slant: slant}
	for row, keys := range rows {
		for i, r := range []rune(keys) {
			if r != ' ' {
				k.place[r] = spot{row, i / 2, i%2 == 1}
			}
		}
	}
	return k
}

// keyboards are those of the line's countries, one that some people like, and
// the block of digits.
var keyboards = []keyboard{
	layout(true, 94, 1.53, "`~1!2@3#4$5%6^7&8*9(0)-_=+", "  qQwWeErRtTyYuUiIoOpP[{]}\\|", "  aAsSdDfFgGhHjJkKlL;:'\"", "  zZxXcCvVbBnNmM,<.>/?"),
	layout(true, 94, 1.53, "`~1!2@3#4$5%6^7&8*9(0)[{]}", "  '\",<.>pPyYfFgGcCrRlL/?=+\\|", "  aAoOeEuUiIdDhHtTnNsS-_", "  ;:qQjJkKxXbBmMwWvVzZ"),
	layout(true, 94, 1.53, "²³&1é2\"3'4(5-6è7_8ç9à0)°=+", "  aAzZeErRtTyYuUiIoOpP^¨$£", "  qQsSdDfFgGhHjJkKlLmMù%", "  wWxXcCvVbBnN,?;.:/!§"),
	layout(true, 94, 1.53, "^°1!2\"3§4$5%6&7/8(9)0=ß?", "  qQwWeErRtTzZuUiIoOpPüÜ+*", "  aAsSdDfFgGhHjJkKlLöÖäÄ", "  yYxXcCvVbBnNmM,;.:-_"),
	layout(false, 15, 0.63, "  / * - ", "7 8 9 + ", "4 5 6   ", "1 2 3   ", "  0 .   "),
	layout(false, 15, 0.63, "  = / * ", "7 8 9 - ", "4 5 6 + ", "1 2 3   ", "  0 .   "),
}

// beside says whether b is a neighbour of a, and in which direction.
func (k *keyboard) beside(a, b spot) (direction [2]int, is bool) {
	down, right := b.row-a.row, b.col-a.col
	direction = [2]int{down, right}
	if down == 0 && right == 0 || down < -1 || down > 1 || right < -1 || right > 1 {
		return direction, false
	}
	return direction, !k.slant || down != right || down == 0
}

// rows finds walks over neighbouring keys.
func (k *keyboard) rows(text []rune) (pieces []piece) {
	for from := 0; from+2 < len(text); from++ {
		was, on := k.place[text[from]]
		var last [2]int
		turns, shifted := 0, 0
		for to := from + 1; on && to < len(text); to++ {
			next, there := k.place[text[to]]
			direction, near := k.beside(was, next)
			if !there || !near {
				break
			}
			if direction != last {
				last = direction
				turns++
			}
			if next.shifted {
				shifted++
			}
			was = next
			if long := to + 1 - from; long > 2 {
				bits := k.walks(long, turns)
				if shifted > 0 {
					bits += ways(shifted, long-shifted)
				}
				pieces = append(pieces, piece{from, to + 1, bits})
			}
		}
	}
	return pieces
}

// walks are the bits of all walks that are no longer and have no more turns.
func (k *keyboard) walks(long, turns int) float64 {
	sum := 0.0
	for n := 1; n <= long; n++ {
		for t := 0; t <= min(turns, n); t++ {
			sum += choose(n, t) * k.signs * math.Pow(k.ways, float64(t+1))
		}
	}
	return math.Log2(sum)
}

// between are the signs that people put between the parts of a date.
const between = " -/\\_."

// dates finds days, with four or two digits of a year before or behind.
func dates(text []rune) (pieces []piece) {
	for from := range text {
		for to := from + 4; to <= min(len(text), from+10); to++ {
			if bits := dateBits(string(text[from:to])); bits > 0 {
				pieces = append(pieces, piece{from, to, bits})
			}
		}
	}
	return pieces
}

// dateBits are the bits of a text that is a date; 0 when it is none.
func dateBits(text string) float64 {
	least := 0.0
	consider := func(a, b, c string, more float64) {
		for _, d := range [][3]string{{a, b, c}, {c, b, a}} { // the year is the last of each
			if years := yearsLike(d[2]); years > 0 && isDay(d[0], d[1]) {
				bits := math.Log2(31*12*years) + more
				if least == 0 || bits < least {
					least = bits
				}
			}
		}
	}
	if parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(between, r) }); len(parts) == 3 {
		if len(strings.Join(parts, ""))+2 == len(text) {
			consider(parts[0], parts[1], parts[2], 2)
		}
		return least
	}
	for one := 1; one < len(text)-1 && one <= 4; one++ {
		for two := one + 1; two < len(text) && two-one <= 2; two++ {
			consider(text[:one], text[one:two], text[two:], 0)
		}
	}
	return least
}

// yearsLike is how many years are written like this; 0 when it is no year.
func yearsLike(s string) float64 {
	n, err := strconv.ParseUint(s, 10, 16)
	switch {
	case err == nil && len(s) == 2:
		return 100
	case err == nil && len(s) == 4 && n >= 1900 && n <= 2050:
		return 119
	}
	return 0
}

// isDay says whether two numbers are a day and a month, in any order.
func isDay(a, b string) bool {
	day, err1 := strconv.ParseUint(a, 10, 8)
	month, err2 := strconv.ParseUint(b, 10, 8)
	if err1 != nil || err2 != nil || len(a) > 2 || len(b) > 2 {
		return false
	}
	return min(day, month) <= 12 && max(day, month) <= 31
}
