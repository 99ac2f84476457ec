package metric

import (
	"regulars/internal/measure/mirror"
)

// referredShare is the share of new customers who came by recommendation, among those of whom it is known.
func referredShare() *Definition {
	return &Definition{
		Key: "referred_share", Unit: percent, Better: higher, Empty: reasonNoNewCustomers,
		Needs:   func(f *mirror.Facts) string { return unless(f.Referrals, reasonNoReferrals) },
		Columns: []Column{{"newcomer", "referred"}, {"newcomer", "1"}}, Value: quotient(0, 1, 100), N: nth(1),
		Interval: wilson(0, 1), Change: shareChange(0, 1), Formula: "{0} / {1} x 100", Operands: operands(count, count),
	}
}

func newcomerSQL(*Engine) []string {
	return []string{`CREATE TEMP VIEW newcomer AS SELECT b.frame, b.customer_id, CASE WHEN c.referred THEN 1 ELSE 0 END AS referred
		FROM bought b JOIN customers c ON c.customer_id = b.customer_id
		WHERE b.first_orders > 0 AND c.referred IS NOT NULL`}
}
