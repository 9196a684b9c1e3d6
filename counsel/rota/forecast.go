package rota

import "math"

// HalfLife is after how many weeks a week counts half as much in a forecast.
const HalfLife = 8.0

// Forecast is what may come in each half hour of a week: for each a Gamma, of
// which the mean is expected and the width says how little is known. The zero
// Forecast knows nothing.
type Forecast struct {
	Weeks       int // that it was made of: those in which the line was open
	shape, rate [Cells]float64
	open        [Cells]float64 // whole half hours it was seen open, not weighed
}

// Measure is what of a half hour is counted, and for how many minutes that
// could be seen.
type Measure func(Seen) (n, minutes int)

// What can be measured. A half hour in which the line was closed says nothing
// about those who would have come: it is unknown, not zero. Whoever came all
// the same is measured apart.
func Coming(s Seen) (n, minutes int)   { return s.Came, s.Open }
func Missing(s Seen) (n, minutes int)  { return s.Missed, s.Open }
func Knocking(s Seen) (n, minutes int) { return s.Shut, s.Up - s.Open }

// Fit makes a forecast for the week that begins on a Monday, from the weeks
// before it; others are left out. halfLife is in weeks, +Inf forgets nothing.
//
// Each half hour is a Poisson count with a rate of its own. What is believed of
// that rate before looking is a Gamma around the product of two margins, that
// of the weekday and that of the time of day; how closely the half hours keep to it
// is told by themselves (the likeliest of a row of widths). So a half hour that
// was often seen speaks for itself, and one that was never open is the product
// of margins, with the width of both. The lots over the numbers (Blur) take
// weight from small numbers: a number that is mostly lot counts for little.
func Fit(weeks []SeenWeek, monday Date, halfLife float64, m Measure) *Forecast {
	f := &Forecast{}
	var n, e, v [Cells]float64 // discounted: how many, in how many half hours, the variance of the lots
	for i := range weeks {
		age := weeks[i].Monday.weeksTo(monday)
		if age < 1 {
			continue
		}
		weight := math.Exp2(-float64(age) / halfLife)
		seen := false
		counts := weeks[i].raked(m)
		for c, s := range counts {
			if s.minutes <= 0 {
				continue
			}
			seen = true
			n[c] += weight * s.n
			e[c] += weight * s.minutes / 30
			v[c] += weight * weight * s.spread
			f.open[c] += s.minutes / 30
		}
		if seen {
			f.Weeks++
		}
	}
	f.believe(n, e, v)
	return f
}

// counted is a number of one half hour, with the variance of the lot over it.
type counted struct{ n, minutes, spread float64 }

// raked makes the half hours of each day add up to what the day is known to
// have seen, for that number has no lot over it.
func (w *SeenWeek) raked(m Measure) (out [Cells]counted) {
	for day := range 7 {
		var sum, minutes, cells float64
		for h := range Halves {
			n, open := m(w.Halves[day*Halves+h])
			if open > 0 {
				sum += float64(n)
				minutes += float64(open)
				cells++
			}
		}
		total, _ := m(w.Days[day])
		for h := range Halves {
			n, open := m(w.Halves[day*Halves+h])
			if open <= 0 {
				continue
			}
			out[day*Halves+h] = counted{
				n:       float64(n) + (float64(total)-sum)*float64(open)/minutes,
				minutes: float64(open), spread: LotSpread * (1 - 1/cells),
			}
		}
	}
	return out
}

// pull is what each margin has of the overall rate mixed in, in contacts.
const pull = 2.0

// believe turns sums into a Gamma for every half hour. v is the variance of the
// lots in n.
func (f *Forecast) believe(n, e, v [Cells]float64) {
	var sumN, sumE float64
	for c := range n {
		sumN += n[c]
		sumE += e[c]
	}
	if sumE == 0 {
		return
	}
	overall := max(sumN, 0.5) / sumE
	m := margins(overall, n, e, v)
	var mean [Cells]float64
	for c := range mean {
		mean[c] = overall * m.days[Cell(c).Day()] * m.halves[Cell(c).Half()]
		if e[c] > 0 { // what a lot blurs counts as if less had been seen
			clear := 1 / (1 + v[c]/(mean[c]*e[c]))
			n[c], e[c] = max(0, n[c])*clear, e[c]*clear
		}
	}
	width := likeliest(mean, n, e)
	for c := range mean {
		// The product is no surer than the two margins it is made of.
		k := 1 / (1/width + 1/(pull+m.dayN[Cell(c).Day()]) + 1/(pull+m.halfN[Cell(c).Half()]))
		f.shape[c] = k + n[c]
		f.rate[c] = k/mean[c] + e[c]
	}
}

