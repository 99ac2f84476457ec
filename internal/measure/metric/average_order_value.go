package metric

// averageOrderValue is revenue / orders; customers vary, not orders, so the interval is clustered by customer.
func averageOrderValue() *Definition {
	return &Definition{
		Key: "average_order_value", Unit: minor, Better: higher, Empty: reasonNoOrders,
		Columns: []Column{netRevenue, orderCount}, Value: quotient(0, 1, 1), N: nth(1), Interval: delta(0, 1, 1),
		Formula: "{0} / {1}", Operands: operands(minor, count),
	}
}
