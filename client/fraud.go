package client

import (
	"context"
	"net/http"
	"net/url"

	"regulars/internal/door/api/wire"
)

type (
	// FraudFlag is what may be misuse.
	FraudFlag = wire.FraudFlag
	// FraudEvidence is what was found, in numbers.
	FraudEvidence = wire.FraudEvidence
)

// FlagList says which flags to list.
type FlagList struct {
	Lists

	Kind     string
	State    string // open, cleared or confirmed
	Customer string
}

// FraudFlags lists what may be misuse, the newest first.
func (c *Client) FraudFlags(ctx context.Context, l FlagList) (Page[FraudFlag], error) {
	q := l.query()
	texts(q, "kind", l.Kind, "state", l.State, "customer", l.Customer)
	return list[FraudFlag](ctx, c, "/v1/fraud/flags", q)
}

// ClearFlag says that a flag is nothing, and why.
func (c *Client) ClearFlag(ctx context.Context, id, reason string) (FraudFlag, error) {
	return send[FraudFlag](ctx, c, http.MethodPost, "/v1/fraud/flags/"+url.PathEscape(id)+"/clear", wire.FraudDecision{Reason: reason})
}

// ConfirmFlag says that a flag is misuse, and why.
func (c *Client) ConfirmFlag(ctx context.Context, id, reason string) (FraudFlag, error) {
	return send[FraudFlag](ctx, c, http.MethodPost, "/v1/fraud/flags/"+url.PathEscape(id)+"/confirm", wire.FraudDecision{Reason: reason})
}
