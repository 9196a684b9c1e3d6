package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"helpline/chat/wire"
)

// joiners is how many come at the same moment.
const joiners = 64

// come lets n people come as fast as they can and gives their ends to a driver,
// which plays those who are there already meanwhile.
func come(d *driver, n int, one func(no int) (*talker, error)) (time.Duration, error) {
	type joined struct {
		r   *rider
		err error
	}
	there := make(chan joined, joiners)
	var wg sync.WaitGroup
	var next atomic.Int64
	start := time.Now()
	for range joiners {
		wg.Go(func() {
			for {
				no := int(next.Add(1))
				if no > n {
					return
				}
				t, err := one(no)
				var r *rider
				if err == nil {
					r, err = t.rider(no, true)
				}
				if err != nil {
					err = fmt.Errorf("number %d: %w", no, err)
					next.Store(int64(n))
				}
				there <- joined{r, err}
			}
		})
	}
	go func() {
		wg.Wait()
		close(there)
	}()
	var fault error
	var took time.Duration
	d.begin()
	for {
		select {
		case j, more := <-there:
			if !more {
				return took, errors.Join(fault, d.fault)
			}
			if j.err == nil {
				j.err = d.add(j.r)
			}
			fault = errors.Join(fault, j.err)
			took = time.Since(start)
		default:
			d.pump(time.Millisecond)
		}
	}
}

// crowds lets many come and wait: on the line, beside them on a bare relay.
func crowds(l *speedLine, z sizes, progress io.Writer) ([]*row, error) {
	storm := &row{name: fmt.Sprintf("%d who come at once: page and live link, a second", z.waiting), unit: "%.0f", refName: relayPlain, target: "at least 0.7"}
	early := &row{name: fmt.Sprintf("memory of each of %d who wait, just after they came", z.waiting), unit: "%.1f KiB"}
	late := &row{name: fmt.Sprintf("the same, %s later", z.settle), unit: "%.1f KiB", target: "at most 12 KiB, aim 10"}
	ours, size, err := l.crowd(z, early, late)
	if err != nil {
		return nil, err
	}
	ref, err := relayCrowd(relayPlain, z.waiting, size)
	if err != nil {
		return nil, err
	}
	rate := func(t *tally) float64 { return float64(z.waiting) / t.took.Seconds() }
	storm.add(ours, ref, rate)
	fmt.Fprintf(progress, "%.0f/s beside %.0f/s; %.1f KiB each, then %.1f\n", rate(ours), rate(ref), newest(early.ours), newest(late.ours))
	return []*row{storm, early, late}, nil
}

// crowd is that on the line. It gives the size of the page, too.
func (l *speedLine) crowd(z sizes, early, late *row) (t *tally, size int, err error) {
	s, err := l.talking("line", 1) // somebody is on duty, and everything has been used once
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, s.end()) }()
	m := &meter{pid: s.cmd.Process.Pid}
	v, _, size, err := l.visitor(s.addr, 1<<20, true)
	if err != nil {
		return nil, 0, err
	}
	defer v.conn.Close()
	before, err := resident(m.pid)
	if err != nil {
		return nil, 0, err
	}
	t = new(tally)
	m.begin()
	t.took, err = come(s.driver, z.waiting, func(no int) (*talker, error) {
		t, _, _, err := l.visitor(s.addr, 1<<16+no, true)
		return t, err
	})
	if m.end(t); err != nil {
		return nil, 0, errors.Join(err, m.fault)
	}
	s.begin()
	for _, r := range []*row{early, late} {
		after, err := resident(m.pid)
		if err != nil {
			return nil, 0, err
		}
		r.ours = append(r.ours, float64(after-before)/float64(z.waiting)/1024)
		if r == early {
			s.pump(z.settle) // broadcasts of the queue, pings, and whatever the server tidies up
		}
	}
	if name := os.Getenv(profileEnv); name != "" {
		_ = s.cmd.Process.Signal(syscall.SIGUSR1)
		s.pump(time.Second)
	}
	return t, size, errors.Join(m.fault, s.fault)
}

// talks weighs conversations in which everybody has said something.
func talks(l *speedLine, z sizes, _ io.Writer) (rows []*row, err error) {
	s, err := l.talking("line", 1)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.end()) }()
	m := &meter{pid: s.cmd.Process.Pid}
	before, err := resident(m.pid)
	if err != nil {
		return nil, err
	}
	if err := l.more(s, z.talks); err != nil {
		return nil, err
	}
	const each = 10 // messages of each of the two
	t, err := s.open(time.Duration(z.talks)*2*each*time.Second/2000, 2000, m)
	if err != nil {
		return nil, err
	}
	if t.wrong > 0 || t.said != t.delivered {
		return nil, fmt.Errorf("%d messages said, %d delivered", t.said, t.delivered)
	}
	r := &row{name: fmt.Sprintf("memory of each of %d conversations, %d messages each", z.talks, 2*each), unit: "%.1f KiB", target: "at most 40 KiB", others: []float64{t.others}}
	after, err := resident(m.pid)
	r.ours = append(r.ours, float64(after-before)/float64(z.talks)/1024)
	return []*row{r}, err
}

// relayCrowd measures n who load a page of a size and open a connection to the
// bare relay.
func relayCrowd(kind string, n, size int) (t *tally, err error) {
	c, err := spawn(os.Args[0], kind)
	if err != nil {
		return nil, err
	}
	d, err := newDriver()
	if err != nil {
		return nil, errors.Join(err, c.stop())
	}
	m := &meter{pid: c.cmd.Process.Pid}
	t = new(tally)
	s := &subject{c, d}
	defer func() { err = errors.Join(err, s.end()) }()
	m.begin()
	t.took, err = come(d, n, func(no int) (*talker, error) {
		v := caller{addr: c.addr, from: source(1<<16 + no), host: speedTalk}
		defer v.close()
		answer, _, err := v.ask("POST", "/start", "door=self&version=1")
		if err != nil {
			return nil, err
		}
		v.cookie = cookieIn(answer, "__Host-place")
		if _, _, err = v.ask("GET", "/page/"+strconv.Itoa(size), ""); err != nil {
			return nil, err
		}
		t, err := v.upgrade("/wait")
		if err != nil {
			return nil, err
		}
		if err = t.send(&wire.Frame{Kind: wire.Hello, V: wire.Version, Round: 1, Upto: -1, Secret: secretOf(no)}); err == nil {
			err = t.any()
		}
		return t, err
	})
	m.end(t)
	return t, errors.Join(err, m.fault)
}

// openFiles lets this process and its children have as many connections as the
// measurements need.
func openFiles(n int) error {
	var lim syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &lim); err != nil {
		return err
	}
	if lim.Max < uint64(n) {
		return fmt.Errorf("at most %d open files are allowed here, and %d are needed: ulimit -n", lim.Max, n)
	}
	lim.Cur = lim.Max
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &lim)
}

// processor is the name of the machine's CPU.
func processor() string {
	b, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(b)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}
