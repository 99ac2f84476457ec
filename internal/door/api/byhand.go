package api

import (
	"context"

	"regulars/internal/act/byhand"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/door/api/wire"
)

func (a *API) tableOfLimits() {
	on(a, get, "/v1/settings/by-hand", account.PointsAdjust, "Get how much may be moved by hand", a.getHandLimits,
		says("For each role that may give by hand, and for keys, and for each unit; the usual limits where none were set."))
	on(a, put, "/v1/settings/by-hand", account.AccessManage, "Set how much may be moved by hand", a.putHandLimits,
		says("Those that are named; the others stay. It counts at once, also what was moved earlier on the day."))
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
