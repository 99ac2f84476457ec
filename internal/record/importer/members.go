package importer

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
)

// errAfterGzip is what follows the last member of a gzip file and is none.
var errAfterGzip = errors.New("something follows the end of the gzip data")

// members reads the members of a gzip file one after another, and tells a file with something else behind them from
// one that is cut off. Zeros behind them are the padding of tapes and disks.
type members struct {
	z  *gzip.Reader
	in *bufio.Reader
}

func newMembers(z *gzip.Reader, in *bufio.Reader) *members {
	z.Multistream(false)
	return &members{z, in}
}

func (m *members) Read(p []byte) (int, error) {
	for {
		n, err := m.z.Read(p)
		if n > 0 && errors.Is(err, io.EOF) {
			err = nil // asked for again
		}
		if n > 0 || !errors.Is(err, io.EOF) {
			return n, err
		}
		if err := m.next(); err != nil {
			return 0, err
		}
	}
}

// next goes to the member that follows, io.EOF where none does.
func (m *members) next() error {
	magic, err := m.in.Peek(2)
	switch {
	case bytes.Equal(magic, []byte("\x1f\x8b")):
		if err := m.z.Reset(m.in); err != nil {
			if errors.Is(err, io.EOF) {
				return io.ErrUnexpectedEOF
			}
			return err
		}
		m.z.Multistream(false)
		return nil
	case err != nil && !errors.Is(err, io.EOF):
		return err
	}
	for {
		c, err := m.in.ReadByte()
		if err != nil {
			return err
		}
		if c != 0 {
			return errAfterGzip
		}
	}
}
