package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/retention"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// box is an inbox of the same line with a clock and bounds of its own.
func (d *letterDesk) box(set counsel.InboxSettings, now func() time.Time) *counsel.Inbox {
	d.Helper()
	key, err := d.db.HostKeys().Installation()
	if err != nil {
		d.Fatal(err)
	}
	set.AnswerDays, set.Zone, set.Costs, set.Pepper, set.Bars = 3, time.UTC, codeCosts(d.costs), pepper(key), bars(key)
	return counsel.NewInbox(d.rings, d.notes, d.work, set, d.inbox.InboxStores, now)
}

func someLetter(kind helpline.ThreadKind) helpline.Left {
	return helpline.Left{Form: helpline.NewID(), Kind: kind, Locale: "en", Audience: helpline.Self, Body: `{"text":"I cannot sleep."}`, Version: 1}
}

// TestPromiseAComplaintIsKeptFromEverybodyWhoHadTheConversation: after a handover
// it may be about any of them; and the database does not say about whom it is.
func TestPromiseAComplaintIsKeptFromEverybodyWhoHadTheConversation(t *testing.T) {
	d := newLetterDesk(t)
	ctx := t.Context()
	st := chat.Standing{Contact: helpline.NewID(), Channel: helpline.ByChat, Term: 1, Holder: d.sam.Person, Epoch: d.epoch}
	if _, err := d.db.Accept(ctx, st); err != nil {
		t.Fatal(err)
	}
	for _, to := range []counsel.By{d.robin, d.alex} {
		st.Term, st.Holder = st.Term+1, to.Person
		if err := d.db.Change(ctx, st.Term-1, st); err != nil {
			t.Fatal(err)
		}
	}
	other := chat.Standing{Contact: helpline.NewID(), Channel: helpline.ByChat, Term: 1, Holder: d.fran.Person, Epoch: d.epoch}
	if _, err := d.db.Accept(ctx, other); err != nil {
		t.Fatal(err)
	}
	about, err := d.db.HoldersOf(ctx, st.Contact)
	if err != nil || len(about) != 3 || !slices.Contains(about, d.sam.Person) || !slices.Contains(about, d.robin.Person) {
		t.Fatalf("who had it: %v, %v", about, err)
	}
	if all, err := d.db.HoldersOf(ctx, helpline.ID{}); err != nil || len(all) != 4 {
		t.Errorf("who had any: %v, %v", all, err)
	}
	id, _ := d.leave(helpline.WrongThread, about...)
	if slices.Contains(d.heads(d.sam), id) || !slices.Contains(d.heads(d.fran), id) {
		t.Error("whoever had the conversation first is shown the complaint, or nobody is")
	}
	d.want(d.threads.Claim(ctx, d.sam, id), helpline.NotFound)
	row, err := d.db.Thread(ctx, id)
	if err != nil || len(row.Barred) != 3 {
		t.Fatalf("%v, %v", row.Barred, err)
	}
	for _, b := range row.Barred {
		if slices.Contains(about, helpline.ID(b)) {
			t.Error("the database says about whom it is")
		}
	}
	if err := d.db.PurgeStandings(ctx, d.epoch+1); err != nil {
		t.Fatal(err)
	}
	if left, err := d.db.HoldersOf(ctx, helpline.ID{}); err != nil || len(left) != 0 {
		t.Errorf("who had a conversation outlives it: %v, %v", left, err)
	}
}

