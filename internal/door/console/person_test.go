package console_test

import (
	"encoding/json"
	"html"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/record/catalogue"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/listing"
	"regulars/internal/record/order"
	"regulars/internal/record/schema/schematest"
)

// number is the customer of a page.
func number(t *testing.T, path string) (n int64) {
	t.Helper()
	if err := fact.ParsePublicID(fact.CustomerPrefix, strings.TrimPrefix(path, "/customers/"), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// orders are those of a customer, under all its numbers.
func (s *shop) orders(t *testing.T, path string) (all []order.Stored) {
	t.Helper()
	s.write(t, func(tx *db.Tx) error {
		members, err := customer.Members(tx, number(t, path))
		if err == nil {
			all, err = order.List(tx, listing.Filter{Customers: members}, listing.Place{}, 100)
		}
		return err
	})
	return all
}

// trail counts the entries of an act on a customer.
func (s *shop) trail(t *testing.T, action, path string) int {
	t.Helper()
	var n int
	s.write(t, func(tx *db.Tx) error {
		all, err := account.Entries(tx, account.EntryFilter{Action: action, Target: strings.TrimPrefix(path, "/customers/")})
		n = len(all)
		for i := range all {
			if all[i].Actor.Kind != account.Person {
				t.Errorf("%s was done by %+v", action, all[i].Actor)
			}
		}
		return err
	})
	return n
}

// typedIn types a customer in, and gives the page that this leads to.
func (b *reader) typedIn(t *testing.T, fields ...string) string {
	t.Helper()
	page := b.post("/customers/new", fields...)
	if page.status != http.StatusOK || !strings.HasPrefix(page.path, "/customers/cus_") {
		t.Fatalf("%d %s: %s", page.status, page.path, page.text)
	}
	return page.path
}

func TestAPersonIsTypedIn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		const at = "/customers/new"
		owner := s.owner(t)
		owner.get("/customers").wants(t, http.StatusOK, "/customers", `href="/customers/new"`)
		owner.get(at).wants(t, http.StatusOK, at, "Type in a customer", `id="birthday_month"`, `<option value="5">May</option>`)
		for _, c := range []struct {
			form        []string
			field, says string
		}{
			{[]string{"full_name", "Eve"}, "email", "by which the customer is known again"},
			{[]string{"full_name", "Eve", "email", "eve"}, "email", "This is no e-mail address."},
			{[]string{"full_name", "Eve", "phone", "x"}, "phone", "This is no phone number."},
			{[]string{"full_name", "Eve", "email", "eve@example.com", "birthday_day", "31", "birthday_month", "2"}, "birthday_day", "Choose the day and the month of the birthday"},
			{[]string{"full_name", strings.Repeat("E", 400), "email", "eve@example.com"}, "full_name", "This is too long."},
			{[]string{"full_name", "Eve\x00", "email", "eve@example.com"}, "full_name", "signs that cannot be kept"},
		} {
			owner.post(at, c.form...).wants(t, http.StatusUnprocessableEntity, at, c.says, `id="`+c.field+`-error"`, `value="`+strings.TrimSuffix(c.form[1], "\x00"))
		}
		form := []string{"full_name", nasty, "email", "Eve@Example.com", "phone", "+30 210 123 4567", "birthday_day", "17", "birthday_month", "5", "reference", "E-7"}
		path := owner.typedIn(t, form...)
		if again := owner.typedIn(t, form...); again != path {
			t.Errorf("pressed twice it is two: %s and %s", path, again)
		}
		owner.get(path).wants(t, http.StatusOK, path, nasty, "E-7", "Eve@Example.com", "+30 210 123 4567", "17 May<")
		owner.post(at, with(form, "full_name", "Somebody else")...).wants(t, http.StatusConflict, at, "known by this already", `id="reference-error"`, path, `value="Somebody else"`)
		owner.post(at, "full_name", "Somebody else", "phone", "+302101234567").wants(t, http.StatusConflict, at, `id="phone-error"`, path)
		if n := s.trail(t, "customer.created", path); n != 1 {
			t.Errorf("%d entries in the trail", n)
		}
		s.write(t, func(tx *db.Tx) error {
			c, err := customer.Get(tx, number(t, path))
			if err == nil && (c.Profile.FullName != nasty || c.Profile.Birthday != customer.Birthday{Month: 5, Day: 17} || c.Reference != "E-7") {
				t.Errorf("%+v", c)
			}
			return err
		})
		for _, role := range account.Roles() {
			may := account.As(account.Person, "x", "x", role.Permissions()...).May(account.CustomersWrite)
			who := s.signedIn(t, owner, role)
			if page := who.get(at); (page.status == http.StatusOK) != may {
				t.Errorf("%s: %d", role, page.status)
			}
			if page := who.post(at, "reference", string(role)); (page.status == http.StatusOK) != may {
				t.Errorf("%s types in with %d", role, page.status)
			}
			if page := who.get("/customers"); page.status == http.StatusOK && strings.Contains(page.text, at) != may {
				t.Errorf("%s is shown the wrong way", role)
			}
		}
	})
}

