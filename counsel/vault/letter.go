package vault

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha512"
	"encoding/binary"
	"slices"
	"unicode/utf8"

	"helpline"
)

// Side is who wrote a letter.
type Side byte

// The sides. A card is a letter to its owner that nobody signs: counsellor and
// visitor have agreed it word for word, and it opens with the code alone.
const (
	ByVisitor Side = 1
	ByLine    Side = 2
	OnCard    Side = 3
)

// LetterPlace is where a letter stands; it opens nowhere else.
type LetterPlace struct {
	Install helpline.ID
	Thread  helpline.ID
	Letter  helpline.ID
	Number  uint64 // in the order of the thread, from 1
	Side    Side
	Week    string  // ISO 8601, of the day it was written
	Key     SealKey // of the thread
}

func (p LetterPlace) aad(author SignKey) []byte {
	sum := p.Key.hash()
	return pack("letter/aad/v1", p.Install[:], p.Thread[:], p.Letter[:], number(p.Number), []byte{byte(p.Side)}, sum[:], author[:], []byte(p.Week))
}

func (p LetterPlace) toThread(commitment [32]byte) []byte {
	sum := p.Key.hash()
	return pack("letter/thread/v1", p.Install[:], p.Thread[:], p.Letter[:], commitment[:], sum[:])
}

func (p LetterPlace) toGroup(commitment [32]byte, g Group, generation uint64, key SealKey) []byte {
	sum := key.hash()
	return pack("letter/group/v1", p.Install[:], p.Thread[:], p.Letter[:], commitment[:], []byte(g), number(generation), sum[:])
}

// SealedLetter is a letter as it is kept.
type SealedLetter struct {
	Letter     []byte
	ToThread   []byte // its key for whoever has the code
	ToGroup    []byte // and for the group; empty for a card
	Generation uint64 // of the group
}

// letter is a sealed letter, read but not yet believed.
type letter struct {
	aad        []byte
	boxed      []byte
	commitment [32]byte
	signature  []byte // empty unless the line wrote it

	author SignKey // out of the aad
}

func letterSigned(aad, boxed []byte, commitment [32]byte) []byte {
	sum := sha512.Sum512(boxed)
	return pack("letter/sign/v1", aad, sum[:], commitment[:])
}

// letterSizes are the lengths a letter can have, its own length in front included.
var letterSizes = []int{1 << 10, 4 << 10, 16 << 10, 32 << 10}

// longestLetter is the largest of them with all that stands around it.
const longestLetter = 36 << 10

func readLetter(b []byte) (letter, bool) {
	if len(b) > longestLetter {
		return letter{}, false
	}
	f := unpack("letter/v1", b)
	l := letter{aad: f.next(), boxed: f.next(), commitment: [32]byte(f.exactly(32)), signature: f.next()}
	a := unpack("letter/aad/v1", l.aad)
	a.id()
	a.id()
	a.id()
	a.number()
	a.exactly(1)
	a.exactly(32)
	l.author = SignKey(a.exactly(32))
	return l, f.end() && !a.bad
}

// padLetter gives length, words and zeros. Invalid when they are no UTF-8 or too long.
func padLetter(body string) ([]byte, error) {
	if !utf8.ValidString(body) {
		return nil, helpline.Errorf(helpline.Invalid, "seal a letter: it is not UTF-8")
	}
	for _, size := range letterSizes {
		if len(body)+4 <= size {
			out := make([]byte, size)
			binary.BigEndian.PutUint32(out, uint32(len(body)))
			copy(out[4:], body)
			return out, nil
		}
	}
	return nil, helpline.Errorf(helpline.Invalid, "seal a letter: more than %d bytes", letterSizes[len(letterSizes)-1])
}

func unpadLetter(b []byte) (string, bool) {
	if !slices.Contains(letterSizes, len(b)) {
		return "", false
	}
	n := binary.BigEndian.Uint32(b)
	if uint64(n) > uint64(len(b)-4) {
		return "", false
	}
	for _, p := range b[4+n:] {
		if p != 0 {
			return "", false
		}
	}
	return string(b[4 : 4+n]), utf8.Valid(b[4 : 4+n])
}

// SealLetter seals what a visitor wrote, to the thread and to the present
// generation of a group by this log; the group is empty for a card. Nobody
// signs it. NotFound when the group has no key yet, Invalid when it is too long.
//
// There is no keyring here to hold the log against: see the package comment.
func (l *Log) SealLetter(g Group, p LetterPlace, body string, shred Key) (SealedLetter, error) {
	if p.Side == ByLine || (g == "") != (p.Side == OnCard) {
		return SealedLetter{}, helpline.Errorf(helpline.Internal, "seal a letter: it is of another side")
	}
	return l.sealLetter(g, p, body, shred, SignKey{}, nil)
}

// SealAnswer seals and signs an answer of the line, to the thread and to a group.
func (k *Keyring) SealAnswer(v *Vouched, g Group, p LetterPlace, body string, shred Key) (SealedLetter, error) {
	if p.Side != ByLine || g == "" || p.Install != k.install {
		return SealedLetter{}, helpline.Errorf(helpline.Internal, "seal an answer: it is of another side or line")
	}
	return v.log.sealLetter(g, p, body, shred, k.public.Sign, k.sign)
}

