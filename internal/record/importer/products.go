package importer

import (
	"regulars/internal/record/fact"
	"regulars/internal/record/importer/parse"
)

// productReader reads rows of products.
type productReader struct {
	opts                    Options
	product                 ids
	name, category, soldOut int
	cost, stock             money
	words, gone             lookup[bool]
	batch                   fact.Batch
}

func newProductReader(p *Plan, opts Options) *productReader {
	roles := &p.layout.roles
	r := &productReader{
		opts: opts, product: newIDs(p, roleProduct), name: roles.at(roleName), category: roles.at(roleCategory), soldOut: roles.at(roleSoldOut),
		cost: newMoney(p, opts, roles.at(roleCost)), stock: newMoney(p, opts, roles.at(roleStock)), words: lookup[bool]{table: atHand()}, gone: lookup[bool]{table: yesNo()},
	}
	r.batch.Products = make([]fact.Product, 0, batchRows)
	return r
}

func (r *productReader) facts() (*fact.Batch, int) { return &r.batch, len(r.batch.Products) }

func (r *productReader) notes(p *Plan) []Note { return r.product.notes(p) }

func (r *productReader) empty() { r.batch.Products = r.batch.Products[:0] }

func (r *productReader) row(cells [][]byte, line int64) (verdict, Reason) {
	id := r.product.of(cells, line)
	if len(id) == 0 {
		return unreadable, NoProduct
	}
	p := fact.Product{Row: line, Reference: text(id)}
	if cell := cellAt(cells, r.name); !isNobody(cell) {
		p.Name = text(cell)
	}
	if cell := cellAt(cells, r.category); !isNobody(cell) {
		p.Category = text(cell)
	}
	var known bool
	if p.SoldOut, known = r.isSoldOut(cells); !known {
		return unreadable, BadStock
	}
	if !isNobody(cellAt(cells, r.cost.column)) {
		d, foreign, status := r.cost.of(cells)
		if status != parse.OK {
			return unreadable, BadCost
		}
		if p.CostMinor, p.Costed = d.Minor(r.opts.Digits); !p.Costed || p.CostMinor > maxMinor {
			return unreadable, AmountTooLarge
		}
		if foreign {
			return rejected, OtherCurrency
		}
		if p.CostMinor < 0 {
			return unreadable, BadCost
		}
	}
	r.batch.Products = append(r.batch.Products, p)
	return recorded, NoReason
}

// isSoldOut is what the row says of it: a yes or no, or how many are left; known is false where it says something else.
func (r *productReader) isSoldOut(cells [][]byte) (is fact.Answered, known bool) {
	if cell := cellAt(cells, r.soldOut); !isNobody(cell) {
		if yes, known := r.gone.of(cell); known {
			return answered(yes), true
		}
		there, known := r.words.of(cell)
		return answered(!there), known
	}
	cell := cellAt(cells, r.stock.column)
	if isNobody(cell) {
		return fact.Unsaid, true
	}
	if there, known := r.words.of(cell); known {
		return answered(!there), true
	}
	d, _, status := r.stock.of(cells)
	return answered(!(d.Float() > 0)), status == parse.OK
}

func answered(yes bool) fact.Answered {
	if yes {
		return fact.Yes
	}
	return fact.No
}
