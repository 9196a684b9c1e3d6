package rota

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestMain is also the command that solves an instance of the published
// nurse-rostering benchmark, so that anybody can hold our search against it:
//
//	NURSE_FILE=Instance7.txt NURSE_SEED=1 NURSE_SECONDS=10 go test ./counsel/rota
//
// prints one line with cost and seconds. With NURSE_OUT the roster is written
// to that file. NURSE_STEPS in place of seconds gives the same roster on every
// machine.
func TestMain(m *testing.M) {
	if os.Getenv("NURSE_FILE") == "" {
		os.Exit(m.Run())
	}
	if err := nurseCommand(os.Getenv, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// nurseCommand reads, solves, judges and prints. A roster that breaks a hard
// rule has no cost: it says so and is an error.
func nurseCommand(env func(string) string, out io.Writer) error {
	f, err := os.Open(env("NURSE_FILE"))
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	w, err := readWard(f)
	if err != nil {
		return err
	}
	number := func(name string, otherwise int) int {
		if n, bad := strconv.Atoi(env(name)); bad == nil && n > 0 {
			return n
		}
		return otherwise
	}
	e := Effort{Seed: uint64(number("NURSE_SEED", 1)), Steps: number("NURSE_STEPS", 0), Now: time.Now}
	if e.Steps == 0 {
		e.Time = time.Duration(number("NURSE_SECONDS", 10)) * time.Second
	}
	start := time.Now()
	roster, steps := w.solve(context.Background(), e)
	seconds := time.Since(start).Seconds()
	cost, breaks := w.judge(roster)
	if len(breaks) > 0 {
		fmt.Fprintf(out, "feasible=false breaches=%d seconds=%.2f steps=%d seed=%d\n", len(breaks), seconds, steps, e.Seed)
		return fmt.Errorf("no roster that keeps every hard rule was found; the first that is broken: %s", breaks[0])
	}
	fmt.Fprintf(out, "cost=%d feasible=true seconds=%.2f steps=%d seed=%d\n", cost, seconds, steps, e.Seed)
	if name := env("NURSE_OUT"); name != "" {
		to, err := os.Create(name)
		if err != nil {
			return err
		}
		if err := w.print(to, roster); err != nil {
			return err
		}
		return to.Close()
	}
	return nil
}

func mustRead(t testing.TB, text string) *ward {
	t.Helper()
	w, err := readWard(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestEveryFlipCostsWhatAFullCountSays lets the moves of the search run wild
// and counts everything anew after each.
func TestEveryFlipCostsWhatAFullCountSays(t *testing.T) {
	for seed := range uint64(8) {
		w := mustRead(t, made(seed, 5, 2, 3))
		g := newGrid(w.layout(), newNurseRows(w))
		g.keep()
		m := &mover{grid: g, rnd: rand.New(rand.NewPCG(seed, 1))}
		bag := weighed()
		for i := range 4000 {
			if !bag[m.rnd.IntN(len(bag))](m) || i%3 == 0 {
				g.undo()
			} else {
				g.keep()
			}
			if got, want := g.price, g.recount(); got != want {
				t.Fatalf("seed %d, step %d: %+v by steps, %+v counted anew", seed, i, got, want)
			}
		}
	}
}

// TestTheSearchAndTheJudgeAgree holds the price that the search believes
// against the judge, who has never met it.
func TestTheSearchAndTheJudgeAgree(t *testing.T) {
	for seed := range uint64(6) {
		w := mustRead(t, made(seed, 6, 2, 2))
		r := newNurseRows(w)
		g := newGrid(w.layout(), r)
		g.anneal(t.Context(), Effort{Seed: seed, Steps: int(seed) * 3000}, nurseHeat, nil)
		roster := make([][]int, len(w.staff))
		for p := range roster {
			for _, x := range r.at[p] {
				roster[p] = append(roster[p], int(x))
			}
		}
		cost, breaks := w.judge(roster)
		if int64(cost) != g.price.soft || (len(breaks) == 0) != (g.price.hard == 0) {
			t.Errorf("seed %d: the search says %+v, the judge %d and %q", seed, g.price, cost, breaks)
		}
	}
}

// TestTheSameSeedGivesTheSameRoster is what makes a figure worth printing.
func TestTheSameSeedGivesTheSameRoster(t *testing.T) {
	w := mustRead(t, made(3, 6, 2, 2))
	a, _ := w.solve(t.Context(), Effort{Seed: 5, Steps: 20000})
	b, _ := w.solve(t.Context(), Effort{Seed: 5, Steps: 20000})
	c, _ := w.solve(t.Context(), Effort{Seed: 6, Steps: 20000})
	if fmt.Sprint(a) != fmt.Sprint(b) || fmt.Sprint(a) == fmt.Sprint(c) {
		t.Error("one seed must give one roster, and another seed another")
	}
}

// TestTheSearchStopsWhenItIsToldTo ends one that has no other end in sight.
func TestTheSearchStopsWhenItIsToldTo(t *testing.T) {
	w := mustRead(t, made(3, 6, 2, 2))
	ctx, cancel := context.WithCancel(t.Context())
	g := newGrid(w.layout(), newNurseRows(w))
	steps := g.anneal(ctx, Effort{Seed: 1, Steps: 1 << 40}, nurseHeat, func(Progress) { cancel() })
	if steps == 0 || g.price != g.recount() {
		t.Errorf("stopped after %d steps at %+v", steps, g.price)
	}
}
