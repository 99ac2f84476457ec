package mirror

// KindIs says what a kind of product is.
type KindIs string

// Kinds of product: the category where a line has one, else the product; or always the product.
const (
	ByCategory KindIs = "category"
	ByProduct  KindIs = "product"
)

// Facts says what was loaded.
type Facts struct {
	Lines, Returns, Answers  int64
	Skipped                  int64 // questions asked and left out by who answered the rest
	PaidMinor, ReturnedMinor int64 // of known customers; both positive
	UnidentifiedMinor        int64
	First, Last              int64 // local microseconds of the first and the last sale or answer
	Any                      bool  // there is a sale or an answer
	FirstCost, LastCost      int64 // of costs, which are often planned ahead and do not say how far the rest reaches
	Kinds                    bool  // some line names its product or category
	Categories               bool
	Channels, Referrals      bool // some customer has one
	Costs, RetentionCosts    bool
	Delivered, Cases         bool
	HighestCSAT              float64
	OneRowPerOrder           bool
}

// Span is from the first to the last fact of any kind.
func (f *Facts) Span() (first, last int64) {
	first, last = f.First, f.Last
	if f.Costs || f.RetentionCosts {
		if !f.Any {
			return f.FirstCost, f.LastCost
		}
		first, last = min(first, f.FirstCost), max(last, f.LastCost)
	}
	return first, last
}
