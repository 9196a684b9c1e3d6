package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"helpline"
	"helpline/chat"
)

var _ chat.Counters = (*DB)(nil)

const (
	flushAfter = time.Second      // from the first raise of a batch
	retryAfter = 5 * time.Second  // after a batch that could not be written
	flushLimit = 20 * time.Second // for one attempt, so that Close ends
	// maxCells bounds the memory while nothing can be written: raises of one
	// cell add up, and a whole week has fewer cells than this.
	maxCells = 1 << 16
)

// cell is one row of the table counter.
type cell struct{ week, slot, event, channel, audience, locale string }

// counters adds raises up in memory and writes them about once a second.
type counters struct {
	file *file
	zone *time.Location
	log  *slog.Logger

	mu    sync.Mutex
	cells map[cell]int64
	lost  int64 // raises beyond maxCells

	writing sync.Mutex // one batch at a time
	kick    chan struct{}
	stop    chan struct{}
	done    chan struct{}
	once    sync.Once
}

func countInto(f *file, zone *time.Location, log *slog.Logger) *counters {
	c := &counters{
		file: f, zone: zone, log: log,
		cells: map[cell]int64{},
		kick:  make(chan struct{}, 1),
		stop:  make(chan struct{}),
		done:  make(chan struct{}),
	}
	go c.run()
	return c
}

// Count takes one raise. It never waits for the disk.
func (db *DB) Count(r chat.Count) { db.counters.add(r) }

// Flush writes what was counted so far. Pages that show counters need not call
// it: they are at most about a second behind.
func (db *DB) Flush(ctx context.Context) error { return db.counters.flush(ctx) }

// Week names the week of an instant in the line's time zone, as in 2026-W47.
func (db *DB) Week(at time.Time) string { return week(at.In(db.counters.zone)) }

// Totals gives how often each event happened in a week (as named by Week),
// over all days, doors, languages and channels. What did not happen is absent.
func (db *DB) Totals(ctx context.Context, week string) (map[chat.Event]int64, error) {
	const doing = "read the counters"
	rows, err := db.main.read.QueryContext(ctx, `
		SELECT event, sum(n) FROM counter
		WHERE week = ? AND slot LIKE 'd%'
		GROUP BY event`, week)
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	totals := map[chat.Event]int64{}
	for rows.Next() {
		var event chat.Event
		var n int64
		if err := rows.Scan(&event, &n); err != nil {
			return nil, explain(doing, err)
		}
		totals[event] = n
	}
	return totals, explain(doing, rows.Err())
}

func week(local time.Time) string {
	y, w := local.ISOWeek()
	return fmt.Sprintf("%04d-W%02d", y, w)
}

// add raises both margins of the week and nothing that joins them.
func (c *counters) add(r chat.Count) {
	at := r.At.In(c.zone)
	base := cell{
		week:  week(at),
		event: word(string(r.Event)), channel: word(string(r.Channel)),
		audience: word(string(r.Audience)), locale: word(string(r.Locale)),
	}
	day, half := base, base
	day.slot = fmt.Sprintf("d%d", (int(at.Weekday())+6)%7+1) // Monday is 1
	half.slot = fmt.Sprintf("h%02d", at.Hour()*2+at.Minute()/30)

	c.mu.Lock()
	_, known := c.cells[day]
	if !known && len(c.cells) >= maxCells-1 {
		c.lost++
	} else {
		c.cells[day]++
		c.cells[half]++
	}
	c.mu.Unlock()

	select {
	case c.kick <- struct{}{}:
	default: // it knows already
	}
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

func (c *counters) run() {
	defer close(c.done)
	wait := flushAfter
	for {
		select {
		case <-c.stop:
			return
		case <-c.kick:
		}
		timer := time.NewTimer(wait)
		select {
		case <-c.stop:
			timer.Stop()
			return
		case <-timer.C:
		}
		wait = flushAfter
		if err := c.flush(context.Background()); err != nil {
			c.log.Warn("counters are not written; they are kept and tried again", "kind", string(helpline.KindOf(err)), "error", err.Error())
			wait = retryAfter
			select {
			case c.kick <- struct{}{}:
			default:
			}
		}
	}
}

// flush writes the batch in one transaction, and keeps it when that fails.
func (c *counters) flush(ctx context.Context) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.mu.Lock()
	batch, lost := c.cells, c.lost
	c.cells, c.lost = map[cell]int64{}, 0
	c.mu.Unlock()
	if lost > 0 {
		c.log.Error("counters were full and raises were dropped", "count", lost)
	}
	if len(batch) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, flushLimit)
	defer cancel()
	err := c.file.tx(ctx, "write the counters", func(ctx context.Context, tx *sql.Tx) error {
		raise, err := tx.PrepareContext(ctx, `
			INSERT INTO counter (week, slot, event, channel, audience, locale, n)
			VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET n = n + excluded.n`)
		if err != nil {
			return err
		}
		defer raise.Close()
		for k, n := range batch {
			if _, err := raise.ExecContext(ctx, k.week, k.slot, k.event, k.channel, k.audience, k.locale, n); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, n := range c.cells {
		batch[k] += n
	}
	c.cells = batch
	return err
}

// close stops the loop and writes what is left.
func (c *counters) close() error {
	c.once.Do(func() { close(c.stop) })
	<-c.done
	err := c.flush(context.Background())
	if err != nil {
		c.log.Error("counters are lost", "kind", string(helpline.KindOf(err)), "error", err.Error())
	}
	return err
}
