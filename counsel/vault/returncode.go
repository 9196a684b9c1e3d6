package vault

import (
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/sha256"
	"log/slog"
	"strings"
	"unicode"

	"helpline"
)

const returnGroups = 5 // 80 bits, and one group more that checks them

// ReturnCosts are the costs of a return code: less than a passphrase's, because
// nobody guesses 80 random bits, and enough that a flood of guesses is no way in.
func ReturnCosts() Costs { return Costs{Time: 2, MemoryKiB: 32 << 10, Threads: 1} }

// ReturnCode is what a visitor comes back with: 80 random bits in five groups,
// and a sixth that checks them. It cannot be printed by accident.
type ReturnCode struct{ groups [returnGroups]uint16 }

// ReturnCodeOf makes a code of random bytes: of the first ten of them that give
// one without an ugly piece, as about every second ten do; false when none does.
func ReturnCodeOf(random []byte) (ReturnCode, bool) {
	const each = 2 * returnGroups
	for ; len(random) >= each; random = random[each:] {
		var c ReturnCode
		for i := range c.groups {
			c.groups[i] = uint16(random[2*i])<<8 | uint16(random[2*i+1])
		}
		if !isUgly(c.Reveal()) {
			return c, true
		}
	}
	return ReturnCode{}, false
}

// Reveal gives the six groups, divided by hyphens.
func (c ReturnCode) Reveal() string {
	parts := make([]string, 0, returnGroups+1)
	for _, g := range c.groups {
		parts = append(parts, proquint(g))
	}
	return strings.Join(append(parts, proquint(c.check())), "-")
}

func (c ReturnCode) check() uint16 {
	var b []byte
	for _, g := range c.groups {
		b = append(b, byte(g>>8), byte(g))
	}
	sum := sha256.Sum256(pack("return/check/v1", b))
	return uint16(sum[0])<<8 | uint16(sum[1])
}

// ReadReturnCode reads a code however it is typed: case, spaces, hyphens and
// line ends do not matter. Invalid with a Slip.
func ReadReturnCode(typed string) (ReturnCode, error) {
	const want = returnGroups + 1
	if len(typed) > longestTyped {
		return ReturnCode{}, slip(Slip{What: "number", Want: want})
	}
	letters := onlyLetters(typed)
	if len(letters) != 5*want {
		return ReturnCode{}, slip(Slip{What: "number", Want: want})
	}
	c, at := returnGroupsOf(letters)
	switch {
	case at > 0:
		return ReturnCode{}, slip(Slip{What: "unknown", At: at})
	case at < 0:
		return ReturnCode{}, slip(Slip{What: "check"})
	}
	return c, nil
}

// returnGroupsOf reads thirty letters. at is the group that is none, from 1, or
// -1 when the last does not fit the others.
func returnGroupsOf(letters []rune) (c ReturnCode, at int) {
	for i := range returnGroups {
		g, ok := readProquint(letters[5*i : 5*i+5])
		if !ok {
			return c, i + 1
		}
		c.groups[i] = g
	}
	check, ok := readProquint(letters[5*returnGroups:])
	switch {
	case !ok:
		return c, returnGroups + 1
	case check != c.check():
		return c, -1
	}
	return c, 0
}

// HoldsReturnCode says whether a code stands somewhere in a text, however it is
// divided. Such a text must not be sent to anybody.
func HoldsReturnCode(text string) bool {
	const length = 5 * (returnGroups + 1)
	window := make([]rune, 0, length) // the newest letters, dividers left out
	for _, r := range text {
		r = unicode.ToLower(r)
		switch {
		case strings.ContainsRune(proConsonants, r), strings.ContainsRune(proVowels, r):
			if len(window) == length {
				window = append(window[:0], window[1:]...)
			}
			if window = append(window, r); len(window) == length {
				if _, at := returnGroupsOf(window); at == 0 {
					return true
				}
			}
		case !divides(r):
			window = window[:0]
		}
	}
	return false
}

// ReturnKey is what a code became: the name its thread is filed under, and the
// X-Wing pair that opens it. It cannot be printed.
type ReturnKey struct {
	name    helpline.ID
	private hpke.PrivateKey
	public  SealKey
}

// ReturnKeyOf takes name and pair out of what stretching gave.
func ReturnKeyOf(stretched Key) (*ReturnKey, error) {
	name, err := hkdf.Key(sha256.New, stretched[:], nil, "return/name/v1", 16)
	if err != nil {
		return nil, helpline.Errorf(helpline.Internal, "derive the name of a thread: %w", err)
	}
	seed, err := hkdf.Key(sha256.New, stretched[:], nil, "return/seed/v1", 32)
	if err != nil {
		return nil, helpline.Errorf(helpline.Internal, "derive the key of a thread: %w", err)
	}
	defer clear(seed)
	k := &ReturnKey{name: helpline.ID(name)}
	k.private, k.public, err = pair(seed)
	return k, err
}

// Name is what the thread is filed under.
func (k *ReturnKey) Name() helpline.ID { return k.name }

// Public is what is sealed to; it opens nothing.
func (k *ReturnKey) Public() SealKey { return k.public }

func (k *ReturnKey) decap(info, sealed []byte) ([]byte, error) {
	return openBy(k.private, info, sealed)
}

// String hides the code.
func (ReturnCode) String() string { return hidden }

// GoString hides the code.
func (ReturnCode) GoString() string { return hidden }

// LogValue hides the code.
func (ReturnCode) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the code from encoders.
func (ReturnCode) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// String hides the key.
func (*ReturnKey) String() string { return hidden }

// GoString hides the key.
func (*ReturnKey) GoString() string { return hidden }

// LogValue hides the key.
func (*ReturnKey) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the key from encoders.
func (*ReturnKey) MarshalText() ([]byte, error) { return []byte(hidden), nil }
