package programme

import (
	"cmp"
	"math"
	"slices"

	"regulars/internal/record/order"
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
	known := map[*Rule]Allowance{} // what a rule may still give is asked once, however often the order is looked at
	may := func(r *Rule) Allowance {
		a, is := known[r]
		if !is {
			a = allowance(r)
			known[r] = a
		}
		return a
	}
	results, more := c.evaluate(OnOrder, s, k, digits, may)
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
		results, more = c.evaluate(OnOrder, s.take(off), k, digits, may)
	}
	return results, off
}

// takeOff works out what rules take off each line of a sale, and lowers what they say where that is more than it costs: of several one
// after the other, out of what those before left.
func (c *Compiled) takeOff(asked []*rule, results []Result, s *Sale, values map[string]any) (off []int64) {
	off = make([]int64, len(s.Lines))
	whole := s.amount()
	for i, r := range asked {
		res := &results[i]
		if res.DiscountMinor <= 0 {
			continue
		}
		var lines []int
		r.eachLine(s, values, func(at int, _ *SaleLine) { lines = append(lines, at) })
		var wish []int64
		e := &r.Rule.Effect
		switch {
		case e.Card != nil:
			wish, _ = e.Card.pieces(s, lines, res.Free)
		case e.Discount.AmountMinor > 0: // out of what is left, wherever that is
			wish = shares(s, lines, res.DiscountMinor, off)
		default: // that part of each line
			wish = shares(s, lines, res.DiscountMinor, make([]int64, len(s.Lines)))
		}
		res.DiscountMinor = 0
		for at := range wish {
			n := max(min(wish[at], s.Lines[at].AmountMinor-off[at], whole), 0) // a line may be below nothing: a coupon of the shop's
			off[at] += n
			whole -= n
			res.DiscountMinor += n
		}
		if res.DiscountMinor == 0 && res.Free == 0 {
			res.Why = TooLittle
		}
	}
	return off
}

// shares spreads an amount over lines, by what they cost less what is off already.
func shares(s *Sale, lines []int, minor int64, off []int64) []int64 {
	all := make([]int64, len(s.Lines))
	for _, at := range lines {
		all[at] = max(s.Lines[at].AmountMinor-off[at], 0)
	}
	return order.Spread(minor, all)
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
