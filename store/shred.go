package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"sync"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/vault"
)

var _ counsel.ShredKeys = (*Shred)(nil)

const (
	shredBatch = 256
	shredLow   = 64 // with fewer left, the next batch is made
)

// Shred keeps one key for each record in keys/shred.db, a file that is in no
// ordinary backup: without its key a record opens nowhere. Two SQLite files do
// not commit together, so keys are made and synced in batches ahead, and a
// record names the number of its key. Safe for concurrent use.
type Shred struct {
	file *file
	main *file

	mu   sync.Mutex
	free []int64 // that no record names; nil until the first Take has looked
}

// Take gives a key that no record has. A number whose record was never written
// is given again after the next start: nothing was ever sealed with it that
// could be read from the disk.
func (s *Shred) Take(ctx context.Context) (int64, vault.Key, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.free == nil {
		if err := s.find(ctx); err != nil {
			return 0, vault.Key{}, err
		}
	}
	if len(s.free) < shredLow {
		if err := s.make(ctx); err != nil {
			return 0, vault.Key{}, err
		}
	}
	number := s.free[len(s.free)-1]
	key, err := s.Key(ctx, number)
	if err != nil {
		return 0, vault.Key{}, err
	}
	s.free = s.free[:len(s.free)-1]
	return number, key, nil
}

// usedShreds lists the numbers of all keys that a record names.
const usedShreds = `SELECT shred FROM note UNION SELECT shred FROM closing UNION SELECT shred FROM letter`

// find lists the keys that no record names.
func (s *Shred) find(ctx context.Context) error {
	const doing = "look for free shred keys"
	used := map[int64]bool{}
	err := s.each(ctx, s.main, doing, usedShreds, func(n int64) { used[n] = true })
	if err != nil {
		return err
	}
	free := []int64{}
	err = s.each(ctx, s.file, doing, `SELECT number FROM shred`, func(n int64) {
		if !used[n] {
			free = append(free, n)
		}
	})
	if err != nil {
		return err
	}
	s.free = free
	return nil
}

func (s *Shred) each(ctx context.Context, f *file, doing, query string, see func(int64)) error {
	rows, err := f.read.QueryContext(ctx, query)
	if err != nil {
		return explain(doing, err)
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return explain(doing, err)
		}
		see(n)
	}
	return explain(doing, rows.Err())
}

// make adds a batch.
func (s *Shred) make(ctx context.Context) error {
	fresh := make([]int64, shredBatch)
	err := s.file.tx(ctx, "make shred keys", func(ctx context.Context, tx *sql.Tx) error {
		insert, err := tx.PrepareContext(ctx, `INSERT INTO shred (number, secret) VALUES (?, ?)`)
		if err != nil {
			return err
		}
		defer insert.Close()
		var random [8]byte
		for i := range fresh {
			_, _ = rand.Read(random[:])
			fresh[i] = int64(binary.BigEndian.Uint64(random[:]) >> 1)
			key := newKey()
			if _, err := insert.ExecContext(ctx, fresh[i], key[:]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.free = append(s.free, fresh...)
	return nil
}

// Key gives the key of a number; NotFound once it is forgotten.
func (s *Shred) Key(ctx context.Context, number int64) (vault.Key, error) {
	var secret []byte
	err := s.file.read.QueryRowContext(ctx, `SELECT secret FROM shred WHERE number = ?`, number).Scan(&secret)
	if err != nil {
		return vault.Key{}, missing("find a shred key", err)
	}
	defer clear(secret)
	if len(secret) != len(vault.Key{}) {
		return vault.Key{}, helpline.Errorf(helpline.Internal, "find a shred key: it is damaged")
	}
	return vault.Key(secret), nil
}

// Forget destroys keys. Their bytes are gone from the files when it returns
// nil: the file is written anew, because SQLite may have left a copy of a key
// where its row once was.
func (s *Shred) Forget(ctx context.Context, numbers []int64) error {
	const doing = "forget shred keys"
	if len(numbers) == 0 {
		return nil
	}
	err := s.file.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		for _, n := range numbers {
			if _, err := tx.ExecContext(ctx, `DELETE FROM shred WHERE number = ?`, n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.file.rebuild(ctx, doing)
}
