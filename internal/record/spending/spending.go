// Package spending is what the business does and what it costs: money spent on winning and keeping customers, and
// initiatives, the dated changes that a measure is looked at before and after.
//
// What always holds: both are known by source and reference and recorded once; handed in with other content they are
// changed. They belong to no customer.
package spending

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
	"regulars/internal/record/feed"
)

// Cost is money spent, on a day or in the month that begins on it.
type Cost struct {
	Source, Reference string
	Spent             fact.Moment
	Channel           string // empty: none in particular
	Retention         bool   // spent on keeping customers, not on winning them
	AmountMinor       int64
	Note              string
}

// PutCosts records costs; the outcomes are in their order.
func PutCosts(tx *db.Tx, costs []Cost) ([]fact.Outcome, error) {
	outcomes := make([]fact.Outcome, len(costs))
	changed := false
	for i := range costs {
		c := &costs[i]
		if err := c.check(); err != nil {
			outcomes[i] = fact.Outcome{Status: fact.Refused, Err: err}
			continue
		}
		at := c.Spent
		status, err := put(tx, `INSERT INTO costs (source, reference, spent_us, local_us, day, month, channel, retention, amount_minor, note, updated_us)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
			`UPDATE costs SET spent_us = $3, local_us = $4, day = $5, month = $6, channel = $7, retention = $8, amount_minor = $9, note = $10,
			updated_us = $11 WHERE source = $1 AND reference = $2 AND (local_us <> $4 OR channel <> $7 OR retention <> $8 OR amount_minor <> $9 OR note <> $10)`,
			c.Source, c.Reference, at.UTC, at.Local, int64(at.Day()), at.Month(), c.Channel, c.Retention, c.AmountMinor, c.Note, tx.Now)
		if err != nil {
			return nil, err
		}
		outcomes[i].Status = status
		changed = changed || status != fact.Unchanged
	}
	if !changed {
		return outcomes, nil
	}
	return outcomes, feed.Add(tx, feed.Change{Kind: feed.Cost})
}

// put inserts a row, or updates what differs.
func put(tx *db.Tx, insert, update string, args ...any) (fact.Status, error) {
	n, err := tx.Exec(insert, append([]any{}, args...)...)
	if err != nil {
		return "", err
	}
	if n == 1 {
		return fact.Created, nil
	}
	if n, err = tx.Exec(update, args...); err != nil {
		return "", err
	}
	if n == 1 {
		return fact.Updated, nil
	}
	return fact.Unchanged, nil
}

func (c *Cost) check() error {
	const most = 10_000_000_000_000
	switch {
	case c.Source == "" || c.Reference == "" || len(c.Reference) > 300:
		return fault.In("reference", fault.Invalidf("a cost needs a source and a reference of at most 300 bytes, by which a repeated one is known"))
	case c.Spent.IsZero():
		return fault.In("spent_on", fault.Invalidf("cost %s: says not when it was spent", c.Reference))
	case c.AmountMinor < -most || c.AmountMinor > most:
		return fault.In("amount_minor", fault.Invalidf("cost %s: its amount is too large", c.Reference))
	}
	return check("cost", c.Reference, text{"source", c.Source, 300}, text{"reference", c.Reference, 300}, text{"channel", c.Channel, 300},
		text{"note", c.Note, 4000})
}

// text is one, the field it is in, and how many bytes it may have.
type text struct {
	field, text string
	most        int
}

func check(what, reference string, texts ...text) error {
	for _, t := range texts {
		if len(t.text) > t.most || !utf8.ValidString(t.text) || strings.IndexByte(t.text, 0) >= 0 {
			err := fault.Invalidf("%s %.40s: its %s has more than %d bytes, or holds bytes that are no characters", what, reference, t.field, t.most)
			if len(t.text) > t.most {
				err = fault.Coded("too_long", err)
			}
			return fault.In(t.field, err)
		}
	}
	return nil
}

// Initiative is something that the business changed.
type Initiative struct {
	Source, Reference string
	Name, Description string
	Started, Ended    fact.Moment // Ended zero: it goes on, or was a moment
	Measures          []string    // keys of those it is meant to move
}

// PutInitiative records an initiative.
func PutInitiative(tx *db.Tx, i *Initiative) (fact.Outcome, error) {
	switch {
	case i.Source == "" || i.Reference == "" || len(i.Reference) > 300:
		return refused("reference", "an initiative needs a source and a reference of at most 300 bytes")
	case strings.TrimSpace(i.Name) == "":
		return refused("name", "initiative %s: has no name", i.Reference)
	case i.Started.IsZero():
		return refused("started_on", "initiative %s: says not when it began", i.Reference)
	case !i.Ended.IsZero() && i.Ended.Day() < i.Started.Day():
		return refused("ended_on", "initiative %s: ended before it began", i.Reference)
	}
	for n, measure := range i.Measures {
		if measure == "" || len(measure) > 100 || strings.ContainsAny(measure, ", \x00") || !utf8.ValidString(measure) {
			return refused(fmt.Sprintf("measures[%d]", n), "initiative %s: %.40q is no key of a measure", i.Reference, measure)
		}
	}
	if err := check("initiative", i.Reference, text{"source", i.Source, 300}, text{"reference", i.Reference, 300}, text{"name", i.Name, 300},
		text{"description", i.Description, 4000}); err != nil {
		return fact.Outcome{Status: fact.Refused, Err: err}, nil //nolint:nilerr // a refusal is an outcome
	}
	var ended any
	if !i.Ended.IsZero() {
		ended = int64(i.Ended.Day())
	}
	status, err := put(tx, `INSERT INTO initiatives (source, reference, name, description, started_day, ended_day, measures, updated_us)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		`UPDATE initiatives SET name = $3, description = $4, started_day = $5, ended_day = $6, measures = $7, updated_us = $8
		WHERE source = $1 AND reference = $2 AND (name <> $3 OR description <> $4 OR started_day <> $5
		OR coalesce(ended_day, -999999999) <> coalesce(CAST($6 AS BIGINT), -999999999) OR measures <> $7)`,
		i.Source, i.Reference, i.Name, i.Description, int64(i.Started.Day()), ended, strings.Join(i.Measures, ","), tx.Now)
	if err != nil || status == fact.Unchanged {
		return fact.Outcome{Status: status}, err
	}
	return fact.Outcome{Status: status}, feed.Add(tx, feed.Change{Kind: feed.Initiative})
}

func refused(field, format string, args ...any) (fact.Outcome, error) {
	return fact.Outcome{Status: fact.Refused, Err: fault.In(field, fault.Invalidf(format, args...))}, nil
}
