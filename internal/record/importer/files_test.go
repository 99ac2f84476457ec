package importer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"regulars/internal/record/fact"
)

const plainOrders = "order,customer,date,amount\n1,a,2024-01-01,5\n2,b,2024-01-02,6\n"

func TestRefusals(t *testing.T) {
	t.Parallel()
	squeezed := gzipped(t, "order,customer,date,amount\n"+strings.Repeat("1,a,2024-01-01,5\n2,zz,2024-01-05,7.31\n", 200))
	tests := []struct {
		name, file, content string
		opts                Options
		words               []string
	}{
		{"empty", "a.csv", "", Options{}, []string{"a.csv is empty"}},
		{"only blank lines", "a.csv", "\n\n\n", Options{}, []string{"has no rows"}},
		{"truncated gzip", "a.csv.gz", squeezed[:len(squeezed)-20], Options{}, []string{"cut off", "gzip", "rows"}},
		{"damaged gzip", "a.csv.gz", squeezed[:20] + "XXXX" + squeezed[24:], Options{}, []string{"gzip"}},
		{"gzip header only", "a.csv.gz", squeezed[:5], Options{}, []string{"gzip"}},
		{"binary", "a.csv", "\x7fELF\x01\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00>\x00", Options{}, []string{"binary"}},
		{"old Excel", "a.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 100), Options{}, []string{".xls", ".xlsx"}},
		{"PDF", "a.pdf", "%PDF-1.4\n%\xe2\xe3\n", Options{}, []string{"PDF"}},
		{"web page", "a.csv", "<!DOCTYPE html><html><table></table></html>", Options{}, []string{"web page"}},
		{"JSON", "a.csv", "[{\"a\": 1}]", Options{}, []string{"JSON"}},
		{"zip", "a.zip", "PK\x03\x04 nothing", Options{}, []string{"zip"}},
		{"unknown encoding", "a.csv", plainOrders, Options{Encoding: "klingon"}, []string{"klingon", "windows-1251", "gb18030"}},
		{"unknown column", "a.csv", plainOrders, Options{Map: map[string]string{"customer": "Kunde"}}, []string{"Kunde", "order, customer, date, amount"}},
		{"unknown column in a product", "a.csv", plainOrders, Options{Map: map[string]string{"amount": "amount*rate"}}, []string{"\"rate\"", "order, customer, date, amount"}},
		{"no such number", "a.csv", plainOrders, Options{Map: map[string]string{"customer": "#9"}}, []string{"#9"}},
		{"unknown role", "a.csv", plainOrders, Options{Map: map[string]string{"kunde": "customer"}}, []string{"kunde", "customer, order, date"}},
		{"unknown kind", "a.csv", plainOrders, Options{Kind: "weather"}, []string{"weather", "orders, customers, answers, costs"}},
		{"role of another kind", "a.csv", plainOrders, Options{Kind: Orders, Map: map[string]string{"solved": "date"}}, []string{"solved", "orders"}},
		{"no date", "a.csv", "customer,amount,order\na,5,1\nb,6,2\n", Options{}, []string{"the date", "customer, amount, order", "--map date="}},
		{"no customer", "a.csv", "colour,date,amount\nred,2024-01-01,5\n", Options{}, []string{"the customer", "--map customer="}},
		{"no amount", "a.csv", "customer,order,date\na,1,2024-01-01\n", Options{}, []string{"the amount", "--map amount="}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			refuse(t, put(t, tt.file, tt.content), tt.opts, tt.words...)
		})
	}
	refuse(t, t.TempDir(), Options{}, "directory")
	refuse(t, filepath.Join(t.TempDir(), "none.csv"), Options{}, "no file")
	refuse(t, "/dev/null", Options{}, "not a regular file")
}

