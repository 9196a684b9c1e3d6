package vault

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
)

var someContents = Contents{Outcome: []byte(`{"ended":"with a card","suicide":"asked, no"}`), Text: "Talked about a first step. He will call on Monday."}

// kept is a note as a row of the store would hold it.
type kept struct {
	Sealed
	place  Place
	author helpline.ID
	shred  Key
}

func (l *staffed) note(t testing.TB, by *Keyring, revision uint64, id helpline.ID) kept {
	t.Helper()
	k := kept{
		place:  Place{Install: l.install, Note: id, Revision: revision, Week: Week(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)), Schema: 1},
		author: by.person, shred: Key(slices.Concat(id[:], number(revision), number(7))),
	}
	k.Sealed = must[Sealed](t)(by.SealNote(l.vouched, k.place, someContents, k.shred))
	return k
}

func (k kept) openBy(who *Keyring, v *Vouched) (Opened, error) {
	return who.OpenNote(v, k.place, k.author, k.Note, k.ToAuthor, k.shred)
}

func TestANoteIsReadByItsAuthorAndByEverySupervisor(t *testing.T) {
	l := aLine(t)
	n := l.note(t, l.cas, 1, helpline.NewID())
	g := must[*GroupKey](t)(l.ann.OpenSeat(l.vouched, Supervisors, l.seat))
	seat := must[[]byte](t)(l.ann.GiveSeat(l.vouched, g, l.ben.person))
	his := must[*GroupKey](t)(l.ben.OpenSeat(l.vouched, Supervisors, seat))
	for name, open := range map[string]func() (Opened, error){
		"the author": func() (Opened, error) { return n.openBy(l.cas, l.vouched) },
		"the first supervisor": func() (Opened, error) {
			return l.ann.OpenNoteAs(g, l.vouched, n.place, n.author, n.Note, n.ToGroup, n.shred)
		},
		"the second supervisor": func() (Opened, error) {
			return l.ben.OpenNoteAs(his, l.vouched, n.place, n.author, n.Note, n.ToGroup, n.shred)
		},
	} {
		got, err := open()
		if err != nil || got.Text != someContents.Text || !bytes.Equal(got.Outcome, someContents.Outcome) || got.Author != l.cas.person || got.Former {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
	for _, b := range [][]byte{n.Note, n.ToAuthor, n.ToGroup} {
		if bytes.Contains(b, []byte("Monday")) || bytes.Contains(b, []byte("suicide")) {
			t.Error("the sealed note shows its words")
		}
	}
}

func TestNobodyElseReadsANote(t *testing.T) {
	l := aLine(t)
	n := l.note(t, l.cas, 1, helpline.NewID())
	l.vouch(t, l.dan, helpline.Counsellor)
	for name, c := range map[string]struct{ grant []byte }{
		"with the author's grant":       {n.ToAuthor},
		"with the supervisors' grant":   {n.ToGroup},
		"without a grant":               {nil},
		"with a grant of his own notes": {l.note(t, l.dan, 1, n.place.Note).ToAuthor},
	} {
		t.Run("a colleague "+name, func(t *testing.T) {
			_, err := l.dan.OpenNote(l.vouched, n.place, n.author, n.Note, c.grant, n.shred)
			if check := CheckOf(err); check != NotGranted && check != GrantPlace {
				t.Errorf("got %v", err)
			}
			if CheckOf(err) == NotGranted && (helpline.KindOf(err) != helpline.Forbidden || CheckOf(err).Tampering()) {
				t.Errorf("got kind %s, want forbidden and no alarm", helpline.KindOf(err))
			}
		})
	}
	t.Run("somebody with a group key of his own", func(t *testing.T) {
		fake := must[*GroupKey](t)(newGroupKey(Supervisors, 1))
		_, err := l.dan.OpenNoteAs(fake, l.vouched, n.place, n.author, n.Note, n.ToGroup, n.shred)
		wantCheck(t, err, KeyUnknown)
	})
	t.Run("its author without the shred key", func(t *testing.T) {
		gone := n
		gone.shred = Key{}
		_, err := gone.openBy(l.cas, l.vouched)
		wantCheck(t, err, NoteOpen)
	})
}

func TestANoteIsSealedOnlyWhereItCanBeReadAgain(t *testing.T) {
	l := aLine(t)
	p := Place{Install: l.install, Note: helpline.NewID(), Revision: 1, Week: "2026-W47", Schema: 1}
	e := []byte(`{}`)
	young := &Vouched{must[*Log](t)(ReadLog(l.install, l.entries[:1]))}
	change := func(f func(*Place)) Place { q := p; f(&q); return q }
	for name, c := range map[string]struct {
		v     *Vouched
		p     Place
		c     Contents
		shred Key
		want  helpline.Kind
	}{
		"before the supervisors have a key": {young, p, Contents{e, ""}, Key{1}, helpline.NotFound},
		"without a shred key":               {l.vouched, p, Contents{e, ""}, Key{}, helpline.Internal},
		"without an identifier":             {l.vouched, change(func(p *Place) { p.Note = helpline.ID{} }), Contents{e, ""}, Key{1}, helpline.Internal},
		"without a week":                    {l.vouched, change(func(p *Place) { p.Week = "" }), Contents{e, ""}, Key{1}, helpline.Internal},
		"for another line":                  {l.vouched, change(func(p *Place) { p.Install[0] ^= 1 }), Contents{e, ""}, Key{1}, helpline.Internal},
		"without an outcome":                {l.vouched, p, Contents{nil, "x"}, Key{1}, helpline.Invalid},
		"with text that is no UTF-8":        {l.vouched, p, Contents{e, "\xff"}, Key{1}, helpline.Invalid},
		"with more than fits":               {l.vouched, p, Contents{e, strings.Repeat("x", 16<<10)}, Key{1}, helpline.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := l.cas.SealNote(c.v, c.p, c.c, c.shred); helpline.KindOf(err) != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestAnAuthorReadsTheOwnNotesBeforeAnybodyHasVouched(t *testing.T) {
	l := aLine(t)
	n := l.note(t, l.dan, 1, helpline.NewID())
	if _, err := n.openBy(l.dan, l.vouched); err != nil {
		t.Errorf("the author: %v", err)
	}
	g := must[*GroupKey](t)(l.ann.OpenSeat(l.vouched, Supervisors, l.seat))
	read := func() error {
		_, err := l.ann.OpenNoteAs(g, l.vouched, n.place, n.author, n.Note, n.ToGroup, n.shred)
		return err
	}
	wantCheck(t, read(), NoteAuthor)
	l.vouch(t, l.dan, helpline.Counsellor)
	if err := read(); err != nil {
		t.Errorf("after the six words: %v", err)
	}
}

func TestANoteOfSomebodyWhoHasLeftSaysSo(t *testing.T) {
	l := aLine(t)
	n := l.note(t, l.cas, 1, helpline.NewID())
	l.entries = append(l.entries, must[[]byte](t)(l.ann.Assign(l.vouched, l.cas.person)))
	l.read(t)
	g := must[*GroupKey](t)(l.ann.OpenSeat(l.vouched, Supervisors, l.seat))
	got, err := l.ann.OpenNoteAs(g, l.vouched, n.place, n.author, n.Note, n.ToGroup, n.shred)
	if err != nil || !got.Former {
		t.Errorf("former %v, %v", got.Former, err)
	}
}

func TestEveryNoteOfABucketHasOneLength(t *testing.T) {
	l := aLine(t)
	sizes := map[int]bool{}
	for _, n := range []int{0, 1, 500, 900} {
		p := Place{Install: l.install, Note: helpline.NewID(), Revision: 1, Week: "2026-W47", Schema: 1}
		s := must[Sealed](t)(l.cas.SealNote(l.vouched, p, Contents{[]byte(`{}`), strings.Repeat("x", n)}, Key{1}))
		sizes[len(s.Note)] = true
	}
	if len(sizes) != 1 {
		t.Errorf("lengths %v tell how much was written", sizes)
	}
}

func TestTheWeekIsTheIsoWeekInUTC(t *testing.T) {
	for want, at := range map[string]time.Time{
		"2026-W47": time.Date(2026, 11, 22, 23, 59, 59, 0, time.UTC),
		"2026-W48": time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC),
		"2026-W53": time.Date(2027, 1, 3, 12, 0, 0, 0, time.UTC),
		"2027-W01": time.Date(2027, 1, 4, 0, 30, 0, 0, time.UTC),
	} {
		if got := Week(at.In(time.FixedZone("far", 9*3600))); got != want {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
}
