package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"helpline/chat/wire"
)

// saboteur stands between pages and a line and damages what the line says. It
// knows WebSocket frames from a server: whole, unmasked texts.
type saboteur struct {
	to string

	mu   sync.Mutex
	do   func(said *wire.Frame) []*wire.Frame // of each message shown to a counsellor; nil leaves all as it is
	seen int
}

func (s *saboteur) serve(on net.Listener) {
	for {
		page, err := on.Accept()
		if err != nil {
			return
		}
		go s.between(page)
	}
}

func (s *saboteur) between(page net.Conn) {
	defer page.Close()
	line, err := net.Dial("tcp", s.to)
	if err != nil {
		return
	}
	defer line.Close()
	asked := make(chan string, 1)
	go func() {
		from := bufio.NewReader(page)
		first, _ := from.ReadString('\n')
		asked <- first
		_, _ = io.Copy(line, io.MultiReader(strings.NewReader(first), from))
		_ = line.(*net.TCPConn).CloseWrite()
	}()
	first := <-asked
	from := bufio.NewReader(line)
	if strings.Contains(first, " /desk/talk/") {
		if err := s.damage(page, from); err != nil {
			return
		}
	}
	_, _ = io.Copy(page, from)
}

// damage copies the head of the answer and then frame by frame.
func (s *saboteur) damage(page io.Writer, from *bufio.Reader) error {
	for end := false; !end; {
		head, err := from.ReadString('\n')
		if err != nil {
			return err
		}
		end = head == "\r\n"
		if _, err := io.WriteString(page, head); err != nil {
			return err
		}
	}
	for {
		head := make([]byte, 2)
		if _, err := io.ReadFull(from, head); err != nil {
			return err
		}
		n := int(head[1])
		if n == 126 {
			long := make([]byte, 2)
			if _, err := io.ReadFull(from, long); err != nil {
				return err
			}
			n = int(binary.BigEndian.Uint16(long))
			head = append(head, long...)
		}
		body := make([]byte, n)
		if _, err := io.ReadFull(from, body); err != nil {
			return err
		}
		if _, err := page.Write(s.instead(append(head, body...), body)); err != nil {
			return err
		}
	}
}

