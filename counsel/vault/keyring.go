package vault

import (
	"crypto/ed25519"
	"crypto/hpke"
	"crypto/rand"
	"log/slog"

	"golang.org/x/crypto/chacha20poly1305"

	"helpline"
)

// Trust is what an owner of a keyring knows of the key log: the root, how many
// entries were seen and the hash of the last of them. It is no secret, but it
// must come out of a keyring and never out of the database.
type Trust struct {
	Root SignKey
	Seen uint64
	Head [32]byte
}

// Keyring holds the secrets of one person. It cannot be printed and is not
// safe for concurrent use: open it, use it, Zero it.
type Keyring struct {
	install, person helpline.ID
	sealSeed        [32]byte
	signSeed        [32]byte
	trust           Trust

	private hpke.PrivateKey
	public  Public
	signer  ed25519.PrivateKey
}

// NewKeyring draws the secrets of a person. It trusts no root yet: Found makes
// one, Pin takes the one the line has.
func NewKeyring(install, person helpline.ID) (*Keyring, error) {
	k := &Keyring{install: install, person: person}
	_, _ = rand.Read(k.sealSeed[:]) // never fails: crypto/rand aborts the program instead
	_, _ = rand.Read(k.signSeed[:])
	if err := k.expand(); err != nil {
		return nil, err
	}
	return k, nil
}

func (k *Keyring) expand() error {
	private, seal, err := pair(k.sealSeed[:])
	if err != nil {
		return err
	}
	k.private = private
	k.signer = ed25519.NewKeyFromSeed(k.signSeed[:])
	k.public = Public{Person: k.person, Seal: seal, Sign: SignKey(k.signer[32:])}
	return nil
}

// Public gives the public keys.
func (k *Keyring) Public() Public { return k.public }

// Trust gives what the owner knows of the key log.
func (k *Keyring) Trust() Trust { return k.trust }

// Pin takes root and head of the line's log into a keyring that trusts no root
// yet. Whether it was the right root shows when the words are read aloud.
// Conflict when the keyring trusts one already.
func (k *Keyring) Pin(l *Log) error {
	if k.trust != (Trust{}) {
		return helpline.Errorf(helpline.Conflict, "pin a root: the keyring has one")
	}
	k.trust = l.trust()
	return nil
}

// Saw remembers the newest entry of a log that was verified under this
// keyring's trust. Wrap or SealFor makes it last.
func (k *Keyring) Saw(v *Vouched) {
	if t := v.log.trust(); t.Root == k.trust.Root && t.Seen > k.trust.Seen {
		k.trust = t
	}
}

// Introduce gives the public keys with the proof that this keyring holds them,
// for a supervisor to vouch for.
func (k *Keyring) Introduce() []byte {
	return introduction(k.install, k.public, k.introduced())
}

func (k *Keyring) introduced() []byte { return k.sign(introductionSigned(k.install, k.public)) }

func (k *Keyring) sign(message []byte) []byte { return ed25519.Sign(k.signer, message) }

// Fingerprint gives the six words the owner reads aloud.
func (k *Keyring) Fingerprint() string { return Fingerprint(k.install, k.trust.Root, k.public) }

// Zero overwrites the secrets. The keyring is of no use afterwards. Copies the
// runtime may have made are beyond reach.
func (k *Keyring) Zero() {
	clear(k.sealSeed[:])
	clear(k.signSeed[:])
	clear(k.signer)
	k.private = nil
}

// String hides the keyring.
func (*Keyring) String() string { return hidden }

// GoString hides the keyring.
func (*Keyring) GoString() string { return hidden }

// LogValue hides the keyring.
func (*Keyring) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the keyring from encoders.
func (*Keyring) MarshalText() ([]byte, error) { return []byte(hidden), nil }

const ringSize = 32 + 32 + 32 + 8 + 32

// bytes is what is wrapped: both seeds, root, number of entries seen, head.
func (k *Keyring) bytes() []byte {
	b := make([]byte, 0, ringSize)
	b = append(b, k.sealSeed[:]...)
	b = append(b, k.signSeed[:]...)
	b = append(b, k.trust.Root[:]...)
	b = append(b, number(k.trust.Seen)...)
	return append(b, k.trust.Head[:]...)
}

// ring reads what bytes wrote and clears it.
func ring(install, person helpline.ID, b []byte) (*Keyring, error) {
	defer clear(b)
	if len(b) != ringSize {
		return nil, refuse("read a keyring", KeyringForm)
	}
	k := &Keyring{install: install, person: person, sealSeed: [32]byte(b), signSeed: [32]byte(b[32:])}
	k.trust = Trust{Root: SignKey(b[64:]), Seen: fieldNumber(b[96:104]), Head: [32]byte(b[104:])}
	if err := k.expand(); err != nil {
		return nil, err
	}
	return k, nil
}

// box is nonce and ciphertext of XChaCha20-Poly1305.
func box(key, aad, plain []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, helpline.Errorf(helpline.Internal, "seal: %w", err)
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	_, _ = rand.Read(nonce)
	return aead.Seal(nonce, nonce, plain, aad), nil
}

// unbox says false when the bytes do not belong to key and aad.
func unbox(key, aad, boxed []byte) ([]byte, bool) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil || len(boxed) < aead.NonceSize() {
		return nil, false
	}
	plain, err := aead.Open(nil, boxed[:aead.NonceSize()], boxed[aead.NonceSize():], aad)
	return plain, err == nil
}
