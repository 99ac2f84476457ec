package metric_test

import (
	"cmp"
	"math"
	"slices"

	"regulars/internal/base/stats"
)

// view is one stretch of time in one scope.
type view struct {
	o        *oracle
	from, to int64
	s        *scope
	tallies  []tally
}

// tally is what one person did in the view.
type tally struct {
	id                    string
	orders, repeat        float64
	paid, returned, again float64 // again: from orders after the first purchase day, less what was returned of them
	kinds                 map[string]bool
	isNew                 bool // the first order ever is in it
	first, last           int64
	channel               string
}

func (o *oracle) view(s *scope, from, to int64) *view {
	v := &view{o: o, from: from, to: to, s: s}
	for _, p := range s.people {
		if t := v.tallyOf(p); t.orders > 0 || t.returned > 0 || v.returnsIn(p) {
			v.tallies = append(v.tallies, t)
		}
	}
	return v
}

func (v *view) holds(at int64) bool { return v.from <= at && at < v.to }

// holdsDay is for facts that have only a day: it is in the view that its 00:00 is in.
func (v *view) holdsDay(day int64) bool { return v.holds(day * oneDay) }

func (v *view) returnsIn(p *person) bool {
	return slices.ContainsFunc(p.refunds, func(r refund) bool { return v.holds(r.at) })
}

func (v *view) tallyOf(p *person) tally {
	t := tally{id: p.id, kinds: map[string]bool{}}
	for _, b := range p.orders {
		if !v.holds(b.at) {
			continue
		}
		t.orders++
		t.paid += float64(b.paid)
		if dayOf(b.at) > dayOf(p.orders[0].at) {
			t.repeat++
			t.again += float64(b.paid)
		}
		for kind := range b.kinds {
			t.kinds[kind] = true
		}
		t.last = b.at
	}
	for _, r := range p.refunds {
		if v.holds(r.at) {
			t.returned += float64(r.amount)
			if r.repeat {
				t.again -= float64(r.amount)
			}
		}
	}
	if len(p.orders) > 0 {
		t.first = p.orders[0].at
		t.isNew = v.holds(t.first)
	}
	for _, c := range v.o.b.customers {
		if c.Customer == p.id {
			t.channel = cmp.Or(c.Channel, t.channel)
		}
	}
	return t
}

// sum is a quantity of everybody who bought or returned something.
func (v *view) each(f func(t tally) float64) vec {
	out := vec{}
	for _, t := range v.tallies {
		out[t.id] = f(t)
	}
	return out
}

