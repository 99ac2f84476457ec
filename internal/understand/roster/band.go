package roster

import "regulars/internal/understand/forecast"

// Band is how likely a customer is not to buy again within the horizon of the predictions.
type Band string

// The bands of churn_probability.
const (
	LowChurn    Band = "low"
	MiddleChurn Band = "medium"
	HighChurn   Band = "high"
)

// Bands are all of them, the least likely first.
func Bands() []Band { return []Band{LowChurn, MiddleChurn, HighChurn} }

// Bounds are from which probability on a customer is in the band, and below which.
func (b Band) Bounds() (from, below float64) {
	const third, most, beyond = 0.3, 0.7, 2
	switch b {
	case LowChurn:
		return 0, third
	case HighChurn:
		return most, beyond
	case MiddleChurn:
	}
	return third, most
}

// InBand chooses from the list of customers those whose probability a fit puts into the band.
func InBand(f *forecast.Fit, b Band) Condition {
	from, below := b.Bounds()
	return Condition{Text: "EXISTS (SELECT 1 FROM prediction_scores s WHERE s.customer_id = f.customer_id AND s.fit_id = $ AND s.p_none >= $ AND s.p_none < $)", Args: []any{f.ID, from, below}}
}
