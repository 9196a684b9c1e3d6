package templates

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	formTag = regexp.MustCompile(`(?s)<form\b(.*?)>\n`)
	// secretField is a field in which somebody types a code, a passphrase or words
	// of their own that nobody may find in an address.
	secretField = regexp.MustCompile(`(?i)<(?:input|textarea)\b[^>]*(?:type="password"|(?:id|name)="[^"]*(?:code|typed|pass|digits|token|secret|share)[^"]*")`)
	sentField   = regexp.MustCompile(`<(?:input|textarea|select)\b[^>]*\bname=`)
	sending     = regexp.MustCompile(`\bmethod="(\w+)"`)
)

// formFaults says which forms of a template put what is typed into an address,
// where no script is there to hinder it. Without a method a form is sent as GET.
func formFaults(source string) (out []string, codes int) {
	for _, at := range formTag.FindAllStringSubmatchIndex(source, -1) {
		tag, rest := source[at[2]:at[3]], source[at[1]:]
		inside, _, _ := strings.Cut(rest, "</form>")
		method := "get"
		if m := sending.FindStringSubmatch(tag); m != nil {
			method = strings.ToLower(m[1])
		}
		code := secretField.MatchString(inside)
		if code {
			codes++
		}
		if code && method != "post" && (method != "dialog" || sentField.MatchString(inside)) {
			out = append(out, strings.TrimSpace(tag))
		}
	}
	return out, codes
}

// TestPromiseNoCodeEverStandsInAnAddress: a form with a code, a passphrase or a
// share is posted, or sends nothing at all, on every page of visitors and staff.
// Addresses stay in the history of browsers and in the logs of what stands before.
func TestPromiseNoCodeEverStandsInAnAddress(t *testing.T) {
	files, err := filepath.Glob("*.templ")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d templates, %v", len(files), err)
	}
	codes := 0
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		faults, n := formFaults(string(source))
		codes += n
		for _, tag := range faults {
			t.Errorf("%s: a form with a code is not posted: <form %s>", name, tag)
		}
	}
	if codes < 8 {
		t.Errorf("only %d forms with a code were seen", codes)
	}
	for source, bad := range map[string]bool{
		"<form class=\"x\">\n<input name=\"code\">\n</form>":                     true,
		"<form method=\"get\" action={ a }>\n<input id=\"mycode\">\n</form>":     true,
		"<form method=\"dialog\">\n<input id=\"code\" name=\"code\">\n</form>":   true,
		"<form method=\"dialog\">\n<input id=\"code\">\n</form>":                 false,
		"<form method=\"post\">\n<input type=\"password\" name=\"p\">\n</form>":  false,
		"<form>\n<input name=\"region\">\n</form>\n<p><input name=\"code\"></p>": false,
	} {
		if got, _ := formFaults(source); (len(got) > 0) != bad {
			t.Errorf("%q: faults %q", source, got)
		}
	}
}
