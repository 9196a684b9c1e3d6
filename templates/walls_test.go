package templates_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"helpline/static"
)

func sources(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob("*.templ")
	if err != nil || len(names) == 0 {
		t.Fatalf("no templates found, error %v", err)
	}
	out := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = string(text)
	}
	return out
}

var unsafe = regexp.MustCompile(`templ\.Raw|SafeURL|SafeCSS|JSUnsafeFuncCall|JSFuncCall|templ\.JSExpression|<style|\sstyle=|\son[a-z]+=|<script[^>]*>[^<]|^script |^css |javascript:`)

func TestNoTemplateHasAWayAroundEscaping(t *testing.T) {
	for name, text := range sources(t) {
		if hit := unsafe.FindString(text); hit != "" {
			t.Errorf("%s: %q", name, hit)
		}
	}
	for _, bad := range []string{"@templ.Raw(x)", `<p style="a">`, `<b onclick={ x }>`, "<script>alert()</script>"} {
		if !unsafe.MatchString(bad) {
			t.Errorf("%q should have been caught", bad)
		}
	}
}

var named = regexp.MustCompile(`(?:static\.Path\(|Styles|Scripts)[^\n]*?"((?:css|js|icon)/[a-z.]+)"`)

func TestEveryAssetThatATemplateNamesExists(t *testing.T) {
	found := 0
	for name, text := range sources(t) {
		for _, hit := range named.FindAllStringSubmatch(text, -1) {
			found++
			if !static.Has(hit[1]) {
				t.Errorf("%s: no asset %s", name, hit[1])
			}
		}
	}
	if found < 2 {
		t.Errorf("only %d assets found in the templates", found)
	}
}

// code are the lines of a template that are Go without a brace.
var code = regexp.MustCompile(`(?m)^\s*(?:case .*|default):$`)

var word = regexp.MustCompile(`>\s*[A-Za-z][a-z]+[^<{}]*<`)

func TestTemplatesHaveNoWordsOfTheirOwn(t *testing.T) {
	for name, text := range sources(t) {
		if hit := word.FindString(code.ReplaceAllString(text, "")); hit != "" {
			t.Errorf("%s: %q belongs into the catalogue", name, hit)
		}
	}
}
