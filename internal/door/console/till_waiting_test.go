package console_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/record/schema/schematest"
	"regulars/web"
)

// waited is what the server says of a sale that waited in a browser.
type waited struct{ State, Says, Advice, Customer, Whose string }

func (b *reader) sends(t *testing.T, status int, form ...string) (w waited) {
	t.Helper()
	p := b.post("/till/waiting", form...)
	if p.status != status || p.header.Get("Content-Type") != "application/json" {
		t.Fatalf("%d, want %d: %s", p.status, status, p.text)
	}
	if err := json.Unmarshal([]byte(p.text), &w); err != nil {
		t.Fatalf("%v: %s", err, p.text)
	}
	return w
}

// me is who is signed in, as the page knows it.
func (b *reader) me(t *testing.T) string {
	t.Helper()
	var w waited
	p := b.get("/till/state")
	if err := json.Unmarshal([]byte(p.text), &w); err != nil || p.status != http.StatusOK || w.State != "ready" {
		t.Fatalf("%d %s: %v", p.status, p.text, err)
	}
	return w.Whose
}

func TestASaleThatWaitedIsTakenOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		cashier := s.signedIn(t, owner, account.Cashier)
		now := time.Now()
		form := []string{"key", strings.Repeat("A", 26), "whose", cashier.me(t), "who", "40001", "customer", "", "amount", "12,50", "discount", "", "store", "Old town",
			"entered", fmt.Sprint(now.Add(-3 * time.Hour).UnixMilli()), "sent", fmt.Sprint(now.UnixMilli())}
		if w := cashier.sends(t, http.StatusOK, form...); w.State != "sent" || "/till/"+w.Customer != at {
			t.Errorf("%+v", w)
		}
		// The answer was lost, and it is sent again, later by the clock of the device.
		later := with(form, "sent", fmt.Sprint(now.Add(time.Hour).UnixMilli()))
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if w := cashier.sends(t, http.StatusOK, later...); w.State != "again" {
					t.Errorf("%+v", w)
				}
			})
		}
		all.Wait()
		sales := s.soldTo(t, at)
		if len(sales) != 2 || s.owns(t, at, "points") != 52 {
			t.Fatalf("%d sales, %d points", len(sales), s.owns(t, at, "points"))
		}
		for i := range sales {
			if o := &sales[i]; o.Source == "console" && (now.Sub(time.UnixMicro(o.Placed.UTC))-3*time.Hour).Abs() > time.Minute {
				t.Errorf("it was placed at %v", time.UnixMicro(o.Placed.UTC))
			}
		}
		if w := cashier.sends(t, http.StatusConflict, with(form, "amount", "13")...); w.State != "refused" || !strings.Contains(w.Advice, "last sales") {
			t.Errorf("%+v", w)
		}
		// What the quote took off before the network went stays taken off; the clock of the device may be wrong.
		form = with(form, "key", strings.Repeat("B", 26), "who", "", "customer", strings.TrimPrefix(at, "/till/"), "amount", "100", "discount", "1000",
			"entered", fmt.Sprint(now.Add(time.Hour).UnixMilli()))
		if w := cashier.sends(t, http.StatusOK, form...); w.State != "sent" {
			t.Errorf("%+v", w)
		}
		if n := s.owns(t, at, "points"); n != 142 {
			t.Errorf("%d points", n)
		}
		owner.get("/trail?action=order.created").wants(t, http.StatusOK, "/trail", "order.created")
	})
}

func TestASaleThatWaitedMayBeRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		cashier := s.signedIn(t, owner, account.Cashier)
		owner.typedIn(t, "full_name", "Eve", "reference", "40001")
		form := []string{"key", strings.Repeat("A", 26), "whose", cashier.me(t), "who", "C-1", "customer", "", "amount", "1", "discount", "", "entered", "1000", "sent", "2000"}
		for _, c := range []struct {
			status       int
			says, advice string
			change       []string
		}{
			{http.StatusNotFound, "Nobody is known by that.", "Find the customer by name", []string{"who", "anna"}},
			{http.StatusNotFound, "Nobody is known by that.", "Find the customer by name", []string{"who", ""}},
			{http.StatusConflict, "More than one customer", "Ask the customer for the card", []string{"who", "40001"}},
			{http.StatusUnprocessableEntity, "This is no number.", "Mend it", []string{"amount", "much"}},
			{http.StatusUnprocessableEntity, "grown old", "Mend it", []string{"key", "A"}},
			{http.StatusUnprocessableEntity, "grown old", "Mend it", []string{"key", strings.Repeat("é", 26)}},
			{http.StatusUnprocessableEntity, "This is no time.", "Mend it", []string{"entered", "yesterday"}},
			{http.StatusUnprocessableEntity, "This is no time.", "Mend it", []string{"sent", ""}},
			{http.StatusUnprocessableEntity, "more than a year", "Mend it", []string{"sent", "99999999999999"}},
			{http.StatusUnprocessableEntity, "outside what makes sense", "Mend it", []string{"discount", "-1"}},
			{http.StatusUnprocessableEntity, "outside what makes sense", "Mend it", []string{"discount", "200"}},
		} {
			if w := cashier.sends(t, c.status, with(form, c.change...)...); w.State != "refused" || !strings.Contains(w.Says, c.says) || !strings.Contains(w.Advice, c.advice) {
				t.Errorf("%v: %+v", c.change, w)
			}
		}
		// It belongs to who entered it, and waits for them.
		if w := owner.sends(t, http.StatusForbidden, form...); w.State != "other" {
			t.Errorf("%+v", w)
		}
		if w := s.reader(t).sends(t, http.StatusUnauthorized, form...); w.State != "sign_in" || !strings.Contains(w.Says, "Sign in") {
			t.Errorf("%+v", w)
		}
		cashier.speaks = "ru"
		s.write(t, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE users SET language = 'ru' WHERE email = 'cashier@example.com'")
			return err
		})
		if w := cashier.sends(t, http.StatusNotFound, with(form, "who", "anna")...); !strings.Contains(w.Advice, "Найдите покупателя по имени") {
			t.Errorf("%+v", w)
		}
		analyst := s.signedIn(t, owner, account.Analyst)
		if w := analyst.sends(t, http.StatusForbidden, with(form, "whose", analyst.me(t))...); w.State != "refused" || !strings.Contains(w.Advice, "Ask a manager") {
			t.Errorf("%+v", w)
		}
		cashier.post("/sign-out")
		if p := cashier.get("/till/state"); p.status != http.StatusUnauthorized || !strings.Contains(p.text, "sign_in") {
			t.Errorf("%d %s", p.status, p.text)
		}
		if n := len(s.soldTo(t, at)); n != 1 {
			t.Errorf("%d sales", n)
		}
	})
}

func TestThePageThatIsKeptNamesNobody(t *testing.T) {
	t.Parallel()
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	owner := s.owner(t)
	s.counter(t)
	page := owner.get("/till/offline").wants(t, http.StatusOK, "/till/offline", "The network is away.", `id="who"`, `id="amount"`, `id="store"`, "Rewards, points and returns wait")
	for _, secret := range []string{"Anna", "4567", "C-1", "cus_"} {
		if strings.Contains(page.text, secret) {
			t.Errorf("the page that a browser keeps says %s", secret)
		}
	}
	s.reader(t).get("/till/offline").wants(t, http.StatusOK, "/sign-in")
	if _, ok := web.Till(); !ok {
		t.Fatal("the scripts are not bundled: npm --prefix web run build")
	}
	worker := owner.get("/till/worker.js").wants(t, http.StatusOK, "/till/worker.js", "fetch")
	if worker.header.Get("Service-Worker-Allowed") != "/till" || !strings.HasPrefix(worker.header.Get("Content-Type"), "text/javascript") {
		t.Errorf("%v", worker.header)
	}
	owner.get("/assets/till.js").wants(t, http.StatusOK, "/assets/till.js", "serviceWorker")
}

// TestASaleSentAgainAfterAMergeIsThereAlready: the number that it lies with is another one's by then.
func TestASaleSentAgainAfterAMergeIsThereAlready(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		at := s.counter(t)
		form := []string{"key", strings.Repeat("A", 26), "whose", owner.me(t), "who", "C-1", "amount", "10", "entered", "1000", "sent", "2000"}
		if w := owner.sends(t, http.StatusOK, form...); w.State != "sent" {
			t.Fatalf("%+v", w)
		}
		page := strings.Replace(at, "/till/", "/customers/", 1)
		other := owner.typedIn(t, "full_name", "Anna P", "reference", "C-2")
		owner.post(other+"/merge/"+strings.TrimPrefix(page, "/customers/")).wants(t, http.StatusOK, other)
		if w := owner.sends(t, http.StatusOK, form...); w.State != "again" {
			t.Errorf("%+v", w)
		}
		merged := owner.get(at).wants(t, http.StatusOK, strings.Replace(other, "/customers/", "/till/", 1), "€10.00", "50")
		if n := len(s.orders(t, other)); n != 2 {
			t.Errorf("%d sales", n)
		}
		// What is spent comes together from both numbers.
		to := strings.Replace(other, "/customers/", "/till/", 1)
		owner.post(to+"/redeem", "key", keyAt(t, merged), "reward", "coffee").wants(t, http.StatusOK, to, "Hand over now: A coffee on us")
		if n := s.owns(t, to, "points"); n != 30 {
			t.Errorf("%d points", n)
		}
	})
}
