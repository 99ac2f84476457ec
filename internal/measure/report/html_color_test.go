package report

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Every colour of a chart has its token, so that no chart shows a shade of its own in the dark.
func TestChartColorsHaveTokens(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../page/html/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	page := string(htmlPage(t, "groups", "en", charts(t)))
	for _, m := range regexp.MustCompile(`var\((--chart-[a-z0-9-]+),`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(string(raw), m[1]+":") {
			t.Errorf("%s is no token", m[1])
		}
	}
}
