package sim

import (
	"math"
	"math/bits"
	"sync/atomic"
	"time"
)

// Histogram counts durations in steps that grow with them: exact below 256
// microseconds, and within half a percent above. It holds up to twelve days. The
// zero value is empty and ready; it is safe for concurrent use.
type Histogram struct {
	steps [exact + octaves*perOctave]atomic.Int64
	n     atomic.Int64
	most  atomic.Int64 // microseconds
}

const (
	exact     = 256 // steps of one microsecond
	perOctave = 128 // steps from one power of two to the next
	octaves   = 32
)

// Add counts one duration; below zero counts as zero.
func (h *Histogram) Add(d time.Duration) {
	us := max(0, d.Microseconds())
	h.steps[stepOf(us)].Add(1)
	h.n.Add(1)
	for {
		most := h.most.Load()
		if us <= most || h.most.CompareAndSwap(most, us) {
			return
		}
	}
}

// N is how many were counted.
func (h *Histogram) N() int64 { return h.n.Load() }

// Max is the longest, to the microsecond.
func (h *Histogram) Max() time.Duration { return time.Duration(h.most.Load()) * time.Microsecond }

// Quantile is the duration that a share q of all does not exceed, 0 < q <= 1:
// the middle of its step. Zero when nothing was counted.
func (h *Histogram) Quantile(q float64) time.Duration {
	want := int64(math.Ceil(q * float64(h.N())))
	if want < 1 {
		return 0
	}
	for i := range h.steps {
		if want -= h.steps[i].Load(); want <= 0 {
			return min(middle(i), h.Max())
		}
	}
	return h.Max()
}

// stepOf is the step of so many microseconds.
func stepOf(us int64) int {
	if us < exact {
		return int(us)
	}
	octave := bits.Len64(uint64(us)) - 9 // 0 for 256 to 511
	if octave >= octaves {
		return exact + octaves*perOctave - 1
	}
	return exact + octave*perOctave + int(us>>(octave+1)) - perOctave
}

// middle is the duration in the middle of a step.
func middle(step int) time.Duration {
	if step < exact {
		return time.Duration(step) * time.Microsecond
	}
	octave := (step - exact) / perOctave
	low := int64((step-exact)%perOctave+perOctave) << (octave + 1)
	return time.Duration(low+int64(1)<<octave) * time.Microsecond
}
