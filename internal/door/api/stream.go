package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// A route that streams reads its body as it comes, and is not answered from memory: its body is not kept.

type streamRequest struct {
	*http.Request

	control *http.ResponseController
}

type requestKey struct{}

// streamed is the request of a route that streams.
func streamed(ctx context.Context) *streamRequest {
	r, _ := ctx.Value(requestKey{}).(*streamRequest)
	return r
}

// streams has the handler read the body, of one of the kinds, itself.
func streams(kinds ...string) func(*huma.Operation) {
	return func(op *huma.Operation) {
		op.Metadata[streamKey] = true
		op.MaxBodyBytes = -1
		content := map[string]*huma.MediaType{}
		for _, kind := range kinds {
			content[kind] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
		}
		op.RequestBody = &huma.RequestBody{Required: true, Content: content}
		op.Parameters = nil // no Idempotency-Key
	}
}

// isStream says that an operation reads its body as it comes.
func isStream(op *huma.Operation) bool {
	s, _ := op.Metadata[streamKey].(bool)
	return s
}
