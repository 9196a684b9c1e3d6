package vault

import (
	"bytes"
	"fmt"
	"testing"

	"helpline"
)

func TestPromiseAnAddressOpensOnlyForItsPersonItsRevisionAndItsHost(t *testing.T) {
	install, robin, sam := helpline.NewID(), helpline.NewID(), helpline.NewID()
	r, err := NewReaches(Key{1}, install)
	if err != nil {
		t.Fatal(err)
	}
	sealed := r.Seal(robin, 3, []byte("robin@example.org"))
	if got, err := r.Open(robin, 3, sealed); err != nil || string(got) != "robin@example.org" {
		t.Fatalf("its own: %q, %v", got, err)
	}
	if bytes.Contains(sealed, []byte("robin")) {
		t.Error("the address can be read")
	}
	elsewhere, err := NewReaches(Key{2}, install)
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewReaches(Key{1}, helpline.NewID())
	if err != nil {
		t.Fatal(err)
	}
	bent := bytes.Clone(sealed)
	bent[len(bent)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"somebody else's row":    func() ([]byte, error) { return r.Open(sam, 3, sealed) },
		"an older revision":      func() ([]byte, error) { return r.Open(robin, 4, sealed) },
		"another host's key":     func() ([]byte, error) { return elsewhere.Open(robin, 3, sealed) },
		"another installation's": func() ([]byte, error) { return other.Open(robin, 3, sealed) },
		"a bent byte":            func() ([]byte, error) { return r.Open(robin, 3, bent) },
		"a cut tail":             func() ([]byte, error) { return r.Open(robin, 3, sealed[:len(sealed)-1]) },
		"nothing":                func() ([]byte, error) { return r.Open(robin, 3, nil) },
	} {
		if got, err := open(); helpline.KindOf(err) != helpline.Invalid || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := NewReaches(Key{}, install); err == nil {
		t.Error("a key of zeros is a key")
	}
}

func TestTheLengthOfASealedAddressSaysNothing(t *testing.T) {
	r, err := NewReaches(Key{1}, helpline.NewID())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 6, 254, 508} {
		if got, want := len(r.Seal(helpline.NewID(), 1, make([]byte, n))), 24+512+16; got != want {
			t.Errorf("%d bytes are sealed in %d, want %d", n, got, want)
		}
	}
}

func TestProofsDifferByEveryPart(t *testing.T) {
	r, err := NewReaches(Key{1}, helpline.NewID())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, p := range [][]byte{r.Proof("a"), r.Proof("a", []byte("b")), r.Proof("ab"), r.Proof("a", []byte("b"), nil), r.Proof("a", []byte("bc")), r.Proof("a", []byte("b"), []byte("c"))} {
		if seen[fmt.Sprintf("%x", p)] || len(p) != 32 {
			t.Error("two lists have one proof")
		}
		seen[fmt.Sprintf("%x", p)] = true
	}
}
