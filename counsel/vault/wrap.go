package vault

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"log/slog"
	"sync"

	"helpline"
)

// By is what gave the key that wraps a keyring.
type By byte

// ByPassphrase is the way every person has; the others are extra ways. Number 2
// is kept for a passkey.
const (
	ByPassphrase By = 1
	ByCode       By = 3 // a printed recovery code
)

// Wrapping is what a wrapped keyring is bound to: it opens only in the same
// line, for the same person, with the same salt and costs.
type Wrapping struct {
	Install, Person helpline.ID
	By              By
	Salt            []byte
	Costs           Costs
}

func (w Wrapping) aad() []byte {
	return pack("keyring/aad/v1", w.Install[:], w.Person[:], []byte{byte(w.By)}, w.Salt,
		number(uint64(w.Costs.Time)), number(uint64(w.Costs.MemoryKiB)), number(uint64(w.Costs.Threads)))
}

// Wrap seals the keyring under the key that a passphrase became.
func (k *Keyring) Wrap(kek Key, w Wrapping) ([]byte, error) {
	if w.Install != k.install || w.Person != k.person || kek == (Key{}) {
		return nil, helpline.Errorf(helpline.Internal, "wrap a keyring: it is another person's, or there is no key")
	}
	plain := k.bytes()
	defer clear(plain)
	boxed, err := box(kek[:], w.aad(), plain)
	if err != nil {
		return nil, err
	}
	return pack("keyring/v1", boxed), nil
}

// Unwrap opens what Wrap made.
func Unwrap(kek Key, w Wrapping, wrapped []byte) (*Keyring, error) {
	f := unpack("keyring/v1", wrapped)
	boxed := f.next()
	if !f.end() {
		return nil, refuse("unwrap a keyring", KeyringForm)
	}
	plain, ok := unbox(kek[:], w.aad(), boxed)
	if !ok {
		return nil, refuse("unwrap a keyring", KeyringOpen)
	}
	return ring(w.Install, w.Person, plain)
}

// Unlocked is a keyring in a running server: ciphertext under a key that only
// the browser's cookie gives. Public keys and trust stay in clear, so that a
// draft can be sealed while the screen is locked. Safe for concurrent use. It
// lives in memory and must never be written anywhere.
type Unlocked struct {
	install helpline.ID
	public  Public
	trust   Trust

	mu    sync.Mutex
	salt  []byte
	boxed []byte
}

// SealFor seals the keyring for the browser that holds the login token.
func (k *Keyring) SealFor(token string) (*Unlocked, error) {
	u := &Unlocked{install: k.install, public: k.public, trust: k.trust, salt: make([]byte, 32)}
	_, _ = rand.Read(u.salt)
	key, err := unlockedKey(token, u.salt)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	plain := k.bytes()
	defer clear(plain)
	u.boxed, err = box(key, u.aad(token), plain)
	if err != nil {
		return nil, err
	}
	return u, nil
}

// OpenWith opens the keyring for one piece of work; the caller Zeros it.
// Forbidden after Drop.
func (u *Unlocked) OpenWith(token string) (*Keyring, error) {
	u.mu.Lock()
	salt, boxed := u.salt, u.boxed
	u.mu.Unlock()
	if boxed == nil {
		return nil, helpline.Errorf(helpline.Forbidden, "open a keyring: the screen is locked")
	}
	key, err := unlockedKey(token, salt)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	plain, ok := unbox(key, u.aad(token), boxed)
	if !ok {
		return nil, refuse("open a keyring", UnlockedOpen)
	}
	return ring(u.install, u.public.Person, plain)
}

// Public gives the owner's public keys, also after Drop.
func (u *Unlocked) Public() Public { return u.public }

// Trust gives what the owner knew of the key log, also after Drop.
func (u *Unlocked) Trust() Trust { return u.trust }

// Drop forgets the ciphertext: the screen is locked until the passphrase comes.
func (u *Unlocked) Drop() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.salt, u.boxed = nil, nil
}

func (u *Unlocked) aad(token string) []byte {
	id := LoginID(token)
	return pack("unlocked/aad/v1", u.install[:], u.public.Person[:], id[:])
}

func unlockedKey(token string, salt []byte) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, []byte(token), salt, "unlocked/v1", 32)
	if err != nil {
		return nil, helpline.Errorf(helpline.Internal, "derive the key of an unlocked keyring: %w", err)
	}
	return key, nil
}

// String hides the unlocked keyring.
func (*Unlocked) String() string { return hidden }

// GoString hides the unlocked keyring.
func (*Unlocked) GoString() string { return hidden }

// LogValue hides the unlocked keyring.
func (*Unlocked) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the unlocked keyring from encoders.
func (*Unlocked) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// NoKeyring looks like a wrapped keyring and opens with no key: to make a code
// for a name that is not known cost the same.
func NoKeyring() []byte {
	b := make([]byte, 24+ringSize+16)
	_, _ = rand.Read(b)
	return pack("keyring/v1", b)
}
