package metric_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/stats"
	"regulars/internal/measure/metric"
)

// duel is the engine and the loop on the same facts under the same settings.
type duel struct {
	*testing.T
	e    *metric.Engine
	o    *oracle
	laws map[string]func(*view) figure
	seen *coverage
}

func newDuel(t *testing.T, r road, from *shelves, b *business, set metric.Settings, seen *coverage) *duel {
	t.Helper()
	e, err := metric.New(t.Context(), r.take(t, from, b, set.AsOf), set)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	d := &duel{T: t, e: e, o: newOracle(b, set), laws: map[string]func(*view) figure{}, seen: seen}
	for _, laws := range []map[string]func(*view) figure{purchaseLaws(), retentionLaws(), voiceLaws()} {
		maps.Copy(d.laws, laws)
	}
	return d
}

// leftOut says which aspects not to ask about this time: nine measures that differ in nothing but a word take the engine
// as long as all the others.
func (d *duel) leftOut(def *metric.Definition) bool {
	about, isAspect := strings.CutPrefix(def.Key, "aspect_")
	asked := []string{"service", "staff", "delivery", "price"}[d.o.set.AsOf/oneDay%4]
	return isAspect && !strings.HasPrefix(about, asked) && (!strings.HasPrefix(about, "brand") || d.o.set.By != "")
}

func (d *duel) fight() {
	d.settings()
	list := slices.DeleteFunc(metric.Catalogue(d.o.set.IndexWeights), d.leftOut)
	got, err := d.e.Run(d.Context(), list)
	if err != nil {
		d.Fatal(err)
	}
	if len(got) != len(list) {
		d.Fatalf("%d measures of %d", len(got), len(list))
	}
	for i, m := range got {
		law := d.laws[m.Key]
		if m.Key != list[i].Key || law == nil {
			d.Errorf("no loop for the measure %s", m.Key)
			continue
		}
		d.measure(list[i], m, law)
	}
	d.scoring()
	d.tables()
	if d.Failed() {
		d.Logf("settings %+v", d.o.set)
	}
}

// before is where the window before begins: as many days earlier, or as many months where months were asked for.
func (o *oracle) before() int64 {
	if !o.months {
		return o.set.From - (o.set.To - o.set.From)
	}
	from := o.set.From
	for at := from; at < o.set.To; at = wall(at).AddDate(0, 1, 0).UnixMicro() {
		from = wall(from).AddDate(0, -1, 0).UnixMicro()
	}
	return from
}

func (d *duel) settings() {
	got, _ := d.e.Settings()
	want := d.o.set
	if got.AsOf != want.AsOf || got.From != want.From || got.To != want.To || got.ActivityDays != want.ActivityDays ||
		got.SecondOrderDays != want.SecondOrderDays || got.CSATScale != want.CSATScale {
		d.Errorf("settings: got %+v, want %+v", got, want)
	}
	if !slices.Equal(d.e.Groups(), d.o.groups) {
		d.Errorf("groups: got %v, want %v", d.e.Groups(), d.o.groups)
	}
}

// window gives the view that a measure reads for the window, the one before or that of a group.
func (d *duel) window(def *metric.Definition, s *scope, back int) *view {
	from, to := d.o.set.From, d.o.set.To
	if back > 0 {
		from, to = d.o.before(), from
	}
	if def.Yearly {
		from = to - 365*oneDay
	}
	return d.o.view(s, from, to)
}

func (d *duel) measure(def *metric.Definition, m metric.Measure, law func(*view) figure) {
	if reason := def.Needs; reason != nil && m.Status == metric.Undefined && m.Value == nil && d.lacking(m.Key) {
		return
	}
	now := enough(law(d.window(def, d.o.everybody, 0)))
	d.figure(m.Key, m.Figure, now)
	if (m.Status == metric.OK) != now.known() || m.Status != metric.OK && m.Reason == "" {
		d.Errorf("%s: status %s (%q), want a figure: %v", m.Key, m.Status, m.Reason, now.known())
	}
	d.quartiles(m, now)
	d.previous(def, m, law, now)
	d.series(def, m, law)
	d.breakDown(def, m, law, now)
	d.seen.note(m, now)
}

// enough takes away the interval of a figure that rests on fewer than two.
func enough(f figure) figure {
	if f.n < 2 {
		f.low, f.high = math.NaN(), math.NaN()
	}
	return f
}

// lacking says whether the kind of fact that a measure is made of is not there at all.
func (d *duel) lacking(key string) bool {
	b := d.o.b
	var kinds, delivered, cases, costs, keeping, referrals bool
	for s := range b.eachSale() {
		kinds = kinds || s.Customer != "" && (s.Product != "" || s.Category != "")
	}
	for _, a := range b.answers {
		delivered = delivered || a.Delivered
		cases = cases || a.Due.Local+a.Replied.Local+a.Solved.Local != 0
	}
	for _, c := range b.costs {
		costs, keeping = costs || !c.Retention, keeping || c.Retention
	}
	for _, c := range b.customers {
		referrals = referrals || c.Referred != 0
	}
	switch key {
	case "upsell_ratio", "multi_kind_share":
		return !kinds
	case "loyalty_index", "loyalty_index_plain":
		return !kinds || len(b.answers) == 0
	case "response_rate", "nps_weighted":
		return !delivered
	case "first_reply_minutes", "solution_minutes", "in_time_share":
		return !cases
	case "acquisition_cost", "clv_to_cac":
		return !costs
	case "retention_cost":
		return !keeping
	case "referred_share":
		return !referrals
	}
	return len(b.answers) == 0
}

