package link

import "helpline/chat/wire"

// Nobody receives for a link that has been refused and dropped: whatever the
// page still says is read and thrown away, so that the answer reaches it.
type Nobody struct{}

// Receive throws the frame away.
func (Nobody) Receive(*wire.Frame) bool { return true }

// Gone has nobody to tell.
func (Nobody) Gone() {}
