package fraud

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/record/order"
)

const (
	// above is how many times what is usual it must be.
	above = 3
	// leastDays is on how many days a customer bought before it is known what is usual for them.
	leastDays = 5
)

// orders finds days on which somebody placed many orders beside what is usual for them, or for everybody where they are new.
func (l *look) orders(tx *db.Tx) (all []finding, err error) {
	if l.settings.Orders == 0 {
		return nil, nil
	}
	type of struct{ customer, day int64 }
	sums := map[of]order.Busy{}
	from := l.localDay(lately).Unix() / int64(day/time.Second)
	if err := order.EachBusy(tx, from, func(b order.Busy) {
		k := of{l.root(b.Customer), b.Day}
		s := sums[k]
		s.Orders, s.LastUTC = s.Orders+b.Orders, max(s.LastUTC, b.LastUTC)
		sums[k] = s
	}); err != nil {
		return nil, err
	}
	var everybody float64
	for k, s := range sums {
		what := "day:" + strconv.FormatInt(k.day, 10)
		if s.Orders < l.settings.Orders || !l.since(k.customer, ManyOrders, what).IsZero() {
			continue
		}
		usual, err := order.DayRate(tx, l.members(k.customer), k.day-window, k.day, leastDays)
		if err != nil {
			return nil, err
		}
		if usual == 0 {
			if everybody == 0 {
				if everybody, err = order.DayRate(tx, nil, from-window, from+lately, leastDays); err != nil {
					return nil, err
				}
				everybody = max(everybody, 1)
			}
			usual = everybody
		}
		if float64(s.Orders) < above*usual {
			continue
		}
		all = append(all, finding{customer: k.customer, kind: ManyOrders, about: what, through: time.UnixMicro(s.LastUTC),
			evidence: Evidence{Day: dayText(k.day), Orders: s.Orders, Usual: usual}})
	}
	return inOrder(all), nil
}

func dayText(d int64) string {
	return time.Unix(d*int64(day/time.Second), 0).UTC().Format(time.DateOnly)
}

// inOrder has what is found in the order of customers, so that looking twice does the same.
func inOrder(all []finding) []finding {
	slices.SortFunc(all, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.customer, b.customer), cmp.Compare(a.about, b.about))
	})
	return all
}

// units finds days on which somebody earned many times what 99 of 100 earn on a day at most.
func (l *look) units(tx *db.Tx) (all []finding, err error) {
	if l.settings.UnitTimes == 0 {
		return nil, nil
	}
	units, err := points.Units(tx)
	if err != nil {
		return nil, err
	}
	_, offset := l.now.In(l.Zone).Zone()
	shift := time.Duration(offset) * time.Second
	for _, u := range units {
		var each []int64
		if err := points.EachDayEarned(tx, u.Code, l.now.Add(-window*day), shift, 1, func(d points.DayEarned) { each = append(each, d.Units) }); err != nil {
			return nil, err
		}
		const (
			least = 100 // days, before it can be said what is usual
			most  = 99  // of 100
		)
		if len(each) < least {
			continue
		}
		slices.Sort(each)
		usual := each[len(each)*most/100]
		limit := usual * l.settings.UnitTimes
		if err := points.EachDayEarned(tx, u.Code, l.now.Add(-lately*day), shift, limit, func(d points.DayEarned) {
			root, what := l.root(d.Customer), "day:"+strconv.FormatInt(d.Day, 10)+"/"+u.Code
			if l.since(root, ManyUnits, what).IsZero() {
				all = append(all, finding{customer: root, kind: ManyUnits, about: what, through: d.Last,
					evidence: Evidence{Day: dayText(d.Day), Units: d.Units, Unit: u.Code, Usual: float64(usual)}})
			}
		}); err != nil {
			return nil, err
		}
	}
	return inOrder(all), nil
}
