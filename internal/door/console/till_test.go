package console_test

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/listing"
	"regulars/internal/record/order"
	"regulars/internal/record/schema/schematest"
)

// tillProgramme gives a point a euro, a star a coffee, every tenth coffee, a tenth off from a hundred on, and three rewards.
const tillProgramme = `{"name": "Café", "units": [{"unit": "points", "allows_debt": true}, {"unit": "stars"}],
	"rules": [{"rule": "rate", "name": "A point a euro", "effect": {"rate": {"unit": "points", "units": 1, "per_minor": 100}}},
		{"rule": "star", "name": "A star a coffee", "lines": "line.category == 'coffee'", "effect": {"each": {"unit": "stars", "units": 1}}},
		{"rule": "card", "name": "Every tenth coffee is free", "lines": "line.category == 'coffee'", "effect": {"card": {"every": 10}}},
		{"rule": "tenth", "name": "A tenth off", "if": "order.amount >= 100.0", "effect": {"discount": {"percent": 10}}}],
	"tiers": {"by": "spend", "window": "lifetime", "levels": [{"tier": "bronze", "name": "Bronze", "from": 0}]},
	"rewards": [{"reward": "coffee", "name": "A coffee on us", "kind": "product", "terms": {"product": "espresso"}, "unit": "points", "price": 20},
		{"reward": "gala", "name": "A place at the gala", "kind": "event", "terms": {"begins_at": "2030-01-01T20:00:00Z"}, "unit": "points", "price": 5, "codes": {"kind": "unique"}},
		{"reward": "bike", "name": "A bicycle", "kind": "gift", "unit": "points", "price": 9000}],
	"translations": {"el": {"A point a euro": "Ένας πόντος το ευρώ", "Every tenth coffee is free": "Κάθε δέκατος καφές δωρεάν", "A tenth off": "Ένα δέκατο έκπτωση <b>", "Bronze": "Χάλκινο",
		"A coffee on us": "Ένας καφές από εμάς <b>", "A place at the gala": "Μια θέση στο γκαλά"}}}`

// counter is a business with a till and a customer who has 40 points; at is where the till shows the customer.
func (s *shop) counter(t *testing.T) (at string) {
	t.Helper()
	facts, err := (&intake.Current{DB: s.d}).Intake(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, func(tx *db.Tx) error {
		v, err := programme.Write(tx, []byte(tillProgramme), "", "usr_1", facts.Business.Zone)
		if err == nil {
			_, err = facts.Programme().Book.Publish(tx, v.Version, "usr_1", facts.Business.Zone)
		}
		return err
	})
	s.write(t, func(tx *db.Tx) error {
		_, err := facts.Customer(tx, intake.Customer{Identities: []customer.Identity{{Kind: customer.OwnID, Value: "C-1"}, {Kind: customer.Phone, Value: "+30 210 123 4567"}, {Kind: customer.Card, Value: "4000 1"}},
			Profile: customer.Profile{FullName: "Anna Papadopoulou"}})
		if err != nil {
			return err
		}
		out, err := facts.Order(tx, intake.Order{Customer: customer.Identity{Kind: customer.OwnID, Value: "C-1"}, Order: order.Order{Source: "web", Reference: "1", Placed: facts.At(tx.Now), Store: "Old town",
			Summed: true, Lines: []order.Line{{Product: "espresso", ProductName: "Espresso", Category: "coffee", Quantity: 1, AmountMinor: 4000}}}})
		if err == nil {
			err = out.Err
		}
		at = "/till/" + fact.PublicID(fact.CustomerPrefix, out.Customer)
		return err
	})
	return at
}

var tillKey = regexp.MustCompile(`id="till-sale" novalidate><input type="hidden" name="key" value="([^"]+)"`)

func keyAt(t *testing.T, p shown) string {
	t.Helper()
	m := tillKey.FindStringSubmatch(p.text)
	if m == nil {
		t.Fatalf("there is no form of a sale:\n%s", p.text)
	}
	return m[1]
}

