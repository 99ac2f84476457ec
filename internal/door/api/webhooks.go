package api

import (
	"context"
	"net/http"

	"regulars/internal/base/db"
	"regulars/internal/base/webhook"
	"regulars/internal/door/api/wire"
	"regulars/internal/record/fact"
)

// EndpointOut is an endpoint of webhooks.
type EndpointOut struct {
	Status   int
	Location string `header:"Location"`
	ETag     string `header:"ETag"`
	Body     wire.WebhookEndpoint
}

func showEndpoint(e webhook.Endpoint) wire.WebhookEndpoint {
	return wire.WebhookEndpoint{ID: e.ID, URL: e.URL, Description: e.Description, Types: e.Types, Enabled: e.Enabled, DisabledReason: string(e.Reason),
		PreviousSecretEndsAt: unlessZero(e.PreviousUntil), FailingSince: unlessZero(e.FailingSince), Version: e.Version, CreatedAt: e.Created, UpdatedAt: e.Updated}
}

func endpointOut(e *webhook.Endpoint, secret string) *EndpointOut {
	out := &EndpointOut{Status: http.StatusOK, ETag: etag(e.Version), Body: showEndpoint(*e)}
	out.Body.Secret = secret
	return out
}

// WebhookTypesOut are the types of messages.
type WebhookTypesOut struct {
	Body wire.WebhookTypes
}

func (a *API) listWebhookTypes(context.Context, *none) (*WebhookTypesOut, error) {
	out := &WebhookTypesOut{Body: wire.WebhookTypes{Data: []wire.WebhookType{}}}
	for _, t := range a.Hooks.Types() {
		shown := wire.WebhookType{Type: t.Name, When: t.When, Fields: []wire.WebhookField{}}
		for _, f := range t.Fields {
			shown.Fields = append(shown.Fields, wire.WebhookField(f))
		}
		out.Body.Data = append(out.Body.Data, shown)
	}
	return out, nil
}

// listEndpoints is a list of one page: there are few.
func (a *API) listEndpoints(ctx context.Context, _ *none) (*Listed[wire.WebhookEndpoint], error) {
	out := &Listed[wire.WebhookEndpoint]{}
	err := a.Store.Read(ctx, func(tx *db.Tx) error {
		out.Body.Data = []wire.WebhookEndpoint{}
		all, err := a.Hooks.Endpoints(tx)
		for _, e := range all {
			out.Body.Data = append(out.Body.Data, showEndpoint(e))
		}
		return err
	})
	return out, err
}

type newEndpointIn struct {
	Body wire.NewWebhookEndpoint
}

func (a *API) createEndpoint(ctx context.Context, in *newEndpointIn) (*EndpointOut, error) {
	var out *EndpointOut
	err := a.Store.Write(ctx, func(tx *db.Tx) error {
		e, secret, err := a.Hooks.Create(tx, webhook.Change{URL: &in.Body.URL, Description: &in.Body.Description, Types: &in.Body.Types})
		if err != nil {
			return err
		}
		out = endpointOut(&e, secret)
		return a.did(ctx, tx, "webhook.created", e.ID, fieldsOf(&in.Body), 1)
	})
	if err != nil {
		return nil, err
	}
	out.Status, out.Location = http.StatusCreated, "/v1/webhooks/endpoints/"+out.Body.ID
	return out, nil
}

// EndpointIn names an endpoint.
type EndpointIn struct {
	ID string `path:"id" maxLength:"40" doc:"Id of the endpoint."`
}

func (a *API) getEndpoint(ctx context.Context, in *EndpointIn) (*EndpointOut, error) {
	var e webhook.Endpoint
	err := a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		e, err = a.Hooks.Endpoint(tx, in.ID)
		return err
	})
	return endpointOut(&e, ""), err
}

type changeEndpointIn struct {
	EndpointIn
	Matched

	Body wire.WebhookEndpointChange
}

func (a *API) changeEndpoint(ctx context.Context, in *changeEndpointIn) (*EndpointOut, error) {
	c := webhook.Change{URL: in.Body.URL, Description: in.Body.Description, Types: in.Body.Types, Enabled: in.Body.Enabled}
	return a.versioned(ctx, &in.EndpointIn, &in.Matched, "webhook.updated", fieldsOf(&in.Body), func(tx *db.Tx, version int64) (e webhook.Endpoint, secret string, err error) {
		e, err = a.Hooks.Update(tx, in.ID, version, c)
		return e, "", err
	})
}

type rotateEndpointIn struct {
	EndpointIn
	Matched
}

func (a *API) rotateEndpoint(ctx context.Context, in *rotateEndpointIn) (*EndpointOut, error) {
	return a.versioned(ctx, &in.EndpointIn, &in.Matched, "webhook.rotated", nil, func(tx *db.Tx, version int64) (e webhook.Endpoint, secret string, err error) {
		return a.Hooks.Rotate(tx, in.ID, version)
	})
}

