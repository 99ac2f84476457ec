package console_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/job"
	"regulars/internal/base/job/jobtest"
	"regulars/internal/measure/mirror/mirrortest"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/fact"
	"regulars/internal/understand/forecast"
)

const manyGuests = 120

// guests have bought about as often as they used to until yesterday; every fifth stays away for two months. Some said what
// they think.
func (s *shop) guests(t *testing.T) {
	t.Helper()
	now := time.Now().UTC().Truncate(24 * time.Hour).Add(9 * time.Hour)
	var b fact.Batch
	products := []string{"espresso", "filter coffee", "beans", "cake", "a mug with a rather long name that goes on"}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range manyGuests {
		last := 400
		if i%5 == 0 {
			last = 330
		}
		for day := r.IntN(90); day < last; day += 1 + int(r.ExpFloat64()*float64(6+i%31)) {
			b.Sales = append(b.Sales, fact.Sale{Customer: fmt.Sprintf("guest-%03d", i), Moment: fact.At(now.AddDate(0, 0, day-400), time.UTC), Quantity: 1,
				Product: products[(i+day)%(2+i%4)], AmountMinor: int64(400 + 100*(i%7))})
		}
		if i%6 == 0 {
			b.Answers = append(b.Answers, fact.Answer{Customer: fmt.Sprintf("guest-%03d", i), Moment: fact.At(now.AddDate(0, 0, -30), time.UTC), Kind: "nps", Score: float64(i % 11), Scored: true, Finished: true, Scale: 10})
		}
	}
	// Passers-by, of whom what they buy tells more than when: who takes one piece is soon gone, mostly.
	for i := range 300 {
		first, pieces := r.IntN(370), 1+7*r.IntN(2)
		last := min(400, first+20+int(r.ExpFloat64()*40*float64(pieces)))
		for day := first; day < last; day += 4 + r.IntN(40) {
			b.Sales = append(b.Sales, fact.Sale{Customer: fmt.Sprintf("passer-%03d", i), Moment: fact.At(now.AddDate(0, 0, day-400), time.UTC), Quantity: float64(pieces),
				Product: products[day%3], AmountMinor: int64(300 * pieces)})
		}
	}
	if err := mirrortest.New(s.d).Load(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
}

// foretells runs the jobs of predictions until the test ends.
func (s *shop) foretells(t *testing.T) {
	t.Helper()
	jobtest.Run(t, s.d, []job.Kind{(&forecast.Runner{DB: s.d}).Job()}, job.Options{Poll: 50 * time.Millisecond})
}

// foretold waits for the page to be there.
func (s *shop) foretold(t *testing.T, owner *reader, has string) shown {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if p := owner.get("/predictions"); strings.Contains(p.text, has) {
			return p
		}
	}
	t.Fatalf("the page never has %q", has)
	return shown{}
}

// chooses narrows what to suggest by category and margin, to one customer and to all.
func (s *shop) chooses(t *testing.T, owner *reader, one string) {
	t.Helper()
	put := func(reference, category string, soldOut bool) {
		s.write(t, func(tx *db.Tx) error {
			_, err := tx.Exec("INSERT INTO categories (category_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING", catalogue.CategoryID(category), category)
			if err == nil {
				_, err = tx.Exec("UPDATE products SET category_id = $1, cost_minor = 100, sold_out = $2 WHERE reference = $3", catalogue.CategoryID(category), soldOut, reference)
			}
			return err
		})
	}
	suggested := func(query string) string {
		text := owner.get("/customers/" + one + query).text
		from, to := strings.Index(text, `id="to-come"`), strings.Index(text, `id="times"`)
		if from < 0 || to < from {
			t.Fatalf("%s has nothing to come", query)
		}
		return text[from:to]
	}
	if text := suggested(""); strings.Contains(text, "<select") || !regexp.MustCompile(`the next time about \d+ \w+ 20\d\d`).MatchString(text) {
		t.Errorf("where no category and no cost is known: %s", text)
	}
	// A cake is paid with about 7 on average, and costs 1.
	put("cake", "bakery", false)
	put("beans", "coffee", false)
	for query, want := range map[string]bool{"": true, "?category=bakery": true, "?category=coffee": false, "?category=cars": true, "?margin=50": true, "?margin=90": false, "?margin=shoe": true} {
		text := suggested(query)
		if strings.Contains(text, "<li>cake") != want || !strings.Contains(text, `<select id="category"`) || !strings.Contains(text, `<select id="margin"`) {
			t.Errorf("%s: cake is %v, in %s", query, !want, text)
		}
	}
	if text := suggested("?margin=90"); !strings.Contains(text, "No product fits what was chosen") {
		t.Errorf("nothing fits: %s", text)
	}
	offers := func(query string) string { return owner.get("/next/actions.csv?" + query).text }
	if all, bakery := offers("action=offer_product"), offers("category=bakery&margin=10"); !strings.Contains(all, ",beans,") || !strings.Contains(bakery, ",cake,") ||
		strings.Contains(bakery, ",beans,") || strings.Contains(offers("margin=90"), "offer_product") {
		t.Errorf("offers: %s\nof the bakery: %s", all, bakery)
	}
	owner.get("/next?category=coffee&margin=90").wants(t, http.StatusOK, "/next", "No product fits what was chosen", "assumed: 10% of it")
	put("cake", "bakery", true)
	if strings.Contains(offers(""), ",cake,") || strings.Contains(suggested(""), "<li>cake") {
		t.Error("what is sold out is offered")
	}
}