// owns is what a customer has of a unit.
func (s *shop) owns(t *testing.T, at, unit string) (units int64) {
	t.Helper()
	s.write(t, func(tx *db.Tx) error {
		b, err := points.BalanceOf(tx, number(t, "/customers/"+strings.TrimPrefix(at, "/till/")), unit, tx.Now)
		units = b.Available
		return err
	})
	return units
}

func (s *shop) soldTo(t *testing.T, at string) []order.Stored {
	t.Helper()
	return s.orders(t, "/customers/"+strings.TrimPrefix(at, "/till/"))
}

// The cashier reads names in their language where the business said them, and as they are where it did not.
func TestNamesAtTheTillAreInTheLanguageOfTheCashier(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		cashier := s.signedIn(t, owner, account.Cashier)
		cashier.post("/account/language", "language", "el")
		mine := func(what string, page shown, names ...string) {
			t.Helper()
			for _, name := range names {
				if !strings.Contains(html.UnescapeString(page.text), name) || strings.Contains(name, "<b>") && strings.Contains(page.text, name) {
					t.Errorf("%s: %q is not there, or taken for a page: %s", what, name, page.text)
				}
			}
			for _, name := range []string{"A point a euro", "Every tenth coffee", "A tenth off", "Bronze", "A coffee on us", "A place at the gala"} {
				if strings.Contains(page.text, name) {
					t.Errorf("%s: %q is as it is written: %s", what, name, page.text)
				}
			}
		}
		page := cashier.get(at)
		mine("the customer", page, "Χάλκινο", "Ένας καφές από εμάς <b>", "Μια θέση στο γκαλά", "Κάθε δέκατος καφές δωρεάν", "A bicycle")
		key := keyAt(t, page)
		mine("the quote", cashier.post(at+"/quote", "key", key, "product1", "coffee", "amount1", "120"), "Ένας πόντος το ευρώ", "Ένα δέκατο έκπτωση <b>", "Κάθε δέκατος καφές δωρεάν")
		mine("a quote with a reward", cashier.post(at+"/quote", "key", key, "product1", "espresso", "amount1", "4", "with", "coffee"), "Ένας καφές από εμάς <b>")
		sold := cashier.post(at+"/sale", "key", key, "product1", "espresso", "amount1", "4", "with", "coffee", "discount", "0", "off", "400")
		mine("the sale", sold, "Ένας καφές από εμάς <b>")
		if sold.path != at {
			t.Errorf("it was not sold: %s", sold.text)
		}
		took := cashier.post(at+"/redeem", "key", strings.Repeat("D", 26), "reward", "gala")
		mine("what was taken", took, "Μια θέση στο γκαλά")
		var code string
		s.write(t, func(tx *db.Tx) error {
			all, err := reward.Of(tx, []int64{number(t, "/customers/"+strings.TrimPrefix(at, "/till/"))}, 0, 10)
			for i := range all {
				if all[i].Promise.Reward == "gala" {
					code = fact.PublicID(reward.Prefix, all[i].ID, all[i].Customer)
				}
			}
			return err
		})
		mine("what was given up", cashier.post(at+"/refund", "taken", code, "key", strings.Repeat("E", 26)), "Μια θέση στο γκαλά")
		if page := owner.get(at); !strings.Contains(page.text, "A coffee on us") || strings.Contains(page.text, "Χάλκινο") {
			t.Error("who reads English reads Greek names")
		}
	})
}

