package columnar

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"regulars/internal/base/fault"
)

// OpenParquet gives a Parquet file as a stream of CSV: UTF-8, a header, comma, quotes where needed, ISO dates, a
// decimal point, nothing for NULL. DuckDB decodes the file in its own threads while the stream is read, in bounded
// memory; closing early stops it. Errors of decoding come out of Read.
func OpenParquet(ctx context.Context, path string) (io.ReadCloser, error) {
	db, err := Open(ctx, "", Options{MemoryLimit: "512MB"})
	if err != nil {
		return nil, err
	}
	// Ask for the columns first: a file that is no Parquet is refused here, not in mid-stream.
	rows, err := db.QueryContext(ctx, "SELECT * FROM read_parquet("+Quote(path)+") LIMIT 0")
	if err == nil {
		err = errors.Join(rows.Err(), rows.Close())
	}
	if err != nil {
		return nil, errors.Join(fault.Invalidf("%s cannot be read as a Parquet file: %w", path, err), db.Close())
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("pipe for %s: %w", path, err), db.Close())
	}
	ctx, cancel := context.WithCancel(ctx)
	p := &parquetStream{read: r, cancel: cancel, done: make(chan error, 1)}
	go func() {
		_, err := db.ExecContext(ctx, fmt.Sprintf(
			"COPY (SELECT * FROM read_parquet(%s)) TO '/dev/fd/%d' (FORMAT csv, HEADER true)", Quote(path), w.Fd()))
		p.done <- errors.Join(err, db.Close())
		// Only now: the reader sees the end of the stream after the outcome is known.
		_ = w.Close()
	}()
	return p, nil
}

type parquetStream struct {
	read   *os.File
	cancel context.CancelFunc
	done   chan error
	err    error
	ended  bool
}

func (p *parquetStream) Read(b []byte) (int, error) {
	n, err := p.read.Read(b)
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	if !p.ended {
		p.ended, p.err = true, <-p.done
	}
	if p.err != nil {
		return n, fault.Invalidf("the Parquet file is damaged: %w", p.err)
	}
	return n, io.EOF
}

// Close stops the decoding and lets go of the file. What is still coming is read to the end, since a pipe closed under
// the engine would raise SIGPIPE in a thread that is not Go's, and that ends the whole program; but nobody waits for
// it: the driver sleeps half a second after it has interrupted a query.
func (p *parquetStream) Close() error {
	p.cancel()
	if p.ended {
		return p.read.Close()
	}
	p.ended = true
	go func() {
		_, _ = io.Copy(io.Discard, p.read) // cut short on purpose: its errors say nothing
		<-p.done                           //nolint:errcheck // the outcome of a stream cut short is not wanted
		_ = p.read.Close()
	}()
	return nil
}

// CSVToParquet writes a CSV file with a header as Parquet, every column's type found out by the engine.
func CSVToParquet(ctx context.Context, csvPath, parquetPath string) error {
	db, err := Open(ctx, "", Options{MemoryLimit: "1GB"})
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, fmt.Sprintf("COPY (SELECT * FROM read_csv(%s, header = true)) TO %s (FORMAT parquet)",
		Quote(csvPath), Quote(parquetPath)))
	return errors.Join(err, db.Close())
}
