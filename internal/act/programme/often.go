package programme

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/act/reward"
)

// Bounds of a calendar year.
const (
	daysOfYear   = 366
	weeksOfYear  = 54 // that have a day in it: a leap year may begin on a Sunday
	monthsOfYear = 12
	daysOfWeek   = 7
)

// Often is how often something can be had, at most: in a calendar year, and at all. 0: that has no end.
type Often struct{ Year, Ever int64 }

func (o Often) within(year, ever int64) Often {
	least := func(a, b int64) int64 {
		if a == 0 || b > 0 && b < a {
			return b
		}
		return a
	}
	o.Year, o.Ever = least(o.Year, year), least(o.Ever, ever)
	if o.Ever > 0 && (o.Year == 0 || o.Year > o.Ever) {
		o.Year = o.Ever
	}
	return o
}

// Periods is how many periods of its limit a rule can give something in; of a limit for ever there is one.
func (r *Rule) Periods() Often {
	if r.Limit == nil {
		return Often{}
	}
	days, weeks := int64(daysOfYear), int64(weeksOfYear)
	if n := int64(len(r.Days)); n > 0 && n < daysOfWeek {
		days = daysOfYear/daysOfWeek*n + min(n, daysOfYear%daysOfWeek)
		if n == 1 {
			weeks = days
		}
	}
	o := Often{}
	switch r.Limit.Period {
	case reward.Ever:
		return o.within(0, 1)
	case reward.PerDay:
		o.Year = days
	case reward.PerWeek:
		o.Year = weeks
	case reward.PerMonth:
		o.Year = monthsOfYear
	default:
		o.Year = 1
	}
	if from, until := dayNumber(r.From), dayNumber(r.Until); r.From != "" && r.Until != "" && until-from < mostDays {
		return o.within(r.between(from, until))
	}
	return o
}

// between counts the periods of the limit that have a day, of those that the rule is for, from a day until another.
func (r *Rule) between(from, until int64) (year, ever int64) {
	in := map[int]int64{}
	last, lastOf := int64(-1), map[int]int64{}
	for on := from; on <= until; on++ {
		at := dayMoment(on)
		wall := time.UnixMicro(at.Local).UTC()
		if len(r.Days) > 0 && !slices.Contains(r.Days, weekdays[wall.Weekday()]) {
			continue
		}
		begins := r.Limit.Period.Begins(at)
		if begins != last {
			last = begins
			ever++
		}
		if before, there := lastOf[wall.Year()]; !there || before != begins {
			lastOf[wall.Year()] = begins
			in[wall.Year()]++
			year = max(year, in[wall.Year()])
		}
	}
	return year, ever
}

// Often is how often a customer can have what the challenge gives each time, and with at above 0 what the milestone of so many in a
// row gives. A year is that of what is bought.
func (d *Challenge) Often(at int64) Often {
	first, last := dayNumber(d.From), dayNumber(d.Until)
	var all, year int64 // windows
	switch d.Window {
	case Weekly:
		year = weeksOfYear
	case Monthly:
		year = monthsOfYear
	case Rolling:
		// Windows do not overlap: one may reach over from the year before, and one into the next.
		days := int64(d.Days)
		if year = (daysOfYear-2)/days + 2; days == 1 {
			year = daysOfYear
		}
		if all = (last-first)/days + 1; d.Until == "" {
			all = 0
		}
		return Often{}.within(year, all).within(0, d.Times)
	default:
		return Often{}.within(0, 1)
	}
	if d.Until != "" {
		ch := &challenge{Challenge: d, from: first, until: last}
		for on := first; on <= last; all++ {
			_, ends := ch.window(on)
			on = ends + 1
		}
		year = min(year, all)
	}
	var ever int64
	row := max(d.InARow, 1)
	if at > 0 { // once in a row, and rows have a window between them
		row, ever = at+1, (all+1)/(at+1)
	} else {
		ever = all / row
	}
	if all > 0 {
		ever = max(ever, 1)
	}
	return Often{}.within((year+row-1)/row, ever).within(0, d.Times)
}

var (
	leastAmount = regexp.MustCompile(`^order\.amount (>=?) (\d+(?:\.\d+)?(?:e\+\d+)?)$`)
	mostOf      = regexp.MustCompile(`^(customer\.orders|customer\.friends) (<=?|==) (\d+)$`)
	leastOf     = regexp.MustCompile(`^(customer\.orders|customer\.friends) (>=?) (\d+)$`)
)

// Narrow is what a condition says of how large an order is, and of how many of a customer's orders and friends it can be true.
type Narrow struct {
	// Amount is the least that an order comes to, in units of the currency as it is written; empty: anything.
	Amount string
	// Above says that it must come to more than that.
	Above bool
	// Orders and Friends are of how many it can hold, one after another; 0: of any number.
	Orders, Friends int64
}

// NarrowOf reads it out of the parts of a condition that must all hold. What it does not understand narrows nothing.
func NarrowOf(text string) (n Narrow) {
	c, err := compile(text, onOrder)
	if err != nil || c == nil {
		return n
	}
	least := map[string]int64{}
	for _, p := range c.parts {
		if m := leastOf.FindStringSubmatch(p.text); m != nil {
			from, _ := strconv.ParseInt(m[3], 10, 32)
			if m[2] == ">" {
				from++
			}
			least[m[1]] = max(least[m[1]], from)
		}
	}
	for _, p := range c.parts {
		if p.text == "customer.first_order" {
			n.Orders = 1
		}
		if m := leastAmount.FindStringSubmatch(p.text); m != nil {
			n.Amount, n.Above = plainNumber(m[2]), m[1] == ">"
		}
		m := mostOf.FindStringSubmatch(p.text)
		if m == nil {
			continue
		}
		until, err := strconv.ParseInt(m[3], 10, 32)
		if err != nil {
			continue
		}
		switch m[2] {
		case "<=":
			until++
		case "==":
			least[m[1]] = until
			until++
		}
		until -= min(least[m[1]], until)
		if strings.HasSuffix(m[1], "orders") {
			n.Orders = max(until, 1)
		} else {
			n.Friends = max(until, 1)
		}
	}
	return n
}
