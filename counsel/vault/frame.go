package vault

import (
	"encoding/binary"

	"helpline"
)

// pack joins a label and fields, each behind its length in four bytes. Two
// different lists of fields never give the same bytes.
func pack(label string, parts ...[]byte) []byte {
	size := 4 + len(label)
	for _, p := range parts {
		size += 4 + len(p)
	}
	out := appendField(make([]byte, 0, size), []byte(label))
	for _, p := range parts {
		out = appendField(out, p)
	}
	return out
}

func appendField(out, p []byte) []byte {
	return append(binary.BigEndian.AppendUint32(out, uint32(len(p))), p...)
}

// number is a field of eight bytes, big endian.
func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func fieldNumber(b []byte) uint64 { return binary.BigEndian.Uint64(b) }

// fields reads what pack wrote. After the first thing that is not as it should
// be it gives zeros of the length that was asked for, and end says false.
type fields struct {
	rest []byte
	bad  bool
}

func unpack(label string, b []byte) *fields {
	f := &fields{rest: b}
	if string(f.next()) != label {
		f.bad = true
	}
	return f
}

// next gives the next field. It shares its bytes with the input.
func (f *fields) next() []byte {
	if f.bad || len(f.rest) < 4 {
		f.bad = true
		return nil
	}
	n := binary.BigEndian.Uint32(f.rest)
	if uint64(n) > uint64(len(f.rest)-4) {
		f.bad = true
		return nil
	}
	p := f.rest[4 : 4+n : 4+n]
	f.rest = f.rest[4+n:]
	return p
}

// exactly gives the next field, which must have n bytes.
func (f *fields) exactly(n int) []byte {
	p := f.next()
	if len(p) != n {
		f.bad = true
	}
	if f.bad {
		return make([]byte, n)
	}
	return p
}

func (f *fields) number() uint64  { return fieldNumber(f.exactly(8)) }
func (f *fields) id() helpline.ID { return helpline.ID(f.exactly(16)) }
func (f *fields) more() bool      { return !f.bad && len(f.rest) > 0 }
func (f *fields) end() bool       { return !f.bad && len(f.rest) == 0 }
