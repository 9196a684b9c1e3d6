package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"sync"
	"time"
)

// floodingEnv makes this test binary the machines of a flood: a process of its
// own, with the lowest priority. In earnest a flood comes from elsewhere; here
// whoever makes it must not take the processors from the line and from those
// who measure.
const floodingEnv = "HELPLINE_TEST_FLOODING"

// orders are what such a process is told.
type orders struct{ Name, Addr, Idle, Version string }

// loosed is a flood on its way.
type loosed struct {
	s   *siege
	cmd *exec.Cmd
	in  io.Closer
	out *bufio.Scanner
}

// loose lets a flood loose.
func (s *siege) loose(name string) *loosed {
	text, err := json.Marshal(orders{name, s.w.addr, s.idle, s.version})
	if err != nil {
		s.b.Fatal(err)
	}
	cmd := exec.Command("nice", "-n", "19", os.Args[0])
	cmd.Env = append(os.Environ(), floodingEnv+"="+string(text))
	in, err := cmd.StdinPipe()
	if err != nil {
		s.b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.b.Fatal(err)
	}
	return &loosed{s, cmd, in, bufio.NewScanner(out)}
}

// answers waits for the end of the flood, and says how it was answered. What it
// holds open stays open.
func (l *loosed) answers() (by map[int]int) {
	if !l.out.Scan() {
		l.s.b.Fatal("the flood has ended without a word")
	}
	if err := json.Unmarshal(l.out.Bytes(), &by); err != nil {
		l.s.b.Fatal(err)
	}
	return by
}

// end takes what it holds open away.
func (l *loosed) end() {
	_ = l.in.Close()
	_ = l.cmd.Wait()
}

// flooding is such a process, until its input ends.
func flooding(text string) int {
	var o orders
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return 1
	}
	at := slices.IndexFunc(floods, func(one kind) bool { return one.name == o.Name })
	if at < 0 {
		return 1
	}
	s := &siege{w: &world{addr: o.Addr}, idle: o.Idle, version: o.Version, loud: &http.Transport{MaxIdleConnsPerHost: floodHands}}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	// It ends with its time: a hand that waits behind a place of work gives up.
	// Who waits as asked goes on for as long as is looked.
	limit := floodCount*floodEvery + 5*time.Second
	asks, enough := context.WithTimeout(ctx, limit)
	defer enough()
	var held sync.Map
	answers := flood(asks, func(asks context.Context, n int) int {
		if floods[at].reads > 0 {
			asks = ctx
		}
		return floods[at].do(asks, s, &held, n)
	})
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		return 1
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}
