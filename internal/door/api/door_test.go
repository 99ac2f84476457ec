package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"regulars/client"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/secret"
	"regulars/internal/door/api"
	"regulars/internal/record/schema/schematest"
)

func TestAnOrderIsTakenInOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		o := client.Order{Reference: "1001", Customer: &client.CustomerRef{Email: "Ada@Example.com"}, PlacedAt: placed(),
			Lines: []client.OrderLine{{Product: "beans", AmountMinor: 1000}, {Product: "cup", AmountMinor: 250}}}
		for _, want := range []string{"created", "unchanged"} {
			w, err := s.PutOrder(t.Context(), o)
			if err != nil || w.Status != want || !strings.HasPrefix(w.ID, "ord_") || !strings.HasPrefix(w.Customer, "cus_") || !strings.HasSuffix(w.ID, w.Customer[4:]) {
				t.Fatalf("%+v, %v; want %s", w, err, want)
			}
			o.Customer = &client.CustomerRef{ID: w.Customer}
		}
		o.Lines[1].AmountMinor = 300
		if w, err := s.PutOrder(t.Context(), o); err != nil || w.Status != "updated" {
			t.Errorf("with another amount: %+v, %v", w, err)
		}
		o.AmountMinor = client.Minor(7)
		if _, err := s.PutOrder(t.Context(), o); client.Code(err) != "invalid" {
			t.Errorf("with an amount that contradicts its lines: %v", err)
		}
		var amount, entries int64
		if err := s.d.Read(t.Context(), func(tx *db.Tx) error {
			if err := tx.QueryRow("SELECT amount_minor FROM orders").Scan(&amount); err != nil {
				return err
			}
			found, err := account.Entries(tx, account.EntryFilter{Action: "order."})
			entries = int64(len(found))
			return err
		}); err != nil || amount != 1300 || entries != 3 {
			t.Errorf("%d, %d entries of the audit trail, %v", amount, entries, err)
		}
	})
}