func TestACustomerIsFoundAtTheTill(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		cashier := s.signedIn(t, owner, account.Cashier)
		cashier.get("/till").wants(t, http.StatusOK, "/till", "Who is buying", `id="q"`, "autofocus")
		for _, typed := range []string{"%2B302101234567", "%2B30+210+123-4567", "4000-1", "C-1", "anna+pap", strings.TrimPrefix(at, "/till/")} {
			page := cashier.get("/till?q="+typed).wants(t, http.StatusOK, at, "Anna P.", "··· 4567", "Bronze", "40", "A coffee on us", "9,000 points", "8,960 points short")
			for _, secret := range []string{"Papadopoulou", "123", "/customers/cus_"} {
				if strings.Contains(page.text, secret) {
					t.Errorf("a cashier who looks for %s is shown %s", typed, secret)
				}
			}
		}
		owner.get("/till?q=C-1").wants(t, http.StatusOK, at, "Anna Papadopoulou", "/customers/cus_")
		cashier.get("/till?q=an").wants(t, http.StatusNotFound, "/till", "Nobody is known by that", `value="an"`)
		cashier.get("/till?q=nobody").wants(t, http.StatusNotFound, "/till")
		cashier.get("/till/cus_8000000000001").wants(t, http.StatusNotFound, "/till/cus_8000000000001", "There is no such customer.")
		cashier.get("/till/x").wants(t, http.StatusNotFound, "/till/x")
		owner.typedIn(t, "full_name", "王芳", "reference", "W-1")
		cashier.get("/till?q="+url.QueryEscape("王芳")).wants(t, http.StatusOK, owner.get("/till?q=W-1").path, "王芳")
		cashier.get("/till?q="+url.QueryEscape("王")).wants(t, http.StatusNotFound, "/till")
		// Two of one name are told apart by the end of the number.
		owner.typedIn(t, "full_name", "Anna Pappa", "phone", "+30 210 765 4321")
		page := cashier.get("/till?q=Anna").wants(t, http.StatusOK, "/till", "Which of them?", "··· 4567", "··· 4321")
		if strings.Contains(page.text, "Pappa") {
			t.Errorf("a whole name: %s", page.text)
		}
		// Who was erased is nobody, and tries without end are not let in.
		last := shown{}
		for i := range 40 {
			if last = cashier.get(fmt.Sprintf("/till?q=ZZZZ-%d", i)); last.status == http.StatusTooManyRequests {
				break
			}
		}
		last.wants(t, http.StatusTooManyRequests, "/till", "Too many tries")
		owner.get("/till?q=C-1").wants(t, http.StatusOK, at)
	})
}

