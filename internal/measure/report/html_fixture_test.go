package report

import (
	"fmt"
	"math"
	"strings"
	"time"

	"regulars/internal/measure/metric"
	"regulars/internal/record/importer"
)

// The figures of the example are invented: a café with a shop, two years of orders, read at the end of March 2026.

func at(v float64) *float64 { return &v }
func atInt(v int64) *int64  { return &v }

// exampleKeys lists every measure of the catalogue as "key unit direction value half-width n".
const exampleKeys = `
active_customers count higher 4338 0 4338
new_customers count higher 1291 0 1291
revenue minor higher 891140790 0 18532
orders count higher 18532 0 18532
average_order_value minor higher 48087 1890 18532
purchase_frequency ratio higher 4.27 0.11 4338
customer_value minor higher 205427 9400 4338
repeat_orders count higher 14194 0 14194
repurchase_rate percent higher 65.6 1.4 4338
repurchase_rate_ever percent higher 71.2 1.1 6120
second_order_rate percent higher 48.3 2.9 1291
second_order_rate_plain percent higher 39.7 2.7 1291
upsell_ratio ratio higher 9.21 0.61 4338
multi_kind_share percent higher 90.2 0.9 4338
retention_rate percent higher 58.4 1.9 2604
churn_rate percent lower 41.6 1.9 2604
retention_rate_formula percent higher 61.7 2.3 2604
reactivated_customers count higher 211 0 211
new_and_gone count lower 402 0 402
gap_days days lower 31 2 9812
regulars_share percent higher 83.1 1.2 4338
identified_share percent higher 84.9 0 18532
top_share percent none 61.4 3.3 4338
lifespan_years years higher 0.36 0.01 4338
lifespan_years_repeaters years higher 0.55 0.01 2845
clv_historic minor higher 73954 4120 4338
revenue_to_date minor higher 188112 8020 6120
revenue_to_date_median minor higher 66858 2010 6120
acquisition_cost minor lower 1240 90 1291
clv_to_cac ratio higher 59.6 5.2 1291
retention_cost minor lower 310 22 1520
referred_share percent higher 18.2 2.1 1291
nps points higher 41.8 4.6 952
nps_weighted points higher 33.4 6.1 540
csat_top percent higher 82.7 2.4 941
csat_mean score higher 4.21 0.06 941
ces_mean score higher 5.48 0.21 187
ces_easy percent higher 80.2 5.6 187
response_rate percent higher 31.7 1.6 3004
first_reply_minutes minutes lower 42 9 88
solution_minutes minutes lower 1510 260 81
in_time_share percent higher 77.8 9.1 81
recovered_share percent higher 45.5 18.8 22
loyalty_index score higher 75.6 1.3 4338
aspect_service_mean score higher 4.4 0.1 411
aspect_service_top percent higher 88.1 3.1 411
aspect_staff_mean score higher 4.5 0.1 398
aspect_staff_top percent higher 90.4 2.9 398
aspect_problem_solving_mean score higher 3.9 0.3 52
aspect_problem_solving_top percent higher 71.2 12.3 52
aspect_information_mean score higher 4.0 0.1 377
aspect_information_top percent higher 79.3 4.1 377
aspect_product_quality_mean score higher 4.3 0.1 420
aspect_product_quality_top percent higher 86.9 3.2 420
aspect_delivery_mean score higher 3.8 0.4 24
aspect_delivery_top percent higher 62.5 19.1 24
aspect_site_mean score higher 3.7 0.2 198
aspect_site_top percent higher 66.7 6.6 198
aspect_price_mean score higher 3.5 0.1 415
aspect_price_top percent higher 57.8 4.8 415
aspect_brand_mean score higher 4.1 0.1 402
aspect_brand_top percent higher 80.1 3.9 402
nps_with_passives points higher 73.2 2.9 952
loyalty_index_plain score higher 342.8 20.1 4338`

