package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/smtp"
	"net/textproto"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
)

// smtpSender hands notices to a mail relay: with TLS from the first byte, with
// STARTTLS, or in clear to this machine alone. What the relay answers goes into
// no error and no log: it may repeat the address.
type smtpSender struct {
	relay    string // host:port
	implicit bool   // TLS from the first byte
	from     string
	name     string // of the login; empty: none
	secret   secretText
	roots    *x509.CertPool // nil: the system's
	now      func() time.Time
}

// mostAnswers is how many bytes a relay may say before it is taken for a foe: a
// handshake with long certificates takes a tenth.
const mostAnswers = 256 << 10

// errMail is all that is said of a mail that did not leave.
func errMail(kind helpline.Kind, step string) error {
	return helpline.Errorf(kind, "send a mail: %s", step)
}

// Send hands one over.
func (s *smtpSender) Send(ctx context.Context, n counsel.Outgoing) error {
	return s.sendTo(ctx, s.relay, n)
}

// sendTo hands it to the relay at an address, which is the relay's own but for
// tests.
func (s *smtpSender) sendTo(ctx context.Context, at string, n counsel.Outgoing) error {
	mail, err := s.compose(n)
	if err != nil {
		return err
	}
	c, done, err := s.dial(ctx, at)
	if err != nil {
		return err
	}
	defer done()
	if err := c.Mail(s.from); err != nil {
		return refusedMail(err, false, "the relay does not take the sender")
	}
	if err := c.Rcpt(n.To.Reveal()); err != nil {
		return refusedMail(err, true, "the relay does not take the address")
	}
	w, err := c.Data()
	if err != nil {
		return refusedMail(err, false, "the relay does not take mail")
	}
	if _, err := w.Write(mail); err != nil {
		return errMail(helpline.Unavailable, "the connection to the relay broke")
	}
	if err := w.Close(); err != nil { // its answer to the whole mail
		return refusedMail(err, false, "the relay did not take the mail")
	}
	_ = c.Quit() // it has the mail; what it says to that changes nothing
	return nil
}

// refusedMail turns an answer of the relay into one of our words. forGood says
// that a lasting refusal is about the address, and trying again would not help.
func refusedMail(err error, forGood bool, step string) error {
	answer, ok := errors.AsType[*textproto.Error](err)
	if ok && forGood && answer.Code >= 550 && answer.Code <= 553 {
		return errMail(helpline.Invalid, step)
	}
	return errMail(helpline.Unavailable, step)
}

// dial opens a conversation with the relay, up to its login. Whoever is not on
// this machine gets nothing in clear.
func (s *smtpSender) dial(ctx context.Context, address string) (*smtp.Client, func(), error) {
	host, _, err := net.SplitHostPort(s.relay)
	if err != nil {
		return nil, nil, errMail(helpline.Internal, "the relay has no port")
	}
	var dialer net.Dialer
	raw, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, nil, errMail(helpline.Unavailable, "the relay does not answer")
	}
	stop := context.AfterFunc(ctx, func() { _ = raw.SetDeadline(time.Unix(1, 0)) })
	done := func() {
		stop()
		_ = raw.Close()
	}
	at, ok := raw.RemoteAddr().(*net.TCPAddr)
	here := ok && at.IP.IsLoopback() && loopback(host)
	var conn net.Conn = &short{Conn: raw, left: mostAnswers}
	set := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, RootCAs: s.roots}
	if s.implicit {
		conn = tls.Client(conn, set)
	}
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		done()
		return nil, nil, errMail(helpline.Unavailable, "the relay does not greet")
	}
	if err := s.begin(c, set, here); err != nil {
		done()
		return nil, nil, err
	}
	return c, done, nil
}

func (s *smtpSender) begin(c *smtp.Client, set *tls.Config, here bool) error {
	_, domain, _ := strings.Cut(s.from, "@")
	if err := c.Hello(domain); err != nil {
		return errMail(helpline.Unavailable, "the relay does not greet")
	}
	if _, safe := c.TLSConnectionState(); !safe && !here {
		if offered, _ := c.Extension("STARTTLS"); !offered {
			return errMail(helpline.Unavailable, "the relay offers no TLS, and nothing goes there in clear")
		}
		if err := c.StartTLS(set); err != nil {
			return errMail(helpline.Unavailable, "no TLS with the relay: look at its certificate")
		}
	}
	if s.name == "" {
		return nil
	}
	if offered, _ := c.Extension("AUTH"); !offered {
		return errMail(helpline.Unavailable, "the relay takes no login, and one is configured")
	}
	host, _, _ := net.SplitHostPort(s.relay)
	if err := c.Auth(smtp.PlainAuth("", s.name, s.secret.reveal(), host)); err != nil {
		return errMail(helpline.Unavailable, "the relay does not take the login")
	}
	return nil
}

// compose writes the mail: fixed headers, one sentence, and at most one link.
// Nothing in it comes from anywhere but this program and the configuration.
func (s *smtpSender) compose(n counsel.Outgoing) ([]byte, error) {
	if n.To.IsZero() || counsel.ByMail.Check(n.To) != nil || counsel.ByMail.Check(counsel.NewAddress(s.from)) != nil {
		return nil, errMail(helpline.Invalid, "an address is none")
	}
	_, domain, _ := strings.Cut(s.from, "@")
	headers := [][2]string{
		{"From", "<" + s.from + ">"},
		{"To", "<" + n.To.Reveal() + ">"},
		{"Subject", n.Subject},
		{"Date", s.now().UTC().Format("Mon, 02 Jan 2006 15:04:05 +0000")},
		{"Message-ID", "<" + n.ID.String() + "@" + domain + ">"},
		{"Auto-Submitted", "auto-generated"},
		{"MIME-Version", "1.0"},
		{"Content-Type", "text/plain; charset=us-ascii"},
		{"Content-Language", string(n.Language)},
	}
	var b strings.Builder
	for _, h := range headers {
		if strings.ContainsFunc(h[1], func(r rune) bool { return r < ' ' || r > '~' }) {
			return nil, errMail(helpline.Internal, "a header is none")
		}
		if h[1] != "" {
			fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
		}
	}
	b.WriteString("\r\n" + n.Text + "\r\n")
	if n.Link != "" {
		b.WriteString("\r\n" + n.Link + "\r\n")
	}
	return []byte(b.String()), nil
}

// short is a connection that may say only so much.
type short struct {
	net.Conn
	left int
}

func (s *short) Read(b []byte) (int, error) {
	if s.left <= 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := s.Conn.Read(b[:min(len(b), s.left)])
	s.left -= n
	return n, err
}

// Format hides it: a field that is not exported is printed without asking it.
func (*smtpSender) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, hiddenText) }
