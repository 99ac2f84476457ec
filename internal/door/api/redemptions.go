package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/act/reward"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

func showRedemption(now time.Time, r *reward.Redemption) wire.Redemption {
	shown := wire.Redemption{ID: fact.PublicID(reward.Prefix, r.ID, r.Customer), Customer: publicCustomer(r.Customer), Reward: r.Promise.Reward, Name: r.Promise.Name,
		Kind: string(r.Promise.Kind), Terms: r.Promise.Terms, State: string(r.State), Unit: r.Unit, Units: r.Units, Code: r.Code, OrderReference: r.Order,
		OpenedAt: r.Opened, Version: r.Version}
	if !r.Until.Equal(points.Never) {
		shown.GoodUntil = &r.Until
	}
	if r.Over(now) {
		shown.State = string(reward.Void)
	}
	return shown
}

type redemptionsIn struct {
	Paged

	Customer string `query:"customer" required:"true" maxLength:"400" doc:"An id of ours, your own id, or kind:value such as email:ada@example.com."`
}

func (a *API) listRedemptions(ctx context.Context, in *redemptionsIn) (*Listed[wire.Redemption], error) {
	var before int64
	if _, err := in.after(&before); err != nil {
		return nil, err
	}
	var all []reward.Redemption
	var now time.Time
	err := a.Store.Read(ctx, func(tx *db.Tx) error {
		members, err := a.members(tx, in.Customer)
		if err != nil {
			return err
		}
		now = tx.Now
		all, err = reward.Of(tx, members, before, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	return listed(ctx, in.Paged, all, func(r reward.Redemption) string { return cursor(r.ID) }, func(r reward.Redemption) wire.Redemption { return showRedemption(now, &r) }), nil
}

// RedemptionOut is a redemption.
type RedemptionOut struct {
	Status   int
	Location string `header:"Location"`
	ETag     string `header:"ETag"`
	Body     wire.Redemption
}

func redemptionOut(status int, now time.Time, r *reward.Redemption) *RedemptionOut {
	shown := showRedemption(now, r)
	return &RedemptionOut{Status: status, Location: "/v1/redemptions/" + shown.ID, ETag: etag(r.Version), Body: shown}
}

type redeemIn struct {
	Keyed

	Body wire.NewRedemption
}

func (a *API) redeem(ctx context.Context, in *redeemIn) (*RedemptionOut, error) {
	b := &in.Body
	facts, root, err := a.about(ctx, b.Customer)
	if err != nil {
		return nil, err
	}
	if err := a.gatherFor(ctx, facts, root, b.Reward); err != nil {
		return nil, err
	}
	w := reward.Wish{Customer: root, Reward: b.Reward, Key: operationKey(ctx, in.Key), Order: b.OrderReference, Actor: who(ctx),
		Hold: time.Duration(b.HoldSeconds) * time.Second}
	return a.changeRedemption(ctx, http.StatusCreated, fieldsOf(b), func(tx *db.Tx) (reward.Redemption, error) { return facts.Rewards().Redeem(tx, w) })
}

// gatherFor brings together what a person who is known by several numbers has, where a reward needs it.
func (a *API) gatherFor(ctx context.Context, facts *intake.Intake, root int64, name string) error {
	var s reward.Stored
	many := false
	if err := a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		if s, err = reward.Load(tx, name); err != nil {
			return err
		}
		members, err := customer.Members(tx, root)
		many = len(members) > 1
		return err
	}); err != nil || s.Price == 0 || !many {
		return err
	}
	return facts.Ledger().Gather(ctx, a.Store, root, s.Unit, s.Price)
}

// changeRedemption does something to a redemption and answers with it.
func (a *API) changeRedemption(ctx context.Context, status int, fields []string, change func(tx *db.Tx) (reward.Redemption, error)) (*RedemptionOut, error) {
	var r reward.Redemption
	var now time.Time
	err := a.Store.Write(ctx, func(tx *db.Tx) (err error) {
		now = tx.Now
		if r, err = change(tx); err != nil || r.Repeated {
			return err
		}
		return a.did(ctx, tx, "redemption."+string(r.State), fact.PublicID(reward.Prefix, r.ID, r.Customer), fields, 1)
	})
	if err != nil {
		return nil, err
	}
	if r.Repeated {
		status = http.StatusOK
	}
	return redemptionOut(status, now, &r), nil
}

// RedemptionIn names a redemption.
type RedemptionIn struct {
	ID string `path:"id" maxLength:"60"`
}

func (in *RedemptionIn) parse() (owner, number int64, err error) {
	err = fault.In("id", fact.ParsePublicID(reward.Prefix, in.ID, &number, &owner))
	return owner, number, err
}

func (a *API) getRedemption(ctx context.Context, in *RedemptionIn) (*RedemptionOut, error) {
	owner, number, err := in.parse()
	if err != nil {
		return nil, err
	}
	var out *RedemptionOut
	err = a.Store.Read(ctx, func(tx *db.Tx) error {
		r, err := reward.Get(tx, owner, number)
		if err != nil {
			return err
		}
		moves, err := r.Moves(tx)
		if err != nil {
			return err
		}
		out = redemptionOut(http.StatusOK, tx.Now, &r)
		for _, m := range moves {
			out.Body.Moves = append(out.Body.Moves, wire.RedemptionMove{State: string(m.State), Actor: m.Actor, Reason: m.Reason, At: m.At})
		}
		return nil
	})
	return out, err
}

// step does the next thing to the redemption of a path.
func (a *API) step(ctx context.Context, in *RedemptionIn, body any, next func(d *reward.Desk, tx *db.Tx, owner, number int64) (reward.Redemption, error)) (*RedemptionOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	owner, number, err := in.parse()
	if err != nil {
		return nil, err
	}
	return a.changeRedemption(ctx, http.StatusOK, fieldsOf(body), func(tx *db.Tx) (reward.Redemption, error) {
		return next(facts.Rewards(), tx, owner, number)
	})
}

type becauseIn struct {
	RedemptionIn

	Body *wire.Because
}

// reasoned is a step for which there may be a reason.
func (a *API) reasoned(ctx context.Context, in *becauseIn, next func(d *reward.Desk, tx *db.Tx, owner, number int64, by reward.Who) (reward.Redemption, error)) (*RedemptionOut, error) {
	because := in.Body
	if because == nil {
		because = &wire.Because{}
	}
	by := reward.Who{Actor: who(ctx), Reason: because.Reason}
	return a.step(ctx, &in.RedemptionIn, because, func(d *reward.Desk, tx *db.Tx, owner, number int64) (reward.Redemption, error) {
		return next(d, tx, owner, number, by)
	})
}

func (a *API) issueRedemption(ctx context.Context, in *becauseIn) (*RedemptionOut, error) {
	return a.reasoned(ctx, in, (*reward.Desk).Issue)
}

func (a *API) reopenRedemption(ctx context.Context, in *becauseIn) (*RedemptionOut, error) {
	return a.reasoned(ctx, in, (*reward.Desk).Reopen)
}

func (a *API) refundRedemption(ctx context.Context, in *becauseIn) (*RedemptionOut, error) {
	return a.reasoned(ctx, in, (*reward.Desk).Refund)
}

func (a *API) voidRedemption(ctx context.Context, in *becauseIn) (*RedemptionOut, error) {
	return a.reasoned(ctx, in, (*reward.Desk).Withdraw)
}

type useRedemptionIn struct {
	RedemptionIn

	Body *wire.UseRedemption
}

func (a *API) useRedemption(ctx context.Context, in *useRedemptionIn) (*RedemptionOut, error) {
	use := in.Body
	if use == nil {
		use = &wire.UseRedemption{}
	}
	return a.step(ctx, &in.RedemptionIn, use, func(d *reward.Desk, tx *db.Tx, owner, number int64) (reward.Redemption, error) {
		return d.Use(tx, owner, number, use.OrderReference, reward.Who{Actor: who(ctx)})
	})
}

// Wrong codes that are answered: so many at once, and on the long run.
const (
	wrongCodesBurst  = 20
	wrongCodesSecond = 0.2
)

// guessing refuses whoever has asked for too many codes that are none. The limit is counted where a code is not found.
func (a *API) guessing(ctx context.Context, find func() error) error {
	by := actor(ctx).ID
	if err := a.guesses.any(by); err != nil {
		return err
	}
	err := find()
	if f := (*fault.Fault)(nil); errors.As(err, &f) && f.Code == "code_not_found" {
		_ = a.guesses.take(http.Header{}, by) // that there is none left is for the next one to hear
	}
	return err
}

// CodeIn names a code.
type CodeIn struct {
	Code string `path:"code" maxLength:"80"`
}

// CodeOut is what a code leads to.
type CodeOut struct {
	Body wire.FoundCode
}

func (a *API) findCode(ctx context.Context, in *CodeIn) (*CodeOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	out := &CodeOut{}
	err = a.guessing(ctx, func() error {
		return a.Store.Read(ctx, func(tx *db.Tx) error {
			c, err := facts.Rewards().Find(tx, in.Code)
			if err != nil {
				return err
			}
			out.Body = wire.FoundCode{Code: c.Code, Kind: string(c.Kind)}
			if c.Redemption != nil {
				shown := showRedemption(tx.Now, c.Redemption)
				out.Body.Redemption = &shown
			}
			out.Body.Reward, err = showReward(&c.Reward)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

type useCodeIn struct {
	CodeIn
	Keyed

	Body wire.UseCode
}

func (a *API) useCode(ctx context.Context, in *useCodeIn) (out *RedemptionOut, err error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	w := reward.Wish{Key: operationKey(ctx, in.Key), Order: in.Body.OrderReference, Actor: who(ctx)}
	if in.Body.Customer != nil {
		if w.Customer, err = a.someone(ctx, "customer", facts, in.Body.Customer); err != nil {
			return nil, err
		}
	}
	err = a.guessing(ctx, func() error {
		out, err = a.changeRedemption(ctx, http.StatusOK, fieldsOf(&in.Body), func(tx *db.Tx) (reward.Redemption, error) {
			return facts.Rewards().UseCode(tx, in.Code, w)
		})
		return err
	})
	return out, err
}
