package metric

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// cohortRetention is the share of the window's first-time customers who order in the calendar month after the month
// of their first order, over those for whom that month is over. The table of all cohorts is Engine.Cohorts.
func cohortRetention() *Definition {
	return &Definition{
		Key: "cohort_retention", Unit: percent, Better: higher, Empty: reasonTooEarly,
		Columns: []Column{{"cohort_member", "back"}, {"cohort_member", "1"}}, Value: quotient(0, 1, 100), N: nth(1),
		Interval: wilson(0, 1), Change: shareChange(0, 1), Formula: "{0} / {1} x 100", Operands: operands(count, count),
	}
}

func cohortMemberSQL(e *Engine) []string {
	at := wallClock(e.set.AsOf)
	asOfMonth := at.Year()*12 + int(at.Month()) - 1
	return []string{fmt.Sprintf(`CREATE TEMP VIEW cohort_member AS SELECT f.frame, l.customer_id,
		coalesce(c.next_month, 0) AS back
		FROM life l JOIN frame f ON f.grp = l.grp AND l.first_us >= f.from_us AND l.first_us < f.to_us
		LEFT JOIN came_back c ON c.grp = l.grp AND c.customer_id = l.customer_id
		WHERE l.first_month + 1 < %d`, asOfMonth)}
}

// Cohort is the customers whose first order lies in one month, how many of them order in it and in each month after,
// and what all of them have paid up to the end of each (less returns).
type Cohort struct {
	Month        time.Time
	Size         int64
	Active       []int64
	RevenueMinor []int64
}

// Cohorts reads everything before as-of. The last month is the one that the moment before as-of lies in.
func (e *Engine) Cohorts(ctx context.Context) ([]Cohort, error) {
	if err := e.ensure(ctx, "life", "purchase_day", "refund"); err != nil {
		return nil, err
	}
	last := wallClock(e.set.AsOf - 1)
	lastMonth := last.Year()*12 + int(last.Month()) - 1
	byMonth := map[int]*Cohort{}
	var order []int
	cohort := func(month int) *Cohort {
		c, ok := byMonth[month]
		if !ok {
			c = &Cohort{
				Month:  time.Date(month/12, time.Month(month%12+1), 1, 0, 0, 0, 0, time.UTC),
				Active: make([]int64, lastMonth-month+1), RevenueMinor: make([]int64, lastMonth-month+1),
			}
			byMonth[month], order = c, append(order, month)
		}
		return c
	}
	err := rows(ctx, e.conn, `SELECT first_month, month, CAST(count(*) AS BIGINT) FROM purchase_day
		WHERE grp = 0 AND (prev_month IS NULL OR prev_month <> month) GROUP BY 1, 2 ORDER BY 1, 2`, func(r *sql.Rows) error {
		var first, month int
		var n int64
		err := r.Scan(&first, &month, &n)
		cohort(first).Active[month-first] = n
		return err
	})
	if err != nil {
		return nil, err
	}
	err = rows(ctx, e.conn, e.cohortRevenue(), func(r *sql.Rows) error {
		var first, month int
		var v int64
		err := r.Scan(&first, &month, &v)
		cohort(first).RevenueMinor[max(month, first)-first] += v // a return dated before the first order counts at once
		return err
	})
	out := make([]Cohort, len(order))
	for i, month := range order {
		c := byMonth[month]
		c.Size = c.Active[0]
		for j := 1; j < len(c.RevenueMinor); j++ {
			c.RevenueMinor[j] += c.RevenueMinor[j-1]
		}
		out[i] = *c
	}
	return out, err
}

func (e *Engine) cohortRevenue() string {
	paid := "SELECT first_month, month, paid AS v FROM " + e.billWithFirst() + " b WHERE grp = 0"
	if e.source.Facts.Returns > 0 {
		paid += ` UNION ALL SELECT l.first_month, r.month, -r.returned FROM refund r
			JOIN life l ON l.grp = r.grp AND l.customer_id = r.customer_id WHERE r.grp = 0`
	}
	return "SELECT first_month, month, CAST(sum(CAST(v AS DOUBLE PRECISION)) AS BIGINT) FROM (" + paid + ") p GROUP BY 1, 2 ORDER BY 1, 2"
}
