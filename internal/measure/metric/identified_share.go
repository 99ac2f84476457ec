package metric

import (
	"context"
	"database/sql"
)

// identifiedShare is the share of revenue that comes from known customers. Sales to unknown ones carry no attributes,
// so there is no such share of a group.
func identifiedShare() *Definition {
	return &Definition{
		Key: "identified_share", Unit: percent, Better: higher, Empty: reasonNoOrders, Formula: "{0} / ({0} + {1}) x 100",
		Compute: func(ctx context.Context, e *Engine, frames []int) (map[int]Estimate, error) {
			if err := e.ensure(ctx, "bought"); err != nil {
				return nil, err
			}
			known, err := e.byFrame(ctx, "SELECT frame, sum(paid - returned) FROM bought GROUP BY frame")
			if err != nil {
				return nil, err
			}
			unknown, err := e.byFrame(ctx, `SELECT f.frame, sum(s.amount_minor) FROM anonymous_sales s
				JOIN frame_day f ON f.grp = 0 AND f.day = s.day AND `+ofWholeDay("s.day")+` GROUP BY f.frame`)
			if err != nil {
				return nil, err
			}
			orders, err := e.byFrame(ctx, "SELECT frame, sum(orders) FROM bought GROUP BY frame")
			if err != nil {
				return nil, err
			}
			out := map[int]Estimate{}
			for _, f := range frames {
				out[f] = exact(known[f]/(known[f]+unknown[f])*100, orders[f], Operand{known[f], minor}, Operand{unknown[f], minor})
				if f >= frameGroups || e.filtered {
					out[f] = noEstimate(reasonNoOrders)
				}
			}
			return out, nil
		},
	}
}

// exact is a figure without an interval.
func exact(value, n float64, operands ...Operand) Estimate {
	out := noEstimate("")
	out.Value, out.N, out.Operands = value, n, operands
	return out
}

// byFrame runs a query for one number a frame.
func (e *Engine) byFrame(ctx context.Context, query string) (map[int]float64, error) {
	out := map[int]float64{}
	err := rows(ctx, e.conn, query, func(r *sql.Rows) error {
		var frame int
		var v sql.NullFloat64
		err := r.Scan(&frame, &v)
		out[frame] = v.Float64
		return err
	})
	return out, err
}
