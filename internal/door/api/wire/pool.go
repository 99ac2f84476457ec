package wire

import "time"

// NewPool asks several customers to spend together, such as a household. Each gives of what is theirs.
type NewPool struct {
	Customer *CustomerRef   `json:"customer" doc:"Who asks; what is bought is theirs. A giver as well only where named among them."`
	Unit     string         `json:"unit" maxLength:"40" example:"points"`
	Units    int64          `json:"units,omitempty" minimum:"1" maximum:"1000000000000" doc:"In all, from the givers in proportion to what they have. Left out where shares say who gives how much."`
	Givers   []*CustomerRef `json:"givers,omitempty" maxItems:"100"`
	Shares   []PoolShare    `json:"shares,omitempty" maxItems:"100" doc:"Who gives how much, in place of units and givers."`
	Seconds  int64          `json:"seconds,omitempty" minimum:"1" maximum:"31622400" default:"900" doc:"For how long it waits to be granted; then everybody keeps what is theirs."`
	Cause    string         `json:"cause,omitempty" maxLength:"120" doc:"What for, such as the id of a basket. No personal data." example:"basket:771"`
}

// PoolShare is what one customer gives.
type PoolShare struct {
	Customer *CustomerRef `json:"customer"`
	Units    int64        `json:"units" minimum:"1" maximum:"1000000000000"`
}

// Pool is a common spending.
type Pool struct {
	ID       string       `json:"id"`
	Customer string       `json:"customer"`
	Unit     string       `json:"unit"`
	Units    int64        `json:"units"`
	State    string       `json:"state" enum:"gathering,ready,granted,done,refused,cancelled" doc:"ready waits to be granted or cancelled. refused: a giver had too little, and nobody gives anything. done: everybody has given."`
	Shares   []GivenShare `json:"shares"`
	Cause    string       `json:"cause"`
	Until    time.Time    `json:"until"`
}

// GivenShare is who gives how much.
type GivenShare struct {
	Customer string `json:"customer"`
	Units    int64  `json:"units"`
}
