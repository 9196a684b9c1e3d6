package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sizes say how much is measured.
type sizes struct {
	rounds  int
	rooms   int           // of the conversations that are timed
	long    time.Duration // of one measurement
	waiting int           // people who wait while memory is weighed
	talks   int           // conversations while memory is weighed
	killed  int           // conversations of a line that is killed; 0: it is not
	starts  int           // of a cold program
	settle  time.Duration // after a crowd has come
	notes   int           // of the line with many notes that is started
}

// fullSizes are those of make bench: about fifteen minutes with nine rounds.
func fullSizes(rounds int) sizes {
	return sizes{rounds: rounds, rooms: 500, long: 2500 * time.Millisecond, waiting: 9500, talks: 2000, killed: 500, starts: 9, settle: 30 * time.Second, notes: 100_000}
}

// row is one line of the table: what was measured in pairs, or once.
type row struct {
	name      string
	unit      string // with a %.Nf of the value
	ours, ref []float64
	refName   string
	target    string
	others    []float64 // share of the machine that was used by anybody else
	failed    error
}

// add puts a pair down.
func (r *row) add(ours, ref *tally, of func(*tally) float64) {
	r.ours, r.ref = append(r.ours, of(ours)), append(r.ref, of(ref))
	r.others = append(r.others, ours.others, ref.others)
}

