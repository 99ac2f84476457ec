package stats

import (
	"math"
	"sort"
)

// CurvePoint is the curve from Time (inclusive) to the next point.
type CurvePoint struct {
	Time     float64
	AtRisk   float64 // just before Time
	Events   float64
	Censored float64 // at Time, after the events
	Survival float64
	SE       float64 // Greenwood
	Low      float64 // 95 %, log-log
	High     float64
}

// Curve is a Kaplan-Meier estimate: the share without the event, by time since the start. Points ascend.
type Curve struct {
	N      float64
	Points []CurvePoint
}

// KaplanMeier is the product-limit curve (Kaplan and Meier 1958) of how long each was watched and whether the watch
// ended in the event. Those censored at a time are still at risk at it. Unequal lengths or a NaN give an empty curve.
func KaplanMeier(times []float64, event []bool) Curve {
	if len(times) != len(event) {
		return Curve{}
	}
	events, censored := make([]float64, len(times)), make([]float64, len(times))
	for i, e := range event {
		if e {
			events[i] = 1
		} else {
			censored[i] = 1
		}
	}
	return KaplanMeierCounts(times, events, censored)
}

// KaplanMeierCounts is KaplanMeier from a table of how many events and how many ends of the watch fell on each time:
// one row a time is enough for any number of customers. Rows need no order; equal times are added.
func KaplanMeierCounts(times, events, censored []float64) Curve {
	rows, ok := timeTable(times, events, censored)
	if !ok {
		return Curve{}
	}
	var n float64
	for _, r := range rows {
		n += r.Events + r.Censored
	}
	c := Curve{N: n, Points: rows}
	atRisk, survival, greenwood, lost := n, 1.0, 0.0, 0.0
	for i := range rows {
		p := &rows[i]
		if i == len(rows)-1 {
			atRisk = p.Events + p.Censored // exact at the end, whatever the subtractions left
		}
		p.AtRisk = atRisk
		if p.Events > 0 {
			survival *= 1 - p.Events/atRisk
			greenwood += p.Events / (atRisk * (atRisk - p.Events))
		}
		p.Survival = survival
		p.bounds(greenwood, n-lost)
		lost += p.Censored
		atRisk -= p.Events + p.Censored
	}
	return c
}

// bounds are symmetric on the scale of log(-log S), which keeps them within 0..1. That scale fails at 1 (nobody yet)
// and at 0 (everybody): there the bound is Wilson's, for those at risk now, and for all not censored before.
func (p *CurvePoint) bounds(greenwood, uncensored float64) {
	s := p.Survival
	switch {
	case s >= 1:
		p.SE, p.Low, p.High = 0, Wilson(p.AtRisk, p.AtRisk).Low, 1
	case s <= 0:
		p.SE, p.Low, p.High = 0, 0, Wilson(0, uncensored).High
	default:
		p.SE = s * math.Sqrt(greenwood)
		factor := math.Exp(Z95 * math.Sqrt(greenwood) / -math.Log(s))
		p.Low, p.High = math.Pow(s, factor), math.Pow(s, 1/factor)
	}
}

// timeTable sorts and adds up equal times.
func timeTable(times, events, censored []float64) ([]CurvePoint, bool) {
	if len(times) != len(events) || len(times) != len(censored) || anyNaN(times...) || anyNaN(events...) ||
		anyNaN(censored...) || anyNegative(events...) || anyNegative(censored...) {
		return nil, false
	}
	rows := make([]CurvePoint, 0, len(times))
	for i, t := range times {
		if events[i]+censored[i] > 0 {
			rows = append(rows, CurvePoint{Time: t, Events: events[i], Censored: censored[i]})
		}
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i].Time < rows[j].Time })
	merged := rows[:0]
	for _, r := range rows {
		if k := len(merged) - 1; k >= 0 && merged[k].Time == r.Time {
			merged[k].Events += r.Events
			merged[k].Censored += r.Censored
			continue
		}
		merged = append(merged, r)
	}
	return merged, true
}

// At is the share without the event at time t; N is the number watched at least until t.
// Before the first point it is 1. After the last one nothing is known and it is NaN, unless everybody had the event.
func (c Curve) At(t float64) Interval {
	if len(c.Points) == 0 || math.IsNaN(t) {
		return unknown()
	}
	next := sort.Search(len(c.Points), func(i int) bool { return c.Points[i].Time > t })
	if next == 0 {
		return Interval{Value: 1, Low: Wilson(c.N, c.N).Low, High: 1, SE: 0, N: c.N}
	}
	p := c.Points[next-1]
	if next == len(c.Points) && t > p.Time && p.Survival > 0 {
		return unknown()
	}
	out := Interval{Value: p.Survival, Low: p.Low, High: p.High, SE: p.SE, N: p.AtRisk}
	if t > p.Time {
		out.N = p.AtRisk - p.Events - p.Censored
		if p.Survival >= 1 {
			out.Low = Wilson(out.N, out.N).Low
		}
	}
	return out
}

// Quantile is the first time by which a share q had the event (0.5: the median time), with the times at which the
// bounds of the curve pass the same share (Brookmeyer and Crowley 1982). NaN where that was not reached.
func (c Curve) Quantile(q float64) Interval {
	out := unknown()
	out.N = c.N
	if math.IsNaN(q) || q <= 0 || q >= 1 {
		return out
	}
	level := 1 - q + 1e-12
	first := func(of func(CurvePoint) float64) float64 {
		for _, p := range c.Points {
			if of(p) <= level {
				return p.Time
			}
		}
		return math.NaN()
	}
	out.Value = first(func(p CurvePoint) float64 { return p.Survival })
	out.Low = first(func(p CurvePoint) float64 { return eventBound(p, p.Low) })
	out.High = first(func(p CurvePoint) float64 { return eventBound(p, p.High) })
	return out
}

// eventBound leaves out the points before any event: their bound is about the unknown, not about the curve.
func eventBound(p CurvePoint, bound float64) float64 {
	if p.Survival >= 1 {
		return 1
	}
	return bound
}

// Median is Quantile(0.5).
func (c Curve) Median() Interval { return c.Quantile(0.5) }
