package wire

import "sync"

// Packet is a frame on its way to one page or to many: the bytes are made
// once, by the first link that needs them.
type Packet struct {
	Frame *Frame
	once  sync.Once
	text  []byte
}

// Pack wraps a frame; the frame must not be changed afterwards.
func Pack(f *Frame) *Packet { return &Packet{Frame: f} }

// Bytes is the padded text of the frame. The caller must not change it.
func (p *Packet) Bytes() []byte {
	p.once.Do(func() { p.text = Append(nil, p.Frame) })
	return p.text
}