// figure compares one value with its interval: whole numbers exactly, others to 1e-9, bounds to a millionth of their
// distance, for sums of squares lose digits that the loop keeps.
func (d *duel) figure(what string, got metric.Figure, want figure) {
	d.Helper()
	if !want.known() {
		if got.Value != nil {
			d.Errorf("%s: got %v, want no figure", what, *got.Value)
		}
		return
	}
	if got.Value == nil {
		d.Errorf("%s: got no figure, want %v (n %v)", what, want.value, want.n)
		return
	}
	if !near(*got.Value, want.value, 1e-9) || got.N != int64(math.Round(want.n)) {
		d.Errorf("%s: got %v (n %d), want %v (n %v)", what, *got.Value, got.N, want.value, want.n)
	}
	width := math.Abs(want.high - want.low)
	for _, b := range []struct {
		name string
		got  *float64
		want float64
	}{{"low", got.Low, want.low}, {"high", got.High, want.high}} {
		if math.IsNaN(b.want) != (b.got == nil) || b.got != nil && math.Abs(*b.got-b.want) > 1e-9*(1+math.Abs(b.want))+1e-6*width {
			d.Errorf("%s: %s is %s, want %v", what, b.name, text(b.got), b.want)
		}
	}
}

func text(v *float64) string {
	if v == nil {
		return "nothing"
	}
	return fmt.Sprint(*v)
}

func near(got, want, tolerance float64) bool {
	if want == math.Trunc(want) && math.Abs(want) < 1<<53 && math.Abs(want) > 200 {
		return math.Abs(got-want) <= 1e-12*math.Abs(want) // counts and money
	}
	return math.Abs(got-want) <= tolerance*(1+math.Abs(want))
}

func (d *duel) quartiles(m metric.Measure, want figure) {
	if (m.Quartiles == nil) != (want.quartiles == nil) {
		d.Errorf("%s: quartiles %v, want %v", m.Key, m.Quartiles, want.quartiles)
		return
	}
	if want.quartiles != nil && *m.Quartiles != *want.quartiles {
		d.Errorf("%s: quartiles %v, want %v", m.Key, *m.Quartiles, *want.quartiles)
	}
}

// previous compares with the window before, where the facts reach back over all of it.
func (d *duel) previous(def *metric.Definition, m metric.Measure, law func(*view) figure, now figure) {
	v := d.window(def, d.o.everybody, 1)
	complete := d.o.any && dayOf(d.o.first) <= dayOf(v.from)
	before := nothing()
	if complete {
		before = enough(law(v))
	}
	if m.Previous == nil {
		if before.known() {
			d.Errorf("%s: no figure of the window before, want %v", m.Key, before.value)
		}
	} else {
		d.figure(m.Key+" before", *m.Previous, before)
	}
	if !now.known() {
		return
	}
	want := stats.Change{P: math.NaN()}
	if before.known() && now.n >= 5 && before.n >= 5 {
		want = now.changeFrom(before)
		if alike(want, now.value) {
			return
		}
	}
	d.change(m, want)
}

// alike says that a difference is none but for rounding: whether it is called none is rounding too.
func alike(c stats.Change, value float64) bool {
	return c.Difference != 0 && math.Abs(c.Difference) < 1e-12*math.Abs(value)
}

func (d *duel) change(m metric.Measure, want stats.Change) {
	if math.IsNaN(want.P) {
		if m.Change != nil || m.Verdict != metric.Few {
			d.Errorf("%s: change %+v, verdict %s, want none and too few", m.Key, m.Change, m.Verdict)
		}
		return
	}
	if m.Change == nil {
		d.Errorf("%s: no change, want %+v", m.Key, want)
		return
	}
	d.seen.count(&d.seen.changes)
	width := math.Abs(want.High-want.Low) + 1e-9
	for _, v := range []struct {
		name      string
		got, want float64
	}{{"difference", m.Change.Difference, want.Difference}, {"low", m.Change.Low, want.Low}, {"high", m.Change.High, want.High}} {
		if math.Abs(v.got-v.want) > 1e-9*(1+math.Abs(v.want))+1e-6*width {
			d.Errorf("%s: change %s is %v, want %v", m.Key, v.name, v.got, v.want)
		}
	}
	for _, v := range []struct {
		name string
		got  *float64
		want float64
	}{
		{"relative", m.Change.Relative, want.Relative}, {"relative low", m.Change.RelativeLow, want.RelativeLow},
		{"relative high", m.Change.RelativeHigh, want.RelativeHigh}, {"p", &m.Change.P, want.P},
	} {
		if (v.got == nil) != (math.IsNaN(v.want) || math.IsInf(v.want, 0)) || v.got != nil && math.Abs(*v.got-v.want) > 2e-6*(1+math.Abs(v.want)) {
			d.Errorf("%s: change %s is %s, want %v", m.Key, v.name, text(v.got), v.want)
		}
	}
	d.verdict(m.Key, m.Verdict, want.P)
}

