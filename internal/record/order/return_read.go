package order

import (
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/fact"
	"regulars/internal/record/listing"
)

// StoredReturn is a return as it is kept. Order is the id of its order, 0 where none is known; the order lies with the
// same customer number. A line without a moment has the return's.
type StoredReturn struct {
	listing.Kept
	Return
	Order int64
}

var returns = listing.Table{Name: "returns", ID: "return_id", Moment: "returned_us",
	Select: `SELECT f.customer_id, f.return_id, f.version, f.recorded_us, f.updated_us, f.source, f.reference, coalesce(f.order_id, 0),
		coalesce(o.reference, ''), f.returned_us, f.local_us, f.amount_minor, f.reason, f.content FROM returns f
		LEFT JOIN orders o ON o.customer_id = f.customer_id AND o.order_id = f.order_id`}

// storedReturn is a return with what tells whether it was handed in with lines.
type storedReturn struct {
	StoredReturn
	content []byte
}

func (s *storedReturn) scan(r *db.Rows) error {
	err := r.Scan(&s.Customer, &s.ID, &s.Version, &s.Recorded, &s.Updated, &s.Source, &s.Reference, &s.Order, &s.OrderReference,
		&s.Returned.UTC, &s.Returned.Local, &s.AmountMinor, &s.Reason, &s.content)
	s.AmountMinor = -s.AmountMinor
	return err
}

// LoadReturn reads a return.
func LoadReturn(tx *db.Tx, customer, id int64) (*StoredReturn, error) {
	var s storedReturn
	ok, err := returns.One(tx, customer, id, s.scan)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fault.NotFoundf("there is no such return")
	}
	return &s.StoredReturn, completeReturns(tx, []*storedReturn{&s})
}

// ListReturns reads at most limit returns behind a place, the newest first.
func ListReturns(tx *db.Tx, f listing.Filter, after listing.Place, limit int) ([]StoredReturn, error) {
	var all []*storedReturn
	err := returns.Page(tx, f, after, limit, func(r *db.Rows) error {
		var s storedReturn
		all = append(all, &s)
		return s.scan(r)
	})
	if err != nil {
		return nil, err
	}
	if err := completeReturns(tx, all); err != nil {
		return nil, err
	}
	out := make([]StoredReturn, len(all))
	for i, s := range all {
		out[i] = s.StoredReturn
	}
	return out, nil
}

func completeReturns(tx *db.Tx, all []*storedReturn) error {
	keys := make([]any, 0, 2*len(all))
	for _, s := range all {
		keys = append(keys, s.Customer, s.ID)
	}
	lines, err := linesOf(tx, keys)
	for _, s := range all {
		s.own(lines[key{s.Customer, s.ID}])
	}
	return err
}

// own gives the return its lines; one that was handed in without has none.
func (s *storedReturn) own(lines []line) {
	if len(lines) == 1 && same(s.Return.content(s.Order), s.content) {
		return
	}
	for _, l := range lines {
		if l.Moment == s.Returned {
			l.Moment = fact.Moment{}
		}
		s.Lines = append(s.Lines, ReturnLine{Moment: l.Moment, Line: l.of, Product: l.Product, Category: l.Category,
			Quantity: positive(l.Quantity), AmountMinor: -l.AmountMinor, Attributes: l.Attributes})
	}
}

// positive turns what was taken back into what came back; there is no zero below zero.
func positive(taken float64) float64 {
	if taken == 0 {
		return 0
	}
	return -taken
}

// HoldReturn keeps others from changing a return until the transaction ends; ok is false where it has another version by now.
func HoldReturn(tx *db.Tx, customer, id, version int64) (ok bool, err error) {
	return returns.Hold(tx, customer, id, version)
}
