package metric_test

import (
	"reflect"
	"slices"

	"regulars/internal/measure/metric"
	"regulars/internal/record/fact"
)

// scoring compares every customer's scores, and what the segments and the grid add up to.
func (d *duel) scoring() {
	var got []metric.Scored
	if err := d.e.Customers(d.Context(), 0, func(s metric.Scored) error { got = append(got, s); return nil }); err != nil {
		d.Fatal(err)
	}
	want := d.o.score(d.o.everybody, d.o.set.AsOf)
	slices.SortStableFunc(want, func(a, b metric.Scored) int { return int(b.MonetaryMinor - a.MonetaryMinor) })
	if !slices.Equal(got, want) {
		d.Errorf("customers:\n got %v\nwant %v", got, want)
	}
	rfm, err := d.e.RFM(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	grid := map[[3]int]int64{}
	bySegment := map[string]metric.SegmentTotal{}
	for _, c := range want {
		grid[[3]int{c.R, c.F, c.M}]++
		s := bySegment[c.Segment]
		bySegment[c.Segment] = metric.SegmentTotal{
			Name: c.Segment, Customers: s.Customers + 1, Orders: s.Orders + c.Frequency, RevenueMinor: s.RevenueMinor + c.MonetaryMinor,
		}
	}
	for _, s := range rfm.Segments {
		if w := bySegment[s.Name]; w != s && w.Customers+s.Customers > 0 {
			d.Errorf("segment %+v, want %+v", s, w)
		}
		delete(bySegment, s.Name)
	}
	if len(rfm.Segments) != len(ranges)+1 || len(bySegment) > 0 {
		d.Errorf("%d segments, missing %v", len(rfm.Segments), bySegment)
	}
	for _, c := range rfm.Grid {
		if grid[[3]int{c.R, c.F, c.M}] != c.Customers {
			d.Errorf("cell %+v, want %d", c, grid[[3]int{c.R, c.F, c.M}])
		}
	}
	if len(rfm.Grid) != len(grid) {
		d.Errorf("%d cells, want %d", len(rfm.Grid), len(grid))
	}
}

// tables compares cohorts, totals and migration.
func (d *duel) tables() {
	cohorts, err := d.e.Cohorts(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	if want := d.o.cohorts(); !reflect.DeepEqual(cohorts, want) && len(cohorts)+len(want) > 0 {
		d.Errorf("cohorts:\n got %v\nwant %v", cohorts, want)
	}
	got, err := d.e.Totals(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	var want metric.Totals
	anything := func(*fact.Sale) bool { return true }
	for _, p := range d.o.scopeOf(anything, func(*fact.Answer) bool { return true }).people { // whatever the conditions
		want.Orders += int64(len(p.orders))
		if len(p.orders) > 0 {
			want.Customers++
		} else {
			want.ReturnsOnly++
		}
	}
	if got != want {
		d.Errorf("totals %+v, want %+v", got, want)
	}
	moves, err := d.e.Migration(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	expected := d.o.moves()
	for _, m := range moves {
		if expected[[2]string{m.From, m.To}] != m.Customers {
			d.Errorf("migration %+v, want %d", m, expected[[2]string{m.From, m.To}])
		}
	}
	if len(moves) != len(expected) {
		d.Errorf("%d migrations, want %d", len(moves), len(expected))
	}
}
