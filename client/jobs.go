package client

import (
	"context"
	"net/http"
	"net/url"

	"regulars/internal/door/api/wire"
)

type (
	// Job is work in the background.
	Job = wire.Job
	// JobCounts counts the jobs there are.
	JobCounts = wire.JobCounts
)

// Jobs lists jobs; kind and state may be empty.
func (c *Client) Jobs(ctx context.Context, kind, state string, l Lists) (p Page[Job], err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/jobs", query: with(l.query(), "kind", kind, "state", state)}, &p)
	return p, err
}

// with adds what is not empty to a query.
func with(q url.Values, pairs ...string) url.Values {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q
}

// JobCounts counts the jobs there are.
func (c *Client) JobCounts(ctx context.Context) (n JobCounts, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/jobs/counts"}, &n)
	return n, err
}

// Job gets a job, with how far it has come.
func (c *Client) Job(ctx context.Context, id string) (j Job, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/jobs/" + url.PathEscape(id)}, &j)
	return j, err
}

// ReplayJob has a job that was given up or discarded run again.
func (c *Client) ReplayJob(ctx context.Context, id string) (j Job, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/jobs/" + url.PathEscape(id) + "/replay"}, &j)
	return j, err
}

// DiscardJob ends a job that waits or was given up.
func (c *Client) DiscardJob(ctx context.Context, id string) (j Job, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/jobs/" + url.PathEscape(id) + "/discard"}, &j)
	return j, err
}
