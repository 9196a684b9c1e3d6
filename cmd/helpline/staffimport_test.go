package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel/staff"
	"helpline/store"
)

const threePeople = "\xef\xbb\xbfname;alias;roles;languages;doors;chats\r\n" +
	"Kim Visser;Kestrel;counsellor, leader;nl;self, young;2\r\n" +
	"\"Robin de Vries\";;operator;;;\r\n" +
	"Zoë Jansen;;reviewer;en;;\r\n"

// list writes a list of people for one test.
func list(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// everybody are the names a line knows.
func everybody(t *testing.T, dir string) (names []string) {
	t.Helper()
	db, err := store.Open(t.Context(), dir, store.Options{Beside: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	all, err := db.People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		names = append(names, p.Name)
	}
	return names
}

func TestAnImportIsLookedAtFirstAndThenInvitesEverybody(t *testing.T) {
	t.Parallel()
	file, dir, _ := founded(t)
	people := list(t, threePeople)
	sheets := filepath.Join(t.TempDir(), "sheets")
	for _, look := range [][]string{{}, {"--dry-run", "--sheets", sheets}} {
		out := wantRun(t, exitDone, "3 people would be invited", append([]string{"staff", "import", people, "--config", file}, look...)...)
		if !strings.Contains(out, "line 2: Kim Visser, visitors see Kestrel: counsellor leader; nl; self young; 2 at once") || !strings.Contains(out, "Nothing was changed") {
			t.Errorf("looking says %s", out)
		}
		if got := everybody(t, dir); len(got) != 1 {
			t.Errorf("looking has changed the people: %q", got)
		}
		if _, err := os.Stat(sheets); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("looking has made the folder: %v", err)
		}
	}
	w := begin(t, `listen (127\.0\.0\.1:\d+)\n`, "serve", "--config", file) // it works beside the running line
	out := wantRun(t, exitDone, "3 people are invited", "staff", "import", people, "--sheets", sheets, "--ask", "Anna Vermeer", "--config", file)
	if strings.Contains(out, "/join/") {
		t.Errorf("the links stand in the output: %s", out)
	}
	at, err := os.Stat(sheets)
	if err != nil || at.Mode().Perm() != 0o700 {
		t.Errorf("the folder is %v, %v", at.Mode(), err)
	}
	wants := map[string][]string{
		"001-Kim-Visser.html":     {`lang="nl"`, "Dit blad is alleen voor Kim Visser", "Vraag het Anna Vermeer"},
		"002-Robin-de-Vries.html": {`lang="en"`, "This sheet is for Robin de Vries alone", "ask Anna Vermeer"},
		"003-Zoë-Jansen.html":     {`lang="en"`, "72 hours"},
		"sheet.css":               {".sheet"},
	}
	in, err := os.ReadDir(sheets)
	if err != nil || len(in) != len(wants) {
		t.Errorf("the folder has %v, %v", in, err)
	}
	link := regexp.MustCompile(`https://desk\.example(/join/[\w-]{22})`)
	joins := map[string]string{}
	for name, says := range wants {
		text, err := os.ReadFile(filepath.Join(sheets, name))
		if err != nil {
			t.Fatal(err)
		}
		if at, err := os.Stat(filepath.Join(sheets, name)); err != nil || at.Mode().Perm() != 0o600 {
			t.Errorf("%s is %v, %v", name, at.Mode(), err)
		}
		for _, want := range says {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s has no %q: %s", name, want, text)
			}
		}
		if found := link.FindAllStringSubmatch(string(text), -1); len(found) == 1 {
			joins[name] = found[0][1]
		}
		if hit := regexp.MustCompile(`(?i)<script|https?://[^d]|style=`).FindString(string(text)); hit != "" && name != "sheet.css" {
			t.Errorf("%s has %q", name, hit)
		}
	}
	if len(joins) != 3 {
		t.Fatalf("%d sheets have one link", len(joins))
	}
	kim := w.browser("desk.example", "https://desk.example")
	kim.join(joins["001-Kim-Visser.html"], "Kestrel")
	if answer, _ := w.browser("desk.example", "https://desk.example").get(joins["001-Kim-Visser.html"]); answer.StatusCode != 404 {
		t.Errorf("the link works twice: %d", answer.StatusCode)
	}
	table := wantRun(t, exitDone, "Kestrel", "staff", "list", "--config", file)
	for _, want := range []string{`Kim Visser +Kestrel +counsellor leader +en nl +active`, `Robin de Vries +Robin +operator +.*invited, 72 h left`} {
		if !regexp.MustCompile(want).MatchString(table) {
			t.Errorf("the table has no %s: %s", want, table)
		}
	}
	wantRun(t, exitDone, "Zoë Jansen,Zoë,reviewer,en,", "staff", "list", "--csv", "--config", file)
	wantRun(t, exitDone, "withdrawn", "staff", "withdraw", "Robin de Vries", "--config", file)
	if answer, _ := w.browser("desk.example", "https://desk.example").get(joins["002-Robin-de-Vries.html"]); answer.StatusCode != 404 {
		t.Errorf("a withdrawn invitation was answered %d", answer.StatusCode)
	}
	wantRun(t, exitFailed, "on the page People", "staff", "withdraw", "Kim Visser", "--config", file)
}

