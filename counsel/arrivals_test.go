package counsel

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel/rota"
)

// binWeeks keeps weeks in memory, and can refuse.
type binWeeks struct {
	mu     sync.Mutex
	kept   []rota.SeenWeek
	refuse error
	tries  int
}

func (b *binWeeks) AddArrivals(_ context.Context, w rota.Blurred) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tries++
	if b.refuse != nil {
		return b.refuse
	}
	b.kept = append(b.kept, w.Week())
	return nil
}

func (b *binWeeks) Arrivals(_ context.Context, from rota.Date) (out []rota.SeenWeek, _ error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, w := range b.kept {
		if !w.Monday.Before(from) {
			out = append(out, w)
		}
	}
	return out, nil
}

// stands gives how often somebody tried to write, and what stands.
func (b *binWeeks) stands() (tries int, kept []rota.SeenWeek) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tries, slices.Clone(b.kept)
}

// quietCounters takes raises and remembers none.
type quietCounters struct{ raised int }

func (q *quietCounters) Count(chat.Count) { q.raised++ }

// watched is a counter of arrivals over a fake clock, whose lots are all 0.
func watched(t *testing.T, zoneName string) (*Arrivals, *binWeeks, *quietCounters, *bytes.Buffer) {
	t.Helper()
	zone, err := time.LoadLocation(zoneName)
	if err != nil {
		t.Fatal(err)
	}
	rows, next, log := &binWeeks{}, &quietCounters{}, &bytes.Buffer{}
	a := NewArrivals(next, func() bool { return true }, rows, zone, slog.New(slog.NewTextHandler(log, nil)))
	a.random = func() (uint64, error) { return 1 | 1<<32, nil }
	return a, rows, next, log
}

func came(at time.Time, e chat.Event) chat.Count {
	return chat.Count{At: at, Event: e, Channel: helpline.ByChat, Audience: helpline.Self, Locale: "nl"}
}

func TestEveryoneWhoComesIsCountedOnceAndTheMissedOnceMore(t *testing.T) {
	at := time.Date(2026, 11, 19, 19, 10, 0, 0, time.UTC) // Thursday 20:10 in Amsterdam
	for event, want := range map[chat.Event]rota.Seen{
		chat.Arrived: {Came: 1}, chat.RefusedFull: {Came: 1, Missed: 1}, chat.RefusedLate: {Came: 1, Missed: 1}, chat.RefusedShut: {Shut: 1},
		chat.ClosedOut: {Missed: 1}, chat.LeftQueue: {Missed: 1}, chat.LostQueue: {Missed: 1}, chat.Missed: {Missed: 1}, chat.Unanswered: {Missed: 1}, chat.MovedInbox: {Missed: 1},
		chat.Accepted: {}, chat.Resumed: {}, chat.RangeKept: {}, chat.RangeBroken: {}, chat.EndVisitor: {}, chat.EndDone: {}, chat.EndLeft: {},
		chat.EndIdle: {}, chat.EndAway: {}, chat.EndMisuse: {}, chat.LetterLeft: {}, chat.LetterAnswered: {}, "something new": {},
	} {
		a, _, next, _ := watched(t, "Europe/Amsterdam")
		a.Count(came(at, event))
		elsewhere := came(at, event)
		elsewhere.Channel = helpline.ByInbox
		a.Count(elsewhere)
		if next.raised != 2 {
			t.Errorf("%s: %d raises were handed on, want 2", event, next.raised)
		}
		w := a.week(rota.Date{Year: 2026, Month: time.November, Day: 16})
		if got := w.Halves[3*rota.Halves+40]; got != want || w.Days[3] != want {
			t.Errorf("%s counts as %+v, and %+v for the day; want %+v", event, got, w.Days[3], want)
		}
	}
}

// TestPromiseNothingFinerThanADayReachesTheDiskWhileAWeekRuns walks a week and
// looks at every write.
func TestPromiseNothingFinerThanADayReachesTheDiskWhileAWeekRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, rows, _, _ := watched(t, "UTC")
		time.Sleep(time.Until(time.Date(2000, 1, 3, 0, 0, 0, 0, time.UTC))) // the bubble begins on a Saturday
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- a.Run(ctx) }()
		for range 7 * 24 {
			a.Count(came(time.Now(), chat.Arrived))
			synctest.Wait()
			if tries, _ := rows.stands(); tries != 0 {
				t.Fatalf("on %s something is written", time.Now())
			}
			time.Sleep(time.Hour)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		_, kept := rows.stands()
		if len(kept) != 1 {
			t.Fatalf("%d weeks were written after the week", len(kept))
		}
		w := kept[0]
		if w.Monday != (rota.Date{Year: 2000, Month: time.January, Day: 3}) || w.Days[0] != (rota.Seen{Came: 24, Open: 1440, Up: 1440}) || w.Halves[5] != (rota.Seen{Open: 30, Up: 30}) {
			t.Errorf("the week is %s with %+v and %+v", w.Monday, w.Days[0], w.Halves[5])
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if err := a.End(context.Background()); err != nil || len(rows.kept) != 2 || rows.kept[1].Days[0].Up != 3 {
			t.Errorf("at the end %d weeks, %v", len(rows.kept), err)
		}
	})
}

