package metric

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"regulars/internal/base/stats"
)

// rfmMigration is the share of customers known a month ago who are in another RFM segment now. The table of who went
// where is Engine.Migration.
func rfmMigration() *Definition {
	return &Definition{
		Key: "rfm_migration", Unit: percent, Better: none, Empty: reasonNoHistory, Single: true, Formula: "{0} / {1} x 100",
		Compute: func(ctx context.Context, e *Engine, frames []int) (map[int]Estimate, error) {
			moves, err := e.Migration(ctx)
			if err != nil {
				return nil, err
			}
			var moved, all float64
			for _, m := range moves {
				all += float64(m.Customers)
				if m.From != m.To {
					moved += float64(m.Customers)
				}
			}
			out := map[int]Estimate{}
			for _, f := range frames {
				out[f] = noEstimate(reasonNoHistory)
				if f == frameWindow && all > 0 {
					out[f] = Estimate{Interval: stats.Wilson(moved, all).Scale(100), Operands: []Operand{{moved, count}, {all, count}}}
				}
			}
			return out, nil
		},
	}
}

// Move is how many customers went from one segment to another within the month before as-of.
type Move struct {
	From, To  string
	Customers int64
}

// Migration compares the segments of today with those of a month ago, each reckoned with the cuts of its own day.
// There is nothing to compare where the facts do not reach back a month.
func (e *Engine) Migration(ctx context.Context) ([]Move, error) {
	if !e.source.Facts.Any || e.monthAgo() <= e.source.Facts.First {
		return nil, nil
	}
	if err := e.ensure(ctx, "rfm_segment", "rfm_segment_before"); err != nil {
		return nil, err
	}
	var out []Move
	err := rows(ctx, e.conn, `SELECT b.segment, n.segment, CAST(count(*) AS BIGINT) FROM rfm_segment_before b
		JOIN rfm_segment n ON n.customer_id = b.customer_id GROUP BY 1, 2`, func(r *sql.Rows) error {
		var m Move
		err := r.Scan(&m.From, &m.To, &m.Customers)
		out = append(out, m)
		return err
	})
	place := map[string]int{Others: len(SegmentRules())}
	for i, rule := range SegmentRules() {
		place[rule.Name] = i
	}
	slices.SortFunc(out, func(a, b Move) int {
		return cmp.Or(cmp.Compare(place[a.From], place[b.From]), cmp.Compare(place[a.To], place[b.To]))
	})
	return out, err
}
