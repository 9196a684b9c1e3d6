package store

import (
	"context"
	"database/sql"
	"testing"
)

func TestAChangeThatHasBegunIsFinished(t *testing.T) {
	db := open(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	err := db.main.tx(ctx, "raise", func(ctx context.Context, tx *sql.Tx) error {
		cancel() // whoever asked has gone in the middle
		_, err := tx.ExecContext(ctx, `UPDATE line SET boot = 77 WHERE id = 1`)
		return err
	})
	if err != nil {
		t.Errorf("the change is answered %v", err)
	}
	if boot, err := db.Boot(t.Context()); err != nil || boot != 78 {
		t.Errorf("the next boot is %d, %v", boot, err)
	}
}
