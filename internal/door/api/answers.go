package api

import (
	"context"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/intake"
	"regulars/internal/record/answer"
	"regulars/internal/record/fact"
	"regulars/internal/record/listing"
	"regulars/internal/record/reference"
)

var answers = kind[answer.Stored, wire.Answer]{
	prefix: fact.AnswerPrefix, known: reference.Answer, load: answer.Load, list: answer.List,
	kept: func(s *answer.Stored) *listing.Kept { return &s.Kept }, show: showAnswer,
}

type answersIn struct {
	Facts

	Kind string `query:"kind" enum:"nps,csat,ces,case"`
}

func (a *API) listAnswers(ctx context.Context, in *answersIn) (*Listed[wire.Answer], error) {
	return answers.page(ctx, a, &in.Facts, in.Kind)
}

func showAnswer(v view, s *answer.Stored) wire.Answer {
	f := &s.Answer
	out := wire.Answer{
		ID: fact.PublicID(fact.AnswerPrefix, s.ID, s.Customer), Source: s.Source, Reference: s.Reference, Customer: shownCustomer(s.Customer),
		AnsweredAt: utc(f.Moment), Kind: f.Kind, Aspect: f.Aspect, Scale: f.Scale, Delivered: f.Delivered, Finished: &f.Finished,
		RepliedAt: shownTime(f.Replied), SolvedAt: shownTime(f.Solved), DueAt: shownTime(f.Due), Comment: f.Comment,
		Attributes: shownAttributes(s.Attributes), Version: s.Version, CreatedAt: &s.Recorded, UpdatedAt: &s.Updated,
	}
	if f.Scored {
		out.Score = &f.Score
	}
	if !v.personal && out.Comment != "" { // people write their names and numbers into it
		out.Comment, out.Masked = "", true
	}
	return out
}

type answerIn struct {
	Body wire.Answer
}

func (a *API) putAnswer(ctx context.Context, in *answerIn) (*WrittenOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	given, err := answerOf(facts, &in.Body)
	if err != nil {
		return nil, err
	}
	return a.take(ctx, "answer", fact.AnswerPrefix, "/v1/answers/", fieldsOf(&in.Body), func(tx *db.Tx) (fact.Outcome, error) {
		return facts.Answer(tx, given)
	})
}

type changeAnswerIn struct {
	FactIn
	Matched

	Body wire.Answer
}

func (a *API) changeAnswer(ctx context.Context, in *changeAnswerIn) (*WrittenOut, error) {
	facts, err := a.Facts.Intake(ctx)
	if err != nil {
		return nil, err
	}
	handed, err := answerOf(facts, &in.Body)
	if err != nil {
		return nil, err
	}
	personal := a.view(ctx).personal
	return a.take(ctx, "answer", fact.AnswerPrefix, "/v1/answers/", fieldsOf(&in.Body), func(tx *db.Tx) (fact.Outcome, error) {
		s, err := answers.forChange(tx, &in.FactIn, &in.Matched, answer.Hold)
		if err == nil {
			err = sameName(s.Reference, handed.Reference)
		}
		if err != nil {
			return fact.Outcome{}, err
		}
		next := handed
		next.Source, next.Customer = s.Source, holder(s.Customer)
		if !personal && next.Answer.Comment == "" { // who does not see it does not take it away
			next.Answer.Comment = s.Answer.Comment
		}
		return facts.Answer(tx, next)
	})
}

// answerOf turns what came over the wire into what intake takes.
func answerOf(facts *intake.Intake, w *wire.Answer) (out intake.Answer, err error) {
	if out.Customer, err = whose(facts, w.Customer); err != nil {
		return out, fault.In("customer", err)
	}
	if err := said(w.Attributes, &out.Attributes); err != nil {
		return out, err
	}
	out.Source, out.Reference = source(w.Source), w.Reference
	out.Answer = fact.Answer{Moment: facts.At(w.AnsweredAt), Kind: w.Kind, Aspect: w.Aspect, Scale: w.Scale, Delivered: w.Delivered,
		Finished: w.Finished == nil || *w.Finished, Comment: w.Comment}
	if w.Score != nil {
		out.Answer.Score, out.Answer.Scored = *w.Score, true
	}
	if err := optional(facts, "replied_at", w.RepliedAt, &out.Answer.Replied); err != nil {
		return out, err
	}
	if err := optional(facts, "solved_at", w.SolvedAt, &out.Answer.Solved); err != nil {
		return out, err
	}
	if err := optional(facts, "due_at", w.DueAt, &out.Answer.Due); err != nil {
		return out, err
	}
	return out, moment("answered_at", w.AnsweredAt)
}
