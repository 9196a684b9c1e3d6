package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"strings"
	"syscall"
	"testing"
	"time"
)

// speedMain is what this test binary is as a child of the measurements, or as
// the measurements themselves.
func speedMain(role string) error {
	switch role {
	case "table":
		return speedTable()
	case "line":
		return speedServe()
	}
	return relayMain(role)
}

// speedServe runs the program as its main function would.
func speedServe() error {
	if name := os.Getenv(profileEnv); name != "" {
		f, err := os.Create(name)
		if err != nil {
			return err
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
		ask := make(chan os.Signal, 1)
		signal.Notify(ask, syscall.SIGUSR1)
		go func() {
			for range ask {
				if f, err := os.Create(name + ".heap"); err == nil {
					_ = pprof.Lookup("heap").WriteTo(f, 0)
					_ = f.Close()
				}
			}
		}()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := &place{env: noEnv, in: os.Stdin, out: os.Stdout, err: os.Stderr, costs: realCosts()}
	if code := run(ctx, os.Args[1:], p); code != exitDone {
		return fmt.Errorf("ended with %d", code)
	}
	return nil
}

// subject is a server that is measured, and the driver of its rooms.
type subject struct {
	*served
	*driver
}

func (s *subject) end() error {
	s.close()
	return s.stop()
}

// startLine starts the program on a line.
func startLine(l *speedLine, more ...string) (*served, error) {
	args := append([]string{"serve", "--throwaway", "--config", l.config}, more...)
	if name := os.Getenv(binaryEnv); name != "" {
		return spawn(name, "", args...)
	}
	return spawn(os.Args[0], "line", args...)
}

// talking starts the line, or a bare relay, and brings rooms about.
func (l *speedLine) talking(kind string, rooms int) (*subject, error) {
	start := func() (*served, error) { return spawn(os.Args[0], kind) }
	fill := relayRooms
	if kind == "line" {
		start, fill = func() (*served, error) { return startLine(l) }, l.rooms
	}
	c, err := start()
	if err != nil {
		return nil, err
	}
	d, err := newDriver()
	if err != nil {
		return nil, errors.Join(err, c.stop())
	}
	s := &subject{c, d}
	if err := fill(c.addr, d, rooms); err != nil {
		return nil, errors.Join(err, s.end())
	}
	return s, nil
}

// TestTheLoadGeneratorCountsRight: what the ratios are made of is counted as it
// is, on the program and beside it on the bare relays.
func TestTheLoadGeneratorCountsRight(t *testing.T) {
	t.Parallel()
	l, err := speedFound(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	const rooms = 4
	for _, c := range []struct {
		kind    string
		out     int // frames to the pages for each message
		outSize int // and their bytes
	}{
		{"line", 2, 260 + 500},
		{relayEqual, 2, 260 + 500},
		{relayPlain, 1, 500},
		{relayDefault, 1, 500},
	} {
		t.Run(c.kind, func(t *testing.T) {
			s, err := l.talking(c.kind, rooms)
			if err != nil {
				t.Fatal(err)
			}
			m := &meter{pid: s.cmd.Process.Pid}
			full, err := s.saturate(100*time.Millisecond, m)
			if err != nil {
				t.Fatal(err)
			}
			if full.delivered == 0 && !full.spent || c.kind == "line" && full.delivered > 2*rooms*mostSaid {
				t.Errorf("%d messages were delivered in the saturated run", full.delivered)
			}
			all := *s.run
			// Beside them the line may say that an end is weak, while the machine has no time for it.
			all.out, all.outByte = all.out-all.beside, all.outByte-all.besideByte
			last := all.out - c.out*all.said // the marks that nothing took along: one a message at most
			if all.said != all.delivered || all.in != all.said || last < 0 || last > all.said || all.inBytes != 504*all.in || all.outByte != c.outSize*all.said+260*last {
				t.Errorf("%d messages said, %d delivered, %d frames and %d bytes in, %d and %d out, and %d frames of %d bytes beside them", all.said, all.delivered, all.in, all.inBytes, all.out, all.outByte, all.beside, all.besideByte)
			}
			paced, err := s.open(400*time.Millisecond, 100, m)
			if err != nil {
				t.Fatal(err)
			}
			if paced.said != 40 || paced.delivered != 40 || len(paced.late) != 40 || paced.quantile(0.99) <= 0 || paced.took < 390*time.Millisecond {
				t.Errorf("of 40 messages %d were said, %d delivered and %d timed, in %s", paced.said, paced.delivered, len(paced.late), paced.took)
			}
			if err := errors.Join(m.fault, s.end()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestTheLoadGeneratorSeesWhatIsWrong: a message that is lost, doubled or out
// of order is not counted as delivered well.
func TestTheLoadGeneratorSeesWhatIsWrong(t *testing.T) {
	message := func(no string) []byte {
		return []byte(`{"k":"say","id":"x","seen":0,"body":"{\"text\":\"` + no + filler + `\"}"}`)
	}
	for _, c := range []struct {
		name  string
		come  []string
		wrong bool
	}{
		{"in order", []string{"0000000001", "0000000002"}, false},
		{"one is missing", []string{"0000000001", "0000000003"}, true},
		{"one comes twice", []string{"0000000001", "0000000001"}, true},
		{"the second comes first", []string{"0000000002", "0000000001"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &driver{run: new(tally)}
			r := &rider{mate: new(rider)}
			for _, no := range c.come {
				d.text(r, message(no), 0)
			}
			if (d.run.wrong > 0) != c.wrong || d.fault != nil {
				t.Errorf("wrong: %d, fault: %v", d.run.wrong, d.fault)
			}
		})
	}
}

// TestTheTableIsMade runs all of make bench, very small: every row is there,
// none has failed, and what it says is a number.
func TestTheTableIsMade(t *testing.T) {
	t.Parallel()
	var out, progress strings.Builder
	z := sizes{rounds: 2, rooms: 40, long: 150 * time.Millisecond, waiting: 20, talks: 3, starts: 1, settle: 50 * time.Millisecond, notes: 30}
	if err := measure(z, &out, &progress); err != nil {
		t.Fatalf("%v\n%s", err, &progress)
	}
	table := out.String()
	for _, want := range []string{
		"ROUNDS=2 make bench", "cold start", "saturated", "one frame in, one frame out", "1,000 messages a second",
		"5,000 messages a second", "20 who come at once", "20 who wait", "3 conversations", "with 30 notes", "a flood of logins",
	} {
		if !strings.Contains(table, want) {
			t.Errorf("the table does not speak of %s:\n%s", want, table)
		}
	}
	for _, not := range []string{"failed", "NaN", "Inf", "| - | - | - | - |"} {
		if strings.Contains(table, not) {
			t.Errorf("the table says %s:\n%s", not, table)
		}
	}
}
