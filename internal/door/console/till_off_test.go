package console_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/intake"
)

// lowering adds rewards that lower a sale to those of the counter.
func (s *shop) lowering(t *testing.T) {
	t.Helper()
	var one int64 = 1
	s.write(t, func(tx *db.Tx) error {
		for _, r := range []reward.Reward{
			{Reward: "five", Name: "Five off", Kind: reward.Discount, Terms: []byte(`{"amount_minor": 500, "minimum_minor": 1000}`), Unit: "points", Price: 20, Coding: reward.Coding{Kind: reward.Unique}},
			{Reward: "half", Name: "Half off a cake", Kind: reward.Discount, Terms: []byte(`{"percent": 50, "products": ["Cake"]}`), PerCustomer: 1},
			{Reward: "back", Name: "Seven back", Kind: reward.CashBack, Terms: []byte(`{"amount_minor": 700}`)},
		} {
			if _, err := reward.Save(tx, r, nil, 0); err != nil {
				return err
			}
		}
		_, err := reward.Save(tx, reward.Reward{Reward: "last", Name: "The last one", Kind: reward.Discount, Terms: []byte(`{"percent": 10}`)}, &one, 0)
		return err
	})
}

func (s *shop) desk(t *testing.T) *reward.Desk {
	t.Helper()
	facts, err := (&intake.Current{DB: s.d}).Intake(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	return facts.Rewards()
}

// redemptions are what the customer took, by reward and state.
func (s *shop) redemptions(t *testing.T, at string) (all []string) {
	t.Helper()
	s.write(t, func(tx *db.Tx) error {
		taken, err := reward.Of(tx, []int64{number(t, "/customers/"+strings.TrimPrefix(at, "/till/"))}, 0, 50)
		all = nil
		for i := range taken {
			all = append(all, taken[i].Promise.Reward+" "+string(taken[i].State))
		}
		return err
	})
	return all
}

func (s *shop) took(t *testing.T, at string, want ...string) {
	t.Helper()
	if have := s.redemptions(t, at); fmt.Sprint(have) != fmt.Sprint(want) {
		t.Errorf("the customer took %q, want %q", have, want)
	}
}

// typedKey is a key of a form that nobody else has.
func typedKey(sign string) string { return strings.Repeat(sign, 26) }

func TestARewardLowersTheSale(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		s.lowering(t)
		cashier := s.signedIn(t, owner, account.Cashier)
		page := cashier.get(at).wants(t, http.StatusOK, at, "A reward that lowers this sale", `name="take" value="five"`, "Use in this sale", "Redeem without a sale")
		if strings.Contains(page.text, `name="take" value="bike"`) || !strings.Contains(page.text, `name="take" value="coffee"`) {
			t.Error("a bicycle, which is not sold, lowers the sale, or a coffee does not")
		}
		form := []string{"key", keyAt(t, page), "amount", "40", "with", "five", "take", ""}
		// The reward may be pressed first, and the amount typed then.
		cashier.post(at+"/quote", with(form, "with", "", "take", "five", "amount", "")...).wants(t, http.StatusOK, at+"/quote", `<option value="five" selected>`, `id="amount" name="amount" type="text" value="" required autofocus`, `value="`+form[1]+`"`)
		// A press on the reward is a quote with it; F8 without one shows it first.
		off := []string{"Full price: €40.00", "Five off takes off €5.00.", "€35.00", "A point a euro: +35 points", `<option value="five" selected>`, `name="off" value="500"`, `name="discount" value="0"`}
		cashier.post(at+"/quote", with(form, "with", "", "take", "five")...).wants(t, http.StatusOK, at+"/quote", off...)
		cashier.post(at+"/quote", form...).wants(t, http.StatusOK, at+"/quote", off...)
		cashier.post(at+"/sale", form...).wants(t, http.StatusConflict, at+"/sale", append(off, "Tell the customer what is to pay")...)
		if s.took(t, at); len(s.soldTo(t, at)) != 1 {
			t.Fatal("a quote sold something")
		}
		form = append(form, "discount", "0", "off", "500") // as the quote says
		for range 2 {
			cashier.post(at+"/sale", form...).wants(t, http.StatusOK, at, "A sale of €35.00 is recorded", "The full price was €40.00; €5.00 was taken off.", "Used for it: Five off", "+35 points")
		}
		s.took(t, at, "five used")
		if n := s.owns(t, at, "points"); n != 40-20+35 {
			t.Errorf("%d points", n)
		}
		for _, o := range s.soldTo(t, at) {
			if o.Source == "console" && (o.AmountMinor != 3500 || o.DiscountMinor != 500) {
				t.Errorf("%+v", o)
			}
		}
		// The same form with another reward, or none, is another sale.
		for _, other := range [][]string{with(form, "with", "back", "off", "700"), with(form, "with", "", "off", "0"), with(form, "off", "600"), with(form, "off", "4000"), with(form, "amount", "41")} {
			cashier.post(at+"/sale", other...).wants(t, http.StatusConflict, at+"/sale", "recorded from this form already")
		}
		owner.get("/trail?action=redemption.used").wants(t, http.StatusOK, "/trail", "redemption.used")
		// Nothing is left of the sale: the units are theirs again, and what it earned is not.
		sale := regexp.MustCompile(`name="order" value="(ord_[^"]+)"`).FindStringSubmatch(cashier.get(at).text)[1]
		cashier.post(at+"/return", "key", typedKey("R"), "order", sale, "given", "10").wants(t, http.StatusOK, at, "€10.00 is given back")
		s.took(t, at, "five used")
		cashier.post(at+"/return", "key", typedKey("S"), "order", sale).wants(t, http.StatusOK, at, "€25.00 is given back", "is the customer’s again: Five off")
		if s.took(t, at, "five refunded"); s.owns(t, at, "points") != 40 {
			t.Errorf("%d points", s.owns(t, at, "points"))
		}
	})
}

