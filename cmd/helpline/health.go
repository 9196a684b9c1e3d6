package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// healthCommand asks the line that runs on this machine. For supervision by
// systemd, containers and scripts.
type healthCommand struct {
	settingFlags
}

// Run ends without an error when the line is ready.
func (h healthCommand) Run(ctx context.Context, p *place) error {
	c, err := h.load(p.env)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	scheme := "http://"
	if c.Cert != "" {
		scheme = "https://"
	}
	name, _, _ := strings.Cut(c.VisitorHost, ":")
	asker := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{ServerName: name}, DisableKeepAlives: true}}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+c.Listen+"/healthz", nil)
	if err != nil {
		return fmt.Errorf("ask %s: %w", c.Listen, err)
	}
	r.Host = c.VisitorHost
	answer, err := asker.Do(r)
	if err != nil {
		return fmt.Errorf("no answer on %s: %w", c.Listen, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return errors.New("the line is starting or stopping; ask again in a moment")
	}
	_, err = fmt.Fprintln(p.out, "ready")
	return err
}
