package predict

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mathext"
)

// plainly is the expected number of purchases of somebody who is there, as one would write it down: the sum over purchases of
// the chance of their ticks, by the incomplete beta function, times the chance of having stayed for them.
func plainly(s staying, days float64) float64 {
	p := days / (s.scale + days)
	total, stayed := 0.0, 1.0
	for i := 1; i < 1<<20; i++ {
		ticks := float64(s.k*i - s.done)
		more := stayed * mathext.RegIncBeta(ticks, s.shape, p) // so many ticks or more of a negative binomial count
		total += more
		if more < 1e-15*total && ticks > s.shape*days/s.scale {
			break
		}
		stayed *= (s.b + float64(i-1)) / (s.a + s.b + float64(i-1))
	}
	return total
}

// The series of all stretches gives what the plain sum gives for each, also where no purchase at all has a chance too small
// to be written.
func TestStayingAgainstThePlainSum(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]staying{
		"few":          {k: 1, shape: .8, scale: 400, a: .6, b: 1.8},
		"many":         {k: 1, shape: 40.8, scale: 120, a: .6, b: 41},
		"regular":      {k: 3, done: 2, shape: 30, scale: 200, a: .5, b: 12},
		"never leaves": {k: 1, shape: 12, scale: 90, a: 1e-6, b: 9},
		"leaves soon":  {k: 1, shape: 500, scale: 260, a: 30, b: 2},
		"beyond":       {k: 2, done: 1, shape: 402, scale: 300, a: .5, b: 202},
		"far beyond":   {k: 1, shape: 1000, scale: 100, a: .3, b: 1000},
	} {
		days := []float64{90, 30, 0, 365, 0.5, 3650, 90}
		into := make([]float64, len(days))
		s.add(days, into, 2)
		for i, d := range days {
			if d == 0 {
				within(t, name+" in no time", into[i], 0, 0)
				continue
			}
			near(t, name, into[i], 2*plainly(s, d), 1e-9)
		}
		if math.IsNaN(into[5]) || into[5] < into[3] {
			t.Errorf("%s: more time brings less: %v", name, into)
		}
	}
}
