package vault

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"helpline"
)

// cheap costs keep every other test quick.
var cheap = Costs{Time: 1, MemoryKiB: 64, Threads: 1}

// The expected bytes were made by two other programs: the reference argon2
// command line for the stretching, and HMAC-SHA256 by hand for HKDF.
func TestStretchingWithTheRealCostsGivesTheKnownBytes(t *testing.T) {
	d, err := Stretcher(Stretch).derive([]byte("correct horse battery staple lantern"), []byte("abcdefghijklmnop"), RealCosts())
	if err != nil {
		t.Fatal(err)
	}
	const verifier, kek = "44fa7bc592aef1f300fb902c899ca0ae16b396aa37bc31c274546defaea1a567", "c3a343b0b7c0efb006fc8af72d5029c549b4ec352eae0711dc1f6e7098d2b4db"
	if got := hex.EncodeToString(d.Verifier[:]); got != verifier {
		t.Errorf("verifier %s, want %s", got, verifier)
	}
	if got := hex.EncodeToString(d.KEK[:]); got != kek {
		t.Errorf("wrapping key %s, want %s", got, kek)
	}
}

func TestEachInputChangesBothKeys(t *testing.T) {
	salt := []byte("abcdefghijklmnop")
	base, err := Stretcher(Stretch).derive([]byte("one"), salt, cheap)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		pass, salt string
		costs      Costs
	}{
		"another passphrase": {"two", "abcdefghijklmnop", cheap},
		"another salt":       {"one", "abcdefghijklmnoq", cheap},
		"another cost":       {"one", "abcdefghijklmnop", Costs{Time: 2, MemoryKiB: 64, Threads: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := Stretcher(Stretch).derive([]byte(c.pass), []byte(c.salt), c.costs)
			if err != nil {
				t.Fatal(err)
			}
			if d.Verifier == base.Verifier || d.KEK == base.KEK {
				t.Error("a key stayed the same")
			}
		})
	}
}

func TestCostsOfADamagedRowAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		salt  int
		costs Costs
	}{
		"no salt":             {0, cheap},
		"a long salt":         {17, cheap},
		"no passes":           {16, Costs{0, 64, 1}},
		"no lanes":            {16, Costs{1, 64, 0}},
		"too little memory":   {16, Costs{1, 8, 2}},
		"a million passes":    {16, Costs{1 << 20, 64, 1}},
		"all of the memory":   {16, Costs{1, 1 << 30, 1}},
		"two hundred threads": {16, Costs{1, 64 << 10, 200}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Stretcher(Stretch).derive([]byte("x"), make([]byte, c.salt), c.costs)
			if helpline.KindOf(err) != helpline.Internal {
				t.Errorf("got %v, want an internal error", err)
			}
		})
	}
}

func TestNoSecretCanBePrinted(t *testing.T) {
	k := Key{0xAB, 0xCD}
	d := Derived{Verifier: [32]byte{0xAB, 0xCD}, KEK: k}
	day := LoginDay{Epoch: 1, Key: k}
	for _, v := range []any{k, &k, d, &d, day, []Key{k}, map[string]Key{"a": k}} {
		var log strings.Builder
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v)
		js, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, got := range []string{
			fmt.Sprint(v), fmt.Sprintf("%v %+v %#v %s", v, v, v, v), log.String(), string(js),
		} {
			if strings.Contains(got, "\xab\xcd") {
				t.Errorf("%T prints its bytes as they are", v)
			}
			lower := strings.ToLower(got)
			for _, leak := range []string{"abcd", "171 205", "171,205", "0xab", "q80"} {
				if strings.Contains(lower, leak) {
					t.Errorf("%T prints its bytes: %s", v, got)
				}
			}
		}
	}
}
