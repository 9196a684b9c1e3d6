package counsel

import (
	"context"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/audit"
)

// approving is a drawer of approvals, and a trail, in memory.
type approving struct {
	rows  map[string]Approval
	deeds []audit.Deed
	full  error // of the trail
}

func (a *approving) KeepApproval(_ context.Context, one Approval) error {
	a.rows[one.What] = one
	return nil
}

func (a *approving) Approvals(context.Context) (map[string]Approval, error) { return a.rows, nil }

func (a *approving) Record(_ context.Context, d audit.Deed) error {
	if err := d.Check(); err != nil {
		return err
	}
	if a.full == nil {
		a.deeds = append(a.deeds, d)
	}
	return a.full
}

func pointOf(t *testing.T, g *GoLive, id string) Point {
	t.Helper()
	all, err := g.Points(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("there is no point %s", id)
	return Point{}
}

func TestPromiseATextIsFoundRightByANamedPersonAndOnlyAsItStood(t *testing.T) {
	kept := &approving{rows: map[string]Approval{}}
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	text, lines := [32]byte{1}, [32]byte{2}
	g := NewGoLive(kept, kept, text, lines, clock)
	anna := helpline.Actor{Person: helpline.NewID(), Alias: "Anna", Roles: []helpline.Role{helpline.Supervisor}}
	if p := pointOf(t, g, "promise"); p.State != PointTodo || p.By != "" {
		t.Errorf("before: %+v", p)
	}
	if err := g.Approve(t.Context(), anna, "promise", hex.EncodeToString(lines[:])); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("a text that was not looked at is approved: %v", err)
	}
	if err := g.Approve(t.Context(), anna, "budget", hex.EncodeToString(text[:])); helpline.KindOf(err) != helpline.NotFound {
		t.Errorf("a text that nobody is asked about: %v", err)
	}
	kept.full = helpline.Errorf(helpline.Unavailable, "disk full")
	if err := g.Approve(t.Context(), anna, "promise", hex.EncodeToString(text[:])); !errors.Is(err, kept.full) || len(kept.rows) != 0 {
		t.Errorf("without its entry in the log the word was taken: %v", err)
	}
	kept.full = nil
	if err := g.Approve(t.Context(), anna, "promise", hex.EncodeToString(text[:])); err != nil {
		t.Fatal(err)
	}
	if len(kept.deeds) != 1 || kept.deeds[0].Code != audit.Approve || kept.deeds[0].By != anna.Person {
		t.Errorf("the log has %+v", kept.deeds)
	}
	if p := pointOf(t, g, "promise"); p.State != PointDone || p.By != "Anna" || p.On.Format(time.DateOnly) != "2026-11-22" {
		t.Errorf("after: %+v", p)
	}
	if p := pointOf(t, NewGoLive(kept, kept, [32]byte{9}, lines, clock), "promise"); p.State != PointTodo || p.By != "" {
		t.Errorf("the text has changed, and the old word counts: %+v", p)
	}
}

func TestNumbersAreLookedAtAgainAfterAYear(t *testing.T) {
	kept := &approving{rows: map[string]Approval{}}
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	g := NewGoLive(kept, kept, [32]byte{1}, [32]byte{2}, func() time.Time { return now })
	who := helpline.Actor{Person: helpline.NewID(), Alias: "Anna"}
	for what, d := range map[string][32]byte{"promise": {1}, "lines": {2}} {
		if err := g.Approve(t.Context(), who, what, hex.EncodeToString(d[:])); err != nil {
			t.Fatal(err)
		}
	}
	now = now.AddDate(1, 0, 0)
	if p := pointOf(t, g, "lines"); p.State != PointDone {
		t.Errorf("after a year: %+v", p)
	}
	now = now.AddDate(0, 0, 2)
	if p := pointOf(t, g, "lines"); p.State != PointTodo || p.By != "Anna" {
		t.Errorf("after more than a year: %+v", p)
	}
	if p := pointOf(t, g, "promise"); p.State != PointDone {
		t.Errorf("the promise has not changed: %+v", p)
	}
}

func TestTheListIsSeenAnewOnceInAWhileAndAfterAWord(t *testing.T) {
	kept := &approving{rows: map[string]Approval{}}
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	looked := 0
	g := NewGoLive(kept, kept, [32]byte{1}, [32]byte{2}, func() time.Time { return now }, func(context.Context) (Point, error) {
		looked++
		return Point{ID: "tls", State: PointTodo}, nil
	})
	for range 5 {
		pointOf(t, g, "tls")
	}
	if looked != 1 {
		t.Errorf("looked %d times", looked)
	}
	now = now.Add(looksLast)
	pointOf(t, g, "tls")
	d := [32]byte{1}
	if err := g.Approve(t.Context(), helpline.Actor{Person: helpline.NewID(), Alias: "A"}, "promise", hex.EncodeToString(d[:])); err != nil {
		t.Fatal(err)
	}
	all, err := g.Points(t.Context())
	if err != nil || looked != 3 || Left(all) != 2 {
		t.Errorf("looked %d times, %d left: %v", looked, Left(all), err)
	}
	now = now.Add(-time.Hour) // a clock that was set back
	pointOf(t, g, "tls")
	if looked != 4 {
		t.Errorf("after the clock was set back looked %d times", looked)
	}
}
