package metric_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"regulars/internal/base/stats"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/mirror"
	"regulars/internal/record/fact"
)

// crowd is a business large enough for its standard errors to be judged: people who come at rates of their own and
// spend sums of their own, some of whom answer.
func crowd(seed uint64, people int, returns bool) *business {
	m := &maker{Rand: newRand(seed, 30), span: 800, clock: true}
	b := &business{kindIs: mirror.ByCategory, span: m.span}
	var sales []fact.Sale
	for i := range people {
		name := fmt.Sprint("c", i)
		from := m.Float64() * 700
		rate, basket := 0.002*math.Exp(m.NormFloat64()), 2000*math.Exp(0.5*m.NormFloat64())
		for day := from; day < 800; day += m.ExpFloat64() / rate {
			s := fact.Sale{
				Customer: name, Moment: at(int64((day0 + day) * float64(oneDay))), Quantity: 1, Order: fmt.Sprint(name, " ", len(sales)),
				AmountMinor: int64(basket * math.Exp(0.4*m.NormFloat64())), Category: pick(m, "tea", "tea", "tea", "cup", "cake"),
			}
			sales = append(sales, s)
			if returns && m.yes(0.05) {
				s.AmountMinor, s.Return, s.Quantity = -s.AmountMinor/2, true, -1
				s.Moment = at(s.Moment.Local + 10*oneDay)
				sales = append(sales, s)
			}
		}
		for range m.IntN(3) {
			mood := 5 + 3*m.NormFloat64()
			b.answers = append(b.answers, fact.Answer{
				Customer: name, Moment: at(m.moment()), Kind: "nps", Scored: true, Score: math.Round(min(max(mood+3, 0), 10)),
			})
		}
	}
	b.sales = [][]fact.Sale{sales}
	return b
}

// TestStandardErrors holds the linearised standard errors against the bootstrap by customer.
func TestStandardErrors(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			b := crowd(seed, 900, seed == 1)
			set := metric.Settings{AsOf: (day0 + 790) * oneDay, From: (day0 + 425) * oneDay, ActivityDays: 180}
			d := newDuel(t, byFile, nil, b, set, &coverage{})
			now := d.o.view(d.o.everybody, d.o.set.From, d.o.set.To)
			before := d.o.view(d.o.everybody, d.o.before(), d.o.set.From)
			got, err := d.e.Run(t.Context(), metric.Catalogue([3]float64{}))
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range got {
				switch m.Key {
				case "average_order_value", "purchase_frequency", "customer_value", "regulars_share", "lifespan_years",
					"lifespan_years_repeaters", "clv_historic", "retention_rate_formula", "loyalty_index", "revenue_to_date":
					f := d.laws[m.Key](now)
					d.spread(m, resampled(seed, f), f.units-1)
					d.spreadOfChange(m, resampledChange(seed, f, d.laws[m.Key](before)))
				case "revenue", "orders", "active_customers":
					d.spreadOfChange(m, resampledChange(seed, d.laws[m.Key](now), d.laws[m.Key](before)))
				case "top_share":
					d.spread(m, resampledTop(seed, now), d.laws[m.Key](now).units-1)
				}
			}
		})
	}
}

const replicates = 400

// spread compares half the interval with the bootstrap's standard error; 400 replicates know it to about 4 %.
func (d *duel) spread(m metric.Measure, want stats.Interval, df float64) {
	d.Helper()
	se := (*m.High - *m.Low) / 2 / stats.StudentQuantile95(df)
	if !(math.Abs(se/want.SE-1) < 0.15) {
		d.Errorf("%s: standard error %v, the bootstrap says %v", m.Key, se, want.SE)
	}
}

func (d *duel) spreadOfChange(m metric.Measure, want stats.Interval) {
	d.Helper()
	if m.Change == nil {
		d.Errorf("%s: no change", m.Key)
		return
	}
	se := (m.Change.High - m.Change.Low) / 2 / stats.Z95
	if !(math.Abs(se/want.SE-1) < 0.15) {
		d.Errorf("%s: standard error of the change %v, the bootstrap says %v", m.Key, se, want.SE)
	}
}

// matrix lays the quantities of some figures out by customer, everybody in any of them.
func matrix(of ...figure) [][]float64 {
	everybody := map[string]bool{}
	for _, f := range of {
		for _, c := range f.columns {
			for id := range c {
				everybody[id] = true
			}
		}
	}
	var out [][]float64
	for _, id := range slices.Sorted(maps.Keys(everybody)) {
		var row []float64
		for _, f := range of {
			for _, c := range f.columns {
				row = append(row, c[id])
			}
		}
		out = append(out, row)
	}
	return out
}

func totals(rows [][]float64, indices []int) []float64 {
	t := make([]float64, len(rows[0]))
	for _, i := range indices {
		for k, x := range rows[i] {
			t[k] += x
		}
	}
	return t
}

func resampled(seed uint64, f figure) stats.Interval {
	rows := matrix(f)
	return stats.Bootstrap(seed, len(rows), replicates, func(indices []int) float64 { return f.of(totals(rows, indices)) })
}

// resampledChange draws people, not windows: who is in both comes with both.
func resampledChange(seed uint64, now, before figure) stats.Interval {
	rows, m := matrix(now, before), len(now.columns)
	if now.total {
		// A total varies with who comes at all: those who did not come in either window can be drawn, too.
		rows = append(rows, make([][]float64, 9*len(rows))...)
		for i := range rows {
			if rows[i] == nil {
				rows[i] = make([]float64, 2*m)
			}
		}
	}
	return stats.Bootstrap(seed, len(rows), replicates, func(indices []int) float64 {
		t := totals(rows, indices)
		return now.of(t[:m]) - before.of(t[m:])
	})
}

func resampledTop(seed uint64, v *view) stats.Interval {
	var net []float64
	for _, t := range v.tallies {
		if t.orders > 0 {
			net = append(net, t.paid-t.returned)
		}
	}
	return stats.Bootstrap(seed, len(net), replicates, func(indices []int) float64 {
		drawn := make([]float64, len(indices))
		var all, top float64
		for i, k := range indices {
			drawn[i] = net[k]
			all += net[k]
		}
		slices.Sort(drawn)
		for _, x := range drawn[len(drawn)-len(drawn)/5:] {
			top += x
		}
		return top / all * 100
	})
}
