package points

import (
	"slices"
	"time"

	"regulars/internal/base/fault"
)

// Expiry says when units expire, counted from when they became active. Units are good to the end of a day on the clocks
// of the business; the moment they expire is the beginning of the day after. The zero value: never.
type Expiry struct {
	Kind  ExpiryKind `json:"kind,omitempty"`
	N     int        `json:"n,omitempty"`     // so many
	Every Span       `json:"every,omitempty"` // days, months or years
	Round Span       `json:"round,omitempty"` // to the end of that month, quarter or year; empty: of that day
	// Dates are the last days on which units are good: "12-31" of each year, or "2027-06-30" once. The first that is not
	// before the day of activation counts.
	Dates []string `json:"dates,omitempty"`
}

// ExpiryKind is a way of expiring.
type ExpiryKind string

// The ways.
const (
	NoExpiry ExpiryKind = ""      // never
	After    ExpiryKind = "after" // N days, months or years after activation
	Fixed    ExpiryKind = "fixed" // on the next of the dates
	// Idle units expire together, N days, months or years after the account was last active: earned, activated, spent or
	// received something. They have no date of their own, so that those who receive a transfer have theirs.
	Idle ExpiryKind = "idle"
)

// Span is a piece of the calendar.
type Span string

// The spans.
const (
	Days     Span = "days"
	Months   Span = "months"
	Quarters Span = "quarters"
	Years    Span = "years"
)

// Never is the moment that does not come.
var Never = time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)

// slides marks the lots whose account says when they expire.
var slides = Never.Add(-time.Microsecond)

const (
	mostDays   = 36_600
	isoDate    = "2006-01-02"
	yearly     = "01-02"
	leapYear   = "2000-"
	yearsAhead = 9 // 29 February comes at least every eight years
)

// Check refuses what cannot be.
func (e *Expiry) Check() error {
	switch e.Kind {
	case NoExpiry:
		if e.N != 0 || e.Every != "" || e.Round != "" || len(e.Dates) > 0 {
			return fault.Invalidf("what never expires has no time to expire after, or on")
		}
	case After, Idle:
		if e.N < 1 || e.N > mostDays || !slices.Contains([]Span{Days, Months, Years}, e.Every) ||
			!slices.Contains([]Span{"", Months, Quarters, Years}, e.Round) || len(e.Dates) > 0 || e.Every == Years && e.N > 1000 {
			return fault.Invalidf("units expire after a number of days, months or years, rounded to the end of months, quarters, years or not at all")
		}
	case Fixed:
		if len(e.Dates) == 0 || e.N != 0 || e.Every != "" || e.Round != "" {
			return fault.In("dates", fault.Invalidf("which expire on dates need dates, and nothing else"))
		}
		for _, d := range e.Dates {
			_, once := time.Parse(isoDate, d)
			if _, each := time.Parse(isoDate, leapYear+d); once != nil && each != nil {
				return fault.In("dates", fault.Invalidf("%q is no date such as 12-31 or 2027-06-30", d))
			}
		}
	default:
		return fault.In("kind", fault.Invalidf("%q is no way of expiring; they are after, fixed, idle, or empty for never", e.Kind))
	}
	return nil
}

// On is when units expire that became active at the moment.
func (e *Expiry) On(active time.Time, zone *time.Location) (time.Time, error) {
	year, month, day := active.In(zone).Date()
	var last date
	switch e.Kind {
	case After, Idle:
		last = date{year, month, day}.plus(e.N, e.Every).end(e.Round)
	case Fixed:
		var found bool
		if last, found = e.next(date{year, month, day}); !found {
			return Never, fault.Coded("expiry_dates_passed", fault.Conflictf("the dates on which units expire have all passed; add one that is to come"))
		}
	case NoExpiry:
		return Never, nil
	}
	return dayStart(last.year, last.month, last.day+1, zone), nil
}

// date is a day of the calendar.
type date struct {
	year  int
	month time.Month
	day   int
}

// plus goes on in the calendar. A month that is too short for the day ends on its last.
func (d date) plus(n int, span Span) date {
	switch span {
	case Months, Years:
		if span == Years {
			n *= 12
		}
		first := time.Date(d.year, d.month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		return date{first.Year(), first.Month(), min(d.day, monthDays(first.Year(), first.Month()))}
	case Days, Quarters:
	}
	t := time.Date(d.year, d.month, d.day+n, 0, 0, 0, 0, time.UTC)
	return date{t.Year(), t.Month(), t.Day()}
}

// end is the last day of the month, quarter or year.
func (d date) end(of Span) date {
	switch of {
	case Months:
	case Quarters:
		d.month += (12 - d.month) % 3
	case Years:
		d.month = time.December
	case Days, "":
		return d
	}
	return date{d.year, d.month, monthDays(d.year, d.month)}
}

func monthDays(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// next is the first of the dates that is not before the day.
func (e *Expiry) next(from date) (found date, ok bool) {
	begin := time.Date(from.year, from.month, from.day, 0, 0, 0, 0, time.UTC)
	var best time.Time
	offer := func(t time.Time) {
		if !t.Before(begin) && (!ok || t.Before(best)) {
			best, ok = t, true
		}
	}
	for _, d := range e.Dates {
		if t, err := time.Parse(isoDate, d); err == nil {
			offer(t)
			continue
		}
		each, err := time.Parse(isoDate, leapYear+d)
		if err != nil {
			continue
		}
		for year := from.year; year < from.year+yearsAhead; year++ {
			if t := time.Date(year, each.Month(), each.Day(), 0, 0, 0, 0, time.UTC); t.Day() == each.Day() {
				offer(t)
			}
		}
	}
	return date{best.Year(), best.Month(), best.Day()}, ok
}

// dayStart is the moment at which a day begins on the clocks of the zone; days beyond the month are of the next. Where the
// clocks skip midnight it is the moment at which they do.
func dayStart(year int, month time.Month, day int, zone *time.Location) time.Time {
	at := time.Date(year, month, day, 0, 0, 0, 0, zone)
	want := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	y, m, d := at.Date()
	if shown := time.Date(y, m, d, 0, 0, 0, 0, time.UTC); shown.Before(want) { // shown as the evening before
		_, end := at.ZoneBounds()
		at = end
	} else if begin, _ := at.ZoneBounds(); at.Hour() > 0 && !begin.IsZero() {
		at = begin
	}
	if last := slides.Add(-time.Microsecond); at.After(last) {
		return last
	}
	return at.UTC()
}
