package referral

import (
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/record/order"
)

// Results is how referrals did: all as they stand now, and those of the last months.
type Results struct {
	By     map[State]int64
	Months []Month // the oldest first, the one under way the last
	// Won is how many friends came in these months and had an order that counts, and Given what both sides were given for them, by unit.
	Won   int64
	Given map[string]int64
}

// Month is one of the calendar, on the clocks of the business.
type Month struct {
	First time.Time // its first moment
	Came  int64     // friends who were brought in it
	Won   int64     // friends whose order that counts is of it
}

// Won tells whether an order of the friend counts.
func (r *Referral) Won() bool {
	return r.State == Qualified || r.State == Rewarding || r.State == Rewarded
}

// Conversion is the share of the friends brought whose order counted; 0 where none was.
func (r *Results) Conversion() float64 {
	all := int64(0)
	for _, n := range r.By {
		all += n
	}
	if all == 0 {
		return 0
	}
	return float64(r.By[Qualified]+r.By[Rewarding]+r.By[Rewarded]) / float64(all)
}

// Read works out how referrals did in so many months, the one under way among them.
func Read(tx *db.Tx, zone *time.Location, months int) (r Results, err error) {
	if r.By, err = Counts(tx, 0); err != nil {
		return r, err
	}
	now := tx.Now.In(zone)
	begin := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, zone).AddDate(0, 1-months, 0)
	for n := range months {
		r.Months = append(r.Months, Month{First: begin.AddDate(0, n, 0)})
	}
	month := func(t time.Time) *Month {
		const year = 12
		if n := (t.Year()-begin.Year())*year + int(t.Month()) - int(begin.Month()); n >= 0 && n < months {
			return &r.Months[n]
		}
		return nil
	}
	rows, err := tx.Query(columns+" WHERE moved_us >= $1", begin)
	if err != nil {
		return r, err
	}
	var gave []programme.Thing
	var orders []order.Key
	for rows.Next() {
		var one Referral
		if err := one.scan(rows); err != nil {
			return r, err
		}
		came := month(one.Created.In(zone))
		if came != nil {
			came.Came++
		}
		if !one.Won() {
			continue
		}
		orders = append(orders, order.Key{Customer: one.OrderCustomer, Order: one.Order})
		if came != nil {
			r.Won++
			gave = append(gave, programme.Thing{Customer: one.Friend, Cause: programme.ActionCause(onReferred, onlyOnce)},
				programme.Thing{Customer: one.Referrer, Cause: programme.ActionCause(onReferral, key(one.Friend))})
		}
	}
	if err := rows.Close(); err != nil {
		return r, err
	}
	placed, err := order.LocalTimes(tx, orders)
	if err != nil {
		return r, err
	}
	for _, local := range placed {
		if m := month(time.UnixMicro(local).UTC()); m != nil {
			m.Won++
		}
	}
	r.Given, err = programme.Awarded(tx, gave)
	return r, err
}
