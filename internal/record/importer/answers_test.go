package importer

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/record/fact"
)

// TestAnswerKinds reads kinds of question and aspects as five languages call them.
func TestAnswerKinds(t *testing.T) {
	t.Parallel()
	for kind, words := range map[string]string{
		"nps": "NPS;Net Promoter Score;готовность рекомендовать;推荐值;σύσταση;препорака", "csat": "CSAT;satisfaction;удовлетворённость;满意度;ικανοποίηση;задоволство",
		"ces": "CES;customer effort;усилия;费力度;προσπάθεια;напор", "case": "case;complaint;жалоба;投诉;παράπονο;поплака",
	} {
		for _, word := range strings.Split(words, ";") {
			e := take(t, put(t, "answers.csv", "customer|date|score|kind\na|2024-01-15|5|"+word+"\n"), Options{})
			if len(e.answers) != 1 || e.answers[0].Kind != kind {
				t.Errorf("%s: %+v, want %s", word, e.answers, kind)
			}
		}
	}
	for aspect, words := range map[string]string{
		"delivery": "delivery;Доставка;配送;παράδοση;достава", "product_quality": "product quality;качество;质量;ποιότητα;квалитет", "staff": "staff;персонал;员工;προσωπικό;вработени",
		"price": "price;цена;价格;τιμή;цени", "parking": "parking", "Парковка": "Парковка", // not among the usual ones: kept as it is
	} {
		for _, word := range strings.Split(words, ";") {
			e := take(t, put(t, "answers.csv", "customer|date|score|kind|aspect\na|2024-01-15|5|csat|"+word+"\n"), Options{})
			if len(e.answers) != 1 || e.answers[0].Aspect != aspect {
				t.Errorf("%s: %+v, want %s", word, e.answers, aspect)
			}
		}
	}
}

// TestWideAnswers has a column for each question, as forms are exported; what was not answered is no score.
func TestWideAnswers(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"NPS, CSAT, CES", "customer,date,NPS,CSAT,CES,comment\na,2024-01-15,9,4,2,fine\nb,2024-01-16,,5,,\n", "2 nps 9; 2 csat 4; 2 ces 2; 3 nps -; 3 csat 5; 3 ces -"},
		{"aspects", "customer,date,csat,service,delivery,price\na,2024-01-15,4,5,3,2\n", "2 csat 4; 2 csat/service 5; 2 csat/delivery 3; 2 csat/price 2"},
		{"aspects in Russian", "клиент;дата;оценка;персонал;доставка\nа;15.01.2024;4;5;3\n", "2 csat 4; 2 csat/staff 5; 2 csat/delivery 3"},
		{"aspects in Chinese", "客户,日期,满意度,服务,质量\n甲,2024-01-15,4,5,3\n", "2 csat 4; 2 csat/service 5; 2 csat/product_quality 3"},
		{"aspects in Greek", "Πελάτης;Ημερομηνία;Βαθμολογία;Εξυπηρέτηση\nα;15/1/2024;4;5\n", "2 csat 4; 2 csat/service 5"},
		{"aspects in Macedonian", "Клиент;Датум;Оцена;Достава\nа;15.01.2024;4;5\n", "2 csat 4; 2 csat/delivery 5"},
		{"an aspect that is no score", "customer,date,csat,price\na,2024-01-15,4,1250\nb,2024-01-15,5,990\n", "2 csat 4; 3 csat 5"},
		{"one bad score spoils its row", "customer,date,nps,csat\na,2024-01-15,9,x\nb,2024-01-15,8,4\n", "3 nps 8; 3 csat 4"},
	}
	for _, tt := range tests {
		e := take(t, put(t, "answers.csv", tt.text), Options{Kind: Answers})
		var got []string
		for _, a := range e.answers {
			words := fmt.Sprint(a.Row, " ", a.Kind)
			if a.Aspect != "" {
				words += "/" + a.Aspect
			}
			if a.Scored {
				got = append(got, fmt.Sprint(words, " ", a.Score))
			} else {
				got = append(got, words+" -")
			}
		}
		if strings.Join(got, "; ") != tt.want {
			t.Errorf("%s: %s, want %s; %s", tt.name, strings.Join(got, "; "), tt.want, roleOf(e.plan))
		}
	}
}

// TestScores has scores that are on their scale, and some that are not.
func TestScores(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		kind, score, scale string
		want               string // score of scale; empty: unreadable
	}{
		{"nps", "10", "", "10 of 0"}, {"nps", "0", "", "0 of 0"}, {"nps", "11", "", ""}, {"nps", "-1", "", ""}, {"nps", "8.5", "", ""}, {"nps", "9.0", "", "9 of 0"}, {"nps", "9/10", "", "9 of 10"},
		{"csat", "4.5", "", "4.5 of 0"}, {"csat", "4", "5", "4 of 5"}, {"csat", "4", "1-5", "4 of 5"}, {"csat", "4", "1 – 7", "4 of 7"}, {"csat", "6", "5", ""}, {"csat", "4/5", "", "4 of 5"}, {"csat", "6/5", "", ""}, {"csat", "4/x", "", ""},
		{"csat", "4", "five", "4 of 0"}, {"csat", "1001", "", ""}, {"ces", "7", "7", "7 of 7"}, {"csat", "good", "", ""}, {"csat", "", "5", "- of 5"}, {"csat", "NULL", "", "- of 0"},
	} {
		// A plain row first, so that the columns are clear whatever follows.
		e := take(t, put(t, "answers.csv", "customer|date|score|kind|scale\nz|2024-01-15|3|csat|\na|2024-01-15|"+tt.score+"|"+tt.kind+"|"+tt.scale+"\n"), Options{})
		got := ""
		if len(e.answers) == 2 {
			if a := e.answers[1]; a.Scored {
				got = fmt.Sprintf("%g of %d", a.Score, a.Scale)
			} else {
				got = fmt.Sprintf("- of %d", a.Scale)
			}
		}
		if got != tt.want {
			t.Errorf("%s %q on %q: %q, want %q; %v", tt.kind, tt.score, tt.scale, got, tt.want, e.account.Reasons)
		}
	}
}

