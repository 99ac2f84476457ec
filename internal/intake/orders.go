package intake

import (
	"regulars/internal/act/referral"
	"regulars/internal/base/db"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
	"regulars/internal/record/reference"
)

// Order is an order and whose it is.
type Order struct {
	Customer customer.Identity // the zero value: nobody known
	order.Order
	Once        bool // refuse, instead of changing, one that is there with other content
	PerCustomer bool // another customer's order under the same reference is a different order
}

// Order takes one order in.
func (in *Intake) Order(tx *db.Tx, o Order) (fact.Outcome, error) {
	all, err := in.Orders(tx, []Order{o})
	if err != nil {
		return fact.Outcome{}, err
	}
	return all[0], nil
}

// Orders takes orders in, in their order.
func (in *Intake) Orders(tx *db.Tx, orders []Order) ([]fact.Outcome, error) {
	outcomes := make([]fact.Outcome, len(orders))
	owners := make([]whose, len(orders))
	for i := range orders {
		owners[i] = in.name(orders[i].Customer)
	}
	if err := find(tx, owners); err != nil {
		return nil, err
	}
	if err := in.passOver(tx, orders, owners, outcomes); err != nil {
		return nil, err
	}
	if _, err := in.make(tx, owners); err != nil {
		return nil, err
	}
	entries := make([]order.Entry, 0, len(orders))
	places := make([]int, 0, len(orders))
	for i := range orders {
		o, w := &orders[i], &owners[i]
		if w.refused != nil && outcomes[i].Status == "" {
			outcomes[i] = fact.Outcome{Status: fact.Refused, Err: w.refused}
		}
		if outcomes[i].Status != "" {
			continue
		}
		places = append(places, i)
		entries = append(entries, order.Entry{Order: &o.Order, Customer: w.customer, Once: o.Once, PerCustomer: o.PerCustomer, Whose: w.written})
	}
	done, err := in.orders.Put(tx, entries)
	if err != nil {
		return nil, err
	}
	p := in.Programme()
	for j, i := range places {
		outcomes[i] = done[j]
		if out := &outcomes[i]; out.Status == fact.Created || out.Status == fact.Updated {
			if err := p.Order(tx, out.Customer, out.Fact, &orders[i].Order, out.Status == fact.Created); err != nil {
				return nil, err
			}
			if orders[i].State == order.Cancelled {
				if err := in.undone(tx, out.Customer, out.Fact); err != nil {
					return nil, err
				}
			}
		}
	}
	if err := in.brought(tx, outcomes); err != nil {
		return nil, err
	}
	return outcomes, in.tellFacts(tx, fact.OrderPrefix, OrderCreated, OrderUpdated, outcomes, func(i int) (source, reference string) {
		return orders[i].Source, orders[i].Reference
	})
}

// undone gives back what took something off an order, where nothing is left of it.
func (in *Intake) undone(tx *db.Tx, owner, id int64) error {
	o, err := order.Load(tx, owner, id)
	if err != nil {
		return err
	}
	if o.State == order.Cancelled {
		o.TakeBack([]order.Back{{AmountMinor: o.AmountMinor}})
	} else {
		back, err := order.ReturnedOf(tx, owner, id)
		if err != nil {
			return err
		}
		if o.TakeBack(back) > 0 {
			return nil
		}
	}
	root, err := customer.Root(tx, owner)
	if err != nil {
		return err
	}
	members, err := customer.Members(tx, root)
	if err != nil {
		return err
	}
	return in.Rewards().OrderUndone(tx, members, &o.Order)
}

// brought looks at what those ordered who were brought by others.
func (in *Intake) brought(tx *db.Tx, outcomes []fact.Outcome) error {
	var customers []int64
	for i := range outcomes {
		if out := &outcomes[i]; out.Customer > 0 && (out.Status == fact.Created || out.Status == fact.Updated) {
			customers = append(customers, out.Customer)
		}
	}
	friends, err := referral.Among(tx, customers)
	if err != nil || len(friends) == 0 {
		return err
	}
	desk := in.Referrals()
	for i := range outcomes {
		if out := &outcomes[i]; friends[out.Customer] && (out.Status == fact.Created || out.Status == fact.Updated) {
			if err := desk.Ordered(tx, out.Customer, out.Fact); err != nil {
				return err
			}
		}
	}
	return nil
}

// passOver finds, among the orders of customers who are not there, those that will not be recorded: no customer is made
// because of them. Those of a customer who was erased are there already.
func (in *Intake) passOver(tx *db.Tx, orders []Order, owners []whose, outcomes []fact.Outcome) error {
	var keys []reference.Key
	missing := map[int]reference.Key{}
	for i, w := range owners {
		if w.written != "" && w.refused == nil && w.customer == 0 {
			key := reference.Key{Source: orders[i].Source, Reference: orders[i].Reference}
			missing[i] = key
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	found, err := reference.Find(tx, reference.Order, keys)
	for i, key := range missing {
		owner, ok := found[key]
		refused := orders[i].Check()
		switch {
		case ok && owner.Erased():
			outcomes[i] = fact.Outcome{Status: fact.Unchanged}
		case refused != nil:
			outcomes[i] = fact.Outcome{Status: fact.Refused, Err: refused}
		case ok && !orders[i].PerCustomer:
			outcomes[i] = order.OfAnother(owner, key)
		default:
			continue
		}
		owners[i] = whose{} // and so the customer is not made
	}
	return err
}

// Return is a return and whose it is.
type Return struct {
	Customer customer.Identity // the zero value: the order's
	order.Return
	Once        bool
	Bounded     bool // no more than was paid
	PerCustomer bool
}

// Return takes a return in.
func (in *Intake) Return(tx *db.Tx, r Return) (fact.Outcome, error) {
	owners := []whose{in.name(r.Customer)}
	w := &owners[0]
	if w.refused != nil {
		return fact.Outcome{Status: fact.Refused, Err: w.refused}, nil //nolint:nilerr // a refusal is an outcome
	}
	if err := find(tx, owners); err != nil {
		return fact.Outcome{}, err
	}
	if w.refused != nil {
		return fact.Outcome{Status: fact.Refused, Err: w.refused}, nil //nolint:nilerr // a refusal is an outcome
	}
	entry := order.ReturnEntry{Return: &r.Return, Customer: w.customer, Once: r.Once, Bounded: r.Bounded, PerCustomer: r.PerCustomer, Whose: w.written}
	if w.written != "" && w.customer == 0 {
		entry.Make = func() (int64, error) {
			_, err := in.make(tx, owners)
			return w.customer, err
		}
	}
	out, err := in.orders.PutReturn(tx, entry)
	if err != nil {
		return out, err
	}
	if out.Customer > 0 && (out.Status == fact.Created || out.Status == fact.Updated) {
		of, err := order.OfReturn(tx, out.Customer, out.Fact)
		if err == nil && of > 0 {
			err = in.undone(tx, out.Customer, of)
		}
		if err == nil {
			err = in.Programme().Returned(tx, out.Customer, of)
		}
		if err == nil {
			err = in.Referrals().Ordered(tx, out.Customer, of)
		}
		if err != nil {
			return out, err
		}
	}
	return out, in.tellFacts(tx, fact.ReturnPrefix, ReturnCreated, ReturnUpdated, []fact.Outcome{out}, func(int) (source, reference string) {
		return r.Source, r.Reference
	})
}
