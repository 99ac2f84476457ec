package importer

import (
	"fmt"
	"strings"
	"testing"

	"regulars/internal/record/fact"
)

// sumOf is the money of all sales and returns, in minor units.
func sumOf(sales []fact.Sale) (total int64) {
	for _, s := range sales {
		total += s.AmountMinor
	}
	return total
}

// hasNote is true when the plan says something of that kind.
func hasNote(p *Plan, key NoteKey) bool {
	for _, n := range p.Notes {
		if n.Key == key {
			return true
		}
	}
	return false
}

// basket writes n orders of one to three rows; cells gives what follows order, customer and date.
func basket(header string, n int, cells func(order, line, lines int) string) string {
	var b strings.Builder
	b.WriteString(header + "\n")
	for o := range n {
		lines := 1 + o%3
		for l := range lines {
			fmt.Fprintf(&b, "%d,c%d,2024-01-%02d,%s\n", o, o%7, 1+o%28, cells(o, l, lines))
		}
	}
	return b.String()
}

func TestTotalOfAnOrderCountsOnce(t *testing.T) {
	t.Parallel()
	total := func(o int) string { return fmt.Sprintf("%d.50", 10+o*3) }
	each := func(o, l, _ int) string { return fmt.Sprintf("it%d,%s", l, total(o)) }
	var once, every int64 // of 60 orders
	for o := range 60 {
		once += int64(1050 + o*300)
		every += int64(1050+o*300) * int64(1+o%3)
	}
	mixed := strings.Split(strings.TrimSpace(basket("Order ID,Customer,Date,Item,Order Total", 60, each)), "\n")
	for i, j := 1, len(mixed)-1; i < j; i, j = i+2, j-2 {
		mixed[i], mixed[j] = mixed[j], mixed[i]
	}
	tests := []struct {
		name, text string
		opts       Options
		want       int64
		note       NoteKey // empty: nothing is said
	}{
		{"by its name", basket("Order ID,Customer,Date,Item,Order Total", 60, each), Options{Digits: 2}, once, NoteOrderOnce},
		{"in Russian", basket("Номер заказа,Клиент,Дата,Товар,Сумма заказа", 60, each), Options{Digits: 2}, once, NoteOrderOnce},
		{"in Chinese", basket("订单号,客户,日期,商品,订单总额", 60, each), Options{Digits: 2}, once, NoteOrderOnce},
		{"by content", basket("order,customer,date,item,amount", 60, each), Options{Digits: 2}, once, NoteOrderOnce},
		{"rows of an order apart", strings.Join(mixed, "\n") + "\n", Options{Digits: 2}, once, NoteOrderOnce},
		{"as the user says", basket("Order ID,Customer,Date,Item,Order Total", 60, each), Options{Digits: 2, Map: map[string]string{"amount": "Order Total"}}, every, ""},
		{"amounts of rows under the name of a total", basket("Order ID,Customer,Date,Item,Order Total", 60,
			func(o, l, _ int) string { return fmt.Sprintf("it%d,%d.50", l, 1+l) }), Options{Digits: 2}, 20*150 + 20*400 + 20*750, ""},
		{"the same thing several times", basket("order,customer,date,item,amount", 60,
			func(o, _, _ int) string { return fmt.Sprintf("it%d,%s", o, total(o)) }), Options{Digits: 2}, every, ""},
		{"one price for everything", basket("order,customer,date,item,amount", 60,
			func(_, l, _ int) string { return fmt.Sprintf("it%d,5.00", l) }), Options{Digits: 2}, 120 * 500, ""},
		{"few orders agree by chance", basket("order,customer,date,item,amount", 6, each), Options{Digits: 2}, 1050 + 2*1350 + 3*1650 + 1950 + 2*2250 + 3*2550, ""},
		{"quantity and price tell", basket("Order ID,Customer,Date,Item,Qty,Price,Order Total", 60,
			func(_, l, lines int) string { return fmt.Sprintf("it%d,2,5.00,%d.00", l, 10*lines) }), Options{Digits: 2}, 120 * 1000, NoteOrderTotal},
		{"discounts of rows that are alike", basket("order,customer,date,item,qty,price,amount", 60,
			func(_, l, _ int) string { return fmt.Sprintf("it%d,2,5.00,9.00", l) }), Options{Digits: 2}, 120 * 900, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := take(t, put(t, "orders.csv", tt.text), tt.opts)
			if got := sumOf(e.sales); got != tt.want {
				t.Errorf("the money is %d, want %d; %s", got, tt.want, roleOf(e.plan))
			}
			if len(e.sales) != int(e.account.Rows) {
				t.Errorf("%d lines of %d rows", len(e.sales), e.account.Rows)
			}
			if said := hasNote(e.plan, NoteOrderOnce) || hasNote(e.plan, NoteOrderTotal); said != (tt.note != "") || tt.note != "" && !hasNote(e.plan, tt.note) {
				t.Errorf("notes: %s", noteWords(e.plan.Notes))
			}
		})
	}
}

