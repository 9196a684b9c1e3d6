package sim

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestHistogramIsWithinOnePercentOfTheTruth(t *testing.T) {
	draw := rand.New(rand.NewPCG(4, 2))
	for _, longest := range []time.Duration{200 * time.Microsecond, time.Millisecond, time.Second, 3 * time.Hour} {
		var h Histogram
		all := make([]time.Duration, 0, 20_000)
		for range cap(all) {
			d := time.Duration(draw.Int64N(int64(longest))).Truncate(time.Microsecond)
			all = append(all, d)
			h.Add(d)
		}
		slices.Sort(all)
		for _, q := range []float64{0.01, 0.5, 0.9, 0.99, 0.999, 1} {
			want := all[min(len(all)-1, max(0, int(q*float64(len(all)))-1))]
			if got := h.Quantile(q); got < want-want/100 || got > want+want/100 {
				t.Errorf("up to %v: quantile %v is %v, truly %v", longest, q, got, want)
			}
		}
		if h.Max() != all[len(all)-1] || h.N() != int64(len(all)) {
			t.Errorf("up to %v: %d counted, the longest %v; truly %d and %v", longest, h.N(), h.Max(), len(all), all[len(all)-1])
		}
	}
}

func TestHistogramTakesTheEndsOfItsRange(t *testing.T) {
	var h Histogram
	if h.Quantile(0.5) != 0 || h.Max() != 0 {
		t.Error("an empty histogram tells times")
	}
	h.Add(-time.Second)
	if h.Max() != 0 || h.N() != 1 {
		t.Errorf("a time before its time counts as %v", h.Max())
	}
	h.Add(1 << 62)
	if h.N() != 2 || h.Quantile(1) <= 12*24*time.Hour {
		t.Errorf("the longest possible time counts as %v", h.Quantile(1))
	}
	for us := range int64(1 << 20) {
		at := middle(stepOf(us))
		if off := at - time.Duration(us)*time.Microsecond; off.Abs() > time.Duration(us)*time.Microsecond/200+time.Microsecond {
			t.Fatalf("%d us is counted as %v", us, at)
		}
	}
}
