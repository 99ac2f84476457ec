package wire

import "time"

// HandLimits are how much may be moved by hand.
type HandLimits struct {
	Limits []HandLimit `json:"limits" maxItems:"500"`
}

// HandLimit is how many units one person of a role, or one API key, gives, takes and sends by hand.
type HandLimit struct {
	Who  string `json:"who" maxLength:"40" doc:"The role, or key: of each API key." example:"manager"`
	Unit string `json:"unit" maxLength:"40" example:"points"`
	Once int64  `json:"once" minimum:"0" maximum:"1000000000" doc:"How many at once at most; 0: as many as they like." example:"500"`
	Day  int64  `json:"day" minimum:"0" maximum:"1000000000" doc:"How many one person on a day of the business, given and taken together; 0: as many as they like." example:"2000"`
}

// HandRequest is units that a person asked to give or take by hand beyond their own limit.
type HandRequest struct {
	ID        string     `json:"id"`
	Customer  string     `json:"customer" doc:"For whom it was asked."`
	Unit      string     `json:"unit"`
	Units     int64      `json:"units" doc:"Above zero to give, below to take."`
	Reason    string     `json:"reason"`
	AskedBy   string     `json:"asked_by" doc:"The user who asked."`
	AskedAt   time.Time  `json:"asked_at"`
	State     string     `json:"state" enum:"waiting,approved,declined,withdrawn" doc:"withdrawn: by whoever asked, or because the customer was erased."`
	DecidedBy string     `json:"decided_by,omitempty"`
	DecidedAt *time.Time `json:"decided_at,omitempty"`
	Answer    string     `json:"answer,omitempty" doc:"What was said of the decision."`
	Movement  string     `json:"movement,omitempty" doc:"What moved, once it was approved; of the customer who stands for the person by then."`
}

// HandApproval goes with an approval.
type HandApproval struct {
	Answer string `json:"answer,omitempty" maxLength:"500" doc:"What is to be said of it."`
}

// HandDecline is why a request is declined.
type HandDecline struct {
	Answer string `json:"answer" minLength:"1" maxLength:"500" example:"Give half of it."`
}
