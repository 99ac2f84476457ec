package metric

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"regulars/internal/base/stats"
)

// orderStatistics is a quantile of the column v by frame, with the order statistics around it as bounds. The values
// stay in the database: only those at the ranks that matter are asked for.
func (e *Engine) orderStatistics(ctx context.Context, values string, q float64, frames []int) (map[int]Estimate, error) {
	sizes := map[int]int{}
	err := rows(ctx, e.conn, "SELECT frame, CAST(count(*) AS BIGINT) FROM ("+values+") v GROUP BY frame", func(r *sql.Rows) error {
		var frame, n int
		err := r.Scan(&frame, &n)
		sizes[frame] = n
		return err
	})
	if err != nil {
		return nil, err
	}
	out := map[int]Estimate{}
	for _, frame := range frames {
		n := sizes[frame]
		if n == 0 {
			out[frame] = noEstimate("")
			continue
		}
		at := q * float64(n-1)
		below := int(at)
		lo, hi := stats.QuantileRanks(n, q)
		v, err := e.atRanks(ctx, values, frame, n, below+1, min(below+2, n), max(lo, 1), min(hi, n))
		if err != nil {
			return nil, err
		}
		i := stats.Interval{Value: v[0] + (at-float64(below))*(v[1]-v[0]), Low: v[2], High: v[3], SE: math.NaN(), N: float64(n)}
		if lo < 1 || hi > n {
			i.Low, i.High = math.NaN(), math.NaN()
		}
		i.Low, i.High = min(i.Low, i.Value), max(i.High, i.Value) // interpolation among few may pass a bound; NaN stays
		out[frame] = Estimate{Interval: i}
	}
	return out, nil
}

// atRanks gives the values of the given ranks (from 1) of one frame. The fraction asked for lies in the middle of a
// rank's step, so that rounding cannot move it to a neighbour.
func (e *Engine) atRanks(ctx context.Context, values string, frame, n int, ranks ...int) ([]float64, error) {
	query := "SELECT "
	for i, rank := range ranks {
		if i > 0 {
			query += ", "
		}
		query += fmt.Sprintf("percentile_disc(%.17g) WITHIN GROUP (ORDER BY v)", (float64(rank)-0.5)/float64(n))
	}
	query += fmt.Sprintf(" FROM (%s) s WHERE frame = %d", values, frame)
	out := make([]float64, len(ranks))
	err := rows(ctx, e.conn, query, func(r *sql.Rows) error { return r.Scan(targets(out)...) })
	return out, err
}

// countedQuantiles are the quartiles of values given with their counts, ascending, and the interval of the median.
func countedQuantiles(c []gapCount) (median stats.Interval, quartiles [2]float64) {
	n := 0
	for _, g := range c {
		n += int(g.count)
	}
	at := func(rank int) float64 { return valueAtRank(c, rank) }
	median = stats.Interval{Value: quantileOfCounts(c, 0.5), Low: math.NaN(), High: math.NaN(), SE: math.NaN(), N: float64(n)}
	if lo, hi := stats.QuantileRanks(n, 0.5); lo >= 1 && hi <= n {
		median.Low, median.High = min(at(lo), median.Value), max(at(hi), median.Value)
	}
	return median, [2]float64{quantileOfCounts(c, 0.25), quantileOfCounts(c, 0.75)}
}

// quantileOfCounts is the type-7 quantile; NaN of nothing.
func quantileOfCounts(c []gapCount, q float64) float64 {
	n := 0
	for _, g := range c {
		n += int(g.count)
	}
	if n == 0 {
		return math.NaN()
	}
	at := q * float64(n-1)
	below := int(at)
	a, b := valueAtRank(c, below+1), valueAtRank(c, min(below+2, n))
	return a + (at-float64(below))*(b-a)
}

func valueAtRank(c []gapCount, rank int) float64 {
	seen := 0
	for _, g := range c {
		if seen += int(g.count); seen >= rank {
			return float64(g.days)
		}
	}
	return math.NaN()
}
