package intake_test

import (
	"slices"
	"testing"

	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
)

const lowered = `{"name": "Café", "units": [{"unit": "points"}], "rules": [
	{"rule": "base", "name": "For every euro", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}},
	{"rule": "five", "name": "Five off, once", "if": "order.amount >= 25.0", "limit": {"times": 1}, "group": "one", "priority": 2, "effect": {"discount": {"amount_minor": 500}}},
	{"rule": "cup", "name": "A cup, where nothing is off", "group": "one", "effect": {"gift": {"text": "A cup"}}},
	{"rule": "tenth", "name": "Every tenth coffee is free", "lines": "line.category == 'coffee'", "effect": {"card": {"every": 10}}},
	{"rule": "tea", "name": "Tea for half", "lines": "line.category == 'tea'", "effect": {"discount": {"percent": 50}}}]}`

// quoted is what the programme says of an order that is not placed yet, and the order with what it takes off.
func (c *club) quoted(who int64, lines ...order.Line) (out programme.Outcome, left order.Order) {
	c.t.Helper()
	left = order.Order{Source: "shop", Reference: "quoted", Placed: fact.At(c.now(), c.Business.Zone), Summed: true, Lines: slices.Clone(lines)}
	if err := left.Check(); err != nil {
		c.t.Fatal(err)
	}
	if err := c.d.Read(c.t.Context(), func(tx *db.Tx) (err error) {
		one := left
		one.Lines = slices.Clone(left.Lines)
		out, err = c.Programme().Quote(tx, who, &one)
		left = one
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	return out, left
}

// sameResults tells whether two explanations say the same.
func sameResults(a, b []programme.Result) bool {
	return slices.EqualFunc(a, b, func(a, b programme.Result) bool { a.Kept, b.Kept = 0, 0; return a == b })
}

func TestWhatIsTakenOffIsWhatWasQuoted(t *testing.T) {
	t.Parallel()
	eachClub(t, lowered, func(t *testing.T, c *club) {
		t.Helper()
		anna := c.someone("anna")
		buys := func(reference string, off []int64, lines ...order.Line) fact.Outcome {
			t.Helper()
			quote, left := c.quoted(anna, lines...)
			if !slices.Equal(quote.Off, off) {
				t.Errorf("%s: %v is taken off, want %v", reference, quote.Off, off)
			}
			made := c.buys("anna", reference, func(o *order.Order) { *o = withNames(left, *o) }, lines...)
			var kept programme.Outcome
			if err := c.d.Read(t.Context(), func(tx *db.Tx) (err error) {
				kept, _, err = programme.Of(tx, made.Customer, programme.OrderCause(made.Fact))
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if !sameResults(kept.Results, quote.Results) {
				t.Errorf("%s: quoted\n%+v\nand kept\n%+v", reference, quote.Results, kept.Results)
			}
			return made
		}
		// One from 25.00 stays one when 5.00 are off, and so it had its discount, once.
		first := buys("1", []int64{500}, line("cake", "cake", 9, 2700))
		c.wants(first.Customer, "points", 22)
		second := buys("2", []int64{0}, line("cake", "cake", 9, 2700))
		if five := c.why(second, "five"); five.Why != programme.LimitReached || c.why(second, "cup").Gift == "" {
			t.Errorf("the second time: %+v and %+v", five, c.why(second, "cup"))
		}
		c.wants(first.Customer, "points", 49)
		// What is free is off what it is for, and the others are paid in full, and count so.
		buys("3", []int64{0}, coffees(9))
		c.wants(first.Customer, "points", 80)
		fourth := buys("4", []int64{0, 350, 200}, line("cake", "cake", 1, 400), coffees(1), line("green", "tea", 1, 400))
		c.wants(first.Customer, "points", 86)
		if free := c.why(fourth, "tenth"); free.Free != 1 || free.DiscountMinor != 350 {
			t.Errorf("a free coffee: %+v", free)
		}
		// All of it free: nothing is left to pay, and it is told what it was worth.
		buys("5", []int64{0}, coffees(9))
		sixth := buys("6", []int64{350}, coffees(1))
		if free := c.why(sixth, "tenth"); free.Free != 1 || free.DiscountMinor != 350 {
			t.Errorf("only a free coffee: %+v", free)
		}
		// What comes back has its discount back: with less than 25.00 left it was not for this order.
		c.returns("r1", "1", order.ReturnLine{Line: 1, Quantity: 3, AmountMinor: 734})
		if five := c.why(first, "five"); five.Why != programme.Unmet {
			t.Errorf("after a return: %+v", five)
		}
		if quote, _ := c.quoted(anna, line("cake", "cake", 9, 2700)); quote.Off[0] != 500 {
			t.Errorf("after it came back: %v", quote.Off)
		}
		// Read again, and handed in again, it is the same.
		var s *order.Stored
		if err := c.d.Read(t.Context(), func(tx *db.Tx) (err error) { s, err = order.Load(tx, fourth.Customer, fourth.Fact); return err }); err != nil {
			t.Fatal(err)
		}
		if s.ProgrammeDiscountMinor != 550 || s.DiscountMinor != 550 || s.AmountMinor != 600 || s.Lines[1].ProgrammeDiscountMinor != 350 || s.Lines[2].ProgrammeDiscountMinor != 200 {
			t.Errorf("kept as %+v", s.Order)
		}
		for i := range s.Lines {
			s.Lines[i].ProductName = ""
		}
		if err := c.write(func(tx *db.Tx) error {
			out, err := c.Order(tx, intake.Order{Order: s.Order, Customer: customer.Identity{Kind: customer.OwnID, Value: "anna"}})
			if err == nil && out.Status != fact.Unchanged {
				t.Errorf("handed in again it was %s", out.Status)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// withNames is an order as it was quoted, with what it is called.
func withNames(left, named order.Order) order.Order {
	left.Source, left.Reference, left.Placed, left.Summed = named.Source, named.Reference, named.Placed, false
	return left
}
