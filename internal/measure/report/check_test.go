package report_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"regulars/internal/measure/metric"
	"regulars/internal/measure/report"
	"regulars/internal/record/importer"
	"regulars/internal/record/sample"
)

// sharedFile finds a file of real data beside the repository.
func sharedFile(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("REGULARS_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the real data file %s is missing: set REGULARS_SHARED_DATA to the folder that has it", path)
	}
	return path
}

// picture reads files into a picture, and the scored customers by their ids.
func picture(t *testing.T, o report.Options, paths ...string) (*report.Picture, map[string]metric.Scored) {
	t.Helper()
	ctx := context.Background()
	o.Import.Digits, o.Import.RejectedDir = 2, t.TempDir()
	customers := map[string]metric.Scored{}
	o.Customers = func(s metric.Scored) error { customers[s.Reference] = s; return nil }
	var plans []*importer.Plan
	for _, path := range paths {
		plan, err := importer.Inspect(ctx, path, o.Import)
		if err != nil {
			t.Fatal(err)
		}
		plans = append(plans, plan)
	}
	p, err := report.FromFiles(ctx, plans, o)
	if err != nil {
		t.Fatal(err)
	}
	return p, customers
}

func figure(t *testing.T, p *report.Picture, key string) metric.Measure {
	t.Helper()
	i := slices.IndexFunc(p.Measures, func(m metric.Measure) bool { return m.Key == key })
	if i < 0 || p.Measures[i].Value == nil {
		t.Fatalf("no figure %s", key)
	}
	return p.Measures[i]
}

// The numbers are those of measures.md, "Online Retail": published for the cleaned UCI data.
func TestOnlineRetail(t *testing.T) {
	t.Parallel()
	o := report.Options{Settings: metric.Settings{RFM: metric.RFMRank}}
	o.Settings.AsOf = time.Date(2011, 12, 10, 0, 0, 0, 0, time.UTC).UnixMicro()
	o.Import.AsOf = o.Settings.AsOf
	o.Import.IgnoreReturns, o.Import.RejectZero = true, true
	p, customers := picture(t, o, sharedFile(t, "online_retail.csv.gz"))

	f := p.Facts
	if f.Rows != 541_909 || f.UnidentifiedRows != 135_080 || f.RecordedRows != 397_884 || f.Lines != 397_884 ||
		f.Customers != 4_338 || f.Orders != 18_532 || f.RevenueMinor != 891_140_790 {
		t.Errorf("facts: %+v", f)
	}
	if got := f.UnreadableRows + f.UnidentifiedRows + f.LaterRows + f.IgnoredRows + f.RejectedRows + f.RecordedRows; got != f.Rows {
		t.Errorf("the parts add up to %d rows, not %d", got, f.Rows)
	}
	for id, want := range map[string][3]int64{"12346": {325, 1, 7_718_360}, "12347": {2, 7, 431_000}, "12348": {75, 4, 179_724}} {
		if c := customers[id]; [3]int64{c.RecencyDays, c.Frequency, c.MonetaryMinor} != want {
			t.Errorf("customer %s: %+v, want %v", id, c, want)
		}
	}
	bounds := map[int][2]int64{}
	best, worst := 0, 0
	for _, c := range customers {
		b, ok := bounds[c.R]
		if !ok {
			b = [2]int64{c.RecencyDays, c.RecencyDays}
		}
		bounds[c.R] = [2]int64{min(b[0], c.RecencyDays), max(b[1], c.RecencyDays)}
		switch [3]int{c.R, c.F, c.M} {
		case [3]int{5, 5, 5}:
			best++
		case [3]int{1, 1, 1}:
			worst++
		}
	}
	want := map[int][2]int64{5: {0, 12}, 4: {14, 32}, 3: {32, 71}, 2: {71, 179}, 1: {179, 373}}
	for score, w := range want {
		if bounds[score] != w {
			t.Errorf("recency days of score %d: %v, want %v", score, bounds[score], w)
		}
	}
	if best != 348 || worst != 184 {
		t.Errorf("%d customers 555 and %d customers 111, want 348 and 184", best, worst)
	}
	for i, want := range [][]int64{
		{885, 324, 286, 340, 321, 352, 321, 309, 313, 350, 331, 445, 235},
		{417, 92, 111, 96, 134, 120, 103, 101, 125, 136, 152, 49},
		{380, 71, 71, 108, 103, 94, 96, 106, 94, 116, 26},
	} {
		if !slices.Equal(p.Cohorts[i].Active, want) {
			t.Errorf("cohort %s: %v, want %v", p.Cohorts[i].Cohort, p.Cohorts[i].Active, want)
		}
	}
}

