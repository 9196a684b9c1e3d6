package vault

import (
	"crypto/hkdf"
	"crypto/sha256"

	"helpline"
)

// ByPasskey wraps the keyring under what a passkey's pseudo-random function
// gives: an extra way, never the only one.
const ByPasskey By = 2

// Factor is what a sealed second factor is bound to. Revision rises with every
// use, so that an earlier state of the same factor does not open in its place.
type Factor struct {
	ID       helpline.ID
	Kind     byte
	Revision uint64
}

func (f Factor) aad(install, person helpline.ID) []byte {
	return pack("factor/aad/v1", install[:], person[:], f.ID[:], []byte{f.Kind}, number(f.Revision))
}

// SealFactor seals what is known of a second factor of the owner's. The key
// comes from both seeds of the keyring: it stays the same when the passphrase
// changes, and nobody who can only write the database can make one.
func (k *Keyring) SealFactor(f Factor, plain []byte) ([]byte, error) {
	key, err := k.factorKey()
	if err != nil {
		return nil, err
	}
	defer clear(key)
	boxed, err := box(key, f.aad(k.install, k.person), plain)
	if err != nil {
		return nil, err
	}
	return pack("factor/v1", boxed), nil
}

// OpenFactor opens what SealFactor made.
func (k *Keyring) OpenFactor(f Factor, sealed []byte) ([]byte, error) {
	r := unpack("factor/v1", sealed)
	boxed := r.next()
	if !r.end() {
		return nil, refuse("open a second factor", FactorForm)
	}
	key, err := k.factorKey()
	if err != nil {
		return nil, err
	}
	defer clear(key)
	plain, ok := unbox(key, f.aad(k.install, k.person), boxed)
	if !ok {
		return nil, refuse("open a second factor", FactorOpen)
	}
	return plain, nil
}

func (k *Keyring) factorKey() ([]byte, error) {
	seeds := make([]byte, 0, 64)
	seeds = append(append(seeds, k.sealSeed[:]...), k.signSeed[:]...)
	defer clear(seeds)
	if [64]byte(seeds) == ([64]byte{}) {
		return nil, helpline.Errorf(helpline.Internal, "seal a second factor: the keyring is empty")
	}
	key, err := hkdf.Key(sha256.New, seeds, nil, "factor/v1", 32)
	if err != nil {
		return nil, helpline.Errorf(helpline.Internal, "derive the key of second factors: %w", err)
	}
	return key, nil
}

// PasskeyKEK is the key that wraps a keyring by a passkey: prf are the 32 bytes
// its pseudo-random function gave to the browser for factor. Invalid for
// another length.
func PasskeyKEK(prf []byte, factor helpline.ID) (Key, error) {
	if len(prf) != 32 {
		return Key{}, helpline.Errorf(helpline.Invalid, "derive a key from a passkey: %d bytes", len(prf))
	}
	key, err := hkdf.Key(sha256.New, prf, factor[:], "passkey/kek/v1", 32)
	if err != nil {
		return Key{}, helpline.Errorf(helpline.Internal, "derive a key from a passkey: %w", err)
	}
	return Key(key), nil
}
