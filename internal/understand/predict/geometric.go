package predict

import (
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/mathext"
)

// Geometric is BG/NBD and its relatives: gaps between purchases are Erlang-K at a rate that differs between customers
// (gamma: R, Alpha in days), and after each purchase a customer leaves for good with a chance that differs too (beta: A,
// B). With AtOnce they may leave after the first purchase as well: MBG. K of 1 is the plain model.
type Geometric struct {
	K      int
	AtOnce bool
	R      float64
	Alpha  float64 // days
	A, B   float64
}

// Name is bg-nbd, mbg-nbd, bg-cnbd-2 ...
func (m Geometric) Name() string {
	name := "bg-nbd"
	if m.K > 1 {
		name = "bg-cnbd-" + strconv.Itoa(m.K)
	}
	if m.AtOnce {
		name = "m" + name
	}
	return name
}

// Parameters lists them.
func (m Geometric) Parameters() []Parameter {
	return []Parameter{{"r", m.R, 1}, {"alpha", m.Alpha, daysPerWeek}, {"a", m.A, 1}, {"b", m.B, 1}}
}

// With is the same law with other parameters, in the same order.
func (m Geometric) With(v []float64) Model {
	return Geometric{K: m.K, AtOnce: m.AtOnce, R: v[0], Alpha: v[1], A: v[2], B: v[3]}
}

// flips is how often a customer with so many repeats, still there, has stayed when they could have left.
func (m Geometric) flips(x int) float64 {
	if m.AtOnce {
		return float64(x + 1)
	}
	return float64(x)
}

// ticks is the sum over the unfinished gap: the chance that fewer than K of the ticks that make a purchase have come, over
// that of none, and its derivatives by s and by q, where s is the shape and q the unfinished gap's share.
func ticks(k int, s, q float64) (sum, byShape, byShare float64) {
	term, harmonic := 1.0, 0.0
	sum = 1
	for j := 1; j < k; j++ {
		i := float64(j)
		term *= (s + i - 1) * q / i
		harmonic += 1 / (s + i - 1)
		sum += term
		byShape += term * harmonic
		byShare += term * i // times q
	}
	return sum, byShape, byShare
}

// odds is the logarithm of the odds that a customer has left, and the sum of ticks.
func (m Geometric) odds(c Stat) (logOdds, sum float64) {
	shape := m.R + float64(m.K*c.Repeats)
	sum, _, _ = ticks(m.K, shape, (c.Age-c.Last)/(m.Alpha+c.Age))
	flips := m.flips(c.Repeats)
	if flips == 0 {
		return math.Inf(-1), sum
	}
	return math.Log(m.A/(m.B+flips-1)/sum) + shape*math.Log((m.Alpha+c.Age)/(m.Alpha+c.Last)), sum
}

// Alive is the chance that the customer has not left.
func (m Geometric) Alive(c Stat) float64 {
	l, _ := m.odds(c)
	return 1 / (1 + math.Exp(l))
}

// LogLikelihood is that of one customer, with time in weeks.
func (m Geometric) LogLikelihood(c Stat) float64 {
	w := m.weeks()
	c.Last, c.Age = c.Last/daysPerWeek, c.Age/daysPerWeek
	logOdds, sum := w.odds(c)
	shape := w.R + float64(w.K*c.Repeats)
	return w.constant(c.Repeats) - shape*math.Log(w.Alpha+c.Age) + float64(w.K-1)*c.LogGaps + math.Log(sum) + logAdd(0, logOdds)
}

// constant is what of the likelihood depends on the number of repeats alone.
func (m Geometric) constant(x int) float64 {
	flips := m.flips(x)
	return lgamma(m.R+float64(m.K*x)) - lgamma(m.R) + m.R*math.Log(m.Alpha) - float64(x)*lgamma(float64(m.K)) +
		lgamma(m.B+flips) - lgamma(m.A+m.B+flips) + lgamma(m.A+m.B) - lgamma(m.B)
}

// weeks is the law with its time in weeks.
func (m Geometric) weeks() Geometric {
	return Geometric{K: m.K, AtOnce: m.AtOnce, R: m.R, Alpha: m.Alpha / daysPerWeek, A: m.A, B: m.B}
}

// perRepeats is what of the likelihood depends on the number of repeats alone, with its derivatives by r, a and b.
type perRepeats struct{ value, byR, byA, byB float64 }

