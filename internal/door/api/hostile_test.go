package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"regulars/client"
	"regulars/internal/base/db"
	"regulars/internal/record/check"
)

// bodies are a good request to each address that takes one.
func bodies() map[string]any {
	return map[string]any{
		"orders": fullOrder("1"), "returns": fullReturn("1"), "subscriptions": fullSubscription("1"), "answers": fullAnswer("1"), "events": fullEvent("1"),
		"customers": fullCustomer(),
		"costs":     client.Cost{Reference: "1", SpentOn: "2026-03-01", Channel: "web", AmountMinor: 5, Note: "x"},
		"initiatives": client.Initiative{Reference: "1", Name: "x", Description: "x", StartedOn: "2026-03-01", EndedOn: "2026-03-02",
			Measures: []string{"nps"}},
		"products": client.Product{Reference: "1", Name: "x", Category: "y"},
	}
}

// asAny is the JSON of a value as maps, lists and texts.
func asAny(t *testing.T, v any) any {
	t.Helper()
	var out any
	if err := json.Unmarshal([]byte(asText(t, v)), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// leaves calls with a function that sets each value of the JSON, one after the other, and restores it.
func leaves(v any, path string, each func(path string, old any, set func(any))) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			each(path+"."+name, inner, func(to any) { v[name] = to })
			v[name] = inner
			leaves(inner, path+"."+name, each)
		}
	case []any:
		for i, inner := range v {
			leaves(inner, fmt.Sprintf("%s[%d]", path, i), each)
		}
	}
}

// intact wants the facts to be as they should: nothing hostile was understood as a command.
func intact(t *testing.T, s *shop) {
	t.Helper()
	for _, c := range check.Facts() {
		if found, err := c.Run(t.Context(), s.d); err != nil || found.N != 0 {
			t.Errorf("check %s: %d, for example %s (%v)", c.Key, found.N, found.Example, err)
		}
	}
	if err := s.d.Read(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec("SELECT (SELECT count(*) FROM orders) + (SELECT count(*) FROM customers) + (SELECT count(*) FROM settings)")
		return err
	}); err != nil {
		t.Error(err)
	}
}

var hostile = []string{"'; DROP TABLE orders; --", `" OR "1"="1`, "<script>alert(1)</script>", "$(reboot)", "../../etc/passwd", "%s%n{{.}}", "\u202e\u0000x",
	"😀 Ω \\N", "a\r\nSet-Cookie: x=1", strings.Repeat("Я", 3000)}

// hidden are texts that are not shown with what they were handed in with.
func hidden(name, path string) bool {
	return strings.HasPrefix(path, ".customer") || strings.HasPrefix(path, ".consents") || strings.HasSuffix(path, ".product_name") ||
		name == "events" && path == ".reference"
}

// says tells whether a text is among the values of the JSON; identities are shown as they are looked up.
func says(t *testing.T, shown []byte, text string) (found bool) {
	t.Helper()
	var v any
	if err := json.Unmarshal(shown, &v); err != nil {
		t.Errorf("%s: %v", shown, err)
	}
	leaves(v, "", func(_ string, old any, _ func(any)) {
		if said, ok := old.(string); ok && strings.EqualFold(strings.TrimSpace(said), strings.TrimSpace(text)) {
			found = true
		}
	})
	return found
}

// Every text of every resource is kept as it is or refused, and does nothing else.
func TestHostileTextsAreOnlyTexts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		kept := 0
		for name, body := range bodies() {
			value := asAny(t, body)
			leaves(value, "", func(path string, old any, set func(any)) {
				if _, isText := old.(string); !isText {
					return
				}
				for _, bad := range hostile {
					set(bad)
					status, head, answer := s.call(request{method: "POST", path: "/v1/" + name, body: asText(t, value)})
					switch {
					case status < 300:
						kept++
						at := head.Get("Location")
						if at == "" {
							continue
						}
						status, _, shown := s.call(request{method: "GET", path: at})
						if !hidden(name, path) && !says(t, shown, bad) {
							t.Errorf("%s%s: %d %s, without %q", name, path, status, shown, bad)
						}
					case status != http.StatusUnprocessableEntity && status != http.StatusConflict && status != http.StatusNotFound && status != http.StatusBadRequest:
						t.Errorf("%s%s = %.40q: %d %s", name, path, bad, status, answer)
					}
				}
			})
		}
		if kept < 200 {
			t.Errorf("only %d were kept", kept)
		}
		intact(t, s)
	})
}

