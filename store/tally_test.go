package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/chat"
)

// paper is what a tally writes on: it can refuse and can hang.
type paper struct {
	hang chan struct{}

	mu      sync.Mutex
	written map[cell]int64
	tries   int
	refuse  error
}

func (p *paper) write(_ context.Context, batch map[cell]int64) error {
	if p.hang != nil {
		<-p.hang
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tries++
	if p.refuse != nil {
		return p.refuse
	}
	for c, n := range batch {
		p.written[c] += n
	}
	return nil
}

func (p *paper) allow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse = nil
}

// stands gives how often somebody tried to write, and how many raises stand.
func (p *paper) stands() (tries int, raises int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range p.written {
		raises += n
	}
	return p.tries, raises
}

func raised(at time.Time) chat.Count {
	return chat.Count{At: at, Event: chat.Arrived, Channel: helpline.ByChat, Audience: helpline.Self, Locale: "nl"}
}

func TestARaiseKnowsItsDayAndNothingFiner(t *testing.T) {
	brussels, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		at, week, day string
	}{
		"an evening":                             {"2026-11-19T20:29:59Z", "2026-W47", "d4"},
		"half past":                              {"2026-11-19T20:30:00Z", "2026-W47", "d4"},
		"midnight of the line, not of Greenwich": {"2026-11-22T23:10:00Z", "2026-W48", "d1"},
		"the last minute of a Sunday":            {"2026-11-22T22:59:00Z", "2026-W47", "d7"},
		"summer time":                            {"2026-07-01T10:00:00Z", "2026-W27", "d3"},
		"the hour that is there twice":           {"2026-10-25T01:15:00Z", "2026-W43", "d7"},
		"a year that begins in an old week":      {"2027-01-01T12:00:00Z", "2026-W53", "d5"},
	} {
		t.Run(name, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, c.at)
			if err != nil {
				t.Fatal(err)
			}
			got := dayOf(raised(at), brussels)
			if got.week != c.week || got.slot != c.day {
				t.Errorf("got %s %s, want %s with %s", got.week, got.slot, c.week, c.day)
			}
		})
	}
}

func TestACounterCarriesNoWordsOfAPerson(t *testing.T) {
	r := chat.Count{Event: "arrived", Channel: "my name is Jan 3", Audience: "ünïcode", Locale: helpline.Locale(strings.Repeat("a", 33))}
	day := dayOf(r, time.UTC)
	if day.event != "arrived" || day.channel != "other" || day.audience != "other" || day.locale != "other" {
		t.Errorf("got %+v", day)
	}
}

func TestRaisesAreWrittenTogetherAboutASecondLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &paper{written: map[cell]int64{}}
		tally := startTally(time.UTC, slog.New(slog.DiscardHandler), p.write)
		for range 10 {
			tally.add(raised(time.Now()))
		}
		synctest.Wait()
		if tries, _ := p.stands(); tries != 0 {
			t.Error("written at once: one sync per contact")
		}
		time.Sleep(flushAfter)
		synctest.Wait()
		if tries, raises := p.stands(); tries != 1 || raises != 10 {
			t.Errorf("%d batches, %d raises; want 1 batch of 10", tries, raises)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if tries, _ := p.stands(); tries != 1 {
			t.Errorf("%d batches, the rest while nothing happened", tries)
		}
		if err := tally.close(); err != nil {
			t.Error(err)
		}
	})
}

func TestRaisesThatCannotBeWrittenAreKeptAndTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		p := &paper{written: map[cell]int64{}, refuse: errors.New("full")}
		tally := startTally(time.UTC, slog.New(slog.NewTextHandler(&log, nil)), p.write)
		tally.add(raised(time.Now()))
		time.Sleep(flushAfter)
		synctest.Wait()
		tally.add(raised(time.Now()))
		time.Sleep(2 * retryAfter)
		synctest.Wait()
		if tries, _ := p.stands(); tries < 2 || tries > 3 {
			t.Errorf("%d tries in %v", tries, flushAfter+2*retryAfter)
		}
		p.allow()
		time.Sleep(retryAfter)
		synctest.Wait()
		if _, raises := p.stands(); raises != 2 {
			t.Errorf("%d raises stand, want 2", raises)
		}
		if !strings.Contains(log.String(), "counters are not written") {
			t.Errorf("the log says %q", log.String())
		}
		if err := tally.close(); err != nil {
			t.Error(err)
		}
	})
}

func TestCountingNeverWaitsForTheDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &paper{written: map[cell]int64{}, hang: make(chan struct{})}
		tally := startTally(time.UTC, slog.New(slog.DiscardHandler), p.write)
		tally.add(raised(time.Now()))
		time.Sleep(flushAfter)
		synctest.Wait() // the write hangs now
		before := time.Now()
		for range 1000 {
			tally.add(raised(before))
		}
		if waited := time.Since(before); waited != 0 {
			t.Errorf("counting waited %v", waited)
		}
		close(p.hang)
		if err := tally.close(); err != nil {
			t.Error(err)
		}
		if _, raises := p.stands(); raises != 1001 {
			t.Errorf("%d raises stand, want 1001", raises)
		}
	})
}

func TestCountersThatCannotBeWrittenTakeBoundedMemory(t *testing.T) {
	var log bytes.Buffer
	p := &paper{written: map[cell]int64{}, refuse: errors.New("full")}
	tally := startTally(time.UTC, slog.New(slog.NewTextHandler(&log, nil)), p.write)
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range maxCells + 100 {
		r := raised(start.AddDate(0, 0, i))
		r.Event = chat.Event(fmt.Sprintf("e%s", strings.Repeat("x", i%20)))
		r.Locale = helpline.Locale(strings.Repeat("l", i%5))
		tally.add(r)
	}
	tally.mu.Lock()
	cells, lost := len(tally.cells), tally.lost
	tally.mu.Unlock()
	if cells > maxCells || lost == 0 {
		t.Errorf("%d cells, %d lost; want at most %d cells and the rest lost", cells, lost, maxCells)
	}
	if err := tally.close(); err == nil {
		t.Error("closing says nothing of counters that are lost")
	}
	if !strings.Contains(log.String(), "raises were dropped") || !strings.Contains(log.String(), "counters are lost") {
		t.Errorf("the log says %q", log.String())
	}
}
