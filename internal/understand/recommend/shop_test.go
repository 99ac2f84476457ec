package recommend

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"regulars/internal/base/fault"
	"regulars/internal/record/importer"
)

// shopOf reads files of the texts.
func shopOf(t *testing.T, texts ...string) *Shop {
	t.Helper()
	o := importer.Options{Digits: 2}
	var plans []*importer.Plan
	for i, text := range texts {
		path := filepath.Join(t.TempDir(), string(rune('a'+i))+".csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		plan, err := importer.Inspect(t.Context(), path, o)
		if err != nil {
			t.Fatal(err)
		}
		plans = append(plans, plan)
	}
	shop, err := FromFiles(t.Context(), plans, Reading{Import: o})
	if err != nil {
		t.Fatal(err)
	}
	return shop
}

// Lists of files narrow as those of a store do: by category, margin and what is sold out.
func TestShopNarrows(t *testing.T) {
	t.Parallel()
	// A pot is paid with 20 a piece, whatever the number.
	const orders = "order,customer,date,product,category,quantity,amount\n1,ann,2025-01-02,tea,drinks,1,4.00\n1,ann,2025-01-02,pot,kitchen,2,40.00\n2,bob,2025-01-03,tea,drinks,1,4.00\n" +
		"2,bob,2025-01-03,milk,drinks,1,2.00\n3,bob,2025-01-04,pot,kitchen,1,20.00\n4,cid,2025-01-05,milk,,1,2.00\n4,cid,2025-01-05,tea,drinks,1,4.00\n"
	const products = "sku,name,category,cost,stock\npot,Tea pot,,12.00,4\nmilk,,dairy,1.90,9\ntea,Tea,,1.00,0\ntea,,,,5\ngong,Gong,music,1,1\n"
	shop := shopOf(t, orders, products)
	again := func(customer string, w Wanted) (names []string) {
		w.Most = 9
		of, err := shop.Narrowed(w)
		if err != nil {
			t.Fatal(err)
		}
		i, found := shop.Find(customer)
		if !found {
			t.Fatalf("there is no %s", customer)
		}
		for _, s := range shop.Again(&shop.Customers[i], of(i)) {
			names = append(names, shop.Name(s.Item))
		}
		slices.Sort(names)
		return names
	}
	for _, c := range []struct {
		customer string
		w        Wanted
		want     string
	}{
		{"ann", Wanted{}, "Tea Tea pot milk"}, // a later row says that tea is there again; what was never sold is no suggestion
		{"ann", Wanted{Without: []string{"pot"}}, "Tea milk"},
		{"ann", Wanted{LeastMargin: .4}, "Tea Tea pot"}, // 75 % and 40 % above the cost; milk leaves 5 %
		{"ann", Wanted{LeastMargin: .41}, "Tea"},
		{"ann", Wanted{Category: "drinks"}, "Tea"}, // milk is dairy, as the products file says
		{"cid", Wanted{Category: Favourite}, "Tea"},
		{"bob", Wanted{Category: "dairy", LeastMargin: .5}, ""},
	} {
		if got := strings.Join(again(c.customer, c.w), " "); got != c.want {
			t.Errorf("%s, %+v: %q, want %q", c.customer, c.w, got, c.want)
		}
	}
	if all := shopOf(t, orders, strings.ReplaceAll(products, "tea,,,,5\n", "")); all.goods[slices.Index(all.Products, "tea")].SoldOut != true {
		t.Error("tea is sold out")
	}
	bare := shopOf(t, "order,customer,date,product,amount\n1,ann,2025-01-02,tea,4.00\n")
	for _, w := range []Wanted{{Without: []string{"gong"}}, {LeastMargin: .1}, {Category: Favourite}, {Category: "drinks"}} {
		if _, err := bare.Narrowed(w); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", w, err)
		}
	}
}
