package api_test

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"regulars/client"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/measure/mirror/mirrortest"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/fact"
	"regulars/internal/understand/forecast"
)

// guests have bought about as often as they used to until yesterday; every third has stayed away for two months. Guest 0
// bought nothing.
const guests = 90

func (s *shop) guests() {
	s.t.Helper()
	now := time.Now().UTC().Truncate(24 * time.Hour).Add(9 * time.Hour)
	var sales []fact.Sale
	for i := 1; i < guests; i++ {
		last := 300
		if i%3 == 0 {
			last = 240
		}
		for day := i % 50; day < last; day += 5 + i%20 + (i*day)%3 {
			sales = append(sales, fact.Sale{Customer: "g" + strconv.Itoa(i), Order: strconv.Itoa(len(sales)), Moment: fact.At(now.AddDate(0, 0, day-300), time.UTC), Quantity: 1,
				Product: []string{"espresso", "filter", "beans", "cake", "mug"}[(i+day)%(2+i%4)], AmountMinor: int64(400 + 100*(i%7))})
		}
	}
	if err := mirrortest.New(s.d).Load(s.t.Context(), &fact.Batch{Sales: sales}); err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.PutCustomer(s.t.Context(), client.Customer{Reference: "g0"}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) refitted() {
	s.t.Helper()
	j, err := s.Refit(s.t.Context())
	for deadline := time.Now().Add(time.Minute); err == nil && j.State != "done" && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		j, err = s.Job(s.t.Context(), j.ID)
	}
	if err != nil || j.State != "done" {
		s.t.Fatalf("%+v, %v", j, err)
	}
}

