package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"regulars/internal/base/channel"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
)

// Attempt is one try to deliver a message.
type Attempt struct {
	Began    time.Time
	Duration time.Duration
	Status   int    // of the answer; 0: there was none
	Excerpt  string // the beginning of the answer
	Error    string // why there was none

	retryAfter time.Duration
}

func (a *Attempt) ok() bool { return a.Status >= 200 && a.Status < 300 }

// said is the attempt's failure in a sentence.
func (a *Attempt) said() error {
	if a.Status != 0 {
		return fault.Unavailablef("the endpoint answered %d %s", a.Status, http.StatusText(a.Status))
	}
	return fault.Unavailablef("the endpoint did not answer: %s", a.Error)
}

// deliver is the job that sends one message to one endpoint.
func (w *Webhooks) deliver(ctx context.Context, run *job.Run) error {
	var e errand
	if err := run.Decode(&e); err != nil {
		return job.Never(err)
	}
	var to Endpoint
	var what Message
	var already bool
	err := w.d.Read(ctx, func(tx *db.Tx) (err error) {
		if to, err = endpoint(tx, e.Endpoint); err != nil {
			return err
		}
		if what, err = readMessage(tx, e.Message); err != nil {
			return err
		}
		return tx.QueryRow("SELECT EXISTS (SELECT 1 FROM webhook_deliveries WHERE message_id = $1 AND endpoint_id = $2 AND state = 'delivered')",
			e.Message, e.Endpoint).Scan(&already)
	})
	switch {
	case missing(err): // deleted since, or old
		return run.Finish(func(tx *db.Tx) error { return e.settle(tx, Failed) })
	case err != nil:
		return err
	case already:
		return nil
	case !to.Enabled && what.Type != TestType:
		return run.Finish(func(tx *db.Tx) error { return e.settle(tx, Failed) })
	}
	a, err := w.send(ctx, &to, &what)
	if err != nil {
		return err
	}
	return w.took(run, e, &to, a)
}

// send makes one attempt. An error is not the endpoint's: what was sent, if anything was, does not count.
func (w *Webhooks) send(ctx context.Context, to *Endpoint, what *Message) (*Attempt, error) {
	a := &Attempt{Began: time.Now().UTC()}
	keys, err := w.keys(to, a.Began)
	if err != nil {
		return nil, err
	}
	var signatures []string
	for _, key := range keys {
		signer, err := standardwebhooks.NewWebhookRaw(key)
		if err != nil {
			return nil, fmt.Errorf("sign a message: %w", err)
		}
		signature, err := signer.Sign(what.ID, a.Began, what.Payload)
		if err != nil {
			return nil, fmt.Errorf("sign a message: %w", err)
		}
		signatures = append(signatures, signature)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.URL, bytes.NewReader(what.Payload))
	if err != nil {
		return nil, fmt.Errorf("send to a webhook endpoint: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", w.o.Agent)
	r.Header.Set(standardwebhooks.HeaderWebhookID, what.ID)
	r.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(a.Began.Unix(), 10))
	r.Header.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	answer, err := w.client.Do(r)
	if err == nil {
		a.Status, a.retryAfter = answer.StatusCode, channel.RetryAfter(answer.Header.Get("Retry-After"), a.Began)
		a.Excerpt = excerpt(answer.Body)
		err = answer.Body.Close()
	}
	a.Duration = time.Since(a.Began)
	if ctx.Err() != nil && !a.ok() {
		return nil, context.Cause(ctx)
	}
	if err != nil && a.Status == 0 {
		a.Error = w.reason(err)
	}
	return a, nil
}

// excerpt is the beginning of an answer, as text.
func excerpt(body io.Reader) string {
	const longest = 500
	text, err := io.ReadAll(body)
	if err != nil && len(text) == 0 {
		return ""
	}
	clean := []rune(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(string(text), "�")))
	if len(clean) > longest {
		return string(clean[:longest]) + "…"
	}
	return string(clean)
}

// reason says why there was no answer.
func (w *Webhooks) reason(err error) string {
	var f *fault.Fault
	var n net.Error
	var u *url.Error
	switch {
	case errors.As(err, &f):
		return f.Message
	case errors.As(err, &n) && n.Timeout():
		return fmt.Sprintf("nothing came within %s", w.o.Timeout)
	case errors.As(err, &u):
		err = u.Err // without the address, which may hold a key
	}
	const longest = 300
	text := []rune(strings.ToValidUTF8(err.Error(), "�"))
	return string(text[:min(len(text), longest)])
}

