package audit

import (
	"bytes"
	"crypto/sha256"

	"helpline"
)

// SlotSize is how many bytes a slot of the key file takes: a block of a disk,
// so that writing one cannot harm the other.
const SlotSize = 4096

// Slot is a seed with the entry that names its public key.
type Slot struct {
	Number int
	Hash   Hash
	Seed   Seed
}

const slotLabel = "audit/slot/v1"

// Bytes is the slot as it is kept.
func (s *Slot) Bytes(install helpline.ID) []byte {
	b := pack(slotLabel, install[:], number(s.Number), s.Hash[:], s.Seed[:])
	sum := sha256.Sum256(b)
	out := make([]byte, SlotSize)
	copy(out[copy(out, b):], sum[:])
	clear(b)
	return out
}

// ReadSlot reads what Bytes wrote; false for anything else, such as a slot that
// is empty, was overwritten or was written by halves.
func ReadSlot(install helpline.ID, b []byte) (Slot, bool) {
	const head = 4 + len(slotLabel)
	const end = head + 4 + 16 + 4 + 8 + 4 + 32 + 4 + 32
	if len(b) != SlotSize {
		return Slot{}, false
	}
	var s Slot
	at := head + 4 + 16 + 4
	for _, x := range b[at : at+8] {
		s.Number = s.Number<<8 | int(x)
	}
	at += 8 + 4
	at += copy(s.Hash[:], b[at:]) + 4
	copy(s.Seed[:], b[at:end])
	want := s.Bytes(install)
	defer clear(want)
	if s.Number < 0 || !bytes.Equal(want, b) {
		return Slot{}, false
	}
	return s, true
}

// State says what the key file can do with a log.
type State int

// The states.
const (
	Missing State = iota // no slot is good
	Behind               // the log does not have the entry that names the seed: it was cut, or is an older one
	Ready                // Use is the slot that signs
)

// Fit is how two slots stand to a log.
type Fit struct {
	State  State
	Use    int  // 0 or 1; with Ready
	Stale  bool // the other slot holds a seed that must be overwritten
	Unused bool // and which was never used
	Known  int  // how many entries the key file knows of at least; with Behind
}

// Match holds two slots against a log. good says which can be read; stands says
// whether the entry of that number is in the log and has that hash.
func Match(slots [2]Slot, good [2]bool, stands func(number int, h Hash) (bool, error)) (Fit, error) {
	var in [2]bool
	f := Fit{State: Missing}
	for i, s := range slots {
		if !good[i] {
			continue
		}
		f.State, f.Known = Behind, max(f.Known, s.Number+1)
		var err error
		if in[i], err = stands(s.Number, s.Hash); err != nil {
			return Fit{}, err
		}
	}
	switch {
	case in[0] && in[1]: // the later one is in force
		f.State, f.Stale = Ready, true
		if slots[1].Number > slots[0].Number {
			f.Use = 1
		}
	case in[0], in[1]:
		f.State = Ready
		if in[1] {
			f.Use = 1
		}
		f.Stale, f.Unused = good[1-f.Use], good[1-f.Use]
		// A seed that is older than the one in use was not unused: its entry is gone.
		if f.Stale && slots[1-f.Use].Number < slots[f.Use].Number {
			f.Unused = false
		}
	}
	return f, nil
}
