package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"time"
	"unsafe"

	"helpline"
	"helpline/chat/wire"
)

// rider is one end of a conversation as the load generator plays it: a bare
// socket, frames put together by hand and read by looking for what matters, so
// that the generator costs the same beside every server and little beside any.
type rider struct {
	file *os.File // owns fd
	fd   int
	rest []byte // the beginning of a frame that has not come whole
	mate *rider
	full bool // speaks the real protocol; a bare relay's page only says
	no   int

	said  uint32 // running number of the last message said
	heard uint32 // and of the last one that came from the mate

	upto, acked int64           // newest entry on the screen, and as last acknowledged
	acking      bool            // an acknowledgement is due
	due         []time.Duration // when messages were meant to be said, from number base+1 on
	base        uint32
}

// tally counts what went over the wire in one run. In and out are the
// server's: in is what it read.
type tally struct {
	said, delivered  int
	in, out          int // text frames
	inBytes, outByte int
	beside           int // of out: frames that are no message and no mark
	besideByte       int
	spent            bool    // an end had said all it may before the time was over
	wrong            int     // not the message that was next: lost, doubled or out of order
	late             []int32 // microseconds from the intended time to the other page
	took             time.Duration
	cpu              time.Duration // of the server, during took
	others           float64       // share of the machine that was used by anybody else
}

// us is the server's CPU time per delivered message in microseconds.
func (t *tally) us() float64 { return float64(t.cpu.Microseconds()) / float64(max(1, t.delivered)) }

// rate is delivered messages per second.
func (t *tally) rate() float64 { return float64(t.delivered) / t.took.Seconds() }

// quantile is a quantile of the lateness in microseconds.
func (t *tally) quantile(q float64) float64 {
	if len(t.late) == 0 {
		return 0
	}
	slices.Sort(t.late)
	return float64(t.late[min(len(t.late)-1, int(q*float64(len(t.late))))])
}

// driver plays all riders of one server in one thread.
type driver struct {
	poll   int
	riders []*rider // by file descriptor
	events []syscall.EpollEvent
	buf    []byte
	out    []byte // a frame that is being put together
	raw    []byte // and the same with its header and padding
	start  time.Time
	run    *tally
	reply  bool // a message that comes is answered at once
	acks   []ack
	fault  error
}

type ack struct {
	r  *rider
	at time.Duration
}

// ackAfter is how long a page waits for something to put its mark on.
const ackAfter = 200 * time.Millisecond

func newDriver() (*driver, error) {
	poll, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	return &driver{poll: poll, events: make([]syscall.EpollEvent, 512), buf: make([]byte, 64<<10), run: new(tally)}, err
}

// add takes a rider over.
func (d *driver) add(r *rider) error {
	for len(d.riders) <= r.fd {
		d.riders = append(d.riders, nil)
	}
	d.riders[r.fd] = r
	return syscall.EpollCtl(d.poll, syscall.EPOLL_CTL_ADD, r.fd, &syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(r.fd)})
}

// close ends every connection.
func (d *driver) close() {
	for _, r := range d.riders {
		if r != nil {
			_ = r.file.Close()
		}
	}
	_ = syscall.Close(d.poll)
}

// wait handles what has come, or comes within a time.
func (d *driver) wait(within time.Duration) {
	ts := syscall.NsecToTimespec(int64(max(0, within)))
	const pwait2 = 441 // the same number everywhere
	n, _, errno := syscall.Syscall6(pwait2, uintptr(d.poll), uintptr(unsafe.Pointer(&d.events[0])), uintptr(len(d.events)), uintptr(unsafe.Pointer(&ts)), 0, 0)
	if errno != 0 {
		if errno != syscall.EINTR {
			d.fail(fmt.Errorf("epoll: %w", errno))
		}
		return
	}
	for _, e := range d.events[:n] {
		d.read(d.riders[e.Fd])
	}
}

func (d *driver) fail(err error) {
	if d.fault == nil {
		d.fault = err
	}
}

