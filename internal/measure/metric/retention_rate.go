package metric

// Customers current at a moment have their last order at most ActivityDays before it.
var (
	atStart      = current("at_start")
	atEnd        = current("at_end")
	keptCustomer = current("at_start * at_end")
	newCurrent   = current("fresh")
)

// retentionRate is the share of customers current at the start of the window who are current at its end.
func retentionRate() *Definition {
	return &Definition{
		Key: "retention_rate", Unit: percent, Better: higher, Empty: reasonNoHistory,
		Columns: []Column{keptCustomer, atStart}, Value: quotient(0, 1, 100), N: nth(1), Interval: wilson(0, 1), Change: shareChange(0, 1),
		Formula: "{0} / {1} x 100", Operands: operands(count, count),
	}
}
