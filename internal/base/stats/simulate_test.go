package stats_test

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"regulars/internal/base/stats"
)

func newRandom(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 2026)) }

// seedOf gives each cell of a grid its own fixed seed.
func seedOf(name string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	return h.Sum64()
}

// share is how often a trial says yes, over seeded trials.
func share(name string, trials int, trial func(r *rand.Rand) bool) float64 {
	random := newRandom(seedOf(name))
	yes := 0
	for range trials {
		if trial(random) {
			yes++
		}
	}
	return float64(yes) / float64(trials)
}

// covers runs one cell of a coverage grid: a 95 % interval must hold the truth in 93 to 97 % of the trials.
func covers(t *testing.T, name string, trials int, truth float64, draw func(r *rand.Rand) (low, high float64)) {
	t.Helper()
	coversWithin(t, name, trials, truth, .93, .97, draw)
}

// coversWithin is covers with other limits, for what is documented to be wider or narrower.
func coversWithin(t *testing.T, name string, trials int, truth, least, most float64, draw func(r *rand.Rand) (low, high float64)) {
	t.Helper()
	got := share(name, trials, func(r *rand.Rand) bool {
		low, high := draw(r)
		return low <= truth && truth <= high
	})
	if got < least || got > most {
		t.Errorf("%s: covers %.4f, want %.2f to %.2f", name, got, least, most)
	} else {
		t.Logf("%s: covers %.4f", name, got)
	}
}

// rejects runs one cell of a level grid: without a difference, a test at 5 % must find one in 3 to 7 % of the trials.
func rejects(t *testing.T, name string, trials int, draw func(r *rand.Rand) (p float64)) {
	t.Helper()
	got := share(name, trials, func(r *rand.Rand) bool { return draw(r) < .05 })
	if got < .03 || got > .07 {
		t.Errorf("%s: rejects %.4f, want .03 to .07", name, got)
	} else {
		t.Logf("%s: rejects %.4f", name, got)
	}
}

func ends(i stats.Interval) (low, high float64) { return i.Low, i.High }

func endsOf(c stats.Change) (low, high float64) { return c.Low, c.High }

// binomial draws by inversion from a table made once.
func binomial(n int, p float64) func(r *rand.Rand) float64 {
	b := distuv.Binomial{N: float64(n), P: p}
	cdf := make([]float64, n+1)
	total := 0.0
	for k := range cdf {
		total += b.Prob(float64(k))
		cdf[k] = total
	}
	return func(r *rand.Rand) float64 {
		u := r.Float64() * total
		low, high := 0, n
		for low < high {
			if mid := (low + high) / 2; cdf[mid] > u {
				high = mid
			} else {
				low = mid + 1
			}
		}
		return float64(low)
	}
}

// answers draws promoters, passives and detractors.
func answers(n int, promoters, detractors float64) func(r *rand.Rand) (p, pa, d float64) {
	return func(r *rand.Rand) (p, pa, d float64) {
		for range n {
			switch u := r.Float64(); {
			case u < promoters:
				p++
			case u < promoters+detractors:
				d++
			default:
				pa++
			}
		}
		return p, pa, d
	}
}

func poisson(r *rand.Rand, mean float64) int {
	limit, product, k := math.Exp(-mean), r.Float64(), 0
	for product > limit {
		product *= r.Float64()
		k++
	}
	return k
}

// shopper is one customer's orders and revenue in two periods.
type shopper struct{ orders, revenue, ordersBefore, revenueBefore float64 }

type crowd []shopper

// The process of shoppers: a rate of purchase of mean 3 (gamma, shape 2) that stays, a taste for dear things that
// stays, and orders of log-normal value. Prices were a fifth lower before.
const (
	tasteSpread = .4
	valueSpread = .5
	priceBefore = .8
)

// meanValue is the expected value of an order now.
var meanValue = math.Exp((tasteSpread*tasteSpread + valueSpread*valueSpread) / 2)

func shoppers(r *rand.Rand, n int) crowd {
	out := make(crowd, n)
	for i := range out {
		rate := 1.5 * (r.ExpFloat64() + r.ExpFloat64())
		taste := math.Exp(tasteSpread * r.NormFloat64())
		s := &out[i]
		for range poisson(r, rate) {
			s.orders++
			s.revenue += taste * math.Exp(valueSpread*r.NormFloat64())
		}
		for range poisson(r, rate) {
			s.ordersBefore++
			s.revenueBefore += priceBefore * taste * math.Exp(valueSpread*r.NormFloat64())
		}
	}
	return out
}

// now and before are the columns revenue, orders, and "was active".
func (c crowd) now() [][]float64 {
	return c.columns(func(s shopper) (float64, float64) { return s.revenue, s.orders })
}

func (c crowd) before() [][]float64 {
	return c.columns(func(s shopper) (float64, float64) { return s.revenueBefore, s.ordersBefore })
}

func (c crowd) columns(of func(shopper) (revenue, orders float64)) [][]float64 {
	out := [][]float64{make([]float64, len(c)), make([]float64, len(c)), make([]float64, len(c))}
	for i, s := range c {
		out[0][i], out[1][i] = of(s)
		if out[1][i] > 0 {
			out[2][i] = 1
		}
	}
	return out
}

func revenuePerOrder(t []float64) float64 { return t[0] / t[1] }
