package chart

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// bundle is a renderer, or the end of the test with what to do.
func bundle(t *testing.T) *Renderer {
	t.Helper()
	r, err := New()
	if err != nil {
		t.Fatalf("%v", err)
	}
	return r
}

func ticks(low, high float64, label func(float64) string) []Tick {
	var all []Tick
	for _, v := range Ticks(low, high, 5) {
		all = append(all, Tick{v, label(v)})
	}
	return all
}

func percent(v float64) string { return key(v) + " %" }

func exampleLine() Line {
	return Line{
		About:  About{ID: "retention", Title: `Retention <by> "month" & more`, Summary: "It rose from 30 % to 38 %."},
		Labels: []string{"Jan 2026", "Feb 2026", "Mar 2026", "Apr 2026", "May 2026", "Jun 2026", "Jul 2026"},
		Values: []float64{30, 31, math.NaN(), 33, 35, 36, 38},
		Low:    []float64{28, 29, math.NaN(), 31, 32, 33.5, 35},
		High:   []float64{32, 33, math.NaN(), 35, 38, 38.5, 41},
		Ticks:  ticks(0, 41, percent), Unit: "percent", Last: "38 %",
	}
}

func exampleBars() Bars {
	nan := math.NaN()
	return Bars{
		About: About{ID: "aspects", Title: "Satisfaction by aspect"},
		Bars: []Bar{
			{Name: "Service", Value: 82, Low: 78, High: 86, Label: "82 %"},
			{Name: "Качество товара, которое очень длинно называется и не помещается", Value: 61, Low: 40, High: 79,
				Label: "61 %", Muted: true},
			{Name: "{a} <b>", Value: 44, Low: nan, High: nan, Label: "44 %"},
		},
		Ticks: ticks(0, 86, percent),
	}
}

func exampleHeat() Heat {
	h := Heat{About: About{ID: "cohorts", Title: "Cohorts"}, Along: "months since", Down: "first order"}
	for y := range 12 {
		h.Rows = append(h.Rows, "Dec 2010")
		h.Columns = append(h.Columns, key(float64(y)))
		row := make([]Field, 12)
		for x := range row {
			row[x] = Field{Level: float64(x*y) / 121, Label: key(float64(x * y))}
			if x+y > 11 {
				row[x].Level = -1
			}
		}
		h.Cells = append(h.Cells, row)
	}
	return h
}

func examples() map[string]Description {
	return map[string]Description{
		"line": exampleLine(), "bars": exampleBars(), "heat": exampleHeat(),
		"empty line": Line{About: About{ID: "e", Title: "Nothing"}},
		"one point":  Line{About: About{ID: "o", Title: "One"}, Labels: []string{"a"}, Values: []float64{3}, Low: []float64{2}, High: []float64{4}, Ticks: ticks(0, 4, key), Last: "3"},
		"empty bars": Bars{About: About{ID: "b", Title: "Nothing"}},
		"empty heat": Heat{About: About{ID: "h", Title: "Nothing"}},
	}
}

func TestEveryChartIsWellFormedThemedAndTheSameTwice(t *testing.T) {
	t.Parallel()
	r := bundle(t)
	for name, d := range examples() {
		first, err := r.SVG(context.Background(), d, 640, 320)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if dir := os.Getenv("CHART_LOOK"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, name+".svg"), []byte(first), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		r.drawn.forget()
		second, err := r.SVG(context.Background(), d, 640, 320)
		if err != nil || first != second {
			t.Errorf("%s: two drawings differ (%v):\n%s\n%s", name, err, first, second)
		}
		wellFormed(t, name, first)
		for _, never := range []string{"zr0", "zr1", "<script", "<style", "ecmeta", "#01fe", "#02fe", "class=\"zr", "NaN", "undefined"} {
			if strings.Contains(first, never) {
				t.Errorf("%s: %q is in the SVG:\n%s", name, never, first)
			}
		}
	}
}

func wellFormed(t *testing.T, name, svg string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Errorf("%s: not well-formed: %v\n%s", name, err, svg)
			return
		}
	}
}

func TestChartSpeaksToThoseWhoDoNotSeeIt(t *testing.T) {
	t.Parallel()
	svg, err := bundle(t).SVG(context.Background(), exampleLine(), 640, 320)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`role="img"`, `aria-labelledby="retention-title retention-desc"`,
		`<title id="retention-title">Retention &lt;by&gt; &#34;month&#34; &amp; more</title>`,
		`<desc id="retention-desc">It rose from 30 % to 38 %.</desc>`,
		`var(--chart-accent, #1d5c42)`, `var(--chart-band, #cfe0d6)`, `viewBox="0 0 640 320"`,
		">38 %<", ">percent<",
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %s in\n%s", want, svg)
		}
	}
}

// A gap in the values splits the band in two.
func TestBandLeavesGaps(t *testing.T) {
	t.Parallel()
	svg, err := bundle(t).SVG(context.Background(), exampleLine(), 640, 320)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(svg, "<polygon"); got != 2 {
		t.Errorf("%d polygons, want 2:\n%s", got, svg)
	}
}

