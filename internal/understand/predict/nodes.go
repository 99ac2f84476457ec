package predict

import (
	"sync"

	"gonum.org/v1/gonum/integrate/quad"
)

// gauss is the points and weights of Gauss and Legendre on -1 to 1, for so many of them.
type gauss struct{ x, w []float64 }

func legendre(n int) func() gauss {
	return sync.OnceValue(func() gauss {
		g := gauss{make([]float64, n), make([]float64, n)}
		quad.Legendre{}.FixedLocations(g.x, g.w, -1, 1)
		return g
	})
}

var few, some, many, most = legendre(8), legendre(16), legendre(32), legendre(64)

// nodesFor gives enough points for a term that falls by e^-fall over a stretch of the given length, so that the error is
// below 1e-13 of the sum: the error of n points is about (fall/4)^2n / (2n)!, and rho^-2n for a singularity at pi beside
// the line, where rho = z + sqrt(1 + z^2) with z = 2 pi / length.
func nodesFor(fall, length float64) (x, w []float64) {
	var g gauss
	switch {
	case fall <= 2 && length <= 1.5:
		g = few()
	case fall <= 10 && length <= 4:
		g = some()
	case length <= 9:
		g = many()
	default:
		g = most()
	}
	return g.x, g.w
}
