package api

import (
	"context"
	"net/http"
	"time"

	"regulars/internal/act/referral"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/door/api/wire"
	"regulars/internal/record/fact"
)

func (a *API) tableOfReferrals() {
	on(a, post, "/v1/referrals", account.FactsWrite, "Tell that a customer was brought", a.newReferral,
		says("Before their first order. When an order of theirs counts, and can no longer come back, the programme's rules on referral give to who brought them, and those on referred to them. Told again it is the same."))
	on(a, get, "/v1/referrals/summary", account.MeasuresRead, "Get how referrals do", a.referralSummary)
	on(a, get, "/v1/customers/{id}/referral-code", account.PointsRead, "Get the referral code of a customer", a.referralCode, under("referrals"), says("It is made when it is first asked for."))
	on(a, get, "/v1/customers/{id}/referrals", account.PointsRead, "List whom a customer brought", a.listReferrals, under("referrals"), says("The newest first."))
}

// ReferralOut is a friend who was brought.
type ReferralOut struct {
	Status int
	Body   wire.Referral
}

type newReferralIn struct {
	Body wire.NewReferral
}

func (a *API) newReferral(ctx context.Context, in *newReferralIn) (*ReferralOut, error) {
	facts, friend, err := a.about(ctx, in.Body.Customer)
	if err != nil {
		return nil, err
	}
	var r referral.Referral
	err = a.Store.Write(ctx, func(tx *db.Tx) (err error) {
		if r, err = facts.Referrals().Tie(tx, friend, in.Body.Code); err != nil {
			return err
		}
		return a.did(ctx, tx, "referral.created", publicCustomer(r.Friend), []string{"code"}, 1)
	})
	if err != nil {
		return nil, err
	}
	return &ReferralOut{Status: http.StatusCreated, Body: showReferral(&r)}, nil
}

func showReferral(r *referral.Referral) wire.Referral {
	shown := wire.Referral{Customer: publicCustomer(r.Friend), Referrer: publicCustomer(r.Referrer), Code: r.Code, State: string(r.State), CreatedAt: r.Created, MovedAt: r.Moved}
	if r.Order != 0 {
		shown.OrderID = fact.PublicID(fact.OrderPrefix, r.Order, r.OrderCustomer)
	}
	if r.State == referral.Qualified {
		shown.DueAt = &r.Due
	}
	return shown
}

// ReferralCodeOut is the code of a customer.
type ReferralCodeOut struct {
	Body wire.ReferralCode
}

func (a *API) referralCode(ctx context.Context, in *CustomerIn) (*ReferralCodeOut, error) {
	out := &ReferralCodeOut{}
	err := a.Store.Write(ctx, func(tx *db.Tx) error {
		root, err := a.person(tx, in.ID)
		if err != nil {
			return err
		}
		code, err := referral.Code(tx, root)
		if err != nil {
			return err
		}
		by, err := referral.Counts(tx, root)
		out.Body = wire.ReferralCode{Customer: publicCustomer(root), Code: code, Link: referral.Path(code), Pending: by[referral.Pending], Qualified: by[referral.Qualified],
			Rewarded: by[referral.Rewarded] + by[referral.Rewarding], Void: by[referral.Void] + by[referral.Voiding]}
		return err
	})
	if a.Public != nil {
		out.Body.Link = a.Public() + out.Body.Link
	}
	return out, err
}

type referralsIn struct {
	CustomerIn
	Paged
}

func (a *API) listReferrals(ctx context.Context, in *referralsIn) (*Listed[wire.Referral], error) {
	var before int64
	if _, err := in.after(&before); err != nil {
		return nil, err
	}
	var all []referral.Referral
	err := a.Store.Read(ctx, func(tx *db.Tx) error {
		root, err := a.person(tx, in.ID)
		if err != nil {
			return err
		}
		var at time.Time
		if before != 0 {
			at = time.UnixMicro(before)
		}
		all, err = referral.Brought(tx, root, at, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	return listed(ctx, in.Paged, all, func(r referral.Referral) string { return cursor(r.Created.UnixMicro()) }, func(r referral.Referral) wire.Referral { return showReferral(&r) }), nil
}

// ReferralSummaryOut is how referrals do.
type ReferralSummaryOut struct {
	Body wire.ReferralSummary
}

// referralMonths is how far back the summary goes: a year, so that each month stands beside the same one of the year before at its end.
const referralMonths = 12

func (a *API) referralSummary(ctx context.Context, _ *struct{}) (*ReferralSummaryOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	out := &ReferralSummaryOut{}
	err = a.Store.Read(ctx, func(tx *db.Tx) error {
		r, err := referral.Read(tx, facts.Business.Zone, referralMonths)
		b := wire.ReferralSummary{Pending: r.By[referral.Pending], Qualified: r.By[referral.Qualified], Rewarded: r.By[referral.Rewarded] + r.By[referral.Rewarding],
			Void: r.By[referral.Void] + r.By[referral.Voiding], Conversion: r.Conversion(), Won: r.Won, Given: r.Given}
		for _, m := range r.Months {
			b.Months = append(b.Months, wire.ReferralMonth{Month: m.First.Format("2006-01"), Came: m.Came, Won: m.Won})
		}
		out.Body = b
		return err
	})
	return out, err
}
