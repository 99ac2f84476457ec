package metric_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"regulars/internal/measure/metric"
)

func newRand(seed, stream uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, stream)) }

// coverage counts what the histories have put to the test, so that none of it is compared in name only.
type coverage struct {
	sync.Mutex
	changes, points, groups int
	figures, intervals      map[string]int
	missing, verdicts       map[string]int
}

func (c *coverage) count(what *int) {
	c.Lock()
	*what++
	c.Unlock()
}

func (c *coverage) note(m metric.Measure, want figure) {
	c.Lock()
	defer c.Unlock()
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
	unasked := map[string]bool{}
	for _, about := range []string{"problem_solving", "information", "product_quality", "site", "brand"} {
		unasked["aspect_"+about+"_mean"], unasked["aspect_"+about+"_top"] = true, true
	}
	for _, d := range metric.Catalogue([3]float64{}) {
		if least := map[bool]int{true: 5, false: 20}[strings.HasPrefix(d.Key, "aspect_")]; c.figures[d.Key] < least && !unasked[d.Key] {
			t.Errorf("%s: only %d figures in %d histories", d.Key, c.figures[d.Key], histories)
		}
	}
	t.Logf("%d changes, %d points, %d groups; verdicts %v; intervals %v; without a figure %v",
		c.changes, c.points, c.groups, c.verdicts, c.intervals, c.missing)
	if c.changes < 500 || c.points < 5000 || c.groups < 1000 {
		t.Errorf("%d changes, %d points and %d groups are too few", c.changes, c.points, c.groups)
	}
}
