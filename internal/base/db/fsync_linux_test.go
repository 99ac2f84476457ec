package db_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"regulars/internal/base/db"
	"regulars/internal/base/db/dbtest"
)

// writesCounted is how many writes the tests below make, one after the other.
const writesCounted = 40

// TestChildAcknowledges makes writes one after the other and prints a line when each is acknowledged.
func TestChildAcknowledges(t *testing.T) {
	d := dbtest.InChild(t)
	if d == nil {
		return
	}
	for i := range writesCounted {
		if err := run(t.Context(), d, `INSERT INTO entry VALUES ($1)`, i); err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintf(os.Stdout, "kept %d\n", i); err != nil {
			t.Fatal(err)
		}
	}
}

// A killed process does not lose what the kernel holds, and so cannot show whether a write waited for the disk. The
// system calls do: before each acknowledgement something was forced to disk since the one before.
func TestSQLiteForcesEachWriteToDisk(t *testing.T) {
	t.Parallel()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Fatal("strace is missing, which counts what is forced to disk: apt-get install strace")
	}
	o := dbtest.SQLite(t)
	prepare(t, dbtest.Open(t, o), `CREATE TABLE entry (key BIGINT NOT NULL)`)
	calls := filepath.Join(t.TempDir(), "calls")
	c := dbtest.Child(t, "TestChildAcknowledges", o)
	c.Path, c.Args = strace, append([]string{strace, "-f", "-qq", "-e", "trace=fsync,fdatasync,write", "-s", "16", "-o", calls}, c.Args...)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(calls)
	if err != nil {
		t.Fatal(err)
	}
	forced, kept := 0, 0
	for line := range strings.Lines(string(text)) {
		switch {
		case strings.Contains(line, "sync") && strings.Contains(line, "= 0"): // done, in one line or resumed
			forced++
		case strings.Contains(line, `"kept `):
			if kept++; forced == 0 {
				t.Errorf("acknowledged before anything was on disk: %s", line)
			}
			forced = 0
		}
	}
	if kept != writesCounted {
		t.Errorf("%d acknowledgements seen, want %d", kept, writesCounted)
	}
}

// PostgreSQL counts itself how often it forced its log to disk.
func TestPostgresForcesEachWriteToDisk(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, db.Options{URL: dbtest.NewServer(t).URL, Connections: 1})
	prepare(t, d, `CREATE TABLE entry (key BIGINT NOT NULL)`)
	forced := func() int {
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			rows, err := tx.Query(`SELECT pg_stat_force_next_flush()`)
			if err != nil {
				return err
			}
			return rows.Close()
		}); err != nil {
			t.Fatal(err)
		}
		return one[int](t, d, `SELECT wal_sync FROM pg_stat_wal`)
	}
	before := forced()
	for i := range writesCounted {
		if err := run(t.Context(), d, `INSERT INTO entry VALUES ($1)`, i); err != nil {
			t.Fatal(err)
		}
	}
	if n := forced() - before; n < writesCounted {
		t.Errorf("the log was forced to disk %d times by %d writes", n, writesCounted)
	}
}