// TestPromiseDoubtAloneRefusesNoComplaint: it is kept from everybody who could be
// meant as long as somebody else can read it; whoever is known to be meant is never
// shown it.
func TestPromiseDoubtAloneRefusesNoComplaint(t *testing.T) {
	d := newLetterDesk(t)
	left := someLetter(helpline.WrongThread)
	left.Doubt, left.Perhaps = true, []helpline.ID{d.sam.Person, d.robin.Person}
	if _, _, err := d.inbox.Leave(t.Context(), "rate", left); err != nil {
		t.Fatal(err)
	}
	heads, err := d.threads.Heads(t.Context(), d.fran)
	if err != nil || len(heads) != 1 || !heads[0].Doubt || len(d.heads(d.sam)) != 0 {
		t.Errorf("%+v, %v", heads, err)
	}
	left.Form, left.Perhaps = helpline.NewID(), []helpline.ID{d.sam.Person, d.fran.Person}
	if _, _, err := d.inbox.Leave(t.Context(), "rate", left); err != nil {
		t.Errorf("what everybody could be meant by: %v", err)
	}
	if len(d.heads(d.fran)) != 2 || len(d.heads(d.sam)) != 1 {
		t.Error("nobody can read it")
	}
	left.Form, left.About, left.Perhaps = helpline.NewID(), left.Perhaps, nil
	if _, _, err := d.inbox.Leave(t.Context(), "rate", left); !errors.Is(err, helpline.ErrNobody) {
		t.Errorf("what everybody is meant by: %v", err)
	}
}

// TestPromiseAComplaintIsKeptFromWhoeverAnsweredBehindTheCode: the pages say which
// thread is open.
func TestPromiseAComplaintIsKeptFromWhoeverAnsweredBehindTheCode(t *testing.T) {
	d := newLetterDesk(t)
	ctx := t.Context()
	id, key := d.leave(helpline.WrongThread)
	if err := d.threads.Claim(ctx, d.sam, id); err != nil {
		t.Fatal(err)
	}
	thread, err := d.threads.Read(ctx, d.sam, id)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.threads.Answer(ctx, d.sam, id, helpline.NewID(), thread.Letters[0].ID, `{"text":"No."}`); err != nil {
		t.Fatal(err)
	}
	left := someLetter(helpline.WrongThread)
	left.Behind = key
	_, next, err := d.inbox.Leave(ctx, "rate", left)
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.inbox.Read(ctx, next)
	if err != nil || slices.Contains(d.heads(d.sam), got.ID) || !slices.Contains(d.heads(d.fran), got.ID) {
		t.Errorf("whoever answered is shown it, or nobody is: %v", err)
	}
	left.Form, left.Behind = helpline.NewID(), helpline.ThreadKey{7}
	if _, _, err := d.inbox.Leave(ctx, "rate", left); err != nil {
		t.Errorf("behind a thread that has gone: %v", err)
	}
}

// TestPromiseComplaintsInDoubtTakeNoPlaceOfOthers: anybody can make them.
func TestPromiseComplaintsInDoubtTakeNoPlaceOfOthers(t *testing.T) {
	d := newLetterDesk(t)
	box := d.box(counsel.InboxSettings{Most: 1, MostWrongs: 1, MostDoubts: 2}, time.Now)
	for n := range 3 {
		left := someLetter(helpline.WrongThread)
		left.Doubt = true
		if _, _, err := box.Leave(t.Context(), "rate", left); n < 2 && err != nil || n == 2 && !errors.Is(err, helpline.ErrFull) {
			t.Errorf("number %d: %v", n+1, err)
		}
	}
	if _, _, err := box.Leave(t.Context(), "rate", someLetter(helpline.WrongThread)); err != nil {
		t.Errorf("complaints in doubt keep another out: %v", err)
	}
}

func TestPromiseAFloodOfLettersKeepsNoComplaintOutNorTheOtherWayRound(t *testing.T) {
	for flood, honest := range map[helpline.ThreadKind]helpline.ThreadKind{
		helpline.LetterThread: helpline.WrongThread, helpline.WrongThread: helpline.LetterThread,
	} {
		d := newLetterDesk(t)
		box := d.box(counsel.InboxSettings{Most: 2, MostWrongs: 2}, time.Now)
		for n := range 3 {
			_, _, err := box.Leave(t.Context(), "rate", someLetter(flood))
			if n < 2 && err != nil || n == 2 && helpline.KindOf(err) != helpline.Unavailable {
				t.Errorf("%s number %d: %v", flood, n+1, err)
			}
		}
		if _, _, err := box.Leave(t.Context(), "rate", someLetter(honest)); err != nil {
			t.Errorf("a flood of kind %s keeps a %s out: %v", flood, honest, err)
		}
	}
}

