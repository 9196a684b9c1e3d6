package vault

import (
	"slices"
	"testing"

	"helpline"
)

// keep takes what was written into the line.
func (l *staffed) keep(t testing.TB, w *Writing) {
	t.Helper()
	l.entries = append(l.entries, w.Entries...)
	l.read(t)
}

func (l *staffed) writing(t testing.TB, by *Keyring) *Writing {
	t.Helper()
	return must[*Writing](t)(by.Write(l.vouched))
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhoLeavesAGroupHasNoSeatInItsNextGeneration(t *testing.T) {
	l := aLine(t)
	w := l.writing(t, l.ann)
	ok(t, w.Assign(l.ben.person))
	ok(t, w.Turn(Supervisors))
	ok(t, w.Turn(Counsellors))
	l.keep(t, w)
	if l.vouched.Generation(Supervisors) != 2 || l.vouched.Generation(Counsellors) != 2 {
		t.Fatal("the groups have not turned")
	}
	for _, s := range w.Seats {
		if s.Person == l.ben.person || s.Generation != 2 {
			t.Errorf("a seat among the %s, generation %d, for him", s.Group, s.Generation)
		}
		if _, err := l.ben.OpenSeat(l.vouched, s.Group, s.Sealed); err == nil {
			t.Error("he opens a colleague's seat")
		}
	}
	if len(w.Seats) != 3 { // ann twice, cas once
		t.Errorf("%d seats", len(w.Seats))
	}
	g := must[*GroupKey](t)(l.ann.OpenSeat(l.vouched, Supervisors, w.Seats[0].Sealed))
	if _, err := l.ann.GiveSeat(l.vouched, g, l.ben.person); helpline.KindOf(err) != helpline.Forbidden {
		t.Errorf("a seat for who has left: %v", err)
	}
	if _, err := l.ben.Write(l.vouched); helpline.KindOf(err) != helpline.Forbidden {
		t.Errorf("who has left writes: %v", err)
	}
	if err := l.writing(t, l.ann).Assign(l.ann.person); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("the last supervisor left: %v", err)
	}
}

func TestTheSafeguardingGroupIsNamedByTwoSupervisors(t *testing.T) {
	l := aLine(t)
	w := l.writing(t, l.ann)
	if err := w.Turn(Safeguarding); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("it has a key before it has members: %v", err)
	}
	if err := w.Name(Supervisors, []helpline.ID{l.cas.person}); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("supervisors were named: %v", err)
	}
	if err := w.Name(Safeguarding, []helpline.ID{l.dan.person}); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("a stranger was named: %v", err)
	}
	if err := w.Name(Safeguarding, nil); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("nobody was named: %v", err)
	}
	ok(t, w.Name(Safeguarding, []helpline.ID{l.cas.person, l.ben.person, l.cas.person}))
	if err := w.Confirm(Safeguarding); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("she confirmed it herself: %v", err)
	}
	l.keep(t, w)
	if len(l.vouched.Members(Safeguarding)) > 0 {
		t.Error("asking alone made members")
	}
	b := l.writing(t, l.ben)
	ok(t, b.Confirm(Safeguarding))
	l.keep(t, b)
	want := []helpline.ID{l.cas.person, l.ben.person}
	slices.SortFunc(want, byBytes)
	if got := l.vouched.Members(Safeguarding); !slices.Equal(got, want) || l.vouched.Generation(Safeguarding) != 1 || len(b.Seats) != 2 {
		t.Errorf("members %v, %d seats", got, len(b.Seats))
	}
	if _, _, waits := l.vouched.Asked(Safeguarding); waits {
		t.Error("it still waits")
	}
	if err := l.writing(t, l.ben).Confirm(Safeguarding); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("confirmed twice: %v", err)
	}
	// Who leaves is a member no more, and one supervisor can start the next
	// generation without them; coming back does not bring the membership back.
	w = l.writing(t, l.ann)
	ok(t, w.Assign(l.cas.person))
	ok(t, w.Turn(Safeguarding))
	ok(t, w.Assign(l.cas.person, helpline.Counsellor))
	l.keep(t, w)
	if got := l.vouched.Members(Safeguarding); !slices.Equal(got, []helpline.ID{l.ben.person}) || l.vouched.Generation(Safeguarding) != 2 {
		t.Errorf("members %v", got)
	}
	// What an asker who is no supervisor any more has asked for counts for nothing.
	w = l.writing(t, l.ben)
	ok(t, w.Name(Safeguarding, []helpline.ID{l.cas.person}))
	l.keep(t, w)
	w = l.writing(t, l.ann)
	ok(t, w.Assign(l.ben.person, helpline.Counsellor))
	if err := w.Confirm(Safeguarding); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("confirmed for somebody who may not ask: %v", err)
	}
}

