package templates

import (
	"regexp"
	"strings"
	"testing"

	"helpline/templates/i18n"
)

func TestAnAddressInALetterDoesNotEndTheLetter(t *testing.T) {
	var b strings.Builder
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := Staff{Shell: Shell{Words: words.In("en")}}
	if err := pieces(s, []Piece{{Text: "before "}, {Text: "https://away.example/", Hidden: true}, {Text: " after"}}).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	before, after, veiled := strings.Cut(b.String(), "<details")
	if !veiled || !strings.Contains(before, "before ") || !strings.Contains(after, " after") {
		t.Fatalf("the letter is %s", b.String())
	}
	// A browser closes an open paragraph where a details element begins.
	if opened := len(regexp.MustCompile(`<p[ >]`).FindAllString(before, -1)); opened != strings.Count(before, "</p>") {
		t.Errorf("the veil stands in a paragraph: %s", before)
	}
}
