package counsel

import (
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/retention"
)

func today() int { return retention.Day(time.Now()) }

func TestPromiseANoteOfSomebodyElseOpensWithAReasonAndATrace(t *testing.T) {
	h := ready(t)
	id := h.save(h.robin, "words")
	h.trail.rows = nil
	for _, reason := range []string{"", "because", "Quality"} {
		_, err := h.notes.Open(t.Context(), h.sam, id, reason)
		wantErr(t, err, helpline.Forbidden, ErrReason)
	}
	if len(h.trail.rows) != 0 {
		t.Fatalf("what did not open is recorded: %v", h.trail.codes())
	}
	if n, err := h.notes.Open(t.Context(), h.sam, id, "quality"); err != nil || n.Text != "words" {
		t.Fatal(err)
	}
	r := h.trail.rows[0]
	if len(h.trail.rows) != 1 || r.Code != audit.NoteOpen || r.Actor != h.sam.Person || r.Day != today() ||
		r.Detail("author") != h.robin.Person.String() || r.Detail("reason") != "quality" {
		t.Errorf("recorded: %v", h.trail.rows)
	}
	if r.Object.ID == id || strings.Contains(r.Details, id.String()) {
		t.Error("the entry names the note")
	}
	if _, err := h.notes.Open(t.Context(), h.robin, id, ""); err != nil || len(h.trail.rows) != 1 {
		t.Errorf("the author opens the own note: %v, recorded %v", err, h.trail.codes())
	}
}

func TestPromiseANoteWhoseOpeningCannotBeRecordedDoesNotOpen(t *testing.T) {
	h := ready(t)
	id := h.save(h.robin, "words")
	h.trail.full = true
	n, err := h.notes.Open(t.Context(), h.sam, id, "quality")
	wantErr(t, err, helpline.Unavailable, nil)
	if n.Text != "" || n.Outcome != nil {
		t.Error("it was given all the same")
	}
}

func TestTheAuthorIsToldWhoOpenedANote(t *testing.T) {
	h := ready(t)
	id, other := h.save(h.robin, "words"), h.save(h.robin, "other words")
	for _, reason := range []string{"quality", "complaint"} {
		if _, err := h.notes.Open(t.Context(), h.sam, id, reason); err != nil {
			t.Fatal(err)
		}
	}
	openings := func(by By, note helpline.ID) []Opening {
		heads, err := h.notes.List(t.Context(), by)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(heads, func(n NoteHead) bool { return n.ID == note })
		return heads[i].Openings
	}
	want := []Opening{
		{By: h.sam.Person, Name: "Sam", Day: retention.Midnight(today()), Reason: "complaint"},
		{By: h.sam.Person, Name: "Sam", Day: retention.Midnight(today()), Reason: "quality"},
	}
	if got := openings(h.robin, id); !slices.Equal(got, want) {
		t.Errorf("the author is told %v", got)
	}
	if got := openings(h.robin, other); len(got) != 0 {
		t.Errorf("of a note that nobody opened: %v", got)
	}
	if got := openings(h.kim, id); len(got) != 0 {
		t.Errorf("a supervisor is told %v", got)
	}
	h.safe.keys = nil // all is forgotten: the entries name nothing any more
	if got := openings(h.robin, id); len(got) != 0 {
		t.Errorf("without its shred key the note is still named: %v", got)
	}
}

func TestMoreThanTwentyOpeningsADayNeedASecondPerson(t *testing.T) {
	h := ready(t)
	id := h.save(h.robin, "words")
	open := func(by By) error {
		_, err := h.notes.Open(t.Context(), by, id, "quality")
		return err
	}
	for range OpeningsADay {
		if err := open(h.sam); err != nil {
			t.Fatal(err)
		}
	}
	wantErr(t, open(h.sam), helpline.Forbidden, ErrTooMany)
	if err := open(h.kim); err != nil {
		t.Errorf("a colleague is stopped too: %v", err)
	}
	wantErr(t, h.notes.Allow(t.Context(), h.sam, h.sam.Person), helpline.Forbidden, nil)
	wantErr(t, h.notes.Allow(t.Context(), h.robin, h.sam.Person), helpline.Forbidden, nil)
	wantErr(t, h.notes.Allow(t.Context(), h.sam, h.kim.Person), helpline.Conflict, nil)
	wantErr(t, h.notes.Allow(t.Context(), h.kim, helpline.NewID()), helpline.NotFound, nil)
	all, err := h.notes.Allowances(t.Context(), h.kim)
	if err != nil || len(all) != 2 || all[1] != (Allowance{h.sam.Person, OpeningsADay, 0}) {
		t.Errorf("allowances %v, %v", all, err)
	}
	if err := h.notes.Allow(t.Context(), h.kim, h.sam.Person); err != nil {
		t.Fatal(err)
	}
	for range OpeningsADay {
		if err := open(h.sam); err != nil {
			t.Fatal(err)
		}
	}
	wantErr(t, open(h.sam), helpline.Forbidden, ErrTooMany)
	h.trail.full = true
	wantErr(t, h.notes.Allow(t.Context(), h.kim, h.sam.Person), helpline.Unavailable, nil)
}

func TestTamperingSeenByTheVaultIsRecordedOnceADay(t *testing.T) {
	h := ready(t)
	id := h.save(h.robin, "words")
	row := h.safe.notes[id]
	row.Sealed = slices.Clone(row.Sealed)
	row.Sealed[len(row.Sealed)/2] ^= 1
	h.safe.notes[id] = row
	h.trail.rows = nil
	for range 3 {
		if _, err := h.notes.Open(t.Context(), h.robin, id, ""); err == nil {
			t.Fatal("it opened")
		}
	}
	if len(h.trail.rows) != 1 || h.trail.rows[0].Code != audit.KeyTampered || h.trail.rows[0].Detail("where") != "note" {
		t.Errorf("recorded: %v", h.trail.rows)
	}
	h.safe.log = h.safe.log[:1] // the key log is rolled back
	if _, err := h.notes.List(t.Context(), h.robin); err != nil {
		t.Fatal(err)
	}
	if _, err := h.notes.Open(t.Context(), h.robin, id, ""); err == nil {
		t.Fatal("it opened")
	}
	if len(h.trail.rows) != 2 || h.trail.rows[1].Detail("where") != "log" {
		t.Errorf("recorded: %v", h.trail.rows)
	}
}
