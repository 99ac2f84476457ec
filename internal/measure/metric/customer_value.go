package metric

// customerValue is revenue / active customers, which is average order value x purchase frequency.
func customerValue() *Definition {
	return &Definition{
		Key: "customer_value", Unit: minor, Better: higher, Empty: reasonNoOrders,
		Columns: []Column{netRevenue, activeCustomers}, Value: quotient(0, 1, 1), N: nth(1), Interval: delta(0, 1, 1),
		Formula: "{0} / {1}", Operands: operands(minor, count),
	}
}
