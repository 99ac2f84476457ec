package check

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/base/db"
)

// Check is one thing that must hold.
type Check struct {
	// Key names it, and its sentence in the texts: check.KEY, with {0} the number and {1} the example.
	Key string
	Run func(ctx context.Context, d *db.DB) (Found, error)
}

// Found is what breaks it: how many, and one of them.
type Found struct {
	N       int64
	Example string
}

// Facts lists what must hold of the facts, in the order of the checks.
func Facts() []Check {
	return []Check{
		{"damage", damage},
		Queries("reference_leads", referenceLeads()...),
		Queries("reference_there", referenceThere()...),
		Queries("identity_owner", identityOwner),
		Queries("identity_lookup", identityLookup),
		Queries("alias_root", aliasRoot),
		Queries("alias_ring", aliasRing),
		Queries("order_sum", orderSum),
		Queries("return_sum", returnSum),
		Queries("line_counts", lineCounts),
		Queries("line_owner", lineOwner, paymentOwner),
		Queries("line_order", lineOrder, returnOrder),
		Queries("line_product", lineProduct("sale_lines", "fact_id"), lineProduct("events", "event_id"), lineCategory),
		Queries("local_day", localDays()...),
		{"local_month", localMonths},
		Queries("history", histories()...),
		Queries("customer", customers()...),
		Queries("erased", erased()...),
	}
}

// Queries is a check of queries, each of which gives the number of breaches and one of them.
func Queries(key string, texts ...string) Check {
	return Check{key, func(ctx context.Context, d *db.DB) (found Found, err error) {
		err = d.Read(ctx, func(tx *db.Tx) error {
			found = Found{}
			for _, text := range texts {
				if err := ctx.Err(); err != nil {
					return err
				}
				var n int64
				var example sql.NullString
				if err := tx.QueryRow(text).Scan(&n, &example); err != nil {
					return fmt.Errorf("check %s: %w", key, err)
				}
				found.add(n, example.String)
			}
			return nil
		})
		return found, err
	}}
}

func (f *Found) add(n int64, example string) {
	if f.N == 0 {
		f.Example = example
	}
	f.N += n
}

// damage asks the engine.
func damage(ctx context.Context, d *db.DB) (found Found, err error) {
	const most = 100
	err = d.Read(ctx, func(tx *db.Tx) error {
		lines, err := tx.Damage(most)
		found = Found{N: int64(len(lines))}
		if len(lines) > 0 {
			found.Example = lines[0]
		}
		return err
	})
	return found, err
}
