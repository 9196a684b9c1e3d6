package vault

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"helpline"
)

// exchange is a thread of a line, with what opens it.
type exchange struct {
	*staffed
	t     *testing.T
	key   *ReturnKey
	shred Key
	group *GroupKey // of the counsellors, opened by cas
}

func anExchange(t *testing.T) *exchange {
	t.Helper()
	l := aLine(t)
	e := &exchange{staffed: l, t: t, key: must[*ReturnKey](t)(ReturnKeyOf(Key{7})), shred: Key{9}}
	w := l.writing(t, l.ann)
	ok(t, w.Turn(Counsellors))
	l.keep(t, w)
	for _, s := range w.Seats {
		if s.Person == l.cas.person {
			e.group = must[*GroupKey](t)(l.cas.OpenSeat(l.vouched, Counsellors, s.Sealed))
		}
	}
	return e
}

func (e *exchange) place(side Side) LetterPlace {
	return LetterPlace{
		Install: e.install, Thread: helpline.ID{1}, Letter: helpline.ID{2, byte(side)}, Number: uint64(side), Side: side,
		Week: "2026-W47", Key: e.key.Public(),
	}
}

func TestAThreadIsSealedBothWays(t *testing.T) {
	e := anExchange(t)
	p := e.place(ByVisitor)
	s := must[SealedLetter](t)(e.log.SealLetter(Counsellors, p, "I do not know how to begin.", e.shred))
	if s.Generation != e.vouched.Generation(Counsellors) {
		t.Errorf("sealed to generation %d", s.Generation)
	}
	if got, err := e.cas.OpenLetterAs(e.group, e.vouched, p, s.Letter, s.ToGroup, e.shred); err != nil || got != "I do not know how to begin." {
		t.Errorf("the counsellor reads %q, %v", got, err)
	}
	if got, err := e.key.OpenLetter(e.log, p, s.Letter, s.ToThread, e.shred); err != nil || got != "I do not know how to begin." {
		t.Errorf("whoever has the code reads %q, %v", got, err)
	}
	p = e.place(ByLine)
	s = must[SealedLetter](t)(e.cas.SealAnswer(e.vouched, Counsellors, p, "You have begun.", e.shred))
	if got, err := e.key.OpenLetter(e.log, p, s.Letter, s.ToThread, e.shred); err != nil || got != "You have begun." {
		t.Errorf("whoever has the code reads %q, %v", got, err)
	}
	if got, err := e.cas.OpenLetterAs(e.group, e.vouched, p, s.Letter, s.ToGroup, e.shred); err != nil || got != "You have begun." {
		t.Errorf("the counsellor reads %q, %v", got, err)
	}
	p = e.place(OnCard)
	s = must[SealedLetter](t)(e.log.SealLetter("", p, "We agreed to call on Monday.", e.shred))
	if got, err := e.key.OpenLetter(e.log, p, s.Letter, s.ToThread, e.shred); err != nil || got != "We agreed to call on Monday." {
		t.Errorf("whoever has the code reads %q, %v", got, err)
	}
	if len(s.ToGroup) > 0 {
		t.Error("a card is sealed to somebody else too")
	}
}

