package importer

import (
	"strings"
	"testing"
)

// TestColumnsByName has a header and one row for files of every kind in five languages.
func TestColumnsByName(t *testing.T) {
	t.Parallel()
	tests := []struct {
		header, row string
		kind        Kind
		roles       string // roles by column, - for attributes
	}{
		{"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country", "1,A,x,2,2011-12-01,2.5,7,UK", Orders, "order product - quantity date price customer -"},
		{"order_id,customer_id,order_date,total_amount,status", "1,2,2011-12-01,5.0,completed", Orders, "order customer date amount state"},
		{"Order ID,Order Date,Ship Date,Customer ID,Customer Name,Segment,City,State,Category,Sub-Category,Product ID,Sales,Quantity,Discount,Profit", "CA-1,2011-12-01,2011-12-03,CG-1,Ann,Consumer,Rome,Texas,Furniture,Chairs,F-1,261.9,2,0,41.9", Orders, "order date - customer - - - - category - product amount quantity - -"},
		{"order_id,customer_unique_id,order_purchase_timestamp,order_delivered_customer_date,payment_value,customer_city,customer_state", "a,b,2018-01-01 10:00:00,2018-01-05 10:00:00,12.5,Rio,RJ", Orders, "order customer date - amount - -"},
		{"Invoice ID,Branch,Customer type,Product line,Unit price,Quantity,Tax 5%,Total,Date,Time,Payment,Rating,Member", "750-67,A,Member,Health,74.69,7,26.1,548.9,1/5/2019,13:08,Ewallet,9.1,77", Orders, "order - - category price quantity - amount date time - - customer"},
		{"client;datetime;price", "5;2011-12-01 10:00;7", Orders, "customer date price"},
		{"email,created_at,total (EUR),currency", "a@b.c,2011-12-01,5.00,EUR", Orders, "customer date amount currency"},
		{"Клиент;Дата заказа;Номер заказа;Товар;Количество;Цена;Статус", "7;01.12.2011;5;чай;2;100,50;выполнен", Orders, "customer date order product quantity price state"},
		{"Код клиента;Дата;Сумма, руб.", "7;01.12.2011;100,50", Orders, "customer date amount"},
		{"№ заказа;ФИО клиента;Дата покупки;Сумма заказа;Категория;Скидка", "7;Иванов;01.12.2011;100,50;чай;5,0", Orders, "order customer date amount category -"},
		{"客户编号,下单时间,订单编号,商品名称,数量,单价,订单状态", "7,2011-12-01 10:00:00,5,绿茶,2,10.5,已完成", Orders, "customer date order product quantity price state"},
		{"会员号,交易日期,实付金额,优惠金额", "7,2011年12月1日,10.5,1.5", Orders, "customer date amount -"},
		{"Κωδικός πελάτη;Ημερομηνία παραγγελίας;Αριθμός παραγγελίας;Ποσότητα;Τιμή μονάδας;Κατάσταση", "7;1/12/2011;5;2;10,50;ολοκληρώθηκε", Orders, "customer date order quantity price state"},
		{"ΠΕΛΑΤΗΣ;ΗΜΕΡΟΜΗΝΙΑ;ΣΥΝΟΛΟ", "7;1/12/2011;10,50", Orders, "customer date amount"},
		{"Шифра на купувач;Датум на нарачка;Број на нарачка;Производ;Количина;Единечна цена", "7;01.12.2011;5;чај;2;10,50", Orders, "customer date order product quantity price"},
		{"Купувач;Датум;Вкупно", "7;01.12.2011;10,50", Orders, "customer date amount"},
		{"customer_id,signup_date,channel,referred", "7,2011-12-01,google,yes", Customers, "customer - channel referred"},
		{"клиент;канал привлечения;по рекомендации;город", "7;реклама;да;Москва", Customers, "customer channel referred -"},
		{"客户编号,渠道,是否推荐", "7,微信,是", Customers, "customer channel referred"},
		{"Πελάτης;Κανάλι;Από σύσταση", "7;Google;ναι", Customers, "customer channel referred"},
		{"Клиент;Канал;Препорака", "7;Google;да", Customers, "customer channel referred"},
		{"customer_id,member,member_since,channel", "7,yes,2011-12-01,google", Customers, "customer member joined channel"},
		{"клиент;участник;участник с;канал", "7;да;01.12.2011;реклама", Customers, "customer member joined channel"},
		{"客户编号,是否会员,入会日期,渠道", "7,是,2011-12-01,微信", Customers, "customer member joined channel"},
		{"Πελάτης;Μέλος;Μέλος από;Κανάλι", "7;ναι;1/12/2011;Google", Customers, "customer member joined channel"},
		{"Клиент;Член;Член од;Канал", "7;да;01.12.2011;Google", Customers, "customer member joined channel"},
		{"customer_id,joined,channel", "7,2011-12-01,google", Customers, "customer - channel"},
		{"customer,date,score,kind,aspect,comment", "7,2011-12-01,9,nps,delivery,fine", Answers, "customer date score kind aspect comment"},
		{"customer_id,survey_date,nps,comment,store", "7,2011-12-01,9,fine,5", Answers, "customer date score comment -"},
		{"клиент;дата ответа;оценка;тип опроса;комментарий", "7;01.12.2011;9;nps;хорошо", Answers, "customer date score kind comment"},
		{"客户编号,回答时间,评分,问卷类型,评论", "7,2011-12-01,9,nps,好", Answers, "customer date score kind comment"},
		{"Πελάτης;Ημερομηνία;Βαθμολογία;Έρευνα;Σχόλια", "7;1/12/2011;9;nps;καλό", Answers, "customer date score kind comment"},
		{"Клиент;Датум;Оцена;Анкета;Коментар", "7;01.12.2011;9;nps;добро", Answers, "customer date score kind comment"},
		{"ticket,customer,opened_at,replied_at,solved_at,due_at", "5,7,2011-12-01,2011-12-02,2011-12-03,2011-12-04", Answers, "- customer date replied solved due"},
		{"month,channel,cost", "2011-12,google,500", Costs, "date channel amount"},
		{"date,channel,amount,kind", "2011-12-01,google,500,acquisition", Costs, "date channel amount kind"},
		{"Месяц;Канал;Расходы", "декабрь 2011;реклама;500,00", Costs, "date channel amount"},
		{"月份,渠道,费用", "2011年12月,微信,500", Costs, "date channel amount"},
		{"Μήνας;Κανάλι;Κόστος", "12/2011;Google;500,00", Costs, "date channel amount"},
		{"Месец;Канал;Трошок", "12/2011;Google;500,00", Costs, "date channel amount"},
	}
	for _, tt := range tests {
		t.Run(tt.header, func(t *testing.T) {
			t.Parallel()
			e := take(t, put(t, "file.csv", tt.header+"\n"+tt.row+"\n"+tt.row+"\n"), Options{Digits: 2})
			roles := make([]string, len(e.plan.Columns))
			for i, c := range e.plan.Columns {
				if roles[i] = c.Role; c.Role == roleAttribute {
					roles[i] = "-"
				}
			}
			if got := strings.Join(roles, " "); e.plan.Kind != tt.kind || got != tt.roles {
				t.Errorf("%s %s\nwant %s %s", e.plan.Kind, got, tt.kind, tt.roles)
			}
			if e.account.Recorded != 2 {
				t.Errorf("%+v", e.account)
			}
		})
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Customer_ID": "customerid", "Κωδικός Πελάτη": "κωδικοσπελατη", "ПОКУПАТЕЛЬ": "покупатель", "Счёт": "счет", "Ｉｄ": "id", "№ заказа": "noзаказа", "客户 编号": "客户编号", "Ќерка": "керка",
	} {
		if got := fold(name); got != want {
			t.Errorf("%q = %q, want %q", name, got, want)
		}
	}
	if got := strings.Join(words("orderTotalAmount (EUR)_v2 HTTPCode"), " "); got != "order total amount eur v2 http code" {
		t.Errorf("%q", got)
	}
}

// TestNoWordMeansTwoThings looks for words that stand under two meanings of one table: built from a map in random
// order, it would come out differently from time to time.
func TestNoWordMeansTwoThings(t *testing.T) {
	t.Parallel()
	sameEveryTime(t, "states of orders", orderStateWords)
	sameEveryTime(t, "yes and no", yesNoWords)
	sameEveryTime(t, "aspects", aspectWords)
	sameEveryTime(t, "kinds of answer", answerKindWords)
	sameEveryTime(t, "kinds of cost", costKindWords)
	sameEveryTime(t, "states of surveys", surveyStateWords)
}

func sameEveryTime[T comparable](t *testing.T, name string, table map[T][]string) {
	t.Helper()
	meanings := map[string]T{}
	for meaning, list := range table {
		for _, w := range list {
			if other, ok := meanings[fold(w)]; ok && other != meaning {
				t.Errorf("%s: %q means both %v and %v", name, w, other, meaning)
			}
			meanings[fold(w)] = meaning
		}
	}
}
