package programme_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/act/programme"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
)

// bill is a purchase so many days before the day 1000, of lines of categories, and what came back of it.
func bill(tb testing.TB, days int64, back []order.Back, lines ...order.Line) programme.Purchase {
	tb.Helper()
	o := order.Order{Placed: fact.Moment{UTC: (1000 - days) * fact.MicrosPerDay}, Lines: lines}
	p, ok := programme.PurchaseOf(&o, back)
	if named := strings.Trim(strings.Join(categoriesOf(lines), ""), " ") != ""; ok != named {
		tb.Fatalf("%+v has categories: %v", lines, ok)
	}
	return p
}

func categoriesOf(lines []order.Line) (all []string) {
	for i := range lines {
		all = append(all, lines[i].Category)
	}
	return all
}

func of(category string, minor int64) order.Line {
	return order.Line{Category: category, Quantity: 1, AmountMinor: minor}
}

func came(daysBefore int64, line int, minor int64) order.Back {
	return order.Back{Line: line, Quantity: 1, AmountMinor: minor, AtUTC: (1000 - daysBefore) * fact.MicrosPerDay}
}

func TestWhatSomebodyBuysMostOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		bought []programme.Purchase
		want   string
	}{
		"nothing":                          {nil, ""},
		"what most was spent on":           {[]programme.Purchase{bill(t, 9, nil, of("tea", 300), of("cakes", 500)), bill(t, 3, nil, of("tea", 250))}, "tea"},
		"not what was bought most often":   {[]programme.Purchase{bill(t, 9, nil, of("tea", 100)), bill(t, 8, nil, of("tea", 100)), bill(t, 3, nil, of("cakes", 250))}, "cakes"},
		"of equals the first by name":      {[]programme.Purchase{bill(t, 9, nil, of("tea", 300), of("cakes", 300), of("Bread", 299))}, "cakes"},
		"nothing of no category":           {[]programme.Purchase{bill(t, 9, nil, of("", 900), of(" ", 800), of("tea", 1))}, "tea"},
		"nothing that cost nothing":        {[]programme.Purchase{bill(t, 9, nil, of("tea", 0))}, ""},
		"a year ago":                       {[]programme.Purchase{bill(t, 365, nil, of("tea", 300)), bill(t, 3, nil, of("cakes", 250))}, "tea"},
		"more than a year ago":             {[]programme.Purchase{bill(t, 366, nil, of("tea", 300)), bill(t, 3, nil, of("cakes", 250))}, "cakes"},
		"not at the moment itself":         {[]programme.Purchase{bill(t, 0, nil, of("tea", 300))}, ""},
		"not later":                        {[]programme.Purchase{bill(t, -1, nil, of("tea", 300)), bill(t, 1, nil, of("cakes", 1))}, "cakes"},
		"less what came back":              {[]programme.Purchase{bill(t, 9, []order.Back{came(2, 1, 200)}, of("tea", 300), of("cakes", 250))}, "cakes"},
		"not what comes back later":        {[]programme.Purchase{bill(t, 9, []order.Back{came(0, 1, 200)}, of("tea", 300), of("cakes", 250))}, "tea"},
		"all that came back":               {[]programme.Purchase{bill(t, 9, []order.Back{came(2, 1, 300)}, of("tea", 300))}, ""},
		"what came back of no line":        {[]programme.Purchase{bill(t, 9, []order.Back{came(2, 0, 400)}, of("tea", 300), of("cakes", 500)), bill(t, 8, nil, of("tea", 99))}, "cakes"},
		"with what came back of all of it": {[]programme.Purchase{bill(t, 9, []order.Back{came(2, 0, 800)}, of("tea", 300), of("cakes", 500)), bill(t, 8, nil, of("tea", 99))}, "tea"},
		"whatever the capitals":            {[]programme.Purchase{bill(t, 9, nil, of("Tea", 300), of("cakes", 500)), bill(t, 8, nil, of("tea ", 250))}, "Tea"},
		"in Greek too":                     {[]programme.Purchase{bill(t, 9, nil, of("ΚΑΦΕΣ", 200), of("Τσάι", 300)), bill(t, 8, nil, of("καφες", 250))}, "καφες"},
	} {
		if is := programme.Favourite(c.bought, 1000*fact.MicrosPerDay); is != c.want {
			t.Errorf("%s: %q, want %q", name, is, c.want)
		}
	}
}