// took writes what became of an attempt, and says what is next.
func (w *Webhooks) took(run *job.Run, e errand, to *Endpoint, a *Attempt) error {
	wrong := a.said()
	// Not run.Attempt: what went wrong here, such as a missing key file, is no attempt of the endpoint's.
	tried := int(run.Past().Done) + 1
	run.Mark(int64(tried), int64(len(w.o.Pauses)), "")
	switch {
	case a.ok():
		return run.Finish(func(tx *db.Tx) error {
			if err := w.recovered(tx, to); err != nil {
				return err
			}
			return e.log(tx, a, Delivered, 0)
		})
	case a.Status == http.StatusGone:
		return run.Finish(func(tx *db.Tx) error {
			if err := w.disable(tx, to, Gone); err != nil {
				return err
			}
			return e.log(tx, a, Failed, 0)
		})
	case tried >= len(w.o.Pauses):
		return run.End(job.Never(wrong), func(tx *db.Tx) error {
			if err := w.failed(tx, to); err != nil {
				return err
			}
			return e.log(tx, a, Failed, 0)
		})
	}
	after := max(later(w.o.Pauses[tried]), a.retryAfter)
	return run.End(job.Later(after, wrong), func(tx *db.Tx) error {
		if err := w.failed(tx, to); err != nil {
			return err
		}
		return e.log(tx, a, Waiting, after)
	})
}

// later is a pause, up to a fifth longer at random, so that messages that failed together do not come back together.
func later(pause time.Duration) time.Duration {
	const fifth = 5
	return pause + rand.N(pause/fifth+1) //nolint:gosec // no secret
}

// log keeps the attempt, and what the delivery is now.
func (e errand) log(tx *db.Tx, a *Attempt, state DeliveryState, after time.Duration) error {
	if _, err := tx.Exec(`INSERT INTO webhook_attempts (message_id, endpoint_id, attempt_no, began_us, duration_us, status, excerpt, error)
		SELECT message_id, endpoint_id, attempts + 1, $3, $4, $5, $6, $7 FROM webhook_deliveries WHERE message_id = $1 AND endpoint_id = $2`,
		e.Message, e.Endpoint, a.Began, a.Duration.Microseconds(), a.Status, a.Excerpt, a.Error); err != nil {
		return err
	}
	var next, finished any
	if state == Waiting {
		next = tx.Now.Add(after)
	} else {
		finished = tx.Now
	}
	_, err := tx.Exec("UPDATE webhook_deliveries SET attempts = attempts + 1, state = $1, next_us = $2, finished_us = $3 WHERE message_id = $4 AND endpoint_id = $5",
		string(state), next, finished, e.Message, e.Endpoint)
	return err
}

// settle says what became of a delivery without an attempt.
func (e errand) settle(tx *db.Tx, state DeliveryState) error {
	_, err := tx.Exec(`UPDATE webhook_deliveries SET state = $1, next_us = NULL, finished_us = $2 WHERE message_id = $3 AND endpoint_id = $4
		AND state = 'waiting'`, string(state), tx.Now, e.Message, e.Endpoint)
	return err
}

// recovered notes that the endpoint takes messages.
func (w *Webhooks) recovered(tx *db.Tx, to *Endpoint) error {
	if to.FailingSince.IsZero() {
		return nil
	}
	_, err := tx.Exec("UPDATE webhook_endpoints SET failing_since_us = NULL WHERE endpoint_id = $1 AND failing_since_us IS NOT NULL", to.number)
	return err
}

// failed notes that the endpoint does not, and disables it where that has been so for too long.
func (w *Webhooks) failed(tx *db.Tx, to *Endpoint) error {
	if !to.FailingSince.IsZero() && tx.Now.Sub(to.FailingSince) > w.o.GiveUp {
		return w.disable(tx, to, Failing)
	}
	if !to.FailingSince.IsZero() {
		return nil
	}
	_, err := tx.Exec("UPDATE webhook_endpoints SET failing_since_us = $1 WHERE endpoint_id = $2 AND failing_since_us IS NULL", tx.Now, to.number)
	return err
}

// disable sends the endpoint nothing more, unless somebody has changed it since it was read.
func (w *Webhooks) disable(tx *db.Tx, to *Endpoint, why Reason) error {
	n, err := tx.Exec("UPDATE webhook_endpoints SET enabled = $1, reason = $2, version = version + 1, updated_us = $3 WHERE endpoint_id = $4 AND version = $5 AND enabled",
		false, string(why), tx.Now, to.number, to.Version)
	if err == nil && n > 0 {
		w.forget(tx)
		tx.AfterCommit(func() { w.o.Log.Warn("a webhook endpoint is disabled", "endpoint", to.ID, "reason", string(why)) })
	}
	return err
}
