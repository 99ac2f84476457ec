package wire

import "time"

// ReferralCode is what a customer gives to friends.
type ReferralCode struct {
	Customer string `json:"customer"`
	Code     string `json:"code" example:"K7PM2XQA"`
	Link     string `json:"link" doc:"To the page where a friend joins with it; without the address of the server before it where that is not known."`
	// How many friends stand how.
	Pending   int64 `json:"pending" doc:"Friends who came, and have not ordered enough yet."`
	Qualified int64 `json:"qualified" doc:"Whose order waits until it can no longer come back."`
	Rewarded  int64 `json:"rewarded"`
	Void      int64 `json:"void" doc:"Whose order came back afterwards."`
}

// NewReferral is that a customer was brought.
type NewReferral struct {
	Customer *CustomerRef `json:"customer" doc:"The friend, who has not bought before."`
	Code     string       `json:"code" minLength:"1" maxLength:"40" example:"K7PM2XQA" doc:"However it was typed: small letters, spaces and dashes do not matter."`
}

// Referral is a friend who was brought.
type Referral struct {
	Customer  string     `json:"customer" doc:"The friend."`
	Referrer  string     `json:"referrer" doc:"Who brought them."`
	Code      string     `json:"code"`
	State     string     `json:"state" enum:"pending,qualified,rewarding,rewarded,voiding,void"`
	OrderID   string     `json:"order_id,omitempty" doc:"The order that counts for it."`
	DueAt     *time.Time `json:"due_at,omitempty" doc:"Where it is qualified: when both get what the programme gives."`
	CreatedAt time.Time  `json:"created_at"`
	MovedAt   time.Time  `json:"moved_at"`
}

// ReferralSummary is how referrals do altogether.
type ReferralSummary struct {
	Pending    int64   `json:"pending"`
	Qualified  int64   `json:"qualified"`
	Rewarded   int64   `json:"rewarded"`
	Void       int64   `json:"void"`
	Conversion float64 `json:"conversion" doc:"Share of the friends brought whose order counted."`
	// The last twelve months, the one under way among them.
	Months []ReferralMonth  `json:"months" doc:"The last twelve months, the oldest first."`
	Won    int64            `json:"won" doc:"Friends who came in these months and have an order that counts."`
	Given  map[string]int64 `json:"given" doc:"What they and who brought them were given for it, by unit, less what was taken back."`
}

// ReferralMonth is how referrals did in a month.
type ReferralMonth struct {
	Month string `json:"month" example:"2026-11"`
	Came  int64  `json:"came" doc:"Friends who were brought in it."`
	Won   int64  `json:"won" doc:"Friends whose order that counts is of it."`
}
