package client

import (
	"context"
	"net/http"

	"regulars/internal/door/api/wire"
)

type (
	// HandLimits are how much may be moved by hand.
	HandLimits = wire.HandLimits
	// HandLimit is how many units one person of a role, or one API key, gives, takes and sends by hand.
	HandLimit = wire.HandLimit
)

// HandLimits gets how much may be moved by hand, for each role that may, keys, and each unit.
func (c *Client) HandLimits(ctx context.Context) (HandLimits, error) {
	return send[HandLimits](ctx, c, http.MethodGet, "/v1/settings/by-hand", nil)
}

// SetHandLimits sets the limits that are named; the others stay.
func (c *Client) SetHandLimits(ctx context.Context, l HandLimits) (HandLimits, error) {
	return send[HandLimits](ctx, c, http.MethodPut, "/v1/settings/by-hand", l)
}
