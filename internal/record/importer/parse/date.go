package parse

import (
	"time"
)

// The years a date may lie in; anything else is a slip of the pen, not a date.
const (
	FirstYear = 1900
	LastYear  = 2200
)

// Order is the order of day, month and year in dates that do not say it themselves.
type Order uint8

// The orders.
const (
	DayMonthYear Order = iota
	MonthDayYear
	YearMonthDay // with two digits of the year; four digits speak for themselves
)

// Serial is what a bare number in a date column counts.
type Serial uint8

// The kinds of serial number. Eight digits are always a day written 20111231.
const (
	NoSerial    Serial = iota
	ExcelDays          // days since 1899-12-30
	UnixSeconds        // since 1970-01-01 UTC
	UnixMillis
)

// DateStyle is how the dates of a column are written.
type DateStyle struct {
	Order  Order
	Serial Serial
	// Months accepts a month without a day and reads it as its first day.
	Months bool
}

// Stamp is a date with the time of day as written.
type Stamp struct {
	Wall   int64 // microseconds since 1970-01-01 00:00 of the wall clock
	Offset int32 // seconds east of UTC, where Zoned
	Zoned  bool  // the text says its offset
	Timed  bool  // the text says a time of day
}

const (
	microsPerSecond = 1_000_000
	microsPerDay    = 86_400 * microsPerSecond
)

// Parse reads a date, with or without a time of day and an offset.
func (s DateStyle) Parse(b []byte) (Stamp, bool) {
	if len(b) >= 10 && b[4] == '-' && b[7] == '-' {
		if days, ok := isoDay(b); ok {
			return withClock(days, b[10:])
		}
	}
	b = TrimSpace(b)
	if len(b) == 0 || len(b) > 80 {
		return Stamp{}, false
	}
	if n := leadingDigits(b); n == len(b) || (n >= 4 && (b[n] == '.' || b[n] == 'T')) {
		if st, ok := s.compact(b, n); ok {
			return st, true
		}
	}
	return s.written(b)
}

// isoDay reads 2011-12-01 at the start of b, which has ten bytes at least.
func isoDay(b []byte) (int64, bool) {
	_ = b[9]
	for _, i := range [8]int{0, 1, 2, 3, 5, 6, 8, 9} {
		if b[i]-'0' > 9 {
			return 0, false
		}
	}
	y := int(b[0]-'0')*1000 + int(b[1]-'0')*100 + int(b[2]-'0')*10 + int(b[3]-'0')
	m := int(b[5]-'0')*10 + int(b[6]-'0')
	d := int(b[8]-'0')*10 + int(b[9]-'0')
	return dayNumber(y, m, d)
}

// withClock puts a day and the text of a time of day together.
func withClock(days int64, rest []byte) (Stamp, bool) {
	st := Stamp{Wall: days * microsPerDay}
	if len(rest) == 0 {
		return st, true
	}
	c, ok := clock(rest)
	if !ok {
		return Stamp{}, false
	}
	st.Wall += c.micros
	st.Offset, st.Zoned, st.Timed = c.offset, c.zoned, c.timed
	return st, true
}

// compact reads dates that are one run of digits: 20111201, 20111201083000, 20111201T0830, serials.
func (s DateStyle) compact(b []byte, n int) (Stamp, bool) {
	switch {
	case n == 8 && (len(b) == 8 || b[8] == 'T'):
		days, ok := dayNumber(number(b[:4]), number(b[4:6]), number(b[6:8]))
		if !ok {
			return Stamp{}, false
		}
		return withClock(days, b[8:])
	case (n == 14 || n == 12) && len(b) == n:
		days, ok := dayNumber(number(b[:4]), number(b[4:6]), number(b[6:8]))
		if !ok {
			return Stamp{}, false
		}
		return withClock(days, b[8:])
	case n == 6 && len(b) == 6 && s.Months && s.Serial == NoSerial:
		days, ok := dayNumber(number(b[:4]), number(b[4:6]), 1)
		return Stamp{Wall: days * microsPerDay}, ok
	}
	d, ok := plain(b, '.')
	if !ok || s.Serial == NoSerial {
		return Stamp{}, false
	}
	return s.serial(d)
}

// serial reads a bare number as what the column counts.
func (s DateStyle) serial(d Decimal) (Stamp, bool) {
	var st Stamp
	switch s.Serial {
	case ExcelDays:
		if d.Mant < 0 || d.Mant/int64(power(int(d.Scale))) > 200_000 {
			return st, false
		}
		for d.Scale > 11 { // eleven decimals of a day are a microsecond
			d.Mant, d.Scale = d.Mant/10, d.Scale-1
		}
		p := int64(power(int(d.Scale)))
		days, rest := d.Mant/p-25_569, d.Mant%p
		seconds, ok := ProductMinor(0, Decimal{rest, d.Scale}, Decimal{86_400, 0})
		if !ok {
			return st, false
		}
		st = Stamp{Wall: days*microsPerDay + seconds*microsPerSecond, Timed: rest != 0}
	case UnixSeconds, UnixMillis:
		digits := 6
		if s.Serial == UnixMillis {
			digits = 3
		}
		wall, ok := d.Minor(digits)
		if !ok {
			return st, false
		}
		st = Stamp{Wall: wall, Zoned: true, Timed: true}
	default:
		return st, false
	}
	if st.Wall < firstWall || st.Wall >= endWall {
		return Stamp{}, false
	}
	return st, true
}

// The wall clock at the edges of the years accepted.
var (
	firstWall = time.Date(FirstYear, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	endWall   = time.Date(LastYear+1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
)

// dayNumber counts days since 1970-01-01; false for days that do not exist and years that are not accepted.
func dayNumber(y, m, d int) (int64, bool) {
	if y < FirstYear || y > LastYear || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return 0, false
	}
	// The year begins in March, so that the leap day is its last.
	shifted := y
	if m <= 2 {
		shifted--
	}
	era := shifted / 400
	yearOfEra := shifted - era*400
	dayOfYear := (153*((m+9)%12)+2)/5 + d - 1
	dayOfEra := yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear
	return int64(era*146_097 + dayOfEra - 719_468), true
}

func daysIn(y, m int) int {
	switch m {
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// number reads digits that were checked before.
func number(b []byte) int {
	n := 0
	for _, c := range b {
		n = n*10 + int(c-'0')
	}
	return n
}

func leadingDigits(b []byte) int {
	n := 0
	for n < len(b) && b[n]-'0' <= 9 {
		n++
	}
	return n
}