func TestLabelsAreTextWhateverTheyLookLike(t *testing.T) {
	t.Parallel()
	b := exampleBars()
	b.Bars[0].Name, b.Bars[1].Label = `<script>alert(1)</script>`, `var(--x) #01fe04 class="zr0"`
	svg, err := bundle(t).SVG(context.Background(), b, 640, 320)
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, "hostile", svg)
	if strings.Contains(svg, "<script") {
		t.Errorf("a label became an element:\n%s", svg)
	}
	if !strings.Contains(svg, "#01fe04") {
		t.Errorf("a label was changed as if it were a colour:\n%s", svg)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	r := bundle(t)
	want, err := r.SVG(context.Background(), exampleHeat(), 900, 400)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			r.drawn.forget() // so that most draw it anew
			if got, err := r.SVG(context.Background(), exampleHeat(), 900, 400); err != nil || got != want {
				t.Errorf("drawn beside others it differs (%v)", err)
			}
		}()
	}
	wait.Wait()
}

func TestContextEndsADrawing(t *testing.T) {
	t.Parallel()
	r := newRenderer(`globalThis.regularsChart = (o) => { if (o.includes("Cohorts")) { for (;;) {} } return "<svg ></svg>"; };`)
	r.slots = make(chan *engine, 1)
	r.slots <- nil
	endless := func(heat Heat) Description { return withTitle{heat} }
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := r.SVG(ctx, endless(exampleHeat()), 10, 10); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want the deadline's", err)
	}
	if svg, err := r.SVG(context.Background(), exampleBars(), 10, 10); err != nil || !strings.Contains(svg, "<svg") {
		t.Errorf("after an interrupt: %q, %v", svg, err)
	}
	ended, stop := context.WithCancel(context.Background())
	stop()
	if _, err := r.SVG(ended, exampleBars(), 10, 10); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that it was cancelled", err)
	}
}

func (d *drawings) forget() {
	d.lock.Lock()
	defer d.lock.Unlock()
	d.young, d.older = nil, nil
}

// Those that are asked for stay, and the others go: there are never more than twice as many as are to be kept.
func TestFewDrawingsAreKept(t *testing.T) {
	t.Parallel()
	var d drawings
	key := func(n int) drawingKey { return drawingKey{byte(n), byte(n >> 8)} }
	for n := range 5 * kept {
		d.add(key(n), "svg")
		if _, ok := d.get(key(0)); !ok {
			t.Fatalf("what is asked for all the time was forgotten after %d", n)
		}
	}
	if _, ok := d.get(key(1)); ok || len(d.young)+len(d.older) > 2*kept {
		t.Errorf("%d are kept", len(d.young)+len(d.older))
	}
}

// Marks are upright lines with a text, and those at one point share theirs.
func TestMarksOnALine(t *testing.T) {
	t.Parallel()
	l := exampleLine()
	l.Marks = []Mark{{1, "1"}, {4, "2"}, {4, "{a}"}}
	svg, err := bundle(t).SVG(context.Background(), l, 640, 320)
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, "marks", svg)
	plainOne, err := bundle(t).SVG(context.Background(), exampleLine(), 640, 320)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(svg, "stroke-dasharray") - strings.Count(plainOne, "stroke-dasharray"); n != 2 || !strings.Contains(svg, ">1</text>") || !strings.Contains(svg, "2, {") {
		t.Errorf("%d dashed lines:\n%s", n, svg)
	}
}

// What was drawn is kept, for the same chart of the same size alone.
func TestADrawingIsKept(t *testing.T) {
	t.Parallel()
	r := bundle(t)
	first, err := r.SVG(context.Background(), exampleLine(), 640, 320)
	if err != nil {
		t.Fatal(err)
	}
	r.slots = nil // whoever draws now waits for ever
	if second, err := r.SVG(context.Background(), exampleLine(), 640, 320); err != nil || second != first {
		t.Errorf("drawn a second time: %v", err)
	}
	other := exampleLine()
	other.Title = "Another title"
	for name, d := range map[string]Description{"another title": other, "another chart": exampleBars()} {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		if _, err := r.SVG(ctx, d, 640, 320); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := r.SVG(ctx, exampleLine(), 320, 320); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("another width: %v", err)
	}
}

// withTitle puts the title into the option, for a script to see.
type withTitle struct{ Heat }

func (w withTitle) Option(width, height int) Option {
	o := w.Heat.Option(width, height)
	o.Chart["title"] = w.Title
	return o
}

func TestBrokenBundleSaysSo(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"syntax": "(", "fails": "throw new Error('no')", "nothing": "1",
		"draws not": `globalThis.regularsChart = () => { throw new Error("no") }`,
	} {
		if _, err := newRenderer(script).SVG(context.Background(), exampleBars(), 10, 10); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestUnknownShapeIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := bundle(t).run(context.Background(), `{"series":[{"type":"custom","shape":"pie","data":[]}]}`, 10, 10); err == nil {
		t.Error("no error")
	}
}
