package console_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/programme"
	"regulars/internal/act/reward"
	"regulars/internal/base/db"
	"regulars/internal/record/order"
)

// consists is what a sale of the till consists of.
func (s *shop) consists(t *testing.T, at string) (lines []string, o *order.Stored) {
	t.Helper()
	for _, sold := range s.soldTo(t, at) {
		if sold.Source == "console" {
			o = &sold
		}
	}
	if o == nil {
		t.Fatal("nothing was sold")
	}
	for i := range o.Lines {
		l := &o.Lines[i]
		lines = append(lines, fmt.Sprintf("%g %s %d", l.Quantity, l.Product, l.AmountMinor))
	}
	return lines, o
}

func TestAFreeProductIsTakenInTheSale(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		page := owner.get(at).wants(t, http.StatusOK, at, `name="take" value="coffee"`, "Redeem without a sale<span class=\"unseen\">: A coffee on us")
		form := []string{"key", keyAt(t, page), "product1", "Espresso", "quantity1", "3", "amount1", "9", "product2", "cake", "amount2", "5", "with", "coffee"}
		// The reward first: the lines are open for what it is for.
		owner.post(at+"/quote", "key", form[1], "take", "coffee").wants(t, http.StatusOK, at+"/quote", `<option value="coffee" selected>`, `<details class="other" open><summary>`)
		// Of what is not among the lines it is handed over apart.
		owner.post(at+"/quote", "key", form[1], "amount", "14", "with", "coffee").wants(t, http.StatusConflict, at+"/quote", "No line of this sale is “espresso”. Enter it as a line, or hand the reward over without a sale.", `<details class="other" open><summary>`)
		owner.post(at+"/sale", "key", form[1], "product1", "cake", "amount1", "5", "with", "coffee", "off", "300").wants(t, http.StatusConflict, at+"/sale", "No line of this sale is “espresso”")
		if s.took(t, at); len(s.soldTo(t, at)) != 1 {
			t.Fatal("what was refused was sold")
		}
		quote := []string{"Full price: €14.00", "A coffee on us takes off €3.00.", "€11.00", "A point a euro: +11 points"}
		owner.post(at+"/quote", form...).wants(t, http.StatusOK, at+"/quote", quote...)
		owner.post(at+"/sale", form...).wants(t, http.StatusConflict, at+"/sale", append(quote, "Tell the customer what is to pay")...)
		form = append(form, "discount", "0", "off", "300")
		for range 2 {
			owner.post(at+"/sale", form...).wants(t, http.StatusOK, at, "A sale of €11.00 is recorded", "€3.00 was taken off", "Used for it: A coffee on us")
		}
		lines, o := s.consists(t, at)
		if fmt.Sprint(lines) != "[2 espresso 600 1 cake 500 1 espresso 0]" || o.DiscountMinor != 300 || o.AmountMinor != 1100 {
			t.Errorf("%q, %d paid and %d off", lines, o.AmountMinor, o.DiscountMinor)
		}
		if s.took(t, at, "coffee used"); s.owns(t, at, "points") != 40-20+11 {
			t.Errorf("%d points", s.owns(t, at, "points"))
		}
		sale := regexp.MustCompile(`name="order" value="(ord_[^"]+)"`).FindStringSubmatch(owner.get(at).text)[1]
		owner.post(at+"/return", "key", typedKey("R"), "order", sale, "given", "5").wants(t, http.StatusOK, at, "€5.00 is given back")
		s.took(t, at, "coffee used")
		owner.post(at+"/return", "key", typedKey("S"), "order", sale).wants(t, http.StatusOK, at, "€6.00 is given back", "is the customer’s again: A coffee on us")
		if s.took(t, at, "coffee refunded"); s.owns(t, at, "points") != 40 {
			t.Errorf("%d points", s.owns(t, at, "points"))
		}
	})
}

