package rota

import (
	"fmt"
	"math/bits"
	"time"

	"helpline"
)

// Cell is a half hour of the week on the wall clock of the line: 0 is Monday
// 00:00 to 00:30, 335 the last half hour of Sunday.
type Cell int

// Halves is how many half hours a day has, and Cells a week: on the wall clock,
// where one comes twice in autumn and never in spring.
const (
	Halves = 48
	Cells  = 7 * Halves
)

// CellOf is the half hour that a clock in the zone of t shows.
func CellOf(t time.Time) Cell {
	return Cell((int(t.Weekday())+6)%7*Halves + t.Hour()*2 + t.Minute()/30)
}

// Day counts from Monday, 0; Half from midnight, 0.
func (c Cell) Day() int  { return int(c) / Halves }
func (c Cell) Half() int { return int(c) % Halves }

// Seen is what a half hour of one week has seen.
type Seen struct {
	Came   int // while the line was open: answered or not
	Missed int // of all who came, those whom nobody answered; counted when that was known
	Shut   int // came while it was closed
	Flood  int // requests that the gate turned away: no persons can be told from them
	Open   int // minutes for which the line was open and counting: up to 30, 60 where it comes twice
	Up     int // minutes for which it was counting at all
}

// SeenWeek is a week of the line. Days are exact. Halves of a week that was
// read from a store are not: each number has a lot over it, see Blur, and may
// be below zero.
type SeenWeek struct {
	Monday Date
	Days   [7]Seen
	Halves [Cells]Seen
}

// Monday is the first day of the week in which a day lies.
func Monday(d Date) Date { return d.Plus(-(int(d.Weekday()) + 6) % 7) }

// WeekName writes the ISO week of a day, as 2026-W47.
func WeekName(d Date) string {
	y, w := time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC).ISOWeek()
	return fmt.Sprintf("%04d-W%02d", y, w)
}

// ParseWeekName gives the Monday of a week that WeekName has written; Invalid.
func ParseWeekName(name string) (Date, error) {
	var y, w int
	if n, err := fmt.Sscanf(name, "%4d-W%2d", &y, &w); n == 2 && err == nil && y > 0 && w > 0 {
		// The fourth of January always lies in week 1.
		if monday := Monday(Date{y, time.January, 4}).Plus(7 * (w - 1)); WeekName(monday) == name {
			return monday, nil
		}
	}
	return Date{}, helpline.Errorf(helpline.Invalid, "a week must be written as 2026-W47")
}

// Before says whether a day comes earlier than another.
func (d Date) Before(other Date) bool { return other.after(d) }

// weeksTo is how many weeks later another Monday is.
func (d Date) weeksTo(later Date) int {
	at := func(d Date) time.Time { return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC) }
	return int(at(later).Sub(at(d)).Hours() / 24 / 7)
}

// Lot is a number drawn by lot from 64 random bits: 0 with the chance of one in
// three, and with each step further from it, up or down, half as likely. It is
// the difference of two rows of coins, counted until the first tail. Made of
// whole numbers only: the rounding of fractions has given such lots away.
func Lot(random uint64) int {
	return bits.TrailingZeros32(uint32(random)|1<<31) - bits.TrailingZeros32(uint32(random>>32)|1<<31)
}

// LotSpread is the variance of one Lot.
const LotSpread = 4.0

// Blurred is a week that may be kept: only Blur makes one.
type Blurred struct{ week SeenWeek }

// Week gives what may be kept.
func (b Blurred) Week() SeenWeek { return b.week }

// Blur draws a lot over every number of every half hour in which the line
// counted, also where nobody came. What then stands for a half hour is at most
// twice as likely with one more visitor in it as without (four times, when the
// visitor was missed as well), so neither one such number nor any row of them,
// nor the difference of two disks, says that somebody came then. random must
// give bits that nobody can foresee, and an error where it cannot: then the
// week must not be kept. The days stay exact.
func (w SeenWeek) Blur(random func() (uint64, error)) (Blurred, error) {
	for i := range w.Halves {
		s := &w.Halves[i]
		if s.Up == 0 { // it did not run then, which is no secret; a number would say that it did
			*s = Seen{}
			continue
		}
		for _, n := range []*int{&s.Came, &s.Missed, &s.Shut, &s.Flood} {
			bits, err := random()
			if err != nil {
				return Blurred{}, err
			}
			*n += Lot(bits)
		}
	}
	return Blurred{w}, nil
}

// Add adds what another part of the same week has seen.
func (w *SeenWeek) Add(o SeenWeek) {
	for i := range w.Days {
		w.Days[i] = w.Days[i].plus(o.Days[i])
	}
	for i := range w.Halves {
		w.Halves[i] = w.Halves[i].plus(o.Halves[i])
	}
}

// Empty says whether the line did not even run in it.
func (w *SeenWeek) Empty() bool { return w.Days == [7]Seen{} }

func (s Seen) plus(o Seen) Seen {
	return Seen{s.Came + o.Came, s.Missed + o.Missed, s.Shut + o.Shut, s.Flood + o.Flood, s.Open + o.Open, s.Up + o.Up}
}
