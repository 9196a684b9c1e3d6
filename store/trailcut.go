package store

import (
	"context"
	"database/sql"
	"strconv"

	"helpline/counsel/audit"
)

// Cut removes entries of days before oldest, but for those of keys, and gives
// how many. The entry that says so is written first. The bytes are gone from
// the files after the next EmptyLogs.
func (t *Trail) Cut(ctx context.Context, oldest int) (gone int, err error) {
	err = t.signing(ctx, func(ctx context.Context, k *keeper) error {
		from, edge, err := t.edge(ctx, oldest)
		if err != nil {
			return err
		}
		old, err := t.query(ctx, "look for old entries of the audit log", ` WHERE number < ? AND`+notBones+` LIMIT 1`, from)
		if err != nil || len(old) == 0 {
			return err
		}
		last, _, err := t.LastCut(ctx)
		if err != nil {
			return err
		}
		if last.Detail("from") != strconv.Itoa(from) { // else a crash came between that entry and the cut
			err = k.append(ctx, audit.Deed{Code: audit.LogCut, Details: []audit.Detail{audit.Number("from", from), audit.Bytes32("hash", edge)}})
			if err != nil {
				return err
			}
		}
		gone, err = k.drop(ctx, from)
		return err
	})
	return gone, err
}

// notBones are the entries that may go: audit.Row.Bones says which stay.
const notBones = ` code NOT IN ('log.first', 'log.key', 'log.restart')`

// edge finds the first entry that stays: everything before it is older. When
// all are old it is the last one.
func (t *Trail) edge(ctx context.Context, oldest int) (from int, before audit.Hash, err error) {
	const doing = "look for old entries of the audit log"
	rows, err := t.query(ctx, doing, ` WHERE day >= ? ORDER BY number LIMIT 1`, oldest)
	if err == nil && len(rows) == 0 {
		rows, err = t.query(ctx, doing, ` ORDER BY number DESC LIMIT 1`)
	}
	if err != nil || len(rows) == 0 {
		return 0, audit.Hash{}, err
	}
	return rows[0].Number, rows[0].Before, nil
}

func (k *keeper) drop(ctx context.Context, from int) (gone int, err error) {
	err = k.t.main.tx(ctx, "cut the audit log", func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `
			DELETE FROM trail
			WHERE number < ? AND`+notBones, from)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		gone = int(n)
		return err
	})
	return gone, err
}
