package directory

import (
	"fmt"
	"strings"

	"helpline"
)

// Problem is one reason why a file is not taken.
type Problem struct {
	Path string // as [2].services[0].phones[1].number; "file" is the whole of it
	What string // says what to change
}

// Problems are all reasons. They are what an Invalid error of this package
// wraps.
type Problems []Problem

// maxTold bounds how many problems are written out.
const maxTold = 100

// Error is one line for each problem.
func (ps Problems) Error() string {
	var b strings.Builder
	for i, p := range ps {
		if i == maxTold {
			fmt.Fprintf(&b, "\nand %d more", len(ps)-maxTold)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s: %s", p.Path, p.What)
	}
	return b.String()
}

// refused makes the error for problems, nil without any.
func (ps Problems) refused() error {
	if len(ps) == 0 {
		return nil
	}
	return helpline.Errorf(helpline.Invalid, "the directory has %s, so nothing of it is taken:\n%w", count(len(ps), "problem"), ps)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