// versioned changes an endpoint, if it is of the version that was read.
func (a *API) versioned(ctx context.Context, in *EndpointIn, m *Matched, action string, fields []string,
	do func(tx *db.Tx, version int64) (e webhook.Endpoint, secret string, err error)) (*EndpointOut, error) {
	version, err := m.version()
	if err != nil {
		return nil, err
	}
	var out *EndpointOut
	err = a.Store.Write(ctx, func(tx *db.Tx) error {
		e, secret, err := do(tx, version)
		if err != nil {
			return err
		}
		out = endpointOut(&e, secret)
		return a.did(ctx, tx, action, in.ID, fields, 1)
	})
	return out, err
}

func (a *API) deleteEndpoint(ctx context.Context, in *rotateEndpointIn) (*none, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return &none{}, a.Store.Write(ctx, func(tx *db.Tx) error {
		if err := a.Hooks.Delete(tx, in.ID, version); err != nil {
			return err
		}
		return a.did(ctx, tx, "webhook.deleted", in.ID, nil, 1)
	})
}

// QueuedOut is what is on its way.
type QueuedOut struct {
	Status int
	Body   wire.WebhookQueued
}

func (a *API) testEndpoint(ctx context.Context, in *EndpointIn) (*QueuedOut, error) {
	out := &QueuedOut{Status: http.StatusAccepted}
	return out, a.Store.Write(ctx, func(tx *db.Tx) (err error) {
		if out.Body.MessageID, err = a.Hooks.Test(tx, in.ID); err != nil {
			return err
		}
		return a.did(ctx, tx, "webhook.tested", in.ID, nil, 1)
	})
}

type listDeliveriesIn struct {
	EndpointIn
	Paged

	State string `query:"state" enum:"waiting,delivered,failed" doc:"Only those in the state."`
	Type  string `query:"type" maxLength:"100" doc:"Only messages of the type."`
}

func (a *API) listDeliveries(ctx context.Context, in *listDeliveriesIn) (*Listed[wire.WebhookDelivery], error) {
	after, err := in.afterText()
	if err != nil {
		return nil, err
	}
	var list []webhook.Delivery
	err = a.Store.Read(ctx, func(tx *db.Tx) (err error) {
		list, err = a.Hooks.Deliveries(tx, in.ID, webhook.DeliveryFilter{State: webhook.DeliveryState(in.State), Type: in.Type}, after, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	return listed(ctx, in.Paged, list, func(d webhook.Delivery) string { return cursorText(d.Message) }, showDelivery), nil
}

func showDelivery(d webhook.Delivery) wire.WebhookDelivery {
	return wire.WebhookDelivery{MessageID: d.Message, Type: d.Type, State: string(d.State), Attempts: d.Attempts, CreatedAt: d.Created,
		NextAt: unlessZero(d.Next), FinishedAt: unlessZero(d.Finished)}
}

type deliveryIn struct {
	EndpointIn

	Message string `path:"message" maxLength:"40" doc:"Id of the message."`
}

// DeliveryOut is a delivery with its log.
type DeliveryOut struct {
	Body wire.WebhookDelivery
}

func (a *API) getDelivery(ctx context.Context, in *deliveryIn) (*DeliveryOut, error) {
	out := &DeliveryOut{}
	return out, a.Store.Read(ctx, func(tx *db.Tx) error {
		d, err := a.Hooks.Delivery(tx, in.ID, in.Message)
		if err != nil {
			return err
		}
		m, err := a.Hooks.Message(tx, in.Message)
		if err != nil {
			return err
		}
		attempts, err := a.Hooks.Attempts(tx, in.ID, in.Message)
		out.Body = showDelivery(d)
		out.Body.Payload = m.Payload
		for _, t := range attempts {
			out.Body.Log = append(out.Body.Log, wire.WebhookAttempt{BeganAt: t.Began, DurationMS: t.Duration.Milliseconds(), Status: t.Status, Answer: t.Excerpt,
				Error: t.Error})
		}
		return err
	})
}

func (a *API) replayDelivery(ctx context.Context, in *deliveryIn) (*QueuedOut, error) {
	out := &QueuedOut{Status: http.StatusAccepted, Body: wire.WebhookQueued{MessageID: in.Message}}
	return out, a.Store.Write(ctx, func(tx *db.Tx) error {
		if err := a.Hooks.Replay(tx, in.ID, in.Message); err != nil {
			return err
		}
		return a.did(ctx, tx, "webhook.replayed", in.ID, nil, 1)
	})
}

type replayEndpointIn struct {
	EndpointIn

	Body wire.WebhookReplay
}

func (a *API) replayEndpoint(ctx context.Context, in *replayEndpointIn) (*QueuedOut, error) {
	out := &QueuedOut{Status: http.StatusAccepted}
	return out, a.Store.Write(ctx, func(tx *db.Tx) error {
		id, err := a.Hooks.ReplayRange(tx, in.ID, webhook.Range{From: in.Body.From, To: in.Body.To, All: in.Body.All})
		if err != nil {
			return err
		}
		out.Body.JobID = fact.PublicID(jobPrefix, id)
		return a.did(ctx, tx, "webhook.replayed", in.ID, fieldsOf(&in.Body), 1)
	})
}
