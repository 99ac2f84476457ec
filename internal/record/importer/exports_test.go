package importer

import (
	"strings"
	"testing"
)

// TestExports reads files as programs and people in five countries export them: the columns, the first fact and the
// account of the rows (unreadable, unidentified, later, ignored, rejected, recorded).
func TestExports(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		rows  []string
		roles string
		first string // the first sale
		count string
		notes string
	}{
		{
			"Shopify",
			[]string{
				"Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Billing Name,Cancelled at,Refunded Amount,Vendor,Id,Tags",
				"#1001,ann@x.com,paid,2024-01-05 10:02:00 +0100,fulfilled,2024-01-06 10:00:00 +0100,no,EUR,30.00,5.00,4.00,35.00,,0.00,DHL,2024-01-05 10:00:00 +0100,2,Tea,10.00,,T-1,Ann B,,0.00,House,5501,",
				"#1001,ann@x.com,,,,,,,,,,,,,,2024-01-05 10:00:00 +0100,1,Cup,10.00,,C-1,,,,House,,",
				"#1002,bob@x.com,refunded,2024-01-07 10:02:00 +0100,fulfilled,,no,EUR,10.00,5.00,4.00,15.00,,0.00,DHL,2024-01-07 10:00:00 +0100,1,Tea,10.00,,T-1,Bob C,,15.00,House,5502,",
			},
			"Name=order Email=customer Financial Status=state Currency=currency Created at=date Lineitem quantity=quantity Lineitem price=price Lineitem sku=product",
			"2 #1001 ann@x.com 2024-01-05 09:00 2 2000", "0 0 0 1 0 2", "order_total Total",
		},
		{
			"WooCommerce, a row for each product",
			[]string{
				"Order Number,Order Status,Order Date,Customer Note,First Name (Billing),Last Name (Billing),City (Billing),Email (Billing),Phone (Billing),Payment Method Title,Cart Discount Amount,Order Subtotal Amount,Order Shipping Amount,Order Refund Amount,Order Total Amount,Order Total Tax Amount,SKU,Item #,Item Name,Quantity,Item Cost",
				"101,Completed,2024-01-05 10:00,,Ann,B,Rome,ann@x.com,+3912345,Card,0,30.00,5.00,0,35.00,4.00,T-1,1,Tea,2,10.00",
				"101,Completed,2024-01-05 10:00,,Ann,B,Rome,ann@x.com,+3912345,Card,0,30.00,5.00,0,35.00,4.00,C-1,2,Cup,1,10.00",
				"102,Cancelled,2024-01-06 10:00,,Bob,C,Oslo,bob@x.com,+4712345,Card,0,30.00,5.00,0,35.00,4.00,T-1,1,Tea,2,15.00",
			},
			"Order Number=order Order Status=state Order Date=date Email (Billing)=customer SKU=product Quantity=quantity Item Cost=price",
			"2 101 ann@x.com 2024-01-05 10:00 2 2000", "0 0 0 1 0 2", "order_total Order Total Amount",
		},
		{
			"WooCommerce Analytics",
			[]string{
				"Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),N. Revenue",
				"2024-01-05 10:00:00,101,€35.00,completed,Ann B,new,2× Tea,2,,35",
				"2024-01-06 10:00:00,102,€12.50,completed,Bob C,returning,1× Cup,1,,12.5",
			},
			"Date=date Order #=order N. Revenue (formatted)=amount Status=state Customer=customer Product(s)=product",
			"2 101 Ann B 2024-01-05 10:00 1 3500", "0 0 0 0 0 2", "",
		},
		{
			"Square",
			[]string{
				"Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Modifiers Applied,Gross Sales,Discounts,Net Sales,Tax,Transaction ID,Payment ID,Device Name,Notes,Event Type,Location,Customer ID,Customer Name",
				"2024-01-05,10:15:00,Europe/Rome,Drinks,Tea,2.0,Regular,T1,,$10.00,-$1.00,$9.00,$0.90,abc,def,iPad,,Payment,Cafe,C1,Ann",
				"2024-01-06,10:15:00,Europe/Rome,Drinks,Tea,-1.0,Regular,T1,,-$5.00,$0.00,-$5.00,-$0.50,abd,deg,iPad,,Refund,Cafe,C2,Bob",
			},
			"Date=date Time=time Category=category Qty=quantity SKU=product Net Sales=amount Transaction ID=order Customer ID=customer",
			"2 abc C1 2024-01-05 10:15 2 900", "0 0 0 0 0 2", "",
		},
		{
			"1C, a report with titles and a sum at its end",
			[]string{
				"Отчет по продажам за 2023 год;;;;;", "Организация: ООО «Ромашка»;;;;;", ";;;;;",
				"Контрагент;Документ продажи;Дата;Номенклатура;Количество;Сумма, руб.",
				"Иванов И.И.;Реализация 00000012 от 01.12.2023;01.12.2023 10:15:00;Чай чёрный;2,000;1\u00a0234,50",
				"Иванов И.И.;Реализация 00000012 от 01.12.2023;01.12.2023 10:15:00;Кофе;1,000;500,00",
				"Петров;Реализация 00000013 от 02.12.2023;02.12.2023 11:15:00;Кофе;1,000;500,00",
				"Итого;;;;4,000;2\u00a0234,50",
			},
			"Контрагент=customer Документ продажи=order Дата=date Номенклатура=product Количество=quantity Сумма, руб.=amount",
			"5 Реализация 00000012 от 01.12.2023 Иванов И.И. 2023-12-01 10:15 2 123450", "1 0 0 0 0 3", "",
		},
		{
			"1C, a journal of documents",
			[]string{
				"Дата;Номер;Контрагент;Сумма;Валюта;Ответственный;Комментарий",
				"01.12.2023 10:15:00;00УТ-000012;Иванов;1 234,50;руб.;Сидорова;", "02.12.2023 10:15:00;00УТ-000013;Петров;234,50;руб.;Сидорова;",
			},
			"Дата=date Номер=order Контрагент=customer Сумма=amount Валюта=currency",
			"2 00УТ-000012 Иванов 2023-12-01 10:15 1 123450", "0 0 0 0 0 2", "",
		},
		{
			"a till with loyalty cards",
			[]string{
				"№;Дата и время;№ чека;Карта;Сумма чека;Сумма скидки;Магазин",
				"1;05.01.2024 10:15;1001;2000123;1 200,00;0,00;Центр", "2;05.01.2024 10:25;1002;;350,00;0,00;Центр",
			},
			"Дата и время=date № чека=order Карта=customer Сумма чека=amount",
			"2 1001 2000123 2024-01-05 10:15 1 120000", "0 1 0 0 0 1", "",
		},
		{
			"a confectioner's table in Excel",
			[]string{
				"ЗАКАЗ\tДАТА\tПОКУПАТЕЛЬ\tТЕЛЕФОН\tИТОГО\tСКИДКА\tСТАТУС",
				"1\t05.01.2024\tАнна\t+79991234567\t1 200,50 р.\t0\tВыполнен", "2\t06.01.2024\tБорис\t+79991234568\t700\t50\tОтменён", "3\t07.01.2024\tВера\t+79991234569\t700 р.\t0\tВозврат",
			},
			"ЗАКАЗ=order ДАТА=date ПОКУПАТЕЛЬ=customer ИТОГО=amount СТАТУС=state",
			"2 1 Анна 2024-01-05 1 120050", "0 0 0 2 0 1", "",
		},
		{
			"Taobao",
			[]string{
				"订单编号,买家会员名,买家应付货款,买家实际支付金额,订单状态,收货人姓名,订单创建时间,订单付款时间,宝贝标题,宝贝总数量",
				"=\"1234567890123\",小明,35.00,33.00,交易成功,王小明,2024-01-05 10:00:00,2024-01-05 10:01:00,绿茶,2", "=\"1234567890124\",小红,15.00,15.00,交易关闭,李红,2024-01-06 10:00:00,,红茶,1",
			},
			"订单编号=order 买家会员名=customer 买家实际支付金额=amount 订单状态=state 订单创建时间=date 宝贝标题=product 宝贝总数量=quantity",
			"2 1234567890123 小明 2024-01-05 10:00 2 3300", "0 0 0 1 0 1", "",
		},
		{
			"JD",
			[]string{
				"订单号,下单时间,客户姓名,商品名称,订购数量,京东价,订单金额,订单状态",
				"111\t,2024年1月5日 10:00,王,绿茶,2,10.00,￥20.00,完成", "112\t,2024年1月6日 10:00,李,绿茶,1,10.00,￥10.00,已退款",
			},
			"订单号=order 下单时间=date 客户姓名=customer 商品名称=product 订购数量=quantity 订单金额=amount 订单状态=state",
			"2 111 王 2024-01-05 10:00 2 2000", "0 0 0 1 0 1", "",
		},
		{
			"a Greek shop",
			[]string{
				"Α/Α;Ημερομηνία;Πελάτης;Είδος;Ποσότητα;Τιμή;Αξία",
				"1;1/12/2023;Παπαδόπουλος;Τυρί;2;5,50 €;11,00 €", "2;13/12/2023;Νικολάου;Λάδι;1;1.009,90 €;1.009,90 €",
			},
			"Ημερομηνία=date Πελάτης=customer Είδος=product Ποσότητα=quantity Τιμή=price Αξία=amount",
			"2  Παπαδόπουλος 2023-12-01 2 1100", "0 0 0 0 0 2", "day_first Ημερομηνία 1/12/2023 2023-12-01",
		},
		{
			"a Macedonian shop",
			[]string{
				"Р.бр.;Датум;Купувач;Производ;Количина;Цена;Вкупно ден.",
				"1;01.12.2023;Петар;Леб;2;40,00;80,00", "2;13.12.2023;Јована;Сирење;1;1.350,00;1.350,00",
			},
			"Датум=date Купувач=customer Производ=product Количина=quantity Цена=price Вкупно ден.=amount",
			"2  Петар 2023-12-01 2 8000", "0 0 0 0 0 2", "",
		},
		{
			"Superstore",
			[]string{
				"Row ID,Order ID,Order Date,Ship Date,Ship Mode,Customer ID,Customer Name,Segment,Country,City,State,Postal Code,Region,Product ID,Category,Sub-Category,Product Name,Sales,Quantity,Discount,Profit",
				"1,CA-2016-152156,11/8/2016,11/11/2016,Second Class,CG-12520,Claire Gute,Consumer,United States,Henderson,Kentucky,42420,South,FUR-BO-10001798,Furniture,Bookcases,Bush,261.96,2,0,41.9136",
				"2,CA-2016-152157,11/18/2016,11/21/2016,Second Class,CG-12521,Claire Gute,Consumer,United States,Henderson,Kentucky,42420,South,FUR-BO-10001799,Furniture,Bookcases,Bush,61.96,2,0,4.9136",
			},
			"Order ID=order Order Date=date Customer ID=customer Product ID=product Category=category Sales=amount Quantity=quantity",
			"2 CA-2016-152156 CG-12520 2016-11-08 2 26196", "0 0 0 0 0 2", "month_first Order Date 11/8/2016 2016-11-08",
		},
		{
			"a data frame with its index",
			[]string{",user_id,created_at,total_price,status,country", "0,10.0,2024-01-05T10:00:00Z,35.50,paid,IT", "1,,2024-01-06T10:00:00.123+02:00,15.50,canceled,FR"},
			"user_id=customer created_at=date total_price=amount status=state",
			"2  10 2024-01-05 10:00 1 3550", "0 1 0 0 0 1", "point_zero user_id 10.0 10",
		},
		{
			"a database dump with bars",
			[]string{"order_id|customer_id|purchased_at|amount", "1|\\N|1704448800|35.5", "2|7|1704535200|5"},
			"order_id=order customer_id=customer purchased_at=date amount=amount",
			"2 1  2024-01-05 10:00 1 3550", "0 1 0 0 0 1", "",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := take(t, put(t, "orders.csv", strings.Join(tt.rows, "\r\n")), Options{Digits: 2})
			if got := roleOf(e.plan); got != tt.roles {
				t.Errorf("columns\n%s, want\n%s", got, tt.roles)
			}
			if len(e.sales) == 0 || saleWords(e.sales[0]) != tt.first {
				t.Errorf("%+v, want %s", e.sales, tt.first)
			}
			if got := countWords(e.account); got != tt.count {
				t.Errorf("account %s, want %s: %v", got, tt.count, e.account.Reasons)
			}
			if got := noteWords(e.plan.Notes); got != tt.notes {
				t.Errorf("notes %s, want %s", got, tt.notes)
			}
		})
	}
}

