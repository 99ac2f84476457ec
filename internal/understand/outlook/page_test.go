package outlook

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"regulars/internal/base/locale"
	"regulars/internal/measure/page"
	"regulars/internal/understand/predict"
)

// hostile is an id that wants to steer a terminal and a page.
const hostile = "<script>x</script>\x1b[31m\u202e"

// cafe is a made-up café: guests who come about every week or every month, and some who stopped. Amounts are there, or not.
func cafe(t *testing.T, days int32, paid bool, model string) *Page {
	t.Helper()
	var g predict.Gatherer
	const start = 14610 // 1 January 2010
	step := uint64(7)
	next := func(n int32) int32 { // a small generator: the same guests every time
		step = step*6364136223846793005 + 1442695040888963407
		return int32(step>>33) % n
	}
	for i := range 200 {
		id := "guest-" + strconv.Itoa(i)
		if i == 3 {
			id = hostile
		}
		every, stop := 5+next(40), days
		if next(3) == 0 {
			stop = next(days)
		}
		for day := next(days / 2); day < max(stop, 1); day += 1 + every/2 + next(every+1) {
			amount := int64(0)
			if paid {
				amount = 200 + int64(next(2000)+200*(every%5))
			}
			g.Add(id, start+day, amount)
		}
	}
	h := g.History()
	out, err := predict.Foresee(h, predict.Options{End: h.Last, Days: 60, Model: model, Terms: predict.DefaultTerms(), Digits: 2})
	if err != nil {
		t.Fatal(err)
	}
	return &Page{Outlook: out, Currency: "EUR"}
}

// pages are all kinds of page there are, made once.
func pages(t *testing.T) map[string]*Page {
	t.Helper()
	made.Do(func() { made.pages = makePages(t) })
	return made.pages
}

var made struct {
	sync.Once
	pages map[string]*Page
}

func makePages(t *testing.T) map[string]*Page {
	t.Helper()
	return map[string]*Page{
		"full":     cafe(t, 500, true, "auto"),
		"unpaid":   cafe(t, 500, false, "auto"),
		"untested": cafe(t, 100, true, "pareto-nbd"),
		"seasons":  cafe(t, 900, true, "auto"),
		"short":    cafe(t, 20, true, "auto"),
	}
}

func get(t *testing.T, tag string) *locale.Locale {
	t.Helper()
	l, err := locale.Get(tag)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// never are marks of something that went wrong on the way to a page.
func never() []string {
	return []string{"⟦", "%!", "NaN", "Inf", "<nil>", "ZgotmplZ", "map[", "\x1b", "\u202e"}
}

// Every kind of page in every language holds final words only, within its width.
func TestTextIsWhole(t *testing.T) {
	t.Parallel()
	for name, p := range pages(t) {
		for _, tag := range locale.Tags() {
			for _, width := range []int{40, 72, 0} {
				var b bytes.Buffer
				if err := Text(&b, p, get(t, tag), TextOptions{Width: width}); err != nil {
					t.Fatal(err)
				}
				for _, bad := range never() {
					if strings.Contains(b.String(), bad) {
						t.Errorf("%s.%s: %q is on the page", name, tag, bad)
					}
				}
				columns := width
				if width == 0 {
					columns = 96
				}
				for _, line := range strings.Split(b.String(), "\n") {
					if n := page.ScreenWidth(line); n > columns && width >= 72 {
						t.Errorf("%s.%s: a line of %d columns on a page of %d: %s", name, tag, n, columns, line)
					}
				}
			}
		}
	}
}

func TestHTMLIsWhole(t *testing.T) {
	t.Parallel()
	for name, p := range pages(t) {
		for _, tag := range locale.Tags() {
			var b bytes.Buffer
			if err := HTML(&b, p, get(t, tag)); err != nil {
				t.Fatal(err)
			}
			for _, bad := range append(never()[:7:7], "<script") {
				if strings.Contains(b.String(), bad) {
					t.Errorf("%s.%s: %q is on the page", name, tag, bad)
				}
			}
			root, err := html.Parse(&b)
			if err != nil {
				t.Fatal(err)
			}
			checkPage(t, name+"."+tag, root)
		}
	}
}

// checkPage looks for what pages must keep: one first heading, ids that are there once, links that lead somewhere, nothing
// from outside, tables with a caption.
func checkPage(t *testing.T, name string, root *html.Node) {
	t.Helper()
	ids, links := map[string]int{}, []string{}
	headings, tables, captions := 0, 0, 0
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "h1":
			headings++
		case "table":
			tables++
		case "caption":
			captions++
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "id":
				ids[a.Val]++
			case a.Key == "href" && strings.HasPrefix(a.Val, "#"), a.Key == "aria-labelledby":
				links = append(links, strings.TrimPrefix(a.Val, "#"))
			case (a.Key == "href" || a.Key == "src") && a.Val != "data:,":
				t.Errorf("%s asks for %s", name, a.Val)
			}
		}
	}
	if headings != 1 || tables != captions {
		t.Errorf("%s: %d first headings, %d tables with %d captions", name, headings, tables, captions)
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("%s has the id %s %d times", name, id, n)
		}
	}
	for _, to := range links {
		if ids[to] == 0 {
			t.Errorf("%s: a link leads to #%s, which is not there", name, to)
		}
	}
}