func (l *Log) sealLetter(g Group, p LetterPlace, body string, shred Key, author SignKey, sign func([]byte) []byte) (SealedLetter, error) {
	var s SealedLetter
	var group SealKey
	if g != "" {
		keys := l.groups[g]
		if len(keys) == 0 {
			return s, helpline.Errorf(helpline.NotFound, "seal a letter: its readers have no key yet")
		}
		s.Generation, group = uint64(len(keys)), keys[len(keys)-1]
	}
	if p.Install != l.install || p.Thread.IsZero() || p.Letter.IsZero() || len(p.Week) != len("2026-W47") || shred == (Key{}) || !p.Key.readable() {
		return SealedLetter{}, helpline.Errorf(helpline.Internal, "seal a letter: its place or its shred key is missing")
	}
	plain, err := padLetter(body)
	if err != nil {
		return SealedLetter{}, err
	}
	defer clear(plain)
	var dek Key
	defer clear(dek[:])
	_, _ = rand.Read(dek[:])
	key, err := contentKey(dek, shred, "letter/v1", p.Letter)
	if err != nil {
		return SealedLetter{}, err
	}
	defer clear(key)
	aad := p.aad(author)
	boxed, err := box(key, aad, plain)
	if err != nil {
		return SealedLetter{}, err
	}
	commit := commitment(dek)
	var signature []byte
	if sign != nil {
		signature = sign(letterSigned(aad, boxed, commit))
	}
	s.Letter = pack("letter/v1", aad, boxed, commit[:], signature)
	if s.ToThread, err = sealTo(p.Key, p.toThread(commit), dek[:]); err != nil {
		return SealedLetter{}, err
	}
	if g != "" {
		if s.ToGroup, err = sealTo(group, p.toGroup(commit, g, s.Generation, group), dek[:]); err != nil {
			return SealedLetter{}, err
		}
	}
	return s, nil
}

// OpenLetter opens a letter for whoever has the code. An answer must be signed
// by a key that stands in the log.
func (k *ReturnKey) OpenLetter(l *Log, p LetterPlace, sealed, grant []byte, shred Key) (string, error) {
	if p.Key != k.public {
		return "", refuse(openingLetter, LetterAt)
	}
	return l.openLetter(p, sealed, grant, shred, k, func(commitment [32]byte) []byte { return p.toThread(commitment) })
}

// OpenLetterAs opens a letter with the key of the group it was sealed to.
func (k *Keyring) OpenLetterAs(g *GroupKey, v *Vouched, p LetterPlace, sealed, grant []byte, shred Key) (string, error) {
	if key, ok := v.groupKey(g.group, g.generation); !ok || key != g.public {
		return "", refuse(openingLetter, KeyUnknown)
	}
	return v.log.openLetter(p, sealed, grant, shred, g, func(commitment [32]byte) []byte {
		return p.toGroup(commitment, g.group, g.generation, g.public)
	})
}

const openingLetter = "open a letter"

// believed reads a letter and checks where it stands and who has signed it.
func (l *Log) believed(p LetterPlace, sealed []byte) (letter, Check) {
	in, ok := readLetter(sealed)
	if !ok {
		return in, LetterForm
	}
	if p.Install != l.install || string(in.aad) != string(p.aad(in.author)) {
		return in, LetterAt
	}
	if signed := p.Side == ByLine; signed != (len(in.signature) == ed25519.SignatureSize) || signed == (in.author == SignKey{}) {
		return in, LetterSigned
	} else if signed {
		if _, known := l.signs[in.author]; !known || in.author == l.root {
			return in, LetterAuthor
		}
		if !in.author.verify(letterSigned(in.aad, in.boxed, in.commitment), in.signature) {
			return in, LetterSigned
		}
	}
	return in, ""
}

// openLetter makes every check in the order in which check.go lists them.
func (l *Log) openLetter(p LetterPlace, sealed, grant []byte, shred Key, with opener, info func([32]byte) []byte) (string, error) {
	in, c := l.believed(p, sealed)
	if c != "" {
		return "", refuse(openingLetter, c)
	}
	if len(grant) != boxedKey {
		return "", refuse(openingLetter, LetterGrant)
	}
	dek, err := with.decap(info(in.commitment), grant)
	defer clear(dek)
	if err != nil || len(dek) != 32 {
		return "", refuse(openingLetter, LetterGrant)
	}
	if sum := commitment(Key(dek)); !hmac.Equal(sum[:], in.commitment[:]) {
		return "", refuse(openingLetter, LetterCommit)
	}
	key, err := contentKey(Key(dek), shred, "letter/v1", p.Letter)
	if err != nil {
		return "", err
	}
	defer clear(key)
	plain, ok := unbox(key, in.aad, in.boxed)
	defer clear(plain)
	if !ok {
		return "", refuse(openingLetter, LetterOpen)
	}
	body, ok := unpadLetter(plain)
	if !ok {
		return "", refuse(openingLetter, LetterBody)
	}
	return body, nil
}

func linkInfo(install, thread helpline.ID, key SealKey) []byte {
	sum := key.hash()
	return pack("link/v1", install[:], thread[:], sum[:])
}

// SealLink seals the number of a note to a thread: only the code says which
// notes belong to it.
func SealLink(install, thread helpline.ID, key SealKey, note helpline.ID) ([]byte, error) {
	return sealTo(key, linkInfo(install, thread, key), note[:])
}

// OpenLink gives the number of the note that a link names.
func (k *ReturnKey) OpenLink(install, thread helpline.ID, sealed []byte) (helpline.ID, error) {
	note, err := openBy(k.private, linkInfo(install, thread, k.public), sealed)
	if err != nil || len(note) != len(helpline.ID{}) {
		return helpline.ID{}, refuse("open a link", LetterGrant)
	}
	return helpline.ID(note), nil
}

// Sealable says whether a group has a key that letters can be sealed to.
func (l *Log) Sealable(g Group) bool { return len(l.groups[g]) > 0 }
