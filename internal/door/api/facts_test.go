package api_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/client"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
)

func f64(v float64) *float64       { return &v }
func yes(v bool) *bool             { return &v }
func at(t time.Time) *time.Time    { return &t }
func who(id string) *ref           { return &ref{Reference: id} }
func later(days int) time.Time     { return placed().AddDate(0, 0, days) }
func must[T any](v T, err error) T { return mustHave(v, err) }

type ref = client.CustomerRef

func mustHave[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// text is the JSON of what is compared, without what the server adds.
func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"id", "customer", "version", "created_at", "updated_at", "currency", "order_id"} {
		delete(m, name)
	}
	b, err = json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// resource is how one kind of fact is put, read, listed and changed.
type resource struct {
	name   string
	put    func(s *shop, reference string) (client.Written, error)
	get    func(s *shop, id string) (shown any, version int64, err error)
	want   func(reference string) any
	list   func(s *shop, f client.FactFilter) (ids []string, next string, err error)
	change func(s *shop, id string, version int64) (client.Written, error)
}

func ids[T any](page client.Page[T], err error, id func(T) string) ([]string, string, error) {
	var all []string
	for _, one := range page.Data {
		all = append(all, id(one))
	}
	return all, page.NextCursor, err
}

func fullOrder(reference string) client.Order {
	return client.Order{Source: "shop", Reference: reference, Customer: who("ada"), PlacedAt: placed(), State: "paid", AmountMinor: client.Minor(1250),
		DiscountMinor: 5, TaxMinor: 6, ShippingMinor: 7, Store: "Πάτρα", Channel: "web", Attributes: map[string]string{"Color": "red"},
		Lines: []client.OrderLine{
			{Product: "beans", ProductName: "Beans", Category: "coffee", Quantity: f64(2.5), AmountMinor: 1000, Attributes: map[string]string{"Roast": "dark"}},
			{Product: "cup", Category: "ware", Quantity: f64(1), AmountMinor: 250, SoldAt: at(later(1))},
		},
		Payments: []client.Payment{{Method: "card", AmountMinor: 1000, PaidAt: at(later(2))}, {Method: "cash", AmountMinor: 250}}}
}

func fullReturn(reference string) client.Return {
	return client.Return{Source: "shop", Reference: reference, Customer: who("ada"), ReturnedAt: placed(), Reason: "cold", AmountMinor: client.Minor(100),
		Lines: []client.ReturnLine{{Product: "beans", Category: "coffee", Quantity: f64(1), AmountMinor: client.Minor(100), Attributes: map[string]string{"Why": "cold"}}}}
}

func fullSubscription(reference string) client.Subscription {
	return client.Subscription{Source: "shop", Reference: reference, Customer: who("ada"), Plan: "gold", AmountMinor: 900, StartedAt: placed(),
		CancelledAt: at(later(40)), Reason: "moved"}
}

func fullAnswer(reference string) client.Answer {
	return client.Answer{Source: "shop", Reference: reference, Customer: who("ada"), AnsweredAt: placed(), Kind: "csat", Aspect: "staff", Score: f64(4.5),
		Scale: 5, Delivered: true, Finished: yes(true), RepliedAt: at(later(1)), SolvedAt: at(later(2)), DueAt: at(later(3)), Comment: "Ask for Βασίλης!",
		Attributes: map[string]string{"Till": "3"}}
}

func fullEvent(reference string) client.Event {
	return client.Event{Source: "shop", Reference: reference, Customer: who("ada"), Name: "Product Viewed", HappenedAt: placed(), Session: "s1",
		DurationMS: 1500, Product: "beans", Properties: json.RawMessage(`{"a":[1,{"b":"c"}]}`)}
}

