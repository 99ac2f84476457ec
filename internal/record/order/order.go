package order

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"regulars/internal/base/fault"
	"regulars/internal/record/digest"
	"regulars/internal/record/fact"
)

// State is how far an order has come.
type State string

// The states. Only a cancelled order does not count.
const (
	Placed    State = "placed"
	Paid      State = "paid"
	Fulfilled State = "fulfilled"
	Cancelled State = "cancelled"
)

// Order is an order as it is handed in.
type Order struct {
	Source, Reference string
	Placed            fact.Moment
	State             State // empty: placed
	// AmountMinor is what was paid after discounts. With lines it may be left out (Summed); if not, it is their sum.
	AmountMinor   int64
	Summed        bool // the amount is the sum of the lines
	DiscountMinor int64
	// ProgrammeDiscountMinor is what the loyalty programme took off: a part of DiscountMinor.
	ProgrammeDiscountMinor int64
	TaxMinor               int64
	ShippingMinor          int64
	Store                  string
	Channel                string // by which it was sold: shop, web, app ...
	Attributes             fact.Attributes
	Lines                  []Line
	Payments               []Payment
	// Catalogued gives lines without a category the one that their product has in the catalogue.
	Catalogued bool
}

// Line is a line of an order. Its moment is the order's, unless it has its own.
type Line struct {
	Moment      fact.Moment
	Product     string
	ProductName string
	Category    string
	Quantity    float64
	AmountMinor int64
	// ProgrammeDiscountMinor is what the loyalty programme took off the line, which AmountMinor is without.
	ProgrammeDiscountMinor int64
	Attributes             fact.Attributes
}

// Payment is a payment of an order.
type Payment struct {
	Method      string
	AmountMinor int64
	Paid        fact.Moment
}

// Bounds of an order.
const (
	linesMost    = 10_000
	paymentsMost = 1000
	textMost     = 300
	amountMost   = 10_000_000_000_000
)

// Check refuses what cannot be kept, and completes what may be left out.
func (o *Order) Check() error {
	if o.State == "" {
		o.State = Placed
	}
	if o.Summed {
		o.AmountMinor = 0
		for i := range o.Lines {
			o.AmountMinor += o.Lines[i].AmountMinor
		}
	}
	switch {
	case o.Source == "" || o.Reference == "":
		return fault.In("reference", fault.Invalidf("an order needs a source and a reference: what the shop calls it"))
	case o.Placed.IsZero():
		return fault.In("placed_at", fault.Invalidf("order %s: says not when it was placed", o.Reference))
	case !slices.Contains([]State{Placed, Paid, Fulfilled, Cancelled}, o.State):
		return fault.In("state", fault.Invalidf("order %s: the state %q is none of placed, paid, fulfilled, cancelled", o.Reference, o.State))
	case len(o.Lines) > linesMost:
		return fault.In("lines", fault.Invalidf("order %s: has %d lines; at most %d can be kept", o.Reference, len(o.Lines), linesMost))
	}
	for _, text := range []named{{"source", o.Source}, {"reference", o.Reference}, {"store", o.Store}, {"channel", o.Channel}} {
		if err := text.short(); err != nil {
			return fault.Invalidf("order %.40s: %w", o.Reference, err)
		}
	}
	sum, err := checkLines(o.Lines)
	if err != nil {
		return fault.Invalidf("order %s: %w", o.Reference, err)
	}
	if len(o.Lines) > 0 && sum != o.AmountMinor {
		return fault.In("amount_minor", fault.Invalidf("order %s: its lines add up to %d, and its amount is %d (in minor units)",
			o.Reference, sum, o.AmountMinor))
	}
	for i, v := range [...]int64{o.AmountMinor, o.DiscountMinor, o.TaxMinor, o.ShippingMinor} {
		if v < 0 || v > amountMost {
			field := [...]string{"amount_minor", "discount_minor", "tax_minor", "shipping_minor"}[i]
			return fault.In(field, fault.Invalidf("order %s: the amount %d is below 0 or too large; what came back is a return", o.Reference, v))
		}
	}
	if err := o.checkProgrammeDiscount(); err != nil {
		return fault.Invalidf("order %s: %w", o.Reference, err)
	}
	if err := o.checkPayments(); err != nil {
		return fault.Invalidf("order %s: %w", o.Reference, err)
	}
	return fault.In("attributes", o.Attributes.Check())
}