func TestReturnUnderATotalThatRepeats(t *testing.T) {
	t.Parallel()
	text := basket("Order ID,Customer,Date,Item,Order Total", 30, func(o, l, _ int) string { return fmt.Sprintf("it%d,%d.00", l, 100+o) })
	before := sumOf(take(t, put(t, "orders.csv", text), Options{Digits: 2}).sales)
	e := take(t, put(t, "orders.csv", text+"2,c2,2024-02-01,it0,-102.00\n2,c2,2024-02-01,it1,-102.00\n"), Options{Digits: 2})
	if got := sumOf(e.sales); got != before-10200 {
		t.Errorf("the money is %d, want %d", got, before-10200)
	}
}

func TestOrdersThatCameBack(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text, account string
		want                int64
		returns             int
	}{
		{"counted as nothing", "order,customer,date,amount,status\n1,a,2024-01-01,30,completed\n2,b,2024-01-02,30,refunded\n3,c,2024-01-03,30,returned\n4,d,2024-01-04,30,pending\n", "0 0 0 2 0 2", 6000, 0},
		{"without order ids", "customer,date,amount,status\na,2024-01-01,30,completed\nb,2024-01-02,30,refunded\n", "0 0 0 1 0 1", 3000, 0},
		{"a negative amount", "order,customer,date,amount,status\n1,a,2024-01-01,30,completed\n2,b,2024-01-02,-10,refunded\n", "0 0 0 0 0 2", 2000, 1},
		{"after its sale", "order,customer,date,amount,status\n1,a,2024-01-01,30,completed\n2,b,2024-01-02,30,completed\n2,b,2024-01-05,10,refunded\n3,c,2024-01-06,30,refunded\n", "0 0 0 1 0 3", 5000, 1},
		{"before its sale", "order,customer,date,amount,status\n2,b,2024-01-05,30,refunded\n2,b,2024-01-02,30,completed\n1,a,2024-01-01,30,completed\n", "0 0 0 0 0 3", 3000, 1},
		{"a row of an order", "order,customer,date,product,amount,status\n1,a,2024-01-01,tea,30,completed\n1,a,2024-01-01,milk,10,returned\n", "0 0 0 1 0 1", 3000, 0},
		{"the same row of an order", "order,customer,date,product,amount,status\n1,a,2024-01-01,tea,30,completed\n1,a,2024-01-03,tea,30,returned\n", "0 0 0 0 0 2", 0, 1},
		{"a log of sales and refunds", "customer,date,amount,status\na,2024-01-01,30,sale\nb,2024-01-02,30,sale\na,2024-01-03,30,refund\n", "0 0 0 0 0 3", 3000, 1},
		{"under a cancelled id", "order,customer,date,amount,status\n536365,a,2024-01-01,30,completed\n536366,a,2024-01-01,30,completed\nC536367,a,2024-01-02,30,refunded\n", "0 0 0 0 0 3", 3000, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := take(t, put(t, "orders.csv", tt.text), Options{Digits: 2})
			returns := 0
			for _, s := range e.sales {
				if s.Return {
					returns++
				}
			}
			if got := sumOf(e.sales); got != tt.want || returns != tt.returns || countWords(e.account) != tt.account {
				t.Errorf("money %d, returns %d, account %s; want %d, %d, %s; %s", got, returns, countWords(e.account), tt.want, tt.returns, tt.account, roleOf(e.plan))
			}
		})
	}
}

