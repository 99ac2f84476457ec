package intake_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/measure/report"
	"regulars/internal/prove/replay"
	"regulars/internal/understand/segment"
)

const forTheLost = `{"name": "Come back", "units": [{"unit": "points"}], "rewards": [], "rules": [
	{"rule": "back", "name": "Good to see you", "if": "customer.segment in ['lost', 'about_to_sleep', 'at_risk']", "effect": {"fixed": {"unit": "points", "units": 50}}}]}`

// Rules ask for the segment by the orders before, and find the one that the picture shows.
func TestRulesAskForTheSegment(t *testing.T) {
	t.Parallel()
	eachClub(t, forTheLost, func(t *testing.T, c *club) {
		t.Helper()
		const day = 24 * time.Hour
		// Customer n buys every n days for half a year, for 2 + n.
		for d := range 180 {
			for n := 1; n <= 25; n++ {
				if d%(3*n) == 0 && (n < 20 || d < 60) {
					c.buys(fmt.Sprint("c", n), fmt.Sprint(n, "-", d), nil, line("bag", "", 1, int64(200+100*n)))
				}
			}
			c.pass(day)
		}
		desk := c.roads()["copy"]
		cuts, err := segment.Draw(t.Context(), desk)
		if err != nil || cuts == nil {
			t.Fatalf("%v, %v", cuts, err)
		}
		members, err := desk.Members(t.Context(), report.Options{}, "", nil, 100)
		if err != nil || len(members) != 25 {
			t.Fatalf("%d, %v", len(members), err)
		}
		seen := map[string]bool{}
		var lost int64
		for i := range members {
			m := &members[i]
			if got := cuts.Of(m.RecencyDays, m.Frequency, m.MonetaryMinor); got != m.Segment {
				t.Errorf("%+v is in %s", m, got)
			}
			if seen[m.Segment] = true; m.Segment == "about_to_sleep" {
				lost = m.Customer
			}
		}
		if len(seen) < 5 || lost == 0 {
			t.Fatalf("the customers are too much alike: %v", seen)
		}
		// Before there are cuts nobody is in any.
		if r := c.why(c.buys("c1", "before", nil, line("bag", "", 1, 500)), "back"); r.Why != programme.Unmet {
			t.Errorf("%+v", r)
		}
		if err := c.write(cuts.Save); err != nil {
			t.Fatal(err)
		}
		c.pass(time.Hour)
		var name string
		for n := 1; n <= 25; n++ {
			who := fmt.Sprint("c", n)
			if c.someone(who) == lost {
				name = who
			}
		}
		if r := c.why(c.buys(name, "again", nil, line("bag", "", 1, 500)), "back"); r.Units != 50 {
			t.Errorf("the lost one who came back: %+v", r)
		}
		if r := c.why(c.buys("c1", "after", nil, line("bag", "", 1, 500)), "back"); r.Why != programme.Unmet {
			t.Errorf("one who comes every day: %+v", r)
		}
		if r := c.why(c.buys("nobody", "first", nil, line("bag", "", 1, 500)), "back"); r.Why != programme.Unmet {
			t.Errorf("one who comes the first time: %+v", r)
		}
		if out := c.replays(forTheLost, replay.Options{Today: c.now()}); out.Draft.Rules[0].Orders == 0 || out.Draft.Rules[0].Orders > 60 {
			t.Errorf("%+v", out.Draft.Rules)
		}
		// What goes to each segment is what goes to all, and no more to the lost than they came for.
		out := c.replays(forTheLost, replay.Options{Today: c.now(), ValueMinor: map[string]float64{"points": 2}})
		var customers, cost int64
		for _, s := range out.Draft.Segments {
			customers += s.Customers
			cost += s.CostMinor
			if s.CostMinor > 0 && s.SpendMinor <= 0 {
				t.Errorf("%+v", s)
			}
		}
		if customers != out.Customers || cost != out.Draft.CostMinor || len(out.Draft.Segments) < 4 {
			t.Errorf("%+v of %d customers, who get %d", out.Draft.Segments, out.Customers, out.Draft.CostMinor)
		}
		err = c.write(func(tx *db.Tx) error {
			_, err := programme.Write(tx, []byte(strings.Replace(forTheLost, "'lost'", "'losst'", 1)), "", "usr_1", time.UTC)
			return err
		})
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "losst") || !strings.Contains(err.Error(), "about_to_sleep") {
			t.Errorf("a segment that there is not: %v", err)
		}
	})
}
