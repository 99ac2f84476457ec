package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/client"
	club "regulars/internal/act/member"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/mirror/mirrortest"
	"regulars/internal/record/fact"
	"regulars/internal/understand/analysis"
	"regulars/internal/understand/quality"
	"regulars/internal/understand/segment"
)

// looked has the data looked at, as the job does.
func (s *shop) looked() {
	s.t.Helper()
	desk := analysis.New(s.d, mirrortest.Facts(s.t, s.d))
	if err := (&quality.Maker{DB: s.d, Desk: desk}).Make(s.t.Context(), s.d.Write, func(int64) {}); err != nil {
		s.t.Fatal(err)
	}
}

// The quality of data is told in figures and words; pairs are listed and dismissed, by who may.
func TestTheQualityOfDataIsTold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ctx := t.Context()
		s.refused("before it was looked at", request{method: http.MethodGet, path: "/v1/data/quality"}, http.StatusNotFound, "not_checked", "")
		if err := s.CheckDataQuality(ctx); err != nil {
			t.Fatal(err)
		}
		var of []string
		for n := range 3 {
			of = append(of, must(s.PutCustomer(ctx, client.Customer{Reference: fmt.Sprint("c", n), FullName: "Anna Pappa", Identities: []client.Identity{{Kind: "card", Value: strings.Repeat("0", n) + "12345"}}})).ID)
		}
		must(s.PutOrder(ctx, fullOrder("1")))
		s.looked()
		told := must(s.DataQuality(ctx))
		if !told.Checking || told.CheckedAt.IsZero() || len(told.Lines) != 8 || len(told.Sources) != 1 || told.Sources[0].Kind != "order" || told.Sources[0].Late {
			t.Errorf("%s", asText(t, told))
		}
		at := slices.IndexFunc(told.Lines, func(l client.QualityLine) bool { return l.Key == "duplicates" })
		if l := told.Lines[at]; l.Verdict != "look" || l.Count != 3 || l.Do == "" || l.Name != "Pairs of customers who may be one person" {
			t.Errorf("%+v", l)
		}
		_, _, body := s.call(request{method: http.MethodGet, path: "/v1/data/quality?lang=ru"})
		if !strings.Contains(string(body), "Продажи с известным клиентом") {
			t.Errorf("%s", body)
		}
		first := must(s.Duplicates(ctx, client.Lists{Limit: 2}))
		second := must(s.Duplicates(ctx, client.Lists{Limit: 2, Cursor: first.NextCursor}))
		if len(first.Data) != 2 || len(second.Data) != 1 || second.NextCursor != "" {
			t.Fatalf("%s, %s", asText(t, first), asText(t, second))
		}
		pair := first.Data[0]
		if pair.Likelihood != 0.9 || !slices.Equal(pair.Reasons, []string{"card"}) || pair.First.Reference == "" || !slices.Contains(of, pair.First.ID) {
			t.Errorf("%+v", pair)
		}
		for range 2 {
			if err := s.DismissDuplicate(ctx, pair.Second.ID, pair.First.ID); err != nil {
				t.Error(err)
			}
		}
		if left := must(s.Duplicates(ctx, client.Lists{})); len(left.Data) != 2 || slices.ContainsFunc(left.Data, func(d client.Duplicate) bool { return d.First.ID == pair.First.ID && d.Second.ID == pair.Second.ID }) {
			t.Errorf("%s", asText(t, left))
		}
		for body, code := range map[string]string{`{"first":"x","second":"` + of[0] + `"}`: "bad_id", `{"first":"` + of[0] + `","second":"` + of[0] + `"}`: "customer_not_found", `{"first":"` + of[0] + `","second":"cus_8000000000001"}`: "customer_not_found"} {
			status, _, answer := s.call(request{method: http.MethodPost, path: "/v1/data/duplicates/dismiss", body: body})
			if status < 400 || !strings.Contains(string(answer), `"`+code+`"`) {
				t.Errorf("%s: %d %s", body, status, answer)
			}
		}
		s.key = s.newKey(account.CustomersRead)
		_, _, body = s.call(request{method: http.MethodGet, path: "/v1/data/duplicates"})
		if strings.Contains(string(body), "reference") || !strings.Contains(string(body), "cus_") {
			t.Errorf("who may not see personal data is told %s", body)
		}
	})
}

// lines are those of a list, by reference, and what its head says of how many there are.
func (s *shop) chosen(query string) (references []string, total string) {
	s.t.Helper()
	status, head, body := s.call(request{method: http.MethodGet, path: "/v1/customers?" + query})
	var page client.Page[client.Customer]
	if err := json.Unmarshal(body, &page); err != nil || status != http.StatusOK {
		s.t.Fatalf("%s: %d %s", query, status, body)
	}
	for i := range page.Data {
		references = append(references, page.Data[i].Reference)
	}
	return references, head.Get("Total-Count")
}

