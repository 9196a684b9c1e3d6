package store

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// slack looks through the pages of a database for bytes that belong to no row:
// the room between the rows of a page, pages on the free list, the ends of
// overflow pages, pages that nothing points to. With secure_delete all of that
// is zero, but for numbers of places; what is not has outlived its row. (The
// format is SQLite's own, https://sqlite.org/fileformat2.html.)
type slack struct {
	size  int             // of a page
	free  map[uint32]bool // pages on the free list; true for its trunks
	pages uint32          // seen

	next  map[uint32]uint32 // of overflow pages
	zeros map[uint32]int    // that an overflow page ends with
	heads []chain
	dirty []uint32 // pages with bytes of no row
}

// chain is what of a row did not fit on its page.
type chain struct {
	first uint32
	bytes int
}

const (
	indexInterior = 2
	tableInterior = 5
	indexLeaf     = 10
	tableLeaf     = 13

	headerSize = 100     // of page 1, before its own
	lockPlace  = 1 << 30 // the page at this place is never used
)

func newSlack(size int) *slack {
	return &slack{size: size, free: map[uint32]bool{}, next: map[uint32]uint32{}, zeros: map[uint32]int{}}
}

// trunk notes a page of the free list's chain and gives the next one.
func (s *slack) trunk(number uint32, page []byte) (next uint32, ok bool) {
	if len(page) != s.size || s.free[number] {
		return 0, false
	}
	s.free[number] = true
	n := int(binary.BigEndian.Uint32(page[4:]))
	if n > (s.size-8)/4 {
		return 0, false
	}
	for i := range n {
		leaf := binary.BigEndian.Uint32(page[8+4*i:])
		if _, twice := s.free[leaf]; twice {
			return 0, false
		}
		s.free[leaf] = false
	}
	return binary.BigEndian.Uint32(page), true
}

// see takes the next page, in order; all trunks must have been named before.
func (s *slack) see(page []byte) {
	s.pages++
	number := s.pages
	trunk, free := s.free[number]
	switch {
	case len(page) != s.size:
		s.dirty = append(s.dirty, number)
	case uint64(number-1)*uint64(s.size) == lockPlace, free && !trunk:
		if !empty(page) {
			s.dirty = append(s.dirty, number)
		}
	case trunk:
		// What was taken from a trunk leaves its number behind, and nothing else.
		for at := 8; at+4 <= s.size; at += 4 {
			if n := binary.BigEndian.Uint32(page[at:]); n >= lockPlace {
				s.dirty = append(s.dirty, number)
				return
			}
		}
	default:
		s.row(number, page)
	}
}

// row looks at a page that holds rows, or a part of one.
func (s *slack) row(number uint32, page []byte) {
	at := 0
	if number == 1 {
		at = headerSize
	}
	switch page[at] {
	case indexInterior, tableInterior, indexLeaf, tableLeaf:
		if !s.tree(page, at) {
			s.dirty = append(s.dirty, number)
		}
	default:
		s.next[number] = binary.BigEndian.Uint32(page)
		s.zeros[number] = len(page) - len(bytes.TrimRight(page, "\x00"))
	}
}

// tree looks at a page of a tree and notes what overflows from it.
func (s *slack) tree(page []byte, at int) bool {
	kind := page[at]
	u16 := func(at int) int { return int(binary.BigEndian.Uint16(page[at:])) }
	cells, content, head := u16(at+3), u16(at+5), 8
	if content == 0 {
		content = s.size
	}
	if kind == indexInterior || kind == tableInterior {
		head = 12
	}
	from := at + head + 2*cells
	if from > content || content > s.size || !s.places(page[from:content]) {
		return false
	}
	for block, last := u16(at+1), 0; block != 0; block = u16(block) {
		if block <= last || block+4 > s.size || block+u16(block+2) > s.size || u16(block+2) < 4 || !empty(page[block+4:block+u16(block+2)]) {
			return false
		}
		last = block
	}
	for i := range cells {
		if !s.cell(page, kind, u16(at+head+2*i)) {
			return false
		}
	}
	return true
}

// places says whether room that rows had pointers in holds nothing else: such
// pointers stay behind, and say where on the page something once was.
func (s *slack) places(b []byte) bool {
	for len(b) >= 2 {
		if int(binary.BigEndian.Uint16(b)) >= s.size {
			return false
		}
		b = b[2:]
	}
	return empty(b)
}

// cell notes what of a row overflows.
func (s *slack) cell(page []byte, kind byte, at int) bool {
	if kind == tableInterior {
		return true
	}
	if kind == indexInterior {
		at += 4
	}
	if at >= s.size {
		return false
	}
	payload, n := varint(page[at:])
	at += n
	most := (s.size-12)*64/255 - 23
	if kind == tableLeaf {
		_, n = varint(page[min(at, s.size):])
		at += n
		most = s.size - 35
	}
	if payload > 1<<40 {
		return false
	}
	if int(payload) <= most {
		return at+int(payload) <= s.size
	}
	least := (s.size-12)*32/255 - 23
	local := least + (int(payload)-least)%(s.size-4)
	if local > most {
		local = least
	}
	if at+local+4 > s.size {
		return false
	}
	s.heads = append(s.heads, chain{binary.BigEndian.Uint32(page[at+local:]), int(payload) - local})
	return true
}

// end gives the pages with bytes of no row, after all were seen.
func (s *slack) end() []uint32 {
	for _, c := range s.heads {
		page := c.first
		for ; c.bytes > s.size-4; c.bytes -= s.size - 4 {
			follow, ok := s.next[page]
			if !ok {
				break
			}
			delete(s.next, page)
			page = follow
		}
		if _, ok := s.next[page]; !ok || s.zeros[page] < s.size-4-c.bytes {
			s.dirty = append(s.dirty, page)
		}
		delete(s.next, page)
	}
	for page, follow := range s.next { // nothing points to it
		if follow != 0 || s.zeros[page] < s.size {
			s.dirty = append(s.dirty, page)
		}
	}
	slices.Sort(s.dirty)
	return slices.Compact(s.dirty)
}

func empty(b []byte) bool { return len(bytes.TrimLeft(b, "\x00")) == 0 }

// varint reads SQLite's own: up to nine bytes, the high bits first.
func varint(b []byte) (v uint64, n int) {
	for n < 9 && n < len(b) {
		c := b[n]
		n++
		if n == 9 {
			return v<<8 | uint64(c), n
		}
		v = v<<7 | uint64(c&0x7f)
		if c < 0x80 {
			break
		}
	}
	return v, n
}
