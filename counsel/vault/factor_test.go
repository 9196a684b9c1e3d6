package vault

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"helpline"
)

// factorVector is a second factor of the person 0x20..., line 0x11..., seeds
// 0x21... and 0x22..., number 0x66..., kind 1, revision 7: the text "as an example".
const factorVector = "00000009666163746f722f7631000000352d4298ce03811e0150479863887b5fab1879c01d23bac641c8d64dfc0a8cc8fd0d4411ed11c313b3a8b4ea4b013e05dfc5e7ebb684"

func factorRing(t *testing.T, seal byte) *Keyring {
	t.Helper()
	k := &Keyring{
		install: helpline.ID(bytes.Repeat([]byte{0x11}, 16)), person: helpline.ID(bytes.Repeat([]byte{0x20}, 16)),
		sealSeed: [32]byte(bytes.Repeat([]byte{seal}, 32)), signSeed: [32]byte(bytes.Repeat([]byte{0x22}, 32)),
	}
	if err := k.expand(); err != nil {
		t.Fatal(err)
	}
	return k
}

var vectorFactor = Factor{ID: helpline.ID(bytes.Repeat([]byte{0x66}, 16)), Kind: 1, Revision: 7}

func TestASecondFactorIsSealedAsTheSpecificationSays(t *testing.T) {
	k := factorRing(t, 0x21)
	sealed := must[[]byte](t)(hex.DecodeString(factorVector))
	if plain, err := k.OpenFactor(vectorFactor, sealed); err != nil || string(plain) != "as an example" {
		t.Errorf("the vector gives %q, %v; one would be %x", plain, err, must[[]byte](t)(k.SealFactor(vectorFactor, []byte("as an example"))))
	}
	// A second reader, written from the package comment.
	seeds := append(bytes.Repeat([]byte{0x21}, 32), bytes.Repeat([]byte{0x22}, 32)...)
	key := must[[]byte](t)(hkdf.Key(sha256.New, seeds, nil, "factor/v1", 32))
	aad := framed(word("factor/aad/v1"), bytes.Repeat([]byte{0x11}, 16), bytes.Repeat([]byte{0x20}, 16), bytes.Repeat([]byte{0x66}, 16), []byte{1}, be(8, 7))
	if plain := xopen(t, key, aad, split(t, must[[]byte](t)(k.SealFactor(vectorFactor, []byte("again"))))[1]); string(plain) != "again" {
		t.Errorf("the second reader reads %q", plain)
	}
}

func TestASecondFactorOpensInItsOwnPlaceOnly(t *testing.T) {
	k := factorRing(t, 0x21)
	sealed := must[[]byte](t)(k.SealFactor(vectorFactor, []byte("secret")))
	other := vectorFactor
	another := factorRing(t, 0x21)
	another.person = helpline.NewID()
	elsewhere := factorRing(t, 0x21)
	elsewhere.install = helpline.NewID()
	for name, c := range map[string]struct {
		k      *Keyring
		f      func() Factor
		sealed []byte
		want   Check
	}{
		"another keyring":   {factorRing(t, 0x29), func() Factor { return other }, sealed, FactorOpen},
		"another person":    {another, func() Factor { return other }, sealed, FactorOpen},
		"another line":      {elsewhere, func() Factor { return other }, sealed, FactorOpen},
		"another number":    {k, func() Factor { f := other; f.ID = helpline.NewID(); return f }, sealed, FactorOpen},
		"another kind":      {k, func() Factor { f := other; f.Kind = 2; return f }, sealed, FactorOpen},
		"an earlier use":    {k, func() Factor { f := other; f.Revision--; return f }, sealed, FactorOpen},
		"one byte changed":  {k, func() Factor { return other }, append(bytes.Clone(sealed[:len(sealed)-1]), sealed[len(sealed)-1]^1), FactorOpen},
		"cut off":           {k, func() Factor { return other }, sealed[:len(sealed)-1], FactorForm},
		"something behind":  {k, func() Factor { return other }, append(bytes.Clone(sealed), 0), FactorForm},
		"nothing":           {k, func() Factor { return other }, nil, FactorForm},
		"a wrapped keyring": {k, func() Factor { return other }, pack("keyring/v1", []byte("x")), FactorForm},
	} {
		if plain, err := c.k.OpenFactor(c.f(), c.sealed); CheckOf(err) != c.want || plain != nil {
			t.Errorf("%s: %q, %v", name, plain, err)
		}
	}
	k.Zero()
	if _, err := k.SealFactor(vectorFactor, []byte("x")); err == nil {
		t.Error("a keyring that was overwritten seals")
	}
}

func TestAKeyringWrappedByAPasskeyOpensByThatPasskeyOnly(t *testing.T) {
	k := factorRing(t, 0x21)
	prf, id := bytes.Repeat([]byte{7}, 32), helpline.NewID()
	kek := must[Key](t)(PasskeyKEK(prf, id))
	w := Wrapping{Install: k.install, Person: k.person, By: ByPasskey, Salt: id[:]}
	wrapped := must[[]byte](t)(k.Wrap(kek, w))
	back := must[*Keyring](t)(Unwrap(kek, w, wrapped))
	if back.sealSeed != k.sealSeed || back.signSeed != k.signSeed {
		t.Error("another keyring came back")
	}
	if _, err := PasskeyKEK(prf[:31], id); helpline.KindOf(err) != helpline.Invalid {
		t.Errorf("a short value: %v", err)
	}
	if must[Key](t)(PasskeyKEK(prf, helpline.NewID())) == kek {
		t.Error("two passkeys give one key")
	}
	asPassphrase := w
	asPassphrase.By = ByPassphrase
	if _, err := Unwrap(kek, asPassphrase, wrapped); CheckOf(err) != KeyringOpen {
		t.Errorf("taken for a passphrase's: %v", err)
	}
}

func FuzzOpenFactor(f *testing.F) {
	sealed, err := hex.DecodeString(factorVector)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if plain, err := factorRing(t, 0x29).OpenFactor(vectorFactor, b); err == nil || plain != nil || CheckOf(err) == "" {
			t.Fatalf("opened %x: %v", b, err)
		}
	})
}
