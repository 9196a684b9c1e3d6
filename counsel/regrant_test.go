package counsel

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/counsel/vault"
)

// left says how many notes are not granted to the present generation.
func (h *house) left() int {
	h.safe.mu.Lock()
	defer h.safe.mu.Unlock()
	return len(h.safe.before(h.regrant.Generation))
}

func TestOlderNotesAreGrantedToThePresentGeneration(t *testing.T) {
	h := ready(t)
	var notes []helpline.ID
	for range 2*regrantBatch + 7 {
		notes = append(notes, h.save(h.robin, "old"))
	}
	if err := h.staffing.Remove(t.Context(), h.sam, h.kim.Person); err != nil {
		t.Fatal(err)
	}
	if n := h.left(); n != len(notes) || h.regrant.Total != len(notes) {
		t.Fatalf("%d of %d are left before it began", n, h.regrant.Total)
	}
	if err := h.regrants.pass(t.Context(), h.sam); err != nil {
		t.Fatal(err)
	}
	if h.left() != 0 || h.regrant.Done != len(notes) || h.regrant.Failed != 0 || h.batches != 3 {
		t.Errorf("%d left, %d done, %d failed, in %d batches", h.left(), h.regrant.Done, h.regrant.Failed, h.batches)
	}
	delete(h.seats, chair{vault.Supervisors, 1, h.sam.Person}) // the old key is needed no more
	for _, id := range notes[:5] {
		if n, err := h.notes.Open(t.Context(), h.sam, id, "quality"); err != nil || n.Text != "old" {
			t.Fatalf("a supervisor reads %q, %v", n.Text, err)
		}
		if _, err := h.notes.Open(t.Context(), h.robin, id, "quality"); err != nil {
			t.Fatalf("the author: %v", err)
		}
	}
	r, err := h.regrants.Progress(t.Context(), h.sam)
	if err != nil || !r.Over || r.Running {
		t.Errorf("the page is told %+v, %v", r, err)
	}
	_, err = h.regrants.Progress(t.Context(), h.robin)
	wantErr(t, err, helpline.Forbidden, nil)
}

func TestGrantingGoesOnWhereItWasAndNeedsAnUnlockedSupervisor(t *testing.T) {
	h := ready(t)
	for range 3 * regrantBatch {
		h.save(h.robin, "old")
	}
	if err := h.staffing.Remove(t.Context(), h.sam, h.kim.Person); err != nil {
		t.Fatal(err)
	}
	h.keys.Lock(h.sam)
	if err := h.regrants.pass(t.Context(), h.sam); err != nil || h.left() != 3*regrantBatch {
		t.Fatalf("locked: %v, %d left", err, h.left())
	}
	h.unlock(h.sam)
	lock := &locksAfter{safe: h.safe, house: h, batches: 1}
	h.regrants.rows = lock
	if err := h.regrants.pass(t.Context(), h.sam); err != nil {
		t.Fatal(err)
	}
	if h.left() != 2*regrantBatch || h.regrant.Done != regrantBatch {
		t.Errorf("locked after a batch: %d left, %d done", h.left(), h.regrant.Done)
	}
	h.restart() // the program dies
	h.unlock(h.sam)
	h.fails = helpline.Errorf(helpline.Unavailable, "the disk is full")
	wantErr(t, h.regrants.pass(t.Context(), h.sam), helpline.Unavailable, nil)
	if h.left() != 2*regrantBatch {
		t.Error("a batch that failed was half written")
	}
	h.fails = nil
	if err := h.regrants.pass(t.Context(), h.sam); err != nil {
		t.Fatal(err)
	}
	if h.left() != 0 || h.regrant.Done != 3*regrantBatch || h.batches != 3 {
		t.Errorf("%d left, %d done in %d batches", h.left(), h.regrant.Done, h.batches)
	}
}

// locksAfter locks the supervisor's screen after so many batches.
type locksAfter struct {
	*safe
	house   *house
	batches int
}

func (l *locksAfter) GrantAgain(ctx context.Context, b RegrantBatch) error {
	err := l.safe.GrantAgain(ctx, b)
	if l.batches--; l.batches == 0 {
		l.house.keys.Lock(l.house.sam)
	}
	return err
}

