package programme

import (
	"math"

	"regulars/internal/understand/predict"
)

// Chance is how likely somebody is to reach the tier above within the days that the score looks ahead, in a currency with so
// many digits: to buy as often as it takes, where tiers are by orders or visits, or by money, as much at a time as is expected
// of them. What leaves the window of the tiers meanwhile is not taken off. False where there is no tier above, and where tiers
// go by something else than purchases.
func (s *Standing) Chance(score *predict.Score, digits int) (chance float64, known bool) {
	if s.Next == "" {
		return 0, false
	}
	purchases := float64(s.Missing)
	switch s.By {
	case "spend":
		purchases /= score.Purchase * math.Pow10(digits)
	case "orders", "visits":
	default:
		return 0, false
	}
	const most = 1e6 // nobody buys as often
	if !(purchases < most) {
		return 0, !math.IsNaN(purchases)
	}
	return score.AtLeast(int64(math.Ceil(purchases))), true
}
