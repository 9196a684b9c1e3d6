package chat_test

import (
	"fmt"
	"testing"
	"time"

	"helpline/chat/wire"
)

// TestAnHonestVisitorIsAskedAtOnceBesideASilentFlood: forty wait before, one
// counsellor asks, and nobody of the forty answers.
func TestAnHonestVisitorIsAskedAtOnceBesideASilentFlood(t *testing.T) {
	for _, c := range []struct {
		name string
		from func(i int) string
		n    int
	}{
		{"from one address", func(int) string { return "flood" }, 40},
		{"from many addresses of one network", func(i int) string { return fmt.Sprint(i) }, 60},
	} {
		t.Run(c.name, func(t *testing.T) {
			crowded(t, 400, func(t *testing.T, ev *evening) {
				d := ev.desk(counsellor("Alex"))
				for i := range c.n {
					ev.from(c.from(i), "flooding")
				}
				d.next()
				pass(time.Second)
				honest := ev.from("honest", "elsewhere")
				settle()
				if honest.stage() != "offered" {
					t.Fatalf("beside one question that nobody answers the honest visitor is %q at %d", honest.stage(), honest.place())
				}
				honest.tell(&wire.Frame{Kind: wire.Leave, Reason: "left"})
				second := ev.from("second", "elsewhere")
				settle()
				if second.stage() != "offered" {
					t.Fatalf("the second is %q", second.stage())
				}
				// From the first silence on nobody of the flood holds a counsellor up.
				second.tell(&wire.Frame{Kind: wire.Leave, Reason: "left"})
				pass(ev.set.ReadyFor + time.Minute)
				for i := range 3 {
					next := ev.from(fmt.Sprint("next ", i), "elsewhere")
					pass(time.Second)
					if next.stage() != "offered" {
						t.Errorf("visitor %d after that is %q", i, next.stage())
					}
					next.tell(&wire.Frame{Kind: wire.Leave, Reason: "left"})
					pass(10 * time.Second)
				}
			})
		})
	}
}

// TestWhoStandsBehindHasTimeToAnswer before the question goes to somebody who
// stands before them, and keeps it as long as nobody does.
func TestWhoStandsBehindHasTimeToAnswer(t *testing.T) {
	crowded(t, 400, func(t *testing.T, ev *evening) {
		var school []*person
		for range 12 {
			school = append(school, ev.from("school", "school"))
		}
		for _, p := range school[:8] {
			p.tell(&wire.Frame{Kind: wire.Leave, Reason: "left"})
		}
		d := ev.desk(counsellor("Alex"))
		d.next()
		pass(time.Minute)
		asked := school[8]
		if asked.stage() != "offered" {
			t.Fatalf("the first who waits is %q", asked.stage())
		}
		asked.tell(&wire.Frame{Kind: wire.Leave, Reason: "left"})
		pass(time.Second)
		asked = school[9]
		other := ev.from("other", "other")
		pass(10 * time.Second)
		if asked.stage() != "offered" || other.stage() != "waiting" {
			t.Errorf("after ten seconds: %q, and who stands before: %q", asked.stage(), other.stage())
		}
		pass(10 * time.Second)
		if other.stage() != "offered" || asked.stage() != "waiting" {
			t.Errorf("after twenty: %q, and who stands before: %q", asked.stage(), other.stage())
		}
	})
}

// TestNobodyLosesAPlaceBecauseOfANeighbour who did not answer: three from one
// address are no flood, and a quiet line is served as they came.
func TestNobodyLosesAPlaceBecauseOfANeighbour(t *testing.T) {
	crowded(t, 400, func(t *testing.T, ev *evening) {
		d := ev.desk(counsellor("Alex"))
		ev.from("home", "net")
		second := ev.from("home", "net")
		var others []*person
		for i := range 10 {
			others = append(others, ev.from(fmt.Sprint(i), fmt.Sprint("n", i)))
		}
		d.next()
		pass(ev.set.ReadyFor + 2*time.Second)
		if second.stage() != "offered" || others[0].stage() != "waiting" {
			t.Errorf("after the first did not answer: the neighbour is %q, the next %q", second.stage(), others[0].stage())
		}
	})
}

// TestACrowdOfHonestVisitorsPassesASilentFlood although they come from one
// network themselves, and each comes later than all of the flood.
func TestACrowdOfHonestVisitorsPassesASilentFlood(t *testing.T) {
	crowded(t, 200, func(t *testing.T, ev *evening) {
		ev.desk(counsellor("Alex")).next()
		for range 67 {
			ev.from("flood", "flooding")
		}
		var honest []*person
		for i := range 30 {
			honest = append(honest, ev.from(fmt.Sprint("honest ", i), "provider"))
			pass(500 * time.Millisecond)
		}
		asked := map[*person]bool{}
		for end := time.Now().Add(ev.set.ReadyFor); time.Now().Before(end); pass(500 * time.Millisecond) {
			for _, p := range honest {
				if !asked[p] && p.stage() == "offered" {
					asked[p] = true
					p.tell(&wire.Frame{Kind: wire.Leave, Reason: "left"})
				}
			}
		}
		if len(asked) != len(honest) {
			t.Errorf("within one ready question %d of %d were asked", len(asked), len(honest))
		}
	})
}

// TestNobodyIsPutBehindTwiceForTheSameNeighbours: one of a crowd is silent, and
// silent again; the second time only that one goes to the end.
func TestNobodyIsPutBehindTwiceForTheSameNeighbours(t *testing.T) {
	crowded(t, 400, func(t *testing.T, ev *evening) {
		d := ev.desk(counsellor("Alex"))
		var school []*person
		for range 10 {
			school = append(school, ev.from("school", "school"))
		}
		d.next()
		pass(ev.set.ReadyFor + 2*time.Second) // the first is silent: all stand behind, and that one last
		second := school[1]
		if second.stage() != "offered" {
			t.Fatalf("the second is %q", second.stage())
		}
		second.tell(&wire.Frame{Kind: wire.Ready})
		d.accept(second.who)
		if second.stage() != "talking" {
			t.Fatalf("the second is %q", second.stage())
		}
		d2 := ev.desk(counsellor("Kim"))
		d2.next()
		pass(time.Second)
		if school[2].stage() != "offered" || school[0].stage() != "waiting" {
			t.Errorf("the third is %q, who was silent %q", school[2].stage(), school[0].stage())
		}
		pass(ev.set.ReadyFor + 2*time.Second) // the third is silent too
		if school[3].stage() != "offered" {
			t.Errorf("the fourth is %q", school[3].stage())
		}
	})
}
