package importer

import (
	"fmt"
	"strings"
	"testing"
)

// oneColumn reads rows of a customer, a date and one cell more, and gives what became of the cells.
func oneColumn(tb testing.TB, header string, cells []string, opts Options, say func(e *everything) []string) (string, *everything) {
	tb.Helper()
	text := "customer|date|" + header + "\n"
	for _, c := range cells {
		text += "a|2024-01-15|" + c + "\n"
	}
	e := take(tb, put(tb, "file.csv", text), opts)
	return strings.Join(say(e), " "), e
}

func amountsOf(e *everything) (out []string) {
	for _, s := range e.sales {
		out = append(out, fmt.Sprint(s.AmountMinor))
	}
	return out
}

// TestNumberStyles has whole columns of amounts, each in one way of writing.
func TestNumberStyles(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, cells, want, mark string
	}{
		{"points", "1234.50;0.5;.5;5.", "123450 50 50 500", "."},
		{"commas", "1234,50;0,5;5,00", "123450 50 500", ","},
		{"thousands by commas", "1,234.50;12,345,678.00;5", "123450 1234567800 500", "."},
		{"thousands by points", "1.234,50;12.345.678,00;5", "123450 1234567800 500", ","},
		{"thousands by blanks", "1 234,50;12 345 678,00;5", "123450 1234567800 500", ","},
		{"thousands by hard blanks", "1\u00a0234,50;1\u202f234,50;1\u2009234,50", "123450 123450 123450", ","},
		{"thousands by apostrophes", "1'234.50;1’234.50", "123450 123450", "."},
		{"lakhs", "1,23,456.50;5.00", "12345650 500", "."},
		{"minus", "-5.00;−5.00;5.00-;(5.00);- 5.00", "-500 -500 -500 -500 -500", "."},
		{"plus", "+5.00;5.00", "500 500", "."},
		{"signs", "$5.00;5.00 $;USD 5.00;5.00 USD", "500 500 500 500", "."},
		{"roubles", "5,00 руб.;5,00 р.;5,00₽;5,00 RUB", "500 500 500 500", ","},
		{"yuan", "¥5.00;5.00元;￥5.00;人民币5.00", "500 500 500 500", "."},
		{"euros", "5,00 €;€5,00;5,00 EUR;5,00 ευρώ", "500 500 500 500", ","},
		{"denars", "1.500,00 ден.;500,00 ден;500,00 MKD", "150000 50000 50000", ","},
		{"exponents", "1.5e3;2.5E+2", "150000 25000", "."},
		{"half a cent", "0.005;0.004;-0.005;0.0049999", "1 0 -1 0", "."},
		{"many decimals", "0.1234567890;1.9999999", "12 200", "."},
		{"the mark shown late", "1.234;2.345;1.234,50", "123400 234500 123450", ","},
		{"the mark shown late by a comma", "1,234;2,345;1,234.50", "123400 234500 123450", "."},
		{"the mark shown by few decimals", "1.234;0.5", "123 50", "."},
		{"three decimals shown by a leading zero", "0,125;1,250", "13 125", ","},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, e := oneColumn(t, "amount", strings.Split(tt.cells, ";"), Options{Digits: 2}, amountsOf)
			if got != tt.want || e.plan.DecimalMark != tt.mark {
				t.Errorf("%s by %q, want %s by %q; %v", got, e.plan.DecimalMark, tt.want, tt.mark, e.account.Reasons)
			}
		})
	}
}

// TestNumbersThatAreNone stand among good ones, and cost their row only.
func TestNumbersThatAreNone(t *testing.T) {
	t.Parallel()
	for cell, why := range map[string]Reason{
		"five": BadAmount, "": NoAmount, "-": NoAmount, "1.2.3.4": BadAmount, "12 34": BadAmount, "1,2345.6": BadAmount, "0x10": BadAmount, "∞": BadAmount, "NaN": NoAmount, "1e400": AmountTooLarge,
		"--5": BadAmount, "5 apples": BadAmount, "50%": BadAmount, "99999999999999999999": AmountTooLarge, "9223372036854775807": AmountTooLarge,
	} {
		got, e := oneColumn(t, "amount", []string{"5.00", "6.50", cell, "7.25"}, Options{Digits: 2}, amountsOf)
		if got != "500 650 725" || e.account.Reasons[string(why)] != 1 {
			t.Errorf("%q: %s, %v, want %s", cell, got, e.account.Reasons, why)
		}
	}
}

// TestDigitsOfCurrencies rounds by line, half up, to as many decimals as the currency has.
func TestDigitsOfCurrencies(t *testing.T) {
	t.Parallel()
	for digits, want := range map[int]string{0: "1235 3", 2: "123450 250", 3: "1234500 2500"} {
		if got, _ := oneColumn(t, "amount", []string{"1234.50", "2.50"}, Options{Digits: digits}, amountsOf); got != want {
			t.Errorf("%d digits: %s, want %s", digits, got, want)
		}
	}
}

