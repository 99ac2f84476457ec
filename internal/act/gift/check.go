package gift

import (
	"context"

	"regulars/internal/base/db"
	"regulars/internal/record/check"
)

// Checks lists what must hold of gifts.
func Checks() []check.Check {
	return []check.Check{
		// What gifts of units say is what the ledger has of them.
		check.Queries("gift_units", `SELECT count(*), min(CAST(g.customer_id AS TEXT) || '/' || g.cause) FROM gifts g JOIN surprises s ON s.surprise = g.about
			LEFT JOIN point_operations o ON o.customer_id = g.customer_id AND o.key = g.cause
			WHERE g.occasion = 'surprise' AND (g.state = 'given' AND o.key IS NULL AND NOT EXISTS (SELECT 1 FROM redemptions r WHERE r.customer_id = g.customer_id AND r.key = g.cause)
				OR g.state <> 'given' AND o.key IS NOT NULL)`),
		{Key: "gift_lots", Run: dealtRight},
	}
}

// dealtRight works out again from seed and list who was dealt what, and looks whether it is what was kept: nobody else was given
// anything, and no more than was planned.
func dealtRight(ctx context.Context, store *db.DB) (found check.Found, err error) {
	err = store.Read(ctx, func(tx *db.Tx) error {
		found = check.Found{}
		const most = 1_000_000
		all, err := List(tx, 0, "", most)
		if err != nil {
			return err
		}
		for i := range all {
			s := &all[i]
			if s.Seed == "" {
				continue
			}
			if err := ctx.Err(); err != nil {
				return err //nolint:wrapcheck // whoever asked has stopped it
			}
			wrong, err := s.wrong(tx)
			if err != nil {
				return err
			}
			if wrong {
				if found.N++; found.N == 1 {
					found.Example = s.Surprise.Surprise
				}
			}
		}
		return nil
	})
	return found, err
}

func (s *Stored) wrong(tx *db.Tx) (wrong bool, err error) {
	all, due, err := s.dealt(tx)
	if err != nil {
		return false, err
	}
	wrong = int64(len(all)) != s.Qualified || s.Chosen > s.Count()
	kept := 0
	if err := eachOf(tx, s.Surprise.Surprise, func(who int64, lot Lot) {
		kept++
		if lot == Missed {
			lot = Gifted
		}
		wrong = wrong || due[who] != lot
	}); err != nil {
		return false, err
	}
	return wrong || s.State == Given && kept != len(all), nil
}
