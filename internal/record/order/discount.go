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
