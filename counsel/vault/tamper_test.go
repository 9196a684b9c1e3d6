package vault

import (
	"bytes"
	"testing"

	"helpline"
)

// The fields of a note and of a grant, as split gives them.
const (
	noteAAD, noteBox, noteCommitment, noteSignature = 1, 2, 3, 4
	grantNote, grantCommitment, grantKind           = 2, 3, 4
	grantName, grantKey, grantGeneration            = 5, 6, 7
	grantGiver, grantSealed, grantSignature         = 8, 9, 10
)

func TestANoteThatWasTamperedWithIsRefused(t *testing.T) {
	l := aLine(t)
	n := l.note(t, l.cas, 2, helpline.NewID())
	earlier := l.note(t, l.cas, 1, n.place.Note)
	other := l.note(t, l.cas, 2, helpline.NewID())
	bens := l.note(t, l.ben, 2, n.place.Note)
	field := func(i int, v []byte) kept { k := n; k.Note = with(t, n.Note, i, v); return k }
	row := func(f func(*kept)) kept { k := n; f(&k); return k }
	of := func(k kept, i int) []byte { return split(t, k.Note)[i] }
	asBen := func(by *Keyring) kept { // the aad names ben; somebody signs
		aad := n.place.aad(l.ben.public.Sign)
		box := of(n, noteBox)
		commit := [32]byte(of(n, noteCommitment))
		k := n
		k.author = l.ben.person
		k.Note = pack("note/v1", aad, box, commit[:], by.sign(noteSigned(aad, box, commit)))
		return k
	}
	bit := func(i, at int) kept { return field(i, flipped(of(n, i), at)) }
	for name, c := range map[string]struct {
		k    kept
		want Check
	}{
		"nothing":                           {row(func(k *kept) { k.Note = nil }), NoteForm},
		"cut off":                           {row(func(k *kept) { k.Note = n.Note[:len(n.Note)-1] }), NoteForm},
		"cut off in the ciphertext":         {row(func(k *kept) { k.Note = n.Note[:500] }), NoteForm},
		"a byte too many":                   {row(func(k *kept) { k.Note = append(bytes.Clone(n.Note), 0) }), NoteForm},
		"of a later version":                {field(0, []byte("note/v2")), NoteForm},
		"21 KiB":                            {row(func(k *kept) { k.Note = make([]byte, 21<<10) }), NoteForm},
		"no associated data":                {field(noteAAD, nil), NoteForm},
		"a commitment of 31 bytes":          {field(noteCommitment, of(n, noteCommitment)[:31]), NoteForm},
		"another note swapped into the row": {row(func(k *kept) { k.Sealed = other.Sealed }), NotePlace},
		"an earlier revision replayed":      {row(func(k *kept) { k.Sealed = earlier.Sealed; k.shred = earlier.shred }), NotePlace},
		"the row's revision raised":         {row(func(k *kept) { k.place.Revision++ }), NotePlace},
		"the row's week put off":            {row(func(k *kept) { k.place.Week = "2027-W01" }), NotePlace},
		"the row's schema changed":          {row(func(k *kept) { k.place.Schema++ }), NotePlace},
		"the row of another line":           {row(func(k *kept) { k.place.Install[0] ^= 1 }), NotePlace},
		"associated data of another note":   {field(noteAAD, of(other, noteAAD)), NotePlace},
		"a week changed in both": {row(func(k *kept) {
			k.place.Week = "2027-W01"
			k.Note = with(t, n.Note, noteAAD, k.place.aad(l.cas.public.Sign))
		}), NoteSigned},
		"a revision changed in both":             {row(func(k *kept) { k.place.Revision = 9; k.Note = with(t, n.Note, noteAAD, k.place.aad(l.cas.public.Sign)) }), NoteSigned},
		"another author in the row":              {row(func(k *kept) { k.author = l.ben.person }), NoteAuthor},
		"another author in the note":             {field(noteAAD, n.place.aad(l.ben.public.Sign)), NoteAuthor},
		"an author nobody knows":                 {field(noteAAD, n.place.aad(l.dan.public.Sign)), NoteAuthor},
		"the root as author":                     {row(func(k *kept) { k.author = helpline.ID{}; k.Note = with(t, n.Note, noteAAD, n.place.aad(l.log.root)) }), NoteAuthor},
		"another author in row and note":         {asBen(l.cas), NoteSigned},
		"another author, signed by a stranger":   {asBen(l.dan), NoteSigned},
		"taken over by a colleague":              {asBen(l.ben), GrantGiver},
		"one bit of the nonce":                   {bit(noteBox, 0), NoteSigned},
		"one bit of the ciphertext":              {bit(noteBox, 100), NoteSigned},
		"one bit of the commitment":              {bit(noteCommitment, 0), NoteSigned},
		"one bit of the signature":               {bit(noteSignature, 0), NoteSigned},
		"a ciphertext cut off":                   {field(noteBox, of(n, noteBox)[:500]), NoteSigned},
		"the ciphertext of another note":         {field(noteBox, of(other, noteBox)), NoteSigned},
		"the commitment of another note":         {field(noteCommitment, of(other, noteCommitment)), NoteSigned},
		"the signature of another note":          {field(noteSignature, of(other, noteSignature)), NoteSigned},
		"all but the associated data of another": {row(func(k *kept) { k.Note = with(t, other.Note, noteAAD, of(n, noteAAD)) }), NoteSigned},
		"the same note by a colleague":           {row(func(k *kept) { k.Note = bens.Note }), NoteAuthor},
		"another shred key":                      {row(func(k *kept) { k.shred = other.shred }), NoteOpen},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.k.openBy(l.cas, l.vouched)
			wantCheck(t, err, c.want)
			if helpline.KindOf(err) != helpline.Internal || !CheckOf(err).Tampering() {
				t.Errorf("%v would not become an audit entry", err)
			}
		})
	}
	t.Run("with the same keys in another line", func(t *testing.T) {
		elsewhere := *l.cas
		elsewhere.install[0] ^= 1
		_, err := n.openBy(&elsewhere, l.vouched)
		wantCheck(t, err, NotePlace)
	})
	if _, err := n.openBy(l.cas, l.vouched); err != nil {
		t.Errorf("the good one: %v", err)
	}
}

