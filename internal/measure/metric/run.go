package metric

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"strconv"
	"time"

	"regulars/internal/base/stats"
)

// minimumGroup is the least number of customers or answers that anything may be shown of for a group: fewer could be
// recognised.
const minimumGroup = 5

// minimumInterval is the least number of customers or answers that an interval is made of.
const minimumInterval = 2

// Run computes the measures, each over the window, the window before, the periods and the groups.
func (e *Engine) Run(ctx context.Context, list []*Definition) ([]Measure, error) {
	var summed []*Definition
	for _, d := range list {
		if d.club != nil {
			e.club = d.club
		}
		if d.Compute == nil && e.missing(d) == "" {
			summed = append(summed, d)
		}
	}
	s, err := e.sumsFor(ctx, summed)
	if err != nil {
		return nil, err
	}
	out := make([]Measure, 0, len(list))
	for _, d := range list {
		m, err := e.measure(ctx, d, s)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// estimates computes one measure over some frames.
func (e *Engine) estimates(ctx context.Context, d *Definition, frames []int) (map[int]Estimate, error) {
	if d.Compute != nil {
		return d.Compute(ctx, e, frames)
	}
	s, err := e.sumsFor(ctx, []*Definition{d})
	if err != nil {
		return nil, err
	}
	out := map[int]Estimate{}
	for _, f := range frames {
		out[f] = e.evaluate(d, s.of(d, e.at(d, f)))
	}
	return out, nil
}

func (e *Engine) missing(d *Definition) string {
	switch {
	case d.ofProgramme != 0 && e.club == nil:
		return reasonNoProgramme
	case d.ofProgramme == wholeProgramme && e.filtered:
		return reasonProgrammeOfAll
	case d.Needs == nil:
		return ""
	}
	return d.Needs(&e.source.Facts)
}

// at is the frame that a measure reads for the window, the one before or a group: noFrame where a yearly one would
// need the year of a group and the window is none.
func (e *Engine) at(d *Definition, f int) int {
	switch {
	case d.Yearly && (f == frameWindow || f == framePrevious):
		return e.yearOf(f)
	case d.Yearly && f >= frameGroups && e.yearOf(frameWindow) != frameWindow:
		return noFrame
	}
	return f
}

// framesOf are the frames that a measure has figures of.
func (e *Engine) framesOf(d *Definition) []int {
	var ids []int
	for _, f := range e.frames {
		series := f.id >= framePeriods && f.id < frameGroups
		if f.id == frameYear || f.id == frameLastYear || series && (d.Single || d.Yearly) {
			continue
		}
		ids = append(ids, f.id)
	}
	return ids
}

func (e *Engine) evaluate(d *Definition, s stats.Sums) Estimate {
	v := d.Value(s.T)
	n := d.N(s.T)
	if math.IsNaN(v) || math.IsInf(v, 0) || n == 0 && !d.Total {
		return noEstimate(d.Empty)
	}
	out := exact(v, n)
	if d.Interval != nil && n >= minimumInterval {
		out.Interval = d.Interval(s, v)
		out.Value, out.N = v, n
		if w := d.Within; w != nil && v >= w[0] && v <= w[1] {
			out.Low, out.High = max(out.Low, w[0]), min(out.High, w[1])
		}
	}
	if d.Operands != nil {
		out.Operands = d.Operands(e, s.T)
	}
	return out
}

func (e *Engine) measure(ctx context.Context, d *Definition, s *sums) (Measure, error) {
	m := Measure{Key: d.Key, Unit: d.Unit, Better: d.Better, Status: OK}
	if d.Parameter != nil {
		v := d.Parameter(&e.set)
		m.Parameter = &v
	}
	if reason := e.missing(d); reason != "" {
		m.Status, m.Reason = Undefined, reason
		return m, nil
	}
	frames := e.framesOf(d)
	estimates := map[int]Estimate{}
	if d.Compute != nil {
		var err error
		if estimates, err = d.Compute(ctx, e, frames); err != nil {
			return m, err
		}
		for f, est := range estimates {
			if est.N < minimumInterval {
				est.Low, est.High = math.NaN(), math.NaN()
				estimates[f] = est
			}
		}
	} else {
		for _, f := range frames {
			estimates[f] = e.evaluate(d, s.of(d, e.at(d, f)))
		}
	}
	e.present(&m, d, estimates)
	e.compare(&m, d, s, estimates)
	e.series(&m, d, estimates)
	e.breakDown(&m, d, s, estimates)
	return m, nil
}

func (e *Engine) present(m *Measure, d *Definition, estimates map[int]Estimate) {
	now := estimates[frameWindow]
	f := now.figure()
	m.Value, m.Low, m.High, m.N = f.Value, f.Low, f.High, f.N
	m.Quartiles = now.Quartiles
	if m.Value == nil {
		m.Status, m.Reason = Undefined, cmp.Or(now.Reason, d.Empty)
		return
	}
	if d.Formula != "" && len(now.Operands) > 0 {
		m.Formula = &Formula{Text: d.Formula, Operands: rounded(now.Operands)}
	}
}

// compare sets the window beside the one before. Where the facts do not reach back over all of that one, it
// is left out: it would set a part beside a whole.
func (e *Engine) compare(m *Measure, d *Definition, s *sums, estimates map[int]Estimate) {
	before := estimates[framePrevious]
	if f := before.figure(); f.Value != nil && e.reachesBack(e.at(d, framePrevious)) {
		m.Previous = &f
	}
	if m.Value == nil {
		return
	}
	m.Verdict = Few
	if m.Previous == nil || m.N < minimumGroup || m.Previous.N < minimumGroup {
		return
	}
	change, ok := e.change(d, s, estimates, frameWindow, framePrevious)
	if !ok {
		return
	}
	m.Change = change
	m.Verdict = verdict(change.P)
}

// change is the difference between two frames, the same customers standing on both sides where there are totals.
func (e *Engine) change(d *Definition, s *sums, estimates map[int]Estimate, first, second int) (*Change, bool) {
	var c stats.Change
	switch {
	case d.Compute != nil:
		c = stats.IndependentDifference(estimates[first].Interval, estimates[second].Interval)
	case first >= frameGroups:
		a, b := s.of(d, first), s.of(d, second)
		c = stats.SegmentChange(a, b, d.Value)
		if e.by.sales != "" {
			// A customer may be in several groups, and then is another customer in each: the join knows, and the
			// more cautious of the two tests counts.
			if joined := stats.SmoothChange(a, b, s.between(d, first, second), d.Value); !(joined.P < c.P) {
				c = joined
			}
		}
	default:
		first, second = e.at(d, first), e.at(d, second)
		a, b, cross := s.of(d, first), s.of(d, second), s.between(d, first, second)
		switch {
		case d.Total:
			// A total varies with who comes at all: customers are a few out of everybody who might have come, and
			// those who did not come are zeros.
			a.N, b.N = everybody, everybody
			c = stats.SmoothChange(a, b, cross, d.Value)
		case d.Change != nil:
			c = d.Change(a, b, cross)
		default:
			c = stats.SmoothChange(a, b, cross, d.Value)
		}
	}
	if math.IsNaN(c.P) {
		return nil, false
	}
	return &Change{
		Difference: *number(c.Difference), Low: *number(c.Low), High: *number(c.High), P: *number(c.P),
		Relative: number(c.Relative), RelativeLow: number(c.RelativeLow), RelativeHigh: number(c.RelativeHigh),
	}, true
}

// everybody is the number of people who might be customers: large beside any number who are.
const everybody = 1e12

func verdict(p float64) string {
	if p < 0.05 {
		return Real
	}
	return Noise
}

func (e *Engine) series(m *Measure, d *Definition, estimates map[int]Estimate) {
	for _, f := range e.frames {
		if f.id < framePeriods || f.id >= frameGroups || d.Single || d.Yearly {
			continue
		}
		est := estimates[f.id]
		if f.to <= e.source.Facts.First || f.from > e.source.Facts.Last {
			est = noEstimate("") // outside of what is known, a zero would be a claim
		}
		m.Series = append(m.Series, Point{From: dayText(f.from), To: dayText(f.to), Partial: f.partial, Figure: est.figure()})
	}
}

// breakDown gives the figures of the groups, and whether each differs from everybody, all of them tested at once.
func (e *Engine) breakDown(m *Measure, d *Definition, s *sums, estimates map[int]Estimate) {
	var tested []int
	var ps []float64
	for i, name := range e.groups {
		g := Group{Group: name, Figure: estimates[frameGroups+i].figure()}
		if g.Value == nil {
			continue
		}
		people := float64(g.N)
		if d.Compute == nil { // what a figure rests on may be the many orders of few customers
			people = min(people, s.of(d, e.at(d, frameGroups+i)).N)
		}
		if people < minimumGroup {
			g.Figure, g.Verdict = Figure{N: g.N}, Few
		} else if !d.Total { // of a total, that a part is smaller than the whole says nothing
			g.Verdict = Few
			if c, ok := e.change(d, s, estimates, frameGroups+i, frameWindow); ok {
				tested, ps = append(tested, len(m.Groups)), append(ps, c.P)
			}
		}
		m.Groups = append(m.Groups, g)
	}
	for i, p := range stats.BenjaminiHochberg(ps) {
		m.Groups[tested[i]].Verdict = verdict(p)
	}
}

func (e Estimate) figure() Figure {
	return Figure{Value: number(e.Value), Low: number(e.Low), High: number(e.High), N: int64(e.N + 0.5)}
}

// rounded are operands as number shows them.
func rounded(operands []Operand) []Operand {
	for i := range operands {
		if v := number(operands[i].Value); v != nil {
			operands[i].Value = *v
		}
	}
	return operands
}

// number is nil for what JSON has no word for. Whole numbers stay exact; others are rounded to ten significant digits,
// because engines add in any order and the digits beyond differ from run to run.
func number(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	if v != math.Trunc(v) {
		if rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 10, 64), 64); err == nil {
			v = rounded
		}
	}
	return &v
}