// TestDateStyles has columns of dates; what is ambiguous is decided by the rest of the column, wherever it stands.
func TestDateStyles(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, cells, want string }{
		{"ISO", "2024-01-13;2024-01-13T08:26;2024-01-13 08:26:59.123;20240113", "01-13 01-13T08:26 01-13T08:26 01-13"},
		{"zones", "2024-01-13T23:30:00Z;2024-01-13T23:30:00+02:00;2024-01-13 23:30:00 +0200;2024-01-13T23:30:00-0500", "01-13T23:30 01-13T21:30 01-13T21:30 01-14T04:30"},
		{"day first, by a later row", "02/03/2024;03/04/2024;13/04/2024", "03-02 04-03 04-13"},
		{"month first, by a later row", "02/03/2024;03/04/2024;04/13/2024", "02-03 03-04 04-13"},
		{"month first, outvoting one slip", "02/13/2024;02/14/2024;02/15/2024;03/04/2024;16/02/2024", "02-13 02-14 02-15 03-04 !"},
		{"dots are day first", "02.03.2024;03.04.2024", "03-02 04-03"},
		{"two-digit years", "13.01.24;02/03/24", "01-13 03-02"},
		{"hyphens", "13-01-2024;02-03-2024", "01-13 03-02"},
		{"year first", "2024/1/3;2024.01.13", "01-03 01-13"},
		{"no padding", "3/1/2024 8:05;13/1/2024 18:05", "01-03T08:05 01-13T18:05"},
		{"morning and evening", "1/13/2024 8:26 AM;1/13/2024 8:26 PM;1/13/2024 12:01 am;1/13/2024 12:01 PM", "01-13T08:26 01-13T20:26 01-13T00:01 01-13T12:01"},
		{"English", "13 January 2024;Jan 13, 2024;13-Jan-24;Sat, 13 Jan 2024", "01-13 01-13 01-13 01-13"},
		{"Russian", "13 января 2024;13 янв 2024;13 января 2024 г.;13 янв. 2024 08:26", "01-13 01-13 01-13 01-13T08:26"},
		{"Chinese", "2024年1月13日;2024年01月13日 08:26;2024年1月13日8时26分;2024年1月13日 下午8点5分30秒;2024年1月13日8时", "01-13 01-13T08:26 01-13T08:26 01-13T20:05 01-13T08:00"},
		{"Greek", "13 Ιανουαρίου 2024;13 Ιαν 2024", "01-13 01-13"},
		{"Macedonian", "13 јануари 2024;13 јан. 2024", "01-13 01-13"},
		{"leap day", "29.02.2024;28.02.2024;29.02.2023", "02-29 02-28 !"},
		{"what is no date", "2024-01-13;yesterday;2024-13-01;;2024-00-10;1824-01-01", "01-13 ! ! ! ! !"},
		{"midnight as 24:00", "2024-01-13 00:00;2024-01-13 23:59:59", "01-13 01-13T23:59"},
		{"quotes of a spreadsheet", "=\"2024-01-13\";2024-01-14", "01-13 01-14"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := "customer|amount|date\n"
			cells := strings.Split(tt.cells, ";")
			for _, c := range cells {
				text += "a|5.00|" + c + "\n"
			}
			e := take(t, put(t, "file.csv", text), Options{Digits: 2})
			at := map[int64]string{}
			for _, s := range e.sales {
				words := strings.Fields(saleWords(s)) // row, customer, 2024-01-13, perhaps 08:26, quantity, amount
				at[s.Row] = strings.TrimPrefix(words[2], "2024-")
				if strings.Contains(words[3], ":") {
					at[s.Row] += "T" + words[3]
				}
			}
			var got []string
			for i := range cells {
				if s, ok := at[int64(i+2)]; ok {
					got = append(got, s)
				} else {
					got = append(got, "!")
				}
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("%s, want %s; %v", strings.Join(got, " "), tt.want, e.account.Reasons)
			}
		})
	}
}

