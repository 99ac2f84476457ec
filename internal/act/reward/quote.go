package reward

import (
	"database/sql"
	"errors"

	"regulars/internal/act/points"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
)

// Quote is whether a customer can have a reward now.
type Quote struct {
	Why     error // why not; nil: they can
	Missing int64 // how many units they lack
}

// Quote tells whether a customer, who stands for a person, can have a reward now. It promises nothing: redeeming decides.
func (d *Desk) Quote(tx *db.Tx, person int64, s *Stored) (q Quote, err error) {
	if q.Why = s.open(tx.Now); q.Why != nil {
		return q, nil //nolint:nilerr // a refusal is an answer
	}
	if q.Why = MayEnter(tx, person, &s.Reward); q.Why != nil {
		if fault.KindOf(q.Why) != fault.Conflict {
			return Quote{}, q.Why
		}
		return q, nil
	}
	if s.Coding.Kind == Pool && s.PoolLeft == 0 {
		q.Why = fault.Coded("no_codes_left", fault.Conflictf("there are no codes left for %s", s.Name))
		return q, nil
	}
	if s.PerCustomer > 0 {
		var uses int64
		day := s.Period.Begins(fact.At(tx.Now, d.Ledger.Zone))
		err := tx.QueryRow("SELECT uses FROM reward_uses WHERE customer_id = $1 AND reward = $2 AND period_day = $3", person, s.Reward.Reward, day).Scan(&uses)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return q, err
		}
		if uses >= s.PerCustomer {
			q.Why = limitReached(&s.Reward)
			return q, nil
		}
	}
	if s.Price == 0 {
		return q, nil
	}
	b, err := points.BalanceOf(tx, person, s.Unit, tx.Now)
	if err == nil && b.Available < s.Price {
		q.Missing = s.Price - b.Available
		q.Why = fault.Coded("too_few_units", fault.Conflictf("%s costs %d %s, and the customer has %d", s.Name, s.Price, s.Unit, b.Available))
	}
	return q, err
}
