package programme

import (
	"slices"

	"regulars/internal/record/fact"
	"regulars/internal/record/order"
)

// Sale is an order less its returns, or an action, as rules look at it.
type Sale struct {
	Placed        fact.Moment
	DiscountMinor int64
	TaxMinor      int64
	ShippingMinor int64 // beside the lines
	UnitsMinor    int64 // paid with units
	Store         string
	Channel       string
	Attributes    map[string]string
	Lines         []SaleLine
	Holiday       string // where it is one
}

// SaleLine is what is left of a line.
type SaleLine struct {
	Product     string
	Category    string
	Quantity    float64
	AmountMinor int64
	OffMinor    int64 // that the programme took off, which AmountMinor is without
	Attributes  map[string]string
}

func (s *Sale) amount() (sum int64) {
	for i := range s.Lines {
		sum += s.Lines[i].AmountMinor
	}
	return sum
}

// paidWithUnits tells whether a payment was made with what the programme gives: its method is called like a unit, or units.
func paidWithUnits(c *Compiled, method string) bool {
	if method == "units" {
		return true
	}
	return c != nil && slices.ContainsFunc(c.Document.Units, func(u Unit) bool { return u.Unit == method })
}

// paid adds what was paid with units.
func (s *Sale) paid(c *Compiled, o *order.Order) {
	for _, pay := range o.Payments {
		if paidWithUnits(c, pay.Method) {
			s.UnitsMinor += pay.AmountMinor
		}
	}
}

// AmountMinor is what is left of the order's amount.
func (s *Sale) AmountMinor() int64 { return s.amount() }

// saleOf is an order as rules look at it.
func saleOf(o *order.Order) Sale {
	s := Sale{Placed: o.Placed, DiscountMinor: o.DiscountMinor, TaxMinor: o.TaxMinor, ShippingMinor: o.ShippingMinor, Store: o.Store, Channel: o.Channel,
		Attributes: texts(o.Attributes)}
	for i := range o.Lines {
		l := &o.Lines[i]
		s.Lines = append(s.Lines, SaleLine{Product: l.Product, Category: l.Category, Quantity: l.Quantity, AmountMinor: l.AmountMinor, OffMinor: l.ProgrammeDiscountMinor, Attributes: texts(l.Attributes)})
	}
	if len(o.Lines) == 0 { // an amount alone, with the shipping in it
		goods := o.AmountMinor - o.ShippingMinor
		s.Lines = []SaleLine{{Quantity: 1, AmountMinor: max(goods, 0), OffMinor: o.ProgrammeDiscountMinor}}
	}
	return s
}

func texts(a fact.Attributes) map[string]string {
	m := make(map[string]string, len(a))
	for _, one := range a {
		m[one.Name] = one.Value
	}
	return m
}

// SaleOf is what is left of an order, as rules look at it.
func SaleOf(o *order.Order, back []order.Back) Sale {
	s := saleOf(o)
	s.less(back)
	return s
}

// less takes off what came back: from the line that a return names, and what names none from all lines in proportion.
func (s *Sale) less(back []order.Back) {
	if len(back) == 0 {
		return
	}
	whole := s.amount()
	before := slices.Clone(s.Lines)
	var rest int64
	for _, r := range back {
		if r.Line < 1 || r.Line > len(s.Lines) {
			rest += r.AmountMinor
			continue
		}
		l := &s.Lines[r.Line-1]
		l.AmountMinor -= r.AmountMinor
		l.Quantity -= r.Quantity
	}
	left := s.amount()
	for i := range s.Lines {
		l := &s.Lines[i]
		if rest > 0 && left > 0 {
			share := scaled(l.AmountMinor, max(left-rest, 0), left)
			if l.AmountMinor > 0 && share == 0 {
				l.Quantity = 0
			}
			l.AmountMinor = share
		}
		l.AmountMinor, l.Quantity = max(l.AmountMinor, 0), max(l.Quantity, 0)
		l.OffMinor = before[i].offOf(l)
	}
	if whole > 0 { // tax and discounts go down with the goods
		now := s.amount()
		s.TaxMinor, s.DiscountMinor = scaled(s.TaxMinor, now, whole), scaled(s.DiscountMinor, now, whole)
	}
}

// offOf is what the programme took off what is left of a line: its part of what is left to pay, and where nothing was paid, of the pieces.
func (l *SaleLine) offOf(left *SaleLine) int64 {
	switch {
	case l.OffMinor <= 0:
		return 0
	case l.AmountMinor > 0:
		return scaled(l.OffMinor, left.AmountMinor, l.AmountMinor)
	case l.Quantity > 0:
		return int64(float64(l.OffMinor) * left.Quantity / l.Quantity)
	}
	return l.OffMinor
}
