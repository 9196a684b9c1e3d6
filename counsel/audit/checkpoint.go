package audit

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"

	"helpline"
)

// Checkpoint says what the end of a log was at some time. Copied to where
// nobody of the host can write, it shows a log that was cut or rewritten since.
type Checkpoint struct {
	Install helpline.ID
	Number  int // of the last entry
	Hash    Hash
	Key     Key // that signs the next entry
}

const checkpointMark = "helpline audit 1"

// String is the checkpoint in one line.
func (c Checkpoint) String() string {
	return fmt.Sprintf("%s %s %d %x %s", checkpointMark, c.Install, c.Number, c.Hash[:], c.Key)
}

// ParseCheckpoint reads what String wrote; Invalid.
func ParseCheckpoint(s string) (Checkpoint, error) {
	var c Checkpoint
	rest, ok := strings.CutPrefix(strings.TrimSpace(s), checkpointMark+" ")
	parts := strings.Split(rest, " ")
	bad := helpline.Errorf(helpline.Invalid, "read a checkpoint: a line has another form than `%s INSTALL NUMBER HASH KEY`", checkpointMark)
	if !ok || len(parts) != 4 {
		return c, bad
	}
	install, err := helpline.ParseID(parts[0])
	if err != nil {
		return c, bad
	}
	n, err := strconv.Atoi(parts[1])
	if err != nil || n < 0 || strconv.Itoa(n) != parts[1] {
		return c, bad
	}
	c.Install, c.Number = install, n
	if !fill(c.Hash[:], parts[2]) || !fill(c.Key[:], parts[3]) {
		return Checkpoint{}, bad
	}
	return c, nil
}

// ParseKey reads a public key in hexadecimal; Invalid.
func ParseKey(s string) (k Key, err error) {
	if !fill(k[:], strings.TrimSpace(s)) {
		return Key{}, helpline.Errorf(helpline.Invalid, "read a public key of the audit log: want 64 hexadecimal digits")
	}
	return k, nil
}

func fill(to []byte, s string) bool {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(to) || s != strings.ToLower(s) {
		return false
	}
	copy(to, b)
	return true
}

// mostCheckpoints is how many lines of a file are read at most: one a day, for
// longer than anything is kept.
const mostCheckpoints = 10000

// ReadCheckpoints reads a file of checkpoints, one a line; empty lines and
// lines that begin with # are passed over. Invalid, also when there is none.
func ReadCheckpoints(r io.Reader) ([]Checkpoint, error) {
	var out []Checkpoint
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		text := strings.TrimSpace(lines.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		c, err := ParseCheckpoint(text)
		if err != nil {
			return nil, err
		}
		if out = append(out, c); len(out) > mostCheckpoints {
			return nil, helpline.Errorf(helpline.Invalid, "read checkpoints: there are more than %d", mostCheckpoints)
		}
	}
	if lines.Err() != nil {
		return nil, helpline.Errorf(helpline.Invalid, "read checkpoints: a line is too long")
	}
	if len(out) == 0 {
		return nil, helpline.Errorf(helpline.Invalid, "read checkpoints: there is none in the file")
	}
	return out, nil
}
