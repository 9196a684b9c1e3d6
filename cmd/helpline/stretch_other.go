//go:build !linux

package main

import "os"

// ownProgram is the file of this program.
var ownProgram = os.Args[0]

// idleOnly is not known here.
func idleOnly() bool { return false }

// openNothing is not known here.
func openNothing() error { return nil }
