package metric

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"regulars/internal/record/fact"
)

// gapCount is how often a gap between purchase days occurs.
type gapCount struct {
	frame, days int
	count       int64
}

// activitySteps are the round numbers of days that the 90th percentile of gaps is rounded up to.
var activitySteps = []int{30, 60, 90, 180, 365}

// resolveActivity takes the days after which a customer no longer counts as current from the gaps between purchase
// days of everybody, where they are not given.
func (e *Engine) resolveActivity(ctx context.Context) error {
	if e.set.ActivityDays == 0 {
		e.fromData = append(e.fromData, "activity_days")
		if err := e.ensure(ctx, "gap"); err != nil {
			return err
		}
		var all []gapCount
		err := rows(ctx, e.conn, "SELECT days, CAST(sum(n) AS BIGINT) FROM gap WHERE grp = 0 GROUP BY 1 ORDER BY 1", func(r *sql.Rows) error {
			var g gapCount
			err := r.Scan(&g.days, &g.count)
			all = append(all, g)
			return err
		})
		if err != nil {
			return err
		}
		e.set.ActivityDays = roundUpTo(quantileOfCounts(all, 0.9), activitySteps)
	}
	if e.set.SecondOrderDays == 0 {
		e.fromData = append(e.fromData, "second_order_days")
		e.set.SecondOrderDays = e.set.ActivityDays
	}
	return nil
}

// roundUpTo is the first step at or above v, else the last; without any gap to go by, a year.
func roundUpTo(v float64, steps []int) int {
	for _, s := range steps {
		if v <= float64(s) {
			return s
		}
	}
	return steps[len(steps)-1]
}

// maskBits is how many moments one number can mark; more take several rows a customer.
const maskBits = 62

// currentSQL marks, for every customer, the bounds of frames at which the last order is at most ActivityDays old:
// one bit a bound, so that all frames take one pass over the orders. Customers with the same marks, who came first between
// the same two bounds, are alike in every frame: a million of them make some thousand rows. Where the same customer is
// looked for in groups, or there are more bounds than bits, everybody is a row.
func currentSQL(e *Engine) []string {
	masks, bits, chunks := e.activityMasks()
	queries := []string{
		"CREATE TEMP TABLE frame_bit AS SELECT * FROM (VALUES " + bits + ") AS v(frame, chunk, from_bit, to_bit)",
		"CREATE TEMP TABLE seen AS SELECT b.grp, b.customer_id, m.chunk, bit_or(m.mask) AS mask FROM bill b JOIN (VALUES " +
			masks + `) AS m(chunk, day, lo, hi, mask) ON m.day = b.day AND b.local_us >= m.lo AND b.local_us < m.hi
			GROUP BY b.grp, b.customer_id, m.chunk`,
	}
	people, mask, alike := "life l JOIN frame f ON f.grp = l.grp JOIN frame_bit b ON b.frame = f.frame LEFT JOIN seen s "+
		"ON s.grp = l.grp AND s.customer_id = l.customer_id AND s.chunk = b.chunk", "s.mask", "1"
	if chunks == 1 && len(e.groups) == 0 {
		queries = append(queries, `CREATE TEMP TABLE current_kind AS SELECT min(l.customer_id) AS customer_id, min(l.first_us) AS first_us,
			s.mask, CAST(count(*) AS BIGINT) AS alike FROM life l LEFT JOIN seen s ON s.customer_id = l.customer_id
			GROUP BY s.mask, `+e.boundsBefore("l.first_us"))
		people, mask, alike = "current_kind l JOIN frame f ON f.grp = 0 JOIN frame_bit b ON b.frame = f.frame", "l.mask", "l.alike"
	}
	return append(queries, fmt.Sprintf(`CREATE TEMP VIEW current_customer AS SELECT frame, customer_id, at_start, at_end, fresh, alike FROM (
		SELECT f.frame, l.customer_id, %s AS alike,
			CASE WHEN (%s & b.from_bit) <> 0 THEN 1 ELSE 0 END AS at_start,
			CASE WHEN (%s & b.to_bit) <> 0 THEN 1 ELSE 0 END AS at_end,
			CASE WHEN l.first_us >= f.from_us AND l.first_us < f.to_us THEN 1 ELSE 0 END AS fresh
		FROM %s) c WHERE at_start + at_end + fresh > 0`, alike, mask, mask, people))
}

// boundsBefore is how many bounds of frames lie at or before a moment, as SQL.
func (e *Engine) boundsBefore(moment string) string {
	var bounds []int64
	for _, f := range e.frames {
		bounds = append(bounds, f.from, f.to)
	}
	slices.Sort(bounds)
	count := "0"
	for _, t := range slices.Compact(bounds) {
		count += fmt.Sprintf(" + CASE WHEN %s >= %d THEN 1 ELSE 0 END", moment, t)
	}
	return count
}

// activityMasks gives the rows of day_mask and frame_bit.
func (e *Engine) activityMasks() (masks, bits string, chunks int) {
	var m, b strings.Builder
	keep := int64(e.set.ActivityDays) * fact.MicrosPerDay
	for frames := e.frames; len(frames) > 0; chunks++ {
		var bounds []int64
		bit := func(t int64) int {
			if i := slices.Index(bounds, t); i >= 0 {
				return i
			}
			bounds = append(bounds, t)
			return len(bounds) - 1
		}
		for len(frames) > 0 && len(bounds)+2 <= maskBits {
			f := frames[0]
			if b.Len() > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "(%d, %d, CAST(%d AS BIGINT), CAST(%d AS BIGINT))", f.id, chunks, int64(1)<<bit(f.from), int64(1)<<bit(f.to))
			frames = frames[1:]
		}
		writeMasks(&m, chunks, bounds, keep, floorDay(e.source.Facts.First), floorDay(e.source.Facts.Last))
	}
	if m.Len() == 0 { // no fact makes anybody current; a row that no order is in stands for that
		m.WriteString("(0, -1000000000, CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS BIGINT))")
	}
	return m.String(), b.String(), chunks
}

// writeMasks cuts time into the stretches of days in which an order makes its customer current at the same bounds.
func writeMasks(m *strings.Builder, chunk int, bounds []int64, keep, firstFact, lastFact int64) {
	cuts := make([]int64, 0, 2*len(bounds))
	for _, t := range bounds {
		cuts = append(cuts, t, t-keep)
	}
	slices.Sort(cuts)
	first, last := max(floorDay(cuts[0]), firstFact), min(floorDay(cuts[len(cuts)-1]), lastFact)
	for day := first; day <= last; day++ {
		lo := day * fact.MicrosPerDay
		end := lo + fact.MicrosPerDay
		for lo < end {
			hi := end
			if i, _ := slices.BinarySearch(cuts, lo+1); i < len(cuts) {
				hi = min(hi, cuts[i])
			}
			var mask int64
			for k, t := range bounds {
				if lo < t && lo >= t-keep {
					mask |= 1 << k
				}
			}
			if mask != 0 {
				if m.Len() > 0 {
					m.WriteString(", ")
				}
				fmt.Fprintf(m, "(%d, %d, CAST(%d AS BIGINT), CAST(%d AS BIGINT), CAST(%d AS BIGINT))", chunk, day, lo, hi, mask)
			}
			lo = hi
		}
	}
}
