package directory

import (
	"encoding/hex"

	"helpline"
)

// ParseUUID reads an HSDS identifier, in upper or lower case, as the 128 bits
// it stands for. Anything else, and the UUID of zeros, is an Invalid error.
func ParseUUID(s string) (helpline.ID, error) {
	var id helpline.ID
	bad := helpline.Errorf(helpline.Invalid, "not a UUID")
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return id, bad
	}
	b, err := hex.DecodeString(s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:])
	if err != nil {
		return id, bad
	}
	copy(id[:], b)
	if id.IsZero() {
		return id, bad
	}
	return id, nil
}

// UUID writes an identifier as HSDS does, in lower case.
func UUID(id helpline.ID) string {
	h := hex.EncodeToString(id[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
