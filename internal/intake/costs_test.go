package intake_test

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/prove/replay"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/fact"
)

const halfOff = `{"name": "Half", "units": [{"unit": "points"}], "rewards": [], "rules": [
	{"rule": "half", "name": "Half off bags", "lines": "line.product == 'bag'", "effect": {"discount": {"percent": 50}}}]}`

// Where it is known what products cost, a rehearsal sets what a programme gives beside what is left.
func TestARehearsalKnowsCosts(t *testing.T) {
	t.Parallel()
	eachClub(t, halfOff, func(t *testing.T, c *club) {
		t.Helper()
		product := func(reference string, cost int64) fact.Status {
			t.Helper()
			out := c.do(func(tx *db.Tx) (fact.Outcome, error) {
				return c.Product(tx, catalogue.Product{Reference: reference, CostMinor: &cost})
			})
			if out.Err != nil {
				t.Fatal(out.Err)
			}
			return out.Status
		}
		for i := range 120 { // 20 for a bag and 10 for a pen each
			c.buys("ann", strconv.Itoa(i), nil, line("bag", "", 1, 2000), line("pen", "", 1, 1000))
		}
		if out := c.replays(halfOff, replay.Options{Today: c.now()}); out.Margin != nil || out.Draft.BelowCost != 0 {
			t.Errorf("before any cost is known: %+v", out.Margin)
		}
		product("bag", 1500)
		out := c.replays(halfOff, replay.Options{Today: c.now()})
		if m := out.Margin; m == nil || math.Abs(m.Share-0.25) > 1e-9 || math.Abs(m.Covered-2./3) > 1e-9 || out.Draft.BelowCost != 0 {
			t.Errorf("of bags alone: %+v, %d orders below cost", out.Margin, out.Draft.BelowCost)
		}
		codes := func(out *replay.Result) (all []string) {
			for _, f := range out.Lint.Findings {
				all = append(all, f.Code)
			}
			return all
		}
		// A third of what is paid goes back, a quarter is left.
		if all := codes(out); !slices.Contains(all, "costs_above_margin") || slices.Contains(all, "orders_below_cost") {
			t.Errorf("%q", all)
		}
		if out.Draft.BreakEven != nil {
			t.Errorf("more orders of what loses money do not pay: %v", *out.Draft.BreakEven)
		}
		if s := product("pen", 900); s != fact.Updated && s != fact.Unchanged {
			t.Errorf("%s", s)
		}
		// Of 30 a bag and a pen cost 24; half of a bag, ten, is more than the six that are left.
		out = c.replays(halfOff, replay.Options{Today: c.now()})
		if m := out.Margin; m == nil || math.Abs(m.Share-0.2) > 1e-9 || m.Covered != 1 || out.Draft.BelowCost != 120 {
			t.Errorf("of all: %+v, %d orders below cost", out.Margin, out.Draft.BelowCost)
		}
		if all := codes(out); !slices.Contains(all, "orders_below_cost") {
			t.Errorf("%q", all)
		}
		if s := product("pen", 900); s != fact.Unchanged {
			t.Errorf("said again: %s", s)
		}
		minus := int64(-1)
		refused := c.do(func(tx *db.Tx) (fact.Outcome, error) {
			return c.Product(tx, catalogue.Product{Reference: "pen", CostMinor: &minus})
		})
		if fault.KindOf(refused.Err) != fault.Invalid {
			t.Errorf("a cost below zero: %+v", refused)
		}
		var costs map[string]int64
		if err := c.d.Read(t.Context(), func(tx *db.Tx) (err error) { costs, err = catalogue.Costs(tx); return err }); err != nil || costs["bag"] != 1500 || costs["pen"] != 900 || len(costs) != 2 {
			t.Errorf("%v, %v", costs, err)
		}
	})
}
