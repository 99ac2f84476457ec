package importer

import (
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/record/importer/parse"
)

// dayInWords is a day that nobody can misread.
func dayInWords(st parse.Stamp) string {
	return time.UnixMicro(st.Wall).UTC().Format("2 January 2006")
}

// dateLayout says in words how the dates of a column are written.
func dateLayout(p *profile, style parse.DateStyle, timeColumn bool) string {
	words := dayLayout(p, style)
	switch {
	case timeColumn:
		return words + ", time in its own column"
	case p.dates.Timed > 0 && style.Serial == parse.NoSerial:
		return words + " hour:minute"
	}
	return words
}

func dayLayout(p *profile, style parse.DateStyle) string {
	switch style.Serial {
	case parse.ExcelDays:
		return "days as a spreadsheet counts them"
	case parse.UnixSeconds:
		return "seconds since 1970"
	case parse.UnixMillis:
		return "milliseconds since 1970"
	case parse.NoSerial:
	}
	if p.dates.Compact > 0 && p.dates.Compact*2 >= p.dates.Dates {
		return "yearmonthday"
	}
	if p.dates.Dates == 0 && p.dates.Months > 0 {
		return "months"
	}
	if parse.NamesMonth([]byte(p.example)) {
		return "day, name of the month, year"
	}
	sep := "-"
	if i := strings.IndexFunc(p.example, func(r rune) bool { return r < '0' || r > '9' }); i > 0 {
		r, _ := utf8.DecodeRuneInString(p.example[i:])
		if sep = string(r); r == '年' {
			return "year年month月day日"
		}
	}
	first := 0
	for _, r := range p.example {
		if r < '0' || r > '9' {
			break
		}
		first++
	}
	switch {
	case first == 4 || style.Order == parse.YearMonthDay:
		return "year" + sep + "month" + sep + "day"
	case style.Order == parse.MonthDayYear:
		return "month" + sep + "day" + sep + "year"
	}
	return "day" + sep + "month" + sep + "year"
}
