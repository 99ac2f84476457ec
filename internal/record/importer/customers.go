package importer

import (
	"regulars/internal/record/fact"
)

// customerReader reads rows of customers.
type customerReader struct {
	customer ids
	channel  int
	referred int
	member   int
	joined   moments
	words    lookup[bool]
	others   attributes
	batch    fact.Batch
}

func newCustomerReader(p *Plan, opts Options) *customerReader {
	roles := &p.layout.roles
	r := &customerReader{
		customer: newIDs(p, roleCustomer), channel: roles.at(roleChannel), referred: roles.at(roleReferred), member: roles.at(roleMember), joined: newMoments(p, opts, roleJoined),
		words: lookup[bool]{table: yesNo()}, others: attributes{columns: roles.others},
	}
	r.batch.Attributes = p.Attributes
	r.batch.Customers = make([]fact.Customer, 0, batchRows)
	return r
}

func (r *customerReader) facts() (*fact.Batch, int) { return &r.batch, len(r.batch.Customers) }

func (r *customerReader) notes(p *Plan) []Note { return r.customer.notes(p) }

func (r *customerReader) empty() {
	r.batch.Customers = r.batch.Customers[:0]
	r.others.empty()
}

func (r *customerReader) row(cells [][]byte, line int64) (verdict, Reason) {
	id := r.customer.of(cells, line)
	if len(id) == 0 {
		return unidentified, NoReason
	}
	c := fact.Customer{Row: line, Customer: text(id), Attributes: r.others.of(cells)}
	if cell := cellAt(cells, r.channel); !isNobody(cell) {
		c.Channel = text(cell)
	}
	if cell := cellAt(cells, r.referred); !isNobody(cell) {
		// Anything but a plain no, such as the name of who recommended, is a yes.
		c.Referred = fact.Yes
		if yes, known := r.words.of(cell); known && !yes {
			c.Referred = fact.No
		}
	}
	var why Reason
	if c.Joined, why = r.joined.maybe(cells); why != NoReason {
		return unreadable, why
	}
	if c.Joined != (fact.Moment{}) {
		c.Member = fact.Yes
	}
	if cell := cellAt(cells, r.member); !isNobody(cell) {
		if yes, known := r.words.of(cell); known && yes {
			c.Member = fact.Yes
		} else if known {
			c.Member, c.Joined = fact.No, fact.Moment{}
		}
	}
	r.batch.Customers = append(r.batch.Customers, c)
	return recorded, NoReason
}
