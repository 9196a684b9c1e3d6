package main

import (
	"os"
	"strconv"
	"syscall"
	"unsafe"

	"helpline"
)

// schedIdle is SCHED_IDLE of sched(7).
const schedIdle = 5

// ownProgram is the file of this program, also when another has been put in its
// place since it was started.
const ownProgram = "/proc/self/exe"

// idleOnly gives this process, all its threads and all it will have, only the
// processor time that nobody else wants, and makes it the first to go when
// memory runs out. It says whether the first could be done: a system may forbid
// it.
func idleOnly() bool {
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0) // where it is forbidden, the kernel chooses
	done := map[string]bool{}
	for again := true; again; { // a new thread is like the one that made it, so this ends
		again = false
		threads, err := os.ReadDir("/proc/self/task")
		if err != nil {
			return false
		}
		for _, t := range threads {
			if done[t.Name()] {
				continue
			}
			tid, err := strconv.Atoi(t.Name())
			if err != nil {
				return false
			}
			var priority int32
			if _, _, errno := syscall.RawSyscall(syscall.SYS_SCHED_SETSCHEDULER, uintptr(tid), schedIdle, uintptr(unsafe.Pointer(&priority))); errno != 0 && errno != syscall.ESRCH {
				return false
			}
			done[t.Name()], again = true, true
		}
	}
	return true
}

// openNothing takes from this process the right to open a file or a socket and
// to write to a file. What is open stays.
func openNothing() error {
	for _, limit := range []int{syscall.RLIMIT_NOFILE, syscall.RLIMIT_FSIZE} {
		if err := syscall.Setrlimit(limit, &syscall.Rlimit{}); err != nil {
			return helpline.Errorf(helpline.Internal, "forbid files and sockets: %w", err)
		}
	}
	return nil
}
