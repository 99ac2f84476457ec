package metric

import "math"

// purchaseFrequency is orders / active customers.
func purchaseFrequency() *Definition {
	return &Definition{
		Key: "purchase_frequency", Unit: ratio, Better: higher, Within: within(1, math.Inf(1)), Empty: reasonNoOrders,
		Columns: []Column{orderCount, activeCustomers}, Value: quotient(0, 1, 1), N: nth(1), Interval: delta(0, 1, 1),
		Formula: "{0} / {1}", Operands: operands(count, count),
	}
}
