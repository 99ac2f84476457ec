package liability

import (
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/record/fact"
)

// Flow is what was given, used and expired in a month; what was taken back is off it.
type Flow struct{ Month, Issued, Used, Expired int64 }

// Flows is what moved in a unit in each of the last so many months, the one under way the last.
func Flows(tx *db.Tx, unit string, zone *time.Location, months int) ([]Flow, error) {
	now := fact.At(tx.Now, zone).Month()
	all := make([]Flow, months)
	for i := range all {
		all[i].Month = now - int64(months-1-i)
	}
	year, month, _ := tx.Now.In(zone).Date()
	first := time.Date(year, month-time.Month(months-1), 1, 0, 0, 0, 0, zone)
	return all, points.Moves(tx, unit, first, func(m points.Movement) error {
		i := fact.At(m.At, zone).Month() - all[0].Month
		if i < 0 || i >= int64(months) {
			return nil
		}
		f := &all[i]
		switch m.Kind {
		case points.Issue:
			f.Issued += m.Units
		case points.Spent:
			f.Used += m.Units
		default:
			f.Expired += m.Units
		}
		return nil
	})
}

// Ahead is what expires in each of the next months, the one under way the first, later, and never.
type Ahead struct {
	Months       []Due
	Later, Never int64
}

// Due is what expires in a month.
type Due struct{ Month, Units int64 }

// ReadAhead tells when what is left of a unit will expire, if nobody uses it.
func ReadAhead(tx *db.Tx, unit string, zone *time.Location, months int) (a Ahead, err error) {
	now := fact.At(tx.Now, zone).Month()
	for i := range months {
		a.Months = append(a.Months, Due{Month: now + int64(i)})
	}
	err = points.ExpiringUnits(tx, unit, func(at time.Time, units int64) error {
		// The end of a day is the beginning of the next: what expires with a month is that month's.
		i := fact.At(at.Add(-time.Microsecond), zone).Month() - now
		switch {
		case at.Equal(points.Never):
			a.Never += units
		case i >= int64(months):
			a.Later += units
		case at.After(tx.Now):
			a.Months[max(i, 0)].Units += units
		}
		return nil
	})
	return a, err
}
