//go:build !linux

package main

// What is not Linux cannot be asked these things here.

func diskFree(string) (free, whole uint64, known bool) { return 0, 0, false }

func clockKept() (kept, known bool) { return false, false }

func inodeOf(string) uint64 { return 0 }

func residentBytes() uint64 { return 0 }
