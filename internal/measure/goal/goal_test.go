package goal_test

import (
	"math"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/measure/goal"
	"regulars/internal/measure/metric"
	"regulars/internal/record/schema/schematest"
)

func TestHowFarAMeasureHasCome(t *testing.T) {
	t.Parallel()
	v := func(x float64) *float64 { return &x }
	for _, c := range []struct {
		better           string
		value, low, high *float64
		want             goal.State
	}{
		{metric.Higher, v(40), v(36), v(44), goal.Reached},
		{metric.Higher, v(40), nil, nil, goal.Reached},
		{metric.Higher, v(35), v(35), v(35), goal.Reached},
		{metric.Higher, v(36), v(33), v(39), goal.Just},
		{metric.Higher, v(34), v(31), v(37), goal.Close},
		{metric.Higher, v(30), v(27), v(33), goal.Away},
		{metric.Higher, v(30), nil, nil, goal.Away},
		{metric.Lower, v(30), v(27), v(33), goal.Reached},
		{metric.Lower, v(34), v(31), v(37), goal.Just},
		{metric.Lower, v(36), v(33), v(39), goal.Close},
		{metric.Lower, v(40), v(36), v(44), goal.Away},
		{"none", v(40), nil, nil, goal.Reached},
		{metric.Higher, nil, nil, nil, goal.Unknown},
	} {
		m := metric.Measure{Better: c.better, Figure: metric.Figure{Value: c.value, Low: c.low, High: c.high}}
		if got := (goal.Goal{Measure: "m", Value: 35}).Stands(&m); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestGoalsAreSetAndRemoved(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		write := func(fn func(tx *db.Tx) error) error { return d.Write(t.Context(), fn) }
		all := func() (all []goal.Goal) {
			t.Helper()
			if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { all, err = goal.All(tx); return err }); err != nil {
				t.Fatal(err)
			}
			return all
		}
		set := func(g goal.Goal) error { return write(func(tx *db.Tx) error { return goal.Set(tx, g) }) }
		if len(all()) != 0 {
			t.Error("there are goals before any was set")
		}
		for _, g := range []goal.Goal{{Measure: "nps", Value: 30}, {Measure: "revenue", Value: 1e6, Until: "2026-12-31"}, {Measure: "nps", Value: 40}} {
			if err := set(g); err != nil {
				t.Fatal(err)
			}
		}
		if got := all(); len(got) != 2 || got[0].Measure != "revenue" || got[0].Until != "2026-12-31" || got[1] != (goal.Goal{Measure: "nps", Value: 40}) {
			t.Errorf("%+v", got)
		}
		for field, bad := range map[string]goal.Goal{"value": {Measure: "nps", Value: math.NaN()}, "until": {Measure: "nps", Value: 1, Until: "tomorrow"}} {
			if err := set(bad); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", field, err)
			}
		}
		for range 2 { // removed again it is removed
			if err := write(func(tx *db.Tx) error { return goal.Remove(tx, "revenue") }); err != nil {
				t.Fatal(err)
			}
		}
		if got := all(); len(got) != 1 || got[0].Value != 40 {
			t.Errorf("%+v", got)
		}
		for i := range 49 {
			if err := set(goal.Goal{Measure: string(rune('a' + i)), Value: 1}); err != nil {
				t.Fatal(err)
			}
		}
		if err := set(goal.Goal{Measure: "one too many", Value: 1}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("%v", err)
		}
		if err := set(goal.Goal{Measure: "nps", Value: 2}); err != nil {
			t.Errorf("another value for one that is there: %v", err)
		}
	})
}
