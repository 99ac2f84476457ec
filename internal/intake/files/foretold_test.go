package files_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/base/locale"
	"regulars/internal/record/customer"
	"regulars/internal/record/importer"
	"regulars/internal/record/sample"
	"regulars/internal/understand/outlook"
	"regulars/internal/understand/predict"
	"regulars/internal/understand/recommend"
)

// foretold are the card and the rows of an outlook, as they are written.
func foretold(t *testing.T, p *outlook.Page) string {
	t.Helper()
	l, err := locale.Get("en")
	if err != nil {
		t.Fatal(err)
	}
	card, err := json.MarshalIndent(p.Card(l), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	var rows bytes.Buffer
	if err := outlook.Customers(&rows, p, l); err != nil {
		t.Fatal(err)
	}
	return string(card) + "\n" + rows.String()
}

// The same purchases foretell the same, to the last bit, whether they are read from files or from the store that the
// files were taken into: with returns, cancelled orders, orders of nobody known, and two who are one person.
func TestStoreForetellsAsFiles(t *testing.T) {
	dir := t.TempDir()
	_, err := sample.Write(t.Context(), dir, sample.Options{Customers: 700, Days: 540, Lines: true})
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(dir, "orders.csv"))
	if err != nil {
		t.Fatal(err)
	}
	// Another file, of which some orders were called off, and one person has two numbers.
	var more strings.Builder
	more.WriteString("customer,date,order,total,status\n")
	for i := range 40 {
		day := time.Date(2025, 3, 1+7*i, 9, 0, 0, 0, time.UTC).Format(time.DateOnly)
		fmt.Fprintf(&more, "other-1,%s,x%d,12.50,%s\n", day, i, []string{"paid", "cancelled", "paid"}[i%3])
		fmt.Fprintf(&more, "other-2,%s,y%d,8.00,paid\n", day, i)
	}
	as := predict.Options{Days: 60, Model: "auto", Terms: predict.DefaultTerms()}
	read := func(texts ...string) *outlook.Page {
		var paths []string
		var kinds []importer.Kind
		for i, text := range texts {
			paths = append(paths, filepath.Join(t.TempDir(), fmt.Sprintf("orders%d.csv", i)))
			if err := os.WriteFile(paths[i], []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			kinds = append(kinds, importer.Orders)
		}
		plans, o := planned(t.Context(), t, paths, kinds)
		page, err := outlook.FromFiles(t.Context(), plans, outlook.Options{Import: o, Currency: "EUR", Predict: as})
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	apart := read(string(content), more.String())
	merged := read(string(content), strings.ReplaceAll(more.String(), "other-2", "other-1"))
	each(t, func(t *testing.T, s *store) {
		if s.take("orders:"+string(content), "orders:"+more.String()).Created == 0 {
			t.Fatal("nothing was taken in")
		}
		stored := func() *outlook.Page {
			var page *outlook.Page
			if err := s.d.Read(t.Context(), func(tx *db.Tx) (err error) {
				page, _, err = outlook.FromStore(tx, as)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return page
		}
		if got, want := foretold(t, stored()), foretold(t, apart); got != want {
			t.Errorf("from the store:\n%.3000s\nfrom the files:\n%.3000s", got, want)
		}
		if err := s.d.Write(t.Context(), func(tx *db.Tx) error {
			_, _, err := s.in.Merge(tx, customer.Identity{Kind: customer.OwnID, Value: "other-2"}, customer.Identity{Kind: customer.OwnID, Value: "other-1"})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if got, want := foretold(t, stored()), foretold(t, merged); got != want {
			t.Errorf("after the merge, from the store:\n%.3000s\nfrom the files:\n%.3000s", got, want)
		}
	})
}

// Of a made-up business it is known who has left for good: how many are still there lies within the interval that is stated.
func TestTrueDropOutIsWithinTheInterval(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			truth, err := sample.Write(t.Context(), dir, sample.Options{Seed: seed})
			if err != nil {
				t.Fatal(err)
			}
			plans, o := planned(t.Context(), t, []string{filepath.Join(dir, "orders.csv")}, []importer.Kind{importer.Orders})
			page, err := outlook.FromFiles(t.Context(), plans, outlook.Options{Import: o, Currency: "EUR", Predict: predict.Options{Days: 90, Model: "auto", Terms: predict.DefaultTerms()}})
			if err != nil {
				t.Fatal(err)
			}
			alive, there := page.Totals.Alive, float64(truth.Written.Alive)
			if there < alive.Low || there > alive.High {
				t.Errorf("%.0f customers (%.0f to %.0f) are said to be there by %s, and %.0f are", alive.Value, alive.Low, alive.High, page.Best().Name, there)
			}
			t.Logf("%.0f customers (%.0f to %.0f) by %s, and %.0f are there of %d", alive.Value, alive.Low, alive.High, page.Best().Name, there, page.Customers)
		})
	}
}

// What is suggested to each customer is the same too, whether products are learnt from files or from the store.
func TestStoreSuggestsAsFiles(t *testing.T) {
	dir := t.TempDir()
	if _, err := sample.Write(t.Context(), dir, sample.Options{Customers: 150, Days: 200, Lines: true}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "orders.csv")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	plans, o := planned(t.Context(), t, []string{path}, []importer.Kind{importer.Orders})
	shop, err := recommend.FromFiles(t.Context(), plans, recommend.Reading{Import: o})
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, s *store) {
		s.take("orders:" + string(content))
		const fit, most = 5, 8
		var learned *recommend.Learned
		s.read(func(tx *db.Tx) (err error) { learned, err = recommend.Read(tx); return err })
		learned.Learn(100)
		if err := s.d.Write(t.Context(), func(tx *db.Tx) error { return learned.Keep(tx, fit, 0, len(learned.Products)) }); err != nil {
			t.Fatal(err)
		}
		if len(shop.IDs) < 100 {
			t.Fatalf("%d customers", len(shop.IDs))
		}
		for i, id := range shop.IDs {
			var got *recommend.Lists
			s.read(func(tx *db.Tx) error {
				who := customer.Identity{Kind: customer.OwnID, Value: id}
				found, err := customer.Find(tx, []customer.Identity{who})
				if err == nil {
					got, err = recommend.For(tx, fit, []int64{found[who]}, recommend.Wanted{Most: most})
				}
				return err
			})
			for _, list := range []struct {
				got  []recommend.Suggested
				want []recommend.Suggestion
			}{{got.Again, shop.Again(&shop.Customers[i], recommend.Options{Most: most})}, {got.New, shop.Likeness.New(&shop.Customers[i], recommend.Options{Most: most})}} {
				var a, b []string
				for _, p := range list.got {
					a = append(a, fmt.Sprintf("%s %.9f %d %d %s", p.Reference, p.Score, p.Times, p.Together, p.With))
				}
				for _, p := range list.want {
					with := ""
					if p.With >= 0 {
						with = shop.Products[p.With]
					}
					b = append(b, fmt.Sprintf("%s %.9f %d %d %s", shop.Products[p.Item], p.Score, p.Times, p.Together, with))
				}
				if !slices.Equal(a, b) {
					t.Fatalf("%s is suggested\n%q, and from files\n%q", id, a, b)
				}
			}
			if got.Category != shop.Category(i) {
				t.Errorf("%s buys most of %q, and from files of %q", id, got.Category, shop.Category(i))
			}
		}
		done := false
		for range 100 {
			if err := s.d.Write(t.Context(), func(tx *db.Tx) (err error) { done, err = recommend.Forget(tx, fit); return err }); err != nil {
				t.Fatal(err)
			}
			if done {
				break
			}
		}
		if n := s.number("SELECT count(*) FROM product_likeness"); n != 0 || !done {
			t.Errorf("%d rows are left", n)
		}
	})
}

func (s *store) read(fn func(tx *db.Tx) error) {
	s.t.Helper()
	if err := s.d.Read(s.t.Context(), fn); err != nil {
		s.t.Fatal(err)
	}
}
