package main

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// When memory is given back. A crowd that has come leaves as much garbage as it
// holds itself, and while it only waits nothing would collect that for minutes.
// Under load nothing is done: collecting then costs the conversations time.
const (
	tidyEvery = 10 * time.Second
	tidyApart = time.Minute // between two times
	tidyCalm  = 512 << 10   // bytes a second that are newly used: below this the line is calm
	tidyWorth = 16 << 20    // bytes that could be given back: below this it is not worth it
)

// usage is what the runtime knows of its heap, in bytes.
type usage struct {
	allocated uint64 // since the start, in all
	objects   uint64 // in use or garbage
	live      uint64 // of them in use, when that was last known
	free      uint64 // kept for later use
}

// tidier decides when memory is given back.
type tidier struct {
	last usage
	done time.Time
}

// due says whether it is time, a while after the last look.
func (t *tidier) due(u usage, since time.Duration, now time.Time) bool {
	fresh := u.allocated - t.last.allocated
	t.last = u
	spare := u.free
	if u.objects > u.live {
		spare += u.objects - u.live
	}
	if float64(fresh) > tidyCalm*since.Seconds() || spare < tidyWorth || now.Sub(t.done) < tidyApart {
		return false
	}
	t.done = now
	return true
}

// heapUsage asks the runtime.
func heapUsage() usage {
	s := []metrics.Sample{
		{Name: "/gc/heap/allocs:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/gc/heap/live:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
	}
	metrics.Read(s)
	return usage{s[0].Value.Uint64(), s[1].Value.Uint64(), s[2].Value.Uint64(), s[3].Value.Uint64()}
}

// tidy gives memory back in calm moments until ctx is done.
func tidy(ctx context.Context) {
	t := tidier{last: heapUsage()}
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			if t.due(heapUsage(), tidyEvery, now) {
				debug.FreeOSMemory()
			}
		}
	}
}
