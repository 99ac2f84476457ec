package intake

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"regulars/internal/act/byhand"
	"regulars/internal/act/draw"
	"regulars/internal/act/fraud"
	"regulars/internal/act/member"
	"regulars/internal/act/notice"
	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/referral"
	"regulars/internal/act/reward"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

// Customer is a customer as handed in: identities, the first of which tells who it is, and what is known.
type Customer struct {
	Identities []customer.Identity
	Profile    customer.Profile
	Consents   []customer.Consent
	Membership Membership
}

// Membership is what is said of a customer's part in the loyalty programme. Who joined through a page of ours is asked nothing
// by a file that says otherwise.
type Membership struct {
	Member fact.Answered
	Joined fact.Moment // since when; zero: since now
}

func (m Membership) since() time.Time {
	if m.Joined.IsZero() {
		return time.Time{}
	}
	return time.UnixMicro(m.Joined.UTC)
}

// CustomerOutcome is what became of a customer; Taken are identities that belong to somebody else, who may be the same
// person.
type CustomerOutcome struct {
	fact.Outcome
	Taken []customer.Identity
}

// Customer takes one customer in.
func (in *Intake) Customer(tx *db.Tx, c Customer) (CustomerOutcome, error) {
	all, err := in.Customers(tx, []Customer{c})
	if err != nil {
		return CustomerOutcome{}, err
	}
	return all[0], nil
}

// Customers takes customers in, in their order.
func (in *Intake) Customers(tx *db.Tx, customers []Customer) ([]CustomerOutcome, error) {
	outcomes := make([]CustomerOutcome, len(customers))
	owners := make([]whose, len(customers))
	for i := range customers {
		if err := in.checkCustomer(&customers[i], &owners[i]); err != nil {
			outcomes[i].Status, outcomes[i].Err = fact.Refused, err
			owners[i] = whose{}
		}
	}
	if err := find(tx, owners); err != nil {
		return nil, err
	}
	for i, w := range owners {
		if w.refused != nil {
			outcomes[i].Status, outcomes[i].Err = fact.Refused, w.refused
			owners[i] = whose{}
		}
	}
	numbers, err := in.make(tx, owners)
	if err != nil {
		return nil, err
	}
	fresh := make(map[int64]bool, len(numbers)) // made here, and not by another transaction at the same moment
	for _, n := range numbers {
		fresh[n] = true
	}
	made := map[customer.Identity]bool{}
	for _, w := range owners {
		if w.written != "" && fresh[w.customer] {
			made[w.identity] = true
		}
	}
	// What two rows say of one customer is said one after the other.
	for from := 0; from < len(customers); {
		to, seen := from, map[int64]bool{}
		var entries []customer.Entry
		for ; to < len(customers) && !seen[owners[to].customer]; to++ {
			if outcomes[to].Status == "" {
				seen[owners[to].customer] = true
				entries = append(entries, customer.Entry{Customer: owners[to].customer, Profile: &customers[to].Profile})
			}
		}
		changed, err := customer.Update(tx, in.names, entries)
		if err != nil {
			return nil, err
		}
		for i := from; i < to; i++ {
			if outcomes[i].Status == "" {
				if err := in.complete(tx, &customers[i], &owners[i], changed[owners[i].customer], made, &outcomes[i]); err != nil {
					return nil, err
				}
			}
		}
		from = to
	}
	updated := map[int64]bool{}
	for _, out := range outcomes {
		if out.Status == fact.Updated {
			updated[out.Customer] = true
		}
	}
	return outcomes, in.tellCustomers(tx, CustomerUpdated, slices.Sorted(maps.Keys(updated))...)
}

func (in *Intake) checkCustomer(c *Customer, w *whose) error {
	if len(c.Identities) == 0 {
		return fault.In("identities", fault.Invalidf("a customer needs an identity: an own id, an e-mail address, a phone number or a card"))
	}
	for i, identity := range c.Identities {
		n, err := identity.Normal(in.Business.Country)
		if err == nil && i > 0 && n.Kind == customer.Number {
			err = fault.Invalidf("a customer's number here is no identity that could be added")
		}
		if err != nil {
			return place("identities", i, err)
		}
	}
	if *w = in.name(c.Identities[0]); w.identity.Kind == customer.Visitor {
		return place("identities", 0, fault.Invalidf("a visitor is nobody known; name a customer, and merge the visitor into the customer"))
	}
	for i := range c.Consents {
		if err := c.Consents[i].Check(); err != nil {
			return place("consents", i, err)
		}
	}
	return c.Profile.Check()
}