// TestTruncatedLate cuts a file off far behind its head: the rows before come out, then the sentence.
func TestTruncatedLate(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("order,customer,date,amount\n")
	for i := range 60_000 {
		fmt.Fprintf(&text, "%d,c%d,2024-01-%02d,%d.%02d\n", i, i*7919%10_007, i%28+1, i%97, i%100)
	}
	z := gzipped(t, text.String())
	path := put(t, "a.csv.gz", z[:len(z)*9/10])
	p, err := Inspect(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	account, err := p.Read(context.Background(), Options{}, func(*fact.Batch) error { return nil })
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("after %d rows", account.Rows)) || account.Rows < 40_000 {
		t.Errorf("%v, %+v", err, account)
	}
	checkAccount(t, account)
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		enc        encoding.Encoding
		want       string
		customer   string
	}{
		{"UTF-8", "Клиент;Дата;Сумма\nИванов;01.12.2011;5,50\nПётр;13.12.2011;6\n", encoding.Nop, "utf-8", "Иванов"},
		{"UTF-8 with mark", "\ufeffКлиент;Дата;Сумма\nИванов;01.12.2011;5,50\n", encoding.Nop, "utf-8", "Иванов"},
		{"windows-1251", "Клиент;Дата;Сумма\nИванов;01.12.2011;5,50\nСидорова;13.12.2011;6\n", charmap.Windows1251, "windows-1251", "Иванов"},
		{"Macedonian", "Купувач;Датум;Износ\nЃорѓиев;01.12.2011;5,50\nЉубица;13.12.2011;6\n", charmap.Windows1251, "windows-1251", "Ѓорѓиев"},
		{"windows-1253", "Πελάτης;Ημερομηνία;Ποσό\nΠαπαδόπουλος;01/12/2011;5,50\nΜαρία;13/12/2011;6\n", charmap.Windows1253, "windows-1253", "Παπαδόπουλος"},
		{"GB18030", "客户,日期,金额\n王小明,2011-12-01,5.50\n李娜,2011-12-13,6\n", simplifiedchinese.GB18030, "gb18030", "王小明"},
		{"UTF-16 LE with mark", "Клиент;Дата;Сумма\nИванов;01.12.2011;5,50\n", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16le", "Иванов"},
		{"UTF-16 BE with mark", "客户,日期,金额\n王小明,2011-12-01,5.50\n", unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "utf-16be", "王小明"},
		{"UTF-16 LE", "Πελάτης;Ημερομηνία;Ποσό\nΜαρία;01/12/2011;5,50\n", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16le", "Μαρία"},
		{"UTF-16 BE", "Клиент;Дата;Сумма\nИванов;01.12.2011;5,50\n", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "utf-16be", "Иванов"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b, err := tt.enc.NewEncoder().String(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			path := put(t, "orders.csv", b)
			for _, told := range []string{"", tt.want} {
				e := take(t, path, Options{Digits: 2, Encoding: told})
				if e.plan.Encoding != tt.want || e.sales[0].Customer != tt.customer || e.sales[0].AmountMinor != 550 || e.account.Recorded != e.account.Rows {
					t.Errorf("told %q: %s %+v %+v", told, e.plan.Encoding, e.sales, e.account)
				}
			}
		})
	}
}

// TestEncodingShowsLate has letters only far behind the head of the file.
func TestEncodingShowsLate(t *testing.T) {
	t.Parallel()
	head := "order,customer,date,amount\n" + strings.Repeat("1,a,2024-01-01,5\n", 20_000)
	b, err := charmap.Windows1251.NewEncoder().String(head + "2,Иванов,2024-01-01,5\n3,Сидорова,2024-01-01,5\n")
	if err != nil {
		t.Fatal(err)
	}
	e := take(t, put(t, "orders.csv", b), Options{Digits: 2})
	if e.sales[20_000].Customer != "Иванов" || e.account.Recorded != 20_002 || noteWords(e.account.Notes) != "encoding_later windows-1251" {
		t.Errorf("%+v %+v", e.sales[20_000:], e.account)
	}
	e = take(t, put(t, "orders.csv", head+"2,Иван\xff,2024-01-01,5\n3,Петров,2024-01-01,5\n4,Пётр,2024-01-01,5\n"), Options{Digits: 2, Encoding: "utf-8"})
	if e.account.Unreadable != 1 || e.account.Reasons[string(NotText)] != 1 {
		t.Errorf("%+v", e.account)
	}
}

func TestCompressions(t *testing.T) {
	t.Parallel()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"gzip": gzipped(t, plainOrders), "zstd": string(w.EncodeAll([]byte(plainOrders), nil)), "": plainOrders,
		"gzip ": gzipped(t, plainOrders[:30]) + gzipped(t, plainOrders[30:])} {
		e := take(t, put(t, "orders.dat", content), Options{})
		if e.plan.Compression != strings.TrimSpace(name) || e.account.Recorded != 2 {
			t.Errorf("%s: %+v", name, e.account)
		}
	}
}

