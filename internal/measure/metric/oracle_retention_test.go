package metric_test

import (
	"math"
)

// currentAt says whether the last order strictly before the moment is at most so many times 24 hours old.
func (v *view) currentAt(p *person, moment int64) bool {
	for i := len(p.orders) - 1; i >= 0; i-- {
		if at := p.orders[i].at; at < moment {
			return moment-at <= int64(v.o.set.ActivityDays)*oneDay
		}
	}
	return false
}

// standing is a person at both ends of the view.
type standing struct{ start, end, fresh bool }

// stands is a quantity of everybody who is current at an end or new.
func (v *view) stands(f func(standing) bool) vec {
	out := vec{}
	for _, p := range v.s.people {
		if len(p.orders) == 0 {
			continue
		}
		s := standing{v.currentAt(p, v.from), v.currentAt(p, v.to), v.holds(p.orders[0].at)}
		if s.start || s.end || s.fresh {
			out[p.id] = one(f(s))
		}
	}
	return out
}

func (v *view) kept() vec    { return v.stands(func(s standing) bool { return s.start && s.end }) }
func (v *view) atStart() vec { return v.stands(func(s standing) bool { return s.start }) }

// retentionLaws are the measures of who stays.
func retentionLaws() map[string]func(*view) figure {
	counted := func(f func(standing) bool) func(*view) figure {
		return func(v *view) figure { x := v.stands(f); return totalOf(x, x.sum()) }
	}
	return map[string]func(*view) figure{
		"retention_rate": func(v *view) figure { return shareOf(v.kept(), v.atStart(), float64(len(v.atStart()))) },
		"churn_rate": func(v *view) figure {
			lost := v.stands(func(s standing) bool { return s.start && !s.end })
			return shareOf(lost, v.atStart(), float64(len(v.atStart())))
		},
		"retention_rate_formula": (*view).retentionFormula,
		"reactivated_customers":  counted(func(s standing) bool { return s.end && !s.start && !s.fresh }),
		"new_and_gone":           counted(func(s standing) bool { return s.fresh && !s.end }),
		"cohort_retention":       (*view).cohortRetention,
		"acquisition_cost":       func(v *view) figure { return v.perNew() },
		"clv_to_cac":             (*view).clvToCAC,
		"retention_cost": func(v *view) figure {
			if len(v.o.set.Where) > 0 {
				return nothing()
			}
			return v.costPer(v.spent(true), v.kept().sum())
		},
		"rfm_migration": (*view).migration,
	}
}

// retentionFormula is ((E - N) / S) x 100.
func (v *view) retentionFormula() figure {
	e, n := v.stands(func(s standing) bool { return s.end }), v.stands(func(s standing) bool { return s.fresh })
	s := v.atStart()
	f := plain((e.sum()-n.sum())/s.sum()*100, s.sum())
	f.columns, f.units = []vec{e, n, s}, float64(len(s))
	f.of = func(t []float64) float64 { return (t[0] - t[1]) / t[2] * 100 }
	f.slopes = []float64{100 / s.sum(), -100 / s.sum(), -f.value / s.sum()}
	f.linear()
	return f
}

// monthOf counts months from year 0.
func monthOf(local int64) int64 {
	y, m, _ := wall(local).Date()
	return int64(y)*12 + int64(m) - 1
}

// cohortRetention is over the new customers whose month after the first is over.
func (v *view) cohortRetention() figure {
	back := vec{}
	for _, p := range v.s.people {
		if len(p.orders) == 0 || !v.holds(p.orders[0].at) {
			continue
		}
		first := monthOf(p.orders[0].at)
		if first+1 >= monthOf(v.o.set.AsOf) {
			continue
		}
		back[p.id] = 0
		for _, b := range p.orders {
			if monthOf(b.at) == first+1 {
				back[p.id] = 1
			}
		}
	}
	return shareOf(back, ones(back), float64(len(back)))
}

// spent is NaN where nothing was.
func (v *view) spent(retention bool) float64 {
	total, found := 0.0, false
	for _, c := range v.s.costs {
		if c.Retention == retention && v.holds(c.Moment.Local) {
			total, found = total+float64(c.AmountMinor), true
		}
	}
	if !found {
		return math.NaN()
	}
	return total
}

func (v *view) costPer(spent, n float64) figure { return plain(spent/n, n) }

// perNew is over the new customers of the channels that money was ever spent on, where both sides name channels.
func (v *view) perNew() figure {
	if len(v.o.set.Where) > 0 {
		return nothing() // nobody said which part of the costs was for those whom the conditions leave in
	}
	paidFor, customersHave := map[string]bool{}, false
	for _, c := range v.o.b.costs {
		if !c.Retention && c.Channel != "" {
			paidFor[c.Channel] = true
		}
	}
	for _, c := range v.o.b.customers {
		customersHave = customersHave || c.Channel != ""
	}
	var n float64
	for _, t := range v.tallies {
		if t.isNew && (len(paidFor) == 0 || !customersHave || paidFor[t.channel]) {
			n++
		}
	}
	return v.costPer(v.spent(false), n)
}

// clvToCAC sets the lifetime value, always of a year, beside the cost of the view.
func (v *view) clvToCAC() figure {
	cost := v.perNew()
	return plain(v.o.view(v.s, v.to-365*oneDay, v.to).clv().value/cost.value, cost.n)
}
