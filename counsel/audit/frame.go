package audit

import "encoding/binary"

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

func number(n int) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }
