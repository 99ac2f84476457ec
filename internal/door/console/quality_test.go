package console_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/record/customer"
	"regulars/internal/record/schema/schematest"
	"regulars/internal/understand/quality"
)

// looked has the data looked at, as the job does.
func (s *shop) looked(t *testing.T) {
	t.Helper()
	if err := (&quality.Maker{DB: s.d, Desk: s.analyses}).Make(t.Context(), s.d.Write, func(int64) {}); err != nil {
		t.Fatal(err)
	}
}

// silent is a source that brought something each day and has stopped.
func (s *shop) silent(t *testing.T) {
	t.Helper()
	s.write(t, func(tx *db.Tx) error {
		for day := range 9 {
			if _, err := tx.Exec(`INSERT INTO answers (customer_id, answer_id, source, reference, answered_us, local_us, day, month, kind, aspect, score, scale, delivered, finished, comment, attributes, content, version, recorded_us, updated_us)
				VALUES ($1, $1, 'survey tool', '', $2, $2, 0, 0, 'nps', '', 9, 10, $3, $3, '', '', $4, 1, $2, $2)`, -1000-day, time.Now().AddDate(0, 0, -20+day), true, []byte{}); err != nil {
				return err
			}
		}
		return nil
	})
}

// twice types in a customer twice: once with the number as the country has it, once as it is written from abroad.
func (b *reader) twice(t *testing.T) (first, second string) {
	t.Helper()
	first = b.typedIn(t, "full_name", "Άννα Παππά", "email", "anna.pappa@gmail.com", "birthday_day", "3", "birthday_month", "2", "birthday_year", "1980")
	second = b.typedIn(t, "full_name", "Anna Pappa", "email", "annapappa+shop@gmail.com", "birthday_day", "3", "birthday_month", "2", "birthday_year", "1980")
	return first, second
}

// What was looked at is said in words, with what to do; asked for by hand it is done by a job.
func TestTheQualityOfData(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		const at = "/data/quality"
		owner.get("/data").wants(t, http.StatusOK, "/data", `href="/data/quality"`)
		owner.get(at).wants(t, http.StatusOK, at, "Nothing was looked at yet", "Look again now", "No row of the last files was refused.")
		s.looked(t)
		owner.get(at).wants(t, http.StatusOK, at, "Looked at on", "nothing to judge by yet")
		if page := owner.get(at); strings.Contains(page.text, "What to do:") {
			t.Errorf("of an empty business it is said what to do: %s", page.text)
		}
		s.works(t)
		file := owner.bring("orders.csv", "order,customer,date,amount\n1,a,2026-01-01,10\n2,a,2026-01-02,ten\n3,b,2026-01-03,0\n4,b,2031-01-04,5\n5,,2026-01-05,30\n").path
		owner.post(file + "/start")
		owner.settled(file)
		s.looked(t)
		page := owner.get(at).wants(t, http.StatusOK, at, "Sales with a known customer", "What to do:", "to look at", "orders.csv", `href="`+file+`"`, "1 row of 5", "Orders of the future", "Orders of no amount", "too few days to tell",
			"Customers who can be reached", "0.0% (0 of 2)", "Where the data comes from")
		if strings.Contains(page.text, "/data/duplicates") {
			t.Error("it leads to pairs though there are none")
		}
		s.silent(t)
		s.looked(t)
		owner.get(at).wants(t, http.StatusOK, at, "survey tool", "9 answers", "later than usual: nothing for 12\u00a0days", "every 1\u00a0day; seldom more than 1\u00a0day", "1 of ")
		owner.post(at).wants(t, http.StatusOK, at, "It is being looked at.")
		owner.post(at).wants(t, http.StatusOK, at, "It is being looked at.")
		for _, role := range account.Roles() {
			who, may := s.signedIn(t, owner, role), account.As(account.Person, "x", "x", role.Permissions()...)
			if page := who.get(at); (page.status == http.StatusOK) != may.May(account.ImportsRead) {
				t.Errorf("%s: %d", role, page.status)
			}
			if page := who.post(at); (page.status == http.StatusOK) != may.May(account.ImportsWrite) {
				t.Errorf("%s asks: %d", role, page.status)
			}
			if page := who.get("/data/duplicates"); (page.status == http.StatusOK) != may.May(account.CustomersRead) {
				t.Errorf("%s at the pairs: %d", role, page.status)
			}
		}
	})
}

// A pair leads to the page that merges them, or is told apart and never suggested again.
func TestPairsThatMayBeOnePerson(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		first, second := owner.twice(t)
		third := owner.typedIn(t, "full_name", "Anna Pappa", "email", "third@example.com", "birthday_day", "3", "birthday_month", "2", "birthday_year", "1980")
		const at = "/data/duplicates"
		owner.get(at).wants(t, http.StatusOK, at, "Nobody is suspected of being here twice.")
		s.looked(t)
		owner.get("/data/quality").wants(t, http.StatusOK, "/data/quality", "See the pairs", `href="/data/duplicates"`)
		id := func(path string) string { return strings.TrimPrefix(path, "/customers/") }
		page := owner.get(at).wants(t, http.StatusOK, at, "3 pairs", "very likely", "likely", "The same mailbox, written in two ways", "The same name and date of birth", "Άννα Παππά", "anna.pappa@gmail.com",
			`href="`+first+"/merge/"+id(second)+`"`)
		if strings.Index(page.text, id(second)) > strings.Index(page.text, id(third)) {
			t.Errorf("the likeliest is not first: %s", page.text)
		}
		owner.get(first+"/merge/"+id(second)).wants(t, http.StatusOK, first+"/merge/"+id(second), "Anna Pappa", "Άννα Παππά")
		owner.post(at, "first", id(third), "second", id(first)).wants(t, http.StatusOK, at, "They are told apart", "2 pairs")
		owner.post(at, "first", id(third), "second", id(first)).wants(t, http.StatusOK, at, "2 pairs")
		s.looked(t)
		owner.get(at).wants(t, http.StatusOK, at, "2 pairs")
		owner.post(first+"/merge/"+id(second)).wants(t, http.StatusOK, first)
		owner.get(at).wants(t, http.StatusOK, at, "Nobody is suspected")
		owner.post(at, "first", id(second), "second", id(first)).wants(t, http.StatusConflict, at, "The two are one customer already")
		s.looked(t)
		// The third was told apart from the first, for whom the second stands now.
		owner.get(at).wants(t, http.StatusOK, at, "Nobody is suspected")
		for _, wrong := range [][]string{{"first", "x", "second", id(first)}, {"first", id(first), "second", id(first)}, {"first", id(first), "second", "cus_8000000000001"}} {
			owner.post(at, wrong...).wants(t, http.StatusNotFound, at)
		}
		owner.get("/trail?action=customers.told_apart").wants(t, http.StatusOK, "/trail", "customers.told_apart", id(third))
		agent, developer, cashier := s.signedIn(t, owner, account.Agent), s.signedIn(t, owner, account.Developer), s.signedIn(t, owner, account.Cashier)
		fourth := owner.typedIn(t, "full_name", "Bo", "email", "bo+1@example.com")
		fifth := owner.typedIn(t, "full_name", "Bo S", "email", "bo@example.com")
		s.looked(t)
		if page := developer.get(at); strings.Contains(page.text, "bo@example.com") || strings.Contains(page.text, ">Bo") || !strings.Contains(page.text, id(fourth)) {
			t.Errorf("a developer sees who it is: %s", page.text)
		}
		if page := cashier.get(at); strings.Contains(page.text, "Not the same person") {
			t.Errorf("a cashier is offered what is not allowed: %s", page.text)
		}
		cashier.post(at, "first", id(fourth), "second", id(fifth)).wants(t, http.StatusForbidden, at)
		agent.post(at, "first", id(fourth), "second", id(fifth)).wants(t, http.StatusOK, at, "0 pairs")
	})
}

var nextPage = regexp.MustCompile(`href="([^"]+)" rel="next"`)

// Many pairs come in pages; who says what of one of the second page stays there.
func TestPagesOfPairs(t *testing.T) {
	t.Parallel()
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	owner := s.owner(t)
	in := s.intake(t)
	s.write(t, func(tx *db.Tx) error {
		for n := range 50 {
			_, _, err := customer.Make(tx, in, []customer.Identity{{Kind: customer.Card, Value: strings.Repeat("0", n%2) + "1234" + string(rune('a'+n/2))}})
			if err != nil {
				return err
			}
		}
		return nil
	})
	s.looked(t)
	first := owner.get("/data/duplicates").wants(t, http.StatusOK, "/data/duplicates", "25 pairs")
	next := nextPage.FindStringSubmatch(first.text)
	if next == nil {
		t.Fatal("there is no second page")
	}
	second := owner.get(html.UnescapeString(next[1])).wants(t, http.StatusOK, "/data/duplicates", "25 pairs")
	pair := regexp.MustCompile(`name="first" value="([^"]+)"><input type="hidden" name="second" value="([^"]+)"><input type="hidden" name="after" value="([^"]+)"`)
	all := pair.FindAllStringSubmatch(second.text, -1)
	if len(all) != 5 || strings.Contains(first.text, all[0][1]+`/merge/`+all[0][2]) || nextPage.MatchString(second.text) {
		t.Fatalf("the second page has %d pairs: %s", len(all), second.text)
	}
	page := owner.post("/data/duplicates", "first", all[0][1], "second", all[0][2], "after", all[0][3]).wants(t, http.StatusOK, "/data/duplicates", "24 pairs", "They are told apart")
	if rest := pair.FindAllStringSubmatch(page.text, -1); len(rest) != 4 {
		t.Errorf("%d pairs are left on it", len(rest))
	}
}

func TestQualityInABrowser(t *testing.T) {
	t.Parallel()
	s, b := inBrowser(t)
	owner := s.sold(t, coffees())
	file := owner.bring("bad.csv", "order,customer,date,amount\n1,a,2026-01-01,10\n2,a,2026-01-02,ten\n3,b,2026-01-03,0\n4,b,2031-01-04,5\n5,,2026-01-05,30\n").path
	owner.post(file + "/start")
	owner.settled(file)
	owner.twice(t)
	owner.typedIn(t, "full_name", "Anna Pappa of a very long name that goes on", "birthday_day", "3", "birthday_month", "2", "birthday_year", "1980", "email", "anna.pappa.of.a.rather.long.name@longname.example.com")
	s.visited(t)
	s.silent(t)
	s.threeGuests(t)
	s.looked(t)
	s.looks(t, b, owner, []look{
		{name: "quality", path: "/data/quality", tag: "en", scheme: "light", width: desk},
		{name: "quality", path: "/data/quality", tag: "ru", scheme: "dark", width: phone},
		{name: "quality", path: "/data/quality", tag: "el", scheme: "light", width: small},
		{name: "quality", path: "/data/quality", tag: "zh", scheme: "light", width: phone},
		{name: "duplicates", path: "/data/duplicates", tag: "en", scheme: "dark", width: desk},
		{name: "duplicates", path: "/data/duplicates", tag: "ru", scheme: "light", width: phone},
		{name: "duplicates", path: "/data/duplicates", tag: "mk", scheme: "dark", width: small},
		{name: "chosen", path: "/customers?orders_from=2&sort=spent&spent_to=5000", tag: "en", scheme: "light", width: desk},
		{name: "chosen", path: "/customers?orders_from=2&sort=spent&spent_to=5000", tag: "ru", scheme: "dark", width: phone},
		{name: "chosen", path: "/customers?attribute=city&value=leeds&orders_from=2", tag: "el", scheme: "light", width: small},
		{name: "chosen-wrong", path: "/customers?orders_from=many", tag: "zh", scheme: "dark", width: phone},
		{name: "chosen-all", path: "/customers", tag: "en", scheme: "dark", width: small},
		{name: "chosen-all", path: "/customers", tag: "mk", scheme: "light", width: desk},
	})
}
