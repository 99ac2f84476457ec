package programme

import (
	"cmp"
	"math"
	"slices"
)

// takesOff tells whether an effect lowers what is paid: it then looks at the order as it is without what the programme takes off, for
// an order from 25.00 on stays one when 5.00 are taken off it.
func (e *Effect) takesOff() bool { return e.Discount != nil || e.Card != nil && e.Card.Units == 0 }

// off is what the programme took off a sale.
func (s *Sale) off() (sum int64) {
	for i := range s.Lines {
		sum += s.Lines[i].OffMinor
	}
	return sum
}

// full is the sale as it is without what the programme takes off. What is in the amount, or a means to pay it, is as large a part of it.
func (s *Sale) full() *Sale {
	off := s.off()
	if off == 0 {
		return s
	}
	f := *s
	f.Lines = slices.Clone(s.Lines)
	for i := range f.Lines {
		l := &f.Lines[i]
		l.AmountMinor, l.OffMinor = l.AmountMinor+l.OffMinor, 0
	}
	f.DiscountMinor = max(s.DiscountMinor-off, 0)
	if paid := s.amount(); paid > 0 {
		f.TaxMinor = scaled(s.TaxMinor, f.amount(), paid)
	}
	return &f
}

// take takes off each line what the programme gives for it.
func (s *Sale) take(off []int64) *Sale {
	left := *s
	left.Lines = slices.Clone(s.Lines)
	for i := range left.Lines {
		l := &left.Lines[i]
		l.AmountMinor, l.OffMinor = l.AmountMinor-off[i], l.OffMinor+off[i]
		left.DiscountMinor += off[i]
	}
	if was := s.amount(); was > 0 {
		left.TaxMinor = scaled(s.TaxMinor, left.amount(), was)
	}
	return &left
}

// Quote evaluates an order that is not placed yet, as it is before the programme takes anything off: what comes of it once that is
// taken off, and what it is, line by line. Of one that says what was taken off, nothing is.
func (c *Compiled) Quote(s *Sale, k *Known, digits int, allowance func(r *Rule) Allowance) (results []Result, off []int64) {
	off = make([]int64, len(s.Lines))
	results, more := c.evaluate(OnOrder, s, k, digits, allowance)
	if s.off() != 0 {
		return results, off
	}
	// One that is lower may let another of a group apply, which takes off more. That ends, unless a rule asks that little is paid and
	// so keeps from the order what made it little.
	const most = 4
	for range most {
		if slices.Equal(off, more) {
			break
		}
		off = more
		results, more = c.evaluate(OnOrder, s.take(off), k, digits, allowance)
	}
	return results, off
}

// takeOff works out what rules take off each line of a sale, and lowers what they say where that is more than it costs: of several one
// after the other, out of what those before left.
func (c *Compiled) takeOff(asked []*rule, results []Result, s *Sale, values map[string]any) (off []int64) {
	off = make([]int64, len(s.Lines))
	for i, r := range asked {
		res := &results[i]
		if res.DiscountMinor <= 0 {
			continue
		}
		var lines []int
		r.eachLine(s, values, func(at int, _ *SaleLine) { lines = append(lines, at) })
		var wish []int64
		if k := r.Rule.Effect.Card; k != nil {
			wish, _ = k.pieces(s, lines, res.Free)
		} else {
			wish = shares(s, lines, res.DiscountMinor)
		}
		res.DiscountMinor = 0
		for at := range wish {
			n := min(wish[at], s.Lines[at].AmountMinor-off[at])
			off[at] += n
			res.DiscountMinor += n
		}
		if res.DiscountMinor == 0 && res.Free == 0 {
			res.Why = TooLittle
		}
	}
	return off
}

// shares spreads an amount over lines, by what they cost.
func shares(s *Sale, lines []int, minor int64) []int64 {
	all := make([]int64, len(s.Lines))
	var whole, seen, given int64
	for _, at := range lines {
		whole += max(s.Lines[at].AmountMinor, 0)
	}
	for _, at := range lines {
		seen += max(s.Lines[at].AmountMinor, 0)
		upTo := scaled(minor, seen, max(whole, 1))
		all[at] = upTo - given
		given = upTo
	}
	return all
}

// pieces is what so many pieces cost, line by line, and together: the cheapest first.
func (k *Card) pieces(s *Sale, lines []int, n int64) (all []int64, sum int64) {
	all = make([]int64, len(s.Lines))
	type price struct {
		at      int
		each, n int64
	}
	var prices []price
	for _, at := range lines {
		l := &s.Lines[at]
		if of := wholePieces(l); of > 0 {
			prices = append(prices, price{at, max(l.AmountMinor, 0) / of, of})
		}
	}
	slices.SortStableFunc(prices, func(a, b price) int { return cmp.Compare(a.each, b.each) })
	for _, p := range prices {
		free := min(n, p.n)
		all[p.at] = free * p.each
		sum += all[p.at]
		n -= free
	}
	return all, sum
}

// wholePieces is how many pieces of a line a card counts.
func wholePieces(l *SaleLine) int64 { return max(int64(math.Floor(l.Quantity+1e-9)), 0) }
