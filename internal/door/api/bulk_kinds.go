package api

import (
	"context"
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/intake"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/fact"
	"regulars/internal/record/spending"
)

// bulkKind is how lines of one type are read and taken in.
type bulkKind struct {
	permission account.Permission
	prefix     fact.Prefix // of its ids; empty: it has none
	schema     *huma.Schema
	decode     func(ctx context.Context, facts *intake.Intake, line []byte) (any, error)
	take       func(facts *intake.Intake, tx *db.Tx, all []any) ([]intake.CustomerOutcome, error)
}

// newBulkKind makes a kind of what goes over the wire (W) and what intake takes (F).
func newBulkKind[W, F any](a *API, permission account.Permission, prefix fact.Prefix, of func(context.Context, *intake.Intake, *W) (F, error),
	take func(*intake.Intake, *db.Tx, []F) ([]intake.CustomerOutcome, error)) *bulkKind {
	return &bulkKind{
		permission: permission, prefix: prefix,
		schema: a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[W](), true, ""),
		decode: func(ctx context.Context, facts *intake.Intake, line []byte) (any, error) {
			var w W
			if err := json.Unmarshal(line, &w); err != nil {
				return nil, fault.Coded(codeBroken, fault.Invalidf("the line cannot be read: %w", err))
			}
			return of(ctx, facts, &w)
		},
		take: func(facts *intake.Intake, tx *db.Tx, all []any) ([]intake.CustomerOutcome, error) {
			handed := make([]F, len(all))
			for i := range all {
				handed[i], _ = all[i].(F)
			}
			return take(facts, tx, handed)
		},
	}
}

// plain is for what needs nothing of the request.
func plain[W, F any](of func(*intake.Intake, *W) (F, error)) func(context.Context, *intake.Intake, *W) (F, error) {
	return func(_ context.Context, facts *intake.Intake, w *W) (F, error) { return of(facts, w) }
}

// together takes several in by one call.
func together[F any](take func(*intake.Intake, *db.Tx, []F) ([]fact.Outcome, error)) func(*intake.Intake, *db.Tx, []F) ([]intake.CustomerOutcome, error) {
	return func(facts *intake.Intake, tx *db.Tx, all []F) ([]intake.CustomerOutcome, error) {
		done, err := take(facts, tx, all)
		out := make([]intake.CustomerOutcome, len(done))
		for i := range done {
			out[i].Outcome = done[i]
		}
		return out, err
	}
}

// singly takes several in one after the other.
func singly[F any](take func(*intake.Intake, *db.Tx, F) (fact.Outcome, error)) func(*intake.Intake, *db.Tx, []F) ([]intake.CustomerOutcome, error) {
	return func(facts *intake.Intake, tx *db.Tx, all []F) ([]intake.CustomerOutcome, error) {
		out := make([]intake.CustomerOutcome, len(all))
		for i := range all {
			var err error
			if out[i].Outcome, err = take(facts, tx, all[i]); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
}

// bulkTypes are the types that a line may be of.
func (a *API) bulkTypes() map[string]*bulkKind {
	return map[string]*bulkKind{
		"customer": newBulkKind(a, account.CustomersWrite, fact.CustomerPrefix, plain(customerOf),
			func(facts *intake.Intake, tx *db.Tx, all []intake.Customer) ([]intake.CustomerOutcome, error) {
				own := make([]intake.Customer, len(all))
				for i := range all {
					own[i] = cloneCustomer(all[i])
				}
				return facts.Customers(tx, own)
			}),
		"order": newBulkKind(a, account.SalesWrite, fact.OrderPrefix, plain(orderOf), together((*intake.Intake).Orders)),
		"return": newBulkKind(a, account.SalesWrite, fact.ReturnPrefix, plain(returnOf),
			singly(func(facts *intake.Intake, tx *db.Tx, r intake.Return) (fact.Outcome, error) {
				return facts.Return(tx, cloned(r))
			})),
		"subscription": newBulkKind(a, account.FactsWrite, fact.SubscriptionPrefix, plain(subscriptionOf), singly((*intake.Intake).Subscription)),
		"event": newBulkKind(a, account.EventsAdd, fact.EventPrefix,
			func(ctx context.Context, facts *intake.Intake, w *wire.Event) (intake.Event, error) {
				return eventOf(facts, actor(ctx), w)
			},
			together((*intake.Intake).Events)),
		"answer": newBulkKind(a, account.FactsWrite, fact.AnswerPrefix, plain(answerOf), together((*intake.Intake).Answers)),
		"cost": newBulkKind(a, account.FactsWrite, "", plain(costOf),
			together(func(facts *intake.Intake, tx *db.Tx, all []spending.Cost) ([]fact.Outcome, error) {
				return facts.Costs(tx, all)
			})),
		"initiative": newBulkKind(a, account.FactsWrite, "", plain(initiativeOf), singly((*intake.Intake).Initiative)),
		"product": newBulkKind(a, account.FactsWrite, "",
			plain(func(_ *intake.Intake, w *wire.Product) (catalogue.Product, error) { return productOf(w), nil }), singly((*intake.Intake).Product)),
	}
}
