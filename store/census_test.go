package store

import (
	"testing"
	"time"

	"helpline"
	"helpline/counsel/retention"
)

// People who were removed and invitations that were used stand in one table:
// the page says of each class how many there are, and nobody was removed twice.
func TestEachClassCountsItsOwnRowsOnly(t *testing.T) {
	db := open(t, t.TempDir())
	for range 3 {
		id := helpline.NewID()
		if err := db.shred.remember(t.Context(), goneInvitation, id[:], time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.RememberRemoved(t.Context(), helpline.NewID(), time.Now()); err != nil {
		t.Fatal(err)
	}
	all, err := db.Census(t.Context(), retention.Rules{}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if want, known := map[retention.Code]int{retention.Removed: 1, retention.Spent: 3}[c.Code]; known && c.Rows != want {
			t.Errorf("%s: %d rows, want %d", c.Code, c.Rows, want)
		}
	}
}

// TestWhatOutlivesItsConversationOrItsCodeIsOverdue: a row that a purge or a
// trigger forgot is found.
func TestWhatOutlivesItsConversationOrItsCodeIsOverdue(t *testing.T) {
	db := open(t, t.TempDir())
	for _, text := range []string{
		`INSERT INTO former (contact, person) VALUES (zeroblob(16), zeroblob(16))`,
		`PRAGMA foreign_keys = OFF`,
		`INSERT INTO meeting (thread, mark, n, agreed) VALUES (zeroblob(16), zeroblob(16), 1, 0)`,
		`PRAGMA foreign_keys = ON`,
		`INSERT INTO arrival (week, slot, came, missed, shut, flood, open, up) VALUES ('2026-W01', 'd1', 1, 0, 0, 0, 1, 1)`,
	} {
		if _, err := db.main.write.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	all, err := db.Census(t.Context(), retention.Rules{}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[retention.Code]int{}
	for _, c := range all {
		seen[c.Code]++
		if want, known := map[retention.Code][2]int{retention.Standings: {1, 1}, retention.Cards: {1, 1}, retention.Counters: {1, 0}}[c.Code]; known && [2]int{c.Rows, c.Overdue} != want {
			t.Errorf("%s: %d rows, %d overdue", c.Code, c.Rows, c.Overdue)
		}
		if seen[c.Code] > 1 {
			t.Errorf("%s is counted twice", c.Code)
		}
	}
}
