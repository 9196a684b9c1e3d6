package vault

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"time"

	"helpline"
)

// Place is where a note stands; it opens nowhere else. Week is what Week gave
// and counts its age, so that nobody can make a note live longer by its row.
type Place struct {
	Install  helpline.ID
	Note     helpline.ID
	Revision uint64
	Week     string // ISO 8601: 2026-W47
	Schema   uint64 // of the outcome
}

// Week is the ISO week of an instant, in UTC.
func Week(t time.Time) string {
	year, week := t.UTC().ISOWeek()
	return fmt.Sprintf("%04d-W%02d", year, week)
}

func (p Place) aad(author SignKey) []byte {
	return pack("note/aad/v1", p.Install[:], p.Note[:], number(p.Revision), author[:], []byte(p.Week), number(p.Schema))
}

// Sealed is a note as it is kept.
type Sealed struct {
	Note       []byte
	ToAuthor   []byte // the author's grant
	ToGroup    []byte // the grant of the supervisors' group
	Generation uint64 // of the group
}

// Opened is a note after every check held.
type Opened struct {
	Contents
	Author helpline.ID
	Former bool // the author has left or has other keys by now
}

// note is a sealed note, read but not yet believed.
type note struct {
	aad        []byte
	boxed      []byte
	commitment [32]byte
	signature  []byte

	author SignKey // out of the aad
}

func noteSigned(aad, boxed []byte, commitment [32]byte) []byte {
	sum := sha512.Sum512(boxed)
	return pack("note/sign/v1", aad, sum[:], commitment[:])
}

// longestNote is the largest bucket with all that stands around it, and some.
const longestNote = 20 << 10

func readNote(b []byte) (note, bool) {
	if len(b) > longestNote {
		return note{}, false
	}
	f := unpack("note/v1", b)
	n := note{aad: f.next(), boxed: f.next(), commitment: [32]byte(f.exactly(32)), signature: f.exactly(ed25519.SignatureSize)}
	a := unpack("note/aad/v1", n.aad)
	a.id()
	a.id()
	a.number()
	n.author = SignKey(a.exactly(32))
	return n, f.end() && !a.bad
}

func contentKey(dek, shred Key, label string, id helpline.ID) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, dek[:], shred[:], label+string(id[:]), 32)
	if err != nil {
		return nil, helpline.Errorf(helpline.Internal, "derive a content key: %w", err)
	}
	return key, nil
}

// commitment binds a note to one key: an AEAD alone can be made to open under
// two.
func commitment(dek Key) [32]byte {
	h := hmac.New(sha256.New, dek[:])
	h.Write([]byte("commit/v1"))
	return [32]byte(h.Sum(nil))
}

// SealNote seals and signs a note and grants it to its author and to the
// supervisors. shred is a fresh shred key; the caller keeps its number beside
// the note. NotFound when the supervisors have no key yet, Invalid when the
// contents cannot be sealed. About 1 ms.
func (k *Keyring) SealNote(v *Vouched, p Place, c Contents, shred Key) (Sealed, error) {
	generation := v.Generation(Supervisors)
	group, ok := v.groupKey(Supervisors, generation)
	switch {
	case !ok:
		return Sealed{}, helpline.Errorf(helpline.NotFound, "seal a note: the supervisors have no key yet")
	case p.Install != k.install || p.Note.IsZero() || len(p.Week) != len("2026-W47") || shred == (Key{}):
		return Sealed{}, helpline.Errorf(helpline.Internal, "seal a note: its place or its shred key is missing")
	}
	plain, err := c.padded()
	if err != nil {
		return Sealed{}, err
	}
	defer clear(plain)
	var dek Key
	defer clear(dek[:])
	_, _ = rand.Read(dek[:])
	key, err := contentKey(dek, shred, "note/v1", p.Note)
	if err != nil {
		return Sealed{}, err
	}
	defer clear(key)
	aad := p.aad(k.public.Sign)
	boxed, err := box(key, aad, plain)
	if err != nil {
		return Sealed{}, err
	}
	commit := commitment(dek)
	s := Sealed{
		Note:       pack("note/v1", aad, boxed, commit[:], k.sign(noteSigned(aad, boxed, commit))),
		Generation: generation,
	}
	if s.ToAuthor, err = k.grant(p, dek, toPerson(k.public)); err != nil {
		return Sealed{}, err
	}
	if s.ToGroup, err = k.grant(p, dek, toGroup(Supervisors, generation, group)); err != nil {
		return Sealed{}, err
	}
	return s, nil
}

// OpenNote opens a note with the owner's own grant.
func (k *Keyring) OpenNote(v *Vouched, p Place, author helpline.ID, noteBytes, grantBytes []byte, shred Key) (Opened, error) {
	return k.open(v, p, author, noteBytes, grantBytes, shred, toPerson(k.public), k)
}

// OpenNoteAs opens a note with the grant of a group the owner has a seat in.
func (k *Keyring) OpenNoteAs(g *GroupKey, v *Vouched, p Place, author helpline.ID, noteBytes, grantBytes []byte, shred Key) (Opened, error) {
	if key, ok := v.groupKey(g.group, g.generation); !ok || key != g.public {
		return Opened{}, refuse("open a note", KeyUnknown)
	}
	return k.open(v, p, author, noteBytes, grantBytes, shred, toGroup(g.group, g.generation, g.public), g)
}

// open makes every check in the order in which check.go lists them; the first
// that fails ends it. author is the person the row names.
func (k *Keyring) open(v *Vouched, p Place, author helpline.ID, noteBytes, grantBytes []byte, shred Key, to recipient, with opener) (Opened, error) {
	const doing = "open a note"
	n, ok := readNote(noteBytes)
	if !ok {
		return Opened{}, refuse(doing, NoteForm)
	}
	if p.Install != k.install || string(n.aad) != string(p.aad(n.author)) {
		return Opened{}, refuse(doing, NotePlace)
	}
	// Until a supervisor has confirmed the six words, an author's key stands in
	// no log; the author can read the own notes all the same.
	own := n.author == k.public.Sign && author == k.person
	if person, known := v.author(n.author); !own && (!known || person != author) {
		return Opened{}, refuse(doing, NoteAuthor)
	}
	if !n.author.verify(noteSigned(n.aad, n.boxed, n.commitment), n.signature) {
		return Opened{}, refuse(doing, NoteSigned)
	}
	dek, c := openGrant(v, p, n, grantBytes, to, with)
	defer clear(dek[:])
	if c != "" {
		return Opened{}, refuse(doing, c)
	}
	if sum := commitment(dek); !hmac.Equal(sum[:], n.commitment[:]) {
		return Opened{}, refuse(doing, NoteCommit)
	}
	key, err := contentKey(dek, shred, "note/v1", p.Note)
	if err != nil {
		return Opened{}, err
	}
	defer clear(key)
	plain, ok := unbox(key, n.aad, n.boxed)
	defer clear(plain)
	if !ok {
		return Opened{}, refuse(doing, NoteOpen)
	}
	contents, ok := unpadded(plain)
	if !ok {
		return Opened{}, refuse(doing, NoteContents)
	}
	return Opened{Contents: contents, Author: author, Former: !own && v.former(n.author)}, nil
}
