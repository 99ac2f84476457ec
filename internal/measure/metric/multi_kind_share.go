package metric

// multiKindShare is the share of the window's customers who bought more than one kind of product.
func multiKindShare() *Definition {
	return &Definition{
		Key: "multi_kind_share", Unit: percent, Better: higher, Empty: reasonNoOrders, Needs: needKinds,
		Columns: []Column{severalKinds, activeCustomers}, Value: quotient(0, 1, 100), N: nth(1), Interval: wilson(0, 1), Change: shareChange(0, 1),
		Formula: "{0} / {1} x 100", Operands: operands(count, count),
	}
}
