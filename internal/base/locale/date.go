package locale

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Date writes a day in full: 3 March 2026.
func (l *Locale) Date(t time.Time) string { return l.layout(l.style.date, l.style.months, t) }

// DayMonth writes a day of every year, such as a birthday.
func (l *Locale) DayMonth(t time.Time) string { return l.layout(l.style.dayMonth, l.style.months, t) }

// DateShort writes a day for tables, never in a form that another country reads as another day.
func (l *Locale) DateShort(t time.Time) string {
	return l.layout(l.style.dateShort, l.style.monthsShort, t)
}

// Month writes a month and its year: March 2026.
func (l *Locale) Month(t time.Time) string { return l.layout(l.style.month, l.style.monthsAlone, t) }

// Months are the names of the months by themselves, to choose from.
func (l *Locale) Months() [12]string { return l.style.monthsAlone }

// MonthShort writes a month and its year for an axis or a table: Mar 2026.
func (l *Locale) MonthShort(t time.Time) string {
	return l.layout(l.style.monthShort, l.style.monthsShort, t)
}

// Period writes the period that begins on the day t for an axis: day, week, month, quarter or year.
func (l *Locale) Period(t time.Time, period string) string {
	year := strconv.Itoa(t.Year())
	switch period {
	case "week":
		return l.T("period.week", l.DateShort(t))
	case "month":
		return l.MonthShort(t)
	case "quarter":
		return l.T("period.quarter", strconv.Itoa((int(t.Month())+2)/3), year)
	case "year":
		return l.T("period.year", year)
	default:
		return l.DateShort(t)
	}
}

func (l *Locale) layout(layout string, months [12]string, t time.Time) string {
	day, month := t.Day(), int(t.Month())
	return strings.NewReplacer(
		"{d}", strconv.Itoa(day), "{dd}", fmt.Sprintf("%02d", day),
		"{m}", strconv.Itoa(month), "{mm}", fmt.Sprintf("%02d", month),
		"{M}", months[month-1], "{y}", strconv.Itoa(t.Year()),
	).Replace(layout)
}
