package main

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"helpline/chat/wire"
	"helpline/counsel/directory"
)

const twoPractices = `[
  {"id":"0f1e2d3c-4b5a-4968-8776-655443322110","name":"One","status":"active","colour":{"walls":1.50}},
  {"id":"0f1e2d3c-4b5a-4968-8776-655443322111","name":"Two","status":"active","url":"https://two.example","assured_date":"2026-01-02","assurer_email":"kim@two.example"}
]`

// textFile writes a file for one test.
func textFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "directory.json")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// wantRun runs a command and looks for words in what it says.
func wantRun(t *testing.T, code int, says string, args ...string) (out string) {
	t.Helper()
	got, out, errs := command(t, args...)
	if got != code || !strings.Contains(out+errs, says) {
		t.Errorf("%q ended with %d and said:\n%s%s\nwant %d and %q", args, got, out, errs, code, says)
	}
	return out
}

func wantSameJSON(t *testing.T, got, want string) {
	t.Helper()
	var a, b any
	if err := json.Unmarshal([]byte(got), &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &b); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestADirectoryGoesInAndOutUnchangedAndItsOldEntriesStay(t *testing.T) {
	t.Parallel()
	config, _, _ := founded(t)
	starter := wantRun(t, exitDone, `"Stop it Now"`, "directory", "export", "--config", config)
	wantRun(t, exitDone, "2 added", "directory", "import", textFile(t, twoPractices), "--config", config)
	wantSameJSON(t, wantRun(t, exitDone, "", "directory", "export", "--config", config), twoPractices)
	wantSameJSON(t, wantRun(t, exitDone, "", "directory", "export", "--starter", "--config", config), starter)

	one := `{"id":"0f1e2d3c-4b5a-4968-8776-655443322110","name":"Uno","status":"inactive"}`
	wantRun(t, exitDone, "0 added, 1 changed, 0 the same, 0 removed, 1 not in the file and left", "directory", "import", textFile(t, one), "--config", config)
	wantRun(t, exitDone, "0 added, 0 changed, 1 the same, 1 removed", "directory", "import", textFile(t, one), "--only", "--config", config)
	wantSameJSON(t, wantRun(t, exitDone, "", "directory", "export", "--config", config), one)
}

func TestADemonstrationTakesADirectoryToo(t *testing.T) {
	t.Parallel()
	dir, err := demoFolder(filepath.Join(t.TempDir(), "demonstration"))
	if err != nil {
		t.Fatal(err)
	}
	l, _, err := openDemo(t.Context(), dir, "127.0.0.1:8080", cheap, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	wantRun(t, exitDone, "2 added", "directory", "import", textFile(t, twoPractices), "--data", dir)
	kept, err := l.db.Providers(t.Context())
	if err := l.db.Close(); err != nil {
		t.Error(err)
	}
	if err != nil || len(kept) != 2 {
		t.Errorf("the running demonstration has %d entries: %v", len(kept), err)
	}
	wantSameJSON(t, wantRun(t, exitDone, "", "directory", "export", "--data", dir), twoPractices)
}

func TestAFileWithAProblemChangesNothing(t *testing.T) {
	t.Parallel()
	config, _, _ := founded(t)
	wantRun(t, exitDone, "2 added", "directory", "import", textFile(t, twoPractices), "--config", config)
	broken := strings.Replace(strings.Replace(twoPractices, `"Two"`, `"Zwei"`, 1), `"active","colour"`, `"open","colour"`, 1)
	wantRun(t, exitFailed, "[0].status: is unknown", "directory", "import", textFile(t, broken), "--config", config)
	wantRun(t, exitFailed, "nothing is changed", "directory", "import", textFile(t, "[]"), "--only", "--config", config)
	wantSameJSON(t, wantRun(t, exitDone, "", "directory", "export", "--config", config), twoPractices)
}

func TestCheckSaysWhatToCheckBeforeUse(t *testing.T) {
	t.Parallel()
	file := textFile(t, twoPractices)
	out := wantRun(t, exitDone, "2 entries, 2 providers, 1 to check before use", "directory", "check", file, "--days", "36500")
	for _, want := range []string{"One: check before use (checked by nobody)", "One: its card has no number and no address"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in:\n%s", want, out)
		}
	}
	if strings.Contains(out, "Two:") {
		t.Errorf("what was checked is named too:\n%s", out)
	}
	wantRun(t, exitUsage, "--days must be a number of days", "directory", "check", file, "--days=-1")
	wantRun(t, exitFailed, "file: is not JSON", "directory", "check", textFile(t, "id;name"))
	wantRun(t, exitUsage, "open the directory", "directory", "check", filepath.Join(t.TempDir(), "none.json"))
}

func TestTheLineSaysHowLongACheckCounts(t *testing.T) {
	t.Parallel()
	config, _, _ := founded(t)
	checked := strings.Replace(twoPractices, "2026-01-02", time.Now().AddDate(0, 0, -300).Format(time.DateOnly), 1)
	file := textFile(t, checked)
	wantRun(t, exitDone, "2 to check before use", "directory", "check", file, "--config", config)
	wantRun(t, exitDone, "1 to check before use", "directory", "check", file, "--config", config, "--directory-days", "310")
	wantRun(t, exitDone, "2 to check before use", "directory", "check", file, "--config", config, "--directory-days", "310", "--days", "290")
	wantRun(t, exitConfig, "directory_days (from --directory-days) must be a whole number from 1 to 3650", "directory", "check", file, "--config", config, "--directory-days", "soon")
}

func TestASchemaFolderIsAskedToo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"service.json": `{"type":"object","required":["url"]}`, "organization.json": `{}`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	wantRun(t, exitFailed, "[0]: by the published schema: missing property 'url'", "directory", "check", textFile(t, twoPractices), "--schema", dir)
	wantRun(t, exitUsage, "service.json", "directory", "check", textFile(t, twoPractices), "--schema", t.TempDir())
}

func TestExportMakesANewFileAndNeverWritesOverOne(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "out.json")
	wantRun(t, exitDone, "the starter directory: 25 entries", "directory", "export", "--starter", file)
	wantRun(t, exitDone, "25 providers, 25 to check before use", "directory", "check", file)
	wantRun(t, exitFailed, "is there already", "directory", "export", "--starter", file)
	wantRun(t, exitData, "init", "directory", "export", "--data", filepath.Join(t.TempDir(), "none"), "--neutral-url", "https://news.example", "--visitor-host", "talk.example", "--staff-host", "desk.example")
}

func TestACardFitsTheFrameThatCarriesIt(t *testing.T) {
	if directory.MaxCardBody > wire.MaxBody {
		t.Errorf("a card may have %d bytes, and a body %d", directory.MaxCardBody, wire.MaxBody)
	}
}
