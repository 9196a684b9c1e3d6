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
	"context"
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

	last [32]byte  // of the hour before
	till time.Time // it is kept; zero: there is none
}

// Of gives the rate key of an address: 24 hexadecimal digits, the same for the
// same network within the hour that now lies in; the first 8 are those of
// Network. The address may carry a port
// and a zone, which do not count; all of an IPv6 /64 is one network, because
// one household holds that many addresses. What cannot be read is Unknown.
func (k *Keys) Of(address string, now time.Time) string {
	near, wide, ok := networksOf(address)
	if !ok {
		return Unknown
	}
	return sumUnder(k.current(now), wide, 'n', near)
}

// Before is what Of gave in the hour before, for as long as a turn of that hour
// may hold good; afterwards, and where there was no such hour, it is empty.
func (k *Keys) Before(address string, now time.Time) string {
	near, wide, ok := networksOf(address)
	key, kept := k.earlier(now)
	if !ok || !kept {
		return ""
	}
	return sumUnder(key, wide, 'n', near)
}

// sumUnder makes a rate key of a wider network and of what is near. near's sort
// keeps addresses and circuits apart.
func sumUnder(key [32]byte, wide []byte, sort byte, near []byte) string {
	sum := func(sort byte, network []byte, length int) []byte {
		mac := hmac.New(sha256.New, key[:])
		mac.Write([]byte{sort})
		mac.Write(network)
		return mac.Sum(nil)[:length]
	}
	return hex.EncodeToString(append(sum('w', wide, 4), sum(sort, near, 8)...))
}

// Network gives the part of a rate key that whoever comes from the same wider
// network has in common: an IPv4 /16, an IPv6 /40. It is what one provider of
// rented machines, or one tunnel with millions of addresses, looks like.
func Network(key string) string {
	if len(key) != 24 {
		return key
	}
	return key[:8]
}

// current is the key of the hour. A clock that is set back makes a new key
// too: no key is ever used for two stretches of time.
func (k *Keys) current(now time.Time) [32]byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	hour := now.UnixNano() / int64(turn)
	if hour != k.hour {
		clear(k.last[:])
		if k.till = (time.Time{}); k.hour != 0 && hour == k.hour+1 {
			k.last, k.till = k.key, time.Unix(0, hour*int64(turn)).Add(waitLife)
		}
		_, _ = rand.Read(k.key[:]) // never fails: crypto/rand aborts the program instead
		k.hour = hour
	}
	if !k.till.IsZero() && !now.Before(k.till) {
		clear(k.last[:])
		k.till = time.Time{}
	}
	return k.key
}

// earlier is the key of the hour before, while there is one.
func (k *Keys) earlier(now time.Time) ([32]byte, bool) {
	k.current(now)
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.last, !k.till.IsZero()
}

type earlierKey struct{}

// WithEarlier has a request carry the rate key that it would have had in the
// hour before.
func WithEarlier(ctx context.Context, rate string) context.Context {
	return context.WithValue(ctx, earlierKey{}, rate)
}

// Earlier is what WithEarlier put there; empty where nothing was.
func Earlier(ctx context.Context) string {
	rate, _ := ctx.Value(earlierKey{}).(string)
	return rate
}

// networksOf reads an address, drops what distinguishes hosts of one network,
// and gives the wider network too.
func networksOf(address string) (near, wide []byte, ok bool) {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		port, err := netip.ParseAddrPort(address)
		if err != nil {
			return nil, nil, false
		}
		addr = port.Addr()
	}
	addr = addr.Unmap().WithZone("")
	nearBits, wideBits := 32, 16
	if addr.Is6() {
		nearBits, wideBits = 64, 40
	}
	cut := func(bits int) []byte {
		prefix, _ := addr.Prefix(bits) // bits fit the address
		return prefix.Masked().Addr().AsSlice()
	}
	return cut(nearBits), cut(wideBits), true
}