// TestAFreeProductAlone: a sale of nothing else costs nothing, comes back whole, and may have waited for the network.
func TestAFreeProductAlone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		var r reward.Redemption
		desk := s.desk(t)
		s.write(t, func(tx *db.Tx) (err error) {
			r, err = desk.Redeem(tx, reward.Wish{Customer: number(t, "/customers/"+strings.TrimPrefix(at, "/till/")), Reward: "coffee", Key: "phone", Actor: "member"})
			return err
		})
		page := owner.get(at).wants(t, http.StatusOK, at, "Hand over without a sale")
		taken := regexp.MustCompile(`name="take" value="(rdm_[^"]+)"`).FindStringSubmatch(page.text)[1]
		now := time.Now()
		waited := []string{"key", typedKey("A"), "whose", owner.me(t), "customer", strings.TrimPrefix(at, "/till/"), "amount", "", "product1", "espresso", "amount1", "3", "with", taken, "discount", "0", "off", "300",
			"entered", fmt.Sprint(now.Add(-time.Hour).UnixMilli()), "sent", fmt.Sprint(now.UnixMilli())}
		// Without the line, or with more than it costs taken off, it is refused for the reward, and can be sent without it.
		for _, wrong := range [][]string{with(waited, "product1", "cake"), append(with(waited, "off", "299", "amount1", "2"), "product2", "cake", "amount2", "5")} {
			if w := owner.sends(t, http.StatusConflict, wrong...); w.State != "refused" || !strings.Contains(w.Advice, "without the reward") {
				t.Errorf("%+v", w)
			}
		}
		for _, state := range []string{"sent", "again"} {
			if w := owner.sends(t, http.StatusOK, waited...); w.State != state {
				t.Errorf("%+v", w)
			}
		}
		if lines, o := s.consists(t, at); fmt.Sprint(lines) != "[1 espresso 0]" || o.AmountMinor != 0 || o.DiscountMinor != 300 {
			t.Errorf("%q, %d paid and %d off", lines, o.AmountMinor, o.DiscountMinor)
		}
		s.took(t, at, "coffee used")
		sale := regexp.MustCompile(`name="order" value="(ord_[^"]+)"`).FindStringSubmatch(owner.get(at).text)[1]
		owner.post(at+"/return", "key", typedKey("S"), "order", sale).wants(t, http.StatusOK, at, "is the customer’s again: A coffee on us")
		if s.took(t, at, "coffee refunded"); s.owns(t, at, "points") != 40 || r.Units != 20 {
			t.Errorf("%d points", s.owns(t, at, "points"))
		}
	})
}

// A reward of several pieces is not spent for fewer; of a category the cheapest are free.
func TestFreePiecesOfACategory(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		s.write(t, func(tx *db.Tx) error {
			_, err := reward.Save(tx, reward.Reward{Reward: "two", Name: "Two coffees", Kind: reward.Product, Terms: []byte(`{"product": "Coffee", "quantity": 2}`)}, nil, 0)
			return err
		})
		key := keyAt(t, owner.get(at))
		owner.post(at+"/quote", "key", key, "product1", "coffee", "amount1", "4", "with", "two").wants(t, http.StatusConflict, at+"/quote", "This reward is for 2 × Coffee, and this sale has fewer.")
		form := []string{"key", key, "product1", "coffee", "amount1", "4", "product2", " COFFEE", "quantity2", "2", "amount2", "5", "with", "two", "discount", "0", "off", "500"}
		owner.post(at+"/sale", form...).wants(t, http.StatusOK, at, "A sale of €4.00 is recorded")
		if lines, _ := s.consists(t, at); fmt.Sprint(lines) != "[1  400 2  0]" {
			t.Errorf("%q", lines)
		}
	})
}

// TestAFreePieceIsOffItsOwnLine: the sale says what the piece was worth, and what is paid beside it earns in full.
func TestAFreePieceIsOffItsOwnLine(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		sells := func(form ...string) (r shown) {
			t.Helper()
			page := owner.get(at)
			form = append([]string{"key", keyAt(t, page)}, form...)
			for range 2 { // sent twice it is one sale
				r = owner.post(at+"/sale", form...).wants(t, http.StatusOK, at)
			}
			return r
		}
		sells("product1", "coffee", "quantity1", "8", "amount1", "24") // and one before
		owner.post(at+"/quote", "key", typedKey("Q"), "product1", "cake", "amount1", "5", "product2", "coffee", "quantity2", "2", "amount2", "6").
			wants(t, http.StatusOK, at+"/quote", "Full price: €11.00", "€8.00", "Every tenth coffee is free: free: 1, which is €3.00 off", "A point a euro: +8 points", `name="discount" value="300"`)
		told := sells("product1", "cake", "amount1", "5", "product2", "coffee", "quantity2", "2", "amount2", "6", "discount", "300")
		told.wants(t, http.StatusOK, at, "A sale of €8.00 is recorded", "The full price was €11.00; €3.00 was taken off.", "Every tenth coffee is free: free: 1, which is €3.00 off", "A point a euro: +8 points")
		all := s.soldTo(t, at)
		o := all[slices.IndexFunc(all, func(o order.Stored) bool { return o.AmountMinor == 800 })]
		if o.ProgrammeDiscountMinor != 300 || o.Lines[0].AmountMinor != 500 || o.Lines[1].AmountMinor != 300 || o.Lines[1].ProgrammeDiscountMinor != 300 {
			t.Errorf("%+v", o)
		}
	})
}

