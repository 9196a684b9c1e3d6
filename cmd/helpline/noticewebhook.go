package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"time"

	"helpline"
	"helpline/counsel"
)

// webhookSender posts notices to one address of the configuration: over https,
// or on this machine. It follows no redirect and uses no proxy of the
// environment: the notice goes there or nowhere.
type webhookSender struct {
	url    string
	bearer secretText // of the header Authorization; empty: none
	asker  *http.Client
}

// newWebhook is a sender to an address that the configuration has weighed; nil
// roots are the system's.
func newWebhook(url string, bearer secretText, roots *x509.CertPool) *webhookSender {
	return &webhookSender{url: url, bearer: bearer, asker: &http.Client{
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}, TLSHandshakeTimeout: 10 * time.Second,
			DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: 16 << 10,
		},
	}}
}

// Send posts one.
func (s *webhookSender) Send(ctx context.Context, n counsel.Outgoing) error {
	line, err := lineOfNotice(n)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(line))
	if err != nil {
		return helpline.Errorf(helpline.Internal, "send a notice: the webhook has no address")
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", n.ID.String())
	r.Header.Set("User-Agent", "notices")
	if s.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+s.bearer.reveal())
	}
	answer, err := s.asker.Do(r)
	if err != nil { // its text has the address of the webhook
		return helpline.Errorf(helpline.Unavailable, "send a notice: the webhook does not answer")
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 4<<10)) // nobody reads it
	switch {
	case answer.StatusCode/100 == 2:
		return nil
	case answer.StatusCode == http.StatusGone || answer.StatusCode == http.StatusUnprocessableEntity:
		return helpline.Errorf(helpline.Invalid, "send a notice: the webhook says that there is no such address")
	}
	return helpline.Errorf(helpline.Unavailable, "send a notice: the webhook did not take it")
}

// Format hides it: a field that is not exported is printed without asking it.
func (*webhookSender) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, hiddenText) }
