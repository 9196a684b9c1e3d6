package wire

import "sync"

// Packet is a frame on its way to one page or to many.
type Packet struct {
	Frame *Frame
	many  bool
	once  sync.Once
	text  []byte
}

// Pack wraps a frame for one page; the frame must not be changed before it has
// been sent.
func Pack(f *Frame) *Packet { return &Packet{Frame: f} }

// PackMany wraps a frame for many pages: its bytes are made once, by the first
// link that needs them. The frame must not be changed afterwards.
func PackMany(f *Frame) *Packet { return &Packet{Frame: f, many: true} }

// Bytes is the padded text of the frame. The caller must not change it.
func (p *Packet) Bytes() []byte {
	if !p.many {
		return Append(make([]byte, 0, 512), p.Frame)
	}
	p.once.Do(func() { p.text = Append(make([]byte, 0, 512), p.Frame) })
	return p.text
}

// AppendTo appends the padded text of the frame to dst.
func (p *Packet) AppendTo(dst []byte) []byte {
	if !p.many {
		return Append(dst, p.Frame)
	}
	return append(dst, p.Bytes()...)
}
