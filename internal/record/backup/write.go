package backup

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/schema"
)

// Options of writing a backup.
type Options struct {
	Program  string         // the version of the program, for the header
	Progress func(Progress) // nil: nobody looks
}

// Progress tells how far it is.
type Progress struct {
	Table       string
	Rows        int64
	Bytes, Size int64 // read of the file; when writing, 0
	Elapsed     time.Duration
}

// Summary tells what is in a backup.
type Summary struct {
	Header
	Rows  int64
	Bytes int64
}

// progressRows is how many rows pass between two looks at the clock.
const progressRows = 4096

// Write writes a backup of the database to the file, as it is at one moment. A file that is there is replaced, if it is
// a backup.
func Write(ctx context.Context, d *db.DB, path string, o Options) (s Summary, err error) {
	if path, err = target(path); err != nil {
		return s, err
	}
	out, err := create(path)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, out.discard()) }()
	err = d.Read(ctx, func(tx *db.Tx) error {
		if err := out.restart(); err != nil { // a second time, after the server was lost
			return err
		}
		w := &writer{ctx: ctx, tx: tx, o: o, began: time.Now(), rows: map[string]int64{}}
		s = Summary{}
		err := w.all(out, &s)
		s.Rows = w.count
		return err
	})
	if ctx.Err() != nil {
		return s, ctx.Err()
	}
	if err != nil {
		return s, err
	}
	s.Bytes, err = out.finish(ctx)
	return s, err
}

// writer writes the content of a backup.
type writer struct {
	ctx   context.Context
	tx    *db.Tx
	o     Options
	out   *bufio.Writer
	rows  map[string]int64
	count int64
	began time.Time
	line  []byte
}

func (w *writer) all(to io.Writer, s *Summary) error {
	version, err := w.tx.Schema()
	switch {
	case err != nil:
		return err
	case version == 0:
		return fault.NotFoundf("there are no data yet to back up; import some, or name the right place")
	case version > schema.Newest():
		return newer("the database", version, schema.Newest())
	}
	// One thread, so that whoever writes meanwhile keeps the other; the level is the one that keeps up with reading.
	packed, err := zstd.NewWriter(to, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault))
	if err != nil {
		return err //nolint:wrapcheck // the options are right
	}
	w.out = bufio.NewWriterSize(packed, 1<<16)
	s.Header = Header{Format: formatVersion, Schema: version, Program: w.o.Program, Made: w.tx.Now}
	if err := w.json(s.Header); err != nil {
		return err
	}
	for _, table := range tables() {
		if err := w.table(table); err != nil {
			return err
		}
	}
	if err := w.json(trailer{w.rows}); err != nil {
		return err
	}
	return errors.Join(w.out.Flush(), packed.Close())
}

func (w *writer) json(value any) (err error) {
	if w.line, err = appendJSON(w.line[:0], value); err != nil {
		return err
	}
	_, err = w.out.Write(w.line)
	return err
}

// tables are those that are kept: all but the feed and what goes by itself.
func tables() (names []string) {
	for _, t := range schema.Tables() {
		if t.Class != schema.Local && !t.Passing {
			names = append(names, t.Name)
		}
	}
	return names
}

func (w *writer) table(name string) error {
	columns, err := w.tx.Columns(name)
	if err != nil || len(columns) == 0 { // it comes with a later version of the schema
		return err
	}
	head := tableLine{Table: name}
	head.set(columns)
	if err := w.json(head); err != nil {
		return err
	}
	targets, values, err := scanned(columns)
	if err != nil {
		return fmt.Errorf("table %s: %w", name, err)
	}
	rows, err := w.tx.Query("SELECT " + list(columns) + " FROM " + name)
	if err != nil {
		return err
	}
	n := int64(0)
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		w.line = w.line[:0]
		for i, value := range values {
			if i > 0 {
				w.line = append(w.line, '\t')
			}
			if w.line, err = appendValue(w.line, value()); err != nil {
				return fmt.Errorf("%s.%s: %w", name, columns[i].Name, err)
			}
		}
		if _, err := w.out.Write(append(w.line, '\n')); err != nil {
			return err //nolint:wrapcheck // the file explains its errors
		}
		if n++; n%progressRows == 0 {
			if err := w.passed(name, progressRows); err != nil {
				return err
			}
		}
	}
	if err := rows.Close(); err != nil {
		return err
	}
	w.rows[name] = n
	if _, err := w.out.WriteString(tableEnd + "\n"); err != nil {
		return err //nolint:wrapcheck // the file explains its errors
	}
	return w.passed(name, n%progressRows)
}

func (w *writer) passed(table string, rows int64) error {
	w.count += rows
	if w.o.Progress != nil {
		w.o.Progress(Progress{Table: table, Rows: w.count, Elapsed: time.Since(w.began)})
	}
	return w.ctx.Err() //nolint:wrapcheck // whoever ended it knows why
}

// scanned makes targets for a row, and what gives each value after a scan.
func scanned(columns []db.Column) (targets []any, values []func() any, err error) {
	for _, c := range columns {
		switch c.Type {
		case "BIGINT":
			var v sql.NullInt64
			targets, values = append(targets, &v), append(values, func() any { return null(v.Valid, v.Int64) })
		case "DOUBLE PRECISION":
			var v sql.NullFloat64
			targets, values = append(targets, &v), append(values, func() any { return null(v.Valid, v.Float64) })
		case "BOOLEAN":
			var v sql.NullBool
			targets, values = append(targets, &v), append(values, func() any { return null(v.Valid, v.Bool) })
		case "TEXT":
			var v sql.NullString
			targets, values = append(targets, &v), append(values, func() any { return null(v.Valid, v.String) })
		case "BYTEA":
			var v sql.Null[[]byte] // no bytes may come as nil, and are not null
			targets, values = append(targets, &v), append(values, func() any { return null(v.Valid, v.V) })
		default:
			return nil, nil, fmt.Errorf("the column %s has the type %s, which backups do not know", c.Name, c.Type)
		}
	}
	return targets, values, nil
}

func null(valid bool, value any) any {
	if !valid {
		return nil
	}
	return value
}

func list(columns []db.Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

// newer refuses what a newer version of the program wrote.
func newer(what string, version, newest int64) error {
	return fault.Unavailablef("%s has schema %d, and this version of the program knows only up to %d; use a newer version of it",
		what, version, newest)
}
