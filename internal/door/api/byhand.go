package api

import (
	"context"

	"regulars/internal/act/byhand"
	"regulars/internal/act/points"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/door/api/wire"
	"regulars/internal/record/fact"
)

func (a *API) tableOfLimits() {
	on(a, get, "/v1/settings/by-hand", account.PointsAdjust, "Get how much may be moved by hand", a.getHandLimits,
		says("For each role that may give by hand, and for keys, and for each unit; the usual limits where none were set."))
	on(a, put, "/v1/settings/by-hand", account.AccessManage, "Set how much may be moved by hand", a.putHandLimits,
		says("Those that are named; the others stay. It counts at once, also what was moved earlier on the day."))
	const requests = "/v1/by-hand/requests"
	on(a, get, requests, account.PointsAdjust, "List what was asked for by hand", a.listHandRequests, under("points"),
		says("Units that people asked on the pages to give or take beyond their limit, the newest first, and what became of it."))
	on(a, post, requests+"/{id}/approve", account.PointsAdjust, "Approve what was asked for by hand", a.approveHandRequest, under("points"),
		says("The units move in the name of who asked, and count against the limit of who approves: somebody else, who may move as many. Approved alike again it is the same."))
	on(a, post, requests+"/{id}/decline", account.PointsAdjust, "Decline what was asked for by hand", a.declineHandRequest, under("points"), says("With a reason, which whoever asked reads. Nothing moves."))
}

type handRequestsIn struct {
	Paged

	State    string `query:"state" enum:"waiting,approved,declined,withdrawn" doc:"Only those in the state."`
	Customer string `query:"customer" maxLength:"40" doc:"Only those for the customer."`
}

func (a *API) listHandRequests(ctx context.Context, in *handRequestsIn) (*Listed[wire.HandRequest], error) {
	var before int64
	if _, err := in.after(&before); err != nil {
		return nil, err
	}
	var f byhand.Filter
	if in.State != "" {
		f.States = []byhand.State{byhand.State(in.State)}
	}
	var all []byhand.Request
	err := a.Store.Read(ctx, func(tx *db.Tx) error {
		var err error
		if in.Customer != "" {
			if f.Whose, _, err = a.everybody(tx, in.Customer); err != nil {
				return err
			}
		}
		all, err = byhand.Requests(tx, f, before, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	return listed(ctx, in.Paged, all, func(r byhand.Request) string { return cursor(r.ID) }, func(r byhand.Request) wire.HandRequest { return showHandRequest(&r) }), nil
}

func showHandRequest(r *byhand.Request) wire.HandRequest {
	shown := wire.HandRequest{ID: r.Public(), Customer: publicCustomer(r.Customer), Unit: r.Unit, Units: r.Units, Reason: r.Reason, AskedBy: r.Asker, AskedAt: r.Asked.UTC(),
		State: string(r.State), DecidedBy: r.By, DecidedAt: unlessZero(r.Decided), Answer: r.Answer}
	if r.Operation != 0 {
		shown.Movement = fact.PublicID(points.OperationPrefix, r.Operation, r.Moved)
	}
	return shown
}

// HandRequestOut is what was asked for, as it stands.
type HandRequestOut struct{ Body wire.HandRequest }

// HandRequestIn names what was asked for.
type HandRequestIn struct {
	ID string `path:"id" maxLength:"60" doc:"Id of the request."`
}

type handApprovalIn struct {
	HandRequestIn

	Body wire.HandApproval
}

func (a *API) approveHandRequest(ctx context.Context, in *handApprovalIn) (*HandRequestOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	r, err := facts.ByHand().Approve(ctx, a.Store, actor(ctx), in.ID, in.Body.Answer)
	if err != nil {
		return nil, err
	}
	return &HandRequestOut{Body: showHandRequest(&r)}, nil
}

type handDeclineIn struct {
	HandRequestIn

	Body wire.HandDecline
}

func (a *API) declineHandRequest(ctx context.Context, in *handDeclineIn) (*HandRequestOut, error) {
	var r byhand.Request
	if err := a.Store.Write(ctx, func(tx *db.Tx) (err error) {
		r, err = byhand.Decline(tx, actor(ctx), in.ID, in.Body.Answer)
		return err
	}); err != nil {
		return nil, err
	}
	return &HandRequestOut{Body: showHandRequest(&r)}, nil
}

// HandLimitsOut is how much may be moved by hand.
type HandLimitsOut struct{ Body wire.HandLimits }

func (a *API) getHandLimits(ctx context.Context, _ *none) (*HandLimitsOut, error) {
	out := &HandLimitsOut{Body: wire.HandLimits{Limits: []wire.HandLimit{}}}
	return out, a.Store.Read(ctx, func(tx *db.Tx) error {
		all, err := byhand.Limits(tx)
		for _, l := range all {
			out.Body.Limits = append(out.Body.Limits, wire.HandLimit(l))
		}
		return err
	})
}

type handLimitsIn struct{ Body wire.HandLimits }

func (a *API) putHandLimits(ctx context.Context, in *handLimitsIn) (*HandLimitsOut, error) {
	want := make([]byhand.Limit, 0, len(in.Body.Limits))
	for _, l := range in.Body.Limits {
		want = append(want, byhand.Limit(l))
	}
	if err := a.Store.Write(ctx, func(tx *db.Tx) error {
		changed, err := byhand.Save(tx, want)
		if err != nil || len(changed) == 0 {
			return err
		}
		return a.did(ctx, tx, "settings.update", "by_hand", changed, int64(len(changed)))
	}); err != nil {
		return nil, err
	}
	return a.getHandLimits(ctx, nil)
}