func TestBadRequestsAreExplained(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	post := func(body string) request { return request{method: "POST", path: "/v1/orders", body: body} }
	with := func(r request, name, value string) request {
		r.head = map[string]string{name: value}
		return r
	}
	few := s.newKey(account.MeasuresRead)
	for _, c := range []struct {
		what   string
		r      request
		status int
		code   string
		field  string
	}{
		{"no key", request{method: "POST", path: "/v1/orders", body: goodOrder, noKey: true}, 401, "unauthenticated", ""},
		{"another scheme", with(post(goodOrder), "Authorization", "Basic eA=="), 401, "unauthenticated", ""},
		{"no key of ours", with(post(goodOrder), "Authorization", "Bearer rk_live_x"), 401, "unknown_key", ""},
		{"a key that may not", with(post(goodOrder), "Authorization", "Bearer "+few), 403, "not_allowed", ""},
		{"no such address", request{method: "GET", path: "/v1/nothing"}, 404, "not_found", ""},
		{"no such address, no key", request{method: "GET", path: "/v1/../etc/passwd", noKey: true}, 404, "not_found", ""},
		{"another method", request{method: "DELETE", path: "/v1/business"}, 405, "method_not_allowed", ""},
		{"no body", post(""), 400, "malformed", ""},
		{"no JSON", post("{"), 400, "malformed", ""},
		{"JSON of another shape", post("[1]"), 422, "invalid", ""},
		{"null", post("null"), 422, "invalid", ""},
		{"another kind of body", with(post(goodOrder), "Content-Type", "text/xml"), 415, "unsupported_media_type", ""},
		{"too large", post(`{"reference":"` + strings.Repeat("x", 1<<20) + `"}`), 413, "too_large", ""},
		{"an unknown field", post(`{"reference":"1","placed_at":"2026-11-02T10:15:00Z","amount_minor":1,"amout":1}`), 422, "invalid", "amout"},
		{"a field in other letters", post(`{"Reference":"1","reference":"1","placed_at":"2026-11-02T10:15:00Z","amount_minor":1}`), 422, "invalid", "Reference"},
		{"an unknown parameter", request{method: "GET", path: "/v1/business?x=1"}, 422, "invalid", "x"},
		{"a field is missing", post(`{"placed_at":"2026-11-02T10:15:00Z","amount_minor":1}`), 422, "invalid", "reference"},
		{"a wrong type", post(`{"reference":"1","placed_at":"2026-11-02T10:15:00Z","lines":[{"amount_minor":1.5}]}`), 422, "invalid", "lines[0].amount_minor"},
		{"no time", post(`{"reference":"1","placed_at":"yesterday","amount_minor":1}`), 422, "invalid", "placed_at"},
		{"a time without a zone", post(`{"reference":"1","placed_at":"2026-11-02T10:15:00","amount_minor":1}`), 422, "invalid", "placed_at"},
		{"a time long ago", post(`{"reference":"1","placed_at":"0001-01-01T00:00:00Z","amount_minor":1}`), 422, "invalid", "placed_at"},
		{"no amount", post(`{"reference":"1","placed_at":"2026-11-02T10:15:00Z"}`), 422, "required", "amount_minor"},
		{"a state that is none", post(`{"reference":"1","placed_at":"2026-11-02T10:15:00Z","amount_minor":1,"state":"lost"}`), 422, "invalid", "state"},
		{"two customers", post(`{"reference":"1","placed_at":"2026-11-02T10:15:00Z","amount_minor":1,"customer":{"email":"a@b.c","reference":"2"}}`), 422, "invalid", "customer"},
		{"a customer's id that is none", post(`{"reference":"1","placed_at":"2026-11-02T10:15:00Z","amount_minor":1,"customer":{"id":"cus_1"}}`), 422, "bad_id", "customer.id"},
		{"a customer who is not there", post(`{"reference":"1","placed_at":"2026-11-02T10:15:00Z","amount_minor":1,"customer":{"id":"cus_8000000000001"}}`), 404, "not_found", "customer"},
		{"another currency", post(`{"reference":"1","placed_at":"2026-11-02T10:15:00Z","amount_minor":1,"currency":"USD"}`), 422, "other_currency", "currency"},
		{"a number beyond all bounds", post(`{"reference":"1","placed_at":"2026-11-02T10:15:00Z","amount_minor":99999999999999999999}`), 422, "invalid", "amount_minor"},
		{"an amount too large", post(`{"reference":"1","placed_at":"2026-11-02T10:15:00Z","amount_minor":9000000000000000000}`), 422, "invalid", "amount_minor"},
		{"a long Idempotency-Key", with(post(goodOrder), "Idempotency-Key", strings.Repeat("k", 201)), 422, "invalid", "Idempotency-Key"},
		{"a time zone that is none", request{method: "PUT", path: "/v1/business", body: `{"time_zone":"Mars/Base"}`}, 422, "unknown_zone", "time_zone"},
		{"a country that is none", request{method: "PUT", path: "/v1/business", body: `{"country":"UK"}`}, 422, "unknown_country", "country"},
		{"another time zone", request{method: "PUT", path: "/v1/business", body: `{"time_zone":"UTC"}`}, 409, "already_set", "time_zone"},
	} {
		s.refused(c.what, c.r, c.status, c.code, c.field)
	}
	if err := s.d.Read(t.Context(), func(tx *db.Tx) error {
		var n int64
		err := tx.QueryRow("SELECT (SELECT count(*) FROM orders) + (SELECT count(*) FROM customers)").Scan(&n)
		if n != 0 {
			t.Errorf("%d orders and customers came of it", n)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestFactsAreRefusedBeforeTheBusinessIsSetUp(t *testing.T) {
	t.Parallel()
	schematest.Each(t, func(t *testing.T, d *db.DB) {
		s := openShop(t, d, api.Options{})
		s.refused("an order", request{method: "POST", path: "/v1/orders", body: goodOrder}, 409, "business_not_set_up", "")
		want := client.Business{Name: "Café", TimeZone: "Europe/Athens", Currency: "EUR"}
		if set, err := s.SetBusiness(t.Context(), want); err != nil || set != want {
			t.Fatalf("%+v, %v", set, err)
		}
		if status, _, body := s.call(request{method: "POST", path: "/v1/orders", body: goodOrder}); status != http.StatusCreated {
			t.Errorf("%d %s", status, body)
		}
		if have, err := s.Business(t.Context()); err != nil || have != want {
			t.Errorf("%+v, %v", have, err)
		}
	})
}

func TestARepeatedPostIsAnsweredAlike(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		r := request{method: "POST", path: "/v1/orders", body: goodOrder, head: map[string]string{"Idempotency-Key": "first"}}
		status, head, body := s.call(r)
		if status != http.StatusCreated || head.Get("Idempotency-Replayed") != "" {
			t.Fatalf("%d %s", status, body)
		}
		again, headAgain, bodyAgain := s.call(r)
		if again != status || !bytes.Equal(body, bodyAgain) || headAgain.Get("Location") != head.Get("Location") ||
			headAgain.Get("Idempotency-Replayed") != "true" || headAgain.Get("Content-Type") != "application/json" {
			t.Errorf("%d %s, then %d %s %v", status, body, again, bodyAgain, headAgain)
		}
		other := r
		other.body = strings.Replace(goodOrder, "100", "200", 1)
		s.refused("another body", other, 422, "idempotency_key_reused", "")

		wrong := request{method: "POST", path: "/v1/orders", body: `{}`, head: map[string]string{"Idempotency-Key": "wrong"}}
		first, _, _ := s.call(wrong)
		second, head, _ := s.call(wrong)
		if first != 422 || second != 422 || head.Get("Idempotency-Replayed") != "true" {
			t.Errorf("a refusal: %d, then %d", first, second)
		}
	})
}

func TestOneOfManyAtOnceIsDone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		var lock sync.Mutex
		ids := map[string]int{}
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				// Each is a new reference, so that only the key keeps them from becoming twelve.
				status, _, body := s.call(request{method: "POST", path: "/v1/orders", body: goodOrder, head: map[string]string{"Idempotency-Key": "same"}})
				var w client.Written
				lock.Lock()
				defer lock.Unlock()
				switch {
				case status == http.StatusConflict && bytes.Contains(body, []byte("in_flight")):
				case status == http.StatusCreated && json.Unmarshal(body, &w) == nil:
					ids[w.ID]++
				default:
					t.Errorf("%d %s", status, body)
				}
			})
		}
		all.Wait()
		if len(ids) != 1 {
			t.Errorf("%v", ids)
		}
	})
}

