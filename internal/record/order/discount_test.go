package order_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"regulars/internal/record/fact"
	"regulars/internal/record/order"
)

func lowered(discount, programme int64, lines ...order.Line) order.Order {
	return order.Order{Source: "shop", Reference: "1", Placed: fact.Moment{UTC: 1, Local: 1}, Summed: len(lines) > 0, DiscountMinor: discount, ProgrammeDiscountMinor: programme, Lines: lines}
}

func TestWhatTheProgrammeTookOffIsAPartOfTheDiscount(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		o         order.Order
		says      string
		discount  int64
		programme int64
		lines     []int64
	}{
		{"nothing", lowered(300, 0, order.Line{AmountMinor: 5}), "", 300, 0, []int64{0}},
		{"spread by what is paid", lowered(300, 300, order.Line{AmountMinor: 200}, order.Line{AmountMinor: 100}), "", 300, 300, []int64{200, 100}},
		{"spread alike where nothing is", lowered(301, 301, order.Line{}, order.Line{}), "", 301, 301, []int64{151, 150}},
		{"of the lines", lowered(300, 0, order.Line{ProgrammeDiscountMinor: 20}, order.Line{ProgrammeDiscountMinor: 10}), "", 300, 30, []int64{20, 10}},
		{"all there is", lowered(0, 50), "", 50, 50, nil},
		{"more than there is", lowered(40, 50), "the programme took 50 off, and all that was taken off is 40", 0, 0, nil},
		{"lines that say otherwise", lowered(300, 50, order.Line{ProgrammeDiscountMinor: 20}), "took 20 off, and the order that it took 50", 0, 0, nil},
		{"below nothing", lowered(300, -1), "below 0", 0, 0, nil},
		{"a line below nothing", lowered(300, 0, order.Line{ProgrammeDiscountMinor: -1}), "line 1: the amount -1 is below 0", 0, 0, nil},
	} {
		err := c.o.Check()
		if c.says != "" {
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		var lines []int64
		for i := range c.o.Lines {
			lines = append(lines, c.o.Lines[i].ProgrammeDiscountMinor)
		}
		if err != nil || c.o.DiscountMinor != c.discount || c.o.ProgrammeDiscountMinor != c.programme || !slices.Equal(lines, c.lines) {
			t.Errorf("%s: %+v, %v", c.name, c.o, err)
		}
	}
}

// TestNothingIsLostWhenSomethingIsTakenOff takes off at random: lines still add up, and with what was taken off they cost what they did.
func TestNothingIsLostWhenSomethingIsTakenOff(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 8)) //nolint:gosec // no secret
	for range 2000 {
		o := lowered(0, 0)
		for i := range r.IntN(5) {
			o.Lines = append(o.Lines, order.Line{Product: fmt.Sprint(i % 2), Quantity: 1, AmountMinor: r.Int64N(3000)})
		}
		if o.Summed = len(o.Lines) > 0; !o.Summed {
			o.AmountMinor = r.Int64N(5000)
		}
		if err := o.Check(); err != nil {
			t.Fatal(err)
		}
		o.Summed = false
		before := o
		before.Lines = slices.Clone(o.Lines)
		for range r.IntN(3) {
			of := func(l *order.Line) bool { return l.Product == "1" }
			most := o.AmountMinor
			if r.IntN(2) == 0 || len(o.Lines) == 0 {
				of = nil
			} else {
				most = 0
				for i := range o.Lines {
					if of(&o.Lines[i]) {
						most += o.Lines[i].AmountMinor
					}
				}
			}
			o.TakeOff(r.Int64N(most+1), of)
		}
		if err := o.Check(); err != nil || o.AmountMinor+o.ProgrammeDiscountMinor != before.AmountMinor || o.DiscountMinor != o.ProgrammeDiscountMinor {
			t.Fatalf("%+v became %+v, %v", before, o, err)
		}
		for i := range o.Lines {
			if l := &o.Lines[i]; l.AmountMinor < 0 || l.AmountMinor+l.ProgrammeDiscountMinor != before.Lines[i].AmountMinor {
				t.Fatalf("line %d: %+v became %+v", i+1, before.Lines[i], *l)
			}
		}
	}
}
