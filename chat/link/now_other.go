//go:build !unix

package link

import "helpline"

// canWriteNow says that here every connection has a writer that may wait.
const canWriteNow = false

func writeNow(uintptr, []byte) (int, error) {
	return 0, helpline.Errorf(helpline.Internal, "write: not on this system")
}
