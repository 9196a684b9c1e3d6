package vault

// The field GF(2^8) modulo x^8+x^4+x^3+x+1, as the Advanced Encryption Standard
// has it. What is multiplied here are shares of a key, so nothing branches on a
// value and no table is read at a place that depends on one.

const rijndael = 0x1b // the modulus without its highest term

// times multiplies.
func times(a, b byte) byte {
	var product byte
	for range 8 {
		product ^= a & -(b & 1)
		a = a<<1 ^ rijndael&-(a>>7)
		b >>= 1
	}
	return product
}

// inverse gives 1/a, and 0 for 0: a to the power of 254.
func inverse(a byte) byte {
	result := byte(1)
	for range 7 { // 254 is seven ones and a zero
		a = times(a, a)
		result = times(result, a)
	}
	return result
}