func TestASaleAtTheTill(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		cashier := s.signedIn(t, owner, account.Cashier)
		key := keyAt(t, cashier.get(at))
		form := []string{"key", key, "amount", "12,50", "product1", "", "quantity1", "", "amount1", "", "product2", "", "amount2", "", "store", "Old town"}
		for _, c := range []struct {
			says   string
			change []string
		}{
			{"This is no number.", []string{"amount", "much"}}, {"Write zero, or a number above it.", []string{"amount", "-1"}}, {"Write a number above zero.", []string{"amount", "0,00"}}, {"Look whether a code got into the field", []string{"amount", "5201234567890"}}, {"This is no number.", []string{"amount", "1e300"}},
			{"do not add up", []string{"product1", "Espresso", "amount1", "3"}}, {"Write a number above zero.", []string{"product1", "Espresso", "quantity1", "0"}},
			{"This is too long.", []string{"store", strings.Repeat("x", 400)}}, {"grown old", []string{"key", "short"}},
		} {
			for _, to := range []string{"/quote", "/sale"} {
				cashier.post(at+to, with(form, c.change...)...).wants(t, http.StatusUnprocessableEntity, at+to, c.says, "Anna P.")
			}
		}
		quote := cashier.post(at+"/quote", form...).wants(t, http.StatusOK, at+"/quote", "A point a euro: +12 points", "To pay:", "€12.50", `value="12,50"`, `value="`+key+`"`)
		if strings.Contains(quote.text, "The programme takes off") {
			t.Errorf("something is taken off: %s", quote.text)
		}
		if n := len(s.soldTo(t, at)); n != 1 {
			t.Fatalf("a quote made %d sales", n)
		}
		for range 2 { // pressed twice it is once
			cashier.post(at+"/sale", form...).wants(t, http.StatusOK, at, "A sale of €12.50 is recorded", "A point a euro: +12 points", `selected>Old town`)
		}
		all := s.soldTo(t, at)
		if len(all) != 2 || s.owns(t, at, "points") != 52 {
			t.Fatalf("%d sales, %d points", len(all), s.owns(t, at, "points"))
		}
		for i := range all {
			if o := &all[i]; o.Source == "console" && (o.AmountMinor != 1250 || o.Store != "Old town" || o.Reference != key[:16]) {
				t.Errorf("%+v", o)
			}
		}
		again := cashier.post(at+"/sale", with(form, "amount", "3")...).wants(t, http.StatusConflict, at+"/sale", "recorded from this form already", `value="3"`)
		if keyAt(t, again) == key {
			t.Error("the key is the old one")
		}
		// Products are counted by what the catalogue says of them; left empty, the amount is their sum.
		lines := with(form, "key", keyAt(t, cashier.get(at)), "amount", "", "product1", "ESPRESSO", "quantity1", "2", "amount1", "5", "product2", "Cake", "amount2", "4.20")
		cashier.post(at+"/quote", lines...).wants(t, http.StatusOK, at+"/quote", "A star a coffee: +2 stars", "€9.20")
		cashier.post(at+"/sale", lines...).wants(t, http.StatusOK, at, "€9.20", "A star a coffee: +2 stars", "Espresso, Cake")
		if n := s.owns(t, at, "stars"); n != 3 {
			t.Errorf("%d stars", n)
		}
		owner.get("/trail?action=order.").wants(t, http.StatusOK, "/trail", "order.created", "order.unchanged")
	})
}

func TestWhatTheProgrammeTakesOffIsShownBeforeTheSale(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		key := keyAt(t, owner.get(at))
		form := []string{"key", key, "amount", "", "product1", "espresso", "amount1", "100.01", "product2", "cake", "amount2", "20"}
		shown := owner.post(at+"/sale", form...).wants(t, http.StatusConflict, at+"/sale", "Tell the customer what is to pay", "The programme takes off €12.00.", "€108.01", "A tenth off", "A point a euro: +108 points")
		if n := len(s.soldTo(t, at)); n != 1 || keyAt(t, shown) != key {
			t.Fatalf("%d sales", n)
		}
		form = append(form, "discount", "1200")
		owner.post(at+"/sale", with(form, "discount", "x")...).wants(t, http.StatusUnprocessableEntity, at+"/sale")
		owner.post(at+"/sale", with(form, "discount", "1300")...).wants(t, http.StatusConflict, at+"/sale", "€12.00")
		for range 2 {
			owner.post(at+"/sale", form...).wants(t, http.StatusOK, at, "A sale of €108.01 is recorded", "+108 points")
		}
		for _, o := range s.soldTo(t, at) {
			if o.Source == "console" && (o.AmountMinor != 10801 || o.DiscountMinor != 1200 || o.Lines[0].AmountMinor+o.Lines[1].AmountMinor != 10801 || o.Lines[1].AmountMinor != 1800) {
				t.Errorf("%+v", o)
			}
		}
		if n := s.owns(t, at, "points"); n != 148 {
			t.Errorf("%d points", n)
		}
	})
}

func TestManyPressesAreOneSale(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		key := keyAt(t, owner.get(at))
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				if p := owner.post(at+"/sale", "key", key, "amount", "10"); p.status != http.StatusOK || !strings.Contains(p.text, "is recorded") {
					t.Errorf("%d: %s", p.status, p.text)
				}
			})
			all.Go(func() { owner.post(at+"/redeem", "key", key, "reward", "coffee") })
		}
		all.Wait()
		if n := len(s.soldTo(t, at)); n != 2 || s.owns(t, at, "points") != 30 {
			t.Errorf("%d sales, %d points", n, s.owns(t, at, "points"))
		}
	})
}

