package report

import (
	"slices"
	"strings"
	"testing"

	"regulars/internal/measure/metric"
	"regulars/internal/measure/page"
	"regulars/internal/record/importer"
)

// column is the cells of a table from top to bottom.
func column(t *page.Table, i int) []string {
	var cells []string
	for _, row := range t.Rows {
		cells = append(cells, row.Cells[i].Text)
	}
	return cells
}

func TestRowsAddUpInTheTable(t *testing.T) {
	t.Parallel()
	b := builder(t, "en")
	table := b.account("x", "orders.csv", importer.Account{Rows: 100, Recorded: 70, Unidentified: 20, Ignored: 4, Unreadable: 6})
	// What befell no row is left out, but for what everybody asks: how many were rejected.
	if got := column(table, 1); !slices.Equal(got, []string{"70", "20", "4", "0", "6", "100"}) {
		t.Errorf("rows %v", got)
	}
	if got := column(table, 2); !slices.Equal(got, []string{"70.0%", "20.0%", "4.0%", "0.0%", "6.0%", "100.0%"}) {
		t.Errorf("shares %v", got)
	}
	empty := b.account("x", "empty.csv", importer.Account{})
	if got := column(empty, 2); !slices.Equal(got, []string{"–", "–", "–"}) {
		t.Errorf("shares of nothing are %v", got)
	}
}

func TestMostFrequentReasonFirst(t *testing.T) {
	t.Parallel()
	b := builder(t, "en")
	table := b.rejections("x", "orders.csv", map[string]int64{"time": 2, "date": 2, "zero_price": 1390})
	if got := column(table, 1); !slices.Equal(got, []string{"1,390", "2", "2"}) {
		t.Errorf("rows %v", got)
	}
	if got := column(table, 0)[1]; got != "the date cannot be read" {
		t.Errorf("of equal ones the first by name comes first, not %q", got)
	}
	if b.rejections("x", "orders.csv", nil) != nil {
		t.Error("a table without reasons")
	}
}

func TestSettingsSayWhereTheyAreFrom(t *testing.T) {
	t.Parallel()
	b := builder(t, "en")
	b.p.Parameters.ActivityDays, b.p.Parameters.RFM, b.p.Parameters.FromData = 90, "r-package", []string{"activity_days"}
	table := b.settings()
	found := false
	for _, row := range table.Rows {
		words := forEye(row.Cells[1].Text + ", " + row.Cells[2].Text)
		if strings.HasPrefix(row.Cells[0].Text, "Activity span") {
			found = words == "90 days, taken from the data"
		}
		if row.Cells[0].Text == "RFM scores" && words != "as the R package rfm, given, or as usual" {
			t.Errorf("RFM: %q", words)
		}
	}
	if !found {
		t.Errorf("the activity span is not said to be taken from the data: %v", table.Rows)
	}
}

func TestKindsKeepEveryMeasure(t *testing.T) {
	t.Parallel()
	p := examplePicture()
	p.Measures = append(p.Measures, metric.Measure{Key: "nps_with_passives"})
	b := builder(t, "en")
	b.p.Measures = p.Measures
	seen := 0
	var headings []string
	b.eachKind(func(heading string, measures []*metric.Measure) {
		seen += len(measures)
		headings = append(headings, heading)
	})
	if seen != len(p.Measures) {
		t.Errorf("%d of %d measures have a place on the page", seen, len(p.Measures))
	}
	if slices.Contains(headings, "Other") {
		t.Error("a measure of the catalogue belongs to no kind")
	}
	for _, d := range metric.Catalogue([3]float64{1, 1, 1}) {
		if kindOf(d.Key) == "other" {
			t.Errorf("%s belongs to no kind", d.Key)
		}
	}
	if got := kindOf("something_new"); got != "other" {
		t.Errorf("a new measure is of kind %q", got)
	}
}

// A measure may be contributed by anyone: its key must not break an id.
func TestAnchor(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{"nps": "nps", `a b"c<d>`: "a-b-c-d-", "é_1": "-_1"} {
		if got := anchor(key); got != want {
			t.Errorf("anchor(%q) = %q, want %q", key, got, want)
		}
	}
}

func TestReasonIsToldOnceForAll(t *testing.T) {
	t.Parallel()
	b := builder(t, "en")
	same := []*metric.Measure{{Key: "nps", Status: metric.Undefined, Reason: "no_answers"}, {Key: "csat_top", Status: metric.Undefined, Reason: "no_answers"}}
	if v := b.allUntold(same); v == nil || v.Names != "NPS, Satisfied (CSAT)" || v.Reason != "There are no survey answers in this period." {
		t.Errorf("%+v", v)
	}
	same[1].Reason = "too_few"
	if v := b.allUntold(same); v != nil {
		t.Errorf("two reasons in one: %+v", v)
	}
	if v := b.allUntold(same[:1]); v != nil {
		t.Errorf("a single measure has its row: %+v", v)
	}
}
