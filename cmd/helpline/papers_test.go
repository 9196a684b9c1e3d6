package main

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// home is the root of the repository.
var home = filepath.Join("..", "..")

// proofs are the names by which the threat model may call a proof: functions of
// Go tests, and the sentences of journeys.
func proofs(t *testing.T) (tests map[string]bool, journeys []string) {
	t.Helper()
	tests = map[string]bool{}
	function := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	sentence := regexp.MustCompile("(?m)^\\s*journey\\((?:'((?:[^'\\\\]|\\\\.)*)'|\"([^\"]*)\"|`([^`]*)`)")
	err := filepath.WalkDir(home, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() == "node_modules" {
			return cmp.Or(err, fs.SkipDir)
		}
		goTest, journey := strings.HasSuffix(p, "_test.go"), strings.HasSuffix(p, ".test.mjs")
		if !goTest && !journey {
			return nil
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		for _, m := range function.FindAllSubmatch(text, -1) {
			tests[string(m[1])] = true
		}
		for _, m := range sentence.FindAllStringSubmatch(string(text), -1) {
			journeys = append(journeys, strings.ReplaceAll(m[1]+m[2]+m[3], `\'`, `'`))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(tests) < 300 || len(journeys) < 50 {
		t.Fatalf("found %d tests and %d journeys: the test looks at the wrong files", len(tests), len(journeys))
	}
	return tests, journeys
}

// byHand is a proof that is run by hand.
var byHand = regexp.MustCompile("`make [a-z]+`")

func TestEveryPromiseOfTheThreatModelNamesAProofThatExists(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(home, "docs", "threat-model.md"))
	if err != nil {
		t.Fatal(err)
	}
	tests, journeys := proofs(t)
	named := regexp.MustCompile("`((?:Test|Fuzz)\\w+)`")
	quoted := regexp.MustCompile(`journeys? "([^"]+)"`)
	rows, inside := 0, ""
	for line := range strings.Lines(string(text)) {
		if heading, ok := strings.CutPrefix(line, "### "); ok {
			inside = strings.TrimSpace(heading)
		}
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| promise") {
			continue
		}
		rows++
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		held := cells[len(cells)-1]
		good := len(byHand.FindAllString(held, -1))
		for _, m := range named.FindAllStringSubmatch(held, -1) {
			if !tests[m[1]] {
				t.Errorf("%s: there is no test %s", inside, m[1])
			}
			good++
		}
		for _, m := range quoted.FindAllStringSubmatch(held, -1) {
			if !begins(journeys, m[1]) {
				t.Errorf("%s: no journey begins with %q", inside, m[1])
			}
			good++
		}
		if good == 0 {
			t.Errorf("%s: nothing that exists is named for: %.90s", inside, cells[0])
		}
	}
	if rows < 30 {
		t.Errorf("only %d promises were read", rows)
	}
}

func begins(all []string, with string) bool {
	for _, one := range all {
		if strings.HasPrefix(one, strings.TrimSuffix(with, " ...")) {
			return true
		}
	}
	return false
}