// examplePicture has something in every part of the page.
func examplePicture() *Picture {
	p := &Picture{
		PreviousComplete: true, AsOf: "2026-03-20T00:00:00",
		Window:   Window{From: "2025-03-20", To: "2026-03-20"},
		Previous: Window{From: "2024-03-20", To: "2025-03-20"},
		Parameters: Parameters{Timezone: "Europe/London", Currency: "GBP", Digits: 2, ActivityDays: 90, SecondOrderDays: 90,
			TopShare: 0.2, Returns: "net", ZeroPrice: "keep", RFM: "cuts", NPSBands: "0-10", Kind: "category",
			FromData: []string{"activity_days", "currency", "kind"}},
		Facts: Facts{RowCounts: &RowCounts{Rows: 547_045, RecordedRows: 410_212, UnidentifiedRows: 135_080, RejectedRows: 1_402, UnreadableRows: 14,
			LaterRows: 337}, Lines: 397_884, Orders: 18_532, Customers: 6_120, Returns: 3_654, Answers: 952,
			RevenueMinor: 891_140_790, Currency: "GBP", First: "2024-01-04", Last: "2026-03-19"},
	}
	for i, line := range strings.Split(strings.TrimSpace(exampleKeys), "\n") {
		p.Measures = append(p.Measures, exampleMeasure(i, line))
	}
	for _, key := range []string{"rfm", "rfm_migration", "cohort_retention"} {
		p.Measures = append(p.Measures, metric.Measure{Key: key, Status: metric.OK, Figure: metric.Figure{N: 6120}, Unit: "count", Better: "none"})
	}
	exampleRest(p)
	return p
}

func exampleMeasure(i int, line string) metric.Measure {
	var m metric.Measure
	var value, half float64
	if _, err := fmt.Sscan(line, &m.Key, &m.Unit, &m.Better, &value, &half, &m.N); err != nil {
		panic(err)
	}
	m.Status, m.Value = metric.OK, at(value)
	if half > 0 {
		m.Low, m.High = at(value-half), at(value+half)
	}
	shift := []float64{0.07, -0.04, 0.01, -0.02}[i%4]
	previous := value / (1 + shift)
	m.Previous = &metric.Figure{Value: at(previous), N: m.N * 9 / 10}
	m.Change = &metric.Change{Difference: value - previous, Low: value - previous - half, High: value - previous + half, P: 0.03,
		Relative: at(shift), RelativeLow: at(shift - 0.02), RelativeHigh: at(shift + 0.02)}
	m.Verdict = []string{metric.Real, metric.Real, metric.Noise, metric.Noise}[i%4]
	if m.N < 60 {
		m.Verdict, m.Change = metric.Few, nil
	}
	if half > 0 && m.Unit == "percent" {
		part := math.Round(value * float64(m.N) / 100)
		m.Formula = &metric.Formula{Text: "{0} / {1} * 100", Operands: []metric.Operand{{Value: part, Unit: "count"}, {Value: float64(m.N), Unit: "count"}}}
	}
	m.Series = exampleSeries(i, value, half, m.N, m.Unit)
	return m
}

// exampleSeries is thirteen months, of which the first and the last are cut off by the window.
func exampleSeries(i int, value, half float64, n int64, unit string) []metric.Point {
	scale := 1.0
	if unit == "count" || unit == "minor" && value > 1e6 {
		scale = 1.0 / 12
	}
	start := time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)
	var series []metric.Point
	for k := range 13 {
		wave := 1 + 0.12*math.Sin(float64(k+i)*0.9) + 0.01*float64(k)
		point := metric.Point{From: start.AddDate(0, k, 0).Format(time.DateOnly), To: start.AddDate(0, k+1, 0).Format(time.DateOnly),
			Partial: k == 0 || k == 12, Figure: metric.Figure{Value: at(value * scale * wave), N: n / 12}}
		if half > 0 {
			point.Low, point.High = at(value*scale*wave-2.2*half*scale), at(value*scale*wave+2.2*half*scale)
		}
		series = append(series, point)
	}
	return series
}