func TestBodiesOfNamingsThatAreNotAsWrittenAreRefused(t *testing.T) {
	l := aLine(t)
	a, b := l.ben.person, l.cas.person
	if byBytes(a, b) > 0 {
		a, b = b, a
	}
	list := func(ids ...helpline.ID) []byte {
		var parts [][]byte
		for _, id := range ids {
			parts = append(parts, id[:])
		}
		return pack("keylog/members/v1", []byte(Safeguarding), pack("persons/v1", parts...))
	}
	var many []helpline.ID
	for range mostNamed + 1 {
		many = append(many, helpline.NewID())
	}
	key := must[*GroupKey](t)(newGroupKey(Safeguarding, 1))
	for name, c := range map[string]struct {
		says kind
		body []byte
		want Check
	}{
		"out of order":             {saysNaming, list(b, a), LogForm},
		"somebody twice":           {saysNaming, list(a, a), LogForm},
		"too many":                 {saysNaming, namingBody(Safeguarding, many), LogForm},
		"a byte too many":          {saysNaming, append(list(a), 0), LogForm},
		"another version":          {saysNaming, with(t, list(a), 0, []byte("keylog/members/v2")), LogForm},
		"nobody":                   {saysNaming, list(), LogRule},
		"a group nobody knows":     {saysNaming, namingBody("doctors", []helpline.ID{a}), LogRule},
		"nothing to confirm":       {saysConfirm, confirmBody(Safeguarding, 5, 1, key.public), LogRule},
		"a confirmation cut off":   {saysConfirm, confirmBody(Safeguarding, 5, 1, key.public)[:80], LogForm},
		"a group's key of its own": {saysGroup, groupBody(Safeguarding, 1, key.public), LogRule},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadLog(l.install, append(slices.Clone(l.entries), l.signed(l.ann, c.says, c.body)))
			wantCheck(t, err, c.want)
		})
	}
	named := append(slices.Clone(l.entries), l.signed(l.ann, saysNaming, list(a)))
	log := must[*Log](t)(ReadLog(l.install, named))
	by := func(k *Keyring, body []byte) error {
		_, err := log.Extend(append(slices.Clone(named), entry(l.install, log.trust(), saysConfirm, body, k.signer)))
		return err
	}
	n := uint64(len(l.entries))
	wantCheck(t, by(l.ann, confirmBody(Safeguarding, n, 1, key.public)), LogRule) // her own
	wantCheck(t, by(l.ben, confirmBody(Safeguarding, n-1, 1, key.public)), LogRule)
	wantCheck(t, by(l.ben, confirmBody(Safeguarding, n, 2, key.public)), LogRule)
	wantCheck(t, by(l.ben, confirmBody(Safeguarding, n, 1, l.cas.public.Seal)), LogRule) // a key that stands for somebody
	wantCheck(t, by(l.cas, confirmBody(Safeguarding, n, 1, key.public)), LogSigner)
	if err := by(l.ben, confirmBody(Safeguarding, n, 1, key.public)); err != nil {
		t.Errorf("the good one: %v", err)
	}
}