func TestAPersonsOrderIsTypedIn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		path := s.rewarded(t) // has bought for 40.00, a point a euro
		at := path + "/orders"
		page := owner.get(path).wants(t, http.StatusOK, path, "Type in an order", "Amount paid, in EUR", `<option value="beans">`)
		key := formKeyOf(t, page, at)
		athens, err := time.LoadLocation("Europe/Athens")
		if err != nil {
			t.Fatal(err)
		}
		placed := time.Now().In(athens).Add(-time.Minute).Format("2006-01-02T15:04")
		form := []string{"key", key, "placed_at", placed, "amount", "12,50", "product", "BEANS", "quantity", "2"}
		for _, c := range []struct{ field, value, says string }{
			{"placed_at", "tomorrow", "There is no such day."}, {"placed_at", "2999-01-01T00:00", "This has not come yet."}, {"placed_at", "0001-01-01", "There is no such day."},
			{"amount", "much", "This is no number."}, {"amount", "", "This must not be empty."}, {"amount", "-1", "Write zero, or a number above it."}, {"amount", "1.005", "more digits after the decimal sign"}, {"amount", "1e300", "This is no number."},
			{"quantity", "0", "Write a number above zero."}, {"quantity", "two", "This is no number."}, {"product", strings.Repeat("b", 301), "This is too long."}, {"product", "a\x00", "cannot be kept"},
		} {
			wrong := owner.post(at, with(form, c.field, c.value)...).wants(t, http.StatusUnprocessableEntity, at, c.says, `id="`+c.field+`-error"`, `href="#`+c.field+`"`, `<details class="other" open>`)
			if c.field != "product" && !strings.Contains(wrong.text, `value="BEANS"`) {
				t.Errorf("what was typed is lost: %s", wrong.text)
			}
			if formKeyOf(t, wrong, at) != key {
				t.Errorf("the key is lost after %s", c.says)
			}
		}
		if n := len(s.orders(t, path)); n != 1 {
			t.Fatalf("%d orders", n)
		}
		for range 2 { // pressed twice it is once
			owner.post(at, form...).wants(t, http.StatusOK, path, "€12.50", "52", "A point a euro: +12 points")
		}
		all := s.orders(t, path)
		if len(all) != 2 {
			t.Fatalf("%d orders", len(all))
		}
		for i := range all {
			if o := &all[i]; o.Source == "console" && (len(o.Lines) != 1 || o.Lines[0].Product != "beans" || o.Lines[0].Quantity != 2 || o.AmountMinor != 1250 || o.Store != "" || time.UnixMicro(o.Placed.Local).UTC().Format("2006-01-02T15:04") != placed) {
				t.Errorf("%+v", o)
			}
		}
		// The same form with something else on it is refused once, and is another order when it is sent again.
		again := owner.post(at, with(form, "amount", "3")...).wants(t, http.StatusConflict, at, "recorded from this form already", `value="3"`)
		if key = formKeyOf(t, again, at); key == form[1] {
			t.Fatal("the key is the old one")
		}
		owner.post(at, "key", key, "placed_at", "2026-01-05", "amount", "3").wants(t, http.StatusOK, path, "€3.00")
		if n := len(s.orders(t, path)); n != 3 {
			t.Errorf("%d orders", n)
		}
		owner.get("/trail?action=order.").wants(t, http.StatusOK, "/trail", "order.created", "order.unchanged")
		for _, role := range account.Roles() {
			may := account.As(account.Person, "x", "x", role.Permissions()...).May(account.SalesWrite)
			who := s.signedIn(t, owner, role)
			if page := who.get(path); page.status == http.StatusOK && strings.Contains(page.text, at) != may {
				t.Errorf("%s: %s", role, page.text)
			}
			if page := who.post(at, "key", string(role), "placed_at", "2026-01-06", "amount", "1"); (page.status == http.StatusOK) != may {
				t.Errorf("%s types in with %d", role, page.status)
			}
		}
		owner.post("/customers/cus_8000000000001/orders", form...).wants(t, http.StatusNotFound, "/customers/cus_8000000000001/orders", "There is no such customer.")
	})
}

