package metric

// churnRate is 100 - retention rate, exactly.
func churnRate() *Definition {
	return &Definition{
		Key: "churn_rate", Unit: percent, Better: lower, Empty: reasonNoHistory,
		Columns: []Column{current("at_start * (1 - at_end)"), atStart},
		Value:   func(t []float64) float64 { return 100 - (t[1]-t[0])/t[1]*100 },
		N:       nth(1), Interval: wilson(0, 1), Change: shareChange(0, 1),
		Formula: "100 - {0} / {1} x 100",
		Operands: func(_ *Engine, t []float64) []Operand {
			return []Operand{{t[1] - t[0], count}, {t[1], count}}
		},
	}
}
