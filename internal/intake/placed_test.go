package intake_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
)

// What is read of a person, few orders or many, is what is read of everybody's: with and without lines, paid in parts, with what came
// back of a line or of the whole, cancelled or not, of two numbers of theirs.
func TestOrdersOfAPersonAreThoseOfEverybody(t *testing.T) {
	t.Parallel()
	eachClub(t, noDebt, func(t *testing.T, c *club) {
		t.Helper()
		r := rand.New(rand.NewPCG(5, 8)) //nolint:gosec // a test that can be repeated
		var numbers []int64
		for _, who := range []string{"few", "ada", "other", "eve"} {
			n := 130
			if who == "few" || who == "eve" {
				n = 9
			}
			var number int64
			for i := range n {
				ref := fmt.Sprint(who, i)
				var lines []order.Line
				for l := range r.IntN(4) {
					lines = append(lines, line(fmt.Sprint("p", r.IntN(5)), []string{"", "tea", "cake"}[r.IntN(3)], float64(1+l), 100+r.Int64N(900)))
				}
				paid := r.IntN(3)
				change := func(o *order.Order) {
					o.Placed = c.At(c.now().Add(-time.Duration(r.IntN(10_000)) * time.Hour))
					if len(o.Lines) == 0 {
						o.Summed, o.AmountMinor, o.ShippingMinor = false, 1500, 200
					}
					for range paid {
						o.Payments = append(o.Payments, order.Payment{Method: []string{"card", "points"}[r.IntN(2)], AmountMinor: 50})
					}
					if r.IntN(8) == 0 {
						o.State = order.Cancelled
					}
					if r.IntN(3) == 0 {
						o.Store, o.Attributes = "north", fact.Attributes{{Name: "note", Value: "x"}}
					}
				}
				number = c.buys(who, ref, change, lines...).Customer
				switch {
				case r.IntN(3) > 0:
				case len(lines) > 0 && r.IntN(2) == 0:
					c.returns("r"+ref, ref, order.ReturnLine{Line: 1, Quantity: 0.5, AmountMinor: 50})
				default:
					c.returns("r"+ref, ref, order.ReturnLine{Quantity: 1, AmountMinor: 100})
				}
			}
			numbers = append(numbers, number)
		}
		type sale struct {
			order.Stored
			back []order.Back
		}
		for _, from := range []int64{0, c.now().Add(-3000 * time.Hour).UnixMicro()} {
			want := map[int64][]sale{}
			if err := order.EachPlaced(func(fn func(tx *db.Tx) error) error { return c.d.Read(t.Context(), fn) }, from, func(int) {}, func(o *order.Stored, back []order.Back) error {
				want[o.Customer] = append(want[o.Customer], sale{*o, back})
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			for _, members := range [][]int64{numbers[:1], numbers[1:2], {numbers[1], numbers[3]}} {
				got := map[int64][]sale{}
				n := 0
				if err := c.d.Read(t.Context(), func(tx *db.Tx) error {
					return order.PlacedBy(tx, members, from, func(o *order.Stored, back []order.Back) {
						got[o.Customer] = append(got[o.Customer], sale{*o, back})
						n++
					})
				}); err != nil {
					t.Fatal(err)
				}
				if n == 0 {
					t.Fatal("nothing was compared")
				}
				for _, who := range members {
					for i := range want[who] {
						a, b := want[who][i], sale{}
						if i < len(got[who]) {
							b = got[who][i]
						}
						if !reflect.DeepEqual(a.Stored, b.Stored) || !reflect.DeepEqual(counted(a.back), counted(b.back)) {
							t.Fatalf("from %d, order %d of %d is\n%+v, want\n%+v", from, i, who, b, a)
						}
					}
					if len(got[who]) != len(want[who]) {
						t.Errorf("%d orders, want %d", len(got[who]), len(want[who]))
					}
				}
			}
		}
	})
}

// counted are things that came back, in no order.
func counted(back []order.Back) map[order.Back]int {
	n := map[order.Back]int{}
	for _, b := range back {
		n[b]++
	}
	return n
}
