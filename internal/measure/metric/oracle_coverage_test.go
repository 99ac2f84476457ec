package metric_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"regulars/internal/measure/metric"
)

func newRand(seed, stream uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, stream)) }

// coverage counts what the histories have put to the test, so that none of it is compared in name only.
type coverage struct {
	changes, points, groups int
	figures, intervals      map[string]int
	missing, verdicts       map[string]int
}

func (c *coverage) note(m metric.Measure, want figure) {
	if c.figures == nil {
		c.figures, c.intervals, c.missing, c.verdicts = map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	}
	c.verdicts[m.Verdict]++
	if !want.known() {
		c.missing[m.Key]++
		return
	}
	c.figures[m.Key]++
	if !math.IsNaN(want.low) {
		c.intervals[m.Key]++
	}
}

// check fails where a measure had fewer than a few figures, or the whole fewer comparisons than it should.
func (c *coverage) check(t *testing.T) {
	t.Helper()
	if t.Failed() {
		return
	}
	for _, d := range metric.Catalogue([3]float64{}) {
		if asked := map[string]bool{
			"aspect_problem_solving_mean": true, "aspect_problem_solving_top": true, "aspect_information_mean": true,
			"aspect_information_top": true, "aspect_product_quality_mean": true, "aspect_product_quality_top": true,
			"aspect_site_mean": true, "aspect_site_top": true, "aspect_brand_mean": true, "aspect_brand_top": true,
		}; c.figures[d.Key] < 20 && !asked[d.Key] {
			t.Errorf("%s: only %d figures in %d histories", d.Key, c.figures[d.Key], histories)
		}
	}
	t.Logf("%d changes, %d points, %d groups; verdicts %v; intervals %v; without a figure %v",
		c.changes, c.points, c.groups, c.verdicts, c.intervals, c.missing)
	if c.changes < 500 || c.points < 5000 || c.groups < 1000 {
		t.Errorf("%d changes, %d points and %d groups are too few", c.changes, c.points, c.groups)
	}
}
