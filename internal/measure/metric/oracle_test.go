package metric_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"regulars/internal/measure/metric"
)

// histories is how many businesses the engine and the loop are asked about.
const histories = 304

// TestOracle sets the engine beside a plain loop over the facts: every measure of the catalogue, over the window, the
// window before, the periods and the groups, on small businesses of every sort.
func TestOracle(t *testing.T) {
	t.Parallel()
	seen := &coverage{}
	t.Run("histories", func(t *testing.T) {
		for seed := range uint64(histories) {
			t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
				t.Parallel()
				b := makeBusiness(seed)
				set := suited(b, makeSettings(b, seed), seed)
				newDuel(t, byFile, nil, b, set, seen).fight()
			})
		}
	})
	seen.check(t)
}

// TestOracleOnStores does the same where the facts are in a store, on some of the businesses.
func TestOracleOnStores(t *testing.T) {
	t.Parallel()
	from := newShelves(t)
	for _, r := range []road{byCopy, byDatabase} {
		for seed := range uint64(histories) {
			if seed%6 != 0 {
				continue
			}
			t.Run(fmt.Sprint(r, " of seed ", seed), func(t *testing.T) {
				t.Parallel()
				b := makeBusiness(seed)
				set := suited(b, makeSettings(b, seed), seed)
				newDuel(t, r, from, b, set, &coverage{}).fight()
			})
		}
	}
}

// makeSettings asks for all sorts of windows, also such as begin in the middle of a day.
func makeSettings(b *business, seed uint64) metric.Settings {
	m := &maker{Rand: newRand(seed, 7)}
	moment := func(from, to int64) int64 {
		at := (day0 + from + m.Int64N(to-from)) * oneDay
		if m.yes(0.4) {
			at += m.Int64N(oneDay)
		}
		return at
	}
	s := metric.Settings{
		ActivityDays: pick(m, 0, 0, 1, 30, 200), SecondOrderDays: pick(m, 0, 0, 7, 60),
		TopShare: pick(m, 0, 0.1, 0.25, 0.5, 1), UnitMinor: pick[int64](m, 0, 1, 1000),
		RFM:          pick(m, metric.RFMCuts, metric.RFMRank, metric.RFMRPackage),
		Bands:        pick(m, metric.Bands{}, metric.Bands{}, metric.Bands{Min: 1, Detractor: 5, Passive: 8, Max: 10}),
		CSATScale:    pick(m, 0, 0, 5, 10),
		IndexWeights: pick(m, [3]float64{}, [3]float64{2, 1, 1}),
	}
	if m.yes(0.4) {
		s.AsOf = moment(b.span/2, b.span+60)
	}
	if m.yes(0.5) {
		s.To = moment(b.span/2, b.span+30)
	}
	if m.yes(0.9) {
		s.From = moment(-10, b.span*3/4)
	}
	return s
}

// suited makes the settings fit the facts: a window that is not empty, attributes that there are.
func suited(b *business, set metric.Settings, seed uint64) metric.Settings {
	m := &maker{Rand: newRand(seed, 8)}
	probe := set
	o := newOracle(b, probe)
	if o.set.AsOf == 0 {
		set.AsOf = (day0 + 100) * oneDay
		o = newOracle(b, set)
	}
	if o.set.From >= o.set.To {
		set.From, set.To = 0, 0
		o = newOracle(b, set)
	}
	if m.yes(0.3) { // whole months
		from := wall(o.set.From).AddDate(0, 0, 1-wall(o.set.From).Day())
		set.From = dayOf(from.UnixMicro()) * oneDay
		set.To = wall(set.From).AddDate(0, pick(m, 1, 3, 6, 12), 0).UnixMicro()
		o = newOracle(b, set)
	}
	length := (o.set.To - o.set.From) / oneDay
	if periods := []metric.Period{metric.ByYear, metric.ByQuarter, metric.ByMonth, metric.ByWeek, metric.ByDay}; m.yes(0.6) {
		for longest := []int64{25, 100, 370, 800}; len(longest) > 0 && length > longest[0]; longest = longest[1:] {
			periods = periods[:len(longest)] // the engine's work grows with the periods
		}
		set.Period = pick(m, periods...)
	}
	values := o.attributeValues()
	names := slices.Sorted(maps.Keys(values))
	if len(names) == 0 {
		return set
	}
	if m.yes(0.5) {
		set.By = pick(m, names...)
	}
	if m.yes(0.35) {
		name := pick(m, names...)
		c := metric.Condition{Attribute: name, Not: m.yes(0.3), Values: []string{pick(m, values[name]...)}}
		if v := pick(m, values[name]...); v != c.Values[0] && m.yes(0.5) {
			c.Values = append(c.Values, v)
		}
		set.Where = []metric.Condition{c}
	}
	return set
}

// attributeValues are those that the engine can know: values only ever seen on sales to nobody known are not kept.
func (o *oracle) attributeValues() map[string][]string {
	out := map[string][]string{}
	add := func(name, v string) {
		if v != "" && !slices.Contains(out[name], v) {
			out[name] = append(out[name], v)
		}
	}
	names := append([]string{"channel", "category", "product", "segment"}, o.b.saleAttributes...)
	names = append(append(names, o.b.customerAttributes...), o.b.answerAttributes...)
	for _, name := range names {
		tr := o.trait(name)
		for _, v := range slices.Sorted(maps.Values(tr.customer)) {
			add(name, v)
		}
		for s := range o.b.eachSale() {
			if tr.sale != nil && s.Customer != "" {
				add(name, tr.sale(s))
			}
		}
		for i := range o.b.answers {
			if tr.answer != nil {
				add(name, tr.answer(&o.b.answers[i]))
			}
		}
	}
	return out
}
