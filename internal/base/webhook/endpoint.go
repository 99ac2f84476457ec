package webhook

import (
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"regulars/internal/base/channel"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
)

// Endpoint is a program outside that is told what happens.
type Endpoint struct {
	ID            string
	URL           string
	Description   string
	Types         []string // that it wants; none: all
	Enabled       bool
	Reason        Reason    // why it is not enabled
	PreviousUntil time.Time // until when the secret before the last rotation signs too; zero: no longer
	FailingSince  time.Time // when the first attempt failed since the last that succeeded; zero: it does not fail
	Version       int64
	Created       time.Time
	Updated       time.Time

	number           int64
	secret, previous []byte // sealed
}

// Reason says why an endpoint is disabled.
type Reason string

// The reasons.
const (
	ByStaff Reason = "staff"
	Gone    Reason = "gone"    // it answered 410
	Failing Reason = "failing" // it failed for too long
)

// Change is what is to be different about an endpoint; nil: as it is.
type Change struct {
	URL         *string
	Description *string
	Types       *[]string
	Enabled     *bool
}

const (
	secretPrefix    = "whsec_"
	secretBytes     = 32
	rotationLasts   = 24 * time.Hour
	endpointsMost   = 100
	descriptionMost = 200
)

const selectEndpoints = `SELECT endpoint_id, url, description, types, enabled, reason, secret, previous, previous_until_us, failing_since_us, version,
	created_us, updated_us FROM webhook_endpoints `

func parseTypes(text string) (names []string, err error) {
	if err = json.Unmarshal([]byte(text), &names); err != nil {
		err = fmt.Errorf("the types of an endpoint: %w", err)
	}
	return names, err
}

// Endpoints lists all endpoints, the oldest first.
func (t *Teller) Endpoints(tx *db.Tx) ([]Endpoint, error) {
	return readEndpoints(tx, selectEndpoints+"ORDER BY endpoint_id")
}

// Endpoint reads one.
func (t *Teller) Endpoint(tx *db.Tx, id string) (Endpoint, error) {
	n, err := number(endpointPrefix, id)
	if err != nil {
		return Endpoint{}, err
	}
	return endpoint(tx, n)
}

func endpoint(tx *db.Tx, n int64) (Endpoint, error) {
	found, err := readEndpoints(tx, selectEndpoints+"WHERE endpoint_id = $1", n)
	if err != nil {
		return Endpoint{}, err
	}
	if len(found) == 0 {
		return Endpoint{}, fault.Coded("endpoint_not_found", fault.NotFoundf("there is no such webhook endpoint"))
	}
	return found[0], nil
}

