package wire

import "time"

// Answer is an answer to one question of a survey, or that it was asked, or a case: a complaint without a score.
type Answer struct {
	ID         string            `json:"id,omitempty" readOnly:"true" doc:"Its id here."`
	Source     string            `json:"source,omitempty" doc:"The system that knows it under its reference." default:"api" maxLength:"300"`
	Reference  string            `json:"reference" doc:"What the survey calls it. The same source and reference are the same answer." minLength:"1" maxLength:"300"`
	Customer   *CustomerRef      `json:"customer,omitempty" doc:"Whose it is; left out: nobody known."`
	AnsweredAt time.Time         `json:"answered_at"`
	Kind       string            `json:"kind" enum:"nps,csat,ces,case"`
	Aspect     string            `json:"aspect,omitempty" doc:"What it is about, such as service, staff, delivery or price; left out: the whole." maxLength:"100"`
	Score      *float64          `json:"score,omitempty" doc:"Left out: skipped."`
	Scale      int               `json:"scale,omitempty" doc:"The highest score, where it can be said." minimum:"0" maximum:"1000"`
	Delivered  bool              `json:"delivered,omitempty" doc:"Those who did not answer are handed in too, so that a share of answers can be told."`
	Finished   *bool             `json:"finished,omitempty" doc:"false: asked, and not (yet) answered." default:"true"`
	RepliedAt  *time.Time        `json:"replied_at,omitempty" doc:"Of a case: when somebody first replied."`
	SolvedAt   *time.Time        `json:"solved_at,omitempty" doc:"Of a case."`
	DueAt      *time.Time        `json:"due_at,omitempty" doc:"Of a case: by when it was to be solved."`
	Comment    string            `json:"comment,omitempty" maxLength:"100000"`
	Attributes map[string]string `json:"attributes,omitempty"`

	Masked    bool       `json:"masked,omitempty" readOnly:"true" doc:"There is a comment, and it is hidden, because whoever asks lacks the permission personal.read."`
	Version   int64      `json:"version,omitempty" readOnly:"true"`
	CreatedAt *time.Time `json:"created_at,omitempty" readOnly:"true"`
	UpdatedAt *time.Time `json:"updated_at,omitempty" readOnly:"true"`
}
