package programme

import (
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/order"
)

// Quote tells what an order would be worth if a customer, 0 for nobody known, placed it now, and takes off it what the programme would.
// It stores nothing, and promises nothing: the order decides. One that says what was taken off is quoted as it is.
func (p *Programme) Quote(tx *db.Tx, who int64, o *order.Order) (out Outcome, err error) {
	c, err := p.Book.Current(tx, p.Ledger.Zone)
	if err != nil {
		return out, err
	}
	if c == nil {
		return out, fault.Coded("no_programme", fault.NotFoundf("no programme is published yet"))
	}
	s := saleOf(o)
	s.paid(c, o)
	t := turn{Programme: p, tx: tx, who: who}
	out = Outcome{Customer: who, Version: c.Version, At: tx.Now}
	if who > 0 {
		if t.known, err = t.ask(c, OnOrder, &s); err != nil {
			return out, err
		}
	}
	out.Known = t.known
	var failed error
	out.Results, out.Off = c.Quote(&s, &t.known, p.Digits, func(r *Rule) Allowance {
		a, err := t.allowance(r, &s)
		if err != nil {
			failed = err
		}
		return a
	})
	o.TakeOffLines(out.Off)
	return out, failed
}
