package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
)

// TestAnAnswerEndsTheWaitingOfNoLetterThatWasNotRead: what the visitor adds while
// the counsellor writes still waits, with its alarm, until somebody has read it.
func TestAnAnswerEndsTheWaitingOfNoLetterThatWasNotRead(t *testing.T) {
	d := newLetterDesk(t)
	ctx := t.Context()
	id, key := d.leave(helpline.LetterThread)
	if err := d.threads.Claim(ctx, d.robin, id); err != nil {
		t.Fatal(err)
	}
	before, err := d.threads.Read(ctx, d.robin, id)
	if err != nil {
		t.Fatal(err)
	}
	err = d.inbox.Add(ctx, key, helpline.Left{Form: helpline.NewID(), Kind: helpline.LetterThread, Locale: "en", Urgent: true, Body: `{"text":"Tonight."}`, Version: 1})
	if err != nil {
		t.Fatal(err)
	}
	d.want(d.threads.Answer(ctx, d.robin, id, helpline.NewID(), before.Letters[0].ID, `{"text":"Sleep well."}`), helpline.Conflict)
	if all, _, err := d.threads.Waiting(ctx); err != nil || all != 1 {
		t.Errorf("%d wait, %v", all, err)
	}
	after, err := d.threads.Read(ctx, d.robin, id)
	if err != nil || len(after.Letters) != 2 || !after.Urgent {
		t.Fatalf("%d letters, urgent %v, %v", len(after.Letters), after.Urgent, err)
	}
	if err := d.threads.Answer(ctx, d.robin, id, helpline.NewID(), after.Letters[1].ID, `{"text":"Call 112."}`); err != nil {
		t.Error(err)
	}
}

// TestPromiseAFormThatABrowserKeptGivesNoCode: a browser may keep the number of a
// form that was sent, and show it to whoever goes back. Only the finger that
// sends the same words twice is given the code twice.
func TestPromiseAFormThatABrowserKeptGivesNoCode(t *testing.T) {
	d := newLetterDesk(t)
	left := helpline.Left{Form: helpline.NewID(), Kind: helpline.LetterThread, Locale: "en", Audience: helpline.Self, Body: `{"text":"I cannot sleep."}`, Version: 1}
	code, _, err := d.inbox.Leave(t.Context(), "rate", left)
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := d.inbox.Leave(t.Context(), "rate", left)
	if err != nil || again.Reveal() != code.Reveal() {
		t.Errorf("an impatient finger gets another code, or %v", err)
	}
	left.Body = `{"text":"Who was here before me?"}`
	other, _, err := d.inbox.Leave(t.Context(), "rate", left)
	if !errors.Is(err, counsel.ErrKept) || other.Reveal() != "" {
		t.Errorf("other words in the same form give the code: %v", err)
	}
}

// slowEraser lets something happen between the keys and the rows.
type slowEraser struct {
	counsel.ErasedRows
	between func()
}

func (s slowEraser) DropErased(ctx context.Context, thread helpline.ID, notes, held []helpline.ID, today int) ([]int64, error) {
	s.between()
	return s.ErasedRows.DropErased(ctx, thread, notes, held, today)
}

// TestPromiseAnAnswerThatComesWhileEverythingIsErasedLosesItsKeyToo: its bytes
// may stand in a copy of the database.
func TestPromiseAnAnswerThatComesWhileEverythingIsErasedLosesItsKeyToo(t *testing.T) {
	d := newLetterDesk(t)
	ctx := t.Context()
	id, key := d.leave(helpline.LetterThread)
	if err := d.threads.Claim(ctx, d.robin, id); err != nil {
		t.Fatal(err)
	}
	thread, err := d.threads.Read(ctx, d.robin, id)
	if err != nil {
		t.Fatal(err)
	}
	var number int64
	was := d.inbox.Erased
	d.inbox.Erased = slowEraser{was, func() {
		// The key of the first letter is forgotten: who has the page open answers all the same.
		rows, err := d.db.Letters(ctx, id)
		if err != nil {
			t.Error(err)
			return
		}
		late := rows[len(rows)-1]
		var shredErr error
		if number, _, shredErr = d.db.Shred().Take(ctx); shredErr != nil {
			t.Error(shredErr)
		}
		late.ID, late.Number, late.Shred = helpline.NewID(), late.Number+1, number
		if err := d.db.AddLetter(ctx, late, counsel.ThreadTurn{Ends: thread.Ends, Holder: d.robin.Person}); err != nil {
			t.Error(err)
		}
	}}
	if _, err := d.inbox.Erase(ctx, key); err != nil {
		t.Fatal(err)
	}
	_, err = d.db.Shred().Key(ctx, number)
	d.want(err, helpline.NotFound)
}