func workbook(tb testing.TB, fill func(f *excelize.File)) string {
	tb.Helper()
	f := excelize.NewFile()
	fill(f)
	path := filepath.Join(tb.TempDir(), "orders.xlsx")
	if err := f.SaveAs(path); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
	return path
}

func setRow(tb testing.TB, f *excelize.File, sheet, cell string, values ...any) {
	tb.Helper()
	if err := f.SetSheetRow(sheet, cell, &values); err != nil {
		tb.Fatal(err)
	}
}

func TestWorkbook(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 1, 13, 8, 26, 0, 0, time.UTC)
	path := workbook(t, func(f *excelize.File) {
		setRow(t, f, "Sheet1", "A1", "Заказ", "Клиент", "Дата", "Сумма", "Комментарий")
		setRow(t, f, "Sheet1", "A2", 1, "Иванов", at, 1234.5, "a, \"b\"\nc")
		setRow(t, f, "Sheet1", "A4", 2, "Петров", at.AddDate(0, 0, 1), -0.1)
		setRow(t, f, "Sheet1", "A5", 3, 17850, at.AddDate(0, 0, 2), 7)
		if _, err := f.NewSheet("Other"); err != nil {
			t.Fatal(err)
		}
		setRow(t, f, "Other", "A1", "x")
	})
	e := take(t, path, Options{Digits: 2})
	if e.plan.Format != "xlsx" || e.account.Recorded != 3 || noteWords(e.plan.Notes) != "sheet Sheet1 [Other]" {
		t.Fatalf("%+v %+v", e.plan, e.account)
	}
	want := []string{"2 1 Иванов 2024-01-13 08:26 1 123450", "4 2 Петров 2024-01-14 08:26 -1 -10 R", "5 3 17850 2024-01-15 08:26 1 700"}
	for i, s := range e.sales {
		if got := saleWords(s); got != want[i] {
			t.Errorf("%s, want %s", got, want[i])
		}
	}
	if e.sales[0].Attributes[0] != "a, \"b\"\nc" {
		t.Errorf("%q", e.sales[0].Attributes)
	}
	refuse(t, workbook(t, func(*excelize.File) {}), Options{}, "no sheet with rows")
}

func TestMapping(t *testing.T) {
	t.Parallel()
	text := "a,b,c,d,e\n1,x,2024-01-01,2,5.5\n2,y,2024-01-02,3,5.5\n"
	opts := Options{Digits: 2, Map: map[string]string{"customer": "B", "amount": "d * e", "date": "#3", "order": "a"}}
	e := take(t, put(t, "orders.csv", text), opts)
	if e.sales[1].AmountMinor != 1650 || e.sales[1].Order != "2" || e.sales[1].Customer != "y" || e.plan.Columns[1].Guess != byMap {
		t.Errorf("%+v %+v", e.sales, e.plan.Columns)
	}
	opts.Map["order"] = ""
	if e = take(t, put(t, "orders.csv", text), opts); e.sales[1].Order != "" {
		t.Errorf("%+v", e.sales)
	}
	opts.Map["score"], opts.MapLoosely = "nps", true
	if e = take(t, put(t, "orders.csv", text), opts); strings.Join(e.plan.Unmapped, " ") != "score" {
		t.Errorf("%v", e.plan.Unmapped)
	}
}

