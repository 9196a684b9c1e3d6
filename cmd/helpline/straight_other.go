//go:build !linux

package main

import (
	"errors"
	"os"
)

// setStraight is for Linux.
func setStraight(*os.File, bool) error { return errors.ErrUnsupported }
