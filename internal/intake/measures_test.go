package intake_test

import (
	"context"
	"math"
	"strconv"
	"testing"
	"time"

	programmes "regulars/internal/act/club"
	"regulars/internal/act/member"
	"regulars/internal/act/points/liability"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/mirror"
	"regulars/internal/measure/mirror/mirrortest"
	"regulars/internal/measure/report"
	"regulars/internal/record/order"
	"regulars/internal/understand/analysis"
)

const membersOnly = `{"name": "Members", "members_only": true, "units": [{"unit": "points", "expiry": {"kind": "after", "n": 1, "every": "months"}}],
	"rules": [{"rule": "rate", "name": "A point a euro", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}}],
	"rewards": [{"reward": "off", "name": "A euro off", "kind": "discount", "terms": {"amount_minor": 100}, "unit": "points", "price": 20}]}`

// roads are the ways from the facts of the club to figures.
func (c *club) roads() map[string]*analysis.Desk {
	c.t.Helper()
	all := map[string]*analysis.Desk{"copy": analysis.New(c.d, mirrortest.Facts(c.t, c.d), programmes.LoadMeasures)}
	if c.d.Lends() {
		all["database"] = analysis.New(c.d, func(ctx context.Context, v mirror.View) (*mirror.Source, error) { return mirror.Direct(ctx, c.d, v) }, programmes.LoadMeasures)
	}
	return all
}

// TestMeasuresOfAProgramme sets the figures of a small programme beside those reckoned by hand, by every road to the facts.
// Six members buy for 20 on 3 and 10 March, one of them brings the second back; six others buy once, for 10. In April one
// member redeems 10 points, and another buys for 5 after the 40 points of March have run out.
func TestMeasuresOfAProgramme(t *testing.T) {
	t.Parallel()
	eachClub(t, membersOnly, func(t *testing.T, c *club) {
		t.Helper()
		roads := c.roads()
		var members []int64
		for i := range 6 {
			who := c.someone("m" + strconv.Itoa(i))
			members = append(members, who)
			if err := c.write(func(tx *db.Tx) error { return member.Join(tx, who, "till") }); err != nil {
				t.Fatal(err)
			}
		}
		const day = 24 * time.Hour
		for i := range 6 {
			c.buys("m"+strconv.Itoa(i), "a"+strconv.Itoa(i), nil, line("bag", "", 1, 2000))
			c.buys("o"+strconv.Itoa(i), "o"+strconv.Itoa(i), nil, line("bag", "", 1, 1000))
		}
		c.pass(7 * day)
		for i := range 6 {
			c.buys("m"+strconv.Itoa(i), "b"+strconv.Itoa(i), nil, line("bag", "", 1, 2000))
		}
		c.pass(2 * day)
		c.returns("back", "b3", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 2000})
		c.pass(21 * day) // 2 April
		c.spends(members[1], "s", 10)
		c.pass(18 * day) // 20 April
		c.buys("m2", "c2", nil, line("pen", "", 1, 500))
		at := func(month time.Month) int64 { return time.Date(2026, month, 1, 0, 0, 0, 0, time.UTC).UnixMicro() }
		asked := report.Options{Settings: metric.Settings{From: at(3), To: at(5), AsOf: at(5), Period: metric.ByMonth}}
		type wanted struct{ window, march, april float64 }
		none := math.NaN()
		for name, desk := range roads {
			p, err := desk.Picture(t.Context(), asked)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got := map[string]metric.Measure{}
			for _, m := range p.Measures {
				got[m.Key] = m
			}
			for key, want := range map[string]wanted{
				"enrolment_rate":            {50, 50, 50},
				"programme_activity":        {100, 100, 200. / 6},
				"points_issued":             {225, 220, 5},
				"points_redeemed":           {10, 0, 10},
				"points_expired":            {40, 0, 40},
				"redemption_rate":           {100 * 10. / 225, 100 * 10. / 220, 0},
				"member_lift_value":         {3750 - 1000, (4*4000+4000+2000)/6. - 1000, none},
				"member_lift_frequency":     {13./6 - 1, 1, none},
				"member_lift_order_value":   {22500./13 - 1000, 22000./12 - 1000, none},
				"member_lift_value_matched": {2750, (4*4000+4000+2000)/6. - 1000, none},
			} {
				m := got[key]
				check := func(when string, have *float64, want float64) {
					if have == nil && math.IsNaN(want) {
						return
					}
					if have == nil || math.Abs(*have-want) > 1e-6 {
						shown := "none, " + m.Reason
						if have != nil {
							shown = strconv.FormatFloat(*have, 'f', -1, 64)
						}
						t.Errorf("by the %s: %s %s is %s, want %g", name, key, when, shown, want)
					}
				}
				check("in the window", m.Value, want.window)
				if len(m.Series) != 2 {
					t.Errorf("by the %s: %s has %d months", name, key, len(m.Series))
					continue
				}
				check("in March", m.Series[0].Value, want.march)
				check("in April", m.Series[1].Value, want.april)
			}
			if l := got["liability"]; l.Value == nil || *l.Value <= 0 || *l.Value > 25 || l.N != 5 {
				t.Errorf("by the %s: %+v", name, l)
			}
			if e := got["enrolment_rate"]; e.Low == nil || *e.Low < 20 || *e.High > 80 || e.N != 12 {
				t.Errorf("by the %s: %+v", name, e)
			}
			part := asked
			part.Settings.Where = []metric.Condition{{Attribute: "product", Values: []string{"bag"}}}
			part.Kind = mirror.ByProduct
			if p, err = desk.Picture(t.Context(), part); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, m := range p.Measures {
				if m.Key == "points_issued" && m.Reason != "programme_of_all" || m.Key == "enrolment_rate" && (m.Value == nil || *m.Value != 50) {
					t.Errorf("by the %s, of a part: %+v", name, m)
				}
			}
		}
	})
}

