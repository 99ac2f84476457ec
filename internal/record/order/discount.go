package order

import (
	"slices"

	"regulars/internal/base/fault"
)

// TakeOff takes off what is paid what the programme gives, spread by what they cost over the lines that it is for; nil: all of them.
func (o *Order) TakeOff(minor int64, of func(*Line) bool) {
	off := make([]int64, len(o.Lines))
	for i := range o.Lines {
		if l := &o.Lines[i]; of == nil || of(l) {
			off[i] = l.AmountMinor
		}
	}
	o.TakeOffLines(Spread(minor, off))
	if rest := minor - sum(off); rest != 0 { // there are no lines
		o.AmountMinor -= rest
		o.DiscountMinor += rest
		o.ProgrammeDiscountMinor += rest
	}
}

// TakeOffLines takes off each line what the programme gives for it; of an order without lines, what it gives for all of it.
func (o *Order) TakeOffLines(off []int64) {
	for i := range o.Lines {
		o.Lines[i].AmountMinor -= off[i]
		o.Lines[i].ProgrammeDiscountMinor += off[i]
	}
	whole := sum(off)
	o.AmountMinor -= whole
	o.DiscountMinor += whole
	o.ProgrammeDiscountMinor += whole
}

// Spread parts an amount in proportion to weights, which it writes the parts over. What is no more than their sum parts into no more
// than each.
func Spread(minor int64, weights []int64) []int64 {
	var seen, given int64
	whole := sum(weights)
	for i, w := range weights {
		weights[i] = 0
		if seen += w; whole > 0 {
			weights[i] = int64(float64(minor)*float64(seen)/float64(whole)+0.5) - given
			given += weights[i]
		}
	}
	return weights
}

func sum(all []int64) (n int64) {
	for _, one := range all {
		n += one
	}
	return n
}

// checkProgrammeDiscount completes what the programme took off: a part of the discount, of which lines may say their own.
func (o *Order) checkProgrammeDiscount() error {
	const name = "programme_discount_minor"
	var lines int64
	for i := range o.Lines {
		lines += o.Lines[i].ProgrammeDiscountMinor
	}
	switch whole := o.ProgrammeDiscountMinor; {
	case whole < 0 || whole > amountMost:
		return fault.In(name, fault.Invalidf("the amount %d is below 0 or too large", whole))
	case whole == 0:
		o.ProgrammeDiscountMinor = lines
	case lines != 0 && lines != whole:
		return fault.In(name, fault.Invalidf("the lines say that the programme took %d off, and the order that it took %d (in minor units)", lines, whole))
	case lines == 0 && len(o.Lines) > 0:
		o.spreadProgrammeDiscount()
	}
	if o.DiscountMinor == 0 {
		o.DiscountMinor = o.ProgrammeDiscountMinor
	}
	if o.ProgrammeDiscountMinor > o.DiscountMinor {
		return fault.In(name, fault.Invalidf("the programme took %d off, and all that was taken off is %d (in minor units); the one is a part of the other", o.ProgrammeDiscountMinor, o.DiscountMinor))
	}
	return nil
}

// spreadProgrammeDiscount tells lines what was taken off them, by what they cost; where all of them came to nothing, alike.
func (o *Order) spreadProgrammeDiscount() {
	weights := make([]int64, len(o.Lines))
	for i := range o.Lines {
		weights[i] = max(o.Lines[i].AmountMinor, 0)
	}
	if !slices.ContainsFunc(weights, func(w int64) bool { return w > 0 }) {
		for i := range weights {
			weights[i] = 1
		}
	}
	for i, n := range Spread(o.ProgrammeDiscountMinor, weights) {
		o.Lines[i].ProgrammeDiscountMinor = n
	}
}

// TakeBack takes what came back off the lines of an order, and tells how much of what was paid is left. Where some of it names no
// line and nothing is left, all of the pieces came back.
func (o *Order) TakeBack(all []Back) (leftMinor int64) {
	leftMinor = o.AmountMinor
	unnamed := false
	for _, b := range all {
		leftMinor -= b.AmountMinor
		if i := b.Line - 1; i >= 0 && i < len(o.Lines) {
			o.Lines[i].Quantity -= b.Quantity
		} else {
			unnamed = true
		}
	}
	for i := range o.Lines {
		if unnamed && leftMinor <= 0 {
			o.Lines[i].Quantity = 0
		}
	}
	return leftMinor
}
