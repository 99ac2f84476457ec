package intake

import (
	"context"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// By is taking in what a person or a program does: each act with its entry in the trail, in the same transaction, so that
// the doors leave the same traces. The trail names what was done, to what and which fields, and nothing of what they say.
type By struct {
	*Intake

	Actor account.Actor // with the request
}

// By is the intake for somebody who acts.
func (in *Intake) By(a account.Actor) By { return By{in, a} }

func (by By) did(tx *db.Tx, action string, target int64, fields []string) error {
	return account.Record(tx, account.Entry{Actor: by.Actor, Action: action, Target: fact.PublicID(fact.CustomerPrefix, target), Fields: fields, Count: 1})
}

// Took writes into the trail what became of a fact that was handed in. What was refused, or contradicts what is there, comes
// back as the error that it is: nothing is to be kept of it.
func (by By) Took(tx *db.Tx, kind string, prefix fact.Prefix, out fact.Outcome, fields []string) error {
	if out.Err != nil {
		return out.Err
	}
	target := fact.PublicID(prefix, out.Customer)
	if prefix != fact.CustomerPrefix {
		target = fact.PublicID(prefix, out.Fact, out.Customer)
	}
	return account.Record(tx, account.Entry{Actor: by.Actor, Action: kind + "." + string(out.Status), Target: target, Fields: fields, Count: 1})
}

// Merged is what became of a merge, or of taking one back.
type Merged struct {
	Root   int64 // who stands for the person, or stood until it was taken back
	Alias  int64 // who was merged; 0 where they were one already
	Status fact.Status
}

// Merge says that two customers are one person; the second stands for both. Said again it changes nothing.
func (by By) Merge(tx *db.Tx, from, into customer.Identity) (m Merged, err error) {
	alias, out, err := by.Intake.Merge(tx, from, into)
	if err != nil {
		return m, err
	}
	m.Status = out.Status
	if m.Root, err = customer.Root(tx, out.Customer); err != nil || out.Status == fact.Unchanged {
		return m, err
	}
	m.Alias = alias
	return m, by.did(tx, "customer.merged", m.Root, nil)
}

// Undo makes an alias a customer of its own again. Who is no alias stays as they are.
func (by By) Undo(tx *db.Tx, alias int64) (m Merged, err error) {
	if m.Root, err = customer.Root(tx, alias); err != nil {
		return m, err
	}
	out, err := by.Intake.Undo(tx, alias)
	if err != nil {
		return m, err
	}
	if m.Status = out.Status; m.Status == fact.Unchanged {
		return m, nil
	}
	m.Alias = alias
	return m, by.did(tx, "customer.unmerged", m.Root, nil)
}

// Consent takes in what a customer, who must be there, agreed to or took back.
func (by By) Consent(tx *db.Tx, who customer.Identity, c customer.Consent, fields []string) (fact.Outcome, error) {
	out, err := by.Intake.Consent(tx, who, c)
	if err != nil {
		return out, err
	}
	return out, by.did(tx, "consent."+string(out.Status), out.Customer, fields)
}

// Exported is that everything known of a person is given out: to be called before it is.
func (by By) Exported(tx *db.Tx, root int64) error { return by.did(tx, "customer.exported", root, nil) }

// Erase forgets who a person is, and keeps what was bought.
func (by By) Erase(ctx context.Context, d *db.DB, who customer.Identity) (erased []int64, err error) {
	return by.Intake.Erase(ctx, d, who, func(tx *db.Tx, number int64) error {
		if number < 0 {
			return nil // a visitor, who goes with the customer
		}
		return by.did(tx, "customer.erased", number, nil)
	})
}
