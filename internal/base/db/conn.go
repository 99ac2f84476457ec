package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"regexp"
	"strings"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// conn is one connection to SQLite with the statements it has prepared. Preparing costs more than running most of ours.
type conn struct {
	inner    *sql.Conn
	path     string
	readOnly bool
	prepared map[string]*statement
}

// statement is a prepared one; while its rows are being read it cannot be run a second time.
type statement struct {
	*sql.Stmt
	busy bool
}

func newConn(ctx context.Context, pool *sql.DB, path string) (*conn, error) {
	c := &conn{path: path, prepared: map[string]*statement{}}
	inner, err := pool.Conn(ctx)
	if err != nil {
		return nil, c.explain(ctx, err)
	}
	c.inner = inner
	if err := inner.QueryRowContext(ctx, "PRAGMA query_only").Scan(&c.readOnly); err != nil {
		c.close()
		return nil, c.explain(ctx, err)
	}
	return c, nil
}

// close closes the connection; nothing that was acknowledged hangs on how it goes.
func (c *conn) close() {
	for _, s := range c.prepared {
		_ = s.Close() // it goes with its connection
	}
	// Back in the pool it would be lent again; marked as bad it is closed.
	_ = c.inner.Raw(func(any) error { return driver.ErrBadConn })
	_ = c.inner.Close()
}

// statement finds the prepared statement, or prepares it. A busy one has a second, which the caller closes.
func (c *conn) statement(ctx context.Context, query string) (s *statement, passing bool, err error) {
	s = c.prepared[query]
	if s != nil && !s.busy {
		return s, false, nil
	}
	inner, err := c.inner.PrepareContext(ctx, query)
	if err != nil {
		return nil, false, err
	}
	passing = s != nil
	s = &statement{Stmt: inner}
	if passing {
		return s, true, nil
	}
	if len(c.prepared) >= statementsKept {
		c.forget()
	}
	c.prepared[query] = s
	return s, false, nil
}

// forget makes room by closing some statement; which one matters little, since a program has fewer than are kept.
func (c *conn) forget() {
	for query, s := range c.prepared {
		if !s.busy {
			_ = s.Close() // it is only memory
			delete(c.prepared, query)
			return
		}
	}
}

func (c *conn) shared() bool  { return false }
func (c *conn) cluster() bool { return false }

func (c *conn) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	s, passing, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if passing {
		defer s.Close() //nolint:errcheck // it is only memory
	}
	return s.ExecContext(ctx, args...)
}

func (c *conn) query(ctx context.Context, query string, args []any) (*sql.Rows, func(), error) {
	s, passing, err := c.statement(ctx, query)
	if err != nil {
		return nil, nil, err
	}
	rows, err := s.QueryContext(ctx, args...)
	if err != nil {
		if passing {
			_ = s.Close() // the error of the query says more
		}
		return nil, nil, err
	}
	s.busy = true
	return rows, func() {
		s.busy = false
		if passing {
			_ = s.Close() // it is only memory
		}
	}, nil
}

// breach is how SQLite words a broken constraint: a name, or columns of a table, or an index.
var breach = regexp.MustCompile(`^.*constraint failed: (?:index '([^']+)'|(.*?))(?: \(\d+\))?$`)

// violation makes the fault of a broken constraint, and finds its name as PostgreSQL would give it.
func (c *conn) violation(ctx context.Context, e *sqlite.Error) error {
	var index, subject string
	if m := breach.FindStringSubmatch(e.Error()); m != nil {
		index, subject = m[1], m[2]
	}
	table, column, _ := strings.Cut(subject, ".")
	switch e.Code() {
	case lib.SQLITE_CONSTRAINT_UNIQUE:
		if index == "" {
			index = c.uniqueIndex(ctx, table, subject)
		}
		return broken(unique, index, e)
	case lib.SQLITE_CONSTRAINT_PRIMARYKEY, lib.SQLITE_CONSTRAINT_ROWID:
		return broken(unique, table+"_pkey", e)
	case lib.SQLITE_CONSTRAINT_NOTNULL:
		return broken(notNull, table+"_"+column+"_not_null", e)
	case lib.SQLITE_CONSTRAINT_FOREIGNKEY:
		return broken(foreignKey, "", e)
	}
	return broken(check, subject, e)
}

// uniqueIndex finds the unique index over the columns, given as SQLite lists them: "t.a, t.b".
func (c *conn) uniqueIndex(ctx context.Context, table, columns string) string {
	const query = `SELECT l.name, (SELECT group_concat($1 || '.' || i.name, ', ' ORDER BY i.seqno) FROM pragma_index_info(l.name) i)
		FROM pragma_index_list($1) l WHERE l."unique" = 1 ORDER BY l.origin, l.seq`
	// What PostgreSQL calls a unique constraint without a name.
	otherwise := table + "_" + strings.ReplaceAll(strings.ReplaceAll(columns, table+".", ""), ", ", "_") + "_key"
	rows, done, err := c.query(context.WithoutCancel(ctx), query, []any{table})
	if err != nil {
		return otherwise
	}
	defer done()
	defer rows.Close() //nolint:errcheck // then the name is the other one
	for rows.Next() {
		var name string
		var found sql.NullString // null for an index over expressions
		if rows.Scan(&name, &found) == nil && found.String == columns && !strings.HasPrefix(name, "sqlite_autoindex_") {
			return name
		}
	}
	_ = rows.Err() // then the name is the other one
	return otherwise
}
