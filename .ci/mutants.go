// Mutants breaks the guarantees of the product one at a time and looks whether
// the test that is named for each of them notices. The list is mutants.txt.
//
//	go run .ci/mutants.go               every mutation; exit 1 unless all are killed
//	go run .ci/mutants.go -only ring    those whose heading, name, file or test has "ring" in it
//	go run .ci/mutants.go -check        no test runs: the list still fits the source, and docs the list
//	go run .ci/mutants.go -doc          print docs/mutations.md
//
// Nothing in the tree is changed: the go command reads a mutated file in place
// of the real one (-overlay), which also keeps the build cache useful.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	table = ".ci/mutants.txt"
	page  = "docs/mutations.md"
	most  = 4 * time.Minute // for one mutation, building included
)

// edit replaces a text that stands exactly once in a file.
type edit struct{ file, before, after string }

// mutant is one guarantee, broken.
type mutant struct {
	line    int    // where it stands in the list
	section string // heading above it
	name    string
	edits   []edit
	in      string // package of the test: ./chat
	test    string // its name, or several joined by |
}

func main() {
	only := flag.String("only", "", "run those whose heading, name, file or test contains this")
	check := flag.Bool("check", false, "only see that the list fits the source and the page the list")
	doc := flag.Bool("doc", false, "print the page")
	jobs := flag.Int("jobs", 1, "how many at once")
	flag.Parse()
	if err := run(*only, *check, *doc, *jobs); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(only string, check, doc bool, jobs int) error {
	text, err := os.ReadFile(table)
	if err != nil {
		return fmt.Errorf("%w (run it from the root of the repository)", err)
	}
	all, err := parse(string(text))
	if err != nil {
		return err
	}
	if doc {
		fmt.Print(describe(all))
		return nil
	}
	if err := fits(all); err != nil {
		return err
	}
	if check {
		have, err := os.ReadFile(page)
		if err != nil || string(have) != describe(all) {
			return fmt.Errorf("%s is not what the list says: run go run .ci/mutants.go -doc > %s", page, page)
		}
		return nil
	}
	all = slices.DeleteFunc(all, func(m mutant) bool { return !m.has(only) })
	if len(all) == 0 {
		return fmt.Errorf("no mutation has %q in its heading, name, file or test", only)
	}
	return try(all, jobs)
}

func (m mutant) has(word string) bool {
	text := m.section + " " + m.name + " " + m.in + " " + m.test
	for _, e := range m.edits {
		text += " " + e.file
	}
	return strings.Contains(strings.ToLower(text), strings.ToLower(word))
}

// parse reads the list: "## heading", "== name", then for each file "file F"
// with lines that begin with - (before) and + (after), "in PACKAGE" and
// "test NAME". Lines that begin with "# " are comments.
func parse(text string) (all []mutant, err error) {
	section := ""
	var m *mutant
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		word, rest, _ := strings.Cut(line, " ")
		bad := func(why string) error { return fmt.Errorf("%s:%d: %s", table, n, why) }
		switch {
		case word == "##":
			section, m = rest, nil
		case line == "" || line[0] == '#':
		case word == "==":
			all = append(all, mutant{line: n, section: section, name: rest})
			m = &all[len(all)-1]
		case m == nil:
			return nil, bad("this line belongs to no mutation")
		case word == "file":
			m.edits = append(m.edits, edit{file: rest})
		case word == "in":
			m.in = rest
		case word == "test":
			m.test = rest
		case len(m.edits) == 0 || line[0] != '-' && line[0] != '+':
			return nil, bad("want file, in, test, or a line that begins with - or +")
		case line[0] == '-':
			m.edits[len(m.edits)-1].before += line[1:] + "\n"
		default:
			m.edits[len(m.edits)-1].after += line[1:] + "\n"
		}
	}
	for i := range all {
		m := &all[i]
		for k := range m.edits {
			m.edits[k].before = strings.TrimSuffix(m.edits[k].before, "\n")
			m.edits[k].after = strings.TrimSuffix(m.edits[k].after, "\n")
		}
		if m.in == "" || m.test == "" || len(m.edits) == 0 || m.section == "" {
			return nil, fmt.Errorf("%s:%d: %q lacks a heading, file, in or test", table, m.line, m.name)
		}
	}
	return all, lines.Err()
}

