package importer

import (
	"bytes"
	"slices"

	"regulars/internal/record/fact"
	"regulars/internal/record/importer/parse"
)

// maxMinor is the largest amount of a row, either way: what is larger is a slip, and the sum of some would not fit.
const maxMinor = 10_000_000_000_000

// saleReader reads rows of orders.
type saleReader struct {
	opts     Options
	customer ids
	order    ids
	product  ids
	category int
	state    int
	currency int
	previous struct {
		order  []byte
		moment fact.Moment
		state  orderState
	} // the row before; without an order id where it has none or its date could not be read
	coded    string // the currency that counts
	plainID  bool   // order ids are plain digits: C and digits is a cancellation
	dates    moments
	quantity money
	price    money
	amount   money
	factors  []money // the amount is their product
	states   lookup[orderState]
	others   attributes
	sold     *recent // orders with a sale, where states say what came back; nil: nothing does
	logged   bool    // returns are rows of their own beside those of their sales
	once     *recent // totals of orders that have counted; nil: each row has an amount of its own
	batch    fact.Batch
	values   [8]parse.Decimal
}

func newSaleReader(p *Plan, opts Options) *saleReader {
	roles := &p.layout.roles
	r := &saleReader{
		opts: opts, customer: newIDs(p, roleCustomer), order: newIDs(p, roleOrder), product: newIDs(p, roleProduct),
		category: roles.at(roleCategory), state: roles.at(roleState), currency: roles.at(roleCurrency),
		coded: firstOf(opts.Currency, p.Currency),
		dates: newMoments(p, opts, roleDate), quantity: newMoney(p, opts, roles.at(roleQuantity)),
		price: newMoney(p, opts, roles.at(rolePrice)), amount: newMoney(p, opts, roles.at(roleAmount)),
		states: lookup[orderState]{table: orderStates()}, others: attributes{columns: roles.others},
	}
	if c := r.order.column; c >= 0 {
		r.plainID = p.layout.columns[c].digits
	}
	for _, c := range roles.product {
		r.factors = append(r.factors, newMoney(p, opts, c))
	}
	if r.logged = roles.logged; r.state >= 0 && r.order.column >= 0 && !r.logged {
		r.sold = newRecent()
	}
	if roles.once {
		r.once = newRecent()
	}
	r.batch.Attributes = p.Attributes
	r.batch.Sales = make([]fact.Sale, 0, batchRows)
	return r
}

func (r *saleReader) facts() (*fact.Batch, int) { return &r.batch, len(r.batch.Sales) }

func (r *saleReader) notes(p *Plan) []Note {
	return slices.Concat(r.customer.notes(p), r.order.notes(p), r.product.notes(p))
}

func (r *saleReader) empty() {
	r.batch.Sales = r.batch.Sales[:0]
	r.others.empty()
}

// row reads a row of orders. Everything is read before anything is judged: an unreadable cell comes first.
func (r *saleReader) row(cells [][]byte, line int64) (verdict, Reason) {
	var s fact.Sale
	order := r.order.of(cells, line)
	at, state, why := r.head(cells, order)
	if why != NoReason {
		return unreadable, why
	}
	s.Moment = at
	sums, why := r.sums(cells)
	if why != NoReason {
		return unreadable, why
	}
	s.Row, s.Order, s.Customer = line, text(order), text(r.customer.of(cells, line))
	s.Quantity, s.AmountMinor = sums.quantity, sums.amount
	negative := s.Quantity < 0 || s.AmountMinor < 0 || sums.negative || r.plainID && isCancelledID(order)
	cameBack := state == stateReturned && !negative && !r.isLogged(&s, cells)
	if negative || state == stateReturned {
		s.Return = true
		s.Quantity, s.AmountMinor = -abs(s.Quantity), -abs(s.AmountMinor)
	}
	v, why := recorded, NoReason
	switch {
	case r.opts.AsOf != 0 && at.Local >= r.opts.AsOf:
		v = later
	case state == stateCancelled, cameBack, s.Return && r.opts.IgnoreReturns:
		v = ignored
	case sums.foreign || r.otherCurrency(cells):
		v, why = rejected, OtherCurrency
	case r.opts.RejectZero && sums.zero:
		v, why = rejected, ZeroPrice
	}
	if v == recorded {
		if r.once != nil && s.Order != "" && r.once.repeated(totalKey(&s)) {
			s.AmountMinor = 0
		}
		s.Product = text(r.product.of(cells, line))
		s.Category = text(cellAt(cells, r.category))
		s.Attributes = r.others.of(cells)
		if r.sold != nil && !s.Return && s.Order != "" {
			r.sold.add(soldKey(s.Order, text(r.product.of(cells, line))))
		}
		r.batch.Sales = append(r.batch.Sales, s)
	}
	if s.Customer == "" {
		return unidentified, NoReason
	}
	return v, why
}

