package client

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"regulars/internal/door/api/wire"
)

type (
	// Return is what came back of an order, or of none that is named.
	Return = wire.Return
	// ReturnLine is what came back of one line.
	ReturnLine = wire.ReturnLine
	// Subscription is one that began, and may have been cancelled.
	Subscription = wire.Subscription
	// Event is something that a customer or a visitor did.
	Event = wire.Event
	// Result is what became of one of several events.
	Result = wire.Result
	// Answer is an answer to one question of a survey, or a case.
	Answer = wire.Answer
)

// FactFilter chooses facts; what is zero chooses nothing out.
type FactFilter struct {
	Lists

	Customer     string // an id of ours, your own id, or kind:value such as email:ada@example.com
	Source       string
	Reference    string // in the source, or in api
	From, To     time.Time
	UpdatedSince time.Time
	State        string // of orders
	Kind         string // of answers
	Name         string // of events
}

func (f *FactFilter) query() url.Values {
	q := f.Lists.query()
	texts(q, "customer", f.Customer, "source", f.Source, "reference", f.Reference, "state", f.State, "kind", f.Kind, "name", f.Name)
	moments(q, "from", f.From, "to", f.To, "updated_since", f.UpdatedSince)
	return q
}

func get[T any](ctx context.Context, c *Client, path, id string) (one T, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: path + url.PathEscape(id)}, &one)
	return one, err
}

func (c *Client) put(ctx context.Context, path string, body any) (w Written, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: path, body: body}, &w)
	return w, err
}

// change replaces a fact by its id; version 0: whatever version it has by now.
func (c *Client) change(ctx context.Context, path, id string, version int64, body any) (w Written, err error) {
	_, err = c.do(ctx, call{method: http.MethodPut, path: path + url.PathEscape(id), ifMatch: match(version), body: body}, &w)
	return w, err
}

// Orders lists orders, the newest first.
func (c *Client) Orders(ctx context.Context, f FactFilter) (Page[Order], error) {
	return list[Order](ctx, c, "/v1/orders", f.query())
}

// Order gets an order by its id here.
func (c *Client) Order(ctx context.Context, id string) (Order, error) {
	return get[Order](ctx, c, "/v1/orders/", id)
}

// ChangeOrder makes an order what is said; version 0: whatever version it has by now.
func (c *Client) ChangeOrder(ctx context.Context, id string, version int64, o Order) (Written, error) {
	return c.change(ctx, "/v1/orders/", id, version, o)
}

// Returns lists returns, the newest first.
func (c *Client) Returns(ctx context.Context, f FactFilter) (Page[Return], error) {
	return list[Return](ctx, c, "/v1/returns", f.query())
}

// Return gets a return by its id here.
func (c *Client) Return(ctx context.Context, id string) (Return, error) {
	return get[Return](ctx, c, "/v1/returns/", id)
}

// PutReturn hands a return in.
func (c *Client) PutReturn(ctx context.Context, r Return) (Written, error) {
	return c.put(ctx, "/v1/returns", r)
}

// ChangeReturn makes a return what is said; version 0: whatever version it has by now.
func (c *Client) ChangeReturn(ctx context.Context, id string, version int64, r Return) (Written, error) {
	return c.change(ctx, "/v1/returns/", id, version, r)
}

// Subscriptions lists subscriptions, the newest first.
func (c *Client) Subscriptions(ctx context.Context, f FactFilter) (Page[Subscription], error) {
	return list[Subscription](ctx, c, "/v1/subscriptions", f.query())
}

// Subscription gets a subscription by its id here.
func (c *Client) Subscription(ctx context.Context, id string) (Subscription, error) {
	return get[Subscription](ctx, c, "/v1/subscriptions/", id)
}

// PutSubscription hands a subscription in.
func (c *Client) PutSubscription(ctx context.Context, s Subscription) (Written, error) {
	return c.put(ctx, "/v1/subscriptions", s)
}

// ChangeSubscription makes a subscription what is said; version 0: whatever version it has by now.
func (c *Client) ChangeSubscription(ctx context.Context, id string, version int64, s Subscription) (Written, error) {
	return c.change(ctx, "/v1/subscriptions/", id, version, s)
}

// Answers lists answers, the newest first.
func (c *Client) Answers(ctx context.Context, f FactFilter) (Page[Answer], error) {
	return list[Answer](ctx, c, "/v1/answers", f.query())
}

// Answer gets an answer by its id here.
func (c *Client) Answer(ctx context.Context, id string) (Answer, error) {
	return get[Answer](ctx, c, "/v1/answers/", id)
}

// PutAnswer hands an answer in.
func (c *Client) PutAnswer(ctx context.Context, a Answer) (Written, error) {
	return c.put(ctx, "/v1/answers", a)
}

// ChangeAnswer makes an answer what is said; version 0: whatever version it has by now.
func (c *Client) ChangeAnswer(ctx context.Context, id string, version int64, a Answer) (Written, error) {
	return c.change(ctx, "/v1/answers/", id, version, a)
}

// Events lists events, those first that were handed in last.
func (c *Client) Events(ctx context.Context, f FactFilter) (Page[Event], error) {
	return list[Event](ctx, c, "/v1/events", f.query())
}

// Event gets an event by its id here.
func (c *Client) Event(ctx context.Context, id string) (Event, error) {
	return get[Event](ctx, c, "/v1/events/", id)
}

// AddEvent hands an event in.
func (c *Client) AddEvent(ctx context.Context, e Event) (Written, error) {
	return c.put(ctx, "/v1/events", e)
}

// AddEvents hands up to 1000 events in; the results are in their order.
func (c *Client) AddEvents(ctx context.Context, all []Event) ([]Result, error) {
	var results wire.Results
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/events/batch", body: wire.Events{Events: all}}, &results)
	return results.Results, err
}