// TestOddHeaders reads headers as programs write them.
func TestOddHeaders(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, roles string }{
		{"no name for row numbers", "customer date amount\n1 a 2024-01-01 5\n2 b 2024-01-02 6\n", "customer=customer date=date amount=amount"},
		{"the same name twice", "customer,date,amount,amount\na,2024-01-01,5,7\nb,2024-01-02,6,8\n", "customer=customer date=date amount=amount"},
		{"Excel's hint", "sep=;\ncustomer;date;amount\na;2024-01-01;5\nb;2024-01-02;6\n", "customer=customer date=date amount=amount"},
		{"a trailing delimiter", "customer,date,amount\na,2024-01-01,5,\nb,2024-01-02,6,\n", "customer=customer date=date amount=amount"},
		{"blank names", "customer,,amount\na,2024-01-01,5\nb,2024-01-02,6\n", "customer=customer #2=date amount=amount"},
	}
	for _, tt := range tests {
		e := take(t, put(t, "orders.csv", tt.text), Options{})
		if got := roleOf(e.plan); got != tt.roles || e.account.Recorded != 2 || e.sales[0].AmountMinor != 5 {
			t.Errorf("%s: %s %+v", tt.name, got, e.account)
		}
	}
	e := take(t, put(t, "orders.csv", "customer,date,amount\n"), Options{})
	if e.account.Rows != 0 || noteWords(e.plan.Notes) != "no_rows" {
		t.Errorf("%+v %v", e.account, e.plan.Notes)
	}
}

// TestWholeColumnDecides has the row that tells day from month, and the decimal mark, far behind the head.
func TestWholeColumnDecides(t *testing.T) {
	t.Parallel()
	text := "customer;date;amount\n" + strings.Repeat("a;02/03/2024;1.234\n", 30_000) + strings.Repeat("b;02/13/2024;1.234,50\n", 3)
	e := take(t, put(t, "orders.csv", text), Options{Digits: 2})
	if got := saleWords(e.sales[0]); got != "2  a 2024-02-03 1 123400" || e.account.Recorded != 30_003 {
		t.Errorf("%s %+v %v", got, e.account, e.plan.Notes)
	}
}

func TestProgressAndStop(t *testing.T) {
	t.Parallel()
	path := put(t, "orders.csv", "customer,date,amount\n"+strings.Repeat("a,2024-01-01,5\n", 50_000))
	calls := 0
	var last Progress
	opts := Options{Progress: func(p Progress) { calls++; last = p }}
	e := take(t, path, opts)
	if calls == 0 || last.Rows != e.account.Rows || last.BytesRead != last.Bytes || last.Bytes == 0 {
		t.Errorf("%d calls, %+v", calls, last)
	}
	stop := errors.New("stop")
	account, err := e.plan.Read(context.Background(), opts, func(*fact.Batch) error { return stop })
	if !errors.Is(err, stop) || account.Rows == 0 {
		t.Errorf("%v %+v", err, account)
	}
	ctx, cancel := context.WithCancel(context.Background())
	_, err = e.plan.Read(ctx, opts, func(*fact.Batch) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err = Inspect(ctx, path, opts); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestFileGoneBetween(t *testing.T) {
	t.Parallel()
	path := put(t, "orders.csv", plainOrders)
	p, err := Inspect(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Read(context.Background(), Options{}, func(*fact.Batch) error { return nil }); err == nil || !strings.Contains(err.Error(), "no file") {
		t.Errorf("%v", err)
	}
}
