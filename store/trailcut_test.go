package store

import (
	"slices"
	"testing"
	"time"

	"helpline/counsel/audit"
	"helpline/counsel/retention"
)

// aged is a log whose deeds are so many days old: 0 first, 1 to 3 deeds, 4 key,
// 5 to 7 deeds, 8 key, 9 to 11 deeds.
func aged(t *testing.T, days ...int) (*DB, *Trail) {
	t.Helper()
	db := open(t, t.TempDir())
	trail := db.Trail(lineID)
	now := time.Now()
	for i, d := range days {
		trail.now = func() time.Time { return now.AddDate(0, 0, -d) }
		if i == 0 {
			if _, err := trail.Begin(t.Context()); err != nil {
				t.Fatal(err)
			}
		} else if err := trail.Turn(t.Context(), "hour"); err != nil {
			t.Fatal(err)
		}
		recordSome(t, trail, 3)
	}
	trail.now = time.Now
	return db, trail
}

func numbers(t *testing.T, trail *Trail) (all []int) {
	t.Helper()
	rows, err := trail.Rows(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		all = append(all, r.Number)
	}
	return all
}

func TestALogThatIsCutStillVerifiesFromItsFirstKey(t *testing.T) {
	db, trail := aged(t, 800, 740, 20)
	point, err := trail.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	oldest := retention.Day(time.Now()) - 730
	if gone, err := trail.Cut(t.Context(), oldest); err != nil || gone != 6 {
		t.Fatalf("%d went, %v", gone, err)
	}
	if got, want := numbers(t, trail), []int{0, 4, 8, 9, 10, 11, 12}; !slices.Equal(got, want) {
		t.Errorf("left %v, want %v", got, want)
	}
	rep := verified(t, trail, audit.Wanted{Checkpoints: []audit.Checkpoint{point}})
	if rep.Fault != nil || rep.Cut != 8 || rep.Checked != 7 {
		t.Errorf("%v, cut %d, checked %d", rep.Fault, rep.Cut, rep.Checked)
	}
	if gone, err := trail.Cut(t.Context(), oldest); err != nil || gone != 0 || len(numbers(t, trail)) != 7 {
		t.Errorf("once more: %d went, %v", gone, err)
	}
	// What a crash between the entry and the cut has left goes the next time.
	db.sql(t, `INSERT INTO trail SELECT 7, day, actor, 'person.invite', 'person', zeroblob(16), '', before, signature FROM trail WHERE number = 4`)
	if gone, err := trail.Cut(t.Context(), oldest); err != nil || gone != 1 {
		t.Errorf("what was left: %d went, %v", gone, err)
	}
	for name, c := range map[string]struct {
		change []string
		want   audit.Fault
	}{
		"a key below the cut is gone":   {[]string{`DELETE FROM trail WHERE number = 4`}, audit.Fault{Number: 1, To: 7, What: audit.KeyGone}},
		"the first key is gone":         {[]string{`DELETE FROM trail WHERE number = 0`}, audit.Fault{Number: 0, To: 3, What: audit.Deleted}},
		"more went than the entry says": {[]string{`DELETE FROM trail WHERE number = 9`}, audit.Fault{Number: 9, To: 9, What: audit.Deleted}},
		"the entry says more":           {[]string{`UPDATE trail SET details = replace(details, 'from=8', 'from=9') WHERE number = 12`}, audit.Fault{Number: 1, To: 8, What: audit.BadCut}},
		"no entry says so":              {[]string{`DELETE FROM trail WHERE number = 12`}, audit.Fault{Number: 1, To: 3, What: audit.Deleted}},
	} {
		t.Run(name, func(t *testing.T) {
			db, trail := aged(t, 800, 740, 20)
			if _, err := trail.Cut(t.Context(), oldest); err != nil {
				t.Fatal(err)
			}
			db.sql(t, c.change...)
			if rep := verified(t, trail, audit.Wanted{}); rep.Fault == nil || *rep.Fault != c.want {
				t.Errorf("found %v, want %v", rep.Fault, c.want)
			}
		})
	}
}

func TestACutLeavesWhatStandsBehindAnEntryThatIsNotOldYet(t *testing.T) {
	_, trail := aged(t, 20, 800) // the clock was set back: the old ones are not before the new
	if gone, err := trail.Cut(t.Context(), retention.Day(time.Now())-730); err != nil || gone != 0 {
		t.Errorf("%d went, %v", gone, err)
	}
	db, old := aged(t, 900, 800)
	if gone, err := old.Cut(t.Context(), retention.Day(time.Now())-730); err != nil || gone != 5 {
		t.Errorf("all are old: %d went, %v", gone, err)
	}
	if rep := verified(t, old, audit.Wanted{}); rep.Fault != nil {
		t.Error(rep.Fault)
	}
	if err := old.Turn(t.Context(), "hour"); err != nil {
		t.Fatal(err)
	}
	db.sql(t, `UPDATE trail SET day = day + 1 WHERE number = 4`)
	if rep := verified(t, old, audit.Wanted{}); rep.Fault == nil {
		t.Error("a key that was edited below the cut is not seen")
	}
}
