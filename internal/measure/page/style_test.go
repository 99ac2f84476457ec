package page

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"regulars/internal/base/chart"
)

// The tokens keep their promise: text on its ground has a contrast of 4.5 to 1 in both themes, and what is drawn 3 to 1.
func TestContrast(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("html/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, found := strings.Cut(string(raw), "@media screen and (prefers-color-scheme: dark)")
	if !found {
		t.Fatal("there is no dark theme")
	}
	pairs := [][2]string{{"text", "page"}, {"text", "panel"}, {"quiet", "page"}, {"quiet", "panel"}, {"accent", "page"}, {"accent", "panel"},
		{"accent", "accent-soft"}, {"text", "accent-soft"}, {"attention", "attention-soft"}, {"attention", "panel"}, {"attention", "page"},
		{"harm", "harm-soft"}, {"harm", "panel"}, {"harm", "page"}, {"good", "good-soft"}, {"good", "panel"}, {"good", "page"},
		{"text", "neutral-soft"}}
	for step := range chart.HeatSteps {
		n := strconv.Itoa(step)
		pairs = append(pairs, [2]string{"chart-heat-ink-" + n, "chart-heat-" + n})
	}
	themes := map[string]map[string]string{"light": tokens(light), "dark": tokens(light + dark)}
	for name, theme := range themes {
		for _, pair := range pairs {
			if ratio := contrast(t, theme[pair[0]], theme[pair[1]]); ratio < 4.5 {
				t.Errorf("%s: %s on %s has a contrast of %.2f", name, pair[0], pair[1], ratio)
			}
		}
		if ratio := contrast(t, theme["accent"], theme["chart-band"]); ratio < 3 {
			t.Errorf("%s: a line on its band has a contrast of %.2f", name, ratio)
		}
	}
	// One hue from light to dark: steps are told apart also in grey.
	for name, theme := range themes {
		for step := 1; step < chart.HeatSteps; step++ {
			a, b := theme["chart-heat-"+strconv.Itoa(step-1)], theme["chart-heat-"+strconv.Itoa(step)]
			if ratio := contrast(t, a, b); ratio < 1.1 {
				t.Errorf("%s: steps %d and %d of the scale of amounts differ by %.2f only", name, step-1, step, ratio)
			}
		}
	}
}

func tokens(css string) map[string]string {
	found := map[string]string{}
	for _, m := range regexp.MustCompile(`--([a-z0-9-]+):\s*(#[0-9a-f]{6});`).FindAllStringSubmatch(css, -1) {
		found[m[1]] = m[2]
	}
	return found
}

// contrast is the ratio of WCAG 2.2.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(t *testing.T, color string) float64 {
	t.Helper()
	if len(color) != 7 {
		t.Fatalf("%q is no colour", color)
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v, err := strconv.ParseUint(color[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(v) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// Raw colours and sizes stand in the tokens only.
func TestStyleHasNoRawValues(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("html/page.css")
	if err != nil {
		t.Fatal(err)
	}
	if found := regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|rgb\(|hsl\(`).FindAllString(string(raw), -1); found != nil {
		t.Errorf("colours outside the tokens: %v", found)
	}
}
