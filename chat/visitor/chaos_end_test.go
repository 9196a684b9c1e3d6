package visitor_test

import (
	"cmp"
	"context"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

// heal lets everything come back: what is not right then never will be.
func (tw *town) heal() {
	time.Sleep(50 * time.Second) // every dead link is noticed by both
	for range 2 {
		for _, s := range tw.stories {
			s.mu.Lock()
			s.comeBack()
			s.mu.Unlock()
		}
		time.Sleep(20 * time.Second)
		for _, s := range tw.stories { // and once more with new links
			s.mu.Lock()
			for _, p := range s.pages {
				if p.live != nil {
					p.live.line.Reset()
				}
			}
			s.mu.Unlock()
		}
		time.Sleep(20 * time.Second)
	}
}

// comeBack makes sure that a visitor who has a contact has a page that may
// act. The counsellors' desks see to theirs.
func (s *story) comeBack() {
	if s.contact.IsZero() || !s.closed.IsZero() {
		return
	}
	if st, ok := s.town.journal.Row(s.contact); ok && s.active(st.Holder) == nil {
		s.press(false)
	}
	if s.active(helpline.ID{}) != nil {
		return
	}
	if s.newest(helpline.ID{}) == nil {
		s.open(helpline.ID{}, helpline.NewID())
	}
	s.press(true)
}

// judge looks at every story once everything is quiet.
func (tw *town) judge(when string) {
	synctest.Wait()
	_, boot, _ := tw.now()
	var waiting []*story
	for _, s := range tw.stories {
		s.mu.Lock()
		if s.contact.IsZero() {
			s.bad = append(s.bad, "TURNED-AWAY")
		} else {
			s.settled(boot)
		}
		if v := s.active(helpline.ID{}); v != nil && v.m.Stage == "waiting" {
			waiting = append(waiting, s)
		}
		s.mu.Unlock()
	}
	slices.SortFunc(waiting, func(a, b *story) int {
		return cmp.Compare(a.place.Boot<<32|a.place.Number, b.place.Boot<<32|b.place.Number)
	})
	for i, s := range waiting {
		s.mu.Lock()
		if p := s.active(helpline.ID{}); p.m.Place != i+1 {
			s.fail("PLACE", p, "stands at %d, and %d came before", p.m.Place, i)
		}
		s.mu.Unlock()
	}
	tw.tally["waited to the end"] = max(tw.tally["waited to the end"], len(waiting))
	tw.report(when)
}

func (tw *town) report(when string) {
	tw.t.Helper()
	failed := 0
	for _, s := range tw.stories {
		s.mu.Lock()
		if s.liar {
			s.bad = slices.DeleteFunc(s.bad, func(k string) bool { return slices.Contains(selfHarm, k) })
		}
		if len(s.bad) > 0 {
			if failed++; failed <= 2 {
				tw.t.Errorf("while %s: %s", when, s.trace())
			}
			s.bad = nil
		}
		s.mu.Unlock()
	}
	if failed > 2 {
		tw.t.Errorf("while %s: %d stories failed with seed %d", when, failed, tw.seed)
	}
}

// close ends every contact, by either side, who try until they are told.
func (tw *town) close() {
	for range 5 {
		for _, s := range tw.stories {
			s.mu.Lock()
			v, c := s.both()
			switch {
			case s.contact.IsZero() || !s.closed.IsZero():
			case s.n%2 == 0 && c != nil:
				s.speak(c)
				c.push(&wire.Frame{Kind: wire.Leave, Reason: "done"})
			case v != nil:
				v.push(&wire.Frame{Kind: wire.Leave, Reason: "left"})
			}
			s.mu.Unlock()
		}
		time.Sleep(25 * time.Second)
	}
	for _, s := range tw.stories {
		s.mu.Lock()
		if s.closed.IsZero() && !s.contact.IsZero() {
			s.fail("NO-END", s.all[0], "it was ended, and nobody was told")
		}
		s.mu.Unlock()
	}
}

// haunt comes with the tickets of contacts that are closed, to a server that
// has never heard of them.
func (tw *town) haunt() {
	engine, _, _ := tw.now()
	for _, s := range tw.stories {
		st, ok := tw.journal.Row(s.contact)
		if !ok {
			continue // it ended while waiting: only the server that ended it knew
		}
		t := s.place
		t.Stage, t.Expires = ticket.Talking, time.Now().Add(time.Minute)
		if _, err := engine.Renew(context.Background(), t); !st.Closed || helpline.KindOf(err) != helpline.NotFound {
			s.mu.Lock()
			s.fail("RESURRECTED", s.all[0], "closed %v on the disk, and renewed with %v", st.Closed, err)
			s.mu.Unlock()
		}
	}
	tw.report("haunted")
}

// goHome closes every page.
func (s *story) goHome() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left = true
	for len(s.pages) > 0 {
		s.shut(s.pages[0])
	}
}

// evenings gives the seeds to run and how big their evenings are: two small
// ones; with HELPLINE_CHAOS more of them, with 200 rooms; HELPLINE_SEED runs one
// of those again.
func evenings(t *testing.T) (from, to uint64, w weather) {
	t.Helper()
	number := func(name string) uint64 {
		n, err := strconv.ParseUint(os.Getenv(name), 10, 32)
		if err != nil {
			t.Fatalf("%s is a whole number", name)
		}
		return n
	}
	from, to, w = 0, 2, weather{rooms: 40, extra: 6, storm: 60 * time.Second, kills: 2, slow: 300 * time.Millisecond}
	if os.Getenv("HELPLINE_CHAOS") != "" {
		to = 2 + number("HELPLINE_CHAOS")/50
		w = weather{rooms: 200, extra: 12, storm: 5 * time.Minute, kills: 4, slow: 300 * time.Millisecond}
	}
	if os.Getenv("HELPLINE_SEED") != "" {
		from = number("HELPLINE_SEED")
		to = from + 1
	}
	return from, to, w
}

// TestPromiseThreadIsNotLostInATownOfFaults runs many conversations at once over
// the whole stack.
func TestPromiseThreadIsNotLostInATownOfFaults(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // thousands of short connections
	sum := map[string]int{}
	from, to, w := evenings(t)
	for seed := from; seed < to; seed++ {
		synctest.Test(t, func(t *testing.T) {
			tw := newTown(t, seed, w)
			tw.evening()
			for k, n := range tw.tally {
				sum[k] += n
			}
			sum["contacts"] += len(tw.stories)
		})
		if t.Failed() {
			t.Fatalf("HELPLINE_SEED=%d runs this evening again, with HELPLINE_CHAOS as it was", seed)
		}
	}
	t.Logf("%d evenings with %d rooms at once: %v", to-from, w.rooms, sum)
}
