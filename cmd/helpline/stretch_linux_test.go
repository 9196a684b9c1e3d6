package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// apartCosts are large enough for a process of its own, and quick.
var apartCosts = vault.Costs{Time: 1, MemoryKiB: stretchSmall, Threads: 2}

var apartSalt = []byte("0123456789abcdef")

// longCosts keep the process busy until it is killed.
var longCosts = vault.Costs{Time: 16, MemoryKiB: 512 << 10, Threads: 1}

func apartFor(t *testing.T) (*stretcher, *bytes.Buffer) {
	t.Helper()
	var said bytes.Buffer
	s := newStretcher(newLog(&said, slog.LevelDebug))
	s.within = time.Minute // the machine may be busy
	t.Cleanup(s.end)
	return s, &said
}

// stretched asks and holds the answer against this process's own.
func (s *stretcher) stretched(t *testing.T, pass string) {
	t.Helper()
	got, err := s.stretch([]byte(pass), apartSalt, apartCosts)
	if err != nil {
		t.Fatal(err)
	}
	if want, _ := vault.Stretch([]byte(pass), apartSalt, apartCosts); got != want {
		t.Errorf("another process stretches %q to something else", pass)
	}
}

// alive says whether a process is there and is no corpse.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, after, _ := bytes.Cut(stat, []byte(") "))
	return len(after) > 0 && after[0] != 'Z' && after[0] != 'X'
}

func TestAPassphraseIsStretchedInAProcessApart(t *testing.T) {
	s, said := apartFor(t)
	s.stretched(t, "one two three four five six")
	first := s.child.cmd.Process.Pid
	s.stretched(t, "")
	s.stretched(t, strings.Repeat("é", 500))
	if s.child.cmd.Process.Pid != first || first == os.Getpid() {
		t.Error("not every passphrase was stretched in the one process apart")
	}
	if said.Len() > 0 {
		t.Errorf("something was wrong: %s", said)
	}
}

