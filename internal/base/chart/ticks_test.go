package chart

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTicks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		low, high float64
		about     int
		want      []float64
	}{
		{0, 41, 5, []float64{0, 20, 40, 60}},
		{0, 100, 5, []float64{0, 25, 50, 75, 100}},
		{-35, 62, 5, []float64{-50, -25, 0, 25, 50, 75}},
		{0, 0.93, 5, []float64{0, 0.25, 0.5, 0.75, 1}},
		{0, 0, 5, []float64{0, 0.25, 0.5, 0.75, 1}},
		{3.2, 3.9, 4, []float64{3, 3.25, 3.5, 3.75, 4}},
		{0, 8911407.9, 5, []float64{0, 2500000, 5000000, 7500000, 10000000}},
		{math.NaN(), 3, 5, []float64{0, 0.25, 0.5, 0.75, 1}},
		{5, 3, 3, []float64{0, 0.5, 1}},
	} {
		if got := Ticks(c.low, c.high, c.about); !slices.Equal(got, c.want) {
			t.Errorf("Ticks(%v, %v, %d) = %v, want %v", c.low, c.high, c.about, got, c.want)
		}
	}
}

func TestTicksCoverAndAreFew(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.Float64Range(-1e9, 1e9).Draw(t, "low")
		high := low + rapid.Float64Range(1e-3, 1e9).Draw(t, "width")
		about := rapid.IntRange(2, 8).Draw(t, "about")
		got := Ticks(low, high, about)
		slack := (high - low) * 1e-6
		if got[0] > low+slack || got[len(got)-1] < high-slack {
			t.Fatalf("%v does not cover %v..%v", got, low, high)
		}
		if len(got) > about+2 {
			t.Fatalf("%d ticks for about %d", len(got), about)
		}
		if !slices.IsSorted(got) {
			t.Fatalf("%v is not sorted", got)
		}
	})
}

func TestKeyIsHowJavaScriptWritesNumbers(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]string{0: "0", 0.25: "0.25", -50: "-50", 1e7: "10000000", 2500000: "2500000"} {
		if got := key(v); got != want {
			t.Errorf("key(%v) = %q, want %q", v, got, want)
		}
	}
	if got := key(math.Copysign(0, -1)); got != "0" {
		t.Errorf("key(-0) = %q", got)
	}
}

func TestFit(t *testing.T) {
	t.Parallel()
	if got := fit("short", 100); got != "short" {
		t.Errorf("a label that fits was cut: %q", got)
	}
	got := fit(strings.Repeat("длинное ", 20), 100)
	if !strings.HasSuffix(got, "…") || textWidth(got, fontSize) > 100 {
		t.Errorf("%q is %v wide, want at most 100 and an ellipsis", got, textWidth(got, fontSize))
	}
	if got := fit("", 0); got != "" {
		t.Errorf("nothing became %q", got)
	}
}

func TestStep(t *testing.T) {
	t.Parallel()
	for level, want := range map[float64]int{0: 0, -1: 0, 0.001: 1, 0.5: 4, 0.999: 7, 1: 7, 7: 7} {
		if got := Step(level); got != want {
			t.Errorf("Step(%v) = %d, want %d", level, got, want)
		}
	}
	if Step(math.NaN()) != 0 {
		t.Error("no number has a step")
	}
}

func TestSentinelsDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]Color{}
	for _, s := range shades() {
		if other, twice := seen[s.sentinel]; twice || len(s.sentinel) != 7 {
			t.Errorf("%s and %s share %s", other, s.role, s.sentinel)
		}
		seen[s.sentinel] = s.role
	}
}
