package api

import (
	"context"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/trace"
)

// did records what was done, in the transaction that does it: which fields, of what, and nothing of what they say.
func (a *API) did(ctx context.Context, tx *db.Tx, action, target string, fields []string, count int64) error {
	return account.Record(tx, account.Entry{Actor: noted(ctx), Action: action, Target: target, Fields: fields, Count: count})
}

// noted is who asks, with the request for the trail.
func noted(ctx context.Context) account.Actor {
	by := actor(ctx)
	by.Request = trace.ID(ctx)
	return by
}
