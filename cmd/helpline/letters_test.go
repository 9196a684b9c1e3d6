package main

import (
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
)

// letterDesk is the demonstration's line with its people at work, and nothing served.
type letterDesk struct {
	*testing.T
	*line
	sam, fran, robin, alex counsel.By
}

func newLetterDesk(t *testing.T) *letterDesk {
	t.Helper()
	dir, err := demoFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	l, site, err := openDemo(t.Context(), dir, "127.0.0.1:8080", cheap, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.db.Close() })
	ctx := t.Context()
	second, err := ensureSecond(ctx, l.db)
	if err != nil {
		t.Fatal(err)
	}
	colleagues, err := ensureColleagues(ctx, l.db, 1)
	if err == nil {
		err = introduce(ctx, l, site.people, []staff.Person{second, colleagues[0]})
	}
	if err == nil {
		err = l.nameSafeguards(ctx, site.people.supervisor, second)
	}
	if err != nil {
		t.Fatal(err)
	}
	go l.work.Run(ctx)
	d := &letterDesk{T: t, line: l}
	for by, p := range map[*counsel.By]staff.Person{&d.sam: site.people.supervisor, &d.fran: second, &d.robin: site.people.counsellor, &d.alex: colleagues[0]} {
		if *by, err = l.enterQuietly(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// leave leaves a letter and gives its thread and the key of its code.
func (d *letterDesk) leave(kind helpline.ThreadKind, about ...helpline.ID) (helpline.ID, helpline.ThreadKey) {
	d.Helper()
	_, key, err := d.inbox.Leave(d.Context(), "rate", helpline.Left{
		Form: helpline.NewID(), Kind: kind, Locale: "en", Audience: helpline.Self, Body: `{"text":"I cannot sleep."}`, About: about, Version: 1,
	})
	if err != nil {
		d.Fatal(err)
	}
	thread, err := d.inbox.Read(d.Context(), key)
	if err != nil {
		d.Fatal(err)
	}
	return thread.ID, key
}

func (d *letterDesk) want(err error, kind helpline.Kind) {
	d.Helper()
	if helpline.KindOf(err) != kind {
		d.Errorf("%v, want %q", err, kind)
	}
}

func (d *letterDesk) heads(by counsel.By) (out []helpline.ID) {
	d.Helper()
	all, err := d.threads.Heads(d.Context(), by)
	if err != nil {
		d.Fatal(err)
	}
	for _, h := range all {
		out = append(out, h.ID)
	}
	return out
}

// deeds are the entries of a code, the newest first.
func (d *letterDesk) deeds(code audit.Code) []audit.Row {
	d.Helper()
	rows, err := d.trail.Find(d.Context(), audit.Query{Codes: []audit.Code{code}})
	if err != nil {
		d.Fatal(err)
	}
	return rows
}

// TestPromiseAComplaintIsReadByThoseItIsForAndNotByWhomItIsAbout is about the
// rows and seals; the pages have tests of their own.
func TestPromiseAComplaintIsReadByThoseItIsForAndNotByWhomItIsAbout(t *testing.T) {
	d := newLetterDesk(t)
	ctx := t.Context()
	id, key := d.leave(helpline.WrongThread, d.sam.Person) // who belongs to the group herself
	for name, by := range map[string]counsel.By{"whom it is about": d.sam, "a counsellor": d.robin} {
		if slices.Contains(d.heads(by), id) {
			t.Errorf("%s sees it", name)
		}
		d.want(d.threads.Claim(ctx, by, id), helpline.NotFound)
		d.want(d.threads.TakeOver(ctx, by, id, "complaint"), helpline.NotFound)
		_, err := d.threads.Read(ctx, by, id)
		d.want(err, helpline.NotFound)
		d.want(d.threads.Answer(ctx, by, id, helpline.NewID(), helpline.NewID(), `{"text":"x"}`), helpline.NotFound)
	}
	_, err := d.threads.Read(ctx, d.fran, id)
	d.want(err, helpline.Conflict) // not claimed yet
	if err := d.threads.Claim(ctx, d.fran, id); err != nil {
		t.Fatal(err)
	}
	if rows := d.deeds(audit.WrongOpen); len(rows) != 1 || rows[0].Actor != d.fran.Person {
		t.Errorf("the audit log has %v", rows)
	}
	thread, err := d.threads.Read(ctx, d.fran, id)
	if err != nil || len(thread.Letters) != 1 || thread.Letters[0].Body != `{"text":"I cannot sleep."}` {
		t.Fatalf("%v, %v", thread.Letters, err)
	}
	if err := d.threads.Answer(ctx, d.fran, id, helpline.NewID(), thread.Letters[0].ID, `{"text":"We are sorry."}`); err != nil {
		t.Fatal(err)
	}
	mine, err := d.inbox.Read(ctx, key)
	if err != nil || len(mine.Letters) != 2 || !mine.Letters[1].New {
		t.Errorf("the answer does not reach the code: %v", err)
	}
}

func TestALetterOfAColleagueIsTakenOverForAReasonThatStandsInTheLogFirst(t *testing.T) {
	d := newLetterDesk(t)
	ctx := t.Context()
	id, _ := d.leave(helpline.LetterThread)
	d.want(d.threads.TakeOver(ctx, d.alex, id, "handover"), helpline.Conflict) // nobody has it
	if err := d.threads.Claim(ctx, d.robin, id); err != nil {
		t.Fatal(err)
	}
	d.want(d.threads.Claim(ctx, d.alex, id), helpline.Conflict)
	if err := d.threads.TakeOver(ctx, d.alex, id, "because"); !errors.Is(err, counsel.ErrReason) {
		t.Errorf("without a reason: %v", err)
	}
	if err := d.threads.TakeOver(ctx, d.alex, id, "handover"); err != nil {
		t.Fatal(err)
	}
	rows := d.deeds(audit.ThreadTake)
	if len(rows) != 1 || rows[0].Actor != d.alex.Person || rows[0].Detail("holder") != d.robin.Person.String() || rows[0].Detail("reason") != "handover" || rows[0].Object.ID == id {
		t.Errorf("the audit log has %v", rows)
	}
	_, err := d.threads.Read(ctx, d.robin, id)
	d.want(err, helpline.Conflict)
	d.want(d.threads.Release(ctx, d.robin, id), helpline.Conflict)
	if _, err := d.threads.Read(ctx, d.alex, id); err != nil {
		t.Error(err)
	}
}

func TestAnAlarmRingsUntilSomebodyHasTakenTheLetter(t *testing.T) {
	d := newLetterDesk(t)
	ctx := t.Context()
	counts := func() [2]int {
		all, urgent, err := d.threads.Waiting(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return [2]int{all, urgent}
	}
	id, key := d.leave(helpline.LetterThread)
	d.leave(helpline.WrongThread) // not counted where counsellors look
	if got := counts(); got != [2]int{1, 0} {
		t.Error(got)
	}
	err := d.inbox.Add(ctx, key, helpline.Left{Form: helpline.NewID(), Kind: helpline.LetterThread, Locale: "en", Urgent: true, Body: `{"text":"Tonight."}`, Version: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got := counts(); got != [2]int{1, 1} {
		t.Error(got)
	}
	if err := d.threads.Claim(ctx, d.robin, id); err != nil {
		t.Fatal(err)
	}
	if got := counts(); got != [2]int{1, 0} {
		t.Error(got)
	}
	thread, err := d.threads.Read(ctx, d.robin, id)
	if err != nil {
		t.Fatal(err)
	}
	d.want(d.threads.Finish(ctx, d.robin, id, thread.Letters[0].ID), helpline.Conflict) // there is a newer one
	if err := d.threads.Finish(ctx, d.robin, id, thread.Letters[1].ID); err != nil {
		t.Fatal(err)
	}
	if got := counts(); got != [2]int{0, 0} {
		t.Error(got)
	}
}

// TestPromiseErasingTakesTheNotesThatBelongToTheCode: a note that was begun from
// a letter, and one of a conversation in which the code was given, go with the
// code; another note stays.
func TestPromiseErasingTakesTheNotesThatBelongToTheCode(t *testing.T) {
	d := newLetterDesk(t)
	ctx := t.Context()
	id, key := d.leave(helpline.LetterThread)
	outcome := counsel.Outcome{counsel.ChannelQuestion: {"inbox"}, "group": {"own"}, "ended": {"agreed"}}
	write := func(thread helpline.ID) {
		t.Helper()
		contact, err := d.notes.Begin(ctx, d.robin)
		if err != nil {
			t.Fatal(err)
		}
		c := counsel.Closing{Contact: contact, Thread: thread, Outcome: outcome, Text: "half"}
		if err := d.notes.Draft(ctx, d.robin, c); err != nil {
			t.Fatal(err)
		}
		half, err := d.notes.OpenDraft(ctx, d.robin, contact)
		if err != nil || half.Thread != thread || len(half.Outcome) != len(outcome) {
			t.Fatalf("the draft belongs to %v and has %v: %v", half.Thread, half.Outcome, err)
		}
		half.Text = "whole"
		if err := d.notes.Save(ctx, d.robin, half); err != nil {
			t.Fatal(err)
		}
	}
	write(id)
	write(helpline.ID{})
	write(helpline.NewID()) // a thread that has gone meanwhile
	notes := func() int {
		heads, err := d.notes.List(ctx, d.robin)
		if err != nil {
			t.Fatal(err)
		}
		return len(heads)
	}
	if notes() != 3 {
		t.Fatalf("%d notes", notes())
	}
	if kept, err := d.inbox.Erase(ctx, key); err != nil || kept != 0 {
		t.Fatalf("%d kept, %v", kept, err)
	}
	if notes() != 2 {
		t.Errorf("%d notes after erasing", notes())
	}
	if rows := d.deeds(audit.ThreadErase); len(rows) != 1 || rows[0].Detail("notes") != "1" || rows[0].Detail("kept") != "0" || rows[0].Object != (audit.Object{}) {
		t.Errorf("the audit log has %v", rows)
	}
	_, err := d.inbox.Read(ctx, key)
	d.want(err, helpline.NotFound)
	if slices.Contains(d.heads(d.robin), id) {
		t.Error("the thread still stands at the desk")
	}
}

func TestOfManyWhoClaimALetterAtOnceOneGetsIt(t *testing.T) {
	d := newLetterDesk(t)
	id, _ := d.leave(helpline.LetterThread)
	people := []counsel.By{d.robin, d.alex, d.sam, d.fran}
	got := make(chan error, len(people))
	start := make(chan struct{})
	for _, by := range people {
		go func() {
			<-start
			got <- d.threads.Claim(t.Context(), by, id)
		}()
	}
	close(start)
	won := 0
	for range people {
		select {
		case err := <-got:
			if err == nil {
				won++
			} else {
				d.want(err, helpline.Conflict)
			}
		case <-time.After(time.Minute):
			t.Fatal("a claim is not answered")
		}
	}
	if won != 1 {
		t.Errorf("%d have it", won)
	}
}
