package mirror_test

import (
	"strings"
	"testing"

	"regulars/internal/measure/mirror"
	"regulars/internal/record/fact"
)

func TestCustomers(t *testing.T) {
	t.Parallel()
	src := copied(t, mirror.ByCategory,
		&fact.Batch{Sales: []fact.Sale{{Customer: "anna"}, {Customer: "boris"}}},
		&fact.Batch{
			Attributes: []string{"country", "tier"},
			Customers: []fact.Customer{
				{Customer: "boris", Channel: "ads", Referred: fact.No, Attributes: []string{"France", ""}},
				{Customer: "vera", Attributes: []string{"", "gold"}},
				{Customer: "", Channel: "radio", Attributes: []string{"Italy", ""}}, // of nobody
				{Customer: "boris", Channel: "", Referred: fact.Yes, Attributes: []string{"Greece", ""}},
			},
		},
		&fact.Batch{Attributes: []string{"Tier"}, Customers: []fact.Customer{{Customer: "anna", Channel: "street", Attributes: []string{"silver"}}}},
		&fact.Batch{Answers: []fact.Answer{{Customer: "dora", Kind: "nps"}}})
	country, _ := src.Attribute("country")
	tier, ok := src.Attribute("TIER")
	if !ok || tier.Name != "tier" || tier.Sales != "" || tier.Answers {
		t.Errorf("attribute %+v", tier)
	}
	same(t, "customers", table(t, src, `SELECT c.customer_id, c.reference, c.channel, c.referred, n.value, v.value FROM customers c
		LEFT JOIN `+country.Values+` n ON n.code = c.`+country.Customers+` LEFT JOIN `+tier.Values+` v ON v.code = c.`+tier.Customers),
		"0 anna street NULL NULL silver",
		"1 boris ads true Greece NULL", // what a later row says wins, what it leaves open stays
		"2 vera NULL NULL NULL gold",
		"3 dora NULL NULL NULL NULL")
	if src.Reference(2) != "vera" || !src.Facts.Channels || !src.Facts.Referrals {
		t.Errorf("reference %s, facts %+v", src.Reference(2), src.Facts)
	}
}

func TestAttributesOfSeveralFiles(t *testing.T) {
	t.Parallel()
	src := copied(t, mirror.ByCategory,
		&fact.Batch{Attributes: []string{"store", "till"}, Sales: []fact.Sale{
			{Customer: "a", Attributes: []string{"north", "1"}}, {Customer: "b", Attributes: []string{"", "2"}},
		}},
		&fact.Batch{Attributes: []string{"Store"}, Sales: []fact.Sale{{Customer: "c", Attributes: []string{"south"}}}},
		&fact.Batch{Sales: []fact.Sale{{Customer: "d"}}},
		&fact.Batch{Attributes: []string{"store"}, Answers: []fact.Answer{
			{Kind: "nps", Attributes: []string{"north"}}, {Kind: "nps", Attributes: []string{""}},
		}})
	store, _ := src.Attribute("store")
	till, _ := src.Attribute("till")
	same(t, "sales", table(t, src, `SELECT c.reference, v.value, w.value FROM sales s JOIN customers c ON c.customer_id = s.customer_id
		LEFT JOIN `+store.Values+` v ON v.code = s.`+store.Sales+` LEFT JOIN `+till.Values+` w ON w.code = s.`+till.Sales),
		"a north 1", "b NULL 2", "c south NULL", "d NULL NULL")
	if !store.Answers || till.Answers || store.Customers != "" {
		t.Errorf("store %+v, till %+v", store, till)
	}
	same(t, "answers", table(t, src, "SELECT a.answer_id, v.value FROM answer_attributes a JOIN "+store.Values+
		" v ON v.code = a.value WHERE a.attribute = 0"), "0 north")
	if got := strings.Join(src.Attributes(), " "); got != "store till" {
		t.Errorf("attributes %s", got)
	}
	if _, ok := src.Attribute("shop"); ok {
		t.Error("there is an attribute that no file has")
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	at := moment("2023-01-01T10:00:00")
	src := copied(t, mirror.ByCategory, &fact.Batch{Answers: []fact.Answer{
		{Customer: "anna", Moment: at, Kind: "nps", Score: 9, Scored: true, Scale: 10, Finished: true},
		{Moment: at, Kind: "csat", Aspect: "staff", Score: 7, Scored: true, Delivered: true},
		{Moment: at, Kind: "nps", Score: 5, Delivered: true}, // a score that does not count
		{Moment: at, Kind: "case", Replied: moment("2023-01-01T11:00:00"), Due: moment("1970-01-01T02:00:00")},
	}})
	same(t, "answers", table(t, src, `SELECT answer_id, customer_id, day, kind, aspect, score, scale, scored, delivered, finished,
		replied_us - local_us, solved_us, due_us FROM answers`),
		"0 0 19358 nps NULL 9 10 true false true NULL NULL NULL",
		"1 NULL 19358 csat staff 7 0 true true false NULL NULL NULL",
		"2 NULL 19358 nps NULL NULL 0 false true false NULL NULL NULL",
		"3 NULL 19358 case NULL NULL 0 false false false 3600000000 NULL 7200000000")
	if f := src.Facts; f.Answers != 4 || !f.Delivered || !f.Cases || f.HighestCSAT != 7 {
		t.Errorf("facts %+v", f)
	}
}

func TestCosts(t *testing.T) {
	t.Parallel()
	src := copied(t, mirror.ByCategory, &fact.Batch{Costs: []fact.Cost{
		{Moment: moment("2023-01-01T00:00:00"), Channel: "ads", AmountMinor: 100},
		{Moment: moment("2023-02-01T00:00:00"), AmountMinor: 200, Retention: true},
	}})
	same(t, "costs", table(t, src, "SELECT * FROM costs"), "19358 ads false 100", "19389 NULL true 200")
	if f := src.Facts; !f.Costs || !f.RetentionCosts || f.Any {
		t.Errorf("facts %+v", f)
	}
	if f := copied(t, mirror.ByCategory, &fact.Batch{Costs: []fact.Cost{{Retention: true}}}).Facts; f.Costs || !f.RetentionCosts {
		t.Errorf("facts %+v", f)
	}
}
