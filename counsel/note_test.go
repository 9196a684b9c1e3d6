package counsel

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/counsel/retention"
	"helpline/counsel/vault"
)

// ready is a line where everybody has unlocked and Sam has confirmed them all.
func ready(t testing.TB) *house {
	t.Helper()
	h := build(t)
	h.unlock(h.sam, h.kim, h.robin, h.lou)
	h.vouch()
	return h
}

func TestANoteOpensForItsAuthorAndTheSupervisorsAndNobodyElse(t *testing.T) {
	h := ready(t)
	id := h.save(h.robin, "  what was said\x00\r\nand agreed ")
	for name, by := range map[string]By{"its author": h.robin, "a supervisor": h.sam, "the other supervisor": h.kim} {
		n, err := h.notes.Open(t.Context(), by, id, "quality")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if n.Text != "what was said\nand agreed" || !reflect.DeepEqual(n.Outcome, good()) {
			t.Errorf("%s reads %q and %v", name, n.Text, n.Outcome)
		}
		if n.Alias != "Robin" || n.Author != h.robin.Person || n.Revision != 1 || n.Mine != (by.Person == h.robin.Person) {
			t.Errorf("%s sees the wrong head: %v %v %v", name, n.Alias, n.Revision, n.Mine)
		}
	}
	operator := By{Actor: helpline.Actor{Person: helpline.NewID()}, Token: "token"}
	for name, c := range map[string]struct {
		by   By
		kind helpline.Kind
	}{
		"a colleague, as if there were none": {h.lou, helpline.NotFound},
		"the operator":                       {operator, helpline.Forbidden},
		"nobody":                             {By{}, helpline.Forbidden},
	} {
		_, err := h.notes.Open(t.Context(), c.by, id, "quality")
		wantErr(t, err, c.kind, nil)
		if err == nil {
			t.Errorf("%s opened it", name)
		}
		wantErr(t, h.notes.Revise(t.Context(), c.by, id, Closing{Revision: 1, Outcome: good()}), c.kind, nil)
	}
	// A colleague who somehow has a supervisor's role in the login, but no seat.
	h.lou.Roles = append(h.lou.Roles, helpline.Supervisor)
	_, err := h.notes.Open(t.Context(), h.lou, id, "quality")
	wantErr(t, err, helpline.Forbidden, ErrUnvouched)
}

func TestTheLineHoldsOneNoteForAContact(t *testing.T) {
	h := ready(t)
	c := Closing{Contact: h.contact(h.robin), Outcome: good(), Text: "first window"}
	if err := h.notes.Save(t.Context(), h.robin, c); err != nil {
		t.Fatal(err)
	}
	c.Text = "second window"
	wantErr(t, h.notes.Save(t.Context(), h.robin, c), helpline.Conflict, nil)
	wantErr(t, h.notes.Draft(t.Context(), h.robin, c), helpline.Conflict, nil)
	wantErr(t, h.notes.Save(t.Context(), h.lou, Closing{Contact: h.contact(h.robin), Outcome: good()}), helpline.NotFound, nil)
	wantErr(t, h.notes.Save(t.Context(), h.lou, Closing{Contact: helpline.NewID(), Outcome: good()}), helpline.NotFound, nil)
	wantErr(t, h.notes.Save(t.Context(), h.sam, Closing{Contact: h.contact(h.sam), Outcome: good()}), helpline.Forbidden, nil)
	if len(h.safe.notes) != 1 {
		t.Errorf("%d notes stand", len(h.safe.notes))
	}
}

