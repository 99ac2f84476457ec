package activity

import (
	"bytes"
	"database/sql"
	"errors"
	"strings"
	"unicode/utf8"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/customer"
	"regulars/internal/record/digest"
	"regulars/internal/record/fact"
	"regulars/internal/record/feed"
	"regulars/internal/record/history"
	"regulars/internal/record/reference"
)

// Subscription is one that began, and may have been cancelled.
type Subscription struct {
	Source, Reference string
	Customer          int64
	Plan              string
	AmountMinor       int64 // a period
	Started           fact.Moment
	Cancelled         fact.Moment // zero: it goes on
	Reason            string      // of the cancellation
}

func (s *Subscription) check() error {
	switch {
	case s.Source == "" || s.Reference == "" || len(s.Reference) > 300:
		return fault.In("reference", fault.Invalidf("a subscription needs a source and a reference of at most 300 bytes: what the shop calls it"))
	case s.Customer <= 0:
		return fault.In("customer", fault.Invalidf("subscription %s: says not whose it is", s.Reference))
	case s.Started.IsZero():
		return fault.In("started_at", fault.Invalidf("subscription %s: says not when it began", s.Reference))
	case !s.Cancelled.IsZero() && s.Cancelled.UTC < s.Started.UTC:
		return fault.In("cancelled_at", fault.Invalidf("subscription %s: was cancelled before it began", s.Reference))
	case s.AmountMinor < 0 || s.AmountMinor > amountMost:
		return fault.In("amount_minor", fault.Invalidf("subscription %s: the amount %d is below 0 or too large", s.Reference, s.AmountMinor))
	}
	for _, text := range []text{{"source", s.Source, 300}, {"reference", s.Reference, 300}, {"plan", s.Plan, 300}, {"reason", s.Reason, 4000}} {
		if err := text.check(); err != nil {
			return fault.Invalidf("subscription %.40s: %w", s.Reference, err)
		}
	}
	return nil
}

const amountMost = 10_000_000_000_000

// text is one, the field it is in, and how many bytes it may have.
type text struct {
	field, text string
	most        int
}

func (t text) check() error {
	if len(t.text) > t.most || !utf8.ValidString(t.text) || strings.IndexByte(t.text, 0) >= 0 {
		return fault.In(t.field, fault.Invalidf("its %s has more than %d bytes, or holds bytes that are no characters", t.field, t.most))
	}
	return nil
}

func (s *Subscription) content() []byte {
	d := digest.Digest{}
	d.Numbers(s.AmountMinor, s.Started.UTC, s.Cancelled.UTC)
	d.Texts(s.Plan, s.Reason)
	return d.Sum()
}

// PutSubscription records a subscription, or what is new about it.
func (k *Keeper) PutSubscription(tx *db.Tx, s *Subscription) (fact.Outcome, error) {
	if err := s.check(); err != nil {
		return fact.Outcome{Status: fact.Refused, Err: err}, nil //nolint:nilerr // a refusal is an outcome
	}
	key := reference.Key{Source: s.Source, Reference: s.Reference}
	owners, err := reference.ClaimAll(tx, reference.Subscription, []reference.Claim{{Key: key, Customer: s.Customer, Fact: k.IDs.New(tx.Now)}})
	if err != nil {
		return fact.Outcome{}, err
	}
	owner := owners[key]
	out := fact.Outcome{Status: fact.Created, Customer: owner.Customer, Fact: owner.Fact}
	switch {
	case owner.Mine:
		err = s.insert(tx, owner)
	case owner.Erased():
		return fact.Outcome{Status: fact.Unchanged}, nil
	default:
		if out, err = s.change(tx, owner); err != nil || out.Status != fact.Updated {
			return out, err
		}
	}
	if err != nil {
		return out, err
	}
	return out, feed.Add(tx, feed.Change{Customer: owner.Customer, Kind: feed.Subscription, Fact: owner.Fact})
}

func (s *Subscription) insert(tx *db.Tx, owner reference.Owner) error {
	cancelled, local := orNull(s.Cancelled)
	at := s.Started
	_, err := tx.Exec(`INSERT INTO subscriptions (customer_id, subscription_id, source, reference, plan, amount_minor, started_us, local_us,
		day, month, cancelled_us, cancelled_local_us, reason, content, version, recorded_us, updated_us)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, $15, $16)`,
		owner.Customer, owner.Fact, s.Source, s.Reference, s.Plan, s.AmountMinor, at.UTC, at.Local, int64(at.Day()), at.Month(), cancelled,
		local, s.Reason, s.content(), tx.Now, tx.Now)
	return err
}

func orNull(m fact.Moment) (utc, local any) {
	if m.IsZero() {
		return nil, nil
	}
	return m.UTC, m.Local
}

func (s *Subscription) change(tx *db.Tx, owner reference.Owner) (fact.Outcome, error) {
	out := fact.Outcome{Status: fact.Unchanged, Customer: owner.Customer, Fact: owner.Fact}
	if same, err := customer.Same(tx, s.Customer, owner.Customer); err != nil || !same {
		out.Status, out.Field = fact.Conflict, "customer"
		out.Err = fault.In("customer", fault.Conflictf("subscription %s of %s is recorded for another customer", s.Reference, s.Source))
		return out, err
	}
	var have []byte
	var version int64
	switch err := tx.QueryRow("SELECT content, version FROM subscriptions WHERE customer_id = $1 AND subscription_id = $2",
		owner.Customer, owner.Fact).Scan(&have, &version); {
	case errors.Is(err, sql.ErrNoRows):
		return out, db.ErrRestart // erased since the reference was looked up
	case err != nil:
		return out, err
	}
	content := s.content()
	if bytes.Equal(have, content) {
		return out, nil
	}
	if err := history.Keep(tx, "subscription", owner.Customer, owner.Fact, version, history.Part{Query: `SELECT plan, amount_minor, started_us,
		cancelled_us, reason, updated_us FROM subscriptions WHERE customer_id = $1 AND subscription_id = $2`}); err != nil {
		return out, err
	}
	cancelled, local := orNull(s.Cancelled)
	at := s.Started
	n, err := tx.Exec(`UPDATE subscriptions SET plan = $1, amount_minor = $2, started_us = $3, local_us = $4, day = $5, month = $6,
		cancelled_us = $7, cancelled_local_us = $8, reason = $9, content = $10, version = version + 1, updated_us = $11
		WHERE customer_id = $12 AND subscription_id = $13 AND version = $14`,
		s.Plan, s.AmountMinor, at.UTC, at.Local, int64(at.Day()), at.Month(), cancelled, local, s.Reason, content, tx.Now,
		owner.Customer, owner.Fact, version)
	if err == nil && n == 0 {
		err = db.ErrRestart
	}
	out.Status = fact.Updated
	return out, err
}