// Customers are listed by what they did, in every order and page by page, with what they are chosen by.
func TestCustomersAreChosenByWhatTheyDid(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ctx := t.Context()
		cut := func(values ...int64) (all [4]metric.Cut) {
			for i, v := range values {
				all[i].Fifths = 5 * v
			}
			return all
		}
		for n, name := range []string{"ann", "bob", "cy"} {
			put := client.Customer{Reference: name, FullName: name, Attributes: map[string]string{"City": []string{"Leeds", "York", "leeds"}[n]}}
			if name == "bob" {
				put.Consents = []client.Consent{{Channel: "email", Purpose: "offers", Granted: true, Wording: "May we?", GivenAt: placed()}}
			}
			id := must(s.PutCustomer(ctx, put)).ID
			for o := range n {
				order := client.Order{Reference: fmt.Sprint(name, o), Customer: &ref{Reference: name}, PlacedAt: time.Now().AddDate(0, 0, -100*n), Lines: []client.OrderLine{{Product: "x", AmountMinor: 100}}}
				must(s.PutOrder(ctx, order))
			}
			if name == "cy" {
				var number int64
				if err := fact.ParsePublicID(fact.CustomerPrefix, id, &number); err != nil {
					t.Fatal(err)
				}
				if err := s.d.Write(ctx, func(tx *db.Tx) error {
					if err := (&segment.Cuts{Cuts: metric.Cuts{Recency: cut(5, 20, 60, 150), Frequency: cut(1, 2, 4, 9), Monetary: cut(1000, 3000, 9000, 30000)}, AsOf: "x"}).Save(tx); err != nil {
						return err
					}
					return club.Join(tx, number, "web")
				}); err != nil {
					t.Fatal(err)
				}
			}
		}
		since := time.Now().AddDate(0, 0, -150).Format(time.DateOnly)
		for query, want := range map[string]string{
			"sort=orders": "cy bob ann", "sort=spent": "cy bob ann", "sort=last_order": "bob cy ann", "sort=name": "ann bob cy", "sort=newest": "cy bob ann", "orders_from=1&sort=name": "bob cy", "orders_to=0": "ann",
			"spent_minor_from=150": "cy", "spent_minor_to=100&sort=name": "ann bob", "last_order_from=" + since: "bob", "last_order_before=" + since: "cy", "consent=email": "bob", "withdrawn=email": "", "member=yes": "cy",
			"member=no&sort=name": "ann bob", "tier=gold": "", "attribute=city&value=LEEDS&sort=name": "ann cy", "attribute=city&sort=spent": "cy bob ann", "segment=lost": "cy", "segment=kings": "",
			"orders_from=1&created_from=2020-01-01T00:00:00Z&created_before=2020-01-02T00:00:00Z": "",
		} {
			got, total := s.chosen(query)
			if strings.Join(got, " ") != want || total != fmt.Sprint(len(got)) {
				t.Errorf("%s: %v of %s, want %s", query, got, total, want)
			}
		}
		for _, sort := range []string{"newest", "last_order", "orders", "spent", "name"} {
			whole := must(s.Customers(ctx, client.CustomerFilter{Sort: sort}))
			var paged []string
			for cursor := ""; ; {
				page := must(s.Customers(ctx, client.CustomerFilter{Sort: sort, Lists: client.Lists{Limit: 1, Cursor: cursor}}))
				for i := range page.Data {
					paged = append(paged, page.Data[i].Reference)
				}
				if cursor = page.NextCursor; cursor == "" {
					break
				}
			}
			var all []string
			for i := range whole.Data {
				all = append(all, whole.Data[i].Reference)
			}
			if len(all) != 3 || !slices.Equal(all, paged) {
				t.Errorf("%s: %v, page by page %v", sort, all, paged)
			}
		}
		athens, err := time.LoadLocation("Europe/Athens") // whose days orders have
		if err != nil {
			t.Fatal(err)
		}
		one := must(s.Customers(ctx, client.CustomerFilter{OrdersFrom: "2"})).Data[0]
		if one.Summary == nil || one.Summary.Orders != 2 || one.Summary.SpentMinor != 200 || one.Summary.Segment != "lost" || one.Summary.LastOrder != time.Now().AddDate(0, 0, -200).In(athens).Format(time.DateOnly) {
			t.Errorf("%s", asText(t, one))
		}
		list := func(query string) request { return request{method: http.MethodGet, path: "/v1/customers?" + query} }
		s.refused("no number", list("orders_from=many"), http.StatusUnprocessableEntity, "invalid", "orders_from")
		s.refused("no day", list("last_order_from=2026-02-30"), http.StatusUnprocessableEntity, "invalid", "last_order_from")
		s.refused("a value of nothing", list("value=Leeds"), http.StatusUnprocessableEntity, "required", "value")
		s.refused("nothing foretold", list("churn=high"), http.StatusNotFound, "no_predictions_yet", "")
		s.key = s.newKey(account.CustomersRead)
		for _, query := range []string{"segment=lost", "sort=spent", "orders_to=0", "churn=low", "member=yes", "tier=gold", "attribute=city", "sort=name"} {
			s.refused(query, list(query), http.StatusForbidden, "not_allowed", "")
		}
		_, _, body := s.call(list("consent=email"))
		if strings.Contains(string(body), "summary") || !strings.Contains(string(body), "cus_") {
			t.Errorf("who may not read facts is told %s", body)
		}
	})
}
