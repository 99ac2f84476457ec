package fraud

import (
	"cmp"
	"slices"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/record/order"
)

const (
	returnsAbout = "returns"
	mostBack     = 80 // percent of an order that came back, and it is undone
	shownOrders  = 20
)

// returns finds customers who buy, spend units, and bring back what they bought, again and again.
func (l *look) returns(tx *db.Tx) (all []finding, err error) {
	if l.settings.Returns == 0 {
		return nil, nil
	}
	undone := map[int64][]order.Undone{}
	if err := order.EachUndone(tx, l.now.Add(-window*day).UnixMicro(), mostBack, func(u order.Undone) {
		root := l.root(u.Customer)
		if u.BackUTC > l.since(root, ReturnLoop, returnsAbout).UnixMicro() {
			undone[root] = append(undone[root], u)
		}
	}); err != nil {
		return nil, err
	}
	for root, orders := range undone {
		if int64(len(orders)) < l.settings.Returns {
			continue
		}
		e, newest := Evidence{Days: window}, int64(0)
		slices.SortFunc(orders, func(a, b order.Undone) int { return cmp.Or(cmp.Compare(a.BackUTC, b.BackUTC), cmp.Compare(a.ID, b.ID)) })
		for i := range orders {
			o := &orders[i]
			spent, err := points.SpentBetween(tx, l.members(root), o.PlacedUTC, o.BackUTC)
			if err != nil {
				return nil, err
			}
			if spent == 0 {
				continue
			}
			e.Times++
			e.Units += spent
			newest = max(newest, o.BackUTC)
			if len(e.OrderIDs) < shownOrders {
				e.OrderIDs, e.Owners, e.References = append(e.OrderIDs, o.ID), append(e.Owners, o.Customer), append(e.References, o.Reference)
			}
		}
		if e.Times >= l.settings.Returns {
			all = append(all, finding{customer: root, kind: ReturnLoop, about: returnsAbout, through: time.UnixMicro(newest), evidence: e})
		}
	}
	return inOrder(all), nil
}
