package importer

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"testing"
)

// columnOf is the profile of a column with a name and cells that look like what the role holds.
func columnOf(name string, c content) *profile {
	cells := map[content][]string{
		idContent: {"7", "8"}, dateContent: {"2024-01-15", "2024-02-15"}, monthContent: {"2024-01", "2024-02"}, timeContent: {"8:26", "20:26"},
		numberContent: {"5.50", "6"}, stateContent: {"paid", "cancelled"}, currencyContent: {"EUR", "USD"}, scaleContent: {"1-5", "0-10"}, anyContent: {"tea", "bread"},
	}[c]
	return newProfile(name, maphash.MakeSeed(), slices.Values(cells))
}

// TestEveryNameFindsItsRole looks up every synonym of every role, in every kind of file, in small and large letters.
func TestEveryNameFindsItsRole(t *testing.T) {
	t.Parallel()
	for _, k := range []Kind{Orders, Customers, Answers, Costs} {
		wanted := map[string][]string{} // folded name -> roles that list it
		for _, spec := range roleList(k) {
			for _, name := range spec.names {
				wanted[fold(name)] = append(wanted[fold(name)], spec.role)
			}
		}
		for _, spec := range roleList(k) {
			for _, name := range spec.names {
				for _, written := range []string{name, strings.ToUpper(name), strings.ReplaceAll(name, " ", "_")} {
					column := columnOf(written, spec.content)
					if k == Answers && spec.role == roleState {
						column = newProfile(written, maphash.MakeSeed(), slices.Values([]string{"yes", "bounced"}))
					}
					if spec.role == roleOrder && fold(name) == nameOfOrder {
						column = newProfile(written, maphash.MakeSeed(), slices.Values([]string{"#1001"}))
					}
					m := match(k, []*profile{column}, nil, nil)
					if got := m.taken[0]; !slices.Contains(wanted[fold(name)], got) {
						t.Errorf("%s: %q is taken for %q, want %s", k, written, got, spec.role)
					}
				}
			}
		}
	}
}

// TestNamesThatMislead are close to a synonym and mean something else.
func TestNamesThatMislead(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		content content
		not     string
	}{
		{"customer name", idContent, roleProduct}, {"customer type", idContent, roleCustomer}, {"customer city", idContent, roleCustomer}, {"город клиента", idContent, roleCustomer}, {"тип клиента", idContent, roleCustomer},
		{"客户类型", idContent, roleCustomer}, {"τύπος πελάτη", idContent, roleCustomer}, {"град на клиент", idContent, roleCustomer}, {"клиент с (дата)", dateContent, roleCustomer},
		{"ship date", dateContent, roleDate}, {"дата доставки", dateContent, roleDate}, {"发货日期", dateContent, roleDate}, {"ημερομηνία παράδοσης", dateContent, roleDate}, {"датум на испорака", dateContent, roleDate}, {"дата рождения", dateContent, roleDate}, {"birth date", dateContent, roleDate},
		{"tax amount", numberContent, roleAmount}, {"сумма скидки", numberContent, roleAmount}, {"优惠金额", numberContent, roleAmount}, {"ποσό έκπτωσης", numberContent, roleAmount}, {"износ на попуст", numberContent, roleAmount}, {"сумма НДС", numberContent, roleAmount}, {"shipping total", numberContent, roleAmount},
		{"old price", numberContent, rolePrice}, {"list price", numberContent, rolePrice}, {"старая цена", numberContent, rolePrice},
		{"order date", dateContent, roleOrder}, {"order status", stateContent, roleOrder}, {"сумма заказа", numberContent, roleOrder}, {"номер телефона", idContent, roleOrder}, {"номер карты", idContent, roleOrder}, {"name", idContent, roleOrder},
		{"product price", numberContent, roleProduct}, {"категория товара", anyContent, roleProduct}, {"customer category", anyContent, roleCategory}, {"marital status", stateContent, roleState},
	} {
		if m := match(Orders, []*profile{columnOf(tt.name, tt.content)}, nil, nil); m.taken[0] == tt.not {
			t.Errorf("%s is taken for %s", tt.name, tt.not)
		}
	}
}