func TestWhatOneSupervisorCannotOpenWaitsForAnother(t *testing.T) {
	h := ready(t)
	good, bad, foreign := h.save(h.robin, "good"), h.save(h.robin, "bad"), h.save(h.robin, "foreign")
	if err := h.staffing.Remove(t.Context(), h.sam, h.lou.Person); err != nil { // the counsellors turn, the supervisors do not
		t.Fatal(err)
	}
	if err := h.staffing.SetRoles(t.Context(), h.sam, h.kim.Person, []helpline.Role{helpline.Counsellor}); err != nil {
		t.Fatal(err)
	}
	spoil := h.safe.notes[bad]
	spoil.ToGroup = append([]byte(nil), spoil.ToGroup...)
	spoil.ToGroup[len(spoil.ToGroup)-1] ^= 1
	h.safe.notes[bad] = spoil
	moved := h.safe.notes[foreign] // another note's grant in its row
	moved.ToGroup = h.safe.notes[good].ToGroup
	h.safe.notes[foreign] = moved
	if err := h.regrants.pass(t.Context(), h.sam); err != nil {
		t.Fatal(err)
	}
	if h.regrant.Done != 1 || h.regrant.Failed != 2 {
		t.Errorf("%+v", h.regrant)
	}
	before := h.batches
	if err := h.regrants.pass(t.Context(), h.sam); err != nil || h.batches != before+1 || h.regrant.Failed != 2 {
		t.Errorf("a second pass: %v, %+v", err, h.regrant)
	}
}

func TestTheLoopTakesWhoeverUnlocksAndIgnoresTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := ready(t)
		h.save(h.robin, "old")
		if err := h.staffing.Remove(t.Context(), h.sam, h.kim.Person); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		over := make(chan error, 1)
		for len(h.regrants.kicks) > 0 { // those who unlocked before anything was to be done
			<-h.regrants.kicks
		}
		go func() { over <- h.regrants.Run(ctx) }()
		h.unlock(h.robin)
		synctest.Wait()
		if h.left() != 1 {
			t.Error("a counsellor's keyring was used")
		}
		h.keys.Lock(h.sam)
		h.unlock(h.sam) // this alone is enough
		synctest.Wait()
		if h.left() != 0 {
			t.Error("nothing was granted")
		}
		for range 20 { // never waits
			h.regrants.Kick(h.sam)
		}
		synctest.Wait()
		stop()
		if err := <-over; err != nil {
			t.Error(err)
		}
	})
}

// Whoever can write the database says that another generation is the present
// one: nothing is granted to a key that the log does not name.
func TestTheRowThatSaysWhichGenerationIsNotBelieved(t *testing.T) {
	h := ready(t)
	h.save(h.robin, "old")
	h.regrant = Regranting{Generation: 9, Total: 1}
	wantErr(t, h.regrants.pass(t.Context(), h.sam), helpline.Conflict, nil)
	if h.left() != 1 || h.batches != 0 {
		t.Error("something was granted")
	}
}

func TestNothingNewIsSealedToAGenerationOfThePast(t *testing.T) {
	h := ready(t)
	slow := &turnsFirst{safe: h.safe, before: func() {
		if err := h.staffing.Remove(t.Context(), h.sam, h.kim.Person); err != nil {
			t.Error(err)
		}
	}}
	h.notes.rows = slow // somebody is removed between the sealing and the saving
	id := h.save(h.robin, "words")
	if row := h.safe.notes[id]; row.Generation != 2 {
		t.Errorf("the note is granted to generation %d", row.Generation)
	}
	if n, err := h.notes.Open(t.Context(), h.sam, id, "quality"); err != nil || n.Text != "words" {
		t.Errorf("a supervisor reads %v", err)
	}
	// The same for a change of a note.
	slow.before = func() {
		if err := h.staffing.SetRoles(t.Context(), h.sam, h.lou.Person, []helpline.Role{helpline.Supervisor}); err != nil {
			t.Error(err)
		}
		if err := h.staffing.Remove(t.Context(), h.sam, h.lou.Person); err != nil {
			t.Error(err)
		}
	}
	if err := h.notes.Revise(t.Context(), h.robin, id, Closing{Revision: 1, Outcome: good(), Text: "changed"}); err != nil {
		t.Fatal(err)
	}
	if row := h.safe.notes[id]; row.Generation != 3 {
		t.Errorf("the changed note is granted to generation %d", row.Generation)
	}
}

// turnsFirst lets something happen before the next write.
type turnsFirst struct {
	*safe
	before func()
}

func (s *turnsFirst) first() {
	if do := s.before; do != nil {
		s.before = nil
		do()
	}
}

func (s *turnsFirst) SaveNote(ctx context.Context, contact helpline.ID, n NoteRow, counts []Coded, at time.Time) error {
	s.first()
	return s.safe.SaveNote(ctx, contact, n, counts, at)
}

func (s *turnsFirst) ReviseNote(ctx context.Context, n NoteRow, from uint64) error {
	s.first()
	return s.safe.ReviseNote(ctx, n, from)
}
