package staff

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"helpline"
)

// DeviceLasts is how long a browser is known after a login.
const DeviceLasts = 90 * 24 * time.Hour

// Devices knows browsers in which somebody has logged in. Whoever comes from
// one waits in a queue of their own when passphrases are weighed, so that a
// flood of logins from anywhere keeps no staff out. It opens nothing, and does
// not say who has logged in. Nothing is stored: the mark proves itself.
type Devices struct{ key []byte }

// A mark is 16 random bytes, the day it ends and the first 16 bytes of
// HMAC-SHA256(key, both), in base64url.
const (
	markSaid  = 16 + 4
	markWhole = markSaid + 16
)

// NewDevices makes and knows the marks of one installation, whose secret it is
// given.
func NewDevices(secret []byte) (*Devices, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "helpline/known-device/v1", 32)
	if err != nil {
		return nil, helpline.Errorf(helpline.Internal, "derive the key of devices: %w", err)
	}
	return &Devices{key}, nil
}

// Mark makes the mark of a browser in which somebody has just logged in.
func (d *Devices) Mark(now time.Time) string {
	mark := make([]byte, markSaid, markWhole)
	_, _ = rand.Read(mark[:16]) // it never fails
	binary.BigEndian.PutUint32(mark[16:], uint32(now.Add(DeviceLasts).Unix()/86400))
	return base64.RawURLEncoding.EncodeToString(append(mark, d.proof(mark)...))
}

func (d *Devices) proof(said []byte) []byte {
	mac := hmac.New(sha256.New, d.key)
	mac.Write(said)
	return mac.Sum(nil)[:markWhole-markSaid]
}

// Knows says whether a mark is one of ours, and gives the browser a name that
// means nothing elsewhere.
func (d *Devices) Knows(mark string, now time.Time) (name string, ok bool) {
	if d == nil || len(mark) != base64.RawURLEncoding.EncodedLen(markWhole) {
		return "", false
	}
	b, err := base64.RawURLEncoding.DecodeString(mark)
	if err != nil || !hmac.Equal(b[markSaid:], d.proof(b[:markSaid])) ||
		int64(binary.BigEndian.Uint32(b[16:])) < now.Unix()/86400 {
		return "", false
	}
	return "device " + string(b[:16]), true
}

// AskedFromDevice says that the logins of a context come from a browser that is
// known, by the name that Knows gave. It takes the place of AskedFrom.
func AskedFromDevice(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, askedKey{}, Asked{From: name, Known: true})
}
