package api

import (
	"context"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/base/account"
)

const (
	routeKey  = "route"
	streamKey = "stream"
)

// bodyMost bounds the body of a request where the route says nothing else.
const bodyMost = 1 << 20

// bodyTime is how long a body may take to arrive.
const bodyTime = 20 * time.Second

// on enters a route into the table: who may call it, what it does in a line, and the handler.
func on[I, O any](a *API, method, path string, permission account.Permission, summary string,
	handle func(context.Context, *I) (*O, error), more ...func(*huma.Operation)) {
	route := Route{Method: method, Path: path, Permission: permission}
	op := huma.Operation{
		Method: method, Path: path, Summary: summary, OperationID: name(summary), Tags: []string{tag(path)},
		MaxBodyBytes: bodyMost, BodyReadTimeout: bodyTime, DefaultStatus: http.StatusOK, Metadata: map[string]any{},
		Security: []map[string][]string{{"key": {}}},
		Errors:   []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests},
	}
	if permission != "" {
		op.Description = "Needs the permission `" + string(permission) + "`."
	}
	if method == http.MethodPost {
		op.Parameters = append(op.Parameters, &huma.Param{Name: idempotencyHeader, In: "header", Schema: &huma.Schema{Type: huma.TypeString},
			Description: "Any text of up to 200 characters that you make up for this request: sent again with the same body within 24 hours, it is answered as the first time, and nothing is done twice."})
	}
	for _, m := range more {
		m(&op)
	}
	if open, _ := op.Metadata[openKey].(bool); open {
		route.Open = true
		op.Security = nil
	}
	op.Metadata[routeKey] = route
	a.routes = append(a.routes, route)
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, problem(ctx, err)
		}
		return out, nil
	})
}

const openKey = "open"

// open lets everybody call a route.
func open(op *huma.Operation) { op.Metadata[openKey] = true }

// says adds to the description of a route.
func says(text string) func(*huma.Operation) {
	return func(op *huma.Operation) { op.Description = strings.TrimSpace(text + "\n\n" + op.Description) }
}

// under puts a route under another heading than its path tells.
func under(tag string) func(*huma.Operation) {
	return func(op *huma.Operation) { op.Tags = []string{tag} }
}

// atMost bounds the body.
func atMost(bytes int64) func(*huma.Operation) {
	return func(op *huma.Operation) { op.MaxBodyBytes = bytes }
}

// name makes an operation's id of its summary: "List orders" is list-orders.
func name(summary string) string {
	return strings.ToLower(strings.Join(strings.FieldsFunc(summary, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), "-"))
}

// tag is the heading that a path goes under: its first part.
func tag(path string) string {
	part, _, _ := strings.Cut(strings.TrimPrefix(path, "/v1/"), "/")
	return part
}

// hidden keeps a route out of the description.
func hidden(op *huma.Operation) { op.Hidden = true }
