package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/client"
	"regulars/internal/base/account"
)

func fullCustomer() client.Customer {
	return client.Customer{Reference: "ada", Identities: []client.Identity{{Kind: "email", Value: "Ada@Example.com"}, {Kind: "phone", Value: "210 1234567"}, {Kind: "shopify", Value: "77"}},
		FormOfAddress: "Dr", GivenName: "Ada", MiddleName: "K.", FamilyName: "Lovelace", FullName: "Ada Lovelace", Birthday: "1980-02-29", Language: "el",
		Channel: "web", Referred: yes(false), Household: "Patission 7", Attributes: map[string]string{"City": "Πάτρα"},
		Consents: []client.Consent{{Channel: "email", Purpose: "newsletter", Granted: true, Wording: "News?", GivenAt: placed()}}}
}

// known are the fields of a customer that were handed in.
func known(c client.Customer) client.Customer {
	c.ID, c.Version, c.CreatedAt, c.UpdatedAt, c.Consents, c.MergedIDs = "", 0, nil, nil, nil, nil
	c.Identities = slices.DeleteFunc(slices.Clone(c.Identities), func(i client.Identity) bool { return i.Kind == "id" })
	for i := range c.Identities {
		c.Identities[i].AddedAt = nil
	}
	return c
}

func asText(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestACustomerIsKeptAndFound(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ctx := t.Context()
		w := must(s.PutCustomer(ctx, fullCustomer()))
		if again := must(s.PutCustomer(ctx, fullCustomer())); w.Status != "created" || again.Status != "unchanged" || again.ID != w.ID {
			t.Errorf("%+v, then %+v", w, again)
		}
		for _, id := range []string{w.ID, "ada", "id:ada", "email:ADA@example.com", "phone:+302101234567", "phone:2101234567", "shopify:77"} {
			got, err := s.Customer(ctx, id)
			if err != nil || got.ID != w.ID || asText(t, known(got)) != asText(t, known(fullCustomer())) {
				t.Errorf("%s: %s, %v", id, asText(t, got), err)
			}
		}
		if _, err := s.Customer(ctx, "email:bob@example.com"); client.Code(err) != "not_found" {
			t.Errorf("nobody: %v", err)
		}
		bob := must(s.PutCustomer(ctx, client.Customer{Identities: []client.Identity{{Kind: "email", Value: "bob@example.com"}, {Kind: "shopify", Value: "77"}}}))
		if bob.Status != "created" || len(bob.Taken) != 1 || bob.Taken[0].Value != "77" {
			t.Errorf("one who has an identity of another: %+v", bob)
		}
		page := must(s.Customers(ctx, client.CustomerFilter{Lists: client.Lists{Limit: 1}}))
		if len(page.Data) != 1 || page.Data[0].ID != bob.ID || page.NextCursor == "" {
			t.Errorf("%+v", page)
		}
		page = must(s.Customers(ctx, client.CustomerFilter{Lists: client.Lists{Limit: 1, Cursor: page.NextCursor}}))
		if len(page.Data) != 1 || page.Data[0].ID != w.ID || page.NextCursor != "" {
			t.Errorf("%+v", page)
		}
		for what, f := range map[string]client.CustomerFilter{"reference": {Reference: "ada"}, "identity": {Identity: "shopify:77"}} {
			if found := must(s.Customers(ctx, f)); len(found.Data) != 1 || found.Data[0].ID != w.ID {
				t.Errorf("by %s: %+v", what, found)
			}
		}
		for what, f := range map[string]client.CustomerFilter{"reference": {Reference: "eve"}, "made later": {CreatedFrom: time.Now().Add(time.Hour)},
			"made long ago": {CreatedBefore: placed().AddDate(-30, 0, 0)}, "changed later": {UpdatedSince: time.Now().Add(time.Hour)}} {
			if found := must(s.Customers(ctx, f)); len(found.Data) != 0 {
				t.Errorf("by %s: %+v", what, found)
			}
		}
		wantEntries(t, s, map[string]int{"customer.created": 2, "customer.unchanged": 1})
	})
}

func TestACustomerIsChangedByWhoReadIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ctx := t.Context()
		must(s.PutCustomer(ctx, fullCustomer()))
		have := must(s.Customer(ctx, "ada"))
		change := client.CustomerChange{GivenName: "Augusta", Organisation: yes(true), Attributes: map[string]string{"city": "", "Tea": "yes"},
			Clear: []string{"birthday", "referred"}, Identities: []client.Identity{{Kind: "card", Value: "12-34"}}}
		if w, err := s.ChangeCustomer(ctx, "ada", have.Version, change); err != nil || w.Status != "updated" {
			t.Fatalf("%+v, %v", w, err)
		}
		if _, err := s.ChangeCustomer(ctx, "ada", have.Version, change); client.Code(err) != "version_mismatch" {
			t.Errorf("after somebody else: %v", err)
		}
		got := must(s.Customer(ctx, "card:1234"))
		if got.GivenName != "Augusta" || got.FamilyName != "Lovelace" || got.Birthday != "" || got.Referred != nil || !got.Organisation ||
			asText(t, got.Attributes) != `{"Tea":"yes"}` {
			t.Errorf("%s", asText(t, got))
		}
		next := client.Customer{FullName: "A. L.", Language: "en", Birthday: "--12-10"}
		if w, err := s.ReplaceCustomer(ctx, "ada", got.Version, next); err != nil || w.Status != "updated" {
			t.Fatalf("%+v, %v", w, err)
		}
		replaced := must(s.Customer(ctx, "ada"))
		replaced.Reference, replaced.Identities = "", nil
		if asText(t, known(replaced)) != asText(t, known(next)) {
			t.Errorf("%s, want %s", asText(t, replaced), asText(t, next))
		}
		if len(must(s.Customer(ctx, "card:1234")).Identities) != 5 {
			t.Error("identities went with the profile")
		}
		if w, err := s.ReplaceCustomer(ctx, "ada", 0, next); err != nil || w.Status != "unchanged" {
			t.Errorf("the same again: %+v, %v", w, err)
		}
		if _, err := s.ReplaceCustomer(ctx, "nobody", 0, next); client.Code(err) != "not_found" {
			t.Errorf("nobody: %v", err)
		}
	})
}

func TestTwoCustomersAreOneAndTwoAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ctx := t.Context()
		must(s.PutOrder(ctx, fullOrder("1")))
		must(s.AddConsent(ctx, "ada", client.Consent{Channel: "sms", Purpose: "news", Granted: true, Wording: "?", GivenAt: placed()}))
		bob := must(s.PutCustomer(ctx, client.Customer{Reference: "bob", GivenName: "Bob"}))
		ada := must(s.Customer(ctx, "ada"))
		must(s.AddEvent(ctx, client.Event{Customer: &client.CustomerRef{Visitor: "v"}, Name: "Seen", HappenedAt: placed()}))
		m := must(s.MergeCustomer(ctx, "ada", client.CustomerRef{Reference: "bob"}))
		if m.Status != "updated" || m.ID != bob.ID || m.MergedID != ada.ID {
			t.Errorf("%+v", m)
		}
		if m := must(s.MergeCustomer(ctx, "ada", client.CustomerRef{ID: bob.ID})); m.Status != "unchanged" {
			t.Errorf("merged again: %+v", m)
		}
		if m := must(s.MergeCustomer(ctx, "visitor:v", client.CustomerRef{Reference: "bob"})); m.Status != "updated" || m.MergedID != "" {
			t.Errorf("a visitor: %+v", m)
		}
		got := must(s.Customer(ctx, "ada"))
		if got.ID != bob.ID || got.GivenName != "Bob" || !slices.Equal(got.MergedIDs, []string{ada.ID}) || len(got.Identities) != 3 {
			t.Errorf("%s", asText(t, got))
		}
		if all := must(s.Customers(ctx, client.CustomerFilter{})); len(all.Data) != 1 || len(all.Data[0].Identities) != 3 {
			t.Errorf("%+v", all)
		}
		if of := must(s.Orders(ctx, client.FactFilter{Customer: "bob"})); len(of.Data) != 1 || of.Data[0].Customer.ID != ada.ID {
			t.Errorf("%+v", of)
		}
		if of := must(s.Events(ctx, client.FactFilter{Customer: "bob"})); len(of.Data) != 1 {
			t.Errorf("%+v", of)
		}
		if consents := must(s.Consents(ctx, "bob")); len(consents) != 1 {
			t.Errorf("%+v", consents)
		}
		if m := must(s.UnmergeCustomer(ctx, ada.ID)); m.Status != "updated" || m.MergedID != ada.ID {
			t.Errorf("%+v", m)
		}
		if m := must(s.UnmergeCustomer(ctx, "ada")); m.Status != "unchanged" {
			t.Errorf("unmerged again: %+v", m)
		}
		if got := must(s.Customer(ctx, "ada")); got.ID != ada.ID {
			t.Errorf("%s", asText(t, got))
		}
		if _, err := s.MergeCustomer(ctx, "ada", client.CustomerRef{Visitor: "w"}); client.Code(err) != "not_found" {
			t.Errorf("into nobody: %v", err)
		}
		wantEntries(t, s, map[string]int{"customer.merged": 2, "customer.unmerged": 1})
	})
}

func TestConsentsAreAddedExportedAndErased(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ctx := t.Context()
		must(s.PutCustomer(ctx, fullCustomer()))
		no := client.Consent{Channel: "email", Purpose: "newsletter", GivenAt: later(1), Source: "till", Proof: "10.0.0.7"}
		for _, want := range []string{"created", "unchanged"} {
			if w := must(s.AddConsent(ctx, "ada", no)); w.Status != want {
				t.Errorf("%+v, want %s", w, want)
			}
		}
		other := no
		other.Granted, other.Wording = true, "Yes"
		if _, err := s.AddConsent(ctx, "ada", other); client.Code(err) != "conflict" {
			t.Errorf("another one of the same moment: %v", err)
		}
		if all := must(s.Consents(ctx, "ada")); len(all) != 2 || all[0] != no || !all[1].Granted {
			t.Errorf("%+v", all)
		}
		must(s.PutAnswer(ctx, fullAnswer("1")))
		export := string(must(s.ExportCustomer(ctx, "ada")))
		for _, part := range []string{"ada@example.com", "Lovelace", "10.0.0.7", "Βασίλης", `"customers"`} {
			if !strings.Contains(export, part) {
				t.Errorf("the export lacks %s", part)
			}
		}
		id := must(s.Customer(ctx, "ada")).ID
		if ids := must(s.EraseCustomer(ctx, "email:ada@example.com")); !slices.Equal(ids, []string{id}) {
			t.Errorf("erased %v", ids)
		}
		for what, err := range map[string]error{"read": second(s.Customer(ctx, id)), "erased": second(s.EraseCustomer(ctx, id)),
			"exported": second(s.ExportCustomer(ctx, "ada")), "consents": second(s.Consents(ctx, "ada"))} {
			if client.Code(err) != "not_found" {
				t.Errorf("an erased customer is %s: %v", what, err)
			}
		}
		if all := must(s.Customers(ctx, client.CustomerFilter{})); len(all.Data) != 0 {
			t.Errorf("%+v", all)
		}
		wantEntries(t, s, map[string]int{"customer.exported": 1, "customer.erased": 1, "consent.created": 1})
	})
}

func second[T any](_ T, err error) error { return err }

