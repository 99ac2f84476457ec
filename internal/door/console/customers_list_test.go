package console_test

import (
	"archive/zip"
	"encoding/csv"
	"fmt"
	"html"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/act/member"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/intake"
	"regulars/internal/measure/metric"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
	"regulars/internal/record/schema/schematest"
	"regulars/internal/understand/roster"
	"regulars/internal/understand/segment"
)

// intake is what ids are made by.
func (s *shop) intake(t *testing.T) *fact.IDs {
	t.Helper()
	return &fact.IDs{}
}

// guest makes a customer who ordered, one order for each number of days ago, of so much each.
func (s *shop) guest(t *testing.T, name string, profile customer.Profile, minor int64, days ...int) (number int64) {
	t.Helper()
	in, err := (&intake.Current{DB: s.d}).Intake(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	profile.FullName = name
	who := customer.Identity{Kind: customer.OwnID, Value: "ref-" + name}
	s.write(t, func(tx *db.Tx) error {
		out, err := in.Customer(tx, intake.Customer{Identities: []customer.Identity{who, {Kind: customer.Email, Value: strings.ToLower(strings.Fields(name)[0]) + "@example.com"}}, Profile: profile})
		if err != nil {
			return err
		}
		number = out.Customer
		for i, ago := range days {
			if _, err := in.Order(tx, intake.Order{Customer: who, Order: order.Order{Source: "s", Reference: fmt.Sprint(name, i), Placed: in.At(time.Now().AddDate(0, 0, -ago).Add(-time.Minute)), Summed: true,
				Lines: []order.Line{{Product: "beans", Quantity: 1, AmountMinor: minor}}}}); err != nil {
				return err
			}
		}
		return nil
	})
	return number
}

// threeGuests are three customers who differ in all that one can choose by.
func (s *shop) threeGuests(t *testing.T) (zoe, bo, none int64) {
	t.Helper()
	cut := func(values ...int64) (all [4]metric.Cut) {
		for i, v := range values {
			all[i].Fifths = 5 * v
		}
		return all
	}
	s.write(t, (&segment.Cuts{Cuts: metric.Cuts{Recency: cut(5, 20, 60, 200), Frequency: cut(0, 1, 2, 3), Monetary: cut(100, 300, 900, 3000)}, AsOf: "2026-01-01"}).Save)
	city := func(name string) customer.Profile {
		return customer.Profile{Attributes: fact.Attributes{{Name: "city", Value: name}}}
	}
	zoe = s.guest(t, "Zoë Adams", city("Αθήνα"), 2550, 1, 2, 3, 4)
	bo = s.guest(t, "Bo <Brown>", city("Leeds"), 400, 250)
	none = s.guest(t, "Nina Novak", customer.Profile{}, 0)
	s.write(t, func(tx *db.Tx) error {
		if err := member.Join(tx, bo, "web"); err != nil {
			return err
		}
		for _, c := range []customer.Consent{{Channel: "email", Purpose: "offers", Granted: true, Wording: "May we?", Given: time.Now().Add(-time.Hour)}, {Channel: "email", Purpose: "offers", Given: time.Now()}} {
			if _, err := customer.Agree(tx, bo, c); err != nil {
				return err
			}
		}
		_, err := customer.Agree(tx, zoe, customer.Consent{Channel: "sms", Purpose: "offers", Granted: true, Wording: "May we?", Given: time.Now()})
		return err
	})
	return zoe, bo, none
}

var inList = regexp.MustCompile(`href="/customers/(cus_[0-9a-z]+)"`)

// ids are the customers on a page, in its order.
func ids(p shown) (all []string) {
	for _, m := range inList.FindAllStringSubmatch(p.text, -1) {
		if !slices.Contains(all, m[1]) {
			all = append(all, m[1])
		}
	}
	return all
}

func TestCustomersAreChosen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		a, b, c := s.threeGuests(t)
		name := map[string]string{}
		for letter, n := range map[string]int64{"z": a, "b": b, "n": c} {
			name[fact.PublicID(fact.CustomerPrefix, n)] = letter
		}
		day := func(ago int) string { return time.Now().AddDate(0, 0, -ago).Format(time.DateOnly) }
		for _, one := range []struct{ query, want, chip string }{
			{"", "nbz", ""},
			{"?sort=last_order", "zbn", ""},
			{"?sort=orders", "zbn", ""},
			{"?sort=spent", "zbn", ""},
			{"?sort=name", "bnz", ""},
			{"?segment=champions", "z", "Segment: Champions"},
			{"?last_from=" + day(30), "z", "Last order on this day or later: "},
			{"?last_before=" + day(30), "b", "Last order before this day: "},
			{"?orders_from=1", "bz", "Orders, at least: 1"},
			{"?orders_to=1&sort=orders", "bn", "Orders, at most: 1"},
			{"?spent_from=4.00&spent_to=4", "b", "Spent, at least: €4.00"},
			{"?spent_from=102", "z", "Spent, at least: €102.00"},
			{"?consent=sms", "z", "Agreed to be reached by: text message"},
			{"?withdrawn=email", "b", "Took back the consent for: e-mail"},
			{"?member=yes", "b", "members"},
			{"?member=no", "nz", "not members"},
			{"?attribute=city&value=%CE%91%CE%98%CE%97%CE%9D%CE%91", "", "city: ΑΘΗΝΑ"}, // without its accent it is another word
			{"?attribute=city&value=%CE%B1%CE%B8%CE%AE%CE%BD%CE%B1", "z", "city: αθήνα"},
			{"?attribute=city&sort=name", "bz", "has: city"},
			{"?member=yes&orders_from=5", "", "Orders, at least: 5"},
		} {
			page := owner.get("/customers"+one.query).wants(t, http.StatusOK, "/customers", one.chip)
			got := ""
			for _, id := range ids(page) {
				got += name[id]
			}
			if got != one.want {
				t.Errorf("%s: %q, want %q", one.query, got, one.want)
			}
			count := fmt.Sprintf("%d customers", len(one.want))
			if len(one.want) == 1 {
				count = "1 customer"
			}
			if !strings.Contains(page.text, ">"+count+"<") {
				t.Errorf("%s: it does not say %s: %s", one.query, count, page.text)
			}
		}
		owner.get("/customers?member=yes&orders_from=5").wants(t, http.StatusOK, "/customers", "Nobody is like that.")
		page := owner.get("/customers?member=yes&orders_from=1").wants(t, http.StatusOK, "/customers", "Bo <Brown>", "€4.00", `href="/customers?orders_from=1"`, `href="/customers?member=yes"`, `value="1"`, `<option value="yes" selected>`)
		if strings.Contains(page.text, "<Brown>") {
			t.Error("a name becomes a tag")
		}
		// What is empty is not in the address, so that it can be passed on.
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/customers?segment=&orders_from=+1&member=&sort=newest", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := owner.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if answer.Body.Close(); answer.Request.URL.RequestURI() != "/customers?orders_from=1" {
			t.Errorf("the address is %s", answer.Request.URL)
		}
	})
}

