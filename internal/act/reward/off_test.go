package reward_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/act/reward"
	"regulars/internal/record/order"
)

// sale is an order of lines, each a product and what it costs.
func sale(lines ...order.Line) *order.Order {
	o := &order.Order{Lines: lines}
	for i := range lines {
		o.AmountMinor += lines[i].AmountMinor
	}
	return o
}

func TestWhatARewardTakesOff(t *testing.T) {
	t.Parallel()
	tea, cake := order.Line{Product: "tea", AmountMinor: 900}, order.Line{Product: "Cake ", AmountMinor: 2100}
	p7 := order.Line{Product: "p-7", ProductName: "Baklava", Category: " cakes", AmountMinor: 600}
	loose := order.Line{Category: "Cakes", AmountMinor: 400}
	for name, c := range map[string]struct {
		kind  reward.Kind
		terms string
		of    *order.Order
		minor int64
		code  string
	}{
		"an amount":                        {reward.Discount, `{"amount_minor": 500}`, sale(tea, cake), 500, ""},
		"money back":                       {reward.CashBack, `{"amount_minor": 700}`, sale(tea, cake), 700, ""},
		"all that is paid":                 {reward.Discount, `{"amount_minor": 3000}`, sale(tea, cake), 3000, ""},
		"more than is paid":                {reward.Discount, `{"amount_minor": 3001}`, sale(tea, cake), 0, "reward_above_order"},
		"a part":                           {reward.Discount, `{"percent": 12.5}`, sale(tea, cake), 375, ""},
		"a part, rounded":                  {reward.Discount, `{"percent": 50}`, sale(order.Line{AmountMinor: 1}), 1, ""},
		"a part of next to nothing":        {reward.Discount, `{"percent": 10}`, sale(order.Line{AmountMinor: 4}), 0, "reward_takes_nothing"},
		"a part up to a bound":             {reward.Discount, `{"percent": 50, "most_minor": 400}`, sale(tea, cake), 400, ""},
		"just the minimum":                 {reward.Discount, `{"percent": 10, "minimum_minor": 3000}`, sale(tea, cake), 300, ""},
		"less than the minimum":            {reward.Discount, `{"percent": 10, "minimum_minor": 3001}`, sale(tea, cake), 0, "reward_minimum"},
		"a part of a product":              {reward.Discount, `{"percent": 10, "products": ["cake"]}`, sale(tea, cake), 210, ""},
		"an amount off a product":          {reward.Discount, `{"amount_minor": 900, "products": ["TEA"]}`, sale(tea, cake), 900, ""},
		"more than the product costs":      {reward.Discount, `{"amount_minor": 901, "products": ["tea"]}`, sale(tea, cake), 0, "reward_above_order"},
		"a product that is not there":      {reward.Discount, `{"percent": 10, "products": ["mug"]}`, sale(tea, cake), 0, "reward_not_there"},
		"a product, where none are named":  {reward.Discount, `{"percent": 10, "products": ["tea"]}`, &order.Order{AmountMinor: 900}, 0, "reward_not_there"},
		"a product by its name":            {reward.Discount, `{"percent": 10, "products": ["baklava"]}`, sale(tea, p7), 60, ""},
		"a part of a category":             {reward.Discount, `{"percent": 50, "categories": ["Cakes"]}`, sale(tea, p7, loose, cake), 500, ""},
		"an amount off a category":         {reward.Discount, `{"amount_minor": 1000, "categories": ["Cakes"]}`, sale(tea, p7, loose), 1000, ""},
		"more than the category costs":     {reward.Discount, `{"amount_minor": 1001, "categories": ["Cakes"]}`, sale(tea, p7, loose), 0, "reward_above_order"},
		"of one of categories":             {reward.Discount, `{"percent": 100, "categories": ["Bread", "CAKES"]}`, sale(tea, loose), 400, ""},
		"a category or a product":          {reward.Discount, `{"percent": 10, "categories": ["Cakes"], "products": ["tea", "Baklava"]}`, sale(tea, p7, loose, cake), 190, ""},
		"a category up to a bound":         {reward.Discount, `{"percent": 50, "categories": ["Cakes"], "most_minor": 100}`, sale(tea, p7), 100, ""},
		"a category and the whole minimum": {reward.Discount, `{"percent": 50, "categories": ["Cakes"], "minimum_minor": 1500}`, sale(tea, p7), 300, ""},
		"a category that is not there":     {reward.Discount, `{"percent": 50, "categories": ["Cakes"]}`, sale(tea, cake), 0, "reward_not_there"},
		"a category that costs nothing":    {reward.Discount, `{"percent": 50, "categories": ["Cakes"]}`, sale(tea, order.Line{Category: "Cakes"}), 0, "reward_takes_nothing"},
		"what is of no category":           {reward.Discount, `{"percent": 50, "categories": [" "]}`, sale(tea, cake), 0, "reward_not_there"},
		"an amount alone, without a line":  {reward.Discount, `{"percent": 10}`, &order.Order{AmountMinor: 900}, 90, ""},
		"nothing, of which nothing is off": {reward.Discount, `{"percent": 10}`, &order.Order{}, 0, "reward_takes_nothing"},
		"a gift":                           {reward.Gift, `{}`, sale(tea, cake), 0, "reward_takes_nothing"},
	} {
		r := reward.Reward{Reward: "r", Name: "R", Kind: c.kind, Terms: []byte(c.terms)}
		minor, err := r.Off(c.of)
		if minor != c.minor || err == nil != (c.code == "") || err != nil && code(err) != c.code {
			t.Errorf("%s: %d, %v", name, minor, err)
		}
	}
}