// table is perRepeats by number of repeats, for those that occur.
func (m Geometric) table(rows []row) map[int]perRepeats {
	table := make(map[int]perRepeats)
	psiR, psiAB, psiB := mathext.Digamma(m.R), mathext.Digamma(m.A+m.B), mathext.Digamma(m.B)
	logAlpha := math.Log(m.Alpha)
	last := -1
	for _, r := range rows {
		if r.x == last {
			continue
		}
		last = r.x
		shape, flips := m.R+float64(m.K*r.x), m.flips(r.x)
		psiABy := mathext.Digamma(m.A + m.B + flips)
		table[r.x] = perRepeats{
			value: m.constant(r.x),
			byR:   mathext.Digamma(shape) - psiR + logAlpha,
			byA:   psiAB - psiABy,
			byB:   mathext.Digamma(m.B+flips) - psiABy + psiAB - psiB,
		}
	}
	return table
}

// logLikelihood adds up over rows, with Alpha in weeks; into grad, where it is not nil, the derivatives by R, Alpha, A, B.
func (m Geometric) logLikelihood(rows []row, table map[int]perRepeats, grad []float64) float64 {
	total := 0.0
	var by [4]float64
	var fixed perRepeats
	last := -1
	for i := range rows {
		r := &rows[i]
		if r.x != last {
			fixed, last = table[r.x], r.x
		}
		shape, flips := m.R+float64(m.K*r.x), m.flips(r.x)
		end, then := m.Alpha+r.t, m.Alpha+r.tx
		logEnd := math.Log(end)
		sum, byShape, byShare := ticks(m.K, shape, (r.t-r.tx)/end)
		left, logSum, longer := 0.0, 0.0, 0.0 // chance of having left; of the sum; age over last, in logarithms
		if m.K > 1 {
			logSum = math.Log(sum)
		}
		both := logSum
		if flips > 0 {
			longer = math.Log(end / then)
			gone := math.Log(m.A/(m.B+flips-1)) + shape*longer
			both = logAdd(logSum, gone)
			left = math.Exp(gone - both)
		}
		total += r.n * (fixed.value - shape*logEnd + float64(m.K-1)*r.logGaps + both)
		if grad == nil {
			continue
		}
		here := (1 - left) / sum
		by[0] += r.n * (fixed.byR - logEnd + here*byShape + left*longer)
		by[1] += r.n * (m.R/m.Alpha - shape/end - here*byShare/end + left*shape*(1/end-1/then))
		by[2] += r.n * (fixed.byA + left/m.A)
		by[3] += r.n * fixed.byB
		if flips > 0 {
			by[3] -= r.n * left / (m.B + flips - 1)
		}
	}
	for i := range grad {
		grad[i] += by[i]
	}
	return total
}

// Expect is how many purchases the customer makes in so many days from now.
func (m Geometric) Expect(c Stat, days float64) float64 {
	var into [1]float64
	return m.Expects(c, []float64{days}, into[:0])[0]
}

// Expects is Expect for several stretches at once.
func (m Geometric) Expects(c Stat, days, into []float64) []float64 {
	begin := len(into)
	for range days {
		into = append(into, 0)
	}
	logOdds, sum := m.odds(c)
	alive := 1 / (1 + math.Exp(logOdds))
	if alive == 0 {
		return into
	}
	s := staying{k: m.K, shape: m.R + float64(m.K*c.Repeats), scale: m.Alpha + c.Age, a: m.A, b: m.B + m.flips(c.Repeats)}
	// How many ticks of the unfinished gap have come is not known, only how likely each number is.
	q := (c.Age - c.Last) / s.scale
	term := alive / sum
	for ; s.done < m.K && term > 0; s.done++ {
		s.add(days, into[begin:], term)
		term *= s.shape * q / float64(s.done+1)
		s.shape++
	}
	return into
}

// None is the chance that the customer buys nothing in the next so many days: how likely the history is with them added,
// empty, beside how likely it is without.
func (m Geometric) None(c Stat, days float64) float64 {
	longer := c
	longer.Age += max(0, days)
	before, sum := m.odds(c)
	after, sumAfter := m.odds(longer)
	shape := m.R + float64(m.K*c.Repeats)
	return min(1, math.Exp(shape*math.Log((m.Alpha+c.Age)/(m.Alpha+longer.Age))+math.Log(sumAfter/sum)+logAdd(0, after)-logAdd(0, before)))
}

// Overdue is the chance that a gap of somebody who is there grows as long as the present one.
func (m Geometric) Overdue(c Stat) float64 {
	q := (c.Age - c.Last) / (m.Alpha + c.Age)
	shape := m.R + float64(m.K*c.Repeats)
	sum, _, _ := ticks(m.K, shape, q)
	return min(1, sum*math.Exp(shape*math.Log1p(-q)))
}

