package static_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"helpline/static"
)

func get(method, path, accept string) *http.Response {
	r := httptest.NewRequest(method, path, nil)
	r.Header.Set("Accept-Encoding", accept)
	w := httptest.NewRecorder()
	static.ServeHTTP(w, r)
	return w.Result()
}

func TestAnAssetIsKeptForGoodUnderItsHash(t *testing.T) {
	resp := get("GET", static.Path("css/app.css"), "br, gzip")
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("status %d", resp.StatusCode)
	}
	for header, want := range map[string]string{
		"Content-Type":     "text/css; charset=utf-8",
		"Cache-Control":    "public, max-age=31536000, immutable",
		"Content-Encoding": "gzip",
		"Vary":             "Accept-Encoding",
	} {
		if got := resp.Header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	z, err := gzip.NewReader(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	zipped, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(get("GET", static.Path("css/app.css"), "").Body)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(plain, zipped) || len(plain) < 1000 {
		t.Error("the compressed style is not the plain one")
	}
}

func TestNothingElseIsServed(t *testing.T) {
	for name, path := range map[string]string{
		"a file there is not":     static.Path("css/none.css"),
		"a folder":                static.Path("css"),
		"the folder above":        static.Path("../static.go"),
		"another build's hash":    static.Prefix + "0123456789abcdef/css/app.css",
		"no hash":                 static.Prefix + "css/app.css",
		"the source of the shelf": static.Path("static.go"),
	} {
		t.Run(name, func(t *testing.T) {
			if got := get("GET", path, "").StatusCode; got != http.StatusNotFound {
				t.Errorf("status %d", got)
			}
		})
	}
}

func TestHeadHasNoBody(t *testing.T) {
	body, err := io.ReadAll(get("HEAD", static.Path("icon/square.svg"), "").Body)
	if err != nil || len(body) != 0 {
		t.Errorf("body of %d bytes, error %v", len(body), err)
	}
}

func TestSlimTakesOnlyCommentsAndIndentation(t *testing.T) {
	for _, tc := range []struct{ name, ext, in, want string }{
		{"a line comment", ".js", "// why\nlet a = 1; // stays\n", "let a = 1; // stays\n"},
		{"a block comment", ".js", "/**\n * why\n */\nlet a = 1;\n", "let a = 1;\n"},
		{"a comment before code stays", ".js", "/** @type {A} */ (b)\n", "/** @type {A} */ (b)\n"},
		{"a style has no line comments", ".css", "a { b: url(//c) }\n//d\n", "a { b: url(//c) }\n//d\n"},
		{"indentation and empty lines", ".css", "a {\n\n  b: c;\n}\n", "a {\nb: c;\n}\n"},
		{"other files are left alone", ".svg", "  <svg/>\n", "  <svg/>\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := string(static.Slim(tc.ext, []byte(tc.in))); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// Slim may only do what it does because of this.
func TestNoTextInAScriptRunsOverSeveralLines(t *testing.T) {
	names, err := filepath.Glob("js/*.js")
	if err != nil || len(names) == 0 {
		t.Fatalf("no scripts found, error %v", err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range strings.Lines(string(text)) {
			n++
			trimmed := strings.TrimSpace(line)
			if strings.HasPrefix(trimmed, "//") || strings.HasPrefix(trimmed, "*") {
				continue
			}
			if strings.Count(line, "`")%2 != 0 {
				t.Errorf("%s:%d: a template literal over several lines", name, n)
			}
			if strings.Contains(line, "*/") && strings.HasPrefix(trimmed, "*") && !strings.HasSuffix(trimmed, "*/") {
				t.Errorf("%s:%d: code behind the end of a comment", name, n)
			}
		}
	}
}

// The pages' scripts may only ever make text nodes, and keep no text.
func TestScriptsUseNoMarkupSinkAndNoLastingStorage(t *testing.T) {
	names, err := filepath.Glob("js/*.js")
	if err != nil || len(names) == 0 {
		t.Fatalf("no scripts found, error %v", err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "localStorage", "indexedDB", "caches.", "setAttribute('style'", "createContextualFragment", "console."} {
			if bytes.Contains(text, []byte(bad)) {
				t.Errorf("%s: uses %s", name, bad)
			}
		}
	}
}
