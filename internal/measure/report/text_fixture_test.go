package report

import (
	"fmt"
	"math"

	"regulars/internal/measure/metric"
	"regulars/internal/record/importer"
)

func of(v float64) *float64 { return &v }

// measured is a measure with an interval.
func measured(key, unit, better string, value, low, high float64, n int64) metric.Measure {
	return metric.Measure{
		Key: key, Status: metric.OK, Unit: unit, Better: better,
		Figure: metric.Figure{Value: of(value), Low: of(low), High: of(high), N: n},
	}
}

// changed adds the window before, the change and the verdict.
func changed(m metric.Measure, previous, difference, low, high float64, verdict string) metric.Measure {
	m.Previous = &metric.Figure{Value: of(previous), N: m.N}
	relative := difference / previous
	m.Change = &metric.Change{Difference: difference, Low: low, High: high, Relative: &relative, P: 0.03}
	m.Verdict = verdict
	return m
}

// counted is a measure without an interval.
func counted(key, unit string, value, previous float64) metric.Measure {
	return metric.Measure{
		Key: key, Status: metric.OK, Unit: unit, Better: "higher",
		Figure:   metric.Figure{Value: of(value), N: int64(value)},
		Previous: &metric.Figure{Value: of(previous)},
	}
}

// series gives a measure a year of months; a NaN is a month without a figure, the last month is not over.
func series(m metric.Measure, values ...float64) metric.Measure {
	for i, v := range values {
		p := metric.Point{
			From: fmt.Sprintf("2011-%02d-01", i+1), To: fmt.Sprintf("2011-%02d-01", i+2), Partial: i == len(values)-1,
			Figure: metric.Figure{N: 100},
		}
		if !math.IsNaN(v) {
			p.Value, p.Low, p.High = of(v), of(v-1), of(v+1)
		}
		m.Series = append(m.Series, p)
	}
	return m
}

// textFixture is the picture of a business like the one in Online Retail, with everything a page can show.
func textFixture() *Picture {
	return &Picture{
		AsOf:     "2011-12-10T00:00:00",
		Window:   Window{From: "2010-12-10", To: "2011-12-10"},
		Previous: Window{From: "2009-12-10", To: "2010-12-10"}, PreviousComplete: true,
		Parameters: Parameters{
			Timezone: "Europe/London", Currency: "GBP", Digits: 2, ActivityDays: 90, SecondOrderDays: 60, TopShare: 0.1,
			Kind: "product", FromData: []string{"activity_days", "second_order_days", "kind", "currency"},
		},
		Facts: Facts{
			RowCounts: &RowCounts{
				Rows: 541_909, UnreadableRows: 3, UnidentifiedRows: 135_080, IgnoredRows: 8_905, RejectedRows: 37, RecordedRows: 397_884,
			},
			Lines: 397_884, Orders: 18_532, Customers: 4_338, ReturnsOnly: 33, Returns: 8_905,
			Answers: 412, RevenueMinor: 891_140_790, ReturnedMinor: 61_133_512, UnidentifiedMinor: 144_720_011,
			Currency: "GBP", First: "2010-12-01", Last: "2011-12-09",
		},
		Measures: textMeasures(),
		RFM:      textRFM(),
		Cohorts: []Cohort{
			{Cohort: "2011-06", Size: 242, Active: []int64{242, 42, 38, 64, 56, 81, 23}},
			{Cohort: "2011-07", Size: 188, Active: []int64{188, 34, 39, 42, 51, 21}},
			{Cohort: "2011-08", Size: 169, Active: []int64{169, 35, 42, 41, 21}},
			{Cohort: "2011-09", Size: 299, Active: []int64{299, 70, 90, 34}},
			{Cohort: "2011-10", Size: 358, Active: []int64{358, 86, 41}},
			{Cohort: "2011-11", Size: 4, Active: []int64{4, 1}},
			{Cohort: "2011-12", Size: 41, Active: []int64{41}},
		},
		Sources: []Source{{
			Plan: &importer.Plan{Path: "data/online_retail.csv.gz"},
			Account: importer.Account{
				Rows: 541_909, Unreadable: 3, Unidentified: 135_080, Ignored: 8_905, Rejected: 37, Recorded: 397_884,
				Reasons:      map[string]int64{"zero_price": 37, "date": 2, "amount": 1},
				RejectedFile: "data/online_retail.csv.gz.rejected.csv",
			},
		}},
	}
}

