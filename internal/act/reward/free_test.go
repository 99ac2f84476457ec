package reward_test

import (
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/act/reward"
	"regulars/internal/record/order"
)

func TestWhichPiecesAreFree(t *testing.T) {
	t.Parallel()
	espresso := order.Line{Product: "p-1", ProductName: "Espresso", Category: "Coffee", Quantity: 3, AmountMinor: 750}
	latte := order.Line{Product: "latte", Category: "Coffee", Quantity: 1, AmountMinor: 400}
	mocha := order.Line{Category: "Coffee", Quantity: 2, AmountMinor: 600}
	cake := order.Line{Product: "cake", Quantity: 1, AmountMinor: 500}
	beans := order.Line{Product: "beans", Quantity: 0.25, AmountMinor: 490}
	for name, c := range map[string]struct {
		terms string
		of    *order.Order
		minor int64
		code  string
	}{
		"one of three, by its name":               {`{"product": "espresso "}`, sale(cake, espresso), 250, ""},
		"by its reference":                        {`{"product": "P-1"}`, sale(espresso), 250, ""},
		"two of three":                            {`{"product": "espresso", "quantity": 2}`, sale(espresso), 500, ""},
		"all of them":                             {`{"product": "espresso", "quantity": 3}`, sale(espresso), 750, ""},
		"more than there are":                     {`{"product": "espresso", "quantity": 4}`, sale(espresso, latte), 0, "reward_pieces"},
		"the cheapest of a category":              {`{"product": "coffee"}`, sale(latte, mocha, espresso), 250, ""},
		"the cheapest over lines":                 {`{"product": "coffee", "quantity": 4}`, sale(latte, mocha, espresso), 750 + 300, ""},
		"the product before the category":         {`{"product": "coffee"}`, sale(espresso, order.Line{Product: "Coffee", Quantity: 1, AmountMinor: 900}), 900, ""},
		"what is weighed":                         {`{"product": "beans"}`, sale(beans), 490, ""},
		"one and a half, of which one":            {`{"product": "beans"}`, sale(order.Line{Product: "beans", Quantity: 1.5, AmountMinor: 300}), 200, ""},
		"a third, rounded":                        {`{"product": "tea"}`, sale(order.Line{Product: "tea", Quantity: 3, AmountMinor: 1000}), 333, ""},
		"something else":                          {`{"product": "tea"}`, sale(espresso, cake), 0, "reward_not_there"},
		"without lines":                           {`{"product": "tea"}`, &order.Order{AmountMinor: 900}, 0, "reward_not_there"},
		"what costs nothing already":              {`{"product": "tea"}`, sale(order.Line{Product: "tea", Quantity: 1}), 0, "reward_not_there"},
		"what costs next to nothing":              {`{"product": "tea"}`, sale(order.Line{Product: "tea", Quantity: 3, AmountMinor: 1}), 0, "reward_takes_nothing"},
		"a line without a name is of no category": {`{"product": "tea"}`, sale(order.Line{Quantity: 1, AmountMinor: 100}), 0, "reward_not_there"},
	} {
		r := reward.Reward{Reward: "r", Name: "R", Kind: reward.Product, Terms: []byte(c.terms)}
		if minor, err := r.Off(c.of); minor != c.minor || err == nil != (c.code == "") || err != nil && code(err) != c.code {
			t.Errorf("%s: %d, %v", name, minor, err)
		}
	}
}

// Free pieces are lines of their own that cost nothing; neither a piece nor money is lost by it, and nothing else is cheaper.
func TestFreePiecesAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		o := sale()
		for range rapid.IntRange(1, 6).Draw(rt, "lines") {
			l := order.Line{Product: rapid.SampledFrom([]string{"tea", "cake"}).Draw(rt, "product"), AmountMinor: rapid.OneOf(rapid.Just[int64](0), rapid.Int64Range(50, 5000)).Draw(rt, "amount"), Quantity: float64(rapid.IntRange(1, 5).Draw(rt, "pieces"))}
			o.Lines, o.AmountMinor = append(o.Lines, l), o.AmountMinor+l.AmountMinor
		}
		before, lines := *o, append([]order.Line(nil), o.Lines...)
		n := rapid.IntRange(1, 4).Draw(rt, "free")
		r := reward.Reward{Reward: "r", Name: "R", Kind: reward.Product, Terms: []byte(`{"product": "tea", "quantity": ` + string(rune('0'+n)) + `}`)}
		minor, err := r.Off(o)
		if err != nil {
			return
		}
		if err := r.TakeOff(o, minor+1); err == nil {
			rt.Fatal("more is taken off than they cost")
		}
		if err := r.TakeOff(o, minor); err != nil {
			rt.Fatal(err)
		}
		var sum, was int64
		var pieces, free, stood float64
		for i := range lines {
			stood += lines[i].Quantity
			was += lines[i].AmountMinor
		}
		for i := range o.Lines {
			l := &o.Lines[i]
			sum += l.AmountMinor
			pieces += l.Quantity
			switch changed := i >= len(lines) || l.AmountMinor != lines[i].AmountMinor || l.Quantity != lines[i].Quantity; {
			case changed && l.Product != "tea":
				rt.Fatalf("line %d was %+v and is %+v", i, lines[i], *l)
			case changed && l.AmountMinor == 0:
				free += l.Quantity
			case changed && l.AmountMinor < 0:
				rt.Fatalf("line %d is %+v", i, *l)
			}
		}
		if sum != o.AmountMinor || was-sum != minor || o.AmountMinor != before.AmountMinor-minor || o.DiscountMinor != minor {
			rt.Fatalf("%d off %d: %d is paid, the lines are %d, the discount %d", minor, before.AmountMinor, o.AmountMinor, sum, o.DiscountMinor)
		}
		if pieces != stood || free != float64(n) {
			rt.Fatalf("%g pieces of %g, %g of them free, want %d", pieces, stood, free, n)
		}
	})
}
