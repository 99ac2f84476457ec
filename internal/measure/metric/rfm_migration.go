package metric

import (
	"context"
	"database/sql"
	"fmt"

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
func (e *Engine) Migration(ctx context.Context) ([]Move, error) {
	if err := e.ensure(ctx, "rfm_segment"); err != nil {
		return nil, err
	}
	earlier := e.set
	earlier.AsOf = wallClock(e.set.AsOf).AddDate(0, -1, 0).UnixMicro()
	earlier.From, earlier.To, earlier.Period, earlier.By = 0, 0, "", ""
	if !e.source.Facts.Any || earlier.AsOf <= e.source.Facts.First {
		return nil, nil
	}
	then, err := New(ctx, e.source, earlier)
	if err != nil {
		return nil, err
	}
	defer func() { _ = then.Close() }()
	if err := then.ensure(ctx, "rfm_segment"); err != nil {
		return nil, err
	}
	// The two live in temporary tables of two connections; codes of segments by customer are small enough to carry.
	before := map[int64]string{}
	err = rows(ctx, then.conn, "SELECT customer_id, segment FROM rfm_segment", func(r *sql.Rows) error {
		var id int64
		var s string
		err := r.Scan(&id, &s)
		before[id] = s
		return err
	})
	if err != nil {
		return nil, err
	}
	type fromTo struct{ from, to string }
	counts := map[fromTo]int64{}
	err = rows(ctx, e.conn, "SELECT customer_id, segment FROM rfm_segment", func(r *sql.Rows) error {
		var id int64
		var now string
		err := r.Scan(&id, &now)
		if then, ok := before[id]; ok {
			counts[fromTo{then, now}]++
		}
		return err
	})
	names := SegmentRules()
	names = append(names, SegmentRule{Name: Others})
	var out []Move
	for _, a := range names {
		for _, b := range names {
			if n := counts[fromTo{a.Name, b.Name}]; n > 0 {
				out = append(out, Move{a.Name, b.Name, n})
			}
		}
	}
	if err != nil {
		return nil, fmt.Errorf("compare segments: %w", err)
	}
	return out, nil
}
