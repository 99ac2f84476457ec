package webhook

import (
	"encoding/json"
	"fmt"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/job"
)

// Event is something that happened, to be told. Data becomes JSON; it holds ids only.
type Event struct {
	Type string
	Data any
}

// body is a message as it is sent.
type body struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      any       `json:"data"`
}

// deliver is the kind of job that sends a message to an endpoint.
const deliver = "webhook.deliver"

// errand is its payload.
type errand struct {
	Endpoint int64 `json:"endpoint"`
	Message  int64 `json:"message"`
}

func (e errand) job() job.Job {
	return job.Job{Kind: deliver, Queue: spell(endpointPrefix, e.Endpoint), Payload: e}
}

var (
	insertMessages   = db.NewInsert("INSERT INTO webhook_messages (message_id, type, payload, created_us)", 4, "")
	insertDeliveries = db.NewInsert("INSERT INTO webhook_deliveries (endpoint_id, message_id, state, attempts, job_id, next_us)", 6, "")
)

// Wanted tells whether there is an endpoint for any of the types: what nobody wants need not be put together.
func (t *Teller) Wanted(tx *db.Tx, types ...string) (bool, error) {
	if t == nil {
		return false, nil
	}
	found, err := t.subscriptions(tx, types...)
	return len(found) > 0, err
}

// Tell tells what happened to the endpoints that want it, within the transaction in which it did.
func (t *Teller) Tell(tx *db.Tx, events ...Event) error {
	if t == nil || len(events) == 0 {
		return nil
	}
	var messages []any
	var errands []errand
	for _, e := range events {
		if !t.has(e.Type) {
			return fmt.Errorf("%q is no type of message", e.Type)
		}
		to, err := t.subscriptions(tx, e.Type)
		if err != nil {
			return err
		}
		if len(to) == 0 {
			continue
		}
		id := job.NewID(tx.Now)
		row, err := message(id, e, tx.Now)
		if err != nil {
			return err
		}
		messages = append(messages, row...)
		for _, s := range to {
			if s.enabled {
				errands = append(errands, errand{s.endpoint, id})
			}
		}
	}
	if len(messages) == 0 {
		return nil
	}
	if _, err := insertMessages.Exec(tx, messages); err != nil {
		return err
	}
	return dispatch(tx, errands)
}

func message(id int64, e Event, now time.Time) ([]any, error) {
	payload, err := json.Marshal(body{e.Type, now, e.Data})
	if err != nil {
		return nil, fmt.Errorf("the data of a message of type %s: %w", e.Type, err)
	}
	return []any{id, e.Type, string(payload), now}, nil
}

// dispatch makes the deliveries and their jobs.
func dispatch(tx *db.Tx, errands []errand) error {
	jobs := make([]job.Job, len(errands))
	for i, e := range errands {
		jobs[i] = e.job()
	}
	ids, err := job.AddAll(tx, jobs)
	if err != nil || len(ids) == 0 {
		return err
	}
	rows := make([]any, 0, 6*len(errands))
	for i, e := range errands {
		rows = append(rows, e.Endpoint, e.Message, string(Waiting), 0, ids[i], tx.Now)
	}
	_, err = insertDeliveries.Exec(tx, rows)
	return err
}
