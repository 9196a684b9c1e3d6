//go:build unix && !linux

package main

import (
	"runtime/debug"
	"syscall"

	"helpline"
)

// noCore sees to it that the memory of this process is never written to a file
// when it crashes, and that a crash prints no frames.
func noCore() error {
	debug.SetTraceback("none")
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}); err != nil {
		return helpline.Errorf(helpline.Internal, "forbid core files: %w", err)
	}
	return nil
}
