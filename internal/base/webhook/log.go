package webhook

import (
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

// Message is what was told, as it is sent.
type Message struct {
	ID      string
	Type    string
	Payload json.RawMessage
	Created time.Time
}

// Delivery is a message on its way to an endpoint, or there.
type Delivery struct {
	Message  string
	Type     string
	State    DeliveryState
	Attempts int
	Created  time.Time // of the message
	Next     time.Time // when it is tried again; zero: not
	Finished time.Time // zero: it waits
}

// DeliveryState is what has become of a delivery.
type DeliveryState string

// The states.
const (
	Waiting   DeliveryState = "waiting"
	Delivered DeliveryState = "delivered"
	Failed    DeliveryState = "failed"
)

// DeliveryFilter says which deliveries; empty fields any.
type DeliveryFilter struct {
	State DeliveryState
	Type  string
}

// Message reads one message.
func (t *Teller) Message(tx *db.Tx, id string) (Message, error) {
	n, err := number(messagePrefix, id)
	if err != nil {
		return Message{}, err
	}
	return readMessage(tx, n)
}

func readMessage(tx *db.Tx, n int64) (Message, error) {
	m := Message{ID: spell(messagePrefix, n)}
	var payload string
	err := tx.QueryRow("SELECT type, payload, created_us FROM webhook_messages WHERE message_id = $1", n).Scan(&m.Type, &payload, &m.Created)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Coded("message_not_found", fault.NotFoundf("there is no such message; messages are kept for a while only"))
	}
	m.Payload = json.RawMessage(payload)
	return m, err
}

// Deliveries reads up to limit deliveries to an endpoint, those of the newest messages first, from behind the message
// with the given id; empty: from the newest.
func (t *Teller) Deliveries(tx *db.Tx, endpointID string, f DeliveryFilter, after string, limit int) ([]Delivery, error) {
	e, err := t.Endpoint(tx, endpointID)
	if err != nil {
		return nil, err
	}
	before := int64(math.MaxInt64)
	if after != "" {
		if before, err = number(messagePrefix, after); err != nil {
			return nil, err
		}
	}
	query := `SELECT d.message_id, m.type, d.state, d.attempts, m.created_us, d.next_us, d.finished_us FROM webhook_deliveries d
		JOIN webhook_messages m ON m.message_id = d.message_id WHERE d.endpoint_id = $1 AND d.message_id < $2 AND ($3 = '' OR m.type = $3)`
	switch {
	case f.State == "":
	case !slices.Contains([]DeliveryState{Waiting, Delivered, Failed}, f.State):
		return nil, fault.In("state", fault.Invalidf("%q is no state of a delivery; it is waiting, delivered or failed", string(f.State)))
	case f.State == Delivered:
		query += " AND d.state = 'delivered'"
	default: // in words that find the index of such deliveries
		query += " AND d.state <> 'delivered' AND d.state = '" + string(f.State) + "'"
	}
	rows, err := tx.Query(query+" ORDER BY d.message_id DESC LIMIT $4", e.number, before, f.Type, limit)
	if err != nil {
		return nil, err
	}
	var all []Delivery
	for rows.Next() {
		var d Delivery
		var id int64
		var state string
		var next, finished sql.Null[time.Time]
		if err := rows.Scan(&id, &d.Type, &state, &d.Attempts, &d.Created, &next, &finished); err != nil {
			return nil, err
		}
		d.Message, d.State, d.Next, d.Finished = spell(messagePrefix, id), DeliveryState(state), next.V, finished.V
		all = append(all, d)
	}
	return all, rows.Close()
}

// Delivery reads one delivery.
func (t *Teller) Delivery(tx *db.Tx, endpointID, messageID string) (Delivery, error) {
	n, err := number(messagePrefix, messageID)
	if err != nil {
		return Delivery{}, err
	}
	// The one behind the next message.
	list, err := t.Deliveries(tx, endpointID, DeliveryFilter{}, spell(messagePrefix, n+1), 1)
	if err != nil {
		return Delivery{}, err
	}
	if len(list) == 0 || list[0].Message != messageID {
		return Delivery{}, fault.Coded("message_not_found", fault.NotFoundf("this message was not sent to this endpoint, or is not kept any more"))
	}
	return list[0], nil
}

// Attempts lists the attempts to deliver a message to an endpoint, the first first.
func (t *Teller) Attempts(tx *db.Tx, endpointID, messageID string) ([]Attempt, error) {
	e, err := t.Endpoint(tx, endpointID)
	if err != nil {
		return nil, err
	}
	m, err := number(messagePrefix, messageID)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(`SELECT began_us, duration_us, status, excerpt, error FROM webhook_attempts WHERE message_id = $1 AND endpoint_id = $2
		ORDER BY attempt_no`, m, e.number)
	if err != nil {
		return nil, err
	}
	var all []Attempt
	for rows.Next() {
		var a Attempt
		var micros int64
		if err := rows.Scan(&a.Began, &micros, &a.Status, &a.Excerpt, &a.Error); err != nil {
			return nil, err
		}
		a.Duration = time.Duration(micros) * time.Microsecond
		all = append(all, a)
	}
	return all, rows.Close()
}
