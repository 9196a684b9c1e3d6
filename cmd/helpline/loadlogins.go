package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"helpline/counsel/staff"
)

// loginLine is one member of staff of a running line, for a load test.
type loginLine struct {
	Name string
	Pass staff.Passphrase  // exported, so that printing the line asks it how it is printed
	App  *staff.CodeSecret // of the second factor; nil where none was named
}

// maxLogins bounds the file.
const maxLogins = 1000

// readLogins reads a file of JSON lines with name, passphrase and totp. The
// file holds secrets: nobody but its owner may read it. Errors name the line
// and the field and never what stands there.
func readLogins(file string) (logins []loginLine, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("--logins: %w", err)
	}
	defer f.Close()
	at, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("--logins: %w", err)
	}
	if !at.Mode().IsRegular() || at.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("--logins %s: it holds passphrases and can be read by others: chmod 600 it", file)
	}
	text, err := io.ReadAll(io.LimitReader(f, 1<<20+1))
	if err != nil {
		return nil, fmt.Errorf("--logins: %w", err)
	}
	defer clear(text)
	if len(text) > 1<<20 {
		return nil, fmt.Errorf("--logins %s: over 1 MiB", file)
	}
	names := map[string]int{}
	n := 0
	for line := range bytes.Lines(text) {
		n++
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		l, err := readLogin(line)
		if err == nil && names[l.Name] > 0 {
			err = fmt.Errorf("name: stands on line %d too", names[l.Name])
		}
		if err != nil {
			return nil, fmt.Errorf("--logins %s line %d: %w", file, n, err)
		}
		names[l.Name] = n
		if logins = append(logins, l); len(logins) > maxLogins {
			return nil, fmt.Errorf("--logins %s: over %d lines", file, maxLogins)
		}
	}
	if len(logins) == 0 {
		return nil, fmt.Errorf("--logins %s: it is empty; write one line like {\"name\":\"Robin Bakker\",\"passphrase\":\"...\"} for each counsellor", file)
	}
	return logins, nil
}

// readLogin reads one line strictly: known fields, each once, texts only.
func readLogin(line []byte) (l loginLine, err error) {
	d := json.NewDecoder(bytes.NewReader(line))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return l, fmt.Errorf("it is no JSON object")
	}
	seen := map[string]string{}
	for d.More() {
		key, err := d.Token()
		name, ok := key.(string)
		if err != nil || !ok {
			return l, fmt.Errorf("it is no JSON object")
		}
		if name != "name" && name != "passphrase" && name != "totp" {
			return l, fmt.Errorf("there is a field that is none of name, passphrase and totp")
		}
		if _, twice := seen[name]; twice {
			return l, fmt.Errorf("%s: stands there twice", name)
		}
		value, err := d.Token()
		text, ok := value.(string)
		if err != nil || !ok {
			return l, fmt.Errorf("%s: must be a text in quotes", name)
		}
		seen[name] = text
	}
	if _, err := d.Token(); err != nil || d.More() {
		return l, fmt.Errorf("it is not one whole JSON object")
	}
	for _, name := range []string{"name", "passphrase"} {
		if strings.TrimSpace(seen[name]) == "" || len(seen[name]) > 256 {
			return l, fmt.Errorf("%s: is missing, empty or over 256 bytes", name)
		}
	}
	if secret, given := seen["totp"]; given {
		app, err := staff.ParseCodeSecret(secret)
		if err != nil {
			return l, fmt.Errorf("totp: must be the secret as the page showed it, 32 letters and digits")
		}
		l.App = &app
	}
	l.Name, l.Pass = strings.TrimSpace(seen["name"]), staff.NewPassphrase(seen["passphrase"])
	return l, nil
}