// TestStates has the states of orders of five languages: what is paid, cancelled, returned.
func TestStates(t *testing.T) {
	t.Parallel()
	tests := []struct{ header, fine, cancelled, returned string }{
		{"order status", "completed;Paid;SHIPPED;partially paid", "cancelled;Canceled;VOID;failed", "refunded;Returned;chargeback"},
		{"статус заказа", "выполнен;Оплачен;доставлен;ждёт оплаты", "отменён;Отменен;ОТМЕНА;аннулирован", "возврат;возвращён"},
		{"订单状态", "已完成;已付款;交易成功;待评价", "已取消;交易关闭;作废", "已退款;退货"},
		{"κατάσταση", "ολοκληρώθηκε;πληρωμένη;Παραδόθηκε;αναμονή", "ακυρώθηκε;Ακυρωμένη;ΑΚΥΡΩΣΗ", "επιστροφή;επιστράφηκε"},
		{"статус на нарачка", "завршена;платена;испорачана;чека", "откажана;Сторно;поништена", "вратена;поврат"},
	}
	for _, tt := range tests {
		t.Run(tt.header, func(t *testing.T) {
			t.Parallel()
			text, row := "order|customer|date|amount|"+tt.header+"\n", 0
			for i, list := range []string{tt.fine, tt.cancelled, tt.returned} {
				for _, state := range strings.Split(list, ";") {
					row++
					if i == 2 {
						text += fmt.Sprintf("o%d|a|2024-01-15|5.00|%s\n", row, strings.Split(tt.fine, ";")[0])
					}
					text += fmt.Sprintf("o%d|a|2024-01-15|5.00|%s\n", row, state)
				}
			}
			size := func(list string) int64 { return int64(len(strings.Split(list, ";"))) }
			path := put(t, "file.csv", text)
			net, without := take(t, path, Options{Digits: 2}), take(t, path, Options{Digits: 2, IgnoreReturns: true})
			back := int64(0)
			for _, s := range net.sales {
				if s.Return {
					back++
				}
			}
			if net.account.Ignored != size(tt.cancelled) || back != size(tt.returned) || net.account.Recorded != size(tt.fine)+2*back {
				t.Errorf("net: %+v, %d returns", net.account, back)
			}
			if without.account.Ignored != size(tt.cancelled)+size(tt.returned) || without.account.Recorded != size(tt.fine)+back {
				t.Errorf("without returns: %+v", without.account)
			}
		})
	}
}

// TestCancelledIDs takes a C for a mark only where ids are plain digits otherwise.
func TestCancelledIDs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ ids, returns string }{
		{"536365 536366 C536379", "C536379"}, {"536365 536366 c536379", "c536379"}, {"536365 536366 С536379", "С536379"}, // the last is Cyrillic
		{"A536365 B536366 C536379", ""}, {"536365 536366 CX36379", ""}, {"536365 536366 C", ""}, {"536365 536366 A563185", ""},
		{"536365.0 536366.0 C536379", "C536379"},
	} {
		text := "order,customer,date,amount\n"
		for _, id := range strings.Fields(tt.ids) {
			text += id + ",a,2024-01-15,5\n"
		}
		e := take(t, put(t, "file.csv", text), Options{})
		var got []string
		for _, s := range e.sales {
			if s.Return {
				got = append(got, s.Order)
			}
		}
		if strings.Join(got, " ") != tt.returns {
			t.Errorf("%s: %v, want %s", tt.ids, got, tt.returns)
		}
	}
}

// TestCurrencies finds the currency in a column, in signs, in a name; what is in another one is rejected.
func TestCurrencies(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, header, rows, told, found, count string
	}{
		{"a column", "amount|currency", "5|EUR;6|EUR;7|USD", "", "EUR", "0 0 0 0 1 2"},
		{"a column of words", "сумма|валюта", "5|руб.;6|рубль;7|долл.", "", "RUB", "0 0 0 0 1 2"},
		{"a column of signs", "金额|币种", "5|￥;6|元;7|人民币", "", "CNY", "0 0 0 0 0 3"},
		{"a column with gaps", "amount|currency", "5|EUR;6|;7|EUR", "", "EUR", "0 0 0 0 0 3"},
		{"as told", "amount|currency", "5|EUR;6|EUR;7|USD", "USD", "EUR", "0 0 0 0 2 1"},
		{"as told in small letters", "amount|currency", "5|EUR;6|EUR;7|USD", "usd", "EUR", "0 0 0 0 2 1"},
		{"signs", "amount", "€5;€6;$7", "", "EUR", "0 0 0 0 1 2"},
		{"a shared sign", "amount", "$5;$6", "CAD", "USD", "0 0 0 0 0 2"},
		{"the name of the column", "Total (CHF)", "5;6", "", "CHF", "0 0 0 0 0 2"},
		{"the name of the column, after a comma", "Сумма, руб.", "5;6", "", "RUB", "0 0 0 0 0 2"},
		{"a word of the name", "amount_eur", "5;6", "", "EUR", "0 0 0 0 0 2"},
		{"nothing says", "amount", "5;6", "", "", "0 0 0 0 0 2"},
		{"nothing but the person says", "amount", "5;6", "SEK", "SEK", "0 0 0 0 0 2"},
	}
	for _, tt := range tests {
		text := "customer|date|" + tt.header + "\n"
		for _, row := range strings.Split(tt.rows, ";") {
			text += "a|2024-01-15|" + row + "\n"
		}
		e := take(t, put(t, "file.csv", text), Options{Currency: tt.told})
		if e.plan.Currency != tt.found || countWords(e.account) != tt.count {
			t.Errorf("%s: %q %s, want %q %s; %s", tt.name, e.plan.Currency, countWords(e.account), tt.found, tt.count, roleOf(e.plan))
		}
	}
}