// place says which of several an error is about.
func place(field string, i int, err error) error {
	return fault.In(field, fault.In(fmt.Sprintf("[%d]", i), err))
}

// complete adds identities and consents, and tells what became of the customer.
func (in *Intake) complete(tx *db.Tx, c *Customer, w *whose, changed bool, made map[customer.Identity]bool, out *CustomerOutcome) error {
	out.Customer = w.customer
	var named []customer.Named
	for _, i := range c.Identities[1:] {
		n := in.name(i)
		named = append(named, customer.Named{Identity: n.identity, Written: n.written})
	}
	if len(named) > 0 {
		added, taken, err := customer.Add(tx, w.customer, named)
		if err != nil {
			return err
		}
		changed = changed || added > 0
		out.Taken = taken
	}
	if m := c.Membership; m.Member != fact.Unsaid {
		changes, err := member.Mark(tx, w.customer, m.Member == fact.Yes, m.since())
		if err != nil {
			return err
		}
		changed = changed || changes
	}
	for _, consent := range c.Consents {
		created, err := customer.Agree(tx, w.customer, consent)
		if err != nil {
			return err
		}
		changed = changed || created
	}
	switch {
	case made[w.identity]:
		out.Status = fact.Created
		delete(made, w.identity)
	case changed:
		out.Status = fact.Updated
	default:
		out.Status = fact.Unchanged
	}
	return nil
}

// Product takes a product of the catalogue in.
func (in *Intake) Product(tx *db.Tx, p catalogue.Product) (fact.Outcome, error) {
	created, changed, err := catalogue.Put(tx, in.names, p)
	switch {
	case fault.KindOf(err) == fault.Invalid:
		return fact.Outcome{Status: fact.Refused, Err: err}, nil
	case created:
		return fact.Outcome{Status: fact.Created}, err
	case changed:
		return fact.Outcome{Status: fact.Updated}, err
	}
	return fact.Outcome{Status: fact.Unchanged}, err
}

// ProductOfFile takes a row of a products file in: what it does not say stays as it is known.
func (in *Intake) ProductOfFile(tx *db.Tx, row *fact.Product) (fact.Outcome, error) {
	p := catalogue.Product{Reference: row.Reference}
	known, err := catalogue.Load(tx, row.Reference)
	switch {
	case err == nil:
		p = known.Product
	case fault.KindOf(err) != fault.NotFound:
		return fact.Outcome{}, err
	}
	p.Name, p.Category = cmp.Or(row.Name, p.Name), cmp.Or(row.Category, p.Category)
	if row.Costed {
		p.CostMinor = &row.CostMinor
	}
	if row.SoldOut != fact.Unsaid {
		p.SoldOut = row.SoldOut == fact.Yes
	}
	return in.Product(tx, p)
}

// Merge says that two customers are one person; the second stands for both. The number that became an alias is what
// Undo takes.
func (in *Intake) Merge(tx *db.Tx, from, into customer.Identity) (alias int64, out fact.Outcome, err error) {
	var numbers [2]int64
	for i, identity := range []customer.Identity{from, into} {
		if numbers[i], err = in.one(tx, identity); err != nil {
			return 0, out, err
		}
	}
	if alias, err = customer.Merge(tx, numbers[0], numbers[1]); err != nil {
		return 0, out, err
	}
	out = fact.Outcome{Status: fact.Updated, Customer: numbers[1]}
	if alias == 0 {
		out.Status = fact.Unchanged
		return alias, out, nil
	}
	if err := in.Referrals().Merged(tx, numbers[1]); err != nil {
		return 0, out, err
	}
	return alias, out, in.tellMerged(tx, alias, numbers[1])
}

