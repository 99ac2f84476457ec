package order

import (
	"fmt"
	"math"

	"regulars/internal/base/fault"
	"regulars/internal/record/digest"
	"regulars/internal/record/fact"
)

// Return is what came back: whole lines or parts of them, or an amount.
type Return struct {
	Source, Reference string
	// OrderReference is what the shop calls the order it belongs to, in the same source; empty: none is named.
	OrderReference string
	Returned       fact.Moment
	Reason         string
	// AmountMinor is what was given back, above 0. With lines it may be left out (Summed); if not, it is their sum.
	AmountMinor int64
	Summed      bool
	Lines       []ReturnLine
}

// ReturnLine is what came back of one line, or of none that is named.
type ReturnLine struct {
	Moment      fact.Moment // its own, where it differs from the return's
	Line        int         // of the order, from 1; 0: none is named
	Product     string
	Category    string
	Quantity    float64 // above 0
	AmountMinor int64   // above 0; with a line named and Priced: by the line's price
	Priced      bool
	Attributes  fact.Attributes
}

// ReturnEntry is a return and whose it is; Customer 0 takes the order's.
type ReturnEntry struct {
	Return   *Return
	Customer int64
	// Make makes the customer, who is not there yet, once it is certain that the return will be recorded.
	Make func() (int64, error)
	Once bool // as for orders
	// Bounded refuses to give back more than was paid for the order and its lines.
	Bounded     bool
	PerCustomer bool
	Whose       string
}

// Check refuses what cannot be kept.
func (r *Return) Check() error {
	if r.Summed {
		r.AmountMinor = 0
		for i := range r.Lines {
			r.AmountMinor += r.Lines[i].AmountMinor
		}
	}
	var sum int64
	for i := range r.Lines {
		l := &r.Lines[i]
		if l.AmountMinor < 0 || l.AmountMinor > amountMost || l.Quantity < 0 || !(math.Abs(l.Quantity) < 1e15) {
			return r.line(i, fault.Invalidf("return %s: line %d gives back %d minor units and %g pieces; both are to be above 0",
				r.Reference, i+1, l.AmountMinor, l.Quantity))
		}
		for _, text := range []named{{"product", l.Product}, {"category", l.Category}} {
			if err := text.short(); err != nil {
				return r.line(i, fault.Invalidf("return %s: line %d: %w", r.Reference, i+1, err))
			}
		}
		if err := l.Attributes.Check(); err != nil {
			return r.line(i, fault.In("attributes", fault.Invalidf("return %s: line %d: %w", r.Reference, i+1, err)))
		}
		sum += l.AmountMinor
	}
	switch {
	case r.Source == "" || r.Reference == "":
		return fault.In("reference", fault.Invalidf("a return needs a source and a reference: what the shop calls it"))
	case r.Returned.IsZero():
		return fault.In("returned_at", fault.Invalidf("return %s: says not when it came back", r.Reference))
	case len(r.Lines) > linesMost:
		return fault.In("lines", fault.Invalidf("return %s: has %d lines; at most %d can be kept", r.Reference, len(r.Lines), linesMost))
	case r.AmountMinor < 0 || r.AmountMinor > amountMost:
		return fault.In("amount_minor", fault.Invalidf("return %s: the amount %d is below 0 or too large; it is what was given back",
			r.Reference, r.AmountMinor))
	case len(r.Lines) > 0 && sum != r.AmountMinor:
		return fault.In("amount_minor", fault.Invalidf("return %s: its lines add up to %d, and its amount is %d (in minor units)",
			r.Reference, sum, r.AmountMinor))
	}
	for _, text := range []named{{"source", r.Source}, {"reference", r.Reference}, {"order_reference", r.OrderReference}, {"reason", r.Reason}} {
		if err := text.short(); err != nil {
			return fault.Invalidf("return %.40s: %w", r.Reference, err)
		}
	}
	return nil
}

// line says which line an error is about.
func (r *Return) line(i int, err error) error {
	return fault.In("lines", fault.In(fmt.Sprintf("[%d]", i), err))
}

func (r *Return) content(order int64) []byte {
	d := digest.Digest{}
	d.Numbers(r.Returned.UTC, r.Returned.Local, r.AmountMinor, order, int64(len(r.Lines)))
	d.Texts(r.Reason)
	for i := range r.Lines {
		l := &r.Lines[i]
		d.Texts(l.Product, l.Category, l.Attributes.Text())
		d.Numbers(l.Moment.UTC, l.Moment.Local, int64(l.Line), l.AmountMinor)
		d.Float(l.Quantity)
	}
	return d.Sum()
}
