package answer

import (
	"bytes"
	"database/sql"
	"errors"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/digest"
	"regulars/internal/record/fact"
	"regulars/internal/record/feed"
	"regulars/internal/record/history"
	"regulars/internal/record/reference"
)

// Entry is an answer as it is handed in; Customer 0 is nobody known.
type Entry struct {
	Source, Reference string
	Customer          int64
	Answer            *fact.Answer // its Customer and Attributes are not looked at
	Attributes        fact.Attributes
}

// Keeper records answers.
type Keeper struct {
	IDs   *fact.IDs
	Names *catalogue.Names
}

const textMost = 100_000

func (e *Entry) check() error {
	a := e.Answer
	switch {
	case e.Source == "" || e.Reference == "":
		return fault.In("reference", fault.Invalidf("an answer needs a source and a reference: what the survey calls it"))
	case a.Moment.IsZero():
		return fault.In("answered_at", fault.Invalidf("answer %s: says not when it was given", e.Reference))
	case !slices.Contains([]string{"nps", "csat", "ces", "case"}, a.Kind):
		return fault.In("kind", fault.Invalidf("answer %s: the kind %q is none of nps, csat, ces, case", e.Reference, a.Kind))
	case a.Scored && !(math.Abs(a.Score) <= 1e6):
		return fault.In("score", fault.Invalidf("answer %s: %g is no score", e.Reference, a.Score))
	}
	for _, text := range []struct {
		field, text string
		most        int
	}{{"comment", a.Comment, textMost}, {"aspect", a.Aspect, 100}, {"reference", e.Reference, 300}, {"source", e.Source, 300}} {
		if len(text.text) > text.most || strings.IndexByte(text.text, 0) >= 0 || !utf8.ValidString(text.text) {
			return fault.In(text.field, fault.Invalidf("answer %.60s: its %s has more than %d bytes, or holds bytes that are no characters",
				e.Reference, text.field, text.most))
		}
	}
	return fault.In("attributes", e.Attributes.Check())
}

func (e *Entry) content() []byte {
	a := e.Answer
	d := digest.Digest{}
	d.Numbers(a.Moment.UTC, a.Moment.Local, int64(a.Scale), a.Replied.UTC, a.Solved.UTC, a.Due.UTC)
	d.Texts(a.Kind, a.Aspect, a.Comment, e.Attributes.Text())
	d.Float(a.Score)
	for _, b := range []bool{a.Scored, a.Delivered, a.Finished} {
		if b {
			d.Numbers(1)
		} else {
			d.Numbers(0)
		}
	}
	return d.Sum()
}

// Put records answers; the outcomes are in their order.
func (k *Keeper) Put(tx *db.Tx, entries []Entry) ([]fact.Outcome, error) {
	outcomes := make([]fact.Outcome, len(entries))
	var round []int
	seen := map[reference.Key]bool{}
	for i := range entries {
		e := &entries[i]
		if err := e.check(); err != nil {
			outcomes[i] = fact.Outcome{Status: fact.Refused, Err: err}
			continue
		}
		key := reference.Key{Source: e.Source, Reference: e.Reference}
		if seen[key] {
			if err := k.put(tx, entries, outcomes, round); err != nil {
				return nil, err
			}
			round = round[:0]
			clear(seen)
		}
		seen[key] = true
		round = append(round, i)
	}
	return outcomes, k.put(tx, entries, outcomes, round)
}

// put records the answers of the given places, which have different references.
func (k *Keeper) put(tx *db.Tx, entries []Entry, outcomes []fact.Outcome, places []int) error {
	claims := make([]reference.Claim, 0, len(places))
	attributes := make([]fact.Attributes, 0, len(places))
	for _, i := range places {
		e := &entries[i]
		attributes = append(attributes, e.Attributes)
		c := reference.Claim{Key: reference.Key{Source: e.Source, Reference: e.Reference}, Customer: e.Customer, Fact: k.IDs.New(tx.Now)}
		if c.Customer == 0 {
			c.Customer = -k.IDs.New(tx.Now)
		}
		claims = append(claims, c)
	}
	if err := k.Names.Spell(tx, catalogue.Answers, attributes...); err != nil {
		return err
	}
	owners, err := reference.ClaimAll(tx, reference.Answer, claims)
	if err != nil {
		return err
	}
	var rows []any
	var changes []feed.Change
	for _, i := range places {
		e := &entries[i]
		owner := owners[reference.Key{Source: e.Source, Reference: e.Reference}]
		out := fact.Outcome{Customer: owner.Customer, Fact: owner.Fact}
		switch {
		case owner.Mine:
			out.Status = fact.Created
			rows = append(rows, e.row(owner, tx)...)
		case owner.Erased():
			out = fact.Outcome{Status: fact.Unchanged}
		default:
			if out, err = e.change(tx, owner); err != nil {
				return err
			}
		}
		if out.Status == fact.Created || out.Status == fact.Updated {
			changes = append(changes, feed.Change{Customer: owner.Customer, Kind: feed.Answer, Fact: owner.Fact})
		}
		outcomes[i] = out
	}
	if _, err := insert.Exec(tx, rows); err != nil {
		return err
	}
	return feed.Add(tx, changes...)
}

