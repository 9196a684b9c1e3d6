package main

import (
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"helpline/static"
)

// setTitle accepts what may stand in a tab: short, and nothing that counts. A
// title that changes or counts tells whoever looks at the screen.
func setTitle(c *config, v string) error {
	if v != strings.TrimSpace(v) || len(v) > 40 || strings.ContainsFunc(v, func(r rune) bool {
		return !unicode.IsPrint(r) || r == utf8.RuneError || unicode.IsDigit(r)
	}) {
		return errors.New("must be at most 40 bytes of one line that can be seen, without digits, or empty")
	}
	c.Line.Title = v
	return nil
}

// setIcon accepts the icons that are built in: each of them says nothing.
func setIcon(c *config, v string) error {
	icons := static.Icons()
	if !slices.Contains(icons, v) {
		return errors.New("must be one of " + strings.Join(icons, ", "))
	}
	c.Line.Icon = v
	return nil
}

func setIdentity(c *config, v string) error {
	if v != "yes" && v != "no" {
		return errors.New("must be yes or no")
	}
	c.Line.IdentityWord = v == "yes"
	return nil
}
