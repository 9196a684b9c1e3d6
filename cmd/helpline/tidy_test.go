package main

import (
	"testing"
	"time"
)

func TestMemoryIsGivenBackOnlyInCalmMoments(t *testing.T) {
	const mb = 1 << 20
	start := time.Now()
	for _, c := range []struct {
		name  string
		last  usage
		now   usage
		done  time.Duration // since the last time
		given bool
	}{
		{"a crowd has come and waits", usage{allocated: 100 * mb}, usage{101 * mb, 90 * mb, 45 * mb, 0}, time.Hour, true},
		{"pages that were closed left room", usage{allocated: 100 * mb}, usage{101 * mb, 40 * mb, 40 * mb, 20 * mb}, time.Hour, true},
		{"the crowd is still coming", usage{allocated: 100 * mb}, usage{110 * mb, 90 * mb, 45 * mb, 0}, time.Hour, false},
		{"there is little to give", usage{allocated: 100 * mb}, usage{101 * mb, 40 * mb, 30 * mb, 5 * mb}, time.Hour, false},
		{"it was done a moment ago", usage{allocated: 100 * mb}, usage{101 * mb, 90 * mb, 45 * mb, 0}, 59 * time.Second, false},
		{"more is live than there are objects left", usage{allocated: 100 * mb}, usage{101 * mb, 40 * mb, 60 * mb, 0}, time.Hour, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := tidier{last: c.last, done: start.Add(-c.done)}
			if got := d.due(c.now, 10*time.Second, start); got != c.given {
				t.Errorf("given back: %v", got)
			}
		})
	}
}

func TestTheRuntimeTellsItsUsage(t *testing.T) {
	u := heapUsage()
	if u.allocated == 0 || u.objects == 0 || u.objects > u.allocated {
		t.Errorf("usage %+v", u)
	}
}