func textMeasures() []metric.Measure {
	gap := math.NaN()
	repurchase := changed(measured("repurchase_rate", "percent", "higher", 38.42, 37.02, 39.84, 4338), 36.4, 2.02, 0.4, 3.6, metric.Real)
	nps := changed(measured("nps", "points", "higher", 18.6, 15.08, 22.05, 412), 14.2, 4.4, -2, 10.8, metric.Noise)
	second := changed(measured("second_order_rate", "percent", "higher", 44.1, 41.0, 47.1, 1210), 44.0, 0.1, -4, 4.2, metric.Noise)
	second.Parameter = of(60)
	gaps := changed(measured("gap_days", "days", "none", 28, 27, 30, 9000), 31, -3, -4, -2, metric.Real)
	gaps.Quartiles = &[2]float64{9, 63}
	upsell := measured("upsell_ratio", "ratio", "higher", 1.83, 1.7, 1.97, 4338)
	upsell.Formula = &metric.Formula{Text: "{0} / {1}", Operands: []metric.Operand{{Value: 2805, Unit: "count"}, {Value: 1533, Unit: "count"}}}
	small := measured("csat_mean", "score", "higher", 4.05, 3.6, 4.5, 12)
	return []metric.Measure{
		series(counted("active_customers", "count", 4338, 3900), 300, 320, gap, 400, 420, 380),
		counted("new_customers", "count", 1210, 1350),
		series(counted("revenue", "minor", 891_140_790, 801_000_000), 7, 6, 8, 9, 4, 10, 11, 12, 14, 15, 18, 4),
		counted("orders", "count", 18_532, 18_532),
		changed(measured("average_order_value", "minor", "higher", 48_087, 46_210, 49_964, 18_532), 47_000, 1087, -900, 3_074, metric.Noise),
		changed(measured("purchase_frequency", "ratio", "higher", 4.27, 4.04, 4.5, 4338), 4.0, 0.27, 0.02, 0.52, metric.Real),
		series(repurchase, 30, 31, gap, 34, 36, 38, 12),
		second,
		changed(measured("retention_rate", "percent", "higher", 61.3, 58.9, 63.6, 1602), 64.8, -3.5, -6.7, -0.3, metric.Real),
		changed(measured("churn_rate", "percent", "lower", 38.7, 36.4, 41.1, 1602), 35.2, 3.5, 0.3, 6.7, metric.Real),
		measured("regulars_share", "percent", "higher", 76.2, 74.8, 77.6, 4338),
		gaps,
		measured("top_share", "percent", "none", 61.1, 55.2, 67, 4338),
		upsell,
		series(nps, 10, 12, 14, 13, 17, 16, 20, 18),
		changed(measured("csat_top", "percent", "higher", 80, 71.1, 86.7, 24), 70, 10, -8, 28, metric.Few),
		small,
		{Key: "clv_to_cac", Status: metric.Undefined, Reason: "reason.no_costs", Unit: "ratio", Better: "higher"},
		{Key: "ces_mean", Status: metric.TooFew, Reason: "too_few", Unit: "score", Better: "higher"},
		changed(measured("loyalty_index", "score", "higher", 55.4, 53.9, 56.8, 4338), 54.1, 1.3, -0.4, 3, metric.Noise),
	}
}

func textRFM() *RFM {
	r := &RFM{Method: "cuts"}
	for i, name := range []string{"champions", "potential_loyalist", "loyal", "promising", "new", "cant_lose", "at_risk",
		"need_attention", "about_to_sleep", "lost", "others"} {
		customers := []int64{435, 1203, 871, 64, 402, 118, 209, 77, 391, 568, 0}[i]
		r.Segments = append(r.Segments, Segment{Name: name, Customers: customers, RevenueMinor: customers * int64(1200-100*i) * 17})
	}
	return r
}