func checkLines(lines []Line) (sum int64, err error) {
	for i := range lines {
		if err := lines[i].check(); err != nil {
			return 0, fault.In("lines", fault.In(fmt.Sprintf("[%d]", i), fault.Invalidf("line %d: %w", i+1, err)))
		}
		sum += lines[i].AmountMinor
	}
	return sum, nil
}

func (l *Line) check() error {
	if !(math.Abs(l.Quantity) < 1e15) {
		return fault.In("quantity", fault.Invalidf("the quantity %g is no number that can be kept", l.Quantity))
	}
	if l.AmountMinor < -amountMost || l.AmountMinor > amountMost {
		return fault.In("amount_minor", fault.Invalidf("the amount %d is too large", l.AmountMinor))
	}
	if n := l.ProgrammeDiscountMinor; n < 0 || n > amountMost {
		return fault.In("programme_discount_minor", fault.Invalidf("the amount %d is below 0 or too large", n))
	}
	for _, text := range []named{{"product", l.Product}, {"product_name", l.ProductName}, {"category", l.Category}} {
		if err := text.short(); err != nil {
			return err
		}
	}
	return fault.In("attributes", l.Attributes.Check())
}

func (o *Order) checkPayments() error {
	if len(o.Payments) > paymentsMost {
		return fault.In("payments", fault.Invalidf("it has %d payments; at most %d can be kept", len(o.Payments), paymentsMost))
	}
	for i, p := range o.Payments {
		err := named{"method", p.Method}.short()
		if p.AmountMinor < -amountMost || p.AmountMinor > amountMost {
			err = fault.In("amount_minor", fault.Invalidf("the amount %d is too large", p.AmountMinor))
		}
		if err != nil {
			return fault.In("payments", fault.In(fmt.Sprintf("[%d]", i), fault.Invalidf("payment %d: %w", i+1, err)))
		}
	}
	return nil
}

// named is a text and the field it is in.
type named struct{ field, text string }

func (n named) short() error {
	if len(n.text) > textMost || !utf8.ValidString(n.text) || strings.IndexByte(n.text, 0) >= 0 {
		return fault.In(n.field, fault.Invalidf("%.40q... is longer than %d bytes, or holds bytes that are no characters", n.text, textMost))
	}
	return nil
}

// content is a digest of everything an order says, by which a repeated one is known for the same.
func (o *Order) content() []byte {
	d := digest.Digest{}
	d.Numbers(o.Placed.UTC, o.Placed.Local, o.AmountMinor, o.DiscountMinor, o.TaxMinor, o.ShippingMinor)
	d.Texts(string(o.State), o.Store, o.Channel, o.Attributes.Text())
	addLines(&d, o.Lines)
	d.Numbers(int64(len(o.Payments)))
	for _, p := range o.Payments {
		d.Texts(p.Method)
		d.Numbers(p.AmountMinor, p.Paid.UTC)
	}
	if o.ProgrammeDiscountMinor != 0 { // what was kept before there was such a thing stays the same
		for i := range o.Lines {
			d.Numbers(o.Lines[i].ProgrammeDiscountMinor)
		}
		d.Numbers(o.ProgrammeDiscountMinor)
	}
	return d.Sum()
}

func addLines(d *digest.Digest, lines []Line) {
	d.Numbers(int64(len(lines)))
	for i := range lines {
		l := &lines[i]
		d.Texts(l.Product, l.Category, l.Attributes.Text())
		d.Numbers(l.Moment.UTC, l.Moment.Local, l.AmountMinor)
		d.Float(l.Quantity)
	}
}
