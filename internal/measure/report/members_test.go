package report_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"regulars/internal/measure/report"
)

// A file of customers that says who is a member brings the measures of members; one that does not leaves them out.
func TestFilesSayWhoIsAMember(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	var orders, who strings.Builder
	orders.WriteString("order,customer,date,amount\n")
	who.WriteString("customer,is member,member since\n")
	n := 0
	for c := range 20 {
		times, amount := 1, 10
		if c < 10 {
			times, amount = 3, 20
			fmt.Fprintf(&who, "C%d,yes,2026-01-0%d\n", c, 1+c%9)
		} else {
			fmt.Fprintf(&who, "C%d,no,\n", c)
		}
		for k := range times {
			n++
			fmt.Fprintf(&orders, "%d,C%d,2026-0%d-15,%d.00\n", n, c, 3+k, amount)
		}
	}
	sold, known := write("orders.csv", orders.String()), write("customers.csv", who.String())
	p, _ := picture(t, report.Options{}, sold, known)
	got := map[string]float64{}
	for _, m := range p.Measures {
		if m.Value != nil {
			got[m.Key] = *m.Value
		}
		if m.Key == "points_issued" {
			t.Error("files have no points")
		}
	}
	for key, want := range map[string]float64{"enrolment_rate": 50, "member_lift_value": 5000, "member_lift_frequency": 2, "member_lift_order_value": 1000,
		"member_lift_value_matched": 5000} {
		if got[key] != want {
			t.Errorf("%s is %v, want %v", key, got[key], want)
		}
	}
	p, _ = picture(t, report.Options{}, sold)
	for _, m := range p.Measures {
		if m.Key == "enrolment_rate" {
			t.Errorf("nobody said who is a member: %+v", m)
		}
	}
}
