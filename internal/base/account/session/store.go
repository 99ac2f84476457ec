package session

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
)

// store keeps sessions for scs. Its methods are those that scs asks for.
type store struct {
	d    *db.DB
	idle time.Duration
}

// touchGrain is how exactly it is known when a session was last seen: so often it is written at most.
const touchGrain = time.Minute

// nobodysLife is how long the session of who has not signed in is kept: everybody can make them.
const nobodysLife = 30 * time.Minute

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// FindCtx gives what belongs to a token, and notes that it was seen.
func (s *store) FindCtx(ctx context.Context, token string) (content []byte, found bool, err error) {
	var stale bool
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		var seen time.Time
		err := tx.QueryRow(`SELECT content, seen_us FROM sessions WHERE hash = $1 AND NOT ended AND expires_us > $2 AND seen_us > $3`,
			hashOf(token), tx.Now, tx.Now.Add(-s.idle)).Scan(&content, &seen)
		if errors.Is(err, sql.ErrNoRows) {
			content = nil
			return nil
		}
		stale = tx.Now.Sub(seen) >= touchGrain
		return err
	})
	if err != nil || content == nil {
		return nil, false, err
	}
	if stale {
		err = s.d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE sessions SET seen_us = $1 WHERE hash = $2 AND NOT ended AND seen_us < $1`, tx.Now, hashOf(token))
			return err
		})
	}
	return content, true, err
}

// CommitCtx keeps what belongs to a token until it expires. An ended session stays so.
func (s *store) CommitCtx(ctx context.Context, token string, content []byte, expiry time.Time) error {
	var kept body
	if err := json.Unmarshal(content, &kept); err != nil {
		return fmt.Errorf("read the content of a session: %w", err)
	}
	return s.d.Write(ctx, func(tx *db.Tx) error {
		if kept.Values[userKey] == "" && expiry.After(tx.Now.Add(nobodysLife)) {
			expiry = tx.Now.Add(nobodysLife)
		}
		_, err := tx.Exec(`INSERT INTO sessions (hash, session_id, user_id, agent, content, created_us, seen_us, expires_us, ended)
			VALUES ($1, $2, $3, $4, $5, $6, $6, $7, FALSE)
			ON CONFLICT (hash) DO UPDATE SET user_id = excluded.user_id, content = excluded.content, expires_us = excluded.expires_us
			WHERE NOT sessions.ended`,
			hashOf(token), account.NewSessionID(tx.Now), kept.Values[userKey], agentOf(ctx), content, tx.Now, expiry)
		return err
	})
}

// DeleteCtx ends the session of a token.
func (s *store) DeleteCtx(ctx context.Context, token string) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE sessions SET ended = TRUE WHERE hash = $1 AND NOT ended`, hashOf(token))
		return err
	})
}

// The same without a context, which scs has in its interface and does not call where there are those with one.

var errContext = errors.New("sessions are kept with the context of a request")

// Find is FindCtx.
func (s *store) Find(string) (content []byte, found bool, err error) { return nil, false, errContext }

// Commit is CommitCtx.
func (s *store) Commit(string, []byte, time.Time) error { return errContext }

// Delete is DeleteCtx.
func (s *store) Delete(string) error { return errContext }

// body is what is kept of a session: words, so that it can be read whatever wrote it.
type body struct {
	Deadline time.Time         `json:"deadline"`
	Values   map[string]string `json:"values"`
}

// codec writes and reads the body for scs.
type codec struct{}

// Encode writes it.
func (codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	b := body{Deadline: deadline, Values: map[string]string{}}
	for key, value := range values {
		word, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf("a session keeps words, and %s is a %T", key, value)
		}
		b.Values[key] = word
	}
	return json.Marshal(b)
}

// Decode reads it.
func (codec) Decode(content []byte) (time.Time, map[string]any, error) {
	var b body
	if err := json.Unmarshal(content, &b); err != nil {
		return time.Time{}, nil, fmt.Errorf("read the content of a session: %w", err)
	}
	values := map[string]any{}
	for key, value := range b.Values {
		values[key] = value
	}
	return b.Deadline, values, nil
}
