package programme

import "regulars/internal/base/fault"

// Card is a stamp card: of every so many pieces one is free, or gives units. What does not fill a card is kept for the next
// order, and what comes back is taken off.
type Card struct {
	Every int64 `json:"every"`
	// Free is which one: last (the usual; every tenth is free) or after (after ten, one is free: the eleventh).
	Free string `json:"free,omitempty"`
	// Unit and Units are what a full card gives instead of a free piece.
	Unit  string `json:"unit,omitempty"`
	Units int64  `json:"units,omitempty"`
}

// Which piece of a card is free.
const (
	freeLast  = "last"
	freeAfter = "after"
)

func (k *Card) check(on string) error {
	const most = 10_000
	switch {
	case on != OnOrder:
		return fault.Invalidf("only orders have pieces to count")
	case k.Every < 2 || k.Every > most:
		return fault.In("every", fault.Invalidf("a card has 2 to %d places, not %d", most, k.Every))
	case k.Free != "" && k.Free != freeLast && k.Free != freeAfter:
		return fault.In("free", fault.Invalidf("%q is neither last nor after", k.Free))
	case (k.Unit == "") != (k.Units == 0):
		return fault.In("unit", fault.Invalidf("a card gives a free piece, or so many units of a unit: say both or neither"))
	}
	return nil
}

// cycle is how many pieces come to one that is free.
func (k *Card) cycle() int64 {
	if k.Free == freeAfter {
		return k.Every + 1
	}
	return k.Every
}

// stamp counts the pieces of a sale that count for a rule, onto those from before.
func (k *Card) stamp(c *rule, s *Sale, values map[string]any, before int64, res *Result) {
	var lines []int
	c.eachLine(s, values, func(at int, l *SaleLine) {
		res.Pieces += wholePieces(l)
		lines = append(lines, at)
	})
	full := (before+res.Pieces)/k.cycle() - before/k.cycle()
	res.Counted, res.Every = (before+res.Pieces)%k.cycle(), k.cycle()
	switch {
	case res.Pieces == 0:
		res.Why = TooLittle
	case full == 0:
		res.Why = CardGoesOn
	case k.Unit != "":
		res.Units = full * k.Units
	default:
		res.Free = full
		_, res.DiscountMinor = k.pieces(s, lines, full)
	}
}