func TestRewardsAtTheTill(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		cashier := s.signedIn(t, owner, account.Cashier)
		key := keyAt(t, cashier.get(at))
		for range 2 {
			cashier.post(at+"/redeem", "key", key, "reward", "coffee").wants(t, http.StatusOK, at, "Hand over now: A coffee on us")
		}
		if n := s.owns(t, at, "points"); n != 20 {
			t.Fatalf("%d points are left", n)
		}
		cashier.post(at+"/redeem", "key", key, "reward", "gala").wants(t, http.StatusConflict, at+"/redeem", "used for something else already")
		cashier.post(at+"/redeem", "key", strings.Repeat("B", 26), "reward", "bike").wants(t, http.StatusConflict, at+"/redeem", "The customer has not that many.")
		cashier.post(at+"/redeem", "key", strings.Repeat("C", 26), "reward", "nothing").wants(t, http.StatusNotFound, at+"/redeem", "There is no such reward.")
		// What is for another time stays with the customer, and is found by its code.
		page := cashier.post(at+"/redeem", "key", strings.Repeat("D", 26), "reward", "gala").wants(t, http.StatusOK, at, "Redeemed: A place at the gala", "It is for another time", "Taken before")
		code := found(t, page)
		cashier.get("/till?q="+strings.ToLower(code)).wants(t, http.StatusOK, at, code)
		taken := regexp.MustCompile(`name="taken" value="(rdm_[^"]+)"`).FindStringSubmatch(page.text)[1]
		cashier.post(at+"/refund", "key", "1", "taken", taken).wants(t, http.StatusOK, at, "Given back: A place at the gala")
		cashier.post(at+"/use", "key", "2", "taken", taken).wants(t, http.StatusConflict, at+"/use", "handed over or given back already")
		page = cashier.post(at+"/redeem", "key", strings.Repeat("E", 26), "reward", "gala").wants(t, http.StatusOK, at)
		taken = regexp.MustCompile(`name="taken" value="(rdm_[^"]+)"`).FindStringSubmatch(page.text)[1]
		for range 2 {
			cashier.post(at+"/use", "key", "3", "taken", taken).wants(t, http.StatusOK, at, "Hand over now: A place at the gala")
		}
		cashier.post(at+"/use", "key", "4", "taken", "rdm_x").wants(t, http.StatusNotFound, at+"/use", "no such reward")
		other := strings.Replace(owner.typedIn(t, "full_name", "Eve", "reference", "E-1"), "/customers/", "/till/", 1)
		cashier.post(other+"/use", "key", "5", "taken", taken).wants(t, http.StatusNotFound, other+"/use", "no such reward")
		for action, want := range map[string]int{"redemption.issued": 3, "redemption.used": 2, "redemption.refunded": 1} {
			s.write(t, func(tx *db.Tx) error {
				all, err := account.Entries(tx, account.EntryFilter{Action: action})
				if len(all) != want {
					t.Errorf("%d entries of %s, want %d", len(all), action, want)
				}
				return err
			})
		}
		s.write(t, func(tx *db.Tx) error {
			all, err := reward.Of(tx, []int64{number(t, "/customers/"+strings.TrimPrefix(at, "/till/"))}, 0, 10)
			if len(all) != 3 {
				t.Errorf("%d redemptions", len(all))
			}
			return err
		})
	})
}