func resources(t *testing.T) []resource {
	t.Helper()
	ctx := t.Context()
	return []resource{
		{"order", func(s *shop, r string) (client.Written, error) { return s.PutOrder(ctx, fullOrder(r)) },
			func(s *shop, id string) (any, int64, error) { o, err := s.Order(ctx, id); return o, o.Version, err },
			func(r string) any { return fullOrder(r) },
			func(s *shop, f client.FactFilter) ([]string, string, error) {
				page, err := s.Orders(ctx, f)
				return ids(page, err, func(o client.Order) string { return o.ID })
			},
			func(s *shop, id string, version int64) (client.Written, error) {
				o := must(s.Order(ctx, id))
				o.State = "cancelled"
				return s.ChangeOrder(ctx, id, version, o)
			}},
		{"return", func(s *shop, r string) (client.Written, error) { return s.PutReturn(ctx, fullReturn(r)) },
			func(s *shop, id string) (any, int64, error) { o, err := s.Return(ctx, id); return o, o.Version, err },
			func(r string) any { return fullReturn(r) },
			func(s *shop, f client.FactFilter) ([]string, string, error) {
				page, err := s.Returns(ctx, f)
				return ids(page, err, func(o client.Return) string { return o.ID })
			},
			func(s *shop, id string, version int64) (client.Written, error) {
				o := must(s.Return(ctx, id))
				o.Reason = "broken"
				return s.ChangeReturn(ctx, id, version, o)
			}},
		{"subscription", func(s *shop, r string) (client.Written, error) { return s.PutSubscription(ctx, fullSubscription(r)) },
			func(s *shop, id string) (any, int64, error) {
				o, err := s.Subscription(ctx, id)
				return o, o.Version, err
			},
			func(r string) any { return fullSubscription(r) },
			func(s *shop, f client.FactFilter) ([]string, string, error) {
				page, err := s.Subscriptions(ctx, f)
				return ids(page, err, func(o client.Subscription) string { return o.ID })
			},
			func(s *shop, id string, version int64) (client.Written, error) {
				o := must(s.Subscription(ctx, id))
				o.CancelledAt = nil
				return s.ChangeSubscription(ctx, id, version, o)
			}},
		{"answer", func(s *shop, r string) (client.Written, error) { return s.PutAnswer(ctx, fullAnswer(r)) },
			func(s *shop, id string) (any, int64, error) { o, err := s.Answer(ctx, id); return o, o.Version, err },
			func(r string) any { return fullAnswer(r) },
			func(s *shop, f client.FactFilter) ([]string, string, error) {
				page, err := s.Answers(ctx, f)
				return ids(page, err, func(o client.Answer) string { return o.ID })
			},
			func(s *shop, id string, version int64) (client.Written, error) {
				o := must(s.Answer(ctx, id))
				o.Score = nil
				return s.ChangeAnswer(ctx, id, version, o)
			}},
		{"event", func(s *shop, r string) (client.Written, error) { return s.AddEvent(ctx, fullEvent(r)) },
			func(s *shop, id string) (any, int64, error) { o, err := s.Event(ctx, id); return o, 1, err },
			func(string) any { return fullEvent("") },
			func(s *shop, f client.FactFilter) ([]string, string, error) {
				page, err := s.Events(ctx, f)
				return ids(page, err, func(o client.Event) string { return o.ID })
			}, nil},
	}
}

func TestAFactIsShownAsItWasHandedIn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		for _, r := range resources(t) {
			w, err := r.put(s, "1")
			if err != nil || w.Status != "created" {
				t.Fatalf("%s: %+v, %v", r.name, w, err)
			}
			if again, err := r.put(s, "1"); err != nil || again.Status != "unchanged" || again.ID != w.ID || again.Customer != w.Customer {
				t.Errorf("%s again: %+v, %v", r.name, again, err)
			}
			shown, version, err := r.get(s, w.ID)
			if err != nil || version != 1 {
				t.Fatalf("%s: version %d, %v", r.name, version, err)
			}
			if got, want := text(t, shown), text(t, r.want("1")); got != want {
				t.Errorf("%s: shown as\n%s, handed in as\n%s", r.name, got, want)
			}
			found, next, err := r.list(s, client.FactFilter{Reference: "1", Source: "shop", Customer: "ada"})
			if err != nil || next != "" || !slices.Equal(found, []string{w.ID}) {
				t.Errorf("%s by its reference: %v %s, %v", r.name, found, next, err)
			}
			if found, _, err := r.list(s, client.FactFilter{Reference: "2", Customer: "ada"}); err != nil || len(found) != 0 {
				t.Errorf("%s by another reference: %v, %v", r.name, found, err)
			}
			if r.change == nil {
				continue
			}
			if _, err := r.change(s, w.ID, 7); client.Code(err) != "version_mismatch" {
				t.Errorf("%s changed by who read another version: %v", r.name, err)
			}
			if c, err := r.change(s, w.ID, 1); err != nil || c.Status != "updated" || c.ID != w.ID {
				t.Errorf("%s changed: %+v, %v", r.name, c, err)
			}
			if _, err := r.change(s, w.ID, 1); client.Code(err) != "version_mismatch" {
				t.Errorf("%s changed after somebody else: %v", r.name, err)
			}
			if _, version, err := r.get(s, w.ID); err != nil || version != 2 {
				t.Errorf("%s is version %d, %v", r.name, version, err)
			}
		}
		wantEntries(t, s, map[string]int{"order.created": 1, "order.unchanged": 1, "order.updated": 1, "event.created": 1, "answer.updated": 1})
	})
}

