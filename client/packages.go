package client

import (
	"context"
	"net/http"
	"net/url"

	"regulars/internal/door/api/wire"
)

type (
	// PackageBatch is codes that were made together, to be printed and laid into packages.
	PackageBatch = wire.PackageBatch
	// PackageCode is a code of a batch.
	PackageCode = wire.PackageCode
)

// MakePackageBatch makes a batch of codes.
func (c *Client) MakePackageBatch(ctx context.Context, b PackageBatch) (PackageBatch, error) {
	return send[PackageBatch](ctx, c, http.MethodPost, "/v1/package-batches", b)
}

// PackageBatches lists batches by name.
func (c *Client) PackageBatches(ctx context.Context, l Lists) (Page[PackageBatch], error) {
	return list[PackageBatch](ctx, c, "/v1/package-batches", l.query())
}

// StopPackageBatch has the codes of a batch give nothing any more.
func (c *Client) StopPackageBatch(ctx context.Context, batch string) (PackageBatch, error) {
	return send[PackageBatch](ctx, c, http.MethodPost, "/v1/package-batches/"+url.PathEscape(batch)+"/stop", nil)
}

// PackageCodes lists the codes of a batch.
func (c *Client) PackageCodes(ctx context.Context, batch string, l Lists) (Page[PackageCode], error) {
	return list[PackageCode](ctx, c, "/v1/package-batches/"+url.PathEscape(batch)+"/codes", l.query())
}
