package api_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"regulars/internal/base/account"
)

// What is wrong with a request about a customer or a fact is said with its status, code and field.
func TestRequestsAboutFactsAreExplained(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		must(s.PutCustomer(t.Context(), fullCustomer()))
		order := must(s.PutOrder(t.Context(), fullOrder("1"))).ID
		answer := must(s.PutAnswer(t.Context(), fullAnswer("1"))).ID
		post := func(path, body string) request { return request{method: "POST", path: "/v1/" + path, body: body} }
		with := func(r request, name, value string) request {
			r.head = map[string]string{name: value}
			return r
		}
		fetch := func(path string) request { return request{method: "GET", path: "/v1/" + path} }
		change := func(method, path, body string) request {
			return request{method: method, path: "/v1/" + path, body: body}
		}
		public := s.newPublicKey()
		encoded := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
		const moment = `"2026-11-02T10:15:00Z"`
		for _, c := range []struct {
			what   string
			r      request
			status int
			code   string
			field  string
		}{
			{"no such order", fetch("orders/" + order[:17] + "zzzzzzzzzzzzz"), 422, "bad_id", "id"},
			{"an order by the id of an answer", fetch("orders/" + answer), 422, "bad_id", "id"},
			{"too many at once", fetch("orders?limit=201"), 422, "invalid", "limit"},
			{"none at once", fetch("events?limit=0"), 422, "invalid", "limit"},
			{"a cursor of nobody", fetch("orders?cursor=x"), 422, "bad_cursor", "cursor"},
			{"a cursor of another list", fetch("customers?cursor=" + encoded("1.2.3")), 422, "bad_cursor", "cursor"},
			{"a cursor that is no text", fetch("costs?cursor=" + encoded("\xff\xfe")), 422, "bad_cursor", "cursor"},
			{"a cursor without its part", fetch("initiatives?cursor=" + encoded("a")), 422, "bad_cursor", "cursor"},
			{"a cursor with a zero byte", fetch("products?cursor=" + encoded("a\x00b")), 422, "bad_cursor", "cursor"},
			{"a time that is none", fetch("orders?from=yesterday"), 422, "invalid", "from"},
			{"a state that is none", fetch("orders?state=lost"), 422, "invalid", "state"},
			{"a kind that is none", fetch("answers?kind=poll"), 422, "invalid", "kind"},
			{"a filter that is none", fetch("returns?state=paid"), 422, "invalid", "state"},
			{"orders of nobody", fetch("orders?customer=eve"), 404, "not_found", "customer"},
			{"orders of no address", fetch("orders?customer=email:eve"), 422, "invalid", "customer.id"},
			{"an event by its reference alone", fetch("events?reference=1"), 422, "required", "customer"},
			{"two ways to name one", fetch("customers?identity=email:a@b.c&reference=1"), 422, "invalid", "reference"},
			{"no such customer", fetch("customers/eve"), 404, "not_found", ""},
			{"a customer by no kind", fetch("customers/e%20e:1"), 422, "invalid", "id"},
			{"no such cost", fetch("costs/1"), 404, "not_found", ""},
			{"no such product", fetch("products/%00"), 404, "not_found", ""},
			{"a customer who is nobody", post("customers", `{"given_name":"Eve"}`), 422, "required", "reference"},
			{"a customer who is a visitor", post("customers", `{"identities":[{"kind":"visitor","value":"1"}]}`), 422, "invalid", "identities[0].kind"},
			{"a customer by number", post("customers", `{"reference":"e","identities":[{"kind":"number","value":"1"}]}`), 422, "invalid", "identities[0].kind"},
			{"no address", post("customers", `{"reference":"e","identities":[{"kind":"email","value":"eve"}]}`), 422, "invalid", "identities[0]"},
			{"no date", post("customers", `{"reference":"e","birthday":"2026-02-30"}`), 422, "invalid", "birthday"},
			{"no date at all", post("customers", `{"reference":"e","birthday":"tomorrow"}`), 422, "invalid", "birthday"},
			{"no language", post("customers", `{"reference":"e","language":"klingon!"}`), 422, "invalid", "language"},
			{"no business", post("customers", `{"reference":"e","organisation_id":"ord_1"}`), 422, "bad_id", "organisation_id"},
			{"a consent without words", post("customers", `{"reference":"e","consents":[{"channel":"sms","purpose":"x","granted":true,"given_at":`+moment+`}]}`), 422, "invalid", "consents[0].wording"},
			{"a consent of nobody", post("customers/eve/consents", `{"channel":"sms","purpose":"x","granted":false,"given_at":`+moment+`}`), 404, "not_found", ""},
			{"a consent without its moment", post("customers/ada/consents", `{"channel":"sms","purpose":"x","granted":false}`), 422, "invalid", "given_at"},
			{"to be cleared, and is none", change("PATCH", "customers/ada", `{"clear":["name"]}`), 422, "invalid", "clear[0]"},
			{"a change of nobody", change("PATCH", "customers/eve", `{}`), 404, "not_found", ""},
			{"a version that is none", with(change("PATCH", "customers/ada", `{}`), "If-Match", `"x"`), 412, "version_mismatch", "If-Match"},
			{"another version", with(change("PATCH", "customers/ada", `{"channel":"x"}`), "If-Match", `"99"`), 412, "version_mismatch", ""},
			{"another version of an order", with(change("PUT", "orders/"+order, asText(t, fullOrder("1"))), "If-Match", `"99"`), 412, "version_mismatch", ""},
			{"an order under another name", change("PUT", "orders/"+order, asText(t, fullOrder("2"))), 409, "conflict", "reference"},
			{"merged into nobody", post("customers/ada/merge", `{"into":{"reference":"eve"}}`), 404, "not_found", ""},
			{"merged into nothing", post("customers/ada/merge", `{"into":{}}`), 422, "invalid", "into"},
			{"a return of nothing", post("returns", `{"reference":"1","returned_at":`+moment+`,"customer":{"reference":"ada"}}`), 422, "required", "amount_minor"},
			{"a return of nobody's", post("returns", `{"reference":"x","returned_at":`+moment+`,"amount_minor":5,"order_reference":"none"}`), 404, "not_found", "order_reference"},
			{"less than nothing", post("returns", `{"reference":"x","returned_at":`+moment+`,"amount_minor":-5}`), 422, "invalid", "amount_minor"},
			{"another currency", post("returns", `{"reference":"x","returned_at":`+moment+`,"amount_minor":5,"currency":"USD"}`), 422, "other_currency", "currency"},
			{"a subscription of nobody", post("subscriptions", `{"reference":"x","started_at":`+moment+`}`), 422, "invalid", "customer"},
			{"cancelled before it began", post("subscriptions", `{"reference":"x","customer":{"reference":"ada"},"started_at":`+moment+`,"cancelled_at":"2025-01-01T00:00:00Z"}`), 422, "invalid", "cancelled_at"},
			{"an answer to nothing", post("answers", `{"reference":"x","answered_at":`+moment+`,"kind":"poll"}`), 422, "invalid", "kind"},
			{"an event of nobody", post("events", `{"name":"Seen","happened_at":`+moment+`}`), 422, "invalid", "customer"},
			{"an event of a customer, by a public key", with(post("events", `{"name":"Seen","happened_at":`+moment+`,"customer":{"reference":"ada"}}`), "Authorization", "Bearer "+public), 403, "visitors_only", "customer"},
			{"an order by a public key", with(post("orders", goodOrder), "Authorization", "Bearer "+public), 403, "not_allowed", ""},
			{"properties that are none", post("events", `{"name":"Seen","happened_at":`+moment+`,"customer":{"visitor":"v"},"properties":[1]}`), 422, "invalid", "properties"},
			{"no events", post("events/batch", `{"events":[]}`), 422, "invalid", "events"},
			{"a wrong event among others", post("events/batch", `{"events":[{"name":5,"customer":{"visitor":"v"},"happened_at":`+moment+`}]}`), 422, "invalid", "events[0].name"},
			{"no day", post("costs", `{"reference":"1","spent_on":"2026-02-30","amount_minor":1}`), 422, "invalid", "spent_on"},
			{"before it began", post("initiatives", `{"reference":"1","name":"x","started_on":"2026-02-03","ended_on":"2026-02-01"}`), 422, "invalid", "ended_on"},
			{"a product of no name", post("products", `{"reference":" "}`), 422, "invalid", "reference"},
		} {
			s.refused(c.what, c.r, c.status, c.code, c.field)
		}
		if got := must(s.Customer(t.Context(), "ada")); got.Version != 2 {
			t.Errorf("something has changed the customer: version %d", got.Version)
		}
		if n := s.number("SELECT (SELECT count(*) FROM orders) + (SELECT count(*) FROM customers) + (SELECT count(*) FROM events) + (SELECT count(*) FROM costs)"); n != 2 {
			t.Errorf("%d orders, customers, events and costs, want 2", n)
		}
	})
}

