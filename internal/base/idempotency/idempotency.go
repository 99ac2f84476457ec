// Package idempotency remembers what was answered to a request that says by a key that it may come again, so that it is
// done once and answered alike each time.
//
// What always holds: of several requests with one key at once, one is done; with the same key and another body none is.
// An answer is kept for a day, sealed, because it may hold what only its asker may see. Whoever is killed in the middle
// lets go of the key after a minute; what it had done by then is found to be done by what is done again, because facts
// are known by their references.
package idempotency

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/secret"
)

// Store keeps answers.
type Store struct {
	DB  *db.DB
	Box *secret.Box
}

// Answer is what was answered.
type Answer struct {
	Status int
	Header map[string]string
	Body   []byte
}

// State is how a request stands.
type State int

// The states.
const (
	Mine     State = iota // it is to be done, and then finished or let go
	Answered              // it was done: here is the answer
	InFlight              // another one is at it
	Other                 // the key was used with another body
)

const (
	kept  = 24 * time.Hour
	lease = time.Minute
)

// Claim is a key that is being used.
type Claim struct {
	Owner, Key string
	token      int64
}

// Begin claims the key of an owner for a request with this hash of its content.
func (s *Store) Begin(ctx context.Context, owner, key string, hash []byte) (state State, claim *Claim, answer Answer, err error) {
	var sealed []byte
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		now := tx.Now.UnixMicro()
		claim = &Claim{Owner: owner, Key: key, token: now}
		n, err := tx.Exec(`INSERT INTO idempotency_keys (owner, key, hash, token, answer, created_us, expires_us)
			VALUES ($1, $2, $3, $4, NULL, $4, $5) ON CONFLICT (owner, key) DO UPDATE SET
			hash = excluded.hash, token = excluded.token, answer = NULL, created_us = excluded.created_us, expires_us = excluded.expires_us
			WHERE idempotency_keys.expires_us <= excluded.created_us
			OR idempotency_keys.answer IS NULL AND idempotency_keys.hash = excluded.hash AND idempotency_keys.token <= $6`,
			owner, key, hash, now, now+kept.Microseconds(), now-lease.Microseconds())
		if err != nil {
			return err
		}
		if n > 0 {
			state = Mine
			return nil
		}
		var other []byte
		err = tx.QueryRow("SELECT hash, answer FROM idempotency_keys WHERE owner = $1 AND key = $2", owner, key).Scan(&other, &sealed)
		switch {
		case errors.Is(err, sql.ErrNoRows): // let go just now
			return db.ErrRestart
		case err != nil:
			return err
		case !bytes.Equal(other, hash):
			state = Other
		case sealed == nil:
			state = InFlight
		default:
			state = Answered
		}
		return nil
	})
	if err != nil || state != Answered {
		return state, claim, answer, err
	}
	plain, err := s.Box.Open(sealed, purpose(owner, key))
	if err == nil {
		err = json.Unmarshal(plain, &answer)
	}
	if err != nil {
		return state, nil, answer, fmt.Errorf("read a kept answer: %w", err)
	}
	return state, nil, answer, nil
}

func purpose(owner, key string) string { return "answer to " + owner + " " + key }

// Finish keeps the answer.
func (s *Store) Finish(ctx context.Context, c *Claim, a Answer) error {
	plain, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("keep an answer: %w", err)
	}
	sealed := s.Box.Seal(plain, purpose(c.Owner, c.Key))
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE idempotency_keys SET answer = $4 WHERE owner = $1 AND key = $2 AND token = $3", c.Owner, c.Key, c.token, sealed)
		return err
	})
}

// LetGo frees the key: the request failed and may be made again.
func (s *Store) LetGo(ctx context.Context, c *Claim) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM idempotency_keys WHERE owner = $1 AND key = $2 AND token = $3 AND answer IS NULL", c.Owner, c.Key, c.token)
		return err
	})
}

// Purge forgets what is older than a day.
func (s *Store) Purge(ctx context.Context) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM idempotency_keys WHERE expires_us <= $1", tx.Now)
		return err
	})
}
