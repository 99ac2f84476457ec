package locale

import (
	"math"
	"strings"
)

// Unit writes a value with its unit. The units are those of a measure: percent, minor (money in minor units),
// count, days, years, minutes, ratio, points (of NPS) and score (on a question's own scale, or of the index).
// Minutes are written as hours or days where there are many.
func (l *Locale) Unit(unit string, v float64, currency string) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return none
	}
	switch unit {
	case "percent":
		return l.Percent(v, 1)
	case "minor":
		return l.Money(int64(math.Round(v)), currency)
	case "count":
		return l.Number(v, wholeOr(v, 1))
	case "days":
		return l.counted("unit.days.value", v, wholeOr(v, 1))
	case "years":
		return l.counted("unit.years.value", v, 2)
	case "minutes":
		return l.minutes(v)
	case "points":
		return l.counted("unit.points.value", v, 1)
	default: // ratio, score
		return l.Number(v, 2)
	}
}

// Change writes a difference in a measure's unit, always with its sign; between shares it is in percentage points.
func (l *Locale) Change(unit string, v float64, currency string) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return none
	}
	size := l.Unit(unit, math.Abs(v), currency)
	if unit == "percent" {
		size = l.counted("unit.percentage_points.value", math.Abs(v), 1)
	}
	switch {
	case !strings.ContainsAny(size, "123456789"): // nothing, or what rounds to nothing
		return size
	case v < 0:
		return minus + size
	default:
		return "+" + size
	}
}

// minutes keeps to what people say: 45 minutes, 3.5 hours, 2.1 days.
func (l *Locale) minutes(v float64) string {
	switch size := math.Abs(v); {
	case size < 120:
		return l.counted("unit.minutes.value", v, 0)
	case size < 48*60:
		return l.counted("unit.hours.value", v/60, 1)
	default:
		return l.counted("unit.days.value", v/(24*60), 1)
	}
}

func (l *Locale) counted(key string, v float64, digits int) string {
	return l.inflect(key, v, digits, []any{l.Number(v, digits)})
}

func wholeOr(v float64, digits int) int {
	if v == math.Trunc(v) {
		return 0
	}
	return digits
}
