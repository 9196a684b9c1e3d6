package store

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"helpline"
	"helpline/chat"
)

const (
	flushAfter = time.Second      // from the first raise of a batch
	retryAfter = 5 * time.Second  // after a batch that could not be written
	flushLimit = 20 * time.Second // of waiting for the disk, so that Close ends
	// maxCells bounds the memory while nothing can be written: raises of one
	// cell add up, and a whole week has fewer cells than this.
	maxCells = 1 << 16
)

// cell is one row of the table counter.
type cell struct{ week, slot, event, channel, audience, locale string }

// tally adds raises up in memory and writes them about once a second.
type tally struct {
	zone  *time.Location
	log   *slog.Logger
	write func(context.Context, map[cell]int64) error

	mu    sync.Mutex
	cells map[cell]int64
	lost  int64 // raises beyond maxCells

	writing sync.Mutex // one batch at a time
	kick    chan struct{}
	stop    chan struct{}
	done    chan struct{}
	once    sync.Once
}

func startTally(zone *time.Location, log *slog.Logger, write func(context.Context, map[cell]int64) error) *tally {
	t := &tally{
		zone: zone, log: log, write: write,
		cells: map[cell]int64{},
		kick:  make(chan struct{}, 1),
		stop:  make(chan struct{}),
		done:  make(chan struct{}),
	}
	go t.run()
	return t
}

// add raises the day of a raise, and nothing finer.
func (t *tally) add(r chat.Count) {
	day := dayOf(r, t.zone)
	t.mu.Lock()
	if len(t.cells) > maxCells-1 && t.cells[day] == 0 {
		t.lost++
	} else {
		t.cells[day]++
	}
	t.mu.Unlock()
	select {
	case t.kick <- struct{}{}:
	default: // it knows already
	}
}

// dayOf gives the cell that a raise belongs to: its weekday on the calendar of
// the line. Half hours are not counted here: see package counsel, Arrivals.
func dayOf(r chat.Count, zone *time.Location) cell {
	at := r.At.In(zone)
	return cell{
		week:  week(at),
		slot:  fmt.Sprintf("d%d", (int(at.Weekday())+6)%7+1), // Monday is 1
		event: word(string(r.Event)), channel: word(string(r.Channel)),
		audience: word(string(r.Audience)), locale: word(string(r.Locale)),
	}
}

func week(local time.Time) string {
	y, w := local.ISOWeek()
	return fmt.Sprintf("%04d-W%02d", y, w)
}

// word lets only short words of the program through, so that no counter can
// ever carry something a person wrote.
func word(s string) string {
	if len(s) > 32 {
		return "other"
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != ' ' && r != '-' {
			return "other"
		}
	}
	return s
}

func (t *tally) run() {
	defer close(t.done)
	wait := flushAfter
	for {
		select {
		case <-t.stop:
			return
		case <-t.kick:
		}
		timer := time.NewTimer(wait)
		select {
		case <-t.stop:
			timer.Stop()
			return
		case <-timer.C:
		}
		wait = flushAfter
		if err := t.flush(context.Background()); err != nil {
			t.log.Warn("counters are not written; they are kept and tried again", "kind", string(helpline.KindOf(err)), "error", err.Error())
			wait = retryAfter
			select {
			case t.kick <- struct{}{}:
			default:
			}
		}
	}
}

// flush writes the batch, and keeps it when that fails.
func (t *tally) flush(ctx context.Context) error {
	t.writing.Lock()
	defer t.writing.Unlock()
	t.mu.Lock()
	batch, lost := t.cells, t.lost
	t.cells, t.lost = map[cell]int64{}, 0
	t.mu.Unlock()
	if lost > 0 {
		t.log.Error("counters were full and raises were dropped", "count", lost)
	}
	if len(batch) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, flushLimit)
	defer cancel()
	err := t.write(ctx, batch)
	if err == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for c, n := range t.cells {
		batch[c] += n
	}
	t.cells = batch
	return err
}

// close stops the loop and writes what is left.
func (t *tally) close() error {
	t.once.Do(func() { close(t.stop) })
	<-t.done
	err := t.flush(context.Background())
	if err != nil {
		t.log.Error("counters are lost", "kind", string(helpline.KindOf(err)), "error", err.Error())
	}
	return err
}
