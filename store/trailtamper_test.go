package store

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"helpline"
	"helpline/counsel/audit"
)

// worn is a log with changes of key: 0 first, 1 to 4 deeds, 5 key, 6 to 9
// deeds, 10 key, 11 to 14 deeds.
func worn(t *testing.T) (*DB, *Trail) {
	t.Helper()
	db, trail := begun(t)
	recordSome(t, trail, 4)
	for _, at := range []string{"start", "hour"} {
		if err := trail.Turn(t.Context(), at); err != nil {
			t.Fatal(err)
		}
		recordSome(t, trail, 4)
	}
	return db, trail
}

// sql changes the file behind the back of the program.
func (db *DB) sql(t *testing.T, queries ...string) {
	t.Helper()
	for _, q := range queries {
		if _, err := db.main.write.ExecContext(t.Context(), q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
}

// swapped are the queries that let two entries change places, with or without
// the hash of the one before.
func swapped(a, b int, columns string) []string {
	if columns == "" {
		return []string{
			fmt.Sprintf(`UPDATE trail SET number = 9000 WHERE number = %d`, a),
			fmt.Sprintf(`UPDATE trail SET number = %d WHERE number = %d`, a, b),
			fmt.Sprintf(`UPDATE trail SET number = %d WHERE number = 9000`, b),
		}
	}
	return []string{fmt.Sprintf(`
		UPDATE trail SET (%s) = (SELECT %s FROM trail o WHERE o.number = %d + %d - trail.number) WHERE number IN (%d, %d)`, columns, columns, a, b, a, b)}
}

// closedUp are the queries that delete an entry and move up what follows.
func closedUp(n int) []string {
	return []string{
		fmt.Sprintf(`DELETE FROM trail WHERE number = %d`, n),
		fmt.Sprintf(`UPDATE trail SET number = number + 1000000 WHERE number > %d`, n),
		`UPDATE trail SET number = number - 1000001 WHERE number > 1000000`,
	}
}

// openedUp are the queries that insert a copy of an entry before another one.
func openedUp(n int, like int, rest string) []string {
	return []string{
		fmt.Sprintf(`UPDATE trail SET number = number + 1000000 WHERE number >= %d`, n),
		`UPDATE trail SET number = number - 999999 WHERE number >= 1000000`,
		fmt.Sprintf(`INSERT INTO trail SELECT %d, day, actor, code, kind, object, details, %s, signature FROM trail WHERE number = %d`, n, rest, like+map[bool]int{true: 1}[like >= n]),
	}
}

func TestPromiseWhatIsChangedInTheLogIsNamedByItsNumber(t *testing.T) {
	const cover = `PRAGMA ignore_check_constraints = 1`
	for name, c := range map[string]struct {
		change []string
		number int
		to     int
		what   audit.What
	}{
		"an actor edited":           {[]string{`UPDATE trail SET actor = x'00000000000000000000000000000009' WHERE number = 7`}, 7, 7, audit.Edited},
		"a day edited":              {[]string{`UPDATE trail SET day = day - 1 WHERE number = 7`}, 7, 7, audit.Edited},
		"a code edited":             {[]string{`UPDATE trail SET code = 'person.vouch' WHERE number = 12`}, 12, 12, audit.Edited},
		"a kind edited":             {[]string{`UPDATE trail SET kind = 'provider' WHERE number = 1`}, 1, 1, audit.Edited},
		"an object edited":          {[]string{`UPDATE trail SET object = x'00000000000000000000000000000009' WHERE number = 9`}, 9, 9, audit.Edited},
		"details edited":            {[]string{`UPDATE trail SET details = 'roles=supervisor' WHERE number = 9`}, 9, 9, audit.Edited},
		"the hash before edited":    {[]string{`UPDATE trail SET before = zeroblob(32) WHERE number = 9`}, 9, 9, audit.Edited},
		"a signature edited":        {[]string{`UPDATE trail SET signature = zeroblob(64) WHERE number = 6`}, 6, 6, audit.Edited},
		"the first edited":          {[]string{`UPDATE trail SET day = 1 WHERE number = 0`}, 0, 0, audit.Edited},
		"the last edited":           {[]string{`UPDATE trail SET actor = zeroblob(16) WHERE number = 14`}, 14, 14, audit.Edited},
		"a key edited":              {[]string{`UPDATE trail SET details = replace(details, 'next=', 'next=0') WHERE number = 5`}, 5, 5, audit.Edited},
		"a column too short":        {[]string{cover, `UPDATE trail SET object = x'01' WHERE number = 8`}, 8, 8, audit.Edited},
		"one deleted":               {[]string{`DELETE FROM trail WHERE number = 7`}, 7, 7, audit.Deleted},
		"three deleted":             {[]string{`DELETE FROM trail WHERE number BETWEEN 2 AND 4`}, 2, 4, audit.Deleted},
		"the first deleted":         {[]string{`DELETE FROM trail WHERE number = 0`}, 0, 0, audit.Deleted},
		"one deleted, closed up":    {closedUp(7), 7, 7, audit.Deleted},
		"a key deleted":             {[]string{`DELETE FROM trail WHERE number = 5`}, 5, 5, audit.KeyGone},
		"a key deleted, closed up":  {closedUp(5), 5, 5, audit.KeyGone},
		"a copy inserted":           {openedUp(7, 3, `before`), 7, 7, audit.Inserted},
		"a fitting copy inserted":   {openedUp(7, 3, `(SELECT before FROM trail WHERE number = 8)`), 7, 7, audit.Inserted},
		"one added at the end":      {openedUp(15, 14, `before`), 15, 15, audit.Edited},
		"two neighbours swapped":    {swapped(7, 8, ""), 7, 7, audit.Reordered},
		"two far ones swapped":      {swapped(7, 12, ""), 7, 7, audit.Reordered},
		"two swapped but for links": {swapped(7, 8, "day, actor, code, kind, object, details, signature"), 7, 7, audit.Edited},
		"signed with a later key":   {[]string{`UPDATE trail SET signature = (SELECT signature FROM trail o WHERE o.number = 12), code = (SELECT code FROM trail o WHERE o.number = 12) WHERE number = 7`}, 7, 7, audit.Edited},
		"the tail cut off":          {[]string{`DELETE FROM trail WHERE number > 9`}, 10, 10, audit.Truncated},
		"all deleted":               {[]string{`DELETE FROM trail`}, 0, 10, audit.Truncated},
		"a cut that nobody signed": {[]string{
			`DELETE FROM trail WHERE number IN (1, 2)`,
			`INSERT INTO trail SELECT 15, day, actor, 'log.cut', '', x'', 'from=3 hash=' || lower(hex((SELECT before FROM trail WHERE number = 3))), before, signature FROM trail WHERE number = 14`,
		}, 1, 2, audit.BadCut},
		"a cut of all that nobody signed": {[]string{
			`INSERT INTO trail SELECT 15, day, actor, 'log.cut', '', x'', 'from=15 hash=' || lower(hex(before)), before, signature FROM trail WHERE number = 14`,
			`DELETE FROM trail WHERE number < 15`,
		}, 0, 14, audit.KeyGone},
	} {
		t.Run(name, func(t *testing.T) {
			db, trail := worn(t)
			db.sql(t, c.change...)
			rep := verified(t, trail, audit.Wanted{})
			if rep.Fault == nil || *rep.Fault != (audit.Fault{Number: c.number, To: c.to, What: c.what}) {
				t.Errorf("found %v, want %d to %d %s", rep.Fault, c.number, c.to, c.what)
			}
		})
	}
}

func TestAnEntrySignedByAKeyOfAnotherTimeIsNamed(t *testing.T) {
	db, trail := worn(t)
	rows, err := trail.Rows(t.Context(), 7, 1)
	if err != nil {
		t.Fatal(err)
	}
	// The seed in force now was not the one of then.
	err = trail.signing(t.Context(), func(_ context.Context, k *keeper) error { rows[0].Sign(lineID, k.seed()); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.main.write.ExecContext(t.Context(), `UPDATE trail SET signature = ? WHERE number = 7`, rows[0].Signature[:]); err != nil {
		t.Fatal(err)
	}
	if rep := verified(t, trail, audit.Wanted{}); rep.Fault == nil || *rep.Fault != (audit.Fault{Number: 7, To: 7, What: audit.WrongKey}) {
		t.Errorf("found %v", rep.Fault)
	}
}

func TestACheckpointShowsALogThatWasCutOrRewritten(t *testing.T) {
	db, trail := worn(t)
	point, err := trail.Checkpoint(t.Context())
	if err != nil || point.Number != 14 {
		t.Fatal(point, err)
	}
	want := audit.Wanted{Checkpoints: []audit.Checkpoint{point}}
	recordSome(t, trail, 2)
	if rep := verified(t, trail, want); rep.Fault != nil {
		t.Fatal(rep.Fault)
	}
	db.sql(t, `DELETE FROM trail WHERE number > 11`) // the key of 10 still stands: the key file sees nothing
	if rep := verified(t, trail, audit.Wanted{}); rep.Fault != nil {
		t.Fatal(rep.Fault)
	}
	if rep := verified(t, trail, want); rep.Fault == nil || *rep.Fault != (audit.Fault{Number: 12, To: 14, What: audit.Truncated}) {
		t.Errorf("cut: %v", rep.Fault)
	}
	recordSome(t, trail, 5) // whoever has the key goes on as if nothing had been
	if rep := verified(t, trail, want); rep.Fault == nil || *rep.Fault != (audit.Fault{Number: 14, To: 14, What: audit.Rewritten}) {
		t.Errorf("rewritten: %v", rep.Fault)
	}
	other := want
	other.Checkpoints[0].Install = helpline.NewID()
	if _, err := trail.Verify(t.Context(), other); helpline.KindOf(err) != helpline.Invalid {
		t.Errorf("of another line: %v", err)
	}
}

func TestPromiseACopyIsCheckedWithTheFirstPublicKeyAlone(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	trail := db.Trail(lineID)
	first, err := trail.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	recordSome(t, trail, 3)
	if err := trail.Turn(t.Context(), "hour"); err != nil {
		t.Fatal(err)
	}
	recordSome(t, trail, 3)
	check := func(k audit.Key) *audit.Fault {
		t.Helper()
		into := filepath.Join(t.TempDir(), "copy.db")
		db.sql(t, `VACUUM INTO '`+into+`'`)
		c, err := OpenTrailCopy(t.Context(), into)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		rep, err := c.Verify(t.Context(), audit.Wanted{Keys: []audit.Key{k}})
		if err != nil {
			t.Fatal(err)
		}
		return rep.Fault
	}
	if f := check(first); f != nil {
		t.Error(f)
	}
	if f := check(audit.Key{1}); f == nil || f.Number != 0 {
		t.Errorf("with another key: %v", f)
	}
	db.sql(t, `UPDATE trail SET actor = zeroblob(16) WHERE number = 6`)
	if f := check(first); f == nil || *f != (audit.Fault{Number: 6, To: 6, What: audit.Edited}) {
		t.Errorf("edited: %v", f)
	}
	db.sql(t, `UPDATE trail SET details = 'install=AAAAAAAAAAAAAAAAAAAAAA' WHERE number = 0`)
	if f := check(first); f == nil || f.Number != 0 {
		t.Errorf("of another installation: %v", f)
	}
	db.sql(t, `DROP TABLE trail`)
	into := filepath.Join(t.TempDir(), "none.db")
	db.sql(t, `VACUUM INTO '`+into+`'`)
	if _, err := OpenTrailCopy(t.Context(), into); helpline.KindOf(err) != helpline.Invalid {
		t.Errorf("without a log: %v", err)
	}
	if _, err := OpenTrailCopy(t.Context(), filepath.Join(dir, "nothing.db")); err == nil {
		t.Error("a file that is not there")
	}
}
