package importer

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"regulars/internal/record/fact"
)

// TestRejectedFileIsMended follows a file of rejected rows: written, mended, read in place of its source, written
// again for what is still wrong, and gone when nothing is.
func TestRejectedFileIsMended(t *testing.T) {
	t.Parallel()
	path := put(t, "orders.csv", "order;customer;date;amount\n1;a;2024-01-15;5,50\n2;b;2024-01-32;6,50\n3;c;2024-01-15;six\n")
	first := take(t, path, Options{Digits: 2})
	if got := countWords(first.account); got != "2 0 0 0 0 1" {
		t.Fatalf("%s", got)
	}
	mend := func(file string, pairs ...string) {
		if err := os.WriteFile(file, []byte(strings.NewReplacer(pairs...).Replace(read(t, file))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	mend(first.account.RejectedFile, "2024-01-32", "2024-01-31")
	second := take(t, first.account.RejectedFile, Options{Digits: 2})
	if got := countWords(second.account); got != "1 0 0 0 0 1" || saleWords(second.sales[0]) != "2 2 b 2024-01-31 1 650" {
		t.Fatalf("%s %+v", got, second.sales)
	}
	if want := first.account.RejectedFile + RejectedSuffix; second.account.RejectedFile != want {
		t.Fatalf("%s, want %s", second.account.RejectedFile, want)
	}
	if got := read(t, second.account.RejectedFile); !strings.HasPrefix(got, "line,reason,line,reason,order") {
		t.Errorf("%s", got)
	}
	mend(first.account.RejectedFile, "six", `"6,00"`)
	third := take(t, first.account.RejectedFile, Options{Digits: 2})
	if got := countWords(third.account); got != "0 0 0 0 0 2" || noteWords(third.account.Notes) != "old_removed orders.csv.rejected.csv.rejected.csv" {
		t.Errorf("%s %s", got, noteWords(third.account.Notes))
	}
	// Every run over the source writes the same file anew.
	if again := take(t, path, Options{Digits: 2}); again.account.RejectedFile != first.account.RejectedFile {
		t.Errorf("%s", again.account.RejectedFile)
	}
}

// TestRejectedFileElsewhere has a folder that cannot be written to.
func TestRejectedFileElsewhere(t *testing.T) { //nolint:paralleltest // it changes the current directory
	if os.Geteuid() == 0 {
		// The administrator may write anywhere but where there is no folder: so that is what the file is asked for.
		e := take(t, put(t, "orders.csv", badOrders), Options{Digits: 2, RejectedDir: "/proc"})
		if e.account.RejectedFile != "" || !strings.HasPrefix(noteWords(e.account.Notes), "not_written 2 ") {
			t.Errorf("%+v", e.account)
		}
		return
	}
	path := put(t, "orders.csv", badOrders)
	t.Chdir(t.TempDir())
	if err := os.Chmod(filepath.Dir(path), 0o500); err != nil {
		t.Fatal(err)
	}
	e := take(t, path, Options{Digits: 2})
	if e.account.RejectedFile != "orders.csv.rejected.csv" || noteWords(e.account.Notes) != "elsewhere orders.csv orders.csv.rejected.csv" {
		t.Errorf("%+v", e.account)
	}
}

// TestRejectedFileOfOthers leaves alone what is not ours, whatever it is.
func TestRejectedFileOfOthers(t *testing.T) {
	t.Parallel()
	for name, lay := range map[string]func(path string) error{
		"a folder": func(path string) error { return os.Mkdir(path, 0o700) },
		"a link":   func(path string) error { return os.Symlink("/etc/hostname", path) },
		"a file":   func(path string) error { return os.WriteFile(path, []byte("line,remark\n"), 0o600) },
		"nothing":  func(path string) error { return os.WriteFile(path, nil, 0o600) },
	} {
		path := put(t, "orders.csv", badOrders)
		if err := lay(path + RejectedSuffix); err != nil {
			t.Fatal(err)
		}
		before, _ := os.Lstat(path + RejectedSuffix)
		e := take(t, path, Options{Digits: 2})
		after, err := os.Lstat(path + RejectedSuffix)
		if err != nil || after.Mode() != before.Mode() || after.Size() != before.Size() || e.account.RejectedFile != path+"-2"+RejectedSuffix {
			t.Errorf("%s: %v, %s", name, err, e.account.RejectedFile)
		}
	}
}

// TestRejectedFileHasTheRightsOfItsSource keeps data of customers as private as they were.
func TestRejectedFileHasTheRightsOfItsSource(t *testing.T) {
	t.Parallel()
	for _, mode := range []os.FileMode{0o600, 0o640, 0o644} {
		path := put(t, "orders.csv", badOrders)
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(take(t, path, Options{Digits: 2}).account.RejectedFile)
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%v, want %v", info.Mode().Perm(), mode)
		}
	}
}

// TestReasons has a row for every reason, and looks for its sentence in the file of rejected rows.
func TestReasons(t *testing.T) {
	t.Parallel()
	seen := map[Reason]bool{}
	for _, tt := range []struct {
		reason     Reason
		text       string
		opts       Options
		unreadable bool
	}{
		{TooManyCells, "customer,date,amount\na,2024-01-15,5\nb,2024-01-15,5\nc,2024-01-15,5\nb,2024-01-15,5,6,7\n", Options{}, true},
		{MissingCells, "customer,date,amount\na,2024-01-15,5\nb\n", Options{}, true},
		{UnclosedQuote, "customer,date,amount\na,2024-01-15,5\n\"b,2024-01-15,5\n", Options{}, true},
		{NotText, "customer,date,amount\n" + strings.Repeat("Анна,2024-01-15,5\n", 30) + "\xff\xfe\xff,2024-01-15,5\n", Options{Encoding: "utf-8"}, true},
		{BadDate, "customer,date,amount\na,2024-01-15,5\nb,soon,5\n", Options{}, true},
		{NoDate, "customer,date,amount\na,2024-01-15,5\nb,,5\n", Options{}, true},
		{NoAmount, "customer,date,amount\na,2024-01-15,5\nb,2024-01-15,\n", Options{}, true},
		{NoPrice, "customer,date,quantity,price\na,2024-01-15,1,5\nb,2024-01-15,1,\n", Options{}, true},
		{NoQuantity, "customer,date,quantity,price\na,2024-01-15,1,5\nb,2024-01-15,,5\n", Options{}, true},
		{BadTime, "customer,date,time,amount\na,2024-01-15,10:00,5\nb,2024-01-15,25:00,5\n", Options{}, true},
		{BadAmount, "customer,date,amount\na,2024-01-15,5\nb,2024-01-15,x\n", Options{}, true},
		{BadPrice, "customer,date,quantity,price\na,2024-01-15,5,5\nb,2024-01-15,5,x\n", Options{}, true},
		{BadQuantity, "customer,date,quantity,price\na,2024-01-15,5,5\nb,2024-01-15,x,5\n", Options{}, true},
		{AmountTooLarge, "customer,date,quantity,price\na,2024-01-15,5,5\nb,2024-01-15,9999999999,9999999999\n", Options{}, true},
		{BadScore, "customer,date,nps\na,2024-01-15,5\nb,2024-01-15,11\n", Options{}, true},
		{BadKind, "customer,date,score,kind\na,2024-01-15,5,nps\nb,2024-01-15,5,horoscope\n", Options{}, true},
		{ZeroPrice, "customer,date,quantity,price\na,2024-01-15,5,5\nb,2024-01-15,5,0\n", Options{RejectZero: true}, false},
		{OtherCurrency, "customer,date,amount,currency\na,2024-01-15,5,EUR\nb,2024-01-15,5,USD\n", Options{Currency: "EUR"}, false},
		{NoProduct, "sku,cost\nmug,2\n,5\n", Options{}, true},
		{BadCost, "sku,cost\nmug,2\ntea,3\ncup,4\ncap,5\npot,6\npan,cheap\n", Options{Kind: Products}, true},
		{BadStock, "sku,stock\nmug,2\npan,who knows\n", Options{}, true},
		{NotKept, "customer,date,amount\na,2024-01-15,5\nb,2024-01-15,5\n", Options{Refused: func(line int64) (string, error) {
			if line == 3 {
				return NotKept.Sentence(), nil
			}
			return "", nil
		}}, false},
	} {
		seen[tt.reason] = true
		e := take(t, put(t, "file.csv", tt.text), tt.opts)
		if n := e.account.Reasons[string(tt.reason)]; n != 1 || (e.account.Unreadable == 1) != tt.unreadable {
			t.Errorf("%s: %+v", tt.reason, e.account)
			continue
		}
		if file := read(t, e.account.RejectedFile); !strings.Contains(file, ","+tt.reason.Sentence()+",") || tt.reason.Sentence() == string(tt.reason) {
			t.Errorf("%s is not in %s", tt.reason, file)
		}
	}
	for _, r := range Reasons() {
		if !seen[r] {
			t.Errorf("%s was not tried", r)
		}
	}
}

// TestWorkbooks reads sheets as people make them.
func TestWorkbooks(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 1, 13, 8, 26, 0, 0, time.UTC)
	head := []any{"order", "customer", "date", "amount"}
	tests := []struct {
		name string
		fill func(f *excelize.File)
		want string
		opts Options
	}{
		{"dates as dates", func(f *excelize.File) {
			setRow(t, f, "Sheet1", "A1", head...)
			setRow(t, f, "Sheet1", "A2", 1, "a", at, 5.5)
		}, "2 1 a 2024-01-13 08:26 1 550", Options{}},
		{"dates as text", func(f *excelize.File) {
			setRow(t, f, "Sheet1", "A1", head...)
			setRow(t, f, "Sheet1", "A2", 1, "a", "13.01.2024", "5,50")
		}, "2 1 a 2024-01-13 1 550", Options{}},
		{"dates as bare numbers", func(f *excelize.File) {
			setRow(t, f, "Sheet1", "A1", head...)
			setRow(t, f, "Sheet1", "A2", 1, "a", 45304, 5.5)
		}, "2 1 a 2024-01-13 1 550", Options{}},
		{"titles and blank rows", func(f *excelize.File) {
			setRow(t, f, "Sheet1", "A1", "Sales")
			setRow(t, f, "Sheet1", "A4", head...)
			setRow(t, f, "Sheet1", "A6", 1, "a", at, 5.5)
			setRow(t, f, "Sheet1", "A7", 2, "b", at, 6.5)
		}, "6 1 a 2024-01-13 08:26 1 550; 7 2 b 2024-01-13 08:26 1 650", Options{}},
		{"empty cells", func(f *excelize.File) {
			setRow(t, f, "Sheet1", "A1", head...)
			setRow(t, f, "Sheet1", "A2", 1, nil, at, 5.5)
			setRow(t, f, "Sheet1", "A3", nil, "b", at, 6.5)
		}, "2 1  2024-01-13 08:26 1 550; 3  b 2024-01-13 08:26 1 650", Options{}},
		{"long ids", func(f *excelize.File) {
			setRow(t, f, "Sheet1", "A1", head...)
			setRow(t, f, "Sheet1", "A2", 123456789012, 79991234567, at, 0.1+0.2)
		}, "2 123456789012 79991234567 2024-01-13 08:26 1 30", Options{}},
		{"a second sheet, by its place", func(f *excelize.File) {
			setRow(t, f, "Sheet1", "A1", "About this file")
			if _, err := f.NewSheet("Data"); err != nil {
				t.Fatal(err)
			}
			setRow(t, f, "Data", "A1", head...)
			setRow(t, f, "Data", "A2", 1, "a", at, 5.5)
		}, "2 1 a 2024-01-13 08:26 1 550", Options{}},
		{"formulas with their values", func(f *excelize.File) {
			setRow(t, f, "Sheet1", "A1", "order", "customer", "date", "quantity", "price", "note")
			setRow(t, f, "Sheet1", "A2", 1, "a", at, 2, 2.75)
			if err := f.SetCellFormula("Sheet1", "F2", "D2*E2"); err != nil {
				t.Fatal(err)
			}
		}, "2 1 a 2024-01-13 08:26 2 550", Options{}},
		{"yes and no, and a line end in a name", func(f *excelize.File) {
			setRow(t, f, "Sheet1", "A1", "order", "customer", "date", "amount", "first\norder")
			setRow(t, f, "Sheet1", "A2", 1, "a", at, 5.5, true)
		}, "2 1 a 2024-01-13 08:26 1 550", Options{Encoding: "windows-1251"}}, // told for other files: a workbook knows its own
	}
	for _, tt := range tests {
		tt.opts.Digits = 2
		e := take(t, workbook(t, tt.fill), tt.opts)
		var got []string
		for _, s := range e.sales {
			got = append(got, saleWords(s))
		}
		if strings.Join(got, "; ") != tt.want {
			t.Errorf("%s: %s, want %s; %s", tt.name, strings.Join(got, "; "), tt.want, roleOf(e.plan))
		}
	}
}

// TestReadTwice reads a file twice by one plan: nothing of the first run is in the second.
func TestReadTwice(t *testing.T) {
	t.Parallel()
	path := put(t, "orders.csv", badOrders)
	p, err := Inspect(context.Background(), path, Options{Digits: 2})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		e := &everything{plan: p}
		if e.account, err = p.Read(context.Background(), Options{Digits: 2}, e.keep); err != nil || countWords(e.account) != "2 0 0 0 0 1" || len(e.sales) != 1 || len(e.account.Notes) != 0 {
			t.Errorf("%v %+v", err, e.account)
		}
	}
	var batches int
	if _, err := p.Read(context.Background(), Options{Digits: 2}, func(*fact.Batch) error { batches++; return nil }); err != nil || batches != 1 {
		t.Errorf("%v, %d batches", err, batches)
	}
}
