package rota

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"
)

// printed compares with a value as it is printed, to all its digits.
func printed(t *testing.T, what string, got float64, want string) {
	t.Helper()
	dot := 0
	for i, r := range want {
		if r == '.' {
			dot = len(want) - i - 1
		}
	}
	text := strconv.FormatFloat(got, 'f', dot, 64)
	if want[0] == '.' {
		want = "0" + want
	}
	if text != want {
		t.Errorf("%s is %v, want %s", what, got, want)
	}
}

func TestErlangGivesTheReferenceValuesToAllPrintedDigits(t *testing.T) {
	const twenty = 20.0 / 180 // seconds, in conversations of 180
	for _, c := range []struct {
		n           int
		waits, soon string
		asa         string
	}{
		{14, ".1741319", ".88835", "7.83593701"},
		{11, ".6821182", ".3896138", ""},
	} {
		waits, err := ErlangC(c.n, 10)
		if err != nil {
			t.Fatal(err)
		}
		printed(t, "the share that waits", waits, c.waits)
		soon, err := ErlangCWithin(c.n, 10, twenty)
		if err != nil {
			t.Fatal(err)
		}
		printed(t, "the share within 20 s", soon, c.soon)
		if c.asa != "" {
			mean, err := ErlangCWait(c.n, 10)
			if err != nil {
				t.Fatal(err)
			}
			printed(t, "the mean wait", mean*180, c.asa)
		}
	}
	// Erlang's own table: 1 % are lost with 4.46 erlangs on 10 lines, and 10 erlangs on 10 lose 21.46 %.
	b, err := ErlangB(10, 10)
	if err != nil {
		t.Fatal(err)
	}
	printed(t, "the share lost of 10 erlangs on 10", b, ".2146")
	// Three chats an hour of 45 minutes, within two minutes.
	for n, want := range map[int]string{3: ".45", 4: ".78", 5: ".92"} {
		soon, err := ErlangCWithin(n, 3*0.75, 2.0/45)
		if err != nil {
			t.Fatal(err)
		}
		printed(t, "helpline size with "+strconv.Itoa(n), soon, want)
	}
}

func TestErlangDoesNotOverflowForLargeLines(t *testing.T) {
	for _, n := range []int{170, 1_000, 100_000} {
		load := float64(n) * 0.99
		b, err := ErlangB(n, load)
		if err != nil || !(b > 0 && b < 1) {
			t.Errorf("B(%d) is %v, %v", n, b, err)
		}
		c, err := ErlangC(n, load)
		if err != nil || !(c > b && c < 1) {
			t.Errorf("C(%d) is %v, %v", n, c, err)
		}
	}
	f, err := ErlangA(Traffic{Rate: 10_000, Handle: time.Hour, Patience: 5 * time.Minute}, Crew{People: 200, Each: 10, Queue: 1_000})
	if err != nil || !(f.Answered > 0.19 && f.Answered < 0.21) || math.Abs(f.Answered+f.Left+f.Refused-1) > 1e-12 {
		t.Errorf("a flood gives %+v, %v", f, err)
	}
}

func TestErlangCFallsWithEveryPersonMore(t *testing.T) {
	for _, load := range []float64{0.01, 0.5, 2.25, 10, 97.3} {
		last := 1.0
		for n := 1; n < 200; n++ {
			c, err := ErlangC(n, load)
			if err != nil {
				t.Fatal(err)
			}
			if c > last || c < last && last == 1 && float64(n) <= load {
				t.Fatalf("C(%d, %v) is %v after %v", n, load, c, last)
			}
			if float64(n) > load+1 && n < 30 && !(c < last) {
				t.Fatalf("C(%d, %v) is %v and does not fall", n, load, c)
			}
			last = c
		}
	}
}

func TestErlangRefusesWhatIsNoLoad(t *testing.T) {
	for _, c := range []struct {
		n    int
		load float64
	}{{-1, 1}, {1, -0.1}, {1, math.NaN()}, {1, math.Inf(1)}, {mostServers + 1, 1}} {
		if _, err := ErlangB(c.n, c.load); err == nil {
			t.Errorf("B(%d, %v) is taken", c.n, c.load)
		}
		if _, err := ErlangC(c.n, c.load); err == nil {
			t.Errorf("C(%d, %v) is taken", c.n, c.load)
		}
		if _, err := ErlangCWithin(c.n, c.load, 1); err == nil {
			t.Errorf("C(%d, %v) within is taken", c.n, c.load)
		}
	}
	if _, err := ErlangCWithin(1, 0.5, math.NaN()); err == nil {
		t.Error("a wait of NaN is taken")
	}
}

// somewhere draws a line of a likely size.
func somewhere(r *rand.Rand) (Traffic, Crew) {
	calls := Traffic{
		Rate:     math.Exp(r.Float64()*8 - 2),
		Handle:   time.Duration(1+r.IntN(120)) * time.Minute,
		Patience: []time.Duration{0, 10 * time.Second, time.Minute, 10 * time.Minute, time.Hour, Forever}[r.IntN(6)],
	}
	return calls, Crew{People: r.IntN(30), Each: 1 + r.IntN(3), Queue: []int{0, 1, 7, 200}[r.IntN(4)]}
}

