package importer

import (
	"strings"
	"unicode/utf8"

	"regulars/internal/record/importer/parse"
)

// DateLayout is how the dates of a file are written, as data; without dates it is empty. Its texts are the messages
// import.date.DAY, with the mark as argument, and import.date.TIME around that.
type DateLayout struct {
	// Day is day_month_year, month_day_year, year_month_day, compact (20111231), named (the month is a word), han
	// (2011年12月31日), month (no day), spreadsheet (days since 1899), seconds or millis (since 1970).
	Day string
	// Mark stands between the parts of the first three.
	Mark string
	// Time is within (hour and minute follow), apart (they have a column of their own) or empty.
	Time string
}

// DayLayouts lists what DateLayout.Day can be.
func DayLayouts() []string {
	return []string{layoutDMY, layoutMDY, layoutYMD, layoutCompact, layoutNamed, layoutHan, layoutMonth, layoutSpreadsheet, layoutSeconds, layoutMillis}
}

const (
	layoutDMY         = "day_month_year"
	layoutMDY         = "month_day_year"
	layoutYMD         = "year_month_day"
	layoutCompact     = "compact"
	layoutNamed       = "named"
	layoutHan         = "han"
	layoutMonth       = "month"
	layoutSpreadsheet = "spreadsheet"
	layoutSeconds     = "seconds"
	layoutMillis      = "millis"

	timeWithin = "within"
	timeApart  = "apart"
)

// dateLayout says how the dates of a column are written.
func dateLayout(p *profile, style parse.DateStyle, timeColumn bool) DateLayout {
	l := dayLayout(p, style)
	switch {
	case timeColumn:
		l.Time = timeApart
	case p.dates.Timed > 0 && style.Serial == parse.NoSerial:
		l.Time = timeWithin
	}
	return l
}

func dayLayout(p *profile, style parse.DateStyle) DateLayout {
	switch style.Serial {
	case parse.ExcelDays:
		return DateLayout{Day: layoutSpreadsheet}
	case parse.UnixSeconds:
		return DateLayout{Day: layoutSeconds}
	case parse.UnixMillis:
		return DateLayout{Day: layoutMillis}
	case parse.NoSerial:
	}
	switch {
	case p.dates.Compact > 0 && p.dates.Compact*2 >= p.dates.Dates:
		return DateLayout{Day: layoutCompact}
	case p.dates.Dates == 0 && p.dates.Months > 0:
		return DateLayout{Day: layoutMonth}
	case parse.NamesMonth([]byte(p.example)):
		return DateLayout{Day: layoutNamed}
	}
	mark := "-"
	if i := strings.IndexFunc(p.example, func(r rune) bool { return r < '0' || r > '9' }); i > 0 {
		r, _ := utf8.DecodeRuneInString(p.example[i:])
		if mark = string(r); r == '年' {
			return DateLayout{Day: layoutHan}
		}
	}
	first := 0
	for first < len(p.example) && p.example[first]-'0' <= 9 {
		first++
	}
	switch {
	case first == 4 || style.Order == parse.YearMonthDay:
		return DateLayout{Day: layoutYMD, Mark: mark}
	case style.Order == parse.MonthDayYear:
		return DateLayout{Day: layoutMDY, Mark: mark}
	}
	return DateLayout{Day: layoutDMY, Mark: mark}
}
