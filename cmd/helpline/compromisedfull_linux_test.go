package main

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// The disk fills up while the keys of the host are replaced: it is said, the line
// opens with the old key or the new one of each kind, and done once more with room
// it comes to its end.
func TestADiskThatFillsUpInMidRotationOfTheHostsKeysIsSaid(t *testing.T) {
	t.Parallel()
	s := staffedLine(t)
	contact := s.talked()
	if got := s.robin.note(contact.String(), s.robin.whoIs(contact), marked); got != 204 {
		t.Fatalf("the note was answered %d", got)
	}
	s.stop()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, room := range []int{0, 8, 64, 66, 70, 80, 96, 120, 200} { // for each file, in blocks of 512 bytes
		when := "with room for " + strconv.Itoa(room)
		small := exec.CommandContext(t.Context(), "sh", "-c", `trap "" XFSZ; ulimit -f `+strconv.Itoa(room)+`; exec "$0" "$@"`, program, "keys", "compromised", "--config", s.file)
		small.Env = append(os.Environ(), programEnv+"=yes")
		small.Stdin = strings.NewReader("Talk\n")
		said, err := small.CombinedOutput()
		if err != nil {
			refused++
			t.Logf("%s: %s", when, said)
		}
		if err != nil && (small.ProcessState.ExitCode() < 1 || room > 0 && !strings.Contains(string(said), "helpline keys compromised: ")) {
			t.Errorf("%s it ends with %v: %s", when, err, said)
		}
		if err == nil && !strings.Contains(string(said), "Whom to tell what") {
			t.Errorf("%s it ends well and says %s", when, said)
		}
		s.opens(when)
	}
	if refused < 3 {
		t.Fatalf("%d were refused: this test shows little", refused)
	}
	if code, out, errs := typed(t, "Talk\n", "keys", "compromised", "--config", s.file); code != exitDone || !strings.Contains(out, "Unused keys of notes destroyed") {
		t.Fatalf("at last it ends with %d: %s %s", code, out, errs)
	}
	if code, out, errs := command(t, "audit", "verify", "--config", s.file); code != exitDone {
		t.Errorf("the audit log does not verify: %s %s", out, errs)
	}
	var notes int
	if s.query(`SELECT count(*) FROM note`, &notes); notes != 1 {
		t.Errorf("%d notes are left", notes)
	}
}
