package store

import (
	"bytes"
	"fmt"
	"testing"

	"helpline"
	"helpline/counsel"
)

// limitPages leaves room for so many pages more than there are.
func limitPages(t *testing.T, f *file, more int) {
	t.Helper()
	var pages int
	if err := f.write.QueryRowContext(t.Context(), `PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if _, err := f.write.ExecContext(t.Context(), fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+more)); err != nil {
		t.Fatal(err)
	}
}

// The disk gets full at the first page of a save, at the second, and so on:
// each time all of it stands or nothing.
func TestADiskThatFillsAtAnyPageOfASaveKeepsAllOfItOrNothing(t *testing.T) {
	db := open(t, t.TempDir())
	contact, author := aContact(t, db)
	draft := counsel.DraftRow{Contact: contact, Author: author, Shred: 7, Sealed: noise(1000)}
	if err := db.PutDraft(t.Context(), draft); err != nil {
		t.Fatal(err)
	}
	n := aNote(t, db, author)
	n.Sealed = noise(16 << 10)
	stands := func() (notes, permits, sums, marks int) {
		err := db.main.read.QueryRowContext(t.Context(), `
			SELECT (SELECT count(*) FROM note), (SELECT count(*) FROM permit), (SELECT count(*) FROM coded),
			       (SELECT count(*) FROM closing WHERE saved = 1)`).Scan(&notes, &permits, &sums, &marks)
		if err != nil {
			t.Fatal(err)
		}
		return notes, permits, sums, marks
	}
	refused := 0
	for more := 0; ; more++ {
		if more > 40 {
			t.Fatal("a note needs more than 40 pages")
		}
		limitPages(t, db.main, more)
		err := db.SaveNote(t.Context(), contact, n, someCounts, noon)
		notes, permits, sums, marks := stands()
		if err == nil {
			if notes != 1 || permits != 2 || sums != len(someCounts) || marks != 1 {
				t.Errorf("saved with %d pages: %d notes, %d grants, %d sums, %d marks", more, notes, permits, sums, marks)
			}
			break
		}
		refused++
		wantError(t, err, helpline.Unavailable, "disk is full")
		if notes+permits+sums+marks != 0 {
			t.Errorf("refused with %d pages: %d notes, %d grants, %d sums, %d marks stand", more, notes, permits, sums, marks)
		}
		if d, err := db.Draft(t.Context(), contact); err != nil || !bytes.Equal(d.Sealed, draft.Sealed) {
			t.Errorf("refused with %d pages: the draft is lost, %v", more, err)
		}
	}
	if refused < 4 {
		t.Errorf("only %d saves met a full disk: this test sees too little", refused)
	}
}
