package main

import (
	"bytes"
	"crypto/sha3"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"helpline/chat/gate"
)

// Tor's visitors come through a listener of their own. Tor names the circuit of
// every connection in its first line; the number becomes the rate key and is
// dropped. Who names none is not let in: all of Tor would share one rate key,
// and one flood would be everybody's. Nothing else is answered there but the
// visitors' pages, under the onion name and no other.

// lineIn is how long the first line may take. Tor writes it with the first bytes.
const lineIn = 5 * time.Second

// onionListener accepts connections of Tor.
type onionListener struct {
	net.Listener
	keys    *gate.Keys
	places  *gate.Places
	strange func() // is told of a connection that names no circuit
}

// Accept waits for the next connection. Its first line is read later, by
// whoever serves it: nobody who is slow keeps others waiting.
func (l *onionListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &blanked{Conn: conn, onion: &firstLine{of: l}}, nil
}

// firstLine is the line of a connection in which Tor names the circuit.
type firstLine struct {
	of   *onionListener
	once sync.Once
	bad  bool
	rest []byte // what came with it
}

// read reads the line once, and makes the rate key of it.
func (f *firstLine) read(c *blanked) {
	f.once.Do(func() {
		number, rest, err := readCircuit(c.Conn)
		if err != nil {
			f.bad, c.remote = true, gate.Unknown
			_ = c.Close()
			if !errors.Is(err, io.EOF) { // a look whether somebody listens says nothing
				f.of.strange()
			}
			return
		}
		f.rest = rest
		key := f.of.keys.OfCircuit(number, time.Now())
		c.remote, c.before = rateAddr(key), f.of.keys.OfCircuitBefore(number, time.Now())
		if f.of.places == nil {
			return
		}
		place := f.of.places.Enter(key, false, func() { _ = c.Conn.Close() })
		c.mu.Lock()
		c.place = place
		closed := c.closed
		c.mu.Unlock()
		if closed {
			place.Leave()
		}
	})
}

// after reads what comes after the line. A connection without one has ended.
func (f *firstLine) after(c *blanked, b []byte) (int, error) {
	f.read(c)
	switch {
	case f.bad:
		return 0, io.EOF
	case len(f.rest) > 0:
		n := copy(b, f.rest)
		f.rest = f.rest[n:]
		return n, nil
	}
	return c.Conn.Read(b)
}

// readCircuit reads the first line within its time, and no more than fits.
func readCircuit(conn net.Conn) (number uint32, rest []byte, err error) {
	if err := conn.SetReadDeadline(time.Now().Add(lineIn)); err != nil {
		return 0, nil, fmt.Errorf("read the line of a circuit: %w", err)
	}
	buf := make([]byte, gate.CircuitLine)
	for n := 0; n < len(buf); {
		more, err := conn.Read(buf[n:])
		n += more
		if end := bytes.IndexByte(buf[:n], '\n') + 1; end > 0 {
			number, ok := gate.Circuit(string(buf[:end]))
			if !ok {
				break
			}
			return number, bytes.Clone(buf[end:n]), conn.SetReadDeadline(time.Time{})
		}
		if err != nil {
			if n > 0 {
				err = io.ErrUnexpectedEOF
			}
			return 0, nil, err
		}
	}
	return 0, nil, errors.New("this is no line of a circuit")
}

// byOnion says whether a request came through the onion listener.
func byOnion(r *http.Request) bool {
	b, ok := r.Context().Value(connKey{}).(*blanked)
	return ok && b.onion != nil
}

// unixPrefix begins an onion_listen that is a socket in the file system.
const unixPrefix = "unix:"

// setOnionListen accepts a socket in the file system or an address of this
// machine.
func setOnionListen(c *config, v string) error {
	c.OnionListen = v
	if path, is := strings.CutPrefix(v, unixPrefix); v == "" || is && strings.HasPrefix(path, "/") && len(path) < 100 {
		return nil
	}
	host, port, err := net.SplitHostPort(v)
	if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 0 || n > 65535 || !loopback(host) {
		return errors.New("must be a socket, such as unix:/run/helpline/onion.sock, or an address of this machine, such as 127.0.0.1:8081")
	}
	return nil
}

// setOnionHost accepts the name of an onion service of version 3. It carries a
// checksum, so a slip is told.
func setOnionHost(c *config, v string) error {
	c.OnionHost = v
	if v == "" {
		return nil
	}
	wrong := errors.New("must be the 56 letters and digits from the file hostname of the onion service, with .onion")
	name, ok := strings.CutSuffix(v, ".onion")
	if !ok || name != strings.ToLower(name) {
		return wrong
	}
	b, err := base32.StdEncoding.DecodeString(strings.ToUpper(name))
	if err != nil || len(b) != 35 || b[34] != 3 {
		return wrong
	}
	sum := sha3.Sum256(append([]byte(".onion checksum"), append(bytes.Clone(b[:32]), 3)...))
	if !bytes.Equal(sum[:2], b[32:34]) {
		return errors.New("has a slip in it: its checksum does not fit; copy it from the file hostname of the onion service")
	}
	return nil
}

// listenOnion opens the onion listener; nil when there is none. A socket that a
// line which died has left behind is replaced, one on which somebody listens is
// not, and nothing but a socket ever is.
func listenOnion(where string) (net.Listener, error) {
	path, unix := strings.CutPrefix(where, unixPrefix)
	if where == "" {
		return nil, nil
	}
	if !unix {
		on, err := net.Listen("tcp", where)
		if err != nil {
			return nil, configError{fmt.Errorf("listen on %s for Tor: %w", where, err)}
		}
		return on, nil
	}
	if at, err := os.Lstat(path); err == nil && at.Mode()&fs.ModeSocket != 0 {
		if conn, err := net.DialTimeout("unix", path, time.Second); err == nil {
			_ = conn.Close()
			return nil, configError{fmt.Errorf("listen on %s for Tor: somebody listens there already", where)}
		}
		if err := os.Remove(path); err != nil {
			return nil, configError{fmt.Errorf("listen on %s for Tor: take away the old socket: %w", where, err)}
		}
	}
	on, err := net.Listen("unix", path)
	if err != nil {
		return nil, configError{fmt.Errorf("listen on %s for Tor: %w", where, err)}
	}
	// Tor is in the group of the folder; nobody else of this machine may come in.
	if err := os.Chmod(path, 0o660); err != nil {
		return nil, configError{errors.Join(fmt.Errorf("listen on %s for Tor: %w", where, err), on.Close())}
	}
	return on, nil
}
