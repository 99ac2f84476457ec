package cli_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// picture is a report in JSON without what only files have, or only a store: when it was read, and what was foretold there.
func picture(t *testing.T, args ...string) map[string]any {
	t.Helper()
	o := regulars(t, append([]string{"report", "--format", "json", "--quiet"}, args...)...)
	if o.code != 0 {
		t.Fatalf("report %v ended with %d: %s", args, o.code, o.stderr)
	}
	var p map[string]any
	if err := json.Unmarshal([]byte(o.stdout), &p); err != nil {
		t.Fatal(err)
	}
	delete(p, "facts_as_of")
	if measures, ok := p["measures"].([]any); ok {
		p["measures"] = slices.DeleteFunc(measures, func(m any) bool {
			one, ok := m.(map[string]any)
			return ok && slices.Contains([]any{"clv_predicted", "expected_churn", "at_risk_value"}, one["key"])
		})
	}
	facts, ok := p["facts"].(map[string]any)
	if !ok {
		t.Fatalf("no facts in %s", o.stdout)
	}
	for name := range facts {
		if name == "rows" || strings.HasSuffix(name, "_rows") {
			delete(facts, name)
		}
	}
	return p
}

// compare names what is not the same in two pieces of JSON.
func compare(t *testing.T, at string, got, want any) {
	t.Helper()
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			break
		}
		for name := range w {
			compare(t, at+"."+name, g[name], w[name])
		}
		for name := range g {
			if _, known := w[name]; !known {
				t.Errorf("%s.%s is %v, and the file's report has none", at, name, g[name])
			}
		}
		return
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			break
		}
		for i := range w {
			compare(t, at, g[i], w[i])
		}
		return
	}
	// Sums of fractions depend on their order; whole numbers do not.
	g, number := got.(float64)
	if w, ok := want.(float64); ok && number && math.Abs(g-w) <= 1e-9*math.Abs(w) && (g == w || w != math.Trunc(w)) {
		return
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s is %v, in the report on the file %v", at, got, want)
	}
}

// What is imported is reported as the files are: from the folder, and from PostgreSQL through a copy and by itself.
// Imported again, it brings nothing new.
func TestImportedFactsReportAsTheirFiles(t *testing.T) {
	t.Parallel()
	shared := sharedData(t)
	demo := filepath.Join(t.TempDir(), "demo")
	regulars(t, "demo", "--customers", "300", "--seed", "3", "--out", demo).says(t)
	own, err := filepath.Glob(filepath.Join(demo, "*.csv"))
	if err != nil || len(own) != 4 {
		t.Fatalf("the demo has %v: %v", own, err)
	}
	for name, c := range map[string]struct {
		files []string
		says  string // of the first import; with unchanged for new, of the second
	}{
		"demo":          {own, " new"},
		"online retail": {[]string{filepath.Join(shared, "online_retail.csv.gz")}, "25,900 facts: 25,900 new\n"},
		"cdnow":         {[]string{filepath.Join(shared, "cdnow_master.txt.gz")}, "69,659 facts: 69,659 new\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := os.Stat(c.files[0]); err != nil {
				t.Skipf("%s is not here: put it into ../shared/data or name its folder in REGULARS_SHARED_DATA", c.files[0])
			}
			want := picture(t, c.files...)
			eachPlace(t, func(t *testing.T, at place) {
				again := at.with(slices.Concat([]string{"import", "--quiet"}, c.files)...)
				regulars(t, again...).says(t, c.says)
				compare(t, "picture", picture(t, at.args...), want)
				if at.options.URL != "" {
					compare(t, "picture of the database", picture(t, at.with("--engine", "database")...), want)
				}
				second := regulars(t, again...)
				second.says(t, strings.Replace(c.says, "new", "unchanged", 1))
				if strings.Contains(second.stdout, " new") || strings.Contains(second.stdout, " changed") {
					t.Errorf("the same again: %s", second.stdout)
				}
			})
		})
	}
}
