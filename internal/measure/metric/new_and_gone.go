package metric

// newAndGone counts new customers of the window who are no longer current at its end.
func newAndGone() *Definition {
	return &Definition{
		Key: "new_and_gone", Unit: count, Better: lower, Total: true,
		Columns: []Column{current("fresh * (1 - at_end)")}, Value: total, N: nth(0),
	}
}
