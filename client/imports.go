package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"regulars/internal/door/api/wire"
)

type (
	// Import is a file that was sent to be taken in.
	Import = wire.Import
	// ImportReading says how a file is to be read.
	ImportReading = wire.ImportReading
)

// SendFile sends a file to be imported. The query has what the reference lists: source, kind, start ... It is not sent
// again by itself.
func (c *Client) SendFile(ctx context.Context, name string, file io.Reader, query url.Values) (i Import, err error) {
	q := url.Values{"name": {name}}
	for key, values := range query {
		q[key] = values
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/v1/imports?"+q.Encode(), file)
	if err != nil {
		return i, fmt.Errorf("send %s: %w", name, err)
	}
	request.Header.Set("Content-Type", "application/octet-stream")
	a, _, err := c.send(request)
	if err == nil {
		err = json.Unmarshal(a.body, &i)
	}
	return i, err
}

// Import gets an import, with how far it has come.
func (c *Client) Import(ctx context.Context, id string) (i Import, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/imports/" + url.PathEscape(id)}, &i)
	return i, err
}

// Imports lists imports.
func (c *Client) Imports(ctx context.Context, l Lists) (p Page[Import], err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/imports", query: l.query()}, &p)
	return p, err
}

// ReadImportAs changes how the file of an import is read, if it is still the version.
func (c *Client) ReadImportAs(ctx context.Context, id string, version int64, r ImportReading) (i Import, err error) {
	_, err = c.do(ctx, call{method: http.MethodPut, path: "/v1/imports/" + url.PathEscape(id) + "/reading", body: r, ifMatch: tag(version)}, &i)
	return i, err
}

// StartImport has the file taken in.
func (c *Client) StartImport(ctx context.Context, id string) (i Import, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/imports/" + url.PathEscape(id) + "/start"}, &i)
	return i, err
}

// RejectedRows gets the rows of an import that could not be used, as CSV.
func (c *Client) RejectedRows(ctx context.Context, id string) ([]byte, error) {
	a, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/imports/" + url.PathEscape(id) + "/rejected"}, nil)
	return bytes.Clone(a.body), err
}

// ForgetImport removes an import and what is left of its file.
func (c *Client) ForgetImport(ctx context.Context, id string) error {
	_, err := c.do(ctx, call{method: http.MethodDelete, path: "/v1/imports/" + url.PathEscape(id)}, nil)
	return err
}