func (d *duel) verdict(what, got string, p float64) {
	want := metric.Noise
	if p < 0.05 {
		want = metric.Real
	}
	if math.Abs(p-0.05) > 1e-6 && got != want {
		d.Errorf("%s: verdict %s, want %s (p %v)", what, got, want, p)
	}
}

// series goes through the calendar day by day: a day with which a period begins opens a new point.
func (d *duel) series(def *metric.Definition, m metric.Measure, law func(*view) figure) {
	set := d.o.set
	if set.Period == "" || def.Single || def.Yearly {
		if len(m.Series) > 0 {
			d.Errorf("%s: a series of %d, want none", m.Key, len(m.Series))
		}
		return
	}
	var starts []int64
	for day := dayOf(set.From); day*oneDay < set.To; day++ {
		if day == dayOf(set.From) || begins(set.Period, wall(day*oneDay)) {
			starts = append(starts, max(day*oneDay, set.From))
		}
	}
	if len(starts) != len(m.Series) {
		d.Errorf("%s: a series of %d, want %d", m.Key, len(m.Series), len(starts))
		return
	}
	for i, from := range starts {
		to := set.To
		if i+1 < len(starts) {
			to = starts[i+1]
		}
		whole := from%oneDay == 0 && begins(set.Period, wall(from)) && to%oneDay == 0 && begins(set.Period, wall(to))
		p := m.Series[i]
		if p.Partial == whole || !strings.HasPrefix(p.From, wall(from).Format(time.DateOnly)) || !strings.HasPrefix(p.To, wall(to).Format(time.DateOnly)) {
			d.Errorf("%s: point %+v, want %s to %s, whole: %v", m.Key, p, wall(from), wall(to), whole)
		}
		want := nothing()
		if to > d.o.first && from <= d.o.last {
			want = enough(law(d.o.view(d.o.everybody, from, to)))
		}
		d.figure(fmt.Sprint(m.Key, " in ", p.From), p.Figure, want)
		d.seen.count(&d.seen.points)
	}
}

// begins says whether a period begins with the day.
func begins(p metric.Period, t time.Time) bool {
	switch p {
	case metric.ByWeek:
		return t.Weekday() == time.Monday
	case metric.ByMonth:
		return t.Day() == 1
	case metric.ByQuarter:
		return t.Day() == 1 && t.Month()%3 == 1
	case metric.ByYear:
		return t.YearDay() == 1
	}
	return true
}

// breakDown compares the groups, and each with everybody: all tested at once (Benjamini and Hochberg).
func (d *duel) breakDown(def *metric.Definition, m metric.Measure, law func(*view) figure, everybody figure) {
	next := 0
	var ps []float64
	var tested []metric.Group
	bySale := d.o.set.By != "" && d.o.trait(d.o.set.By).sale != nil
	for _, name := range d.o.groups {
		want := enough(law(d.window(def, d.o.grouped[name], 0)))
		if yearly := def.Yearly || m.Key == "clv_to_cac"; yearly && d.o.set.To-d.o.set.From != 365*oneDay {
			want = nothing() // the figure of a year is not shown beside groups of another window
		}
		if !want.known() {
			continue
		}
		if next >= len(m.Groups) || m.Groups[next].Group != name {
			d.Errorf("%s: no group %s, want %v (n %v)", m.Key, name, want.value, want.n)
			return
		}
		g := m.Groups[next]
		next++
		if want.n < 5 || len(want.columns) > 0 && want.units < 5 {
			if g.Value != nil || g.Low != nil || g.High != nil || g.Verdict != metric.Few {
				d.Errorf("%s: group %s of %v is shown", m.Key, name, want.n)
			}
			continue
		}
		d.figure(fmt.Sprint(m.Key, " of ", name), g.Figure, want)
		d.seen.count(&d.seen.groups)
		switch c := want.against(everybody, bySale); {
		case alike(c, want.value):
			return // whether it is tested at all would decide on the rest
		case def.Total:
			if g.Verdict != "" {
				d.Errorf("%s: verdict on group %s is %s: a part is always smaller than the whole", m.Key, name, g.Verdict)
			}
		case !math.IsNaN(c.P):
			ps, tested = append(ps, c.P), append(tested, g)
		case g.Verdict != metric.Few:
			d.Errorf("%s: verdict on group %s is %s, want too few", m.Key, name, g.Verdict)
		}
	}
	if next < len(m.Groups) {
		d.Errorf("%s: unexpected group %s", m.Key, m.Groups[next].Group)
	}
	for i, p := range stats.BenjaminiHochberg(ps) {
		d.verdict(fmt.Sprint(m.Key, " of ", tested[i].Group), tested[i].Verdict, p)
	}
}
