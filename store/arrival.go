package store

import (
	"context"
	"database/sql"
	"fmt"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
)

var _ counsel.ArrivalRows = (*DB)(nil)

// AddArrivals adds a week, or a part of one, to what stands of that week. It is
// all written or nothing. Then it empties SQLite's log, as counting does.
func (db *DB) AddArrivals(ctx context.Context, b rota.Blurred) error {
	w := b.Week()
	name := rota.WeekName(w.Monday)
	err := db.main.tx(ctx, "write who came in a week", func(ctx context.Context, tx *sql.Tx) error {
		add, err := tx.PrepareContext(ctx, `
			INSERT INTO arrival (week, slot, came, missed, shut, flood, open, up)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET came = came + excluded.came, missed = missed + excluded.missed,
				shut = shut + excluded.shut, flood = flood + excluded.flood, open = open + excluded.open, up = up + excluded.up`)
		if err != nil {
			return err
		}
		defer add.Close()
		put := func(slot string, s rota.Seen) error {
			if s == (rota.Seen{}) {
				return nil
			}
			_, err := add.ExecContext(ctx, name, slot, s.Came, s.Missed, s.Shut, s.Flood, s.Open, s.Up)
			return err
		}
		for d, s := range w.Days {
			if err := put(fmt.Sprintf("d%d", d+1), s); err != nil {
				return err
			}
		}
		for c, s := range w.Halves {
			if err := put(fmt.Sprintf("d%dh%02d", rota.Cell(c).Day()+1, rota.Cell(c).Half()), s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	// A reader at work is in the way only for now: the next count comes, and the purge.
	_ = db.main.forget(ctx, "empty the log after counting who came")
	return nil
}

// Arrivals gives the weeks from one on, the oldest first; those in which the
// program did not run are absent.
func (db *DB) Arrivals(ctx context.Context, from rota.Date) ([]rota.SeenWeek, error) {
	const doing = "read who came in a week"
	rows, err := db.main.read.QueryContext(ctx, `
		SELECT week, slot, came, missed, shut, flood, open, up FROM arrival
		WHERE week >= ? ORDER BY week, slot`, rota.WeekName(from))
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var out []rota.SeenWeek
	last := ""
	for rows.Next() {
		var week, slot string
		var s rota.Seen
		if err := rows.Scan(&week, &slot, &s.Came, &s.Missed, &s.Shut, &s.Flood, &s.Open, &s.Up); err != nil {
			return nil, explain(doing, err)
		}
		if week != last {
			monday, err := rota.ParseWeekName(week)
			if err != nil {
				return nil, helpline.Errorf(helpline.Internal, "%s: a row is damaged", doing)
			}
			out = append(out, rota.SeenWeek{Monday: monday})
			last = week
		}
		if !place(&out[len(out)-1], slot, s) {
			return nil, helpline.Errorf(helpline.Internal, "%s: a row is damaged", doing)
		}
	}
	return out, explain(doing, rows.Err())
}

// place puts a row where its slot belongs; false when there is no such slot.
func place(w *rota.SeenWeek, slot string, s rota.Seen) bool {
	var day, half int
	if n, _ := fmt.Sscanf(slot, "d%1dh%2d", &day, &half); day < 1 || day > 7 {
		return false
	} else if n == 1 && len(slot) == 2 {
		w.Days[day-1] = s
		return true
	}
	if half < 0 || half >= rota.Halves || len(slot) != 5 {
		return false
	}
	w.Halves[(day-1)*rota.Halves+half] = s
	return true
}
