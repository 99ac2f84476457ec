package api

import (
	"context"
	"encoding/json"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

type changeCustomerIn struct {
	CustomerIn
	Matched

	Body wire.CustomerChange
}

// changeCustomer changes what is said, and leaves the rest.
func (a *API) changeCustomer(ctx context.Context, in *changeCustomerIn) (*CustomerOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	more, err := identitiesOf(facts, nil, in.Body.Identities)
	if err != nil {
		return nil, err
	}
	personal := a.view(ctx).personal
	if _, err := profileOf(&in.Body); err != nil {
		return nil, err
	}
	return a.writeCustomer(ctx, fieldsOf(&in.Body), func(tx *db.Tx) (out intake.CustomerOutcome, err error) {
		have, err := a.forChange(tx, in.ID, &in.Matched)
		if err != nil {
			return out, err
		}
		change := in.Body
		if !personal {
			leaveMasked(&change, have)
		}
		c := intake.Customer{Identities: append([]customer.Identity{customer.Numbered(have.stored.Customer)}, more...)}
		if c.Profile, err = profileOf(&change); err != nil {
			return out, err
		}
		return facts.Customer(tx, c)
	})
}

type replaceCustomerIn struct {
	CustomerIn
	Matched

	Body wire.Customer
}

// replaceCustomer makes the profile what is said, and nothing else. Identities are only added.
func (a *API) replaceCustomer(ctx context.Context, in *replaceCustomerIn) (*CustomerOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	personal := a.view(ctx).personal
	return a.writeCustomer(ctx, fieldsOf(&in.Body), func(tx *db.Tx) (out intake.CustomerOutcome, err error) {
		have, err := a.forChange(tx, in.ID, &in.Matched)
		if err != nil {
			return out, err
		}
		body := in.Body
		body.Identities = append([]wire.Identity(nil), body.Identities...)
		if !personal {
			unmask(&body, have)
		}
		c, err := saidOf(facts, &body)
		if err != nil {
			return out, err
		}
		c.Identities = append([]customer.Identity{customer.Numbered(have.stored.Customer)}, c.Identities...)
		c.Profile = replacing(&have.stored.Profile, &c.Profile)
		return facts.Customer(tx, c)
	})
}

// forChange reads a customer who is to be changed, and keeps others from doing so.
func (a *API) forChange(tx *db.Tx, id string, m *Matched) (*known, error) {
	want, err := m.version()
	if err != nil {
		return nil, err
	}
	root, err := a.person(tx, id)
	if err != nil {
		return nil, err
	}
	k, err := knownAs(tx, root)
	if err != nil {
		return nil, err
	}
	if err := changed(want, k.stored.Version); err != nil {
		return nil, err
	}
	ok, err := customer.Hold(tx, root, k.stored.Version)
	if err == nil && !ok {
		err = db.ErrRestart // changed since it was read
	}
	return k, err
}

// leaveMasked leaves what whoever may not see it sends back as it was shown.
func leaveMasked(c *wire.CustomerChange, have *known) {
	shown := showCustomer(view{}, have)
	for _, field := range []struct{ sent, shown *string }{
		{&c.GivenName, &shown.GivenName}, {&c.MiddleName, &shown.MiddleName}, {&c.FamilyName, &shown.FamilyName},
		{&c.FullName, &shown.FullName}, {&c.Household, &shown.Household},
	} {
		if *field.sent == *field.shown {
			*field.sent = ""
		}
	}
}

// MergedOut is the answer to a merge, or to taking one back.
type MergedOut struct {
	Body wire.Merged
}

type mergeIn struct {
	CustomerIn

	Body wire.Merge
}

func (a *API) mergeCustomer(ctx context.Context, in *mergeIn) (*MergedOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	from, err := named(in.ID)
	if err != nil {
		return nil, fault.In("id", err)
	}
	into, err := whose(facts, &in.Body.Into)
	if err != nil {
		return nil, fault.In("into", err)
	}
	body := wire.Merged{}
	err = a.Store.Write(ctx, func(tx *db.Tx) error {
		m, err := facts.By(noted(ctx)).Merge(tx, from, into)
		body = shownMerge(m)
		return err
	})
	return &MergedOut{Body: body}, err
}

func shownMerge(m intake.Merged) wire.Merged {
	w := wire.Merged{Status: string(m.Status), ID: fact.PublicID(fact.CustomerPrefix, m.Root)}
	if m.Alias > 0 { // a visitor has no id
		w.MergedID = fact.PublicID(fact.CustomerPrefix, m.Alias)
	}
	return w
}

func (a *API) unmergeCustomer(ctx context.Context, in *CustomerIn) (*MergedOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	var body wire.Merged
	err = a.Store.Write(ctx, func(tx *db.Tx) error {
		number, err := a.number(tx, in.ID)
		if err != nil {
			return err
		}
		m, err := facts.By(noted(ctx)).Undo(tx, number)
		body = shownMerge(m)
		return err
	})
	return &MergedOut{Body: body}, err
}

// ExportOut is everything known of a person.
type ExportOut struct {
	ContentDisposition string `header:"Content-Disposition"`
	Body               json.RawMessage
}

func (a *API) exportCustomer(ctx context.Context, in *CustomerIn) (*ExportOut, error) {
	var root int64
	// Into the trail before anything is given out.
	err := a.Store.Write(ctx, func(tx *db.Tx) (err error) {
		if root, err = a.person(tx, in.ID); err != nil {
			return err
		}
		return intake.By{Actor: noted(ctx)}.Exported(tx, root)
	})
	if err != nil {
		return nil, err
	}
	out := &ExportOut{ContentDisposition: `attachment; filename="` + fact.PublicID(fact.CustomerPrefix, root) + `.json"`}
	err = a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		out.Body, err = customer.Export(tx, root)
		return err
	})
	return out, err
}