// TestAJournalOfAMonth: what is deferred is released by and by, and never more than there was.
func TestAJournalOfAMonth(t *testing.T) {
	t.Parallel()
	eachClub(t, membersOnly, func(t *testing.T, c *club) {
		t.Helper()
		const day = 24 * time.Hour
		who := c.someone("ada")
		if err := c.write(func(tx *db.Tx) error { return member.Join(tx, who, "till") }); err != nil {
			t.Fatal(err)
		}
		c.buys("bob", "0", nil, line("bag", "", 1, 5000)) // is no member: nothing is deferred
		for i := range 12 {
			c.buys("ada", "a"+strconv.Itoa(i), nil, line("bag", "", 1, 2000))
		}
		c.returns("back", "a3", order.ReturnLine{Line: 1, Quantity: 1, AmountMinor: 2000})
		c.pass(29 * day) // 1 April
		c.spends(who, "s", 55)
		c.pass(30 * day) // 1 May: what is left has run out
		c.buys("ada", "b", nil, line("pen", "", 1, 1000))
		var books *liability.Books
		if err := c.d.Read(t.Context(), func(tx *db.Tx) (err error) {
			books, err = liability.ReadBooks(tx, "points", c.Business.Zone)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		month := func(m int64) (liability.Split, liability.Release) {
			t.Helper()
			sold, released, err := books.Month(2026*12+m-1, 5, 0.5)
			if err != nil {
				t.Fatal(err)
			}
			return sold, released
		}
		// Of 240 points 20 went back with the return; half of 220 are expected, for 5 each: 24,000 x 550 / 24,550.
		sold, released := month(3)
		if sold != (liability.Split{GoodsMinor: 24000 - 538, DeferredMinor: 538}) || released.RevenueMinor != 0 || released.DeferredMinor != 538 {
			t.Errorf("March: %+v %+v", sold, released)
		}
		// 55 of them are used in April, when 55 and half of the other 165 are expected: 538 x 55 / (55 + 83).
		_, april := month(4)
		if april.RevenueMinor <= 0 || april.RevenueMinor+april.DeferredMinor != 538 {
			t.Errorf("April: %+v", april)
		}
		// In May nothing of March is left to be used, so that all of it is revenue, and a new sale defers its own.
		sold, may := month(5)
		if may.RevenueMinor != april.DeferredMinor || sold.DeferredMinor <= 0 || may.DeferredMinor != sold.DeferredMinor {
			t.Errorf("May: %+v %+v", sold, may)
		}
		if _, _, err := books.Month(2026*12, 0, 1); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a unit worth nothing: %v", err)
		}
	})
}

// Where nobody is a member the measures of a programme are left out, and say why to who asks for them.
func TestMeasuresOfNoProgramme(t *testing.T) {
	t.Parallel()
	eachClub(t, `{"name": "None", "units": [], "rules": []}`, func(t *testing.T, c *club) {
		t.Helper()
		c.buys("ada", "1", nil, line("bag", "", 1, 2000))
		for name, desk := range c.roads() {
			p, err := desk.Picture(t.Context(), report.Options{})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, m := range p.Measures {
				if m.Reason == "no_programme" {
					t.Errorf("by the %s: %s is shown", name, m.Key)
				}
			}
			p, err = desk.Picture(t.Context(), report.Options{Measures: []string{"points_issued"}})
			if err != nil || p.Measures[0].Reason != "no_programme" {
				t.Errorf("by the %s: %+v, %v", name, p, err)
			}
		}
	})
}
