package files

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/text/unicode/norm"

	"regulars/internal/base/columnar"
	"regulars/internal/record/fact"
	"regulars/internal/record/importer"
)

// stage is the facts of one file on disk: first as they came, then in the order they are taken in. All kinds of facts
// share one shape. What decides the order has columns, the rest of a fact is packed into one.
type stage struct {
	db    *columnar.DB
	table string
	rows  int64
	// refusals says that there is a table of lines that were not kept.
	refusals bool
}

// row is a row of a stage.
type row struct {
	late   bool   // a return: taken in when all orders are there
	whose  string // customer
	what   string // what facts of one customer are told apart by: order id; question; channel; product
	local  int64
	utc    int64
	amount int64
	rest   []byte
	line   int64 // of the file
}

const columns = "late BOOLEAN, whose VARCHAR, what VARCHAR, local BIGINT, utc BIGINT, amount BIGINT, rest BLOB, line BIGINT"

// fill reads the file into the stage and sorts it.
func (s *stage) fill(ctx context.Context, plan *importer.Plan, o importer.Options) (importer.Account, error) {
	raw := s.table + "_raw"
	if _, err := s.db.ExecContext(ctx, "CREATE TABLE "+raw+" ("+columns+")"); err != nil {
		return importer.Account{}, fmt.Errorf("make the stage: %w", err)
	}
	l, err := s.db.Load(ctx, raw, 8)
	if err != nil {
		return importer.Account{}, err
	}
	a := &appender{loader: l}
	account, err := plan.Read(ctx, o, a.take)
	if err = errors.Join(err, l.Close()); err != nil {
		return account, err
	}
	s.rows = a.rows
	return account, s.sort(ctx, raw, plan.Kind == importer.Orders)
}

// sort puts the facts in the order they are taken in. Orders come by their first moment, their lines together.
func (s *stage) sort(ctx context.Context, raw string, orders bool) error {
	first := "local"
	if orders {
		first = "CASE WHEN what = '' THEN local ELSE min(local) OVER (PARTITION BY late, whose, what) END"
	}
	for _, statement := range []string{
		"SET preserve_insertion_order = true",
		// Rows are read by their place, since the engine skips the blocks of a table that a column's bounds rule out.
		"CREATE TABLE " + s.table + " AS SELECT row_number() OVER () AS place, late, whose, what, local, utc, amount, rest, line FROM (SELECT *, " +
			first + " AS first FROM " + raw + " ORDER BY late, first, whose, what, local, utc, amount, rest, line) r",
		"DROP TABLE " + raw,
	} {
		if _, err := s.db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("sort the stage: %w", err)
		}
	}
	return nil
}

// drop forgets the rows.
func (s *stage) drop(ctx context.Context) error {
	for _, table := range []string{s.table, s.table + "_refused"} {
		if _, err := s.db.ExecContext(ctx, "DROP TABLE IF EXISTS "+table); err != nil {
			return fmt.Errorf("drop the stage: %w", err)
		}
	}
	return nil
}

// pageRows is how many rows are read from the stage at once.
const pageRows = 16384

// cursor reads a stage from its beginning.
type cursor struct {
	stage *stage
	read  int64
	page  []row
	at    int
}

// next gives the next row, which stays valid until the one after next; nil at the end.
func (c *cursor) next(ctx context.Context) (*row, error) {
	if c.at == len(c.page) {
		if c.read >= c.stage.rows {
			return nil, nil
		}
		if err := c.load(ctx); err != nil {
			return nil, err
		}
	}
	c.at++
	return &c.page[c.at-1], nil
}

// back takes the last row back.
func (c *cursor) back() { c.at-- }

func (c *cursor) load(ctx context.Context) error {
	rows, err := c.stage.db.QueryContext(ctx, "SELECT late, whose, what, local, utc, amount, rest, line FROM "+c.stage.table+
		fmt.Sprintf(" WHERE place > %d AND place <= %d ORDER BY place", c.read, c.read+pageRows))
	if err != nil {
		return fmt.Errorf("read the stage: %w", err)
	}
	c.page, c.at = make([]row, 0, pageRows), 0
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.late, &r.whose, &r.what, &r.local, &r.utc, &r.amount, &r.rest, &r.line); err != nil {
			return errors.Join(fmt.Errorf("read the stage: %w", err), rows.Close())
		}
		c.page = append(c.page, r)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("read the stage: %w", err)
	}
	if len(c.page) == 0 {
		return fmt.Errorf("the stage ends after %d of %d rows", c.read, c.stage.rows)
	}
	c.read += int64(len(c.page))
	return nil
}

// appender puts facts into the stage.
type appender struct {
	loader *columnar.Loader
	rows   int64
	buffer packer
}

func (a *appender) take(b *fact.Batch) error {
	for i := range b.Sales {
		s := &b.Sales[i]
		if err := a.add(row{late: s.Return, whose: s.Customer, what: s.Order, local: s.Moment.Local, utc: s.Moment.UTC,
			amount: s.AmountMinor, rest: a.buffer.sale(s), line: s.Row}); err != nil {
			return err
		}
	}
	for i := range b.Customers {
		c := &b.Customers[i]
		// What a later row says of a customer counts: the order is that of the file.
		if err := a.add(row{whose: c.Customer, local: a.rows, rest: a.buffer.customer(c), line: c.Row}); err != nil {
			return err
		}
	}
	for i := range b.Answers {
		s := &b.Answers[i]
		if err := a.add(row{whose: s.Customer, what: s.Kind + "\n" + s.Aspect, local: s.Moment.Local, utc: s.Moment.UTC,
			rest: a.buffer.answer(s), line: s.Row}); err != nil {
			return err
		}
	}
	for i := range b.Products {
		p := &b.Products[i]
		// As of a customer, what a later row says of a product counts.
		if err := a.add(row{what: p.Reference, local: a.rows, amount: p.CostMinor, rest: a.buffer.product(p), line: p.Row}); err != nil {
			return err
		}
	}
	for i := range b.Costs {
		c := &b.Costs[i]
		if err := a.add(row{what: purpose(c.Retention) + "\n" + c.Channel, local: c.Moment.Local, utc: c.Moment.UTC, amount: c.AmountMinor,
			line: c.Row}); err != nil {
			return err
		}
	}
	return nil
}

func (a *appender) add(r row) error {
	a.rows++
	v := a.loader.Row()
	// As the store will look the customer up, so that two ways of writing one letter are one customer here too.
	v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7] = r.late, norm.NFC.String(r.whose), r.what, r.local, r.utc, r.amount, r.rest, r.line
	return a.loader.Append()
}
