package store

import "context"

// CodedRaises is how often counters of closings were raised, all together.
func CodedRaises(ctx context.Context, db *DB) (n int, err error) {
	err = db.main.read.QueryRowContext(ctx, `SELECT coalesce(sum(n), 0) FROM coded`).Scan(&n)
	return n, err
}
