package wire

// Page is one page of a list.
type Page[T any] struct {
	Data       []T    `json:"data" doc:"The page, newest first where nothing else is said." nullable:"false"`
	NextCursor string `json:"next_cursor,omitempty" doc:"Give it as cursor to get the next page; left out on the last one."`
}

// Written is what became of something that was handed in.
type Written struct {
	ID       string `json:"id,omitempty" doc:"Its id; none where the customer has been erased since."`
	Customer string `json:"customer,omitempty" doc:"The id of the customer whose it is."`
	Status   string `json:"status" enum:"created,updated,unchanged" doc:"unchanged: it was there already with the same content."`

	Units map[string]int64 `json:"units,omitempty" doc:"Of an order, or the order that was returned: what it has earned now, where there is a programme."`
	Rules []RuleResult     `json:"rules,omitempty" doc:"How that came about, rule by rule."`
}