func (d *driver) read(r *rider) {
	n, err := syscall.Read(r.fd, d.buf)
	switch {
	case err == syscall.EAGAIN || err == syscall.EINTR:
		return
	case err != nil || n == 0:
		d.fail(fmt.Errorf("end %d was cut: %v", r.no, err))
		_ = syscall.EpollCtl(d.poll, syscall.EPOLL_CTL_DEL, r.fd, nil)
		return
	}
	b := d.buf[:n]
	if len(r.rest) > 0 {
		r.rest = append(r.rest, b...)
		b = r.rest
	}
	for {
		kind, payload, size := cutFrame(b)
		if size == 0 {
			break
		}
		b = b[size:]
		switch kind {
		case 1:
			d.run.out++
			d.run.outByte += size
			d.text(r, payload, size)
		case 9:
			d.write(r, []byte{0x8a, 0x80, 0, 0, 0, 0})
		case 8:
			d.fail(fmt.Errorf("end %d was closed: %x", r.no, payload))
		}
	}
	r.rest = append(r.rest[:0], b...)
}

// cutFrame takes one frame of a server off the front of b; size is 0 while it
// is not whole.
func cutFrame(b []byte) (kind byte, payload []byte, size int) {
	if len(b) < 2 {
		return 0, nil, 0
	}
	head, n := 2, int(b[1]&0x7f)
	switch {
	case n == 126 && len(b) >= 4:
		head, n = 4, int(b[2])<<8|int(b[3])
	case n >= 126:
		return 0, nil, 0 // nothing of ours is longer than 16 bits can say
	}
	if len(b) < head+n {
		return 0, nil, 0
	}
	return b[0] & 0x0f, b[head : head+n], head + n
}

// text handles a text frame of the server; size is what it took on the wire.
func (d *driver) text(r *rider, p []byte, size int) {
	said := bytes.HasPrefix(p, []byte(`{"k":"sa`)) // say of a bare relay, said of ours
	held := bytes.HasPrefix(p, []byte(`{"k":"held"`))
	if !said && !held {
		d.run.beside++
		d.run.besideByte += size
	}
	if r.full && (said || held) {
		const before = len(`{"k":"said","entry":{"at":`)
		if at := digits(p[before:]); at > r.upto {
			r.upto = at
		}
	}
	if !said {
		return
	}
	at := bytes.Index(p, []byte(`text`))
	if at < 0 {
		d.fail(fmt.Errorf("a message without a text: %.80s", p))
		return
	}
	if no := uint32(digits(p[at+len(`text\":\"`):])); no != r.heard+1 {
		d.run.wrong++
	} else if m := r.mate; m.due != nil {
		d.run.late = append(d.run.late, int32((time.Since(d.start) - m.due[no-m.base-1]).Microseconds()))
	}
	r.heard++
	d.run.delivered++
	if d.reply && (!r.full || r.said-r.base < mostSaid) {
		d.say(r)
	} else if d.reply {
		d.run.spent = true
	} else if r.full && !r.acking {
		r.acking = true
		d.acks = append(d.acks, ack{r, time.Since(d.start) + ackAfter})
	}
}

func digits(b []byte) (n int64) {
	for _, c := range b {
		if c < '0' || c > '9' {
			break
		}
		n = n*10 + int64(c-'0')
	}
	return n
}

// filler makes a message of 200 bytes, in a frame of 496 both ways.
const filler = ` I would like to talk about something that has been on my mind for a long time, and I do not know well where I should begin, so I begin here, where it is easiest. Thank you for being there.`

// say writes the rider's next message.
func (d *driver) say(r *rider) {
	r.said++
	b := append(d.out[:0], `{"k":"say","id":"`...)
	b = pad10(b, int64(r.no))
	b = pad10(b, int64(r.said))
	b = append(b, `0A","seen":`...)
	b = strconv.AppendInt(b, r.upto, 10)
	b = append(b, `,"body":"{\"text\":\"`...)
	b = pad10(b, int64(r.said))
	b = append(b, filler...)
	b = append(b, `\"}"`...)
	if r.full && r.upto > 0 {
		b = append(b, `,"have":`...)
		b = strconv.AppendInt(b, r.upto, 10)
		r.acked = r.upto
	}
	b = append(b, '}')
	d.out = b
	d.run.said++
	d.send(r, b)
}

// send sends a text frame in its bucket, under a mask of zeroes.
func (d *driver) send(r *rider, b []byte) {
	size := 256
	if len(b) > size {
		size = 496
	}
	if len(b) > size {
		d.fail(fmt.Errorf("a frame of %d bytes", len(b)))
		return
	}
	f := append(d.raw[:0], 0x81, 0x80|126, byte(size>>8), byte(size), 0, 0, 0, 0)
	f = append(f, b...)
	for len(f) < size+8 {
		f = append(f, ' ')
	}
	d.raw = f
	d.run.in++
	d.run.inBytes += len(f)
	d.write(r, f)
}