// apply gives the mutated text of the files of a mutation, by path.
func (m mutant) apply() (map[string]string, error) {
	files := map[string]string{}
	for _, e := range m.edits {
		text, ok := files[e.file]
		if !ok {
			b, err := os.ReadFile(e.file)
			if err != nil {
				return nil, err
			}
			text = string(b)
		}
		switch n := strings.Count(text, e.before); {
		case e.before == "" || e.before == e.after:
			return nil, fmt.Errorf("%s: the mutation changes nothing", e.file)
		case n != 1:
			return nil, fmt.Errorf("text found %d times in %s, want once: %q", n, e.file, e.before)
		}
		files[e.file] = strings.Replace(text, e.before, e.after, 1)
	}
	return files, nil
}

var testName = regexp.MustCompile(`^Test[A-Z][A-Za-z0-9]*$`)

// fits says what of the list does not fit the source any more.
func fits(all []mutant) error {
	var faults []error
	names := map[string]bool{}
	for _, m := range all {
		fault := func(err error) { faults = append(faults, fmt.Errorf("%s:%d: %s: %w", table, m.line, m.name, err)) }
		if names[m.name] {
			fault(errors.New("the name stands there twice"))
		}
		names[m.name] = true
		if _, err := m.apply(); err != nil {
			fault(err)
		}
		for _, t := range strings.Split(m.test, "|") {
			if !testName.MatchString(t) || !stands(m.in, t) {
				fault(fmt.Errorf("there is no test %s in %s", t, m.in))
			}
		}
	}
	return errors.Join(faults...)
}

// stands says whether a package has a test.
func stands(pkg, test string) bool {
	files, _ := filepath.Glob(filepath.Join(pkg, "*_test.go")) // the pattern is a good one
	return slices.ContainsFunc(files, func(f string) bool {
		b, err := os.ReadFile(f)
		return err == nil && bytes.Contains(b, []byte("\nfunc "+test+"(t *testing.T)"))
	})
}

// try runs the mutations and prints what became of each.
func try(all []mutant, jobs int) error {
	began := time.Now()
	if err := green(all); err != nil {
		return err
	}
	work := make(chan mutant)
	var mu sync.Mutex
	bad := 0
	var workers sync.WaitGroup
	for range max(jobs, 1) {
		workers.Go(func() {
			for m := range work {
				start := time.Now()
				verdict, what := m.run()
				mu.Lock()
				if verdict != "killed" {
					bad++
				}
				fmt.Printf("%-15s %-62s %s (%.0f s)\n", verdict, m.name, what, time.Since(start).Seconds())
				mu.Unlock()
			}
		})
	}
	for _, m := range all {
		work <- m
	}
	close(work)
	workers.Wait()
	fmt.Printf("%d mutations, %d killed, %.0f s\n", len(all), len(all)-bad, time.Since(began).Seconds())
	if bad > 0 {
		return fmt.Errorf("%d mutations were not killed", bad)
	}
	return nil
}

// green sees that every named test passes while nothing is broken.
func green(all []mutant) error {
	tests := map[string][]string{}
	for _, m := range all {
		tests[m.in] = append(tests[m.in], strings.Split(m.test, "|")...)
	}
	for pkg, names := range tests {
		slices.Sort(names)
		names = slices.Compact(names)
		r := goTest(pkg, strings.Join(names, "|"), "")
		for _, name := range names {
			if r.passed[name] {
				continue
			}
			return fmt.Errorf("%s in %s is not green before anything is broken:\n%s", name, pkg, r.output)
		}
	}
	return nil
}

