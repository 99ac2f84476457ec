package importer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/xuri/excelize/v2"

	"regulars/internal/base/columnar"
	"regulars/internal/record/fact"
)

func zstandard(tb testing.TB, content string) string {
	tb.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		tb.Fatal(err)
	}
	return string(w.EncodeAll([]byte(content), nil))
}

// manyOrders is so many rows that a file of them is read in several windows.
func manyOrders(n int) string {
	var text strings.Builder
	text.WriteString("order,customer,date,amount\n")
	for i := range n {
		fmt.Fprintf(&text, "%d,c%d,2024-01-%02d,%d.%02d\n", i, i*7919%10_007, i%28+1, i%97, i%100)
	}
	return text.String()
}

// TestTruncated cuts packed files off at every tenth of them: never a silent success, always a sentence.
func TestTruncated(t *testing.T) {
	t.Parallel()
	text := manyOrders(20_000)
	for packing, packed := range map[string]string{"gzip": gzipped(t, text), "zstd": zstandard(t, text)} {
		for tenth := 1; tenth < 10; tenth++ {
			t.Run(fmt.Sprintf("%s, %d tenths", packing, tenth), func(t *testing.T) {
				t.Parallel()
				path := put(t, "orders.csv.x", packed[:len(packed)*tenth/10])
				refuse(t, path, Options{}, packing, "after ", " rows")
				nothingLeft(t, path)
			})
		}
		refuse(t, put(t, "orders.csv.x", packed[:len(packed)-1]), Options{}, packing)
	}
}

// nothingLeft looks for files that the reader made beside its input and did not take away.
func nothingLeft(tb testing.TB, path string) {
	tb.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		tb.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != filepath.Base(path) {
			tb.Errorf("%s was left behind", e.Name())
		}
	}
}

// TestStopped ends a reading by its context and by an error of whoever takes the facts, after rejected rows: no file
// is left, no goroutine goes on, and the account is that of the rows read.
func TestStopped(t *testing.T) {
	t.Parallel()
	text := strings.Replace(manyOrders(60_000), "\n", "\nbad,row,no date,1\n", 5)
	for name, content := range map[string]string{"plain": text, "gzip": gzipped(t, text)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := put(t, "orders.csv", content)
			p, err := Inspect(context.Background(), path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			stop := errors.New("stop")
			ctx, cancel := context.WithCancel(context.Background())
			for what, emit := range map[string]func(*fact.Batch) error{
				"the context": func(*fact.Batch) error { cancel(); return nil },
				"an error":    func(*fact.Batch) error { return stop },
			} {
				account, err := p.Read(ctx, Options{}, emit)
				if !errors.Is(err, stop) && !errors.Is(err, context.Canceled) {
					t.Errorf("%s: %v", what, err)
				}
				checkAccount(t, account)
				nothingLeft(t, path)
			}
			cancel()
		})
	}
}