func TestAmountsTooLargeToAddUp(t *testing.T) {
	t.Parallel()
	text := "order,customer,date,amount\n1,a,2024-01-01,100000000000.00\n2,a,2024-01-01,100000000000.01\n3,a,2024-01-01,-100000000000.01\n4,a,2024-01-01,92233720368547758.07\n5,a,2024-01-01,-100000000000.00\n"
	e := take(t, put(t, "orders.csv", text), Options{Digits: 2})
	if e.account.Reasons[string(AmountTooLarge)] != 3 || len(e.sales) != 2 || sumOf(e.sales) != 0 {
		t.Errorf("%+v %v", e.account, e.sales)
	}
	e = take(t, put(t, "costs.csv", "month,channel,cost\n2024-01,ads,5.00\n2024-02,ads,92233720368547758.07\n"), Options{Digits: 2})
	if e.account.Reasons[string(AmountTooLarge)] != 1 || len(e.costs) != 1 {
		t.Errorf("%+v", e.account)
	}
}

// numbered writes n rows; cells gives each.
func numbered(header string, n int, cells func(i int) string) string {
	var b strings.Builder
	if header != "" {
		b.WriteString(header + "\n")
	}
	for i := range n {
		b.WriteString(cells(i) + "\n")
	}
	return b.String()
}

func TestThousandsWithoutDecimals(t *testing.T) {
	t.Parallel()
	row := func(i int) string { return fmt.Sprintf("%d,c%d,2024-01-%02d,1.%03d", i, i%5, 1+i%28, 100+i) }
	tests := []struct {
		name, text string
		opts       Options
		want       int64
		note       NoteKey
	}{
		{"three digits throughout", numbered("order,customer,date,amount", 20, row), Options{Digits: 2}, 100 * (20*1100 + 190), NoteMarkThousands},
		{"and whole ones below a thousand", numbered("order,customer,date,amount", 20, row) + "21,c1,2024-01-01,950\n", Options{Digits: 2}, 100 * (20*1100 + 190 + 950), NoteMarkThousands},
		{"a currency of three decimals", numbered("order,customer,date,amount", 20, row), Options{Digits: 3, Currency: "KWD"}, 20*1100 + 190, NoteMarkDecimal},
		{"a file that names such a currency", numbered("order,customer,date,amount,currency", 20, func(i int) string { return row(i) + ",KWD" }), Options{Digits: 2}, 2219, NoteMarkDecimal},
		{"whole ones above a thousand", numbered("order,customer,date,amount", 20, row) + "21,c1,2024-01-01,1950\n", Options{Digits: 2}, 2219 + 195000, NoteMarkDecimal},
		{"few", numbered("order,customer,date,amount", 5, row), Options{Digits: 2}, 551, NoteMarkDecimal},
		{"prices of something weighed", numbered("order,customer,date,quantity,price", 20, func(i int) string {
			return fmt.Sprintf("%d,c%d,2024-01-%02d,1.500,1.000", i, i%5, 1+i%28)
		}), Options{Digits: 2}, 20 * 150, NoteMarkDecimal},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := take(t, put(t, "orders.csv", tt.text), tt.opts)
			if got := sumOf(e.sales); got < tt.want-10 || got > tt.want+10 || e.account.Recorded != e.account.Rows {
				t.Errorf("the money is %d, want %d; %+v", got, tt.want, e.account)
			}
			if !hasNote(e.plan, tt.note) {
				t.Errorf("notes: %s", noteWords(e.plan.Notes))
			}
		})
	}
}

func TestCustomerWithoutHeader(t *testing.T) {
	t.Parallel()
	text := numbered("", 60, func(i int) string {
		return fmt.Sprintf("%d,C%03d,2024-01-%02d,%d.47,%s", 1000+i*7, i%29, 1+i%28, 10+i, []string{"Bitola", "Skopje"}[i%2])
	})
	e := take(t, put(t, "orders.csv", text), Options{Digits: 2})
	if got := roleOf(e.plan); got != "#1=order #2=customer #3=date #4=amount" {
		t.Error(got)
	}
}

