package metric

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/base/stats"
	"regulars/internal/measure/mirror"
)

// npsWeighted is the score as if everybody asked had answered: each RFM segment counts by its share of those asked.
func npsWeighted() *Definition {
	return &Definition{
		Key: "nps_weighted", Unit: points, Better: higher, Empty: reasonNoAnswers, Single: true,
		Needs: func(f *mirror.Facts) string { return unless(f.Delivered, reasonNoInvitations) }, Compute: computeWeighted,
	}
}

func computeWeighted(ctx context.Context, e *Engine, frames []int) (map[int]Estimate, error) {
	if err := e.ensure(ctx, "opinion", "rfm_segment"); err != nil {
		return nil, err
	}
	b := e.set.Bands
	strata := map[int][]stats.Stratum{}
	query := fmt.Sprintf(`SELECT frame, CAST(count(*) AS DOUBLE PRECISION),
		CAST(sum(CASE WHEN scored AND score > %g THEN 1 ELSE 0 END) AS DOUBLE PRECISION),
		CAST(sum(CASE WHEN scored AND score > %g AND score <= %g THEN 1 ELSE 0 END) AS DOUBLE PRECISION),
		CAST(sum(CASE WHEN scored AND score <= %g THEN 1 ELSE 0 END) AS DOUBLE PRECISION)
		FROM opinion o LEFT JOIN rfm_segment s ON s.customer_id = o.customer_id
		WHERE kind = 'nps' AND aspect IS NULL AND delivered AND (score IS NULL OR (score >= %g AND score <= %g))
		GROUP BY frame, coalesce(s.segment, '')`, b.Passive, b.Detractor, b.Passive, b.Detractor, b.Min, b.Max)
	err := rows(ctx, e.conn, query, func(r *sql.Rows) error {
		var frame int
		var s stats.Stratum
		err := r.Scan(&frame, &s.Share, &s.Promoters, &s.Passives, &s.Detractors)
		strata[frame] = append(strata[frame], s)
		return err
	})
	out := map[int]Estimate{}
	for _, f := range frames {
		out[f] = Estimate{Interval: stats.NPSWeighted(strata[f]).Interval}
	}
	return out, err
}
