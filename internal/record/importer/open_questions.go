package importer

import (
	"context"
	"errors"
	"strings"
	"time"

	"regulars/internal/record/importer/parse"
)

// surely is how many more cells must speak for one reading than for another before the rest need not be asked.
const surely = 10

// groupedCells is how many cells like 1.101 must stand in a column of amounts before the dot is a thousands separator.
const groupedCells = 10

// isGrouped is true for amounts that all have three digits after their one dot, but for whole ones under a thousand:
// money of two decimals is not written like that, thousands are. Prices and quantities may have three decimals.
func (p *Plan) isGrouped(c int, columns []*profile, s *sample, opts Options) bool {
	v := &columns[c].numbers
	if c != p.layout.roles.at(roleAmount) || opts.Digits > 2 || v.Dot+v.Comma > 0 || v.Unsure < groupedCells || v.Whole > 0 && v.Max >= 1000 {
		return false
	}
	other := *p
	other.Notes = nil
	other.findCurrency(s, columns, opts)
	return !threeDecimals[firstOf(opts.Currency, other.Currency)]
}

// threeDecimals are the currencies that have a thousand parts.
var threeDecimals = map[string]bool{"BHD": true, "IQD": true, "JOD": true, "KWD": true, "LYD": true, "OMR": true, "TND": true}

// decideOpen reads the whole file where the sample does not decide on day and month or on the decimal mark, and says
// aloud what nothing decides.
func (p *Plan) decideOpen(ctx context.Context, s *sample, columns []*profile, opts Options) error {
	dates, numbers := p.openQuestions(columns)
	if len(dates)+len(numbers) > 0 && !s.whole {
		if err := p.prescan(ctx, columns, dates, numbers); err != nil {
			return err
		}
	}
	for _, c := range dates {
		v := &columns[c].dates
		order, told := v.Decided()
		if told || v.Example == "" {
			continue
		}
		if st, ok := (parse.DateStyle{Order: order}).Parse([]byte(v.Example)); ok {
			p.note(NoteDayOrMonth, columns[c].title, v.Example, day(st))
		}
	}
	for _, c := range numbers {
		v := &columns[c].numbers
		if _, told := v.Decided(); told || v.Example == "" || p.decimalMark(columns) != 0 {
			continue
		}
		key := NoteMarkDecimal
		if strings.Contains(v.Example, ",") || p.isGrouped(c, columns, s, opts) {
			key = NoteMarkThousands
		}
		p.note(key, columns[c].title, v.Example)
	}
	for _, c := range p.dateColumns() {
		v := &columns[c].dates
		if order, told := v.Decided(); told && v.Unsure > 0 {
			p.noteOrder(columns[c].title, v.Example, order)
		}
	}
	return nil
}

// noteOrder says how an ambiguous date is read where other rows told. One that cannot be read in the order of the
// others is no question: its row is unreadable.
func (p *Plan) noteOrder(title, example string, order parse.Order) {
	st, ok := (parse.DateStyle{Order: order}).Parse([]byte(example))
	if !ok {
		return
	}
	key := NoteDayFirst
	switch order {
	case parse.MonthDayYear:
		key = NoteMonthFirst
	case parse.YearMonthDay:
		key = NoteYearFirst
	case parse.DayMonthYear:
	}
	p.note(key, title, example, day(st))
}

// day is the day of a date on its own wall clock.
func day(st parse.Stamp) time.Time { return time.UnixMicro(st.Wall).UTC() }

// dateColumns are the columns that dates are read from.
func (p *Plan) dateColumns() []int {
	var out []int
	for _, role := range []string{roleDate, roleReplied, roleSolved, roleDue, roleJoined} {
		if c := p.layout.roles.at(role); c >= 0 {
			out = append(out, c)
		}
	}
	return out
}

// openQuestions lists the columns with roles whose dates or numbers can be read in two ways.
func (p *Plan) openQuestions(columns []*profile) (dates, numbers []int) {
	for _, c := range p.dateColumns() {
		if v := &columns[c].dates; v.Ordered() && v.Lead() < surely {
			dates = append(dates, c)
		}
	}
	for _, c := range p.moneyColumns() {
		if v := &columns[c].numbers; v.Unsure > 0 && v.Lead() < surely && !contains(numbers, c) {
			numbers = append(numbers, c)
		}
	}
	return dates, numbers
}

// prescan reads the file from the start until every open column is decided.
func (p *Plan) prescan(ctx context.Context, columns []*profile, dates, numbers []int) (err error) {
	for _, c := range dates {
		columns[c].dates = parse.DateVotes{}
	}
	for _, c := range numbers {
		columns[c].numbers.Forget()
	}
	src, err := open(ctx, p.Path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	t, err := src.rows(ctx, p, func(string) {})
	if err != nil {
		return err
	}
	defer t.Close()
	for row := 0; ; {
		for t.Next() {
			row++
			if row <= p.layout.skip {
				continue
			}
			for _, c := range dates {
				if c < len(t.Row.Cells) {
					columns[c].dates.Add(trim(t.Row.Cells[c]))
				}
			}
			for _, c := range numbers {
				if c < len(t.Row.Cells) {
					columns[c].numbers.Add(trim(t.Row.Cells[c]))
				}
			}
		}
		if d, n := p.openQuestions(columns); len(d)+len(n) == 0 && row > sampleRows {
			return nil
		}
		more, err := t.Advance()
		if err != nil {
			return readFault(p.Path, src.compression, int64(row), err)
		}
		if !more {
			return nil
		}
	}
}
