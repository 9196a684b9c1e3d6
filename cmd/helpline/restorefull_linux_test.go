package main

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A restore that was refused, or for which there is no room, leaves an empty
// folder empty, one that is not there away, and a line as it was.
func TestARestoreThatFailsLeavesTheFolderAsItWas(t *testing.T) {
	t.Parallel()
	file, dir, _ := founded(t)
	k := keepingLine(t, file, dir)
	k.backup()
	line, fresh, none := contents(t, dir), filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(fresh, 0o700); err != nil {
		t.Fatal(err)
	}
	unharmed := func(when string) {
		t.Helper()
		if !maps.Equal(contents(t, dir), line) {
			t.Errorf("%s: the line has changed", when)
		}
		if left := contents(t, fresh); len(left) > 1 || len(left) == 1 && left[filepath.Join(fresh, "lock")] != "" {
			t.Errorf("%s: in the empty folder are %d files", when, len(left))
		}
		for _, name := range []string{"keys", "tmp"} {
			if _, err := os.Stat(filepath.Join(fresh, name)); err == nil {
				t.Errorf("%s: %s stands in the empty folder", when, name)
			}
		}
		if _, err := os.Lstat(none); err == nil {
			t.Errorf("%s: there is a folder", when)
		}
	}
	args := func(at string) []string {
		return []string{"restore", "--config", k.file, "--data", at, "--from", k.to, "--identity", k.identity, "--replace"}
	}
	for _, at := range []string{fresh, none} { // nothing there says whose line it is
		k.run(exitFailed, "nothing here says that this is your line", args(at)...)
	}
	unharmed("refused")

	by := strings.TrimSpace(k.run(exitDone, "signer-", "backup", "signer", "--config", k.file))
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	database, err := os.Stat(filepath.Join(dir, "helpline.db"))
	if err != nil {
		t.Fatal(err)
	}
	most := int(database.Size()) / 512
	for _, room := range []int{0, 1, most / 3, most - 1} { // for each file, in blocks of 512 bytes
		for _, at := range []string{dir, fresh, none} {
			small := exec.CommandContext(t.Context(), "sh", append([]string{"-c", `trap "" XFSZ; ulimit -f ` + strconv.Itoa(room) + `; exec "$0" "$@"`, program}, append(args(at), "--signer", by)...)...)
			small.Env = append(os.Environ(), programEnv+"=yes")
			said, err := small.CombinedOutput()
			if err == nil || small.ProcessState.ExitCode() < 1 || room > 0 && !strings.Contains(string(said), "Nothing was changed") {
				t.Errorf("with room for %d blocks in %s: %v, %s", room, at, err, said)
			}
			unharmed("with room for " + strconv.Itoa(room))
		}
	}
	k.run(exitDone, "What to do next", append(args(none), "--signer", by)...)
}
