//go:build unix

package link

import (
	"errors"
	"syscall"
)

// canWriteNow says that writeNow works here.
const canWriteNow = true

// writeNow writes as much as the network takes without waiting.
func writeNow(fd uintptr, b []byte) (int, error) {
	for {
		n, err := syscall.Write(int(fd), b)
		switch {
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EAGAIN):
			return 0, nil
		default:
			return max(n, 0), err
		}
	}
}
