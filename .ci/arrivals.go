// Arrivals writes weeks of arrivals into the folder of a line, for the journeys
// of the staffing page: nobody waits a year for one. It writes what the line
// itself would have written, through the same door, lots and all, and belongs
// to no program.
//
//	go run .ci/arrivals.go FOLDER WEEKS CONTACTS-PER-HALF-HOUR
package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"time"

	"helpline/counsel/rota"
	"helpline/store"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "arrivals:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("want a folder, a number of weeks and how many come in a half hour")
	}
	weeks, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	busy, err := strconv.ParseFloat(args[2], 64)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, args[0], store.Options{Beside: true})
	if err != nil {
		return err
	}
	defer db.Close()
	r := rand.New(rand.NewPCG(1, 2))
	for age := weeks; age > 0; age-- {
		w := week(r, rota.Monday(rota.DateOf(time.Now().UTC())).Plus(-7*age), busy)
		b, err := w.Blur(func() (uint64, error) { return r.Uint64(), nil })
		if err != nil {
			return err
		}
		if err := db.AddArrivals(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// week is one of a line that is open on weekday evenings and Saturday afternoons.
func week(r *rand.Rand, monday rota.Date, busy float64) rota.SeenWeek {
	w := rota.SeenWeek{Monday: monday}
	day := [7]float64{1.2, 1, .9, 1, .7, 1.1, 1.4}
	for c := range w.Halves {
		cell := rota.Cell(c)
		rate := busy * day[cell.Day()] * math.Exp(-math.Pow(float64(cell.Half()-41)/7, 2))
		s := rota.Seen{Up: 30}
		switch {
		case cell.Day() < 5 && cell.Half() >= 38 && cell.Half() < 44, cell.Day() == 5 && cell.Half() >= 28 && cell.Half() < 34:
			s.Open = 30
			s.Came = drawn(r, max(rate, busy/3))
			for range s.Came {
				if r.Float64() < .1+.3*rate/(busy*1.2) {
					s.Missed++
				}
			}
		default:
			s.Shut = drawn(r, rate/2)
		}
		w.Halves[c] = s
		d := &w.Days[cell.Day()]
		d.Came, d.Missed, d.Shut, d.Open, d.Up = d.Came+s.Came, d.Missed+s.Missed, d.Shut+s.Shut, d.Open+s.Open, d.Up+s.Up
	}
	return w
}

// drawn is a Poisson count.
func drawn(r *rand.Rand, mean float64) int {
	n, p := 0, r.Float64()
	for limit := math.Exp(-mean); p > limit; n++ {
		p *= r.Float64()
	}
	return n
}
