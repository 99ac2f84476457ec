package mirror

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/maphash"
	"strings"

	"regulars/internal/base/columnar"
	"regulars/internal/record/fact"
)

// Copy is a columnar copy being filled from files. It is not safe for concurrent use.
type Copy struct {
	db         *columnar.DB
	kindIs     KindIs
	customers  *idTable
	products   dictionary
	categories dictionary
	attributes map[string]*attribute
	order      []string // names of attributes as they came
	sales      []*salesTable
	answers    *answersTable
	people     people
	anyMember  bool // some customer is a member of the loyalty programme
	costs      []cost
	anonymous  map[int32]int64
	facts      Facts
	seed       maphash.Seed
	distinct   bool // so far every row of sales was an order of its own
}

// New makes an empty copy in the database.
func New(db *columnar.DB, kind KindIs) *Copy {
	return &Copy{
		db: db, kindIs: kind, customers: newIDTable(), products: newDictionary(), categories: newDictionary(),
		attributes: map[string]*attribute{}, anonymous: map[int32]int64{}, distinct: true, seed: maphash.MakeSeed(),
	}
}

// File takes the facts of one file.
type File struct {
	copy  *Copy
	sales *salesTable
}

// File begins a file; its batches have the same attributes throughout.
func (c *Copy) File() *File { return &File{copy: c} }

// Take adds a batch of facts and keeps nothing of it.
func (f *File) Take(ctx context.Context, b *fact.Batch) error {
	c := f.copy
	if len(b.Sales) > 0 {
		if f.sales == nil {
			t, err := c.newSalesTable(ctx, b.Attributes)
			if err != nil {
				return err
			}
			f.sales = t
		}
		if err := f.sales.take(c, b); err != nil {
			return err
		}
	}
	if len(b.Answers) > 0 {
		if err := c.takeAnswers(ctx, b); err != nil {
			return err
		}
	}
	for i := range b.Customers {
		c.takeCustomer(b.Attributes, &b.Customers[i])
	}
	for i := range b.Costs {
		c.takeCost(&b.Costs[i])
	}
	return nil
}

// Close ends the file.
func (f *File) Close() error {
	if f.sales == nil {
		return nil
	}
	c := f.copy
	c.distinct = c.distinct && f.sales.orders.distinct && (len(c.sales) == 1 || !f.sales.orders.named)
	return f.sales.finish()
}

// saw widens the span of the facts.
func (c *Copy) saw(local int64) {
	f := &c.facts
	if !f.Any {
		f.First, f.Last, f.Any = local, local, true
		return
	}
	f.First, f.Last = min(f.First, local), max(f.Last, local)
}

func (c *Copy) sawCost(local int64) {
	f := &c.facts
	if len(c.costs) == 0 {
		f.FirstCost, f.LastCost = local, local
	}
	f.FirstCost, f.LastCost = min(f.FirstCost, local), max(f.LastCost, local)
}

// Finish makes the views and says what there is; the copy takes nothing after it.
func (c *Copy) Finish(ctx context.Context) (*Source, error) {
	c.facts.OneRowPerOrder = c.distinct
	c.facts.Kinds = len(c.products.values)+len(c.categories.values) > 0
	c.facts.Categories = len(c.categories.values) > 0
	if len(c.sales) == 0 {
		t, err := c.newSalesTable(ctx, nil)
		if err == nil {
			err = t.finish()
		}
		if err != nil {
			return nil, err
		}
	}
	steps := []func(context.Context) error{
		c.finishAnswers, c.loadCustomers, c.loadCosts, c.loadAnonymous, c.loadDictionaries, c.makeViews,
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	s := newSource(c.facts, c.listed())
	if c.anyMember {
		s.Members = c.members
	}
	s.references = c.customers.values
	s.lend = func(ctx context.Context) (*sql.Conn, func() error, error) { return lendNew(ctx, c.db) }
	return s, nil
}

// table makes a table and appends rows to it until next says there are no more.
func (c *Copy) table(ctx context.Context, name, columns string, rows int, fill func(i int, row []any)) error {
	if _, err := c.db.ExecContext(ctx, "CREATE TABLE "+name+" ("+columns+")"); err != nil {
		return fmt.Errorf("make table %s: %w", name, err)
	}
	l, err := c.db.Load(ctx, name, strings.Count(columns, ",")+1)
	if err != nil {
		return err
	}
	row := make([]any, len(l.Row()))
	for i := range rows {
		fill(i, row)
		for j, v := range row {
			l.Row()[j] = v
		}
		if err := l.Append(); err != nil {
			return errors.Join(err, l.Close())
		}
	}
	return l.Close()
}

// dictionary numbers strings in the order of their first appearance.
type dictionary struct {
	codes  map[string]int32
	values []string
}

func newDictionary() dictionary { return dictionary{codes: map[string]int32{}} }

// code gives the number of s, which may be borrowed: it is copied when it is new.
func (d *dictionary) code(s string) int32 {
	if code, ok := d.codes[s]; ok {
		return code
	}
	s = strings.Clone(s)
	code := int32(len(d.values))
	d.codes[s] = code
	d.values = append(d.values, s)
	return code
}
