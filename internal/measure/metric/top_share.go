package metric

import (
	"fmt"
)

// topShare is the share of revenue that the top customers bring, the top being a share q of all customers with an
// order. Where q of them is not whole, the last one counts in part.
func topShare() *Definition {
	return &Definition{
		Key: "top_share", Unit: percent, Better: none, Within: within(0, 100), Empty: reasonNoOrders,
		Columns: []Column{{"spender", "top"}, {"spender", "net"}, {"spender", "1"}},
		Value:   quotient(0, 1, 100), N: nth(2), Interval: delta(0, 1, 100),
		Formula: "{0} / {1} x 100", Operands: operands(minor, minor),
		Parameter: func(s *Settings) float64 { return s.TopShare * 100 },
	}
}

// spenderSQL adds to each customer of a frame what counts for the top: spending above the threshold t, plus t times q.
// Added up this is the spending of the top q exactly, whatever the ties, and it is also the linear form whose spread
// by customer is that of the share.
func spenderSQL(e *Engine) []string {
	q := e.set.TopShare
	return []string{
		fmt.Sprintf(`CREATE TEMP TABLE threshold AS SELECT frame, percentile_disc(%g) WITHIN GROUP (ORDER BY paid - returned)
			AS t FROM bought WHERE orders > 0 GROUP BY frame`, 1-q),
		fmt.Sprintf(`CREATE TEMP VIEW spender AS SELECT b.frame, b.customer_id, b.paid - b.returned AS net,
			CASE WHEN b.paid - b.returned > h.t THEN b.paid - b.returned - h.t ELSE 0 END + h.t * CAST(%g AS DOUBLE PRECISION) AS top
			FROM bought b JOIN threshold h ON h.frame = b.frame WHERE b.orders > 0`, q),
	}
}
