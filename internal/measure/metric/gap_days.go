package metric

import (
	"context"
	"database/sql"
)

// gapDays is the median number of days between a customer's purchase days; a gap belongs to the frame of its end.
func gapDays() *Definition {
	return &Definition{Key: "gap_days", Unit: days, Better: lower, Empty: reasonNoRepeaters, Compute: computeGaps}
}

func computeGaps(ctx context.Context, e *Engine, frames []int) (map[int]Estimate, error) {
	if err := e.ensure(ctx, "gap"); err != nil {
		return nil, err
	}
	gaps := map[int][]gapCount{}
	query := `SELECT f.frame, g.days, CAST(sum(g.n) AS BIGINT)
		FROM gap g JOIN frame_day f ON f.grp = g.grp AND f.day = g.day AND ` + ofWholeDay("g.day") + `
		GROUP BY 1, 2 ORDER BY 1, 2`
	err := rows(ctx, e.conn, query, func(r *sql.Rows) error {
		var g gapCount
		err := r.Scan(&g.frame, &g.days, &g.count)
		gaps[g.frame] = append(gaps[g.frame], g)
		return err
	})
	out := map[int]Estimate{}
	for _, frame := range frames {
		if len(gaps[frame]) == 0 {
			out[frame] = noEstimate(reasonNoRepeaters)
			continue
		}
		median, quartiles := countedQuantiles(gaps[frame])
		out[frame] = Estimate{Interval: median, Quartiles: &quartiles}
	}
	return out, err
}
