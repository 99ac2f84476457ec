package answer

import (
	"database/sql"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
	"regulars/internal/record/listing"
)

// Stored is an answer as it is kept. That of a customer who was erased has no reference, comment and attributes any more.
type Stored struct {
	listing.Kept
	Source, Reference string
	Answer            fact.Answer // without its Customer and Attributes
	Attributes        fact.Attributes
}

var answers = listing.Table{Name: "answers", ID: "answer_id", Moment: "answered_us", State: "kind",
	Select: `SELECT f.customer_id, f.answer_id, f.version, f.recorded_us, f.updated_us, f.source, f.reference, f.answered_us, f.local_us, f.kind,
		f.aspect, f.score, f.scale, f.delivered, f.finished, coalesce(f.replied_us, 0), coalesce(f.replied_local_us, 0),
		coalesce(f.solved_us, 0), coalesce(f.solved_local_us, 0), coalesce(f.due_us, 0), coalesce(f.due_local_us, 0), f.comment, f.attributes
		FROM answers f`}

func (s *Stored) scan(r *db.Rows) error {
	a := &s.Answer
	var score sql.Null[float64]
	var attributes string
	err := r.Scan(&s.Customer, &s.ID, &s.Version, &s.Recorded, &s.Updated, &s.Source, &s.Reference, &a.Moment.UTC, &a.Moment.Local, &a.Kind,
		&a.Aspect, &score, &a.Scale, &a.Delivered, &a.Finished, &a.Replied.UTC, &a.Replied.Local, &a.Solved.UTC, &a.Solved.Local, &a.Due.UTC,
		&a.Due.Local, &a.Comment, &attributes)
	if err != nil {
		return err
	}
	a.Score, a.Scored = score.V, score.Valid
	s.Attributes, err = fact.ParseAttributes(attributes)
	return err
}

// Load reads an answer.
func Load(tx *db.Tx, customer, id int64) (*Stored, error) {
	var s Stored
	ok, err := answers.One(tx, customer, id, s.scan)
	if err == nil && !ok {
		err = fault.NotFoundf("there is no such answer")
	}
	return &s, err
}

// List reads at most limit answers behind a place, the newest first; Filter.State is their kind.
func List(tx *db.Tx, f listing.Filter, after listing.Place, limit int) (all []Stored, err error) {
	err = answers.Page(tx, f, after, limit, func(r *db.Rows) error {
		all = append(all, Stored{})
		return all[len(all)-1].scan(r)
	})
	return all, err
}

// Hold keeps others from changing an answer until the transaction ends; ok is false where it has another version by now.
func Hold(tx *db.Tx, customer, id, version int64) (ok bool, err error) {
	return answers.Hold(tx, customer, id, version)
}
