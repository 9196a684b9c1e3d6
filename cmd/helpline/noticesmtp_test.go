package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
)

func TestANoticeGoesThroughARelayOnThisMachine(t *testing.T) {
	r := newRelay(t, nil, nil)
	if err := r.sender().Send(t.Context(), aNotice("robin@example.org")); err != nil {
		t.Fatal(err)
	}
	if got := r.got(); len(got) != 1 {
		t.Fatalf("%d mails", len(got))
	}
	isNotice(t, r.got()[0], "robin@example.org")
}

func TestANoticeGoesOverTLSFromTheFirstByte(t *testing.T) {
	set, roots := certified(t, "127.0.0.1")
	r := newRelay(t, nil, nil)
	front, err := tls.Listen("tcp", "127.0.0.1:0", set)
	if err != nil {
		t.Fatal(err)
	}
	defer front.Close()
	go func() {
		for {
			conn, err := front.Accept()
			if err != nil {
				return
			}
			go func() { defer conn.Close(); r.speak(conn, false) }()
		}
	}()
	s := r.sender()
	s.relay, s.implicit, s.roots = front.Addr().String(), true, roots
	if err := s.Send(t.Context(), aNotice("robin@example.org")); err != nil {
		t.Fatal(err)
	}
	isNotice(t, r.got()[0], "robin@example.org")
	s.roots = x509.NewCertPool()
	if kindOf(t, s, "robin@example.org") != helpline.Unavailable || len(r.got()) != 1 {
		t.Error("a relay whom nobody vouches for gets mail")
	}
}

func TestPromiseNothingGoesToARelayElsewhereInClear(t *testing.T) {
	// A relay that is configured by another name is one elsewhere, wherever the
	// connection leads.
	const name = "relay.test"
	set, roots := certified(t, name)
	for what, c := range map[string]struct {
		tls     *tls.Config
		answers map[string]string
		roots   *x509.CertPool
		want    helpline.Kind
	}{
		"STARTTLS":                             {set, nil, roots, ""},
		"no STARTTLS":                          {nil, nil, roots, helpline.Unavailable},
		"STARTTLS that is taken back":          {set, map[string]string{"STARTTLS": "454 not now\r\n"}, roots, helpline.Unavailable},
		"a certificate nobody vouches for":     {set, nil, x509.NewCertPool(), helpline.Unavailable},
		"an answer in clear before the switch": {set, map[string]string{"STARTTLS": "220 go on\r\n250 injected\r\n"}, roots, helpline.Unavailable},
	} {
		t.Run(what, func(t *testing.T) {
			r := newRelay(t, c.answers, c.tls)
			s := r.sender()
			s.relay, s.roots = net.JoinHostPort(name, "25"), c.roots
			err := s.sendTo(t.Context(), r.on.Addr().String(), aNotice("robin@example.org"))
			if helpline.KindOf(err) != c.want {
				t.Fatalf("answered %v, want %q", err, c.want)
			}
			if text := r.inClear(); strings.Contains(text, "robin") || strings.Contains(text, "MAIL") || strings.Contains(text, "AUTH") {
				t.Errorf("in clear: %q", text)
			}
			if sent := len(r.got()); sent != 0 && c.want != "" || sent == 0 && c.want == "" {
				t.Errorf("%d mails", sent)
			}
		})
	}
}

func TestTheLoginOfARelayIsGivenOnlyWhereItIsAsked(t *testing.T) {
	r := newRelay(t, nil, nil)
	r.auth = "rota:hush hush"
	s := r.sender()
	s.name, s.secret = "rota", "hush hush"
	if err := s.Send(t.Context(), aNotice("robin@example.org")); err != nil || len(r.got()) != 1 {
		t.Errorf("with its login: %v", err)
	}
	s.secret = "other"
	if kindOf(t, s, "robin@example.org") != helpline.Unavailable {
		t.Error("a wrong login sends")
	}
	r.auth = ""
	if kindOf(t, s, "robin@example.org") != helpline.Unavailable {
		t.Error("a relay that asks for no login gets mail although one is configured")
	}
	type noticed struct{ S *smtpSender }
	if text := fmt.Sprintf("%v %+v %#v %+v", s.secret, s, &noticed{s}, newWebhook("https://x.org", s.secret, nil)); strings.Contains(text, "other") {
		t.Errorf("the password is printed: %s", text)
	}
}

