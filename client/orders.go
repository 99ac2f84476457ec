package client

import (
	"context"
	"net/http"

	"regulars/internal/door/api/wire"
)

type (
	// Order is an order: what was sold to whom, when, for how much.
	Order = wire.Order
	// OrderLine is a line of an order.
	OrderLine = wire.OrderLine
	// Payment is a payment of an order.
	Payment = wire.Payment
	// CustomerRef names a customer by one of what the customer is known under. A customer who is not known yet is made ...
	CustomerRef = wire.CustomerRef
	// Written is what became of something that was handed in.
	Written = wire.Written
)

// PutOrder hands an order in.
func (c *Client) PutOrder(ctx context.Context, o Order) (w Written, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/orders", body: o}, &w)
	return w, err
}
