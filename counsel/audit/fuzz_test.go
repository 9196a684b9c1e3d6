package audit

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"helpline"
)

// FuzzRow changes rows of a good log: whatever is changed is found, at that
// number, and nothing else is said to be wrong.
func FuzzRow(f *testing.F) {
	rows, first := long(f, 30, 7)
	f.Add(uint8(3), uint8(0), []byte{1})
	f.Add(uint8(7), uint8(4), []byte("next=00 at=hour"))
	f.Fuzz(func(t *testing.T, which, column uint8, with []byte) {
		n := int(which) % len(rows)
		broken := append(shelf(nil), rows...)
		r := &broken[n]
		switch column % 7 {
		case 0:
			for _, b := range with {
				r.Day = r.Day<<8 | int(b)
			}
		case 1:
			copy(r.Actor[:], with)
		case 2:
			r.Code = Code(with)
		case 3:
			copy(r.Object.ID[:], with)
		case 4:
			r.Details = string(with)
		case 5:
			copy(r.Before[:], with)
		case 6:
			copy(r.Signature[:], with)
		}
		rep, err := Verify(context.Background(), broken, Wanted{Install: install, Keys: []Key{first}})
		if err != nil {
			t.Fatal(err)
		}
		same := *r == rows[n] || column%7 == 3 && r.Object.Kind == ""
		if same != (rep.Fault == nil) || !same && rep.Fault.Number != n && r.Code != LogCut {
			t.Errorf("row %d, column %d: %v", n, column%7, rep.Fault)
		}
		_ = r.Deed().Check()
	})
}

// FuzzSlot reads key files: what is read is written back as it was.
func FuzzSlot(f *testing.F) {
	s := Slot{Number: 5, Hash: Hash{1}, Seed: Seed{2}}
	f.Add(s.Bytes(install)[:200])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		b = append(bytes.Clone(b), make([]byte, max(0, SlotSize-len(b)))...)
		if s, ok := ReadSlot(install, b); ok && !bytes.Equal(s.Bytes(install), b) {
			t.Error("a slot is read that was not written so")
		}
		if _, ok := ReadSlot(helpline.ID{9}, b); ok && bytes.HasPrefix(b, s.Bytes(install)[:40]) {
			t.Error("a slot of another installation is read")
		}
	})
}

// FuzzCheckpoints reads files of checkpoints.
func FuzzCheckpoints(f *testing.F) {
	f.Add(Checkpoint{Install: install, Number: 3, Hash: Hash{1}, Key: Key{2}}.String())
	f.Add("# x\n")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := ReadCheckpoints(strings.NewReader(text))
		if (err == nil) != (len(all) > 0) {
			t.Errorf("%d, %v", len(all), err)
		}
		for _, c := range all {
			if again, err := ParseCheckpoint(c.String()); err != nil || again != c {
				t.Errorf("%v is read as %v, %v", c, again, err)
			}
		}
	})
}