// What cannot be is said at its field, with all else as it was.
func TestAFilterThatCannotBe(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		s.threeGuests(t)
		for query, says := range map[string]string{
			"orders_from=many": "This is no whole number.", "orders_to=-1": "This is no whole number.", "spent_from=lots": "This is no number.", "spent_to=1.234": "more digits after the decimal sign", "last_from=2026-02-30": "There is no such day.",
			"segment=kings": "Choose one of those in the list.", "member=perhaps": "Choose one of those in the list.", "value=Leeds": "This must not be empty.", "member=tier:gold": "Choose one of those in the list.",
			"spent_from=99999999999999": "This is too much to be meant",
		} {
			page := owner.get("/customers?consent=sms&"+query).wants(t, http.StatusUnprocessableEntity, "/customers", says, `<details class="panel filter" open>`, `<option value="sms" selected>`)
			if !strings.Contains(page.text, `class="error"`) {
				t.Errorf("%s: not at its field: %s", query, page.text)
			}
			owner.get("/customers/list.csv?"+query).wants(t, http.StatusUnprocessableEntity, "/customers/list.csv", says)
		}
		owner.get("/customers?sort=height&after=nonsense").wants(t, http.StatusOK, "/customers", "3 customers")
	})
}

// cellsOf is the sheet of a workbook, as it is written.
func cellsOf(t *testing.T, book string) string {
	t.Helper()
	archive, err := zip.NewReader(strings.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := archive.Open("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer sheet.Close()
	text, err := io.ReadAll(sheet)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Files hold who was chosen, all of them and no others; they are for who may export, and in the trail.
func TestTheListAsAFile(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		s.threeGuests(t)
		owner.get("/customers?orders_from=1&sort=spent").wants(t, http.StatusOK, "/customers", `href="/customers/list.csv?orders_from=1&sort=spent"`, `href="/customers/list.xlsx?orders_from=1&sort=spent"`)
		file := owner.get("/customers/list.csv?orders_from=1&sort=spent").wants(t, http.StatusOK, "/customers/list.csv")
		rows, err := csv.NewReader(strings.NewReader(file.text)).ReadAll()
		if err != nil || len(rows) != 3 {
			t.Fatalf("%v, %v", rows, err)
		}
		if got := strings.Join(rows[1][1:], ","); got != "ref-Zoë Adams,Zoë Adams,zoë@example.com,,"+time.Now().AddDate(0, 0, -1).Add(-time.Minute).UTC().Format(time.DateOnly)+",4,102.00,champions,sms," && !strings.Contains(got, ",4,102.00,champions,sms,") {
			t.Errorf("%s", got)
		}
		if got := rows[2]; got[2] != "Bo <Brown>" || got[6] != "1" || got[7] != "4.00" || got[9] != "" || got[10] != "email" {
			t.Errorf("%q", got)
		}
		book := owner.get("/customers/list.xlsx?orders_from=1&sort=spent").wants(t, http.StatusOK, "/customers/list.xlsx")
		cells := cellsOf(t, book.text)
		if !strings.Contains(cells, "Zoë Adams") || !strings.Contains(cells, "<v>102</v>") || !strings.Contains(cells, "Bo &lt;Brown&gt;") || strings.Contains(cells, "Nina") {
			t.Errorf("%s", cells)
		}
		owner.get("/trail?action=customers.exported").wants(t, http.StatusOK, "/trail", "customers.exported", "orders_from", "sort")
		for _, role := range account.Roles() {
			who, may := s.signedIn(t, owner, role), account.As(account.Person, "x", "x", role.Permissions()...)
			if page := who.get("/customers/list.csv"); (page.status == http.StatusOK) != may.May(account.CustomersExport) {
				t.Errorf("%s: %d", role, page.status)
			}
			page := who.get("/customers?attribute=city&value=leeds&sort=name")
			if !may.May(account.CustomersRead) {
				continue
			}
			if n := len(ids(page)); (n == 1) != may.May(account.PersonalRead) {
				t.Errorf("%s chooses by what tells who it is: %d", role, n)
			}
			if strings.Contains(page.text, "list.csv") != may.May(account.CustomersExport) || strings.Contains(page.text, "Brown") != may.May(account.PersonalRead) {
				t.Errorf("%s: %s", role, page.text)
			}
		}
	})
}

// Who is looked for may be chosen by more, and what was chosen stays chosen where somebody is looked for.
func TestWhoIsLookedForAmongThoseChosen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		s.guest(t, "Maria One", customer.Profile{}, 500, 3)
		s.guest(t, "Maria Two", customer.Profile{}, 500, 9, 4)
		s.guest(t, "Mark", customer.Profile{}, 500, 9, 4)
		card := s.guest(t, "Nobody Else", customer.Profile{}, 500, 9, 4)
		plain := owner.get("/customers?q=maria").wants(t, http.StatusOK, "/customers", "Maria One", "Maria Two", `<input type="hidden" name="q" value="maria">`)
		if strings.Contains(plain.text, "Mark") || strings.Contains(plain.text, "list.csv") {
			t.Error("more than who was looked for is found")
		}
		both := owner.get("/customers?orders_from=2&q=MAR&sort=spent").wants(t, http.StatusOK, "/customers", "2 customers", "found by: MAR", "Maria Two", "Mark",
			`<input type="hidden" name="orders_from" value="2"><input type="hidden" name="sort" value="spent">`, `href="/customers?orders_from=2&sort=spent"`, `href="/customers?q=MAR&sort=spent"`)
		if strings.Contains(both.text, "Maria One") || strings.Contains(both.text, "Nobody Else") {
			t.Error("who was not chosen is listed")
		}
		owner.get("/customers?orders_from=2&q=ref-Nobody+Else").wants(t, http.StatusOK, "/customers", "1 customer", fact.PublicID(fact.CustomerPrefix, card))
		owner.get("/customers?orders_from=2&q=%F0%9F%98%80").wants(t, http.StatusOK, "/customers", "Nobody is like that.")
		file := owner.get("/customers/list.csv?orders_from=2&q=mark").wants(t, http.StatusOK, "/customers/list.csv", "ref-Mark")
		if strings.Contains(file.text, "Maria") {
			t.Errorf("%s", file.text)
		}
	})
}