// Undo makes an alias a customer of its own again.
func (in *Intake) Undo(tx *db.Tx, alias int64) (fact.Outcome, error) {
	if err := customer.Alone(tx); err != nil {
		return fact.Outcome{}, err
	}
	root, err := customer.Root(tx, alias)
	if err != nil {
		return fact.Outcome{}, err
	}
	undone, err := customer.Undo(tx, alias)
	if err != nil || !undone {
		return fact.Outcome{Status: fact.Unchanged, Customer: alias}, err
	}
	for _, one := range []int64{alias, root} {
		if err := in.Referrals().Merged(tx, one); err != nil {
			return fact.Outcome{}, err
		}
	}
	return fact.Outcome{Status: fact.Updated, Customer: alias}, in.tellCustomers(tx, CustomerUnmerged, alias)
}

// Person finds the number that stands for a person.
func (in *Intake) Person(tx *db.Tx, who customer.Identity) (root int64, err error) {
	number, err := in.one(tx, who)
	if err != nil {
		return 0, err
	}
	return customer.Root(tx, number)
}

// Consent takes in what a customer, who must be there, agreed to or took back.
func (in *Intake) Consent(tx *db.Tx, who customer.Identity, c customer.Consent) (fact.Outcome, error) {
	root, err := in.Person(tx, who)
	if err != nil {
		return fact.Outcome{}, err
	}
	created, err := customer.Agree(tx, root, c)
	out := fact.Outcome{Status: fact.Unchanged, Customer: root}
	if err != nil || !created {
		return out, err
	}
	out.Status = fact.Created
	return out, in.tellCustomers(tx, CustomerUpdated, root)
}

// Join makes a customer a member; how says by which way, such as web.
func (in *Intake) Join(tx *db.Tx, number int64, how string) error {
	if err := member.Join(tx, number, how); err != nil {
		return err
	}
	return in.Programme().Joined(tx, number)
}

// Enrol makes a member of a customer who has agreed to something; how says by which way, source where they were asked. Who is one
// already, also by a form that came twice at the same moment, has agreed before; joined is false then.
func (in *Intake) Enrol(tx *db.Tx, root int64, how, source string, agreed []member.Given) (joined bool, err error) {
	if err := customer.HoldAny(tx, root); err != nil {
		return false, err
	}
	members, err := customer.Members(tx, root)
	if err != nil {
		return false, err
	}
	if _, is, err := member.Of(tx, members); err != nil || is {
		return false, err
	}
	for _, g := range agreed {
		done, err := in.Consent(tx, customer.Numbered(root), customer.Consent{Channel: g.Channel, Purpose: g.Purpose, Granted: true, Wording: g.Wording,
			WordingVersion: g.Version, Source: source, Proof: g.Proof, Given: g.At.Truncate(time.Microsecond)})
		if err = cmp.Or(err, done.Err); err != nil {
			return false, err
		}
	}
	return true, in.Join(tx, root, how)
}

// Erase forgets who a person is, and keeps what was bought, under numbers that lead nowhere. Each number of the person is
// a transaction of its own, the root last, so that it is found again and finished after a stop in between. What is to be
// done with each besides is done in its transaction.
func (in *Intake) Erase(ctx context.Context, d *db.DB, who customer.Identity, also ...func(tx *db.Tx, number int64) error) (erased []int64, err error) {
	var members []int64
	err = d.Read(ctx, func(tx *db.Tx) error {
		root, err := in.Person(tx, who)
		if err == nil {
			members, err = customer.Members(tx, root)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, number := range append(members[1:], members[0]) {
		gone := false
		if err := d.Write(ctx, func(tx *db.Tx) error {
			err := customer.HoldAny(tx, number)
			if gone = fault.KindOf(err) == fault.NotFound; gone {
				return nil // by somebody else at the same moment, who wrote it down
			}
			if err == nil {
				err = customer.Erase(tx, number)
			}
			for _, forget := range []func(*db.Tx, int64) error{member.Forget, referral.Forget, draw.Forget, fraud.Forget, notice.Forget, programme.Forget,
				byhand.Forget, points.Forget, reward.Forget} {
				if err == nil {
					err = forget(tx, number)
				}
			}
			if err == nil {
				err = in.tellCustomers(tx, CustomerErased, number)
			}
			for _, do := range also {
				if err == nil {
					err = do(tx, number)
				}
			}
			return err
		}); err != nil {
			return erased, err
		}
		if !gone {
			erased = append(erased, number)
		}
	}
	return erased, nil
}