// TestPromiseTheProcessApartHasIdleTimeNoFilesNoCoreAndNoSecretInItsArguments.
func TestPromiseTheProcessApartHasIdleTimeNoFilesNoCoreAndNoSecretInItsArguments(t *testing.T) {
	s, _ := apartFor(t)
	s.stretched(t, "the marked sentence")
	pid := s.child.cmd.Process.Pid
	read := func(name string) string {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	limits := strings.Join(strings.Fields(read("limits")), " ")
	for _, want := range []string{"Max core file size 0 0", "Max open files 0 0", "Max file size 0 0"} {
		if !strings.Contains(limits, want) {
			t.Errorf("the limits do not say %q: %s", want, limits)
		}
	}
	if got := read("cmdline"); strings.Count(got, "\x00") != 2 || !strings.HasSuffix(got, "\x00stretch\x00") {
		t.Errorf("arguments: %q", got)
	}
	if got := read("environ"); got != "" {
		t.Errorf("environment: %q", got)
	}
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range open {
		to, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%s", pid, f.Name()))
		if strings.HasPrefix(to, "socket:") || strings.HasPrefix(to, "/") && to != "/dev/null" && !strings.HasPrefix(to, "/sys/fs/cgroup") && !strings.HasPrefix(to, "/proc/") {
			t.Errorf("open: %s", to)
		}
	}
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil || len(threads) == 0 {
		t.Fatal(err)
	}
	for _, one := range threads {
		tid, _ := strconv.Atoi(one.Name())
		policy, _, errno := syscall.RawSyscall(syscall.SYS_SCHED_GETSCHEDULER, uintptr(tid), 0, 0)
		if errno != 0 || policy != 5 { // SCHED_IDLE
			t.Errorf("a thread has scheduling policy %d (%v), not that of idle time", policy, errno)
		}
	}
}

func TestAProcessApartThatIsKilledInTheMiddleIsReplaced(t *testing.T) {
	s, said := apartFor(t)
	s.stretched(t, "first")
	first := s.child.cmd.Process
	// Stopped, it has the next request and no answer; then it is killed.
	if err := first.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(50*time.Millisecond, func() { _ = first.Kill() })
	s.stretched(t, "second")
	if s.child.cmd.Process.Pid == first.Pid || alive(first.Pid) {
		t.Error("the process that was killed still answers")
	}
	if said.Len() > 0 {
		t.Errorf("one death is nothing to report: %s", said)
	}
}

// other is a stretcher whose process apart is a shell script.
func other(t *testing.T, script string) (*stretcher, *bytes.Buffer) {
	t.Helper()
	s, said := apartFor(t)
	s.program, s.args = "/bin/sh", []string{"-c", script}
	return s, said
}

func TestGarbageOnThePipeIsNoAnswer(t *testing.T) {
	for name, script := range map[string]string{
		"another greeting":        "printf 'welcome!'; /bin/cat >/dev/null",
		"no greeting":             "exit 0",
		"another kind of process": "printf stretchx; /bin/cat >/dev/null",
	} {
		t.Run(name, func(t *testing.T) {
			s, said := other(t, script)
			s.stretched(t, "still stretched, beside the conversations")
			if !strings.Contains(said.String(), "no process of its own") || s.child != nil {
				t.Errorf("said %q", said)
			}
			program := s.program
			s.program, s.args = ownProgram, []string{"stretch"}
			s.stretched(t, "not tried again so soon")
			if s.child != nil {
				t.Errorf("%s was not tried, the right one at once", program)
			}
			s.now = func() time.Time { return time.Now().Add(2 * stretchAgain) }
			s.stretched(t, "tried again later")
			if s.child == nil {
				t.Error("it is never tried again")
			}
		})
	}
	for name, script := range map[string]string{
		"zeros":                   "printf stretchi; exec /bin/cat /dev/zero",
		"an answer to another":    "printf stretchi; printf '\\0\\0\\0\\0\\0\\0\\0\\7\\0'; exec /bin/cat /dev/zero",
		"a refusal":               "printf stretchi; printf '\\0\\0\\0\\0\\0\\0\\0\\1\\1'; exec /bin/cat /dev/zero",
		"half an answer":          "printf stretchi; printf '\\0\\0\\0\\0\\0\\0\\0\\1\\0abc'",
		"an end after the hello":  "printf stretchi",
		"a death after the hello": "printf stretchi; kill -9 $$",
	} {
		t.Run(name, func(t *testing.T) {
			s, said := other(t, script)
			key, err := s.stretch([]byte("pass"), apartSalt, apartCosts)
			if helpline.KindOf(err) != helpline.Unavailable || key != (vault.Key{}) {
				t.Errorf("got an answer (%v)", err)
			}
			if s.child != nil || !strings.Contains(said.String(), "ended twice") {
				t.Errorf("said %q", said)
			}
			s.program, s.args = ownProgram, []string{"stretch"}
			s.stretched(t, "the next one")
		})
	}
}

func TestAProcessApartThatHangsKeepsNobodyOut(t *testing.T) {
	s, said := other(t, "printf stretchi; exec /bin/sleep 1000")
	s.within = 100 * time.Millisecond
	s.stretched(t, "beside the conversations")
	if s.child != nil || !strings.Contains(said.String(), "no answer in time") {
		t.Errorf("the process that hangs is still asked: %s", said)
	}
}

func TestWithoutWorkTheProcessApartEnds(t *testing.T) {
	s, said := apartFor(t)
	s.idle = time.Millisecond
	s.stretched(t, "first")
	pid := s.child.cmd.Process.Pid
	wait(t, "the process apart to end", func() bool { return !alive(pid) })
	s.stretched(t, "second")
	if said.Len() > 0 {
		t.Errorf("an end without work is nothing to report: %s", said)
	}
}

func TestTheProcessApartEndsWithTheLineEvenInTheMiddle(t *testing.T) {
	s, _ := apartFor(t)
	s.stretched(t, "first")
	if err := putStretch(s.child.in, 9, []byte("x"), apartSalt, longCosts); err != nil {
		t.Fatal(err)
	}
	pid := s.child.cmd.Process.Pid
	wait(t, "the process apart to work", func() bool {
		resident, _, _ := processUsage(pid)
		return resident > 128<<20
	})
	// What it sees of a line that is gone: its pipe ends.
	if err := s.child.in.Close(); err != nil {
		t.Fatal(err)
	}
	wait(t, "the process apart to end", func() bool { return !alive(pid) })
}

// parentEnv makes this test binary a line's stand-in that starts a process
// apart, names it and waits to be killed.
const parentEnv = "HELPLINE_TEST_PARENT"

func parent() {
	a, _, err := launch(ownProgram, []string{"stretch"}, time.Minute)
	if err != nil {
		println(err.Error())
		os.Exit(1)
	}
	if err := putStretch(a.in, 1, []byte("x"), apartSalt, longCosts); err != nil {
		os.Exit(1)
	}
	fmt.Println(a.cmd.Process.Pid)
	select {}
}

func TestTheProcessApartOfAKilledLineEnds(t *testing.T) {
	line := exec.Command(os.Args[0])
	line.Env = append(os.Environ(), parentEnv+"=yes")
	out, err := line.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := line.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Fscan(out, &pid); err != nil || !alive(pid) {
		t.Fatalf("no process apart: %v", err)
	}
	if err := line.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = line.Wait() // killed
	wait(t, "the process apart to end", func() bool { return !alive(pid) })
}

// TestTheProcessApartIsNotTalkedIntoAnything: what it reads is held to its form.
func TestTheProcessApartIsNotTalkedIntoAnything(t *testing.T) {
	ask := func(c vault.Costs, pass string) []byte {
		var b bytes.Buffer
		if err := putStretch(&b, 1, []byte(pass), apartSalt, c); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	long := ask(apartCosts, "x")
	long[stretchHead-2], long[stretchHead-1] = 0xff, 0xff
	for _, c := range []struct {
		name    string
		in      []byte
		refused bool // answered with 1
		bad     bool // ends with an error
	}{
		{"nothing", nil, false, false},
		{"half a request", ask(apartCosts, "pass")[:20], false, false},
		{"a passphrase that does not come", ask(apartCosts, "passphrase")[:stretchHead+3], false, false},
		{"a passphrase of 65,535 bytes", long, false, true},
		{"all the memory there is", ask(vault.Costs{Time: 1, MemoryKiB: 1 << 31, Threads: 1}, "x"), true, false},
		{"no passes", ask(vault.Costs{MemoryKiB: 1024, Threads: 1}, "x"), true, false},
		{"255 lanes", ask(vault.Costs{Time: 1, MemoryKiB: 1 << 20, Threads: 255}, "x"), true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			in, feed := io.Pipe()
			answers, out := io.Pipe()
			gone, done := make(chan struct{}), make(chan error, 1)
			go func() { done <- stretchAll(in, out, func() { close(gone) }) }()
			go func() {
				_, _ = feed.Write(c.in)
				if !c.refused && !c.bad {
					_ = feed.Close()
				}
			}()
			switch {
			case c.refused:
				b := make([]byte, stretchAnswer)
				if _, err := io.ReadFull(answers, b); err != nil || b[8] != 1 || !bytes.Equal(b[9:], make([]byte, 32)) {
					t.Errorf("answer %v, %v", b, err)
				}
				_ = feed.Close()
			case c.bad:
				if err := <-done; helpline.KindOf(err) != helpline.Invalid {
					t.Errorf("ended with %v", err)
				}
				_ = feed.Close()
			default:
				err := <-done
				select {
				case <-gone:
				default:
					t.Errorf("ended (%v) and nobody was told that the line is gone", err)
				}
			}
		})
	}
	if err := putStretch(io.Discard, 1, make([]byte, stretchLong+1), apartSalt, apartCosts); err == nil {
		t.Error("a passphrase that is too long is sent")
	}
	if err := putStretch(io.Discard, 1, nil, apartSalt[:3], apartCosts); err == nil {
		t.Error("a salt of three bytes is sent")
	}
}

func TestASmallDerivationNeedsNoProcess(t *testing.T) {
	s, _ := apartFor(t)
	key, err := s.stretch([]byte("x"), apartSalt, vault.Costs{Time: 1, MemoryKiB: 64, Threads: 1})
	if err != nil || key == (vault.Key{}) || s.child != nil {
		t.Errorf("a process was started (%v)", err)
	}
}

// TestTheLineStretchesApart: somebody joins a whole line and logs in; the work
// is done by a process of its own, which is gone when the line is.
func TestTheLineStretchesApart(t *testing.T) {
	file, _, first := founded(t)
	w := beginAt(t, staff.Params(apartCosts), `(?m)^listen (\S+)$`, "serve", "--config", file)
	b := w.browser("desk.example", "https://desk.example")
	b.header.Set("X-Forwarded-For", "192.0.2.1")
	seen, over := make(chan int, 1), make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() { // all the while: on a busy machine the line loses patience with it, and ends it
		for last := false; ; {
			for _, one := range offspring() {
				args, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", one))
				if strings.HasSuffix(string(args), "\x00stretch\x00") {
					seen <- one
					return
				}
			}
			if last {
				return
			}
			select {
			case <-over:
				last = true
			case <-time.After(5 * time.Millisecond):
			}
		}
	})
	b.join(first, "Anna")
	close(over)
	watch.Wait()
	if len(seen) == 0 {
		t.Fatal("no process apart was there")
	}
	pid := <-seen
	if code := w.stop(); code != exitDone {
		t.Errorf("the line ended with %d: %s", code, w.err)
	}
	if alive(pid) {
		t.Error("the process apart outlives the line")
	}
}

// offspring are the processes that this one has started.
func offspring() (pids []int) {
	threads, _ := os.ReadDir("/proc/self/task")
	for _, one := range threads {
		list, _ := os.ReadFile("/proc/self/task/" + one.Name() + "/children")
		for _, f := range strings.Fields(string(list)) {
			if pid, err := strconv.Atoi(f); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}
