package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"regulars/internal/door/api/wire"
)

type (
	// Customer is a person or an organisation that buys.
	Customer = wire.Customer
	// CustomerChange is what is to be changed of a customer.
	CustomerChange = wire.CustomerChange
	// CustomerWritten is what became of a customer that was handed in.
	CustomerWritten = wire.CustomerWritten
	// Identity is something that a customer is known by.
	Identity = wire.Identity
	// Consent is what a customer agreed to, or took back.
	Consent = wire.Consent
	// Phone is a browser on which a customer is told what happens to what they have.
	Phone = wire.Phone
	// Note is what somebody of the business wrote down about a customer.
	Note = wire.Note
	// Merged is what became of a merge.
	Merged = wire.Merged
)

// CustomerFilter chooses customers; what is zero chooses nothing out.
type CustomerFilter struct {
	Lists

	Identity                   string // kind:value, such as email:ada@example.com
	Reference                  string
	CreatedFrom, CreatedBefore time.Time
	UpdatedSince               time.Time

	// By what they did: segment, last order (YYYY-MM-DD), number of orders, money, consents, membership, what is foretold.
	Segment                        string
	LastOrderFrom, LastOrderBefore string
	OrdersFrom, OrdersTo           string
	SpentMinorFrom, SpentMinorTo   string
	Consent, Withdrawn             string
	Member, Tier, Churn            string
	Attribute, Value               string
	Sort                           string // newest, last_order, orders, spent or name
}

// Customers lists customers, the newest first.
func (c *Client) Customers(ctx context.Context, f CustomerFilter) (Page[Customer], error) {
	q := f.query()
	texts(q, "identity", f.Identity, "reference", f.Reference)
	moments(q, "created_from", f.CreatedFrom, "created_before", f.CreatedBefore, "updated_since", f.UpdatedSince)
	texts(q, "segment", f.Segment, "last_order_from", f.LastOrderFrom, "last_order_before", f.LastOrderBefore, "orders_from", f.OrdersFrom, "orders_to", f.OrdersTo,
		"spent_minor_from", f.SpentMinorFrom, "spent_minor_to", f.SpentMinorTo, "consent", f.Consent, "withdrawn", f.Withdrawn, "member", f.Member, "tier", f.Tier,
		"churn", f.Churn, "attribute", f.Attribute, "value", f.Value, "sort", f.Sort)
	return list[Customer](ctx, c, "/v1/customers", q)
}

// Customer gets a customer by an id of ours, your own id, or kind:value such as email:ada@example.com.
func (c *Client) Customer(ctx context.Context, id string) (found Customer, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: customerPath(id)}, &found)
	return found, err
}

// PutCustomer makes a customer, or changes the one who is known by the reference or else the first identity.
func (c *Client) PutCustomer(ctx context.Context, put Customer) (w CustomerWritten, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/customers", body: put}, &w)
	return w, err
}

// ChangeCustomer changes what is said of a customer; version 0: whatever version it has by now.
func (c *Client) ChangeCustomer(ctx context.Context, id string, version int64, change CustomerChange) (w CustomerWritten, err error) {
	_, err = c.do(ctx, call{method: http.MethodPatch, path: customerPath(id), ifMatch: match(version), body: change}, &w)
	return w, err
}

// ReplaceCustomer makes the profile of a customer what is said, and nothing else.
func (c *Client) ReplaceCustomer(ctx context.Context, id string, version int64, next Customer) (w CustomerWritten, err error) {
	_, err = c.do(ctx, call{method: http.MethodPut, path: customerPath(id), ifMatch: match(version), body: next}, &w)
	return w, err
}

// EraseCustomer takes away for good all that tells who a customer was, and gives the ids that lead to nobody now.
func (c *Client) EraseCustomer(ctx context.Context, id string) (ids []string, err error) {
	var erased wire.Erased
	_, err = c.do(ctx, call{method: http.MethodDelete, path: customerPath(id)}, &erased)
	return erased.IDs, err
}

// ExportCustomer gets everything known of a customer.
func (c *Client) ExportCustomer(ctx context.Context, id string) (all json.RawMessage, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: customerPath(id) + "/export"}, &all)
	return all, err
}

// MergeCustomer says that a customer is the same person as another.
func (c *Client) MergeCustomer(ctx context.Context, id string, into CustomerRef) (m Merged, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: customerPath(id) + "/merge", body: wire.Merge{Into: into}}, &m)
	return m, err
}

// UnmergeCustomer makes a customer who was merged one of its own again.
func (c *Client) UnmergeCustomer(ctx context.Context, id string) (m Merged, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: customerPath(id) + "/unmerge"}, &m)
	return m, err
}

// Consents lists all consents of a customer, the last one first.
func (c *Client) Consents(ctx context.Context, id string) ([]Consent, error) {
	page, err := list[Consent](ctx, c, customerPath(id)+"/consents", nil)
	return page.Data, err
}

// AddConsent records what a customer agreed to, or took back.
func (c *Client) AddConsent(ctx context.Context, id string, consent Consent) (w Written, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: customerPath(id) + "/consents", body: consent}, &w)
	return w, err
}

// Phones lists those on which a customer switched notices on, the first one first.
func (c *Client) Phones(ctx context.Context, id string) ([]Phone, error) {
	page, err := list[Phone](ctx, c, customerPath(id)+"/phones", nil)
	return page.Data, err
}

// RemovePhone turns notices off on a phone.
func (c *Client) RemovePhone(ctx context.Context, id, phone string) error {
	_, err := c.do(ctx, call{method: http.MethodDelete, path: customerPath(id) + "/phones/" + url.PathEscape(phone)}, nil)
	return err
}

// Notes lists what people of the business wrote down about a customer, the last one first.
func (c *Client) Notes(ctx context.Context, id string) ([]Note, error) {
	page, err := list[Note](ctx, c, customerPath(id)+"/notes", nil)
	return page.Data, err
}

// AddNote writes something down about a customer.
func (c *Client) AddNote(ctx context.Context, id, text string) (n Note, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: customerPath(id) + "/notes", body: Note{Text: text}}, &n)
	return n, err
}

// RemoveNote takes a note away.
func (c *Client) RemoveNote(ctx context.Context, id, note string) error {
	_, err := c.do(ctx, call{method: http.MethodDelete, path: customerPath(id) + "/notes/" + url.PathEscape(note)}, nil)
	return err
}

func customerPath(id string) string { return "/v1/customers/" + url.PathEscape(id) }

// match is a version as If-Match takes it.
func match(version int64) string {
	if version == 0 {
		return ""
	}
	return strconv.Quote(strconv.FormatInt(version, 10))
}

// list gets a page.
func list[T any](ctx context.Context, c *Client, path string, q url.Values) (page Page[T], err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: path, query: q}, &page)
	return page, err
}

// texts sets those parameters, by name and value, that say something.
func texts(q url.Values, all ...string) {
	for i := 0; i+1 < len(all); i += 2 {
		if all[i+1] != "" {
			q.Set(all[i], all[i+1])
		}
	}
}

// moments is texts for times: name, time, name, time.
func moments(q url.Values, all ...any) {
	for i := 0; i+1 < len(all); i += 2 {
		name, _ := all[i].(string)
		if t, ok := all[i+1].(time.Time); ok && !t.IsZero() {
			q.Set(name, t.UTC().Format(time.RFC3339Nano))
		}
	}
}
