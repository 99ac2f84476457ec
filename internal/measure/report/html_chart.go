package report

import (
	"context"
	"html/template"
	"math"
	"runtime"
	"strings"
	"sync"

	"regulars/internal/base/chart"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/page"
)

// chartView is a chart with its title, the finding or the question, and the table of the same figures. Wide, Medium and
// Narrow are the same chart for a desk, for a tablet or paper, and for a phone: labels keep their size. Where one of the
// smaller is missing, the next larger stands in for it, and on a phone it scrolls.
type chartView struct {
	ID                   string
	Title                string
	Note                 string
	Wide, Medium, Narrow *drawing
	Table                *page.Table
}

// drawing is one SVG: described while the page is built, drawn afterwards, all of them side by side.
type drawing struct {
	description   chart.Description
	width, height int
	SVG           template.HTML
}

// The widths of charts in CSS pixels: of the page's column on a desk, of a sheet of paper, and of a phone's.
const (
	wideWidth   = 1040
	mediumWidth = 660
	halfWidth   = 496
	narrowWidth = 288
)

func (b *htmlBuilder) draw(d chart.Description, width, height int) *drawing {
	drawn := &drawing{description: d, width: width, height: height}
	b.drawings = append(b.drawings, drawn)
	return drawn
}

// drawAll draws what was asked for, a few at a time.
func drawAll(ctx context.Context, charts *chart.Renderer, drawings []*drawing) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan *drawing)
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 4) {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for d := range queue {
				if err := d.render(ctx, charts); err != nil {
					cancel(err)
				}
			}
		}()
	}
	for _, d := range drawings {
		queue <- d
	}
	close(queue)
	wait.Wait()
	return context.Cause(ctx)
}

func (d *drawing) render(ctx context.Context, charts *chart.Renderer) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	svg, err := charts.SVG(ctx, d.description, d.width, d.height)
	if err != nil {
		return err
	}
	// Within HTML the name space goes without saying.
	svg = strings.Replace(svg, ` xmlns="http://www.w3.org/2000/svg"`, "", 1)
	d.SVG = template.HTML(svg) //nolint:gosec // ECharts escapes texts; the tests try to break out
	return nil
}

// ticks are labelled marks from low to high.
func (b *htmlBuilder) ticks(unit string, low, high float64, about int) []chart.Tick {
	shown := 1.0 // how much one of what is written is
	if unit == "minor" {
		shown = math.Pow10(b.p.Parameters.Digits)
	}
	values := chart.Ticks(low/shown, high/shown, about)
	digits := decimalsOf(values)
	ticks := make([]chart.Tick, len(values))
	for i, v := range values {
		ticks[i] = chart.Tick{Value: v * shown, Label: b.tickLabel(unit, v, digits)}
	}
	return ticks
}

// tickLabel leaves out what the axis says once: its unit. Per cent and millions of money keep their signs.
func (b *htmlBuilder) tickLabel(unit string, v float64, digits int) string {
	switch {
	case unit == "percent":
		return b.l.Percent(v, digits)
	case unit == "minor" && math.Abs(v) >= 1e6:
		return b.l.MoneyShort(int64(math.Round(v*math.Pow10(b.p.Parameters.Digits))), b.p.Parameters.Currency)
	default:
		return b.l.Number(v, digits)
	}
}

// decimalsOf is how many decimals the ticks need, all the same.
func decimalsOf(values []float64) int {
	for digits := range 6 {
		scale := math.Pow10(digits)
		whole := true
		for _, v := range values {
			whole = whole && math.Abs(v*scale-math.Round(v*scale)) < 1e-6
		}
		if whole {
			return digits
		}
	}
	return 6
}

// axisUnit is what is written at the axis; where each label has its sign already, nothing is.
func (b *htmlBuilder) axisUnit(unit string) string {
	switch unit {
	case "percent", "count":
		return ""
	case "minor":
		return b.p.Parameters.Currency
	default:
		return b.l.T("unit." + unit + ".axis")
	}
}

// startsAtZero: amounts and shares begin at zero, scores have scales of their own.
func startsAtZero(unit string) bool { return unit != "points" && unit != "score" }

// columnsOf takes the figures of a series apart; nil bounds where no point has an interval.
func columnsOf(points []metric.Point) (values, low, high []float64) {
	some := false
	for _, p := range points {
		values = append(values, number(p.Value))
		low, high = append(low, number(p.Low)), append(high, number(p.High))
		some = some || p.Low != nil
	}
	if !some {
		return values, nil, nil
	}
	return values, low, high
}

func number(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

// span is the least and the greatest of the numbers that are there.
func span(rows ...[]float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, row := range rows {
		for _, v := range row {
			if !math.IsNaN(v) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	return low, high
}
