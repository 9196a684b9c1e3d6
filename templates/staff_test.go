package templates

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"helpline/templates/i18n"
)

// sources reads every file that matches, by name.
func sources(t *testing.T, pattern string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(names), err)
	}
	out := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(name)] = string(text)
	}
	return out
}

func TestTheListOfKeysIsWhatTheScriptActsOn(t *testing.T) {
	script := sources(t, "../static/js/keys.js")["keys.js"]
	acts := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^  ([A-Z]): '(\w+)',$`).FindAllStringSubmatch(script, -1) {
		acts["Alt + "+m[1]] = m[2]
	}
	listed := map[string]string{}
	for _, k := range deskKeys {
		if strings.HasPrefix(k.Key, "Alt") {
			listed[k.Key] = k.Word
		}
	}
	if len(acts) == 0 || len(acts) != len(listed) {
		t.Errorf("the script acts on %d combinations, the list has %d", len(acts), len(listed))
	}
	for key, word := range listed {
		if acts[key] != word {
			t.Errorf("%s is listed as %q and does %q", key, word, acts[key])
		}
	}
}

// A key in quotes that ends in a dot, or is cut off by a ${, is a beginning.
var (
	inScript   = regexp.MustCompile("['`]((?:desk\\.js|board\\.js|staff\\.door|staff\\.locale)\\.[\\w.-]*)(['`$])")
	inTemplate = regexp.MustCompile(`Words\.T\("([\w.-]+)"`)
)

func TestEveryWordTheStaffsPagesAskForExists(t *testing.T) {
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	words := c.In("nl")
	asked := 0
	check := func(file, key string, beginning bool) {
		asked++
		if beginning || strings.HasSuffix(key, ".") {
			if len(words.Under(key)) == 0 {
				t.Errorf("%s: no word begins with %q", file, key)
			}
		} else if !words.Has(key) {
			t.Errorf("%s: no word %q", file, key)
		}
	}
	for _, name := range []string{"desk", "board", "conversation", "referral", "continuity", "note", "unlock"} {
		file := name + ".js"
		for _, m := range inScript.FindAllStringSubmatch(sources(t, "../static/js/"+file)[file], -1) {
			check(file, m[1], m[2] == "$")
		}
	}
	for _, name := range []string{"staff", "login", "desk", "board", "note", "me", "shifts", "people", "sheet"} {
		file := name + ".templ"
		for _, m := range inTemplate.FindAllStringSubmatch(sources(t, file)[file], -1) {
			check(file, m[1], false)
		}
	}
	if asked < 150 {
		t.Errorf("only %d words were found: the search is broken", asked)
	}
}

func TestEveryStaffWordIsUsed(t *testing.T) {
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, pattern := range []string{"*.templ", "../static/js/*.js", "../counsel/console/*.go"} {
		for _, text := range sources(t, pattern) {
			all.WriteString(text)
		}
	}
	for _, prefix := range []string{"desk.js.", "desk.", "board.", "login.title", "people.", "note.js.", "notes.", "unlock.", "words.", "me.", "shifts.", "person.", "sheet."} {
		for _, key := range c.In("en").Under(prefix) {
			tail := key[strings.LastIndex(key, ".")+1:]
			head := strings.TrimSuffix(key, tail)
			// Named whole, or put together from a beginning and an end.
			whole := strings.Contains(all.String(), `"`+key+`"`) || strings.Contains(all.String(), "'"+key+"'")
			together := strings.Contains(all.String(), head+"${") || (!strings.Contains(key, ".js.") && strings.Contains(all.String(), head+`"`))
			if !whole && !together {
				t.Errorf("%s: nobody asks for it", key)
			}
		}
	}
}
