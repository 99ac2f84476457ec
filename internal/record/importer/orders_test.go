package importer

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/record/fact"
)

// saleWords is a sale as the tests write it: row, order, customer, local time, quantity, amount, R for a return.
func saleWords(s fact.Sale) string {
	at := time.UnixMicro(s.Moment.Local).UTC().Format("2006-01-02 15:04")
	r := ""
	if s.Return {
		r = " R"
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s %s %s %g %d%s", s.Row, s.Order, s.Customer, strings.TrimSuffix(at, " 00:00"), s.Quantity, s.AmountMinor, r))
}

func TestSales(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		opts       Options
		want       []string
		account    string // unreadable unidentified later ignored rejected recorded
	}{
		{"price times quantity", "order,customer,date,quantity,price\n1,a,2024-01-01,3,0.335\n", Options{Digits: 2}, []string{"2 1 a 2024-01-01 3 101"}, "0 0 0 0 0 1"},
		{"amount is not multiplied", "order,customer,date,quantity,amount\n1,a,2024-01-01,3,5\n", Options{Digits: 2}, []string{"2 1 a 2024-01-01 3 500"}, "0 0 0 0 0 1"},
		{"no decimals", "order,customer,date,amount\n1,a,2024-01-01,5.5\n", Options{}, []string{"2 1 a 2024-01-01 1 6"}, "0 0 0 0 0 1"},
		{"negative quantity, negative amount", "order,customer,date,quantity,price\n1,a,2024-01-01,-1,5\n2,a,2024-01-01,1,-5\n", Options{Digits: 2},
			[]string{"2 1 a 2024-01-01 -1 -500 R", "3 2 a 2024-01-01 -1 -500 R"}, "0 0 0 0 0 2"},
		{"cancelled id", "order,customer,date,quantity,price\n536365,a,2024-01-01,1,5\n536366,a,2024-01-01,1,5\nC536379,a,2024-01-01,1,5\nС536380,a,2024-01-01,-2,5\n", Options{Digits: 2},
			[]string{"2 536365 a 2024-01-01 1 500", "3 536366 a 2024-01-01 1 500", "4 C536379 a 2024-01-01 -1 -500 R", "5 С536380 a 2024-01-01 -2 -1000 R"}, "0 0 0 0 0 4"},
		{"C where all ids have letters", "order,customer,date,amount\nA1,a,2024-01-01,5\nB2,a,2024-01-01,5\nC3,a,2024-01-01,5\n", Options{Digits: 2},
			[]string{"2 A1 a 2024-01-01 1 500", "3 B2 a 2024-01-01 1 500", "4 C3 a 2024-01-01 1 500"}, "0 0 0 0 0 3"},
		{"returns ignored", "order,customer,date,amount\n1,a,2024-01-01,-5\n2,,2024-01-01,-5\n3,b,2024-01-01,5\n", Options{Digits: 2, IgnoreReturns: true}, []string{"4 3 b 2024-01-01 1 500"}, "0 1 0 1 0 1"},
		{"states", "order,customer,date,amount,order status\n1,a,2024-01-01,5,paid\n2,a,2024-01-01,5,Cancelled\n3,a,2024-01-01,5,возврат\n4,a,2024-01-01,5,已取消\n5,a,2024-01-01,5,Ακυρώθηκε\n6,a,2024-01-01,5,откажана\n", Options{Digits: 2},
			[]string{"2 1 a 2024-01-01 1 500"}, "0 0 0 5 0 1"},
		{"a state that is no state of an order", "order,customer,date,amount,state\n1,a,2024-01-01,5,NY\n2,a,2024-01-01,5,CA\n", Options{Digits: 2}, []string{"2 1 a 2024-01-01 1 500", "3 2 a 2024-01-01 1 500"}, "0 0 0 0 0 2"},
		{"nobody", "order,customer,date,amount\n1,NaN,2024-01-01,5\n2,null,2024-01-01,5\n3,N/A,2024-01-01,5\n4, - ,2024-01-01,5\n5,,2024-01-01,5\n6,None,2024-01-01,5\n7,nil,2024-01-01,5\n8,Nanette,2024-01-01,5\n", Options{Digits: 2},
			[]string{"2 1  2024-01-01 1 500", "3 2  2024-01-01 1 500", "4 3  2024-01-01 1 500", "5 4  2024-01-01 1 500", "6 5  2024-01-01 1 500", "7 6  2024-01-01 1 500", "8 7  2024-01-01 1 500", "9 8 Nanette 2024-01-01 1 500"}, "0 7 0 0 0 1"},
		{"ids with .0", "order,customer,date,amount\n1.0,17850.0,2024-01-01,5\n2.0,17851.0,2024-01-01,5\n", Options{Digits: 2}, []string{"2 1 17850 2024-01-01 1 500", "3 2 17851 2024-01-01 1 500"}, "0 0 0 0 0 2"},
		{"ids with .0 not throughout", "order,customer,date,amount\n1,1.0,2024-01-01,5\n2,1.A,2024-01-01,5\n", Options{Digits: 2}, []string{"2 1 1.0 2024-01-01 1 500", "3 2 1.A 2024-01-01 1 500"}, "0 0 0 0 0 2"},
		{"zero price", "order,customer,date,quantity,price\n1,a,2024-01-01,1,0\n2,a,2024-01-01,0,5\n3,a,2024-01-01,1,0.001\n4,,2024-01-01,1,0\n", Options{Digits: 2, RejectZero: true}, []string{"4 3 a 2024-01-01 1 0"}, "0 1 0 0 2 1"},
		{"zero price kept", "order,customer,date,quantity,price\n1,a,2024-01-01,1,0\n", Options{Digits: 2}, []string{"2 1 a 2024-01-01 1 0"}, "0 0 0 0 0 1"},
		{"later", "order,customer,date,amount\n1,a,2024-01-01,5\n2,a,2024-01-02,5\n3,,2024-01-02,5\n", Options{Digits: 2, AsOf: time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC).UnixMicro()}, []string{"2 1 a 2024-01-01 1 500"}, "0 1 1 0 0 1"},
		{"unreadable", "order,customer,date,quantity,price\n1,a,2024-02-31,1,5\n2,a,2024-02-28,x,5\n3,a,2024-02-28,1,five\n4,a\n5,a,2024-02-28,1,5,6\n6,a,2024-02-28,1,5,\n7,a,1850-01-01,1,5\n8,a,2024-01-01,999999999999999999,999999999999999999\n9,a,2024-01-01,1,99999999999999999999\n", Options{Digits: 2},
			[]string{"7 6 a 2024-02-28 1 500"}, "8 0 0 0 0 1"},
		{"equal rows", "order,customer,date,amount\n1,a,2024-01-01,5\n1,a,2024-01-01,5\n", Options{Digits: 2}, []string{"2 1 a 2024-01-01 1 500", "3 1 a 2024-01-01 1 500"}, "0 0 0 0 0 2"},
		{"date and time apart", "order,customer,date,time,amount\n1,a,2024-01-01,8:26 PM,5\n2,a,2024-01-01,,5\n3,a,2024-01-01,noon,5\n", Options{Digits: 2, Map: map[string]string{"time": "time"}}, []string{"2 1 a 2024-01-01 20:26 1 500", "3 2 a 2024-01-01 1 500"}, "1 0 0 0 0 2"},
		{"decimal comma and day first", "заказ;клиент;дата;сумма\n1;а;13.01.2024 08:26;1 234,50 ₽\n2;б;02.01.2024;0,5\n", Options{Digits: 2}, []string{"2 1 а 2024-01-13 08:26 1 123450", "3 2 б 2024-01-02 1 50"}, "0 0 0 0 0 2"},
		{"month first", "order,customer,date,amount\n1,a,1/2/2024,5\n2,a,1/13/2024,5\n", Options{Digits: 2}, []string{"2 1 a 2024-01-02 1 500", "3 2 a 2024-01-13 1 500"}, "0 0 0 0 0 2"},
		{"other currencies", "order,customer,date,amount,currency\n1,a,2024-01-01,5,EUR\n2,a,2024-01-01,5,USD\n3,a,2024-01-01,5,eur\n", Options{Digits: 2}, []string{"2 1 a 2024-01-01 1 500", "4 3 a 2024-01-01 1 500"}, "0 0 0 0 1 2"},
		{"the currency asked for", "order,customer,date,amount,currency\n1,a,2024-01-01,5,EUR\n2,a,2024-01-01,5,USD\n3,a,2024-01-01,5,eur\n", Options{Digits: 2, Currency: "USD"}, []string{"3 2 a 2024-01-01 1 500"}, "0 0 0 0 2 1"},
		{"signs of two currencies", "order,customer,date,amount\n1,a,2024-01-01,€5\n2,a,2024-01-01,€6\n3,a,2024-01-01,£5\n4,a,2024-01-01,5\n", Options{Digits: 2}, []string{"2 1 a 2024-01-01 1 500", "3 2 a 2024-01-01 1 600", "5 4 a 2024-01-01 1 500"}, "0 0 0 0 1 3"},
		{"a dollar is a dollar", "order,customer,date,amount,currency\n1,a,2024-01-01,$5,CAD\n2,a,2024-01-01,6,CAD\n", Options{Digits: 2}, []string{"2 1 a 2024-01-01 1 500", "3 2 a 2024-01-01 1 600"}, "0 0 0 0 0 2"},
		{"no header", "1,2024-01-01 10:00,5.50\n2,2024-01-02 10:00,6.50\n1,2024-01-03 10:00,7.50\n", Options{Digits: 2}, []string{"1  1 2024-01-01 10:00 1 550", "2  2 2024-01-02 10:00 1 650", "3  1 2024-01-03 10:00 1 750"}, "0 0 0 0 0 3"},
		{"title lines", "Sales report 2024,,,\n,,,\norder,customer,date,amount\n1,a,2024-01-01,5\n2,b,2024-01-02,5\n", Options{Digits: 2}, []string{"4 1 a 2024-01-01 1 500", "5 2 b 2024-01-02 1 500"}, "0 0 0 0 0 2"},
		{"unix seconds", "order,customer,timestamp,amount\n1,a,1704067200,5\n2,b,1704153600,5\n", Options{Digits: 2}, []string{"2 1 a 2024-01-01 1 500", "3 2 b 2024-01-02 1 500"}, "0 0 0 0 0 2"},
		{"spreadsheet days", "order,customer,date,amount\n1,a,45292,5\n2,b,45293.5,5\n", Options{Digits: 2}, []string{"2 1 a 2024-01-01 1 500", "3 2 b 2024-01-02 12:00 1 500"}, "0 0 0 0 0 2"},
		{"an open quote", "order,customer,date,amount\n1,\"a,2024-01-01,5\n2,b,2024-01-02,5\n3,\"c, d\",2024-01-02,5\n", Options{Digits: 2}, []string{"3 2 b 2024-01-02 1 500", "4 3 c, d 2024-01-02 1 500"}, "1 0 0 0 0 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := take(t, put(t, "orders.csv", tt.text), tt.opts)
			var got []string
			for _, s := range e.sales {
				got = append(got, saleWords(s))
			}
			if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"), roleOf(e.plan))
			}
			if s := countWords(e.account); s != tt.account {
				t.Errorf("account %s, want %s: %v", s, tt.account, e.account.Reasons)
			}
		})
	}
}