// The numbers are those of measures.md, "CDNOW", straight from the file as published.
func TestCDNOW(t *testing.T) {
	t.Parallel()
	p, customers := picture(t, report.Options{}, sharedFile(t, "cdnow_master.txt.gz"))
	f := p.Facts
	if f.Rows != 69_659 || f.RecordedRows != 69_659 || f.Orders != 69_659 || f.Customers != 23_570 ||
		f.RevenueMinor != 250_031_563 || f.First != "1997-01-01" || f.Last != "1998-06-30" {
		t.Errorf("facts: %+v", f)
	}
	if len(customers) != 23_570 {
		t.Errorf("%d customers with scores", len(customers))
	}
}

// The numbers are those of measures.md, "RFM": the table published with the R package rfm 0.3.0, and the same by cuts.
func TestRFMOrders(t *testing.T) {
	t.Parallel()
	path := sharedFile(t, "rfm_orders.csv.gz")
	names := []string{
		"potential_loyalist", "loyal", "lost", "new", "about_to_sleep", "cant_lose", "champions", "at_risk", "need_attention", "promising",
	}
	for method, want := range map[metric.RFMMethod][]int64{
		metric.RFMCuts:     {341, 171, 148, 104, 101, 48, 35, 28, 10, 9},
		metric.RFMRPackage: {342, 170, 148, 104, 102, 47, 35, 28, 10, 9},
	} {
		o := report.Options{Settings: metric.Settings{RFM: method}}
		o.Settings.AsOf = time.Date(2006, 12, 31, 0, 0, 0, 0, time.UTC).UnixMicro()
		o.Import.AsOf = o.Settings.AsOf
		p, _ := picture(t, o, path)
		for _, s := range p.RFM.Segments {
			i := slices.Index(names, s.Name)
			if i >= 0 && s.Customers != want[i] || i < 0 && s.Customers != 0 {
				t.Errorf("%s: %d customers in %s", method, s.Customers, s.Name)
			}
		}
		if got := p.RFM.Cuts.Recency; !slices.Equal(got, []float64{114, 180, 296.4, 481}) {
			t.Errorf("%s: recency cuts %v", method, got)
		}
		if got := p.RFM.Cuts.Frequency; !slices.Equal(got, []float64{3, 4, 5, 7}) {
			t.Errorf("%s: frequency cuts %v", method, got)
		}
		if got := p.RFM.Cuts.Monetary; !slices.Equal(got, []float64{25480, 38100, 50540, 66500}) {
			t.Errorf("%s: monetary cuts %v", method, got)
		}
	}
}

// A sample business is made from a known process; what the report finds must lie where the process puts it, within
// four standard errors of the two together.
func TestSampleBusinessIsFoundAsItWasMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	truth, err := sample.Write(context.Background(), dir, sample.Options{Customers: 6000, Seed: 11, Lines: true})
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil || len(paths) != 4 {
		t.Fatalf("files: %v, %v", paths, err)
	}
	p, _ := picture(t, report.Options{Settings: metric.Settings{ActivityDays: 90, SecondOrderDays: 90}}, paths...)
	if p.Window.From != truth.Window || p.Window.To != truth.End {
		t.Fatalf("the window is %v, the truth is about %s to %s", p.Window, truth.Window, truth.End)
	}
	if p.Facts.Orders != truth.Written.Orders {
		t.Errorf("%d orders, written %d", p.Facts.Orders, truth.Written.Orders)
	}
	compared := 0
	for key, measure := range map[string]string{
		"average_order_value": "average_order_value", "customer_value": "customer_value",
		"purchase_frequency": "purchase_frequency", "repurchase_rate": "repurchase_rate",
		"multi_kind_share": "multi_kind_share", "retention_rate_90": "retention_rate",
		"nps": "nps", "csat_top": "csat_top", "csat_mean": "csat_mean", "ces_mean": "ces_mean", "ces_easy": "ces_easy",
		"response_rate": "response_rate", "second_order_rate_90": "second_order_rate",
	} {
		want, ok := truth.Expected[key]
		if !ok {
			t.Errorf("the truth says nothing of %s", key)
			continue
		}
		m := figure(t, p, measure)
		if m.Low == nil || m.High == nil {
			t.Errorf("%s has no interval", measure)
			continue
		}
		allowed := 4 * math.Hypot(want.SE, (*m.High-*m.Low)/(2*1.96))
		if measure == "second_order_rate" {
			// Who came in the last 90 days is counted for as long as watched, and would have met a quieter season
			// than those before: Kaplan-Meier cannot know, and is off by about a point.
			allowed += 1.5
		}
		if math.Abs(*m.Value-want.Value) > allowed {
			t.Errorf("%s is %.3f, the process puts it at %.3f (allowed %.3f)", measure, *m.Value, want.Value, allowed)
		}
		compared++
	}
	if compared < 12 {
		t.Errorf("only %d measures compared", compared)
	}
}