// TestWhatHasEndedDoesNotComeBackWithANewLetter: the purge may be late.
func TestWhatHasEndedDoesNotComeBackWithANewLetter(t *testing.T) {
	d := newLetterDesk(t)
	ctx := t.Context()
	now := time.Now()
	box := d.box(counsel.InboxSettings{Most: 9, MostWrongs: 9}, func() time.Time { return now })
	_, key, err := box.Leave(ctx, "rate", someLetter(helpline.LetterThread))
	if err != nil {
		t.Fatal(err)
	}
	thread, err := box.Read(ctx, key)
	if err != nil {
		t.Fatal(err)
	}
	old, err := d.db.Letters(ctx, thread.ID)
	if err != nil || len(old) != 1 {
		t.Fatal(old, err)
	}
	now = retention.Midnight(thread.Ends)
	more := someLetter(helpline.LetterThread)
	more.Body = `{"text":"Again."}`
	if err := box.Add(ctx, key, more); err != nil {
		t.Fatal(err)
	}
	if thread, err = box.Read(ctx, key); err != nil || len(thread.Letters) != 1 || thread.Letters[0].Body != more.Body {
		t.Errorf("%d letters stand, %v", len(thread.Letters), err)
	}
	_, err = d.db.Shred().Key(ctx, old[0].Shred)
	d.want(err, helpline.NotFound)
}

// otherLog has another key log stand in the place of the line's own.
type otherLog struct {
	counsel.KeyLogRows
	entries [][]byte
}

func (o otherLog) KeyLog(context.Context) ([][]byte, error) { return o.entries, nil }

// TestPromiseVisitorsWordsAreSealedToNoKeyThatNoKeyringVouchedFor: after a start
// nobody has logged in, and whoever writes the database could have put a key log
// of his own there.
func TestPromiseVisitorsWordsAreSealedToNoKeyThatNoKeyringVouchedFor(t *testing.T) {
	d := newLetterDesk(t)
	ctx := t.Context()
	install := d.install(t)
	_, kept, err := d.inbox.Leave(ctx, "rate", someLetter(helpline.LetterThread))
	if err != nil {
		t.Fatal(err)
	}
	again := func(log counsel.KeyLogRows) *counsel.Inbox { // as after a restart
		d.rings = counsel.NewKeys(install, d.office, d.db, log)
		d.rings.Watch(d.trail)
		d.rings.HeadIn(d.db.HostKeys())
		return d.box(counsel.InboxSettings{Most: 9, MostWrongs: 9}, time.Now)
	}
	box := again(d.db)
	if _, _, err := box.Leave(ctx, "rate", someLetter(helpline.LetterThread)); err != nil {
		t.Errorf("after an honest restart: %v", err)
	}
	forger, err := vault.NewKeyring(install, helpline.NewID())
	if err != nil {
		t.Fatal(err)
	}
	forged, err := forger.Found(helpline.Supervisor, helpline.Counsellor)
	if err != nil {
		t.Fatal(err)
	}
	box = again(otherLog{d.db, forged.Entries})
	if _, _, err = box.Leave(ctx, "rate", someLetter(helpline.LetterThread)); !errors.Is(err, helpline.ErrUnsure) {
		t.Errorf("with a key log of somebody else's: %v", err)
	}
	if _, err = box.Read(ctx, kept); !errors.Is(err, helpline.ErrUnsure) {
		t.Errorf("an answer is believed to a key log of somebody else's: %v", err)
	}
	if len(d.deeds(audit.KeyTampered)) == 0 {
		t.Error("nobody is told")
	}
	if err := os.Remove(filepath.Join(d.conf.Data, "keys", "log.head")); err != nil {
		t.Fatal(err)
	}
	box = again(d.db) // as after a restore
	if _, _, err = box.Leave(ctx, "rate", someLetter(helpline.LetterThread)); !errors.Is(err, helpline.ErrUnsure) {
		t.Errorf("before anybody has logged in: %v", err)
	}
	sam, err := d.office.Active(ctx, d.sam.Person)
	if err != nil {
		t.Fatal(err)
	}
	pass, err := demoPass(d.db, sam.Name)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.rings.Unlock(ctx, d.sam, pass); err != nil {
		t.Fatal(err)
	}
	if _, _, err = box.Leave(ctx, "rate", someLetter(helpline.LetterThread)); err != nil {
		t.Errorf("once somebody has logged in: %v", err)
	}
}

