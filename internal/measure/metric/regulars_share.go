package metric

// regularsShare is the share of revenue from orders after their customer's first purchase day.
func regularsShare() *Definition {
	return &Definition{
		Key: "regulars_share", Unit: percent, Better: higher, Within: within(0, 100), Empty: reasonNoOrders,
		Columns: []Column{bought("repeat_net"), netRevenue, activeCustomers}, Value: quotient(0, 1, 100), N: nth(2),
		Interval: delta(0, 1, 100),
		Formula:  "{0} / {1} x 100", Operands: operands(minor, minor),
	}
}