func TestARewardThatDoesNotSuitTheSaleIsNotSpent(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		s.lowering(t)
		key := keyAt(t, owner.get(at).wants(t, http.StatusOK, at, "20 points · for orders of €10.00 or more"))
		for _, c := range []struct {
			status     int
			says, with string
			amount     string
		}{
			{http.StatusConflict, "This reward is for sales of €10.00 or more, after what the programme takes off. Nothing was spent.", "five", "9.99"},
			{http.StatusConflict, "takes off more than the sale", "back", "6.99"},
			{http.StatusConflict, "No line of this sale is what the reward is for: Cake.", "half", "20"},
			{http.StatusConflict, "No line of this sale is “espresso”", "coffee", "20"},
			{http.StatusConflict, "The customer has not that many.", "bike", "20"},
			{http.StatusNotFound, "There is no such reward.", "none", "20"},
			{http.StatusNotFound, "This customer has no such reward.", "rdm_80000000000018000000000001", "20"},
		} {
			for _, to := range []string{"/quote", "/sale"} {
				owner.post(at+to, "key", key, "amount", c.amount, "with", c.with, "off", "500").wants(t, c.status, at+to, c.says, `value="`+c.amount+`"`)
			}
		}
		if s.took(t, at); len(s.soldTo(t, at)) != 1 || s.owns(t, at, "points") != 40 {
			t.Errorf("%d sales, %d points", len(s.soldTo(t, at)), s.owns(t, at, "points"))
		}
		// Beside what the programme takes off, and off the cake alone: 10 % of 120, and then half of 18.
		form := []string{"key", key, "product1", "espresso", "amount1", "100", "product2", "cake", "amount2", "20", "with", "half"}
		owner.post(at+"/quote", form...).wants(t, http.StatusOK, at+"/quote", "Full price: €120.00", "The programme takes off €12.00.", "Half off a cake takes off €9.00.", "€99.00", "+99 points")
		for range 2 {
			owner.post(at+"/sale", append(form, "discount", "1200", "off", "900")...).wants(t, http.StatusOK, at, "A sale of €99.00 is recorded")
		}
		for _, o := range s.soldTo(t, at) {
			if o.Source == "console" && (o.AmountMinor != 9900 || o.DiscountMinor != 2100 || o.Lines[0].AmountMinor != 9000 || o.Lines[1].AmountMinor != 900) {
				t.Errorf("%+v", o)
			}
		}
	})
}