var insert = db.NewInsert(`INSERT INTO answers (customer_id, answer_id, source, reference, answered_us, local_us, day, month, kind, aspect, score,
	scale, delivered, finished, replied_us, replied_local_us, solved_us, solved_local_us, due_us, due_local_us, comment, attributes, content,
	version, recorded_us, updated_us)`, 26, "")

func (e *Entry) row(owner reference.Owner, tx *db.Tx) []any {
	row := append([]any{owner.Customer, owner.Fact, e.Source, e.Reference}, e.values()...)
	return append(row, e.content(), int64(1), tx.Now, tx.Now)
}

// values are those from answered_us to attributes.
func (e *Entry) values() []any {
	a := e.Answer
	var score any
	if a.Scored {
		score = a.Score
	}
	values := []any{a.Moment.UTC, a.Moment.Local, int64(a.Moment.Day()), a.Moment.Month(), a.Kind, a.Aspect, score, int64(a.Scale), a.Delivered, a.Finished}
	for _, m := range []fact.Moment{a.Replied, a.Solved, a.Due} {
		if m.IsZero() {
			values = append(values, nil, nil)
		} else {
			values = append(values, m.UTC, m.Local)
		}
	}
	return append(values, a.Comment, e.Attributes.Text())
}

// change compares the answer with what is kept, and changes what differs.
func (e *Entry) change(tx *db.Tx, owner reference.Owner) (fact.Outcome, error) {
	out := fact.Outcome{Status: fact.Unchanged, Customer: owner.Customer, Fact: owner.Fact}
	if e.Customer != 0 {
		if same, err := customer.Same(tx, e.Customer, owner.Customer); err != nil || !same {
			out.Status, out.Field = fact.Conflict, "customer"
			out.Err = fault.In(out.Field, fault.Conflictf("answer %s of %s is recorded for another customer", e.Reference, e.Source))
			return out, err
		}
	}
	var have []byte
	var version int64
	switch err := tx.QueryRow("SELECT content, version FROM answers WHERE customer_id = $1 AND answer_id = $2", owner.Customer, owner.Fact).Scan(&have, &version); {
	case errors.Is(err, sql.ErrNoRows):
		return out, db.ErrRestart // erased since the reference was looked up
	case err != nil:
		return out, err
	}
	content := e.content()
	if bytes.Equal(have, content) {
		return out, nil
	}
	if err := history.Keep(tx, "answer", owner.Customer, owner.Fact, version, history.Part{Query: `SELECT answered_us, kind, aspect, score,
		scale, delivered, finished, replied_us, solved_us, due_us, comment, attributes, updated_us
		FROM answers WHERE customer_id = $1 AND answer_id = $2`}); err != nil {
		return out, err
	}
	n, err := tx.Exec(`UPDATE answers SET answered_us = $1, local_us = $2, day = $3, month = $4, kind = $5, aspect = $6, score = $7, scale = $8,
		delivered = $9, finished = $10, replied_us = $11, replied_local_us = $12, solved_us = $13, solved_local_us = $14, due_us = $15,
		due_local_us = $16, comment = $17, attributes = $18, content = $19, version = version + 1, updated_us = $20
		WHERE customer_id = $21 AND answer_id = $22 AND version = $23`,
		append(e.values(), content, tx.Now, owner.Customer, owner.Fact, version)...)
	if err == nil && n == 0 {
		err = db.ErrRestart
	}
	out.Status = fact.Updated
	return out, err
}