// TestNoGoroutineStays counts them before and after readings that end in every way.
func TestNoGoroutineStays(t *testing.T) { //nolint:paralleltest // it counts the goroutines of the process
	path := put(t, "orders.csv.gz", gzipped(t, manyOrders(60_000)))
	book := workbook(t, func(f *excelize.File) {
		setRow(t, f, "Sheet1", "A1", "customer", "date", "amount")
		for i := range 5000 {
			setRow(t, f, "Sheet1", fmt.Sprintf("A%d", i+2), i, "2024-01-01", 5)
		}
	})
	before := runtime.NumGoroutine()
	for range 5 {
		for _, file := range []string{path, book} {
			p, err := Inspect(context.Background(), file, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.Read(context.Background(), Options{}, func(*fact.Batch) error { return errors.New("enough") }); err == nil {
				t.Error("the error was lost")
			}
		}
	}
	for range 100 {
		if runtime.NumGoroutine() <= before+2 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

// TestProgress is called with counts that only grow and end at the whole.
func TestProgress(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{"plain": manyOrders(50_000), "gzip": gzipped(t, manyOrders(50_000)), "empty": "customer,date,amount\n"} {
		path := put(t, "orders.csv", content)
		var last Progress
		calls := 0
		e := take(t, path, Options{Progress: func(p Progress) {
			if p.BytesRead < last.BytesRead || p.Rows < last.Rows || p.Elapsed < last.Elapsed || p.BytesRead > p.Bytes || p.File != path || p.TimeLeft < 0 {
				t.Errorf("%s: %+v after %+v", name, p, last)
			}
			last, calls = p, calls+1
		}})
		if calls == 0 || last.BytesRead != last.Bytes || last.Rows != e.account.Rows || last.TimeLeft != 0 || last.Bytes != int64(len(content)) {
			t.Errorf("%s: %d calls, the last %+v", name, calls, last)
		}
	}
}

// TestHugeRows has cells of nearly a mebibyte, rows of thousands of cells, and a row too long to be one.
func TestHugeRows(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long text, \"\"quoted\"\"\n", 40_000)
	e := take(t, put(t, "orders.csv", "customer,date,amount,note\na,2024-01-01,5,\""+long+"\"\nb,2024-01-02,6,\n"), Options{})
	if e.account.Recorded != 2 || len(e.sales[0].Attributes[0]) != len(strings.ReplaceAll(long, `""`, `"`)) && len(e.sales[0].Attributes[0])+1 != len(strings.ReplaceAll(long, `""`, `"`)) {
		t.Errorf("%+v, %d bytes", e.account, len(e.sales[0].Attributes[0]))
	}
	wide := strings.Repeat(",x", 3000)
	e = take(t, put(t, "orders.csv", "customer,date,amount"+strings.Repeat(",c", 3000)+"\na,2024-01-01,5"+wide+"\nb,2024-01-02,6"+wide+",y\n"), Options{})
	if e.account.Recorded != 1 || e.account.Reasons[string(TooManyCells)] != 1 || len(e.sales[0].Attributes) != 3000 {
		t.Errorf("%+v", e.account)
	}
	refuse(t, put(t, "orders.csv", "customer,date,amount\na,2024-01-01,5\n"+strings.Repeat("x", 17<<20)+"\n"), Options{}, "longer than 16 MiB")
}

// TestNULBytes costs the rows that have them a replacement, not the file its reading.
func TestNULBytes(t *testing.T) {
	t.Parallel()
	path := put(t, "orders.csv", "customer,date,amount,note\n"+strings.Repeat("a,2024-01-01,5,fine\n", 200)+"b\x00c,2024-01-02,6,\x00\nd,2024-01-03,\x00,x\n")
	e := take(t, path, Options{})
	if e.account.Rows != 202 || e.account.Unreadable == 0 {
		t.Fatalf("%+v", e.account)
	}
	if rejected := read(t, e.account.RejectedFile); strings.ContainsRune(rejected, 0) || !strings.Contains(rejected, "\uFFFD") {
		t.Errorf("%q", rejected)
	}
}

// TestQuotes cuts quoted cells as programs write them, and rows whose quotes are wrong.
func TestQuotes(t *testing.T) {
	t.Parallel()
	const head = "customer,date,amount,note\n"
	tests := []struct{ name, rows, notes, count string }{
		{"a comma", `a,2024-01-01,5,"x, y"`, "x, y", "0 0 0 0 0 1"},
		{"doubled quotes", `a,2024-01-01,5,"say ""hi"""`, `say "hi"`, "0 0 0 0 0 1"},
		{"a line end", "a,2024-01-01,5,\"x\ny\"\nb,2024-01-01,5,z", "x\ny|z", "0 0 0 0 0 2"},
		{"quotes inside", `a,2024-01-01,5,a 5" pipe`, `a 5" pipe`, "0 0 0 0 0 1"},
		{"every cell quoted", `"a","2024-01-01","5","x"`, "x", "0 0 0 0 0 1"},
		{"an empty quoted cell", `a,2024-01-01,5,""`, "", "0 0 0 0 0 1"},
		{"never closed, at the end", "a,2024-01-01,5,x\nb,2024-01-01,5,\"y", "x", "1 0 0 0 0 1"},
		{"never closed, rows after it", "a,2024-01-01,5,\"x\nb,2024-01-01,5,y\nc,2024-01-01,5,z", "y|z", "1 0 0 0 0 2"},
		{"old line ends of a Mac", "a,2024-01-01,5,x\rb,2024-01-01,5,y", "x|y", "0 0 0 0 0 2"},
		{"line ends of Windows", "a,2024-01-01,5,x\r\nb,2024-01-01,5,y\r\n", "x|y", "0 0 0 0 0 2"},
		{"blank lines", "a,2024-01-01,5,x\n\n\nb,2024-01-01,5,y\n\n", "x|y", "0 0 0 0 0 2"},
		{"lines of delimiters", "a,2024-01-01,5,x\n,,,\nb,2024-01-01,5,y", "x|y", "0 0 0 0 0 2"},
	}
	for _, tt := range tests {
		file := head + tt.rows
		if tt.name == "old line ends of a Mac" {
			file = strings.ReplaceAll(file, "\n", "\r")
		}
		e := take(t, put(t, "orders.csv", file), Options{})
		var notes []string
		for _, s := range e.sales {
			notes = append(notes, s.Attributes[0])
		}
		if got := strings.Join(notes, "|"); got != tt.notes || countWords(e.account) != tt.count {
			t.Errorf("%s: %q %s, want %q %s", tt.name, got, countWords(e.account), tt.notes, tt.count)
		}
	}
}

// TestDelimiters reads one table cut in every way.
func TestDelimiters(t *testing.T) {
	t.Parallel()
	for _, d := range []string{",", ";", "\t", "|", "   "} {
		text := strings.ReplaceAll("order~customer~date~amount\n1~a~2024-01-01~5.50\n2~b~2024-01-02~6.50\n", "~", d)
		e := take(t, put(t, "orders.txt", text), Options{Digits: 2})
		if e.plan.Delimiter != d[:1] || len(e.sales) != 2 || saleWords(e.sales[1]) != "3 2 b 2024-01-02 1 650" {
			t.Errorf("%q: %q %+v", d, e.plan.Delimiter, e.sales)
		}
	}
	// Commas in numbers and names do not make a comma the delimiter.
	e := take(t, put(t, "orders.csv", "клиент;дата;сумма;товар\nИванов, И.;01.12.2011;5,50;чай, кофе\nПетров, П.;02.12.2011;6,50;сок, вода\n"), Options{Digits: 2})
	if e.plan.Delimiter != ";" || e.sales[0].Customer != "Иванов, И." || e.sales[0].AmountMinor != 550 {
		t.Errorf("%+v %+v", e.plan, e.sales)
	}
}

// TestParquetTypes reads columns of every type that tables have, with nulls.
func TestParquetTypes(t *testing.T) {
	t.Parallel()
	csv := put(t, "orders.csv", "order,customer,day,at,amount,member,note\n"+
		"1,17850,2024-01-13,2024-01-13 08:26:59,1234.5,true,\"a, \"\"b\"\"\"\n2,,2024-01-14,,-0.25,false,\n3,12,,2024-01-15 00:00:00,,,Ω\n")
	path := filepath.Join(t.TempDir(), "orders.parquet")
	if err := columnar.CSVToParquet(context.Background(), csv, path); err != nil {
		t.Fatal(err)
	}
	e := take(t, path, Options{Digits: 2, Map: map[string]string{"date": "day"}})
	if got := countWords(e.account); got != "1 1 0 0 0 1" || e.plan.Format != "parquet" || e.plan.Encoding != "utf-8" {
		t.Fatalf("%s %+v", got, e.plan)
	}
	if got := saleWords(e.sales[0]); got != "2 1 17850 2024-01-13 1 123450" {
		t.Errorf("%s", got)
	}
	if got := strings.Join(e.sales[0].Attributes, "|"); got != "2024-01-13 08:26:59|true|a, \"b\"" {
		t.Errorf("%s", got)
	}
	if got := strings.Join(e.sales[1].Attributes, "|"); got != "|false|" || e.sales[1].AmountMinor != -25 {
		t.Errorf("%s", got)
	}
}
