//go:build !linux

package main

import "testing"

const atOnceName = "200 wrong logins at once"

// loginsAtOnce needs the kernel's count of memory.
func loginsAtOnce(b *testing.B, _ int) { b.Fatal("memory is measured on Linux only") }
