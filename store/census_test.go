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