// marginal are the factors of the weekdays and the times of day, and how many
// contacts each of them was learned from.
type marginal struct {
	days, dayN    [7]float64
	halves, halfN [Halves]float64
}

// margins finds the factors by turns, until both fit what was seen. A day or a
// time that was never seen has the factor 1. Days have no lots over them; a time
// of day is pulled towards the overall rate by as much as its lots weigh.
func margins(overall float64, n, e, v [Cells]float64) (m marginal) {
	var spread, due [Halves]float64
	for c := range n {
		day, half := Cell(c).Day(), Cell(c).Half()
		m.days[day], m.halves[half] = 1, 1
		m.dayN[day] += n[c]
		m.halfN[half] += n[c]
		spread[half] += v[c]
		due[half] += e[c] * overall
	}
	for i := range m.dayN {
		m.dayN[i] = max(0, m.dayN[i])
	}
	var pulls [Halves]float64
	for i := range m.halfN {
		m.halfN[i] = max(0, m.halfN[i])
		pulls[i] = pull
		if due[i] > 0 {
			pulls[i] += spread[i] / max(due[i], m.halfN[i])
		}
	}
	for range 60 {
		var want [7]float64
		for c := range e {
			want[Cell(c).Day()] += e[c] * overall * m.halves[Cell(c).Half()]
		}
		for d := range m.days {
			m.days[d] = (m.dayN[d] + pull) / (want[d] + pull)
		}
		due = [Halves]float64{}
		for c := range e {
			due[Cell(c).Half()] += e[c] * overall * m.days[Cell(c).Day()]
		}
		for h := range m.halves {
			m.halves[h] = (m.halfN[h] + pulls[h]) / (due[h] + pulls[h])
		}
	}
	return m
}

// likeliest is the width of the Gammas under which what was seen is likeliest.
func likeliest(mean, n, e [Cells]float64) float64 {
	best, most := 1.0, math.Inf(-1)
	for k := 1.0 / 64; k <= 512; k *= math.Sqrt2 {
		var sum float64
		lk, _ := math.Lgamma(k)
		for c := range mean {
			if e[c] == 0 {
				continue
			}
			beta := k / mean[c]
			ln, _ := math.Lgamma(k + n[c])
			sum += ln - lk + k*math.Log(beta/(beta+e[c])) + n[c]*math.Log(e[c]/(beta+e[c]))
		}
		if sum > most {
			best, most = k, sum
		}
	}
	return best
}

// Knows says whether the half hour was ever seen; else Mean is what the weekday
// and the time of day let expect.
func (f *Forecast) Knows(c Cell) bool { return f.open[c] > 0 }

// Mean is how many are expected in a whole half hour; 0 when nothing is known.
func (f *Forecast) Mean(c Cell) float64 {
	if f.rate[c] == 0 {
		return 0
	}
	return f.shape[c] / f.rate[c]
}

// Upper is the mean below which the true one lies with the chance p.
func (f *Forecast) Upper(c Cell, p float64) float64 {
	if f.rate[c] == 0 {
		return 0
	}
	return gammaQuantile(p, f.shape[c], f.rate[c])
}

// Sum is what is expected in several half hours together, each of which is open
// for so many minutes, and the smallest number that is not passed with the
// chance p.
func (f *Forecast) Sum(minutes map[Cell]int, p float64) (mean float64, upper int) {
	var between float64
	for c, m := range minutes {
		if f.rate[c] == 0 || m <= 0 {
			continue
		}
		open := float64(m) / 30
		mean += open * f.shape[c] / f.rate[c]
		between += open * open * f.shape[c] / (f.rate[c] * f.rate[c])
	}
	if mean == 0 {
		return 0, 0
	}
	return mean, mixedQuantile(p, mean*mean/between, mean/between, 1)
}