// ratios are ours by the reference, pair by pair.
func (r *row) ratios() (list []float64) {
	for i := range r.ref {
		list = append(list, r.ours[i]/r.ref[i])
	}
	return list
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	if len(v) == 0 {
		return 0
	}
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// print writes the row as a line of a Markdown table.
func (r *row) print(w io.Writer) {
	ours, ref, ratio, spread, others := "-", "-", "-", "-", "-"
	if len(r.ours) > 0 {
		ours = fmt.Sprintf(r.unit, median(r.ours))
		spread = fmt.Sprintf(r.unit+" to "+r.unit, slices.Min(r.ours), slices.Max(r.ours))
	}
	if list := r.ratios(); len(list) > 0 {
		ref = fmt.Sprintf(r.unit, median(r.ref)) + " (" + r.refName + ")"
		ratio = fmt.Sprintf("**%.2f**", median(list))
		spread = fmt.Sprintf("%.2f to %.2f", slices.Min(list), slices.Max(list))
	}
	if len(r.others) > 0 {
		others = fmt.Sprintf("%.0f %%", 100*median(r.others))
	}
	if r.failed != nil {
		ours = "failed"
	}
	fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s | %s |\n", r.name, ours, ref, ratio, spread, r.target, others)
}

// speedTable measures everything and prints the table.
func speedTable() error {
	rounds, err := strconv.Atoi(cmp.Or(os.Getenv("ROUNDS"), "9"))
	if err != nil || rounds < 1 || rounds > 99 {
		return errors.New("ROUNDS must be 1 to 99")
	}
	return measure(fullSizes(rounds), os.Stdout, os.Stderr)
}

// measure makes the whole table. It ends with an error when a message was
// lost, doubled or out of order, and never because something was slow.
func measure(z sizes, out, progress io.Writer) (err error) {
	if err := openFiles(2*max(z.waiting, z.talks, z.rooms) + 500); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "helpline-speed-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	l, err := speedFound(dir)
	if err != nil {
		return err
	}
	start := time.Now()
	var rows []*row
	var fault error // of a part; the others are measured all the same
	for _, part := range []struct {
		name string
		do   func(*speedLine, sizes, io.Writer) ([]*row, error)
	}{
		{"starting cold", coldStarts},
		{"conversations, in paired rounds", conversations},
		{"a crowd that comes and waits", crowds},
		{"memory of conversations", talks},
		{"a crowd, broadcasts and a flood of logins at once", beset},
		{"kill -9", kills},
	} {
		if only := os.Getenv("ONLY"); !strings.Contains(part.name, only) {
			continue
		}
		fmt.Fprintf(progress, "%s ...\n", part.name)
		more, err := part.do(l, z, progress)
		if err != nil {
			fault = errors.Join(fault, fmt.Errorf("%s: %w", part.name, err))
			more = []*row{{name: part.name, failed: err}}
		}
		rows = append(rows, more...)
	}
	fmt.Fprintf(out, "\n%s, %s, %d cores, %s. `ROUNDS=%d make bench`, %s. Ratios are of pairs measured one after the other; medians, smallest and largest.\n\n",
		start.UTC().Format("2006-01-02 15:04 MST"), processor(), runtime.NumCPU(), runtime.Version(), z.rounds, time.Since(start).Round(time.Second))
	fmt.Fprint(out, "| what | the line | reference | ratio | spread | target | used by others |\n|---|---|---|---|---|---|---|\n")
	for _, r := range rows {
		r.print(out)
	}
	return fault
}

// conversations measures messages: all servers stand beside each other, and
// each round measures each of them in turn.
func conversations(l *speedLine, z sizes, progress io.Writer) ([]*row, error) {
	kinds := []string{"line", relayEqual, relayPlain, relayDefault}
	all := map[string]*subject{}
	var fault error
	defer func() {
		for _, s := range all {
			_ = s.end() // after a fault; otherwise it has ended well below
		}
	}()
	for _, kind := range kinds {
		s, err := l.talking(kind, z.rooms)
		if err != nil {
			return nil, err
		}
		all[kind] = s
	}
	us, rate, p99 := (*tally).us, (*tally).rate, func(t *tally) float64 { return t.quantile(0.99) / 1000 }
	equal := &row{name: "server CPU per delivered message, saturated", unit: "%.1f µs", refName: relayEqual, target: "at most 1.4"}
	plain := &row{name: "the same beside one frame in, one frame out", unit: "%.1f µs", refName: relayPlain, target: "about 2 is expected"}
	full := &row{name: "messages a second, saturated", unit: "%.0f", refName: relayPlain, target: "at least 0.75"}
	slow := &row{name: "p99 of delivery at 1,000 messages a second", unit: "%.2f ms", refName: relayDefault, target: "at most 1.5"}
	fast := &row{name: "p99 of delivery at 5,000 messages a second", unit: "%.2f ms", refName: relayDefault, target: "at most 1.5"}
	for n := range z.rounds {
		run := map[string]*tally{}
		saturated := func(kind string) {
			s := all[kind]
			m := &meter{pid: s.cmd.Process.Pid}
			t, err := s.saturate(z.long, m)
			if t != nil && t.spent {
				err = errors.Join(err, errors.New("an end had said all that a link may say: this machine needs more rooms"))
			}
			run[kind], fault = t, errors.Join(fault, m.fault, err)
		}
		paced := func(kind string, rate int) {
			s := all[kind]
			m := &meter{pid: s.cmd.Process.Pid}
			t, err := s.open(z.long, rate, m)
			run[kind], fault = t, errors.Join(fault, m.fault, err)
		}
		// Whoever goes first changes from round to round.
		order := append(slices.Clone(kinds[n%3:3]), kinds[:n%3]...)
		for _, kind := range order {
			saturated(kind)
		}
		if fault != nil {
			return nil, fault
		}
		equal.add(run["line"], run[relayEqual], us)
		plain.add(run["line"], run[relayPlain], us)
		full.add(run["line"], run[relayPlain], rate)
		for _, p := range []struct {
			rate int
			to   *row
		}{{1000, slow}, {5000, fast}} {
			pair := []string{"line", relayDefault}
			if n%2 == 1 {
				slices.Reverse(pair)
			}
			for _, kind := range pair {
				paced(kind, p.rate)
			}
			if fault != nil {
				return nil, fault
			}
			p.to.add(run["line"], run[relayDefault], p99)
		}
		fmt.Fprintf(progress, "round %d: CPU %.2f of %s, %.2f of %s; %.0f/s beside %.0f/s; p99 %.2f and %.2f ms beside %.2f and %.2f ms; others used %.0f %%\n",
			n+1, newest(equal.ratios()), relayEqual, newest(plain.ratios()), relayPlain, newest(full.ours), newest(full.ref),
			newest(slow.ours), newest(fast.ours), newest(slow.ref), newest(fast.ref), 100*median(equal.others[2*n:]))
	}
	for kind, s := range all {
		fault = errors.Join(fault, s.end())
		delete(all, kind)
	}
	return []*row{equal, plain, full, slow, fast}, fault
}

func newest(v []float64) float64 { return v[len(v)-1] }

// coldStarts starts the program again and again until its first page is there,
// on a line that is new and on one that has many notes.
func coldStarts(l *speedLine, z sizes, _ io.Writer) ([]*row, error) {
	r := &row{name: "cold start to the first page", unit: "%.0f ms", target: "at most 50 ms"}
	if err := starts(l, z.starts, r); err != nil {
		return nil, err
	}
	old, err := l.another("old")
	if err != nil {
		return nil, err
	}
	if err := fillNotes(filepath.Join(filepath.Dir(old.config), "data"), z.notes); err != nil {
		return nil, err
	}
	full := &row{name: fmt.Sprintf("the same with %d notes", z.notes), unit: "%.0f ms", target: "at most 50 ms"}
	if err := starts(old, z.starts, full); err != nil {
		return nil, err
	}
	rows := []*row{r, full}
	if err := os.RemoveAll(filepath.Dir(old.config)); err != nil { // it is large
		return nil, err
	}
	if name := os.Getenv(binaryEnv); name != "" {
		about, err := os.Stat(name)
		if err != nil {
			return nil, err
		}
		rows = append(rows, &row{name: "the program, one static file", unit: "%.1f MB", ours: []float64{float64(about.Size()) / 1e6}, target: "at most 20 MB"})
	}
	return rows, nil
}

// starts times n starts of the program on a line.
func starts(l *speedLine, n int, r *row) error {
	for range n {
		start := time.Now()
		c, err := startLine(l)
		if err != nil {
			return err
		}
		v := caller{addr: c.addr, from: source(1), host: speedTalk}
		answer, page, err := v.ask("GET", "/en/", "")
		r.ours = append(r.ours, float64(time.Since(start).Microseconds())/1000)
		v.close()
		if err == nil && (answer.StatusCode != 200 || !strings.Contains(page, "</html>")) {
			err = fmt.Errorf("the front page was answered %d", answer.StatusCode)
		}
		if err = errors.Join(err, c.stop()); err != nil {
			return err
		}
	}
	return nil
}