// ErasedOut is what was erased.
type ErasedOut struct {
	Body wire.Erased
}

func (a *API) eraseCustomer(ctx context.Context, in *CustomerIn) (*ErasedOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	who, err := named(in.ID)
	if err != nil {
		return nil, fault.In("id", err)
	}
	erased, err := facts.By(noted(ctx)).Erase(ctx, a.Store, who)
	if err != nil {
		return nil, err
	}
	out := &ErasedOut{Body: wire.Erased{IDs: []string{}}}
	for _, number := range erased {
		if number > 0 {
			out.Body.IDs = append(out.Body.IDs, fact.PublicID(fact.CustomerPrefix, number))
		}
	}
	return out, nil
}

func (a *API) listConsents(ctx context.Context, in *CustomerIn) (*Listed[wire.Consent], error) {
	var all []customer.Consent
	err := a.Store.Read(ctx, func(tx *db.Tx) error {
		members, _, err := a.everybody(tx, in.ID)
		if err != nil {
			return err
		}
		all, err = customer.Consents(tx, members...)
		return err
	})
	if err != nil {
		return nil, err
	}
	v := a.view(ctx)
	out := &Listed[wire.Consent]{Body: wire.Page[wire.Consent]{Data: make([]wire.Consent, 0, len(all))}}
	for _, c := range all {
		shown := wire.Consent{Channel: c.Channel, Purpose: c.Purpose, Granted: c.Granted, Wording: c.Wording, WordingVersion: c.WordingVersion,
			Source: c.Source, Proof: c.Proof, GivenAt: c.Given}
		if !v.personal {
			shown.Proof = "" // an address of the person, mostly
		}
		out.Body.Data = append(out.Body.Data, shown)
	}
	return out, nil
}

type consentIn struct {
	CustomerIn

	Body wire.Consent
}

func (a *API) addConsent(ctx context.Context, in *consentIn) (*WrittenOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	who, err := named(in.ID)
	if err != nil {
		return nil, fault.In("id", err)
	}
	c, err := consentOf(&in.Body)
	if err != nil {
		return nil, err
	}
	var out fact.Outcome
	err = a.Store.Write(ctx, func(tx *db.Tx) (err error) {
		out, err = facts.By(noted(ctx)).Consent(tx, who, c, fieldsOf(&in.Body))
		return err
	})
	if err != nil {
		return nil, err
	}
	return &WrittenOut{Status: statusOf(string(out.Status)), Body: wire.Written{Customer: public(fact.CustomerPrefix, out), Status: string(out.Status)}}, nil
}