func TestPromiseWhatIsWrittenOfAHalfHourHasALotOverIt(t *testing.T) {
	a, rows, _, _ := watched(t, "UTC")
	draws := 0
	a.random = func() (uint64, error) { draws++; return 1 | 1<<35, nil } // a lot of -3
	now := time.Date(2026, 11, 19, 20, 10, 0, 0, time.UTC)
	a.Clocked(func() time.Time { return now })
	a.beat(t.Context())
	a.Count(came(now, chat.Arrived))
	a.Count(came(now, chat.LeftQueue))
	a.Turned()
	if err := a.End(t.Context()); err != nil {
		t.Fatal(err)
	}
	w := rows.kept[0]
	if got, want := w.Halves[3*rota.Halves+40], (rota.Seen{Came: -2, Missed: -2, Shut: -3, Flood: -2, Open: 1, Up: 1}); got != want || draws != 4 {
		t.Errorf("the half hour is written as %+v after %d lots, want %+v", got, draws, want)
	}
	if got, want := w.Days[3], (rota.Seen{Came: 1, Missed: 1, Flood: 1, Open: 1, Up: 1}); got != want {
		t.Errorf("the day is written as %+v, want %+v", got, want)
	}
}

func TestWithoutChanceNothingIsKept(t *testing.T) {
	a, rows, _, _ := watched(t, "UTC")
	a.random = func() (uint64, error) { return 0, errors.New("no chance left") }
	now := time.Date(2026, 11, 19, 20, 10, 0, 0, time.UTC)
	a.Clocked(func() time.Time { return now })
	a.beat(t.Context())
	a.Count(came(now, chat.Arrived))
	if err := a.End(t.Context()); err == nil || rows.tries != 0 {
		t.Errorf("%d writes, %v", rows.tries, err)
	}
}

func TestTheLotsOfAWeekAreDrawnOnceHoweverOftenItIsWritten(t *testing.T) {
	a, rows, _, log := watched(t, "UTC")
	draws := 0
	a.random = func() (uint64, error) { draws++; return uint64(draws) | 1<<63, nil }
	now := time.Date(2026, 11, 22, 23, 59, 0, 0, time.UTC)
	a.Clocked(func() time.Time { return now })
	a.beat(t.Context())
	a.Count(came(now, chat.Arrived))
	rows.refuse = helpline.Errorf(helpline.Unavailable, "disk full")
	for range 5 { // Monday
		now = now.Add(time.Minute)
		a.beat(t.Context())
	}
	if rows.tries != 5 || draws != 4 || !strings.Contains(log.String(), "kept and tried again") {
		t.Errorf("%d tries with %d lots; the log says %q", rows.tries, draws, log.String())
	}
	rows.refuse = nil
	now = now.Add(time.Minute)
	a.beat(t.Context())
	if len(rows.kept) != 1 || draws != 4 || rows.kept[0].Days[6].Came != 1 {
		t.Errorf("%d weeks stand after %d lots", len(rows.kept), draws)
	}
	a.beat(t.Context())
	if rows.tries != 6 {
		t.Error("it was written twice")
	}
}

func TestAProgramThatIsKilledLosesItsMinutesWithItsCounts(t *testing.T) {
	now := time.Date(2026, 11, 17, 20, 0, 0, 0, time.UTC)
	killed, rows, _, _ := watched(t, "UTC")
	killed.Clocked(func() time.Time { return now })
	killed.beat(t.Context())
	killed.Count(came(now, chat.Arrived))

	next := NewArrivals(&quietCounters{}, func() bool { return true }, rows, time.UTC, slog.New(slog.DiscardHandler)).Clocked(func() time.Time { return now })
	now = now.Add(24 * time.Hour)
	next.beat(t.Context())
	if err := next.End(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w := rows.kept[0]; w.Days[1] != (rota.Seen{}) || w.Halves[1*rota.Halves+40] != (rota.Seen{}) || w.Days[2].Open != 1 {
		t.Errorf("of the day it was killed there is %+v", w.Days[1])
	}
}

func TestCountingArrivalsFromManySidesLosesNone(t *testing.T) {
	a, rows, _, _ := watched(t, "UTC")
	a.next = discard{}
	at := time.Date(2026, 11, 19, 20, 10, 0, 0, time.UTC)
	a.Clocked(func() time.Time { return at })
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				a.Count(came(at, chat.Arrived))
				a.Turned()
				a.beat(t.Context())
			}
		})
	}
	all.Wait()
	if err := a.End(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := rows.kept[0].Days[3]; got.Came != 1600 || got.Flood != 1600 || got.Up != 1600 {
		t.Errorf("%+v", got)
	}
}

type discard struct{}

func (discard) Count(chat.Count) {}
