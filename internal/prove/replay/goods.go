package replay

import (
	"math"

	"regulars/internal/act/programme"
)

// goods is what the goods of orders cost, and what was paid for those of which that is known.
type goods struct {
	costs       map[string]int64 // of a piece, by product
	paid, spent float64
}

// left is what is left of an order after what its goods cost; nil where that of some is not known.
func (g *goods) left(s *programme.Sale) *int64 {
	if len(g.costs) == 0 {
		return nil
	}
	whole, left := len(s.Lines) > 0, s.AmountMinor()
	for i := range s.Lines {
		l := &s.Lines[i]
		piece, known := g.costs[l.Product]
		if !known {
			whole = whole && l.AmountMinor <= 0
			continue
		}
		cost := float64(piece) * max(l.Quantity, 0)
		g.paid += float64(l.AmountMinor)
		g.spent += cost
		left -= int64(math.Round(cost))
	}
	if !whole {
		return nil
	}
	return &left
}

// margin is what is left of all that was paid; nil where nothing is known of it.
func (g *goods) margin(revenue int64) *Margin {
	if g.paid <= 0 || revenue <= 0 {
		return nil
	}
	return &Margin{Share: 1 - g.spent/g.paid, Covered: min(g.paid/float64(revenue), 1)}
}
