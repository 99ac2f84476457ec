package files

import (
	"context"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/importer"
	"regulars/internal/record/order"
	"regulars/internal/record/spending"
)

// Bounds of what is taken in by one transaction.
const (
	batchFacts = 4096
	batchRows  = 8192
	orderRows  = 10_000 // of one order; more are counted, and not kept in memory
)

// batch is facts that are taken in by one transaction: all of one kind.
type batch struct {
	late      bool
	orders    []intake.Order
	returns   []intake.Return
	customers []intake.Customer
	answers   []intake.Answer
	costs     []spending.Cost
	products  []fact.Product
	lines     []int64 // of the file, of all facts
	ends      []int   // where the lines of each fact end
}

func (b *batch) facts() int { return len(b.ends) }

// end says that a fact is whole.
func (b *batch) end() { b.ends = append(b.ends, len(b.lines)) }

// linesOf are the lines of the i-th fact.
func (b *batch) linesOf(i int) []int64 {
	from := 0
	if i > 0 {
		from = b.ends[i-1]
	}
	return b.lines[from:b.ends[i]]
}

// take hands the facts to intake. Orders and returns are copied first: intake completes them, and may be asked again.
func (b *batch) take(tx *db.Tx, in *intake.Intake) ([]fact.Outcome, error) {
	switch {
	case len(b.orders) > 0:
		return in.Orders(tx, append([]intake.Order(nil), b.orders...))
	case len(b.returns) > 0:
		outcomes := make([]fact.Outcome, len(b.returns))
		for i, r := range b.returns {
			var err error
			if outcomes[i], err = in.Return(tx, r); err != nil {
				return nil, err
			}
		}
		return outcomes, nil
	case len(b.customers) > 0:
		all, err := in.Customers(tx, b.customers)
		outcomes := make([]fact.Outcome, len(all))
		for i := range all {
			outcomes[i] = all[i].Outcome
		}
		return outcomes, err
	case len(b.answers) > 0:
		return in.Answers(tx, b.answers)
	case len(b.products) > 0:
		outcomes := make([]fact.Outcome, len(b.products))
		for i := range b.products {
			var err error
			if outcomes[i], err = in.ProductOfFile(tx, &b.products[i]); err != nil {
				return nil, err
			}
		}
		return outcomes, nil
	}
	return in.Costs(tx, b.costs)
}

// gatherer makes batches of the rows of a stage.
type gatherer struct {
	cursor cursor
	kind   importer.Kind
	names  []string // of attributes
	source string
	most   int // facts in a batch
	place  place
	batch  *batch
}

// next gives the next batch of orders, or of what comes before returns; or of returns. It is nil where there are no more.
func (g *gatherer) next(ctx context.Context, late bool) (*batch, error) {
	g.batch = &batch{late: late}
	b := g.batch
	for b.facts() < g.most && len(b.lines) < batchRows {
		r, err := g.cursor.next(ctx)
		if err != nil {
			return nil, err
		}
		if r == nil {
			break
		}
		if r.late != late {
			g.cursor.back()
			break
		}
		if err := g.fact(ctx, r); err != nil {
			return nil, err
		}
	}
	if b.facts() == 0 {
		return nil, nil
	}
	return b, nil
}

// fact makes a fact of the row, and of those that belong to it.
func (g *gatherer) fact(ctx context.Context, r *row) error {
	switch {
	case g.kind == importer.Orders && r.what != "":
		return g.order(ctx, r)
	case g.kind == importer.Orders:
		return g.sale(r)
	case g.kind == importer.Customers:
		return g.customer(r)
	case g.kind == importer.Answers:
		return g.answer(r)
	case g.kind == importer.Products:
		return g.product(r)
	}
	g.cost(r)
	return nil
}

// identity is the customer of a row.
func (r *row) identity() customer.Identity {
	if r.whose == "" {
		return customer.Identity{}
	}
	return customer.Identity{Kind: customer.OwnID, Value: r.whose}
}

func (r *row) moment() fact.Moment { return fact.Moment{UTC: r.utc, Local: r.local} }

// line is a line of an order or a return.
type line struct {
	moment            fact.Moment
	product, category string
	quantity          float64
	amount            int64
	attributes        fact.Attributes
}

func (g *gatherer) line(r *row) (line, error) {
	u := unpacker{s: string(r.rest)}
	l := line{moment: r.moment(), product: u.text(), category: u.text(), quantity: u.float(), amount: r.amount}
	l.attributes = u.attributes(g.names)
	return l, u.err()
}

// order takes the rows of one customer and one order id together.
func (g *gatherer) order(ctx context.Context, first *row) error {
	head := *first
	var lines []line
	count := 0
	for r := first; ; {
		count++
		g.batch.lines = append(g.batch.lines, r.line)
		if count <= orderRows+1 { // so that intake refuses what has too many
			l, err := g.line(r)
			if err != nil {
				return err
			}
			lines = append(lines, l)
		}
		var err error
		if r, err = g.cursor.next(ctx); err != nil {
			return err
		}
		if r == nil {
			break
		}
		if r.late != head.late || r.whose != head.whose || r.what != head.what {
			g.cursor.back()
			break
		}
	}
	g.add(&head, head.what, head.what, lines)
	return nil
}

