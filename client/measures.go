package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"regulars/internal/door/api/wire"
)

type (
	// Definition explains a measure.
	Definition = wire.Definition
	// Measured is a measure with everything that makes it trustworthy.
	Measured = wire.Measured
	// Member is a customer with scores and segment.
	Member = wire.Member
)

// Measures lists the measures in a language.
func (c *Client) Measures(ctx context.Context, language string) (p Page[Definition], err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/measures", query: url.Values{"lang": {language}}}, &p)
	return p, err
}

// Measure gets a measure. The query has what the reference lists: as_of, from, to, by, where ...
func (c *Client) Measure(ctx context.Context, key string, query url.Values) (m Measured, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/measures/" + url.PathEscape(key), query: query}, &m)
	return m, err
}

// Report gets the loyalty picture, as regulars report --format json writes it.
func (c *Client) Report(ctx context.Context, query url.Values) (picture json.RawMessage, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/report", query: query}, &picture)
	return picture, err
}

// Segments gets the RFM segmentation.
func (c *Client) Segments(ctx context.Context, query url.Values) (segments json.RawMessage, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/segments", query: query}, &segments)
	return segments, err
}

// SegmentMembers lists customers of a segment, most paid first.
func (c *Client) SegmentMembers(ctx context.Context, segment string, l Lists) (p Page[Member], err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/segments/" + url.PathEscape(segment) + "/customers", query: l.query()}, &p)
	return p, err
}
