package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"

	"helpline/chat/wire"
)

// besetRate is how many messages a second are said meanwhile, and besetEvery how
// often somebody who waits gives up: then all others are told, every five seconds.
const (
	besetRate  = 1000
	besetEvery = 500 * time.Millisecond
)

// beset measures what conversations feel of everything at once: very many who
// wait and are told of the queue, and a flood of wrong logins. Beside it stands
// another line with as many conversations and nothing else.
func beset(l *speedLine, z sizes, progress io.Writer) (rows []*row, err error) {
	other, err := l.another("beset")
	if err != nil {
		return nil, err
	}
	full, err := other.talking("line", z.rooms)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, full.end()) }()
	crowd, err := newDriver()
	if err != nil {
		return nil, err
	}
	defer crowd.close()
	var calm *subject
	if err := full.meanwhile(func() error {
		if _, err := come(crowd, z.waiting, func(no int) (*talker, error) {
			t, _, _, err := other.visitor(full.addr, 1<<19+no, true)
			return t, err
		}); err != nil {
			return err
		}
		return crowd.meanwhile(func() (err error) {
			calm, err = l.talking("line", z.rooms)
			return err
		})
	}); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, calm.end()) }()
	fmt.Fprintf(progress, "%d wait\n", z.waiting)
	over, waited := make(chan struct{}), make(chan error, 1)
	go func() { waited <- crowd.waits(over, besetEvery) }()
	defer func() {
		close(over)
		err = errors.Join(err, <-waited)
	}()

	r := &row{
		name: fmt.Sprintf("p99 of delivery at %d messages a second, %d waiting, broadcasts, a flood of logins", besetRate, z.waiting),
		unit: "%.2f ms", refName: "quiet", target: "at most 2",
	}
	p99 := func(t *tally) float64 { return t.quantile(0.99) / 1000 }
	for n := range z.rounds {
		run := map[*subject]*tally{}
		pair := []*subject{calm, full}
		if n%2 == 1 {
			slices.Reverse(pair)
		}
		for _, s := range pair {
			m := &meter{pid: s.cmd.Process.Pid}
			var t *tally
			var err error
			if s == calm {
				t, err = s.open(z.long, besetRate, m)
			} else {
				end := floodLogins(s.addr)
				t, err = s.open(z.long*5/2, besetRate, m) // long enough for a broadcast
				end()
			}
			if err = errors.Join(err, m.fault); err != nil {
				return nil, err
			}
			run[s] = t
		}
		r.add(run[full], run[calm], p99)
		fmt.Fprintf(progress, "round %d: p99 %.2f ms beside %.2f quiet\n", n+1, newest(r.ours), newest(r.ref))
	}
	return []*row{r}, nil
}

// meanwhile plays those who are there while something else is done, which may
// take longer than a link may be silent.
func (d *driver) meanwhile(do func() error) error {
	over, waited := make(chan struct{}), make(chan error, 1)
	go func() { waited <- d.waits(over, time.Hour) }()
	err := do()
	close(over)
	return errors.Join(err, <-waited)
}

// waits plays those who wait: they answer pings, and every so often one gives up.
func (d *driver) waits(over <-chan struct{}, every time.Duration) error {
	d.begin()
	defer runtime.UnlockOSThread()
	left := time.Now()
	for {
		select {
		case <-over:
			return d.fault
		default:
		}
		d.pump(50 * time.Millisecond)
		if time.Since(left) < every {
			continue
		}
		left = time.Now()
		i := slices.IndexFunc(d.riders, func(r *rider) bool { return r != nil })
		if i < 0 {
			continue
		}
		r := d.riders[i]
		d.send(r, wire.Append(nil, &wire.Frame{Kind: wire.Leave, Reason: "left"}))
		_ = syscall.EpollCtl(d.poll, syscall.EPOLL_CTL_DEL, r.fd, nil)
		d.riders[i] = nil
		_ = r.file.Close()
	}
}

// floodLogins tries wrong passphrases from very many addresses, some hundred a
// second, until its answer is called. Who waits for an answer then goes away.
func floodLogins(addr string) (end func()) {
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	next := make(chan int)
	all.Go(func() {
		defer close(next)
		tick := time.NewTicker(floodEvery)
		defer tick.Stop()
		for no := 0; ctx.Err() == nil; no++ {
			select {
			case <-ctx.Done():
			case <-tick.C:
				select {
				case <-ctx.Done():
				case next <- no:
				}
			}
		}
	})
	for range floodHands {
		all.Go(func() {
			for no := range next {
				c := caller{addr: addr, from: source(1<<20 + no%4096), host: speedDesk}
				if c.open() != nil {
					continue
				}
				conn := c.conn
				leave := context.AfterFunc(ctx, func() { _ = conn.Close() })
				_, _, _ = c.ask("POST", "/login", fmt.Sprintf("name=nobody+%d&passphrase=wrong", no)) // however it is answered
				leave()
				c.close()
			}
		})
	}
	return func() {
		stop()
		all.Wait()
	}
}
