package idempotency

import (
	"bytes"
	"context"
	"net/http"
	"time"
)

// Copy passes an answer on, and has it to be kept.
type Copy struct {
	http.ResponseWriter

	Status int
	body   bytes.Buffer
}

// WriteHeader passes the status on.
func (c *Copy) WriteHeader(status int) {
	c.Status = status
	c.ResponseWriter.WriteHeader(status)
}

func (c *Copy) Write(b []byte) (int, error) {
	if c.Status == 0 {
		c.Status = http.StatusOK
	}
	c.body.Write(b)
	return c.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (c *Copy) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// Answer is what was answered, with the headers that belong to it and not to the moment.
func (c *Copy) Answer() Answer {
	a := Answer{Status: c.Status, Header: map[string]string{}, Body: c.body.Bytes()}
	for _, name := range []string{"Content-Type", "Content-Language", "ETag", "Location", "Link"} {
		if v := c.Header().Get(name); v != "" {
			a.Header[name] = v
		}
	}
	return a
}

// Give answers alike again.
func (a *Answer) Give(w http.ResponseWriter) {
	for name, value := range a.Header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body) // who has gone needs no answer
}

// Settle keeps what was answered; where it may turn out otherwise next time it lets go of the key. Whoever asked may have
// gone: the key is not to hang in the air because of that.
func (s *Store) Settle(ctx context.Context, claim *Claim, c *Copy, keep bool) error {
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if keep {
		return s.Finish(ctx, claim, c.Answer())
	}
	return s.LetGo(ctx, claim)
}