func readEndpoints(tx *db.Tx, query string, args ...any) ([]Endpoint, error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	var all []Endpoint
	for rows.Next() {
		var e Endpoint
		var types, reason string
		var until, since sql.Null[time.Time]
		if err := rows.Scan(&e.number, &e.URL, &e.Description, &types, &e.Enabled, &reason, &e.secret, &e.previous, &until, &since, &e.Version,
			&e.Created, &e.Updated); err != nil {
			return nil, err
		}
		e.ID, e.Reason, e.FailingSince = spell(endpointPrefix, e.number), Reason(reason), since.V
		if until.V.After(tx.Now) {
			e.PreviousUntil = until.V
		}
		if e.Types, err = parseTypes(types); err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, rows.Close()
}

// Create makes an endpoint, enabled, and gives its secret, which is not shown again.
func (w *Webhooks) Create(tx *db.Tx, c Change) (e Endpoint, secret string, err error) {
	if c.URL == nil {
		return e, "", fault.In("url", fault.Invalidf("an endpoint needs an address"))
	}
	e = Endpoint{Enabled: true, Types: []string{}, Version: 1, Created: tx.Now, Updated: tx.Now, number: job.NewID(tx.Now)}
	e.ID = spell(endpointPrefix, e.number)
	if err := w.apply(&e, c); err != nil {
		return e, "", err
	}
	var there int
	if err := tx.QueryRow("SELECT count(*) FROM webhook_endpoints").Scan(&there); err != nil {
		return e, "", err
	}
	if there >= endpointsMost {
		return e, "", fault.Coded("endpoints_full", fault.Conflictf("there are %d endpoints already; delete one that is not needed", there))
	}
	secret, e.secret = w.newSecret(e.ID)
	types, err := json.Marshal(e.Types)
	if err != nil {
		return e, "", fmt.Errorf("the types of an endpoint: %w", err)
	}
	_, err = tx.Exec(`INSERT INTO webhook_endpoints (endpoint_id, url, description, types, enabled, reason, secret, previous, version, created_us, updated_us)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)`, e.number, e.URL, e.Description, string(types), e.Enabled, string(e.Reason), e.secret,
		[]byte{}, e.Version, tx.Now)
	w.forget(tx)
	return e, secret, err
}

// newSecret makes a secret as the specification writes it, and its sealed form.
func (w *Webhooks) newSecret(id string) (text string, sealed []byte) {
	var key [secretBytes]byte
	if _, err := rand.Read(key[:]); err != nil {
		panic(err) // it never fails
	}
	return secretPrefix + base64.StdEncoding.EncodeToString(key[:]), w.box.Seal(key[:], purpose(id))
}

// purpose is what the secret of an endpoint is sealed for.
func purpose(id string) string { return "webhook " + id }

// apply changes the endpoint as asked, and refuses what cannot be.
func (w *Webhooks) apply(e *Endpoint, c Change) error {
	if c.URL != nil {
		if err := channel.CheckURL(*c.URL, w.o.Allow); err != nil {
			return fault.In("url", err)
		}
		e.URL = *c.URL
	}
	if c.Description != nil {
		if utf8.RuneCountInString(*c.Description) > descriptionMost {
			return fault.In("description", fault.Coded("too_long", fault.Invalidf("the description has more than %d characters", descriptionMost)))
		}
		e.Description = *c.Description
	}
	if c.Types != nil {
		if err := w.checkTypes(*c.Types); err != nil {
			return err
		}
		e.Types = slices.Clone(*c.Types)
		if e.Types == nil {
			e.Types = []string{}
		}
	}
	if c.Enabled != nil && *c.Enabled != e.Enabled {
		e.Enabled, e.Reason, e.FailingSince = *c.Enabled, "", time.Time{}
		if !e.Enabled {
			e.Reason = ByStaff
		}
	}
	return nil
}

// Update changes an endpoint, if it is of the version; 0: whatever its version. Enabled again it is told what happens
// from then on; what it missed is for a replay.
func (w *Webhooks) Update(tx *db.Tx, id string, version int64, c Change) (Endpoint, error) {
	e, err := w.versioned(tx, id, version)
	if err != nil {
		return e, err
	}
	if err := w.apply(&e, c); err != nil {
		return e, err
	}
	types, err := json.Marshal(e.Types)
	if err != nil {
		return e, fmt.Errorf("the types of an endpoint: %w", err)
	}
	var since any
	if !e.FailingSince.IsZero() {
		since = e.FailingSince
	}
	return w.changed(tx, e, "url = $4, description = $5, types = $6, enabled = $7, reason = $8, failing_since_us = $9",
		e.URL, e.Description, string(types), e.Enabled, string(e.Reason), since)
}

// Rotate gives the endpoint a new secret, which is not shown again. The old one signs too for a day.
func (w *Webhooks) Rotate(tx *db.Tx, id string, version int64) (e Endpoint, secret string, err error) {
	if e, err = w.versioned(tx, id, version); err != nil {
		return e, "", err
	}
	old := e.secret
	secret, e.secret = w.newSecret(e.ID)
	e.PreviousUntil = tx.Now.Add(rotationLasts)
	e, err = w.changed(tx, e, "secret = $4, previous = $5, previous_until_us = $6", e.secret, old, e.PreviousUntil)
	return e, secret, err
}

func (w *Webhooks) versioned(tx *db.Tx, id string, version int64) (Endpoint, error) {
	e, err := w.Endpoint(tx, id)
	if err == nil && version != 0 && version != e.Version {
		err = fault.Coded("version_mismatch", fault.Conflictf("the endpoint was changed by somebody else meanwhile; read it again"))
	}
	return e, err
}

// changed writes a change of the endpoint as it was read.
func (w *Webhooks) changed(tx *db.Tx, e Endpoint, set string, args ...any) (Endpoint, error) {
	n, err := tx.Exec("UPDATE webhook_endpoints SET version = version + 1, updated_us = $1, "+set+" WHERE endpoint_id = $2 AND version = $3",
		append([]any{tx.Now, e.number, e.Version}, args...)...)
	if err == nil && n == 0 {
		err = db.ErrRestart
	}
	e.Version++
	e.Updated = tx.Now
	w.forget(tx)
	return e, err
}

// Delete forgets an endpoint. What still waits for it is not sent.
func (w *Webhooks) Delete(tx *db.Tx, id string, version int64) error {
	e, err := w.versioned(tx, id, version)
	if err != nil {
		return err
	}
	n, err := tx.Exec("DELETE FROM webhook_endpoints WHERE endpoint_id = $1 AND version = $2", e.number, e.Version)
	if err == nil && n == 0 {
		err = db.ErrRestart
	}
	w.forget(tx)
	return err
}

// keys are the secrets that sign for the endpoint at the moment, the newest first.
func (w *Webhooks) keys(e *Endpoint, now time.Time) ([][]byte, error) {
	sealed := [][]byte{e.secret}
	if e.PreviousUntil.After(now) {
		sealed = append(sealed, e.previous)
	}
	var all [][]byte
	for _, s := range sealed {
		key, err := w.box.Open(s, purpose(e.ID))
		if err != nil {
			return nil, fault.Unavailablef("the secret of the webhook endpoint %s does not open with this key file; put the right key file back, "+
				"or rotate the secret: %w", e.ID, err)
		}
		all = append(all, key)
	}
	return all, nil
}

func missing(err error) bool {
	return errors.Is(err, sql.ErrNoRows) || fault.KindOf(err) == fault.NotFound
}