// The page an owner reads, in full.
func TestTextOfACafe(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := Text(&b, pages(t)["full"], get(t, "en"), TextOptions{}); err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "cafe.en.txt")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(golden, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != string(want) {
		t.Errorf("the page has changed (UPDATE=1 writes it anew):\n%s", got)
	}
}

// The JSON has the fields that were agreed on, and no figure that JSON cannot hold.
func TestCardFields(t *testing.T) {
	t.Parallel()
	for name, p := range pages(t) {
		raw, err := json.Marshal(p.Card(get(t, "en")))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var card map[string]any
		if err := json.Unmarshal(raw, &card); err != nil {
			t.Fatal(err)
		}
		for _, field := range []string{"model", "reason", "parameters", "weeks", "standard_errors", "log_likelihood", "bic", "candidates",
			"spend", "calibration_end", "holdout", "churn", "totals"} {
			if _, there := card[field]; !there {
				t.Errorf("%s has no %s", name, field)
			}
		}
		if (card["spend"] == nil) != (name == "unpaid" || name == "short") {
			t.Errorf("%s: spend is %v", name, card["spend"])
		}
		if name == "short" {
			if card["model"] != "" || card["totals"] != nil || !strings.Contains(card["reason"].(string), "Too little time") && !strings.Contains(card["reason"].(string), "too") {
				t.Errorf("%s: %s", name, raw)
			}
			continue
		}
		first := card["candidates"].([]any)[0].(map[string]any)
		for _, field := range []string{"model", "parameters", "log_likelihood", "bic", "converged", "degenerate"} {
			if _, there := first[field]; !there {
				t.Errorf("%s: a candidate has no %s", name, field)
			}
		}
		if (card["holdout"] == nil) != (name == "untested") {
			t.Errorf("%s: holdout is %v", name, card["holdout"])
		}
	}
}

// Every field of the card is in the documentation, and the documentation has no other.
func TestCardIsDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "predict-json.md"))
	if err != nil {
		t.Fatal(err)
	}
	written := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_`, ]+)` \\|").FindAllStringSubmatch(string(text), -1) {
		for _, field := range strings.Split(strings.ReplaceAll(m[1], "`", ""), ", ") {
			written[field] = true
		}
	}
	fields := map[string]bool{}
	collect(reflect.TypeFor[Card](), fields)
	for field := range fields {
		if !written[field] {
			t.Errorf("docs/predict-json.md does not mention %s", field)
		}
		delete(written, field)
	}
	for field := range written {
		t.Errorf("docs/predict-json.md documents %s, which the card has not", field)
	}
}

func collect(t reflect.Type, into map[string]bool) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		collect(t.Elem(), into)
	case reflect.Struct:
		for i := range t.NumField() {
			into[t.Field(i).Tag.Get("json")] = true
			collect(t.Field(i).Type, into)
		}
	default:
	}
}

// The customers' file has the columns agreed on, a row a customer in the order of ids, and sums that are the totals.
func TestCustomersFile(t *testing.T) {
	t.Parallel()
	p := pages(t)["full"]
	var b bytes.Buffer
	if err := Customers(&b, p, get(t, "en")); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0], ","); got != "id,x,t_x_days,T_days,litt,p_alive,expected_purchases,expected_spend,clv,churn_probability,reasons" {
		t.Errorf("columns %s", got)
	}
	if len(rows) != p.Customers+1 {
		t.Errorf("%d rows for %d customers", len(rows)-1, p.Customers)
	}
	sum, ids := 0.0, []string{}
	for _, row := range rows[1:] {
		v, err := strconv.ParseFloat(row[6], 64)
		if err != nil {
			t.Fatal(err)
		}
		sum, ids = sum+v, append(ids, row[0])
		if row[10] == "" || strings.Contains(row[10], "⟦") {
			t.Errorf("%s has the reason %q", row[0], row[10])
		}
	}
	if math.Abs(sum-p.Totals.Expected.Value) > 1e-3 || !slices.IsSorted(ids) {
		t.Errorf("the rows add up to %v, the total is %v; in order: %v", sum, p.Totals.Expected.Value, slices.IsSorted(ids))
	}
}
