package client

import (
	"context"
	"net/http"
	"net/url"

	"regulars/internal/door/api/wire"
)

type (
	// HandLimits are how much may be moved by hand.
	HandLimits = wire.HandLimits
	// HandLimit is how many units one person of a role, or one API key, gives, takes and sends by hand.
	HandLimit = wire.HandLimit
	// HandRequest is units that a person asked to give or take by hand beyond their own limit.
	HandRequest = wire.HandRequest
)

// HandLimits gets how much may be moved by hand, for each role that may, keys, and each unit.
func (c *Client) HandLimits(ctx context.Context) (HandLimits, error) {
	return send[HandLimits](ctx, c, http.MethodGet, "/v1/settings/by-hand", nil)
}

// SetHandLimits sets the limits that are named; the others stay.
func (c *Client) SetHandLimits(ctx context.Context, l HandLimits) (HandLimits, error) {
	return send[HandLimits](ctx, c, http.MethodPut, "/v1/settings/by-hand", l)
}

// HandRequestList says which requests to list.
type HandRequestList struct {
	Lists

	State    string // waiting, approved, declined or withdrawn
	Customer string
}

// HandRequests lists what people asked to give or take by hand beyond their limits, the newest first.
func (c *Client) HandRequests(ctx context.Context, l HandRequestList) (Page[HandRequest], error) {
	q := l.query()
	texts(q, "state", l.State, "customer", l.Customer)
	return list[HandRequest](ctx, c, "/v1/by-hand/requests", q)
}

// ApproveHandRequest moves the units that were asked for; answer is what is to be said of it, and may be empty.
func (c *Client) ApproveHandRequest(ctx context.Context, id, answer string) (HandRequest, error) {
	return send[HandRequest](ctx, c, http.MethodPost, "/v1/by-hand/requests/"+url.PathEscape(id)+"/approve", wire.HandApproval{Answer: answer})
}

// DeclineHandRequest says that units do not move, and why.
func (c *Client) DeclineHandRequest(ctx context.Context, id, answer string) (HandRequest, error) {
	return send[HandRequest](ctx, c, http.MethodPost, "/v1/by-hand/requests/"+url.PathEscape(id)+"/decline", wire.HandDecline{Answer: answer})
}