// formKeyOf is the key on the form that is sent to an address.
func formKeyOf(t *testing.T, page shown, to string) string {
	t.Helper()
	m := regexp.MustCompile(`action="` + to + `" novalidate><input type="hidden" name="key" value="([^"]+)"`).FindStringSubmatch(page.text)
	if m == nil {
		t.Fatalf("there is no form to %s: %s", to, page.text)
	}
	return m[1]
}

// A shop with stores and channels lets one be chosen.
func TestAPersonsOrderHasAStore(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		path := owner.typedIn(t, "reference", "ada")
		s.write(t, func(tx *db.Tx) error {
			names := catalogue.NewNames()
			if err := names.Stores(tx, "Main <b>"); err != nil {
				return err
			}
			return names.Channels(tx, "web")
		})
		page := owner.get(path).wants(t, http.StatusOK, path, `<option value="Main <b>">`, `<option value="web">`, `id="store"`, `id="channel"`)
		owner.post(path+"/orders", "key", formKeyOf(t, page, path+"/orders"), "placed_at", "2026-01-05T10:30", "amount", "5", "store", "Main <b>", "channel", "web").wants(t, http.StatusOK, path, "€5.00")
		if all := s.orders(t, path); len(all) != 1 || all[0].Store != "Main <b>" || all[0].Channel != "web" {
			t.Errorf("%+v", all)
		}
	})
}

func TestAPersonAgreesAndTakesBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		path := s.visited(t) // has agreed to news by e-mail
		at := path + "/consents"
		consents := func() (all []customer.Consent) {
			s.write(t, func(tx *db.Tx) (err error) { all, err = customer.Consents(tx, number(t, path)); return err })
			return all
		}
		owner.get(path).wants(t, http.StatusOK, path, "e-mail · news", "agreed · 1 September 2026", "The wording that was shown", nasty, "Take back")
		form := []string{"consent_channel", "sms", "consent_purpose", "offers", "consent_other", "", "consent_wording", "May we write to you <b>?", "consent_source", "on paper", "consent_given", today(t)}
		for _, c := range []struct{ field, value, says string }{
			{"consent_channel", "", "This must not be empty."}, {"consent_wording", " ", "This must not be empty."}, {"consent_wording", strings.Repeat("w", 20_001), "This is too long."},
			{"consent_given", "today", "There is no such day."}, {"consent_given", "2999-01-01", "This has not come yet."}, {"consent_other", "a\x00b", "cannot be kept"},
		} {
			owner.post(at, with(form, c.field, c.value)...).wants(t, http.StatusUnprocessableEntity, at, c.says, `id="`+c.field+`-error"`, `value="on paper"`)
		}
		for range 2 { // pressed twice it is once
			owner.post(at, form...).wants(t, http.StatusOK, path, "text message · offers", "on paper", "May we write to you <b>?")
		}
		if all := consents(); len(all) != 2 || !all[0].Granted && !all[1].Granted {
			t.Fatalf("%+v", all)
		}
		for range 2 {
			owner.post(path+"/withdraw", "channel", "sms", "purpose", "offers").wants(t, http.StatusOK, path, "taken back")
		}
		if all := consents(); len(all) != 3 || all[0].Channel != "sms" && all[1].Channel != "sms" {
			t.Fatalf("%+v", all)
		}
		allowed := func() (yes bool) {
			s.write(t, func(tx *db.Tx) (err error) {
				yes, err = customer.Allowed(tx, number(t, path), "sms", "offers")
				return err
			})
			return yes
		}
		if allowed() {
			t.Error("what was taken back counts")
		}
		owner.post(path+"/withdraw", "channel", "post", "purpose", "never said").wants(t, http.StatusOK, path) // nothing to take back
		owner.post(at, form...).wants(t, http.StatusOK, path)
		if !allowed() {
			t.Error("what was given again does not count")
		}
		// One of an earlier day does not undo what was said since.
		for range 2 {
			owner.post(at, with(form, "consent_channel", "email", "consent_other", "a club & more", "consent_given", "2026-01-02")...).wants(t, http.StatusOK, path, "e-mail · a club & more", "2 January 2026")
		}
		if n := len(consents()); n != 5 {
			t.Errorf("%d consents", n)
		}
		if n := s.trail(t, "consent.created", path); n != 4 {
			t.Errorf("%d entries in the trail", n)
		}
		s.write(t, func(tx *db.Tx) error { // as a page on the web records it
			_, err := customer.Agree(tx, number(t, path), customer.Consent{Channel: "post", Purpose: "news", Granted: true, WordingVersion: "v7", Source: "web", Proof: "198.51.100.7", Given: tx.Now})
			return err
		})
		owner.get(path).wants(t, http.StatusOK, path, "web · wording v7 · 198.51.100.7")
		for _, role := range account.Roles() {
			by := account.As(account.Person, "x", "x", role.Permissions()...)
			may := by.May(account.CustomersWrite)
			who := s.signedIn(t, owner, role)
			page := who.get(path)
			if page.status != http.StatusOK {
				continue
			}
			if strings.Contains(page.text, "198.51.100.7") != by.May(account.PersonalRead) {
				t.Errorf("%s and the proof: %s", role, page.text)
			}
			if strings.Contains(page.text, at) != may || strings.Contains(page.text, "/withdraw") != may {
				t.Errorf("%s: %s", role, page.text)
			}
			for to, form := range map[string][]string{at: with(form, "consent_source", string(role)), path + "/withdraw": {"channel", "x", "purpose", "y"}} {
				if page := who.post(to, form...); (page.status == http.StatusOK) != may {
					t.Errorf("%s: %s with %d", role, to, page.status)
				}
			}
		}
	})
}

