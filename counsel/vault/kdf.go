package vault

import (
	"crypto/hkdf"
	"crypto/sha256"
	"log/slog"

	"golang.org/x/crypto/argon2"

	"helpline"
)

const hidden = "[secret]"

// Key is 32 bytes that open something. It cannot be printed.
type Key [32]byte

// String hides the key.
func (Key) String() string { return hidden }

// GoString hides the key.
func (Key) GoString() string { return hidden }

// LogValue hides the key.
func (Key) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the key from encoders.
func (Key) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Costs are the parameters of Argon2id: passes, memory in KiB, lanes.
type Costs struct {
	Time      uint32
	MemoryKiB uint32
	Threads   uint8
}

// RealCosts are the costs of a staff passphrase.
func RealCosts() Costs { return Costs{Time: 3, MemoryKiB: 128 << 10, Threads: 2} }

// most keeps a damaged row from asking for the whole machine.
var most = Costs{Time: 16, MemoryKiB: 1 << 20, Threads: 8}

const saltLength = 16

// Derived is what a passphrase becomes.
type Derived struct {
	Verifier [32]byte // SHA-256 of the key "auth/v1": this is stored
	KEK      Key      // the key "kek/v1": wraps the keyring, never stored
}

// String hides the derived keys.
func (Derived) String() string { return hidden }

// GoString hides the derived keys.
func (Derived) GoString() string { return hidden }

// LogValue hides the derived keys.
func (Derived) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the derived keys from encoders.
func (Derived) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Stretcher runs Argon2id somewhere, as Stretch does.
type Stretcher func(passphrase, salt []byte, c Costs) (Key, error)

// Stretch is Argon2id in this process: slow on purpose, with the memory that
// the costs name. It is for Work, and for the process that Work asks. Internal
// when the costs or the length of the salt are out of range.
func Stretch(passphrase, salt []byte, c Costs) (Key, error) {
	if err := c.check(salt); err != nil {
		return Key{}, err
	}
	stretched := argon2.IDKey(passphrase, salt, c.Time, c.MemoryKiB, c.Threads, 32)
	defer clear(stretched)
	return Key(stretched), nil
}

// derive stretches a passphrase and takes the two keys out of the result.
func (s Stretcher) derive(passphrase, salt []byte, c Costs) (Derived, error) {
	if err := c.check(salt); err != nil {
		return Derived{}, err
	}
	stretched, err := s(passphrase, salt, c)
	if err != nil {
		return Derived{}, err
	}
	defer clear(stretched[:])
	auth, err := hkdf.Key(sha256.New, stretched[:], nil, "auth/v1", 32)
	if err != nil {
		return Derived{}, helpline.Errorf(helpline.Internal, "derive the verifier: %w", err)
	}
	defer clear(auth)
	kek, err := hkdf.Key(sha256.New, stretched[:], nil, "kek/v1", 32)
	if err != nil {
		return Derived{}, helpline.Errorf(helpline.Internal, "derive the wrapping key: %w", err)
	}
	defer clear(kek)
	return Derived{Verifier: sha256.Sum256(auth), KEK: Key(kek)}, nil
}

func (c Costs) check(salt []byte) error {
	switch {
	case len(salt) != saltLength:
		return helpline.Errorf(helpline.Internal, "stretch: want a salt of %d bytes, got %d", saltLength, len(salt))
	case c.Time < 1 || c.Threads < 1 || c.MemoryKiB < 8*uint32(c.Threads):
		return helpline.Errorf(helpline.Internal, "stretch: costs are below what Argon2id takes")
	case c.Time > most.Time || c.MemoryKiB > most.MemoryKiB || c.Threads > most.Threads:
		return helpline.Errorf(helpline.Internal, "stretch: costs are above %d passes, %d KiB, %d lanes", most.Time, most.MemoryKiB, most.Threads)
	}
	return nil
}
