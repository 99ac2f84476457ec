package metric

import (
	"context"
	"fmt"

	"regulars/internal/base/stats"
)

// revenueToDate is the mean of everything a customer has paid so far, less returns, over all customers ever.
func revenueToDate() *Definition {
	return &Definition{
		Key: "revenue_to_date", Unit: minor, Better: higher, Empty: reasonNoOrders, Single: true,
		Columns: []Column{{"ever", "net"}, {"ever", "1"}}, Value: quotient(0, 1, 1), N: nth(1),
		Interval: func(s stats.Sums, _ float64) stats.Interval { return stats.TSum(s.T[0], s.C[0][0], s.T[1]) },
		Formula:  "{0} / {1}", Operands: operands(minor, count),
	}
}

// revenueToDateMedian is the median of the same.
func revenueToDateMedian() *Definition {
	return &Definition{
		Key: "revenue_to_date_median", Unit: minor, Better: higher, Empty: reasonNoOrders, Single: true,
		Compute: func(ctx context.Context, e *Engine, frames []int) (map[int]Estimate, error) {
			if err := e.ensure(ctx, "ever"); err != nil {
				return nil, err
			}
			return e.orderStatistics(ctx, "SELECT frame, CAST(net AS DOUBLE PRECISION) AS v FROM ever", 0.5, frames)
		},
	}
}

// repurchaseRateEver is the share of all customers ever who have ordered more than once by the end of the window.
func repurchaseRateEver() *Definition {
	return &Definition{
		Key: "repurchase_rate_ever", Unit: percent, Better: higher, Empty: reasonNoOrders, Single: true,
		Columns: []Column{{"ever", "CASE WHEN orders > 1 THEN 1 ELSE 0 END"}, {"ever", "1"}},
		Value:   quotient(0, 1, 100), N: nth(1), Interval: wilson(0, 1), Change: shareChange(0, 1),
		Formula: "{0} / {1} x 100", Operands: operands(count, count),
	}
}

// everSQL is what each customer has done from the beginning to the end of a frame, for the window, the one before and
// the groups. Where the window ends as of now, that is the whole life.
func everSQL(e *Engine) []string {
	latest := fmt.Sprintf("(f.frame = %d OR f.frame >= %d)", frameWindow, frameGroups)
	parts := "SELECT f.frame, l.customer_id, l.orders, l.paid AS net FROM life l JOIN frame f ON f.grp = l.grp WHERE " + latest
	if e.set.To != e.set.AsOf {
		parts = "SELECT f.frame, b.customer_id, CAST(count(*) AS BIGINT) AS orders, " + sumOf("b.paid") +
			" AS net FROM bill b JOIN frame f ON f.grp = b.grp AND b.local_us < f.to_us WHERE " + latest + " GROUP BY f.frame, b.customer_id"
	}
	parts += fmt.Sprintf(" UNION ALL SELECT %d, customer_id, before_orders, before_paid FROM life WHERE grp = 0 AND before_orders > 0", framePrevious)
	if e.source.Facts.Returns == 0 {
		return []string{"CREATE TEMP TABLE ever AS " + parts}
	}
	return []string{`CREATE TEMP TABLE ever AS SELECT p.frame, p.customer_id, p.orders, p.net - coalesce(r.returned, 0) AS net FROM (` + parts + `) p
		LEFT JOIN (SELECT f.frame, r.customer_id, ` + sumOf("r.returned") + ` AS returned
			FROM refund r JOIN frame f ON f.grp = r.grp AND r.local_us < f.to_us WHERE ` + latest + fmt.Sprintf(" OR f.frame = %d", framePrevious) + ` GROUP BY f.frame, r.customer_id) r
		ON r.frame = p.frame AND r.customer_id = p.customer_id`}
}
