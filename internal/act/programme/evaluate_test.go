package programme_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/record/fact"
)

// compiled is a programme of points and stamps with the rules, written as JSON.
func compiled(t *testing.T, rules string) *programme.Compiled {
	t.Helper()
	d, err := programme.Parse([]byte(`{"name": "Test", "units": [{"unit": "points"}, {"unit": "stamps"}], "rules": [` + rules + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	c, err := programme.Compile(d, 1, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// endless is a rule that may give as much as it likes.
func endless(*programme.Rule) programme.Allowance {
	return programme.Free()
}

// bought is an order of a Tuesday, 3 March 2026, at half past nine: three coffees for 7.50 and a cake for 4.20.
func bought() programme.Sale {
	return programme.Sale{Placed: fact.At(time.Date(2026, 3, 3, 9, 30, 0, 0, time.UTC), time.UTC), Store: "Station", Channel: "shop", TaxMinor: 170,
		Attributes: map[string]string{"table": "7"},
		Lines: []programme.SaleLine{
			{Product: "espresso", Category: "coffee", Quantity: 3, AmountMinor: 750, Attributes: map[string]string{"size": "large"}},
			{Product: "cake", Category: "food", Quantity: 1, AmountMinor: 420},
		}}
}

func TestWhatARuleGives(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what, rule string
		change     func(s *programme.Sale, k *programme.Known)
		units      int64
		why        programme.Why
	}{
		{"a point a euro, of what is left of 11.70 without 1.70 of tax", `"effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}`, nil, 10, ""},
		{"with the tax", `"include": ["tax"], "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}`, nil, 11, ""},
		{"of the coffees alone", `"include": ["tax"], "lines": "line.category == 'coffee'", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}`, nil, 7, ""},
		{"not of what was paid with units", `"include": ["tax"], "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}`,
			func(s *programme.Sale, _ *programme.Known) { s.UnitsMinor = 500 }, 6, ""},
		{"of what was paid with units too", `"include": ["tax", "paid_with_units"], "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}`,
			func(s *programme.Sale, _ *programme.Known) { s.UnitsMinor = 500 }, 11, ""},
		{"of the shipping too", `"include": ["tax", "shipping"], "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}`,
			func(s *programme.Sale, _ *programme.Known) { s.ShippingMinor = 500 }, 16, ""},
		{"too little", `"effect": {"rate": {"unit": "points", "units": 1, "per_minor": 5000}}`, nil, 0, programme.TooLittle},
		{"with what was left over before", `"include": ["tax"], "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 500, "keep_remainder": true}}`,
			func(_ *programme.Sale, k *programme.Known) { k.Sums = map[string]int64{"r": 1430} }, 3, ""},
		{"half as much again in the tier", `"include": ["tax"], "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}`,
			func(_ *programme.Sale, k *programme.Known) { k.Factor = 1.5 }, 16, ""},
		{"a stamp a coffee", `"lines": "line.category == 'coffee'", "effect": {"each": {"unit": "stamps", "units": 1}}`, nil, 3, ""},
		{"over a list", `"if": "order.amount > 1.0 && order.products.exists(p, p.startsWith('esp'))", "effect": {"fixed": {"unit": "points", "units": 5}}`, nil, 5, ""},
		{"over a list in vain", `"if": "order.amount > 1.0 && order.products.exists(p, p == 'tea')", "effect": {"fixed": {"unit": "points", "units": 5}}`, nil, 0, programme.Unmet},
		{"a large one", `"lines": "line.attributes['size'] == 'large'", "effect": {"each": {"unit": "stamps", "units": 2}}`, nil, 6, ""},
		{"nothing that counts", `"lines": "line.product == 'tea'", "effect": {"each": {"unit": "stamps", "units": 1}}`, nil, 0, programme.NoLines},
		{"what came back does not count", `"lines": "line.category == 'coffee'", "effect": {"each": {"unit": "stamps", "units": 1}}`,
			func(s *programme.Sale, _ *programme.Known) { s.Lines[0].Quantity, s.Lines[0].AmountMinor = 0, 0 }, 0, programme.NoLines},
		{"everything came back", `"effect": {"fixed": {"unit": "points", "units": 5}}`,
			func(s *programme.Sale, _ *programme.Known) { s.Lines = nil }, 0, programme.NoLines},
		{"a condition", `"if": "order.amount >= 11.7 && order.store == 'Station' && order.attributes['table'] == '7'", "effect": {"fixed": {"unit": "points", "units": 5}}`, nil, 5, ""},
		{"one that is not met", `"if": "order.amount > 11.7", "effect": {"fixed": {"unit": "points", "units": 5}}`, nil, 0, programme.Unmet},
		{"one over what is not there", `"if": "order.attributes['colour'] == 'red'", "effect": {"fixed": {"unit": "points", "units": 5}}`, nil, 0, programme.Unmet},
		{"what is in the basket", `"if": "'cake' in order.products && 'coffee' in order.categories && order.items == 4.0", "effect": {"fixed": {"unit": "points", "units": 5}}`, nil, 5, ""},
		{"whole and broken numbers", `"if": "order.amount > 11 && order.items < 5 && customer.orders == 0", "effect": {"fixed": {"unit": "points", "units": 5}}`, nil, 5, ""},
		{"the first order", `"if": "customer.first_order", "effect": {"fixed": {"unit": "points", "units": 5}}`,
			func(_ *programme.Sale, k *programme.Known) { k.Orders = 1 }, 0, programme.Unmet},
		{"what was spent before", `"if": "customer.spend >= 99.5 && customer.tier == 'gold'", "effect": {"fixed": {"unit": "points", "units": 5}}`,
			func(_ *programme.Sale, k *programme.Known) { k.SpendMinor, k.Tier = 9950, "gold" }, 5, ""},
		{"the hour and the day", `"if": "time.hour == 9 && time.weekday == 'tue' && time.day == '2026-03-03'", "effect": {"fixed": {"unit": "points", "units": 5}}`, nil, 5, ""},
		{"in its days", `"from": "2026-03-03", "until": "2026-03-03", "days": ["tue", "wed"], "hours": "09:30-09:31", "effect": {"fixed": {"unit": "points", "units": 5}}`, nil, 5, ""},
		{"before its days", `"from": "2026-03-04", "effect": {"fixed": {"unit": "points", "units": 5}}`, nil, 0, programme.NotInForce},
		{"after its days", `"until": "2026-03-02", "effect": {"fixed": {"unit": "points", "units": 5}}`, nil, 0, programme.NotInForce},
		{"on another day of the week", `"days": ["mon"], "effect": {"fixed": {"unit": "points", "units": 5}}`, nil, 0, programme.WrongHours},
		{"at another hour", `"hours": "10:00-12:00", "effect": {"fixed": {"unit": "points", "units": 5}}`, nil, 0, programme.WrongHours},
		{"at the end of its hours", `"hours": "08:00-09:30", "effect": {"fixed": {"unit": "points", "units": 5}}`, nil, 0, programme.WrongHours},
	} {
		s, k := bought(), programme.Known{}
		if c.change != nil {
			c.change(&s, &k)
		}
		r := compiled(t, `{"rule": "r", "name": "Rule", `+c.rule+`}`).Evaluate(programme.OnOrder, &s, &k, 2, endless)
		if len(r) != 1 || r[0].Units != c.units || r[0].Why != c.why || r[0].Gave() != (c.units > 0) {
			t.Errorf("%s: %+v, want %d units, %q", c.what, r, c.units, c.why)
		}
	}
}

func TestPromotionsWithoutUnits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what, effect string
		spend        int64
		want         programme.Result
	}{
		{"a percentage", `{"discount": {"percent": 12.5}}`, 0, programme.Result{DiscountMinor: 146, BaseMinor: 1170}},
		{"an amount", `{"discount": {"amount_minor": 300}}`, 0, programme.Result{DiscountMinor: 300, BaseMinor: 1170}},
		{"an amount above the price", `{"discount": {"amount_minor": 3000}}`, 0, programme.Result{DiscountMinor: 1170, BaseMinor: 1170}},
		{"a ladder, below", `{"discount": {"steps": [{"spend_minor": 1000, "percent": 5}, {"spend_minor": 5000, "percent": 10}]}}`, 999, programme.Result{Why: programme.TooLittle, BaseMinor: 1170}},
		{"a ladder, on it", `{"discount": {"steps": [{"spend_minor": 1000, "percent": 5}, {"spend_minor": 5000, "percent": 10}]}}`, 4999, programme.Result{DiscountMinor: 58, BaseMinor: 1170}},
		{"a ladder, above", `{"discount": {"steps": [{"spend_minor": 1000, "percent": 5}, {"spend_minor": 5000, "percent": 10}]}}`, 5000, programme.Result{DiscountMinor: 117, BaseMinor: 1170}},
		{"a gift", `{"gift": {"text": "A biscuit"}}`, 0, programme.Result{Gift: "A biscuit", BaseMinor: 1170}},
		{"a product", `{"gift": {"product": "biscuit"}}`, 0, programme.Result{Gift: "biscuit", BaseMinor: 1170}},
		{"free delivery", `{"free_delivery": {}}`, 0, programme.Result{FreeDelivery: true, BaseMinor: 1170}},
	} {
		s := bought()
		r := compiled(t, `{"rule": "r", "name": "Rule", "include": ["tax"], "effect": `+c.effect+`}`).Evaluate(programme.OnOrder, &s, &programme.Known{SpendMinor: c.spend}, 2, endless)
		c.want.Rule, c.want.Name = "r", "Rule"
		if fmt.Sprintf("%+v", r[0]) != fmt.Sprintf("%+v", c.want) {
			t.Errorf("%s:\n%+v, want\n%+v", c.what, r[0], c.want)
		}
	}
}

// Multipliers of a unit multiply each other and what rates and pieces give of it, and nothing else.
func TestMultipliersMultiply(t *testing.T) {
	t.Parallel()
	c := compiled(t, strings.Join([]string{
		`{"rule": "rate", "name": "Rate", "include": ["tax"], "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}}`,
		`{"rule": "fixed", "name": "Fixed", "effect": {"fixed": {"unit": "points", "units": 5}}}`,
		`{"rule": "stamps", "name": "Stamps", "effect": {"each": {"unit": "stamps", "units": 1}}}`,
		`{"rule": "double", "name": "Double", "effect": {"times": {"unit": "points", "factor": 2}}}`,
		`{"rule": "more", "name": "More", "if": "order.channel == 'shop'", "effect": {"times": {"unit": "points", "factor": 1.5}}}`,
		`{"rule": "never", "name": "Never", "if": "order.channel == 'web'", "effect": {"times": {"unit": "points", "factor": 100}}}`,
	}, ","))
	s := bought()
	got := map[string]int64{}
	for _, r := range c.Evaluate(programme.OnOrder, &s, &programme.Known{}, 2, endless) {
		got[r.Rule] = r.Units
	}
	if want := map[string]int64{"rate": 33, "fixed": 5, "stamps": 4, "double": 0, "more": 0, "never": 0}; !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestOneOfAGroupApplies(t *testing.T) {
	t.Parallel()
	rule := func(name, more string) string {
		return `{"rule": "` + name + `", "name": "` + strings.ToUpper(name) + `", "group": "g", ` + more + `"effect": {"fixed": {"unit": "points", "units": 1}}}`
	}
	for _, c := range []struct {
		what  string
		rules []string
		wins  string
	}{
		{"the first of equals", []string{rule("a", ""), rule("b", "")}, "a"},
		{"the highest priority", []string{rule("a", ""), rule("b", `"priority": 2, `), rule("c", `"priority": 1, `)}, "b"},
		{"one that applies", []string{rule("a", `"priority": 9, "if": "false", `), rule("b", "")}, "b"},
	} {
		s := bought()
		for _, r := range compiled(t, strings.Join(c.rules, ",")).Evaluate(programme.OnOrder, &s, &programme.Known{}, 2, endless) {
			if (r.Units > 0) != (r.Rule == c.wins) {
				t.Errorf("%s: %+v", c.what, r)
			}
			if r.Rule != c.wins && r.Why == programme.Beaten && r.Detail != strings.ToUpper(c.wins) {
				t.Errorf("%s: %s was beaten by %s", c.what, r.Rule, r.Detail)
			}
		}
	}
}

func TestWhatIsLeftOfLimitsAndBudgets(t *testing.T) {
	t.Parallel()
	c := compiled(t, `{"rule": "r", "name": "Rule", "budget": 100, "limit": {"times": 1}, "effect": {"fixed": {"unit": "points", "units": 8}}}`)
	for _, w := range []struct {
		left           programme.Allowance
		units, trimmed int64
		why            programme.Why
	}{
		{programme.Allowance{Uses: 1, Own: 100, Units: 100}, 8, 0, ""},
		{programme.Allowance{Uses: 1, Own: 100, Units: 8}, 8, 0, ""},
		{programme.Allowance{Uses: 1, Own: 100, Units: 3}, 3, 5, ""},
		{programme.Allowance{Uses: 1, Own: 100, Units: 0}, 0, 8, programme.BudgetSpent},
		{programme.Allowance{Uses: 1, Own: 100, Units: -4}, 0, 8, programme.BudgetSpent},
		{programme.Allowance{Uses: 1, Own: 5, Units: 100}, 5, 0, ""},
		{programme.Allowance{Uses: 1, Own: 5, Units: 4}, 4, 4, ""},
		{programme.Allowance{Uses: 1, Own: 0, Units: 4}, 0, 0, programme.LimitReached},
		{programme.Allowance{Uses: 0, Own: 100, Units: 100}, 0, 0, programme.LimitReached},
	} {
		s := bought()
		r := c.Evaluate(programme.OnOrder, &s, &programme.Known{}, 2, func(*programme.Rule) programme.Allowance { return w.left })[0]
		if r.Units != w.units || r.Trimmed != w.trimmed || r.Why != w.why {
			t.Errorf("%+v: %+v", w.left, r)
		}
	}
}

// Amounts of a currency without decimals are what they are.
func TestCurrenciesWithoutDecimals(t *testing.T) {
	t.Parallel()
	c := compiled(t, `{"rule": "r", "name": "Rule", "if": "order.amount == 1170.0", "effect": {"fixed": {"unit": "points", "units": 8}}}`)
	s := bought()
	if r := c.Evaluate(programme.OnOrder, &s, &programme.Known{}, 0, endless)[0]; r.Units != 8 {
		t.Errorf("%+v", r)
	}
}

// Whatever a document says: it is refused with a sentence, or it can be applied.
func FuzzProgramme(f *testing.F) {
	for _, seed := range []string{
		`{"name":"x","units":[{"unit":"points"}],"rules":[{"rule":"a","name":"A","effect":{"rate":{"unit":"points","units":1,"per_minor":100}}}]}`,
		`{"name":"x","units":[{"unit":"points"}],"rules":[{"rule":"a","name":"A","if":"order.amount > 1.0 / 0.0","lines":"line.quantity > 2","hours":"00:00-23:59","effect":{"each":{"unit":"points","units":1000000}}}]}`,
		`{"name":"x","units":[],"rules":[{"rule":"a","name":"A","effect":{"discount":{"steps":[{"spend_minor":1,"percent":1}]}}}],"tiers":{"by":"spend","window":"months","months":3,"levels":[{"tier":"a","name":"A","from":0}]}}`,
		`{"name":"x","units":[{"unit":"points","expiry":{"kind":"after","n":-1}}]}`, `{`, `null`, `[]`, `{"rules":null,"tiers":{}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := programme.Parse([]byte(text))
		if err != nil {
			return
		}
		c, err := programme.Compile(d, 1, time.UTC)
		if err != nil {
			return
		}
		s := bought()
		for _, r := range c.Evaluate(programme.OnOrder, &s, &programme.Known{}, 2, endless) {
			if r.Units < 0 || r.DiscountMinor < 0 || r.DiscountMinor > 1170 {
				t.Errorf("%s gave %+v", text, r)
			}
		}
	})
}

func TestWhereDocumentsDiffer(t *testing.T) {
	t.Parallel()
	a := `{"name":"x","units":[{"unit":"points"}],"rules":[{"rule":"a","name":"A"},{"rule":"b","name":"B"}],"tiers":{"by":"spend"},"rewards":[{"reward":"c","unit":"points","price":3},{"reward":"d","unit":"points","price":4}]}`
	b := `{"name":"y","units":[{"unit":"points"},{"unit":"stamps"}],"rules":[{"rule":"b","name":"B"},{"rule":"a","name":"Z","if":"1 > 0"}],"rewards":[{"reward":"d","unit":"points","price":4},{"reward":"c","unit":"points","price":5}]}`
	found, err := programme.Diff([]byte(a), []byte(b))
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, d := range found {
		said = append(said, d.At+" "+d.Before+">"+d.After)
	}
	if got, want := strings.Join(said, "; "), `name "x">"y"; rewards[c].price 3>5; rules[a].if >"1 > 0"; rules[a].name "A">"Z"; tiers.by "spend">; units[stamps].unit >"stamps"`; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if _, err := programme.Diff([]byte(a), []byte("{")); err == nil {
		t.Error("what is no JSON was compared")
	}
}

// A condition that goes over lists within lists ends, and does not hold, before it has taken long; one over a short list does.
func TestAConditionTakesNoTime(t *testing.T) {
	t.Parallel()
	c := compiled(t, `{"rule": "a", "name": "A", "if": "order.products.all(a, order.products.all(b, order.products.all(c, a != 'x' && b != 'x' && c != 'x')))", "effect": {"fixed": {"unit": "points", "units": 5}}}`)
	for lines, units := range map[int]int64{3: 5, 1000: 0} {
		s := bought()
		s.Lines = nil
		for i := range lines {
			s.Lines = append(s.Lines, programme.SaleLine{Product: fmt.Sprint("p", i), Quantity: 1, AmountMinor: 100})
		}
		if r := c.Evaluate(programme.OnOrder, &s, &programme.Known{}, 2, endless); r[0].Units != units {
			t.Errorf("of %d lines: %+v", lines, r)
		}
	}
}
