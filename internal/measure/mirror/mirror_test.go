package mirror_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/columnar"
	"regulars/internal/measure/mirror"
	"regulars/internal/record/fact"
)

// copied loads batches, each as a file of its own.
func copied(t *testing.T, kind mirror.KindIs, batches ...*fact.Batch) *mirror.Source {
	t.Helper()
	db, err := columnar.Open(t.Context(), "", columnar.Options{MemoryLimit: "200MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	c := mirror.New(db, kind)
	for _, b := range batches {
		f := c.File()
		if err := f.Take(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		spoil(b)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	src, err := c.Finish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// spoil writes over what the reader of files would use again.
func spoil(b *fact.Batch) {
	for i := range b.Sales {
		attributes := b.Sales[i].Attributes
		for k := range attributes {
			attributes[k] = "spoilt"
		}
		b.Sales[i] = fact.Sale{Customer: "spoilt", Order: "spoilt", Attributes: attributes}
	}
	for i := range b.Customers {
		b.Customers[i] = fact.Customer{Customer: "spoilt"}
	}
	for i := range b.Answers {
		b.Answers[i] = fact.Answer{Kind: "spoilt"}
	}
	for i := range b.Costs {
		b.Costs[i] = fact.Cost{Channel: "spoilt"}
	}
}

// table reads a query as lines of text, sorted.
func table(t *testing.T, src *mirror.Source, query string) []string {
	t.Helper()
	conn, done, err := src.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := done(); err != nil {
			t.Error(err)
		}
	}()
	rows, err := conn.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for rows.Next() {
		values, targets := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		line := make([]string, len(values))
		for i, v := range values {
			if line[i] = v.String; !v.Valid {
				line[i] = "NULL"
			}
		}
		out = append(out, strings.Join(line, " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

func moment(text string) fact.Moment {
	at, err := time.Parse("2006-01-02T15:04:05.999999", text)
	if err != nil {
		panic(err)
	}
	return fact.Moment{UTC: at.UnixMicro() - 7_200_000_000, Local: at.UnixMicro()}
}

const named = `SELECT c.reference, s.amount_minor, s.is_return, s.local_us, s.day, s.month, p.value, k.value
	FROM sales s JOIN customers c ON c.customer_id = s.customer_id
	LEFT JOIN product_values p ON p.code = s.product LEFT JOIN category_values k ON k.code = s.category`

func TestEverySaleIsOneRow(t *testing.T) {
	t.Parallel()
	// More rows than all blocks hold at once, in two files and in batches of any size.
	r := rand.New(rand.NewPCG(1, 2))
	var want []string
	var sales []fact.Sale
	for i := range 25_000 {
		at := time.Date(1960, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, r.IntN(30_000)).Add(time.Duration(r.Int64N(86_400_000)) * time.Millisecond)
		s := fact.Sale{
			Customer: fmt.Sprint("c", r.IntN(4000)), Order: fmt.Sprint(r.IntN(3), i), AmountMinor: r.Int64N(9000),
			Moment: fact.Moment{Local: at.UnixMicro()}, Product: []string{"", "tea", "cup"}[r.IntN(3)], Category: []string{"", "tea"}[r.IntN(2)],
		}
		if s.Return = r.IntN(9) == 0; s.Return {
			s.AmountMinor = -s.AmountMinor
		}
		sales = append(sales, s)
		null := func(s string) string {
			if s == "" {
				return "NULL"
			}
			return s
		}
		days := int(at.Sub(time.Unix(0, 0).UTC().AddDate(-70, 0, 0)).Hours()/24) - 25_567
		want = append(want, fmt.Sprintln(s.Customer, s.AmountMinor, s.Return, s.Moment.Local, days,
			at.Year()*12+int(at.Month())-1, null(s.Product), null(s.Category)))
	}
	for i := range want {
		want[i] = strings.TrimSuffix(want[i], "\n")
	}
	src := copied(t, mirror.ByCategory, &fact.Batch{Sales: sales[:7001]}, &fact.Batch{Sales: sales[7001:]})
	got := table(t, src, named)
	slices.Sort(want)
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Fatalf("%d rows of %d; row %d is %q, want %q", len(got), len(want), i, got[min(i, len(got)-1)], want[i])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d rows, want %d", len(got), len(want))
	}
}

func TestLinesOfAnOrder(t *testing.T) {
	t.Parallel()
	line := func(order string) fact.Sale { return fact.Sale{Customer: "anna", Order: order, AmountMinor: 100} }
	src := copied(t, mirror.ByCategory,
		&fact.Batch{Sales: []fact.Sale{line("A1"), line("A1"), line("A2"), line(""), line("")}},
		&fact.Batch{Sales: []fact.Sale{line("A1"), line(""), {Customer: "boris", Order: "A1"}}})
	same(t, "lines by customer and order", table(t, src,
		"SELECT customer_id, count(*) FROM sales GROUP BY customer_id, order_id"), "0 3", "0 1", "0 1", "0 1", "0 1", "1 1")
}

func TestOrdersWithoutIDsOfTwoFilesAtOnce(t *testing.T) {
	t.Parallel()
	db, err := columnar.Open(t.Context(), "", columnar.Options{MemoryLimit: "200MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	c := mirror.New(db, mirror.ByCategory)
	files := []*mirror.File{c.File(), c.File()}
	for i := range 6 {
		if err := files[i%2].Take(t.Context(), &fact.Batch{Sales: []fact.Sale{{Customer: "anna"}}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range files {
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	src, err := c.Finish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, "orders", table(t, src, "SELECT count(DISTINCT order_id) FROM sales"), "6")
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

func TestOneRowPerOrder(t *testing.T) {
	t.Parallel()
	file := func(orders ...string) *fact.Batch {
		b := &fact.Batch{}
		for _, id := range orders {
			back, isReturn := strings.CutPrefix(id, "back ")
			b.Sales = append(b.Sales, fact.Sale{Customer: "anna", Order: back, Return: isReturn})
		}
		return b
	}
	for _, c := range []struct {
		what  string
		files []*fact.Batch
		want  bool
	}{
		{"nothing", nil, true},
		{"no ids", []*fact.Batch{file("", "", "")}, true},
		{"rising ids", []*fact.Batch{file("9", "10", "11")}, true},
		{"rising ids with rows without", []*fact.Batch{file("9", "", "10")}, true},
		{"an id twice", []*fact.Batch{file("9", "9", "10")}, false},
		{"an id again later", []*fact.Batch{file("9", "10", "9")}, false},
		{"a return names its order", []*fact.Batch{file("9", "back 9", "10")}, true},
		{"two files without ids", []*fact.Batch{file("", ""), file("")}, true},
		{"ids in the first of two", []*fact.Batch{file("1", "2"), file("", "")}, true},
		{"two files that may name the same order", []*fact.Batch{file("1", "2"), file("2", "3")}, false},
		{"ids in the second of two", []*fact.Batch{file("", ""), file("1", "2")}, false}, // not known, and so not claimed
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			if got := copied(t, mirror.ByCategory, c.files...).Facts.OneRowPerOrder; got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	sales := func() *fact.Batch {
		return &fact.Batch{Sales: []fact.Sale{
			{Customer: "a", Product: "tea", Category: "drink"},
			{Customer: "b", Product: "coffee", Category: "drink"},
			{Customer: "c", Product: "drink"},
			{Customer: "d", Category: "tea"},
			{Customer: "e"},
		}}
	}
	kinds := "SELECT count(DISTINCT kind), count(kind) FROM sales"
	same(t, "kinds by category", table(t, copied(t, mirror.ByCategory, sales()), kinds), "3 4") // a and b share one
	same(t, "kinds by product", table(t, copied(t, mirror.ByProduct, sales()), kinds), "3 3")   // d has none
}

func TestDaysAndMonths(t *testing.T) {
	t.Parallel()
	var sales []fact.Sale
	for _, at := range []string{
		"1969-12-31T23:59:59.999999", "1970-01-01T00:00:00", "2000-02-29T12:00:00", "2023-01-31T23:59:59", "2023-02-01T00:00:00",
		"1969-11-30T00:00:00",
	} {
		sales = append(sales, fact.Sale{Customer: "anna", Moment: moment(at)})
	}
	src := copied(t, mirror.ByCategory, &fact.Batch{Sales: sales})
	same(t, "day and month", table(t, src, "SELECT day, month FROM sales"),
		"-1 23639", "0 23640", "11016 24001", "19388 24276", "19389 24277", "-32 23638")
}

func TestSalesToNobodyKnown(t *testing.T) {
	t.Parallel()
	src := copied(t, mirror.ByCategory, &fact.Batch{Sales: []fact.Sale{
		{AmountMinor: 500, Moment: moment("2023-01-01T10:00:00")},
		{AmountMinor: 300, Moment: moment("2023-01-01T23:00:00")},
		{AmountMinor: -100, Return: true, Moment: moment("2023-01-01T11:00:00")},
		{AmountMinor: 40, Moment: moment("2023-01-02T00:00:00")},
		{Customer: "anna", AmountMinor: 7, Moment: moment("2023-01-02T00:00:00")},
	}})
	same(t, "totals of the day", table(t, src, "SELECT day, amount_minor FROM anonymous_sales"), "19358 700", "19359 40")
	if f := src.Facts; f.UnidentifiedMinor != 740 || f.PaidMinor != 7 || f.Lines != 1 || f.Returns != 0 {
		t.Errorf("facts %+v", f)
	}
}

func TestNothing(t *testing.T) {
	t.Parallel()
	src := copied(t, mirror.ByCategory)
	for _, view := range []string{"sales", "customers", "answers", "costs", "anonymous_sales", "answer_attributes"} {
		same(t, view, table(t, src, "SELECT * FROM "+view))
	}
	if f := src.Facts; f.Any || f.Lines+f.Answers+f.Returns != 0 || f.Kinds || f.Costs || f.Delivered {
		t.Errorf("facts of nothing: %+v", f)
	}
}