// TestAComplaintThatNobodyCouldReadIsNotTaken: with one person named, what is said
// of that one would come to nobody.
func TestAComplaintThatNobodyCouldReadIsNotTaken(t *testing.T) {
	d := newLetterDesk(t)
	p, err := d.lookWrongs(t.Context())
	if err != nil || p.State != counsel.PointDone {
		t.Errorf("the list before opening says %v, %v", p, err)
	}
	only := []helpline.ID{d.fran.Person}
	if err := d.rings.Name(t.Context(), d.sam, only); err != nil {
		t.Fatal(err)
	}
	if err := d.rings.ConfirmNaming(t.Context(), d.fran, only); err != nil {
		t.Fatal(err)
	}
	if p, err = d.lookWrongs(t.Context()); err != nil || p.State != counsel.PointTodo || p.Has != 1 {
		t.Errorf("the list before opening says %v, %v", p, err)
	}
	d.leave(helpline.WrongThread, d.sam.Person)
	_, _, err = d.inbox.Leave(t.Context(), "rate", helpline.Left{
		Form: helpline.NewID(), Kind: helpline.WrongThread, Locale: "en", Audience: helpline.Self, Body: `{"text":"x"}`, About: []helpline.ID{d.fran.Person}, Version: 1,
	})
	if !errors.Is(err, helpline.ErrNobody) {
		t.Errorf("what nobody would read: %v", err)
	}
}

// TestPromiseAnAlarmRingsAgainWhenNobodyLooksAfterTheLetter: who took it has gone
// home, locked the screen, works here no more, or has not opened it for long.
func TestPromiseAnAlarmRingsAgainWhenNobodyLooksAfterTheLetter(t *testing.T) {
	d := newLetterDesk(t)
	ctx := t.Context()
	id, key := d.leave(helpline.LetterThread)
	err := d.inbox.Add(ctx, key, helpline.Left{Form: helpline.NewID(), Kind: helpline.LetterThread, Locale: "en", Urgent: true, Body: `{"text":"Tonight."}`, Version: 1})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	clock := func() time.Time { return now }
	d.threads = counsel.NewThreads(counsel.NewInbox(d.rings, d.notes, d.work, counsel.InboxSettings{Zone: time.UTC}, d.inbox.InboxStores, clock), d.trail)
	want := func(when string, n int) {
		t.Helper()
		if _, urgent, err := d.threads.Waiting(ctx); err != nil || urgent != n {
			t.Errorf("%s: %d alarms, want %d, %v", when, urgent, n, err)
		}
	}
	want("nobody has it", 1)
	if err := d.threads.Claim(ctx, d.robin, id); err != nil {
		t.Fatal(err)
	}
	want("just taken", 0)
	later := counsel.NewThreads(d.inbox, d.trail) // as after a restart: nobody has opened it
	if _, urgent, err := later.Waiting(ctx); err != nil || urgent != 1 {
		t.Errorf("after a restart: %d alarms, %v", urgent, err)
	}
	now = now.Add(31 * time.Minute)
	want("not opened for half an hour", 1)
	if _, err := d.threads.Read(ctx, d.robin, id); err != nil {
		t.Fatal(err)
	}
	want("opened again", 0)
	d.rings.Lock(d.robin)
	want("locked, or logged out", 1)
	gone := helpline.NewID()
	for _, c := range [][2]helpline.ID{{d.robin.Person, gone}, {gone, {}}} {
		if err := d.db.Take(ctx, id, c[0], c[1]); err != nil {
			t.Fatal(err)
		}
		want("held by nobody who works here", 1)
	}
}