func (d *letterDesk) install(t *testing.T) helpline.ID {
	t.Helper()
	key, err := d.db.HostKeys().Installation()
	if err != nil {
		t.Fatal(err)
	}
	return installID(key)
}

// TestPromiseANoteIsNotKeptOnceItsVisitorHasErasedEverything: also one that was
// still being written, and one that two supervisors hold goes when they let go.
func TestPromiseANoteIsNotKeptOnceItsVisitorHasErasedEverything(t *testing.T) {
	d := newLetterDesk(t)
	ctx := t.Context()
	id, key := d.leave(helpline.LetterThread)
	outcome := counsel.Outcome{counsel.ChannelQuestion: {"inbox"}, "group": {"own"}, "ended": {"agreed"}}
	begin := func() counsel.Closing {
		t.Helper()
		contact, err := d.notes.Begin(ctx, d.robin)
		if err != nil {
			t.Fatal(err)
		}
		return counsel.Closing{Contact: contact, Thread: id, Outcome: outcome, Text: "words"}
	}
	held := begin()
	if err := d.notes.Save(ctx, d.robin, held); err != nil {
		t.Fatal(err)
	}
	heads, err := d.notes.List(ctx, d.robin)
	if err != nil || len(heads) != 1 {
		t.Fatal(heads, err)
	}
	note := heads[0].ID
	if err := d.holds.Ask(ctx, d.sam, note, "law"); err != nil {
		t.Fatal(err)
	}
	if err := d.holds.Confirm(ctx, d.fran, note); err != nil {
		t.Fatal(err)
	}
	late := begin()
	if err := d.notes.Draft(ctx, d.robin, late); err != nil {
		t.Fatal(err)
	}
	if kept, err := d.inbox.Erase(ctx, key); err != nil || kept != 1 {
		t.Fatalf("%d kept, %v", kept, err)
	}
	row, err := d.db.Note(ctx, note)
	if err != nil || row.Ends != row.Day+1 {
		t.Errorf("the note that is held ends on day %d of %d, %v", row.Ends, row.Day, err)
	}
	if err := d.notes.Save(ctx, d.robin, late); !errors.Is(err, counsel.ErrErased) {
		t.Errorf("a note that was still being written: %v", err)
	}
	if heads, err = d.notes.List(ctx, d.robin); err != nil || len(heads) != 1 || heads[0].ID != note {
		t.Errorf("%d notes stand, %v", len(heads), err)
	}
	if _, err := d.notes.OpenDraft(ctx, d.robin, late.Contact); helpline.KindOf(err) != helpline.NotFound {
		t.Errorf("its draft: %v", err)
	}
}

