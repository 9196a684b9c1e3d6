package main

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// diskFree gives the bytes free to this account and in all, where a folder is.
func diskFree(dir string) (free, whole uint64, known bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, 0, false
	}
	return s.Bavail * uint64(s.Bsize), s.Blocks * uint64(s.Bsize), true
}

// staUnsync is STA_UNSYNC of adjtimex(2): nothing keeps the clock.
const staUnsync = 0x40

// clockKept says whether something keeps the system's clock right.
func clockKept() (kept, known bool) {
	var t syscall.Timex
	if _, err := syscall.Adjtimex(&t); err != nil {
		return false, false
	}
	return t.Status&staUnsync == 0, true
}

// inodeOf is the number of a file; 0 when there is none.
func inodeOf(path string) uint64 {
	var s syscall.Stat_t
	if err := syscall.Stat(path, &s); err != nil {
		return 0
	}
	return s.Ino
}

// residentBytes is the memory this process has in use; 0 when it is not known.
func residentBytes() uint64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	f := strings.Fields(string(text))
	if len(f) < 2 {
		return 0
	}
	pages, err := strconv.ParseUint(f[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * uint64(os.Getpagesize())
}