// Newcomer is how many repeats a new customer makes within so many days of the first purchase.
func (m Geometric) Newcomer(days float64) float64 { return m.Expect(Stat{}, days) }

// negligible is the share of a sum below which its tail is left away: far beyond any printed digit.
const negligible = 1e-12

// staying is somebody who is there: ticks come at a rate that is gamma (shape, scale), every k-th is a purchase, done of them
// have come, and after each purchase one stays with a chance that is beta (b, a).
type staying struct {
	k, done            int
	shape, scale, a, b float64
}

// add adds to into, so many times, the expected number of purchases within each of the days: the sum over numbers of ticks of
// how likely each is and how many purchases it brings, counting each by the chance of having stayed for it. With
// p = days / (scale + days) the chance of n ticks is (1-p)^shape p^n times what is the same for all days, so a series is
// worked out once, for the longest, and summed for all; its terms are positive.
func (s staying) add(days, into []float64, times float64) {
	longest := max(0, slices.Max(days))
	p := longest / (s.scale + longest)
	logNone := s.shape * math.Log1p(-p)
	first, logFirst := 0, logNone
	if logNone < leastLog {
		// No tick at all has a chance too small to be written: the series begins later, for each of the days elsewhere.
		if len(days) > 1 {
			for i := range days {
				s.add(days[i:i+1], into[i:i+1], times)
			}
			return
		}
		for below, mean := 0, int(s.shape*longest/s.scale); mean-below > 1 && !(logFirst > leastLog && logFirst < leastLog/6); {
			first = (below + mean) / 2
			f := float64(first)
			logFirst = logNone + lgamma(s.shape+f) - lgamma(s.shape) - lgamma(f+1) + f*math.Log(p)
			if logFirst < leastLog {
				below = first
			} else {
				mean = first
			}
		}
	}
	var space [96]float64
	series, total := s.series(space[:0], first, p, math.Exp(logFirst))
	for i, d := range days {
		if d == longest {
			into[i] += times * total
			continue
		}
		share := max(0, d) / (s.scale + max(0, d))
		into[i] += times * math.Exp(s.shape*math.Log1p(-share)-logNone) * horner(series, share/p)
	}
}

// leastLog is the logarithm of the least chance that a series begins with: less could not be written.
const leastLog = -600

// series is the terms for one p, from the first number of ticks that matters, which has the chance given, and their sum.
func (s staying) series(terms []float64, first int, p, chance float64) (series []float64, total float64) {
	purchases, stayed, i := 0.0, 1.0, 0
	for n := 0; ; n++ {
		if s.done+n == s.k*(i+1) {
			purchases += stayed
			stayed *= (s.b + float64(i)) / (s.a + s.b + float64(i))
			i++
		}
		if n < first {
			continue
		}
		terms = append(terms, chance*purchases)
		total += chance * purchases
		ratio := (s.shape + float64(n)) / float64(n+1) * p
		chance *= ratio
		// The tail is a geometric sum at most.
		more := purchases + stayed
		if tail := max(ratio, p) * more / purchases; tail < 1 && chance*more < negligible*(1-tail)*total || chance == 0 || n > 1<<24 {
			return terms, total
		}
	}
}

// horner is the polynomial with these coefficients.
func horner(terms []float64, x float64) float64 {
	sum := 0.0
	for i := len(terms) - 1; i >= 0; i-- {
		sum = sum*x + terms[i]
	}
	return sum
}

// Chance is how likely a new customer is to make exactly so many repeats within so many days, under gaps without memory
// (K of 1): they stayed to make them, and then made no more or left.
func (m Geometric) Chance(repeats int, days float64) float64 {
	shape, p := m.R, days/(m.Alpha+days)
	x := float64(repeats)
	exactly := math.Exp(lgamma(shape+x) - lgamma(shape) - lgamma(x+1) + shape*math.Log1p(-p) + x*math.Log(p))
	fewer, chance := 0.0, math.Exp(shape*math.Log1p(-p))
	for n := range repeats {
		fewer += chance
		chance *= (shape + float64(n)) / float64(n+1) * p
	}
	if repeats == 0 {
		exactly = math.Exp(shape * math.Log1p(-p))
	}
	flips := m.flips(repeats)
	v := exactly * math.Exp(logBeta(m.A, m.B+flips)-logBeta(m.A, m.B))
	if flips > 0 {
		v += (1 - fewer) * math.Exp(logBeta(m.A+1, m.B+flips-1)-logBeta(m.A, m.B))
	}
	return v
}