func TestANoteIsGrantedAgainOnlyFromAGenuineGrant(t *testing.T) {
	l := aLine(t)
	n := l.note(t, l.cas, 1, helpline.NewID())
	other := l.note(t, l.cas, 1, helpline.NewID())
	first := must[*GroupKey](t)(l.ann.OpenSeat(l.vouched, Supervisors, l.seat))
	w := l.writing(t, l.ann)
	ok(t, w.Assign(l.ben.person))
	ok(t, w.Turn(Supervisors))
	l.keep(t, w)
	for name, c := range map[string]struct {
		note, grant []byte
		place       Place
		want        Check
	}{
		"another note's grant":            {n.Note, other.ToGroup, n.place, GrantPlace},
		"the author's grant":              {n.Note, n.ToAuthor, n.place, NotGranted},
		"no grant":                        {n.Note, nil, n.place, NotGranted},
		"a damaged grant":                 {n.Note, flipped(n.ToGroup, len(n.ToGroup)-1), n.place, GrantSigned},
		"a damaged note":                  {flipped(n.Note, len(n.Note)-1), n.ToGroup, n.place, NoteSigned},
		"nothing":                         {nil, n.ToGroup, n.place, NoteForm},
		"another row":                     {n.Note, n.ToGroup, other.place, NotePlace},
		"another note in the row":         {other.Note, n.ToGroup, other.place, GrantPlace},
		"a grant to a generation to come": {n.Note, with(t, n.ToGroup, grantGeneration, number(2)), n.place, NotGranted},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := l.ann.Regrant(l.vouched, first, c.place, c.note, c.grant)
			wantCheck(t, err, c.want)
		})
	}
	if _, _, err := l.ben.Regrant(l.vouched, first, n.place, n.Note, n.ToGroup); helpline.KindOf(err) != helpline.Forbidden {
		t.Errorf("who has left grants: %v", err)
	}
	fake := must[*GroupKey](t)(newGroupKey(Supervisors, 1))
	_, _, err := l.ann.Regrant(l.vouched, fake, n.place, n.Note, n.ToGroup)
	wantCheck(t, err, KeyUnknown)

	sealed, generation, err := l.ann.Regrant(l.vouched, first, n.place, n.Note, n.ToGroup)
	if err != nil || generation != 2 {
		t.Fatal(generation, err)
	}
	second := must[*GroupKey](t)(l.ann.OpenSeat(l.vouched, Supervisors, w.Seats[0].Sealed))
	if got, err := l.ann.OpenNoteAs(second, l.vouched, n.place, n.author, n.Note, sealed, n.shred); err != nil || got.Text != someContents.Text {
		t.Errorf("who stays reads %v", err)
	}
	_, err = l.ben.OpenNoteAs(first, l.vouched, n.place, n.author, n.Note, sealed, n.shred)
	wantCheck(t, err, NotGranted)
}

