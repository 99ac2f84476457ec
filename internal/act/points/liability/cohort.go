package liability

import (
	"maps"
	"slices"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/record/fact"
)

// Cohort is what was issued in one month, and what became of it.
type Cohort struct {
	Month       int64 // year * 12 + month - 1, on the clocks of the business
	Issued      int64
	Outstanding int64 // left, held, in transit
	Used        int64
	Gone        int64 // expired, reversed, or used up by a debt
	// UsedByAge is how many of Used were used in the month of issue, the month after, and so on to this month.
	UsedByAge []int64
	// Use is the probability that a unit that is outstanding will be used; Estimate fills it.
	Use float64
}

// Read adds up a unit by month of issue. A unit that was transferred counts once, in the month in which it was earned.
func Read(tx *db.Tx, unit string, zone *time.Location) ([]Cohort, error) {
	cohorts := map[int64]*Cohort{}
	now := fact.At(tx.Now, zone).Month()
	of := func(earned time.Time) *Cohort {
		month := fact.At(earned, zone).Month()
		if cohorts[month] == nil {
			cohorts[month] = &Cohort{Month: month, UsedByAge: make([]int64, max(now-month, 0)+1)}
		}
		return cohorts[month]
	}
	// What has run out is gone, whether it was written down or not. Between the credit of a transfer and the giver's commit, which follows at once, its units are counted with both.
	rows, err := tx.Query(`SELECT earned_us, CASE source WHEN 'receive' THEN 0 ELSE issued_units END,
		held_units + transit_units + CASE WHEN expires_us > $2 THEN left_units ELSE 0 END, spent_units,
		expired_units + reversed_units + repaid_units + CASE WHEN expires_us > $2 THEN 0 ELSE left_units END
		FROM point_lots WHERE unit = $1 AND source <> 'debt'`, unit, tx.Now)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var earned time.Time
		var issued, outstanding, used, gone int64
		if err := rows.Scan(&earned, &issued, &outstanding, &used, &gone); err != nil {
			return nil, err
		}
		c := of(earned)
		c.Issued += issued
		c.Outstanding += outstanding
		c.Used += used
		c.Gone += gone
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	if rows, err = tx.Query(`SELECT l.earned_us, e.at_us, CASE e.kind WHEN 'undo' THEN -e.units ELSE e.units END FROM point_entries e
		JOIN point_lots l ON l.customer_id = e.customer_id AND l.unit = e.unit AND l.lot_id = e.lot_id
		WHERE e.unit = $1 AND e.kind IN ('spend', 'commit', 'undo')`, unit); err != nil {
		return nil, err
	}
	for rows.Next() {
		var earned, at time.Time
		var units int64
		if err := rows.Scan(&earned, &at, &units); err != nil {
			return nil, err
		}
		c := of(earned)
		age := min(max(fact.At(at, zone).Month()-c.Month, 0), int64(len(c.UsedByAge))-1)
		c.UsedByAge[age] += units
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	var all []Cohort
	for _, month := range slices.Sorted(maps.Keys(cohorts)) {
		all = append(all, *cohorts[month])
	}
	return all, nil
}

// Estimate fills in the probability of use, by the chain-ladder method (Mack 1993): from each age to the next the units
// used so far grow as they did over all older cohorts together. A cohort of which nothing is used yet has no own past, and
// takes the share that all cohorts together are expected to use; where there is none, the given one.
func Estimate(cohorts []Cohort, otherwise float64) {
	oldest := 0
	for i := range cohorts {
		oldest = max(oldest, len(cohorts[i].UsedByAge))
	}
	grows := make([]float64, oldest) // from age k to k+1
	for k := range grows {
		var before, after int64
		for i := range cohorts {
			// The last age of each is the month under way, which is not over.
			if len(cohorts[i].UsedByAge) > k+2 {
				b := sum(cohorts[i].UsedByAge[:k+1])
				before += b
				after += b + cohorts[i].UsedByAge[k+1]
			}
		}
		grows[k] = 1
		if before > 0 {
			grows[k] = float64(after) / float64(before)
		}
	}
	var issued, expected float64
	for i := range cohorts {
		c := &cohorts[i]
		c.Use = -1
		if last := len(c.UsedByAge) - 2; last >= 0 && sum(c.UsedByAge[:last+1]) > 0 { // up to the last month that is over
			total := float64(sum(c.UsedByAge[:last+1]))
			for k := last; k < oldest; k++ {
				total *= grows[k]
			}
			c.Use = 0
			if c.Outstanding > 0 {
				c.Use = min(max(total-float64(c.Used), 0)/float64(c.Outstanding), 1)
			}
			issued += float64(c.Issued)
			expected += min(total, float64(c.Issued))
		}
	}
	if issued > 0 {
		otherwise = expected / issued
	}
	for i := range cohorts {
		if cohorts[i].Use < 0 {
			cohorts[i].Use = min(max(otherwise, 0), 1)
		}
	}
}

// ExpectedUnits is how many outstanding units will probably be used.
func ExpectedUnits(cohorts []Cohort) int64 {
	var expected float64
	for i := range cohorts {
		expected += cohorts[i].Use * float64(cohorts[i].Outstanding)
	}
	return int64(expected + 0.5)
}

func sum(units []int64) (all int64) {
	for _, u := range units {
		all += u
	}
	return all
}