func TestPredictions(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ctx := t.Context()
		s.works((&forecast.Runner{DB: s.d}).Job())
		s.refused("before the first night", request{method: "GET", path: "/v1/predictions"}, 404, "no_predictions_yet", "")
		s.refitted()
		p, err := s.Predictions(ctx, "en")
		if err != nil || p.Ready || p.Card.Choice != "few_customers" || p.Card.Reason == "" {
			t.Fatalf("of nothing: %+v, %v", p, err)
		}
		s.refused("of too little", request{method: "GET", path: "/v1/predictions/customers"}, 409, "too_little_data", "")
		s.guests()
		s.refused("a margin beyond all", request{method: "PUT", path: "/v1/predictions/settings", body: `{"horizon_days":60,"margin":0,"discount_per_year":0.1,"value_months":6}`}, 422, "out_of_range", "margin")
		if _, err := s.SetPredictions(ctx, client.PredictionSettings{HorizonDays: 60, Margin: .5, DiscountPerYear: .1, ValueMonths: 6}); err != nil {
			t.Fatal(err)
		}
		s.refitted()
		_, err = s.Predictions(ctx, "de")
		if err == nil {
			t.Error("German is spoken")
		}
		p, err = s.Predictions(ctx, "el")
		if err != nil || !p.Ready || p.Card.HorizonDays != 60 || p.Card.Margin != .5 || p.Card.Customers != guests-1 || p.Card.Totals == nil || p.Card.Currency != "EUR" {
			t.Fatalf("%+v, %v", p, err)
		}
		seen := map[string]client.Prediction{}
		page := client.Lists{Limit: 10}
		for {
			list, err := s.PredictionsOfCustomers(ctx, "value", "", page)
			if err != nil {
				t.Fatal(err)
			}
			if page.Cursor == "" { // pages go on with the fit that they began with
				s.refitted()
			}
			for _, c := range list.Data {
				seen[c.Reference] = c
			}
			if page.Cursor = list.NextCursor; page.Cursor == "" {
				break
			}
		}
		if len(seen) != guests-1 {
			t.Errorf("the list has %d customers", len(seen))
		}
		late, err := s.PredictionsOfCustomers(ctx, "at_risk", "late", client.Lists{Limit: 5})
		if err != nil || len(late.Data) == 0 || late.Data[0].State != "late" || *late.Data[0].AtRiskMinor < *late.Data[len(late.Data)-1].AtRiskMinor {
			t.Fatalf("%+v, %v", late, err)
		}
		one, err := s.CustomerPredictions(ctx, late.Data[0].Customer, "ru")
		if err != nil || one.State != "late" || one.Alive != seen[late.Data[0].Reference].Alive || one.Intervals.Alive.Low == nil || *one.Intervals.Alive.Low > one.Alive || one.Reason == "" || len(one.History) != 2 {
			t.Fatalf("%+v, %v", one, err)
		}
		// An order is in the score with its commit.
		if _, err := s.PutOrder(ctx, client.Order{Reference: "back", Customer: &client.CustomerRef{ID: late.Data[0].Customer}, PlacedAt: time.Now(), AmountMinor: new(int64)}); err != nil {
			t.Fatal(err)
		}
		back, err := s.CustomerPredictions(ctx, late.Data[0].Customer, "")
		if err != nil || back.State != "on_time" || back.None >= one.None || back.Purchases != one.Purchases+1 {
			t.Errorf("%+v, %v", back, err)
		}
		// One more order makes the tier above: as likely as to buy at all.
		if back.NextTier != "" || back.NextTierChance != nil || back.Second != nil {
			t.Errorf("without a programme: %+v", back)
		}
		tier := func(visits int64) client.TierStanding {
			document := fmt.Sprintf(`{"name": "Club", "units": [{"unit": "points"}], "rules": [],
				"tiers": {"by": "visits", "window": "lifetime", "levels": [{"tier": "gold", "name": "Gold", "from": %d}]}}`, visits)
			s.publishes(document) //nolint:contextcheck // it has that of the test
			return must(s.Tier(ctx, late.Data[0].Customer))
		}
		if got := tier(tier(1000).Counted + 1); got.Missing != 1 {
			t.Fatalf("%+v", got)
		}
		if next := must(s.CustomerPredictions(ctx, late.Data[0].Customer, "")); next.NextTier != "gold" || next.NextTierChance == nil || math.Abs(*next.NextTierChance-1+next.ModelNone) > 1e-9 {
			t.Errorf("%+v", next)
		}
		if _, err := s.PutOrder(ctx, client.Order{Reference: "only", Customer: member("once"), PlacedAt: time.Now(), AmountMinor: new(int64)}); err != nil {
			t.Fatal(err)
		}
		if once := must(s.CustomerPredictions(ctx, "once", "")); once.Second == nil || math.Abs(*once.Second-1+once.ModelNone) > 1e-9 {
			t.Errorf("%+v", once)
		}
		s.refused("who bought nothing", request{method: "GET", path: "/v1/customers/g0/predictions"}, 404, "no_purchases", "")
		s.refused("a cursor of nowhere", request{method: "GET", path: "/v1/predictions/customers?cursor=eA"}, 422, "bad_cursor", "cursor")
		// What to do next, and what to suggest.
		var actions int
		var offered string
		page = client.Lists{Limit: 20}
		for {
			next, err := s.NextActions(ctx, client.ChosenActions{Lang: "mk"}, page)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range next.Data {
				if n.Product != "" {
					offered = n.Product
				}
				if actions++; n.Reason == "" || n.BasisWords == "" || n.GainMinor == nil || *n.LowMinor > *n.GainMinor || *n.HighMinor < *n.GainMinor || n.Reference == "" {
					t.Errorf("%+v", n)
				}
			}
			if page.Cursor = next.NextCursor; page.Cursor == "" {
				break
			}
		}
		status, head, csv := s.call(request{method: "GET", path: "/v1/next-actions.csv"})
		if rows := strings.Count(string(csv), "\n"); status != 200 || actions == 0 || rows != actions+1 || !strings.HasPrefix(head.Get("Content-Type"), "text/csv") {
			t.Errorf("%d, %d rows for %d actions: %.300s", status, rows, actions, csv)
		}
		for _, of := range []client.ChosenActions{{Category: "nothing of this"}, {LeastMargin: .2}} { // nothing has a category or a cost
			none, err := s.NextActions(ctx, of, client.Lists{})
			if err != nil || len(none.Data) != 0 {
				t.Errorf("%+v: %+v, %v", of, none.Data, err)
			}
		}
		if _, _, none := s.call(request{method: "GET", path: "/v1/next-actions.csv?least_margin=0.2"}); strings.Count(string(none), "\n") != 1 {
			t.Errorf("%.300s", none)
		}
		if err := s.d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE products SET cost_minor = 1, category_id = $1 WHERE reference = $2", catalogue.CategoryID("best"), offered)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for _, of := range []client.ChosenActions{{Category: "best"}, {LeastMargin: .2}, {Category: "best", LeastMargin: .2, Action: "offer_product"}} {
			some, err := s.NextActions(ctx, of, client.Lists{})
			if err != nil || len(some.Data) == 0 {
				t.Errorf("%+v of %s: %v", of, offered, err)
			}
			for _, n := range some.Data {
				if n.Product != offered {
					t.Errorf("%+v gives an offer of %s", of, n.Product)
				}
			}
		}
		s.refused("an action's margin above all", request{method: "GET", path: "/v1/next-actions?least_margin=2"}, 422, "invalid", "least_margin")
		r, err := s.Recommendations(ctx, late.Data[0].Customer, 3, "beans")
		if err != nil || len(r.Again) == 0 || r.Again[0].Orders == 0 || r.Again[0].Reason == "" || r.Again[0].UsualDays <= 0 || r.Again[0].NextPurchase == "" {
			t.Errorf("%+v, %v", r, err)
		}
		for _, p := range append(r.Again, r.New...) {
			if p.Product == "beans" {
				t.Error("what was left out is suggested")
			}
		}
		for _, want := range []struct{ out, status string }{{"x", "created"}, {"x", "unchanged"}, {"", "updated"}, {"x", "updated"}} {
			w, err := s.PutProduct(ctx, client.Product{Reference: "mug-2", SoldOut: want.out != ""})
			if p, wrong := s.Product(ctx, "mug-2"); err != nil || wrong != nil || w.Status != want.status || p.SoldOut != (want.out != "") {
				t.Errorf("%+v, %+v, %v, %v, want %v", w, p, err, wrong, want)
			}
		}
		if err := s.d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE products SET sold_out = $1 WHERE reference = $2", true, r.Again[0].Product)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if out, err := s.Recommendations(ctx, late.Data[0].Customer, 3); err != nil || len(out.Again) > 0 && out.Again[0].Product == r.Again[0].Product {
			t.Errorf("what is sold out is suggested: %+v, %v", out, err)
		}
		if status, _, body := s.call(request{method: "GET", path: "/v1/recommendations?least_margin=1&for=" + late.Data[0].Customer}); status != 200 || !strings.Contains(string(body), `"again":[]`) {
			t.Errorf("no product costs nothing, and %d %.200s", status, body)
		}
		s.refused("a margin above all", request{method: "GET", path: "/v1/recommendations?least_margin=2&for=" + late.Data[0].Customer}, 422, "invalid", "least_margin")
		// The measures that are foretold stand beside the others.
		for key, unit := range map[string]string{"clv_predicted": "minor", "expected_churn": "percent", "at_risk_value": "minor"} {
			m, err := s.Measure(ctx, key, nil)
			if err != nil || m.Measure.Status != "ok" || m.Measure.Unit != unit || *m.Measure.Value <= 0 || m.Measure.Previous != nil || len(m.Measure.Groups) > 0 {
				t.Errorf("%s: %+v, %v", key, m.Measure, err)
			}
			if by, err := s.Measure(ctx, key, url.Values{"by": {"segment"}}); err != nil || len(by.Measure.Groups) > 0 || *by.Measure.Value != *m.Measure.Value {
				t.Errorf("%s by segment: %+v, %v", key, by.Measure, err)
			}
			if part, err := s.Measure(ctx, key, url.Values{"as_of": {"2020-01-01"}}); err == nil && part.Measure.Status != "undefined" {
				t.Errorf("%s as of long ago: %+v", key, part.Measure)
			}
		}
		// Without the permission to see personal data, nobody is named.
		masked := client.New(s.url, s.newKey(account.CustomersRead))
		list, err := masked.PredictionsOfCustomers(ctx, "", "", client.Lists{})
		if err != nil || list.Data[0].Reference != "" || list.Data[0].Customer == "" {
			t.Errorf("%+v, %v", list, err)
		}
	})
}
