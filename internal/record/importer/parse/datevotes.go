package parse

import "math"

// DateVotes gathers over the cells of a column how its dates are written.
type DateVotes struct {
	Cells   int // cells that are not empty
	Dates   int // of them dates that are no bare serial number
	Timed   int // of them with a time of day
	Compact int // of Dates, written 20111231
	Times   int // cells with a time of day alone
	Months  int // cells with a month but no day
	Excel   int // numbers that could be days as a spreadsheet counts them
	Seconds int // numbers that could be seconds since 1970
	Millis  int
	// Unsure counts cells that read differently as day/month and month/day; Example is one of them.
	Unsure  int
	Example string
	fits    [3]int // cells that could be read, by order
	differs int    // cells on which the orders do not agree
	years   int    // cells that could begin with a two-digit year and are joined by hyphens
}

// Add counts a cell.
func (v *DateVotes) Add(b []byte) {
	if len(b) == 0 {
		return
	}
	v.Cells++
	if leadingDigits(b) >= 4 && v.addNumber(b) {
		return
	}
	var stamps [3]Stamp
	var ok [3]bool
	found := false
	for o := range stamps {
		stamps[o], ok[o] = DateStyle{Order: Order(o)}.Parse(b)
		found = found || ok[o]
	}
	if !found {
		v.addPartial(b)
		return
	}
	v.Dates++
	for o := range stamps {
		if ok[o] {
			v.fits[o]++
			if stamps[o].Timed && (o == 0 || !ok[0]) {
				v.Timed++
			}
		}
	}
	if stamps[0] != stamps[1] || stamps[0] != stamps[2] {
		v.differs++
	}
	p, _ := split(b)
	if p.hyphen && ok[YearMonthDay] && ok[DayMonthYear] && stamps[0] != stamps[2] {
		v.years++
	}
	if ok[0] && ok[1] && stamps[0] != stamps[1] && !dotted(b) {
		v.Unsure++
		if v.Example == "" {
			v.Example = string(b)
		}
	} else if ok[0] && ok[2] && stamps[0] != stamps[2] && p.hyphen && v.Example == "" {
		v.Example = string(b)
	}
}

// addNumber counts what a bare number could be; true when the cell needs no other reading.
func (v *DateVotes) addNumber(b []byte) bool {
	n := leadingDigits(b)
	d, ok := plain(b, '.')
	if !ok {
		return false
	}
	if n == len(b) {
		if st, ok := (DateStyle{}).Parse(b); ok {
			v.Dates++
			v.Compact++
			if st.Timed {
				v.Timed++
			}
			for o := range v.fits {
				v.fits[o]++
			}
			return true
		}
		if _, ok := (DateStyle{Months: true}).Parse(b); ok {
			v.Months++
		}
	}
	switch whole := d.Mant / int64(power(int(d.Scale))); {
	case whole >= 14_000 && whole < 80_000: // 1938 to 2119
		v.Excel++
	case whole >= 300_000_000 && whole < 7_000_000_000 && n >= 9:
		v.Seconds++
	case whole >= 300_000_000_000 && whole < 7_000_000_000_000:
		v.Millis++
	}
	return true
}

// addPartial counts cells that are no whole date.
func (v *DateVotes) addPartial(b []byte) {
	if _, ok := TimeOfDay(b); ok {
		v.Times++
	} else if _, ok := (DateStyle{Months: true}).Parse(b); ok {
		v.Months++
	}
}

// Decided is the order of day and month in the column, and whether the cells told.
func (v *DateVotes) Decided() (Order, bool) {
	d, m, y := v.fits[DayMonthYear], v.fits[MonthDayYear], v.fits[YearMonthDay]
	switch {
	case v.differs == 0:
		return DayMonthYear, true
	case m > d && m >= y:
		return MonthDayYear, true
	case y > d:
		return YearMonthDay, true
	case d == m && v.Unsure > 0:
		return DayMonthYear, false
	case d == y && v.years > 0:
		return DayMonthYear, false
	}
	return DayMonthYear, true
}

// Share is how much of the filled cells are dates, 0 to 1.
func (v *DateVotes) Share() float64 {
	if v.Cells == 0 {
		return 0
	}
	return float64(v.Dates) / float64(v.Cells)
}

// Ordered is true when any cell needs an order to be read.
func (v *DateVotes) Ordered() bool { return v.differs > 0 }

// dotted is true for 1.12.2011: the world that writes dots puts the day first.
func dotted(b []byte) bool {
	n := leadingDigits(b)
	return n > 0 && n < 3 && n < len(b) && b[n] == '.'
}

// Lead is by how many cells the order decided on is ahead of the next; without any that differ it is endless.
func (v *DateVotes) Lead() int {
	if v.differs == 0 {
		return math.MaxInt
	}
	order, told := v.Decided()
	if !told {
		return 0
	}
	if v.Unsure == 0 && v.years == 0 {
		return math.MaxInt // no cell reads in two ways
	}
	lead := math.MaxInt
	for o, n := range v.fits {
		yearFirst := Order(o) == YearMonthDay || order == YearMonthDay
		if Order(o) != order && (!yearFirst || v.years > 0) {
			lead = min(lead, v.fits[order]-n)
		}
	}
	return lead
}
