package mirror

import (
	"context"
	"errors"
	"fmt"

	"regulars/internal/base/columnar"
	"regulars/internal/record/fact"
)

// answersTable takes the answers of all files; attributes come and go from file to file, so they lie apart, one row
// an answer and attribute.
type answersTable struct {
	answers, attributes *columnar.Loader
}

const answersDDL = `
	CREATE TABLE answers (answer_id INTEGER, customer_id INTEGER, local_us BIGINT, day INTEGER, kind VARCHAR,
		aspect VARCHAR, score DOUBLE, scale INTEGER, scored BOOLEAN, delivered BOOLEAN, finished BOOLEAN,
		replied_us BIGINT, solved_us BIGINT, due_us BIGINT);
	CREATE TABLE answer_attributes (answer_id INTEGER, attribute INTEGER, value INTEGER)`

func (c *Copy) beginAnswers(ctx context.Context) error {
	if _, err := c.db.ExecContext(ctx, answersDDL); err != nil {
		return fmt.Errorf("make table of answers: %w", err)
	}
	answers, err := c.db.Load(ctx, "answers", 14)
	if err != nil {
		return err
	}
	attributes, err := c.db.Load(ctx, "answer_attributes", 3)
	if err != nil {
		return errors.Join(err, answers.Close())
	}
	c.answers = &answersTable{answers: answers, attributes: attributes}
	return nil
}

func (c *Copy) takeAnswers(ctx context.Context, b *fact.Batch) error {
	if c.answers == nil {
		if err := c.beginAnswers(ctx); err != nil {
			return err
		}
	}
	for i := range b.Answers {
		a := &b.Answers[i]
		id := int32(c.facts.Answers)
		c.facts.Answers++
		c.noteAnswer(a)
		row := c.answers.answers.Row()
		row[0], row[1] = id, nil
		if a.Customer != "" {
			row[1] = c.customers.code(a.Customer)
		}
		row[2], row[3], row[4], row[5] = a.Moment.Local, a.Moment.Day(), a.Kind, orNull(a.Aspect)
		row[6], row[7], row[8], row[9], row[10] = nil, int32(a.Scale), a.Scored, a.Delivered, a.Finished
		if a.Scored {
			row[6] = a.Score
		}
		row[11], row[12], row[13] = momentOrNull(a.Replied), momentOrNull(a.Solved), momentOrNull(a.Due)
		if err := c.answers.answers.Append(); err != nil {
			return err
		}
		for j, name := range b.Attributes {
			if a.Attributes[j] == "" {
				continue
			}
			at := c.attribute(name)
			at.answers = true
			row := c.answers.attributes.Row()
			row[0], row[1], row[2] = id, at.number, at.values.code(a.Attributes[j])
			if err := c.answers.attributes.Append(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Copy) noteAnswer(a *fact.Answer) {
	f := &c.facts
	c.saw(a.Moment.Local)
	if !a.Scored && a.Kind != "case" && (a.Finished || !a.Delivered) {
		f.Skipped++
	}
	f.Delivered = f.Delivered || a.Delivered
	f.Cases = f.Cases || a.Due != (fact.Moment{}) || a.Replied != (fact.Moment{}) || a.Solved != (fact.Moment{})
	if a.Kind == "csat" && a.Scored {
		f.HighestCSAT = max(f.HighestCSAT, a.Score, float64(a.Scale))
	}
}

func (c *Copy) finishAnswers(ctx context.Context) error {
	if c.answers == nil {
		if err := c.beginAnswers(ctx); err != nil {
			return err
		}
	}
	return errors.Join(c.answers.answers.Close(), c.answers.attributes.Close())
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func momentOrNull(m fact.Moment) any {
	if m == (fact.Moment{}) {
		return nil
	}
	return m.Local
}
