package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"helpline/counsel"
)

// atOnce is how many try a wrong passphrase in the same moment.
const (
	atOnce     = 200
	atOnceName = "200 wrong logins at once"
)

// family is the resident memory of a process and of those it has started, the
// first by itself.
func family(pid int) (own, others int64) {
	own, _, _ = processUsage(pid)
	threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	for _, one := range threads {
		list, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, one.Name()))
		for _, f := range strings.Fields(string(list)) {
			if child, err := strconv.Atoi(f); err == nil {
				a, b := family(child)
				others += a + b
			}
		}
	}
	return own, others
}

// loginsAtOnce prints what 200 wrong logins in one moment cost: memory of the
// line and of the process in which passphrases are stretched, at its most, and
// the p99 of conversations.
func loginsAtOnce(b *testing.B, rounds int) {
	const mib = 1 << 20
	set := int64(counsel.RealCosts().MemoryKiB) << 10
	var p99s, grown []float64
	for round := range rounds {
		s := besiege(b)
		pid := s.child.Process.Pid
		var talkers sync.WaitGroup
		ctx, stop := context.WithCancel(b.Context())
		s.talk(ctx, &talkers)
		time.Sleep(warm)
		s.heard()
		time.Sleep(window)
		quiet := percentile(s.heard(), 0.99)
		own, others := family(pid)
		before := own + others
		var most, mostOwn, mostOthers atomic.Int64
		watched := make(chan struct{})
		watch, enough := context.WithCancel(ctx)
		go func() {
			defer close(watched)
			for watch.Err() == nil {
				own, others := family(pid)
				if own+others > most.Load() {
					most.Store(own + others)
					mostOwn.Store(own)
					mostOthers.Store(others)
				}
				time.Sleep(10 * time.Millisecond)
			}
		}()
		answers := map[int]int{}
		var mu sync.Mutex
		var all sync.WaitGroup
		begin := time.Now()
		for n := range atOnce {
			all.Go(func() {
				status, _ := s.raw(ctx, "POST", "desk", "/login", many(n), "", fmt.Sprintf("name=nobody+%d&passphrase=wrong", n))
				mu.Lock()
				defer mu.Unlock()
				answers[status]++
			})
		}
		all.Wait()
		took := time.Since(begin)
		loud := percentile(s.heard(), 0.99)
		enough()
		<-watched
		stop()
		talkers.Wait()
		s.end()
		p99s = append(p99s, float64(loud)/float64(quiet))
		grown = append(grown, float64(most.Load()-before)/mib)
		fmt.Printf("  round %d: p99 %v, flooded %v; memory %d MiB, at most %d (the line %d, the process apart %d); answered within %v: %v\n", round+1,
			quiet.Round(10*time.Microsecond), loud.Round(10*time.Microsecond), before/mib, most.Load()/mib, mostOwn.Load()/mib, mostOthers.Load()/mib,
			took.Round(100*time.Millisecond), answers)
	}
	slices.Sort(p99s)
	slices.Sort(grown)
	fmt.Printf("%s: p99 of conversations %.2f of quiet, memory grows by %.0f MiB (two working sets and 32 MiB are %d)\n",
		atOnceName, p99s[len(p99s)/2], grown[len(grown)/2], (2*set+32*mib)/mib)
}
