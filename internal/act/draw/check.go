package draw

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"regulars/internal/base/db"
	"regulars/internal/record/check"
)

// Checks lists what must hold of draws.
func Checks() []check.Check {
	return []check.Check{
		{Key: "draw_list", Run: func(ctx context.Context, d *db.DB) (check.Found, error) { return each(ctx, d, "list_hash") }},
		{Key: "draw_winners", Run: func(ctx context.Context, d *db.DB) (check.Found, error) { return each(ctx, d, "winners") }},
		{Key: "draw_bought", Run: bought},
	}
}

// each verifies every draw whose list is frozen as an outsider would, and counts those where the point, or one that it rests on,
// does not hold.
func each(ctx context.Context, d *db.DB, point string) (found check.Found, err error) {
	rests := map[string]string{"list_hash": "list_hash list_form", "winners": "commitment winners undrawn"}[point]
	err = d.Read(ctx, func(tx *db.Tx) error {
		found = check.Found{}
		frozen, err := keys(tx, "SELECT draw FROM draws WHERE list_hash <> '' AND state IN ('frozen', 'drawn', 'cancelled') ORDER BY draw")
		if err != nil {
			return err
		}
		for _, key := range frozen {
			if err := ctx.Err(); err != nil {
				return err //nolint:wrapcheck // whoever asked has stopped it
			}
			wrong, err := breached(tx, key, rests)
			if err != nil {
				return err
			}
			if wrong {
				if found.N++; found.N == 1 {
					found.Example = key
				}
			}
		}
		return nil
	})
	return found, err
}

func breached(tx *db.Tx, key, rests string) (bool, error) {
	s, err := Load(tx, key)
	if err != nil {
		return false, err
	}
	p, err := Show(tx, &s, "")
	if err != nil {
		return false, err
	}
	v := Verify(&p, Noted{})
	for _, one := range v.Points {
		if !one.OK && slices.Contains(strings.Fields(rests), one.Key) {
			return true, nil
		}
	}
	return false, nil
}

// bought looks for purchases that the ledger does not know, for entrants whose entries are not those that they bought, and for
// entries by rules and rewards that nothing explains.
func bought(ctx context.Context, d *db.DB) (found check.Found, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		found = check.Found{}
		for _, text := range []string{
			`SELECT count(*), min(CAST(p.customer_id AS TEXT) || '/' || p.draw) FROM draw_purchases p LEFT JOIN point_operations o
				ON o.customer_id = p.customer_id AND o.key = 'draw:' || CAST(p.purchase_id AS TEXT) || '/spend'
				WHERE o.key IS NULL OR o.units <> p.units OR (p.state = 'returned') <> (o.undone_units = o.units)`,
			`SELECT count(*), min(CAST(e.customer_id AS TEXT) || '/' || e.draw) FROM draw_entrants e LEFT JOIN (SELECT customer_id, draw, sum(entries) AS n FROM draw_purchases
				WHERE state <> 'forgone' GROUP BY customer_id, draw) p ON p.customer_id = e.customer_id AND p.draw = e.draw WHERE e.bought_entries <> coalesce(p.n, 0)`,
			`SELECT count(*), min(CAST(a.customer_id AS TEXT) || '/' || a.draw) FROM draw_awards a LEFT JOIN programme_outcomes o
				ON o.customer_id = a.customer_id AND o.cause = a.cause LEFT JOIN redemptions r ON r.customer_id = a.customer_id
				AND 'redemption:' || CAST(r.redemption_id AS TEXT) = a.cause AND r.state IN ('issued', 'used')
				WHERE o.cause IS NULL AND r.redemption_id IS NULL AND (a.cause NOT LIKE 'redemption:%' OR a.entries > 0)`,
		} {
			var n int64
			var example sql.NullString
			if err := tx.QueryRow(text).Scan(&n, &example); err != nil {
				return fmt.Errorf("check draw_bought: %w", err)
			}
			if found.N == 0 {
				found.Example = example.String
			}
			found.N += n
		}
		return nil
	})
	return found, err
}
