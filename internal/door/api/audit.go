package api

import (
	"context"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/trace"
)

// did records what was done, in the transaction that does it: which fields, of what, and nothing of what they say.
func (a *API) did(ctx context.Context, tx *db.Tx, action, target string, fields []string, count int64) error {
	return account.Record(tx, account.Entry{Actor: actor(ctx), Action: action, Target: target, Fields: fields, Count: count, Request: trace.ID(ctx)})
}
