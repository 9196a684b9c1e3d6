package promise

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"helpline"
)

// mapped lists what the data map names: every table, and every file of its last
// section. SQLite's own logs belong to the tables.
func mapped(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../docs/data-map.md")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range regexp.MustCompile(`(?m)^### (.+)$`).FindAllSubmatch(text, -1) {
		out = append(out, string(m[1]))
	}
	_, files, found := strings.Cut(string(text), "\n## Files\n")
	if !found || len(out) < 15 {
		t.Fatalf("the data map is not read: %d tables", len(out))
	}
	for line := range strings.Lines(files) {
		cell, ok := strings.CutPrefix(line, "| ")
		cell, _, _ = strings.Cut(cell, " |")
		if !ok || cell == "file" || strings.Contains(cell, "-wal") {
			continue
		}
		cell, _, _ = strings.Cut(cell, " (`")
		if name, ok := strings.CutPrefix(cell, "`"); ok { // the first of several stands for all
			cell, _, _ = strings.Cut(name, "`")
		}
		out = append(out, cell)
	}
	return out
}

func TestPromiseACourtIsToldOfEverythingInTheDataMap(t *testing.T) {
	page, err := readCourt()
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]string{}
	for _, k := range page.Kept {
		for _, name := range k.Covers {
			if told[name] != "" {
				t.Errorf("%s stands in %s and in %s", name, told[name], k.ID)
			}
			told[name] = k.ID
		}
	}
	names := mapped(t)
	for _, name := range names {
		if told[name] == "" {
			t.Errorf("docs/data-map.md names %s, and chat/promise/court/court.json tells no visitor of it: add it to `covers` of an entry that says what it is", name)
		}
	}
	for name, id := range told {
		if !slices.Contains(names, name) {
			t.Errorf("%s speaks of %s, which docs/data-map.md does not know", id, name)
		}
	}
}

func TestThePageForACourtIsInEveryLanguageOfVisitors(t *testing.T) {
	page, err := readCourt()
	if err != nil {
		t.Fatal(err)
	}
	all := append(slices.Concat(page.Never, page.Orders), page.Heading, page.Lead, page.Have, page.Who, page.Goes, page.Lack, page.Later, page.Back)
	for _, k := range page.Kept {
		all = append(all, k.What, k.Who, k.Goes)
	}
	for _, texts := range all {
		seen := map[string]bool{}
		for _, l := range []helpline.Locale{"en", "nl", "fr", "de"} {
			if texts[l] == "" || seen[texts[l]] {
				t.Errorf("%s: missing or the same as in another language: %q", l, texts["en"])
			}
			seen[texts[l]] = true
			for _, name := range []string{"{note_days}", "{copy_days}"} {
				if strings.Contains(texts[l], name) != strings.Contains(texts["en"], name) {
					t.Errorf("%s: %s is not where it is in English: %q", l, name, texts[l])
				}
			}
		}
		if texts.In("nl-BE") != texts["nl"] {
			t.Errorf("Flemish readers do not get Dutch: %q", texts.In("nl-BE"))
		}
	}
}

func TestPromiseACourtIsToldThisLinesOwnDays(t *testing.T) {
	for _, l := range helpline.Locales() {
		c, err := CourtFor(l, Days{Note: 41, Copy: 9, Letter: 31, Unanswered: 91, CodeMonths: 13})
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for _, k := range c.Kept {
			all.WriteString(k.ID + " " + k.What + " " + k.Who + " " + k.Goes + "\n")
		}
		if s := all.String(); !strings.Contains(s, " 41 ") || !strings.Contains(s, " 31 ") || !strings.Contains(s, " 91 ") || !strings.Contains(s, " 13 ") || !strings.Contains(s, " 9 ") || strings.ContainsAny(s, "{}") {
			t.Errorf("%s: the days are not this installation's:\n%s", l, s)
		}
		if len(c.Kept) < 6 || len(c.Never) < 4 || len(c.Orders) < 3 || c.Heading == "" || c.Back == "" {
			t.Errorf("%s: the page is not whole: %+v", l, c)
		}
	}
}
