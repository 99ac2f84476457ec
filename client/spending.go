package client

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"regulars/internal/door/api/wire"
)

type (
	// Cost is money spent on winning or keeping customers.
	Cost = wire.Cost
	// Initiative is something that the business changed.
	Initiative = wire.Initiative
	// Product is a product of the catalogue.
	Product = wire.Product
	// Place is a store, a sales channel or a category.
	Place = wire.Place
	// KeptWritten is what became of something that is known by source and reference alone.
	KeptWritten = wire.KeptWritten
)

// CostFilter chooses costs; what is zero chooses nothing out.
type CostFilter struct {
	Lists

	Source, Channel        string
	From, To, UpdatedSince time.Time
}

// Costs lists costs, in the order of sources and references.
func (c *Client) Costs(ctx context.Context, f CostFilter) (Page[Cost], error) {
	q := f.query()
	texts(q, "source", f.Source, "channel", f.Channel)
	moments(q, "from", f.From, "to", f.To, "updated_since", f.UpdatedSince)
	return list[Cost](ctx, c, "/v1/costs", q)
}

// keyed makes a request about what a source calls by a reference; an empty source is api.
func (c *Client) keyed(ctx context.Context, method, path, source, reference string, target any) error {
	q := url.Values{}
	texts(q, "source", source)
	_, err := c.do(ctx, call{method: method, path: path + url.PathEscape(reference), query: q}, target)
	return err
}

func (c *Client) keep(ctx context.Context, path string, body any) (w KeptWritten, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: path, body: body}, &w)
	return w, err
}

// Cost gets a cost.
func (c *Client) Cost(ctx context.Context, source, reference string) (cost Cost, err error) {
	err = c.keyed(ctx, http.MethodGet, "/v1/costs/", source, reference, &cost)
	return cost, err
}

// PutCost hands a cost in.
func (c *Client) PutCost(ctx context.Context, cost Cost) (KeptWritten, error) {
	return c.keep(ctx, "/v1/costs", cost)
}

// DeleteCost takes back a cost that was handed in by mistake.
func (c *Client) DeleteCost(ctx context.Context, source, reference string) error {
	return c.keyed(ctx, http.MethodDelete, "/v1/costs/", source, reference, nil)
}

// Initiatives lists initiatives, in the order of sources and references.
func (c *Client) Initiatives(ctx context.Context, l Lists) (Page[Initiative], error) {
	return list[Initiative](ctx, c, "/v1/initiatives", l.query())
}

// Initiative gets an initiative.
func (c *Client) Initiative(ctx context.Context, source, reference string) (i Initiative, err error) {
	err = c.keyed(ctx, http.MethodGet, "/v1/initiatives/", source, reference, &i)
	return i, err
}

// PutInitiative hands an initiative in.
func (c *Client) PutInitiative(ctx context.Context, i Initiative) (KeptWritten, error) {
	return c.keep(ctx, "/v1/initiatives", i)
}

// DeleteInitiative takes back an initiative that was handed in by mistake.
func (c *Client) DeleteInitiative(ctx context.Context, source, reference string) error {
	return c.keyed(ctx, http.MethodDelete, "/v1/initiatives/", source, reference, nil)
}

// Products lists products, of one category where it is named, in the order of references.
func (c *Client) Products(ctx context.Context, category string, l Lists) (Page[Product], error) {
	q := l.query()
	texts(q, "category", category)
	return list[Product](ctx, c, "/v1/products", q)
}

// Product gets a product.
func (c *Client) Product(ctx context.Context, reference string) (Product, error) {
	return get[Product](ctx, c, "/v1/products/", reference)
}

// PutProduct puts a product into the catalogue, or changes it.
func (c *Client) PutProduct(ctx context.Context, p Product) (KeptWritten, error) {
	return c.keep(ctx, "/v1/products", p)
}

// Categories lists categories, in the order of names.
func (c *Client) Categories(ctx context.Context, l Lists) (Page[Place], error) {
	return list[Place](ctx, c, "/v1/categories", l.query())
}

// Stores lists the stores that orders name.
func (c *Client) Stores(ctx context.Context, l Lists) (Page[Place], error) {
	return list[Place](ctx, c, "/v1/stores", l.query())
}

// Channels lists the sales channels that orders name.
func (c *Client) Channels(ctx context.Context, l Lists) (Page[Place], error) {
	return list[Place](ctx, c, "/v1/channels", l.query())
}
