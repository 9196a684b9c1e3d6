package rota

import "math"

// gammaBelow is the chance that a Gamma(shape, 1) lies below x: the series
// where it converges quickly, the continued fraction (Lentz) elsewhere.
func gammaBelow(shape, x float64) float64 {
	if x <= 0 {
		return 0
	}
	if math.IsInf(x, 1) {
		return 1
	}
	lg, _ := math.Lgamma(shape)
	front := math.Exp(shape*math.Log(x) - x - lg)
	if x < shape+1 {
		term := 1 / shape
		sum := term
		for n := shape + 1; term > sum*1e-15; n++ {
			term *= x / n
			sum += term
		}
		return min(1, sum*front)
	}
	const tiny = 1e-300
	b := x + 1 - shape
	c, d := 1/tiny, 1/b
	h := d
	for i := 1; i < 10_000; i++ {
		an := -float64(i) * (float64(i) - shape)
		b += 2
		d = 1 / notZero(an*d+b, tiny)
		c = notZero(b+an/c, tiny)
		h *= d * c
		if math.Abs(d*c-1) < 1e-14 {
			break
		}
	}
	return max(0, 1-front*h)
}

func notZero(x, tiny float64) float64 {
	if math.Abs(x) < tiny {
		return tiny
	}
	return x
}

// gammaQuantile is the value below which a Gamma(shape, rate) lies with the
// chance p, by halving.
func gammaQuantile(p, shape, rate float64) float64 {
	low, high := 0.0, shape+1
	for gammaBelow(shape, high) < p && high < 1e12 {
		high *= 2
	}
	for range 80 {
		mid := (low + high) / 2
		if gammaBelow(shape, mid) < p {
			low = mid
		} else {
			high = mid
		}
	}
	return (low + high) / 2 / rate
}

// mixedQuantile is the smallest count at or below which a Poisson count lies
// with the chance p, when its mean is exposure times a Gamma(shape, rate).
func mixedQuantile(p, shape, rate, exposure float64) int {
	q := exposure / (rate + exposure)
	chance := math.Exp(shape * math.Log1p(-q))
	sum := chance
	n := 0
	for sum < p && n < 1_000_000 {
		n++
		chance *= q * (shape + float64(n) - 1) / float64(n)
		sum += chance
	}
	return n
}