func TestErlangASumsToOneAndBoundsWhatItShould(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		tr, c := somewhere(r)
		sum := 0.0
		for _, p := range tr.chances(c) {
			if !(p >= 0 && p <= 1) {
				t.Fatalf("%+v %+v: a chance of %v", tr, c, p)
			}
			sum += p
		}
		if math.Abs(sum-1) > 1e-12 {
			t.Fatalf("%+v %+v: the chances sum to %v", tr, c, sum)
		}
		f, err := ErlangA(tr, c)
		if err != nil {
			t.Fatalf("%+v %+v: %v", tr, c, err)
		}
		if total := f.Answered + f.Left + f.Refused; math.Abs(total-1) > 1e-9 || min(f.Answered, f.Left, f.Refused, f.Waits) < 0 || f.Wait < 0 {
			t.Fatalf("%+v %+v gives %+v", tr, c, f)
		}
		now, err := tr.Within(c, 0)
		later, err2 := tr.Within(c, 30*time.Minute)
		if err != nil || err2 != nil || now < 0 || later < now-1e-9 || later > f.Answered+1e-9 {
			t.Fatalf("%+v %+v: within 0 %v, within 30 min %v, of %v answered", tr, c, now, later, f.Answered)
		}
		if math.Abs(now-(1-f.Waits)) > 1e-9 {
			t.Fatalf("%+v %+v: %v are answered at once and %v wait", tr, c, now, f.Waits)
		}
		more, err := ErlangA(tr, Crew{c.People + 1, c.Each, c.Queue})
		if err != nil || more.Answered < f.Answered-1e-9 {
			t.Fatalf("%+v %+v: one more answers %v after %v", tr, c, more.Answered, f.Answered)
		}
	}
}

func TestErlangATendsToCAsPeopleWaitAndToBAsTheyDoNot(t *testing.T) {
	for _, c := range []struct {
		n    int
		load float64
	}{{3, 2.25}, {5, 2.25}, {11, 10}, {14, 10}} {
		tr := Traffic{Rate: c.load * 4, Handle: 15 * time.Minute}
		crew := Crew{People: c.n, Each: 1, Queue: 1_000}

		wantB, _ := ErlangB(c.n, c.load)
		f, err := ErlangA(tr, crew)
		if err != nil || math.Abs(f.Left-wantB) > 1e-12 {
			t.Errorf("with no patience %v leave, want B %v, %v", f.Left, wantB, err)
		}
		crew.Queue = 0
		f, err = ErlangA(tr, crew)
		if err != nil || math.Abs(f.Refused-wantB) > 1e-12 {
			t.Errorf("without places %v are refused, want B %v, %v", f.Refused, wantB, err)
		}
		crew.Queue = 1_000

		wantC, _ := ErlangC(c.n, c.load)
		last := 0.0
		for _, p := range []time.Duration{time.Minute, 10 * time.Minute, time.Hour, 24 * time.Hour, Forever} {
			tr.Patience = p
			if f, err = ErlangA(tr, crew); err != nil {
				t.Fatal(err)
			}
			if f.Waits < last {
				t.Errorf("with patience %s fewer wait: %v after %v", p, f.Waits, last)
			}
			last = f.Waits
		}
		if math.Abs(last-wantC) > 1e-9 {
			t.Errorf("with endless patience %v wait, want C %v", last, wantC)
		}
		mean, _ := ErlangCWait(c.n, c.load)
		if got := f.Wait.Seconds(); math.Abs(got-mean*15*60) > 1e-5*got+1e-6 {
			t.Errorf("with endless patience the mean wait is %v s, want %v", got, mean*15*60)
		}
		for _, limit := range []time.Duration{0, 20 * time.Second, 2 * time.Minute, 30 * time.Minute} {
			want, _ := ErlangCWithin(c.n, c.load, limit.Minutes()/15)
			if got, err := tr.Within(crew, limit); err != nil || math.Abs(got-want) > 1e-7 {
				t.Errorf("%d with %v: within %s %v, want %v, %v", c.n, c.load, limit, got, want, err)
			}
		}
	}
}