func TestAttributesAndProducts(t *testing.T) {
	t.Parallel()
	e := take(t, put(t, "orders.csv", "order,customer,date,amount,product,category,Country,store\n1,a,2024-01-01,5,tea,drinks, UK ,7\n2,b,2024-01-01,5,bread,food,,\n"), Options{Digits: 2})
	if got := strings.Join(e.plan.Attributes, " "); got != "Country store" {
		t.Errorf("attributes %s", got)
	}
	s := e.sales[0]
	if s.Product != "tea" || s.Category != "drinks" || strings.Join(s.Attributes, "|") != "UK|7" || strings.Join(e.sales[1].Attributes, "|") != "|" {
		t.Errorf("%+v", e.sales)
	}
}

func TestZones(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ zone, text, utc, local string }{
		{"Pacific/Pago_Pago", "2024-06-01 23:30", "2024-06-02T10:30:00Z", "2024-06-01T23:30:00Z"}, {"Pacific/Kiritimati", "2024-06-01", "2024-05-31T10:00:00Z", "2024-06-01T00:00:00Z"},
		{"Europe/Skopje", "2024-06-01T23:30:00Z", "2024-06-01T23:30:00Z", "2024-06-02T01:30:00Z"},
	} {
		loc, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		e := take(t, put(t, "orders.csv", "customer,date,amount\na,"+tt.text+",5\n"), Options{Zone: loc})
		m := e.sales[0].Moment
		utc, local := time.UnixMicro(m.UTC).UTC().Format(time.RFC3339), time.UnixMicro(m.Local).UTC().Format(time.RFC3339)
		if utc != tt.utc || local != tt.local {
			t.Errorf("%s in %s = %s, %s", tt.text, tt.zone, utc, local)
		}
	}
}

