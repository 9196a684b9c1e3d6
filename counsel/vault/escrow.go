package vault

import (
	"crypto/ed25519"
	"crypto/sha512"

	"helpline"
)

// escrow is a keyring sealed to a generation of the line's recovery key, signed
// by its owner: whoever writes the database cannot put another one in its place.
type escrow struct {
	place     [][]byte
	sealed    []byte
	signature []byte
}

const sealedRing = ringSize + 1120 + 16

func escrowPlace(install helpline.ID, owner Public, generation uint64, key SealKey) [][]byte {
	of, seal := key.hash(), owner.Seal.hash()
	return [][]byte{install[:], owner.Person[:], number(generation), of[:], seal[:], owner.Sign[:]}
}

func (e escrow) info() []byte { return pack("escrow/hpke/v1", e.place...) }

func (e escrow) signed() []byte {
	sum := sha512.Sum512(e.sealed)
	return pack("escrow/sign/v1", append(e.place, sum[:])...)
}

// Escrow seals the keyring to the present recovery key of the log; nil before
// there is one.
func (k *Keyring) Escrow(v *Vouched) ([]byte, error) {
	generation := uint64(len(v.log.recoveries))
	r, ok := v.recovery(generation)
	if !ok {
		return nil, nil
	}
	e := escrow{place: escrowPlace(k.install, k.public, generation, r.key)}
	plain := k.bytes()
	defer clear(plain)
	var err error
	if e.sealed, err = sealTo(r.key, e.info(), plain); err != nil {
		return nil, err
	}
	return pack("escrow/v1", append(e.place, e.sealed, k.sign(e.signed()))...), nil
}

// Escrowed says whether this is the keyring's own, sealed to the present
// recovery key. It cannot look inside.
func (k *Keyring) Escrowed(v *Vouched, sealed []byte) bool {
	generation := uint64(len(v.log.recoveries))
	r, ok := v.recovery(generation)
	if !ok {
		return false
	}
	_, err := escrowOf(k.install, k.public, generation, r.key, sealed)
	return err == nil
}

// CheckEscrow says whether a sealed keyring is the person's own, made for a
// generation of the recovery key that stands in the log. It opens nothing: a
// supervisor and each custodian look before they help.
func CheckEscrow(v *Vouched, person helpline.ID, generation uint64, sealed []byte) error {
	_, err := readEscrow(v, person, generation, sealed)
	return err
}

func readEscrow(v *Vouched, person helpline.ID, generation uint64, sealed []byte) (escrow, error) {
	const doing = "look at a keyring in escrow"
	owner, roles, err := v.Person(person)
	if err != nil {
		return escrow{}, err
	}
	r, ok := v.recovery(generation)
	if !ok || len(roles) == 0 {
		return escrow{}, refuse(doing, EscrowPlace)
	}
	return escrowOf(v.log.install, owner, generation, r.key, sealed)
}

func escrowOf(install helpline.ID, owner Public, generation uint64, key SealKey, sealed []byte) (escrow, error) {
	const doing = "look at a keyring in escrow"
	e := escrow{place: escrowPlace(install, owner, generation, key)}
	f := unpack("escrow/v1", sealed)
	for _, want := range e.place {
		if string(f.next()) != string(want) {
			return escrow{}, refuse(doing, EscrowPlace)
		}
	}
	e.sealed, e.signature = f.exactly(sealedRing), f.exactly(ed25519.SignatureSize)
	if !f.end() {
		return escrow{}, refuse(doing, EscrowForm)
	}
	if !owner.Sign.verify(e.signed(), e.signature) {
		return escrow{}, refuse(doing, EscrowSigned)
	}
	return e, nil
}

// openEscrow opens a keyring with the recovery key and holds it against the
// log: its own trust must believe the log, and its keys must be the person's.
func openEscrow(l *Log, person helpline.ID, generation uint64, sealed, seed []byte) (*Keyring, error) {
	const doing = "open a keyring in escrow"
	v := &Vouched{l} // believed only once the keyring says so, below
	e, err := readEscrow(v, person, generation, sealed)
	if err != nil {
		return nil, err
	}
	private, public, err := pair(seed)
	if err != nil {
		return nil, err
	}
	if r, _ := v.recovery(generation); r.key != public {
		return nil, refuse(doing, EscrowKey)
	}
	plain, err := openBy(private, e.info(), e.sealed)
	if err != nil {
		return nil, refuse(doing, EscrowOpen)
	}
	k, err := ring(l.install, person, plain)
	if err != nil {
		return nil, err
	}
	believed, err := l.Under(k.trust)
	if err != nil {
		k.Zero()
		return nil, err
	}
	if owner, _, err := believed.Person(person); err != nil || owner != k.public {
		k.Zero()
		return nil, refuse(doing, EscrowKey)
	}
	k.Saw(believed)
	return k, nil
}
