package metric_test

import (
	"cmp"
	"math/big"
	"slices"
	"strings"
	"time"

	"regulars/internal/base/stats"
	"regulars/internal/measure/metric"
)

func wall(local int64) time.Time { return time.UnixMicro(local).UTC() }

// ranges are the ten segments of the check values: recency, frequency and monetary score, from and to.
var ranges = []struct {
	name                   string
	r1, f1, m1, r2, f2, m2 int
}{
	{"champions", 5, 5, 5, 5, 5, 5},
	{"potential_loyalist", 3, 3, 2, 5, 5, 5},
	{"loyal", 2, 2, 2, 4, 4, 4},
	{"promising", 3, 1, 3, 4, 3, 5},
	{"new", 4, 1, 1, 5, 3, 5},
	{"cant_lose", 1, 3, 4, 2, 4, 5},
	{"at_risk", 1, 2, 4, 2, 5, 5},
	{"need_attention", 1, 3, 3, 3, 5, 5},
	{"about_to_sleep", 2, 1, 1, 3, 3, 4},
	{"lost", 1, 1, 1, 1, 5, 5},
}

func segmentOf(r, f, m int) string {
	for _, s := range ranges {
		if s.r1 <= r && r <= s.r2 && s.f1 <= f && f <= s.f2 && s.m1 <= m && m <= s.m2 {
			return s.name
		}
	}
	return "others"
}

// score scores everybody with an order before the moment, in the order of their ids.
func (o *oracle) score(s *scope, asOf int64) []metric.Scored {
	var out []metric.Scored
	for _, p := range s.people {
		c := metric.Scored{Reference: p.id}
		last := int64(0)
		for _, b := range p.orders {
			if b.at < asOf {
				c.Frequency++
				c.MonetaryMinor += b.paid
				last = b.at
			}
		}
		for _, r := range p.refunds {
			if r.at < asOf {
				c.MonetaryMinor -= r.amount
			}
		}
		if c.Frequency > 0 {
			c.RecencyDays = (asOf - last) / oneDay
			out = append(out, c)
		}
	}
	r := o.scores(out, func(c metric.Scored) int64 { return c.RecencyDays }, 1)
	f := o.scores(out, func(c metric.Scored) int64 { return c.Frequency }, 1)
	m := o.scores(out, func(c metric.Scored) int64 { return c.MonetaryMinor }, o.set.UnitMinor)
	for i := range out {
		c := &out[i]
		c.R, c.F, c.M = 6-r[i], f[i], m[i]
		c.Segment = segmentOf(c.R, c.F, c.M)
	}
	return out
}

// scores are 1 and one more for every edge passed, by the rule of the method.
func (o *oracle) scores(of []metric.Scored, value func(metric.Scored) int64, unit int64) []int {
	out := make([]int, len(of))
	sorted := slices.Clone(of)
	slices.SortFunc(sorted, func(a, b metric.Scored) int {
		return cmp.Or(cmp.Compare(value(a), value(b)), strings.Compare(a.Reference, b.Reference))
	})
	n := int64(len(of))
	for i, c := range of {
		out[i] = 1
		for k := int64(1); k <= 4; k++ {
			var passed bool
			switch o.set.RFM {
			case metric.RFMRank:
				rank := int64(slices.IndexFunc(sorted, func(s metric.Scored) bool { return s.Reference == c.Reference })) + 1
				edge := big.NewRat(5+(n-1)*k, 5)
				passed = edge.Cmp(big.NewRat(rank, 1)) < 0
			case metric.RFMRPackage:
				edge := cut(sorted, value, k)
				passed = edge.Add(edge, big.NewRat(unit, 1)).Cmp(big.NewRat(value(c), 1)) <= 0
			default:
				passed = cut(sorted, value, k).Cmp(big.NewRat(value(c), 1)) < 0
			}
			if passed {
				out[i]++
			}
		}
	}
	return out
}

// cut is the type-7 quantile at k fifths, exactly.
func cut(sorted []metric.Scored, value func(metric.Scored) int64, k int64) *big.Rat {
	at := (int64(len(sorted)) - 1) * k
	low := value(sorted[at/5])
	high := value(sorted[min(at/5+1, int64(len(sorted))-1)])
	part := big.NewRat((high-low)*(at%5), 5)
	return part.Add(part, big.NewRat(low, 1))
}

// monthBefore is the same day and time of the month before, or its last day.
func monthBefore(local int64) int64 {
	t := wall(local)
	first := time.Date(t.Year(), t.Month()-1, 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	length := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), length)-1).UnixMicro()
}

// moves are those known a month ago, by segment then and now.
func (o *oracle) moves() map[[2]string]int64 {
	out := map[[2]string]int64{}
	now := map[string]string{}
	for _, c := range o.score(o.everybody, o.set.AsOf) {
		now[c.Reference] = c.Segment
	}
	for _, c := range o.score(o.everybody, monthBefore(o.set.AsOf)) {
		out[[2]string{c.Segment, now[c.Reference]}]++
	}
	return out
}

func (v *view) migration() figure {
	if v.s != v.o.everybody || v.to != v.o.set.To || v.from != v.o.set.From {
		return nothing()
	}
	var moved, all float64
	for m, n := range v.o.moves() {
		all += float64(n)
		if m[0] != m[1] {
			moved += float64(n)
		}
	}
	if all == 0 {
		return nothing()
	}
	i := stats.Wilson(moved, all)
	return interval(stats.Interval{Value: 100 * i.Value, Low: 100 * i.Low, High: 100 * i.High, N: all})
}

// cohorts is the table of first months: who ordered in each month since, and what all have paid up to its end.
func (o *oracle) cohorts() []metric.Cohort {
	byMonth := map[int64]*metric.Cohort{}
	lastMonth := monthOf(o.set.AsOf - 1)
	for _, p := range o.everybody.people {
		if len(p.orders) == 0 {
			continue
		}
		first := monthOf(p.orders[0].at)
		c := byMonth[first]
		if c == nil {
			c = &metric.Cohort{
				Month:  time.Date(int(first/12), time.Month(first%12+1), 1, 0, 0, 0, 0, time.UTC),
				Active: make([]int64, lastMonth-first+1), RevenueMinor: make([]int64, lastMonth-first+1),
			}
			byMonth[first] = c
		}
		c.Size++
		ordered := map[int64]bool{}
		for _, b := range p.orders {
			ordered[monthOf(b.at)] = true
		}
		for k := range c.Active {
			month := first + int64(k)
			if ordered[month] {
				c.Active[k]++
			}
			for _, b := range p.orders {
				if monthOf(b.at) <= month {
					c.RevenueMinor[k] += b.paid
				}
			}
			for _, r := range p.refunds {
				if monthOf(r.at) <= month {
					c.RevenueMinor[k] -= r.amount
				}
			}
		}
	}
	var out []metric.Cohort
	for _, c := range byMonth {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b metric.Cohort) int { return a.Month.Compare(b.Month) })
	return out
}