func TestTheLengthOfANoteIsCountedInCharacters(t *testing.T) {
	h := ready(t)
	for name, c := range map[string]struct {
		text string
		want string // Fault.Code; empty: taken
	}{
		"nothing":                               {"", ""},
		"2,000 letters":                         {strings.Repeat("a", 2000), ""},
		"2,001 letters":                         {strings.Repeat("a", 2001), "long"},
		"2,000 of four bytes":                   {strings.Repeat("𝄞", 2000), ""},
		"2,001 of four bytes":                   {strings.Repeat("𝄞", 2001), "long"},
		"2,000 quotation marks":                 {strings.Repeat(`"`, 2000), ""},
		"2,000 with white space around":         {"\n " + strings.Repeat("a", 2000) + " \n", ""},
		"line ends of a form count once":        {strings.Repeat("a\r\n", 999) + "aa", ""},
		"bytes that are no UTF-8":               {"\xff", "utf8"},
		"half a character at the end of UTF-16": {"\xed\xa0\x80", "utf8"},
	} {
		t.Run(name, func(t *testing.T) {
			err := h.notes.Save(t.Context(), h.robin, Closing{Contact: h.contact(h.robin), Outcome: good(), Text: c.text})
			got, is := errors.AsType[Fault](err)
			if c.want == "" && err != nil || c.want != "" && (!is || got != (Fault{"text", c.want}) || helpline.KindOf(err) != helpline.Invalid) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestANoteIsRevisedByItsAuthorFromWhatWasRead(t *testing.T) {
	h := ready(t)
	id := h.save(h.robin, "first")
	raised := len(h.counted)
	changed := good()
	changed["level"] = []string{"support"}
	if err := h.notes.Revise(t.Context(), h.robin, id, Closing{Revision: 1, Outcome: changed, Text: "second"}); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"the revision that was read is old": h.notes.Revise(t.Context(), h.robin, id, Closing{Revision: 1, Outcome: good(), Text: "third"}),
		"no revision was read":              h.notes.Revise(t.Context(), h.robin, id, Closing{Outcome: good(), Text: "third"}),
	} {
		if helpline.KindOf(err) != helpline.Conflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	wantErr(t, h.notes.Revise(t.Context(), h.kim, id, Closing{Revision: 2, Outcome: good()}), helpline.NotFound, nil)
	n, err := h.notes.Open(t.Context(), h.sam, id, "quality")
	if err != nil || n.Text != "second" || n.Revision != 2 || !reflect.DeepEqual(n.Outcome, changed) {
		t.Errorf("the supervisor reads %q, %v", n.Text, err)
	}
	if len(h.counted) != raised {
		t.Error("a change raised counters")
	}
}

func TestADraftGoesOnWhereItWas(t *testing.T) {
	h := ready(t)
	c := Closing{Contact: h.contact(h.robin), Outcome: Outcome{"level": {"support"}}, Text: strings.Repeat("x", 2500)}
	for range 2 {
		if err := h.notes.Draft(t.Context(), h.robin, c); err != nil {
			t.Fatal(err)
		}
	}
	if len(h.safe.keys) != 1 {
		t.Errorf("%d shred keys for one draft", len(h.safe.keys))
	}
	for name, again := range map[string]func(){
		"in the same login": func() {},
		"after the login had to be renewed": func() {
			h.keys.Lock(h.robin)
			h.robin.Token = "a new cookie"
			_, err := h.notes.OpenDraft(t.Context(), h.robin, c.Contact)
			wantErr(t, err, helpline.Forbidden, ErrLocked)
			h.unlock(h.robin)
		},
		"after a restart": func() {
			h.restart()
			wantErr(t, h.notes.Draft(t.Context(), h.robin, c), helpline.Forbidden, ErrLocked)
			wantErr(t, h.notes.Save(t.Context(), h.robin, c), helpline.Invalid, nil)
			done := c
			done.Outcome, done.Text = good(), "done"
			wantErr(t, h.notes.Save(t.Context(), h.robin, done), helpline.Forbidden, ErrLocked)
			h.unlock(h.robin)
		},
	} {
		again()
		ids, err := h.notes.Drafts(t.Context(), h.robin)
		if err != nil || len(ids) != 1 || ids[0] != c.Contact {
			t.Fatalf("%s: drafts are %v, %v", name, ids, err)
		}
		got, err := h.notes.OpenDraft(t.Context(), h.robin, c.Contact)
		if err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("%s: the draft is another one, %v", name, err)
		}
	}
	h.unlock(h.kim)
	_, err := h.notes.OpenDraft(t.Context(), h.kim, c.Contact)
	wantErr(t, err, helpline.NotFound, nil)
	c.Outcome, c.Text = good(), "shorter"
	if err := h.notes.Save(t.Context(), h.robin, c); err != nil {
		t.Fatal(err)
	}
	_, err = h.notes.OpenDraft(t.Context(), h.robin, c.Contact)
	wantErr(t, err, helpline.NotFound, nil)
	if ids, err := h.notes.Drafts(t.Context(), h.robin); err != nil || len(ids) != 0 {
		t.Errorf("drafts left: %v, %v", ids, err)
	}
}

// TestNobodyUsesUpShredKeysAboutContactsThatAreNotTheirs: keys are made ahead,
// and each that is taken has to be made and synced.
func TestNobodyUsesUpShredKeysAboutContactsThatAreNotTheirs(t *testing.T) {
	h := ready(t)
	for name, contact := range map[string]helpline.ID{"nobody's": helpline.NewID(), "a colleague's": h.contact(h.sam)} {
		c := Closing{Contact: contact, Outcome: good(), Text: "words"}
		wantErr(t, h.notes.Draft(t.Context(), h.robin, c), helpline.NotFound, nil)
		wantErr(t, h.notes.Save(t.Context(), h.robin, c), helpline.NotFound, nil)
		if len(h.safe.keys) != 0 {
			t.Errorf("%s contact cost %d shred keys", name, len(h.safe.keys))
		}
	}
}

func TestADraftNeedsNoUnlockedKeyringOfASupervisorNorALine(t *testing.T) {
	h := build(t)
	h.unlock(h.robin) // nobody has founded the line's keys yet
	c := Closing{Contact: h.contact(h.robin), Outcome: good(), Text: "words"}
	if err := h.notes.Draft(t.Context(), h.robin, c); err != nil {
		t.Fatal(err)
	}
	wantErr(t, h.notes.Save(t.Context(), h.robin, c), helpline.Unavailable, ErrNoSupervisor)
	got, err := h.notes.OpenDraft(t.Context(), h.robin, c.Contact)
	if err != nil || got.Text != "words" {
		t.Fatalf("the draft is lost: %v", err)
	}
	h.unlock(h.sam)
	if err := h.notes.Save(t.Context(), h.robin, c); err != nil {
		t.Errorf("after a supervisor came: %v", err)
	}
}

func TestAFullDiskLosesNothing(t *testing.T) {
	h := ready(t)
	c := Closing{Contact: h.contact(h.robin), Outcome: good(), Text: "marked words"}
	if err := h.notes.Draft(t.Context(), h.robin, c); err != nil {
		t.Fatal(err)
	}
	h.fails = helpline.Errorf(helpline.Unavailable, "the disk is full")
	for _, err := range []error{h.notes.Save(t.Context(), h.robin, c), h.notes.Draft(t.Context(), h.robin, c)} {
		wantErr(t, err, helpline.Unavailable, nil)
		if err != nil && strings.Contains(err.Error(), "marked") {
			t.Errorf("the error repeats the note: %v", err)
		}
	}
	if len(h.safe.notes)+len(h.counted) != 0 {
		t.Error("something was written")
	}
	h.fails = nil
	if got, err := h.notes.OpenDraft(t.Context(), h.robin, c.Contact); err != nil || got.Text != c.Text {
		t.Errorf("the draft is lost: %v", err)
	}
	if err := h.notes.Save(t.Context(), h.robin, c); err != nil {
		t.Error(err)
	}
}

func TestARowThatWasTamperedWithDoesNotOpen(t *testing.T) {
	h := ready(t)
	one, two := h.save(h.robin, "one"), h.save(h.robin, "two")
	lous := h.save(h.lou, "of a colleague")
	if err := h.notes.Revise(t.Context(), h.robin, two, Closing{Revision: 1, Outcome: good(), Text: "two again"}); err != nil {
		t.Fatal(err)
	}
	was := h.safe.notes[one]
	other := h.safe.notes[two]
	for name, tamper := range map[string]func(n *NoteRow){
		"the ciphertext of another note":    func(n *NoteRow) { n.Sealed = other.Sealed },
		"a cut ciphertext":                  func(n *NoteRow) { n.Sealed = n.Sealed[:len(n.Sealed)-20] },
		"an empty ciphertext":               func(n *NoteRow) { n.Sealed = nil },
		"a changed bit":                     func(n *NoteRow) { n.Sealed = bytes.Clone(n.Sealed); n.Sealed[300] ^= 1 },
		"the grants of another note":        func(n *NoteRow) { n.ToAuthor, n.ToGroup = other.ToAuthor, other.ToGroup },
		"the grants changed for each other": func(n *NoteRow) { n.ToAuthor, n.ToGroup = n.ToGroup, n.ToAuthor },
		"no grants":                         func(n *NoteRow) { n.ToAuthor, n.ToGroup = nil, nil },
		"another revision":                  func(n *NoteRow) { n.Revision = 2 },
		"another edition of the codes":      func(n *NoteRow) { n.Schema++ },
		"another week":                      func(n *NoteRow) { n.Day -= 7; n.Ends = n.Day + 90 },
		"the shred key of another note":     func(n *NoteRow) { n.Shred = other.Shred },
		"a whole row under another number":  func(n *NoteRow) { id := n.ID; *n = other; n.ID = id },
		"a note of somebody else":           func(n *NoteRow) { id := n.ID; *n = h.safe.notes[lous]; n.ID = id; n.Author = h.robin.Person },
	} {
		t.Run(name, func(t *testing.T) {
			n := was
			tamper(&n)
			h.safe.notes[one] = n
			for who, by := range map[string]By{"author": h.robin, "supervisor": h.sam} {
				got, err := h.notes.Open(t.Context(), by, one, "quality")
				if c := vault.CheckOf(err); c == "" || got.Text != "" {
					t.Errorf("the %s reads %q, %v", who, got.Text, err)
				}
			}
		})
	}
	h.safe.notes[one] = was
	if _, err := h.notes.Open(t.Context(), h.sam, one, "quality"); err != nil {
		t.Errorf("put back: %v", err)
	}
}

func TestANoteIsGoneWhenItsTimeHasCome(t *testing.T) {
	h := ready(t)
	id := h.save(h.robin, "words")
	day := retention.Day(time.Now())
	list, err := h.notes.List(t.Context(), h.robin)
	if err != nil || len(list) != 1 || !list[0].Expires.Equal(retention.Midnight(day+90)) || list[0].Week != vault.Week(time.Now()) {
		t.Fatalf("the list is %v, %v", list, err)
	}
	row := h.safe.notes[id]
	for name, change := range map[string]func(*NoteRow){
		"its day is long ago":    func(n *NoteRow) { n.Day -= 90 },
		"its row has ended":      func(n *NoteRow) { n.Ends = day },
		"its shred key has gone": func(n *NoteRow) { n.Shred = 999 },
	} {
		n := row
		change(&n)
		h.safe.notes[id] = n
		_, err := h.notes.Open(t.Context(), h.robin, id, "quality")
		if helpline.KindOf(err) != helpline.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	row.Day -= 90
	h.safe.notes[id] = row
	if list, err := h.notes.List(t.Context(), h.sam); err != nil || len(list) != 0 {
		t.Errorf("an expired note is listed: %v, %v", list, err)
	}
	p := Purge{Rows: h.safe, Shreds: h.safe}
	would, err := p.Look(t.Context(), time.Now())
	if err != nil || would != (Purged{Notes: 1, Keys: 1}) || len(h.safe.notes) != 1 {
		t.Fatalf("a look gives %+v, %v and leaves %d notes", would, err, len(h.safe.notes))
	}
	h.dropping = helpline.Errorf(helpline.Unavailable, "busy")
	if _, err := p.Run(t.Context(), time.Now()); err == nil || len(h.safe.keys) != 0 {
		t.Errorf("a purge that fails halfway has left %d keys, %v", len(h.safe.keys), err)
	}
	h.dropping = nil
	if gone, err := p.Run(t.Context(), time.Now()); err != nil || gone.Notes != 1 || len(h.safe.notes) != 0 || h.emptied != 1 {
		t.Errorf("the next purge removes %+v, %v", gone, err)
	}
}

func TestListsShowNothingOfWhatWasWritten(t *testing.T) {
	h := ready(t)
	h.save(h.robin, "words")
	h.save(h.lou, "words")
	for name, c := range map[string]struct {
		by   By
		want int
	}{"an author sees the own": {h.robin, 1}, "a supervisor sees all": {h.sam, 2}, "who has none": {h.kim, 2}} {
		list, err := h.notes.List(t.Context(), c.by)
		if err != nil || len(list) != c.want {
			t.Errorf("%s: %d notes, %v", name, len(list), err)
		}
	}
	h.keys.Lock(h.robin)
	if list, err := h.notes.List(t.Context(), h.robin); err != nil || len(list) != 1 || list[0].Alias != "Robin" || !list[0].Mine {
		t.Errorf("a locked screen cannot count its notes: %v, %v", list, err)
	}
	_, err := h.notes.List(t.Context(), By{})
	wantErr(t, err, helpline.Forbidden, nil)
}

func TestAnUnlockedKeyringDoesNotOutliveAShift(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := build(t)
		h.unlock(h.sam)
		time.Sleep(13 * time.Hour)
		h.unlock(h.robin)
		if h.keys.Unlocked(h.sam) || !h.keys.Unlocked(h.robin) {
			t.Error("a keyring of yesterday is still open")
		}
	})
}