func exampleRest(p *Picture) {
	counts := map[string]int64{"champions": 811, "potential_loyalist": 1490, "loyal": 902, "promising": 61, "new": 571, "cant_lose": 96,
		"at_risk": 318, "need_attention": 148, "about_to_sleep": 529, "lost": 1107, "others": 87}
	p.RFM = &RFM{Method: "cuts", Cuts: Cuts{Recency: []float64{14, 41, 96.4, 210}, Frequency: []float64{1, 2, 3, 6},
		Monetary: []float64{25010, 49250, 94220, 205800}}}
	for i, name := range []string{"champions", "potential_loyalist", "loyal", "promising", "new", "cant_lose", "at_risk", "need_attention",
		"about_to_sleep", "lost", "others"} {
		n := counts[name]
		p.RFM.Segments = append(p.RFM.Segments, Segment{Name: name, Customers: n, Orders: n * int64(11-i) / 2,
			RevenueMinor: n * int64(11-i) * 21_300, Previous: atInt(n - int64(i*7%23) + 9)})
	}
	for r := 1; r <= 5; r++ {
		for f := 1; f <= 5; f++ {
			for m := 1; m <= 5; m++ {
				p.RFM.Grid = append(p.RFM.Grid, Cell{R: r, F: f, M: m, Customers: int64(max(0, 60-14*abs(r-f)-9*abs(f-m)+r*f))})
			}
		}
	}
	p.RFM.Moves = []Move{{"new", "about_to_sleep", 31}, {"champions", "champions", 780}, {"loyal", "champions", 44}, {"at_risk", "lost", 12}}
	start := time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)
	for i := range 13 {
		size := int64(885 - 61*i)
		c := Cohort{Cohort: start.AddDate(0, i, 0).Format("2006-01"), Size: size, Active: []int64{size}, RevenueMinor: []int64{size * 48_000}}
		for k := 1; k < 13-i; k++ {
			c.Active = append(c.Active, size*int64(38-k+i%3)/100)
			c.RevenueMinor = append(c.RevenueMinor, c.RevenueMinor[k-1]+size*int64(16_000-500*k))
		}
		p.Cohorts = append(p.Cohorts, c)
	}
	for i := range 10 {
		p.Best = append(p.Best, Customer{ID: fmt.Sprint(14646 + 731*i), RecencyDays: int64(1 + i*i), Frequency: int64(210 - 13*i),
			MonetaryMinor: int64(28_020_602 / (i + 1)), R: 5 - i/4, F: 5, M: 5, Segment: "champions"})
	}
	p.Sources = exampleSources()
}

func abs(n int) int { return max(n, -n) }

func exampleSources() []Source {
	return []Source{
		{Plan: &importer.Plan{Path: "/home/anna/exports/online_retail.csv.gz", Kind: importer.Orders, Format: "csv", Compression: "gzip",
			Encoding: "utf-8", Delimiter: ",", Header: true, DateLayout: importer.DateLayout{Day: "year_month_day", Mark: "-", Time: "within"}, DecimalMark: ".", Lines: true,
			Columns: []importer.Column{{Name: "InvoiceNo", Role: "order", Guess: "by_name"}, {Name: "StockCode", Role: "product", Guess: "by_name"},
				{Name: "Quantity", Role: "quantity", Guess: "by_name"}, {Name: "InvoiceDate", Role: "date", Guess: "by_content"},
				{Name: "UnitPrice", Role: "price", Guess: "by_name"}, {Name: "CustomerID", Role: "customer", Guess: "by_map"},
				{Name: "Country", Role: "attribute", Guess: ""}},
			Notes: []importer.Note{{Key: importer.NoteDayFirst, Args: []any{"InvoiceDate", "11/12/2025", time.Date(2025, 12, 11, 0, 0, 0, 0, time.UTC)}}}},
			Account: importer.Account{Rows: 541_909, Recorded: 405_090, Unidentified: 135_080, Rejected: 1_402, Later: 337,
				Reasons: map[string]int64{"zero_price": 1_390, "date": 12}, RejectedFile: "/home/anna/exports/online_retail.csv.gz.rejected.csv"}},
		{Plan: &importer.Plan{Path: "answers.xlsx", Kind: importer.Answers, Format: "xlsx", Encoding: "utf-8", DateLayout: importer.DateLayout{Day: "day_month_year", Mark: "."},
			Columns: []importer.Column{{Name: "Клиент", Role: "customer", Guess: "by_name"}, {Name: "Оценка", Role: "score", Guess: "by_name"}}},
			Account: importer.Account{Rows: 5_136, Recorded: 5_122, Unreadable: 14, Reasons: map[string]int64{"score": 14}}},
	}
}

