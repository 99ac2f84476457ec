package api

import (
	"context"
	"slices"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/door/api/wire"
	"regulars/internal/intake"
)

type challengesIn struct {
	CustomerIn
	Spoken
}

// ChallengesOut is how far a customer has come.
type ChallengesOut struct {
	Body wire.Challenges
}

func (a *API) listChallenges(ctx context.Context, in *challengesIn) (*ChallengesOut, error) {
	out := &ChallengesOut{Body: wire.Challenges{Data: []wire.Challenge{}}}
	l, err := locale.Get(in.Lang)
	if err != nil {
		return nil, err
	}
	err = a.ofPerson(ctx, in.ID, func(tx *db.Tx, facts *intake.Intake, root int64) error {
		all, err := facts.Programme().Challenges(tx, root)
		for i := range all {
			p := &all[i]
			c := wire.Challenge{Challenge: p.Challenge.Challenge, Name: p.Name, State: string(p.State), Count: p.Count, Target: p.Target, Counted: p.So, Begins: p.Begins, Ends: p.Ends,
				Row: p.Row, InARow: p.InARow, Times: p.Done, Words: p.Words(l, facts.Business.Currency), Streak: p.Streak(l), Gives: p.Prize(l)}
			if p.Next != nil {
				c.Milestone = p.Next.At
			}
			out.Body.Data = append(out.Body.Data, c)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// PersonalOffersOut is what is for a customer now.
type PersonalOffersOut struct {
	Body wire.PersonalOffers
}

func (a *API) listPersonalOffers(ctx context.Context, in *challengesIn) (*PersonalOffersOut, error) {
	out := &PersonalOffersOut{Body: wire.PersonalOffers{Data: []wire.PersonalOffer{}}}
	l, err := locale.Get(in.Lang)
	if err != nil {
		return nil, err
	}
	err = a.ofPerson(ctx, in.ID, func(tx *db.Tx, facts *intake.Intake, root int64) error {
		all, err := facts.Programme().Offers(tx, root, l, facts.Business.Currency)
		for i := range all {
			o := &all[i]
			out.Body.Data = append(out.Body.Data, wire.PersonalOffer{Rule: o.Rule, Name: o.Name, Gives: o.Gives, When: slices.Concat([]string{}, o.When), Until: o.Until})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// ofPerson reads something of a customer, whom the id leads to.
func (a *API) ofPerson(ctx context.Context, id string, read func(tx *db.Tx, facts *intake.Intake, root int64) error) error {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return err
	}
	return a.Store.Read(ctx, func(tx *db.Tx) error {
		root, err := a.person(tx, id)
		if err != nil {
			return err
		}
		return read(tx, facts, root)
	})
}

type accessIn struct {
	CustomerIn

	Access string `path:"access" maxLength:"60" example:"spring-sale"`
}

// AccessOut is whether a customer may come in.
type AccessOut struct {
	Body wire.Access
}

// AccessesOut is the same of every access.
type AccessesOut struct {
	Body wire.Accesses
}

func showAccess(root int64, e *programme.Entry) wire.Access {
	shown := wire.Access{Customer: publicCustomer(root), Access: e.Access.Access, Name: e.Name, Granted: e.Granted, Why: string(e.Why), Detail: e.Detail}
	if e.Granted && !e.Until.Equal(points.Never) {
		shown.Until = &e.Until
	}
	return shown
}

func (a *API) listAccess(ctx context.Context, in *CustomerIn) (*AccessesOut, error) {
	out := &AccessesOut{}
	err := a.ofPerson(ctx, in.ID, func(tx *db.Tx, facts *intake.Intake, root int64) error {
		all, err := facts.Programme().AccessOf(tx, root, "")
		out.Body.Data = []wire.Access{}
		for i := range all {
			out.Body.Data = append(out.Body.Data, showAccess(root, &all[i]))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (a *API) getAccess(ctx context.Context, in *accessIn) (*AccessOut, error) {
	out := &AccessOut{}
	err := a.ofPerson(ctx, in.ID, func(tx *db.Tx, facts *intake.Intake, root int64) error {
		all, err := facts.Programme().AccessOf(tx, root, in.Access)
		if err == nil {
			out.Body = showAccess(root, &all[0])
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

type putAccessIn struct {
	CustomerIn

	Access string `path:"access" maxLength:"60" example:"spring-sale"`
	Body   wire.GrantAccess
}

func (a *API) putAccess(ctx context.Context, in *putAccessIn) (*AccessOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	var until time.Time
	if in.Body.Until != nil {
		until = in.Body.Until.UTC()
	}
	err = a.Store.Write(ctx, func(tx *db.Tx) error {
		root, err := a.person(tx, in.ID)
		if err != nil {
			return err
		}
		if err := facts.Programme().Grant(tx, root, in.Access, until, who(ctx), in.Body.Reason); err != nil {
			return err
		}
		return a.didAccess(ctx, tx, "customer.access_given", root, in.Access, fieldsOf(&in.Body))
	})
	if err != nil {
		return nil, err
	}
	return a.getAccess(ctx, &accessIn{in.CustomerIn, in.Access})
}

func (a *API) removeAccess(ctx context.Context, in *accessIn) (*AccessOut, error) {
	err := a.Store.Write(ctx, func(tx *db.Tx) error {
		members, root, err := a.everybody(tx, in.ID)
		if err != nil {
			return err
		}
		some, err := programme.Revoke(tx, members, in.Access)
		if err != nil || !some {
			return err
		}
		return a.didAccess(ctx, tx, "customer.access_taken", root, in.Access, nil)
	})
	if err != nil {
		return nil, err
	}
	return a.getAccess(ctx, in)
}

// didAccess writes down to whom it was, and what.
func (a *API) didAccess(ctx context.Context, tx *db.Tx, what string, root int64, access string, fields []string) error {
	if err := a.did(ctx, tx, what, publicCustomer(root), fields, 1); err != nil {
		return err
	}
	return a.did(ctx, tx, what, "access:"+access, nil, 1)
}
