package api

import (
	"bytes"
	"crypto/sha256"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"regulars/internal/base/fault"
	"regulars/internal/base/idempotency"
	"regulars/internal/base/trace"
)

const (
	idempotencyHeader = "Idempotency-Key"
	replayedHeader    = "Idempotency-Replayed"
	keyMost           = 200
)

// once does a POST that has an Idempotency-Key, or answers as it was answered before.
func (a *API) once(op *huma.Operation, w http.ResponseWriter, r *http.Request, next func(huma.Context)) {
	key := r.Header.Get(idempotencyHeader)
	if len(key) > keyMost {
		refuse(w, r, fault.In(idempotencyHeader, fault.Invalidf("an %s has at most %d characters, not %d", idempotencyHeader, keyMost, len(key))))
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, op.MaxBodyBytes))
	if err != nil {
		refuse(w, r, fault.Coded(codeTooLarge, fault.Invalidf("the body is larger than %d bytes, or did not arrive whole: %w", op.MaxBodyBytes, err)))
		return
	}
	owner := actor(r.Context()).ID
	state, claim, answer, err := a.kept.Begin(r.Context(), owner, key, hash(r, body))
	switch {
	case err != nil:
		refuse(w, r, err)
	case state == idempotency.Other:
		refuse(w, r, fault.Coded(codeReused, fault.Invalidf("this %s was used with another request; make up a new one for each", idempotencyHeader)))
	case state == idempotency.InFlight:
		w.Header().Set("Retry-After", "1")
		refuse(w, r, fault.Coded(codeInFlight, fault.Conflictf("the first request with this %s is still being done; ask again in a moment", idempotencyHeader)))
	case state == idempotency.Answered:
		w.Header().Set(replayedHeader, "true")
		answer.Give(w)
	default:
		r.Body = io.NopCloser(bytes.NewReader(body))
		a.andKeep(op, w, r, claim, next) //nolint:contextcheck // it goes on where whoever asked has gone
	}
}

// andKeep has the request done and keeps the answer, unless it may turn out otherwise next time.
func (a *API) andKeep(op *huma.Operation, w http.ResponseWriter, r *http.Request, claim *idempotency.Claim, next func(huma.Context)) {
	c := &idempotency.Copy{ResponseWriter: w}
	done := false
	defer func() {
		keep := done && c.Status < http.StatusInternalServerError && c.Status != http.StatusConflict
		if err := a.kept.Settle(r.Context(), claim, c, keep); err != nil {
			trace.Failed(r.Context(), err)
		}
	}()
	next(humago.NewContext(op, r, c))
	done = true
}

// hash is of everything that a request says.
func hash(r *http.Request, body []byte) []byte {
	h := sha256.New()
	for _, part := range []string{r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Get("If-Match")} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	h.Write(body)
	return h.Sum(nil)
}
