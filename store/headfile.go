package store

import (
	"encoding/binary"
	"path/filepath"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/vault"
)

var _ counsel.HeadFile = (*HostKeys)(nil)

// The file is written like a file of keys, though nothing in it is secret.
const (
	headName = "log.head"
	headMark = "helpline key log head 1\n"
)

// VouchedHead gives the head of the key log that a keyring has vouched for last on
// this host; the zero Trust where there is none.
func (h *HostKeys) VouchedHead() (vault.Trust, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var root, seen, head Key
	err := readKeys(filepath.Join(h.dir, headName), headMark, &root, &seen, &head)
	if helpline.KindOf(err) == helpline.NotFound {
		return vault.Trust{}, nil
	}
	return vault.Trust{Root: vault.SignKey(root), Seen: binary.BigEndian.Uint64(seen[:]), Head: head}, err
}

// KeepVouchedHead keeps it, whole or not at all.
func (h *HostKeys) KeepVouchedHead(t vault.Trust) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	var seen Key
	binary.BigEndian.PutUint64(seen[:], t.Seen)
	return writeKeys(filepath.Join(h.dir, headName), headMark, Key(t.Root), seen, Key(t.Head))
}
