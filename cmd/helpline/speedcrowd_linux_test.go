package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"helpline/chat/wire"
)

// gathering is what happened while many came to wait.
type gathering struct {
	n        int
	perSec   float64 // page and live link, first to last
	resident float64 // bytes for each, a while later
	quiet    float64 // and after the server has had time to tidy up
}

// joiners is how many come at the same moment.
const joiners = 64

// come lets n people come as fast as they can and gives their ends to a driver.
func come(d *driver, n int, one func(no int) (*talker, error)) (time.Duration, error) {
	var wg sync.WaitGroup
	var next atomic.Int64
	var mu sync.Mutex
	var fault error
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
				mu.Lock()
				if err == nil {
					err = d.add(r)
				}
				if err != nil {
					fault = errors.Join(fault, fmt.Errorf("number %d: %w", no, err))
					next.Store(int64(n))
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return time.Since(start), fault
}

// crowdOf measures n people who come and wait on the line.
func (l *speedLine) crowdOf(n int) (c gathering, size int, err error) {
	s, err := l.talking("line", 1) // somebody is on duty, and everything has been used once
	if err != nil {
		return c, 0, err
	}
	defer func() { err = errors.Join(err, s.end()) }()
	pid := s.cmd.Process.Pid
	v, _, size, err := l.visitor(s.addr, 1<<20, true)
	if err != nil {
		return c, 0, err
	}
	defer v.conn.Close()
	before, err := resident(pid)
	if err != nil {
		return c, 0, err
	}
	took, err := come(s.driver, n, func(no int) (*talker, error) {
		t, _, _, err := l.visitor(s.addr, 1<<16+no, true)
		return t, err
	})
	if err != nil {
		return c, 0, err
	}
	c.n, c.perSec = n, float64(n)/took.Seconds()
	s.begin()
	s.pump(11 * time.Second) // two broadcasts of the queue
	after, err := resident(pid)
	if err != nil {
		return c, 0, err
	}
	c.resident = float64(after-before) / float64(n)
	fmt.Fprintf(os.Stderr, "before %d after %d\n", before>>10, after>>10)
	if os.Getenv(profileEnv) != "" {
		_ = s.cmd.Process.Signal(syscall.SIGUSR1)
		s.pump(time.Second)
	}
	if s.fault != nil {
		return c, 0, s.fault
	}
	return c, size, nil
}

// relayCrowd measures n who load a page of a size and open a connection to the
// bare relay.
func relayCrowd(kind string, n, size int) (perSec float64, err error) {
	c, err := spawn(os.Args[0], kind, nil)
	if err != nil {
		return 0, err
	}
	d, err := newDriver()
	if err != nil {
		return 0, errors.Join(err, c.stop())
	}
	s := &subject{c, d}
	defer func() { err = errors.Join(err, s.end()) }()
	took, err := come(d, n, func(no int) (*talker, error) {
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
	return float64(n) / took.Seconds(), err
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
