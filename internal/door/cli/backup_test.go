package cli_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/folder"
	"regulars/internal/intake"
	"regulars/internal/record/backup"
	"regulars/internal/record/business"
	"regulars/internal/record/customer"
	"regulars/internal/record/order"
)

// stock takes orders in, each of its customer, and makes the place where it is not there.
func (p place) stock(t *testing.T, orders int) {
	t.Helper()
	if p.options.Path != "" {
		if err := os.MkdirAll(filepath.Dir(p.options.Path), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	d := p.open(t)
	in, err := intake.New(t.Context(), d, business.Business{Zone: time.UTC, Currency: "EUR", Country: "GR"})
	if err != nil {
		t.Fatal(err)
	}
	for from := 0; from < orders; from += 500 {
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			var batch []intake.Order
			for n := from; n < min(from+500, orders); n++ {
				batch = append(batch, orderOf(in, n))
			}
			_, err := in.Orders(tx, batch)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

func orderOf(in *intake.Intake, n int) intake.Order {
	at := in.At(time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 0, n%300))
	return intake.Order{
		Customer: customer.Identity{Kind: customer.OwnID, Value: fmt.Sprint("c", n/3)},
		Order: order.Order{Source: "test", Reference: fmt.Sprint("o", n), Placed: at, AmountMinor: 300,
			Lines: []order.Line{{Product: "beans", Quantity: 1, AmountMinor: 100}, {Product: "filter", Quantity: 2, AmountMinor: 200}}},
	}
}

func (p place) orders(t *testing.T) int {
	t.Helper()
	return one[int](t, p.open(t), "SELECT count(*) FROM orders")
}

// with is the command line with the place's arguments.
func (p place) with(args ...string) []string { return append(args, p.args...) }

func TestFromAnyPlaceToAnyOther(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, from place) {
		from.stock(t, 100)
		file := filepath.Join(t.TempDir(), "shop.backup")
		regulars(t, from.with("backup", file)...).says(t, file+" holds ", " rows of ", " at schema ")
		regulars(t, from.with("restore", file)...).refuses(t, "holds data already", "empty")
		eachPlace(t, func(t *testing.T, to place) {
			regulars(t, to.with("restore", file)...).says(t, " rows from "+file)
			if n := to.orders(t); n != 100 {
				t.Errorf("%d orders, want 100", n)
			}
			regulars(t, to.with("restore", file)...).refuses(t, "holds data already")
			regulars(t, to.with("migrate", "--lang", "mk")...).says(t, "најновата")
		})
	})
}

// A running command has the folder: a backup beside it is whole, everything else is told who has it.
func TestBesideARunningCommand(t *testing.T) {
	t.Parallel()
	at := newFolder(t)
	at.stock(t, 50)
	dir := filepath.Dir(at.options.Path)
	held, err := folder.Open(dir, "serve")
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	d := at.open(t)
	stop, stopped := make(chan struct{}), make(chan error, 1)
	go func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				stopped <- nil
				return
			default:
			}
			if err := d.Write(t.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec("INSERT INTO stores (reference, name, place) VALUES ($1, '', '')", fmt.Sprint(n))
				return err
			}); err != nil {
				stopped <- err
				return
			}
		}
	}()
	file := filepath.Join(t.TempDir(), "shop.backup")
	regulars(t, at.with("backup", file)...).says(t, file+" holds ")
	for _, command := range [][]string{{"migrate"}, {"restore", file}} {
		regulars(t, at.with(command...)...).refuses(t, dir+" is in use by `regulars serve` (process ", "wait for it or stop it")
	}
	close(stop)
	if err := <-stopped; err != nil {
		t.Errorf("the writer was disturbed: %v", err)
	}
	to := newFolder(t)
	regulars(t, to.with("restore", file)...).says(t)
	if n := to.orders(t); n != 50 {
		t.Errorf("%d orders, want 50", n)
	}
}

// A restore that is killed at any moment leaves nothing that looks whole, and can be begun again.
func TestAKilledRestore(t *testing.T) {
	t.Parallel()
	source := newFolder(t)
	source.stock(t, 2000)
	file := filepath.Join(t.TempDir(), "shop.backup")
	regulars(t, source.with("backup", file)...).says(t)
	eachPlace(t, func(t *testing.T, to place) {
		for round := 0; ; round++ {
			c := program(t, to.with("restore", file)...)
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			time.AfterFunc(time.Duration(rand.IntN(200*(round+1)))*time.Millisecond, func() { _ = c.Process.Kill() })
			if c.Wait() == nil {
				break // it was faster
			}
			if to.options.URL != "" {
				d, err := db.Open(t.Context(), to.options)
				if err != nil {
					t.Fatal(err)
				}
				var tables []db.Column
				if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { tables, err = tx.Columns("orders"); return err }); err != nil {
					t.Fatal(err)
				}
				n := 0
				if len(tables) > 0 {
					n = one[int](t, d, "SELECT count(*) FROM orders")
				}
				d.Close()
				if n == 2000 {
					return // it was killed after the commit
				}
				if n != 0 {
					t.Fatalf("%d orders are left of a restore that was killed", n)
				}
			} else if _, err := os.Stat(to.options.Path); err == nil {
				break // the same
			}
		}
		if n := to.orders(t); n != 2000 {
			t.Errorf("%d orders, want 2000", n)
		}
	})
}

// A backup that is killed at any moment is not there, or whole; an older one stays what it was until then.
func TestAKilledBackup(t *testing.T) {
	t.Parallel()
	at := newFolder(t)
	at.stock(t, 1000)
	file := filepath.Join(t.TempDir(), "shop.backup")
	for range 8 {
		c := program(t, at.with("backup", file)...)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Duration(rand.IntN(600))*time.Millisecond, func() { _ = c.Process.Kill() })
		_ = c.Wait() // killed, or faster
		f, err := backup.Open(t.Context(), file)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			t.Fatalf("there is a backup, and it is not whole: %v", err)
		}
		f.Close()
	}
	regulars(t, at.with("backup", file)...).says(t, file+" holds ")
}

func TestRefusalsOfBackup(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := newFolder(t)
	at.stock(t, 5)
	file := filepath.Join(dir, "shop.backup")
	regulars(t, "backup", file, "--data", filepath.Join(dir, "none")).refuses(t, "there is no folder "+filepath.Join(dir, "none"))
	regulars(t, "backup", file, "--data", dir).refuses(t, dir+" holds no data yet")
	regulars(t, newDatabase(t).with("backup", file)...).refuses(t, "there are no data yet to back up")
	regulars(t, at.with("backup", at.options.Path)...).refuses(t, "is there already and is no backup of Regulars")
	regulars(t, at.with("backup", filepath.Join(dir, "no", "shop.backup"))...).refuses(t, "cannot write", "no such file or directory")
	regulars(t, newFolder(t).with("restore", at.options.Path)...).refuses(t, at.options.Path+" is no backup of Regulars")
	regulars(t, "restore", file, "--data", filepath.Join(dir, "new")).refuses(t, "there is no file "+file)
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}
