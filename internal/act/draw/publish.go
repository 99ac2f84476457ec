package draw

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"unicode/utf8"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/secret"
)

const seedSize = 32

func seedPurpose(key string) string { return "draw seed " + key }
func saltPurpose(key string) string { return "draw salt " + key }

// Publish makes the seed of a draft, and its commitment known; from then on nothing of the draw can be changed, and only what it is in
// other languages is added, where it is missing. Published again it stays as it is.
func (d *Desk) Publish(tx *db.Tx, key, by string) (Stored, error) {
	s, err := Load(tx, key)
	if err != nil || s.State == Published {
		return s, err
	}
	switch {
	case s.State != Draft:
		return s, inState(&s)
	case !s.Closes.After(tx.Now):
		return s, fault.In("closes", fault.Coded("in_the_past", fault.Invalidf("the draw closes in the past; change that first")))
	}
	alone, err := d.otherEyes(tx, &s, by)
	if err != nil {
		return s, err
	}
	seed, salt := make([]byte, seedSize), make([]byte, seedSize)
	_, _ = rand.Read(seed) // never fails
	_, _ = rand.Read(salt)
	n, err := tx.Exec(`UPDATE draws SET state = 'published', version = version + 1, commitment = $1, sealed_seed = $2, sealed_salt = $3, published_us = $4
		WHERE draw = $5 AND state = 'draft' AND version = $6`, Hash(seed), d.Box.Seal(seed, seedPurpose(key)), d.Box.Seal(salt, saltPurpose(key)), tx.Now, key, s.Version)
	if err == nil && n == 0 {
		err = db.ErrRestart // somebody changed or published it
	}
	if err != nil {
		return s, err
	}
	if s, err = Load(tx, key); err != nil {
		return s, err
	}
	s.Alone = alone
	return s, d.tell(tx, PublishedTold, &s)
}

// otherEyes refuses whoever wrote the draft, where four eyes are asked for and there are others.
func (d *Desk) otherEyes(tx *db.Tx, s *Stored, by string) (alone bool, err error) {
	if d.FourEyes == nil || s.Author != by {
		return false, nil
	}
	another, alone, err := d.FourEyes(tx, by)
	if err == nil && another {
		err = fault.Coded("four_eyes", fault.Forbiddenf("the programme in force asks for four eyes: somebody else than its author publishes a draw"))
	}
	return alone, err
}

// unseal opens what was sealed for a draw.
func (d *Desk) unseal(sealed []byte, purpose string) ([]byte, error) {
	plain, err := d.Box.Open(sealed, purpose)
	if errors.Is(err, secret.ErrOther) {
		err = fault.Coded("other_key_file", fault.Invalidf("the seed of the draw does not open with this key file; put back the one that was there when it was published, or cancel the draw"))
	}
	return plain, err
}

// Cancel ends a draw before it is drawn, for a reason that everybody can read. What entries were bought for is given back,
// now and, where that is stopped, by the job.
func (d *Desk) Cancel(ctx context.Context, store *db.DB, key, reason string, record func(tx *db.Tx) error) (s Stored, err error) {
	reason = strings.TrimSpace(reason)
	if reason == "" || utf8.RuneCountInString(reason) > longestWhy || !utf8.ValidString(reason) {
		return s, fault.In("reason", fault.Coded("reason_length", fault.Invalidf("say in 1 to %d signs why it is cancelled; everybody can read it", longestWhy)))
	}
	if err := store.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`UPDATE draws SET state = 'cancelled', version = version + 1, reason = $1, ended_us = $2 WHERE draw = $3 AND state IN ('published', 'closing', 'frozen')`,
			reason, tx.Now, key)
		if err != nil {
			return err
		}
		if s, err = Load(tx, key); err != nil {
			return err
		}
		if n == 0 {
			if s.State == Cancelled {
				return nil
			}
			return inState(&s)
		}
		if err := d.tell(tx, CancelledTold, &s); err != nil {
			return err
		}
		return record(tx)
	}); err != nil {
		return s, err
	}
	return s, d.giveBack(ctx, store, key)
}

// purchase is what has to be given back.
type purchase struct {
	customer, id int64
	unit         string
}

const batch = 200

// giveBack gives the units back that entries of a cancelled draw were bought for: each a transaction of its customer, done once
// however often it is begun.
func (d *Desk) giveBack(ctx context.Context, store *db.DB, key string) error {
	var after purchase
	for {
		var due []purchase
		if err := store.Read(ctx, func(tx *db.Tx) error {
			due = nil
			rows, err := tx.Query(`SELECT customer_id, purchase_id, unit FROM draw_purchases WHERE draw = $1 AND state = 'bought'
				AND (customer_id > $2 OR customer_id = $2 AND purchase_id > $3) ORDER BY customer_id, purchase_id LIMIT $4`, key, after.customer, after.id, batch)
			if err != nil {
				return err
			}
			for rows.Next() {
				var p purchase
				if err := rows.Scan(&p.customer, &p.id, &p.unit); err != nil {
					return err
				}
				due = append(due, p)
			}
			return rows.Close()
		}); err != nil {
			return err
		}
		for _, p := range due {
			after = p
			if err := store.Write(ctx, func(tx *db.Tx) error {
				act := points.Act{Customer: p.customer, Unit: p.unit, Key: operation(p.id, "refund"), Cause: cause(key), Actor: points.System}
				if _, err := d.Ledger.Refund(tx, act, points.Refund{Key: operation(p.id, "spend")}); err != nil {
					return err
				}
				_, err := tx.Exec("UPDATE draw_purchases SET state = 'returned' WHERE customer_id = $1 AND purchase_id = $2 AND state = 'bought'", p.customer, p.id)
				return err
			}); err != nil {
				return err
			}
		}
		if len(due) < batch {
			return nil
		}
	}
}
