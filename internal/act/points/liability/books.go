package liability

import (
	"errors"
	"math"
	"slices"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
)

// Books is what the units that came with sales did, month by month, so that a journal can be written of any month as it stood
// at its end. What is given without a sale is cost, and not in them.
type Books struct {
	// Sales is what was paid for the orders of a month that earned units.
	Sales map[int64]int64
	first int64
	// by month of issue, then by the month in which it happened
	issued, used, gone map[[2]int64]int64
}

// ReadBooks reads them of a unit. A unit that was transferred counts in the month in which it was earned, wherever it is used.
func ReadBooks(tx *db.Tx, unit string, zone *time.Location) (*Books, error) {
	b := &Books{Sales: map[int64]int64{}, first: math.MaxInt64, issued: map[[2]int64]int64{}, used: map[[2]int64]int64{}, gone: map[[2]int64]int64{}}
	rows, err := tx.Query(`SELECT l.earned_us, e.at_us, e.kind, e.units, l.source FROM point_entries e
		JOIN point_lots l ON l.customer_id = e.customer_id AND l.unit = e.unit AND l.lot_id = e.lot_id
		WHERE e.unit = $1 AND (l.source = 'receive' OR l.source = 'earn' AND l.cause LIKE 'order:%')
		AND e.kind IN ('issue', 'spend', 'commit', 'undo', 'expire', 'reverse', 'recall', 'repay')`, unit)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var earned, at time.Time
		var kind, source string
		var units int64
		if err := rows.Scan(&earned, &at, &kind, &units, &source); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		when := [2]int64{fact.At(earned, zone).Month(), fact.At(at, zone).Month()}
		switch {
		case kind == "issue" && source == "receive": // issued before, to somebody else
		case kind == "issue":
			b.issued[when] += units
			b.first = min(b.first, when[0])
		case kind == "undo":
			b.used[when] -= units
		case kind == "spend" || kind == "commit":
			b.used[when] += units
		default:
			b.gone[when] += units
		}
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	rows, err = tx.Query(`SELECT o.placed_us, o.amount_minor FROM orders o WHERE o.state <> 'cancelled' AND EXISTS (SELECT 1 FROM point_lots l
		WHERE l.customer_id = o.customer_id AND l.unit = $1 AND l.cause = 'order:' || o.order_id AND l.source = 'earn')`, unit)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var placed time.Time
		var minor int64
		if err := rows.Scan(&placed, &minor); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		b.Sales[fact.At(placed, zone).Month()] += minor
	}
	return b, rows.Close()
}

// at is the cohorts as they stood at the end of a month.
func (b *Books) at(end int64, otherwise float64) []Cohort {
	byMonth := map[int64]*Cohort{}
	of := func(month int64) *Cohort {
		if byMonth[month] == nil {
			byMonth[month] = &Cohort{Month: month, UsedByAge: make([]int64, max(end-month, 0)+1)}
		}
		return byMonth[month]
	}
	for when, units := range b.issued {
		if when[1] <= end {
			of(when[0]).Issued += units
		}
	}
	for when, units := range b.used {
		if when[1] <= end {
			c := of(when[0])
			c.Used += units
			c.UsedByAge[min(max(when[1]-when[0], 0), int64(len(c.UsedByAge)-1))] += units
		}
	}
	for when, units := range b.gone {
		if when[1] <= end {
			of(when[0]).Gone += units
		}
	}
	var all []Cohort
	for _, c := range byMonth {
		c.Outstanding = max(c.Issued-c.Used-c.Gone, 0)
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b Cohort) int { return int(a.Month - b.Month) })
	Estimate(all, otherwise)
	return all
}

// expected is how many of a cohort's units will be used in all.
func (c *Cohort) expected() int64 { return c.Used + int64(c.Use*float64(c.Outstanding)+0.5) }

// Month is what a month's sales defer, and what of all deferrals it makes revenue, by the estimates at its end. A unit is worth
// so much, in minor units; otherwise is the share expected to be used while nothing has been yet.
func (b *Books) Month(month int64, valueMinor, otherwise float64) (sold Split, released Release, err error) {
	if !(valueMinor > 0) || math.IsInf(valueMinor, 0) {
		return sold, released, fault.In("value_minor", fault.Invalidf("a unit is worth more than nothing"))
	}
	before, now := b.at(month-1, otherwise), b.at(month, otherwise)
	find := func(all []Cohort, m int64) Cohort {
		if i := slices.IndexFunc(all, func(c Cohort) bool { return c.Month == m }); i >= 0 {
			return all[i]
		}
		return Cohort{Month: m}
	}
	for m := min(b.first, month); m <= month; m++ {
		c := find(b.at(m, otherwise), m)
		if c.Issued == 0 {
			continue
		}
		split, err := Allocate(b.Sales[m], b.Sales[m], int64(math.Round(valueMinor*float64(c.expected()))))
		if err != nil {
			return sold, released, err
		}
		last, this := find(before, m), find(now, m)
		p := Period{DeferredMinor: split.DeferredMinor, UsedBefore: last.Used, UsedNow: this.Used, ExpectedBefore: last.expected(), ExpectedNow: this.expected()}
		if m == month {
			sold = split
			p.UsedBefore, p.ExpectedBefore = 0, p.ExpectedNow
		}
		one := p.Move()
		released.ForUseMinor += one.ForUseMinor
		released.CatchUpMinor += one.CatchUpMinor
		released.RevenueMinor += one.RevenueMinor
		released.DeferredMinor += one.DeferredMinor
	}
	if sold == (Split{}) {
		sold.GoodsMinor = b.Sales[month]
	}
	return sold, released, nil
}