// TestTotalsOfOrders tells totals of orders from amounts of rows.
func TestTotalsOfOrders(t *testing.T) {
	t.Parallel()
	const head = "order,customer,date,quantity,price,total\n"
	tests := []struct {
		name, rows string
		opts       Options
		minor      int64
		notes      string
	}{
		{"in every row", "1,a,2024-01-01,2,10,25\n1,a,2024-01-01,1,5,25\n2,b,2024-01-01,1,5,5\n", Options{}, 3000, "order_total total"},
		{"in the first row", "1,a,2024-01-01,2,10,25\n1,a,2024-01-01,1,5,\n2,b,2024-01-01,1,5,5\n", Options{}, 3000, "order_total total"},
		{"of the rows", "1,a,2024-01-01,2,10,20\n1,a,2024-01-01,1,5,5\n2,b,2024-01-01,1,5,5\n", Options{}, 3000, ""},
		{"of the rows, with tax", "1,a,2024-01-01,2,10,24\n1,a,2024-01-01,1,5,6\n", Options{}, 3000, ""},
		{"of equal rows", "1,a,2024-01-01,2,10,20\n1,a,2024-01-01,2,10,20\n", Options{}, 4000, ""},
		{"of equal rows, with a discount", "1,a,2024-01-01,2,10,18\n1,a,2024-01-01,2,10,18\n", Options{}, 3600, ""},
		{"of orders of one row", "1,a,2024-01-01,2,10,18\n2,a,2024-01-01,2,10,17\n", Options{}, 3500, ""},
		{"as told", "1,a,2024-01-01,2,10,25\n1,a,2024-01-01,1,5,25\n", Options{Map: map[string]string{"amount": "total"}}, 5000, ""},
		{"as told by a product", "1,a,2024-01-01,2,10,25\n1,a,2024-01-01,1,5,25\n", Options{Map: map[string]string{"amount": "quantity*total"}}, 7500, ""},
	}
	for _, tt := range tests {
		tt.opts.Digits = 2
		e := take(t, put(t, "orders.csv", head+tt.rows), tt.opts)
		sum := int64(0)
		for _, s := range e.sales {
			sum += s.AmountMinor
		}
		if sum != tt.minor || noteWords(e.plan.Notes) != tt.notes {
			t.Errorf("%s: %d (%s), want %d (%s)", tt.name, sum, noteWords(e.plan.Notes), tt.minor, tt.notes)
		}
	}
}
