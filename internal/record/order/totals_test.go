package order_test

import (
	"fmt"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
	"regulars/internal/record/schema/schematest"
)

// Totals are what Before and PaidBefore tell of each number: without what was cancelled or is still to come, less what came
// back.
func TestTotalsOfNumbers(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		ids := &fact.IDs{}
		keeper := order.Keeper{IDs: ids, Names: catalogue.NewNames()}
		now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
		var who [4]int64
		put := func(tx *db.Tx, customer int64, reference string, days int, minor int64, state order.State) error {
			out, err := keeper.Put(tx, []order.Entry{{Customer: customer, Order: &order.Order{Source: "s", Reference: reference, Placed: fact.At(now.AddDate(0, 0, days), time.UTC), AmountMinor: minor, State: state,
				Lines: []order.Line{{Quantity: 1, AmountMinor: minor}}}}})
			if err == nil {
				err = out[0].Err
			}
			return err
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			for i := range who {
				_, made, err := customer.Make(tx, ids, []customer.Identity{{Kind: customer.OwnID, Value: fmt.Sprint("c", i)}})
				if err != nil {
					return err
				}
				who[i] = made[0]
			}
			for n, o := range []struct {
				who   int64
				days  int
				minor int64
				state order.State
			}{{who[0], -9, 500, order.Placed}, {who[0], -2, 250, order.Paid}, {who[0], -1, 9000, order.Cancelled}, {who[0], 3, 70, order.Placed}, {who[1], -4, 0, order.Placed}, {-77, -5, 111, order.Placed}} {
				if err := put(tx, o.who, fmt.Sprint("o", n), o.days, o.minor, o.state); err != nil {
					return err
				}
			}
			_, err := keeper.PutReturn(tx, order.ReturnEntry{Customer: who[0], Return: &order.Return{Source: "s", Reference: "r", OrderReference: "o0", Returned: fact.At(now.AddDate(0, 0, -1), time.UTC), AmountMinor: 120}})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			all, err := order.Totals(tx, who[0], who[2], now.UnixMicro())
			if err != nil {
				return err
			}
			last := int64(fact.At(now.AddDate(0, 0, -2), time.UTC).Day())
			if got := all[who[0]]; got != (order.Total{Orders: 2, LastDay: last, Minor: 630}) {
				t.Errorf("%+v", got)
			}
			if got, there := all[who[1]]; got.Orders != 1 || got.Minor != 0 || !there {
				t.Errorf("of nothing paid: %+v", got)
			}
			if _, there := all[who[2]]; there || len(all) != 2 {
				t.Errorf("who ordered nothing is there: %+v", all)
			}
			for _, n := range []int64{who[0], who[1], -77} {
				past, err := order.Before(tx, []int64{n}, now.UnixMicro(), 0)
				if err != nil {
					return err
				}
				paid, err := order.PaidBefore(tx, []int64{n}, now.UnixMicro(), 0)
				if err != nil {
					return err
				}
				own, err := order.Totals(tx, n, n, now.UnixMicro())
				if got := own[n]; err != nil || got != (order.Total{Orders: past.Orders, LastDay: past.LastDay, Minor: paid}) {
					t.Errorf("%d: %+v, want %+v and %d, %v", n, got, past, paid, err)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}
