package client

import (
	"context"
	"net/http"

	"regulars/internal/door/api/wire"
)

// Order and the others are what orders are made of.
type (
	Order       = wire.Order
	OrderLine   = wire.OrderLine
	Payment     = wire.Payment
	CustomerRef = wire.CustomerRef
	Written     = wire.Written
)

// PutOrder hands an order in.
func (c *Client) PutOrder(ctx context.Context, o Order) (w Written, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/orders", body: o}, &w)
	return w, err
}