func one(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func (v *view) bought() float64 { return float64(len(v.tallies)) }
func (v *view) active() vec     { return v.each(func(t tally) float64 { return one(t.orders > 0) }) }
func (v *view) orders() vec     { return v.each(func(t tally) float64 { return t.orders }) }
func (v *view) revenue() vec    { return v.each(func(t tally) float64 { return t.paid - t.returned }) }
func (v *view) severalKinds() vec {
	return v.each(func(t tally) float64 { return one(len(t.kinds) > 1) })
}
func (v *view) oneKind() vec { return v.each(func(t tally) float64 { return one(len(t.kinds) == 1) }) }
func (v *view) boughtAgain() vec {
	return v.each(func(t tally) float64 { return one(t.orders > 1) })
}

// purchaseLaws are the measures of orders in the view.
func purchaseLaws() map[string]func(*view) figure {
	return map[string]func(*view) figure{
		"active_customers": func(v *view) figure { return totalOf(v.active(), v.active().sum()) },
		"new_customers":    (*view).newCustomers,
		"revenue":          func(v *view) figure { return totalOf(v.revenue(), v.orders().sum()) },
		"orders":           func(v *view) figure { return totalOf(v.orders(), v.orders().sum()) },
		"repeat_orders": func(v *view) figure {
			return totalOf(v.each(func(t tally) float64 { return t.repeat }), v.orders().sum())
		},
		"average_order_value": func(v *view) figure { return quotient(v.revenue(), v.orders(), 1, v.bought()) },
		"purchase_frequency":  func(v *view) figure { return quotient(v.orders(), v.active(), 1, v.bought()).cut(1, math.Inf(1)) },
		"customer_value":      func(v *view) figure { return quotient(v.revenue(), v.active(), 1, v.bought()) },
		"repurchase_rate":     func(v *view) figure { return shareOf(v.boughtAgain(), v.active(), v.bought()) },
		"multi_kind_share":    func(v *view) figure { return shareOf(v.severalKinds(), v.active(), v.bought()) },
		"upsell_ratio":        (*view).upsell,
		"regulars_share": func(v *view) figure {
			f := quotient(v.each(func(t tally) float64 { return t.again }), v.revenue(), 100, v.bought())
			f.n = v.active().sum()
			return f.cut(0, 100)
		},
		"top_share":                func(v *view) figure { return v.topShare().cut(0, 100) },
		"identified_share":         (*view).identifiedShare,
		"gap_days":                 (*view).gapDays,
		"lifespan_years":           func(v *view) figure { return v.lifespan(0).cut(0, math.Inf(1)) },
		"lifespan_years_repeaters": func(v *view) figure { return v.lifespan(1).cut(0, math.Inf(1)) },
		"clv_historic":             (*view).clv,
		"referred_share":           (*view).referred,
		"second_order_rate":        func(v *view) figure { return v.secondOrders(false) },
		"second_order_rate_plain":  func(v *view) figure { return v.secondOrders(true) },
		"repurchase_rate_ever": func(v *view) figure {
			_, orders := v.ever()
			return shareOf(orders.with(func(_ string, n float64) float64 { return one(n > 1) }), ones(orders), float64(len(orders)))
		},
		"revenue_to_date":        (*view).revenueToDate,
		"revenue_to_date_median": (*view).revenueToDateMedian,
	}
}

// cut ends the interval of a figure at bounds that it cannot pass, unless it has.
func (f figure) cut(low, high float64) figure {
	if f.value >= low && f.value <= high {
		f.low, f.high = max(f.low, low), min(f.high, high)
	}
	return f
}

func ones(v vec) vec { return v.with(func(string, float64) float64 { return 1 }) }

func (v *view) newCustomers() figure {
	x := v.each(func(t tally) float64 { return one(t.isNew) })
	return totalOf(x, x.sum())
}

func (v *view) upsell() figure {
	f := quotient(v.severalKinds(), v.oneKind(), 1, v.bought())
	i := stats.LogRatio(v.severalKinds().sum(), v.oneKind().sum())
	f.low, f.high = i.Low, i.High
	f.n = v.severalKinds().sum() + v.oneKind().sum()
	return f
}

// topShare gives a person at the edge of the top the part that is missing to a whole share.
func (v *view) topShare() figure {
	net := vec{}
	var sorted []float64
	for _, t := range v.tallies {
		if t.orders > 0 {
			net[t.id] = t.paid - t.returned
			sorted = append(sorted, net[t.id])
		}
	}
	if len(sorted) == 0 {
		return nothing()
	}
	slices.Sort(sorted)
	slices.Reverse(sorted)
	q := v.o.set.TopShare
	many := q * float64(len(sorted))
	whole := int(many + 1e-9)
	var top float64
	for _, x := range sorted[:whole] {
		top += x
	}
	edge := sorted[min(whole, len(sorted)-1)] // the first who is not wholly of the top
	if part := many - float64(whole); part > 1e-9 {
		top += part * edge
	}
	// Whoever spends more than the one at the edge moves the total by what is above; the edge itself by q of it.
	share := net.with(func(_ string, x float64) float64 { return math.Max(x-edge, 0) + q*edge })
	f := quotient(share, net, 100, float64(len(net)))
	f.n = float64(len(net))
	if f.value = top / net.sum() * 100; math.Abs(f.value) < 1e-9 {
		f.value = 0
	}
	return f
}

// identifiedShare has the sales to unknown people by day only.
func (v *view) identifiedShare() figure {
	if v.s != v.o.everybody || len(v.o.set.Where) > 0 {
		return nothing()
	}
	var unknown float64
	for s := range v.o.b.eachSale() {
		if s.Customer == "" && v.holdsDay(dayOf(s.Moment.Local)) {
			unknown += float64(s.AmountMinor)
		}
	}
	known := v.revenue().sum()
	return plain(known/(known+unknown)*100, v.orders().sum())
}

// gapDays: a gap belongs to the view that the day at its end begins in.
func (v *view) gapDays() figure {
	var gaps []float64
	for _, p := range v.s.people {
		days := p.purchaseDays()
		for i := 1; i < len(days); i++ {
			if v.holdsDay(days[i]) {
				gaps = append(gaps, float64(days[i]-days[i-1]))
			}
		}
	}
	f := median(gaps)
	if f.known() {
		f.quartiles = &[2]float64{quantile7(gaps, 0.25), quantile7(gaps, 0.75)}
	}
	return f
}

// median sorts the values; the order statistics around it are its bounds.
func median(values []float64) figure {
	if len(values) == 0 {
		return nothing()
	}
	slices.Sort(values)
	f := plain(quantile7(values, 0.5), float64(len(values)))
	if lo, hi := stats.QuantileRanks(len(values), 0.5); lo >= 1 && hi <= len(values) {
		f.low, f.high = math.Min(values[lo-1], f.value), math.Max(values[hi-1], f.value)
	}
	return f
}

const year = 365.2425 * 24 * 3600 * 1e6

// lifespan is from the first order ever to the last in the view; only of those who bought on so many days more.
func (v *view) lifespan(moreDays int64) figure {
	counts := func(t tally) bool { return t.orders > 0 && dayOf(t.last)-dayOf(t.first) >= moreDays }
	return quotient(
		v.each(func(t tally) float64 { return one(counts(t)) * float64(t.last-t.first) / year }),
		v.each(func(t tally) float64 { return one(counts(t)) }), 1, v.bought())
}

// clv is revenue / customers x years / customers.
func (v *view) clv() figure {
	years := v.each(func(t tally) float64 { return one(t.orders > 0) * float64(t.last-t.first) / year })
	a, b, c := v.revenue().sum(), years.sum(), v.active().sum()
	f := plain(a/c*b/c, c)
	f.columns, f.units = []vec{v.revenue(), years, v.active()}, v.bought()
	f.of = func(t []float64) float64 { return t[0] * t[1] / t[2] / t[2] }
	f.slopes = []float64{b / c / c, a / c / c, -2 * a * b / c / c / c}
	f.linear()
	return f
}

// referred is over the new customers of whom it is known whether they came by recommendation.
func (v *view) referred() figure {
	said := vec{}
	for _, c := range v.o.b.customers {
		if c.Referred != 0 {
			said[c.Customer] = float64(c.Referred - 1) // no, yes
		}
	}
	who := vec{}
	for _, t := range v.tallies {
		if by, ok := said[t.id]; ok && t.isNew {
			who[t.id] = by
		}
	}
	return shareOf(who, ones(who), float64(len(who)))
}

// secondOrders follows the first-time customers of the view to their second purchase day, or to the last day of which
// anything is known.
func (v *view) secondOrders(plainly bool) figure {
	var times []float64
	var again []bool
	lastDay, within := dayOf(v.o.set.AsOf-1), float64(v.o.set.SecondOrderDays)
	soon := 0.0
	for _, p := range v.s.people {
		if len(p.orders) == 0 || !v.holds(p.orders[0].at) {
			continue
		}
		days := p.purchaseDays()
		until := lastDay
		if len(days) > 1 {
			until = days[1]
		}
		times, again = append(times, float64(until-days[0])), append(again, len(days) > 1)
		soon += one(len(days) > 1 && times[len(times)-1] <= within)
	}
	if len(times) == 0 {
		return nothing()
	}
	n := float64(len(times))
	if plainly {
		i := stats.Wilson(soon, n)
		return interval(stats.Interval{Value: 100 * i.Value, Low: 100 * i.Low, High: 100 * i.High, N: n})
	}
	i := stats.KaplanMeier(times, again).At(within)
	f := interval(stats.Interval{Value: 100 - 100*i.Value, Low: 100 - 100*i.High, High: 100 - 100*i.Low, N: n})
	if f.known() {
		f.value = 100 - 100*productLimit(times, again, within)
	}
	return f
}

// productLimit is Kaplan and Meier's product, a factor an event time.
func productLimit(times []float64, event []bool, at float64) float64 {
	left := 1.0
	for _, t := range slices.Compact(slices.Sorted(slices.Values(times))) {
		if t > at {
			break
		}
		var risk, gone float64
		for i := range times {
			risk += one(times[i] >= t)
			gone += one(times[i] == t && event[i])
		}
		left *= 1 - gone/risk
	}
	return left
}

// ever is what everybody who ever ordered before the end of the view paid and how often they ordered.
func (v *view) ever() (net, orders vec) {
	net, orders = vec{}, vec{}
	for _, p := range v.s.people {
		var paid, n float64
		for _, b := range p.orders {
			if b.at < v.to {
				n++
				paid += float64(b.paid)
			}
		}
		for _, r := range p.refunds {
			if r.at < v.to {
				paid -= float64(r.amount)
			}
		}
		if n > 0 {
			net[p.id], orders[p.id] = paid, n
		}
	}
	return net, orders
}

func (v *view) revenueToDate() figure {
	net, _ := v.ever()
	n := float64(len(net))
	f := quotient(net, ones(net), 1, n)
	if i := stats.T(net.sum()/n, variance(net), n); n >= 2 {
		f.low, f.high = i.Low, i.High
	}
	return f
}

func variance(v vec) (s float64) {
	mean := v.sum() / float64(len(v))
	for _, x := range v {
		s += (x - mean) * (x - mean)
	}
	return s / float64(len(v)-1)
}

func (v *view) revenueToDateMedian() figure {
	net, _ := v.ever()
	var values []float64
	for _, x := range net {
		values = append(values, x)
	}
	return median(values)
}