func TestHostileAnswersOfARelayEndInAnErrorThatTellsNoAddress(t *testing.T) {
	long := "250-" + strings.Repeat("x", 70_000) + "\r\n"
	for name, c := range map[string]struct {
		answers map[string]string
		want    helpline.Kind
	}{
		"an endless greeting":               {map[string]string{"GREET": strings.Repeat("220-robin@example.org\r\n", 50_000)}, helpline.Unavailable},
		"a line without an end":             {map[string]string{"GREET": "220 " + strings.Repeat("y", 1_000_000)}, helpline.Unavailable},
		"no greeting of mail":               {map[string]string{"GREET": "HTTP/1.1 400 Bad Request\r\n\r\n"}, helpline.Unavailable},
		"an endless list of what it offers": {map[string]string{"EHLO": strings.Repeat(long, 20)}, helpline.Unavailable},
		"the sender refused":                {map[string]string{"MAIL": "550 robin@example.org\r\n"}, helpline.Unavailable},
		"the address refused for now":       {map[string]string{"RCPT": "451 greylisted robin@example.org\r\n"}, helpline.Unavailable},
		"the address refused for good":      {map[string]string{"RCPT": "550 5.1.1 robin@example.org unknown\r\n"}, helpline.Invalid},
		"the mail refused":                  {map[string]string{"DATA": "554 no robin@example.org\r\n"}, helpline.Unavailable},
		"an answer that is none":            {map[string]string{"RCPT": "robin@example.org\r\n"}, helpline.Unavailable},
		"too many answers":                  {map[string]string{"MAIL": "250 ok\r\n250 ok\r\n250 ok\r\n550 robin@example.org\r\n"}, helpline.Unavailable},
		"nothing but control characters":    {map[string]string{"RCPT": "\x00\x01\x1b[2Jrobin\r\n"}, helpline.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRelay(t, c.answers, nil)
			if got := kindOf(t, r.sender(), "robin@example.org"); got != c.want && name != "too many answers" {
				t.Errorf("answered %q, want %q", got, c.want)
			}
		})
	}
}

func TestARelayThatSaysNothingIsGivenUp(t *testing.T) {
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer on.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	s := &smtpSender{relay: on.Addr().String(), from: "rota@example.org", now: time.Now}
	if err := s.Send(ctx, aNotice("robin@example.org")); helpline.KindOf(err) != helpline.Unavailable {
		t.Errorf("answered %v", err)
	}
	if ctx.Err() == nil {
		t.Error("it gave up before its time")
	}
}

func TestPromiseNoHeaderIsInjectedIntoAMail(t *testing.T) {
	r := newRelay(t, nil, nil)
	for _, to := range []string{
		"robin@example.org\r\nBcc: all@example.org", "robin@example.org\nSubject: x", "robin@example.org>\r\nRCPT TO:<all@example.org", "a@b.de\r\n.\r\nMAIL FROM:<x@y.de>",
		"robin@example.org\x00", "robin <robin@example.org>", "robin@example.org, all@example.org", "röbin@example.org",
	} {
		if err := r.sender().Send(t.Context(), aNotice(to)); helpline.KindOf(err) != helpline.Invalid {
			t.Errorf("%q: %v", to, err)
		}
	}
	for name, bend := range map[string]func(*smtpSender, *counsel.Outgoing){
		"subject":  func(_ *smtpSender, n *counsel.Outgoing) { n.Subject = "x\r\nBcc: all@example.org" },
		"language": func(_ *smtpSender, n *counsel.Outgoing) { n.Language = "en\r\nBcc: all@example.org" },
		"sender":   func(s *smtpSender, _ *counsel.Outgoing) { s.from = "rota@example.org>\r\nBcc: <all@example.org" },
	} {
		s, n := r.sender(), aNotice("robin@example.org")
		bend(s, &n)
		if err := s.Send(t.Context(), n); err == nil {
			t.Errorf("a header that ends in the %s is sent", name)
		}
	}
	if len(r.got()) != 0 || strings.Contains(r.inClear(), "all@") {
		t.Errorf("sent: %q", r.got())
	}
}

// FuzzRelay: whatever a relay says, and wherever it stops, a mail is sent or
// there is an error that tells no address; and nothing is taken for sent that
// the relay has not had whole.
func FuzzRelay(f *testing.F) {
	f.Add("220 a|250 b|250 c|250 d|354 e|250 f|221 g")
	f.Add("220-a\r\n220 b|250-AUTH PLAIN\r\n250 STARTTLS|220 x\r\n250 y")
	f.Add("220 a|502 no|250 helo|250 c|550 robin@example.org|")
	f.Add("220 a|250 b|250 c|250 d|354 e|550 robin@example.org\x00\x1b[2J")
	f.Add("220 a|250 b|250 c\r\n250 d\r\n354 e\r\n250 f\r\n221 g")
	f.Add("\x00|999|-1 x|220")
	f.Fuzz(func(t *testing.T, script string) {
		on, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return // after some ten thousand connections a machine has no port left for a while
		}
		defer on.Close()
		heard := make(chan string, 1)
		go func() { // it says all it has to say at once, and then only listens
			conn, err := on.Accept()
			if err != nil {
				heard <- ""
				return
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
			_, _ = io.WriteString(conn, strings.ReplaceAll(script, "|", "\r\n")+"\r\n")
			_ = conn.(*net.TCPConn).CloseWrite()
			text, _ := io.ReadAll(conn)
			heard <- string(text)
		}()
		s := &smtpSender{relay: on.Addr().String(), from: "rota@example.org", now: time.Now}
		err = s.Send(t.Context(), aNotice("robin@example.org"))
		_ = on.Close()
		text := <-heard
		if err != nil {
			if kind := helpline.KindOf(err); kind != helpline.Unavailable && kind != helpline.Invalid {
				t.Errorf("an answer of the relay is a fault of ours: %v", err)
			}
			if said := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(said, "robin") || strings.Contains(said, "example") || strings.Contains(said, "127.0.0.1") {
				t.Errorf("the error tells an address: %s", said)
			}
			return
		}
		if _, mail, _ := strings.Cut(text, "\r\nRCPT TO:<robin@example.org>\r\nDATA\r\n"); !strings.Contains(mail, "\r\n.\r\n") {
			t.Errorf("taken for sent with %q", text)
		}
	})
}