// What is taken off comes off what the reward is for and off nothing else, no line goes below nothing, and the lines add up.
func TestWhatIsTakenOffAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		o := sale()
		for range rapid.IntRange(1, 6).Draw(rt, "lines") {
			l := order.Line{Product: rapid.SampledFrom([]string{"tea", "cake"}).Draw(rt, "product"), Category: rapid.SampledFrom([]string{"", "sweet", "Warm"}).Draw(rt, "category"), AmountMinor: rapid.Int64Range(0, 5000).Draw(rt, "amount")}
			o.Lines, o.AmountMinor = append(o.Lines, l), o.AmountMinor+l.AmountMinor
		}
		before, lines := *o, append([]order.Line(nil), o.Lines...)
		of := map[string]func(*order.Line) bool{
			`{"amount_minor": 150}`:                                             nil,
			`{"percent": 33}`:                                                   nil,
			`{"percent": 100, "products": ["tea"]}`:                             func(l *order.Line) bool { return l.Product == "tea" },
			`{"amount_minor": 77, "products": ["cake"]}`:                        func(l *order.Line) bool { return l.Product == "cake" },
			`{"percent": 40, "categories": ["SWEET"]}`:                          func(l *order.Line) bool { return l.Category == "sweet" },
			`{"amount_minor": 90, "categories": ["warm"], "products": ["tea"]}`: func(l *order.Line) bool { return l.Product == "tea" || l.Category == "Warm" },
		}
		r := reward.Reward{Reward: "r", Name: "R", Kind: reward.Discount, Terms: []byte(rapid.SampledFrom(slices.Sorted(maps.Keys(of))).Draw(rt, "terms"))}
		only := of[string(r.Terms)]
		minor, err := r.Off(o)
		if err != nil {
			return
		}
		if only != nil {
			copied := *o
			if copied.Lines = slices.Clone(o.Lines); r.TakeOff(&copied, copied.AmountMinor+1) == nil {
				rt.Fatal("more is taken off than it costs")
			}
		}
		if err := r.TakeOff(o, minor); err != nil {
			rt.Fatal(err)
		}
		var sum int64
		for i := range o.Lines {
			l := &o.Lines[i]
			sum += l.AmountMinor
			if l.AmountMinor < 0 || l.AmountMinor > lines[i].AmountMinor || only != nil && !only(l) && l.AmountMinor != lines[i].AmountMinor {
				rt.Fatalf("line %d went from %d to %d", i, lines[i].AmountMinor, l.AmountMinor)
			}
		}
		if sum != o.AmountMinor || o.AmountMinor != before.AmountMinor-minor || o.DiscountMinor != minor {
			rt.Fatalf("%d off %d: %d is paid, the lines are %d, the discount %d", minor, before.AmountMinor, o.AmountMinor, sum, o.DiscountMinor)
		}
	})
}
