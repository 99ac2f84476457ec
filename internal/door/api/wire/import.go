package wire

import (
	"time"

	"regulars/internal/intake/upload"
)

// Import is a file that was sent to be taken in.
type Import struct {
	ID         string          `json:"id" example:"imp_80000x3aaa400"`
	Name       string          `json:"name" example:"orders.csv"`
	Source     string          `json:"source" doc:"What the system is called that the file is from."`
	Bytes      int64           `json:"bytes"`
	State      string          `json:"state" enum:"ready,waiting,done,failed" doc:"ready: it is known how to read it, and nothing of it is taken in yet; waiting: it is being taken in, or about to be."`
	Reading    upload.Reading  `json:"reading" doc:"How you said it is to be read."`
	Plan       upload.Plan     `json:"plan" doc:"How it is read: what every column was taken for, with the first rows."`
	Progress   *ImportProgress `json:"progress,omitempty"`
	Result     *upload.Result  `json:"result,omitempty" doc:"What became of rows and facts; each row is counted once."`
	Failure    string          `json:"failure,omitempty" doc:"Why it could not be taken in, and what to do."`
	Version    int64           `json:"version"`
	CreatedAt  time.Time       `json:"created_at"`
	FinishedAt *time.Time      `json:"finished_at,omitempty"`
}

// ImportProgress is how far the taking in has come.
type ImportProgress struct {
	Rows  int64 `json:"rows"`
	Total int64 `json:"total,omitempty"`
}

// ImportReading says how a file is to be read.
type ImportReading struct {
	Kind      string            `json:"kind,omitempty" enum:"orders,customers,answers,costs,products" doc:"What the rows are. Left out: found out."`
	Encoding  string            `json:"encoding,omitempty" maxLength:"40" doc:"Left out: found out."`
	Map       map[string]string `json:"map,omitempty" doc:"Which column is what: role to column, such as {\"customer\": \"CustomerID\", \"amount\": \"Quantity*UnitPrice\"}. Columns can be #1, #2 ..."`
	Returns   string            `json:"returns,omitempty" enum:"net,ignore" doc:"Take returns off (net) or leave them out."`
	ZeroPrice string            `json:"zero_price,omitempty" enum:"keep,reject"`
}