// run breaks the guarantee and runs its test.
func (m mutant) run() (verdict, what string) {
	files, err := m.apply()
	if err != nil {
		return "TEXT NOT FOUND", err.Error()
	}
	dir, err := os.MkdirTemp("", "mutant-")
	if err != nil {
		return "NOT RUN", err.Error()
	}
	defer os.RemoveAll(dir)
	overlay, err := replace(dir, files)
	if err != nil {
		return "NOT RUN", err.Error()
	}
	r := goTest(m.in, m.test, overlay)
	switch {
	case r.timeout:
		return "NOT RUN", fmt.Sprintf("not done in %v", most)
	case !r.built:
		return "DOES NOT BUILD", "\n" + r.output
	case len(r.failed) > 0:
		return "killed", "by " + strings.Join(r.failed, ", ")
	}
	return "SURVIVED", m.test
}

// replace writes the mutated files and the overlay that names them.
func replace(dir string, files map[string]string) (string, error) {
	var o struct{ Replace map[string]string }
	o.Replace = map[string]string{}
	for name, text := range files {
		real, err := filepath.Abs(name)
		if err != nil {
			return "", err
		}
		to := filepath.Join(dir, fmt.Sprintf("%d-%s", len(o.Replace), filepath.Base(name)))
		if err := os.WriteFile(to, []byte(text), 0o600); err != nil {
			return "", err
		}
		o.Replace[real] = to
	}
	b, err := json.Marshal(o)
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, b, 0o600)
}

// result is what a run of some tests came to.
type result struct {
	built, timeout bool
	passed         map[string]bool
	failed         []string // top-level tests, in the order in which they failed
	output         string
}

// goTest runs tests of a package. The overlay goes in by the environment, so
// that a test which builds the program builds the broken one.
func goTest(pkg, names, overlay string) result {
	ctx, cancel := context.WithTimeout(context.Background(), most)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "test", "-json", "-count=1", "-timeout=150s", "-run=^("+names+")$", pkg)
	cmd.Env = os.Environ()
	if overlay != "" {
		cmd.Env = append(cmd.Env, "GOFLAGS="+strings.TrimSpace(os.Getenv("GOFLAGS")+" -overlay="+overlay))
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output() // what failed stands in the output
	r := result{built: true, timeout: ctx.Err() != nil, passed: map[string]bool{}}
	started := []string{}
	for _, line := range bytes.Split(out, []byte("\n")) {
		var e struct{ Action, Test, Output string }
		if json.Unmarshal(line, &e) != nil {
			continue
		}
		r.output += e.Output
		top := e.Test != "" && !strings.Contains(e.Test, "/")
		switch {
		case e.Action == "build-fail":
			r.built = false
		case top && e.Action == "run":
			started = append(started, e.Test)
		case top && e.Action == "pass":
			r.passed[e.Test] = true
		case top && e.Action == "fail":
			r.failed = append(r.failed, e.Test)
		}
	}
	r.output += stderr.String()
	if len(started) == 0 {
		r.built = false // not even one test has run
	}
	if err != nil && r.built { // what was running when the program crashed has failed, too
		for _, t := range started {
			if !r.passed[t] && !slices.Contains(r.failed, t) {
				r.failed = append(r.failed, t)
			}
		}
	}
	return r
}

// describe is the page.
func describe(all []mutant) string {
	var b strings.Builder
	b.WriteString(`# What breaks when a guarantee is broken

A promise is worth what its test is worth. ` + "`make mutants`" + ` breaks the source on purpose, once for each line below, and runs
the test that must notice. A line whose test stays green is a hole, and the command fails. So does a line whose piece of source
is not there any more: ` + "`make check`" + ` looks for that without running anything.

This page is made from ` + "`.ci/mutants.txt`" + `, which has the change itself: ` + "`go run .ci/mutants.go -doc > docs/mutations.md`" + `.
`)
	section := ""
	for _, m := range all {
		if m.section != section {
			section = m.section
			fmt.Fprintf(&b, "\n## %s\n\n| broken on purpose | in | the test that fails |\n|---|---|---|\n", section)
		}
		var files []string
		for _, e := range m.edits {
			if !slices.Contains(files, e.file) {
				files = append(files, e.file)
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %s in %s |\n", m.name, strings.Join(files, ", "), strings.ReplaceAll(m.test, "|", " or "), strings.TrimPrefix(m.in, "./"))
	}
	fmt.Fprintf(&b, "\n%d mutations.\n", len(all))
	return b.String()
}
