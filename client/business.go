package client

import (
	"context"
	"net/http"

	"regulars/internal/door/api/wire"
)

// Business is whose facts are kept.
type Business = wire.Business

// Business gets the business.
func (c *Client) Business(ctx context.Context) (b Business, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/business"}, &b)
	return b, err
}

// SetBusiness sets what is given of the business.
func (c *Client) SetBusiness(ctx context.Context, b Business) (set Business, err error) {
	_, err = c.do(ctx, call{method: http.MethodPut, path: "/v1/business", body: b}, &set)
	return set, err
}
