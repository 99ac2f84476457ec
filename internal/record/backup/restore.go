package backup

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/record/feed"
	"regulars/internal/record/schema"
)

// batch bounds what is read before it is written.
const (
	batchRows  = 4096
	batchBytes = 4 << 20
)

// lineMost bounds a row: a longer one was never written.
const lineMost = 256 << 20

// restore fills an empty database and brings it to the newest schema. In one transaction it is there whole or not at
// all; in batches it is for a database that is nobody's yet, and is thrown away if this fails.
func (f *File) restore(ctx context.Context, d *db.DB, inBatches bool, progress func(Progress)) error {
	if newest := schema.NewestOf(f.migrations); f.Schema > newest {
		return newer(f.path, f.Schema, newest)
	}
	if err := f.prepare(ctx, d); err != nil {
		return err
	}
	in := &into{ctx: ctx, file: f, progress: progress, began: time.Now()}
	var err error
	if inBatches {
		in.write = func(i *db.Insert, args []any) error {
			return d.Write(ctx, func(tx *db.Tx) error { _, err := i.Exec(tx, args); return err })
		}
		if err = d.Write(ctx, f.vacate); err == nil {
			err = in.all(func(table string) (columns []db.Column, err error) {
				err = d.Read(ctx, func(tx *db.Tx) error { columns, err = tx.Columns(table); return err })
				return columns, err
			})
		}
		if err == nil {
			err = d.Write(ctx, anew)
		}
	} else {
		err = d.Write(ctx, func(tx *db.Tx) error {
			if err := f.vacate(tx); err != nil {
				return err
			}
			in.write = func(i *db.Insert, args []any) error { _, err := i.Exec(tx, args); return err }
			if err := in.all(tx.Columns); err != nil {
				return err
			}
			return anew(tx)
		})
	}
	if ctx.Err() != nil {
		return ctx.Err() //nolint:wrapcheck // whoever ended it knows why
	}
	if err != nil {
		return err
	}
	return d.Migrate(ctx, f.migrations)
}

// prepare makes the tables as they were when the backup was written.
func (f *File) prepare(ctx context.Context, d *db.DB) error {
	var have int64
	if err := d.Read(ctx, func(tx *db.Tx) (err error) { have, err = tx.Schema(); return err }); err != nil {
		return err
	}
	if have != 0 && have < f.Schema {
		// Left of a restore that was stopped between two migrations; but not if there are facts.
		if err := d.Write(ctx, f.vacate); err != nil {
			return err
		}
	}
	if have > f.Schema {
		return fault.Conflictf("the database has schema %d already, and the backup is of schema %d; restore into a new database", have, f.Schema)
	}
	return d.MigrateTo(ctx, f.migrations, f.Schema)
}

// vacate makes sure that there are no facts, and keeps others from making some.
func (f *File) vacate(tx *db.Tx) error {
	var there []string
	for _, t := range schema.Tables() {
		columns, err := tx.Columns(t.Name)
		if err != nil {
			return err
		}
		if len(columns) > 0 && !t.Passing {
			there = append(there, t.Name)
		}
	}
	if err := tx.Hold(there...); err != nil {
		return err
	}
	for _, table := range there {
		if table == settings { // a new database has some too
			continue
		}
		var filled bool
		if err := tx.QueryRow("SELECT EXISTS (SELECT 1 FROM " + table + ")").Scan(&filled); err != nil {
			return err
		}
		if filled {
			return fault.Conflictf("the database holds data already (in the table %s); restore into an empty one", table)
		}
	}
	_, err := tx.Exec("DELETE FROM " + settings)
	return err
}

const settings = "settings"

// anew makes another store of it: with an id of its own, and a feed that begins anew.
func anew(tx *db.Tx) error {
	if err := feed.Begin(tx); err != nil {
		return err
	}
	return schema.Name(tx, true)
}

// into puts the content of a backup into a database.
type into struct {
	ctx      context.Context
	file     *File
	write    func(*db.Insert, []any) error
	progress func(Progress)

	began  time.Time
	read   int64
	count  int64
	seen   map[string]int64
	reader *bufio.Reader
	line   []byte
}