func TestAGrantThatWasTamperedWithIsRefused(t *testing.T) {
	l := aLine(t)
	n := l.note(t, l.cas, 2, helpline.NewID())
	earlier := l.note(t, l.cas, 1, n.place.Note)
	other := l.note(t, l.cas, 2, helpline.NewID())
	group := must[*GroupKey](t)(l.ann.OpenSeat(l.vouched, Supervisors, l.seat))
	field := func(i int, v []byte) []byte { return with(t, n.ToGroup, i, v) }
	of := func(b []byte, i int) []byte { return split(t, b)[i] }
	made := func(by *Keyring, change func(*grant)) []byte {
		g, _ := readGrant(n.ToGroup)
		g.giver = by.public.Sign
		change(&g)
		return pack("grant/v1", append(g.place(), g.sealed, by.sign(g.signed()))...)
	}
	resealed := func(dek []byte) func(*grant) {
		return func(g *grant) { g.sealed = must[[]byte](t)(sealTo(group.public, g.info(), dek)) }
	}
	for name, c := range map[string]struct {
		grant []byte
		want  Check
	}{
		"none":                                  {nil, NotGranted},
		"the author's":                          {n.ToAuthor, NotGranted},
		"cut off":                               {n.ToGroup[:len(n.ToGroup)-1], GrantForm},
		"a byte too many":                       {append(bytes.Clone(n.ToGroup), 0), GrantForm},
		"of a later version":                    {field(0, []byte("grant/v2")), GrantForm},
		"a ciphertext cut off":                  {field(grantSealed, of(n.ToGroup, grantSealed)[:100]), GrantForm},
		"of another note":                       {other.ToGroup, GrantPlace},
		"of an earlier revision":                {earlier.ToGroup, GrantPlace},
		"renamed to another note":               {field(grantNote, other.place.Note[:]), GrantPlace},
		"of another line":                       {field(1, make([]byte, 16)), GrantPlace},
		"another note's, renamed":               {with(t, other.ToGroup, grantNote, n.place.Note[:]), GrantPlace},
		"another note's, renamed and committed": {with(t, with(t, other.ToGroup, grantNote, n.place.Note[:]), grantCommitment, of(n.Note, noteCommitment)), GrantSigned},
		"for a person":                          {field(grantKind, []byte{1}), NotGranted},
		"for another group":                     {field(grantName, []byte("counsellors")), NotGranted},
		"for another key":                       {field(grantKey, make([]byte, 32)), NotGranted},
		"for another generation":                {field(grantGeneration, number(2)), NotGranted},
		"the author's, dressed as the group's":  {dressed(t, n.ToAuthor, n.ToGroup), GrantSigned},
		"given by a stranger":                   {made(l.dan, func(*grant) {}), GrantGiver},
		"named after a supervisor":              {field(grantGiver, l.ben.public.Sign[:]), GrantSigned},
		"the signature of another grant":        {field(grantSignature, of(n.ToAuthor, grantSignature)), GrantSigned},
		"the ciphertext of another grant":       {field(grantSealed, of(other.ToGroup, grantSealed)), GrantSigned},
		"one bit of the ciphertext":             {field(grantSealed, flipped(of(n.ToGroup, grantSealed), 1150)), GrantSigned},
		"one bit of the signature":              {field(grantSignature, flipped(of(n.ToGroup, grantSignature), 0)), GrantSigned},
		"sealed to somebody else, by ben":       {made(l.ben, func(g *grant) { g.sealed = of(n.ToAuthor, grantSealed) }), GrantOpen},
		"a key of 31 bytes, by ben":             {made(l.ben, func(g *grant) { g.sealed = make([]byte, boxedKey) }), GrantOpen},
		"another key, by ben":                   {made(l.ben, resealed(make([]byte, 32))), NoteCommit},
		"another key, by the author":            {made(l.cas, resealed(make([]byte, 32))), NoteCommit},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := l.ann.OpenNoteAs(group, l.vouched, n.place, n.author, n.Note, c.grant, n.shred)
			wantCheck(t, err, c.want)
		})
	}
	t.Run("given by a counsellor who is not the author", func(t *testing.T) {
		bens := l.note(t, l.ben, 1, helpline.NewID())
		g, _ := readGrant(bens.ToGroup)
		g.giver = l.cas.public.Sign
		forged := pack("grant/v1", append(g.place(), g.sealed, l.cas.sign(g.signed()))...)
		_, err := l.ann.OpenNoteAs(group, l.vouched, bens.place, bens.author, bens.Note, forged, bens.shred)
		wantCheck(t, err, GrantGiver)
	})
	t.Run("given anew by a supervisor, and good", func(t *testing.T) {
		g, _ := readGrant(n.ToGroup)
		dek := must[[]byte](t)(group.decap(g.info(), g.sealed))
		again := must[[]byte](t)(l.ann.grant(n.place, Key(dek), toGroup(Supervisors, 1, group.public)))
		if _, err := l.ann.OpenNoteAs(group, l.vouched, n.place, n.author, n.Note, again, n.shred); err != nil {
			t.Error(err)
		}
	})
}

