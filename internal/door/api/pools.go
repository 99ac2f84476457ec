package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/intake"
	"regulars/internal/record/fact"
)

// tableOfPools is what several customers spend together.
func (a *API) tableOfPools() {
	on(a, post, "/v1/pools", account.PointsSpend, "Open a common spending", a.newPool, under("points"),
		says("Sets units of several customers aside, such as those of a household: in proportion to what each has, or as you say. Each gives of their own lots, which stay theirs until it is granted."))
	on(a, get, "/v1/pools/{id}", account.PointsRead, "Get a common spending", a.getPool, under("points"))
	on(a, post, "/v1/pools/{id}/grant", account.PointsSpend, "Grant a common spending", a.grantPool, under("points"), says("Spends what is set aside."))
	on(a, remove, "/v1/pools/{id}", account.PointsSpend, "Cancel a common spending", a.cancelPool, under("points"), says("Everybody keeps what is theirs, with its old expiry."))
}

// PoolOut is a common spending.
type PoolOut struct {
	Status   int
	Location string `header:"Location"`
	Body     wire.Pool
}

func poolOut(status int, p *points.Pool) *PoolOut {
	shown := wire.Pool{ID: fact.PublicID(points.PoolPrefix, p.ID, p.Customer), Customer: publicCustomer(p.Customer), Unit: p.Unit, Units: p.Units, State: string(p.State),
		Cause: p.Cause, Until: p.Until}
	for _, s := range p.Shares {
		shown.Shares = append(shown.Shares, wire.GivenShare{Customer: publicCustomer(s.Customer), Units: s.Units})
	}
	out := &PoolOut{Status: status, Body: shown}
	if status == http.StatusCreated {
		out.Location = "/v1/pools/" + shown.ID
	}
	return out
}

type newPoolIn struct {
	Keyed

	Body wire.NewPool
}

func (a *API) newPool(ctx context.Context, in *newPoolIn) (*PoolOut, error) {
	b := &in.Body
	facts, root, err := a.about(ctx, b.Customer)
	if err != nil {
		return nil, err
	}
	shares, err := a.shares(ctx, facts, b)
	if err != nil {
		return nil, err
	}
	ledger := facts.Ledger()
	for _, s := range shares { // who is known by several numbers gives as one
		if err := ledger.Gather(ctx, a.Store, s.Customer, b.Unit, s.Units); err != nil {
			return nil, err
		}
	}
	act := points.Act{Customer: root, Unit: b.Unit, Key: operationKey(ctx, in.Key), Cause: b.Cause, Actor: who(ctx)}
	if act.Cause == "" {
		act.Cause = "pool"
	}
	var p points.Pool
	err = a.Store.Write(ctx, func(tx *db.Tx) error {
		if p, err = ledger.OpenPool(tx, act, shares, time.Duration(b.Seconds)*time.Second); err != nil {
			return err
		}
		return a.did(ctx, tx, "points.pool_opened", fact.PublicID(points.PoolPrefix, p.ID, p.Customer), fieldsOf(b), 1)
	})
	if err != nil {
		return nil, err
	}
	return a.advanced(ctx, ledger, &p, http.StatusCreated)
}

// shares are who gives how much.
func (a *API) shares(ctx context.Context, facts *intake.Intake, b *wire.NewPool) (shares []points.Share, err error) {
	if (len(b.Shares) > 0) == (b.Units > 0 || len(b.Givers) > 0) {
		return nil, fault.In("shares", fault.Invalidf("say units and givers, or shares, and not both"))
	}
	for i, s := range b.Shares {
		giver, err := a.someone(ctx, fmt.Sprintf("shares[%d].customer", i), facts, s.Customer)
		if err != nil {
			return nil, err
		}
		shares = append(shares, points.Share{Customer: giver, Units: s.Units})
	}
	if len(b.Shares) > 0 {
		return shares, nil
	}
	for i, ref := range b.Givers {
		giver, err := a.someone(ctx, fmt.Sprintf("givers[%d]", i), facts, ref)
		if err != nil {
			return nil, err
		}
		shares = append(shares, points.Share{Customer: giver})
	}
	if err := a.Store.Read(ctx, func(tx *db.Tx) error {
		for i := range shares {
			have, err := points.BalanceOf(tx, shares[i].Customer, b.Unit, tx.Now)
			if err != nil {
				return err
			}
			shares[i].Units = have.Available
		}
		return nil
	}); err != nil {
		return nil, err
	}
	return points.Proportional(shares, b.Units)
}

// advanced does what is next at once, where it can: a job goes on with what is left over.
func (a *API) advanced(ctx context.Context, ledger *points.Ledger, p *points.Pool, status int) (*PoolOut, error) {
	if err := ledger.Advance(ctx, a.Store, p.Customer, p.ID); err != nil {
		return nil, err
	}
	var now points.Pool
	if err := a.Store.Read(ctx, func(tx *db.Tx) (err error) { now, err = points.LoadPool(tx, p.Customer, p.ID); return err }); err != nil {
		return nil, err
	}
	return poolOut(status, &now), nil
}

// poolOf reads a common spending by its public id.
func poolOf(tx *db.Tx, id string) (points.Pool, error) {
	var number, owner int64
	if err := fact.ParsePublicID(points.PoolPrefix, id, &number, &owner); err != nil {
		return points.Pool{}, fault.In("id", err)
	}
	return points.LoadPool(tx, owner, number)
}

func (a *API) getPool(ctx context.Context, in *HoldIn) (*PoolOut, error) {
	var p points.Pool
	if err := a.Store.Read(ctx, func(tx *db.Tx) (err error) { p, err = poolOf(tx, in.ID); return err }); err != nil {
		return nil, err
	}
	return poolOut(http.StatusOK, &p), nil
}

func (a *API) grantPool(ctx context.Context, in *HoldIn) (*PoolOut, error) {
	return a.endPool(ctx, in.ID, "points.pool_granted", points.GrantPool)
}

func (a *API) cancelPool(ctx context.Context, in *HoldIn) (*PoolOut, error) {
	return a.endPool(ctx, in.ID, "points.pool_cancelled", points.CancelPool)
}

func (a *API) endPool(ctx context.Context, id, action string, end func(tx *db.Tx, customer, id int64) error) (*PoolOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	var p points.Pool
	err = a.Store.Write(ctx, func(tx *db.Tx) error {
		if p, err = poolOf(tx, id); err != nil {
			return err
		}
		if err := end(tx, p.Customer, p.ID); err != nil || p.Ended {
			return err
		}
		return a.did(ctx, tx, action, id, nil, 1)
	})
	if err != nil {
		return nil, err
	}
	return a.advanced(ctx, facts.Ledger(), &p, http.StatusOK)
}
