package metric_test

import (
	"compress/gzip"
	"encoding/csv"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"regulars/internal/measure/metric"
	"regulars/internal/record/fact"
)

// sharedCSV reads a file of the shared real data as rows, without its header; where it is not to be had the test says so
// and is skipped.
func sharedCSV(t *testing.T, name string) [][]string {
	t.Helper()
	file, err := os.Open(filepath.Join(sharedData(t), name))
	if err != nil {
		t.Skipf("without %s: %v", name, err)
	}
	defer func() { _ = file.Close() }()
	plain, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(plain).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// sharedData is the folder named by REGULARS_SHARED_DATA, else shared/data beside the repository.
func sharedData(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("REGULARS_SHARED_DATA"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	return filepath.Join(dir, "..", "shared", "data")
}

func number(t *testing.T, text string) int64 {
	t.Helper()
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Source of the quantiles and tables below: the R package rfm, 0.3.0, and its vignettes.

// TestSegmentsOfSummaries scores 39,999 summaries of customers: both rules give the published table.
func TestSegmentsOfSummaries(t *testing.T) {
	t.Parallel()
	rows := sharedCSV(t, "rfm_customers.csv.gz")
	values := [3][]int64{} // recency, frequency, monetary
	for _, row := range rows {
		for i, column := range []int{4, 3, 1} {
			values[i] = append(values[i], number(t, row[column]))
		}
	}
	var cuts [3][4]metric.Cut
	for i, v := range values {
		sorted := slices.Sorted(slices.Values(v))
		cuts[i] = metric.NewCuts(int64(len(v)), func(rank int64) int64 { return sorted[rank] })
		for k, want := range [3][4]float64{{76, 125, 176, 265}, {7, 9, 10, 12}, {640, 826, 1002, 1225}}[i] {
			if got := cuts[i][k].Value(); got != want {
				t.Errorf("quantile %d of value %d: got %v, want %v", k, i, got, want)
			}
		}
	}
	want := map[string]int64{
		"potential_loyalist": 12762, "loyal": 6965, "lost": 5535, "new": 4475, "about_to_sleep": 4095, "at_risk": 2081,
		"champions": 1571, "cant_lose": 1471, "need_attention": 679, "promising": 297, "others": 68,
	}
	for _, method := range []metric.RFMMethod{metric.RFMCuts, metric.RFMRPackage} {
		got := map[string]int64{}
		for i := range rows {
			r := 6 - metric.Score(method, cuts[0], values[0][i], 1)
			f := metric.Score(method, cuts[1], values[1][i], 1)
			m := metric.Score(method, cuts[2], values[2][i], 1) // the file is in whole units
			got[metric.Segment(r, f, m)]++
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", method, got, want)
		}
	}
}

// TestSegmentsOfOrders takes 4,906 orders of 995 customers through the engine.
func TestSegmentsOfOrders(t *testing.T) {
	t.Parallel()
	b := &business{}
	var file []fact.Sale
	for _, row := range sharedCSV(t, "rfm_orders.csv.gz") {
		day, err := time.Parse(time.DateOnly, row[1])
		if err != nil {
			t.Fatal(err)
		}
		file = append(file, fact.Sale{
			Customer: row[0], Moment: at(day.UnixMicro()), Quantity: 1, AmountMinor: 100 * number(t, row[2]),
		})
	}
	b.sales = [][]fact.Sale{file}
	for _, r := range []road{byFile, byCopy, byDatabase} {
		t.Run(string(r), func(t *testing.T) {
			t.Parallel()
			segmentsOfOrders(t, r, newShelves(t), b)
		})
	}
}

func segmentsOfOrders(t *testing.T, r road, from *shelves, b *business) {
	t.Helper()
	asOf := time.Date(2006, 12, 31, 0, 0, 0, 0, time.UTC).UnixMicro()
	for method, want := range map[metric.RFMMethod]map[string]int64{
		metric.RFMCuts: {
			"potential_loyalist": 341, "loyal": 171, "lost": 148, "new": 104, "about_to_sleep": 101, "cant_lose": 48,
			"champions": 35, "at_risk": 28, "need_attention": 10, "promising": 9, "others": 0,
		},
		metric.RFMRPackage: {
			"potential_loyalist": 342, "loyal": 170, "lost": 148, "new": 104, "about_to_sleep": 102, "cant_lose": 47,
			"champions": 35, "at_risk": 28, "need_attention": 10, "promising": 9, "others": 0,
		},
	} {
		t.Run(string(method), func(t *testing.T) {
			t.Parallel()
			e, err := metric.New(t.Context(), r.take(t, from, b, asOf), metric.Settings{AsOf: asOf, RFM: method})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := e.Close(); err != nil {
					t.Error(err)
				}
			})
			rfm, err := e.RFM(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]int64{}
			var customers, orders, revenue int64
			for _, s := range rfm.Segments {
				got[s.Name] = s.Customers
				customers, orders, revenue = customers+s.Customers, orders+s.Orders, revenue+s.RevenueMinor
			}
			if !maps.Equal(got, want) {
				t.Errorf("segments: got %v, want %v", got, want)
			}
			if customers != 995 || orders != 4906 || revenue != 46_415_800 {
				t.Errorf("%d customers, %d orders, %d paid", customers, orders, revenue)
			}
			for _, c := range []struct {
				name string
				got  [4]metric.Cut
				want [4]float64
			}{
				{"recency", rfm.Cuts.Recency, [4]float64{114, 180, 296.4, 481}},
				{"frequency", rfm.Cuts.Frequency, [4]float64{3, 4, 5, 7}},
				{"monetary", rfm.Cuts.Monetary, [4]float64{25480, 38100, 50540, 66500}},
			} {
				for k := range c.got {
					if c.got[k].Value() != c.want[k] {
						t.Errorf("%s quantile %d: got %v, want %v", c.name, k, c.got[k].Value(), c.want[k])
					}
				}
			}
		})
	}
}