// newPublicKey makes a key that everybody can read.
func (s *shop) newPublicKey() (text string) {
	s.t.Helper()
	return s.keyOf(account.NewKey{Name: "page", Public: true})
}

func FuzzChanges(f *testing.F) {
	for _, seed := range []string{`{"given_name":"Ada","clear":["birthday"]}`, `{"attributes":{"a":"","b":"c"}}`, `{"identities":[{"kind":"email","value":"a@b.c"}]}`,
		`{"into":{"reference":"bob"}}`, `{"channel":"sms","purpose":"x","granted":false,"given_at":"2026-11-02T10:15:00Z"}`, `{"birthday":"--02-29"}`} {
		f.Add(seed)
	}
	s := fuzzed(f)
	for _, who := range []string{"ada", "bob"} {
		s.serve(f, "POST", "/v1/customers", `{"reference":"`+who+`"}`)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, at := range []string{"PATCH /v1/customers/ada", "PUT /v1/customers/ada", "POST /v1/customers/ada/merge", "POST /v1/customers/ada/unmerge", "POST /v1/customers/ada/consents"} {
			method, path, _ := strings.Cut(at, " ")
			if status, _, answer := s.serve(t, method, path, body); status >= http.StatusInternalServerError {
				t.Fatalf("%s: %d %s", at, status, answer)
			}
		}
		if status, _, answer := s.serve(t, "GET", "/v1/customers/ada", ""); status != http.StatusOK {
			t.Fatalf("%d %s", status, answer)
		}
	})
}

// FuzzLists asks lists for anything.
func FuzzLists(f *testing.F) {
	for _, seed := range []string{"", "limit=1&cursor=MS4yLjM", "customer=email:a@b.c", "reference=1&customer=ada", "from=2026-01-01T00:00:00Z&to=2025-01-01T00:00:00Z",
		"updated_since=9999-12-31T23:59:59Z", "from=0001-01-01T00:00:00Z", "customer=cus_0000000000000", "source=%00", "identity=number:1", "cursor=AA"} {
		f.Add(seed)
	}
	s := fuzzed(f)
	for name, body := range bodies() {
		text, err := json.Marshal(body)
		if err != nil {
			f.Fatal(err)
		}
		if status, _, answer := s.serve(f, "POST", "/v1/"+name, string(text)); status >= http.StatusMultipleChoices {
			f.Fatalf("%s: %d %s", name, status, answer)
		}
	}
	f.Fuzz(func(t *testing.T, query string) {
		for name := range bodies() {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/"+name, nil)
			r.URL.RawQuery = query
			if w := s.ask(r); w.Code >= http.StatusInternalServerError {
				t.Fatalf("%s?%s: %d %s", name, query, w.Code, w.Body)
			}
		}
	})
}
