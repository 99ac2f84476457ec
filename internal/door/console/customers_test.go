package console_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/intake"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
	"regulars/internal/record/order"
)

const nasty = `<script>alert("x")</script> ` + "\u202eמה" + ` 🎈`

// visited has a customer of a hard name buy, give back and agree.
func (s *shop) visited(t *testing.T) (path string) {
	t.Helper()
	in, err := (&intake.Current{DB: s.d}).Intake(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := in.At(time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC))
	who := customer.Identity{Kind: customer.OwnID, Value: "C-1"}
	s.write(t, func(tx *db.Tx) error {
		out, err := in.Customer(tx, intake.Customer{Identities: []customer.Identity{who, {Kind: customer.Email, Value: "zoe@example.com"}},
			Profile:  customer.Profile{GivenName: "Zoë", FamilyName: nasty, Attributes: fact.Attributes{{Name: "city", Value: nasty}}},
			Consents: []customer.Consent{{Channel: "email", Purpose: "news", Granted: true, Wording: nasty, Given: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)}}})
		if err != nil {
			return err
		}
		path = "/customers/" + fact.PublicID(fact.CustomerPrefix, out.Customer)
		if _, err := in.Order(tx, intake.Order{Customer: who, Order: order.Order{Source: "s", Reference: "1001", Placed: at, Summed: true,
			Lines: []order.Line{{Product: "beans", ProductName: nasty, Quantity: 1, AmountMinor: 1250}}}}); err != nil {
			return err
		}
		_, err = in.Return(tx, intake.Return{Return: order.Return{Source: "s", Reference: "R-1", OrderReference: "1001", Returned: at, AmountMinor: 250, Reason: "a crack"}})
		return err
	})
	return path
}

func TestACustomerIsLookedUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		owner.get("/customers").wants(t, http.StatusOK, "/customers", "No customers yet.")
		path := s.visited(t)
		for _, asked := range []string{"", "?q=zoë", "?q=ZOË", "?q=Zoe@Example.com", "?q=C-1"} {
			owner.get("/customers"+asked).wants(t, http.StatusOK, "/customers", "Zoë <script>", `href="`+path+`"`)
		}
		owner.get("/customers?q=%27+OR+1%3D1").wants(t, http.StatusOK, "/customers", "Nobody is known by that.")
		page := owner.get(path).wants(t, http.StatusOK, path, "Zoë", "customer since</th><td>1 October 2026<", "zoe@example.com", "Order 1001", "€12.50", "Return R-1", "−€2.50", "a crack", "agreed", "city")
		if strings.Contains(page.text, "<script") {
			t.Error("a name becomes a script")
		}
		for _, other := range []string{"/customers/cus_8000000000001", "/customers/C-1", "/customers/ord_8000000000001"} {
			owner.get(other).wants(t, http.StatusNotFound, other)
		}
		for _, role := range account.Roles() {
			may := account.As(account.Person, "x", "x", role.Permissions()...)
			who := s.signedIn(t, owner, role)
			page := who.get(path)
			if (page.status == http.StatusOK) != may.May(account.CustomersRead) {
				t.Errorf("%s: %d", role, page.status)
			}
			if !may.May(account.PersonalRead) && regexp.MustCompile(`zoe@|Zoë|C-1<|city`).MatchString(page.text+who.get("/customers").text) {
				t.Errorf("%s sees who it is: %s", role, page.text)
			}
		}
		s.write(t, func(tx *db.Tx) error {
			var number int64
			if err := fact.ParsePublicID(fact.CustomerPrefix, strings.TrimPrefix(path, "/customers/"), &number); err != nil {
				return err
			}
			return customer.Erase(tx, number)
		})
		owner.get(path).wants(t, http.StatusNotFound, path, "erased")
		owner.get("/customers?q=C-1").wants(t, http.StatusOK, "/customers", "Nobody is known by that.")
		s.reader(t).get(path).wants(t, http.StatusOK, "/sign-in")
	})
}

func TestWhoHasSignedInChoosesTheLanguage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		owner := s.owner(t)
		owner.get("/").wants(t, http.StatusOK, "/", "Good to see you", "Ελληνικά", "中文")
		owner.post("/account/language", "language", "el").wants(t, http.StatusOK, "/", "Χαιρόμαστε που σας βλέπουμε", "English")
		owner.get("/customers").wants(t, http.StatusOK, "/customers", "Πελάτες")
		owner.post("/account/language", "language", "xx").wants(t, http.StatusUnprocessableEntity, "/account/language")
		s.reader(t).post("/account/language", "language", "el").wants(t, http.StatusOK, "/sign-in")
	})
}
