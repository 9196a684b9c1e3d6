// Package gate is admission without addresses.
//
// An address is turned into a rate key as soon as a connection is accepted and
// is forgotten at once: HMAC-SHA256 under a random key that is only in memory
// and is replaced every hour, cut to 64 bits. So two visits an hour apart
// cannot be told to be from one address, and nothing here can be turned back
// into an address once the hour is over. Budgets count per rate key and keep a
// bounded number of them.
//
// The package does no I/O and never asks what time it is: time is passed in.
package gate

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"sync"
	"time"
)

// turn is how long one key in memory is used.
const turn = time.Hour

// Unknown is the rate key of whoever has no readable address. All of them
// share one budget.
const Unknown = "unknown"

// Keys makes rate keys. It is safe for concurrent use; the zero value is ready.
type Keys struct {
	mu   sync.Mutex
	key  [32]byte
	hour int64 // Unix time divided by turn; 0 before the first use
}

// Of gives the rate key of an address: 16 hexadecimal digits, the same for the
// same network within the hour that now lies in. The address may carry a port
// and a zone, which do not count; all of an IPv6 /64 is one network, because
// one household holds that many addresses. What cannot be read is Unknown.
func (k *Keys) Of(address string, now time.Time) string {
	network, ok := networkOf(address)
	if !ok {
		return Unknown
	}
	key := k.current(now)
	mac := hmac.New(sha256.New, key[:])
	mac.Write(network)
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

// current is the key of the hour. A clock that is set back makes a new key
// too: no key is ever used for two stretches of time.
func (k *Keys) current(now time.Time) [32]byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	hour := now.UnixNano() / int64(turn)
	if hour != k.hour {
		_, _ = rand.Read(k.key[:]) // never fails: crypto/rand aborts the program instead
		k.hour = hour
	}
	return k.key
}

// networkOf reads an address and drops what distinguishes hosts of one network.
func networkOf(address string) ([]byte, bool) {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		port, err := netip.ParseAddrPort(address)
		if err != nil {
			return nil, false
		}
		addr = port.Addr()
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is4() {
		return addr.AsSlice(), true
	}
	prefix, err := addr.Prefix(64)
	if err != nil {
		return nil, false
	}
	return prefix.Masked().Addr().AsSlice(), true
}
