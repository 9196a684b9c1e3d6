package store

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"helpline"
	"helpline/counsel"
)

// busy writes and deletes rows of all sizes, as months of work would.
func busy(t *testing.T, db *DB) {
	t.Helper()
	var notes []helpline.ID
	for i := range 120 {
		contact, author := aContact(t, db)
		n := aNote(t, db, author)
		n.Sealed = noise(1200 + rand.IntN(17_000))
		if err := db.PutDraft(t.Context(), counsel.DraftRow{Contact: contact, Author: author, Shred: n.Shred, Sealed: noise(1 + rand.IntN(9_000))}); err != nil {
			t.Fatal(err)
		}
		if err := db.SaveNote(t.Context(), contact, n, nil, noon); err != nil {
			t.Fatal(err)
		}
		notes = append(notes, n.ID)
		if i%3 == 2 {
			gone := rand.IntN(len(notes))
			if err := db.Drop(t.Context(), counsel.Expired{Notes: notes[gone : gone+1]}); err != nil {
				t.Fatal(err)
			}
			if err := db.shred.Forget(t.Context(), []int64{n.Shred}); err != nil {
				t.Fatal(err)
			}
			notes = slices.Delete(notes, gone, gone+1)
		}
	}
}

func wantSlack(t *testing.T, f *file, when string, want ...uint32) {
	t.Helper()
	pages, dirty, err := f.slackOf(t.Context())
	if err != nil || pages < 2 || !slices.Equal(dirty, want) {
		t.Errorf("%s: pages with bytes of no row are %v (of %d), %v; want %v", when, dirty, pages, err, want)
	}
}

// SQLite leaves copies of moved rows in the room between rows, whatever
// secure_delete says; writing the file anew is what removes them.
func TestAFileThatIsWrittenAnewHoldsNoBytesOfNoRow(t *testing.T) {
	db := open(t, t.TempDir())
	busy(t, db)
	for _, f := range []*file{db.main, db.shred.file, db.logins.file} {
		if err := f.rebuild(t.Context(), "rebuild"); err != nil {
			t.Fatal(err)
		}
		wantSlack(t, f, f.name+" after it was written anew")
	}
}

func TestWhatAProgramWithoutSecureDeleteLeavesIsSeen(t *testing.T) {
	db := open(t, t.TempDir())
	if _, err := db.main.write.ExecContext(t.Context(), `PRAGMA secure_delete = 0`); err != nil {
		t.Fatal(err)
	}
	busy(t, db)
	_, dirty, err := db.main.slackOf(t.Context())
	if err != nil || len(dirty) < 5 {
		t.Errorf("pages with bytes of no row: %v, %v", dirty, err)
	}
}

func TestPlantedBytesAreFoundOnTheirPage(t *testing.T) {
	const size = 4096
	dir := t.TempDir()
	db := open(t, dir)
	busy(t, db)
	if err := db.main.rebuild(t.Context(), "rebuild"); err != nil {
		t.Fatal(err)
	}
	var free uint32
	err := db.main.tx(t.Context(), "free pages", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM note`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, mainName)
	clean, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// A leaf of the free list: the first number in its first trunk.
	trunk := int(clean[32])<<24 | int(clean[33])<<16 | int(clean[34])<<8 | int(clean[35])
	at := (trunk-1)*size + 8
	free = uint32(clean[at])<<24 | uint32(clean[at+1])<<16 | uint32(clean[at+2])<<8 | uint32(clean[at+3])
	gap := headerSize + 8 + 2*(int(clean[headerSize+3])<<8|int(clean[headerSize+4])) + 4 // on page 1, after its pointers
	if clean[headerSize] == tableInterior {
		gap += 4
	}
	for place, c := range map[string]struct {
		at   int
		page uint32
	}{
		"a free page":              {int(free-1)*size + 1000, free},
		"the room between rows":    {gap, 1},
		"a trunk of the free list": {(trunk-1)*size + size - 8, uint32(trunk)},
	} {
		t.Run(place, func(t *testing.T) {
			dirty := slices.Clone(clean)
			copy(dirty[c.at:], "bittern!")
			where := t.TempDir()
			if err := os.WriteFile(filepath.Join(where, mainName), dirty, 0o600); err != nil {
				t.Fatal(err)
			}
			wantSlack(t, open(t, where).main, place, c.page)
		})
	}
	t.Run("nowhere", func(t *testing.T) {
		where := t.TempDir()
		if err := os.WriteFile(filepath.Join(where, mainName), clean, 0o600); err != nil {
			t.Fatal(err)
		}
		wantSlack(t, open(t, where).main, "nothing planted")
	})
}
