package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"
)

// How long one measurement takes and how many rooms there are.
const (
	speedRooms = 500
	speedLong  = 2500 * time.Millisecond
)

// cells are the measurements of one row, one pair for each round.
type cells struct {
	ours, ref []float64
	others    []float64
}

func (c *cells) add(ours, ref float64, t ...*tally) {
	c.ours, c.ref = append(c.ours, ours), append(c.ref, ref)
	for _, t := range t {
		c.others = append(c.others, t.others)
	}
}

// ratios are ours by reference, round by round.
func (c *cells) ratios() (r []float64) {
	for i := range c.ours {
		r = append(r, c.ours[i]/c.ref[i])
	}
	return r
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	if len(v) == 0 {
		return 0
	}
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// speedTable measures everything and prints the table.
func speedTable() error {
	rounds, err := strconv.Atoi(cmp.Or(os.Getenv("ROUNDS"), "9"))
	if err != nil || rounds < 1 || rounds > 99 {
		return errors.New("ROUNDS must be 1 to 99")
	}
	dir, err := os.MkdirTemp("", "helpline-speed-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	l, err := speedFound(dir)
	if err != nil {
		return err
	}
	if err := openFiles(12_000); err != nil {
		return err
	}
	if os.Getenv("ONLY") == "full" {
		s, err := l.talking("line", speedRooms)
		if err != nil {
			return err
		}
		for range rounds {
			r, err := s.saturate(speedLong, &meter{pid: s.cmd.Process.Pid})
			if err != nil {
				return err
			}
			fmt.Fprintf(os.Stderr, "%.1f us %.0f/s\n", r.us(), r.rate())
			s.begin()
			s.pump(8 * time.Second)
		}
		return s.end()
	}
	if os.Getenv("ONLY") == "crowd" {
		c, size, err := l.crowdOf(9500)
		if err != nil {
			return err
		}
		fmt.Printf("%+v page %d\n", c, size)
		r, err := relayCrowd(relayPlain, 9500, size)
		fmt.Printf("relay %.0f/s\n", r)
		return err
	}
	subjects := map[string]*subject{}
	for _, kind := range []string{"line", relayEqual, relayPlain, relayDefault} {
		if subjects[kind], err = l.talking(kind, speedRooms); err != nil {
			return err
		}
	}
	var cpuEq, cpuR, full, p1, p5 cells
	for range rounds {
		run := map[string]*tally{}
		for _, kind := range []string{"line", relayEqual, relayPlain} {
			s := subjects[kind]
			if run[kind], err = s.saturate(speedLong, &meter{pid: s.cmd.Process.Pid}); err != nil {
				return fmt.Errorf("%s: %w", kind, err)
			}
			fmt.Fprintf(os.Stderr, "%s %.1f us %.0f/s others %.2f spent %v\n", kind, run[kind].us(), run[kind].rate(), run[kind].others, run[kind].spent)
		}
		o, e, r := run["line"], run[relayEqual], run[relayPlain]
		cpuEq.add(o.us(), e.us(), o, e)
		cpuR.add(o.us(), r.us(), o, r)
		full.add(o.rate(), r.rate(), o, r)
		for _, p := range []struct {
			rate int
			to   *cells
		}{{1000, &p1}, {5000, &p5}} {
			for _, kind := range []string{"line", relayDefault} {
				s := subjects[kind]
				if run[kind], err = s.open(speedLong, p.rate, &meter{pid: s.cmd.Process.Pid}); err != nil {
					return fmt.Errorf("%s: %w", kind, err)
				}
				fmt.Fprintf(os.Stderr, "%s %d/s p50 %.0f p99 %.0f us, cpu %.1f us, frames %d/%d others %.2f\n", kind, p.rate, run[kind].quantile(0.5), run[kind].quantile(0.99), run[kind].us(), run[kind].in, run[kind].out, run[kind].others)
			}
			o, r := run["line"], run[relayDefault]
			p.to.add(o.quantile(0.99), r.quantile(0.99), o, r)
		}
	}
	for _, s := range subjects {
		err = errors.Join(err, s.end())
	}
	for _, row := range []struct {
		name string
		c    *cells
	}{{"cpu eq", &cpuEq}, {"cpu R", &cpuR}, {"full", &full}, {"p99 1000", &p1}, {"p99 5000", &p5}} {
		r := row.c.ratios()
		fmt.Printf("%s ours %.1f ref %.1f ratio %.2f (%.2f..%.2f) others %.2f\n", row.name, median(row.c.ours), median(row.c.ref), median(r), slices.Min(r), slices.Max(r), median(row.c.others))
	}
	return err
}
