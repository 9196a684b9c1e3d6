package main

import (
	"database/sql"
	"errors"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel/audit"
	"helpline/store"
)

func TestAChangeOfTheSettingsIsSeenAtTheStart(t *testing.T) {
	dir := t.TempDir()
	start := func(changes map[string]string) (found []string) {
		t.Helper()
		flags := map[string]string{"data": dir, "proxy": "127.0.0.1"}
		maps.Copy(flags, changes)
		conf, err := configure(flags, noEnv, written(t, good))
		if err != nil {
			t.Fatal(err)
		}
		l, err := openLine(t.Context(), conf, cheap, slog.New(slog.DiscardHandler), func(db *store.DB) error {
			if err := db.HostKeys().MakeInstallation(); helpline.KindOf(err) != helpline.Conflict {
				return err
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		defer l.db.Close()
		rows, err := l.trail.Find(t.Context(), audit.Query{Codes: []audit.Code{audit.Settings}})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			found = append(found, r.Details)
		}
		return found
	}
	if got := start(nil); len(got) != 0 {
		t.Errorf("the first start says %v", got)
	}
	if got := start(nil); len(got) != 0 {
		t.Errorf("the same again says %v", got)
	}
	shorter := map[string]string{"note_days": "30", "chats": "2"}
	for range 2 {
		if got := start(shorter); !slices.Equal(got, []string{"which=chats,note_days"}) {
			t.Errorf("two changes say %v", got)
		}
	}
	if got := start(nil); len(got) != 2 || strings.Contains(strings.Join(got, " "), "30") {
		t.Errorf("back again: %v", got)
	}
}

func TestTheAuditIsLookedAfterFromTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "line.toml")
	code, out, errs := command(t, "init", "--config", file, "--data", filepath.Join(dir, "data"), "--visitor-host", "talk.example",
		"--staff-host", "desk.example", "--neutral-url", "https://example.org/", "--supervisor", "Anna")
	if code != exitDone {
		t.Fatal(errs)
	}
	first := out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:]
	first = strings.TrimSpace(first)
	run := func(want int, args ...string) string {
		t.Helper()
		code, out, errs := command(t, append([]string{"audit"}, append(args, "--config", file)...)...)
		if code != want {
			t.Errorf("audit %v: %d %s %s", args, code, out, errs)
		}
		return out + errs
	}
	if got := run(exitDone, "verify", "--key", first); !strings.Contains(got, "is whole: 1 entries") {
		t.Error(got)
	}
	line := run(exitDone, "checkpoint")
	if _, err := audit.ParseCheckpoint(line); err != nil {
		t.Error(err)
	}
	table := run(exitDone, "export")
	if !strings.Contains(table, "log.export") || strings.Contains(table, "\n=") || strings.Contains(table, ",=") {
		t.Error(table)
	}
	if got := run(exitDone, "export", "--form", "jsonl"); strings.Count(got, "\n") != 3 || !strings.Contains(got, `"code":"log.first"`) {
		t.Error(got)
	}
	point := filepath.Join(dir, "point")
	if err := os.WriteFile(point, []byte("# copies\n"+line+run(exitDone, "checkpoint")), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := run(exitDone, "verify", "--checkpoint", point); !strings.Contains(got, "3 entries checked") {
		t.Error(got)
	}
	db := filepath.Join(dir, "data", "helpline.db")
	if got := run(exitDone, "verify", "--database", db, "--key", first, "--checkpoint", point); !strings.Contains(got, "is whole") {
		t.Error(got)
	}
	change(t, db, `DELETE FROM trail WHERE number = 1`)
	for _, args := range [][]string{{"verify"}, {"verify", "--database", db, "--key", first}} {
		if got := run(exitFailed, args...); !strings.Contains(got, "entry 1: deleted") {
			t.Errorf("%v: %s", args, got)
		}
	}
	change(t, db, `DELETE FROM trail WHERE number > 0`)
	if got := run(exitFailed, "verify", "--checkpoint", point); !strings.Contains(got, "entries 1 to 2: cut off at the end") {
		t.Error(got)
	}
	for want, args := range map[string][]string{
		"64 hexadecimal digits":        {"verify", "--key", "x"},
		"no such file":                 {"verify", "--checkpoint", filepath.Join(dir, "nothing")},
		"a line has another form":      {"verify", "--checkpoint", file},
		"is checked against --key KEY": {"verify", "--database", db},
		"must be one of":               {"restart", "--why", "because"},
		"there is no need":             {"restart", "--why", "lost"},
	} {
		if got := run(exitUsage, args...); !strings.Contains(got, want) {
			t.Errorf("%v: %s", args, got)
		}
	}
}

func change(t *testing.T, file, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err == nil {
		_, err = db.ExecContext(t.Context(), query)
	}
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestATableOfTheAuditHoldsNoFormula(t *testing.T) {
	var b strings.Builder
	write, end := asCSV(&b)
	for _, s := range []string{"=1+1", "+1", "-1", "@x", "\tx", "\rx", "|x", "%x", "a,b\"c\nd"} {
		if err := write(auditLine{Name: s, Whom: s, Code: s, Kind: s, Object: s, Actor: s, Details: map[string]string{s: s}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := end(); err != nil {
		t.Fatal(err)
	}
	for field := range strings.FieldsFuncSeq(b.String(), func(r rune) bool { return r == ',' || r == '\n' }) {
		if field = strings.Trim(field, `"`); field != "" && strings.ContainsRune("=+-@\t\r|%", rune(field[0])) {
			t.Errorf("a field begins with %q", field[:1])
		}
	}
}