// Whoever lacks the permission sees only as much as lets a person be told from another, and cannot overwrite the rest.
func TestPersonalDataIsMasked(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ctx := t.Context()
		must(s.PutCustomer(ctx, fullCustomer()))
		said := must(s.PutAnswer(ctx, fullAnswer("1")))
		few := client.New(s.url, s.newKey(account.CustomersRead, account.CustomersWrite, account.FactsRead, account.FactsWrite))
		got := must(few.Customer(ctx, "email:ada@example.com"))
		shown := asText(t, got)
		for _, secret := range []string{"Ada", "Lovelace", "example", "1234567", "1980", "Patission", "K."} {
			if strings.Contains(shown, secret) {
				t.Errorf("%s is shown: %s", secret, shown)
			}
		}
		if !got.Masked || got.GivenName != "A…" || got.Reference != "ada" || got.Language != "el" || len(got.Identities) != 4 {
			t.Errorf("%s", shown)
		}
		if list := asText(t, must(few.Customers(ctx, client.CustomerFilter{}))); strings.Contains(list, "Lovelace") {
			t.Errorf("listed: %s", list)
		}
		answer := must(few.Answer(ctx, said.ID))
		if answer.Comment != "" || !answer.Masked {
			t.Errorf("%+v", answer)
		}
		// What was read is sent back, with a change.
		got.Language = "en"
		if w, err := few.ReplaceCustomer(ctx, got.ID, got.Version, got); err != nil || w.Status != "updated" {
			t.Errorf("%+v, %v", w, err)
		}
		answer.Score = f64(1)
		if w, err := few.ChangeAnswer(ctx, answer.ID, answer.Version, answer); err != nil || w.Status != "updated" {
			t.Errorf("%+v, %v", w, err)
		}
		if w, err := few.ChangeCustomer(ctx, got.ID, 0, client.CustomerChange{GivenName: "A…", Channel: "shop"}); err != nil || w.Status != "updated" {
			t.Errorf("%+v, %v", w, err)
		}
		want := fullCustomer()
		want.Language, want.Channel = "en", "shop"
		if all := must(s.Customer(ctx, "ada")); asText(t, known(all)) != asText(t, known(want)) {
			t.Errorf("%s, want %s", asText(t, known(all)), asText(t, known(want)))
		}
		if all := must(s.Answer(ctx, said.ID)); all.Comment != fullAnswer("1").Comment || *all.Score != 1 {
			t.Errorf("%+v", all)
		}
		for what, err := range map[string]error{"export": second(few.ExportCustomer(ctx, "ada")), "erase": second(few.EraseCustomer(ctx, "ada"))} {
			if client.Code(err) != "not_allowed" {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

// Of several who change the version that all of them read, one does.
func TestOfManyChangesAtOnceOneIsMade(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		ctx := t.Context()
		must(s.PutCustomer(ctx, fullCustomer()))
		have := must(s.Customer(ctx, "ada"))
		bought := must(s.Order(ctx, must(s.PutOrder(ctx, fullOrder("1"))).ID))
		var lock sync.Mutex
		made := map[string]int{}
		var all sync.WaitGroup
		count := func(what, status string, err error) {
			lock.Lock()
			defer lock.Unlock()
			switch {
			case err == nil:
				made[what+" "+status]++
			case client.Code(err) != "version_mismatch":
				t.Errorf("%s: %v", what, err)
			}
		}
		for n := range 8 {
			all.Go(func() {
				w, err := s.ChangeCustomer(ctx, "ada", have.Version, client.CustomerChange{Channel: fmt.Sprint(n)})
				count("customer", w.Status, err)
			})
			all.Go(func() {
				next := bought
				next.Store = fmt.Sprint(n)
				w, err := s.ChangeOrder(ctx, bought.ID, bought.Version, next)
				count("order", w.Status, err)
			})
		}
		all.Wait()
		if made["customer updated"] != 1 || made["order updated"] != 1 {
			t.Errorf("%v", made)
		}
	})
}