func TestUnitsAreSpentAtTheTill(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		key := keyAt(t, owner.get(at))
		form := []string{"key", key, "units", "15", "unit", "points", "reason", "a bag"}
		for says, change := range map[string][]string{"Write a number from 1 to 1,000,000,000.": {"units", "-3"}, "This must not be empty.": {"reason", " "}, "has not that many": {"units", "41"}, "no such unit": {"unit", "gold"}} {
			sent := with(form, change...)
			owner.post(at+"/units", sent...).wants(t, owner.post(at+"/units", sent...).status, at+"/units", says, `value="`+sent[3]+`"`, `value="`+sent[7]+`"`)
		}
		for range 2 {
			owner.post(at+"/units", form...).wants(t, http.StatusOK, at)
		}
		if n := s.owns(t, at, "points"); n != 25 {
			t.Errorf("%d points are left", n)
		}
		owner.post(at+"/units", with(form, "key", strings.Repeat("F", 26), "units", "5")...).wants(t, http.StatusOK, at, "Taken: 5 points")
	})
}

func TestASaleComesBackAtTheTill(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		cashier := s.signedIn(t, owner, account.Cashier)
		page := cashier.get(at).wants(t, http.StatusOK, at, "Last sales", "€40.00", "Espresso")
		sale := regexp.MustCompile(`name="order" value="(ord_[^"]+)"`).FindStringSubmatch(page.text)[1]
		form := []string{"key", keyAt(t, page), "order", sale, "given", "10", "why", "cold"}
		cashier.post(at+"/return", with(form, "given", "41")...).wants(t, http.StatusUnprocessableEntity, at+"/return", "€40.00 of that sale is left, and no more can come back", `value="41"`, `value="cold"`, `id="given-`+sale+`-error"`, `<a href="#given-`+sale+`">`)
		cashier.post(at+"/return", with(form, "given", "x")...).wants(t, http.StatusUnprocessableEntity, at+"/return", "no number")
		cashier.post(at+"/return", with(form, "order", "ord_x")...).wants(t, http.StatusNotFound, at+"/return", "no such sale")
		for range 2 {
			cashier.post(at+"/return", form...).wants(t, http.StatusOK, at, "€10.00 is given back", "€10.00 came back", "€30.00")
		}
		if n := s.owns(t, at, "points"); n != 30 {
			t.Errorf("%d points are left", n)
		}
		cashier.post(at+"/return", with(form, "given", "11")...).wants(t, http.StatusConflict, at+"/return", "from this form already")
		rest := with(form, "key", strings.Repeat("G", 26), "given", "")
		for range 2 {
			cashier.post(at+"/return", rest...).wants(t, http.StatusOK, at, "€30.00 is given back", "€40.00 came back")
		}
		if n := s.owns(t, at, "points"); n != 0 {
			t.Errorf("%d points are left", n)
		}
		cashier.post(at+"/return", with(rest, "key", strings.Repeat("H", 26))...).wants(t, http.StatusUnprocessableEntity, at+"/return", "Nothing of that sale is left to be given back.")
		// A whole sale comes back by its lines, and with them what they had counted.
		cashier.post(at+"/sale", "key", strings.Repeat("I", 26), "product1", "Espresso", "quantity1", "3", "amount1", "9").wants(t, http.StatusOK, at, "+3 stars")
		page = cashier.get(at)
		sale = regexp.MustCompile(`name="order" value="(ord_[^"]+)"`).FindStringSubmatch(page.text)[1]
		cashier.post(at+"/return", "key", strings.Repeat("J", 26), "order", sale).wants(t, http.StatusOK, at, "€9.00 is given back")
		if n := s.owns(t, at, "stars"); n != 0 {
			t.Errorf("%d stars are left", n)
		}
		s.write(t, func(tx *db.Tx) error {
			all, err := order.ListReturns(tx, listing.Filter{Customers: []int64{number(t, "/customers/"+strings.TrimPrefix(at, "/till/"))}}, listing.Place{}, 10)
			if len(all) != 3 || len(all[0].Lines) != 1 || all[0].Lines[0].Quantity != 3 || all[2].Reason != "cold" {
				t.Errorf("%+v", all)
			}
			return err
		})
		other := strings.Replace(owner.typedIn(t, "full_name", "Eve", "reference", "E-1"), "/customers/", "/till/", 1)
		cashier.post(other+"/return", "key", strings.Repeat("K", 26), "order", sale).wants(t, http.StatusNotFound, other+"/return", "no such sale")
	})
}

