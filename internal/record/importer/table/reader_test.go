package table

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// got is a row as the tests write it.
type got struct {
	line  int64
	cells string // joined by |
	flaw  Flaw
}

func drain(t *Reader) ([]got, error) {
	var out []got
	for {
		for t.Next() {
			cells := make([]string, len(t.Row.Cells))
			for i, c := range t.Row.Cells {
				cells[i] = string(c)
			}
			out = append(out, got{t.Row.Line, strings.Join(cells, "|"), t.Row.Flaw})
		}
		more, err := t.Advance()
		if err != nil || !more {
			return out, err
		}
	}
}

// both reads the text from memory and as a stream of single bytes, which must agree.
func both(tb testing.TB, text string, f Format) []got {
	tb.Helper()
	fromBytes, err := drain(NewBytesReader([]byte(text), f))
	if err != nil {
		tb.Fatal(err)
	}
	stream := NewReader(context.Background(), iotest.OneByteReader(strings.NewReader(text)), f)
	defer stream.Close()
	streamed, err := drain(stream)
	if err != nil {
		tb.Fatal(err)
	}
	if !slices.Equal(fromBytes, streamed) {
		tb.Fatalf("%q: from memory %v, streamed %v", text, fromBytes, streamed)
	}
	return streamed
}

func TestReader(t *testing.T) {
	t.Parallel()
	comma, tab, blanks := Format{Delimiter: ','}, Format{Delimiter: '\t'}, Format{Delimiter: ' '}
	tests := []struct {
		name, text string
		format     Format
		want       []got
	}{
		{"plain", "a,b\nc,d\n", comma, []got{{1, "a|b", 0}, {2, "c|d", 0}}},
		{"no line end at the end", "a,b\nc,d", comma, []got{{1, "a|b", 0}, {2, "c|d", 0}}},
		{"CRLF", "a,b\r\nc,d\r\n", comma, []got{{1, "a|b", 0}, {2, "c|d", 0}}},
		{"CR only", "a,b\rc,d\r", Format{Delimiter: ',', LineEnd: '\r'}, []got{{1, "a|b", 0}, {2, "c|d", 0}}},
		{"empty cells", ",a,\n", comma, []got{{1, "|a|", 0}}},
		{"blank lines are counted, not read", "a\n\n,,\n  \r\nb\n", comma, []got{{1, "a", 0}, {5, "b", 0}}},
		{"quotes", "\"a,b\",\"c\"\"d\",\"\"\n", comma, []got{{1, "a,b|c\"d|", 0}}},
		{"quoted CRLF", "\"a\",\"b\"\r\n\"c\",\"d\"\r\n", comma, []got{{1, "a|b", 0}, {2, "c|d", 0}}},
		{"line end in quotes", "\"a\nb\",c\nd,e\n", comma, []got{{1, "a\nb|c", 0}, {3, "d|e", 0}}},
		{"blank before quote", "a, \"b, c\",d\n", comma, []got{{1, "a|b, c|d", 0}}},
		{"text after quote", "\"a\" b,c\n", comma, []got{{1, "a b|c", 0}}},
		{"quote inside", "5\" pipe,b\n", comma, []got{{1, "5\" pipe|b", 0}}},
		{"unclosed at the end", "a,b\n\"c,d\ne,f\n", comma, []got{{1, "a|b", 0}, {2, "\"c|d", Unclosed}, {3, "e|f", 0}}},
		{"unclosed before a later quote", "a,\"b\nc,d\ne,\"f,g\"\n", comma, []got{{1, "a|\"b", Unclosed}, {2, "c|d", 0}, {3, "e|f,g", 0}}},
		{"closed with the wrong width", "a,\"b\nc,d\",e\nf,g\n", Format{Delimiter: ',', Width: 2}, []got{{1, "a|\"b", Unclosed}, {2, "c|d\"|e", 0}, {3, "f|g", 0}}},
		{"tab", "a\tb c\t\"d\te\"\n", tab, []got{{1, "a|b c|d\te", 0}}},
		{"blanks", "  a   b\tc  \r\n d \"e f\" g\n", blanks, []got{{1, "a|b|c", 0}, {2, "d|e f|g", 0}}},
		{"NUL", "a,b\nc\x00,d\ne,f\n", comma, []got{{1, "a|b", 0}, {2, "c\x00|d", Binary}, {3, "e|f", 0}}},
		{"no UTF-8", "a,b\nc\xff,d\nä,f\n", comma, []got{{1, "a|b", 0}, {2, "c\xff|d", Garbled}, {3, "ä|f", 0}}},
		{"records", "\"a\nb\",c\n\nd,e\n", Format{Delimiter: ',', Records: true}, []got{{1, "a\nb|c", 0}, {3, "d|e", 0}}},
		{"empty", "", comma, nil},
		{"only a quote", "\"", comma, []got{{1, "\"", Unclosed}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if rows := both(t, tt.text, tt.format); !slices.Equal(rows, tt.want) {
				t.Errorf("%q:\n got %v\nwant %v", tt.text, rows, tt.want)
			}
		})
	}
}