// Each change is found, and by the check that is named for it.
func TestALetterThatWasTamperedWithOpensForNobody(t *testing.T) {
	e := anExchange(t)
	other := must[*ReturnKey](t)(ReturnKeyOf(Key{8}))
	asked, answered := e.place(ByVisitor), e.place(ByLine)
	a := must[SealedLetter](t)(e.log.SealLetter(Counsellors, asked, "words", e.shred))
	b := must[SealedLetter](t)(e.cas.SealAnswer(e.vouched, Counsellors, answered, "words", e.shred))
	moved := func(p LetterPlace, change func(*LetterPlace)) LetterPlace { change(&p); return p }
	stranger := aStranger(t, e.install)
	forged := split(t, b.Letter)
	forged[1] = answered.aad(stranger.public.Sign)
	forged[4] = stranger.sign(letterSigned(forged[1], forged[2], [32]byte(forged[3])))
	root := split(t, b.Letter)
	root[1] = answered.aad(e.log.root)
	for _, c := range []struct {
		name   string
		p      LetterPlace
		sealed []byte
		grant  []byte
		shred  Key
		want   Check
	}{
		{"nothing", asked, nil, a.ToThread, e.shred, LetterForm},
		{"a byte too many", asked, append(bytes.Clone(a.Letter), 0), a.ToThread, e.shred, LetterForm},
		{"far too long", asked, make([]byte, longestLetter+1), a.ToThread, e.shred, LetterForm},
		{"another row", moved(asked, func(p *LetterPlace) { p.Letter[0]++ }), a.Letter, a.ToThread, e.shred, LetterAt},
		{"another thread", moved(asked, func(p *LetterPlace) { p.Thread[0]++ }), a.Letter, a.ToThread, e.shred, LetterAt},
		{"another place", moved(asked, func(p *LetterPlace) { p.Number++ }), a.Letter, a.ToThread, e.shred, LetterAt},
		{"another week", moved(asked, func(p *LetterPlace) { p.Week = "2026-W48" }), a.Letter, a.ToThread, e.shred, LetterAt},
		{"another line", moved(asked, func(p *LetterPlace) { p.Install[0]++ }), a.Letter, a.ToThread, e.shred, LetterAt},
		{"a visitor's as the line's", moved(asked, func(p *LetterPlace) { p.Side = ByLine }), a.Letter, a.ToThread, e.shred, LetterAt},
		{"another key of the thread", moved(asked, func(p *LetterPlace) { p.Key = other.Public() }), a.Letter, a.ToThread, e.shred, LetterAt},
		{"a visitor's with a signature", asked, with(t, a.Letter, 4, make([]byte, 64)), a.ToThread, e.shred, LetterSigned},
		{"an answer without one", answered, with(t, b.Letter, 4, nil), b.ToThread, e.shred, LetterSigned},
		{"an answer with another", answered, with(t, b.Letter, 4, make([]byte, 64)), b.ToThread, e.shred, LetterSigned},
		{"an answer by a stranger", answered, join(forged), b.ToThread, e.shred, LetterAuthor},
		{"an answer by the root", answered, join(root), b.ToThread, e.shred, LetterAuthor},
		{"no grant", asked, a.Letter, nil, e.shred, LetterGrant},
		{"the group's grant", asked, a.Letter, a.ToGroup, e.shred, LetterGrant},
		{"another letter's grant", asked, a.Letter, b.ToThread, e.shred, LetterGrant},
		{"another commitment", asked, with(t, a.Letter, 3, make([]byte, 32)), a.ToThread, e.shred, LetterGrant},
		{"other words", asked, with(t, a.Letter, 2, flipped(split(t, a.Letter)[2], 30)), a.ToThread, e.shred, LetterOpen},
		{"another shred key", asked, a.Letter, a.ToThread, Key{1}, LetterOpen},
		{"a forgotten shred key", answered, b.Letter, b.ToThread, Key{}, LetterOpen},
	} {
		t.Run(c.name, func(t *testing.T) {
			key := e.key
			if c.p.Key == other.Public() {
				key = other
			}
			got, err := key.OpenLetter(e.log, c.p, c.sealed, c.grant, c.shred)
			if got != "" {
				t.Errorf("it gave %q", got)
			}
			wantCheck(t, err, c.want)
		})
	}
}

func TestWhoHasLeftTheCounsellorsOpensNothingWrittenSince(t *testing.T) {
	e := anExchange(t)
	before := e.group
	w := e.writing(t, e.ann)
	ok(t, w.Assign(e.cas.person))
	ok(t, w.Turn(Counsellors))
	e.keep(t, w)
	p := e.place(ByVisitor)
	s := must[SealedLetter](t)(e.log.SealLetter(Counsellors, p, "written since", e.shred))
	if got, err := e.cas.OpenLetterAs(before, e.vouched, p, s.Letter, s.ToGroup, e.shred); err == nil {
		t.Errorf("he reads %q", got)
	}
}

