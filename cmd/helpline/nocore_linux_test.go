package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// crashEnv makes this test binary a child that crashes.
const crashEnv = "HELPLINE_TEST_CRASH"

// programEnv makes this test binary the program itself.
const programEnv = "HELPLINE_TEST_PROGRAM"

// endEnv has the kernel end the program where it writes further than so many
// bytes into any one file: at that byte, on every machine however busy it is.
const endEnv = "HELPLINE_TEST_END"

// endAt asks for that. Go would give the program an error to handle instead.
func endAt(most string) {
	n, err := strconv.ParseUint(most, 10, 64)
	if err != nil {
		panic(err)
	}
	room := syscall.Rlimit{Cur: n, Max: n}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &room); err != nil {
		panic(err)
	}
	var usual [64]byte // a sigaction of zeros is what the kernel does by itself: end the process
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, uintptr(syscall.SIGXFSZ), uintptr(unsafe.Pointer(&usual)), 0, 8, 0, 0); errno != 0 {
		panic(errno)
	}
}

// TestMain lets the test binary be the child of a test: one that crashes, or
// the line that a load test starts.
func TestMain(m *testing.M) {
	if how := os.Getenv(crashEnv); how != "" {
		crash(how)
	}
	if os.Getenv(parentEnv) != "" {
		parent()
	}
	if file := os.Getenv(floodedEnv); file != "" {
		os.Exit(flooded(file))
	}
	if what := os.Getenv(floodingEnv); what != "" {
		os.Exit(flooding(what))
	}
	if role := os.Getenv(speedEnv); role != "" {
		if err := speedMain(role); err != nil {
			println(err.Error())
			os.Exit(1)
		}
		os.Exit(0)
	}
	if len(os.Args) == 2 && os.Args[1] == "stretch" { // started by a line, with no environment
		main()
	}
	if os.Getenv(programEnv) != "" && !slices.Contains(os.Args, "-test.fuzzworker") {
		if most := os.Getenv(endEnv); most != "" {
			endAt(most)
		}
		main()
	}
	if err := os.Setenv(programEnv, "yes"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// crash prints whether the kernel would dump this process, and then aborts.
func crash(how string) {
	if how == "guarded" {
		if err := noCore(); err != nil {
			println(err.Error())
			os.Exit(3)
		}
	}
	limits, _ := os.ReadFile("/proc/self/limits")
	for line := range strings.Lines(string(limits)) {
		if strings.HasPrefix(line, "Max core file size") {
			os.Stdout.WriteString(strings.Join(strings.Fields(line), " ") + "\n")
		}
	}
	const prGetDumpable = 3
	dumpable, _, _ := syscall.RawSyscall(syscall.SYS_PRCTL, prGetDumpable, 0, 0)
	os.Stdout.WriteString("dumpable " + string(rune('0'+dumpable)) + "\n")
	panic("the marked sentence stands in a crash")
}

func TestPromiseNoCoreFileCanBeWritten(t *testing.T) {
	run := func(how string) (string, *os.ProcessState, string) {
		dir := t.TempDir()
		cmd := exec.Command(os.Args[0])
		cmd.Dir = dir
		// GOTRACEBACK=crash is what would make Go abort with a core.
		cmd.Env = append(os.Environ(), crashEnv+"="+how, "GOTRACEBACK=crash")
		out, _ := cmd.Output()
		return string(out), cmd.ProcessState, dir
	}
	bare, _, _ := run("bare")
	if !strings.Contains(bare, "dumpable 1") {
		t.Fatalf("an unguarded child is not dumpable, so this test could not fail: %s", bare)
	}
	out, state, dir := run("guarded")
	if !strings.Contains(out, "Max core file size 0 0 bytes") || !strings.Contains(out, "dumpable 0") {
		t.Errorf("the guarded child may still be dumped:\n%s", out)
	}
	if state.Success() {
		t.Fatal("the child did not crash")
	}
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.CoreDump() {
		t.Error("the kernel wrote a core file of the child")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("the crash left files: %v", left)
	}
}
