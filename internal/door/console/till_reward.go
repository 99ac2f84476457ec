package console

import (
	"net/url"
	"slices"

	"regulars/internal/act/points"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// atOnce tells whether a reward of the kind is handed over at the till in the moment that it is redeemed. The others are to
// be used another time: a place at an event, an entry in a draw.
func atOnce(k reward.Kind) bool {
	switch k {
	case reward.Discount, reward.Product, reward.FreeDelivery, reward.Gift, reward.CashBack:
		return true
	}
	return false
}

// spending calls what spends units of the customer of the address, for who may. What was pressed twice is answered alike.
func (v *visit) spending(do func(by account.Actor, facts *intake.Intake, s *customer.Stored) (to string, err error)) error {
	return v.atCustomer(func(by account.Actor, facts *intake.Intake, s *customer.Stored) error {
		if err := by.Require(account.PointsSpend); err != nil {
			return err
		}
		return v.once(by, func() error {
			to, err := do(by, facts, s)
			if err != nil {
				return v.retry(by, facts, s, err)
			}
			return v.leave("/till/" + fact.PublicID(fact.CustomerPrefix, s.Customer) + to)
		})
	})
}

// redeem gives the customer a reward, and hands it over where that is done at the till.
func (v *visit) redeem() error {
	return v.spending(func(by account.Actor, facts *intake.Intake, s *customer.Stored) (string, error) {
		key, err := v.key()
		if err != nil {
			return "", err
		}
		name, err := v.typedText("reward", textMost)
		if err != nil {
			return "", err
		}
		if err := v.gather(facts, s.Customer, name); err != nil {
			return "", err
		}
		var r reward.Redemption
		err = v.write(func(tx *db.Tx) error {
			desk := facts.Rewards()
			r, err = desk.Redeem(tx, reward.Wish{Customer: s.Customer, Reward: name, Key: "console/" + by.ID + "/" + key, Actor: by.ID})
			if err != nil || r.Repeated {
				return err
			}
			if err := v.redeemed(tx, by, &r); err != nil || !atOnce(r.Promise.Kind) {
				return err
			}
			if r, err = desk.Use(tx, r.Customer, r.ID, "", reward.Who{Actor: by.ID}); err != nil {
				return err
			}
			return v.redeemed(tx, by, &r)
		})
		return "?took=" + fact.PublicID(reward.Prefix, r.ID, r.Customer), err
	})
}

// redeemed writes into the trail what became of a redemption.
func (v *visit) redeemed(tx *db.Tx, by account.Actor, r *reward.Redemption) error {
	return account.Record(tx, account.Entry{Actor: by, Action: "redemption." + string(r.State), Target: fact.PublicID(reward.Prefix, r.ID, r.Customer), Count: 1,
		Request: by.Request})
}

// gather brings together what a person who is known by several numbers has, where the reward costs something.
func (v *visit) gather(facts *intake.Intake, root int64, name string) error {
	var s reward.Stored
	many := false
	if err := v.read(func(tx *db.Tx) (err error) {
		if s, err = reward.Load(tx, name); err != nil {
			return err
		}
		members, err := customer.Members(tx, root)
		many = len(members) > 1
		return err
	}); err != nil || s.Price == 0 || !many {
		return err
	}
	return facts.Ledger().Gather(v.ctx, v.Store, root, s.Unit, s.Price)
}

// handOver gives the customer what they took before; giveUp gives them the units back instead.
func (v *visit) handOver() error {
	return v.step(func(d *reward.Desk, tx *db.Tx, owner, id int64, who reward.Who) (reward.Redemption, error) {
		return d.Use(tx, owner, id, "", who)
	})
}

func (v *visit) giveUp() error { return v.step((*reward.Desk).Refund) }

func (v *visit) step(next func(d *reward.Desk, tx *db.Tx, owner, id int64, who reward.Who) (reward.Redemption, error)) error {
	return v.spending(func(by account.Actor, facts *intake.Intake, s *customer.Stored) (string, error) {
		var id, owner int64
		if err := fact.ParsePublicID(reward.Prefix, v.typed("taken"), &id, &owner); err != nil {
			return "", noRedemption()
		}
		err := v.write(func(tx *db.Tx) error {
			members, err := customer.Members(tx, s.Customer)
			if err != nil {
				return err
			}
			if !slices.Contains(members, owner) {
				return noRedemption()
			}
			r, err := next(facts.Rewards(), tx, owner, id, reward.Who{Actor: by.ID})
			if err != nil || r.Repeated {
				return err
			}
			return v.redeemed(tx, by, &r)
		})
		return "?took=" + url.QueryEscape(v.typed("taken")), err
	})
}

func noRedemption() error {
	return fault.Coded("redemption_not_found", fault.NotFoundf("there is no such redemption"))
}

// spend takes units for something that is no reward of the programme.
func (v *visit) spend() error {
	return v.spending(func(by account.Actor, facts *intake.Intake, s *customer.Stored) (string, error) {
		key, err := v.key()
		if err != nil {
			return "", err
		}
		const most = 1_000_000_000
		units, err := v.whole("units", 1, most)
		if err != nil {
			return "", err
		}
		act := points.Act{Customer: s.Customer, Key: "console/" + by.ID + "/" + key, Cause: "till", Actor: by.ID}
		if act.Unit, err = v.typedText("unit", textMost); err != nil {
			return "", err
		}
		const reasonMost = 200
		if act.Reason, err = v.needed("reason", reasonMost); err != nil {
			return "", err
		}
		if err := v.read(func(tx *db.Tx) error { _, err := points.LoadUnit(tx, act.Unit); return err }); err != nil {
			return "", err
		}
		if err := facts.Ledger().Gather(v.ctx, v.Store, s.Customer, act.Unit, units); err != nil {
			return "", err
		}
		err = v.write(func(tx *db.Tx) error {
			r, err := facts.Ledger().Spend(tx, act, units)
			if err != nil || r.Repeated {
				return err
			}
			return account.Record(tx, account.Entry{Actor: by, Action: "points.spent", Target: fact.PublicID(points.OperationPrefix, r.Operation, s.Customer),
				Fields: []string{"reason", "unit", "units"}, Count: 1, Request: by.Request})
		})
		if err == nil {
			v.Sessions.Put(v.ctx, "till", v.l.T("till.spent", points.Amount(v.l, act.Unit, units)))
		}
		return "", err
	})
}