func TestALetterIsSealedOnlyWhereItCanBeRead(t *testing.T) {
	e := anExchange(t)
	visitor, card, line := e.place(ByVisitor), e.place(OnCard), e.place(ByLine)
	for name, err := range map[string]error{
		"to a group without a key":   second(e.log.SealLetter(Safeguarding, visitor, "x", e.shred)),
		"without a shred key":        second(e.log.SealLetter(Counsellors, visitor, "x", Key{})),
		"a card to a group":          second(e.log.SealLetter(Counsellors, card, "x", e.shred)),
		"a visitor's to nobody":      second(e.log.SealLetter("", visitor, "x", e.shred)),
		"an answer without a person": second(e.log.SealLetter(Counsellors, line, "x", e.shred)),
		"a visitor's by a person":    second(e.cas.SealAnswer(e.vouched, Counsellors, visitor, "x", e.shred)),
		"too long":                   second(e.log.SealLetter(Counsellors, visitor, strings.Repeat("x", 32<<10), e.shred)),
		"no text":                    second(e.log.SealLetter(Counsellors, visitor, "\xff", e.shred)),
	} {
		if err == nil {
			t.Errorf("%s: sealed", name)
		}
	}
}

func second(_ SealedLetter, err error) error { return err }

func TestALengthTellsAClassAndNotALetter(t *testing.T) {
	e := anExchange(t)
	seen := map[int]string{}
	for _, n := range []int{0, 1, 1020, 1021, 4092, 4093, 12_000, 16_380, 16_381, 32_764} {
		s := must[SealedLetter](t)(e.log.SealLetter(Counsellors, e.place(ByVisitor), strings.Repeat("a", n), e.shred))
		seen[len(s.Letter)] += fmt.Sprint(n, " ")
		if got, err := e.key.OpenLetter(e.log, e.place(ByVisitor), s.Letter, s.ToThread, e.shred); err != nil || len(got) != n {
			t.Errorf("%d characters came back as %d, %v", n, len(got), err)
		}
	}
	if len(seen) != len(letterSizes) {
		t.Errorf("letters have the lengths %v", seen)
	}
}

func TestALinkNamesItsNoteToTheCodeAlone(t *testing.T) {
	e := anExchange(t)
	thread, note := helpline.ID{1}, helpline.NewID()
	sealed := must[[]byte](t)(SealLink(e.install, thread, e.key.Public(), note))
	if got, err := e.key.OpenLink(e.install, thread, sealed); err != nil || got != note {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := e.key.OpenLink(e.install, helpline.ID{2}, sealed); err == nil {
		t.Error("it opens in another thread")
	}
	if _, err := must[*ReturnKey](t)(ReturnKeyOf(Key{8})).OpenLink(e.install, thread, sealed); err == nil {
		t.Error("another code opens it")
	}
	if bytes.Contains(sealed, note[:]) {
		t.Error("the note stands there in clear")
	}
}

func FuzzLetters(f *testing.F) {
	l := aLine(f)
	key := must[*ReturnKey](f)(ReturnKeyOf(Key{7}))
	p := LetterPlace{Install: l.install, Thread: helpline.ID{1}, Letter: helpline.ID{2}, Number: 1, Side: OnCard, Week: "2026-W47", Key: key.Public()}
	s := must[SealedLetter](f)(l.log.SealLetter("", p, "words", Key{9}))
	f.Add(s.Letter, s.ToThread)
	f.Fuzz(func(t *testing.T, sealed, grant []byte) {
		if got, err := key.OpenLetter(l.log, p, sealed, grant, Key{9}); err == nil && got != "words" {
			t.Errorf("%d bytes open as something else", len(sealed))
		}
	})
}
