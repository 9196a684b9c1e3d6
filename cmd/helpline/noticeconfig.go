package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpline/counsel"
)

// noticeWays is what is configured of notices; the zero value has none, and they
// are off.
type noticeWays struct {
	Relay    string   // host:port of the mail relay; empty: no mail
	Implicit bool     // TLS from the first byte
	From     string   // sender of mails
	Auth     string   // file with the login of the relay
	Command  []string // argv; empty: no command
	Webhook  string   // empty: none
	Bearer   string   // file with the word for the webhook
	Address  bool     // the webhook is told the address, and no word that stands for the person
	NoLink   bool     // notices carry no link to the staff's pages
}

func (w noticeWays) on() bool { return w.Relay != "" || len(w.Command) > 0 || w.Webhook != "" }

// noticeSettings are the part of the table of settings on notices.
var noticeSettings = []setting{
	{"notice_smtp", "mail relay for notices to staff: smtp://127.0.0.1:25, smtp://mail.example.org:587 (STARTTLS) or smtps://mail.example.org:465; empty: no mail", "", false, false, setRelay},
	{"notice_from", "sender of these mails, a dull one, such as rota@example.org", "", false, false, func(c *config, v string) error {
		if v != "" && counsel.ByMail.Check(counsel.NewAddress(v)) != nil {
			return errors.New("must be one plain mail address, such as rota@example.org")
		}
		c.Notices.From = v
		return nil
	}},
	{"notice_smtp_login", "file with the relay's login: the name on its first line, the password on its second", "", false, false, func(c *config, v string) error {
		return setFile(&c.Notices.Auth, v)
	}},
	{"notice_command", "program that sends notices, with its arguments, such as [\"/usr/local/bin/tell\", \"--pager\"]; it reads one line of JSON; empty: none", "", true, false, func(c *config, v string) error {
		c.Notices.Command = words(v)
		if len(c.Notices.Command) > 0 && !filepath.IsAbs(c.Notices.Command[0]) {
			return errors.New("must begin with the whole path of a program, such as /usr/local/bin/tell")
		}
		return nil
	}},
	{"notice_webhook", "address that notices are posted to, beginning with https://, or on this machine; empty: none", "", false, false, setWebhook},
	{"notice_webhook_to", "what the webhook is told of a person: word (says nothing, always the same) or address", "word", false, false, func(c *config, v string) error {
		c.Notices.Address = v == "address"
		if v != "address" && v != "word" {
			return errors.New("must be word or address")
		}
		return nil
	}},
	{"notice_webhook_login", "file with the word that the webhook asks for (Authorization: Bearer)", "", false, false, func(c *config, v string) error {
		return setFile(&c.Notices.Bearer, v)
	}},
	{"notice_link", "whether notices carry a link to the staff's pages: yes, or no where their name says too much", "yes", false, false, func(c *config, v string) error {
		c.Notices.NoLink = v == "no"
		if v != "yes" && v != "no" {
			return errors.New("must be yes or no")
		}
		return nil
	}},
}

func setFile(to *string, v string) error {
	if v != "" && !filepath.IsAbs(v) {
		return errors.New("must be the whole path of a file")
	}
	*to = v
	return nil
}

func setRelay(c *config, v string) error {
	c.Notices.Relay, c.Notices.Implicit = "", false
	if v == "" {
		return nil
	}
	bad := errors.New("must be like smtp://127.0.0.1:25, smtp://mail.example.org:587 or smtps://mail.example.org:465")
	u, err := url.Parse(v)
	if err != nil || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return bad
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil || port < 1 || port > 65535 || !plainHost(u.Hostname()) {
		return bad
	}
	c.Notices.Relay, c.Notices.Implicit = net.JoinHostPort(u.Hostname(), u.Port()), u.Scheme == "smtps"
	return nil
}

func plainHost(host string) bool {
	return host != "" && !strings.ContainsFunc(host, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-.:", r)
	})
}

func setWebhook(c *config, v string) error {
	c.Notices.Webhook = ""
	if v == "" {
		return nil
	}
	u, err := url.Parse(v)
	if err != nil || u.User != nil || u.Fragment != "" || !plainHost(u.Hostname()) || u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) {
		return errors.New("must be a whole address that begins with https://, or with http:// on this machine, without a name or password in it")
	}
	c.Notices.Webhook = v
	return nil
}

// wrongNotices checks what the settings of notices can only see together.
func (c config) wrongNotices() []error {
	var faults []error
	w := c.Notices
	if (w.Relay == "") != (w.From == "") {
		faults = append(faults, errors.New("notice_smtp and notice_from belong together: set both, or neither when no mail goes out"))
	}
	if w.Auth != "" && w.Relay == "" {
		faults = append(faults, errors.New("notice_smtp_login is set and notice_smtp is not"))
	}
	if w.Bearer != "" && w.Webhook == "" {
		faults = append(faults, errors.New("notice_webhook_login is set and notice_webhook is not"))
	}
	return faults
}

// secretText is a secret of the configuration. It cannot be printed.
type secretText string

const hiddenText = "[secret]"

func (s secretText) reveal() string { return string(s) }

// Format hides it from every verb of fmt.
func (secretText) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, hiddenText) }

// LogValue hides it.
func (secretText) LogValue() slog.Value { return slog.StringValue(hiddenText) }

// MarshalText hides it from encoders.
func (secretText) MarshalText() ([]byte, error) { return []byte(hiddenText), nil }

// readSecret gives the lines of a file that only the line's account can read.
func readSecret(key, path string, lines int) ([]secretText, error) {
	at, err := os.Stat(path)
	if err != nil {
		return nil, configError{fmt.Errorf("%s: %w", key, err)}
	}
	if at.Mode().Perm()&0o007 != 0 {
		return nil, configError{fmt.Errorf("%s: every account of this machine can read %s: chmod o-rwx it, and change what stands in it", key, path)}
	}
	if at.Size() > 4<<10 {
		return nil, configError{fmt.Errorf("%s: %s is too long to be what it should be", key, path)}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, configError{fmt.Errorf("%s: %w", key, err)}
	}
	var out []secretText
	for line := range strings.Lines(string(text)) {
		out = append(out, secretText(strings.TrimRight(line, "\r\n")))
	}
	out = slices.DeleteFunc(out, func(s secretText) bool { return s == "" })
	if len(out) != lines {
		return nil, configError{fmt.Errorf("%s: %s must have %d lines", key, path, lines)}
	}
	return out, nil
}

// senders are the ways that are configured.
func (w noticeWays) senders() (map[counsel.NoticeWay]counsel.Sender, error) {
	out := map[counsel.NoticeWay]counsel.Sender{}
	if w.Relay != "" {
		s := &smtpSender{relay: w.Relay, implicit: w.Implicit, from: w.From, now: time.Now}
		if w.Auth != "" {
			login, err := readSecret("notice_smtp_login", w.Auth, 2)
			if err != nil {
				return nil, err
			}
			s.name, s.secret = login[0].reveal(), login[1]
		}
		out[counsel.ByMail] = s
	}
	if len(w.Command) > 0 {
		out[counsel.ByCommand] = &commandSender{argv: w.Command}
	}
	if w.Webhook != "" {
		var bearer secretText
		if w.Bearer != "" {
			word, err := readSecret("notice_webhook_login", w.Bearer, 1)
			if err != nil {
				return nil, err
			}
			bearer = word[0]
		}
		out[counsel.ByWebhook] = newWebhook(w.Webhook, bearer, nil)
	}
	return out, nil
}
