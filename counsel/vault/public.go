package vault

import (
	"crypto/ed25519"
	"crypto/hpke"
	"crypto/sha256"

	"helpline"
)

const (
	sealKeySize = 1216 // X-Wing public key: 1184 of ML-KEM-768 and 32 of X25519
	boxedKey    = 1168 // 1120 encapsulation, 32 key, 16 tag
)

// SealKey is an X-Wing public key: to it things are sealed.
type SealKey [sealKeySize]byte

// SignKey is an Ed25519 public key: with it signatures are checked.
type SignKey [ed25519.PublicKeySize]byte

// Public are the public keys of one person.
type Public struct {
	Person helpline.ID
	Seal   SealKey
	Sign   SignKey
}

// The HPKE suite is 0x647a (X-Wing), HKDF-SHA256, ChaCha20Poly1305, base mode.
func xwing() hpke.KEM                     { return hpke.MLKEM768X25519() }
func suite() (hpke.KDF, hpke.AEAD)        { return hpke.HKDFSHA256(), hpke.ChaCha20Poly1305() }
func (k SealKey) hash() [32]byte          { return sha256.Sum256(k[:]) }
func (k SealKey) readable() bool          { _, err := xwing().NewPublicKey(k[:]); return err == nil }
func (k SignKey) verify(m, s []byte) bool { return ed25519.Verify(k[:], m, s) }

// sealTo gives the encapsulation and the ciphertext in one piece.
func sealTo(k SealKey, info, plain []byte) ([]byte, error) {
	pub, err := xwing().NewPublicKey(k[:])
	if err != nil {
		return nil, helpline.Errorf(helpline.Internal, "seal to a public key: %w", err)
	}
	kdf, aead := suite()
	sealed, err := hpke.Seal(pub, kdf, aead, info, plain)
	if err != nil {
		return nil, helpline.Errorf(helpline.Internal, "seal to a public key: %w", err)
	}
	return sealed, nil
}

func openBy(k hpke.PrivateKey, info, sealed []byte) ([]byte, error) {
	kdf, aead := suite()
	return hpke.Open(k, kdf, aead, info, sealed)
}

// pair expands a seed of 32 bytes.
func pair(seed []byte) (hpke.PrivateKey, SealKey, error) {
	private, err := xwing().NewPrivateKey(seed)
	if err != nil {
		return nil, SealKey{}, helpline.Errorf(helpline.Internal, "expand a seed: %w", err)
	}
	return private, SealKey(private.PublicKey().Bytes()), nil
}

// introduction is a person's public keys with the proof that the person holds
// the signing key.
func introduction(install helpline.ID, p Public, signature []byte) []byte {
	return pack("introduction/v1", install[:], p.Person[:], p.Seal[:], p.Sign[:], signature)
}

func introductionSigned(install helpline.ID, p Public) []byte {
	return pack("introduction/sign/v1", install[:], p.Person[:], p.Seal[:], p.Sign[:])
}

// ReadIntroduction reads and checks what Introduce wrote. That the keys are
// readable and belong together is all it says: whose they are is settled by
// the words, read aloud.
func ReadIntroduction(install helpline.ID, b []byte) (Public, error) {
	p, _, err := readIntroduction(install, b)
	return p, err
}

func readIntroduction(install helpline.ID, b []byte) (Public, []byte, error) {
	f := unpack("introduction/v1", b)
	line := f.id()
	p := Public{Person: f.id(), Seal: SealKey(f.exactly(sealKeySize)), Sign: SignKey(f.exactly(32))}
	signature := f.exactly(ed25519.SignatureSize)
	if !f.end() || line != install || !p.introducedBy(install, signature) {
		return Public{}, nil, refuse("read an introduction", IntroForm)
	}
	return p, signature, nil
}

func (p Public) introducedBy(install helpline.ID, signature []byte) bool {
	return !p.Person.IsZero() && p.Seal.readable() && p.Sign.verify(introductionSigned(install, p), signature)
}