// TestHeaders tells headers from rows, and gives names to columns without one.
func TestHeaders(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		header     bool
		columns    string
	}{
		{"names", "customer,date,amount\na,2024-01-15,5\n", true, "customer date amount"},
		{"names nobody knows", "wer,wann,wieviel\na,2024-01-15,5.5\nb,2024-01-16,6.5\n", true, "wer wann wieviel"},
		{"one row of names", "customer,date,amount\n", true, "customer date amount"},
		{"no names", "7,2024-01-15,5.5\n8,2024-01-16,6.5\n7,2024-01-17,7.5\n", false, "#1 #2 #3"},
		{"no names, ids of letters", "ann,2024-01-15,5.5\nbob,2024-01-16,6.5\nann,2024-01-17,7.5\n", false, "#1 #2 #3"},
		{"blank names", "customer,,amount\na,2024-01-15,5\nb,2024-01-16,5\n", true, "customer #2 amount"},
		{"the same name thrice", "customer,date,amount,x,x,x\na,2024-01-15,5,1,2,3\n", true, "customer date amount x x (2) x (3)"},
		{"a name that is taken already", "customer,date,amount,x,x,x (2)\na,2024-01-15,5,1,2,3\n", true, "customer date amount x x (2) x (2) (2)"},
		{"quoted names over two lines", "customer,\"order\ndate\",amount\na,2024-01-15,5\n", true, "customer order date amount"},
		{"blanks around names", " customer , date ,  total   amount \na,2024-01-15,5\n", true, "customer date total amount"},
		{"no name for row numbers", "customer date amount\n1 a 2024-01-15 5\n2 b 2024-01-16 6\n", true, "#1 customer date amount"},
		{"titles", "Sales of January,,\n,,\ncustomer,date,amount\na,2024-01-15,5\nb,2024-01-15,5\n", true, "customer date amount"},
		{"a hint for a spreadsheet", "sep=;\ncustomer;date;amount\na;2024-01-15;5\n", true, "customer date amount"},
		{"a year for a name", "customer,date,2024\na,2024-01-15,5.5\nb,2024-01-16,6.5\n", false, "#1 #2 #3"},
		{"more cells than names", "customer,date,amount\na,2024-01-15,5,x\nb,2024-01-16,6,y\nc,2024-01-16,6,y\n", true, "#1 customer date amount"},
	}
	for _, tt := range tests {
		p, err := Inspect(t.Context(), put(t, "orders.csv", tt.text), Options{Kind: Orders, Map: map[string]string{"customer": "#1", "date": "#2", "amount": "#3"}})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := strings.Join(p.titles(), " "); p.Header != tt.header || got != tt.columns {
			t.Errorf("%s: %v %s, want %v %s", tt.name, p.Header, got, tt.header, tt.columns)
		}
	}
}

// TestColumnsByContent has tables without names, or with names that say nothing.
func TestColumnsByContent(t *testing.T) {
	t.Parallel()
	lines := "" // order, date, customer, product, quantity, price: orders of two lines
	for i := range 40 {
		lines += fmt.Sprintf("%d,2024-01-%02d,c%d,p%d,%d,%d.25\n", 1000+i/2, i/2%28+1, i/2%9, i%11, i%3+1, i%7+1)
	}
	tests := []struct{ name, text, roles string }{
		{"customer, date, amount", "7,2024-01-15,5.5\n8,2024-01-16,6.5\n7,2024-01-17,7.5\n", "#1=customer #2=date #3=amount"},
		{"date, amount, customer", "2024-01-15,5.5,7\n2024-01-16,6.5,8\n2024-01-17,7.5,7\n", "#1=date #2=amount #3=customer"},
		{"names in another language", "Kunde;Tag;Betrag\n7;15.01.2024;5,50\n8;16.01.2024;6,50\n7;17.01.2024;7,50\n", "Kunde=customer Tag=date Betrag=amount"},
		{"compact dates", "7 20240115 5.5\n8 20240116 6.5\n7 20240117 7.5\n", "#1=customer #2=date #3=amount"},
		{"lines of orders", lines, "#1=order #2=date #3=customer #5=quantity #6=amount"},
	}
	for _, tt := range tests {
		p, err := Inspect(t.Context(), put(t, "orders.csv", tt.text), Options{})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := roleOf(p); got != tt.roles {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.roles)
		}
		for _, c := range p.Columns {
			if c.Role != roleAttribute && c.Guess != byContent {
				t.Errorf("%s: %s was found %s", tt.name, c.Name, c.Guess)
			}
		}
	}
	// Two columns that could both be the amount are a question, not a guess.
	refuse(t, put(t, "orders.csv", "k7,2024-01-15,5.5,1.5\nk8,2024-01-16,6.5,2.5\nk7,2024-01-16,6.5,2.5\n"), Options{}, "the amount", "--map amount=")
}
