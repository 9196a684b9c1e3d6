package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
)

// mailRelay is a small mail server on this machine. What it answers can be changed
// command by command.
type mailRelay struct {
	on      net.Listener
	tls     *tls.Config // nil: it offers none
	auth    string      // name:password that it asks for; empty: none
	answers map[string]string

	mu    sync.Mutex
	mails []string // envelope and text
	plain []string // commands that came in clear
}

// newRelay listens on 127.0.0.1 until the test ends.
func newRelay(t *testing.T, answers map[string]string, set *tls.Config) *mailRelay {
	t.Helper()
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &mailRelay{on: on, tls: set, answers: answers}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := on.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer conn.Close()
				_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
				r.speak(conn, false)
			})
		}
	})
	t.Cleanup(func() { _ = on.Close(); all.Wait() })
	return r
}

// speak answers one conversation; safe says that it is encrypted.
func (r *mailRelay) speak(conn net.Conn, safe bool) {
	lines := bufio.NewReader(conn)
	say := func(format string, args ...any) { fmt.Fprintf(conn, format+"\r\n", args...) }
	if !safe {
		if text := r.answers["GREET"]; text != "" {
			_, _ = conn.Write([]byte(text))
		} else {
			say("220 relay.example.org")
		}
	}
	from, to := "", ""
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		verb := strings.ToUpper(strings.SplitN(line, " ", 2)[0])
		if !safe {
			r.mu.Lock()
			r.plain = append(r.plain, line)
			r.mu.Unlock()
		}
		if text := r.answers[verb]; text != "" {
			_, _ = conn.Write([]byte(text))
			continue
		}
		switch verb {
		case "EHLO":
			offers := []string{"relay.example.org"}
			if r.tls != nil && !safe {
				offers = append(offers, "STARTTLS")
			}
			if r.auth != "" {
				offers = append(offers, "AUTH PLAIN")
			}
			for i, o := range offers {
				mark := "-"
				if i == len(offers)-1 {
					mark = " "
				}
				say("250%s%s", mark, o)
			}
		case "STARTTLS":
			say("220 go on")
			over := tls.Server(conn, r.tls)
			if over.Handshake() == nil {
				r.speak(over, true)
			}
			return
		case "AUTH":
			given, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(line, "AUTH PLAIN "))
			if strings.ReplaceAll(strings.TrimPrefix(string(given), "\x00"), "\x00", ":") == r.auth {
				say("235 yes")
			} else {
				say("535 no")
			}
		case "MAIL":
			from = line
			say("250 ok")
		case "RCPT":
			to = line
			say("250 ok")
		case "DATA":
			say("354 go on")
			var text strings.Builder
			for {
				line, err := lines.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				text.WriteString(line)
			}
			r.mu.Lock()
			r.mails = append(r.mails, from+"\r\n"+to+"\r\n\r\n"+text.String())
			r.mu.Unlock()
			say("250 ok")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("502 no")
		}
	}
}

func (r *mailRelay) got() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.mails...)
}

func (r *mailRelay) inClear() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.plain, "\n")
}

// sender is one to this relay.
func (r *mailRelay) sender() *smtpSender {
	return &smtpSender{relay: r.on.Addr().String(), from: "rota@example.org", now: time.Now}
}

// certified gives a certificate for a name, and the roots that trust it.
func certified(t *testing.T, name string) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true, DNSNames: []string{name},
	}
	if ip := net.ParseIP(name); ip != nil {
		leaf.DNSNames, leaf.IPAddresses = nil, []net.IP{ip}
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, leaf, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, roots
}

func aNotice(to string) counsel.Outgoing {
	n := counsel.Probe(counsel.NewAddress(to))
	n.Link = "https://desk.example.org"
	return n
}

func isNotice(t *testing.T, mail, to string) {
	t.Helper()
	envelope, text, _ := strings.Cut(mail, "\r\n\r\n")
	headers, body, _ := strings.Cut(text, "\r\n\r\n")
	if envelope != "MAIL FROM:<rota@example.org>\r\nRCPT TO:<"+to+">" {
		t.Errorf("the envelope is %q", envelope)
	}
	if body != "This is a test. Nothing needs to be done.\r\n\r\nhttps://desk.example.org\r\n" {
		t.Errorf("the text is %q", body)
	}
	for _, want := range []string{"From: <rota@example.org>", "To: <" + to + ">", "Subject: Please sign in", "Auto-Submitted: auto-generated", "Message-ID: <"} {
		if n := strings.Count("\r\n"+headers+"\r\n", "\r\n"+want); n != 1 {
			t.Errorf("%q stands %d times in %q", want, n, headers)
		}
	}
	if got := strings.Count(headers, "\r\n"); got != 8 {
		t.Errorf("%d headers: %q", got+1, headers)
	}
}

func kindOf(t *testing.T, s counsel.Sender, to string) helpline.Kind {
	t.Helper()
	err := s.Send(t.Context(), aNotice(to))
	if err != nil && (strings.Contains(err.Error(), "robin") || strings.Contains(err.Error(), "example.org") || strings.Contains(err.Error(), "127.0.0.1") || strings.Contains(fmt.Sprintf("%+v %#v", err, err), "robin")) {
		t.Errorf("the error tells an address: %v", err)
	}
	return helpline.KindOf(err)
}
