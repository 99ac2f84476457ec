package byhand

import (
	"context"

	"regulars/internal/base/db"
	"regulars/internal/record/check"
)

// Checks lists what must hold of what people asked for.
func Checks() []check.Check {
	return []check.Check{
		{Key: "by_hand", Run: movedAsAsked},
		// Of who was erased nothing waits, and no word stays.
		check.Queries("by_hand_erased", `SELECT count(*), min(CAST(r.customer_id AS TEXT)) FROM by_hand_requests r JOIN customers c ON c.customer_id = r.customer_id
			WHERE c.erased_us IS NOT NULL AND (r.state = 'waiting' OR r.reason <> 'forgotten' OR r.answer NOT IN ('', 'forgotten'))`),
	}
}

// movedAsAsked looks whether the ledger has each request that was approved as it was asked for. The account may be another customer's
// by now than the one it was asked for, so that each is looked up by itself.
func movedAsAsked(ctx context.Context, store *db.DB) (found check.Found, err error) {
	const page = 1000
	err = store.Read(ctx, func(tx *db.Tx) error {
		found = check.Found{}
		for before := int64(0); ; {
			all, err := Requests(tx, Filter{States: []State{Approved}}, before, page)
			if err != nil || len(all) == 0 {
				return err
			}
			for i := range all {
				r := &all[i]
				var n int64
				if err := tx.QueryRow(`SELECT count(*) FROM point_operations WHERE customer_id = $1 AND operation_id = $2 AND kind = 'adjust' AND cause = $3 AND unit = $4 AND units = $5`,
					r.Moved, r.Operation, r.Cause(), r.Unit, max(r.Units, -r.Units)).Scan(&n); err != nil {
					return err
				}
				if n == 0 {
					if found.N == 0 {
						found.Example = r.Public()
					}
					found.N++
				}
			}
			if before = all[len(all)-1].ID; ctx.Err() != nil {
				return ctx.Err()
			}
		}
	})
	return found, err
}
