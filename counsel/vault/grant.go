package vault

import (
	"crypto/ed25519"
	"crypto/sha512"

	"helpline"
)

// recipient is whom a grant is for.
type recipient struct {
	kind       byte // 1 a person, 2 a group
	name       string
	generation uint64 // 0 for a person
	key        SealKey
}

func toPerson(p Public) recipient {
	return recipient{kind: 1, name: string(p.Person[:]), key: p.Seal}
}

func toGroup(g Group, generation uint64, k SealKey) recipient {
	return recipient{kind: 2, name: string(g), generation: generation, key: k}
}

// opener holds the secret half of a recipient's key.
type opener interface {
	decap(info, sealed []byte) ([]byte, error)
}

func (k *Keyring) decap(info, sealed []byte) ([]byte, error) { return openBy(k.private, info, sealed) }

func (k *GroupKey) decap(info, sealed []byte) ([]byte, error) { return openBy(k.private, info, sealed) }

// grant is a note's key sealed to one recipient, signed by whoever gave it.
type grant struct {
	install    helpline.ID
	note       helpline.ID
	commitment [32]byte
	kind       byte
	name       string
	key        [32]byte // SHA-256 of the recipient's sealing key
	generation uint64
	giver      SignKey
	sealed     []byte
	signature  []byte
}

func (g grant) place() [][]byte {
	return [][]byte{g.install[:], g.note[:], g.commitment[:], {g.kind}, []byte(g.name), g.key[:], number(g.generation), g.giver[:]}
}

func (g grant) info() []byte { return pack("grant/hpke/v1", g.place()...) }

func (g grant) signed() []byte {
	sum := sha512.Sum512(g.sealed)
	return pack("grant/sign/v1", append(g.place(), sum[:])...)
}

func (g grant) isFor(to recipient) bool {
	return g.kind == to.kind && g.name == to.name && g.generation == to.generation && g.key == to.key.hash()
}

func readGrant(b []byte) (grant, bool) {
	f := unpack("grant/v1", b)
	g := grant{
		install: f.id(), note: f.id(), commitment: [32]byte(f.exactly(32)), kind: f.exactly(1)[0], name: string(f.next()),
		key: [32]byte(f.exactly(32)), generation: f.number(), giver: SignKey(f.exactly(32)),
		sealed: f.exactly(boxedKey), signature: f.exactly(ed25519.SignatureSize),
	}
	return g, f.end()
}

// grant seals a note's key to a recipient.
func (k *Keyring) grant(p Place, dek Key, to recipient) ([]byte, error) {
	g := grant{
		install: p.Install, note: p.Note, commitment: commitment(dek),
		kind: to.kind, name: to.name, key: to.key.hash(), generation: to.generation, giver: k.public.Sign,
	}
	var err error
	if g.sealed, err = sealTo(to.key, g.info(), dek[:]); err != nil {
		return nil, err
	}
	return pack("grant/v1", append(g.place(), g.sealed, k.sign(g.signed()))...), nil
}

// openGrant gives a note's key, after every check of the grant.
func openGrant(v *Vouched, p Place, n note, b []byte, to recipient, with opener) (Key, Check) {
	if len(b) == 0 {
		return Key{}, NotGranted
	}
	g, ok := readGrant(b)
	switch {
	case !ok:
		return Key{}, GrantForm
	case g.install != p.Install || g.note != p.Note || g.commitment != n.commitment:
		return Key{}, GrantPlace
	case !g.isFor(to):
		return Key{}, NotGranted
	case g.giver != n.author && !v.onceSupervisor(g.giver):
		return Key{}, GrantGiver
	case !g.giver.verify(g.signed(), g.signature):
		return Key{}, GrantSigned
	}
	dek, err := with.decap(g.info(), g.sealed)
	defer clear(dek)
	if err != nil || len(dek) != 32 {
		return Key{}, GrantOpen
	}
	return Key(dek), ""
}