// wantEntries counts entries of the audit trail.
func wantEntries(t *testing.T, s *shop, want map[string]int) {
	t.Helper()
	if err := s.d.Read(t.Context(), func(tx *db.Tx) error {
		for action, n := range want {
			found, err := account.Entries(tx, account.EntryFilter{Action: action})
			if err != nil {
				return err
			}
			if len(found) != n {
				t.Errorf("%d entries %s, want %d", len(found), action, n)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestFactsAreListedInPages(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		const n = 7
		for _, r := range resources(t) {
			var put []string // the newest first
			for i := range n {
				w, err := r.put(s, fmt.Sprint(i))
				if err != nil {
					t.Fatal(err)
				}
				put = slices.Insert(put, 0, w.ID)
			}
			for _, limit := range []int{1, 3, 7, 200} {
				f := client.FactFilter{Lists: client.Lists{Limit: limit}, Customer: "id:ada", Source: "shop", From: later(0), To: later(1), UpdatedSince: later(-9999)}
				var all []string
				for {
					page, next, err := r.list(s, f)
					if err != nil {
						t.Fatal(err)
					}
					all = append(all, page...)
					if f.Cursor = next; next == "" {
						break
					}
				}
				if !slices.Equal(all, put) {
					t.Errorf("%s by %d: %v, want %v", r.name, limit, all, put)
				}
			}
			for what, f := range map[string]client.FactFilter{"nobody": {Customer: "visitor:x"}, "no address": {Customer: "email:ada"}} {
				if _, _, err := r.list(s, f); client.Code(err) != "not_found" && client.Code(err) != "invalid" {
					t.Errorf("%s of %s: %v", r.name, what, err)
				}
			}
			if found, _, err := r.list(s, client.FactFilter{To: later(0)}); err != nil || len(found) != 0 {
				t.Errorf("%s of before: %v, %v", r.name, found, err)
			}
		}
		status, head, body := s.call(request{method: "GET", path: "/v1/orders?limit=2&source=shop"})
		link := strings.TrimSuffix(strings.TrimPrefix(head.Get("Link"), "<"), `>; rel="next"`)
		var page client.Page[client.Order]
		if err := json.Unmarshal(body, &page); err != nil || status != 200 || !strings.HasPrefix(link, "/v1/orders?cursor=") || !strings.Contains(link, "limit=2") {
			t.Fatalf("%d %v %s", status, head, body)
		}
		if status, _, next := s.call(request{method: "GET", path: link}); status != 200 || strings.Contains(string(next), page.Data[0].ID) {
			t.Errorf("the next page: %d %s", status, next)
		}
	})
}

func TestReturnsBelongToTheirOrder(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		bought := must(s.PutOrder(t.Context(), fullOrder("1")))
		back := client.Return{Source: "shop", Reference: "r", OrderReference: "1", ReturnedAt: later(3),
			Lines: []client.ReturnLine{{Line: 1, Quantity: f64(1)}}}
		w := must(s.PutReturn(t.Context(), back))
		got := must(s.Return(t.Context(), w.ID))
		if w.Customer != bought.Customer || got.OrderID != bought.ID || got.OrderReference != "1" || *got.AmountMinor != 400 || got.Lines[0].Line != 1 || got.Lines[0].Product != "beans" {
			t.Errorf("%+v, %+v", w, got)
		}
		for field, change := range map[string]func(*client.Return){
			"order_reference":   func(r *client.Return) { r.OrderReference = "none" },
			"amount_minor":      func(r *client.Return) { r.Lines[0] = client.ReturnLine{AmountMinor: client.Minor(900)} },
			"lines[0].line":     func(r *client.Return) { r.Lines[0].Line = 9 },
			"lines[0].quantity": func(r *client.Return) { r.Lines[0].Quantity = f64(3) },
			"customer":          func(r *client.Return) { r.Customer = who("bob") },
		} {
			other := back
			other.Reference, other.Lines = "other", slices.Clone(back.Lines)
			change(&other)
			_, err := s.PutReturn(t.Context(), other)
			p, ok := err.(*client.Problem) //nolint:errorlint // as it is given
			if !ok || len(p.Errors) == 0 || p.Errors[0].Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
}

func TestSeveralEventsHaveAResultEach(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		good, late, other := fullEvent("1"), fullEvent("2"), fullEvent("1")
		late.HappenedAt = time.Time{}
		other.Name = "Cart Viewed"
		noName := fullEvent("3")
		noName.Customer = &client.CustomerRef{Email: "nobody"}
		visitor := client.Event{Customer: &client.CustomerRef{Visitor: "v1"}, Name: "Seen", HappenedAt: placed()}
		results := must(s.AddEvents(t.Context(), []client.Event{good, late, other, good, noName, visitor, visitor}))
		want := []string{"created", "refused", "conflict", "unchanged", "refused", "created", "created"}
		fields := []string{"", "events[1].happened_at", "", "", "events[4].customer.email", "", ""}
		for i, r := range results {
			field := ""
			if r.Problem != nil && len(r.Problem.Errors) > 0 {
				field = r.Problem.Errors[0].Field
			}
			if r.Status != want[i] || (r.Problem != nil) != (r.Status == "refused" || r.Status == "conflict") || fields[i] != "" && field != fields[i] {
				t.Errorf("%d: %+v about %q, want %s about %q", i, r, field, want[i], fields[i])
			}
		}
		if results[5].ID == results[6].ID || results[5].Customer != "" {
			t.Errorf("two events without a reference: %+v, %+v", results[5], results[6])
		}
		if page := must(s.Events(t.Context(), client.FactFilter{Customer: "visitor:v1"})); len(page.Data) != 2 || page.Data[0].Customer != nil {
			t.Errorf("of a visitor: %+v", page)
		}
		if page := must(s.Events(t.Context(), client.FactFilter{Name: "Seen"})); len(page.Data) != 2 {
			t.Errorf("of a name: %+v", page)
		}
		wantEntries(t, s, map[string]int{"event.created": 1})
	})
}

func TestCostsInitiativesAndProducts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ctx := t.Context()
		cost := client.Cost{Source: "ads", Reference: "a/b?c", SpentOn: "2026-03-29", Channel: "search", Retention: true, AmountMinor: -5, Note: "<b>"}
		for _, want := range []string{"created", "unchanged"} {
			if w, err := s.PutCost(ctx, cost); err != nil || w.Status != want || w.Reference != cost.Reference {
				t.Errorf("%+v, %v", w, err)
			}
		}
		got := must(s.Cost(ctx, "ads", "a/b?c"))
		if text(t, got) != text(t, cost) || got.Currency != "EUR" {
			t.Errorf("%+v", got)
		}
		other := client.Cost{Reference: "1", SpentOn: "2026-04-01", AmountMinor: 7}
		must(s.PutCost(ctx, other))
		first := must(s.Costs(ctx, client.CostFilter{Lists: client.Lists{Limit: 1}}))
		if len(first.Data) != 1 || first.Data[0].Reference != "a/b?c" || first.NextCursor == "" {
			t.Errorf("%+v", first)
		}
		next := must(s.Costs(ctx, client.CostFilter{Lists: client.Lists{Cursor: first.NextCursor}}))
		if len(next.Data) != 1 || next.Data[0].Source != "api" || next.NextCursor != "" {
			t.Errorf("%+v", next)
		}
		if of := must(s.Costs(ctx, client.CostFilter{Channel: "search", From: time.Date(2026, 3, 28, 21, 0, 0, 0, time.UTC)})); len(of.Data) != 1 {
			t.Errorf("%+v", of)
		}
		if err := s.DeleteCost(ctx, "ads", "a/b?c"); err != nil {
			t.Error(err)
		}
		if _, err := s.Cost(ctx, "ads", "a/b?c"); client.Code(err) != "not_found" {
			t.Errorf("deleted: %v", err)
		}
		initiative := client.Initiative{Source: "console", Reference: "i", Name: "Free delivery", Description: "x", StartedOn: "2026-03-01",
			EndedOn: "2026-03-31", Measures: []string{"nps", "revenue"}}
		must(s.PutInitiative(ctx, initiative))
		if got := must(s.Initiative(ctx, "console", "i")); text(t, got) != text(t, initiative) {
			t.Errorf("%+v", got)
		}
		if all := must(s.Initiatives(ctx, client.Lists{})); len(all.Data) != 1 {
			t.Errorf("%+v", all)
		}
		if err := s.DeleteInitiative(ctx, "console", "i"); err != nil {
			t.Error(err)
		}
		product := client.Product{Reference: "β/1", Name: "Beans", Category: "coffee"}
		for _, want := range []string{"created", "unchanged"} {
			if w, err := s.PutProduct(ctx, product); err != nil || w.Status != want {
				t.Errorf("%+v, %v", w, err)
			}
		}
		if got := must(s.Product(ctx, "β/1")); text(t, got) != text(t, product) {
			t.Errorf("%+v", got)
		}
		must(s.PutOrder(ctx, fullOrder("1")))
		if all := must(s.Products(ctx, "coffee", client.Lists{})); len(all.Data) != 2 || all.Data[0].Reference != "beans" {
			t.Errorf("%+v", all)
		}
		for what, all := range map[string]client.Page[client.Place]{"coffee ware": must(s.Categories(ctx, client.Lists{})),
			"Πάτρα": must(s.Stores(ctx, client.Lists{})), "web": must(s.Channels(ctx, client.Lists{}))} {
			var names []string
			for _, p := range all.Data {
				names = append(names, p.Name)
			}
			if strings.Join(names, " ") != what {
				t.Errorf("%v, want %s", names, what)
			}
		}
		wantEntries(t, s, map[string]int{"cost.created": 2, "cost.unchanged": 1, "cost.deleted": 1, "initiative.deleted": 1, "product.created": 1})
	})
}