// Read counts the bytes of the file, for the progress.
func (in *into) Read(b []byte) (int, error) {
	if err := in.ctx.Err(); err != nil {
		return 0, err //nolint:wrapcheck // whoever ended it knows why
	}
	n, err := in.file.file.ReadAt(b[:min(int64(len(b)), in.file.size-in.read)], in.read)
	if in.read += int64(n); n == 0 && err == nil && len(b) > 0 {
		err = io.EOF
	}
	return n, err //nolint:wrapcheck // nothing to add
}

// all reads the file from its beginning and writes its rows; columns are those of the database's tables.
func (in *into) all(columns func(table string) ([]db.Column, error)) error {
	in.read, in.count, in.seen = 0, 0, map[string]int64{}
	unpacked, err := unpack(in)
	if err != nil {
		return err
	}
	defer unpacked.Close()
	in.reader = bufio.NewReaderSize(unpacked, 1<<16)
	if _, err := in.next(); err != nil { // the header is known
		return in.file.damaged(err)
	}
	for {
		line, err := in.next()
		if err != nil {
			return in.file.damaged(err)
		}
		var head struct {
			tableLine
			trailer
		}
		if err := json.Unmarshal(line, &head); err != nil {
			return in.file.damaged(err)
		}
		if head.Rows != nil {
			return in.complete(head.Rows)
		}
		have, err := columns(head.Table)
		if err != nil {
			return err
		}
		if err := in.table(head.tableLine, have); err != nil {
			return err
		}
	}
}

// complete compares what was read with what the file says it has.
func (in *into) complete(rows map[string]int64) error {
	for table, n := range rows {
		if in.seen[table] != n {
			return in.file.damaged(fmt.Errorf("table %s has %d rows, and %d were written", table, in.seen[table], n))
		}
	}
	return nil
}

// next reads a line, without its end.
func (in *into) next() ([]byte, error) {
	in.line = in.line[:0]
	for {
		part, err := in.reader.ReadSlice('\n')
		in.line = append(in.line, part...)
		switch {
		case err == nil:
			return in.line[:len(in.line)-1], nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err //nolint:wrapcheck // the file explains its errors
		case len(in.line) > lineMost:
			return nil, errors.New("a row is too long")
		}
	}
}

func (in *into) table(head tableLine, have []db.Column) error {
	columns := head.columns()
	if len(have) != len(columns) || slices.ContainsFunc(columns, func(c db.Column) bool { return !slices.Contains(have, c) }) {
		return in.file.damaged(fmt.Errorf("the columns of the table %s are %v, and the schema has %v", head.Table, columns, have))
	}
	if !slices.Contains(tables(), head.Table) {
		return in.file.damaged(fmt.Errorf("the table %s is not one of facts", head.Table))
	}
	insert := db.NewInsert("INSERT INTO "+head.Table+" ("+list(columns)+")", len(columns), "")
	args, size := make([]any, 0, batchRows*len(columns)), 0
	flush := func() error {
		rows := len(args) / len(columns)
		if rows == 0 {
			return nil
		}
		if err := in.write(insert, args); err != nil {
			return err
		}
		in.seen[head.Table] += int64(rows)
		in.count += int64(rows)
		args, size = args[:0], 0
		if in.progress != nil {
			in.progress(Progress{Table: head.Table, Rows: in.count, Bytes: in.read, Size: in.file.size, Elapsed: time.Since(in.began)})
		}
		return in.ctx.Err() //nolint:wrapcheck // whoever ended it knows why
	}
	for {
		line, err := in.next()
		if err != nil {
			return in.file.damaged(err)
		}
		if string(line) == tableEnd {
			return flush()
		}
		if args, err = appendRow(args, line, columns); err != nil {
			return in.file.damaged(fmt.Errorf("table %s: %w", head.Table, err))
		}
		if size += len(line); size >= batchBytes || len(args) == cap(args) {
			if err := flush(); err != nil {
				return err
			}
		}
	}
}

func appendRow(args []any, line []byte, columns []db.Column) ([]any, error) {
	for i, c := range columns {
		cell, rest, more := bytes.Cut(line, []byte{'\t'})
		if more != (i < len(columns)-1) {
			return args, fmt.Errorf("a row has not %d values", len(columns))
		}
		value, err := parseValue(cell, c.Type)
		if err != nil {
			return args, err
		}
		args, line = append(args, value), rest
	}
	return args, nil
}
