package gate

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"strconv"
	"strings"
)

// The work of a turn: for each of its parts, find a number for which
//
//	PBKDF2-HMAC-SHA256(turn, part | number, rounds)
//
// begins with so many zero bits. It is PBKDF2 and not a bare hash because a
// browser then does nearly all of it in code of its own, as fast as a flood's
// program would; and it has parts because one part alone is luck. Each further
// bit is twice the work. static/js/turn.js does it; checking costs one
// derivation a part.
const (
	workParts  = 4
	workRounds = 250
	workMost   = 1 << 24 // a number is below this
)

// bitsFor is how much work is asked for when so much of the share is taken. In
// a browser of 2026 the least is a few tenths of a second on a laptop and a
// second or two on a cheap telephone, the most eight times that.
func bitsFor(taken float64) int {
	switch {
	case taken > 0.75:
		return 12
	case taken > 0.5:
		return 11
	case taken > 0.25:
		return 10
	}
	return 9
}

// Worth says whether work is the work of a turn: its parts in decimal, with
// dots between.
func Worth(name string, zeros int, work string) bool {
	if len(work) > workParts*9 {
		return false
	}
	numbers := strings.Split(work, ".")
	if len(numbers) != workParts {
		return false
	}
	var found [workParts]uint32
	for i, word := range numbers {
		n, err := strconv.ParseUint(word, 10, 32)
		if err != nil || n >= workMost || strconv.FormatUint(n, 10) != word {
			return false
		}
		found[i] = uint32(n)
	}
	for i, n := range found {
		if !fits(name, zeros, i, n) {
			return false
		}
	}
	return true
}

// Work does the work of a turn, as the page's script does.
func Work(name string, zeros int) string {
	parts := make([]string, workParts)
	for i := range parts {
		n := uint32(0)
		for !fits(name, zeros, i, n) {
			n++
		}
		parts[i] = strconv.FormatUint(uint64(n), 10)
	}
	return strings.Join(parts, ".")
}

// fits says whether a number is right for a part.
func fits(name string, zeros, part int, n uint32) bool {
	var salt [5]byte
	salt[0] = byte(part)
	binary.BigEndian.PutUint32(salt[1:], n)
	sum, err := pbkdf2.Key(sha256.New, name, salt[:], workRounds, 4)
	return err == nil && bits.LeadingZeros32(binary.BigEndian.Uint32(sum)) >= zeros
}