// Ids of another kind, damaged ones, and those of what is not there lead nowhere, and never to a fault here.
func TestForeignIDsLeadNowhere(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		known := map[string]string{}
		for _, r := range resources(t) {
			known[r.name] = must(r.put(s, "1")).ID
		}
		known["customer"] = must(s.Customer(t.Context(), "ada")).ID
		other := must(s.PutOrder(t.Context(), client.Order{Reference: "9", Customer: who("bob"), PlacedAt: placed(), AmountMinor: client.Minor(1)}))
		for name, path := range map[string]string{"order": "orders", "return": "returns", "subscription": "subscriptions", "answer": "answers", "event": "events"} {
			bad := []string{"x", "1", known[name][:20], known[name] + "0", strings.ToUpper(known[name]), known[name][:4] + strings.Repeat("z", 26),
				known[name][:4] + strings.Repeat("0", 26) + "'", "..%2f..%2fetc", "' OR 1=1 --", "%00"}
			for kind, id := range known {
				if kind != name {
					bad = append(bad, id)
				}
			}
			for _, id := range bad {
				status, _, body := s.call(request{method: "GET", path: "/v1/" + path + "/" + url.PathEscape(id)})
				if status != 422 && status != 404 && status != 400 {
					t.Errorf("%s %s: %d %s", path, id, status, body)
				}
			}
			// The fact of the one under the number of the other.
			swapped := known[name][:17] + other.Customer[4:]
			status, _, body := s.call(request{method: "GET", path: "/v1/" + path + "/" + swapped})
			if status != 404 {
				t.Errorf("%s of another customer: %d %s", path, status, body)
			}
		}
		if _, err := s.EraseCustomer(t.Context(), "ada"); err != nil {
			t.Fatal(err)
		}
		s.refused("an erased customer", request{method: "GET", path: "/v1/customers/" + known["customer"]}, 404, "not_found", "")
		s.refused("by the old id", request{method: "GET", path: "/v1/customers/ada"}, 404, "not_found", "")
		for _, r := range resources(t) {
			shown, _, err := r.get(s, known[r.name])
			if err != nil {
				t.Errorf("%s of an erased customer: %v", r.name, err)
			}
			if all := text(t, shown); strings.Contains(all, "Βασίλης") || strings.Contains(all, `"reference":"1"`) {
				t.Errorf("%s of an erased customer: %s", r.name, all)
			}
			if r.change != nil {
				if _, err := r.change(s, known[r.name], 0); err == nil || client.Code(err) == "internal" {
					t.Errorf("%s of an erased customer is changed: %v", r.name, err)
				}
			}
		}
	})
}