// TestARewardTakenBeforeLowersTheSale by its code, once, at whichever till; one of another customer's does not.
func TestARewardTakenBeforeLowersTheSale(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		s.lowering(t)
		var r reward.Redemption
		desk := s.desk(t)
		s.write(t, func(tx *db.Tx) (err error) {
			r, err = desk.Redeem(tx, reward.Wish{Customer: number(t, "/customers/"+strings.TrimPrefix(at, "/till/")), Reward: "five", Key: "phone", Actor: "member"})
			return err
		})
		page := owner.get("/till?q="+r.Code).wants(t, http.StatusOK, at, "Hand over without a sale")
		taken := regexp.MustCompile(`name="take" value="(rdm_[^"]+)"`).FindStringSubmatch(page.text)[1]
		var all sync.WaitGroup
		tills := make([]int, 2)
		for i := range tills {
			all.Go(func() {
				p := owner.post(at+"/sale", "key", typedKey(string(rune('A'+i))), "amount", "10", "with", taken, "off", "500", "discount", "0")
				tills[i] = p.status
			})
		}
		all.Wait()
		if tills[0]+tills[1] != http.StatusOK+http.StatusConflict {
			t.Errorf("two tills answer %v", tills)
		}
		if s.took(t, at, "five used"); len(s.soldTo(t, at)) != 2 || s.owns(t, at, "points") != 40-20+5 {
			t.Errorf("%d sales, %d points", len(s.soldTo(t, at)), s.owns(t, at, "points"))
		}
		owner.post(at+"/quote", "key", typedKey("C"), "amount", "10", "with", taken).wants(t, http.StatusConflict, at+"/quote", "handed over or given back already")
		other := strings.Replace(owner.typedIn(t, "full_name", "Eve", "reference", "E-1"), "/customers/", "/till/", 1)
		owner.post(other+"/quote", "key", typedKey("D"), "amount", "10", "with", taken).wants(t, http.StatusNotFound, other+"/quote", "no such reward")
	})
}

// TestTheLastRewardLowersOneSale, whatever is pressed at two tills and how often.
func TestTheLastRewardLowersOneSale(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		s.lowering(t)
		var all sync.WaitGroup
		var lock sync.Mutex
		done := map[string]map[int]bool{}
		for _, till := range []string{"A", "B"} {
			for range 3 {
				all.Go(func() {
					p := owner.post(at+"/sale", "key", typedKey(till), "amount", "10", "with", "last", "off", "100", "discount", "0")
					lock.Lock()
					defer lock.Unlock()
					if done[till] == nil {
						done[till] = map[int]bool{}
					}
					done[till][p.status] = true
				})
			}
		}
		all.Wait()
		if len(done["A"]) != 1 || len(done["B"]) != 1 || done["A"][http.StatusOK] == done["B"][http.StatusOK] {
			t.Errorf("two tills are answered %v", done)
		}
		if s.took(t, at, "last used"); len(s.soldTo(t, at)) != 2 || s.owns(t, at, "points") != 49 {
			t.Errorf("%d sales, %d points", len(s.soldTo(t, at)), s.owns(t, at, "points"))
		}
	})
}

// TestASaleThatWaitedSpendsItsReward once, or is refused: what was shown before the network went is what was paid.
func TestASaleThatWaitedSpendsItsReward(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		s.lowering(t)
		now := time.Now()
		form := []string{"key", typedKey("A"), "whose", owner.me(t), "customer", strings.TrimPrefix(at, "/till/"), "amount", "40", "with", "last", "discount", "0", "off", "400",
			"entered", fmt.Sprint(now.Add(-time.Hour).UnixMilli()), "sent", fmt.Sprint(now.UnixMilli())}
		for _, state := range []string{"sent", "again", "again"} {
			if w := owner.sends(t, http.StatusOK, form...); w.State != state {
				t.Errorf("%+v", w)
			}
		}
		if s.took(t, at, "last used"); len(s.soldTo(t, at)) != 2 || s.owns(t, at, "points") != 40+36 {
			t.Errorf("%d sales, %d points", len(s.soldTo(t, at)), s.owns(t, at, "points"))
		}
		// Another till took the last one meanwhile.
		form = with(form, "key", typedKey("B"))
		if w := owner.sends(t, http.StatusConflict, form...); w.State != "refused" || !strings.Contains(w.Says, "none left") || !strings.Contains(w.Advice, "without the reward") {
			t.Errorf("%+v", w)
		}
		if w := owner.sends(t, http.StatusOK, with(form, "key", typedKey("C"), "with", "", "off", "0", "discount", "400")...); w.State != "sent" {
			t.Errorf("%+v", w)
		}
		if s.took(t, at, "last used"); s.owns(t, at, "points") != 40+36+36 {
			t.Errorf("%d points", s.owns(t, at, "points"))
		}
	})
}
