package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Z95 is the 97.5 % point of the standard normal distribution: the half-width of a 95 % interval in standard errors.
const Z95 = 1.959963984540054

// Interval is an estimate with its 95 % confidence interval.
// A part that cannot be known is NaN: all of it without data, the bounds where there is too little to judge spread.
type Interval struct {
	Value, Low, High float64
	SE               float64 // standard error of Value; NaN where the method has none
	N                float64 // what the figure rests on: answers, customers, people still watched
}

// Change is a first figure less a second one (by convention: now less before, segment less rest, treated less control).
type Change struct {
	Difference, Low, High float64
	SE                    float64
	Z                     float64 // the test statistic; compared with t where the function says so
	P                     float64 // two-sided; NaN where nothing is known about the spread

	// Relative is first / second - 1 (0.15 is +15 %), its interval linearised on the scale of log(first / second).
	// NaN where the quotient or its interval has no meaning: a figure at or below zero.
	Relative, RelativeLow, RelativeHigh float64
}

// Known says whether the interval has both its bounds.
func (i Interval) Known() bool {
	return !math.IsNaN(i.Value) && !math.IsNaN(i.Low) && !math.IsNaN(i.High)
}

// Scale multiplies the figure, e.g. by 100 for percent; a negative factor turns the interval round.
func (i Interval) Scale(by float64) Interval {
	low, high := i.Low*by, i.High*by
	if by < 0 {
		low, high = high, low
	}
	return Interval{Value: i.Value * by, Low: low, High: high, SE: i.SE * math.Abs(by), N: i.N}
}

// Complement is the interval of total - value: churn from retention with total 1 (or 100).
func (i Interval) Complement(total float64) Interval {
	return Interval{Value: total - i.Value, Low: total - i.High, High: total - i.Low, SE: i.SE, N: i.N}
}

// Scale multiplies the difference, e.g. by 100 for percentage points; what is relative stays.
func (c Change) Scale(by float64) Change {
	d := Interval{Value: c.Difference, Low: c.Low, High: c.High, SE: c.SE}.Scale(by)
	c.Difference, c.Low, c.High, c.SE = d.Value, d.Low, d.High, d.SE
	if by < 0 {
		c.Z = -c.Z
	}
	return c
}

// NormalP is the two-sided p value of a standard normal statistic.
func NormalP(z float64) float64 { return math.Erfc(math.Abs(z) / math.Sqrt2) }

// Student's t is taken for normal from this many degrees of freedom on: the two differ by less than 3e-7 there, and the
// incomplete beta function behind t loses more than that beyond.
const normalFreedom = 1e7

// leastFreedom is the fewest degrees of freedom that t is computed for; no sample has fewer than 1.
const leastFreedom = 0.01

// StudentP is the two-sided p value of a t statistic. NaN without degrees of freedom.
func StudentP(t, df float64) float64 {
	if math.IsNaN(t) || !(df >= leastFreedom) {
		return math.NaN()
	}
	if df >= normalFreedom {
		return NormalP(t)
	}
	return 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.CDF(-math.Abs(t))
}

// StudentQuantile95 is the 97.5 % point of Student's t: Z95 for a finite sample. NaN without degrees of freedom.
func StudentQuantile95(df float64) float64 {
	switch {
	case !(df >= leastFreedom):
		return math.NaN()
	case df >= normalFreedom:
		return Z95
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(0.975)
}

func unknown() Interval {
	nan := math.NaN()
	return Interval{Value: nan, Low: nan, High: nan, SE: nan}
}

func unknownChange() Change {
	nan := math.NaN()
	return Change{nan, nan, nan, nan, nan, nan, nan, nan, nan}
}

// symmetric is value +- half a width of crit standard errors.
func symmetric(value, se, crit, n float64) Interval {
	return Interval{Value: value, Low: value - crit*se, High: value + crit*se, SE: se, N: n}
}

// tested fills difference, interval and test from a standard error; df of +Inf means the normal distribution.
// Without spread (SE 0) equal figures are equal (p 1) and unlike ones cannot be judged (p NaN).
func tested(difference, se, df float64) Change {
	c := unknownChange()
	c.Difference, c.SE = difference, se
	if math.IsNaN(difference) || math.IsNaN(se) {
		return c
	}
	if se == 0 {
		c.Low, c.High = difference, difference
		if difference == 0 {
			c.Z, c.P = 0, 1
		}
		return c
	}
	crit := StudentQuantile95(df)
	c.Low, c.High = difference-crit*se, difference+crit*se
	c.Z = difference / se
	c.P = StudentP(c.Z, df)
	return c
}

// withRelative adds first / second - 1 and its interval from the standard errors of both, which are independent.
func (c Change) withRelative(first, second, seFirst, seSecond, crit float64) Change {
	return c.withRelativeSE(first, second, math.Hypot(seFirst/first, seSecond/second), crit)
}

// withRelativeSE is withRelative from the standard error of log(first / second).
func (c Change) withRelativeSE(first, second, seLog, crit float64) Change {
	nan := math.NaN()
	c.Relative, c.RelativeLow, c.RelativeHigh = nan, nan, nan
	if !(second > 0) || !(first >= 0) {
		return c
	}
	c.Relative = first/second - 1
	if first == 0 {
		return c
	}
	c.RelativeLow = first/second*math.Exp(-crit*seLog) - 1
	c.RelativeHigh = first/second*math.Exp(crit*seLog) - 1
	return c
}

func clamp(x, low, high float64) float64 { return math.Min(math.Max(x, low), high) }

// anyNaN also catches infinities: no count or sum here may be infinite.
func anyNaN(xs ...float64) bool {
	for _, x := range xs {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return true
		}
	}
	return false
}

func anyNegative(xs ...float64) bool {
	for _, x := range xs {
		if x < 0 {
			return true
		}
	}
	return false
}