func TestAHoldThatWasTamperedWithKeepsNothing(t *testing.T) {
	l := aLine(t)
	note, shred := helpline.NewID(), Key{7}
	ask := must[[]byte](t)(l.ann.AskHold(l.vouched, note, 20_773, "law", shred))
	p := HoldPapers{Ask: ask}
	p.Confirm = must[[]byte](t)(l.ben.ConfirmHold(l.vouched, note, p, shred))
	p.Lift = must[[]byte](t)(l.ben.AskLift(l.vouched, note, p, shred))
	h := must[Hold](t)(l.log.Hold(note, p, shred))
	if h != (Hold{note, 20_773, "law", l.ann.person, l.ben.person, l.ben.person}) {
		t.Errorf("the hold says %+v", h)
	}
	second := func(by *Keyring, label string, ask []byte) []byte { return by.second(label, ask) }
	later := must[[]byte](t)(l.ann.AskHold(l.vouched, note, 20_774, "law", shred))
	for name, c := range map[string]struct {
		note  helpline.ID
		p     HoldPapers
		shred Key
		want  Check
	}{
		"nothing":                          {note, HoldPapers{}, shred, HoldForm},
		"cut off":                          {note, HoldPapers{Ask: ask[:len(ask)-1]}, shred, HoldForm},
		"no reason":                        {note, HoldPapers{Ask: with(t, ask, 4, nil)}, shred, HoldForm},
		"a day beyond all":                 {note, HoldPapers{Ask: with(t, ask, 3, number(1<<40))}, shred, HoldForm},
		"another note":                     {helpline.NewID(), p, shred, HoldPlace},
		"another key":                      {note, p, Key{8}, HoldPlace},
		"another line":                     {note, HoldPapers{Ask: with(t, ask, 1, make([]byte, 16))}, shred, HoldPlace},
		"another day":                      {note, HoldPapers{Ask: with(t, ask, 3, number(1))}, shred, HoldSigned},
		"asked by a counsellor":            {note, HoldPapers{Ask: with(t, ask, 6, l.cas.public.Sign[:])}, shred, HoldSigned},
		"confirmed by a counsellor":        {note, HoldPapers{Ask: ask, Confirm: second(l.cas, "confirm", ask)}, shred, HoldSigned},
		"confirmed by the asker":           {note, HoldPapers{Ask: ask, Confirm: second(l.ann, "confirm", ask)}, shred, HoldSigned},
		"confirmed by a stranger":          {note, HoldPapers{Ask: ask, Confirm: second(l.dan, "confirm", ask)}, shred, HoldSigned},
		"a lift taken for a confirmation":  {note, HoldPapers{Ask: ask, Confirm: p.Lift}, shred, HoldSigned},
		"the confirmation of another hold": {note, HoldPapers{Ask: later, Confirm: p.Confirm}, shred, HoldSigned},
		"a lift nobody signed":             {note, HoldPapers{Ask: ask, Confirm: p.Confirm, Lift: []byte("lift")}, shred, HoldSigned},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := l.log.Hold(c.note, c.p, c.shred)
			wantCheck(t, err, c.want)
		})
	}
	if _, err := l.cas.AskHold(l.vouched, note, 1, "law", shred); helpline.KindOf(err) != helpline.Forbidden {
		t.Errorf("a counsellor asked: %v", err)
	}
	if _, err := l.ann.ConfirmHold(l.vouched, note, HoldPapers{Ask: ask}, shred); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("the asker confirmed: %v", err)
	}
}

// Whatever stands in the row of a hold, it either is what two supervisors
// signed or is refused with the name of a check.
func FuzzHold(f *testing.F) {
	l := aLine(f)
	note, shred := helpline.ID{1}, Key{7}
	good := HoldPapers{Ask: must[[]byte](f)(l.ann.AskHold(l.vouched, note, 1, "law", shred))}
	good.Confirm = must[[]byte](f)(l.ben.ConfirmHold(l.vouched, note, good, shred))
	f.Add(good.Ask, good.Confirm)
	f.Add(good.Confirm, good.Ask)
	f.Add(good.Ask, []byte(nil))
	for i := range 5 {
		f.Add(with(f, good.Ask, i, nil), with(f, good.Confirm, i%3, []byte{0}))
	}
	f.Fuzz(func(t *testing.T, ask, confirm []byte) {
		h, err := l.log.Hold(note, HoldPapers{Ask: ask, Confirm: confirm}, shred)
		genuine := string(ask) == string(good.Ask) && (len(confirm) == 0 || string(confirm) == string(good.Confirm))
		switch {
		case err == nil && !genuine:
			t.Fatal("papers that nobody signed were taken")
		case err == nil && (h.Asked != l.ann.person || len(confirm) > 0 && h.Confirmed != l.ben.person):
			t.Fatal("they are somebody else's")
		case err != nil && (genuine || CheckOf(err) == ""):
			t.Fatalf("refused without a reason: %v", err)
		}
	})
}