func TestWhoMayStandAtTheTill(t *testing.T) {
	t.Parallel()
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	owner := s.owner(t)
	at := s.counter(t)
	s.reader(t).get("/till").wants(t, http.StatusOK, "/sign-in")
	s.reader(t).post(at+"/sale", "key", strings.Repeat("L", 26), "amount", "1").wants(t, http.StatusOK, "/sign-in")
	for _, role := range account.Roles() {
		by := account.As(account.Person, "x", "x", role.Permissions()...)
		who := s.signedIn(t, owner, role)
		key := strings.ToUpper(string(role)) + strings.Repeat("X", 26)
		for path, need := range map[string]account.Permission{
			"/quote": account.SalesWrite, "/sale": account.SalesWrite, "/return": account.SalesWrite, "/redeem": account.PointsSpend, "/units": account.PointsSpend,
			"/use": account.PointsSpend, "/refund": account.PointsSpend,
		} {
			p := who.post(at+path, "key", key, "amount", "1", "reward", "none", "units", "0", "order", "none", "taken", "none")
			if may := by.May(need) && by.May(account.SalesWrite); (p.status != http.StatusForbidden) != may {
				t.Errorf("%s: %s answers %d", role, path, p.status)
			}
		}
		if p := who.get(at); (p.status == http.StatusOK) != by.May(account.SalesWrite) {
			t.Errorf("%s: %d", role, p.status)
		} else if p.status == http.StatusOK && strings.Contains(p.text, "Papadopoulou") != by.May(account.PersonalRead) {
			t.Errorf("%s is shown the wrong name", role)
		}
	}
	if policy := owner.get("/till").header.Get("Permissions-Policy"); !strings.Contains(policy, "camera=(self)") {
		t.Errorf("the camera: %q", policy)
	}
	if policy := owner.get("/customers").header.Get("Permissions-Policy"); strings.Contains(policy, "camera=(self)") {
		t.Errorf("the camera elsewhere: %q", policy)
	}
}

// TestNoFormOfTheTillStumbles types what something behind a form could stumble over.
func TestNoFormOfTheTillStumbles(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		me := owner.me(t)
		for i, text := range hostile {
			key := fmt.Sprintf("%016d", i)
			for path, form := range map[string][]string{
				at + "/quote": {"amount", "1", "product1", text}, at + "/sale": {"amount", text, "store", text, "discount", text}, at + "/return": {"order", text, "given", text, "why", text},
				at + "/redeem": {"reward", text}, at + "/use": {"taken", text}, at + "/refund": {"taken", text}, at + "/units": {"units", "1", "unit", text, "reason", text},
				"/till/waiting": {"whose", me, "who", text, "customer", text, "amount", "1", "store", text, "entered", "1", "sent", "1"},
			} {
				for _, key := range []string{key, text} {
					if p := owner.post(path, append(form, "key", key)...); p.status >= 500 || strings.Contains(p.text, "<script>") {
						t.Errorf("%s with %.20q: %d %.300s", path, text, p.status, p.text)
					}
				}
			}
			for _, path := range []string{"/till?q=", at + "?sold=", at + "?back=", at + "?took="} {
				if p := owner.get(path + url.QueryEscape(text)); p.status >= 500 && p.status != http.StatusServiceUnavailable {
					t.Errorf("%s with %.20q: %d", path, text, p.status)
				}
			}
		}
	})
}

// TestTheBranchIsRemembered whatever it is called.
func TestTheBranchIsRemembered(t *testing.T) {
	t.Parallel()
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	owner := s.owner(t)
	at := s.counter(t)
	for i, store := range []string{"Παλιά πόλη; \"A\"", "Старый город", "", "Old town"} {
		owner.post(at+"/sale", "key", fmt.Sprintf("%016d", i), "amount", "1", "store", store).wants(t, http.StatusOK, at, "is recorded")
		for _, page := range []string{at, "/till/offline"} {
			want := "selected>" + store
			if store == "" {
				want = "selected>not said"
			}
			owner.get(page).wants(t, http.StatusOK, page, want)
		}
	}
}