// The favourite is what most was spent on by a plain count, in whatever order things are told, and nothing later changes it.
func TestTheFavouriteIsWhatMostWasSpentOn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		var all, known []programme.Purchase
		spent := map[string]int64{}
		for range rapid.IntRange(0, 8).Draw(rt, "orders") {
			days := rapid.Int64Range(-30, 400).Draw(rt, "days")
			var lines []order.Line
			for range rapid.IntRange(1, 3).Draw(rt, "lines") {
				lines = append(lines, of(rapid.SampledFrom([]string{"", "tea", "cakes", "bread"}).Draw(rt, "category"), rapid.Int64Range(0, 9).Draw(rt, "amount")))
			}
			var back, before []order.Back
			if i := rapid.IntRange(0, len(lines)).Draw(rt, "returned"); i > 0 {
				b := came(rapid.Int64Range(-40, days).Draw(rt, "returned days"), i, rapid.Int64Range(0, lines[i-1].AmountMinor).Draw(rt, "of it"))
				if back = append(back, b); b.AtUTC < 1000*fact.MicrosPerDay {
					before = back
				}
			}
			p := bill(t, days, back, lines...)
			if all = append(all, p); days <= 0 || days > 365 {
				continue
			}
			known = append(known, bill(t, days, before, lines...))
			for i := range lines {
				spent[lines[i].Category] += lines[i].AmountMinor
				if len(before) > 0 && before[0].Line == i+1 {
					spent[lines[i].Category] -= before[0].AmountMinor
				}
			}
		}
		want := ""
		for _, name := range []string{"bread", "cakes", "tea"} {
			if spent[name] > spent[want] || want == "" && spent[name] > 0 {
				want = name
			}
			spent[""] = 0
		}
		is := programme.Favourite(rapid.Permutation(all).Draw(rt, "told"), 1000*fact.MicrosPerDay)
		if only := programme.Favourite(known, 1000*fact.MicrosPerDay); is != want || only != is {
			rt.Fatalf("%q, of what was before alone %q, want %q of %v", is, only, want, spent)
		}
	})
}

func TestRulesForTheFavourite(t *testing.T) {
	t.Parallel()
	const each = `"effect": {"each": {"unit": "points", "units": 1}}`
	for _, c := range []struct {
		what, rule, favourite string
		units                 int64
	}{
		{"on the favourite", `"lines": "line.category == customer.favourite_category"`, "coffee", 3},
		{"whatever the capitals", `"lines": "line.category == customer.favourite_category"`, " Coffee", 3},
		{"the other way round", `"lines": "customer.favourite_category == line.category"`, "food", 1},
		{"on another", `"lines": "line.category == customer.favourite_category"`, "tea", 0},
		{"of whom nothing is known", `"lines": "line.category == customer.favourite_category"`, "", 0},
		{"or the cake", `"lines": "line.product == 'cake' || line.category == customer.favourite_category"`, "", 1},
		{"but the favourite", `"lines": "line.category != customer.favourite_category"`, "coffee", 1},
		{"for newcomers anything with a category", `"lines": "customer.favourite_category == '' || line.category == customer.favourite_category"`, "", 9},
		{"of an order with the favourite", `"if": "customer.favourite_category in order.categories"`, "COFFEE", 9},
		{"of an order without", `"if": "customer.favourite_category in order.categories"`, "tea", 0},
		{"of an order, where nothing is known", `"if": "customer.favourite_category in order.categories"`, "", 0},
		{"of who is known", `"if": "customer.favourite_category != ''"`, "tea", 9},
		{"of who likes coffee", `"if": "customer.favourite_category in ['coffee', 'tea']", "lines": "line.category == 'food'"`, "coffee", 1},
	} {
		s := bought()
		s.Lines = append(s.Lines, programme.SaleLine{Product: "loose", Quantity: 5, AmountMinor: 100})
		rules := compiled(t, `{"rule": "plain", "name": "P", "if": "size(order.categories) == 3 && '' in order.categories", `+each+`}, {"rule": "r", "name": "R", `+c.rule+`, `+each+`},
			{"rule": "none", "name": "N", "lines": "line.category == ''", `+each+`}`)
		all := rules.Evaluate(programme.OnOrder, &s, &programme.Known{Favourite: c.favourite}, 2, endless)
		if all[1].Units != c.units {
			t.Errorf("%s: %+v", c.what, all[1])
		}
		if all[0].Units != 9 || all[2].Units != 5 {
			t.Errorf("%s: other rules, of what has no category, give %d and %d", c.what, all[0].Units, all[2].Units)
		}
	}
}

func TestTheFavouriteIsAskedOnlyWhereARuleAsks(t *testing.T) {
	t.Parallel()
	for rule, asks := range map[string]bool{
		`"lines": "line.category == 'tea'"`:                                            false,
		`"if": "customer.orders > 3"`:                                                  false,
		`"lines": "line.amount > 0.0 && line.category == customer.favourite_category"`: true,
		`"if": "customer.favourite_category == 'tea'"`:                                 true,
	} {
		if c := compiled(t, `{"rule": "r", "name": "R", `+rule+`, "effect": {"fixed": {"unit": "points", "units": 1}}}`); c.AsksFavourite() != asks {
			t.Errorf("%s asks: %v", rule, !asks)
		}
	}
	d, err := programme.Parse([]byte(`{"name": "T", "units": [{"unit": "points"}], "rules": [], "challenges": [{"challenge": "c", "name": "C", "count": "pieces", "target": 3, "from": "2026-01-01",
		"lines": "line.category == customer.favourite_category", "gives": {"unit": "points", "units": 1}}]}`))
	if err == nil {
		_, err = programme.Compile(d, 1, time.UTC)
	}
	if err == nil || !strings.Contains(err.Error(), "which changes") {
		t.Errorf("a challenge that asks for it: %v", err)
	}
	for _, p := range programme.Phrases() {
		if (p.Name == "favourite" || p.Name == "most_of") && p.Lasts() {
			t.Errorf("%s lasts", p.Name)
		}
	}
}
