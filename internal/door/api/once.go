package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"net/http"
	"time"

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
		for name, value := range answer.Header {
			w.Header().Set(name, value)
		}
		w.Header().Set(replayedHeader, "true")
		w.WriteHeader(answer.Status)
		_, _ = w.Write(answer.Body) // who has gone needs no answer
	default:
		r.Body = io.NopCloser(bytes.NewReader(body))
		a.andKeep(op, w, r, claim, next) //nolint:contextcheck // it goes on where whoever asked has gone
	}
}

// andKeep has the request done and keeps the answer, unless it may turn out otherwise next time.
func (a *API) andKeep(op *huma.Operation, w http.ResponseWriter, r *http.Request, claim *idempotency.Claim, next func(huma.Context)) {
	c := &copied{ResponseWriter: w}
	done := false
	defer func() {
		// Whoever asked may have gone: the key is not to hang in the air because of that.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), 10*time.Second)
		defer cancel()
		var err error
		if done && c.status < http.StatusInternalServerError && c.status != http.StatusConflict {
			err = a.kept.Finish(ctx, claim, idempotency.Answer{Status: c.status, Header: lasting(w.Header()), Body: c.body.Bytes()})
		} else {
			err = a.kept.LetGo(ctx, claim)
		}
		if err != nil {
			trace.Failed(ctx, err)
		}
	}()
	next(humago.NewContext(op, r, c))
	done = true
}

// lasting are the headers that belong to an answer and not to the moment.
func lasting(head http.Header) map[string]string {
	kept := map[string]string{}
	for _, name := range []string{"Content-Type", "ETag", "Location", "Link"} {
		if v := head.Get(name); v != "" {
			kept[name] = v
		}
	}
	return kept
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

// copied keeps what is answered.
type copied struct {
	http.ResponseWriter

	status int
	body   bytes.Buffer
}

func (c *copied) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

func (c *copied) Write(b []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	c.body.Write(b)
	return c.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (c *copied) Unwrap() http.ResponseWriter { return c.ResponseWriter }