func TestAPersonIsMergedAndUnmerged(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		owner := s.owner(t)
		path := s.rewarded(t) // 40 points
		other := owner.typedIn(t, "full_name", "Ada Twice", "email", "ada@example.com", "phone", "+302101234567", "reference", "A-2")
		namesake := owner.typedIn(t, "full_name", "Ada Twin", "email", "twin@example.com")
		page := owner.get(other)
		owner.post(other+"/orders", "key", formKeyOf(t, page, other+"/orders"), "placed_at", time.Now().Add(-time.Minute).UTC().Format("2006-01-02T15:04"), "amount", "10").wants(t, http.StatusOK, other, "A point a euro: +10 points")
		for text, says := range map[string]string{"": "must not be empty", "nobody at all": "Nobody is known by that.", "Ada T": "More than one customer", "ada": "This is the same customer already.", "cus_8000000000001": "Nobody is known by that.", "a\x00": "cannot be kept"} {
			owner.post(path+"/merge", "with", text).wants(t, http.StatusUnprocessableEntity, path+"/merge", says, `id="with-error"`, `href="#with"`)
		}
		at := path + "/merge/" + strings.TrimPrefix(other, "/customers/")
		for _, text := range []string{"A-2", "ADA@example.com", "+30 210 1234567", "Ada Twice", strings.TrimPrefix(other, "/customers/")} {
			owner.post(path+"/merge", "with", text).wants(t, http.StatusOK, at, "Merge two customers?", "Ada Twice", "1 order of Ada Twice counts as ada’s.", "Points and stamps", "can be undone")
		}
		if len(s.orders(t, path)) != 1 {
			t.Fatal("merged before it was said so")
		}
		for range 2 { // pressed twice it is once
			owner.post(at).wants(t, http.StatusOK, path, "Merged into this customer", "Ada Twice", "50", "€10.00", "+302101234567", "ada@example.com")
		}
		owner.get(at).wants(t, http.StatusOK, path)
		owner.get(other).wants(t, http.StatusOK, path)
		if n := s.trail(t, "customer.merged", path); n != 1 || len(s.orders(t, path)) != 2 {
			t.Errorf("%d entries in the trail, %d orders", n, len(s.orders(t, path)))
		}
		undo := path + "/unmerge/" + strings.TrimPrefix(other, "/customers/")
		owner.get(path).wants(t, http.StatusOK, path, undo)
		owner.get(undo).wants(t, http.StatusOK, undo, "Undo this merge?", "Ada Twice has its own orders", "Points that were spent together")
		owner.get(namesake+"/unmerge/"+strings.TrimPrefix(other, "/customers/")).wants(t, http.StatusNotFound, namesake+"/unmerge/"+strings.TrimPrefix(other, "/customers/"))
		for _, role := range account.Roles() {
			may := account.As(account.Person, "x", "x", role.Permissions()...)
			who := s.signedIn(t, owner, role)
			page := who.get(path)
			if page.status != http.StatusOK {
				continue
			}
			if strings.Contains(page.text, "/merge") != may.May(account.CustomersWrite) || strings.Contains(page.text, "/unmerge/") != may.May(account.CustomersWrite) {
				t.Errorf("%s: %s", role, page.text)
			}
			for _, to := range []string{undo, path + "/merge/" + strings.TrimPrefix(namesake, "/customers/")} {
				if page := who.get(to); (page.status == http.StatusOK) != may.May(account.CustomersWrite) || !may.May(account.PersonalRead) && regexp.MustCompile(`Ada T|@example`).MatchString(page.text) {
					t.Errorf("%s: %s with %d: %s", role, to, page.status, page.text)
				}
			}
			if !may.May(account.CustomersWrite) {
				for _, to := range []string{undo, at, path + "/merge"} {
					if page := who.post(to, "with", "A-2"); page.status != http.StatusForbidden {
						t.Errorf("%s: %s with %d", role, to, page.status)
					}
				}
			}
		}
		for range 2 {
			if page := owner.post(undo).wants(t, http.StatusOK, path); strings.Contains(page.text, "Ada Twice") {
				t.Error("it is still merged")
			}
		}
		owner.get(other).wants(t, http.StatusOK, other, "Ada Twice", "€10.00")
		if n := s.trail(t, "customer.unmerged", path); n != 1 || len(s.orders(t, path)) != 1 {
			t.Errorf("%d entries in the trail, %d orders", n, len(s.orders(t, path)))
		}
	})
}

