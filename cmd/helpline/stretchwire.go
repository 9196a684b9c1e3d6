package main

import (
	"encoding/binary"
	"io"

	"helpline"
	"helpline/counsel/vault"
)

// What goes over the two pipes between the line and the process apart. Numbers
// are big endian. The passphrase is nowhere else: not among the arguments, not
// in the environment, not in a file.
//
//	hello    8 bytes: "stretch" and 'i' (idle time only) or 'n' (like any other process)
//	request  number:8 | passes:4 | KiB:4 | lanes:1 | salt:16 | length:2 | passphrase
//	answer   number:8 | 0 and the 32 bytes, or 1 and 32 zeros
const (
	stretchHello  = "stretch"
	stretchHead   = 8 + 4 + 4 + 1 + 16 + 2
	stretchAnswer = 8 + 1 + 32
	stretchLong   = 4096 // bytes of a passphrase; counsel/staff allows fewer
)

// putStretch writes a request. The buffer is wiped.
func putStretch(w io.Writer, number uint64, passphrase, salt []byte, c vault.Costs) error {
	if len(salt) != 16 || len(passphrase) > stretchLong {
		return helpline.Errorf(helpline.Internal, "stretch: a salt of %d or a passphrase of %d bytes", len(salt), len(passphrase))
	}
	b := make([]byte, 0, stretchHead+len(passphrase))
	defer func() { clear(b[:cap(b)]) }()
	b = binary.BigEndian.AppendUint64(b, number)
	b = binary.BigEndian.AppendUint32(b, c.Time)
	b = binary.BigEndian.AppendUint32(b, c.MemoryKiB)
	b = append(b, c.Threads)
	b = append(b, salt...)
	b = binary.BigEndian.AppendUint16(b, uint16(len(passphrase)))
	b = append(b, passphrase...)
	_, err := w.Write(b)
	return err
}

// stretchRequest is what the process apart reads.
type stretchRequest struct {
	number     uint64
	costs      vault.Costs
	salt       [16]byte
	passphrase []byte
}

// getStretch reads a request; Invalid when it cannot be one.
func getStretch(r io.Reader) (q stretchRequest, err error) {
	var head [stretchHead]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return q, err
	}
	q.number = binary.BigEndian.Uint64(head[:])
	q.costs = vault.Costs{Time: binary.BigEndian.Uint32(head[8:]), MemoryKiB: binary.BigEndian.Uint32(head[12:]), Threads: head[16]}
	copy(q.salt[:], head[17:])
	long := binary.BigEndian.Uint16(head[33:])
	if long > stretchLong {
		return q, helpline.Errorf(helpline.Invalid, "stretch: %d bytes", long)
	}
	q.passphrase = make([]byte, long)
	_, err = io.ReadFull(r, q.passphrase)
	return q, err
}

// answerStretch writes the answer to a request.
func answerStretch(w io.Writer, number uint64, key vault.Key, good bool) error {
	b := make([]byte, stretchAnswer)
	defer clear(b)
	binary.BigEndian.PutUint64(b, number)
	if b[8] = 1; good {
		b[8] = 0
		copy(b[9:], key[:])
	}
	_, err := w.Write(b)
	return err
}

// readStretch reads the answer to a request; Invalid when it is another's, or
// none.
func readStretch(r io.Reader, number uint64) (key vault.Key, err error) {
	var b [stretchAnswer]byte
	defer clear(b[:])
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return key, err
	}
	if binary.BigEndian.Uint64(b[:]) != number || b[8] != 0 {
		return key, helpline.Errorf(helpline.Invalid, "stretch: no answer to what was asked")
	}
	return vault.Key(b[9:]), nil
}