// TestANoteThatIsSavedWhileEverythingIsErasedIsFoundByOneOfTheTwo stops the
// erasing where it has said so and has not looked for notes yet.
func TestANoteThatIsSavedWhileEverythingIsErasedIsFoundByOneOfTheTwo(t *testing.T) {
	d := newLetterDesk(t)
	ctx := t.Context()
	id, key := d.leave(helpline.LetterThread)
	save := func() error {
		contact, err := d.notes.Begin(ctx, d.robin)
		if err != nil {
			return err
		}
		return d.notes.Save(ctx, d.robin, counsel.Closing{
			Contact: contact, Thread: id, Text: "words",
			Outcome: counsel.Outcome{counsel.ChannelQuestion: {"inbox"}, "group": {"own"}, "ended": {"agreed"}},
		})
	}
	d.inbox.Erased = &lateNote{d.inbox.Erased, func(after bool) {
		if err := save(); after != errors.Is(err, counsel.ErrErased) || !after && err != nil {
			t.Errorf("saved after it was said: %v, %v", after, err)
		}
	}}
	if _, err := d.inbox.Erase(ctx, key); err != nil {
		t.Fatal(err)
	}
	if heads, err := d.notes.List(ctx, d.robin); err != nil || len(heads) != 0 {
		t.Errorf("%d notes stand, %v", len(heads), err)
	}
}

// lateNote saves a note just before, and one just after the erasing is said.
type lateNote struct {
	counsel.ErasedRows
	save func(after bool)
}

func (l *lateNote) RememberErased(ctx context.Context, ids []helpline.ID, now time.Time) error {
	if len(ids) != 1 || l.save == nil {
		return l.ErasedRows.RememberErased(ctx, ids, now)
	}
	save := l.save
	l.save = nil
	save(false)
	err := l.ErasedRows.RememberErased(ctx, ids, now)
	save(true)
	return err
}

// TestANewCounsellorAnswersALetterThatWaitedBeforeTheGroupTurned: once a colleague
// who was there before has logged in.
func TestANewCounsellorAnswersALetterThatWaitedBeforeTheGroupTurned(t *testing.T) {
	d := newLetterDesk(t)
	ctx := t.Context()
	id, key := d.leave(helpline.LetterThread)
	if err := d.team.Remove(ctx, d.sam, d.alex.Person); err != nil {
		t.Fatal(err)
	}
	newcomer, err := ensurePerson(ctx, d.db, staff.Person{
		Name: "Bo" + simulatedMark, Alias: "Bo", Roles: []helpline.Role{helpline.Counsellor},
		Locales: []helpline.Locale{"en"}, Audiences: helpline.Audiences(), Chats: 1, Language: "en", Demo: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	kim, err := d.enterQuietly(ctx, newcomer)
	if err != nil {
		t.Fatal(err)
	}
	words, err := d.rings.OwnWords(ctx, kim)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.rings.Vouch(ctx, d.sam, newcomer.ID, words); err != nil {
		t.Fatal(err)
	}
	if err := d.threads.Claim(ctx, kim, id); err != nil {
		t.Fatal(err)
	}
	_, err = d.threads.Read(ctx, kim, id)
	d.want(err, helpline.Forbidden)
	if err := d.threads.GrantAgain(ctx, kim); err != nil { // who cannot open it grants nothing, and harms nothing
		t.Fatal(err)
	}
	for range 2 { // a second time there is nothing left
		if err := d.threads.GrantAgain(ctx, d.robin); err != nil {
			t.Fatal(err)
		}
	}
	if rows := d.deeds(audit.GroupRegrant); len(rows) != 1 || rows[0].Actor != d.robin.Person || rows[0].Detail("group") != "counsellors" {
		t.Errorf("the audit log has %v", rows)
	}
	thread, err := d.threads.Read(ctx, kim, id)
	if err != nil || len(thread.Letters) != 1 {
		t.Fatal(thread.Letters, err)
	}
	if err := d.threads.Answer(ctx, kim, id, helpline.NewID(), thread.Letters[0].ID, `{"text":"We are here."}`); err != nil {
		t.Error(err)
	}
	if mine, err := d.inbox.Read(ctx, key); err != nil || len(mine.Letters) != 2 {
		t.Errorf("%d letters, %v", len(mine.Letters), err)
	}
}

// TestPromiseTheThirdTimeOneCounsellorMeetsTheSameCodeANodIsAsked counts
// conversations, not codes that were typed; and what was counted goes with the code.
func TestPromiseTheThirdTimeOneCounsellorMeetsTheSameCodeANodIsAsked(t *testing.T) {
	d := newLetterDesk(t)
	ctx := t.Context()
	thread, key := d.leave(helpline.LetterThread)
	talk := func(by counsel.By) helpline.ID {
		t.Helper()
		contact := helpline.NewID()
		for range 2 { // given twice, and looked at twice: it is one conversation
			if err := d.meetings.Given(ctx, contact, thread, false); err != nil {
				t.Fatal(err)
			}
			d.meetings.Look(ctx, time.Now()) // nobody has it yet
		}
		if _, err := d.db.Accept(ctx, chat.Standing{Contact: contact, Channel: helpline.ByChat, Term: 1, Holder: by.Person, Epoch: d.epoch}); err != nil {
			t.Fatal(err)
		}
		d.meetings.Look(ctx, time.Now())
		d.meetings.Look(ctx, time.Now())
		return contact
	}
	waiting := func(by counsel.By) []counsel.Nod {
		t.Helper()
		all, err := d.meetings.Waiting(ctx, by.Actor)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	talk(d.robin)
	talk(d.alex)
	talk(d.robin)
	if len(waiting(d.sam)) != 0 {
		t.Fatalf("after two conversations %v", waiting(d.sam))
	}
	third := talk(d.robin)
	got := waiting(d.sam)
	if len(got) != 1 || got[0].Person != d.robin.Person || got[0].ID == third || got[0].ID == thread {
		t.Fatalf("after the third %v", got)
	}
	if len(waiting(d.robin)) != 1 || len(waiting(d.alex)) != 0 {
		t.Error("who is concerned is not told, or a colleague is")
	}
	nod := got[0].ID
	d.want(d.meetings.Nod(ctx, d.alex.Actor, nod), helpline.Forbidden)
	own := counsel.Nod{ID: helpline.NewID(), Person: d.sam.Person}
	if err := d.db.Meet(ctx, thread, counsel.Bar{1}, 1, own); err != nil {
		t.Fatal(err)
	}
	// The number of a nod that stands already: neither is kept, or each look would count it again.
	if err := d.db.Meet(ctx, thread, counsel.Bar{2}, 1, own); err == nil {
		t.Error("two nods have one number")
	}
	if err := d.db.Meet(ctx, thread, counsel.Bar{2}, 2, counsel.Nod{ID: helpline.NewID(), Person: d.sam.Person}); err != nil || len(waiting(d.sam)) != 2 {
		t.Errorf("a nod that could not be kept was counted all the same: %v", err)
	}
	if err := d.meetings.Nod(ctx, d.sam.Actor, own.ID); !errors.Is(err, counsel.ErrOwnNod) {
		t.Errorf("to herself: %v", err)
	}
	if err := d.meetings.Nod(ctx, d.fran.Actor, own.ID); err != nil {
		t.Fatal(err)
	}
	if err := d.meetings.Nod(ctx, d.sam.Actor, nod); err != nil {
		t.Fatal(err)
	}
	d.want(d.meetings.Nod(ctx, d.sam.Actor, nod), helpline.NotFound)
	if rows := d.deeds(audit.MeetNod); len(rows) != 2 || rows[0].Actor != d.sam.Person {
		t.Errorf("the audit log has %v", rows)
	}
	if len(waiting(d.sam)) != 0 {
		t.Error("it is asked on and on")
	}
	if _, err := d.inbox.Erase(ctx, key); err != nil {
		t.Fatal(err)
	}
	talk(d.robin)
	if len(waiting(d.sam)) != 0 {
		t.Error("what was counted outlives the code")
	}
}

// TestANodWaitsForNobodyWhoIsGone: neither for a counsellor who was removed, nor
// for a supervisor who does not exist.
func TestANodWaitsForNobodyWhoIsGone(t *testing.T) {
	d := newLetterDesk(t)
	ctx := t.Context()
	thread, _ := d.leave(helpline.LetterThread)
	robins, sams := counsel.Nod{ID: helpline.NewID(), Person: d.robin.Person}, counsel.Nod{ID: helpline.NewID(), Person: d.sam.Person}
	for n, one := range []counsel.Nod{robins, sams} {
		if err := d.db.Meet(ctx, thread, counsel.Bar{byte(n)}, 1, one); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.meetings.Nod(ctx, d.sam.Actor, sams.ID); !errors.Is(err, counsel.ErrOwnNod) {
		t.Errorf("with another supervisor to herself: %v", err)
	}
	for _, gone := range []helpline.ID{d.robin.Person, d.fran.Person} { // fran is the other supervisor
		entries, err := d.db.KeyLog(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.db.ChangePerson(ctx, counsel.PersonChange{Person: gone, Remove: true, Extension: counsel.Extension{At: len(entries)}}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := d.meetings.Waiting(ctx, d.sam.Actor)
	if err != nil || len(all) != 1 || all[0].ID != sams.ID || !all[0].Alone {
		t.Fatalf("%v wait, %v", all, err)
	}
	if err := d.meetings.Nod(ctx, d.sam.Actor, sams.ID); err != nil {
		t.Errorf("nobody else could say it: %v", err)
	}
	if rows := d.deeds(audit.MeetNod); len(rows) != 1 || rows[0].Actor != d.sam.Person || rows[0].Object.ID != d.sam.Person {
		t.Errorf("the audit log has %v", rows)
	}
}

// TestWhoAgreedOnACardIsKnownAgainByTheCodeAlone: nobody else counts as agreed.
func TestWhoAgreedOnACardIsKnownAgainByTheCodeAlone(t *testing.T) {
	d := newLetterDesk(t)
	ctx := t.Context()
	thread, _ := d.leave(helpline.LetterThread)
	contact := helpline.NewID()
	if _, err := d.db.Accept(ctx, chat.Standing{Contact: contact, Channel: helpline.ByChat, Term: 1, Holder: d.robin.Person, Epoch: d.epoch}); err != nil {
		t.Fatal(err)
	}
	floor := &floorOf{here: []chat.Member{{Person: d.robin.Person}, {Person: d.alex.Person}}}
	m := counsel.NewMeetings(vault.Key{7}, d.db, d.db, d.trail, floor)
	next := helpline.NewID()
	if err := m.Given(ctx, next, thread, true); err != nil || floor.asked != nil {
		t.Errorf("before anything was agreed: %v, %v", floor.asked, err)
	}
	if err := m.Agreed(ctx, contact, thread); err != nil {
		t.Fatal(err)
	}
	if err := m.Given(ctx, next, thread, false); err != nil || floor.asked != nil {
		t.Errorf("without being asked for: %v, %v", floor.asked, err)
	}
	if err := m.Given(ctx, next, thread, true); err != nil || !slices.Equal(floor.asked, []helpline.ID{d.robin.Person}) {
		t.Errorf("asked for %v, %v", floor.asked, err)
	}
	floor.here, floor.asked = floor.here[1:], nil
	if err := m.Given(ctx, next, thread, true); err != nil || floor.asked != nil {
		t.Errorf("Robin is not here: %v, %v", floor.asked, err)
	}
}

// floorOf is a line with some people at work.
type floorOf struct {
	here  []chat.Member
	asked []helpline.ID
}

func (f *floorOf) Present() []chat.Member { return f.here }

func (f *floorOf) Prefer(_ context.Context, _ helpline.ID, people []helpline.ID) error {
	f.asked = people
	return nil
}
