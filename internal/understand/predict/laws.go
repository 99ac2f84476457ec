package predict

import (
	"strconv"
	"strings"

	"regulars/internal/base/fault"
)

// MostErlang is the largest k that is tried: gaps more regular than Erlang-8 are appointments.
const MostErlang = 8

// lawOf finds a law by its name, with starts that suit the sample.
func lawOf(name string, s *Sample) (law, error) {
	switch name {
	case "nbd":
		return nbdLaw(s), nil
	case "bg-nbd":
		return geometricLaw(Geometric{K: 1}, s), nil
	case "mbg-nbd":
		return geometricLaw(Geometric{K: 1, AtOnce: true}, s), nil
	case "pareto-nbd":
		return paretoLaw(s), nil
	}
	family, text, found := strings.Cut(name, "-cnbd-")
	if k, err := strconv.Atoi(text); found && err == nil && k >= 2 && k <= MostErlang && (family == "bg" || family == "mbg") {
		return geometricLaw(Geometric{K: k, AtOnce: family == "mbg"}, s), nil
	}
	return law{}, fault.Invalidf("there is no model %q; use auto, nbd, bg-nbd, mbg-nbd, pareto-nbd, bg-bb, or bg-cnbd-K or mbg-cnbd-K with K from 2 to %d", name, MostErlang)
}

// scale is a rate parameter in weeks that gives the sample its average pace with shape r.
func (s *Sample) scale(r float64) float64 {
	weeks, x := 0.0, 0.0
	for _, c := range s.rows {
		weeks += c.n * c.t
		x += c.n * float64(c.x)
	}
	if x == 0 || weeks == 0 {
		return 10
	}
	return min(1e4, max(1e-3, r*weeks/x))
}

func nbdLaw(s *Sample) law {
	l := law{model: NBD{}}
	for _, r := range []float64{0.5, 2, 0.1} {
		l.starts = append(l.starts, []float64{r, s.scale(r)})
	}
	l.likelihood = func(p []float64, s *Sample, grad []float64) float64 {
		m := NBD{R: p[0], Alpha: p[1]}
		return s.sum(grad, m.logLikelihood)
	}
	return l
}

func geometricLaw(m Geometric, s *Sample) law {
	l := law{model: m}
	for _, at := range [][3]float64{{0.5, 0.8, 2}, {1.5, 0.3, 3}, {0.25, 0.1, 5}, {1, 2, 2}} {
		// Those who leave buy faster while they are there than the average says.
		l.starts = append(l.starts, []float64{at[0], 0.7 * float64(m.K) * s.scale(at[0]), at[1], at[2]})
	}
	l.likelihood = func(p []float64, s *Sample, grad []float64) float64 {
		here := Geometric{K: m.K, AtOnce: m.AtOnce, R: p[0], Alpha: p[1], A: p[2], B: p[3]}
		table := here.table(s.rows)
		return s.sum(grad, func(rows []row, grad []float64) float64 { return here.logLikelihood(rows, table, grad) })
	}
	return l
}

func paretoLaw(s *Sample) law {
	l := law{model: Pareto{}}
	for _, at := range [][3]float64{{0.6, 0.6, 1}, {1.5, 0.3, 1}, {0.3, 0.1, 3}, {1, 2, 3}} {
		scale := s.scale(at[0])
		l.starts = append(l.starts, []float64{at[0], 0.7 * scale, at[1], at[2] * scale})
	}
	l.likelihood = func(p []float64, s *Sample, grad []float64) float64 {
		m := Pareto{R: p[0], Alpha: p[1], S: p[2], Beta: p[3]}
		return s.sum(grad, m.logLikelihood)
	}
	return l
}

// CheckModel refuses a name that is no model's.
func CheckModel(name string) error {
	if name == "" || name == "auto" || name == bgbb {
		return nil
	}
	_, err := lawOf(name, NewSample(nil))
	return err
}