// Every value of every resource may come as something else: it is refused by its name, or it is no matter.
func TestWrongTypesAreRefusedByName(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	for name, body := range bodies() {
		value := asAny(t, body)
		leaves(value, "", func(path string, old any, set func(any)) {
			for _, bad := range []any{nil, true, 1.5, -1e300, "", []any{}, []any{[]any{}}, map[string]any{"x": map[string]any{}}} {
				set(bad)
				status, _, answer := s.call(request{method: "POST", path: "/v1/" + name, body: asText(t, value)})
				var p client.Problem
				// A conflict is one with what was taken before it.
				if status < 300 || json.Unmarshal(answer, &p) == nil && (p.Code == "conflict" || status < 500 && len(p.Errors) > 0 && p.Errors[0].Field != "") {
					continue
				}
				t.Errorf("%s%s = %v: %d %s", name, path, bad, status, answer)
			}
		})
		fields, _ := value.(map[string]any)
		fields["unknown"] = 1
		s.refused(name, request{method: "POST", path: "/v1/" + name, body: asText(t, value)}, 422, "invalid", "unknown")
	}
	intact(t, s)
}

// fuzz takes any body to an address: what is taken is shown and taken again, and nothing goes wrong here.
func fuzz(f *testing.F, name string) {
	f.Helper()
	for at, body := range bodies() {
		b, err := json.Marshal(body)
		if err != nil {
			f.Fatal(err)
		}
		if at == name {
			f.Add(string(b))
		}
	}
	for _, seed := range []string{"", "null", "[]", "{}", `{"reference":"1"}`, `{"reference":"1","placed_at":"2026-11-02T10:15:00Z","amount_minor":1e400}`,
		"{\"reference\":\"\xff\"}", `{"reference":"\ud800"}`, strings.Repeat("[", 10_000), `{"reference":1,"reference":"1"}`,
		`{"reference":"1","lines":[{"amount_minor":9223372036854775807},{"amount_minor":9223372036854775807}]}`} {
		f.Add(seed)
	}
	s := fuzzed(f)
	f.Fuzz(func(t *testing.T, body string) {
		status, head, answer := s.serve(t, "POST", "/v1/"+name, body)
		if status >= http.StatusInternalServerError {
			t.Fatalf("%d %s", status, answer)
		}
		if status >= http.StatusMultipleChoices {
			return
		}
		if at := head.Get("Location"); at != "" {
			if status, _, shown := s.serve(t, "GET", at, ""); status != http.StatusOK {
				t.Fatalf("%s: %d %s", at, status, shown)
			}
		}
		if status, _, again := s.serve(t, "POST", "/v1/"+name, body); status != http.StatusOK && !strings.Contains(string(again), "created") {
			t.Fatalf("taken in, and then %d %s", status, again)
		}
	})
}

// FuzzBulk sends any lines: each that is not empty has an answer, in its order, and nothing goes wrong here.
func FuzzBulk(f *testing.F) {
	for name, body := range bodies() {
		b, err := json.Marshal(body)
		if err != nil {
			f.Fatal(err)
		}
		line := `{"type":"` + strings.TrimSuffix(name, "s") + `",` + string(b[1:])
		f.Add(line + "\n" + line)
	}
	for _, seed := range []string{"", "\n\n", "null\n1\n[]", "{}\r\n{}", `{"type":1}`, `{"type":"order","type":"cost"}`, "{\"type\":\"event\"\n}"} {
		f.Add(seed)
	}
	s := fuzzed(f)
	f.Fuzz(func(t *testing.T, body string) {
		status, _, answer := s.serve(t, "POST", "/v1/bulk", body)
		if status != http.StatusOK || strings.Contains(string(answer), `"internal"`) {
			t.Fatalf("%d %s", status, answer)
		}
		var want []int
		for i, line := range strings.Split(body, "\n") {
			if strings.TrimSpace(line) != "" {
				want = append(want, i+1)
			}
		}
		for i, line := range strings.Split(strings.TrimSpace(string(answer)), "\n") {
			var r client.BulkResult
			if line == "" && len(want) == 0 {
				continue
			}
			if err := json.Unmarshal([]byte(line), &r); err != nil || i >= len(want) || r.Line != want[i] || r.Status == "" {
				t.Fatalf("answer %d is %s, want one to line %v", i, line, want)
			}
		}
	})
}

func FuzzOrders(f *testing.F)        { fuzz(f, "orders") }
func FuzzReturns(f *testing.F)       { fuzz(f, "returns") }
func FuzzSubscriptions(f *testing.F) { fuzz(f, "subscriptions") }
func FuzzEvents(f *testing.F)        { fuzz(f, "events") }
func FuzzAnswers(f *testing.F)       { fuzz(f, "answers") }
func FuzzCustomers(f *testing.F)     { fuzz(f, "customers") }
func FuzzCosts(f *testing.F)         { fuzz(f, "costs") }
func FuzzInitiatives(f *testing.F)   { fuzz(f, "initiatives") }
func FuzzProducts(f *testing.F)      { fuzz(f, "products") }