func TestAPersonIsGivenTheirDataAndErased(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Helper()
		owner := s.owner(t)
		path := s.rewarded(t)
		other := owner.typedIn(t, "full_name", "Ada <i>Lovelace", "email", "ada@example.com")
		owner.post(path+"/merge/"+strings.TrimPrefix(other, "/customers/")).wants(t, http.StatusOK, path)
		at := path + "/erase"
		for _, role := range account.Roles() {
			may := account.As(account.Person, "x", "x", role.Permissions()...)
			who := s.signedIn(t, owner, role)
			if page := who.get(path); page.status == http.StatusOK && (strings.Contains(page.text, at) != may.May(account.CustomersErase) || strings.Contains(page.text, path+"/export") != may.May(account.CustomersExport)) {
				t.Errorf("%s: %s", role, page.text)
			}
			if page := who.get(path + "/export"); (page.status == http.StatusOK) != may.May(account.CustomersExport) {
				t.Errorf("%s exports with %d", role, page.status)
			}
			if page := who.get(at); (page.status == http.StatusOK) != may.May(account.CustomersErase) {
				t.Errorf("%s is asked with %d", role, page.status)
			}
			if !may.May(account.CustomersErase) {
				who.post(at, "confirm", "ada").wants(t, http.StatusForbidden, at)
			}
		}
		before := s.trail(t, "customer.exported", path)
		file := owner.get(path+"/export").wants(t, http.StatusOK, path+"/export", "ada@example.com", "beans")
		var known struct {
			Customer map[string][]map[string]any `json:"customer"`
			Units    map[string][]any            `json:"units"`
		}
		if err := json.Unmarshal([]byte(file.text), &known); err != nil || len(known.Customer["orders"]) != 1 || len(known.Customer["customers"]) != 2 || len(known.Units["points"]) != 1 ||
			!strings.Contains(file.header.Get("Content-Disposition"), "attachment") || file.header.Get("Content-Type") != "application/json" {
			t.Errorf("%v %v %s", err, file.header, file.text)
		}
		if n := s.trail(t, "customer.exported", path) - before; n != 1 {
			t.Errorf("%d entries in the trail", n)
		}
		owner.get(at).wants(t, http.StatusOK, at, "Erase this customer?", "What goes", "What stays", "1 order with its amount", "Points, stamps and rewards", "type ada", "nobody can undo it")
		for _, typed := range []string{"", "adam", "yes"} {
			owner.post(at, "confirm", typed).wants(t, http.StatusUnprocessableEntity, at, "nothing was done", `id="confirm-error"`, `value="`+typed+`"`)
		}
		owner.get(path).wants(t, http.StatusOK, path)
		for range 2 { // pressed twice it is once
			owner.post(at, "confirm", " ADA ").wants(t, http.StatusOK, at, "The customer is erased")
		}
		for _, gone := range []string{path, path + "/export", at, other, path + "/merge/" + strings.TrimPrefix(other, "/customers/")} {
			if page := owner.get(gone).wants(t, http.StatusNotFound, gone, "was erased"); strings.Contains(html.UnescapeString(page.text), "Lovelace") {
				t.Error("it is still known")
			}
		}
		if page := owner.get("/customers?q=ada@example.com"); strings.Contains(page.text, path) || strings.Contains(page.text, other) {
			t.Error("it is still found")
		}
		for _, gone := range []string{path, other} {
			if n := s.trail(t, "customer.erased", gone); n != 1 {
				t.Errorf("%d entries in the trail for %s", n, gone)
			}
		}
		if all := s.orders(t, path); len(all) != 1 || all[0].AmountMinor != 4000 {
			t.Errorf("what was bought is lost: %+v", all)
		}
		owner.post(path+"/orders", "key", "x", "placed_at", "2026-01-05", "amount", "1").wants(t, http.StatusNotFound, path+"/orders", "was erased")
	})
}

// Whatever is typed, nothing stumbles, and it is text.
func TestNoFormOfAPersonStumbles(t *testing.T) {
	t.Parallel()
	s := open(t, schematest.Open(t, schematest.SQLite(t)))
	owner := s.owner(t)
	path := s.rewarded(t)
	for _, text := range hostile {
		for to, fields := range map[string][]string{
			"/customers/new": {"full_name", "email", "phone", "birthday_day", "reference"}, path + "/orders": {"key", "placed_at", "amount", "product", "quantity", "store", "channel"},
			path + "/consents": {"consent_channel", "consent_purpose", "consent_other", "consent_wording", "consent_source", "consent_given"}, path + "/withdraw": {"channel", "purpose"},
			path + "/merge": {"with"}, path + "/erase": {"confirm"},
		} {
			right := map[string]string{"full_name": "N", "email": "n@example.com", "key": "k", "placed_at": "2026-01-05", "amount": "1", "consent_channel": "sms", "consent_purpose": "offers", "consent_wording": "w", "consent_given": "2026-01-05"}
			for _, odd := range fields {
				var form []string
				for _, field := range fields {
					value := right[field]
					if field == odd {
						value = text
					}
					form = append(form, field, value)
				}
				if p := owner.post(to, form...); p.status >= 500 || strings.Contains(p.text, "<script") || p.header.Get("Set-Cookie") == "x=y" {
					t.Errorf("%s of %s as %.20q: %d %.300s", odd, to, text, p.status, p.text)
				}
			}
		}
	}
}

