package main

import (
	"runtime/debug"
	"syscall"

	"helpline"
)

// prSetDumpable is PR_SET_DUMPABLE of prctl(2).
const prSetDumpable = 4

// noCore sees to it that the memory of this process, which holds live
// conversations, is never written to a file when it crashes and cannot be read
// by another process of the same account; and that a crash prints no frames.
func noCore() error {
	debug.SetTraceback("none")
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}); err != nil {
		return helpline.Errorf(helpline.Internal, "forbid core files: %w", err)
	}
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, prSetDumpable, 0, 0); errno != 0 {
		return helpline.Errorf(helpline.Internal, "forbid memory dumps: %w", errno)
	}
	return nil
}
