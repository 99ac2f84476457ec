package importer

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/record/fact"
)

func TestCustomers(t *testing.T) {
	t.Parallel()
	e := take(t, put(t, "customers.csv", "customer_id,channel,referred,city\n1.0,google,yes,Rome\n2.0,NULL,no,\n3.0,friend,Ann,Paris\n,x,yes,Oslo\n4.0,shop,,\n"), Options{})
	want := []fact.Customer{
		{Row: 2, Customer: "1", Channel: "google", Referred: fact.Yes}, {Row: 3, Customer: "2", Referred: fact.No}, {Row: 4, Customer: "3", Channel: "friend", Referred: fact.Yes},
		{Row: 6, Customer: "4", Channel: "shop"},
	}
	if len(e.customers) != len(want) || e.account.Unidentified != 1 || e.account.Recorded != 4 {
		t.Fatalf("%+v %+v", e.customers, e.account)
	}
	for i, c := range e.customers {
		c.Attributes = nil
		if fmt.Sprint(c) != fmt.Sprint(want[i]) {
			t.Errorf("%+v, want %+v", c, want[i])
		}
	}
	if e.customers[2].Attributes[0] != "Paris" || e.plan.Attributes[0] != "city" {
		t.Errorf("%v", e.customers[2].Attributes)
	}
}

// A file says who is a member of the programme by a word, by a day, or both.
func TestMembers(t *testing.T) {
	t.Parallel()
	e := take(t, put(t, "customers.csv", "customer_id,member,member_since,channel\n1,yes,2024-03-05,web\n2,no,,web\n3,,2024-03-06,web\n4,,,web\n5,no,2024-03-07,web\n6,yes,,web\n7,yes,31/31/2024,web\n"), Options{})
	var got []string
	for _, c := range e.customers {
		since := ""
		if !c.Joined.IsZero() {
			since = time.UnixMicro(c.Joined.Local).UTC().Format(time.DateOnly)
		}
		got = append(got, fmt.Sprint(c.Customer, " ", c.Member, " ", since))
	}
	want := []string{"1 2 2024-03-05", "2 1 ", "3 2 2024-03-06", "4 0 ", "5 1 ", "6 2 "}
	if !slices.Equal(got, want) || e.account.Unreadable != 1 {
		t.Errorf("%q, %+v", got, e.account)
	}
}

func TestCosts(t *testing.T) {
	t.Parallel()
	e := take(t, put(t, "costs.csv", "Месяц;Канал;Расходы;Вид\nмарт 2024;реклама;1 500,50;привлечение\n04/2024;;200;удержание\n2024-05-10;реклама;5;пикник\nвесна;реклама;5;\n"), Options{Digits: 2})
	if len(e.costs) != 2 || e.account.Unreadable != 2 || e.plan.Kind != Costs {
		t.Fatalf("%+v %+v", e.costs, e.account)
	}
	first, second := e.costs[0], e.costs[1]
	if first.AmountMinor != 150_050 || first.Channel != "реклама" || first.Retention || time.UnixMicro(first.Moment.Local).UTC().Format("2006-01-02") != "2024-03-01" {
		t.Errorf("%+v", first)
	}
	if second.AmountMinor != 20_000 || second.Channel != "" || !second.Retention || time.UnixMicro(second.Moment.Local).UTC().Format("2006-01-02") != "2024-04-01" {
		t.Errorf("%+v", second)
	}
}

func answerWords(a fact.Answer) string {
	score := "-"
	if a.Scored {
		score = fmt.Sprint(a.Score)
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s %s/%s %s of %d delivered=%v finished=%v", a.Row, a.Customer, a.Kind, a.Aspect, score, a.Scale, a.Delivered, a.Finished))
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       []string
		unreadable int64
	}{
		{"one question a row", "customer,date,score,kind,aspect,scale\na,2024-01-01,9,NPS,,10\n,2024-01-01,4,csat,доставка,5\nb,2024-01-01,,nps,,\nc,2024-01-01,11,nps,,\nd,2024-01-01,6,csat,,5\ne,2024-01-01,5,poetry,,\nf,2024-01-01,4/5,csat,质量,\n",
			[]string{"2 a nps/ 9 of 10 delivered=false finished=true", "3  csat/delivery 4 of 5 delivered=false finished=true", "4 b nps/ - of 0 delivered=false finished=false", "8 f csat/product_quality 4 of 5 delivered=false finished=true"}, 3},
		{"states", "customer,date,nps,status\na,2024-01-01,9,finished\nb,2024-01-01,,delivered\nc,2024-01-01,,bounced\n",
			[]string{"2 a nps/ 9 of 0 delivered=true finished=true", "3 b nps/ - of 0 delivered=true finished=false", "4 c nps/ - of 0 delivered=false finished=false"}, 0},
		{"several questions a row", "customer,date,nps,csat,delivery\na,2024-01-01,9,4,5\n", []string{"2 a nps/ 9 of 0 delivered=false finished=true", "2 a csat/ 4 of 0 delivered=false finished=true", "2 a csat/delivery 5 of 0 delivered=false finished=true"}, 0},
		{"kind by the scores", "customer,date,оценка\na,2024-01-01,5\nb,2024-01-01,3\n", []string{"2 a csat/ 5 of 0 delivered=false finished=true", "3 b csat/ 3 of 0 delivered=false finished=true"}, 0},
		{"kind by higher scores", "customer,date,score\na,2024-01-01,10\nb,2024-01-01,3\n", []string{"2 a nps/ 10 of 0 delivered=false finished=true", "3 b nps/ 3 of 0 delivered=false finished=true"}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := take(t, put(t, "answers.csv", tt.text), Options{})
			var got []string
			for _, a := range e.answers {
				got = append(got, answerWords(a))
			}
			if strings.Join(got, "\n") != strings.Join(tt.want, "\n") || e.account.Unreadable != tt.unreadable {
				t.Errorf("%+v %s\ngot\n%s\nwant\n%s", e.account, roleOf(e.plan), strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

func TestCases(t *testing.T) {
	t.Parallel()
	e := take(t, put(t, "cases.csv", "customer,opened at,replied at,solved at,due at\na,2024-01-01 10:00,2024-01-01 11:30,,2024-01-02 10:00\n"), Options{})
	a := e.answers[0]
	if a.Kind != "case" || a.Scored || a.Replied.UTC-a.Moment.UTC != 90*60*1_000_000 || a.Solved != (fact.Moment{}) || a.Due.UTC-a.Moment.UTC != 24*3600*1_000_000 {
		t.Errorf("%+v", a)
	}
}