func (d *driver) write(r *rider, b []byte) {
	if n, err := syscall.Write(r.fd, b); err != nil || n != len(b) {
		d.fail(fmt.Errorf("end %d takes no more: %v", r.no, err))
	}
}

func pad10(b []byte, n int64) []byte {
	start := len(b)
	b = append(b, "0000000000"...)
	for i := start + 9; n > 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return b
}

// begin starts a new count. What lay unread is read first.
func (d *driver) begin() {
	runtime.LockOSThread()
	d.run = new(tally)
	d.start = time.Now()
	for i := range d.acks { // of the run before
		d.acks[i].at = 0
	}
	d.pump(50 * time.Millisecond)
	d.run = &tally{late: make([]int32, 0, 1<<16)}
}

// pump lets time pass: pings are answered and marks are sent.
func (d *driver) pump(long time.Duration) {
	for end := time.Since(d.start) + long; ; {
		now := time.Since(d.start)
		if now >= end {
			return
		}
		d.wait(min(end-now, d.marks(now)))
	}
}

// marks sends the acknowledgements that found nothing to ride on, and says how
// long it is until the next.
func (d *driver) marks(now time.Duration) time.Duration {
	for len(d.acks) > 0 {
		a := d.acks[0]
		if a.at > now {
			return a.at - now
		}
		d.acks = d.acks[1:]
		a.r.acking = false
		if a.r.upto > a.r.acked {
			a.r.acked = a.r.upto
			d.send(a.r, wire.Append(nil, &wire.Frame{Kind: wire.Have, Upto: a.r.upto}))
		}
	}
	return time.Hour
}

// finish waits until everything said has arrived.
func (d *driver) finish(t *tally) error {
	d.reply = false
	for end := time.Now().Add(5 * time.Second); t.delivered < t.said && d.fault == nil; d.wait(time.Millisecond) {
		if time.Now().After(end) {
			return fmt.Errorf("%d messages said, %d delivered", t.said, t.delivered)
		}
	}
	d.pump(20 * time.Millisecond)
	runtime.UnlockOSThread()
	if d.fault == nil && t.wrong > 0 {
		d.fault = fmt.Errorf("%d messages were not the next", t.wrong)
	}
	return d.fault
}

// mostSaid is how many messages an end says to the line in one saturated run:
// more at once and the line would tell it to slow down. A bare relay does not.
const mostSaid = 250

// saturate keeps one message of every rider under way for a while: a page
// answers at once. What is measured lies between the first tenth and the end.
func (d *driver) saturate(long time.Duration, m *meter) (*tally, error) {
	d.begin()
	d.reply = true
	for _, r := range d.riders {
		if r != nil && r.mate != nil {
			r.due, r.base = nil, r.said
			d.say(r)
		}
	}
	d.pump(long / 10)
	from, start := *d.run, time.Now()
	m.begin()
	d.pump(long)
	run := d.run
	m.end(run)
	run.took = time.Since(start)
	res := tally{
		delivered: run.delivered - from.delivered, in: run.in - from.in, out: run.out - from.out, wrong: run.wrong,
		inBytes: run.inBytes - from.inBytes, outByte: run.outByte - from.outByte, took: run.took, cpu: run.cpu, others: run.others, spent: run.spent,
	}
	err := d.finish(run)
	res.said = res.delivered
	return &res, err
}

// open says messages at intended times, however the server fares: rate a
// second over all riders in turn.
func (d *driver) open(long time.Duration, rate int, m *meter) (*tally, error) {
	d.begin()
	var order []*rider
	for _, r := range d.riders {
		if r != nil && r.mate != nil {
			r.due, r.base = []time.Duration{}, r.said
			order = append(order, r)
		}
	}
	run := d.run
	m.begin()
	first := time.Since(d.start) + time.Millisecond
	total := int(long.Seconds() * float64(rate))
	for k := 0; k < total && d.fault == nil; {
		now := time.Since(d.start)
		next := first + time.Duration(k)*time.Second/time.Duration(rate)
		if now < next {
			d.wait(min(next-now, d.marks(now)))
			continue
		}
		r := order[k*7919%len(order)] // a walk that comes by everybody
		r.due = append(r.due, next)
		d.say(r)
		k++
	}
	m.end(run)
	run.took = time.Since(d.start) - first
	return run, d.finish(run)
}

// secretOf is the secret a simulated page shows.
func secretOf(no int) (id helpline.ID) {
	copy(id[:], pad10([]byte("page"), int64(no)))
	return id
}
