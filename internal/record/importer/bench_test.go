package importer

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"regulars/internal/record/fact"
)

// BenchmarkPlainOrders reads a generated file of a million rows of about 40 bytes; REGULARS_BENCH_ROWS asks for more.
func BenchmarkPlainOrders(b *testing.B) {
	rows := 1_000_000
	if s := os.Getenv("REGULARS_BENCH_ROWS"); s != "" {
		if _, err := fmt.Sscan(s, &rows); err != nil {
			b.Fatal(err)
		}
	}
	path := filepath.Join(b.TempDir(), "orders.csv")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	_, _ = w.WriteString("order_id,customer_id,date,amount\n")
	start := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range rows {
		at := start.Add(time.Duration(i) * 13 * time.Second)
		_, _ = fmt.Fprintf(w, "%d,c%d,%s,%d.%02d\n", i, i*7919%1_000_003, at.Format("2006-01-02 15:04:05"), i%90, i%100)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	b.ReportAllocs()
	for b.Loop() {
		benchRead(b, path, int64(rows))
	}
}

// BenchmarkRussianOrders reads decimal commas, spelled dates and Windows-1251.
func BenchmarkRussianOrders(b *testing.B) {
	const rows = 200_000
	line := "\xca12345;1 \xe4\xe5\xea 2011;1 234,50\n"
	path := filepath.Join(b.TempDir(), "orders.csv")
	if err := os.WriteFile(path, []byte("\xca\xeb\xe8\xe5\xed\xf2;\xc4\xe0\xf2\xe0;\xd1\xf3\xec\xec\xe0\n"+strings.Repeat(line, rows)), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(rows * len(line)))
	b.ReportAllocs()
	for b.Loop() {
		benchRead(b, path, rows)
	}
}

// BenchmarkSmallFile is what a file costs before its rows.
func BenchmarkSmallFile(b *testing.B) {
	path := put(b, "orders.csv", plainOrders)
	b.ReportAllocs()
	for b.Loop() {
		benchRead(b, path, 2)
	}
}

func benchRead(b *testing.B, path string, rows int64) {
	b.Helper()
	p, err := Inspect(context.Background(), path, Options{Digits: 2})
	if err != nil {
		b.Fatal(err)
	}
	account, err := p.Read(context.Background(), Options{Digits: 2}, func(*fact.Batch) error { return nil })
	if err != nil || account.Recorded != rows {
		b.Fatal(err, account)
	}
}
