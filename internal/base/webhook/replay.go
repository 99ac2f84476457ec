package webhook

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
)

// Test sends the endpoint a message that tries it out, also where it is disabled, and tells the message's id.
func (t *Teller) Test(tx *db.Tx, endpointID string) (messageID string, err error) {
	e, err := t.Endpoint(tx, endpointID)
	if err != nil {
		return "", err
	}
	id := job.NewID(tx.Now)
	row, err := message(id, Event{TestType, map[string]string{"endpoint": e.ID}}, tx.Now)
	if err != nil {
		return "", err
	}
	if _, err := insertMessages.Exec(tx, row); err != nil {
		return "", err
	}
	return spell(messagePrefix, id), dispatch(tx, []errand{{e.number, id}})
}

// Replay sends a message to an endpoint again, or for the first time, whatever became of it.
func (t *Teller) Replay(tx *db.Tx, endpointID, messageID string) error {
	e, err := t.enabled(tx, endpointID)
	if err != nil {
		return err
	}
	m, err := number(messagePrefix, messageID)
	if err != nil {
		return err
	}
	if _, err := readMessage(tx, m); err != nil {
		return err
	}
	sent, err := resend(tx, errand{e.number, m})
	if err == nil && !sent {
		err = fault.Coded("delivery_waiting", fault.Conflictf("the message waits to be sent to this endpoint already"))
	}
	return err
}

func (t *Teller) enabled(tx *db.Tx, id string) (Endpoint, error) {
	e, err := t.Endpoint(tx, id)
	if err == nil && !e.Enabled {
		err = fault.Coded("endpoint_disabled", fault.Conflictf("the endpoint is disabled; enable it first"))
	}
	return e, err
}

// resend has a delivery begin anew, unless it is on its way.
func resend(tx *db.Tx, e errand) (sent bool, err error) {
	var state string
	var before int64
	err = tx.QueryRow("SELECT state, job_id FROM webhook_deliveries WHERE message_id = $1 AND endpoint_id = $2", e.Message, e.Endpoint).Scan(&state, &before)
	if errors.Is(err, sql.ErrNoRows) {
		return true, dispatch(tx, []errand{e})
	}
	if err != nil {
		return false, err
	}
	was, err := job.Get(tx, before)
	if err != nil && !missing(err) {
		return false, err
	}
	switch was.State {
	case job.Waiting, job.Running:
		return false, nil
	case job.Dead:
		err = job.Replay(tx, before)
		was.ID = before
	default: // done and forgotten, or discarded
		was.ID, err = job.Add(tx, e.job())
	}
	if err != nil {
		return false, err
	}
	n, err := tx.Exec(`UPDATE webhook_deliveries SET state = 'waiting', job_id = $1, next_us = $2, finished_us = NULL
		WHERE message_id = $3 AND endpoint_id = $4 AND job_id = $5 AND state = $6`, was.ID, tx.Now, e.Message, e.Endpoint, before, state)
	if err == nil && n == 0 {
		err = db.ErrRestart
	}
	return true, err
}

// Range is a time whose messages are to be sent again: from From, to before To.
type Range struct {
	From, To time.Time
	All      bool // those that were delivered too, not only what failed or was never sent
}

// stretch is the payload of the job that does it.
type stretch struct {
	Endpoint string    `json:"endpoint"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	All      bool      `json:"all"`
}

// ReplayRange adds the job that sends an endpoint what was told in a time, and tells its id. One at a time runs for each
// endpoint; those asked for meanwhile wait, and none is passed over.
func (t *Teller) ReplayRange(tx *db.Tx, endpointID string, r Range) (id int64, err error) {
	e, err := t.enabled(tx, endpointID)
	switch {
	case err != nil:
		return 0, err
	case !r.To.After(r.From):
		return 0, fault.In("to", fault.Coded("empty_time", fault.Invalidf("the time to replay ends before it begins")))
	}
	return job.Add(tx, job.Job{Kind: replay, Queue: e.ID, Payload: stretch{e.ID, r.From.UTC(), r.To.UTC(), r.All}})
}

// replay is that job. Begun anew after a stop it passes over what is on its way.
func (w *Webhooks) replay(ctx context.Context, run *job.Run) error {
	var s stretch
	if err := run.Decode(&s); err != nil {
		return job.Never(err)
	}
	const part = 200
	var sent int64
	for after := job.FirstID(s.From) - 1; ; {
		var found int
		var now int64
		last := after
		err := run.Step(ctx, func(tx *db.Tx) error {
			e, err := w.enabled(tx, s.Endpoint)
			if err != nil {
				return err
			}
			found, now, last, err = w.replayPart(tx, &e, s, after, part)
			return err
		})
		if kind := fault.KindOf(err); kind == fault.NotFound || kind == fault.Conflict {
			return job.Never(err)
		}
		if err != nil {
			return err
		}
		after, sent = last, sent+now
		run.Progress(sent, 0, "")
		if found < part {
			return nil
		}
	}
}

// replayPart sends up to so many messages behind the given one.
func (w *Webhooks) replayPart(tx *db.Tx, e *Endpoint, s stretch, after int64, part int) (found int, sent, last int64, err error) {
	rows, err := tx.Query(`SELECT m.message_id, m.type, coalesce(d.state, '') FROM webhook_messages m
		LEFT JOIN webhook_deliveries d ON d.message_id = m.message_id AND d.endpoint_id = $1
		WHERE m.message_id > $2 AND m.message_id < $3 ORDER BY m.message_id LIMIT $4`, e.number, after, job.FirstID(s.To), part)
	if err != nil {
		return 0, 0, after, err
	}
	var again []errand
	last = after
	for rows.Next() {
		var kind, state string
		if err := rows.Scan(&last, &kind, &state); err != nil {
			return 0, 0, after, err
		}
		found++
		if e.wants(kind) && (s.All || DeliveryState(state) != Delivered) && kind != TestType {
			again = append(again, errand{e.number, last})
		}
	}
	if err := rows.Close(); err != nil {
		return 0, 0, after, err
	}
	for _, e := range again {
		done, err := resend(tx, e)
		if err != nil {
			return 0, 0, after, err
		}
		if done {
			sent++
		}
	}
	return found, sent, last, nil
}

// wants tells whether the endpoint is told messages of the type.
func (e *Endpoint) wants(kind string) bool {
	if len(e.Types) == 0 {
		return true
	}
	for _, name := range e.Types {
		if name == kind {
			return true
		}
	}
	return false
}
