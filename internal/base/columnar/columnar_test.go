package columnar_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"regulars/internal/base/columnar"
	"regulars/internal/base/fault"
)

func TestLoadThenQuery(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := open(t)
	if _, err := db.ExecContext(ctx, "CREATE TABLE t (id INTEGER, name VARCHAR, amount BIGINT)"); err != nil {
		t.Fatal(err)
	}
	l, err := db.Load(ctx, "t", 3)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5000 {
		row := l.Row()
		row[0], row[1], row[2] = int32(i), "n", int64(i)
		if i%2 == 0 {
			row[1] = nil
		}
		if err := l.Append(); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	var n, named, sum int64
	if err := db.QueryRowContext(ctx, "SELECT count(*), count(name), sum(amount) FROM t").Scan(&n, &named, &sum); err != nil {
		t.Fatal(err)
	}
	if n != 5000 || named != 2500 || sum != 4999*5000/2 {
		t.Errorf("got %d rows, %d named, sum %d", n, named, sum)
	}
}

func TestParquetComesBackAsCSV(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := t.TempDir()
	src := "id,day,amount,note\n1,2024-02-29,10.50,\"a, \"\"b\"\"\"\n2,2024-03-01,0.10,\n"
	csv, pq := filepath.Join(dir, "a.csv"), filepath.Join(dir, "it's.parquet")
	if err := os.WriteFile(csv, []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := columnar.CSVToParquet(ctx, csv, pq); err != nil {
		t.Fatal(err)
	}
	r, err := columnar.OpenParquet(ctx, pq)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	want := "id,day,amount,note\n1,2024-02-29,10.5,\"a, \"\"b\"\"\"\n2,2024-03-01,0.1,\n"
	if string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestParquetClosedEarlyStops(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := t.TempDir()
	csv, pq := filepath.Join(dir, "a.csv"), filepath.Join(dir, "a.parquet")
	if err := os.WriteFile(csv, []byte("a,b\n"+strings.Repeat("1,some text that fills the pipe\n", 200_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := columnar.CSVToParquet(ctx, csv, pq); err != nil {
		t.Fatal(err)
	}
	r, err := columnar.OpenParquet(ctx, pq)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestNotParquetIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.parquet")
	if err := os.WriteFile(path, []byte("PAR1 not really"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := columnar.OpenParquet(context.Background(), path)
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("got %v, want an invalid-input fault", err)
	}
}

func TestFileDatabaseStaysOnDisk(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.duckdb")
	db, err := columnar.Open(context.Background(), path, columnar.Options{MemoryLimit: "100MB", Threads: 1, TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func open(t *testing.T) *columnar.DB {
	t.Helper()
	db, err := columnar.Open(context.Background(), "", columnar.Options{MemoryLimit: "500MB"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
