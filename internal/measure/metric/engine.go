package metric

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"regulars/internal/measure/mirror"
)

// Engine computes measures over one source under one set of settings. It builds the relations that the measures
// share when the first of them needs it, in temporary tables of its own connection. It is not safe for concurrent
// use.
type Engine struct {
	source *mirror.Source
	conn   *sql.Conn
	done   func() error
	set    Settings

	scope    scope
	filtered bool
	by       attribute
	groups   []string
	frames   []frame
	built    map[string]bool
	followed map[int]followUp
	cuts     Cuts
	club     *Club // of the measures that are asked for; nil: none is of a programme
	fromData []string
}

// New prepares an engine; Close gives its connection back.
func New(ctx context.Context, source *mirror.Source, set Settings) (*Engine, error) {
	e := &Engine{source: source, set: set, built: map[string]bool{}}
	if err := e.set.resolveWindow(source.Facts.Last, source.Facts.Any); err != nil {
		return nil, err
	}
	if e.set.CSATScale == 0 {
		e.set.CSATScale = 5
		if source.Facts.HighestCSAT > 5 {
			e.set.CSATScale = 10
		}
	}
	var err error
	if e.conn, e.done, err = source.Conn(ctx); err != nil {
		return nil, err
	}
	if err := e.prepare(ctx); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// Close gives the connection back, and with it the temporary tables.
func (e *Engine) Close() error { return e.done() }

// Settings are those used, with what was taken from the data filled in; FromData names the latter.
func (e *Engine) Settings() (Settings, []string) { return e.set, e.fromData }

// Groups are the values of the attribute of Settings.By, largest first.
func (e *Engine) Groups() []string { return e.groups }

func (e *Engine) prepare(ctx context.Context) error {
	if err := e.makeScope(ctx); err != nil {
		return err
	}
	if err := e.makeGroups(ctx); err != nil {
		return err
	}
	var err error
	if e.frames, err = makeFrames(&e.set, len(e.groups)); err != nil {
		return err
	}
	first, last := e.source.Facts.Span()
	f, d := frameTables(e.frames, floorDay(first), floorDay(last))
	if err := e.exec(ctx, "CREATE TEMP TABLE frame AS "+f); err != nil {
		return err
	}
	if err := e.exec(ctx, "CREATE TEMP TABLE frame_day AS "+d); err != nil {
		return err
	}
	return e.resolveActivity(ctx)
}

// PreviousComplete says whether the facts reach back over the whole window before; otherwise a comparison with it
// would compare a part with a whole.
func (e *Engine) PreviousComplete() bool { return e.reachesBack(framePrevious) }

func (e *Engine) reachesBack(frame int) bool {
	return e.source.Facts.Any && floorDay(e.source.Facts.First) <= floorDay(e.frame(frame).from)
}

func (e *Engine) frame(id int) frame {
	for _, f := range e.frames {
		if f.id == id {
			return f
		}
	}
	// The year to the end of a window of a year is that window.
	if id == frameYear || id == frameLastYear {
		return e.frame(id - frameYear)
	}
	return frame{}
}

// yearOf is the frame of the 365 days to the end of the window or of the one before.
func (e *Engine) yearOf(id int) int { return e.frame(id + frameYear).id }

func (e *Engine) exec(ctx context.Context, query string) error {
	if _, err := e.conn.ExecContext(ctx, query); err != nil {
		return fmt.Errorf("%w in %s", err, query)
	}
	if made, found := strings.CutPrefix(query, "CREATE TEMP TABLE "); found {
		name, _, _ := strings.Cut(made, " ")
		return e.source.Filled(ctx, e.conn, name)
	}
	return nil
}

// ensure builds relations that are not there yet.
func (e *Engine) ensure(ctx context.Context, names ...string) error {
	for _, name := range names {
		if e.built[name] {
			continue
		}
		build, ok := relations[name]
		if !ok {
			return fmt.Errorf("no relation %q", name)
		}
		if err := e.ensure(ctx, build.needs...); err != nil {
			return err
		}
		if build.build != nil {
			if err := build.build(ctx, e); err != nil {
				return err
			}
			e.built[name] = true
			continue
		}
		for _, query := range build.sql(e) {
			if err := e.exec(ctx, query); err != nil {
				return err
			}
		}
		e.built[name] = true
	}
	return nil
}

// rows runs a query and hands each row to scan.
func rows(ctx context.Context, conn *sql.Conn, query string, scan func(*sql.Rows) error) error {
	r, err := conn.QueryContext(ctx, query)
	if err != nil {
		return fmt.Errorf("%w in %s", err, query)
	}
	for r.Next() && err == nil {
		err = scan(r)
	}
	return errors.Join(err, r.Err(), r.Close())
}

func queryInts(ctx context.Context, conn *sql.Conn, query string) ([]int64, error) {
	var out []int64
	err := rows(ctx, conn, query, func(r *sql.Rows) error {
		var v int64
		err := r.Scan(&v)
		out = append(out, v)
		return err
	})
	return out, err
}

func queryStrings(ctx context.Context, conn *sql.Conn, query string) ([]string, error) {
	var out []string
	err := rows(ctx, conn, query, func(r *sql.Rows) error {
		var v string
		err := r.Scan(&v)
		out = append(out, v)
		return err
	})
	return out, err
}