// Many come in pages, in every order, each on one of them.
func TestPagesOfCustomers(t *testing.T) {
	t.Parallel()
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	owner := s.owner(t)
	for n := range 60 {
		s.guest(t, fmt.Sprintf("G%02d", n*7%60), customer.Profile{}, int64(n%7*100), slices.Repeat([]int{n}, n%3)...)
	}
	for _, sort := range []string{"newest", "last_order", "orders", "spent", "name"} {
		seen := map[string]bool{}
		path := "/customers?sort=" + sort
		for pages := 0; ; pages++ {
			page := owner.get(path).wants(t, http.StatusOK, "/customers", "60 customers")
			for _, id := range ids(page) {
				if seen[id] {
					t.Errorf("by %s %s is there twice", sort, id)
				}
				seen[id] = true
			}
			next := nextPage.FindStringSubmatch(page.text)
			if next == nil {
				break
			}
			if path = html.UnescapeString(next[1]); pages > 3 || sort == "name" && strings.Contains(path, "g") && strings.Contains(strings.ToLower(path), "after=g") {
				t.Fatalf("by %s it goes on at %s", sort, path)
			}
		}
		if len(seen) != 60 {
			t.Errorf("by %s there are %d", sort, len(seen))
		}
	}
}

// Where there are too many to be reckoned while somebody waits, the list says how old its figures are; before there are any it
// shows who came last, and the job is asked for.
func TestTheListOfManyCustomers(t *testing.T) {
	t.Parallel()
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	owner := s.owner(t)
	ids := s.intake(t)
	come := func(many int, prefix string) {
		t.Helper()
		s.write(t, func(tx *db.Tx) error {
			var all []customer.Identity
			for n := range many {
				all = append(all, customer.Identity{Kind: customer.OwnID, Value: fmt.Sprint(prefix, n)})
			}
			_, _, err := customer.Make(tx, ids, all)
			return err
		})
	}
	asked := func() (n int) {
		t.Helper()
		s.write(t, func(tx *db.Tx) error {
			return tx.QueryRow("SELECT count(*) FROM jobs WHERE kind = $1 AND state = 'waiting'", roster.Kind).Scan(&n)
		})
		return n
	}
	come(2100, "c")
	page := owner.get("/customers").wants(t, http.StatusOK, "/customers", "for the first time", "Who came last", "/customers/cus_")
	if n := len(regexp.MustCompile(`href="/customers/cus_`).FindAllString(page.text, -1)); n != 50 || asked() != 1 {
		t.Errorf("%d are shown, %d jobs wait", n, asked())
	}
	owner.get("/customers?orders_from=1").wants(t, http.StatusOK, "/customers", "for the first time")
	owner.get("/customers/list.csv").wants(t, http.StatusServiceUnavailable, "/customers/list.csv", "for the first time")
	if err := (&roster.Keeper{DB: s.d}).CatchUp(t.Context(), s.d.Write); err != nil {
		t.Fatal(err)
	}
	page = owner.get("/customers").wants(t, http.StatusOK, "/customers", "2,100 customers", `rel="next"`)
	if strings.Contains(page.text, "is being added") {
		t.Error("it is said to be old")
	}
	come(500, "d")
	owner.get("/customers").wants(t, http.StatusOK, "/customers", "Figures of", "is being added", "2,100 customers")
	owner.get("/customers?q=d7").wants(t, http.StatusOK, "/customers", "/customers/cus_")
	if asked() != 1 {
		t.Errorf("%d jobs wait", asked())
	}
	file := owner.get("/customers/list.csv").wants(t, http.StatusOK, "/customers/list.csv", "id,reference,name")
	if lines := strings.Count(file.text, "\n"); lines != 2101 {
		t.Errorf("the file has %d lines", lines)
	}
	if err := (&roster.Keeper{DB: s.d}).CatchUp(t.Context(), s.d.Write); err != nil {
		t.Fatal(err)
	}
	owner.get("/customers").wants(t, http.StatusOK, "/customers", "2,600 customers")
}
