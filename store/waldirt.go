package store

import "encoding/binary"

// The formats are SQLite's own: https://sqlite.org/fileformat2.html#walformat
// and https://sqlite.org/walformat.html.
const (
	walHeader   = 32
	frameHeader = 24
	walMagic    = 0x377f0682
)

// strayWAL says why a write-ahead log holds bytes that are no part of it, or
// nothing: every frame must follow from the one before.
func strayWAL(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if len(b) < walHeader || binary.BigEndian.Uint32(b)&^1 != walMagic {
		return "it is no log of SQLite's"
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if b[3]&1 == 1 {
		order = binary.BigEndian
	}
	size := int(binary.BigEndian.Uint32(b[8:]))
	x, y := walSum(order, 0, 0, b[:24])
	if size < 512 || size > 1<<16 || binary.BigEndian.Uint32(b[24:]) != x || binary.BigEndian.Uint32(b[28:]) != y {
		return "it is no log of SQLite's"
	}
	for rest := b[walHeader:]; len(rest) > 0; rest = rest[frameHeader+size:] {
		if len(rest) < frameHeader+size {
			return "it ends in bytes that are no part of it"
		}
		x, y = walSum(order, x, y, rest[:8])
		x, y = walSum(order, x, y, rest[frameHeader:frameHeader+size])
		if string(rest[8:16]) != string(b[16:24]) || binary.BigEndian.Uint32(rest[16:]) != x || binary.BigEndian.Uint32(rest[20:]) != y {
			return "it holds what an earlier log has left"
		}
	}
	return ""
}

func walSum(order binary.ByteOrder, x, y uint32, b []byte) (uint32, uint32) {
	for ; len(b) >= 8; b = b[8:] {
		x += order.Uint32(b) + y
		y += order.Uint32(b[4:]) + x
	}
	return x, y
}

// strayIndex says why the index of a log holds more than numbers of pages and
// their places, or nothing.
func strayIndex(b []byte) string {
	const block, numbers, first = 32 << 10, 16 << 10, 136
	if len(b)%block != 0 {
		return "it is no index of SQLite's"
	}
	for at := 0; at < len(b); at += block {
		from := at
		if at == 0 {
			from = first
		}
		for n := from; n < at+numbers; n += 4 {
			if binary.NativeEndian.Uint32(b[n:]) >= lockPlace {
				return "it holds more than numbers of pages"
			}
		}
		for n := at + numbers; n < at+block; n += 2 {
			if binary.NativeEndian.Uint16(b[n:]) > 4096 {
				return "it holds more than numbers of pages"
			}
		}
	}
	return ""
}
