package importer

import (
	"fmt"
	"slices"
	"testing"

	"regulars/internal/record/fact"
)

func productWords(p fact.Product) string {
	cost := "-"
	if p.Costed {
		cost = fmt.Sprint(p.CostMinor)
	}
	gone := map[fact.Answered]string{fact.Unsaid: "?", fact.Yes: "gone", fact.No: "there"}[p.SoldOut]
	return fmt.Sprintf("%d %s|%s|%s %s %s", p.Row, p.Reference, p.Name, p.Category, cost, gone)
}

// Lists of products as shops write them are known for what they are, in every language.
func TestProducts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want []string
		why  map[Reason]int64
	}{
		"plain": {"reference,name,category,price,cost,sold_out\ntea,Green tea,drinks,4.00,1.20,no\nmug,,,,,yes\ncup,Cup,,,0,\n,Nothing,,1,1,no\njar,Jar,x,1,abc,no\nbox,Box,x,1,-2,no\nbag,Bag,x,1,1,perhaps\nbig,Big,x,1,99999999999999999,no\n", []string{
			"2 tea|Green tea|drinks 120 there", "3 mug|| - gone", "4 cup|Cup| 0 ?"}, map[Reason]int64{NoProduct: 1, BadCost: 2, BadStock: 1, AmountTooLarge: 1}},
		"counts": {"SKU;Title;Cost per item;Variant Inventory Qty\nA-1;Shirt;7,50;12\nA-2;Hat;3,10;0\nA-3;Sock;1,00;-2\n", []string{
			"2 A-1|Shirt| 750 there", "3 A-2|Hat| 310 gone", "4 A-3|Sock| 100 gone"}, nil},
		"words": {"id,title,availability,product_type\n10.0,Lamp,in stock,home\n11.0,Desk,out of stock,home\n12.0,Bed,preorder,home\n", []string{
			"2 10|Lamp|home - there", "3 11|Desk|home - gone", "4 12|Bed|home - there"}, nil},
		"ru":           {"Артикул;Наименование;Категория;Закупочная цена;Остаток\nк1;Кофе;напитки;120,5;3\n", []string{"2 к1|Кофе|напитки 12050 there"}, nil},
		"zh":           {"商品编号,商品名称,品类,成本价,库存\nc1,咖啡,饮料,12.5,0\n", []string{"2 c1|咖啡|饮料 1250 gone"}, nil},
		"el":           {"Κωδικός προϊόντος;Περιγραφή;Κατηγορία;Τιμή κόστους;Απόθεμα\nκ1;Καφές;ποτά;1,5;2\n", []string{"2 κ1|Καφές|ποτά 150 there"}, nil},
		"mk":           {"Шифра на производ;Име на производ;Категорија;Набавна цена;Залиха\nк1;Кафе;пијалоци;60;0\n", []string{"2 к1|Кафе|пијалоци 6000 gone"}, nil},
		"a name alone": {"name,cost\nTea,1.20\n", []string{"2 Tea|| 120 ?"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := take(t, put(t, "products.csv", c.text), Options{Digits: 2})
			var got []string
			for _, p := range e.products {
				got = append(got, productWords(p))
			}
			if e.plan.Kind != Products || !slices.Equal(got, c.want) {
				t.Errorf("%s %q, want %q; %s", e.plan.Kind, got, c.want, roleOf(e.plan))
			}
			for why, n := range c.why {
				if e.account.Reasons[string(why)] != n {
					t.Errorf("%s: %+v", why, e.account.Reasons)
				}
			}
		})
	}
}

// What has a customer, an order or a day is something else, and amounts in another currency are refused.
func TestNoProducts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Kind{
		"order,customer,date,sku,category,cost,amount\n1,a,2024-01-01,tea,drinks,1,2\n": Orders,
		"date,channel,cost\n2024-01-01,web,5\n":                                         Costs,
	} {
		if p, err := Inspect(t.Context(), put(t, "a.csv", text), Options{}); err != nil || p.Kind != want {
			t.Errorf("%q: %v, %v", text, p, err)
		}
	}
	e := take(t, put(t, "a.csv", "sku,cost\ntea,€1.20\nmug,$2\n"), Options{Digits: 2, Currency: "EUR"})
	if len(e.products) != 1 || e.account.Reasons[string(OtherCurrency)] != 1 {
		t.Errorf("%+v, %+v", e.products, e.account)
	}
	refuse(t, put(t, "a.csv", "colour,cost\nred,2\n"), Options{Kind: Products}, "the product", "--map product=")
}
