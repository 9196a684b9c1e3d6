package store

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/audit"
)

// seeds gives what the key file holds of seeds, in the order of its slots.
func seeds(t *testing.T, trail *Trail) (all []audit.Seed) {
	t.Helper()
	err := trail.locked(t.Context(), func(_ context.Context, k *keeper) error {
		for i, s := range k.file.slots {
			if k.file.good[i] {
				all = append(all, s.Seed)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPromiseAnOldSeedOfTheLogIsOverwritten(t *testing.T) {
	_, trail := begun(t)
	old := seeds(t, trail)
	if err := trail.Turn(t.Context(), "hour"); err != nil {
		t.Fatal(err)
	}
	fresh := seeds(t, trail)
	text, err := os.ReadFile(filepath.Join(trail.dir, auditName))
	if err != nil {
		t.Fatal(err)
	}
	if len(old) != 1 || len(fresh) != 1 || old[0] == fresh[0] || bytes.Contains(text, old[0][:]) || !bytes.Contains(text, fresh[0][:]) {
		t.Errorf("seeds before %d, after %d; the old one is there: %v", len(old), len(fresh), bytes.Contains(text, old[0][:]))
	}
	if at, err := os.Stat(filepath.Join(trail.dir, auditName)); err != nil || at.Mode().Perm() != 0o600 {
		t.Errorf("the key file is %v, %v", at.Mode(), err)
	}
}

func TestACrashBetweenEntryAndSeedIsRepairedAndRecorded(t *testing.T) {
	for name, c := range map[string]struct {
		committed bool // the entry of the next key
		found     string
	}{
		"before the entry is written": {false, "unused"},
		"after it":                    {true, "used"},
	} {
		t.Run(name, func(t *testing.T) {
			_, trail := begun(t)
			recordSome(t, trail, 1)
			err := trail.signing(t.Context(), func(ctx context.Context, k *keeper) error {
				seed := newSeed()
				rows, err := audit.Next(lineID, k.head, k.seed(), k.today(), audit.Deed{
					Code: audit.LogKey, Details: []audit.Detail{audit.Bytes32("next", seed.Key()), audit.Word("at", "hour")},
				})
				if err != nil {
					return err
				}
				if err := k.file.put(1-k.fit.Use, audit.Slot{Number: rows[0].Number, Hash: rows[0].Hash(lineID), Seed: seed}); err != nil || !c.committed {
					return err
				}
				return k.write(ctx, rows)
			})
			if err != nil || len(seeds(t, trail)) != 2 {
				t.Fatalf("%d seeds, %v", len(seeds(t, trail)), err)
			}
			recordSome(t, trail, 2)
			if err := trail.Turn(t.Context(), "start"); err != nil {
				t.Fatal(err)
			}
			rep := verified(t, trail, audit.Wanted{})
			all, err := trail.Find(t.Context(), audit.Query{Codes: []audit.Code{audit.LogRepair}})
			if err != nil || rep.Fault != nil || len(seeds(t, trail)) != 1 || len(all) != 1 || all[0].Detail("found") != c.found {
				t.Errorf("fault %v, %d seeds, repairs %v, %v", rep.Fault, len(seeds(t, trail)), all, err)
			}
		})
	}
}

func TestALogWithoutItsKeyTakesNothingUntilItIsBegunAnew(t *testing.T) {
	for name, c := range map[string]struct {
		harm  func(t *testing.T, db *DB, trail *Trail)
		known bool
	}{
		"the key file is gone": {func(t *testing.T, _ *DB, trail *Trail) {
			if err := os.Remove(filepath.Join(trail.dir, auditName)); err != nil {
				t.Fatal(err)
			}
		}, false},
		"the key file is damaged": {func(t *testing.T, _ *DB, trail *Trail) {
			if err := os.WriteFile(filepath.Join(trail.dir, auditName), bytes.Repeat([]byte("x"), 20000), 0o600); err != nil {
				t.Fatal(err)
			}
		}, false},
		"the key file is cut": {func(t *testing.T, _ *DB, trail *Trail) {
			if err := os.Truncate(filepath.Join(trail.dir, auditName), 100); err != nil {
				t.Fatal(err)
			}
		}, false},
		"the database is an older one": {func(t *testing.T, db *DB, _ *Trail) { db.sql(t, `DELETE FROM trail WHERE number > 7`) }, true},
		"another entry stands there": {func(t *testing.T, db *DB, _ *Trail) {
			db.sql(t, `UPDATE trail SET details = replace(details, 'at=hour', 'at=stop') WHERE number = 10`)
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			db, trail := worn(t)
			c.harm(t, db, trail)
			deed := audit.Deed{Code: audit.KeysTold}
			for _, err := range []error{trail.Record(t.Context(), deed), trail.Turn(t.Context(), "start")} {
				wantError(t, err, helpline.Unavailable, "audit restart")
			}
			if _, err := trail.Begin(t.Context()); err != nil { // it was begun; that it cannot be signed is said at the first entry
				t.Error(err)
			}
			if rep := verified(t, trail, audit.Wanted{}); (rep.Fault != nil) != c.known {
				t.Errorf("the key file knows of what is missing: %v", rep.Fault)
			}
			before, err := trail.Keys()
			if err != nil {
				t.Fatal(err)
			}
			fresh, err := trail.Restart(t.Context(), "restored")
			if err != nil {
				t.Fatal(err)
			}
			if err := trail.Record(t.Context(), deed); err != nil {
				t.Fatal(err)
			}
			rep := verified(t, trail, audit.Wanted{})
			if name != "another entry stands there" && (rep.Fault != nil || len(rep.Restarts) != 1) {
				t.Errorf("begun anew: %v, %v", rep.Fault, rep.Restarts)
			}
			if rep := verified(t, trail, audit.Wanted{Keys: before}); rep.Fault == nil || name != "another entry stands there" && rep.Fault.What != audit.Anew {
				t.Errorf("whoever was not told of the key: %v", rep.Fault)
			}
			if all, err := trail.Keys(); err != nil || !slices.Equal(all, append(before, fresh)) {
				t.Errorf("keys %v, %v", all, err)
			}
			if _, err := trail.Restart(t.Context(), "lost"); helpline.KindOf(err) != helpline.Conflict {
				t.Errorf("once more: %v", err)
			}
		})
	}
}

func TestALogThatLostItsPublicKeysFindsTheFirstInItself(t *testing.T) {
	db, trail := begun(t)
	first, err := trail.Keys()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(trail.dir, anchors)); err != nil {
		t.Fatal(err)
	}
	if again, err := trail.Begin(t.Context()); err != nil || again != first[0] {
		t.Errorf("a beginning that was not finished: %v, %v", again, err)
	}
	for _, name := range []string{anchors, auditName} {
		if err := os.Remove(filepath.Join(trail.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := trail.Begin(t.Context()); helpline.KindOf(err) != helpline.Unavailable {
		t.Errorf("with neither key: %v", err)
	}
	if _, err := trail.Restart(t.Context(), "restored"); err != nil {
		t.Fatal(err)
	}
	if keys, err := trail.Keys(); err != nil || len(keys) != 2 || keys[0] != first[0] {
		t.Errorf("keys %v, %v", keys, err)
	}
	if rep := verified(t, trail, audit.Wanted{}); rep.Fault != nil {
		t.Error(rep.Fault)
	}
	db.sql(t, `DELETE FROM trail`)
	if _, err := trail.Begin(t.Context()); helpline.KindOf(err) != helpline.Unavailable {
		t.Errorf("a log that was emptied begins as if nothing had been: %v", err)
	}
	if err := os.WriteFile(filepath.Join(trail.dir, anchors), []byte("x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := trail.Keys(); helpline.KindOf(err) != helpline.Internal {
		t.Errorf("a damaged file of public keys: %v", err)
	}
}

func TestAClockThatIsSetBackIsRecorded(t *testing.T) {
	db, trail := begun(t)
	recordSome(t, trail, 1)
	trail.now = func() time.Time { return time.Now().Add(-72 * time.Hour) }
	recordSome(t, trail, 2)
	rep := verified(t, trail, audit.Wanted{})
	if rep.Fault != nil || !slices.Equal(rep.Clocks, []int{2}) {
		t.Errorf("fault %v, clocks %v", rep.Fault, rep.Clocks)
	}
	rows, err := trail.Find(t.Context(), audit.Query{Codes: []audit.Code{audit.LogClock}})
	if err != nil || len(rows) != 1 || rows[0].Detail("days") != "3" {
		t.Errorf("rows %v, %v", rows, err)
	}
	db.sql(t, `DELETE FROM trail WHERE number = 2`, `UPDATE trail SET number = number - 1 WHERE number > 2`)
	if rep := verified(t, trail, audit.Wanted{}); rep.Fault == nil || rep.Fault.Number != 2 {
		t.Errorf("without that entry: %v", rep.Fault)
	}
}

func TestPromiseADeedIsRefusedWhenTheDiskIsFull(t *testing.T) {
	db, trail := worn(t)
	room := fill(t, db.main)
	var err error
	done := 0
	for ; err == nil && done < 500; done++ {
		err = trail.Record(t.Context(), audit.Deed{Code: audit.Settings, Details: []audit.Detail{audit.Names("which", "note_days", "name", "country")}})
	}
	wantError(t, err, helpline.Unavailable, "audit log", "disk is full")
	for range 2 { // a key that cannot be named is not taken into use
		wantError(t, trail.Turn(t.Context(), "hour"), helpline.Unavailable, "disk is full")
	}
	if n := len(seeds(t, trail)); n != 1 {
		t.Errorf("%d seeds are left", n)
	}
	if rep := verified(t, trail, audit.Wanted{}); rep.Fault != nil || rep.Head.Entries != 15+done-1 {
		t.Errorf("%v, %d entries, want %d", rep.Fault, rep.Head.Entries, 15+done-1)
	}
	room()
	recordSome(t, trail, 1)
	if err := trail.Turn(t.Context(), "hour"); err != nil {
		t.Fatal(err)
	}
	if rep := verified(t, trail, audit.Wanted{}); rep.Fault != nil {
		t.Error(rep.Fault)
	}
}

func TestSeveralProgramsWriteOneLog(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	if _, err := db.Trail(lineID).Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	beside, err := Open(t.Context(), dir, Options{Beside: true})
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	const each = 15
	var all sync.WaitGroup
	for i, trail := range []*Trail{db.Trail(lineID), db.Trail(lineID), beside.Trail(lineID)} {
		all.Go(func() {
			for range each {
				if err := trail.Record(t.Context(), audit.Deed{Code: audit.KeysTold}); err != nil {
					t.Error(err)
				}
				if i == 0 {
					if err := trail.Turn(t.Context(), "hour"); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	if rep := verified(t, db.Trail(lineID), audit.Wanted{}); rep.Fault != nil || rep.Head.Entries != 1+4*each {
		t.Errorf("%v, %d entries", rep.Fault, rep.Head.Entries)
	}
	held, err := openAudit(t.Context(), beside.Trail(lineID).dir, lineID)
	if err != nil {
		t.Fatal(err)
	}
	defer held.close()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	wantError(t, db.Trail(lineID).Record(ctx, audit.Deed{Code: audit.KeysTold}), helpline.Unavailable, "another helpline program")
}
