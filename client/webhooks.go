package client

import (
	"context"
	"net/http"
	"net/url"

	"regulars/internal/door/api/wire"
)

type (
	// WebhookType is a type of message that webhooks carry.
	WebhookType = wire.WebhookType
	// WebhookEndpoint is a program of yours that is told what happens.
	WebhookEndpoint = wire.WebhookEndpoint
	// NewWebhookEndpoint is an endpoint to be made.
	NewWebhookEndpoint = wire.NewWebhookEndpoint
	// WebhookEndpointChange is what is to be different; what is left out stays.
	WebhookEndpointChange = wire.WebhookEndpointChange
	// WebhookDelivery is a message on its way to an endpoint, or there.
	WebhookDelivery = wire.WebhookDelivery
	// WebhookReplay says what is to be sent to an endpoint again.
	WebhookReplay = wire.WebhookReplay
	// WebhookQueued is what is on its way.
	WebhookQueued = wire.WebhookQueued
)

const endpoints = "/v1/webhooks/endpoints"

func endpoint(id string, more ...string) string {
	path := endpoints + "/" + url.PathEscape(id)
	for _, part := range more {
		path += "/" + url.PathEscape(part)
	}
	return path
}

// WebhookTypes lists the types of messages.
func (c *Client) WebhookTypes(ctx context.Context) ([]WebhookType, error) {
	var all wire.WebhookTypes
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/webhooks/types"}, &all)
	return all.Data, err
}

// WebhookEndpoints lists all endpoints.
func (c *Client) WebhookEndpoints(ctx context.Context) ([]WebhookEndpoint, error) {
	var p Page[WebhookEndpoint]
	_, err := c.do(ctx, call{method: http.MethodGet, path: endpoints}, &p)
	return p.Data, err
}

// CreateWebhookEndpoint makes an endpoint. Its secret is in this answer only.
func (c *Client) CreateWebhookEndpoint(ctx context.Context, n NewWebhookEndpoint) (e WebhookEndpoint, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: endpoints, body: n}, &e)
	return e, err
}

// WebhookEndpoint gets an endpoint.
func (c *Client) WebhookEndpoint(ctx context.Context, id string) (e WebhookEndpoint, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: endpoint(id)}, &e)
	return e, err
}

// ChangeWebhookEndpoint changes an endpoint, if it is still the version; 0: whatever it is.
func (c *Client) ChangeWebhookEndpoint(ctx context.Context, id string, version int64, change WebhookEndpointChange) (e WebhookEndpoint, err error) {
	_, err = c.do(ctx, call{method: http.MethodPatch, path: endpoint(id), body: change, ifMatch: tag(version)}, &e)
	return e, err
}

// DeleteWebhookEndpoint deletes an endpoint, if it is still the version; 0: whatever it is.
func (c *Client) DeleteWebhookEndpoint(ctx context.Context, id string, version int64) error {
	_, err := c.do(ctx, call{method: http.MethodDelete, path: endpoint(id), ifMatch: tag(version)}, nil)
	return err
}

// RotateWebhookSecret gives an endpoint a new secret, which is in this answer only.
func (c *Client) RotateWebhookSecret(ctx context.Context, id string, version int64) (e WebhookEndpoint, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: endpoint(id, "rotate"), ifMatch: tag(version)}, &e)
	return e, err
}

// TestWebhookEndpoint sends an endpoint a message that tries it out.
func (c *Client) TestWebhookEndpoint(ctx context.Context, id string) (q WebhookQueued, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: endpoint(id, "test")}, &q)
	return q, err
}

// WebhookDeliveries lists what was sent to an endpoint; state and kind may be empty.
func (c *Client) WebhookDeliveries(ctx context.Context, id, state, kind string, l Lists) (p Page[WebhookDelivery], err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: endpoint(id, "deliveries"), query: with(l.query(), "state", state, "type", kind)}, &p)
	return p, err
}

// WebhookDelivery gets a delivery, with what was sent and each attempt.
func (c *Client) WebhookDelivery(ctx context.Context, id, message string) (d WebhookDelivery, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: endpoint(id, "deliveries", message)}, &d)
	return d, err
}

// ReplayWebhookMessage sends one message to an endpoint again.
func (c *Client) ReplayWebhookMessage(ctx context.Context, id, message string) (q WebhookQueued, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: endpoint(id, "deliveries", message, "replay")}, &q)
	return q, err
}

// ReplayWebhooks sends an endpoint what was told in a time; the job in the answer does it.
func (c *Client) ReplayWebhooks(ctx context.Context, id string, r WebhookReplay) (q WebhookQueued, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: endpoint(id, "replay"), body: r}, &q)
	return q, err
}