func TestWhatIsToCome(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		owner.get("/predictions").wants(t, http.StatusOK, "/predictions", "Nothing was foretold yet")
		owner.get("/next").wants(t, http.StatusOK, "/next", "Nothing was foretold yet")
		s.foretells(t)
		owner.post("/predictions").wants(t, http.StatusOK, "/predictions", "Load the page again")
		s.foretold(t, owner, "There are too few customers to foretell anything: 0, and 30 are needed.")
		owner.get("/next").wants(t, http.StatusOK, "/next", "too little data to foretell from")
		s.guests(t)
		owner.post("/predictions")
		page := s.foretold(t, owner, "Who is leaving")
		page.wants(t, http.StatusOK, "/predictions", "What they are worth", "How far to trust it", "Purchases expected", "Reckoned on", "guest-", "€")
		list := owner.get("/predictions/customers?sort=value").wants(t, http.StatusOK, "/predictions/customers", "guest-", "Next page", "most to come")
		more := regexp.MustCompile(`href="(\?[^"]*fit=[^"]*)" rel="next"`).FindStringSubmatch(list.text)
		if more == nil {
			t.Fatal("there is no next page")
		}
		links := regexp.MustCompile(`href="/customers/(cus_[^"]*)"`)
		seen := map[string]bool{}
		for _, m := range links.FindAllStringSubmatch(list.text, -1) {
			seen[m[1]] = true
		}
		for _, m := range links.FindAllStringSubmatch(owner.get("/predictions/customers"+strings.ReplaceAll(more[1], "&amp;", "&")).text, -1) {
			if seen[m[1]] {
				t.Errorf("%s is on two pages", m[1])
			}
			seen[m[1]] = true
		}
		if len(seen) != 100 {
			t.Errorf("%d customers are on two pages", len(seen))
		}
		page.wants(t, http.StatusOK, "/predictions", "Where the chance of leaving comes from", "learned from your own past", "Customers learned from:", "times in 100, the model")
		if !regexp.MustCompile(`orders in the last \d+ days:|since the last purchase:|spent|away`).MatchString(page.text) {
			t.Error("nobody who is leaving has a reason for leaving")
		}
		next := owner.get("/next").wants(t, http.StatusOK, "/next", "Ask why", "expected gain", "Download as CSV", "guest-")
		owner.get("/next?action=ask_why").wants(t, http.StatusOK, "/next", "asked whether they would recommend you, they gave")
		csv := owner.get("/next/actions.csv?action=ask_why")
		if csv.status != http.StatusOK || !strings.HasPrefix(csv.text, "customer_id,reference,action,") || !strings.Contains(csv.text, ",ask_why,") || strings.Contains(csv.text, ",win_back,") {
			t.Errorf("%d %.300s", csv.status, csv.text)
		}
		one := links.FindStringSubmatch(next.text)[1]
		owner.get("/customers/"+one).wants(t, http.StatusOK, "/customers/"+one, "What is to come", "Chance of no purchase", "learned from your own past; the model of all customers says", "What was foretold before", "What they buy again")
		s.chooses(t, owner, one)
		owner.get("/predictions/customers?sort=shoe").wants(t, http.StatusUnprocessableEntity, "/predictions/customers")
		for _, role := range account.Roles() {
			may := account.As(account.Person, "x", "x", role.Permissions()...)
			who := s.signedIn(t, owner, role)
			page := who.get("/predictions")
			if (page.status == http.StatusOK) != may.May(account.MeasuresRead) || (who.get("/next").status == http.StatusOK) != may.May(account.PersonalRead) {
				t.Errorf("%s: %d", role, page.status)
			}
			if all := page.text + who.get("/next").text + who.get("/predictions/customers").text + who.get("/next/actions.csv").text; !may.May(account.PersonalRead) && strings.Contains(all, "guest-") {
				t.Errorf("%s sees who it is", role)
			}
			if !may.May(account.CustomersRead) && strings.Contains(page.text, "cus_") {
				t.Errorf("%s sees single customers", role)
			}
			if who.post("/predictions").status == http.StatusOK != may.May(account.SettingsWrite) {
				t.Errorf("%s may have it foretold anew", role)
			}
		}
	})
}

// TestForecastInABrowser looks at the pages of what is to come as people do.
func TestForecastInABrowser(t *testing.T) {
	t.Parallel()
	s, b := inBrowser(t)
	owner := s.reader(t)
	owner.post(s.setupLink(t), setupForm...).wants(t, http.StatusOK, "/")
	speak := func(tag string) {
		s.write(t, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE users SET language = $1 WHERE email = 'olga@example.com'", tag)
			return err
		})
	}
	s.look(t, b, look{name: "predictions-none", path: "/predictions", tag: "en", scheme: "light", width: phone, signedIn: true}, owner)
	s.foretells(t)
	s.guests(t)
	owner.post("/predictions")
	s.foretold(t, owner, "Who is leaving")
	one := regexp.MustCompile(`href="(/customers/cus_[^"]*)"`).FindStringSubmatch(owner.get("/next").text)[1]
	pages := []struct{ name, path string }{{"predictions", "/predictions"}, {"predicted", "/predictions/customers"}, {"next", "/next"}, {"ahead", one}}
	for i, tag := range []string{"en", "ru", "zh", "el", "mk"} {
		speak(tag)
		for j, p := range pages {
			scheme, width := []string{"light", "dark"}[(i+j)%2], []int64{desk, small, phone}[(i+j)%3]
			s.look(t, b, look{name: p.name, path: p.path, tag: tag, scheme: scheme, width: width, signedIn: true}, owner)
		}
	}
}
