package importer

import (
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestNotes has a small file for every note that comes of what is in a file.
func TestNotes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		opts Options
		want string // of the plan
	}{
		{"customer,date,amount\na,11/12/2011,5\n", Options{}, "day_or_month date 11/12/2011 2011-12-11"},
		{"customer,date,amount\na,11/12/2011,5\nb,13/12/2011,5\n", Options{}, "day_first date 11/12/2011 2011-12-11"},
		{"customer,date,amount\na,11/12/2011,5\nb,12/13/2011,5\n", Options{}, "month_first date 11/12/2011 2011-11-12"},
		{"customer,date,amount\na,11-12-10,5\nb,40-12-10,5\n", Options{}, "year_first date 11-12-10 2011-12-10"},
		{"customer,date,amount\na,11/12/2011,5\nb,2011/12/13,5\nc,2011/12/14,5\n", Options{}, "day_or_month date 11/12/2011 2011-12-11"},
		{"customer,date,amount\na,11.12.2011,5\n", Options{}, ""}, // where dots are written the day comes first
		{"customer,date,amount\na,12/12/2011,5\n", Options{}, ""}, // the same either way
		{"customer,date,amount\na,2011-12-11,\"1,234\"\n", Options{}, "mark_thousands amount 1,234"},
		{"customer,date,amount\na,2011-12-11,1.234\n", Options{}, "mark_decimal amount 1.234"},
		{"customer,date,amount\na,2011-12-11,1.234\nb,2011-12-11,1.5\n", Options{}, ""},
		{"customer,date,amount\n17850.0,2011-12-11,5\n", Options{}, "point_zero customer 17850.0 17850"},
		{"order,customer,date,amount,product\n1.0,2.0,2011-12-11,5,7.0\n", Options{}, "point_zero customer 2.0 2; point_zero order 1.0 1; point_zero product 7.0 7"},
		{"customer_id,recency_days,order_count,revenue,last_visit\n1,5,2,10.50,2011-12-11\n", Options{Kind: Customers}, "summary file.csv"},
		{"customer_id,order_count,revenue,order date\n1,2,10.50,2011-12-11\n", Options{}, "summary_orders file.csv"},
		{"customer,date,score\na,2024-01-01,10\n", Options{}, "asked score NPS 10"},
		{"customer,date,score\na,2024-01-01,4.5\n", Options{}, "asked score CSAT 4.5"},
		{"customer,date,nps\na,2024-01-01,10\n", Options{}, ""},
		{"customer,date,score,kind\na,2024-01-01,10,nps\n", Options{}, ""},
		{"customer,date,amount\n", Options{}, "no_rows"},
		{"customer,date,amount,currency\na,2024-01-01,5,EUR\nb,2024-01-01,5,USD\nc,2024-01-01,5,USD\n", Options{}, "currencies USD"},
		{"customer,date,amount,currency\na,2024-01-01,5,EUR\nb,2024-01-01,5,USD\n", Options{Currency: "USD"}, ""},
		{"customer,date,amount\na,2024-01-01,€5\nb,2024-01-01,€5\nc,2024-01-01,£5\n", Options{}, "other_currency amount EUR"},
		{"customer,date,amount\na,2024-01-01,€5\n", Options{Currency: "usd"}, "other_currency amount USD"},
	}
	for _, tt := range tests {
		e := take(t, put(t, "file.csv", tt.text), tt.opts)
		if got := noteWords(e.plan.Notes); got != tt.want {
			t.Errorf("%q\ngot  %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

// TestIDsThatGoOnOtherwise has ids with ".0" throughout the head of the file, and others far behind it.
func TestIDsThatGoOnOtherwise(t *testing.T) {
	t.Parallel()
	head := strings.Repeat("1,17850.0,2024-01-01,5\n", 4000)
	path := put(t, "orders.csv", "order,customer,date,amount\n"+head+"2,17850,2024-01-02,5\n3,A7,2024-01-02,5\n4,,2024-01-02,5\n")
	e := take(t, path, Options{})
	if got := noteWords(e.account.Notes); got != "point_zero_later customer 17850 4002" {
		t.Errorf("%s", got)
	}
	for row, want := range map[int]string{0: "17850", 4000: "17850", 4001: "A7", 4002: ""} {
		if got := e.sales[row].Customer; got != want {
			t.Errorf("row %d: %q, want %q", row, got, want)
		}
	}
	// The other way round nothing is taken off: not throughout the column.
	e = take(t, put(t, "orders.csv", "order,customer,date,amount\n"+strings.ReplaceAll(head, ".0", "")+"2,17850.0,2024-01-02,5\n"), Options{})
	if got := e.sales[4000].Customer; got != "17850.0" || len(e.account.Notes) != 0 {
		t.Errorf("%q %v", got, e.account.Notes)
	}
}

// TestNotesAreListed sees to it that every kind of note is in the list that texts are checked by.
func TestNotesAreListed(t *testing.T) {
	t.Parallel()
	seen := map[NoteKey]bool{}
	for _, key := range NoteKeys() {
		if seen[key] {
			t.Errorf("%s is listed twice", key)
		}
		seen[key] = true
	}
	if len(seen) != strings.Count(read(t, "note.go"), " NoteKey = ") {
		t.Error("NoteKeys does not list all constants")
	}
}

// TestDateLayouts has a date in every way of writing.
func TestDateLayouts(t *testing.T) {
	t.Parallel()
	tests := []struct{ dates, want string }{
		{"2011-12-31", "year_month_day - "}, {"2011/12/31 10:00", "year_month_day / within"}, {"2011-12-31T10:00:00Z", "year_month_day - within"},
		{"31.12.2011", "day_month_year . "}, {"31/12/2011 8:26", "day_month_year / within"}, {"12/31/2011", "month_day_year / "},
		{"1/2/2011;12/31/2011", "month_day_year / "}, {"20111231", "compact  "}, {"31 December 2011", "named  "}, {"31-Dec-2011", "named  "},
		{"31 декабря 2011", "named  "}, {"2011年12月31日", "han  "}, {"2011年12月31日 10:00", "han  within"}, {"45292", "spreadsheet  "},
		{"1704067200", "seconds  "}, {"1704067200000", "millis  "},
	}
	days := map[string]bool{}
	for _, tt := range tests {
		text := "customer|order date|amount\n"
		for _, date := range strings.Split(tt.dates, ";") {
			text += "a|" + date + "|5\n"
		}
		e := take(t, put(t, "file.csv", text), Options{})
		l := e.plan.DateLayout
		if got := l.Day + " " + l.Mark + " " + l.Time; got != tt.want || e.account.Recorded != e.account.Rows {
			t.Errorf("%s: %q, want %q; %+v", tt.dates, got, tt.want, e.account)
		}
		days[l.Day] = true
	}
	costs := take(t, put(t, "costs.csv", "month,cost\n2011-12,5\n"), Options{})
	days[costs.plan.DateLayout.Day] = true
	for _, day := range DayLayouts() {
		if !days[day] {
			t.Errorf("%s was not seen", day)
		}
	}
	apart := take(t, put(t, "file.csv", "customer,date,time,amount\na,2011-12-31,10:00,5\n"), Options{})
	none := take(t, put(t, "file.csv", "customer_id,channel\na,x\n"), Options{})
	if apart.plan.DateLayout.Time != timeApart || none.plan.DateLayout != (DateLayout{}) {
		t.Errorf("%+v %+v", apart.plan.DateLayout, none.plan.DateLayout)
	}
}

// TestNotesOfSheets names the sheets that are not read.
func TestNotesOfSheets(t *testing.T) {
	t.Parallel()
	path := workbook(t, func(f *excelize.File) {
		for i, name := range []string{"Обложка", "Продажи", "Скрытый", "Пустой", "Ещё"} {
			if _, err := f.NewSheet(name); err != nil {
				t.Fatal(err)
			}
			setRow(t, f, name, "A1", "клиент", "дата", "сумма")
			if i != 0 {
				setRow(t, f, name, "A2", fmt.Sprintf("к%d", i), "2024-01-13", 5)
			}
		}
		for _, name := range []string{"Sheet1", "Скрытый"} {
			if err := f.SetSheetVisible(name, name == "Sheet1"); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.RemoveRow("Пустой", 2); err != nil {
			t.Fatal(err)
		}
		if err := f.RemoveRow("Пустой", 1); err != nil {
			t.Fatal(err)
		}
	})
	e := take(t, path, Options{})
	if got := noteWords(e.plan.Notes); got != "sheet Продажи [Обложка Ещё]" || len(e.sales) != 1 || e.sales[0].Customer != "к1" {
		t.Errorf("%s %+v", got, e.sales)
	}
}