func TestAnImportThatCannotBeWholeChangesNothing(t *testing.T) {
	t.Parallel()
	file, dir, _ := founded(t)
	people := list(t, threePeople)
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "letter.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	demo := t.TempDir()
	if err := os.WriteFile(filepath.Join(demo, demoMark), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	fresh := filepath.Join(t.TempDir(), "sheets")
	for name, c := range map[string]struct {
		text, sheets string
		code         int
		says         string
	}{
		"a role nobody knows":          {threePeople + "Bo;;boss;;;\r\n", fresh, exitFailed, `line 5, roles: there is no "boss"`},
		"a name that is there already": {threePeople + "anna  VERMEER;;operator;;;\r\n", fresh, exitFailed, "line 5, name: somebody of this name is there already"},
		"a folder that is not empty":   {threePeople, full, exitUsage, "is not empty"},
		"a folder in the data folder":  {threePeople, filepath.Join(dir, "sheets"), exitUsage, "is in the data folder"},
		"the data folder itself":       {threePeople, dir, exitUsage, "is in the data folder"},
		"a file in its place":          {threePeople, people, exitUsage, "no folder"},
		"a link in its place":          {threePeople, link, exitUsage, "no folder"},
		"a folder in no folder":        {threePeople, filepath.Join(fresh, "a", "b"), exitUsage, "--sheets"},
	} {
		wantRun(t, c.code, c.says, "staff", "import", list(t, c.text), "--sheets", c.sheets, "--config", file)
		if got := everybody(t, dir); len(got) != 1 {
			t.Errorf("%s: there are %q", name, got)
		}
		if _, err := os.Stat(fresh); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: the folder is there: %v", name, err)
		}
	}
	wantRun(t, exitUsage, "open the list", "staff", "import", filepath.Join(dir, "nothing.csv"), "--config", file)
	wantRun(t, exitData, "no real people", "staff", "import", people, "--config", file, "--data", demo)
	wantRun(t, exitConfig, "", "staff", "import", people, "--config", filepath.Join(dir, "nothing.toml"))
}

func TestAnImportThatFailsInTheMiddleLeavesNoSheetAndNobody(t *testing.T) {
	file, dir, _ := founded(t)
	conf, err := configure(map[string]string{}, noEnv, file)
	if err != nil {
		t.Fatal(err)
	}
	db, peers, err := openPeers(t.Context(), conf, &place{costs: cheap})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var all []staff.Invitee
	for _, name := range []string{"Kim Visser", "Robin de Vries"} {
		i, err := staff.NewInvitee(staff.Person{Name: name, Roles: []helpline.Role{helpline.Operator}, Language: "nl"}, staff.InvitationLasts)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, i)
	}
	// The second sheet cannot be written.
	sheets := filepath.Join(t.TempDir(), "sheets")
	s, err := newSheets(sheets, dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(sheets, "002-Robin-de-Vries.html"), 0o700); err != nil {
		t.Fatal(err)
	}
	err = peers.ImportFromHost(t.Context(), all, func() error { return s.write(t.Context(), conf, all, "") })
	if err == nil || s.remove() == nil { // what somebody else put there is not ours to remove
		t.Fatalf("err = %v", err)
	}
	if in, err := os.ReadDir(sheets); err != nil || len(in) != 1 || in[0].Name() != "002-Robin-de-Vries.html" {
		t.Errorf("the folder has %v, %v", in, err)
	}
	// The rows cannot be kept: somebody was faster.
	if _, err := peers.InviteFromHost(t.Context(), staff.Person{Name: "robin DE vries", Roles: []helpline.Role{helpline.Operator}}); err != nil {
		t.Fatal(err)
	}
	handed := false
	err = peers.ImportFromHost(t.Context(), all, func() error { handed = true; return nil })
	if name, ok := errors.AsType[staff.Taken](err); !ok || name != "Robin de Vries" || !handed {
		t.Errorf("err = %v", err)
	}
	if got := everybody(t, dir); len(got) != 2 {
		t.Errorf("there are %q", got)
	}
}