// withGroups adds what --by gives.
func withGroups(p *Picture) *Picture {
	p.Parameters.By = "country"
	for i := range p.Measures {
		m := &p.Measures[i]
		if m.Low == nil {
			continue
		}
		half := *m.High - *m.Value
		for k, country := range []string{"United Kingdom", "Germany", "France", "EIRE", "Netherlands", "Czech Republic and neighbours"} {
			v := *m.Value * (1 - 0.05*float64(k))
			m.Groups = append(m.Groups, metric.Group{Group: country, Verdict: []string{metric.Real, metric.Noise, metric.Few}[k%3],
				Figure: metric.Figure{Value: at(v), Low: at(v - half*float64(k+1)), High: at(v + half*float64(k+1)), N: int64(900 / (k*k + 1))}})
		}
	}
	return p
}

// without gives the picture where measures have no figure for a reason.
func without(p *Picture, reason string, keys func(string) bool) *Picture {
	for i, m := range p.Measures {
		if keys(m.Key) {
			p.Measures[i] = metric.Measure{Key: m.Key, Status: metric.Undefined, Reason: reason, Unit: m.Unit, Better: m.Better}
		}
	}
	return p
}

func spoken(key string) bool {
	return strings.HasPrefix(key, "aspect_") || strings.Contains("nps nps_weighted nps_with_passives csat_top csat_mean ces_mean ces_easy "+
		"response_rate first_reply_minutes solution_minutes in_time_share recovered_share loyalty_index loyalty_index_plain", key)
}

// emptyPicture is of files in which nothing counts.
func emptyPicture() *Picture {
	p := without(examplePicture(), "no_orders", func(string) bool { return true })
	p.Facts = Facts{RowCounts: &RowCounts{Rows: 3, RejectedRows: 3}}
	p.RFM, p.Cohorts, p.Best, p.Sources = nil, nil, nil, p.Sources[:1]
	p.Window, p.Previous = Window{From: "2025-03-20", To: "2026-03-20"}, Window{}
	return p
}

// oneOrder is of a business on its first day.
func oneOrder() *Picture {
	p := without(examplePicture(), "too_few", func(key string) bool { return key != "revenue" && key != "orders" && key != "active_customers" })
	for i := range p.Measures {
		m := &p.Measures[i]
		m.Series, m.Previous, m.Change, m.Verdict, m.N = nil, nil, nil, "", 1
		if m.Value != nil {
			m.Value = at(1)
		}
	}
	p.Previous = Window{}
	p.Facts = Facts{RowCounts: &RowCounts{Rows: 1, RecordedRows: 1}, Orders: 1, Customers: 1, First: "2026-03-19", Last: "2026-03-19"}
	p.RFM = &RFM{Method: "cuts", Segments: []Segment{{Name: "others", Customers: 1, Orders: 1, RevenueMinor: 100}}, Grid: []Cell{{1, 1, 1, 1}}}
	p.Cohorts = []Cohort{{Cohort: "2026-03", Size: 1, Active: []int64{1}, RevenueMinor: []int64{100}}}
	p.Best = []Customer{{ID: "1", Frequency: 1, MonetaryMinor: 100, R: 1, F: 1, M: 1, Segment: "others"}}
	p.Sources = p.Sources[1:]
	return p
}

// hostile has names made to break out of the page, to break its lines, or to turn it round.
func hostile() *Picture {
	p := withGroups(examplePicture())
	names := []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `{{.Best}} {0} {a}`, "\u202egnp.exe ", "👩‍👩‍👧‍👦☕🇬🇧",
		strings.Repeat("Donaudampfschifffahrtsgesellschaft", 4), "עברית ו-123", "https://example.com/x?<y>", "' onfocus='x", "]]><!--"}
	for i := range p.Best {
		p.Best[i].ID = names[i%len(names)]
	}
	for i := range p.Measures {
		for k := range p.Measures[i].Groups {
			p.Measures[i].Groups[k].Group = names[k]
		}
	}
	p.Parameters.By, p.Parameters.Where = names[0], names[1]
	for i := range p.Sources {
		s := &p.Sources[i]
		s.Plan.Path = "/tmp/" + names[1] + ".csv"
		s.Plan.Notes = []importer.Note{{Key: importer.NoteSheet, Args: []any{names[0], names[1:]}}}
		for k := range s.Plan.Columns {
			s.Plan.Columns[k].Name, s.Plan.Columns[k].Role = names[k%len(names)], names[(k+1)%len(names)]
		}
	}
	return p
}
