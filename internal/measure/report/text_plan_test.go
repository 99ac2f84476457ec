package report

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/locale"
	"regulars/internal/measure/metric"
	"regulars/internal/record/importer"
)

func planFixture() *importer.Plan {
	return &importer.Plan{
		Path: "/home/anna/Bestellungen.csv", Kind: importer.Orders, Format: "csv", Compression: "gzip",
		Encoding: "utf-8", Delimiter: ";", Header: true, Lines: true,
		DateLayout: importer.DateLayout{Day: "day_month_year", Mark: "/", Time: "within"}, DecimalMark: ",", Currency: "EUR",
		Columns: []importer.Column{
			{Name: "Kundennummer", Role: "customer", Guess: "by_name"}, {Name: "Datum", Role: "date", Guess: "by_content"},
			{Name: "Betrag", Role: "amount", Guess: "by_map"}, {Name: "城市", Role: "attribute"},
			{Name: "Notiz", Role: "ignored"}, {Name: "A very long name of a column that nobody reads", Role: "attribute"},
		},
		Notes: []importer.Note{{Key: importer.NoteDayOrMonth, Args: []any{"Datum", "11/12/2011", time.Date(2011, 12, 11, 0, 0, 0, 0, time.UTC)}}},
		Sample: [][]string{
			{"anna", "05.01.2024", "10,00", "北京", "", "x"}, {"boris", "06.01.2024", "11,50", "Αθήνα", "\x1b[31mred", "y"},
			{"clara", "07.01.2024"},
		},
	}
}

func TestPlanInFiveLanguages(t *testing.T) {
	t.Parallel()
	for _, tag := range locale.Tags() {
		for _, columns := range []int{60, 80} {
			var b strings.Builder
			if err := Plan(&b, planFixture(), speak(t, tag), TextOptions{Width: columns}); err != nil {
				t.Fatal(err)
			}
			within(t, b.String(), columns)
			if strings.ContainsAny(b.String(), "\x1b⟦") {
				t.Errorf("%s: a mark that does not belong: %s", tag, b.String())
			}
			if columns == 80 {
				golden(t, "plan-"+tag+".txt", b.String())
			}
		}
	}
}

func TestPlanOfNothing(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := Plan(&b, &importer.Plan{Path: "x.parquet", Format: "parquet", Kind: "riddles"}, speak(t, "en"), TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != "x.parquet: riddles\nPARQUET\n" {
		t.Errorf("%q", got)
	}
}

func TestAccount(t *testing.T) {
	t.Parallel()
	a := importer.Account{
		Rows: 541_909, Unreadable: 3, Unidentified: 135_080, Later: 1, Ignored: 8_905, Rejected: 37, Recorded: 397_883,
		Reasons:      map[string]int64{"zero_price": 37, "date": 2, "never_heard_of": 1},
		RejectedFile: "orders.csv.rejected.csv", Notes: []importer.Note{{Key: importer.NoteEncodingLater, Args: []any{"a\x1bname"}}},
	}
	var b strings.Builder
	if err := Account(&b, a, speak(t, "en")); err != nil {
		t.Fatal(err)
	}
	want := `541,909 rows: 397,883 recorded, 135,080 without a known customer, 1 after the moment of the report, 8,905 returned or cancelled, 37 rejected, 3 unreadable
  37: the price or the amount is zero
  2: the date cannot be read
  1: never_heard_of
  They are in orders.csv.rejected.csv, each with its line and reason.
  ! The head of the file has only Latin letters; further on it is read as a` + "\uFFFD" + `name.
`
	if b.String() != want {
		t.Errorf("got:\n%swant:\n%s", b.String(), want)
	}
	for _, tag := range locale.Tags() {
		b.Reset()
		if err := Account(&b, a, speak(t, tag)); err != nil || strings.Contains(b.String(), "⟦") {
			t.Errorf("%s: %v %s", tag, err, b.String())
		}
	}
}

func TestCSV(t *testing.T) {
	t.Parallel()
	p := textFixture()
	p.Measures = p.Measures[6:7]
	p.Measures[0].Groups = []metric.Group{{Group: "=1+1", Figure: metric.Figure{N: 3}}, {Group: `say "hi", 中国`}}
	p.Measures = append(p.Measures, metric.Measure{Key: "ces_mean", Status: metric.Undefined, Unit: "score"})
	var b strings.Builder
	if err := CSV(&b, p); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		"key,period_from,period_to,group,value,low,high,n,unit,status,verdict",
		"repurchase_rate,2010-12-10,2011-12-10,,38.42,37.02,39.84,4338,percent,ok,real",
		"repurchase_rate,2009-12-10,2010-12-10,,36.4,,,4338,percent,ok,",
		"repurchase_rate,2011-01-01,2011-02-01,,30,29,31,100,percent,ok,",
		"repurchase_rate,2011-02-01,2011-03-01,,31,30,32,100,percent,ok,",
		"repurchase_rate,2011-03-01,2011-04-01,,,,,100,percent,undefined,",
	} {
		if got := strings.Join(rows[i], ","); got != want {
			t.Errorf("row %d: %s, want %s", i, got, want)
		}
	}
	rest := rows[len(rows)-4:]
	if rest[0][9] != "partial" || rest[1][3] != "'=1+1" || rest[2][3] != `say "hi", 中国` || rest[3][9] != "undefined" {
		t.Errorf("the last rows: %q", rest)
	}
}