func TestAPersonInABrowser(t *testing.T) {
	t.Parallel()
	s, b := inBrowser(t)
	owner := s.owner(t)
	path := s.rewarded(t)
	owner.post(path+"/consents", "consent_channel", "email", "consent_purpose", "newsletter", "consent_wording", "May we send you our news once a month?", "consent_source", "on paper", "consent_given", "2026-01-02")
	owner.post(path+"/withdraw", "channel", "email", "purpose", "newsletter")
	owner.post(path+"/consents", "consent_channel", "sms", "consent_other", "the wine club", "consent_wording", "A message for each new bottle.", "consent_given", "2026-01-02")
	s.phoned(t, path, "Android · Samsung Internet", "")
	one := owner.typedIn(t, "full_name", "Anna-Maria Papadopoulou of a rather long name", "email", "anna-maria.papadopoulou@longname.example.com", "birthday_day", "17", "birthday_month", "5", "birthday_year", "1980")
	two := owner.typedIn(t, "full_name", "Ada", "phone", "+302101234567")
	owner.post(path+"/merge/"+strings.TrimPrefix(two, "/customers/")).wants(t, http.StatusOK, path)
	merge, undo := path+"/merge/"+strings.TrimPrefix(one, "/customers/"), path+"/unmerge/"+strings.TrimPrefix(two, "/customers/")
	s.looks(t, b, owner, []look{
		{name: "person", path: path, tag: "en", scheme: "light", width: desk},
		{name: "person", path: path, tag: "el", scheme: "dark", width: small},
		{name: "person", path: path, tag: "ru", scheme: "light", width: phone},
		{name: "person-wrong", path: path, tag: "mk", scheme: "dark", width: phone, typed: []string{"amount", "πολλά"}, until: ".problems"},
		{name: "person-new", path: "/customers/new", tag: "zh", scheme: "light", width: phone},
		{name: "person-new-wrong", path: "/customers/new", tag: "en", scheme: "dark", width: desk, typed: []string{"full_name", "Eve"}, until: ".problems"},
		{name: "person-list", path: "/customers", tag: "ru", scheme: "dark", width: small},
		{name: "person-merge", path: merge, tag: "en", scheme: "light", width: desk},
		{name: "person-merge", path: merge, tag: "ru", scheme: "dark", width: small},
		{name: "person-unmerge", path: undo, tag: "zh", scheme: "dark", width: phone},
		{name: "person-erase", path: one + "/erase", tag: "el", scheme: "light", width: phone},
		{name: "person-erase", path: one + "/erase", tag: "en", scheme: "dark", width: desk, typed: []string{"confirm", "Anna"}, until: ".problems"},
	})
}

// Two presses at the same moment are one as well.
func TestWhatAPersonIsPressedTwiceAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		path := s.rewarded(t)
		key := formKeyOf(t, owner.get(path), path+"/orders")
		other := owner.typedIn(t, "full_name", "Ada Twice", "reference", "A-2")
		day := today(t)
		for to, form := range map[string][]string{
			"/customers/new":    {"full_name", "Eve", "email", "eve@example.com", "phone", "+302101234567"},
			path + "/orders":    {"key", key, "placed_at", "2026-01-05T10:30", "amount", "7", "product", "a new one"},
			path + "/consents":  {"consent_channel", "sms", "consent_purpose", "offers", "consent_wording", "May we?", "consent_given", day},
			other + "/consents": {"consent_channel", "sms", "consent_purpose", "offers", "consent_wording", "May we?", "consent_given", "2026-02-03"},
			path + "/merge/" + strings.TrimPrefix(other, "/customers/"): {},
		} {
			var presses sync.WaitGroup
			for range 4 {
				presses.Go(func() {
					if page := owner.post(to, form...); page.status != http.StatusOK {
						t.Errorf("%s: %d %.2000s", to, page.status, page.text)
					}
				})
			}
			presses.Wait()
		}
		orders, merges := len(s.orders(t, path)), s.trail(t, "customer.merged", path)
		s.write(t, func(tx *db.Tx) error {
			all, err := customer.Consents(tx, number(t, path), number(t, other))
			if err != nil {
				return err
			}
			eve, err := customer.Exactly(tx, "eve@example.com", "")
			if n := len(all); n != 2 || orders != 2 || merges != 1 || len(eve) != 1 {
				t.Errorf("%d consents, %d orders, %d merges, %d customers", n, orders, merges, len(eve))
			}
			return err
		})
	})
}
