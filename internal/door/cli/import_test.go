package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/folder"
)

// manyOrders writes a file of orders of a line each, and gives what they come to.
func manyOrders(t *testing.T, orders int) (path string, sum int64) {
	t.Helper()
	var b strings.Builder
	b.WriteString("order,customer,date,product,amount\n")
	for i := range orders {
		amount := int64(i%97 + 1)
		fmt.Fprintf(&b, "%d,c%d,2026-%02d-%02d,p%d,%d.00\n", i, i%501, 1+i%12, 1+i%28, i%13, amount)
		sum += amount * 100
	}
	path = filepath.Join(t.TempDir(), "orders.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, sum
}

// begun starts an import and waits until it has gone beyond a position. Wait is for its end, in place of the command's.
func (p place) begun(t *testing.T, file string, beyond int64) (c *exec.Cmd, wait func(), said *bytes.Buffer) {
	t.Helper()
	c, said = program(t, p.with("import", file)...), &bytes.Buffer{}
	c.Stderr = said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = c.Wait() // looked at by its code
	}()
	for p.position(t) <= beyond {
		select {
		case <-ended:
			t.Fatalf("the import ended before it was seen: %s", said)
		case <-time.After(time.Millisecond):
		}
	}
	return c, func() { <-ended }, said
}

// position is how far the newest import in the place has come; 0 while there is none.
func (p place) position(t *testing.T) (position int64) {
	t.Helper()
	if p.options.Path != "" {
		// Whoever opens a database that is being made may be in the way of who makes it.
		if _, err := os.Stat(p.options.Path + "-wal"); err != nil {
			return 0
		}
	}
	d, err := db.Open(t.Context(), p.options)
	if err != nil {
		return 0 // it is being made
	}
	defer d.Close()
	err = d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow("SELECT coalesce(max(position), 0) FROM imports WHERE finished_us IS NULL").Scan(&position)
	})
	if err != nil {
		return 0 // it has no schema yet
	}
	return position
}

// A killed import goes on behind what was committed; in the end everything is there once, and nothing else is left.
func TestAKilledImportGoesOn(t *testing.T) {
	t.Parallel()
	const orders = 30_000
	file, sum := manyOrders(t, orders)
	eachPlace(t, func(t *testing.T, at place) {
		var before int64
		for range 3 {
			c, wait, _ := at.begun(t, file, before)
			if err := c.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			wait()
			if before = at.position(t); before == 0 {
				t.Fatal("the kill lost what was committed")
			}
		}
		last := regulars(t, at.with("import", file)...)
		last.says(t, "30,000 facts: 30,000 new")
		if want := "goes on behind "; !strings.Contains(last.stderr, want) {
			t.Errorf("said %q, without %q", last.stderr, want)
		}
		regulars(t, at.with("import", file, "-q")...).says(t, "30,000 facts: 30,000 unchanged")
		regulars(t, at.with("check")...).says(t, "nothing wrong")
		d := at.open(t)
		if n, s := one[int64](t, d, "SELECT count(*) FROM orders"), one[int64](t, d, "SELECT CAST(sum(amount_minor) AS BIGINT) FROM sale_lines"); n != orders || s != sum {
			t.Errorf("%d orders of %d in all, want %d of %d", n, s, orders, sum)
		}
		if at.options.Path != "" {
			if left, _ := filepath.Glob(filepath.Join(filepath.Dir(at.options.Path), "regulars-import-*")); len(left) > 0 {
				t.Errorf("%v is left", left)
			}
		}
	})
}

func TestAnInterruptedImportSaysHowToGoOn(t *testing.T) {
	t.Parallel()
	file, _ := manyOrders(t, 30_000)
	at := newFolder(t)
	c, wait, said := at.begun(t, file, 0)
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	wait()
	if code := c.ProcessState.ExitCode(); code != 130 || !strings.Contains(said.String(), "which are kept; give the same command again to go on from there") {
		t.Errorf("ended with %d: %s", code, said)
	}
	if left := files(t, filepath.Dir(at.options.Path)); strings.Contains(strings.Join(left, " "), "regulars-import-") {
		t.Errorf("%v is left", left)
	}
	again := regulars(t, at.with("import", file, "--format", "json")...)
	var account struct {
		Files []struct {
			Facts struct {
				Created int64 `json:"created"`
			} `json:"facts"`
			Before int64 `json:"facts_before"`
		} `json:"files"`
	}
	if err := json.Unmarshal([]byte(again.stdout), &account); err != nil || len(account.Files) != 1 {
		t.Fatalf("%v: %s", err, again.stdout)
	}
	if f := account.Files[0]; f.Before == 0 || f.Facts.Created != 30_000 {
		t.Errorf("went on behind %d of %d facts", f.Before, f.Facts.Created)
	}
}

func TestImportBesideAnotherProgram(t *testing.T) {
	t.Parallel()
	file, _ := manyOrders(t, 5)
	at := newFolder(t)
	regulars(t, at.with("import", file)...).says(t, "5 facts: 5 new")
	held, err := folder.Open(filepath.Dir(at.options.Path), "serve")
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	regulars(t, at.with("import", file)...).refuses(t, "is in use by `regulars serve`", "wait for it or stop it")
}

// What is agreed in the store counts for reading, and what contradicts it is refused; a failed first import agrees nothing.
func TestImportAgreesOnClockAndCurrency(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file := write("orders.csv", "order,customer,date,amount\n1,ada,2026-03-01 00:30,5.00\n")
	yen := write("yen.csv", "order,customer,date,amount,currency\n9,ada,2026-03-01 00:30,500,JPY\n")
	none := write("none.csv", "order,customer,date,amount\n1,ada,someday,5.00\n")
	eachPlace(t, func(t *testing.T, at place) {
		regulars(t, at.with("import", none)...).refuses(t, none)
		regulars(t, at.with("import", file, "--timezone", "Europe/Athens", "--currency", "EUR")...).says(t, "1 fact: 1 new")
		regulars(t, at.with("import", file)...).says(t, "1 fact: 1 unchanged")
		regulars(t, at.with("import", file, "--timezone", "Asia/Tokyo")...).refuses(t, "in the time zone Europe/Athens, not Asia/Tokyo")
		regulars(t, at.with("import", file, "--currency", "JPY")...).refuses(t, "are in EUR, not JPY")
		regulars(t, at.with("import", yen)...).refuses(t, "none of its 1 rows can be used")
	})
}
