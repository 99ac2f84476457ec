package api

import (
	"context"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/intake"
	"regulars/internal/record/activity"
	"regulars/internal/record/fact"
	"regulars/internal/record/listing"
	"regulars/internal/record/reference"
)

var subscriptions = kind[activity.StoredSubscription, wire.Subscription]{
	prefix: fact.SubscriptionPrefix, known: reference.Subscription, load: activity.LoadSubscription, list: activity.ListSubscriptions,
	kept: func(s *activity.StoredSubscription) *listing.Kept { return &s.Kept }, show: showSubscription,
}

func (a *API) listSubscriptions(ctx context.Context, in *Facts) (*Listed[wire.Subscription], error) {
	return subscriptions.page(ctx, a, in, "")
}

func showSubscription(v view, s *activity.StoredSubscription) wire.Subscription {
	sub := &s.Subscription
	return wire.Subscription{
		ID: fact.PublicID(fact.SubscriptionPrefix, s.ID, s.Customer), Source: sub.Source, Reference: sub.Reference, Customer: shownCustomer(s.Customer),
		Plan: sub.Plan, AmountMinor: sub.AmountMinor, Currency: v.currency, StartedAt: utc(sub.Started), CancelledAt: shownTime(sub.Cancelled),
		Reason: sub.Reason, Version: s.Version, CreatedAt: &s.Recorded, UpdatedAt: &s.Updated,
	}
}

type subscriptionIn struct {
	Body wire.Subscription
}

func (a *API) putSubscription(ctx context.Context, in *subscriptionIn) (*WrittenOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	s, err := subscriptionOf(facts, &in.Body)
	if err != nil {
		return nil, err
	}
	return a.take(ctx, "subscription", fact.SubscriptionPrefix, "/v1/subscriptions/", fieldsOf(&in.Body), func(tx *db.Tx) (fact.Outcome, error) {
		return facts.Subscription(tx, s)
	})
}

type changeSubscriptionIn struct {
	FactIn
	Matched

	Body wire.Subscription
}

func (a *API) changeSubscription(ctx context.Context, in *changeSubscriptionIn) (*WrittenOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	next, err := subscriptionOf(facts, &in.Body)
	if err != nil {
		return nil, err
	}
	return a.take(ctx, "subscription", fact.SubscriptionPrefix, "/v1/subscriptions/", fieldsOf(&in.Body), func(tx *db.Tx) (fact.Outcome, error) {
		s, err := subscriptions.forChange(tx, &in.FactIn, &in.Matched, activity.HoldSubscription)
		if err == nil {
			err = sameName(s.Subscription.Reference, next.Reference)
		}
		if err != nil {
			return fact.Outcome{}, err
		}
		next.Source, next.Customer = s.Subscription.Source, holder(s.Customer)
		return facts.Subscription(tx, next)
	})
}

// subscriptionOf turns what came over the wire into what intake takes.
func subscriptionOf(facts *intake.Intake, w *wire.Subscription) (s intake.Subscription, err error) {
	if s.Customer, err = whose(facts, w.Customer); err != nil {
		return s, fault.In("customer", err)
	}
	if err := currency(facts, w.Currency); err != nil {
		return s, err
	}
	s.Subscription = activity.Subscription{Source: source(w.Source), Reference: w.Reference, Plan: w.Plan, AmountMinor: w.AmountMinor,
		Started: facts.At(w.StartedAt), Reason: w.Reason}
	if err := optional(facts, "cancelled_at", w.CancelledAt, &s.Cancelled); err != nil {
		return s, err
	}
	return s, moment("started_at", w.StartedAt)
}
