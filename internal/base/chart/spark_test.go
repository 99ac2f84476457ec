package chart

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestASparkShowsWhatThereIs(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	about := About{ID: "spark", Title: "Trend & <more>", Summary: "It rose."}
	for name, c := range map[string]struct {
		s                 Spark
		paths, dots, band int
		says              []string
	}{
		"a line":       {Spark{About: about, Values: []float64{1, 3, 2}}, 1, 1, 0, []string{`d="M4 40L54.5 4L105 22"`, `cx="105" cy="22"`}},
		"with a band":  {Spark{About: about, Values: []float64{1, 2}, Low: []float64{0, 1}, High: []float64{2, 4}}, 2, 1, 1, []string{`d="M4 22L105 4L105 31L4 40Z"`}},
		"with a gap":   {Spark{About: about, Values: []float64{1, 2, nan, 2, 1, nan}}, 2, 1, 0, []string{`cy="40"`}},
		"one point":    {Spark{About: about, Values: []float64{5}}, 1, 1, 0, []string{`cx="105" cy="22"`}},
		"all the same": {Spark{About: about, Values: []float64{5, 5, 5}}, 1, 1, 0, []string{"M4 22L"}},
		"nothing":      {Spark{About: about}, 0, 0, 0, nil},
		"no numbers":   {Spark{About: about, Values: []float64{nan, math.Inf(1)}, Low: []float64{nan, nan}, High: []float64{1, nan}}, 0, 0, 0, nil},
	} {
		got := c.s.SVG(112, 44)
		wellFormed(t, name, got)
		if strings.Count(got, "<path") != c.paths || strings.Count(got, "<circle") != c.dots || strings.Count(got, "--chart-band") != c.band {
			t.Errorf("%s: %s", name, got)
		}
		for _, part := range append([]string{`id="spark-title">Trend &amp; &lt;more&gt;</title>`, `role="img"`, "It rose."}, c.says...) {
			if !strings.Contains(got, part) {
				t.Errorf("%s lacks %s: %s", name, part, got)
			}
		}
		if strings.Contains(got, "NaN") || strings.Contains(got, "Inf") || strings.Contains(got, "#01fe") || got != c.s.SVG(112, 44) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestRunsAreWhatHasNumbers(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	for _, c := range []struct {
		rows [][]float64
		want [][2]int
	}{
		{[][]float64{{}}, nil},
		{[][]float64{{1, 2, nan, 3}}, [][2]int{{0, 2}, {3, 4}}},
		{[][]float64{{nan, 1, 2, 3}, {1, 1, nan, 1}}, [][2]int{{1, 2}, {3, 4}}},
		{[][]float64{{1, 2, 3}, {1, 2}}, [][2]int{{0, 2}}},
	} {
		if got := runs(c.rows...); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.rows, got, c.want)
		}
	}
}
