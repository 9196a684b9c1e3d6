package store

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/staff"
)

// aFolder is a data folder with one person, whose name it is known by.
func aFolder(t *testing.T, dir, name string) {
	t.Helper()
	db, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.HostKeys().MakeInstallation(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := db.HostKeys().Days(noon); err != nil {
		t.Fatal(err)
	}
	if _, err := db.HostKeys().Backup(); err != nil {
		t.Fatal(err)
	}
	p := staff.Person{ID: helpline.NewID(), Name: name}
	if err := db.Add(t.Context(), p, staff.Invitation{Hash: [32]byte{1}, Person: p.ID}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// whose opens a data folder and gives the names in it.
func whose(t *testing.T, dir string) string {
	t.Helper()
	db, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatalf("the folder does not open: %v", err)
	}
	defer db.Close()
	all, err := db.People(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("%d people, %v", len(all), err)
	}
	if _, err := db.HostKeys().Installation(); err != nil {
		t.Error(err)
	}
	return all[0].Name
}

// filesOf lists the files of a folder.
func filesOf(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	in, err := filepath.Glob(filepath.Join(dir, keysName, "*"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range append(found, in...) {
		rel, _ := filepath.Rel(dir, f)
		out = append(out, rel)
	}
	slices.Sort(out)
	return out
}

// stagedNew puts a folder of the name "new" into a staging.
func stagedNew(t *testing.T, s *Staging) {
	t.Helper()
	aFolder(t, s.Dir, "new")
	if err := os.Remove(filepath.Join(s.Dir, keysName, backupKeyName)); err != nil {
		t.Fatal(err)
	}
}

func TestARestoreChangesNothingBeforeItsCommitAndEverythingAfter(t *testing.T) {
	dir := t.TempDir()
	aFolder(t, dir, "old")
	signer, err := BackupSigner(dir)
	if err != nil {
		t.Fatal(err)
	}
	before := filesOf(t, dir)
	for range 2 {
		s, err := Stage(dir, true)
		if err != nil {
			t.Fatal(err)
		}
		stagedNew(t, s)
		if _, err := Stage(dir, true); helpline.KindOf(err) != helpline.Conflict {
			t.Errorf("two restores at once: %v", err)
		}
		s.Close()
	}
	if got := whose(t, dir); got != "old" {
		t.Fatalf("a restore that was called off left the folder of %q", got)
	}
	if got := filesOf(t, dir); !slices.Equal(got, before) {
		t.Errorf("it left %v, want %v", got, before)
	}
	if _, err := Stage(dir, false); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("a folder with a line is taken without being told: %v", err)
	}
	s, err := Stage(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	stagedNew(t, s)
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if got := whose(t, dir); got != "new" {
		t.Errorf("after the commit it is the folder of %q", got)
	}
	if again, err := BackupSigner(dir); err != nil || again != signer {
		t.Errorf("the key that signs the next copies has changed, %v", err)
	}
	for _, rest := range []string{restoredName, movingName, tmpName} {
		if _, err := os.Lstat(filepath.Join(dir, rest)); err == nil {
			t.Errorf("%s is left", rest)
		}
	}
}

// Wherever a restore is broken off after its commit, the next start ends it.
func TestARestoreThatWasCommittedIsEndedByTheNextStart(t *testing.T) {
	for broken := range 12 {
		t.Run(fmt.Sprint("after change ", broken), func(t *testing.T) {
			dir, fresh := t.TempDir(), t.TempDir()
			aFolder(t, dir, "old")
			aFolder(t, fresh, "new")
			// What Commit has done when its renaming is over.
			if err := os.Rename(fresh, filepath.Join(dir, restoredName)); err != nil {
				t.Fatal(err)
			}
			left := broken
			cut := func() bool { left--; return left < 0 }
			breakOff(t, dir, cut)
			if got := whose(t, dir); got != "new" {
				t.Errorf("it is the folder of %q", got)
			}
			for _, rest := range []string{restoredName, movingName} {
				if _, err := os.Lstat(filepath.Join(dir, rest)); err == nil {
					t.Errorf("%s is left", rest)
				}
			}
		})
	}
}

// breakOff does what finishRestore does, one change after the other, until cut.
func breakOff(t *testing.T, dir string, cut func() bool) {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	old := slices.DeleteFunc(filesOf(t, dir), func(n string) bool {
		at, err := os.Stat(filepath.Join(dir, n))
		return err != nil || at.IsDir() || filepath.Base(n) == backupKeyName || n == lockName
	})
	for _, n := range old {
		if cut() {
			return
		}
		must(os.Remove(filepath.Join(dir, n)))
	}
	if cut() {
		return
	}
	must(os.Rename(filepath.Join(dir, restoredName), filepath.Join(dir, movingName)))
	for _, n := range filesOf(t, filepath.Join(dir, movingName)) {
		at, err := os.Stat(filepath.Join(dir, movingName, n))
		must(err)
		if at.IsDir() {
			continue
		}
		if cut() {
			return
		}
		must(os.Rename(filepath.Join(dir, movingName, n), filepath.Join(dir, n)))
	}
}

// restoreUntilKilled is a child that restores over and over, and says when a
// restore has ended.
func restoreUntilKilled(dir string) {
	ctx := context.Background()
	check := func(err error) {
		if err != nil {
			fmt.Println("fault", err)
			os.Exit(1)
		}
	}
	for {
		s, err := Stage(dir, true)
		check(err)
		db, err := Open(ctx, s.Dir, Options{})
		check(err)
		check(db.HostKeys().MakeInstallation())
		p := staff.Person{ID: helpline.NewID(), Name: "new"}
		check(db.Add(ctx, p, staff.Invitation{Hash: [32]byte{1}, Person: p.ID}))
		check(db.Close())
		fmt.Println("staged")
		check(s.Commit())
		s.Close()
		fmt.Println("restored")
	}
}

func TestKill9InMidRestoreLeavesTheOldLineOrTheNewOne(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for round := range 8 {
		dir := t.TempDir()
		aFolder(t, dir, "old")
		child := exec.CommandContext(t.Context(), program)
		child.Env = append(os.Environ(), restoreFolder+"="+dir)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		in := bufio.NewReader(out)
		line := ""
		if round%2 == 0 {
			line, err = in.ReadString('\n') // staged: the kill falls into the commit
		}
		if err != nil || line != "" && line != "staged\n" {
			t.Fatalf("the child says %q, %v", line, err)
		}
		time.Sleep(rand.N(12 * time.Millisecond)) // chosen, not waited for: the kill is to fall anywhere
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait()
		who := whose(t, dir)
		if who != "old" && who != "new" {
			t.Errorf("the folder is of %q", who)
		}
		seen[who]++
		for _, n := range filesOf(t, dir) {
			if n == restoredName || n == movingName {
				t.Errorf("%s is left", n)
			}
		}
	}
	t.Logf("found after the kills: %v", seen)
}
