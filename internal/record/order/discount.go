package order

// TakeOff takes a discount off what is paid, spread by what they cost over the lines that it is for; nil: all of them.
func (o *Order) TakeOff(minor int64, of func(*Line) bool) {
	var whole, seen, off int64
	each := func(do func(l *Line)) {
		for i := range o.Lines {
			if l := &o.Lines[i]; of == nil || of(l) {
				do(l)
			}
		}
	}
	each(func(l *Line) { whole += l.AmountMinor })
	if whole > 0 {
		each(func(l *Line) {
			seen += l.AmountMinor
			share := int64(float64(minor)*float64(seen)/float64(whole)+0.5) - off
			l.AmountMinor -= share
			off += share
		})
	}
	o.AmountMinor -= minor
	o.DiscountMinor += minor
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