// TestSurveyStates says of each invitation whether it was delivered and answered.
func TestSurveyStates(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		header, state       string
		delivered, finished bool
	}{
		{"status", "finished", true, true}, {"status", "Delivered", true, false}, {"status", "opened", true, false}, {"status", "bounced", false, false},
		{"finished", "yes", true, true}, {"finished", "no", true, false}, {"finished", "1", true, true}, {"finished", "0", true, false}, {"finished", "TRUE", true, true},
		{"статус опроса", "завершён", true, true}, {"статус опроса", "отправлен", true, false}, {"статус опроса", "не доставлен", false, false}, {"завершен", "да", true, true},
		{"问卷状态", "已完成", true, true}, {"是否完成", "否", true, false}, {"κατάσταση", "ολοκληρώθηκε", true, true}, {"состојба", "завршена", true, true}, {"состојба", "неиспорачана", false, false},
	} {
		e := take(t, put(t, "answers.csv", "customer|date|nps|"+tt.header+"\na|2024-01-15||"+tt.state+"\n"), Options{})
		if len(e.answers) != 1 || e.answers[0].Delivered != tt.delivered || e.answers[0].Finished != tt.finished {
			t.Errorf("%s %s: %+v; %s", tt.header, tt.state, e.answers, roleOf(e.plan))
		}
	}
}

// TestReferred reads who came by recommendation: yes, no, a name, or nothing.
func TestReferred(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]fact.Answered{
		"yes": fact.Yes, "TRUE": fact.Yes, "1": fact.Yes, "да": fact.Yes, "是": fact.Yes, "ναι": fact.Yes, "Ann": fact.Yes, "customer 17": fact.Yes,
		"no": fact.No, "False": fact.No, "0": fact.No, "нет": fact.No, "否": fact.No, "όχι": fact.No, "не": fact.No, "": fact.Unsaid, "NULL": fact.Unsaid, "-": fact.Unsaid,
	} {
		e := take(t, put(t, "customers.csv", "customer_id|channel|referred\n7|web|"+cell+"\n"), Options{})
		if len(e.customers) != 1 || e.customers[0].Referred != want {
			t.Errorf("%q: %+v, want %v", cell, e.customers, want)
		}
	}
}

// TestCostsByMonth puts costs of a month on its first day, however the month is written.
func TestCostsByMonth(t *testing.T) {
	t.Parallel()
	for _, month := range []string{"2024-03", "03/2024", "03.2024", "март 2024", "Март 2024 г.", "March 2024", "Mar 2024", "2024年3月", "Μάρτιος 2024", "март 2024 г.", "202403", "2024-03-01"} {
		e := take(t, put(t, "costs.csv", "month|channel|cost\n"+month+"|web|1500.50\n"), Options{Digits: 2})
		if len(e.costs) != 1 || e.plan.Kind != Costs || time.UnixMicro(e.costs[0].Moment.Local).UTC().Format(time.DateOnly) != "2024-03-01" || e.costs[0].AmountMinor != 150_050 {
			t.Errorf("%s: %+v, %v", month, e.costs, e.account.Reasons)
		}
	}
	// Costs have no customer, and may be money that came back.
	e := take(t, put(t, "costs.csv", "date,channel,cost,kind\n2024-03-05,web,-20,retention\n2024-03-05,,$5,acquisition\n2024-04-05,web,€7,\n2024-03-05,web,0,loyalty\n"),
		Options{Digits: 2, Currency: "USD", RejectZero: true, AsOf: time.Date(2024, 4, 1, 0, 0, 0, 0, time.UTC).UnixMicro()})
	if got := countWords(e.account); got != "0 0 1 0 0 3" || e.costs[0].AmountMinor != -2000 || !e.costs[0].Retention || e.costs[1].Retention || !e.costs[2].Retention {
		t.Errorf("%s %+v", got, e.costs)
	}
}

// TestPlainNumbersComeBack writes amounts in any style and reads them back exactly.
func TestPlainNumbersComeBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		style := rapid.SampledFrom([][2]string{{"", "."}, {",", "."}, {".", ","}, {" ", ","}, {"'", "."}, {"\u00a0", ","}}).Draw(rt, "style")
		sign := rapid.SampledFrom([]string{"%s", "%s €", "€%s", "EUR %s"}).Draw(rt, "sign")
		minors := rapid.SliceOfN(rapid.Int64Range(-1_000_000_000_000, 1_000_000_000_000), 1, 20).Draw(rt, "minors")
		text := "customer|date|amount\n"
		for _, minor := range minors {
			text += "a|2024-01-15|" + written(minor, style[0], style[1], sign) + "\n"
		}
		e := take(t, put(t, "orders.csv", text), Options{Digits: 2, RejectedDir: dir})
		for i, minor := range minors {
			if i >= len(e.sales) || e.sales[i].AmountMinor != minor {
				rt.Fatalf("%d: %v, want %v; %v\n%s", i, amountsOf(e), minors, e.account.Reasons, text)
			}
		}
	})
}

// written is an amount with thousands and decimals apart.
func written(minor int64, thousands, mark, sign string) string {
	minus := ""
	if minor < 0 {
		minus, minor = "-", -minor
	}
	whole := fmt.Sprint(minor / 100)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + thousands + whole[i:]
	}
	return minus + fmt.Sprintf(sign, fmt.Sprintf("%s%s%02d", whole, mark, minor%100))
}