func (s *saboteur) instead(whole, body []byte) []byte {
	if whole[0] != 0x81 || !bytes.Contains(body, []byte(`"k":"said"`)) {
		return whole
	}
	f, err := wire.FromServer(body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil || s.do == nil {
		return whole
	}
	var out []byte
	for _, g := range s.do(f) {
		text := wire.Append(nil, g)
		out = append(out, 0x81, 126)
		out = binary.BigEndian.AppendUint16(out, uint16(len(text)))
		out = append(out, text...)
	}
	return out
}

func (s *saboteur) sabotage(do func(n int, f *wire.Frame) []*wire.Frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen, s.do = 0, nil
	if do != nil {
		s.do = func(f *wire.Frame) []*wire.Frame {
			s.seen++
			return do(s.seen, f)
		}
	}
}

// sabotaged is a line in a process of its own, with a saboteur in front, and the
// logins of its counsellors, each in a file: a code opens once, so whoever logs
// in twice within half a minute waits for the next.
func sabotaged(t *testing.T, counsellors int) (l *throwaway, s *saboteur, logins []string) {
	t.Helper()
	l, err := newThrowaway(t.Context(), &place{env: noEnv, costs: cheap}, counsellors, 6)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.remove(); err != nil {
			t.Error(err)
		}
	})
	front, err := net.Listen("tcp", l.conf.Listen)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = front.Close() })
	behind, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s = &saboteur{to: behind.Addr().String()}
	_ = behind.Close()
	text, err := os.ReadFile(l.file)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte(strconv.Quote(l.conf.Listen)), []byte(strconv.Quote(s.to)), 1)
	if err := os.WriteFile(l.file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	go s.serve(front)
	if _, err := l.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for i, who := range l.logins {
		logins = append(logins, filepath.Join(dir, strconv.Itoa(i)))
		line := `{"name":` + strconv.Quote(who.Name) + `,"passphrase":` + strconv.Quote(who.Pass.Reveal()) + `,"totp":` + strconv.Quote(who.App.Text()) + "}\n"
		if err := os.WriteFile(logins[i], []byte(line), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return l, s, logins
}

func TestLoadtestSeesWhatASaboteurDoes(t *testing.T) {
	t.Parallel()
	l, s, logins := sabotaged(t, 6)
	shut, _, _ := sabotaged(t, 0)
	running := func(args ...string) (int, loadReport, string) {
		next := logins[0]
		logins = logins[1:]
		return loaded(t, append([]string{"--url", "http://" + l.conf.VisitorHost, "--desk", "http://" + l.conf.StaffHost, "--logins", next, "--for", "1s", "--seed", "3"}, args...)...)
	}
	var held *wire.Frame
	for _, c := range []struct {
		name string
		do   func(n int, f *wire.Frame) []*wire.Frame
		bad  func(r loadReport) bool
	}{
		{"nothing is done", nil, func(r loadReport) bool {
			return r.Messages < 6 || r.Messages > 21 || r.Delivered != r.Messages || r.Lost+r.Doubled+r.Misordered+r.Unknown != 0
		}},
		{"a message is swallowed", func(n int, f *wire.Frame) []*wire.Frame {
			if n == 4 {
				return nil
			}
			return []*wire.Frame{f}
		}, func(r loadReport) bool { return r.Lost != 1 || r.Doubled != 0 || r.Delivered != r.Messages-1 }},
		{"a message is given a second place, as without the dedupe", func(n int, f *wire.Frame) []*wire.Frame {
			if n != 4 {
				return []*wire.Frame{f}
			}
			again := *f
			again.Entry.Prev, again.Entry.At = f.Entry.At, f.Entry.At+1
			return []*wire.Frame{f, &again}
		}, func(r loadReport) bool { return r.Doubled != 1 || r.Lost != 0 }},
		{"a message comes after the next", func(n int, f *wire.Frame) []*wire.Frame {
			switch n {
			case 4:
				held = f
				return nil
			case 5:
				return []*wire.Frame{f, held}
			}
			return []*wire.Frame{f}
		}, func(r loadReport) bool { return r.Misordered != 1 || r.Lost != 0 || r.Doubled != 0 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.sabotage(c.do)
			code, r, errs := running("--rooms", "1", "--rate", "20")
			if c.bad(r) {
				t.Errorf("counted %+v: %s", r, errs)
			}
			if want := map[bool]int{true: exitDone, false: exitFailed}[c.do == nil]; code != want {
				t.Errorf("ended with %d, want %d: %s", code, want, errs)
			}
		})
	}
	s.sabotage(nil)

	// What a running line refuses, it refuses a load test too.
	if code, _, errs := running("--rooms", "5", "--rate", "5"); code != exitFailed || !strings.Contains(errs, "only 4 conversations at once") {
		t.Errorf("with more rooms than the counsellor may have: %d %s", code, errs)
	}
	wrong := filepath.Join(t.TempDir(), "logins")
	if err := os.WriteFile(wrong, []byte(`{"name":"Counsellor 1","passphrase":"marked and wrong"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := command(t, "loadtest", "--url", "http://"+l.conf.VisitorHost, "--desk", "http://"+l.conf.StaffHost, "--logins", wrong, "--rooms", "1", "--for", "1s")
	if code != exitFailed || out != "" || !strings.Contains(errs, "log in Counsellor 1: the name or the passphrase is not right") || strings.Contains(errs, "marked") {
		t.Errorf("with a wrong passphrase: %d %s %s", code, out, errs)
	}
	code, _, errs = command(t, "loadtest", "--url", "http://"+l.conf.StaffHost, "--rooms", "0", "--waiting", "1", "--for", "1s")
	if code != exitFailed || !strings.Contains(errs, "is this the visitors' host") {
		t.Errorf("at the wrong host: %d %s", code, errs)
	}
	code, _, errs = running("--rooms", "0", "--waiting", "100")
	if code != exitFailed || !strings.Contains(errs, "closed or full") {
		t.Errorf("with more than may wait: %d %s", code, errs)
	}
	// A line is open for a moment after its start, so that its desks can come back.
	wait(t, "a line with nobody on duty to say so", func() bool {
		code, _, errs := command(t, "loadtest", "--url", "http://"+shut.conf.VisitorHost, "--rooms", "0", "--waiting", "1", "--for", "1s")
		return code == exitFailed && strings.Contains(errs, "the line is closed: somebody must be on duty")
	})
}
