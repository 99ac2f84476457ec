package sample

import (
	"math"
	"strconv"
	"testing"
	"time"
)

// TestTruthHoldsInTheFiles works out measures from the files by hand and compares them with what the truth expects:
// the difference must be within four standard errors of both.
func TestTruthHoldsInTheFiles(t *testing.T) {
	t.Parallel()
	m := create(t, Options{Customers: 15_000, Seed: 21, Lines: true})
	end, err := time.Parse(time.DateOnly, m.truth.End)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]*ratio{}
	add := func(key string, x, y float64) {
		if found[key] == nil {
			found[key] = &ratio{}
		}
		found[key].add(x, y)
	}
	for _, c := range histories(t, m) {
		active := indicator(len(c.orders) > 0)
		multi := indicator(len(c.kinds) > 1)
		add("repurchase_rate", indicator(len(c.orders) > 1), active)
		add("purchase_frequency", float64(len(c.orders)), active)
		add("average_order_value", c.net, float64(len(c.orders)))
		add("multi_kind_share", multi, active)
		add("upsell_ratio", multi, active-multi)
		start := !c.lastBefore.IsZero() && end.AddDate(0, 0, -365).Sub(c.lastBefore) <= 90*24*time.Hour
		both := start && end.Sub(c.last) <= 90*24*time.Hour
		add("retention_rate_90", indicator(both), indicator(start))
	}
	voices(t, m, add)
	for key, r := range found {
		got, want := r.estimate(scaleOf(key)), m.truth.Expected[key]
		if want.SE == 0 {
			t.Errorf("%s: the truth says nothing", key)
			continue
		}
		if z := (got.Value - want.Value) / math.Hypot(got.SE, want.SE); math.Abs(z) > 4 {
			t.Errorf("%s: files %.3f (%.3f), truth %.3f (%.3f), z %.1f", key, got.Value, got.SE, want.Value, want.SE, z)
		}
	}
}

type history struct {
	orders           map[string]bool // in the window
	kinds            map[string]bool
	net              float64
	lastBefore, last time.Time // before the window, before the end
}

func histories(t *testing.T, m made) map[string]*history {
	t.Helper()
	rows, _ := m.rows(t, "orders.csv")
	all := map[string]*history{}
	for _, row := range rows {
		at, err := time.Parse("2006-01-02 15:04", row["date"])
		minor, back, ok := amount(row)
		if err != nil || !ok || row["customer_id"] == "" {
			continue
		}
		c := all[row["customer_id"]]
		if c == nil {
			c = &history{orders: map[string]bool{}, kinds: map[string]bool{}}
			all[row["customer_id"]] = c
		}
		in := row["date"] >= m.truth.Window
		if in {
			c.net += float64(minor)
		}
		if back {
			continue
		}
		c.last = at
		if !in {
			c.lastBefore = at
			continue
		}
		c.orders[row["order_id"]] = true
		c.kinds[row["category"]] = true
	}
	return all
}

// voices adds what the answers say, by customer.
func voices(t *testing.T, m made, add func(string, float64, float64)) {
	t.Helper()
	rows, _ := m.rows(t, AnswersFile)
	sums := map[[2]string]*[2]float64{}
	count := func(key, customer string, x float64) {
		s := sums[[2]string{key, customer}]
		if s == nil {
			s = &[2]float64{}
			sums[[2]string{key, customer}] = s
		}
		s[0] += x
		s[1]++
	}
	for _, row := range rows {
		if row["date"] < m.truth.Window || row["kind"] == "case" || row["aspect"] != "" {
			continue
		}
		id := row["customer_id"]
		score, err := strconv.Atoi(row["score"])
		switch {
		case row["kind"] == "nps":
			count("response_rate", id, indicator(row["status"] == "finished"))
			if err == nil {
				count("nps", id, promotes(score))
			}
		case err != nil: // nobody answered
		case row["kind"] == "csat":
			count("csat_top", id, indicator(score >= 4))
			count("csat_mean", id, float64(score))
		default:
			count("ces_mean", id, float64(score))
		}
	}
	for key, s := range sums {
		add(key[0], s[0], s[1])
	}
}
