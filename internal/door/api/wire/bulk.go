package wire

// BulkResult is what became of one line of many: it stands in a line of its own, and lines come in the order of those
// that were sent.
type BulkResult struct {
	Line     int        `json:"line" doc:"Which line it is about, counted from 1."`
	Type     string     `json:"type,omitempty"`
	ID       string     `json:"id,omitempty" doc:"Its id, if things of this type have one."`
	Customer string     `json:"customer,omitempty" doc:"The id of the customer whose it is."`
	Status   string     `json:"status" enum:"created,updated,unchanged,conflict,refused" doc:"Nothing is kept of what is refused or a conflict."`
	Taken    []Identity `json:"taken,omitempty" doc:"Of a customer: identities that belong to another one, and were not added."`
	Problem  *Problem   `json:"problem,omitempty" doc:"Why it was refused, or the conflict."`
}