// TestACategoryIsEnteredInTheSpellingOfTheRules, whoever types it how.
func TestACategoryIsEnteredInTheSpellingOfTheRules(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		facts, err := (&intake.Current{DB: s.d}).Intake(context.WithoutCancel(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		s.write(t, func(tx *db.Tx) error {
			v, err := programme.Write(tx, []byte(`{"name": "Stamps", "units": [{"unit": "stars"}], "rules": [
				{"rule": "star", "name": "A star a coffee", "lines": "line.category in ['Coffee', 'Hot drinks']", "effect": {"each": {"unit": "stars", "units": 1}}},
				{"rule": "pie", "name": "A star a pie", "if": "'Pie' in order.categories && order.amount > 0.0", "effect": {"fixed": {"unit": "stars", "units": 10}}}],
				"challenges": [{"challenge": "tea", "name": "Five teas", "count": "pieces", "target": 5, "from": "2020-01-01", "lines": "line.category == 'Tea \"late\"'", "gives": {"unit": "stars", "units": 1}}]}`), "", "usr_1", facts.Business.Zone)
			if err == nil {
				_, err = facts.Programme().Book.Publish(tx, v.Version, "usr_1", facts.Business.Zone)
			}
			return err
		})
		// The catalogue has coffee, in small letters; what both have is offered once, as the rules spell it.
		page := owner.get(at)
		list := regexp.MustCompile(`(?s)<datalist id="till-products">(.*?)</datalist>`).FindStringSubmatch(page.text)
		if list == nil {
			t.Fatalf("nothing is offered: %s", page.text)
		}
		for _, name := range []string{"Espresso", "Coffee", "Hot drinks", "Pie", `Tea "late"`} {
			if n := strings.Count(list[1], `value="`+html.EscapeString(name)+`"`); n != 1 {
				t.Errorf("%s is offered %d times in %s", name, n, list[1])
			}
		}
		if strings.Contains(list[1], `"coffee"`) {
			t.Errorf("two spellings: %s", list[1])
		}
		for i, c := range []struct {
			typed string
			stars int64
		}{{"coffee", 1}, {" COFFEE  ", 1}, {"Coffee", 1}, {"hot DRINKS", 1}, {"espresso", 1}, {"pie", 10}, {"lemonade", 0}, {"Lemonade", 0}} {
			before := s.owns(t, at, "stars")
			form := []string{"key", fmt.Sprintf("%016d", i), "product1", c.typed, "amount1", "2"}
			if quote := owner.post(at+"/quote", form...).wants(t, http.StatusOK, at+"/quote", "€2.00"); c.stars > 0 {
				quote.wants(t, http.StatusOK, at+"/quote", fmt.Sprintf(": +%d star", c.stars))
			}
			for range 2 {
				owner.post(at+"/sale", form...).wants(t, http.StatusOK, at, "A sale of €2.00 is recorded")
			}
			if n := s.owns(t, at, "stars") - before; n != c.stars {
				t.Errorf("%q gave %d stars, want %d", c.typed, n, c.stars)
			}
		}
		owner.get(at).wants(t, http.StatusOK, at, "lemonade")
		kinds := map[string]int{}
		for _, o := range s.soldTo(t, at) {
			for i := range o.Lines {
				kinds[o.Lines[i].Category]++
			}
		}
		if fmt.Sprint(kinds) != fmt.Sprint(map[string]int{"": 2, "Coffee": 4, "Hot drinks": 1, "Pie": 1, "coffee": 1}) { // that of before keeps its own
			t.Errorf("%v", kinds)
		}
	})
}
