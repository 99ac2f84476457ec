package programme_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/base/locale"
	"regulars/internal/record/fact"
)

func terms(t *testing.T, text, tag string) programme.Terms {
	t.Helper()
	d, err := programme.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	c, err := programme.Compile(d, 1, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	l, err := locale.Get(tag)
	if err != nil {
		t.Fatal(err)
	}
	return c.Terms(l, "EUR", 2)
}

// Of one it is said as of one.
func TestTermsCountRightly(t *testing.T) {
	t.Parallel()
	const document = `{"name": "P", "units": [{"unit": "points"}], "rules": [{"rule": "a", "name": "A", "if": "customer.orders >= %d && customer.friends >= %d && order.items >= %d.0", "effect": {"fixed": {"unit": "points", "units": 1}}}]}`
	for tag, want := range map[string]string{"en": "after 1 order, after 1 friend, for 1 piece or more", "ru": "после 1 заказа, после 1 друга, от 1 штуки", "el": "μετά από 1 παραγγελία, μετά από 1 φίλο, από 1 τεμάχιο"} {
		if got := strings.Join(terms(t, fmt.Sprintf(document, 1, 1, 1), tag).Rules[0].When, ", "); got != want {
			t.Errorf("%s: %s", tag, got)
		}
	}
	if got := strings.Join(terms(t, fmt.Sprintf(document, 1500, 21, 2), "ru").Rules[0].When, ", "); !strings.HasSuffix(got, "после 21 друга, от 2 штук") {
		t.Error(got)
	}
}

// What the café promises, as its guests read it.
func TestTermsInWords(t *testing.T) {
	t.Parallel()
	cafe, err := os.ReadFile("../../../docs/cafe.json")
	if err != nil {
		t.Fatal(err)
	}
	got := terms(t, string(cafe), "en")
	var said []string
	for _, part := range [][]programme.Term{got.Rules, got.Tiers, got.Rewards} {
		for _, one := range part {
			said = append(said, one.Name+": "+strings.Join(append([]string{one.Gives}, one.When...), ", "))
		}
	}
	for _, one := range got.Units {
		for _, when := range one.When {
			said = append(said, one.Name+": "+when)
		}
	}
	want := []string{
		"A point a euro: 1 point for every €1.00",
		"A stamp for every coffee: 1 stamp for each piece, on coffee",
		"Happy birthday: 50 points, on your birthday",
		"Thank you for your answer: 10 points, for an answer to our questions, once a month",
		"Bronze: from the beginning",
		"Silver: from €200.00 in 12 months, purchases earn × 1.5",
		"Gold: from €500.00 in 12 months, purchases earn × 2",
		"The tenth coffee: 9 stamps, good for 90 days",
		"Five euros off: 100 points",
		"points: good for 6 months after they were earned",
	}
	if !slices.Equal(said, want) {
		t.Errorf("%s", strings.Join(said, "\n"))
	}
}

// Challenges, early access and entries are said in every language.
func TestTermsOfChallenges(t *testing.T) {
	t.Parallel()
	const document = `{"name":"P","units":[{"unit":"points"}],"rules":[{"rule":"e","name":"E","effect":{"entries":{"draw":"may","entries":2}}}],
		"rewards":[{"reward":"cake","name":"A cake","kind":"gift"},{"reward":"pass","name":"A pass","kind":"early_access","terms":{"from":"2026-03-01T00:00:00Z","until":"2026-03-20T12:00:00Z"}}],
		"tiers":{"by":"visits","window":"lifetime","levels":[{"tier":"gold","name":"Gold","from":9,"factor":2}]},
		"challenges":[{"challenge":"a","name":"A","count":"visits","target":5,"window":"month","from":"2026-11-01","until":"2026-12-31","gives":{"unit":"points","units":50}},
			{"challenge":"b","name":"B","count":"spend","target":5000,"window":"days","days":10,"from":"2026-11-01","times":1,"lines":"line.category == 'tea'","gives":{"reward":"cake"}},
			{"challenge":"c","name":"C","count":"orders","target":1,"window":"week","in_a_row":4,"from":"2026-11-01","gives":{"unit":"points","units":5},"milestones":[{"at":12,"gives":{"reward":"cake"}}]},
			{"challenge":"d","name":"D","count":"categories","target":3,"from":"2026-11-01","gives":{"unit":"points","units":5}}],
		"access":[{"access":"s","name":"Sale","from":"2026-12-01","tiers":["gold"],"segments":["champions"],"if":"customer.orders >= 5","rewards":["pass"]},{"access":"t","name":"Evening"}]}`
	got := terms(t, document, "en")
	var said []string
	for _, part := range [][]programme.Term{got.Rules, got.Challenges, got.Access} {
		for _, one := range part {
			said = append(said, one.Name+": "+strings.Join(append([]string{one.Gives}, one.When...), ", "))
		}
	}
	want := []string{
		"E: 2 entries in the prize draw may",
		"A: 50 points, for 5 visits, in a calendar month, from 1 November 2026, until 31 December 2026",
		"B: A cake, for spending €50.00, within 10 days of the first, on tea, from 1 November 2026, once",
		"C: 5 points; 12 weeks in a row: A cake, for 1 order, in a calendar week, 4 weeks in a row, from 1 November 2026",
		"D: 5 points, for 3 different categories, from 1 November 2026",
		"Sale: before others, for Gold, or for customers of the segment Champions, or after 5 orders, or with A pass, from 1 December 2026",
		"Evening: before others, by invitation",
	}
	if !slices.Equal(said, want) {
		t.Errorf("%s", strings.Join(said, "\n"))
	}
	for _, tag := range locale.Tags() {
		all, said := terms(t, document, tag), ""
		for _, part := range [][]programme.Term{all.Rules, all.Challenges, all.Access} {
			for _, one := range part {
				said += one.Gives + " " + strings.Join(one.When, " ")
			}
		}
		if strings.Contains(said, "terms.") || strings.Contains(said, "challenge.") || strings.ContainsAny(said, "{}") {
			t.Errorf("%s: %s", tag, said)
		}
	}
}

// How far somebody has come, as they read it.
func TestProgressInWords(t *testing.T) {
	t.Parallel()
	l, err := locale.Get("en")
	if err != nil {
		t.Fatal(err)
	}
	sales := []programme.Sale{sold(t, "2026-11-16", "", "tea oolong 1 1200"), sold(t, "2026-11-23", "", "tea oolong 1 1200"), sold(t, "2026-11-24", "", "tea oolong 1 1200")}
	const gives = `, "gives": {"unit": "points", "units": 10}}`
	for challenge, want := range map[string][2]string{
		`"count": "visits", "target": 5, "from": "2026-11-01", "until": "2026-11-30"`:                                                                     {"3 of 5 visits, until 30 November 2026", ""},
		`"count": "visits", "target": 2, "from": "2026-11-01", "window": "month"`:                                                                         {"done: 2 of 2 visits", ""},
		`"count": "spend", "target": 5000, "from": "2026-11-01"`:                                                                                          {"€36.00 of €50.00", ""},
		`"count": "stores", "target": 1, "from": "2026-12-01"`:                                                                                            {"0 of 1 shop, from 1 December 2026", ""},
		`"count": "orders", "target": 2, "from": "2026-11-01", "window": "days", "days": 3`:                                                               {"0 of 2 orders, within 3 days of the first", ""},
		`"count": "orders", "target": 2, "from": "2026-11-01", "until": "2026-11-20"`:                                                                     {"it is over", ""},
		`"count": "orders", "target": 2, "from": "2026-11-01", "times": 1`:                                                                                {"done: 1 time so far", ""},
		`"count": "orders", "target": 1, "from": "2026-11-01", "window": "week", "in_a_row": 4`:                                                           {"done: 1 of 1 order", "2 weeks in a row; at 4: 10 points"},
		`"count": "orders", "target": 3, "from": "2026-11-01", "window": "week", "in_a_row": 2, "milestones": [{"at": 1, "gives": {"reward": "coffee"}}]`: {"2 of 3 orders, until 29 November 2026", "0 weeks in a row; at 1: A coffee"},
	} {
		c := whole(t, challenged(`{"challenge": "c", "name": "C", `+challenge+gives))
		p := c.Progress(sales, "", 2, number(t, "2026-11-27"))[0]
		if got := [2]string{p.Words(l, "EUR"), p.Streak(l)}; got != want {
			t.Errorf("%s:\n%q, want\n%q", challenge, got, want)
		}
		for _, tag := range locale.Tags() {
			other, err := locale.Get(tag)
			if said := p.Words(other, "EUR") + p.Streak(other) + p.Prize(other); err != nil || strings.Contains(said, "challenge.") || strings.ContainsAny(said, "{}") {
				t.Errorf("%s: %s, %v", tag, said, err)
			}
		}
	}
}

// Every condition that there are words for is said, those without as they are written, and no text is missing in any language.
func TestConditionsInWords(t *testing.T) {
	t.Parallel()
	for condition, want := range map[string]string{
		"order.amount >= 20.0":                            "for orders of €20.00 or more",
		"order.amount > 20":                               "for orders of €20.00 or more",
		"order.items >= 3.0":                              "for 3 pieces or more",
		"customer.first_order":                            "for the first order",
		"customer.member":                                 "for members",
		"customer.orders >= 5":                            "after 5 orders",
		"customer.spend >= 100.5":                         "after €100.50 spent",
		"customer.days_away >= 60":                        "for coming back after 60 days or more",
		"customer.member_days <= 30":                      "in the first 30 days",
		`order.store == '咖啡\"x\"'`:                        `at 咖啡"x"`,
		"customer.favourite_category == 'tea'":            "for those who buy most of tea",
		"customer.favourite_category in ['tea', 'cakes']": "for those who buy most of tea, cakes",
		"customer.favourite_category in order.categories": "for orders with something of the category that you buy most of",
		"customer.segment == 'at_risk'":                   "for customers of the segment At risk",
		"customer.segment in ['champions', 'loyal']":      "for customers of the segment Champions, Loyal",
		"customer.tier == 'gold'":                         "for Gold",
		"time.weekday == 'tue'":                           "on Tuesday",
		"order.channel == 'web'":                          "bought through web",
		"order.store == 'north'":                          "at north",
		"time.month == 3 || order.items > 2.0":            "where time.month == 3 || order.items > 2.0",
		"customer.first_order && order.amount >= 5.0":     "for the first order, for orders of €5.00 or more",
	} {
		document := `{"name":"P","units":[{"unit":"points","kind":"spendable","expiry":{"kind":"idle","n":1,"every":"years"},"pending":{"days":2}}],"members_only":true,"starts":"2026-12-01",
			"rules":[{"rule":"a","name":"A","if":"` + condition + `","days":["mon","sun"],"hours":"07:00-10:30","from":"2026-01-02","until":"2026-03-04","budget":500,"group":"g",
				"limit":{"times":1,"units":20,"period":"week"},"effect":{"fixed":{"unit":"points","units":5}}},
			{"rule":"b","name":"B","group":"g","effect":{"discount":{"steps":[{"spend_minor":10000,"percent":3},{"spend_minor":50000,"percent":5}]}}},
			{"rule":"c","name":"C","lines":"line.category in ['tea', 'Tea', 'cake'] && line.amount > 0.0","effect":{"card":{"every":10}}},
			{"rule":"l","name":"L","lines":"line.category == 'cake' || line.product == 'scone'","effect":{"card":{"every":10}}},
			{"rule":"d","name":"D","lines":"line.product == 'cup'","effect":{"card":{"every":10,"free":"after"}}},
			{"rule":"e","name":"E","effect":{"card":{"every":10,"unit":"points","units":5}}},
			{"rule":"f","name":"F","effect":{"times":{"unit":"points","factor":1.5}}},
			{"rule":"h","name":"H","effect":{"discount":{"amount_minor":500}}},
			{"rule":"i","name":"I","effect":{"discount":{"percent":10}}},
			{"rule":"j","name":"J","effect":{"gift":{"text":"cake"}}},
			{"rule":"k","name":"K","effect":{"free_delivery":{}}},
			{"rule":"m","name":"M","lines":"line.category == customer.favourite_category","effect":{"rate":{"unit":"points","units":3,"per_minor":100}}},
			{"rule":"n","name":"N","lines":"customer.favourite_category != line.category && line.category != customer.favourite_category","effect":{"rate":{"unit":"points","units":3,"per_minor":100}}}],
			"tiers":{"by":"visits","window":"joining","levels":[{"tier":"silver","name":"Silver","from":3},{"tier":"friend","name":"Friend","invitation":true},{"tier":"gold","name":"Gold","from":9,"gift":{"unit":"points","units":7}}]}}`
		got := terms(t, document, "en")
		when := strings.Join(got.Rules[0].When, ", ")
		for _, said := range []string{"once a week", "points: 20 a week at most", "while there is some left for all together (500 points)", "on Monday, Sunday", "between 07:00–10:30", "from 2 January 2026", "until 4 March 2026", "the best of its kind"} {
			if !strings.Contains(when, said) {
				t.Errorf("%q is not in %q", said, when)
			}
		}
		if !strings.HasPrefix(when, want+", ") {
			t.Errorf("%s: %q, want %q", condition, when, want)
		}
		for _, tag := range locale.Tags() {
			all := terms(t, document, tag)
			said := strings.Join(all.Intro, " ")
			for _, part := range [][]programme.Term{all.Rules, all.Tiers, all.Units} {
				for _, one := range part {
					said += one.Gives + strings.Join(one.When, " ")
				}
			}
			if strings.Contains(said, "terms.") || strings.ContainsAny(said, "{}") {
				t.Errorf("%s: %s", tag, said)
			}
		}
		if d := got.Rules; d[1].Gives != "3% off from €100.00 spent; 5% off from €500.00 spent" || d[2].When[0] != "on tea, cake" || d[3].When[0] != "on cake, scone" || d[4].When[0] != "on cup" || d[6].Gives != "points × 1.5" ||
			d[11].Gives+", "+d[11].When[0] != "3 points for every €1.00, on the category that you buy most of" || len(d[12].When) != 1 || d[12].When[0] != "on other categories than the one that you buy most of" {
			t.Errorf("%+v", d)
		}
		if g := got.Tiers; g[0].Gives != "from 3 visits in a year of membership" || g[1].Gives != "by invitation" {
			t.Errorf("%+v", g)
		}
	}
}

// The programme of gifts in the documentation, as its guests read it: thanks for loyalty have words too.
func TestGiftsInWords(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../docs/gifts.json")
	if err != nil {
		t.Fatal(err)
	}
	for tag, want := range map[string][]string{
		"en": {
			"on your birthday", "each year on the day you joined", "each year on the day you joined, every 5 years of membership", "for the holiday: Easter, for members",
			"once in every 10 orders, once a day", "from 182 days after joining, once",
		},
		"ru": {
			"в день рождения", "каждый год в день вступления", "каждый год в день вступления, каждые 5 лет участия", "к празднику: Пасха, для участников",
			"за каждый 10-й заказ, раз в день", "начиная с 182 дн. после вступления, один раз",
		},
	} {
		var said []string
		for _, one := range terms(t, string(text), tag).Rules {
			said = append(said, strings.ReplaceAll(strings.Join(one.When, ", "), "\u00a0", " "))
		}
		if !slices.Equal(said, want) {
			t.Errorf("%s:\n%q", tag, strings.Join(said, "\n"))
		}
	}
}

// Every fifth year and every tenth order are thanked for, and no other.
func TestThanksForLoyalty(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../docs/gifts.json")
	if err != nil {
		t.Fatal(err)
	}
	d, err := programme.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	c, err := programme.Compile(d, 1, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	gave := func(on string, known *programme.Known) (rules []string) {
		s := programme.Sale{Placed: fact.At(time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC), time.UTC), Lines: []programme.SaleLine{{Product: "cake", Quantity: 1, AmountMinor: 100}}}
		for _, r := range c.Evaluate(on, &s, known, 2, func(*programme.Rule) programme.Allowance { return programme.Free() }) {
			if r.Gave() {
				rules = append(rules, r.Rule)
			}
		}
		return rules
	}
	for _, one := range []struct {
		on    string
		known programme.Known
		want  string
	}{
		{"anniversary", programme.Known{Member: true, Joined: "2025-11-27"}, "another-year"}, {"anniversary", programme.Known{Member: true, Joined: "2021-11-27"}, "another-year five-years"},
		{"order", programme.Known{Orders: 9}, "tenth-order"}, {"order", programme.Known{Orders: 10}, ""}, {"order", programme.Known{Orders: 19}, "tenth-order"},
		{"order", programme.Known{Orders: 1, Member: true, Joined: "2026-05-29"}, "half-a-year"}, {"order", programme.Known{Orders: 1, Member: true, Joined: "2026-05-30"}, ""},
		{"birthday", programme.Known{}, "birthday"}, {"holiday", programme.Known{Member: true, Joined: "2026-05-29"}, ""},
	} {
		if is := strings.Join(gave(one.on, &one.known), " "); is != one.want {
			t.Errorf("%s of %+v gives %q, not %q", one.on, one.known, is, one.want)
		}
	}
}
