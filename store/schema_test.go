package store

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write schema.sql anew from the migrations")

// dump gives the schema of a database as text one can paste.
func dump(ctx context.Context, f *file) (string, error) {
	version, err := f.version(ctx)
	if err != nil {
		return "", err
	}
	rows, err := f.read.QueryContext(ctx, `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name`)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var b strings.Builder
	fmt.Fprintf(&b, "-- %s, version %d\n", f.name, version)
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "\n%s;\n", text)
	}
	return b.String(), rows.Err()
}

func TestMigrationsGiveTheGoldenSchema(t *testing.T) {
	db := open(t, t.TempDir())
	line, err := dump(t.Context(), db.main)
	if err != nil {
		t.Fatal(err)
	}
	logins, err := dump(t.Context(), db.logins.file)
	if err != nil {
		t.Fatal(err)
	}
	shred, err := dump(t.Context(), db.shred.file)
	if err != nil {
		t.Fatal(err)
	}
	got := "-- What the migrations make. Do not edit: go test ./store -run Golden -update\n\n" + line + "\n" + logins + "\n" + shred
	if *update {
		if err := os.WriteFile("schema.sql", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the migrations make another schema than schema.sql; if that is meant, run go test ./store -run Golden -update\n%s", got)
	}
}

// columns gives the names of a table's columns.
func columns(t *testing.T, f *file, table string) []string {
	t.Helper()
	rows, err := f.read.QueryContext(t.Context(), `SELECT name FROM pragma_table_info(?)`, table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

// tells says what a column's name suggests that no row about a contact may
// hold, or nothing.
func tells(column string) string {
	for _, word := range []string{
		"address", "addr", "ip", "agent", "browser", "text", "body", "word", "message", "note", "name", "mail", "phone",
		"time", "hour", "minute", "second", "date", "created", "updated", "at", "when", "started", "ended", "last", "city", "country", "device",
	} {
		for part := range strings.SplitSeq(column, "_") {
			if part == word || part == word+"s" {
				return word
			}
		}
	}
	return ""
}

func TestRowsAboutContactsHoldNoWordsAndNoTimes(t *testing.T) {
	db := open(t, t.TempDir())
	for _, table := range []string{"standing", "counter", "arrival", "referral"} {
		names := columns(t, db.main, table)
		if len(names) == 0 {
			t.Errorf("table %s is not there: name the new one here", table)
		}
		for _, name := range names {
			if word := tells(name); word != "" {
				t.Errorf("column %s.%s suggests that it holds %q: rows about contacts hold no words, no addresses and no times", table, name, word)
			}
		}
	}
	for _, bad := range []string{"ip", "remote_address", "user_agent", "text", "created_at", "updated", "start_time", "last_seen"} {
		if tells(bad) == "" {
			t.Errorf("the rule lets a column named %s through", bad)
		}
	}
}

func TestEveryTableIsStrictAndWithoutRowNumbers(t *testing.T) {
	db := open(t, t.TempDir())
	for _, f := range []*file{db.main, db.logins.file, db.shred.file} {
		rows, err := f.read.QueryContext(t.Context(), `SELECT name, wr, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			var wr, strict bool
			if err := rows.Scan(&name, &wr, &strict); err != nil {
				t.Fatal(err)
			}
			if !strict {
				t.Errorf("table %s is not STRICT", name)
			}
			if !wr && name != "line" {
				t.Errorf("table %s has row numbers, which tell the order of its rows", name)
			}
		}
	}
}