// TestADiscountOnACategoryAtTheTill: the till knows the category by the reward alone, whatever its capitals, and lowers nothing else.
func TestADiscountOnACategoryAtTheTill(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		s.write(t, func(tx *db.Tx) error {
			_, err := reward.Save(tx, reward.Reward{Reward: "sweet", Name: "Half off sweet things", Kind: reward.Discount, Terms: []byte(`{"percent": 50, "categories": ["Cakes", "Pies"], "products": ["espresso"]}`),
				Unit: "points", Price: 10}, nil, 0)
			return err
		})
		page := owner.get(at).wants(t, http.StatusOK, at, "10 points · for Cakes, Pies, espresso only", `<option value="Cakes">`)
		key := keyAt(t, page)
		// The lines open with the reward, and the page says what it is for where no line is of that.
		owner.post(at+"/quote", "key", key, "take", "sweet").wants(t, http.StatusOK, at+"/quote", `<details class="other" open><summary>`)
		owner.post(at+"/quote", "key", key, "amount", "14", "with", "sweet").wants(t, http.StatusConflict, at+"/quote", "No line of this sale is what the reward is for: Cakes, Pies, espresso.", `<details class="other" open><summary>`)
		s.took(t, at)
		form := []string{"key", key, "product1", " cakes ", "quantity1", "2", "amount1", "9", "product2", "Espresso", "amount2", "3", "product3", "bread", "amount3", "5", "with", "sweet"}
		quote := []string{"Full price: €17.00", "Half off sweet things takes off €6.00.", "€11.00", "A point a euro: +11 points"}
		owner.post(at+"/quote", form...).wants(t, http.StatusOK, at+"/quote", quote...)
		form = append(form, "discount", "0", "off", "600")
		for range 2 {
			owner.post(at+"/sale", form...).wants(t, http.StatusOK, at, "A sale of €11.00 is recorded", "€6.00 was taken off", "Used for it: Half off sweet things")
		}
		lines, o := s.consists(t, at)
		if fmt.Sprint(lines) != "[2  450 1 espresso 150 1 bread 500]" || o.Lines[0].Category != "Cakes" || o.DiscountMinor != 600 || o.AmountMinor != 1100 {
			t.Errorf("%q of %q, %d paid and %d off", lines, o.Lines[0].Category, o.AmountMinor, o.DiscountMinor)
		}
		if s.took(t, at, "sweet used"); s.owns(t, at, "points") != 40-10+11 {
			t.Errorf("%d points", s.owns(t, at, "points"))
		}
		// One that waited for the network is lowered as it was told.
		now := time.Now()
		waited := []string{"key", typedKey("A"), "whose", owner.me(t), "customer", strings.TrimPrefix(at, "/till/"), "amount", "", "product1", "PIES", "amount1", "4", "with", "sweet", "discount", "0", "off", "200",
			"entered", fmt.Sprint(now.Add(-time.Hour).UnixMilli()), "sent", fmt.Sprint(now.UnixMilli())}
		if w := owner.sends(t, http.StatusConflict, with(waited, "product1", "bread")...); w.State != "refused" || !strings.Contains(w.Advice, "without the reward") {
			t.Errorf("%+v", w)
		}
		for _, state := range []string{"sent", "again"} {
			if w := owner.sends(t, http.StatusOK, waited...); w.State != state {
				t.Errorf("%+v", w)
			}
		}
		s.took(t, at, "sweet used", "sweet used")
		sale := regexp.MustCompile(`name="order" value="(ord_[^"]+)"`).FindAllStringSubmatch(owner.get(at).text, -1)
		owner.post(at+"/return", "key", typedKey("R"), "order", sale[len(sale)-1][1]).wants(t, http.StatusOK, at)
	})
}

// TestTheTillNamesWhatTheCustomerBuysMostOf: and a sale that is told by the category gives for it, whatever the capitals.
func TestTheTillNamesWhatTheCustomerBuysMostOf(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		s.write(t, func(tx *db.Tx) error {
			zone, err := time.LoadLocation("Europe/Athens")
			if err != nil {
				return err
			}
			v, err := programme.Write(tx, []byte(`{"name": "Liked", "units": [{"unit": "points"}], "rules": [
				{"rule": "like", "name": "What you like", "lines": "line.category == customer.favourite_category", "effect": {"rate": {"unit": "points", "units": 3, "per_minor": 100}}}], "rewards": []}`), "", "usr_1", zone)
			if err == nil {
				_, err = (&programme.Book{}).Publish(tx, v.Version, "usr_1", zone)
			}
			return err
		})
		page := owner.get(at).wants(t, http.StatusOK, at, "Offers for them now", "<b>What you like</b>: 3 points for every €1.00, on coffee, which you buy most of")
		key := keyAt(t, page)
		owner.post(at+"/quote", "key", key, "product1", "COFFEE", "amount1", "4", "product2", "bread", "amount2", "5").wants(t, http.StatusOK, at+"/quote", "What you like: +12 points")
		owner.post(at+"/sale", "key", key, "product1", "COFFEE", "amount1", "4", "product2", "bread", "amount2", "5").wants(t, http.StatusOK, at, "A sale of €9.00 is recorded", "What you like: +12 points")
		owner.get("/customers/"+strings.TrimPrefix(at, "/till/")).wants(t, http.StatusOK, "/customers/"+strings.TrimPrefix(at, "/till/"), "on coffee, which you buy most of")
	})
}
