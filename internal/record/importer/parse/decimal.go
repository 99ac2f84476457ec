package parse

import (
	"math"
	"math/big"
	"math/bits"
)

// maxDigits is how many digits a mantissa holds; every such number fits an int64.
const maxDigits = 18

// Decimal is an exact decimal number: Mant / 10^Scale. Scale is 0 to 18.
type Decimal struct {
	Mant  int64
	Scale uint8
}

// Float is the nearest float64.
func (d Decimal) Float() float64 {
	if d.Scale == 0 {
		return float64(d.Mant)
	}
	return float64(d.Mant) / float64(power(int(d.Scale)))
}

// Neg is the number with its sign turned.
func (d Decimal) Neg() Decimal { return Decimal{-d.Mant, d.Scale} }

// Minor is the number in minor units of a currency with that many digits, rounded half away from zero.
// It is false when the result does not fit.
func (d Decimal) Minor(digits int) (int64, bool) {
	shift := int(d.Scale) - digits
	switch {
	case shift == 0:
		return d.Mant, true
	case shift < 0:
		return scaleUp(d.Mant, -shift)
	}
	p := int64(power(shift))
	q, r := d.Mant/p, d.Mant%p
	if r < 0 {
		r = -r
	}
	if r >= p-r {
		if d.Mant < 0 {
			q--
		} else {
			q++
		}
	}
	return q, true
}

// ProductMinor multiplies exactly, then rounds once, half away from zero, to minor units.
// It is false when the result does not fit.
func ProductMinor(digits int, factors ...Decimal) (int64, bool) {
	if len(factors) == 1 {
		return factors[0].Minor(digits)
	}
	if len(factors) != 2 {
		return productBig(digits, factors)
	}
	a, b := factors[0], factors[1]
	negative := (a.Mant < 0) != (b.Mant < 0)
	hi, lo := bits.Mul64(magnitude(a.Mant), magnitude(b.Mant))
	shift := int(a.Scale) + int(b.Scale) - digits
	if shift < 0 && hi == 0 && lo <= math.MaxInt64 {
		m, _ := signed(lo, negative)
		return scaleUp(m, -shift)
	}
	if shift > maxDigits || shift < 0 {
		return productBig(digits, factors)
	}
	p := power(shift)
	if hi >= p {
		return 0, false
	}
	q, r := bits.Div64(hi, lo, p)
	if r != 0 && r >= p-r {
		q++
	}
	return signed(q, negative)
}

// productBig is the slow road for more than two factors and for unusual scales.
func productBig(digits int, factors []Decimal) (int64, bool) {
	m := big.NewInt(1)
	scale := 0
	for _, f := range factors {
		m.Mul(m, big.NewInt(f.Mant))
		scale += int(f.Scale)
	}
	ten := big.NewInt(10)
	if shift := scale - digits; shift > 0 {
		p := new(big.Int).Exp(ten, big.NewInt(int64(shift)), nil)
		negative := m.Sign() < 0
		q, r := new(big.Int).QuoRem(m.Abs(m), p, new(big.Int))
		if r.Lsh(r, 1).Cmp(p) >= 0 {
			q.Add(q, big.NewInt(1))
		}
		if m = q; negative {
			m.Neg(m)
		}
	} else if shift < 0 {
		m.Mul(m, new(big.Int).Exp(ten, big.NewInt(int64(-shift)), nil))
	}
	if !m.IsInt64() {
		return 0, false
	}
	return m.Int64(), true
}

func magnitude(m int64) uint64 {
	if m < 0 {
		return uint64(-m)
	}
	return uint64(m)
}

func signed(q uint64, negative bool) (int64, bool) {
	if q > 1<<63-1 {
		return 0, false
	}
	if negative {
		return -int64(q), true
	}
	return int64(q), true
}

// scaleUp is m * 10^n, false when it does not fit.
func scaleUp(m int64, n int) (int64, bool) {
	if m == 0 {
		return 0, true
	}
	if n > maxDigits {
		return 0, false
	}
	hi, lo := bits.Mul64(magnitude(m), power(n))
	if hi != 0 {
		return 0, false
	}
	return signed(lo, m < 0)
}

// power is 10^n for n from 0 to 18.
func power(n int) uint64 { return powers[n] }

var powers = [maxDigits + 1]uint64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
}
