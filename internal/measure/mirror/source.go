package mirror

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"regulars/internal/base/columnar"
)

// Source is facts to measure: connections on which the views are, and what is in them.
type Source struct {
	Facts Facts
	// Taken is the moment up to which everything recorded is in here; zero where the facts are files.
	Taken time.Time

	// Members adds who is a member of the loyalty programme, since when and until when, where files say so; nil: none does.
	Members func(ctx context.Context, add func(customer, since, until int64) error) error

	inserts    bool // rows are added by INSERT: the connection is not to a columnar copy
	lend       func(ctx context.Context) (*sql.Conn, func() error, error)
	close      func() error
	references []string
	attributes map[string]Attribute
	order      []string
}

func newSource(facts Facts, attributes []Attribute) *Source {
	s := &Source{Facts: facts, attributes: map[string]Attribute{}}
	for _, a := range attributes {
		s.attributes[strings.ToLower(a.Name)] = a
		s.order = append(s.order, a.Name)
	}
	return s
}

// Conn lends a connection on which the views are, for statements and temporary tables; done takes it back and them
// with it. A source of a store shows one moment, and so lends its one connection once.
func (s *Source) Conn(ctx context.Context) (conn *sql.Conn, done func() error, err error) {
	return s.lend(ctx)
}

// Fill adds rows to a table on a connection of the source.
func (s *Source) Fill(ctx context.Context, conn *sql.Conn, table string, columns int, each func(add func(row ...any) error) error) error {
	if s.inserts {
		if err := insert(ctx, conn, table, columns, each); err != nil {
			return err
		}
		return s.Filled(ctx, conn, table)
	}
	l, err := columnar.LoadOn(conn, table, columns)
	if err != nil {
		return err
	}
	err = each(func(row ...any) error {
		for i, v := range row {
			l.Row()[i] = v
		}
		return l.Append()
	})
	return errors.Join(err, l.Close())
}

// InRows says that facts lie row by row and by time, as a database keeps them, and not by columns.
func (s *Source) InRows() bool { return s.inserts }

// Filled is called when a temporary table has its rows: where a database plans by statistics, they are gathered, which
// nobody else does for such a table. Without them it takes a million customers for five thousand.
func (s *Source) Filled(ctx context.Context, conn *sql.Conn, table string) error {
	if !s.inserts {
		return nil
	}
	if _, err := conn.ExecContext(ctx, "ANALYZE "+table); err != nil {
		return fmt.Errorf("look over the table %s: %w", table, err)
	}
	return nil
}

// insert adds many rows by a statement.
func insert(ctx context.Context, conn *sql.Conn, table string, columns int, each func(add func(row ...any) error) error) error {
	const most = 1000
	var values []any
	write := func() error {
		if len(values) == 0 {
			return nil
		}
		var b strings.Builder
		b.WriteString("INSERT INTO " + table + " VALUES ")
		for i := range values {
			switch {
			case i == 0:
				b.WriteString("(")
			case i%columns == 0:
				b.WriteString("), (")
			default:
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "$%d", i+1)
		}
		b.WriteString(")")
		_, err := conn.ExecContext(ctx, b.String(), values...)
		values = values[:0]
		if err != nil {
			return fmt.Errorf("fill %s: %w", table, err)
		}
		return nil
	}
	if err := each(func(row ...any) error {
		if values = append(values, row...); len(values) >= most*columns {
			return write()
		}
		return nil
	}); err != nil {
		return err
	}
	return write()
}

// Close ends a source of a store, whether its connection was lent or not.
func (s *Source) Close() error {
	if s.close == nil {
		return nil
	}
	return s.close()
}

// sourceOn makes a source of views on one connection, which end takes back.
func sourceOn(ctx context.Context, conn *sql.Conn, v *viewing, end func() error) (*Source, error) {
	facts, err := v.make(ctx, conn)
	if err != nil {
		return nil, err
	}
	s := newSource(facts, v.names.attributes())
	s.close = sync.OnceValue(end)
	lent := false
	s.lend = func(context.Context) (*sql.Conn, func() error, error) {
		if lent {
			return nil, nil, errors.New("a source of a store lends its connection once")
		}
		lent = true
		return conn, s.close, nil
	}
	return s, nil
}

// Reference is a customer's id as the files have it.
func (s *Source) Reference(customer int32) string { return s.references[customer] }

// Attribute says where an attribute of the facts is found; ok is false where no fact has it.
type Attribute struct {
	Name string
	// Sales is the column of the view sales, Customers that of customers; empty where only other facts have it. They
	// hold numbers that the view Values(code, value) explains, or, where Values is empty, the values themselves.
	Sales, Customers string
	// Answers says that the view answer_attributes(answer_id, attribute, value) has it, under Number.
	Answers bool
	Number  int32
	Values  string
}

// Attribute finds an attribute by its name, in any case.
func (s *Source) Attribute(name string) (Attribute, bool) {
	a, ok := s.attributes[strings.ToLower(name)]
	return a, ok
}

// Attributes lists the names, in the order of the files.
func (s *Source) Attributes() []string { return s.order }

// lendNew opens a connection whose temporary tables end with it: whoever comes next must not find them.
func lendNew(ctx context.Context, db *columnar.DB) (*sql.Conn, func() error, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("connect: %w", err)
	}
	return conn, func() error { return discard(conn) }, nil
}

// discard ends a connection for good; back in the pool it would be lent again.
func discard(conn *sql.Conn) error {
	if err := conn.Raw(func(any) error { return driver.ErrBadConn }); !errors.Is(err, driver.ErrBadConn) {
		return fmt.Errorf("end connection: %w", err)
	}
	return nil
}
