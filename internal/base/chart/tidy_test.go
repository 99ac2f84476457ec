package chart

import (
	"strings"
	"testing"
)

// A style within the SVG is said as attributes, which a strict policy of a page lets stand; what is no style of a text stays.
func TestStylesBecomeAttributes(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		`<text style="font-size:13px">`:                 `<text font-size="13px">`,
		`<text x="1" style="font-size:13px;" y="2">`:    `<text x="1" font-size="13px" y="2">`,
		`<text style="font-size:13px;font-weight:600">`: `<text font-size="13px" font-weight="600">`,
		`<text style="cursor:help">`:                    `<text style="cursor:help">`,
		`<text>`:                                        `<text>`,
	} {
		if got := styled.ReplaceAllStringFunc(given, attributes); got != want {
			t.Errorf("%s becomes %s, want %s", given, got, want)
		}
	}
}

// The font is the page's; what stands around it in a style stays parted.
func TestTheFontOfAChartIsThePages(t *testing.T) {
	t.Parallel()
	given := `<svg width="1"><text style="font-size:13px;font-family:inherit;font-weight:bold;">10</text><text style="font-size:13px;font-family:inherit;">9</text></svg>`
	want := `<text font-size="13px" font-weight="bold">10</text><text font-size="13px">9</text></svg>`
	if got := tidy(given, Option{About: About{ID: "a"}}, 1, 1); !strings.HasSuffix(got, want) {
		t.Errorf("%s, want it to end with %s", got, want)
	}
}