// An answer that is kept may hold what only its asker may see.
func TestKeptAnswersAreSealed(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	status, _, body := s.call(request{method: "POST", path: "/v1/orders", body: goodOrder, head: map[string]string{"Idempotency-Key": "k"}})
	if status != http.StatusCreated {
		t.Fatalf("%d %s", status, body)
	}
	if err := s.d.Read(t.Context(), func(tx *db.Tx) error {
		var kept []byte
		if err := tx.QueryRow("SELECT answer FROM idempotency_keys").Scan(&kept); err != nil {
			return err
		}
		if len(kept) == 0 || bytes.Contains(kept, []byte("ord_")) {
			t.Errorf("%q", kept)
		}
		if _, err := secret.New(bytes.Repeat([]byte{4}, 32)).Open(kept, "x"); err == nil {
			t.Error("it opens with another key")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestWhoAsksTooOftenIsToldWhenToComeBack(t *testing.T) {
	t.Parallel()
	d := schematest.Open(t, schematest.SQLite(t))
	s := openShop(t, d, api.Options{Rate: api.Rate{PerSecond: 0.5, Burst: 4}, Shares: func() int { return 2 }})
	r := request{method: "GET", path: "/v1/business"}
	for range 2 { // its half of the four
		if status, head, body := s.call(r); status != http.StatusOK || head.Get("RateLimit") == "" {
			t.Fatalf("%d %v %s", status, head, body)
		}
	}
	s.refused("the third", r, 429, "too_many_requests", "")
	if _, head, _ := s.call(r); head.Get("Retry-After") == "" || head.Get("Retry-After") == "0" {
		t.Errorf("%v", head)
	}
	r.head = map[string]string{"Authorization": "Bearer " + s.newKey(account.All)}
	if status, _, body := s.call(r); status != http.StatusOK {
		t.Errorf("another key: %d %s", status, body)
	}
}
