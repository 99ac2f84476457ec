package importer

import (
	"hash/maphash"

	"regulars/internal/record/importer/parse"
)

// profile is what the sample shows of a column.
type profile struct {
	name     columnName
	title    string // as it will be shown
	filled   int
	numbers  parse.NumberVotes
	dates    parse.DateVotes
	point0   int // cells like 17850.0
	digits   int // cells of digits only
	lettered int // cells like C536379
	padded   int // cells of digits only that begin with a zero
	longest  int
	states   int            // cells that are known states of orders
	surveys  int            // cells that are known states of surveys
	codes    int            // cells that are currency codes or signs
	values   map[uint64]int // hash of a cell -> times seen
	example  string
	words    lookup[orderState]
	replies  lookup[surveyState]
}

// newProfile looks at the cells of one column.
func newProfile(title string, seed maphash.Seed, cells func(yield func(string) bool)) *profile {
	p := &profile{name: newColumnName(title), title: title, values: map[uint64]int{}, words: lookup[orderState]{table: orderStates()},
		replies: lookup[surveyState]{table: surveyStates()}}
	for cell := range cells {
		p.add([]byte(cell), seed)
	}
	return p
}

func (p *profile) add(raw []byte, seed maphash.Seed) {
	cell := trim(raw)
	if isNobody(cell) {
		return
	}
	if p.filled == 0 {
		p.example = string(cell)
	}
	p.filled++
	p.values[maphash.Bytes(seed, cell)]++
	p.longest = max(p.longest, len(cell))
	switch {
	case allDigits(cell):
		p.digits++
		if cell[0] == '0' && len(cell) > 1 {
			p.padded++
		}
	case len(withoutPoint0(cell)) < len(cell):
		p.point0++
	case isCancelledID(cell):
		p.lettered++
	}
	p.addWords(cell)
	p.numbers.Add(cell)
	if mayBeDate(cell) {
		p.dates.Add(cell)
	} else {
		p.dates.Cells++
	}
}

// addWords counts the words that some roles are known by.
func (p *profile) addWords(cell []byte) {
	if len(cell) > 60 || p.distinct() > 200 {
		return
	}
	if v, ok := p.replies.of(cell); ok && v != surveyUnknown {
		p.surveys++
	}
	if allDigits(cell) {
		return
	}
	if v, ok := p.words.of(cell); ok && v != stateUnknown {
		p.states++
	}
	if currencyCode(cell) != "" {
		p.codes++
	}
}

// mayBeDate is a quick look: every date has a digit, and none is long.
func mayBeDate(cell []byte) bool {
	return len(cell) >= 3 && len(cell) <= 80 && hasDigit(cell)
}

func hasDigit(cell []byte) bool {
	for _, c := range cell {
		if c-'0' <= 9 {
			return true
		}
	}
	return false
}

// share is n of the filled cells, 0 to 1.
func (p *profile) share(n int) float64 {
	if p.filled == 0 {
		return 0
	}
	return float64(n) / float64(p.filled)
}

// distinct is how many different cells there are.
func (p *profile) distinct() int { return len(p.values) }

// pointZeroIDs is true for ids that a data frame has made numbers of: every one is digits and ".0".
func (p *profile) pointZeroIDs() bool { return p.point0 > 0 && p.point0 == p.filled }

// plainIDs is true where ids are plain digits, but for a few with a letter before them.
func (p *profile) plainIDs() bool {
	return p.filled > 0 && p.share(p.digits+p.point0) >= 0.5
}

// fractional is true for numbers with decimals that are not all zero, or with a currency.
func (p *profile) fractional() bool {
	return p.numbers.Numbers-p.numbers.Whole > p.point0 || len(p.numbers.Signs) > 0
}

// serial says what the bare numbers of a date column count.
func (p *profile) serial() parse.Serial {
	d := &p.dates
	switch most := max(d.Excel, d.Seconds, d.Millis); {
	case most == 0 || most <= d.Dates:
		return parse.NoSerial
	case most == d.Excel:
		return parse.ExcelDays
	case most == d.Seconds:
		return parse.UnixSeconds
	}
	return parse.UnixMillis
}

// fits says whether the cells look like what a role holds. Likeness is how sure the name is, 0 where only the
// content speaks.
func (p *profile) fits(c content, likeness int) bool {
	if p.filled == 0 {
		return likeness >= 90
	}
	dated := p.share(p.dates.Dates)
	switch c {
	case idContent:
		return dated < 0.9 || p.dates.Compact > 0 && likeness > 0
	case dateContent:
		return dated >= 0.5 || likeness >= 90 && dated > 0 || likeness > 0 && p.share(p.dates.Excel+p.dates.Seconds+p.dates.Millis) >= 0.5
	case monthContent:
		return p.share(p.dates.Dates+p.dates.Months) >= 0.5 || likeness > 0 && p.share(p.dates.Excel+p.dates.Seconds) >= 0.5
	case timeContent:
		return p.share(p.dates.Times) >= 0.5
	case numberContent:
		enough := p.numbers.Share() >= 0.5 || likeness >= 90 && p.numbers.Numbers > 0
		return enough && dated-p.share(p.dates.Compact) < 0.5
	case currencyContent:
		return p.share(p.codes) >= 0.8
	case scaleContent:
		return hasDigit([]byte(p.example))
	case stateContent:
		return p.numbers.Share() < 0.5 && p.distinct() <= 40
	}
	return true
}