// TestErlangAIsWhatASimulationSees plays a line by chance, with an other way of
// working than the one that is tested.
func TestErlangAIsWhatASimulationSees(t *testing.T) {
	tr := Traffic{Rate: 6, Handle: 45 * time.Minute, Patience: 10 * time.Minute}
	crew := Crew{People: 2, Each: 2, Queue: 5}
	const limit = 2 * time.Minute
	want, err := ErlangA(tr, crew)
	if err != nil {
		t.Fatal(err)
	}
	soon, err := tr.Within(crew, limit)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(7, 7))
	const n = 300_000
	var busy []float64 // when each place gets free
	type waiter struct{ came, goes float64 }
	var queue []waiter
	var at, answered, left, refused, quick float64
	serve := func(now float64) { busy = append(busy, now+r.ExpFloat64()*tr.Handle.Hours()) }
	advance := func(to float64) {
		for {
			next, what, which := to, "", -1
			for i, b := range busy {
				if b < next {
					next, what, which = b, "free", i
				}
			}
			for i, q := range queue {
				if q.goes < next {
					next, what, which = q.goes, "goes", i
				}
			}
			switch what {
			case "free":
				busy = append(busy[:which], busy[which+1:]...)
				if len(queue) > 0 {
					answered++
					if next-queue[0].came <= limit.Hours() {
						quick++
					}
					queue = queue[1:]
					serve(next)
				}
			case "goes":
				left++
				queue = append(queue[:which:which], queue[which+1:]...)
			default:
				return
			}
		}
	}
	for range n {
		at += r.ExpFloat64() / tr.Rate
		advance(at)
		switch {
		case len(busy) < crew.People*crew.Each:
			answered++
			quick++
			serve(at)
		case len(queue) < crew.Queue:
			queue = append(queue, waiter{at, at + r.ExpFloat64()*tr.Patience.Hours()})
		default:
			refused++
		}
	}
	for what, pair := range map[string][2]float64{
		"answered": {answered / n, want.Answered}, "left": {left / n, want.Left}, "refused": {refused / n, want.Refused}, "within two minutes": {quick / n, soon},
	} {
		if math.Abs(pair[0]-pair[1]) > 0.006 {
			t.Errorf("%s: the simulation sees %.4f, the formula %.4f", what, pair[0], pair[1])
		}
	}
}

func TestErlangAOfNobodyIsSaidAndNotDivided(t *testing.T) {
	for _, c := range []struct {
		tr   Traffic
		crew Crew
		want Flow
	}{
		{Traffic{0, time.Hour, time.Minute}, Crew{2, 1, 5}, Flow{Answered: 1}},
		{Traffic{0, time.Hour, Forever}, Crew{0, 1, 5}, Flow{Left: 1, Waits: 1}},
		{Traffic{0, time.Hour, Forever}, Crew{0, 1, 0}, Flow{Refused: 1, Waits: 1}},
		{Traffic{3, time.Hour, Forever}, Crew{0, 1, 5}, Flow{Refused: 1, Waits: 1}},
		{Traffic{3, time.Hour, 0}, Crew{0, 1, 5}, Flow{Left: 1, Waits: 1}},
	} {
		got, err := ErlangA(c.tr, c.crew)
		if err != nil || got != c.want {
			t.Errorf("%+v %+v gives %+v, %v; want %+v", c.tr, c.crew, got, err, c.want)
		}
		if share, err := c.tr.Within(c.crew, time.Minute); err != nil || math.Abs(share-c.want.Answered) > 1e-12 {
			t.Errorf("%+v %+v: within a minute %v, %v", c.tr, c.crew, share, err)
		}
	}
}

func TestErlangARefusesWhatIsNoLine(t *testing.T) {
	good, crew := Traffic{3, 45 * time.Minute, 10 * time.Minute}, Crew{3, 1, 50}
	for _, bad := range []Traffic{
		{-1, good.Handle, 0},
		{math.NaN(), good.Handle, 0},
		{math.Inf(1), good.Handle, 0},
		{3, 0, 0},
		{3, -time.Hour, 0},
		{3, 48 * time.Hour, 0},
		{3, good.Handle, -1},
		{3, good.Handle, time.Millisecond},
		{3, good.Handle, 48 * time.Hour},
	} {
		if _, err := ErlangA(bad, crew); err == nil {
			t.Errorf("%+v is taken", bad)
		}
		if _, err := bad.Within(crew, time.Minute); err == nil {
			t.Errorf("%+v is taken within", bad)
		}
	}
	for _, bad := range []Crew{{-1, 1, 1}, {1, 0, 1}, {1, 1, -1}, {1_000, 1, 1}, {1, 99, 1}, {1, 1, 1_000_000}} {
		if _, err := ErlangA(good, bad); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
	if _, err := good.Within(crew, -time.Second); err == nil {
		t.Error("a wait below zero is taken")
	}
}

func FuzzErlangA(f *testing.F) {
	f.Add(3.0, int64(45), int64(600), 3, 1, 50)
	f.Add(math.NaN(), int64(-1), int64(1), -1, 0, 1<<30)
	f.Add(0.0, int64(1), int64(0), 0, 1, 0)
	f.Fuzz(func(t *testing.T, rate float64, handle, patience int64, people, each, queue int) {
		tr := Traffic{rate, time.Duration(handle) * time.Minute, time.Duration(patience) * time.Second}
		flow, err := ErlangA(tr, Crew{people, each, queue})
		if err != nil {
			return
		}
		for _, x := range []float64{flow.Answered, flow.Left, flow.Refused, flow.Waits} {
			if !(x >= 0 && x <= 1+1e-9) {
				t.Errorf("%+v: %+v", tr, flow)
			}
		}
		if flow.Wait < 0 {
			t.Errorf("%+v waits %s", tr, flow.Wait)
		}
	})
}