// sale takes a row without an order id, which is an order or a return of its own.
func (g *gatherer) sale(r *row) error {
	l, err := g.line(r)
	if err != nil {
		return err
	}
	g.batch.lines = append(g.batch.lines, r.line)
	g.add(r, g.place.reference("sale", r, r.amount), "", []line{l})
	return nil
}

// add makes an order of lines, or a return. Its moment is that of its first line; a line has one of its own where it
// differs.
func (g *gatherer) add(head *row, reference, orderReference string, lines []line) {
	at := lines[0].moment
	for i := range lines {
		if lines[i].moment == at {
			lines[i].moment = fact.Moment{}
		}
	}
	defer g.batch.end()
	if head.late {
		r := intake.Return{Customer: head.identity(), PerCustomer: true, Return: order.Return{
			Source: g.source, Reference: reference, OrderReference: orderReference, Returned: at, Summed: true,
			Lines: make([]order.ReturnLine, len(lines))}}
		for i, l := range lines {
			r.Lines[i] = order.ReturnLine{Moment: l.moment, Product: l.product, Category: l.category, Quantity: -l.quantity,
				AmountMinor: -l.amount, Attributes: l.attributes}
		}
		g.batch.returns = append(g.batch.returns, r)
		return
	}
	o := intake.Order{Customer: head.identity(), PerCustomer: true, Order: order.Order{
		Source: g.source, Reference: reference, Placed: at, Summed: true, Lines: make([]order.Line, len(lines))}}
	for i, l := range lines {
		o.Lines[i] = order.Line{Moment: l.moment, Product: l.product, Category: l.category, Quantity: l.quantity,
			AmountMinor: l.amount, Attributes: l.attributes}
	}
	g.batch.orders = append(g.batch.orders, o)
}

func (g *gatherer) customer(r *row) error {
	u := unpacker{s: string(r.rest)}
	c := intake.Customer{Identities: []customer.Identity{r.identity()},
		Profile: customer.Profile{Channel: u.text(), Referred: fact.Answered(u.number())}}
	c.Membership = intake.Membership{Member: fact.Answered(u.number()), Joined: u.moment()}
	c.Profile.Attributes = u.attributes(g.names)
	g.batch.customers = append(g.batch.customers, c)
	g.batch.lines = append(g.batch.lines, r.line)
	g.batch.end()
	return u.err()
}

func (g *gatherer) answer(r *row) error {
	kind, aspect := divided(r.what)
	u := unpacker{s: string(r.rest)}
	a := intake.Answer{Source: g.source, Reference: g.place.reference("answer", r, 0), Customer: r.identity(), Answer: fact.Answer{
		Moment: r.moment(), Kind: kind, Aspect: aspect, Scored: u.flag(), Score: u.float(), Scale: int(u.number()),
		Delivered: u.flag(), Finished: u.flag(), Replied: u.moment(), Solved: u.moment(), Due: u.moment(), Comment: u.text()}}
	a.Attributes = u.attributes(g.names)
	g.batch.answers = append(g.batch.answers, a)
	g.batch.lines = append(g.batch.lines, r.line)
	g.batch.end()
	return u.err()
}

func (g *gatherer) product(r *row) error {
	u := unpacker{s: string(r.rest)}
	g.batch.products = append(g.batch.products, fact.Product{Row: r.line, Reference: r.what, Name: u.text(), Category: u.text(), SoldOut: fact.Answered(u.number()),
		Costed: u.flag(), CostMinor: r.amount})
	g.batch.lines = append(g.batch.lines, r.line)
	g.batch.end()
	return u.err()
}

func (g *gatherer) cost(r *row) {
	kept, channel := divided(r.what)
	g.batch.costs = append(g.batch.costs, spending.Cost{Source: g.source, Reference: g.place.reference("cost", r, 0), Spent: r.moment(),
		Channel: channel, Retention: kept == purpose(true), AmountMinor: r.amount})
	g.batch.lines = append(g.batch.lines, r.line)
	g.batch.end()
}

// refusal is why a fact was not kept, in words for the file of rejected rows.
func refusal(o fact.Outcome) string {
	if o.Err == nil {
		return string(o.Status)
	}
	if fault.KindOf(o.Err) == fault.Internal {
		return "it cannot be kept"
	}
	return o.Err.Error()
}

// cut leaves out the first facts: a run before has taken them.
func (b *batch) cut(n int) {
	from := b.ends[n-1]
	b.lines, b.ends = b.lines[from:], b.ends[n:]
	for i := range b.ends {
		b.ends[i] -= from
	}
	switch {
	case len(b.orders) > 0:
		b.orders = b.orders[n:]
	case len(b.returns) > 0:
		b.returns = b.returns[n:]
	case len(b.customers) > 0:
		b.customers = b.customers[n:]
	case len(b.answers) > 0:
		b.answers = b.answers[n:]
	case len(b.products) > 0:
		b.products = b.products[n:]
	default:
		b.costs = b.costs[n:]
	}
}