// TestPrecedence draws rows with any mixture of troubles and counts them by a plain list of the rules.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		opts := Options{Digits: 2, IgnoreReturns: rapid.Bool().Draw(rt, "ignore"), RejectZero: rapid.Bool().Draw(rt, "reject"), RejectedDir: dir}
		if rapid.Bool().Draw(rt, "asof") {
			opts.AsOf = time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
		}
		// Two plain rows first, so that the columns are clear whatever follows.
		text := "order,customer,date,quantity,price,order status\n1,a,2024-01-01,1,5.00,paid\n2,b,2024-01-01,1,5.00,paid\n"
		want := Account{Rows: 2, Recorded: 2}
		emitted := 2
		for i := range rapid.IntRange(0, 40).Draw(rt, "rows") {
			bad, nobody, late := rapid.Bool().Draw(rt, "bad"), rapid.Bool().Draw(rt, "nobody"), rapid.Bool().Draw(rt, "late")
			back, zero, state := rapid.Bool().Draw(rt, "back"), rapid.Bool().Draw(rt, "zero"), rapid.SampledFrom([]string{"paid", "cancelled", "returned"}).Draw(rt, "state")
			customer, date, quantity, price := "c", "2024-05-31", "2", "7.25"
			if nobody {
				customer = "NULL"
			}
			if late {
				date = "2024-06-01"
			}
			if back {
				quantity = "-2"
			}
			if zero {
				price = "0.00"
			}
			if bad {
				date = "2024-06-31"
			}
			text += fmt.Sprintf("%d,%s,%s,%s,%s,%s\n", i+3, customer, date, quantity, price, state)
			want.Rows++
			keep := false
			drop := func(n *int64) {
				if nobody {
					n = &want.Unidentified
				}
				*n++
			}
			switch {
			case bad:
				want.Unreadable++
			case late && opts.AsOf != 0:
				drop(&want.Later)
			case state == "cancelled", state == "returned" && !back, opts.IgnoreReturns && back:
				drop(&want.Ignored)
			case zero && opts.RejectZero:
				drop(&want.Rejected)
			default:
				drop(&want.Recorded)
				keep = true
			}
			if keep {
				emitted++
			}
		}
		path := put(t, "orders.csv", text)
		e := take(t, path, opts)
		a := e.account
		if a.Rows != want.Rows || a.Unreadable != want.Unreadable || a.Unidentified != want.Unidentified || a.Later != want.Later || a.Ignored != want.Ignored || a.Rejected != want.Rejected || a.Recorded != want.Recorded || len(e.sales) != emitted {
			rt.Fatalf("%+v with %d facts, want %+v with %d:\n%s", a, len(e.sales), want, emitted, text)
		}
		for _, s := range e.sales {
			if s.Return != (s.AmountMinor < 0 || s.Quantity < 0) {
				rt.Fatalf("%+v", s)
			}
		}
	})
}
