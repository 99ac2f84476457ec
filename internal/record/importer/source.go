package importer

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"regulars/internal/base/columnar"
	"regulars/internal/base/fault"
	"regulars/internal/record/importer/charset"
	"regulars/internal/record/importer/table"
)

// sourceKind is how the rows are kept in the file.
type sourceKind string

const (
	delimited sourceKind = "csv"
	xlsx      sourceKind = "xlsx"
	parquet   sourceKind = "parquet"
)

// source is an open file that yields delimited text: as it lies in the file, or made from a workbook or Parquet.
type source struct {
	kind        sourceKind
	compression string
	text        io.Reader // not decoded
	size        int64
	read        atomic.Int64 // bytes of the file on disk
	closers     []func() error
	notes       []Note
}

// Close lets go of the file and ends what was reading it.
func (s *source) Close() error {
	var errs []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		errs = append(errs, s.closers[i]())
	}
	s.closers = nil
	return errors.Join(errs...)
}

// counter counts the bytes read from disk.
type counter struct {
	file *os.File
	n    *atomic.Int64
}

func (c counter) Read(p []byte) (int, error) {
	n, err := c.file.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// open opens a file and finds out by its first bytes how it is packed.
func open(ctx context.Context, path string) (*source, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fault.Invalidf("there is no file %s", path)
	case err != nil:
		return nil, fault.Invalidf("%s cannot be opened: %w", path, err)
	case info.IsDir():
		return nil, fault.Invalidf("%s is a directory: name the files in it", path)
	case !info.Mode().IsRegular():
		return nil, fault.Invalidf("%s is not a regular file: it has to be read twice, so save it to a file first", path)
	case info.Size() == 0:
		return nil, fault.Invalidf("%s is empty", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Invalidf("%s cannot be opened: %w", path, err)
	}
	s := &source{kind: delimited, size: info.Size(), closers: []func() error{f.Close}}
	if err := s.unpack(ctx, path, f); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// unpack puts the decoder in front of the file that its first bytes ask for.
func (s *source) unpack(ctx context.Context, path string, f *os.File) error {
	in := bufio.NewReaderSize(counter{f, &s.read}, 256<<10)
	magic, err := in.Peek(8)
	if err != nil && !errors.Is(err, io.EOF) {
		return fault.Invalidf("%s cannot be read: %w", path, err)
	}
	switch {
	case bytes.HasPrefix(magic, []byte("\x1f\x8b")):
		s.compression = "gzip"
		z, err := gzip.NewReader(in)
		if err != nil {
			return readFault(path, "gzip", 0, err)
		}
		s.text = newMembers(z, in)
	case bytes.HasPrefix(magic, []byte("\x28\xb5\x2f\xfd")):
		s.compression = "zstd"
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
		if err != nil {
			return readFault(path, "zstd", 0, err)
		}
		s.closers = append(s.closers, func() error { z.Close(); return nil })
		s.text = z
	case bytes.HasPrefix(magic, []byte("PK\x03\x04")):
		return s.openWorkbook(ctx, path)
	case bytes.HasPrefix(magic, []byte("PAR1")):
		r, err := columnar.OpenParquet(ctx, path)
		if err != nil {
			// The engine's own message goes over many lines.
			return fault.Invalidf("%s is a damaged Parquet file, or one that cannot be read: %w", path, firstLine(err))
		}
		s.kind, s.text = parquet, r
		s.closers = append(s.closers, r.Close)
	default:
		s.text = in
	}
	return nil
}

// firstLine is an error cut down to a sentence.
func firstLine(err error) error {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return errors.New(line)
}

// wholly is called when all rows are read: what a workbook or Parquet file was read by is not counted on the way.
func (s *source) wholly() { s.read.Store(s.size) }

// rows starts cutting the text by the plan. The names of encodings found on the way are sent to decided.
func (s *source) rows(ctx context.Context, p *Plan, decided func(string)) (*table.Reader, error) {
	text, err := charset.Reader(s.text, p.layout.found)
	if err != nil {
		return nil, readFault(p.Path, s.compression, 0, err)
	}
	if p.layout.auto {
		text = charset.Auto(text, decided)
	}
	return table.NewReader(ctx, text, p.layout.cut), nil
}

// readFault says in a sentence why reading stopped after so many rows.
func readFault(path, compression string, rows int64, err error) error {
	var f *fault.Fault
	switch {
	case errors.As(err, &f), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, table.ErrLongRow):
		return fault.Invalidf("%s: the row after row %d is longer than 16 MiB; is it a table, and is the delimiter right? (%w)", path, rows, err)
	case errors.Is(err, errAfterGzip):
		return fault.Invalidf("%s goes on after the end of its gzip data, with something else, after %d rows: copy or download it again, or unpack it first", path, rows)
	case compression != "" && (errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)):
		return fault.Invalidf("%s is cut off in the middle of its %s data, after %d rows: copy or download it again (%w)", path, compression, rows, err)
	case compression != "":
		return fault.Invalidf("%s is damaged in its %s data, after %d rows: copy or download it again (%w)", path, compression, rows, err)
	}
	return fault.Invalidf("%s cannot be read beyond row %d: %w", path, rows, err)
}
