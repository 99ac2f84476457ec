package api

import (
	"context"
	"fmt"
	"slices"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

type customersIn struct {
	Paged
	Chosen

	Identity      string    `query:"identity" maxLength:"400" doc:"The one who is known by kind:value, such as email:ada@example.com or card:1234; the other filters are not looked at then."`
	Reference     string    `query:"reference" maxLength:"300" doc:"The one whom your system calls so; the other filters are not looked at then."`
	CreatedFrom   time.Time `query:"created_from"`
	CreatedBefore time.Time `query:"created_before"`
	UpdatedSince  time.Time `query:"updated_since" doc:"Made or changed at this time or later."`
}

func (a *API) listCustomers(ctx context.Context, in *customersIn) (*CustomersOut, error) {
	if in.any() && in.Identity == "" && in.Reference == "" {
		return a.chosenCustomers(ctx, in)
	}
	var before int64
	if _, err := in.after(&before); err != nil {
		return nil, err
	}
	f := customer.Filter{Created: in.CreatedFrom, CreatedBefore: in.CreatedBefore, Updated: in.UpdatedSince}
	var all []known
	err := a.Store.Read(ctx, func(tx *db.Tx) error {
		all = nil
		if in.Identity != "" || in.Reference != "" {
			k, err := a.byIdentity(tx, in)
			switch {
			case err == nil:
				all = []known{*k}
			case fault.KindOf(err) == fault.NotFound:
				err = nil
			}
			return err
		}
		page, err := customer.List(tx, f, before, in.Limit+1)
		if err == nil {
			all, err = knownOf(tx, page...)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	v := a.view(ctx)
	at := func(k known) string { return cursor(k.stored.Customer) }
	page := listed(ctx, in.Paged, all, at, func(k known) wire.Customer { return showCustomer(v, &k) })
	return &CustomersOut{Link: page.Link, Body: page.Body}, nil
}

// byIdentity finds the one customer whom a list is asked for.
func (a *API) byIdentity(tx *db.Tx, in *customersIn) (*known, error) {
	text := in.Identity
	if in.Reference != "" {
		if text != "" {
			return nil, fault.In("reference", fault.Invalidf("give either reference or identity"))
		}
		text = customer.OwnID + ":" + in.Reference
	}
	root, err := a.person(tx, text)
	if err != nil {
		return nil, fault.In("identity", err)
	}
	return knownAs(tx, root)
}

// known is a customer and those who were merged into it.
type known struct {
	stored  customer.Stored
	members []int64          // but itself
	all     []customer.Known // identities of all of them
}

// knownAs reads the person whom the number stands for.
func knownAs(tx *db.Tx, root int64) (*known, error) {
	s, err := customer.Get(tx, root)
	if err != nil {
		return nil, err
	}
	all, err := knownOf(tx, *s)
	if err != nil {
		return nil, err
	}
	return &all[0], nil
}

// knownOf adds what is known by those who were merged into the customers.
func knownOf(tx *db.Tx, stored ...customer.Stored) ([]known, error) {
	roots := make([]int64, len(stored))
	for i, s := range stored {
		roots[i] = s.Customer
	}
	members, identities, err := customer.MergedInto(tx, roots)
	if err != nil {
		return nil, err
	}
	all := make([]known, len(stored))
	for i, s := range stored {
		k := &all[i]
		k.stored, k.members = s, members[s.Customer]
		k.all = slices.Clone(s.Identities)
		for _, member := range k.members {
			k.all = append(k.all, identities[member]...)
		}
	}
	return all, nil
}

// CustomerIn names a customer in a path.
type CustomerIn struct {
	ID string `path:"id" maxLength:"400" doc:"An id of ours, your own id, or kind:value such as email:ada@example.com."`
}

func (a *API) getCustomer(ctx context.Context, in *CustomerIn) (*FactOut[wire.Customer], error) {
	var k *known
	err := a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		root, err := a.person(tx, in.ID)
		if err != nil {
			return err
		}
		k, err = knownAs(tx, root)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &FactOut[wire.Customer]{ETag: etag(k.stored.Version), Body: showCustomer(a.view(ctx), k)}, nil
}

type customerIn struct {
	Body wire.Customer
}

// CustomerOut is the answer to what makes or changes a customer.
type CustomerOut struct {
	Status   int
	Location string `header:"Location"`
	Body     wire.CustomerWritten
}

func (a *API) putCustomer(ctx context.Context, in *customerIn) (*CustomerOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	c, err := customerOf(facts, &in.Body)
	if err != nil {
		return nil, err
	}
	return a.writeCustomer(ctx, fieldsOf(&in.Body), func(tx *db.Tx) (intake.CustomerOutcome, error) { return facts.Customer(tx, cloneCustomer(c)) })
}

// writeCustomer makes or changes a customer and answers what became of it.
func (a *API) writeCustomer(ctx context.Context, fields []string, write func(tx *db.Tx) (intake.CustomerOutcome, error)) (*CustomerOut, error) {
	var out intake.CustomerOutcome
	err := a.Store.Write(ctx, func(tx *db.Tx) (err error) {
		if out, err = write(tx); err != nil {
			return err
		}
		return intake.By{Actor: noted(ctx)}.Took(tx, "customer", fact.CustomerPrefix, out.Outcome, fields)
	})
	if err != nil {
		return nil, err
	}
	w := written(fact.CustomerPrefix, "/v1/customers/", out.Outcome)
	answer := &CustomerOut{Status: w.Status, Location: w.Location, Body: wire.CustomerWritten{ID: w.Body.ID, Status: w.Body.Status}}
	for _, i := range out.Taken {
		answer.Body.Taken = append(answer.Body.Taken, wire.Identity{Kind: i.Kind, Value: i.Value})
	}
	return answer, nil
}

// customerOf turns what came over the wire into what intake takes.
func customerOf(facts *intake.Intake, w *wire.Customer) (c intake.Customer, err error) {
	if c, err = saidOf(facts, w); err == nil && len(c.Identities) == 0 {
		err = fault.In("reference", fault.Coded(codeRequired, fault.Invalidf("a customer needs a reference, or one of identities, to be known by")))
	}
	return c, err
}

// saidOf is what is said of a customer who may be known by something else.
func saidOf(facts *intake.Intake, w *wire.Customer) (c intake.Customer, err error) {
	if w.Reference != "" {
		c.Identities = append(c.Identities, customer.Identity{Kind: customer.OwnID, Value: w.Reference})
	}
	if c.Identities, err = identitiesOf(facts, c.Identities, w.Identities); err != nil {
		return c, err
	}
	change := changeOf(w)
	if c.Profile, err = profileOf(&change); err != nil {
		return c, err
	}
	for i := range w.Consents {
		consent, err := consentOf(&w.Consents[i])
		if err != nil {
			return c, fault.In("consents", fault.In(fmt.Sprintf("[%d]", i), err))
		}
		c.Consents = append(c.Consents, consent)
	}
	return c, nil
}

// identitiesOf adds those that came over the wire.
func identitiesOf(facts *intake.Intake, to []customer.Identity, all []wire.Identity) ([]customer.Identity, error) {
	for i, w := range all {
		identity := customer.Identity{Kind: w.Kind, Value: w.Value}
		n, err := identity.Normal(facts.Business.Country)
		if err == nil && (n.Kind == customer.Number || n.Kind == customer.Visitor) {
			err = fault.In("kind", fault.Invalidf("%s is no kind of identity to be given to a customer; merge a visitor into the customer", n.Kind))
		}
		if err != nil {
			return nil, fault.In("identities", fault.In(fmt.Sprintf("[%d]", i), err))
		}
		to = append(to, identity)
	}
	return to, nil
}

// cloneCustomer has attributes of its own: intake brings them into their spelling, and the transaction may be run again.
func cloneCustomer(c intake.Customer) intake.Customer {
	c.Profile.Attributes = append(fact.Attributes(nil), c.Profile.Attributes...)
	return c
}
