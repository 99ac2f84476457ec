package metric

// repurchaseRate is the share of the window's customers with more than one order in it.
func repurchaseRate() *Definition {
	return &Definition{
		Key: "repurchase_rate", Unit: percent, Better: higher, Empty: reasonNoOrders,
		Columns: []Column{boughtAgain, activeCustomers}, Value: quotient(0, 1, 100), N: nth(1), Interval: wilson(0, 1), Change: shareChange(0, 1),
		Formula: "{0} / {1} x 100", Operands: operands(count, count),
	}
}
