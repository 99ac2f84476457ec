package sample

import (
	"math"
	"math/rand/v2"
)

// source is splitmix64: tiny, fast, and started anew for every customer and visit, so that any of them can be drawn
// again without drawing all before it.
type source struct{ state uint64 }

func (s *source) Uint64() uint64 {
	s.state += 0x9e3779b97f4a7c15
	return mix(s.state)
}

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// dice draws numbers from a stream chosen by aim.
type dice struct {
	src *source
	*rand.Rand
}

func newDice() *dice {
	src := &source{}
	return &dice{src: src, Rand: rand.New(src)}
}

// The streams that one seed is split into.
const (
	streamBuyer uint64 = iota + 1
	streamVisit
	streamRow
	streamPerson
	streamCost
	streamPilot
	streamTruth
)

// aim starts the stream of number n of thing i.
func (d *dice) aim(seed, stream, i, n uint64) {
	d.src.state = mix(mix(mix(seed+stream*0x632be59bd9b4e019)+i) + n*0xd1342543de82ef95)
}

// chance is true with probability p.
func (d *dice) chance(p float64) bool { return d.Float64() < p }

// gamma draws from Gamma(shape, 1) by the method of Marsaglia and Tsang (2000).
func (d *dice) gamma(shape float64) float64 {
	if shape < 1 {
		u := 1 - d.Float64()
		return d.gamma(shape+1) * math.Pow(u, 1/shape)
	}
	c := shape - 1.0/3
	k := 1 / math.Sqrt(9*c)
	for {
		x := d.NormFloat64()
		v := 1 + k*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		u := 1 - d.Float64()
		if math.Log(u) < 0.5*x*x+c-c*v+c*math.Log(v) {
			return c * v
		}
	}
}

// beta draws from Beta(a, b).
func (d *dice) beta(a, b float64) float64 {
	x := d.gamma(a)
	return x / (x + d.gamma(b))
}

// pick draws an index with the given weights.
func (d *dice) pick(weights []float64) int {
	var sum float64
	for _, w := range weights {
		sum += w
	}
	u := d.Float64() * sum
	for i, w := range weights {
		if u -= w; u < 0 {
			return i
		}
	}
	return len(weights) - 1
}
