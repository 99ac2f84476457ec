package report

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"regulars/internal/base/locale"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/page"
)

// golden compares a page with the one kept under testdata/text; REGULARS_UPDATE_GOLDEN=1 writes it anew.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "text", name)
	if os.Getenv("REGULARS_UPDATE_GOLDEN") != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; REGULARS_UPDATE_GOLDEN=1 writes it anew. Got:\n%s", path, got)
	}
}

func speak(t *testing.T, tag string) *locale.Locale {
	t.Helper()
	l, err := locale.Get(tag)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func written(t *testing.T, p *Picture, tag string, o TextOptions) string {
	t.Helper()
	var b strings.Builder
	if err := Text(&b, p, speak(t, tag), o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTextInFiveLanguages(t *testing.T) {
	t.Parallel()
	for _, tag := range locale.Tags() {
		golden(t, tag+".txt", written(t, textFixture(), tag, TextOptions{}))
	}
	golden(t, "en-60.txt", written(t, textFixture(), "en", TextOptions{Width: 60}))
	golden(t, "en-all.txt", written(t, textFixture(), "en", TextOptions{All: true, Width: 80}))
}

// within fails when a line of a page is wider than the terminal.
func within(t *testing.T, text string, columns int) {
	t.Helper()
	for _, line := range strings.Split(text, "\n") {
		if n := page.ScreenWidth(line); n > columns {
			t.Errorf("a line takes %d columns of %d: %q", n, columns, line)
		}
	}
}

func TestTextFitsEveryWidth(t *testing.T) {
	t.Parallel()
	for _, tag := range locale.Tags() {
		for _, columns := range []int{40, 52, 60, 72, 80, 92, 100, 110} {
			for _, all := range []bool{false, true} {
				within(t, written(t, textFixture(), tag, TextOptions{Width: columns, All: all}), columns)
			}
		}
	}
}

func TestTextSaysEverythingInWords(t *testing.T) {
	t.Parallel()
	for _, tag := range locale.Tags() {
		text := written(t, textFixture(), tag, TextOptions{All: true})
		for _, bad := range []string{"⟦", "{0}", "{1}", "NaN", "\x1b"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s: the page holds %q", tag, bad)
			}
		}
	}
}

func TestTextColours(t *testing.T) {
	t.Parallel()
	bare := written(t, textFixture(), "en", TextOptions{})
	coloured := written(t, textFixture(), "en", TextOptions{Color: true})
	for _, want := range []string{page.Paint("▲ real", page.Good), page.Paint("▼ real", page.Harm), page.Paint("≈ noise", page.Quiet)} {
		if !strings.Contains(coloured, want) {
			t.Errorf("no %q on the coloured page", want)
		}
	}
	for _, colour := range []string{page.Bold, page.Quiet, page.Harm, page.Good, page.Unclear, "0"} {
		coloured = strings.ReplaceAll(coloured, "\x1b["+colour+"m", "")
	}
	if coloured != bare {
		t.Error("the coloured page without its colours is not the plain page")
	}
}

func TestTextOfLittle(t *testing.T) {
	t.Parallel()
	empty := written(t, &Picture{Facts: Facts{RowCounts: &RowCounts{}}}, "en", TextOptions{})
	if !strings.Contains(empty, "no picture to draw") || !strings.Contains(empty, "0 rows") {
		t.Errorf("an empty picture says:\n%s", empty)
	}
	p := textFixture()
	p.Measures, p.RFM, p.Cohorts, p.Sources = p.Measures[6:7], nil, p.Cohorts[:1], nil
	p.Measures[0].Change, p.Measures[0].Verdict, p.Measures[0].Series = nil, "", nil
	text := written(t, p, "en", TextOptions{})
	if !strings.Contains(strings.Join(strings.Fields(text), " "), "38% of customers bought again, between 37% and 40%.") {
		t.Errorf("one measure without a past says:\n%s", text)
	}
}

func TestTextOfHostileNames(t *testing.T) {
	t.Parallel()
	evil := "\x1b[2J\u202eevil\n\t\xff漢字🙂" + strings.Repeat("very long ", 30)
	p := textFixture()
	p.Parameters.Where, p.Parameters.By, p.Parameters.Currency = evil, evil, "???"
	p.Sources[0].Plan.Path = evil
	for i := range p.Measures {
		g := metric.Group{Group: evil, Figure: p.Measures[i].Figure, Verdict: metric.Noise}
		p.Measures[i].Groups = []metric.Group{g, {Group: ""}}
	}
	for _, columns := range []int{60, 96} {
		text := written(t, p, "zh", TextOptions{Width: columns, All: true})
		within(t, text, columns)
		if strings.ContainsAny(text, "\x1b\u202e\t") || !utf8.ValidString(text) {
			t.Error("a control character of a name reached the terminal")
		}
	}
}

func TestSparkline(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		m    metric.Measure
		want string
	}{
		"rising, last month not over": {series(metric.Measure{}, 1, 2, 3, 99), "▁▅█"},
		"a gap where nothing is":      {series(metric.Measure{}, 1, math.NaN(), 8, 0), "▁ █"},
		"all the same":                {series(metric.Measure{}, 5, 5, 5, 0), "▄▄▄"},
		"one figure is no line":       {series(metric.Measure{}, 5, 0), ""},
		"nothing":                     {metric.Measure{}, ""},
	} {
		if got := sparkline(c.m.Series, 12); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := sparkline(series(metric.Measure{}, 1, 2, 3, 4, 5, 6).Series, 3); got != "▁▅█" {
		t.Errorf("the last three: %q", got)
	}
}

func TestBars(t *testing.T) {
	t.Parallel()
	if got := bar(0.001, 10) + "|" + bar(1, 3) + "|" + bar(0, 5); got != "▏|███|" {
		t.Errorf("bars: %q", got)
	}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	p := textFixture()
	p.Parameters.By = "country"
	m := &p.Measures[6]
	for i, name := range []string{"France", "Ελλάδα", "中国", "", "e", "f", "g", "h", "i", "j", "k", "l"} {
		m.Groups = append(m.Groups, metric.Group{
			Group: name, Figure: metric.Figure{Value: of(30 + float64(i)), Low: of(28), High: of(40), N: 100}, Verdict: metric.Real,
		})
	}
	text := written(t, p, "en", TextOptions{})
	for _, want := range []string{"Bought again by country", "France", "(blank)", "n = 100", "and 2 more"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q on the page", want)
		}
	}
}
