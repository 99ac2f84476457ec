package api

import (
	"context"
	"slices"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/record/activity"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/listing"
	"regulars/internal/record/reference"
)

// Facts is the input of a list of facts.
type Facts struct {
	Paged

	Customer     string    `query:"customer" maxLength:"400" doc:"Of one customer: an id of ours, your own id, or kind:value such as email:ada@example.com."`
	Source       string    `query:"source" maxLength:"300"`
	Reference    string    `query:"reference" maxLength:"300" doc:"The one that your system calls so, in the source given or in api; of the other filters only customer is looked at then."`
	From         time.Time `query:"from" doc:"That happened at this time or later."`
	To           time.Time `query:"to" doc:"That happened before this time."`
	UpdatedSince time.Time `query:"updated_since" doc:"That was handed in or changed at this time or later. Who asks again and again begins a minute earlier each time: what is being written just now shows up a moment late."`
}

// FactIn is the input of what is done to one fact.
type FactIn struct {
	ID string `path:"id" maxLength:"60"`
}

// FactOut is a fact.
type FactOut[T any] struct {
	ETag string `header:"ETag"`
	Body T
}

// kind is how facts of one kind are read and shown: S as they are kept, W as they go over the wire.
type kind[S, W any] struct {
	prefix fact.Prefix
	// known is what the directory of references calls them; empty: they are not in it.
	known reference.Kind
	load  func(tx *db.Tx, customer, id int64) (*S, error)
	list  func(tx *db.Tx, f listing.Filter, after listing.Place, limit int) ([]S, error)
	kept  func(*S) *listing.Kept
	show  func(view, *S) W
}

// one reads the fact of a public id.
func (k *kind[S, W]) one(tx *db.Tx, id string) (*S, error) {
	var number, owner int64
	if err := fact.ParsePublicID(k.prefix, id, &number, &owner); err != nil {
		return nil, fault.In("id", err)
	}
	return k.load(tx, owner, number)
}

// get answers with one fact.
func (k *kind[S, W]) get(a *API) func(context.Context, *FactIn) (*FactOut[W], error) {
	return func(ctx context.Context, in *FactIn) (*FactOut[W], error) {
		var s *S
		err := a.Store.Read(ctx, func(tx *db.Tx) (err error) {
			s, err = k.one(tx, in.ID)
			return err
		})
		if err != nil {
			return nil, err
		}
		return &FactOut[W]{ETag: etag(k.kept(s).Version), Body: k.show(a.view(ctx), s)}, nil
	}
}

// page answers with a page of facts; state is what Filter.State is compared with.
func (k *kind[S, W]) page(ctx context.Context, a *API, in *Facts, state string) (*Listed[W], error) {
	var after listing.Place
	if _, err := in.after(&after.At, &after.ID, &after.Customer); err != nil {
		return nil, err
	}
	var all []S
	err := a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		f := listing.Filter{Source: in.Source, From: in.From, To: in.To, Updated: in.UpdatedSince, State: state}
		if in.Customer != "" {
			if f.Customers, err = a.members(tx, in.Customer); err != nil {
				return err
			}
		}
		if in.Reference != "" {
			all, err = k.referenced(tx, reference.Key{Source: source(in.Source), Reference: in.Reference}, f.Customers)
			return err
		}
		all, err = k.list(tx, f, after, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	at := func(s S) string {
		kept := k.kept(&s)
		return cursor(kept.Recorded.UnixMicro(), kept.ID, kept.Customer)
	}
	v := a.view(ctx)
	return listed(ctx, in.Paged, all, at, func(s S) W { return k.show(v, &s) }), nil
}

// referenced is the one fact that a source calls so, or none.
func (k *kind[S, W]) referenced(tx *db.Tx, key reference.Key, customers []int64) ([]S, error) {
	if k.known == "" {
		return k.hashed(tx, key, customers)
	}
	found, err := reference.Find(tx, k.known, []reference.Key{key})
	owner, ok := found[key]
	if err != nil || !ok || owner.Erased() || len(customers) > 0 && !slices.Contains(customers, owner.Customer) {
		return nil, err
	}
	s, err := k.load(tx, owner.Customer, owner.Fact)
	if err != nil {
		return nil, err
	}
	return []S{*s}, nil
}

// hashed is referenced for events, whose id comes of the reference, and which no directory knows.
func (k *kind[S, W]) hashed(tx *db.Tx, key reference.Key, customers []int64) ([]S, error) {
	if len(customers) == 0 {
		return nil, fault.In("customer", fault.Coded(codeRequired, fault.Invalidf("an event is found by its reference only if the customer is named too")))
	}
	for _, owner := range customers {
		s, err := k.load(tx, owner, activity.EventID(key.Source, key.Reference))
		if err == nil {
			return []S{*s}, nil
		}
		if fault.KindOf(err) != fault.NotFound {
			return nil, err
		}
	}
	return nil, nil
}

// view is who looks, and at what.
type view struct {
	personal bool // may see what tells who somebody is
	currency string
}

func (a *API) view(ctx context.Context) view {
	v := view{personal: actor(ctx).May(account.PersonalRead)}
	if facts, err := a.Facts.Intake(ctx); err == nil { // else there is no currency yet
		v.currency = facts.Business.Currency
	}
	return v
}

// person finds the number that stands for the person whom a part of a path or a query names.
func (a *API) person(tx *db.Tx, text string) (root int64, err error) {
	number, err := a.number(tx, text)
	if err != nil {
		return 0, err
	}
	return customer.Root(tx, number)
}

// everybody are the members of the person whom the address names, and the one who stands for them.
func (a *API) everybody(tx *db.Tx, id string) (members []int64, root int64, err error) {
	if root, err = a.person(tx, id); err != nil {
		return nil, 0, err
	}
	members, err = customer.Members(tx, root)
	return members, root, err
}

// number finds the customer whom a part of a path names, whatever it was merged into.
func (a *API) number(tx *db.Tx, text string) (int64, error) {
	who, err := named(text)
	if err != nil {
		return 0, fault.In("id", err)
	}
	b, err := business.Load(tx)
	if err != nil {
		return 0, err
	}
	if who, err = who.Normal(b.Country); err != nil {
		return 0, fault.In("id", err)
	}
	found, err := customer.Find(tx, []customer.Identity{who})
	if err != nil {
		return 0, err
	}
	number, ok := found[who]
	if !ok || number == 0 {
		return 0, fault.NotFoundf("there is no such customer")
	}
	return number, nil
}

// members are all numbers of the person whom a query names.
func (a *API) members(tx *db.Tx, text string) ([]int64, error) {
	root, err := a.person(tx, text)
	if err != nil {
		return nil, fault.In("customer", err)
	}
	return customer.Members(tx, root)
}

// shownCustomer names the customer of a fact; nobody known is nobody.
func shownCustomer(number int64) *wire.CustomerRef {
	if number <= 0 {
		return nil
	}
	return &wire.CustomerRef{ID: fact.PublicID(fact.CustomerPrefix, number)}
}

// shownTime is a moment, or none.
func shownTime(m fact.Moment) *time.Time {
	if m.IsZero() {
		return nil
	}
	t := time.UnixMicro(m.UTC).UTC()
	return &t
}

func utc(m fact.Moment) time.Time { return time.UnixMicro(m.UTC).UTC() }

// shownAttributes are attributes as an object.
func shownAttributes(all fact.Attributes) map[string]string {
	if len(all) == 0 {
		return nil
	}
	out := make(map[string]string, len(all))
	for _, a := range all {
		out[a.Name] = a.Value
	}
	return out
}
