package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"helpline/counsel/audit"
	"helpline/counsel/vault"
	"helpline/store"
)

// TestPromiseAnOlderKeyLogIsAcceptedOnlyByWhoSaysSo: the database was put back by
// hand. What is lost is said, the words are shown, and nothing changes before.
func TestPromiseAnOlderKeyLogIsAcceptedOnlyByWhoSaysSo(t *testing.T) {
	t.Parallel()
	s := staffedLine(t)
	accept := func(more ...string) (int, string) {
		t.Helper()
		code, out, errs := command(t, append([]string{"keys", "accept-head", "--config", s.file}, more...)...)
		return code, strings.Join(strings.Fields(out+" "+errs), " ")
	}
	if code, said := accept(); code != exitData || !strings.Contains(said, "stop the line first") {
		t.Errorf("beside a running line it ends with %d: %s", code, said)
	}
	head := func() vault.Trust {
		t.Helper()
		db, err := store.Open(t.Context(), s.dir, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		knew, err := db.HostKeys().VouchedHead()
		if err != nil {
			t.Fatal(err)
		}
		return knew
	}
	s.stop()
	if code, said := accept(); code != exitDone || !strings.Contains(said, "nothing to accept") {
		t.Errorf("of a line that is well it says %d: %s", code, said)
	}
	knew := head()
	newer := knew
	newer.Seen, newer.Head = knew.Seen+3, [32]byte{7}
	keep := func(h vault.Trust) {
		t.Helper()
		db, err := store.Open(t.Context(), s.dir, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.HostKeys().KeepVouchedHead(h); err != nil {
			t.Fatal(err)
		}
	}
	keep(newer)
	foul := "Anna\x1b[2K\rVermeer\u009b1A\u202e"
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "helpline.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "UPDATE person SET name = ? WHERE name = 'Anna Vermeer'", foul); err != nil {
		t.Fatal(err)
	}
	for _, words := range [][]string{{"keys", "status"}, {"keys", "accept-head"}} {
		if _, out, _ := command(t, append(words, "--config", s.file)...); !strings.Contains(out, "Anna[2KVermeer1A") || strings.ContainsAny(out, "\x1b\r\u009b\u202e") {
			t.Errorf("%v paints with a name of the database: %q", words, out)
		}
	}
	if _, err := db.ExecContext(t.Context(), "UPDATE person SET name = 'Anna Vermeer' WHERE name = ?", foul); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		code, said := accept()
		if code != exitFailed || !strings.Contains(said, "the newest 3 entries") || !strings.Contains(said, "--yes-I-restored") || !strings.Contains(said, "Anna Vermeer") {
			t.Errorf("without the word it ends with %d: %s", code, said)
		}
		if head() != newer {
			t.Fatal("a newer head was rolled back without a word")
		}
	}
	if code, said := accept("--yes-I-restored"); code != exitDone || !strings.Contains(said, "the newest 3 entries") || head() != knew {
		t.Errorf("with it it ends with %d: %s", code, said)
	}
	line, err := store.Open(t.Context(), s.dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	key, err := line.HostKeys().Installation()
	if err != nil {
		t.Fatal(err)
	}
	rows, err := line.Trail(installID(key)).Find(t.Context(), audit.Query{Codes: []audit.Code{audit.KeysHead}})
	if err != nil || len(rows) != 1 || rows[0].Actor != audit.Operator || rows[0].Detail("found") != "short" || rows[0].Detail("lost") != "3" {
		t.Errorf("the audit log has %v, %v", rows, err)
	}
	if err := line.Close(); err != nil {
		t.Fatal(err)
	}

	replaced := knew
	replaced.Head[0] ^= 1
	keep(replaced)
	if code, said := accept(); code != exitFailed || !strings.Contains(said, "IS ANOTHER ONE") || head() != replaced {
		t.Errorf("of a replaced entry it says %d: %s", code, said)
	}
	other := knew
	other.Root[0] ^= 1
	keep(other)
	if code, said := accept("--yes-I-restored"); code != exitFailed || !strings.Contains(said, "another root") || head() != other {
		t.Errorf("another root is accepted: %d: %s", code, said)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "keys", "log.head"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, said := accept(); code != exitFailed || !strings.Contains(said, "cannot be read") {
		t.Errorf("of a damaged file it says %d: %s", code, said)
	}
	if code, said := accept("--yes-I-restored"); code != exitDone || head() != knew {
		t.Errorf("a damaged file cannot be mended: %d: %s", code, said)
	}
	if err := os.Remove(filepath.Join(s.dir, "keys", "log.head")); err != nil {
		t.Fatal(err)
	}
	if code, said := accept("--yes-I-restored"); code != exitFailed || !strings.Contains(said, "nobody has vouched") {
		t.Errorf("a head is made where nobody has vouched: %d: %s", code, said)
	}
}