// Window gives the bounds of the window, or of the one before, on the wall clock.
func (e *Engine) Window(previous bool) (from, to time.Time) {
	f := e.frame(frameWindow)
	if previous {
		f = e.frame(framePrevious)
	}
	return wallClock(f.from), wallClock(f.to)
}

// Totals counts over all time.
type Totals struct{ Orders, Customers, ReturnsOnly int64 }

// Totals counts the orders and customers there are before as-of, whatever the conditions, and the customers with
// returns only, who are not among them.
func (e *Engine) Totals(ctx context.Context) (Totals, error) {
	life := "SELECT customer_id, orders FROM life WHERE grp = 0"
	if e.filtered {
		life = "SELECT customer_id, CAST(count(DISTINCT order_id) AS BIGINT) AS orders FROM sales WHERE NOT is_return AND " +
			e.beforeAsOf() + " GROUP BY customer_id"
	} else if err := e.ensure(ctx, "life"); err != nil {
		return Totals{}, err
	}
	var t Totals
	err := rows(ctx, e.conn, `SELECT (SELECT CAST(count(*) AS BIGINT) FROM (`+life+`) l),
		(SELECT CAST(coalesce(sum(orders), 0) AS BIGINT) FROM (`+life+`) l),
		(SELECT CAST(count(DISTINCT r.customer_id) AS BIGINT) FROM sales r LEFT JOIN (`+life+`) l
			ON l.customer_id = r.customer_id WHERE r.is_return AND r.`+e.beforeAsOf()+` AND l.customer_id IS NULL)`,
		func(r *sql.Rows) error { return r.Scan(&t.Customers, &t.Orders, &t.ReturnsOnly) })
	return t, err
}