// TestAgainstEncodingCSV writes random tables with the standard library and reads them over many blocks.
func TestAgainstEncodingCSV(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(2, 5).Draw(t, "width")
		cell := rapid.StringOfN(rapid.SampledFrom([]rune("ab1 ,\"\n;é中")), 0, 12, -1)
		var text bytes.Buffer
		w := csv.NewWriter(&text)
		w.UseCRLF = rapid.Bool().Draw(t, "crlf")
		var want []string
		for i := range rapid.IntRange(1, 30).Draw(t, "rows") {
			row := []string{fmt.Sprint("row", i)}
			for range width - 1 {
				row = append(row, rapid.Map(cell, strings.TrimSpace).Draw(t, "cell"))
			}
			if err := w.Write(row); err != nil {
				t.Fatal(err)
			}
			want = append(want, strings.Join(row, "|"))
		}
		w.Flush()
		r := NewReader(context.Background(), iotest.HalfReader(bytes.NewReader(text.Bytes())), Format{Delimiter: ',', Width: width})
		defer r.Close()
		rows, err := drain(r)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			cells := strings.ReplaceAll(row.cells, "\r\n", "\n")
			if row.flaw != NoFlaw || i >= len(want) || cells != want[i] {
				t.Fatalf("row %d = %+v in %q", i, row, text.String())
			}
		}
		if len(rows) != len(want) {
			t.Fatalf("%d rows, want %d", len(rows), len(want))
		}
	})
}

// TestBlocks reads rows, among them some longer than a block, over block ends.
func TestBlocks(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	var want []got
	line := int64(1)
	for i := range 3000 {
		cell := strings.Repeat("x", i%700)
		lines := int64(1)
		if i%500 == 499 {
			cell = strings.Repeat("long\n", blockSize/8)
			lines += blockSize / 8
		}
		fmt.Fprintf(&text, "%d,\"%s\"\n", i, cell)
		want = append(want, got{line, fmt.Sprintf("%d|%s", i, cell), 0})
		line += lines
	}
	r := NewReader(context.Background(), strings.NewReader(text.String()), Format{Delimiter: ',', Width: 2})
	defer r.Close()
	rows, err := drain(r)
	if err != nil || !slices.Equal(rows, want) {
		t.Fatalf("%d rows, want %d; %v", len(rows), len(want), err)
	}
}

func TestLongRow(t *testing.T) {
	t.Parallel()
	r := NewReader(context.Background(), io.MultiReader(strings.NewReader("a,b\n"), io.LimitReader(zeros{}, MaxRow+blockSize*2)), Format{Delimiter: ','})
	defer r.Close()
	rows, err := drain(r)
	if !errors.Is(err, ErrLongRow) || len(rows) != 1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

// TestManyUnclosed has an open quote on every line: each costs its line, and time does not explode.
func TestManyUnclosed(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("a,\"\"b\n\"x,y\n", 20_000)
	rows := 0
	for _, row := range both(t, text, Format{Delimiter: ',', Width: 2}) {
		rows++
		_ = row
	}
	if rows != 40_000 {
		t.Fatalf("%d rows", rows)
	}
}

func TestReadErrorComesAfterTheRows(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	r := NewReader(context.Background(), io.MultiReader(strings.NewReader("a,b\nc,d\ne,"), iotest.ErrReader(broken)), Format{Delimiter: ','})
	defer r.Close()
	rows, err := drain(r)
	if !errors.Is(err, broken) || len(rows) != 2 {
		t.Fatalf("%v, %v", rows, err)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	r := NewReader(ctx, io.LimitReader(zeros{}, 1<<40), Format{Delimiter: ','})
	cancel()
	_, err := drain(r)
	if err == nil {
		t.Fatal("no error")
	}
	r.Close()
}

func TestFind(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text      string
		delimiter byte
		cells     int
	}{
		{"a,b,c\n1,2,3\n", ',', 3}, {"a;b;c\n1;2,5;3\n4;5,5;6\n", ';', 3}, {"a\tb\n1,5\t2,5\n", '\t', 2}, {"a|b\nx y|z\n", '|', 2}, {" a  b c\n 1   2  3\n 4 5   6\n", ' ', 3},
		{"date,amount\n2011-12-01 08:26:00,5\n2011-12-02 08:26:00,6\n", ',', 2}, {"a,b\n\"x;y\",2\n\"z;w\",3\n", ',', 2}, {"one\ntwo\n", ',', 1}, {"id;date;amount\n1;2011-01-01;\"1,5\"\n", ';', 3},
		{"1;01.02.2011;12,50\n2;02.02.2011;13,50\n", ';', 3},
	}
	for _, tt := range tests {
		f, cells := Find([]byte(tt.text), true)
		if f.Delimiter != tt.delimiter || cells != tt.cells {
			t.Errorf("%q: %q with %d cells", tt.text, f.Delimiter, cells)
		}
	}
	if f, _ := Find([]byte("a,b\r1,2\r"), true); f.LineEnd != '\r' {
		t.Error("lone CR is not found")
	}
}

func FuzzReader(f *testing.F) {
	for _, s := range []string{"a,b\nc,d\n", "\"a\"\"b\",\"c\nd\"\n", "\"", "a,\"b\nc\",d\n", " a  b\n", "\r\n\r", "\"a\"x\r", "a\x00,\xff\n", "\"a\n\",\"\n\",\n\"\"\"\n"} {
		f.Add([]byte(s), byte(','), 2, false)
		f.Add([]byte(s), byte(' '), 0, true)
	}
	f.Fuzz(func(t *testing.T, text []byte, delimiter byte, width int, records bool) {
		if !strings.ContainsRune(",;\t| ", rune(delimiter)) || width < 0 || width > 10 {
			return
		}
		format := Format{Delimiter: delimiter, Width: width, Records: records}
		rows := both(t, string(text), format)
		lines := int64(bytes.Count(text, []byte{'\n'})) + 1
		last := int64(0)
		for _, r := range rows {
			if r.line <= last || r.line > lines {
				t.Fatalf("line %d after %d of %d", r.line, last, lines)
			}
			last = r.line
		}
		_, _ = Find(text, true)
		_, _ = Find(text, false)
	})
}
