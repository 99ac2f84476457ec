package table

import (
	"bytes"
	"context"
	"errors"
	"io"
	"unicode/utf8"
)

// Limits of what is still a table.
const (
	MaxRow    = 16 << 20 // bytes in a row
	maxQuoted = 1 << 20  // bytes in a quoted cell that goes over line ends
	maxLoose  = 64       // unclosed quotes after which no cell may go over a line end any more
)

// ErrLongRow is returned for a row over MaxRow.
var ErrLongRow = errors.New("row too long")

// Format is how the text is cut.
type Format struct {
	Delimiter byte // ' ' stands for runs of blanks and tabs
	LineEnd   byte // '\n' (also after '\r') or, in very old files, '\r'
	Width     int  // cells a row should have; 0: not known yet. Only used to recognise unclosed quotes
	Records   bool // Line counts rows, not line ends: the text was made from a spreadsheet
}

// Flaw is what is wrong with the text of a row.
type Flaw uint8

// The flaws.
const (
	NoFlaw   Flaw = iota
	Unclosed      // a quote opens a cell and nothing closes it
	Garbled       // bytes that are no text in the encoding
	Binary        // NUL bytes
)

// Row is one row. Cells are as written, without their quotes, and not trimmed.
type Row struct {
	Cells [][]byte
	Line  int64
	Flaw  Flaw
}

// Reader cuts rows out of a text, one window of it at a time.
type Reader struct {
	Row Row // the row that Next found

	format  Format
	feed    *feed
	block   *block
	joined  []byte // a window made of an unfinished row and the block after it
	win     []byte
	pos     int
	line    int64 // number of the line at pos
	lines   int64 // line ends within the row being cut
	last    bool  // nothing comes after the window
	suspect bool  // the window has a NUL or bytes that are no text
	loose   int   // unclosed quotes so far
	stops   [256]bool
	escaped []int // cells of the row that need their quotes taken out
}

// NewReader reads rows from r, which yields UTF-8. Close must be called.
func NewReader(ctx context.Context, r io.Reader, f Format) *Reader {
	t := newReader(f)
	t.feed = startFeed(ctx, r, t.format.LineEnd)
	return t
}

// NewBytesReader reads rows from text that is all there. The text is changed by reading: quotes are taken out.
func NewBytesReader(text []byte, f Format) *Reader {
	t := newReader(f)
	t.win, t.last, t.suspect = text, true, isSuspect(text)
	return t
}

func newReader(f Format) *Reader {
	if f.LineEnd == 0 {
		f.LineEnd = '\n'
	}
	t := &Reader{format: f, line: 1}
	t.stops[f.LineEnd] = true
	t.stops[f.Delimiter] = true
	if f.Delimiter == ' ' {
		t.stops['\t'] = true
	}
	return t
}

// Close ends the goroutine that reads ahead and waits for it.
func (t *Reader) Close() {
	if t.feed != nil {
		t.feed.stop()
	}
}

// Next finds the next row within the window; false: call Advance. Lines with nothing in them are skipped.
func (t *Reader) Next() bool {
	for t.pos < len(t.win) {
		start := t.pos
		t.Row.Flaw, t.lines = NoFlaw, 1
		var end int
		if t.format.Delimiter == ' ' {
			end = t.cutBlanks(start)
		} else {
			end = t.cut(start)
		}
		if end < 0 {
			return false
		}
		if t.lines > 1 && t.format.Width > 0 && len(t.Row.Cells) != t.format.Width {
			end = t.cutUnclosed(start)
		}
		t.Row.Line = t.line
		t.pos = end
		if t.format.Records {
			t.line++
		} else {
			t.line += t.lines
		}
		if blank(t.Row.Cells) {
			continue
		}
		if t.suspect && t.Row.Flaw == NoFlaw {
			t.Row.Flaw = flawOf(t.win[start:end])
		}
		t.unescape()
		return true
	}
	return false
}

// Advance frees the window, with all cells in it, and loads the next; false at the end of the text.
func (t *Reader) Advance() (bool, error) {
	if t.last || t.feed == nil {
		return false, nil
	}
	tail := t.win[t.pos:]
	if len(tail) > MaxRow {
		return false, ErrLongRow
	}
	b, err := t.feed.next()
	if err != nil {
		return false, err
	}
	t.suspect = b.suspect || (t.suspect && len(tail) > 0)
	if len(tail) > 0 {
		t.joined = append(append(t.joined[:0], tail...), b.data...)
		t.win = t.joined
	} else {
		t.win = b.data
	}
	t.feed.recycle(t.block)
	t.block, t.pos, t.last = b, 0, b.last
	return true, nil
}

// Line is the number of the line that comes next.
func (t *Reader) Line() int64 { return t.line }

// blank is true for a row without anything in it: an empty line, or the empty tail of a spreadsheet.
func blank(cells [][]byte) bool {
	for _, c := range cells {
		for _, b := range c {
			if b > ' ' {
				return false
			}
		}
	}
	return true
}

// isSuspect is true when some row of the text may have a flaw.
func isSuspect(b []byte) bool { return flawOf(b) != NoFlaw }

// flawOf says why bytes are no text. Decoders put U+FFFD for what they cannot decode.
func flawOf(b []byte) Flaw {
	switch {
	case bytes.IndexByte(b, 0) >= 0:
		return Binary
	case !utf8.Valid(b), bytes.Contains(b, []byte("\uFFFD")):
		return Garbled
	}
	return NoFlaw
}
