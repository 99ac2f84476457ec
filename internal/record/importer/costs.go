package importer

import (
	"regulars/internal/record/fact"
	"regulars/internal/record/importer/parse"
)

// costReader reads rows of money spent.
type costReader struct {
	opts    Options
	dates   moments
	amount  money
	channel int
	kind    int
	kinds   lookup[bool]
	batch   fact.Batch
}

func newCostReader(p *Plan, opts Options) *costReader {
	roles := &p.layout.roles
	r := &costReader{
		opts: opts, dates: newMoments(p, opts, roleDate), amount: newMoney(p, opts, roles.at(roleAmount)),
		channel: roles.at(roleChannel), kind: roles.at(roleKind), kinds: lookup[bool]{table: costKinds()},
	}
	r.batch.Attributes = p.Attributes
	r.batch.Costs = make([]fact.Cost, 0, batchRows)
	return r
}

func (r *costReader) facts() (*fact.Batch, int) { return &r.batch, len(r.batch.Costs) }

func (r *costReader) notes(*Plan) []Note { return nil }

func (r *costReader) empty() { r.batch.Costs = r.batch.Costs[:0] }

func (r *costReader) row(cells [][]byte, line int64) (verdict, Reason) {
	at, why := r.dates.of(cells)
	if why != NoReason {
		return unreadable, why
	}
	d, foreign, status := r.amount.of(cells)
	if status != parse.OK {
		return unreadable, numberReason(status, BadAmount.unless(cellAt(cells, r.amount.column)))
	}
	c := fact.Cost{Row: line, Moment: at}
	var ok bool
	if c.AmountMinor, ok = d.Minor(r.opts.Digits); !ok || abs(c.AmountMinor) > maxMinor {
		return unreadable, AmountTooLarge
	}
	if cell := cellAt(cells, r.kind); len(cell) > 0 {
		if c.Retention, ok = r.kinds.of(cell); !ok {
			return unreadable, BadKind
		}
	}
	if cell := cellAt(cells, r.channel); !isNobody(cell) {
		c.Channel = text(cell)
	}
	switch {
	case r.opts.AsOf != 0 && at.Local >= r.opts.AsOf:
		return later, NoReason
	case foreign:
		return rejected, OtherCurrency
	}
	r.batch.Costs = append(r.batch.Costs, c)
	return recorded, NoReason
}