// dressed gives one grant the recipient of another.
func dressed(t *testing.T, b, as []byte) []byte {
	for _, i := range []int{grantKind, grantName, grantKey, grantGeneration} {
		b = with(t, b, i, split(t, as)[i])
	}
	return b
}

func TestASignedAndGrantedNoteWithOtherContentsInsideIsRefused(t *testing.T) {
	l := aLine(t)
	good := must[[]byte](t)(someContents.padded())
	for name, c := range map[string]struct {
		plain []byte
		want  Check
	}{
		"another length":       {good[:1000], NoteContents},
		"a length beyond it":   {append([]byte{0, 0, 255, 255}, good[4:]...), NoteContents},
		"words in the padding": {append(bytes.Clone(good[:1023]), 'x'), NoteContents},
		"no JSON":              {append([]byte{0, 0, 0, 1}, make([]byte, 1020)...), NoteContents},
		"a larger bucket":      {append(bytes.Clone(good), make([]byte, 3<<10)...), NoteContents},
		"the good one":         {good, ""},
	} {
		t.Run(name, func(t *testing.T) {
			n := l.note(t, l.cas, 1, helpline.NewID())
			dek := Key{5}
			key := must[[]byte](t)(contentKey(dek, n.shred, "note/v1", n.place.Note))
			aad := n.place.aad(l.cas.public.Sign)
			boxed := must[[]byte](t)(box(key, aad, c.plain))
			commit := commitment(dek)
			n.Note = pack("note/v1", aad, boxed, commit[:], l.cas.sign(noteSigned(aad, boxed, commit)))
			n.ToAuthor = must[[]byte](t)(l.cas.grant(n.place, dek, toPerson(l.cas.public)))
			_, err := n.openBy(l.cas, l.vouched)
			wantCheck(t, err, c.want)
		})
	}
}
