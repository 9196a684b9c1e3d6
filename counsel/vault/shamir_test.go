package vault

import (
	"bytes"
	"encoding/hex"
	"testing"
)

func TestTheFieldIsThatOfThePublishedStandard(t *testing.T) {
	// FIPS 197, sections 4.2 and 4.2.1: {57}{83} = {c1}, and {57} times 2, 4, 8, 10, 13.
	for _, c := range [][3]byte{
		{0x57, 0x83, 0xc1}, {0x57, 0x02, 0xae}, {0x57, 0x04, 0x47}, {0x57, 0x08, 0x8e}, {0x57, 0x10, 0x07}, {0x57, 0x13, 0xfe},
	} {
		if got := times(c[0], c[1]); got != c[2] {
			t.Errorf("%x times %x is %x, want %x", c[0], c[1], got, c[2])
		}
	}
	if inverse(0x53) != 0xca || inverse(0) != 0 {
		t.Errorf("the inverse of 53 is %x", inverse(0x53))
	}
	for a := range 256 {
		if a > 0 && times(byte(a), inverse(byte(a))) != 1 {
			t.Errorf("%x times its inverse is not 1", a)
		}
		for b := range 256 {
			x, y := byte(a), byte(b)
			if times(x, y) != times(y, x) || times(x, y^1) != times(x, y)^x {
				t.Fatalf("the field does not hold at %x, %x", a, b)
			}
		}
	}
}

// The test case of draft-mcgrew-tss-03, section 9: two of two.
func TestTheSharesOfThePublishedDraftGiveItsSecret(t *testing.T) {
	share := func(at byte, text string) point {
		return point{at, must[[]byte](t)(hex.DecodeString(text))}
	}
	one, two := share(1, "b9fa07e185"), share(2, "f5409b4511")
	for _, points := range [][]point{{one, two}, {two, one}} {
		if got := hex.EncodeToString(interpolate(points)); got != "7465737400" {
			t.Errorf("the shares give %s", got)
		}
	}
	// The same polynomial at 3, from the draft's two points, is a share like any other.
	three := point{3, make([]byte, 5)}
	for i := range three.value { // a line: f(3) = f(1) + f(2) + f(0), where + is exclusive or
		three.value[i] = one.value[i] ^ two.value[i] ^ "test\x00"[i]
	}
	if got := string(interpolate([]point{three, one})); got != "test\x00" {
		t.Errorf("with the third share %q", got)
	}
}

func TestAnyKSharesGiveTheSecretAndFewerDoNot(t *testing.T) {
	secret := bytes.Repeat([]byte{0, 1, 0x80, 0xff}, 8)
	for n := 2; n <= 5; n++ {
		for k := 2; k <= n; k++ {
			shares := splitSecret(secret, k, n)
			for choice := range 1 << n {
				var some []point
				for i, s := range shares {
					if choice>>i&1 == 1 {
						some = append(some, s)
					}
				}
				if len(some) == 0 {
					continue
				}
				if got := bytes.Equal(interpolate(some), secret); got != (len(some) >= k) {
					t.Errorf("%d of %d needed, shares %b: the secret comes out: %v", k, n, choice, got)
				}
			}
		}
	}
}

// One share fits every secret: for each there is a second share that gives it.
func TestOneShareOfTwoSaysNothing(t *testing.T) {
	const share = 0x5a
	seen := map[byte]bool{}
	for other := range 256 {
		got := interpolate([]point{{1, []byte{share}}, {2, []byte{byte(other)}}})
		seen[got[0]] = true
	}
	if len(seen) != 256 {
		t.Errorf("one share leaves %d of 256 secrets", len(seen))
	}
}