// head is what belongs to the order rather than to its row. Some programs write it in the first row of an order alone:
// an empty date or state is that of the row before when it is of the same order.
func (r *saleReader) head(cells [][]byte, order []byte) (at fact.Moment, state orderState, why Reason) {
	last := &r.previous
	same := len(order) > 0 && bytes.Equal(last.order, order)
	if same && isNobody(cellAt(cells, r.dates.column)) {
		at = last.moment
	} else if at, why = r.dates.of(cells); why != NoReason {
		last.order = last.order[:0]
		return at, stateUnknown, why
	}
	if r.state >= 0 {
		if cell := cellAt(cells, r.state); same && isNobody(cell) {
			state = last.state
		} else {
			state, _ = r.states.of(cell)
		}
	}
	if !same {
		last.order = append(last.order[:0], order...)
	}
	last.moment, last.state = at, state
	return at, state, NoReason
}

// isLogged is true for a row in the state of a return that stands beside the row of its sale.
func (r *saleReader) isLogged(s *fact.Sale, cells [][]byte) bool {
	return r.logged || r.sold != nil && s.Order != "" && r.sold.has(soldKey(s.Order, text(r.product.of(cells, s.Row))))
}

// sums is what a row says of quantity and money.
type sums struct {
	quantity float64
	amount   int64
	negative bool // less than nothing before rounding
	zero     bool // the price or the amount is zero
	foreign  bool // a sign beside a number names another currency
}

func (r *saleReader) sums(cells [][]byte) (s sums, why Reason) {
	s.quantity = 1
	if r.quantity.column >= 0 {
		if cell := cellAt(cells, r.quantity.column); !isNobody(cell) {
			d, _, status := r.quantity.style.Parse(cell)
			if status != parse.OK {
				return s, BadQuantity
			}
			s.quantity = d.Float()
		}
	}
	if r.price.column >= 0 {
		if cell := cellAt(cells, r.price.column); !isNobody(cell) {
			d, foreign, status := r.price.of(cells)
			if status != parse.OK {
				return s, numberReason(status, BadPrice)
			}
			s.zero, s.foreign = d.Mant == 0, foreign
		}
	}
	values := r.values[:0]
	factors := r.factors
	if r.amount.column >= 0 {
		factors = nil
		d, foreign, status := r.amount.of(cells)
		if status != parse.OK {
			return s, numberReason(status, BadAmount.unless(cellAt(cells, r.amount.column)))
		}
		s.foreign = s.foreign || foreign
		values = append(values, d)
	}
	for i := range factors {
		d, foreign, status := factors[i].of(cells)
		if status != parse.OK {
			return s, numberReason(status, r.factorReason(factors[i].column).unless(cellAt(cells, factors[i].column)))
		}
		s.foreign = s.foreign || foreign
		values = append(values, d)
	}
	var ok bool
	if s.amount, ok = parse.ProductMinor(r.opts.Digits, values...); !ok || abs(s.amount) > maxMinor {
		return s, AmountTooLarge
	}
	sign := 1
	for _, d := range values {
		switch {
		case d.Mant == 0:
			sign = 0
		case d.Mant < 0:
			sign = -sign
		}
	}
	s.negative = sign < 0
	s.zero = s.zero || sign == 0 // exactly nothing, not less than half a cent
	return s, NoReason
}

// factorReason says which number of a product could not be read.
func (r *saleReader) factorReason(column int) Reason {
	switch column {
	case r.quantity.column:
		return BadQuantity
	case r.price.column:
		return BadPrice
	}
	return BadAmount
}

// otherCurrency is true when the row's own column names another currency than the one that counts.
func (r *saleReader) otherCurrency(cells [][]byte) bool {
	if r.currency < 0 || r.coded == "" {
		return false
	}
	cell := cellAt(cells, r.currency)
	if len(cell) == 0 || string(cell) == r.coded {
		return false
	}
	code := currencyCode(cell)
	return code != "" && code != r.coded
}

func numberReason(s parse.Status, bad Reason) Reason {
	if s == parse.Overflow {
		return AmountTooLarge
	}
	return bad
}

func abs[T int64 | float64](v T) T {
	if v < 0 {
		return -v
	}
	return v
}
