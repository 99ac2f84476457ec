package metric

// revenueMeasure is what was paid in the window, less what was given back in it.
func revenueMeasure() *Definition {
	return &Definition{
		Key: "revenue", Unit: minor, Better: higher, Total: true,
		Columns: []Column{netRevenue, orderCount, bought("paid"), bought("returned")}, Value: total, N: nth(1),
		Formula:  "{0} - {1}",
		Operands: func(_ *Engine, t []float64) []Operand { return []Operand{{t[2], minor}, {t[3], minor}} },
	}
}
