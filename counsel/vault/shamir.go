package vault

import "crypto/rand"

// Shamir's sharing over GF(256), byte for byte, as draft-mcgrew-tss-03 writes
// it: the secret is the value at 0 of a polynomial of degree k-1 with random
// coefficients, and share number x is its value at x, from 1 on. k shares give
// the secret, k-1 say nothing about it.

// point is the value of a polynomial at one place.
type point struct {
	at    byte // not 0
	value []byte
}

// splitSecret makes n shares of which k are needed: 1 to n in order.
func splitSecret(secret []byte, k, n int) []point {
	shares := make([]point, n)
	for i := range shares {
		shares[i] = point{at: byte(i + 1), value: make([]byte, len(secret))}
	}
	coefficients := make([]byte, k)
	defer clear(coefficients)
	for b, s := range secret {
		_, _ = rand.Read(coefficients[1:])
		coefficients[0] = s
		for _, share := range shares {
			var y byte
			for c := k - 1; c >= 0; c-- {
				y = times(y, share.at) ^ coefficients[c]
			}
			share.value[b] = y
		}
	}
	return shares
}

// interpolate gives the value at 0 of the polynomial through the points, whose
// places must differ and whose values must be of one length.
func interpolate(points []point) []byte {
	secret := make([]byte, len(points[0].value))
	for i, p := range points {
		weight := byte(1)
		for j, q := range points {
			if i != j {
				weight = times(weight, times(q.at, inverse(p.at^q.at)))
			}
		}
		for b, y := range p.value {
			secret[b] ^= times(weight, y)
		}
	}
	return secret
}
