package client

import (
	"context"
	"net/http"

	"regulars/internal/door/api/wire"
)

type (
	// DataQuality is how far the data can be trusted.
	DataQuality = wire.DataQuality
	// QualityLine is one thing that was looked at.
	QualityLine = wire.QualityLine
	// Duplicate is two customers who may be one person.
	Duplicate = wire.Duplicate
)

// DataQuality tells how far the data can be trusted, as it was last looked at.
func (c *Client) DataQuality(ctx context.Context) (found DataQuality, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/data/quality"}, &found)
	return found, err
}

// CheckDataQuality has the data looked at now, in the background.
func (c *Client) CheckDataQuality(ctx context.Context) error {
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/data/quality/check"}, nil)
	return err
}

// Duplicates lists pairs of customers who may be one person, the likeliest first.
func (c *Client) Duplicates(ctx context.Context, l Lists) (Page[Duplicate], error) {
	return list[Duplicate](ctx, c, "/v1/data/duplicates", l.query())
}

// DismissDuplicate says that two customers are not one person.
func (c *Client) DismissDuplicate(ctx context.Context, first, second string) error {
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/data/duplicates/dismiss", body: wire.DuplicateApart{First: first, Second: second}}, nil)
	return err
}