func TestEmptyColumnsServeLast(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text, roles string
		opts              Options
		note              bool
	}{
		{"an empty total", numbered("Order ID,Customer,Date,Qty,Unit Price,Total", 20, func(i int) string { return fmt.Sprintf("%d,c%d,2024-01-02,2,5.00,", i, i%5) }),
			"Order ID=order Customer=customer Date=date Qty=quantity Unit Price=price", Options{Digits: 2}, true},
		{"an empty total beside a full one", numbered("Order ID,Customer,Date,Order Total,Amount Paid", 20, func(i int) string { return fmt.Sprintf("%d,c%d,2024-01-02,,10.00", i, i%5) }),
			"Order ID=order Customer=customer Date=date Amount Paid=amount", Options{Digits: 2}, false},
		{"an empty date", numbered("Order ID,Customer,Date,Amount,Made", 20, func(i int) string { return fmt.Sprintf("%d,c%d,,10.00,2024-01-02", i, i%5) }),
			"Order ID=order Customer=customer Amount=amount Made=date", Options{Digits: 2}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := take(t, put(t, "orders.csv", tt.text), tt.opts)
			if got := roleOf(e.plan); got != tt.roles || hasNote(e.plan, NoteEmptyColumn) != tt.note {
				t.Errorf("%s; notes: %s", got, noteWords(e.plan.Notes))
			}
			if sumOf(e.sales) != 20000 {
				t.Errorf("the money is %d", sumOf(e.sales))
			}
		})
	}
}

func TestDateOfTheRowBefore(t *testing.T) {
	t.Parallel()
	text := "order,customer,date,quantity,price,status\n1,a,2024-01-15 10:00,1,5.00,paid\n1,a,,2,5.00,\n2,b,2024-01-16,1,5.00,refunded\n2,b,,2,5.00,\n" +
		"3,c,,1,5.00,paid\n4,d,soon,1,5.00,paid\n4,d,,1,5.00,\n,e,2024-01-17,1,5.00,paid\n,e,,1,5.00,paid\n"
	e := take(t, put(t, "orders.csv", text), Options{Digits: 2})
	var got []string
	for _, s := range e.sales {
		got = append(got, saleWords(s))
	}
	want := "2 1 a 2024-01-15 10:00 1 500; 3 1 a 2024-01-15 10:00 2 1000; 9  e 2024-01-17 1 500"
	if strings.Join(got, "; ") != want || countWords(e.account) != "4 0 0 2 0 3" {
		t.Errorf("%s: %s", strings.Join(got, "; "), countWords(e.account))
	}
	if e.account.Reasons[string(NoDate)] != 3 || e.account.Reasons[string(BadDate)] != 1 {
		t.Errorf("%v", e.account.Reasons)
	}
}

func TestSentencesOfFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	text := "order,customer,date,Order Total,Quantity\n" + strings.Repeat("1,a,2024-01-15,5.00,2\n", 50)
	packed, container := gzipped(t, text), "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"+strings.Repeat("\x00", 600)
	for _, junk := range []string{"x", "junk\n", strings.Repeat("something else ", 100), "\x00\x00\x00x"} {
		refuse(t, put(t, "a.csv.gz", packed+junk), Options{}, "after the end of its gzip data", "download it again")
	}
	refuse(t, put(t, "a.csv.gz", packed+packed[:5]), Options{}, "cut off")
	refuse(t, put(t, "a.csv.gz", packed+packed[:len(packed)-3]), Options{}, "cut off")
	refuse(t, put(t, "a.xlsx", container), Options{}, "password")
	refuse(t, put(t, "a", container+"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"), Options{}, "password")
	for _, expr := range []string{"Quantity*", "*Quantity", "Order Total*", "*", "Quantity**Order Total"} {
		refuse(t, put(t, "a.csv", text), Options{Map: map[string]string{"amount": expr}}, "--map amount="+expr, "missing beside")
		refuse(t, put(t, "a.csv", text), Options{Map: map[string]string{"amount": expr}, MapLoosely: true}, "missing beside")
	}
	for name, content := range map[string]string{"two members": packed + gzipped(t, "2,b,2024-01-16,5.00,2\n"), "padding": packed + strings.Repeat("\x00", 512)} {
		want := int64(50)
		if name == "two members" {
			want++
		}
		if e := take(t, put(t, "a.csv.gz", content), Options{Digits: 2}); e.account.Recorded != want {
			t.Errorf("%s: %+v", name, e.account)
		}
	}
}
